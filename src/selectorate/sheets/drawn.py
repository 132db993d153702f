"""What a picture shows of a declaration: shares by section, names, and the figures told in sentences."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from ..contest import TOTAL
from ..contest.declaration import BallotSheet, Declaration, PrintingSheet, RoundSheet
from ..contest.declaration import Row as CandidateRow
from . import numbers, reading, words


@dataclass(frozen=True)
class Shares:
    """A section as it is drawn: its name, and the share of each candidate with its text."""

    key: str
    name: str
    shares: dict[str, Fraction]
    texts: dict[str, str]


def sections_of(declaration: Declaration, ballot: BallotSheet, item: RoundSheet) -> list[Shares]:
    """All together first, then every section whose votes are shown."""
    printing = ballot.printing
    everybody = {row.candidate: share for row in item.rows if (share := share_of(row)) is not None}
    texts = {row.candidate: reading.row_share(row, printing) for row in item.rows if row.candidate in everybody}
    total = "The college" if item.unit == "college" else ("Points" if item.unit == "points" else "All")
    found = [Shares(TOTAL, total, everybody, texts)] if everybody else []
    for section in ballot.sections:
        cast = reading.section_cast(item, section.section)
        if section.section == TOTAL or not cast:
            continue
        shares = {
            row.candidate: Fraction(row.by_section[section.section] or 0, cast)
            for row in item.rows
            if section.section in row.by_section
        }
        shown = {who: numbers.percent(share, printing.decimals, printing.cut) for who, share in shares.items()}
        found.append(Shares(section.section, words.clean(words.capital(section.name)), shares, shown))
    if len(found) == 2:  # one section alone is all there is
        whole = replace(found[0], name=found[1].name)
        return [whole] if item.unit == "votes" else [found[0], replace(found[1], name="Votes")]
    return found


def share_of(row: CandidateRow) -> Fraction | None:
    """The share of a candidate, exact or as it was published."""
    if row.share is not None:
        return row.share
    return Fraction(row.published) / 100 if row.published is not None else None


def drawable(ballot: BallotSheet) -> list[RoundSheet]:
    """The rounds that can be drawn beside each other; none where a share of any is missing."""
    rounds = [item for item in ballot.rounds if item.rows and not item.others]
    return [] if ballot.places > 1 or any(share_of(row) is None for item in rounds for row in item.rows) else rounds


def label(declaration: Declaration, who: str) -> str:
    """The short name of a candidate, as it stands at a line or in a bar."""
    return words.clean(declaration.names.get(who, reading.SIDES.get(who, who)))


def rounds_title(declaration: Declaration, ballot: BallotSheet) -> str:
    """The title of a picture of several rounds."""
    what = ballot.name[:1].lower() + ballot.name[1:] if len(declaration.ballots) > 1 else "the count"
    return f"{declaration.title}: {what}, round by round"


def endings(declaration: Declaration, item: RoundSheet) -> list[str]:
    """What became of whom after a round, in at most three lines."""
    lines = []
    for fate, verb in (("elected", "elected"), ("qualified", "goes on"), ("out", "out"), ("withdrawn", "withdrew")):
        lines += [f"{label(declaration, row.candidate)} {verb}" for row in item.rows if row.fate == fate]
    if item.void:
        lines.insert(0, "void")
    return lines if len(lines) <= 3 else [*lines[:2], f"and {len(lines) - 2} more"]


def result_description(declaration: Declaration, item: RoundSheet, sections: Sequence[Shares]) -> str:
    """The figures of a round, in sentences."""
    said = []
    for section in sections:
        figures = [f"{declaration.name(who)} {section.texts[who]}" for who in section.shares]
        said.append(f"{section.name}: {words.listed(figures)}.")
    return " ".join(said)


def rounds_description(declaration: Declaration, rounds: Sequence[RoundSheet], ballot: BallotSheet) -> str:
    """The figures of every round, in sentences."""
    said = []
    for item in rounds:
        figures = [f"{row.name} {shown_value(row, item, ballot.printing)}" for row in item.rows]
        ends = endings(declaration, item)
        said.append(f"{item.label}: {words.listed(figures)}." + (f" {words.capital('; '.join(ends))}." if ends else ""))
    return " ".join(said)


def shown_value(row: CandidateRow, item: RoundSheet, printing: PrintingSheet) -> str:
    """A candidate's figure in a sentence: the value and its share."""
    share = reading.row_share(row, printing)
    if item.unit == "college" or row.value is None:
        return share
    value = numbers.value(row.value, item.unit, printing)
    unit = numbers.unit_of(row.value, item.unit)
    return f"{value} {unit} ({share})" if share != numbers.ABSENT else f"{value} {unit}"
