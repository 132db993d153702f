"""Points: that printed ones follow from the votes of every unit, and that they add up to those on offer."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction

from ... import exact
from ...exact import Cut
from ...rules import BallotStage
from ...rules.model import Points
from ..case import Case
from ..figures import BallotView
from .base import At, Check, round_label, round_name, views
from .printed import CUT_NAMES, add_up, columns_of, taken_from


def points(case: Case) -> Iterator[Check]:
    """Published points, from the votes of every unit; and that they add up to what there was to give."""
    for index, view in views(case):
        stage = view.stage
        if not isinstance(stage, BallotStage) or stage.points is None:
            continue
        for number, figures in enumerate(view.figures.round):
            at = At(case, ("ballot", index, "round", number, "points"), figures.certainty("points"))
            if figures.points:
                yield from _of_each(case, view, stage.points, number, at)
                if stage.points.units is not None and not figures.others:
                    yield from _sum(case, view, stage.points, number, stage.points.units, at)


def _cut(view: BallotView, points: Points) -> Cut:
    """How the points of a candidate are cut when they are printed: as in each unit, if they are cut there."""
    cut_in_units = points.decimals is not None or "cut" in points.model_fields_set
    return points.cut if cut_in_units else view.stage.shares.cut


def _of_each(case: Case, view: BallotView, points: Points, number: int, at: At) -> Iterator[Check]:
    """The points of each candidate; one line for all where they cannot be worked out."""
    printed_points, item = view.figures.round[number].points, view.round(number)
    if item.standing is None or item.basis != "votes":
        shown = "; ".join(f"{case.contest.label(who)} {printed[-1]:,}" for who, printed in printed_points.items())
        what = f"points of {len(printed_points)} candidates{round_name(case, view, number)}"
        yield at.cannot("points", what, f"the votes of every {points.unit}", shown)
        return
    for who, printed in printed_points.items():
        for figure in printed:
            yield _one(case, view, _cut(view, points), number, who, figure, at.to(who))


def _one(case: Case, view: BallotView, cut: Cut, number: int, who: str, figure: Decimal, at: At) -> Check:
    standing = view.round(number).standing
    value = standing.total.get(who, Fraction(0)) if standing is not None else Fraction(0)
    decimals = exact.decimals_of(figure)
    computed = exact.cut_to(value, decimals, cut)
    why = None
    if computed != figure:
        ways = [CUT_NAMES[way] for way in exact.CUTS if exact.cut_to(value, decimals, way) == figure][:1]
        found = ways or taken_from(figure, _elsewhere(case, view, number, who), cut)
        why = "; or ".join(found) or f"they differ by {abs(computed - figure)}"
    return at.check(
        "points",
        f"{case.contest.label(who)}: points{round_name(case, view, number)}",
        "agrees" if why is None else "disagrees",
        published=f"{figure:,}",
        computed=f"{computed:,}",
        explanation=why,
    )


def _elsewhere(case: Case, view: BallotView, number: int, who: str) -> Iterator[tuple[str, Fraction]]:
    """The points for which those of ``who`` may have been taken: of other rounds and other candidates."""
    for other in range(len(view.figures.round)):
        standing = view.round(other).standing
        if standing is not None and other != number and who in standing.total:
            yield round_label(view, other), standing.total[who]
    standing = view.round(number).standing
    for person, value in standing.total.items() if standing is not None else ():
        if person != who:
            yield case.contest.label(person), value


def _sum(case: Case, view: BallotView, points: Points, number: int, units: int, at: At) -> Iterator[Check]:
    """That the points of all candidates add up to those on offer: to fewer, where units are capped or cut."""
    what = f"points add up to those on offer{round_name(case, view, number)}"
    offered = Fraction(points.each * units)
    for column in columns_of(view.figures.round[number].points.values()):
        lost = offered - Fraction(sum(column))
        if points.at_most_votes and lost > 0:
            fewer = f"{exact.cut_to(lost, 2):,} fewer than {offered.numerator:,}"
            missing = f"the votes of every {points.unit}: capped ones give less, and these are {fewer}"
            yield at.cannot("points", what, missing, f"{sum(column):,}")
            continue
        steps = Fraction(units * len(column), 10**points.decimals) if points.decimals is not None else Fraction(0)
        check = add_up(at, "points", what, column, offered, _cut(view, points), unit="")
        if check.status == "disagrees" and 0 < lost <= steps:
            why = f"{exact.cut_to(lost, 5)} lost by cutting each {points.unit} at {points.decimals} decimals"
            check = at.check(
                "points", what, "agrees", published=check.published, computed=check.computed, explanation=why
            )
        yield check
