"""CSV: one ballot a row, as columns of ranks or a column a candidate; commas, semicolons or tabs.

    # title: Leader                     lines with # before the heading are ours, and optional: they keep what a
    # candidate 1: Ann                  table cannot say, and the order of the candidates
    # candidate 2: Ben
    ballots,rank 1,rank 2,rank 3        without the first column each row is one ballot
    12,Ann,,Ben                         a rank left empty
    3,Ann|Ben                           both at one rank; "overvote" where it is not known who

    ballot id,Ann,Ben                   or a column a candidate, with the rank in the cell
    1,2,1

Without our lines candidates are in the order of the alphabet, and of two with one name only the first form with
``#1`` for the first candidate can tell them apart; a column each always does.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import chain
from typing import IO

from ..profile import END, SKIPPED, Option, Profile
from .base import (
    MAX_LINE,
    Format,
    Options,
    Source,
    Tally,
    check_candidates,
    check_one_a_row,
    fault,
    name_of,
    number_text,
    one_line,
    seats_of,
    title_of,
)
from .cells import OVERVOTE, SEVERAL, UNDERVOTE, Row, by_candidate, by_rank, columns_of
from .matrix import ranks_of

_OURS = re.compile(r"#\s*(title|seats|candidate|party|withdrawn|write-in)(?:\s+([0-9]{1,9}))?\s*:\s?(.*)\Z")
_BALLOT_ID = "ballot id"
_FORMULA = ("=", "+", "-", "@")
"""What a spreadsheet takes for the beginning of a formula."""


def rows_of(source: Source, lines: Iterator[tuple[int, str]], delimiter: str) -> Iterator[Row]:
    """The rows of a CSV file, each with the number of its last line. Raises InputError for quotes that do not close."""
    last = [0]

    def texts() -> Iterator[str]:
        for number, text in lines:
            last[0] = number
            yield text + "\n"

    reader = csv.reader(texts(), delimiter=delimiter, strict=True)
    while True:
        usual = csv.field_size_limit(MAX_LINE)  # the limit is the process's, so it is given back at once
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise fault(
                source.name,
                last[0],
                f"this is no row of a table ({error})",
                'Cells with a comma or a quote: "a ""b"" c"',
            ) from None
        finally:
            csv.field_size_limit(usual)
        yield last[0], cells


def delimiter_of(heading: str) -> str:
    """What parts the cells: comma, semicolon or tab, whichever is there most often."""
    return max(",;\t", key=heading.count)


def read(source: Source, options: Options) -> Profile:
    """The profile that a table holds. Raises InputError, with the line, for what is none."""
    return _read(source, options)


def read_columns(source: Source, options: Options) -> Profile:
    """The profile that a table with a column a candidate holds, whatever the candidates are called."""
    return _read(source, options, ranked=False)


def _read(source: Source, options: Options, ranked: bool | None = None) -> Profile:
    tally = Tally(source.name)
    ours = _Ours(source.name)
    lines = source.lines()
    number, text = 0, ""
    for number, text in lines:
        if text.startswith("#"):
            ours.line(text, number)
        elif text.strip():
            break
    else:
        raise fault(source.name, number or 1, "there is no heading", "Such as: rank 1,rank 2,rank 3")
    told = ranked is False and options.first_column is not None  # RCTab's own form has commas
    delimiter = "," if told else delimiter_of(text)
    rows = rows_of(source, chain([(number, text)], lines), delimiter)
    number, heading = next(rows)
    if ranked is False and heading[0] == _BALLOT_ID and options.first_column is None:
        options = replace(options, first_column=2)
    columns = columns_of(heading, options, source.name, number, ranked)
    if options.first_row is not None:
        first_row = options.first_row
        rows = (row for row in rows if row[0] >= first_row)
    if columns.ranked:
        return by_rank(rows, columns, len(heading), options, tally, ours.candidates(), ours.title, ours.seats)
    return by_candidate(rows, columns, heading, options, tally, number)


class _Ours:
    """The lines with # before the heading."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.title = ""
        self.seats: int | None = None
        self.names: dict[int, str] = {}
        self.parties: dict[int, str] = {}
        self.flags: dict[str, set[int]] = {"withdrawn": set(), "write-in": set()}
        self.where = 1

    def line(self, text: str, line: int) -> None:
        """Read one; what is not ours is passed over."""
        match = _OURS.match(text)
        if match is None:
            return
        key, index, value = match[1], int(match[2] or 0), match[3]
        if key == "title":
            self.title = title_of(value, self.name, line)
        elif key == "seats":
            self.seats = seats_of(value.strip(), self.name, line)
        elif key == "candidate":
            if index != len(self.names) + 1:
                raise fault(self.name, line, f"candidate {index} after candidate {len(self.names)}")
            self.names[check_candidates(index, self.name, line)] = name_of(value, self.name, line)
        elif index not in self.names:
            raise fault(self.name, line, f"{key} of candidate {index}, who is not named above")
        elif key == "party":
            self.parties[index] = one_line(value)
        else:
            self.flags[key].add(index)

    def candidates(self) -> list[Option] | None:
        """The candidates, if they are named."""
        if not self.names:
            return None
        return [
            Option(
                who,
                self.parties.get(index) or None,
                withdrawn=index in self.flags["withdrawn"],
                write_in=index in self.flags["write-in"],
            )
            for index, who in self.names.items()
        ]


