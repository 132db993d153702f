"""The tables of votes: by section, by round, by unit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction

from ..contest import TOTAL
from ..contest.declaration import BallotSheet, Declaration, PrintingSheet, RoundSheet
from ..contest.declaration import Row as CandidateRow
from . import numbers, reading, words
from .blocks import (
    Cell,
    Column,
    Item,
    Row,
    Table,
    cells,
    without,
)

STACKED_ROUNDS = 4
"""Up to so many rounds a table shows shares under the votes; with more they have a table of their own."""


def vote_tables(declaration: Declaration, ballot: BallotSheet) -> Iterator[Table]:
    """The votes: by section for one round; by round for several, with the sections of each round after it."""
    if len(ballot.rounds) == 1:
        yield section_table(ballot, ballot.rounds[0])
        return
    yield from rounds_tables(declaration, ballot)
    for item in ballot.rounds:
        if any(len(row.by_section) > 1 for row in item.rows) and apart(item):
            yield section_table(ballot, item)


def apart(item: RoundSheet) -> bool:
    """Whether the votes of any section are shown apart."""
    return any(votes is not None for row in item.rows for votes in row.by_section.values())


def section_names(ballot: BallotSheet) -> dict[str, str]:
    """The names of the sections, with a capital, without the total."""
    return {section.section: words.capital(section.name) for section in ballot.sections if section.section != TOTAL}


def section_table(ballot: BallotSheet, item: RoundSheet) -> Table:
    """One round: candidates by sections, votes over shares; votes and shares alone where there are no sections."""
    printing, names = ballot.printing, section_names(ballot)
    only = reading.only_segment(ballot)
    told = apart(item) and not only
    sections = [section for section in names if told and any(section in row.by_section for row in item.rows)]
    cast = {section: reading.section_cast(item, section) for section in sections}
    several = len(ballot.rounds) > 1
    caption = (
        f"{item.label}: votes by section" if several and sections else ("Votes by section" if sections else "Votes")
    )
    columns = [
        Column("Side" if ballot.kind == "motion" else "Candidate", numeric=False),
        *(Column(names[section]) for section in sections),
    ]
    with_value = item.unit != "votes"
    columns += [Column("All votes" if sections else words.capital(only.name) if only else "Votes")]
    columns += [Column({"points": "Points", "college": "College"}[item.unit])] if with_value else []
    columns += [] if (sections and not with_value) or item.unit == "college" else [Column("Share")]
    fates = not several and any(row.fate for row in item.rows)
    columns += [Column("Outcome", numeric=False)] if fates else []
    rows = [_section_row(row, item, printing, cast, fates=fates) for row in item.rows]
    if item.cast is not None and len(item.rows) > 1 and not item.others and ballot.places == 1:
        foot: list[Cell | str | tuple[str, ...]] = ["All candidates" if ballot.kind == "ballot" else "Both sides"]
        foot += [numbers.whole(cast[section]) for section in sections]
        foot += [numbers.whole(item.cast)]
        foot += [""] * (len(columns) - len(foot))
        rows.append(cells(*foot))
    table = Table(
        words.slug(f"{ballot.stage}-votes-{item.number}"),
        caption,
        tuple(columns),
        tuple(rows),
        tuple(_section_notes(ballot, item, by_section=bool(sections))),
        extra=several,
    )
    return without(table, numbers.ABSENT)


def _section_row(
    row: CandidateRow, item: RoundSheet, printing: PrintingSheet, cast: Mapping[str, int | None], *, fates: bool
) -> Row:
    """The cells of one candidate in the table of a round; ``cast``: the votes of each section that is shown."""
    line: list[Cell | str | tuple[str, ...]] = [row.name]
    line += [section_cell(row, section, votes, printing) for section, votes in cast.items()]
    share = reading.row_share(row, printing) if not item.others else numbers.printed(row.published)
    if cast and item.unit == "votes":
        line.append(Cell(stacked(numbers.whole(row.votes), share), strong=True))
    else:
        line.append(numbers.whole(row.votes))
        if item.unit != "votes":
            decides = share if item.unit == "college" else numbers.value(row.value, item.unit, printing)
            line.append(Cell((decides,), strong=True))
        if item.unit != "college":
            line.append(share)
    if fates:
        line.append(reading.FATES[row.fate])
    return cells(*line, strong=row.fate == "elected")


def _section_notes(ballot: BallotSheet, item: RoundSheet, *, by_section: bool) -> Iterator[str]:
    """What stands under the table of one round: of what its shares are, and what is not in it."""
    if by_section:
        gave = item.unit == "college" and any(row.weighted for row in item.rows)
        yield "Under the votes: the share of the votes in the section" + (
            ", and what it gave of the whole college." if gave else "."
        )
    apart_ = not (by_section and item.unit == "votes")  # shares have a column, and a base, of their own
    if (apart_ or ballot.printing.of != "votes") and not item.others:
        yield (
            f"Shares {reading.share_words(ballot.printing)}."
            if item.unit != "college"
            else "The last figure is the share of the college, which elects."
        )
    if any(value is None for row in item.rows for value in row.by_section.values()):
        yield f"{numbers.ABSENT}: not shown apart."
    if item.others:
        yield f"The votes of {numbers.counted(item.others, 'further candidate', 'further candidates')} are not known."


def section_cell(row: CandidateRow, section: str, cast: int | None, printing: PrintingSheet) -> Cell:
    """A candidate's votes in a section, the share of its votes, and what that gave of a college."""
    votes = row.by_section.get(section)
    share = (
        numbers.percent(Fraction(votes, cast), printing.decimals, printing.cut) if votes is not None and cast else ""
    )
    gave = (
        f"→ {numbers.percent(row.weighted[section], printing.decimals, printing.cut)}"
        if section in row.weighted
        else ""
    )
    return Cell(stacked(numbers.whole(votes), share, gave))


