"""The rows of a sheet of a workbook (.xlsx). calamine reads the values; what it does not tell is looked up beside it.

A workbook is a zip of XML. Before anything is handed to calamine, the parts that it will unpack are unpacked here in
pieces and counted as they come out, so that a file that is packed to fill the memory is refused. On the same way the
sheet is asked what the values alone do not say: hidden rows and columns, errors, formulas without a result, and numbers
that are shown with leading zeros.
"""

from __future__ import annotations

import datetime as dt
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import InputError, MissingPartError
from .limits import MAX_COLUMNS, MAX_FREE, MAX_PARTS, MAX_RATIO, MAX_SMALL, MAX_STRINGS, MAX_UNPACKED
from .sources import Source

if TYPE_CHECKING:
    from python_calamine import CalamineWorkbook

MAX_CELLS = 40_000_000
"""Cells that a sheet spans: calamine makes room for all of them, and two that stand far apart span a whole sheet."""
MAX_NOTED = 100_000
"""Places in a sheet (errors, formulas without a result) that are noted one by one."""
_PIECE = 1 << 20
_BROKEN = "Open it in a spreadsheet program and save it again as .xlsx."
ERRORS = ("#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!", "#SPILL!", "#CALC!", "#FIELD!")
"""What a cell shows whose formula failed."""


@dataclass
class Told:
    """What the XML of a sheet tells besides the values. Rows and columns count from 1."""

    hidden_rows: list[int] = field(default_factory=list)
    hidden_columns: list[int] = field(default_factory=list)
    errors: set[tuple[int, int]] = field(default_factory=set)
    uncomputed: set[tuple[int, int]] = field(default_factory=set)
    digits: dict[int, int] = field(default_factory=dict)
    last_row: int = 0
    last_column: int = 26


