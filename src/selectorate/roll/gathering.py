"""The mapped columns of a file, as texts in a frame, with the number of every row; and the rows that are none."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from operator import itemgetter

import polars as pl

from ..documents import nearest
from ..errors import InputError, Where
from .columns import COLUMNS
from .headings import plain
from .limits import MAX_CELL, MAX_COLUMNS
from .looking import Table
from .mapping import Mapping
from .rolls import Question, Refusal, Remark

_CHUNK = 20_000
"""Rows that become a piece of the frame together: as lists they cost ten times what they cost in it."""


@dataclass
class Gathered:
    """``frame``: "row" and the raw text of every mapped column of the roll. ``headings``: what the file calls each.
    ``rows``: how many had something in them, those of ``refusals`` too."""

    frame: pl.DataFrame
    headings: dict[str, str]
    refusals: list[Refusal] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)
    rows: int = 0


def columns_of(table: Table, mapping: Mapping) -> dict[str, int]:
    """The place (from 0) of every mapped column. Raises InputError for a heading that the file does not have."""
    places = {heading: number for number, heading in reversed(list(enumerate(table.headings)))}
    alike = {plain(heading): number for heading, number in places.items()}
    found: dict[str, int] = {}
    for name, heading in mapping.columns.items():
        place = places.get(heading, alike.get(plain(heading)))
        if place is None:
            raise InputError(
                f'there is no column for "{name}" under the heading that the mapping names',
                where=Where(table.name, table.header or None, heading),
                hint=nearest(heading, list(table.headings), "There are") or "Map it to another one.",
            )
        found[name] = place
    return found


def questions_of(table: Table, mapping: Mapping) -> list[Question]:
    """What has to be known before a row is read: which sheet, which column is what, what hidden rows are for."""
    asked: list[Question] = []
    if not table.sheet_said and mapping.sheet is None:
        choices = tuple((name, name) for name in table.sheets)
        asked.append(Question("sheet", None, "the workbook has several sheets: which one has the persons?", choices))
    headings = tuple((heading, heading) for heading in table.headings)
    given = {*mapping.columns, *mapping.fixed}
    if not given & {"person", "number"}:
        asked.append(Question("columns.number", None, "which column has the number of each person?", headings))
    if "name" not in given and "family" not in given:
        asked.append(Question("columns.name", None, "which column has the name?", headings))
    if "capacity" not in given:
        what = 'in which capacity are they listed? Say it for all, as in "member", or name the column'
        asked.append(Question("fixed.capacity", None, what))
    if table.book is not None and mapping.hidden is None and not asked:
        hidden = [row for row in table.book.told(table.sheet or "").hidden_rows if row > table.header]
        if hidden:
            rows = f"{len(hidden)} row{'s are' if len(hidden) > 1 else ' is'} hidden, the first of them row {hidden[0]}"
            choices = (("take", "they belong to the table"), ("leave", "they do not"))
            asked.append(Question("hidden", None, rows, choices))
    return asked


def gather(table: Table, mapping: Mapping) -> Gathered:
    """Every row under the headings. Raises InputError as ``csvs.rows`` and ``workbooks`` do."""
    places = columns_of(table, mapping)
    names = list(places)
    width = len(table.headings)
    pick = _picker([places[name] for name in names])
    heading = [plain(cell) for cell in table.headings]
    first = table.headings[0].casefold()
    hidden: set[int] = set()
    if table.book is not None and mapping.hidden == "leave":
        hidden = set(table.book.told(table.sheet or "").hidden_rows)
    gathered = Gathered(pl.DataFrame(), {name: table.headings[place] for name, place in places.items()})
    pieces: list[pl.DataFrame] = []
    numbers: list[int] = []
    picked: list[Sequence[str]] = []
    short, first_short, again = 0, 0, 0

    def hand_over() -> None:
        cells = zip(*picked, strict=True) if picked else ()
        texts = {name: pl.Series(name, column, pl.String) for name, column in zip(names, cells, strict=False)}
        if numbers:
            pieces.append(pl.DataFrame({"row": pl.Series(numbers, dtype=pl.Int64), **texts}))
        numbers.clear()
        picked.clear()

    for number, cells in table.rows():
        if number <= table.header or number in hidden:
            continue
        if isinstance(cells, str):
            gathered.rows += 1
            gathered.refusals.append(
                Refusal(number, None, cells, 'Double a quote that is meant: "Robert ""Bob"" Jones".')
            )
            continue
        length = len(cells)
        if length != width:
            if not any(map(str.strip, cells)):
                continue
            if length < width:
                short, first_short = short + 1, first_short or number
                cells = [*cells, *[""] * (width - length)]
            elif any(map(str.strip, cells[width:])):
                gathered.rows += 1
                gathered.refusals.append(_too_long(number, cells, width))
                continue
        elif not cells[0] and not any(map(str.strip, cells)):
            continue
        if table.header and cells[0].strip().casefold() == first and [plain(c) for c in cells[:width]] == heading:
            again += 1
            continue
        gathered.rows += 1
        numbers.append(number)
        picked.append(pick(cells))
        if len(numbers) == _CHUNK:
            hand_over()
    hand_over()
    kinds = {"row": pl.Int64(), **dict.fromkeys(names, pl.String())}
    gathered.frame = pl.concat(pieces) if pieces else pl.DataFrame(schema=kinds)
    if not names:
        gathered.frame = gathered.frame.select("row")
    if short:
        rows = f"{short:,} rows have" if short > 1 else "a row has"
        gathered.remarks.append(
            Remark(f"{rows} fewer cells than there are headings", "What is missing is empty.", first_short)
        )
    if again:
        times = f"{again:,} times" if again > 1 else "once"
        gathered.remarks.append(Remark(f"the headings stand {times} more between the rows", "They are left out."))
    return gathered


def _picker(places: Sequence[int]) -> Callable[[list[str]], Sequence[str]]:
    """What takes the cells at ``places`` out of a row."""
    if len(places) == 1:
        return lambda cells: (cells[places[0]],)
    return itemgetter(*places)


def _too_long(number: int, cells: Sequence[str], width: int) -> Refusal:
    if len(cells) > MAX_COLUMNS:
        return Refusal(number, None, f"the row has more than {MAX_COLUMNS} cells", "Is the separator right?")
    return Refusal(
        number,
        None,
        f"the row has {len(cells)} cells, and there are {width} headings",
        "Is there a separator inside a cell? Put such a cell in quotes.",
    )


def places_in_workbook(table: Table, mapping: Mapping, gathered: Gathered) -> list[Refusal]:
    """Rows of a workbook whose mapped cells are errors, formulas without a result, or parts of merged cells."""
    if table.book is None:
        return []
    told = table.book.told(table.sheet or "")
    columns = {place + 1: name for name, place in columns_of(table, mapping).items()}
    rows = set(gathered.frame["row"].to_list()) if told.errors or told.uncomputed else set()
    found: list[Refusal] = []
    for places, what, todo in (
        (told.errors, "the formula in this cell failed", "Correct it, or write the value itself."),
        (
            told.uncomputed,
            "the formula in this cell has no result",
            "Open the workbook in a spreadsheet program and save it again, or write the value itself.",
        ),
    ):
        for row, column in sorted(places):
            if column in columns and row in rows:
                found.append(Refusal(row, gathered.headings[columns[column]], what, todo))
    for (top, left), (bottom, right) in table.book.merged(table.sheet or ""):
        mapped = [columns[column] for column in range(left, right + 1) if column in columns]
        if bottom <= table.header or not mapped or (top, left) == (bottom, right):
            continue
        for row in range(max(top, table.header + 1), min(bottom, top + _CHUNK) + 1):
            found.append(
                Refusal(
                    row, gathered.headings[mapped[0]], "this cell is merged with others", "Part them, and fill each."
                )
            )
    return found


def numbers_as_numbers(table: Table, gathered: Gathered, mapping: Mapping) -> list[Remark]:
    """A remark where member numbers are stored as numbers: leading zeros that they had are gone."""
    if table.book is None or mapping.digits is not None:
        return []
    numeric = table.book.numeric(table.sheet or "")
    places = columns_of(table, mapping)
    return [
        Remark(
            f"the {COLUMNS[name].says}s are stored as numbers: leading zeros that they had would be lost",
            "If they had, say with how many digits they are written.",
            column=gathered.headings[name],
        )
        for name in ("person", "number")
        if name in places and places[name] + 1 in numeric
    ]


def too_long_cells(gathered: Gathered) -> list[Refusal]:
    """Rows with a cell that is too long for what it should hold."""
    found: list[Refusal] = []
    for name, heading in gathered.headings.items():
        long = gathered.frame.filter(pl.col(name).str.len_chars() > MAX_CELL)["row"]
        found += [
            Refusal(row, heading, f"the cell has more than {MAX_CELL:,} characters", "Is a quote closed too late?")
            for row in long
        ]
    return found
