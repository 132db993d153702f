"""Roll and turnout, on both bases, with a mark at every figure that is less certain than others."""

from __future__ import annotations

from collections.abc import Iterator
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


def turnout_table(ballot: BallotSheet) -> Table | None:
    """Roll and turnout by section, on both bases; None where nothing of it is known."""
    printing = ballot.printing

    def marked(section: SectionSheet, key: str) -> Cell:
        value: int | None = getattr(section, key)
        mark = MARKS.get(section.certainty.get(key, ""), "") if value is not None else ""
        return Cell((numbers.whole(value),), mark=mark)

    def name(section: SectionSheet) -> str:
        if len(known) == 1 and section.section == TOTAL:
            single = ballot.voters if len(ballot.sections) == 1 else ballot.sections[0].name
            return words.capital(single if len(ballot.sections) <= 2 else section.name)
        return words.capital(section.name) + (f" (weight {section.weight})" if section.weight is not None else "")

    def rate(value: Fraction | None) -> str:
        return numbers.percent(value, printing.turnout_decimals, printing.turnout_cut)

    keys = ("entitled", "returned", "rejected", "spoilt", "valid", "abstentions", "not_voting")
    if not any(getattr(section, key) is not None for section in ballot.sections for key in keys) and not any(
        section.turnout_published is not None for section in ballot.sections
    ):
        return None
    only = len(ballot.sections) == 2

    def is_known(section: SectionSheet) -> bool:
        return bool(section.note) or any(getattr(section, key) is not None for key in (*keys, "turnout_published"))

    known = [
        section
        for section in ballot.sections
        if (section.section == TOTAL and (ballot.addable or is_known(section)))
        or (section.section != TOTAL and not only and is_known(section))
    ]
    published = [section for section in ballot.sections if section.turnout_published is not None]
    rows = [
        cells(
            name(section),
            *(marked(section, key) for key in keys),
            rate(section.turnout_returned),
            rate(section.turnout_valid),
            numbers.printed(section.turnout_published) if len(published) > 1 else numbers.ABSENT,
            strong=section.section == TOTAL and len(known) > 1,
        )
        for section in known
    ]
    columns = [
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
    ]
    used = {
        mark
        for section in ballot.sections
        for key, mark in section.certainty.items()
        if getattr(section, key, None) is not None
    }
    notes = [f"{MARKS[mark]} {MARK_WORDS[mark]}." for mark in MARKS if mark in used]
    if any(section.turnout_returned is not None or section.turnout_valid is not None for section in ballot.sections):
        notes.insert(0, f"The rules print the turnout by {printing.turnout_counts}.")
    if len(published) == 1:
        of = f", {published[0].name}" if len(ballot.sections) > 1 and published[0].section != TOTAL else ""
        notes.insert(0, f"Turnout as it was published{of}: {numbers.printed(published[0].turnout_published)}.")
    repeated = len(ballot.rounds) > 1 and any(item.date for item in ballot.rounds)
    rates = any(section.turnout_returned is not None or section.turnout_valid is not None for section in known)
    caption = ("Ballots returned and valid votes, of those entitled" if rates else "What is known of the roll") + (
        " (last ballot)" if repeated else ""
    )
    head = "Section" if len(known) > 1 else ""
    return without(
        Table(
            words.slug(f"{ballot.stage}-roll"),
            caption,
            (Column(head or "Voters", numeric=False), *map(Column, columns)),
            tuple(rows),
            tuple(notes),
        ),
        numbers.ABSENT,
    )