class Workbook:
    """A workbook that has been looked over. Raises InputError for none, MissingPartError without calamine."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self._told: dict[str, Told] = {}
        self._read: dict[str, Any] = {}
        try:
            from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum
        except ImportError:
            raise MissingPartError(
                "workbooks need a part that is not installed",
                where=source.where(),
                hint='Install it: pip install "selectorate[office]". Or save the table as CSV.',
            ) from None
        for _ in source.pieces():  # counted, and refused when there are too many
            pass
        with source.open() as file:
            try:
                self._packed = zipfile.ZipFile(file)
                self._looked_over()
            except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError) as fault:
                raise self._fault("the workbook cannot be unpacked", _BROKEN) from fault
        try:
            self._book: CalamineWorkbook = (
                CalamineWorkbook.from_path(source.content)
                if isinstance(source.content, Path)
                else CalamineWorkbook.from_filelike(BytesIO(source.content))
            )
        except (CalamineError, ValueError, OSError) as fault:
            raise self._fault("the workbook cannot be read", _BROKEN) from fault
        kept = [sheet for sheet in self._book.sheets_metadata if sheet.typ == SheetTypeEnum.WorkSheet]
        self.sheets = tuple(sheet.name for sheet in kept)
        self.visible = tuple(sheet.name for sheet in kept if sheet.visible == SheetVisibleEnum.Visible)
        if not self.sheets:
            raise self._fault("the workbook has no sheet", "Is it the right file?")

    def _fault(self, what: str, todo: str) -> InputError:
        return InputError(what, where=self.source.where(), hint=todo)

    # -- before it is read ------------------------------------------------------------------------------------

    def _looked_over(self) -> None:
        """Unpack what calamine will unpack, the sheets aside, and count. Raises InputError."""
        names = self._packed.namelist()
        if len(names) > MAX_PARTS:
            raise self._fault(f"a workbook of more than {MAX_PARTS:,} parts", "Is it the right file?")
        if "xl/workbook.xml" not in names:
            raise self._fault(
                "is packed, and no Excel workbook (.xlsx)", "Save it as CSV (UTF-8) or as an Excel workbook (.xlsx)."
            )
        if any(info.flag_bits & 1 for info in self._packed.infolist()):
            raise self._fault("the workbook has a password", "Save it without one.")
        book = self._whole("xl/workbook.xml", MAX_SMALL)
        links = self._whole("xl/_rels/workbook.xml.rels", MAX_SMALL)
        targets = {_attribute(tag, "Id"): _attribute(tag, "Target") for tag in _tags(links, "Relationship")}
        self._parts = {}
        for tag in _tags(book, "sheet"):
            target = targets.get(_attribute(tag, r"\w+:id"), "")
            path = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
            self._parts[_unescaped(_attribute(tag, "name"))] = path
        for part in ("xl/sharedStrings.xml", "xl/styles.xml"):
            if part in names:
                for _ in self._pieces(part, MAX_STRINGS if "Strings" in part else MAX_SMALL):
                    pass
        self._padding = _padding(self._whole("xl/styles.xml", MAX_SMALL) if "xl/styles.xml" in names else "")

    def _pieces(self, part: str, limit: int) -> Iterator[bytes]:
        info = self._packed.getinfo(part)
        out = 0
        with self._packed.open(info) as file:
            while piece := file.read(_PIECE):
                out += len(piece)
                if out > limit or (out > MAX_FREE and out > MAX_RATIO * max(1, info.compress_size)):
                    raise self._fault(
                        f"the workbook unpacks to more than {MAX_RATIO} times its size, or to too much",
                        "This looks like a file made to fill the memory.",
                    )
                if b"<!DOCTYPE" in piece or b"<!ENTITY" in piece:
                    raise self._fault("the workbook has a document type", "No program that makes workbooks writes one.")
                yield piece

    def _whole(self, part: str, limit: int) -> str:
        try:
            return b"".join(self._pieces(part, limit)).decode("utf-8", "replace")
        except KeyError:
            raise self._fault(f"the workbook has no {part}", _BROKEN) from None

    def _tell(self, part: str) -> Told:
        """Go through the XML of a sheet once. Pieces are cut at the end of a tag, so that none is missed."""
        told = Told()
        rest = b""
        for piece in self._pieces(part, MAX_UNPACKED):
            text = rest + piece
            row = text.rfind(b"</row>")
            cut = row + 6 if row >= 0 else max(text.rfind(b"<"), 0)
            rest, text = text[cut:], text[:cut]
            self._tell_piece(text, told)
        self._tell_piece(rest, told)
        return told

    def _tell_piece(self, text: bytes, told: Told) -> None:
        usual = text.count(b"<c ") == text.count(b'<c r="') and text.count(b"<row ") == text.count(b'<row r="')
        if usual and b":c " not in text and b":row " not in text:
            self._tell_usual(text, told)
        else:
            self._tell_unusual(text, told)
        if b"<cols>" in text or b":cols>" in text:
            for found in _COL.finditer(text):
                if _HIDDEN.search(found[0]):
                    first, last = int(_number(found[0], _MIN) or 1), int(_number(found[0], _MAX) or 1)
                    told.hidden_columns += range(first, min(last, MAX_COLUMNS) + 1)
        # A plain search first: most sheets have no errors and no formulas, and a pattern takes its time.
        if b't="e"' in text or b"t='e'" in text:
            _note(_ERROR, text, told.errors)
        if b"<f" in text or b":f" in text:
            _note(_UNCOMPUTED, text, told.uncomputed)
        for style, digits in self._padding.items():
            if b's="%d"' % style in text:
                for found in re.finditer(rb'<(?:\w+:)?c\b[^>]*\bs="%d"[^>]*>' % style, text):
                    place = _place(found[0])
                    if place:
                        told.digits.setdefault(place[1], digits)

    def _tell_usual(self, text: bytes, told: Told) -> None:
        """Rows and columns of a piece whose tags all begin as spreadsheet programs begin them: five times as fast."""
        told.last_row = max(told.last_row, *map(int, _USUAL_ROW.findall(text)), 0)
        if b'hidden="' in text:
            for found in _ROW.finditer(text):
                if _HIDDEN.search(found[0]):
                    told.hidden_rows.append(int(_number(found[0], _R) or 0))
        if _USUAL_WIDE.search(text):
            raise self._too_wide()
        self._columns(_USUAL_TWO_LETTERS.findall(text), told)

    def _tell_unusual(self, text: bytes, told: Told) -> None:
        for found in _ROW.finditer(text):
            number = int(_number(found[0], _R) or told.last_row + 1)
            told.last_row = max(told.last_row, number)
            if _HIDDEN.search(found[0]):
                told.hidden_rows.append(number)
        if _WIDE.search(text):
            raise self._too_wide()
        self._columns(_TWO_LETTERS.findall(text), told)

    @staticmethod
    def _columns(names: list[bytes], told: Told) -> None:
        for name in set(names):
            told.last_column = max(told.last_column, (name[0] - 64) * 26 + name[1] - 64)

    def _too_wide(self) -> InputError:
        return self._fault(
            f"a sheet has more than {MAX_COLUMNS} columns, or a cell below its last row",
            "Delete what stands far to the right or far down.",
        )

    def forget(self) -> None:
        """Let go of the cells: they take more memory than all that is made of them."""
        self._read = {}

    # -- reading it -------------------------------------------------------------------------------------------

    def told(self, sheet: str) -> Told:
        """What the XML of the sheet tells besides the values. Raises InputError for one made to cost too much."""
        if sheet not in self._told:
            with self.source.open() as file:
                try:
                    self._packed = zipfile.ZipFile(file)
                    part = self._parts.get(sheet, "")
                    told = self._tell(part) if part in self._packed.namelist() else Told()
                except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError) as fault:
                    raise self._fault("a sheet of the workbook cannot be unpacked", _BROKEN) from fault
            if told.last_row * told.last_column > MAX_CELLS:
                raise self._fault("a sheet has cells that stand too far apart", "Delete the empty rows at its end.")
            self._told[sheet] = told
        return self._told[sheet]

    def merged(self, sheet: str) -> list[tuple[tuple[int, int], tuple[int, int]]]:
        """Merged cells: first and last (row, column), counted from 1."""
        ranges = self._sheet(sheet).merged_cell_ranges or []
        return [((a + 1, b + 1), (c + 1, d + 1)) for (a, b), (c, d) in ranges]

    def rows(self, sheet: str) -> Iterator[tuple[int, list[str]]]:
        """Every row by its number, cells as text; days are written as 2016-01-12. Raises InputError."""
        told = self.told(sheet)
        read = self._sheet(sheet)
        left = [""] * (read.start or (0, 0))[1]  # calamine leaves out empty columns at the left, but no rows
        for number, row in enumerate(read.iter_rows(), 1):
            row = [*left, *row] if left else row
            cells = [_text(value) for value in row]
            for column, digits in told.digits.items():
                if column <= len(row) and isinstance(row[column - 1], int | float):
                    cells[column - 1] = cells[column - 1].zfill(digits)
            yield number, cells

    def numeric(self, sheet: str, looked_at: int = 2000) -> set[int]:
        """Columns (from 1) that hold numbers and not text, and are not shown with leading zeros."""
        found: set[int] = set()
        first = (self._sheet(sheet).start or (0, 0))[1] + 1
        for number, row in enumerate(self._sheet(sheet).iter_rows()):
            if number > looked_at:
                break
            found |= {column for column, value in enumerate(row, first) if type(value) in (int, float)}
        return found - set(self.told(sheet).digits)

    def _sheet(self, sheet: str) -> Any:
        self.told(sheet)  # before calamine makes room for it
        if sheet not in self._read:
            try:
                self._read = {sheet: self._book.get_sheet_by_name(sheet)}
            except Exception as fault:  # calamine's errors have no common root
                raise self._fault("a sheet of the workbook cannot be read", _BROKEN) from fault
        return self._read[sheet]


# -- XML, as far as it is needed --------------------------------------------------------------------------------

_ROW = re.compile(rb"<(?:\w+:)?row\b[^>]*>")
_COL = re.compile(rb"<(?:\w+:)?col\b[^>]*>")
_HIDDEN = re.compile(rb"""\bhidden=["'](?:1|true)["']""")
_R, _MIN, _MAX = (re.compile(rb"""\b%s=["'](\d+)["']""" % name) for name in (b"r", b"min", b"max"))
_WIDE = re.compile(rb"""<(?:\w+:)?c\b[^>]*\br=["'](?:[A-Z]{3,}\d|[P-Z][A-Z]\d|[A-Z]+(?:\d{8}|[2-9]\d{6}))""")
_USUAL_ROW = re.compile(rb'<row r="(\d{1,9})"')
_USUAL_WIDE = re.compile(rb'<c r="(?:[A-Z]{3,}\d|[P-Z][A-Z]\d|[A-Z]+(?:\d{8}|[2-9]\d{6}))')
_USUAL_TWO_LETTERS = re.compile(rb'<c r="([A-Z][A-Z])\d')
_TWO_LETTERS = re.compile(rb"""\br=["']([A-Z]{2})\d""")
_ERROR = re.compile(rb"""<(?:\w+:)?c\b[^>]*\bt=["']e["'][^>]*>""")
_UNCOMPUTED = re.compile(
    rb"<(?:\w+:)?c\b[^>]*>\s*<(?:\w+:)?f\b[^>]*(?:/>|>[^<]*</(?:\w+:)?f>)\s*(?:<(?:\w+:)?v\s*/>|<v></v>)?\s*</(?:\w+:)?c>"
)
_REF = re.compile(rb"""\br=["']([A-Z]{1,3})(\d{1,9})["']""")


def _note(pattern: re.Pattern[bytes], text: bytes, places: set[tuple[int, int]]) -> None:
    for found in pattern.finditer(text):
        place = _place(found[0])
        if place and len(places) < MAX_NOTED:
            places.add(place)


def _number(tag: bytes, pattern: re.Pattern[bytes]) -> bytes | None:
    found = pattern.search(tag)
    return found[1][:9] if found else None


def _place(tag: bytes) -> tuple[int, int] | None:
    """Row and column of a cell's tag."""
    found = _REF.search(tag)
    if not found:
        return None
    column = 0
    for letter in found[1]:
        column = column * 26 + letter - 64
    return int(found[2]), column


def _tags(text: str, name: str) -> list[str]:
    return re.findall(rf"<(?:\w+:)?{name}\b[^>]*>", text)


def _attribute(tag: str, name: str) -> str:
    found = re.search(rf"""(?<![\w:]){name}=(?:"([^"]*)"|'([^']*)')""", tag)
    return (found[1] if found[1] is not None else found[2]) if found else ""


def _unescaped(text: str) -> str:
    for entity, char in (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&apos;", "'"), ("&amp;", "&")):
        text = text.replace(entity, char)
    return text


def _padding(styles: str) -> dict[int, int]:
    """Styles that show numbers with leading zeros (00000), and with how many digits."""
    formats = {_attribute(tag, "numFmtId"): _attribute(tag, "formatCode") for tag in _tags(styles, "numFmt")}
    cells = re.search(r"<(?:\w+:)?cellXfs\b.*?</(?:\w+:)?cellXfs>", styles, re.DOTALL)
    found = {}
    for number, tag in enumerate(_tags(cells[0], "xf") if cells else ()):
        code = formats.get(_attribute(tag, "numFmtId"), "")
        if re.fullmatch(r"0{2,20}", code):
            found[number] = len(code)
    return found


def _text(value: object) -> str:
    """A value as text: numbers as they are written, days and times as in 2016-01-12 17:00:00."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, dt.datetime):
        return value.date().isoformat() if value.time() == dt.time() else value.isoformat(" ")
    return "" if value is None else str(value)
