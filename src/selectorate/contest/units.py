"""The file of units beside a contest file: a CSV with the votes of every unit in every round."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.resources.abc import Traversable
from pathlib import Path

from .. import documents
from ..documents import MAX_COUNT, nearest, shown
from ..errors import ContestError, Where
from .model import Contest

MAX_UNITS = 100_000
"""Rows of a file of units: more than any country has polling districts."""
MAX_CELL = 4000
"""Characters in a cell of it: more than any name has; a quote that is never closed makes a longer one."""

_LONG = f"a cell has more than {MAX_CELL:,} characters"
_CSV = "Cells are separated by commas; quotes around a cell are closed, and quotes inside it doubled."


@dataclass(frozen=True)
class UnitVotes:
    """The votes of every unit: by round (from 0), then unit, then candidate. ``names``: of the units."""

    rounds: tuple[Mapping[str, Mapping[str, int]], ...] = field(repr=False)
    names: Mapping[str, str] = field(repr=False)


def read_units(path: Path | Traversable, contest: Contest) -> UnitVotes:
    """The votes of every unit, from a CSV file with the columns ``unit``, ``name``, ``round`` and one a candidate.

    A candidate who is no longer in the count has an empty cell. Raises ContestError with the line of a fault.
    """
    name = str(path) if isinstance(path, Path) else path.name
    raw = documents.bytes_of(path, ContestError)
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        where = Where(name, raw[: fault.start].count(b"\n") + 1)
        raise ContestError("is not UTF-8 text", where=where, hint="Save the file as UTF-8.") from None
    rows = _rows(text, name)
    people = _columns(next(rows, (Where(name, 1), []))[1], Where(name, 1), contest)
    rounds: dict[int, dict[str, dict[str, int]]] = {}
    names: dict[str, str] = {}
    for where, row in rows:
        if len(row) != len(people) + 3:
            hint = "Each line has one cell for each column; a comma inside a name needs quotes around the name."
            raise ContestError(f"has {len(row)} cells, not {len(people) + 3}", where=where, hint=hint)
        unit, title, number, *cells = row
        if not unit.strip():
            raise ContestError("the unit has no number or name", where=where, hint='Fill in the column "unit".')
        if not re.fullmatch("[1-9][0-9]{0,2}", number):
            hint = "Rounds are numbered from 1."
            raise ContestError(f"{shown(number)} is not the number of a round", where=where, hint=hint)
        votes = {who: _cell(cell, where, who) for who, cell in zip(people, cells, strict=True) if cell.strip()}
        here = rounds.setdefault(int(number), {})
        if unit in here:
            hint = "Each unit has one line in each round."
            raise ContestError(f"the unit {shown(unit)} stands twice in round {number}", where=where, hint=hint)
        here[unit] = votes
        names[unit] = title
        if len(names) > MAX_UNITS:
            raise ContestError(f"has more than {MAX_UNITS:,} units", where=where, hint="Is it the right file?")
    if not rounds:
        raise ContestError("has no units", where=Where(name, 1), hint="Write a line for each unit in each round.")
    missing = [number for number in range(1, max(rounds)) if number not in rounds]
    if missing:
        hint = "Every round up to the last one has its lines."
        raise ContestError(f"round {missing[0]} is missing", where=Where(name), hint=hint)
    return UnitVotes(tuple(rounds[number] for number in sorted(rounds)), names)


def _rows(text: str, name: str) -> Iterator[tuple[Where, list[str]]]:
    """The rows of a CSV that are not blank, each with the line in which it begins."""
    rows = csv.reader(io.StringIO(text, newline=""), strict=True)
    while True:
        where = Where(name, rows.line_num + 1)
        try:
            row = next(rows)
        except StopIteration:
            return
        except csv.Error as fault:
            what = _LONG if "field limit" in str(fault) else "is not CSV"
            raise ContestError(what, where=where, hint=_CSV) from None
        if any(len(cell) > MAX_CELL for cell in row):
            raise ContestError(_LONG, where=where, hint=_CSV)
        if row:
            yield where, row


def _columns(header: Sequence[str], where: Where, contest: Contest) -> Sequence[str]:
    """The candidates in the columns of a file of units."""
    wanted = ["unit", "name", "round"]
    if list(header[:3]) != wanted or len(header) == 3:
        hint = "They are: unit, name, round, then one a candidate, separated by commas."
        raise ContestError("the columns are not right", where=where, hint=hint)
    people = header[3:]
    for number, who in enumerate(people):
        if who not in contest.candidates:
            hint = nearest(who, list(contest.candidates), "The candidates are") or "Add them to the contest file."
            raise ContestError(f"there is no candidate {shown(who)}", where=where, hint=hint)
        if who in people[:number]:
            raise ContestError(f'"{who}" has two columns', where=where, hint="Every candidate has one column.")
    return people


def _cell(cell: str, where: Where, who: str) -> int:
    text = cell.strip()
    if not (text.isascii() and text.isdigit()) or len(text) > 12 or int(text) > MAX_COUNT:
        hint = "Write a whole number without separators; leave the cell empty where a candidate is out."
        raise ContestError(f"{shown(cell)} is not a number of votes ({who})", where=where, hint=hint)
    return int(text)
