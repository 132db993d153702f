"""Votes: that the tables of segments and units add up to the published totals."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Mapping, Sequence

from ..case import Case
from ..figures import BallotView
from ..model import TOTAL
from .base import At, Check, round_label, round_name, views, worst

Tables = Callable[[int], Sequence[Mapping[str, int]]]
"""The votes of each segment, or of each unit, in a round (from 0)."""


def sums(case: Case) -> Iterator[Check]:
    """The votes of segments, or of units, add up to the published totals, candidate by candidate."""
    for index, view in views(case):
        for number, figures in enumerate(view.figures.round):
            if TOTAL in figures.votes:
                at = At(case, ("ballot", index, "round", number, "votes", TOTAL), figures.certainty("votes", TOTAL))
                yield from _by_segment(case, view, number, at)
                yield from _by_unit(case, view, number, at)


def _by_segment(case: Case, view: BallotView, number: int, at: At) -> Iterator[Check]:
    figures = view.figures.round[number]
    if view.sections == (TOTAL,) or not any(section in figures.votes for section in view.sections):
        return
    absent = [case.section_name(section) for section in view.sections if section not in figures.votes]
    marks = worst(at.certainty, *(figures.certainty("votes", section) for section in view.sections))

    def tables(place: int) -> Sequence[Mapping[str, int]]:
        return [view.figures.round[place].votes.get(section, {}) for section in view.sections]

    for who, total in figures.votes[TOTAL].items():
        what = f"{case.contest.label(who)}: votes by segment add up{round_name(case, view, number)}"
        if absent:
            yield at.to(who).cannot("sum", what, f"the votes of {' and '.join(absent)}", f"{total:,}")
            continue
        elsewhere = functools.partial(_elsewhere, case, view, number, who, tables)
        computed = _added(tables(number), who)
        if marks == "approximate" and computed != total:
            missing = f"exact figures: these round ones add up to {computed:,}"
            yield at.to(who, certainty=marks).cannot("sum", what, missing, f"{total:,}")
            continue
        yield at.to(who, certainty=marks).equal("sum", what, total, computed, elsewhere=elsewhere)


def _by_unit(case: Case, view: BallotView, number: int, at: At) -> Iterator[Check]:
    units = case.units.get(view.stage.id)
    if units is None or number >= len(units.rounds):
        return

    def tables(place: int) -> Sequence[Mapping[str, int]]:
        return list(units.rounds[place].values()) if place < len(units.rounds) else []

    for who, total in view.figures.round[number].votes[TOTAL].items():
        what = f"{case.contest.label(who)}: votes by unit add up{round_name(case, view, number)}"
        elsewhere = functools.partial(_elsewhere, case, view, number, who, tables)
        computed = _added(tables(number), who)
        yield at.to(who).equal("sum", what, total, computed, elsewhere=elsewhere)


def _added(tables: Sequence[Mapping[str, int]], who: str) -> int:
    return sum(votes.get(who, 0) for votes in tables)


def _elsewhere(case: Case, view: BallotView, number: int, who: str, tables: Tables) -> Iterator[tuple[str, int]]:
    """The sums for which the total of ``who`` may have been taken: of other rounds and other candidates."""
    for place in range(len(view.figures.round)):
        if place != number and any(who in votes for votes in tables(place)):
            yield round_label(view, place), _added(tables(place), who)
    for other in dict.fromkeys(name for votes in tables(number) for name in votes):
        if other != who:
            yield case.contest.label(other), _added(tables(number), other)