# --- writing ------------------------------------------------------------------------------------------------


def write(profile: Profile, file: IO[str], name: str) -> None:
    """Write ``profile`` with a column a rank: everything that it says."""
    if profile.title:
        file.write(f"# title: {one_line(profile.title)}\n")
    if profile.seats is not None:
        file.write(f"# seats: {profile.seats}\n")
    for index, option in enumerate(profile.candidates, 1):
        file.write(f"# candidate {index}: {one_line(option.name)}\n")
        if option.party:
            file.write(f"# party {index}: {one_line(option.party)}\n")
        if option.withdrawn:
            file.write(f"# withdrawn {index}:\n")
        if option.write_in:
            file.write(f"# write-in {index}:\n")
    often = Counter(one_line(option.name) for option in profile.candidates)
    text = {SKIPPED: ""}
    for index, option in enumerate(profile.candidates, 1):
        who = one_line(option.name)
        plain = who.lower() not in OVERVOTE | UNDERVOTE and SEVERAL not in who and not who.startswith(("#", *_FORMULA))
        text[index] = who if plain and often[who] == 1 else f"#{index}"
    for index, group in enumerate(profile.sets):
        text[-2 - index] = SEVERAL.join(text[candidate] for candidate in group) if group else "overvote"
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(["ballots", *(f"rank {rank}" for rank in range(1, max(1, profile.papers.shape[1]) + 1))])
    for row, number in zip(profile.papers.tolist(), profile.number.tolist(), strict=True):
        writer.writerow([number_text(number, profile.scale), *(text[mark] for mark in row if mark != END)])


def write_columns(profile: Profile, file: IO[str], name: str) -> None:
    """Write ``profile`` with a column a candidate and a row a ballot, as RCTab's generic CSV wants it."""
    names = [one_line(option.name) for option in profile.candidates]
    headings = [f" {who}" if who.startswith(_FORMULA) else who for who in names]
    write_table(profile, file, "CSV with a column a candidate", headings)


def write_table(profile: Profile, file: IO[str], target: str, headings: Sequence[str]) -> None:
    """Write ``profile`` with a column a candidate, under ``headings``, and a row a ballot.

    Raises InputError for what such a table has no room for; ``target`` is what messages call it.
    """
    check_one_a_row(profile, target)
    ranks = ranks_of(profile, target, "csv")
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow([_BALLOT_ID, *headings])
    ballot = 0
    for given, number in zip(ranks, profile.number.tolist(), strict=True):
        cells = ["" if rank == 0 else str(rank) for rank in given]
        for _ in range(number):
            ballot += 1
            writer.writerow([ballot, *cells])


def looks(head: bytes, name: str) -> bool:
    """Whether the heading has cells, or the name ends as tables do."""
    for raw in head.removeprefix(b"\xef\xbb\xbf").split(b"\n"):
        if raw.strip() and not raw.startswith(b"#"):
            return any(sign in raw for sign in (b",", b";", b"\t")) or name.lower().endswith((".csv", ".tsv"))
    return False


def looks_columns(head: bytes, name: str) -> bool:
    """Never: ``read`` tells the two forms apart by the heading."""
    return False


RANKS = Format(
    id="csv",
    name="CSV, a column a rank",
    extensions=(".csv", ".tsv"),
    description="A table with the candidates' names under rank 1, rank 2 and so on; merged or a row each.",
    looks=looks,
    read=read,
    write=write,
    by_name=True,
    segments=True,
    withdrawn=True,
)
COLUMNS = Format(
    id="csv-columns",
    name="CSV, a column a candidate",
    extensions=(".csv",),
    description="A table with a column a candidate and the rank in the cell, one ballot a row: RCTab's generic CSV.",
    looks=looks_columns,
    read=read_columns,
    write=write_columns,
    segments=True,
)