def stacked(first: str, *others: str) -> tuple[str, ...]:
    """The lines of a cell, without those that are not known (but the first)."""
    return (first, *(text for text in others if text and text != numbers.ABSENT))


def rounds_tables(declaration: Declaration, ballot: BallotSheet) -> Iterator[Table]:
    """All rounds beside each other: one table, or values and shares apart where there are many rounds."""
    printing, final = ballot.printing, ballot.rounds[-1]
    people = reading.finishing_order(ballot)
    found = {(item.number, row.candidate): row for item in ballot.rounds for row in item.rows}
    unit = final.unit
    stack = len(ballot.rounds) <= STACKED_ROUNDS and unit != "college"
    heads = [Column(round_heading(item)) for item in ballot.rounds]
    name = Column("Candidate", numeric=False)
    outcome = Column("Outcome", numeric=False)
    fates = {row.candidate: fate_words(ballot, row.candidate) for row in people}

    def value(item: RoundSheet, who: str) -> tuple[str, ...]:
        row = found.get((item.number, who))
        if row is None:
            return ("",)
        share = reading.row_share(row, printing)
        if unit == "college":
            return (share if row.share is None else numbers.percent(row.share, printing.decimals, printing.cut),)
        shown = numbers.value(row.value if row.value is not None else row.votes, unit, printing)
        return stacked(shown, share) if stack else (shown,)

    rows = [
        cells(
            row.name,
            *(value(item, row.candidate) for item in ballot.rounds),
            fates[row.candidate],
            strong=row.candidate in ballot.elected,
        )
        for row in people
    ]
    if unit != "points":
        rows += list(round_sums(ballot))
    caption = {"votes": "Votes by round", "points": "Points by round", "college": "Per cent of the college by round"}[
        unit
    ]
    notes = (
        [f"Under the {unit}: the share {reading.share_words(printing)}."]
        if stack and any(row.share is not None or row.published is not None for row in people)
        else []
    )
    if any(item.void for item in ballot.rounds):
        notes.append("A round marked void did not count.")
    yield Table(words.slug(f"{ballot.stage}-rounds"), caption, (name, *heads, outcome), tuple(rows), tuple(notes))
    if unit == "points" and any(row.votes is not None for row in found.values()):
        yield votes_by_round(ballot, people, found)
    if unit != "college" and not stack and any(row.share is not None for row in people):
        shares = [
            cells(
                row.name,
                *(
                    reading.row_share(at, printing).rstrip("%")
                    if (at := found.get((item.number, row.candidate)))
                    else ""
                    for item in ballot.rounds
                ),
                strong=row.candidate in ballot.elected,
            )
            for row in people
        ]
        yield Table(
            words.slug(f"{ballot.stage}-shares"),
            f"Per cent {reading.share_words(printing)} by round",
            (name, *heads),
            tuple(shares),
            extra=True,
        )


