"""Roll and turnout, on both bases, with a mark at every figure that is less certain than others."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

from ..contest import TOTAL
from ..contest.declaration import BallotSheet, PrintingSheet, SectionSheet
from . import numbers, words
from .blocks import (
    MARK_WORDS,
    MARKS,
    Cell,
    Column,
    KeyFigure,
    Table,
    cells,
    without,
)


def turnout_figure(total: SectionSheet, printing: PrintingSheet) -> Iterator[KeyFigure]:
    """The turnout, on the base that the rulebook prints it on where that is known."""
    both = {"ballots returned": total.turnout_returned, "valid votes": total.turnout_valid}
    chosen = (
        printing.turnout_counts
        if both[printing.turnout_counts] is not None
        else next((k for k, v in both.items() if v is not None), None)
    )
    if chosen is not None:
        yield KeyFigure(
            "Turnout",
            numbers.percent(both[chosen], printing.turnout_decimals, printing.turnout_cut),
            f"{chosen}, of {numbers.whole(total.entitled)} entitled",
        )
    elif total.turnout_published is not None:
        yield KeyFigure("Turnout", numbers.printed(total.turnout_published), "as published")


KEYS = ("entitled", "returned", "rejected", "spoilt", "valid", "abstentions", "not_voting")
"""The figures of a roll, in the order of the columns."""
HEADS = (
    "Entitled",
    "Returned",
    "Rejected",
    "Spoilt",
    "Valid",
    "Abstentions",
    "Did not vote",
    "Turnout (returned)",
    "Turnout (valid)",
    "Turnout (published)",
)


def turnout_table(ballot: BallotSheet) -> Table | None:
    """Roll and turnout by section, on both bases; None where nothing of it is known."""
    if not any(_is_known(section) for section in ballot.sections):
        return None
    known = _shown(ballot)
    published = [section for section in ballot.sections if section.turnout_published is not None]
    rows = [
        cells(
            _name(ballot, section, alone=len(known) == 1),
            *(_marked(section, key) for key in KEYS),
            _rate(section.turnout_returned, ballot.printing),
            _rate(section.turnout_valid, ballot.printing),
            numbers.printed(section.turnout_published) if len(published) > 1 else numbers.ABSENT,
            strong=section.section == TOTAL and len(known) > 1,
        )
        for section in known
    ]
    table = Table(
        words.slug(f"{ballot.stage}-roll"),
        _caption(ballot, known),
        (Column("Section" if len(known) > 1 else "Voters", numeric=False), *map(Column, HEADS)),
        tuple(rows),
        tuple(_notes(ballot, published)),
    )
    return without(table, numbers.ABSENT)


def _is_known(section: SectionSheet, *, noted: bool = False) -> bool:
    """Whether there is a figure of a section; or, if ``noted``, at least something to say of it."""
    figures = any(getattr(section, key) is not None for key in (*KEYS, "turnout_published"))
    return figures or (noted and bool(section.note))


def _shown(ballot: BallotSheet) -> list[SectionSheet]:
    """The sections of which something is known, and the total; a single segment is the total."""
    several = len(ballot.sections) != 2
    return [
        section
        for section in ballot.sections
        if (section.section == TOTAL and ballot.addable)
        or ((section.section == TOTAL or several) and _is_known(section, noted=True))
    ]


def _name(ballot: BallotSheet, section: SectionSheet, *, alone: bool) -> str:
    if alone and section.section == TOTAL:
        single = ballot.voters if len(ballot.sections) == 1 else ballot.sections[0].name
        return words.capital(single if len(ballot.sections) <= 2 else section.name)
    return words.capital(section.name) + (f" (weight {section.weight})" if section.weight is not None else "")


def _marked(section: SectionSheet, key: str) -> Cell:
    value: int | None = getattr(section, key)
    mark = MARKS.get(section.certainty.get(key, ""), "") if value is not None else ""
    return Cell((numbers.whole(value),), mark=mark)


def _rate(value: Fraction | None, printing: PrintingSheet) -> str:
    return numbers.percent(value, printing.turnout_decimals, printing.turnout_cut)


def _has_rate(section: SectionSheet) -> bool:
    return section.turnout_returned is not None or section.turnout_valid is not None


def _caption(ballot: BallotSheet, known: Sequence[SectionSheet]) -> str:
    """What the table is of: turnout where it is known, and then on which bases."""
    last = " (last ballot)" if len(ballot.rounds) > 1 and any(item.date for item in ballot.rounds) else ""
    if not any(map(_has_rate, known)):
        return f"What is known of the roll{last}"
    returned = any(section.returned is not None for section in known)
    return f"{'Ballots returned and valid votes' if returned else 'Valid votes'}, of those entitled{last}"


def _notes(ballot: BallotSheet, published: Sequence[SectionSheet]) -> Iterator[str]:
    if len(published) == 1:
        of = f", {published[0].name}" if len(ballot.sections) > 1 and published[0].section != TOTAL else ""
        yield f"Turnout as it was published{of}: {numbers.printed(published[0].turnout_published)}."
    if any(map(_has_rate, ballot.sections)):
        yield f"The rules print the turnout by {ballot.printing.turnout_counts}."
    used = {
        mark
        for section in ballot.sections
        for key, mark in section.certainty.items()
        if getattr(section, key, None) is not None
    }
    yield from (f"{MARKS[mark]} {MARK_WORDS[mark]}." for mark in MARKS if mark in used)
