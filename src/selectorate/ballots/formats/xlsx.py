"""The cells of a sheet of an Excel workbook, row by row, with bounds on what a hostile one can cost.

A workbook is a zip of XML. It is unpacked in pieces as it is parsed, never as a whole; what is unpacked is counted as
it comes out, not as the file says; and a document type, with which XML can be made to swell, is refused.
"""

from __future__ import annotations

import posixpath
import zipfile
import zlib
from collections.abc import Callable, Iterator
from io import BytesIO
from typing import BinaryIO
from xml.parsers import expat

from .base import Source, fault

MAX_UNPACKED = 2 << 30
"""Bytes of a sheet: a million rows, the most that a sheet has, of forty cells are below it."""
MAX_STRINGS = 64 << 20
"""Bytes of the table of texts: names and precincts, not novels."""
MAX_SMALL = 4 << 20
"""Bytes of the parts that only say where the others are."""
MAX_RATIO = 500
"""How much a part may swell. Sheets of ballots swell to the ten- or fortyfold; zeros swell to the thousandfold."""
MAX_FREE = 16 << 20
"""Bytes below which the ratio does not matter."""
MAX_ROWS = 1_048_576
MAX_COLUMNS = 16_384
"""The size of a sheet in Excel."""
MAX_CELL = 32_767
"""Letters in a cell, in Excel."""
MAX_ENTRIES = 10_000
"""Parts of a workbook."""
_PIECE = 1 << 16


def rows(source: Source, sheet: str | None = None) -> Iterator[tuple[int, list[str]]]:
    """The rows of the first sheet, with their numbers; empty cells are "". Raises InputError for no workbook.

    ``sheet``: the name of another one; there are no rows where no sheet is called so.
    """
    with source.open() as file:
        seekable: BinaryIO = file if file.seekable() else BytesIO(file.read())
        try:
            with zipfile.ZipFile(seekable) as packed:
                if len(packed.infolist()) > MAX_ENTRIES:
                    raise fault(source.name, None, f"a workbook of more than {MAX_ENTRIES} parts")
                workbook = _Workbook(source.name, packed)
                yield from workbook.rows(sheet)
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError) as error:
            raise fault(
                source.name, None, f"the workbook cannot be unpacked ({error})", "Save it again as .xlsx."
            ) from None
        except (KeyError, ValueError, OverflowError, UnicodeError) as error:
            raise fault(source.name, None, f"the workbook is broken ({error})", "Save it again as .xlsx.") from None


def _local(tag: str) -> str:
    """The name of an element without its prefix."""
    return tag.rpartition(":")[2] if ":" in tag else tag


class _Workbook:
    def __init__(self, name: str, packed: zipfile.ZipFile) -> None:
        self.name = name
        self.packed = packed
        self.names = set(packed.namelist())

    def pieces(self, part: str, limit: int) -> Iterator[bytes]:
        """The bytes of a part, unpacked, in pieces."""
        info = self.packed.getinfo(part)
        out = 0
        with self.packed.open(info) as file:
            while piece := file.read(_PIECE):
                out += len(piece)
                if out > limit or (out > MAX_FREE and out > MAX_RATIO * max(1, info.compress_size)):
                    raise fault(
                        self.name,
                        None,
                        f"{part} unpacks to more than {MAX_RATIO} times its size, or to too much",
                        "This looks like a file made to fill the memory.",
                    )
                yield piece

    def parse(
        self,
        part: str,
        limit: int,
        start: Callable[[str, dict[str, str]], None],
        end: Callable[[str], None] | None = None,
        text: Callable[[str], None] | None = None,
    ) -> Iterator[None]:
        """Parse a part; a turn of the iterator for each piece, so that what was found can be handed on."""
        parser = expat.ParserCreate()
        parser.buffer_text = True

        def refuse(*_: object) -> None:
            raise fault(self.name, None, f"{part} has a document type", "No program that makes workbooks writes one.")

        parser.StartElementHandler = start
        if end is not None:
            parser.EndElementHandler = end
        if text is not None:
            parser.CharacterDataHandler = text
        parser.StartDoctypeDeclHandler = refuse
        parser.EntityDeclHandler = refuse
        try:
            for piece in self.pieces(part, limit):
                parser.Parse(piece, False)
                yield
            parser.Parse(b"", True)
            yield
        except expat.ExpatError as error:
            raise fault(self.name, None, f"{part} is not XML ({error})", "Save it again as .xlsx.") from None

    def sheet(self, wanted: str | None) -> str | None:
        """The name of the part that holds the first sheet, or the one called ``wanted``, if there is one."""
        ids: list[str] = []
        targets: dict[str, str] = {}

        def of_workbook(tag: str, attributes: dict[str, str]) -> None:
            if _local(tag) == "sheet" and wanted in (None, attributes.get("name")):
                ids.extend(value for key, value in attributes.items() if key.endswith(":id"))

        def of_relations(tag: str, attributes: dict[str, str]) -> None:
            if _local(tag) == "Relationship":
                targets[attributes.get("Id", "")] = attributes.get("Target", "")

        if "xl/workbook.xml" in self.names:
            for _ in self.parse("xl/workbook.xml", MAX_SMALL, of_workbook):
                pass
        if "xl/_rels/workbook.xml.rels" in self.names:
            for _ in self.parse("xl/_rels/workbook.xml.rels", MAX_SMALL, of_relations):
                pass
        found = targets.get(ids[0], "") if ids else ""
        part = found.lstrip("/") if found.startswith("/") else posixpath.normpath(posixpath.join("xl", found))
        if part in self.names:
            return part
        if wanted is not None:
            return None
        if "xl/worksheets/sheet1.xml" in self.names:
            return "xl/worksheets/sheet1.xml"
        raise fault(self.name, None, "the file has no sheet", "Is it an Excel workbook (.xlsx)?")

    def strings(self) -> list[str]:
        """The table of texts."""
        found: list[str] = []
        now: list[str] = []
        inside = [False, False]  # a text; a way to say it, which is not part of it

        def start(tag: str, attributes: dict[str, str]) -> None:
            tag = _local(tag)
            if tag == "si":
                now.clear()
            elif tag == "t":
                inside[0] = True
            elif tag == "rPh":
                inside[1] = True

        def end(tag: str) -> None:
            tag = _local(tag)
            if tag == "si":
                found.append("".join(now))
            elif tag == "t":
                inside[0] = False
            elif tag == "rPh":
                inside[1] = False

        def text(data: str) -> None:
            if inside[0] and not inside[1]:
                now.append(data)

        if "xl/sharedStrings.xml" in self.names:
            for _ in self.parse("xl/sharedStrings.xml", MAX_STRINGS, start, end, text):
                pass
        return found

    def rows(self, wanted: str | None) -> Iterator[tuple[int, list[str]]]:
        """The rows of the first sheet, or of the one called ``wanted``, if there is one."""
        part = self.sheet(wanted)
        if part is None:
            return
        sheet = _Sheet(self.name, self.strings())
        for _ in self.parse(part, MAX_UNPACKED, sheet.start, sheet.end, sheet.text):
            for number, cells in sheet.done:  # few cells may stand far apart: a row at a time becomes a list
                row = [""] * max(cells, default=0)
                for column, value in cells.items():
                    row[column - 1] = value
                yield number, row
            sheet.done.clear()


