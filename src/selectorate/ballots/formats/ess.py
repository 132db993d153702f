"""ES&S's exports of cast vote records: an Excel workbook, a row a ballot, a column a rank.

The first sheet has a heading; the columns under "1st Choice", "Choice 2", "3" and the like are ranks, and in their
cells stand names, "undervote" or "overvote". A sheet with a column a candidate is read as the CSV of that form is.

What is written has a second sheet, ours, with the candidates in their order: a sheet of ballots knows only those for
whom somebody voted. Other programs read the first sheet alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import IO

from ...errors import InputError, Where
from ..profile import END, SKIPPED, Option, Profile
from . import workbook, xlsx
from .base import (
    MAX_RANKS,
    Format,
    Options,
    Source,
    Tally,
    ballots_with,
    cannot_say,
    check_candidates,
    check_one_a_row,
    fault,
    name_of,
    one_line,
    shown,
)
from .cells import OVERVOTE, SEVERAL, UNDERVOTE, Columns, Row, by_candidate, by_rank, columns_of

CANDIDATES = "Candidates (selectorate)"
"""The name of our sheet."""
_HEADINGS = ["Candidate", "Party", "Write-in"]
_TARGET = "an ES&S workbook"
_MAX_CELLS = xlsx.MAX_UNPACKED // 40
"""Cells, each of which takes up to forty bytes: as many as would be read again."""


def read(source: Source, options: Options) -> Profile:
    """The profile that a workbook holds. Raises InputError, with the row, for what is none."""
    tally = Tally(source.name)
    if options.first_column is not None and options.first_row is not None and options.ranks is not None:
        # Told where ballots begin and end, headings say nothing.
        first = options.first_column - 1
        votes = tuple(range(first, min(first + options.ranks, xlsx.MAX_COLUMNS)))
        return by_rank(_from(source, options), Columns(True, votes), xlsx.MAX_COLUMNS, options, tally)
    rows = xlsx.rows(source)
    number, heading = next(((number, cells) for number, cells in rows if any(cells)), (1, None))
    if heading is None:
        raise fault(source.name, number, "the first sheet is empty")
    told = options.first_column is not None
    columns = columns_of(heading, options, source.name, number, True if told else None)
    ballots = ((line, cells) for line, cells in rows if line >= (options.first_row or 0))
    # A row without anything is a row that somebody formatted; a blank ballot has an identifier.
    ballots = ((line, cells or [""]) for line, cells in ballots if options.first_row is not None or any(cells))
    if columns.ranked:
        declared = None if told else _declared(source)
        return by_rank(ballots, columns, len(heading), options, tally, declared)
    return by_candidate(ballots, columns, heading, options, tally, number)


def _from(source: Source, options: Options) -> Iterator[Row]:
    """The rows from the first ballot on. As RCTab has it, every row of the sheet is a ballot, one without a cell too;
    where ballots have identifiers, a row without one is a fault."""
    for line, cells in xlsx.rows(source):
        if line < (options.first_row or 0):
            continue
        if options.id_column is not None and not "".join(cells[options.id_column - 1 : options.id_column]):
            raise fault(
                source.name,
                line,
                f"there is no identifier in column {options.id_column}",
                "Delete the row if it is no ballot; if it is one, leave idColumnIndex empty.",
            )
        yield line, cells or [""]


def _declared(source: Source) -> list[Option] | None:
    """The candidates, if they stand on a sheet of ours."""
    rows = [(line, [*cells, "", "", ""]) for line, cells in xlsx.rows(source, CANDIDATES) if any(cells)]
    if not rows or rows[0][1][:3] != _HEADINGS:
        return None
    check_candidates(len(rows) - 1, source.name, None)
    return [
        Option(name_of(who, source.name, line), one_line(party) or None, write_in=write_in == "yes")
        for line, (who, party, write_in, *_) in rows[1:]
    ]


def pack(profile: Profile, file: IO[bytes], name: str) -> None:
    """Write ``profile`` as a workbook: a row a ballot, numbered, and a column a rank. The same bytes each time.

    Texts are texts there, whatever they begin with: no cell is a formula. Raises InputError for what a workbook of
    this kind has no room for.
    """
    check_one_a_row(profile, _TARGET, xlsx.MAX_ROWS - 1)
    known = ballots_with(profile, {index for index, group in enumerate(profile.sets) if group})
    if known:
        raise cannot_say(profile, _TARGET, "who stand together at one rank", known, "csv")
    names = [one_line(option.name) for option in profile.candidates]
    often = Counter(names)
    for who in names:
        if often[who] > 1:
            raise _refusal(profile, f"tells candidates apart by their names, and two are called {shown(who)}")
        if who.lower() in OVERVOTE | UNDERVOTE or SEVERAL in who or who.startswith("#"):
            raise _refusal(profile, f"cannot have {shown(who)} as a name: in its cells that means something else")
    width = max(1, int((profile.papers != END).any(axis=0).sum()))
    if width >= MAX_RANKS or (width + 1) * profile.total > _MAX_CELLS:
        raise _refusal(profile, f"has no room for {profile.total:,} ballots of {width:,} ranks")
    text = {END: "undervote", SKIPPED: "undervote"} | dict(enumerate(names, 1))
    text |= {-2 - index: "overvote" for index in range(len(profile.sets))}
    blank = [END] * (width - profile.papers.shape[1])
    ballots = (
        ([text[mark] for mark in (row + blank)[:width]], number)
        for row, number in zip(profile.papers.tolist(), profile.number.tolist(), strict=True)
    )
    people = (
        ([who, one_line(option.party or ""), "yes" if option.write_in else ""], 1)
        for option, who in zip(profile.candidates, names, strict=True)
    )
    workbook.write(
        file,
        [
            workbook.Sheet("Ballots", ["Cast Vote Record", *map(_choice, range(1, width + 1))], ballots, numbered=True),
            workbook.Sheet(CANDIDATES, _HEADINGS, people),
        ],
    )


def _refusal(profile: Profile, why: str) -> InputError:
    return InputError(f"{_TARGET} {why}", where=Where(profile.title or None), hint="Write csv instead.")


def _choice(rank: int) -> str:
    """The heading of a rank: 1st Choice, 2nd Choice, 11th Choice."""
    ending = "th" if rank % 100 // 10 == 1 else {1: "st", 2: "nd", 3: "rd"}.get(rank % 10, "th")
    return f"{rank}{ending} Choice"


def looks(head: bytes, name: str) -> bool:
    """Whether it is a zip, and called a workbook."""
    return head.startswith(b"PK\x03\x04")


FORMAT = Format(
    id="ess",
    name="ES&S workbook",
    extensions=(".xlsx",),
    description="An Excel workbook with a row a ballot and a column a rank, as ES&S machines export it.",
    looks=looks,
    read=read,
    pack=pack,
    by_name=True,
    segments=True,
)
