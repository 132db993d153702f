"""Tables that officers bring along as CSV: read whole, or told fault by fault with row, column and what to do.

A table is read twice: once to show what would be done (a dry run), once to do it. Between the two its text travels
with the form, so nothing is kept of a table that was only looked at.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from ..errors import RefusedError
from .slugs import plain, same_name

MAX_TABLE = 1_500_000
"""Bytes of a table: after the dry run it comes back with the form, which takes two million."""
MAX_ROWS = 20_000
"""Rows of a table: ten candidates or figures in each of two thousand branches."""
MAX_CELL = 2_000
"""Characters of a cell that holds a name or a number; statements have a limit of their own."""
MAX_FAULTS = 200
"""Faults that are told at once: who has more has the wrong file."""
SEPARATORS = ",;\t"


@dataclass(frozen=True)
class Column:
    """A column that is looked for: under which headings, and whether each row has to fill it."""

    key: str
    headings: tuple[str, ...]
    needed: bool = False
    longest: int = MAX_CELL


@dataclass(frozen=True)
class Fault:
    """What is wrong in one place of a table, and what to do. ``row`` counts as a spreadsheet does: headings are 1."""

    row: int
    column: str
    says: str
    todo: str = ""

    def __str__(self) -> str:
        place = _("row %(row)s, %(column)s") % {"row": self.row, "column": self.column}
        return f"{place}: {self.says}. {self.todo}".strip()


Row = dict[str, str]


@dataclass(frozen=True)
class Table:
    """The rows of a table with their numbers, by the keys of the columns; what is wrong in it; what was left out."""

    rows: tuple[tuple[int, Row], ...]
    faults: tuple[Fault, ...]
    unused: tuple[str, ...] = ()

    @property
    def plain(self) -> list[dict[str, str]]:
        """The rows as JSON for an act, each with its number under ``row``."""
        return [{**row, "row": str(number)} for number, row in self.rows]


def decoded(content: bytes) -> str:
    """The text of a file: by its byte order mark, else UTF-8, else what Windows writes. Raises RefusedError."""
    if len(content) > MAX_TABLE:
        raise RefusedError(_("a table has one and a half million bytes at most: divide it"), field="file")
    for mark, name in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if content.startswith(mark):
            names = (name,)
            break
    else:
        names = ("utf-8", "cp1252")
    for name in names:
        try:
            text = content.decode(name)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise RefusedError(_("this is no table of text: save it as CSV (UTF-8)"), field="file")


def read(content: bytes, columns: Sequence[Column]) -> Table:
    """The table in a CSV file. Raises RefusedError for what is no table at all; faults in cells are listed."""
    text = decoded(content)
    head = text.split("\n", 1)[0]
    separator = max(SEPARATORS, key=head.count)
    try:
        lines = list(csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True))
    except csv.Error as fault:
        raise RefusedError(_("the table cannot be read: %(why)s") % {"why": fault}, field="file") from None
    if not lines or not any(cell.strip() for cell in lines[0]):
        raise RefusedError(_("the table is empty: its first row has the headings"), field="file")
    if len(lines) > MAX_ROWS + 1:
        raise RefusedError(_("a table has %(most)s rows at most: divide it") % {"most": MAX_ROWS}, field="file")
    places, unused = _headings(lines[0], columns)
    rows, faults = [], []
    for number, line in enumerate(lines[1:], 2):
        if not any(cell.strip() for cell in line):
            continue
        if len(line) > len(lines[0]) and any(cell.strip() for cell in line[len(lines[0]) :]):
            todo = _("Put text with a separator in it between quotation marks.")
            faults.append(
                Fault(number, str(len(lines[0]) + 1), _("the row has more cells than there are headings"), todo)
            )
            continue
        row, wrong = _row(number, line, places)
        rows.append((number, row))
        faults += wrong
    if not rows and not faults:
        raise RefusedError(_("the table has headings and no rows"), field="file")
    return Table(tuple(rows), tuple(faults), unused)


def _headings(cells: Sequence[str], columns: Sequence[Column]) -> tuple[dict[int, Column], tuple[str, ...]]:
    known = {
        same_name(heading).replace("_", " "): column for column in columns for heading in (column.key, *column.headings)
    }
    places: dict[int, Column] = {}
    unused = []
    for place, cell in enumerate(cells):
        column = known.get(same_name(cell).replace("_", " "))
        if column is None:
            if cell.strip():
                unused.append(plain(cell, longest=60))
        elif column in places.values():
            raise RefusedError(_("two columns are headed “%(name)s”") % {"name": plain(cell, longest=60)}, field="file")
        else:
            places[place] = column
    missing = [column.headings[0] for column in columns if column.needed and column not in places.values()]
    if missing:
        raise RefusedError(
            _("there is no column headed %(names)s; the first row has: %(has)s")
            % {"names": ", ".join(missing), "has": ", ".join(plain(cell, longest=60) for cell in cells[:20])},
            field="file",
        )
    return places, tuple(unused)


def _row(number: int, line: Sequence[str], places: Mapping[int, Column]) -> tuple[Row, list[Fault]]:
    row: Row = {}
    faults = []
    for place, column in places.items():
        text = line[place] if place < len(line) else ""
        if len(text) > column.longest:
            says = _("%(has)s characters, where %(most)s are the most") % {"has": len(text), "most": column.longest}
            faults.append(Fault(number, column.headings[0], says, _("Shorten it.")))
            text = ""
        row[column.key] = text.strip() if column.longest > MAX_CELL else plain(text, longest=column.longest)
        if column.needed and not row[column.key]:
            faults.append(
                Fault(number, column.headings[0], _("nothing is there"), _("Fill it in, or take the row out."))
            )
    return row, faults


def whole(text: str) -> int | None:
    """A whole number as it is written in tables (12345, 12 345, 12,345); None for anything else."""
    digits = text.replace(" ", "").replace("\N{NO-BREAK SPACE}", "").replace("\N{NARROW NO-BREAK SPACE}", "")
    if "," in digits:
        first, *groups = digits.split(",")
        if not 1 <= len(first) <= 3 or any(len(group) != 3 for group in groups):
            return None
        digits = digits.replace(",", "")
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) <= 12 else None


def day(text: str) -> date | None:
    """A day as it is written in tables: 2016-06-27, or 27/06/2016 and 27.06.2016 with the day first; None if not."""
    try:
        return date.fromisoformat(text) if len(text) == 10 else None
    except ValueError:
        pass
    for separator in "/.":
        parts = text.split(separator)
        if len(parts) == 3 and all(part.isascii() and part.isdigit() for part in parts) and len(parts[2]) == 4:
            try:
                return date(int(parts[2]), int(parts[1]), int(parts[0]))
            except ValueError:
                return None
    return None