class _Sheet:
    """Gathers the cells of a sheet as its XML goes by."""

    def __init__(self, name: str, strings: list[str]) -> None:
        self.name = name
        self.strings = strings
        self.done: list[tuple[int, dict[int, str]]] = []
        self.row = 0
        self.cells: dict[int, str] = {}
        self.kind = ""
        self.column = 0
        self.reading = False
        self.parts: list[str] = []
        self.columns: dict[str, int] = {}

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if ":" in tag:
            tag = _local(tag)
        if tag == "c":
            place = attributes.get("r", "")
            letters = place.rstrip("0123456789")
            self.column = self.columns.get(letters) or self._column(letters)
            if self.column > MAX_COLUMNS:
                raise fault(self.name, self.row, f"more than {MAX_COLUMNS} columns")
            self.kind = attributes.get("t", "n")
            self.parts.clear()
        elif tag == "v" or tag == "t":
            self.reading = True
        elif tag == "row":
            number = attributes.get("r", "")
            self.row = int(number) if number.isascii() and number.isdigit() and len(number) < 9 else self.row + 1
            if not 1 <= self.row <= MAX_ROWS:
                raise fault(self.name, self.row, f"row {self.row}", f"A sheet has {MAX_ROWS} rows.")
            self.cells = {}
            self.column = 0

    def _column(self, letters: str) -> int:
        """The number of a column, from 1; the next one where it is not said."""
        number = 0
        for letter in letters.upper():
            if not "A" <= letter <= "Z":
                raise fault(self.name, self.row, "a cell that is nowhere")
            number = number * 26 + ord(letter) - 64
            if number > MAX_COLUMNS:
                raise fault(self.name, self.row, f"more than {MAX_COLUMNS} columns")
        if not letters:
            return self.column + 1
        self.columns[letters] = number
        return number

    def text(self, data: str) -> None:
        if self.reading:
            self.parts.append(data)

    def end(self, tag: str) -> None:
        if ":" in tag:
            tag = _local(tag)
        if tag == "v" or tag == "t":
            self.reading = False
        elif tag == "c":
            value = "".join(self.parts)
            if self.kind == "s":
                index = int(value) if value.isascii() and value.isdigit() and len(value) < 9 else -1
                if not 0 <= index < len(self.strings):
                    raise fault(self.name, self.row, "a cell with a text that is not in the workbook")
                value = self.strings[index]
            elif self.kind == "n" and value.endswith(".0"):
                value = value[:-2]
            if len(value) > MAX_CELL:
                raise fault(self.name, self.row, f"a cell of more than {MAX_CELL} letters")
            if value:
                self.cells[self.column] = value
        elif tag == "row":
            self.done.append((self.row, self.cells))
