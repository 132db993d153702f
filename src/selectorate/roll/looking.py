"""A file looked at: what kind it is, where its headings are, what its first rows say. Nothing is interpreted yet."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path

from ..documents import nearest
from ..errors import InputError
from . import csvs
from .headings import looks_like_headings, meant, plain
from .limits import MAX_COLUMNS, MAX_HEADER_ROW, SAMPLE
from .mapping import Mapping, proposed
from .rolls import Remark
from .sources import Kind, Source, checked_encoding, encoding_of, kind_of
from .workbooks import Workbook

_FEW = 12


@dataclass(frozen=True)
class Table:
    """A file as it was looked at: nothing is interpreted yet.

    ``kind``: "csv" or "xlsx"; ``header``: row of the headings (0: there are none, columns are called "column 1", ...);
    ``sample``: the first rows under it; ``letters``: words with letters beyond ASCII, to see whether the encoding is
    right; ``sheets``: names of a workbook's sheets that are not hidden, ``sheet`` the one that was looked at, and
    ``sheet_said`` whether somebody chose it.
    """

    name: str
    source: Path | bytes = field(repr=False)
    kind: Kind
    encoding: str | None
    separator: str | None
    sheets: tuple[str, ...]
    sheet: str | None
    sheet_said: bool
    header: int
    headings: tuple[str, ...]
    sample: tuple[tuple[str, ...], ...] = field(repr=False)
    letters: tuple[str, ...] = field(repr=False)
    remarks: tuple[Remark, ...]
    book: Workbook | None = field(default=None, repr=False, compare=False)

    def rows(self) -> Iterator[csvs.Row]:
        """All rows of the file, those above the headings too."""
        source = Source(self.name, self.source)
        if self.book is not None:
            return iter(self.book.rows(self.sheet or ""))
        return csvs.rows(source, self.encoding or "utf-8", self.separator or ",")


def look(
    source: Path | bytes,
    name: str | None = None,
    *,
    encoding: str | None = None,
    separator: str | None = None,
    sheet: str | None = None,
    header: int | None = None,
) -> Table:
    """The table in a CSV or XLSX file. What is not given is found out.

    Raises InputError for what is no such file, is too large, or is packed to fill the memory; MissingPartError for a
    workbook where the extra ``office`` is not installed.
    """
    file = Source(name or (str(source) if isinstance(source, Path) else "the file"), source)
    kind = kind_of(file)
    remarks: list[Remark] = []
    book: Workbook | None = None
    sheets: tuple[str, ...] = ()
    if kind == "xlsx":
        book = Workbook(file)
        sheets = book.visible or book.sheets
        if sheet is not None and sheet not in book.sheets:
            raise InputError(
                "the workbook has no sheet of the name that was given",
                where=file.where(),
                hint=nearest(sheet, list(book.sheets), "It has"),
            )
        remarks += _of_sheets(book, sheets)
    else:
        encoding = checked_encoding(encoding, file) if encoding else encoding_of(file)
        separator = separator or csvs.separator_of(file, encoding)
    table = Table(
        name=file.name,
        source=source,
        kind=kind,
        encoding=encoding if book is None else None,
        separator=separator if book is None else None,
        sheets=sheets,
        sheet=(sheet or sheets[0]) if book is not None else None,
        sheet_said=sheet is not None or len(sheets) < 2,
        header=0,
        headings=(),
        sample=(),
        letters=(),
        remarks=(),
        book=book,
    )
    return _with_headings(table, header, remarks)


def _of_sheets(book: Workbook, sheets: Sequence[str]) -> Iterator[Remark]:
    if len(sheets) > 1:
        yield Remark(f"the workbook has {len(sheets)} sheets", "Choose the one with the persons.")
    hidden = len(book.sheets) - len(book.visible)
    if hidden:
        yield Remark(f"the workbook has {hidden} hidden sheet{'s' if hidden > 1 else ''}, which is not read")


def _with_headings(table: Table, header: int | None, remarks: list[Remark]) -> Table:
    file = Source(table.name, table.source)
    top = [row for row in islice(table.rows(), MAX_HEADER_ROW + SAMPLE * 2) if not isinstance(row[1], str)]
    filled = [(number, cells) for number, cells in top if isinstance(cells, list) and any(c.strip() for c in cells)]
    if not filled:
        raise InputError(
            "there is nothing in it", where=file.where(), hint="Is it the right file, and the right sheet?"
        )
    if header is None:
        header = _header(filled)
        if header == 0:
            remarks.append(Remark("no row of headings was found", "Say in which row they are, or map the columns."))
        elif header != filled[0][0]:
            remarks.append(Remark("there are rows above the headings, which are not read", row=filled[0][0]))
    cells = next((cells for number, cells in filled if number == header), None)
    if cells is None and header != 0:
        raise InputError("there are no headings in this row", where=file.where(header), hint="Say another row.")
    width = max(len(cells or ()), *(len(row) for _, row in filled)) if cells is None else len(cells)
    if width > MAX_COLUMNS:
        raise InputError(
            f"has more than {MAX_COLUMNS} columns", where=file.where(header or None), hint="Is the separator right?"
        )
    headings, told = _named(cells or [], width, header)
    remarks += told
    below = [cells for number, cells in filled if number > header]
    if not below:
        remarks.append(Remark("there are no rows under the headings", "Is it the right file?"))
    if width == 1 and table.kind == "csv":
        remarks.append(Remark("there is only one column", "Is the separator right?"))
    words = _letters(cells for _, cells in filled)
    return replace(
        table,
        header=header,
        headings=headings,
        sample=tuple((*row[:width], *[""] * (width - len(row))) for row in below[:SAMPLE]),
        letters=words,
        remarks=tuple(remarks),
    )


def _header(filled: Sequence[tuple[int, list[str]]]) -> int:
    """The row of the headings: the first of which we know two, or else the first that looks like headings."""
    near = [(number, cells) for number, cells in filled if number <= MAX_HEADER_ROW]
    for number, cells in near:
        known = {meant(cell) for cell in cells} - {None}
        if len(known) >= 2 and not any(re.search(r"\d{3}|@", cell) for cell in cells):
            return number
    usual = max(len(cells) for _, cells in filled)
    for number, cells in near[:5]:
        if sum(bool(cell.strip()) for cell in cells) >= max(1, usual - 1) and looks_like_headings(cells):
            return number
    return 0


def _named(cells: Sequence[str], width: int, header: int) -> tuple[tuple[str, ...], list[Remark]]:
    """The headings, each once: those that are empty or there twice are told apart by their number."""
    remarks: list[Remark] = []
    names: list[str] = []
    for number in range(1, width + 1):
        said = " ".join(cells[number - 1].split()) if number <= len(cells) else ""
        said = said.replace("\ufeff", "")
        if not said:
            names.append(f"column {number}")
            if header:
                remarks.append(Remark(f"column {number} has no heading", row=header))
        elif plain(said) in {plain(name) for name in names}:
            names.append(f"{said} ({number})")
            remarks.append(Remark("the same heading is there twice", "Map the right one.", header, said))
        else:
            names.append(said)
    return tuple(names), remarks


def _letters(rows: Iterator[Sequence[str]]) -> tuple[str, ...]:
    words: dict[str, None] = {}
    for row in rows:
        for cell in row:
            if not cell.isascii():
                words.update(dict.fromkeys(word for word in cell.split() if not word.isascii()))
    return tuple(islice(words, _FEW))


def propose_mapping(table: Table, remembered: Sequence[Mapping] = ()) -> Mapping:
    """The remembered mapping that fits the headings, or a guess from the headings (English, German, French)."""
    return proposed(table.headings, remembered)
