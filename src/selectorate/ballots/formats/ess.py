"""ES&S's exports of cast vote records: an Excel workbook, a row a ballot, a column a rank.

The first sheet has a heading; the columns under "1st Choice", "Choice 2", "3" and the like are ranks, and in their
cells stand names, "undervote" or "overvote". A sheet with a column a candidate is read as the CSV of that form is.
"""

from __future__ import annotations

from collections.abc import Iterator

from ..profile import Profile
from . import xlsx
from .base import Format, Options, Source, Tally, fault
from .cells import Columns, Row, by_candidate, by_rank, columns_of


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
        return by_rank(ballots, columns, len(heading), options, tally)
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
    segments=True,
)
