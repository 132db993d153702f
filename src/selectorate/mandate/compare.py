"""A mandate, measured in every way; and two mandates side by side, each change exact or "cannot be known"."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace

from ..contest.declaration import Declaration, Exact
from ..contest.model import MeasureId
from .cells import Cell, Unit, frozen
from .measures import MEASURES, name_of_measure
from .view import name_of, person, segments_of


@frozen
class Mandate:
    """What a declaration amounts to for one person.

    ``elected``: whether it is the winner's. ``round``: the label of the round that decided, ``rounds`` how many there
    were; ``counted_in``: "votes", "points" or "college". ``standing``: how many stood in the round that decided, and
    ``stood`` in the first. ``total``: every measure, by its id; ``first_round``: those of the first round, where there
    were several. ``segments``: the measures of each segment, by its id; ``segment_names``. ``notes``: sentences.
    ``motion``: of a motion what it came to, in a sentence; then ``who`` is a side of it.
    """

    contest: str
    title: str
    date: dt.date
    who: str
    name: str
    elected: bool
    ballot: str | None
    round: str | None
    rounds: int
    counted_in: str | None
    standing: int
    stood: int
    total: dict[MeasureId, Cell]
    first_round: dict[MeasureId, Cell]
    segments: dict[str, dict[MeasureId, Cell]]
    segment_names: dict[str, str]
    notes: tuple[str, ...] = ()
    motion: str | None = None


@frozen
class Change:
    """One measure in both: ``change`` is now less before, or ``cannot`` says why there is none."""

    measure: MeasureId
    name: str
    unit: Unit
    now: Cell
    before: Cell
    change: Exact | None = None
    cannot: str | None = None


@frozen
class SegmentChanges:
    """The measures of a segment that both contests have."""

    segment: str
    name: str
    changes: tuple[Change, ...]


@frozen
class Comparison:
    """Two mandates side by side.

    ``only_now``, ``only_before``: names of segments that the other does not have. ``notes``: what makes the two less
    alike than the table looks.
    """

    now: Mandate
    before: Mandate
    total: tuple[Change, ...]
    segments: tuple[SegmentChanges, ...]
    only_now: tuple[str, ...]
    only_before: tuple[str, ...]
    notes: tuple[str, ...]


def mandate(declaration: Declaration, who: str | None = None) -> Mandate:
    """Every measure of ``who`` (the winner where it is left out), over all and by segment.

    Raises InputError if there is no such candidate, or nobody is elected and none is named.
    """
    found = person(declaration, who)
    ballot = declaration.deciding
    segments = segments_of(ballot) if ballot else ()
    counted = [item for item in ballot.rounds if not item.void] if ballot else []
    last = counted[-1] if counted else None
    total = {name: measure.of(declaration, found) for name, measure in MEASURES.items()}
    first = {
        name: measure.of(declaration, found, which="first")
        for name, measure in MEASURES.items()
        if measure.by_round and len(counted) > 1
    }
    by_segment = {
        sheet.section: {
            name: measure.of(declaration, found, sheet.section)
            for name, measure in MEASURES.items()
            if measure.by_section
        }
        for sheet in segments
    }
    side = ballot is not None and ballot.kind == "motion"
    return Mandate(
        contest=declaration.contest,
        title=declaration.title,
        date=declaration.date,
        who=found,
        name=name_of(declaration, found),
        elected=found == person(declaration, None) if side else found in declaration.elected,
        ballot=ballot.name if ballot else None,
        round=last.label if last else None,
        rounds=len(counted),
        counted_in=last.unit if last else None,
        standing=len(last.rows) + (last.others or 0) if last else 0,
        stood=len(counted[0].rows) + (counted[0].others or 0) if counted else 0,
        total=total,
        first_round=first,
        segments=by_segment,
        segment_names={sheet.section: sheet.name for sheet in segments},
        notes=tuple(_notes(declaration, found)),
        motion=ballot.motion.result if ballot is not None and ballot.motion is not None else None,
    )


def _notes(declaration: Declaration, who: str) -> Iterator[str]:
    ballot = declaration.deciding
    if ballot is None or not ballot.rounds:
        return
    last = ballot.rounds[-1]
    if last.unit == "college":
        yield (
            "Shares, leads and majorities in points are of the weighted college; votes are the votes as they were"
            " cast, each counted once."
        )
    elif last.unit == "points":
        yield (
            "Shares, leads and majorities in points are of the points given by the units; votes are the votes as they"
            " were cast, each counted once."
        )
    if sum(not item.void for item in ballot.rounds) > 1:
        yield f"Measured by {last.label}, which decided; the first round stands beside it."
    if len(declaration.elected) > 1:
        yield f"{len(declaration.elected)} were elected; these are the measures of one of them."
    if not declaration.derived and ballot.kind == "ballot" and who in declaration.elected:
        yield "The figures alone do not decide the result; the winner is the published one."


def compare(
    now: Declaration, before: Declaration, *, who: str | None = None, before_who: str | None = None
) -> Comparison:
    """The mandates of two contests side by side, with what changed, over all and by segment (matched by id).

    ``who`` and ``before_who`` are the winners where they are left out. Raises InputError as ``mandate`` does.
    """
    new, old = mandate(now, who), mandate(before, before_who)
    shared = [segment for segment in new.segments if segment in old.segments]
    return Comparison(
        now=new,
        before=old,
        total=_over_all(new, old),
        segments=tuple(
            SegmentChanges(segment, new.segment_names[segment], _changes(new.segments[segment], old.segments[segment]))
            for segment in shared
        ),
        only_now=tuple(name for segment, name in new.segment_names.items() if segment not in shared),
        only_before=tuple(name for segment, name in old.segment_names.items() if segment not in shared),
        notes=tuple(_differences(new, old)),
    )


def _over_all(now: Mandate, before: Mandate) -> tuple[Change, ...]:
    """The changes over all, each measure named after what both are counted in."""
    motion = now.motion is not None and before.motion is not None
    return tuple(
        replace(item, name=name_of_measure(item.measure, before.counted_in, now.counted_in, motion=motion))
        for item in _changes(now.total, before.total)
    )


def _changes(now: dict[MeasureId, Cell], before: dict[MeasureId, Cell]) -> tuple[Change, ...]:
    return tuple(change(name, now[name], before[name]) for name in now)


def change(name: MeasureId, now: Cell, before: Cell) -> Change:
    """One measure of two contests, and what changed."""
    found = MEASURES[name]
    if now.value is not None and before.value is not None:
        if found.unit == "count" and now.of != before.of:
            why = f"one is of {now.of}, the other of {before.of}"
            return Change(name, found.name, found.unit, now, before, cannot=why)
        return Change(name, found.name, found.unit, now, before, change=now.value - before.value)
    reasons = dict.fromkeys(
        f"{when}: {cell.cannot}" for when, cell in (("now", now), ("before", before)) if cell.cannot
    )
    why = "; ".join(reasons) if now.cannot != before.cannot else str(now.cannot)
    return Change(name, found.name, found.unit, now, before, cannot=why)


def _differences(now: Mandate, before: Mandate) -> Iterator[str]:
    if now.counted_in and before.counted_in and now.counted_in != before.counted_in:
        yield (
            f"The one is counted in {now.counted_in}, the other in {before.counted_in}:"
            " their shares are not shares of the same thing."
        )
    if now.standing != before.standing and min(now.standing, before.standing) > 0:
        who = "candidates" if now.motion is None and before.motion is None else "candidates or sides"
        yield (
            f"In the round that decided there were {_stood(now)} {who} now and {_stood(before)} before: with two"
            " the lead over the runner-up is the majority over all others, with more it is not."
        )
    if now.rounds != before.rounds and min(now.rounds, before.rounds) > 0:
        yield f"It took {_rounds(now)} now, {_rounds(before)} before; each is measured by the round that decided."
    if (now.motion is None) != (before.motion is None):
        yield "One of the two is a motion: its votes are for or against, not for a person."
    elif now.motion is not None and now.who != before.who:
        yield f"They are different sides: the votes {now.who} the motion now, {before.who} before."
    elif now.who != before.who:
        yield f"They are the mandates of two persons: {now.name} now, {before.name} before."
    unsure = sorted(
        {
            f"{what} ({mark}, {mandate.date.year})"
            for mandate in (now, before)
            for cell in mandate.total.values()
            for what, mark in cell.certainty.items()
        }
    )
    if unsure:
        yield f"Not every figure is confirmed: {', '.join(unsure)}."


def _stood(item: Mandate) -> str:
    words = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
    return words[item.standing] if item.standing < len(words) else str(item.standing)


def _rounds(item: Mandate) -> str:
    return "one round" if item.rounds == 1 else f"{item.rounds} rounds"


__all__ = ["Change", "Comparison", "Mandate", "SegmentChanges", "change", "compare", "mandate"]