def votes_by_round(
    ballot: BallotSheet, people: Sequence[CandidateRow], found: Mapping[tuple[int, str], CandidateRow]
) -> Table:
    """The votes behind the points of every round, over all units: they decide nothing there."""
    rows = [
        cells(
            row.name,
            *(
                numbers.whole(at.votes) if (at := found.get((item.number, row.candidate))) else ""
                for item in ballot.rounds
            ),
            strong=row.candidate in ballot.elected,
        )
        for row in people
    ]
    heads = [Column(round_heading(item)) for item in ballot.rounds]
    sums = [cells(*row.cells[:-1]) for row in round_sums(ballot)]
    return Table(
        words.slug(f"{ballot.stage}-votes"),
        "Votes by round",
        (Column("Candidate", numeric=False), *heads),
        (*rows, *sums),
        ("Points decide, not votes.",),
        extra=True,
    )


def round_heading(item: RoundSheet) -> str:
    """The head of a round's column: its label, its day, whether it is void."""
    lines = (item.label, numbers.short_day(item.date) if item.date else "", "(void)" if item.void else "")
    return "\n".join(line for line in lines if line)


def round_sums(ballot: BallotSheet) -> Iterator[Row]:
    """The rows under the candidates: votes in the count, ballots exhausted."""
    if any(item.cast is not None for item in ballot.rounds) and ballot.places == 1:
        yield cells("Votes in the count", *(numbers.whole(item.cast) for item in ballot.rounds), "")
    if any(item.exhausted for item in ballot.rounds):
        yield cells(
            "Exhausted",
            *(numbers.whole(item.exhausted) if item.exhausted is not None else "" for item in ballot.rounds),
            "",
        )


def fate_words(ballot: BallotSheet, who: str) -> str:
    """What became of a candidate in this ballot: ``out, round 3``."""
    for item in reversed(ballot.rounds):
        for row in item.rows:
            if row.candidate == who and row.fate:
                if row.fate in ("out", "withdrawn") and len(ballot.rounds) > 1:
                    return f"{reading.FATES[row.fate]}, {reading.words_lower(item.label)}"
                return reading.FATES[row.fate]
    return "elected" if who in ballot.elected else ""


def unit_tables(declaration: Declaration, ballot: BallotSheet) -> Iterator[Item]:
    """Units won, and every unit of the last round."""
    if not ballot.units:
        return
    unit = ballot.unit_name or "unit"
    level = sum(1 for item in ballot.units if item.winner is None and item.pooled == 1)
    won = sorted(ballot.units_won.items(), key=lambda item: (-item[1], item[0]))
    rows = [cells(declaration.name(who), numbers.whole(number)) for who, number in won]
    rows += [cells("Level", numbers.whole(level))] if level else []
    count = sum(item.pooled for item in ballot.units)
    yield Table(
        words.slug(f"{ballot.stage}-units-won"),
        f"{words.capital(reading.plural(unit))} in which each was first in the last round, of {numbers.whole(count)}",
        (Column("Candidate", numeric=False), Column(words.capital(reading.plural(unit)))),
        tuple(rows),
    )
    people = list(dict.fromkeys(who for item in ballot.units for who in item.votes))
    people.sort(key=lambda who: (-ballot.units_won.get(who, 0), who))
    yield Table(
        words.slug(f"{ballot.stage}-units"),
        f"Votes in every {unit} in the last round",
        (
            Column(words.capital(unit), numeric=False),
            *(Column(declaration.name(who)) for who in people),
            Column("First", numeric=False),
        ),
        tuple(
            cells(
                item.name,
                *(numbers.whole(item.votes.get(who)) for who in people),
                declaration.name(item.winner) if item.winner else ("level" if item.pooled == 1 else ""),
            )
            for item in ballot.units
        ),
        long=True,
    )
