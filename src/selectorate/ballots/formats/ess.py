"""ES&S's exports of cast vote records: an Excel workbook, a row a ballot, a column a rank.

The first sheet has a heading; the columns under "1st Choice", "Choice 2", "3" and the like are ranks, and in their
cells stand names, "undervote" or "overvote". A sheet with a column a candidate is read as the CSV of that form is.
"""

from __future__ import annotations

from ..profile import Profile
from . import xlsx
from .base import Format, Options, Source, Tally, fault
from .cells import by_candidate, by_rank, columns_of


def read(source: Source, options: Options) -> Profile:
    """The profile that a workbook holds. Raises InputError, with the row, for what is none."""
    tally = Tally(source.name)
    rows = xlsx.rows(source)
    number, heading = next(((number, cells) for number, cells in rows if any(cells)), (1, None))
    if heading is None:
        raise fault(source.name, number, "the first sheet is empty")
    told = options.first_column is not None
    columns = columns_of(heading, options, source.name, number, True if told else None)
    ballots = ((line, cells) for line, cells in rows if line >= (options.first_row or 0))
    # A row without anything is a row that somebody formatted; a blank ballot has an identifier. Told where ballots
    # begin, we count it as RCTab does: a ballot without a mark.
    told = options.first_row is not None
    ballots = ((line, cells or [""]) for line, cells in ballots if told or any(cells))
    if columns.ranked:
        return by_rank(ballots, columns, len(heading), options, tally)
    return by_candidate(ballots, columns, heading, options, tally, number)


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
