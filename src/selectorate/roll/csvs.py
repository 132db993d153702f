"""The rows of a CSV file: separator found out, quotes held to the letter, every row by its number in the file."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import islice

from ..errors import InputError
from .limits import MAX_CELL, MAX_COLUMNS, MAX_ROWS
from .sources import Source

SEPARATORS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
MAX_LINES = 20
"""Lines in one cell: an address has some; more were swallowed by a quote that is not closed."""
_LOOKED_AT = 1 << 18
"""Characters of which the separator is found out."""

Row = tuple[int, list[str] | str]
"""Number of the row in the file, from 1, and its cells; or, as a text, why it cannot be taken apart."""


def rows(source: Source, encoding: str, separator: str) -> Iterator[Row]:
    """Every row, blank ones too (as empty lists). Raises InputError where what follows cannot be told apart."""
    with source.open() as file, io.TextIOWrapper(file, encoding=encoding, newline="") as text:
        reader = csv.reader(text, delimiter=separator, strict=True)
        number, line = 0, 0
        while True:
            number += 1
            try:
                row = next(reader)
            except StopIteration:
                return
            except csv.Error as fault:
                lines, line = reader.line_num - line, reader.line_num
                if "unexpected end" in str(fault) or "field larger" in str(fault) or lines > MAX_LINES:
                    raise _open_quote(source, number) from None
                yield number, _why(fault, lines)
                continue
            except UnicodeError:
                raise InputError(f"is not {encoding}", where=source.where(), hint="Choose another encoding.") from None
            lines, line = reader.line_num - line, reader.line_num
            if lines > MAX_LINES or (lines > 1 and any(len(cell) > MAX_CELL for cell in row)):
                raise _open_quote(source, number)
            if number > MAX_ROWS:
                raise InputError(f"has more than {MAX_ROWS:,} rows", where=source.where(), hint="Is it the right file?")
            if number == 1 and len(row) < 3 and "".join(row).strip("\ufeff").lower() in ("sep=", f"sep={separator}"):
                row = []  # what Excel is told of the separator is no row of the table
            if number == 1 and not encoding.startswith("utf-8-sig") and row and row[0].startswith("\ufeff"):
                row[0] = row[0][1:]
            yield number, row


def _open_quote(source: Source, number: int) -> InputError:
    return InputError(
        "a quote is opened in this row that is not closed: rows after it would be swallowed",
        where=source.where(number),
        hint='Close it, or double a quote that is meant: "Robert ""Bob"" Jones".',
    )


def _why(fault: csv.Error, lines: int) -> str:
    over = f" (over {lines} lines)" if lines > 1 else ""
    if "expected after" in str(fault):
        return f"there is text behind a closing quote{over}"
    return f"it cannot be taken apart{over}"


def separator_of(source: Source, encoding: str) -> str:
    """The separator: the one that makes most rows equally long, and longest. Raises InputError as ``rows`` does."""
    with source.open() as file, io.TextIOWrapper(file, encoding=encoding, newline="") as text:
        try:
            start = text.read(_LOOKED_AT)
        except UnicodeError:
            raise InputError(f"is not {encoding}", where=source.where(), hint="Choose another encoding.") from None
    start = start.removeprefix("\ufeff")
    said = start.splitlines()[0].strip().lower() if start.strip() else ""
    if said.startswith("sep=") and said[4:5] in SEPARATORS:
        return said[4]
    scores = {mark: _score(start, mark) for mark in SEPARATORS}
    best = max(scores, key=lambda mark: scores[mark])
    return best if scores[best][1] > 1 else ","


def _score(start: str, separator: str) -> tuple[float, int]:
    """How many of the first rows have the same number of cells, more than one, and that number."""
    lengths: Counter[int] = Counter()
    reader = csv.reader(io.StringIO(start, newline=""), delimiter=separator)
    try:
        for row in islice(reader, 500):
            if any(cell.strip() for cell in row):
                lengths[len(row)] += 1
    except csv.Error:
        pass
    several = {length: times for length, times in lengths.items() if length > 1}
    if not several:
        return 0.0, 0
    length = max(several, key=lambda length: (several[length], length))
    return several[length] / sum(lengths.values()), length


def too_wide(source: Source, row: Sequence[str], number: int) -> InputError | None:
    """The error for a row of more columns than any membership system has."""
    if len(row) <= MAX_COLUMNS:
        return None
    return InputError(
        f"has more than {MAX_COLUMNS} columns", where=source.where(number), hint="Is the separator right?"
    )
