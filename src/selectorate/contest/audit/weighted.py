"""Weighted shares: what each section of a college gave, and that the sections add up to the whole."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from ... import exact
from ...rules import BallotStage
from ..case import Case
from ..figures import BallotView
from ..model import TOTAL
from .base import At, Check, index_of, round_name, views, worst
from .printed import compare_printed, within_rounding


def weighted(case: Case) -> Iterator[Check]:
    """What each section of a college gave each candidate, and that the sections add up to the whole."""
    for index, view in views(case):
        if not isinstance(view.stage, BallotStage) or view.stage.combine != "weighted-college":
            continue
        for number, figures in enumerate(view.figures.round):
            name = round_name(case, view, number)
            at = At(case, ("ballot", index, "round", number, "weighted"), figures.certainty("weighted"))
            for section, row in figures.weighted.items():
                yield from _weighted_section(
                    case,
                    view,
                    number,
                    section,
                    at.to(
                        section,
                        certainty=worst(figures.certainty("weighted", section), figures.certainty("votes", section)),
                    ),
                    name,
                )
                columns = [printed[0] for printed in row.values()]
                weight = view.stage.weights[section] * 100
                possible, total = within_rounding(columns, weight)
                yield at.to(section).check(
                    "weighted share",
                    f"{case.section_name(section)} give their full weight{name}",
                    "agrees" if possible else "disagrees",
                    published=f"{total}%",
                    computed=f"{exact.cut_to(weight, 3)}%",
                    explanation=None
                    if total == weight
                    else ("as near as their decimals allow" if possible else "more than their decimals can explain"),
                )
            yield from _weighted_total(case, view, number, at, name)
            yield from _from_section_shares(case, view, number, name)


def _from_section_shares(case: Case, view: BallotView, number: int, name: str) -> Iterator[Check]:
    """Where votes of a section are not known: its printed shares, weighted, beside what it is printed to have given."""
    figures = view.figures.round[number]
    weights = view.stage.weights if isinstance(view.stage, BallotStage) else {}
    for section in view.sections:
        shares_, given = figures.shares.get(section, {}), figures.weighted.get(section, {})
        if section in figures.votes:
            continue
        for who in shares_:
            if who not in given:
                continue
            share, part = max(shares_[who], key=exact.decimals_of), max(given[who], key=exact.decimals_of)
            low, high = (weights[section] * edge for edge in exact.printable_range(share))
            bottom, top = exact.printable_range(part)
            possible = low <= top and bottom <= high
            at = At(case, ("ballot", index_of(case, view), "round", number, "weighted", section, who))
            yield at.check(
                "weighted share",
                f"{case.contest.label(who)}: share among {case.section_name(section)}, weighted{name}",
                "agrees" if possible else "disagrees",
                published=f"{part}%",
                computed=f"{exact.cut_to(weights[section] * Fraction(share), 3)}% of {share}%",
                explanation=None if possible else "more than their decimals can explain",
            )


def _weighted_section(case: Case, view: BallotView, number: int, section: str, at: At, name: str) -> Iterator[Check]:
    figures = view.figures.round[number]
    row, votes = figures.weighted[section], figures.votes.get(section)
    weight = view.stage.weights[section] if isinstance(view.stage, BallotStage) else Fraction(1)
    if votes is None:
        shown = "; ".join(f"{case.contest.label(who)} {printed[-1]}%" for who, printed in row.items())
        what = f"weighted shares of {len(row)} candidates from {case.section_name(section)}{name}"
        yield at.cannot("weighted share", what, f"the votes of {case.section_name(section)}", shown)
        return
    for who, printed in row.items():
        what = f"{case.contest.label(who)}: weighted share from {case.section_name(section)}{name}"
        if votes is None or who not in votes:
            yield at.to(who).cannot(
                "weighted share", what, f"the votes of {case.section_name(section)}", f"{printed[0]}%"
            )
            continue
        rest = [other[0] for other_name, other in row.items() if other_name != who]
        cut = view.stage.shares.cut
        for figure in printed:
            value = weight * votes[who]
            base = sum(votes.values())
            yield compare_printed(
                at.to(who),
                "weighted share",
                what,
                figure,
                value,
                "the college",
                {"the college": base},
                cut,
                rest=rest,
                whole=weight * 100,
            )


def _weighted_total(case: Case, view: BallotView, number: int, at: At, name: str) -> Iterator[Check]:
    figures = view.figures.round[number]
    published = figures.shares.get(TOTAL, {})
    if set(figures.weighted) != set(view.sections):
        return
    for who, printed in published.items():
        parts = [figures.weighted[section].get(who) for section in view.sections]
        if any(part is None for part in parts):
            continue
        columns = [part[0] for part in parts if part is not None]
        for figure in printed:
            possible, total = within_rounding(columns, figure)
            same = total == figure
            yield at.check(
                "weighted share",
                f"{case.contest.label(who)}: the sections add up to the published total{name}",
                "agrees" if possible else "disagrees",
                published=f"{figure}%",
                computed=f"{total}%",
                explanation=None
                if same
                else ("as near as their decimals allow" if possible else "more than their decimals can explain"),
            )
