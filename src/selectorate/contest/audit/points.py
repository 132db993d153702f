"""Points: that printed ones follow from the votes of every unit, and that they add up to those on offer."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from ... import exact
from ...rules import BallotStage
from ..case import Case
from .base import At, Check, round_name, views
from .printed import within_rounding


def points(case: Case) -> Iterator[Check]:
    """Published points, from the votes of every unit; and that they add up to what there was to give."""
    for index, view in views(case):
        stage = view.stage
        if not isinstance(stage, BallotStage) or stage.points is None:
            continue
        for number, figures in enumerate(view.figures.round):
            at = At(case, ("ballot", index, "round", number, "points"), figures.certainty("points"))
            name = round_name(case, view, number)
            item = view.round(number)
            if figures.points and item.basis != "votes":
                shown = "; ".join(
                    f"{case.contest.label(who)} {printed[-1]:,}" for who, printed in figures.points.items()
                )
                yield at.cannot(
                    "points",
                    f"points of {len(figures.points)} candidates{name}",
                    f"the votes of every {stage.points.unit}",
                    shown,
                )
            for who, printed in figures.points.items() if item.basis == "votes" else ():
                what = f"{case.contest.label(who)}: points{name}"
                for figure in printed:
                    if item.standing is None:  # pragma: no cover - votes are counted into a standing
                        continue
                    computed = exact.cut_to(item.standing.total.get(who, Fraction(0)), exact.decimals_of(figure))
                    yield at.to(who).check(
                        "points",
                        what,
                        "agrees" if computed == figure else "disagrees",
                        published=f"{figure:,}",
                        computed=f"{computed:,}",
                        explanation=None if computed == figure else f"they differ by {abs(computed - figure)}",
                    )
            if figures.points and stage.points.units is not None and not figures.others:
                offered = Fraction(stage.points.each * stage.points.units)
                columns = [printed[0] for printed in figures.points.values()]
                possible, total = within_rounding(columns, offered)
                lost = offered - Fraction(total)
                limit = (
                    Fraction(stage.points.units * len(columns), 10 ** (stage.points.decimals or 0))
                    if stage.points.decimals is not None
                    else Fraction(0)
                )
                if stage.points.at_most_votes and lost > 0:
                    fewer = f"{exact.cut_to(lost, 2):,} fewer than {offered.numerator:,}"
                    missing = f"the votes of every {stage.points.unit}: capped ones give less, and these are {fewer}"
                    yield at.cannot("points", f"points add up to those on offer{name}", missing, f"{total:,}")
                    continue
                elif possible:
                    status, why = "agrees", None if lost == 0 else "as near as their decimals allow"
                elif 0 < lost <= limit:
                    status, why = (
                        "agrees",
                        f"{exact.cut_to(lost, 5)} lost by cutting each unit at {stage.points.decimals} decimals",
                    )
                else:
                    status, why = "disagrees", "more than cutting can explain"
                yield at.check(
                    "points",
                    f"points add up to those on offer{name}",
                    "agrees" if status == "agrees" else "disagrees",
                    published=f"{total:,}",
                    computed=f"{offered.numerator:,}",
                    explanation=why,
                )
