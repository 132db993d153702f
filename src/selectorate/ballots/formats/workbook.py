"""Excel workbooks written as plain XML in a zip: texts and whole numbers, nothing else, and the same bytes each time.

Rows are written as they come, each as often as it is said to stand there; only the table of texts stays in memory.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO
from xml.sax.saxutils import escape, quoteattr

_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml."
_ROW = "\0"
"""Stands for the number of the row until that is known."""
_PIECE = 1 << 16


@dataclass(frozen=True)
class Sheet:
    """A sheet: its name, its heading, and its rows, each with how often it stands there; empty texts are empty cells.

    ``numbered``: whether the rows below the heading are numbered from 1 in a column of their own, the first.
    """

    name: str
    heading: Sequence[str]
    rows: Iterable[tuple[Sequence[str], int]]
    numbered: bool = False


class _Texts:
    """The table of texts: each text once, with its place."""

    def __init__(self) -> None:
        self.place: dict[str, int] = {}

    def cells(self, texts: Sequence[str], first: int) -> str:
        """Cells with ``texts``, from column ``first`` on."""
        return "".join(
            f'<c r="{column_name(column)}{_ROW}" t="s"><v>{self.place.setdefault(text, len(self.place))}</v></c>'
            for column, text in enumerate(texts, first)
            if text
        )


def column_name(number: int) -> str:
    """The letters of a column: A for 1, AA for 27."""
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def write(file: IO[bytes], sheets: Sequence[Sheet]) -> None:
    """Write a workbook of ``sheets``, of which the first one is the one that is shown."""
    parts = [f"worksheets/sheet{number}.xml" for number in range(1, len(sheets) + 1)]
    texts = _Texts()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        _put(packed, "[Content_Types].xml", _types(parts))
        main = f'<Relationship Id="r1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/>'
        _put(packed, "_rels/.rels", _relations(main))
        listed = "".join(
            f'<sheet name={quoteattr(sheet.name)} sheetId="{number}" r:id="r{number}"/>'
            for number, sheet in enumerate(sheets, 1)
        )
        _put(
            packed,
            "xl/workbook.xml",
            f'{_XML}<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>{listed}</sheets></workbook>',
        )
        named = "".join(
            f'<Relationship Id="r{number}" Type="{_OFFICE}/worksheet" Target="{part}"/>'
            for number, part in enumerate(parts, 1)
        )
        named += f'<Relationship Id="r0" Type="{_OFFICE}/sharedStrings" Target="sharedStrings.xml"/>'
        _put(packed, "xl/_rels/workbook.xml.rels", _relations(named))
        for sheet, part in zip(sheets, parts, strict=True):
            with _part(packed, f"xl/{part}") as out:
                for piece in _gathered(_sheet(sheet, texts)):
                    out.write(piece)
        # Whose texts there are is known only now.
        strings = "".join(f'<si><t xml:space="preserve">{escape(text)}</t></si>' for text in texts.place)
        count = f'uniqueCount="{len(texts.place)}"'
        _put(packed, "xl/sharedStrings.xml", f'{_XML}<sst xmlns="{_MAIN}" {count}>{strings}</sst>')


def _types(parts: Iterable[str]) -> str:
    kinds = {f"/xl/{part}": "worksheet" for part in parts}
    kinds |= {"/xl/workbook.xml": "sheet.main", "/xl/sharedStrings.xml": "sharedStrings"}
    said = "".join(f'<Override PartName="{part}" ContentType="{_KIND}{kind}+xml"/>' for part, kind in kinds.items())
    package = "application/vnd.openxmlformats-package.relationships+xml"
    said = f'<Default Extension="rels" ContentType="{package}"/>{said}'
    return f'{_XML}<Types xmlns="{_PACKAGE}/content-types">{said}</Types>'


def _relations(said: str) -> str:
    return f'{_XML}<Relationships xmlns="{_PACKAGE}/relationships">{said}</Relationships>'


def _sheet(sheet: Sheet, texts: _Texts) -> Iterator[str]:
    """The XML of a sheet, in pieces."""
    yield f'{_XML}<worksheet xmlns="{_MAIN}"><sheetData>'
    yield _row(texts.cells(sheet.heading, 1), 1)
    number = 1
    for cells, times in sheet.rows:
        made = texts.cells(cells, 2 if sheet.numbered else 1)
        for _ in range(times):
            number += 1
            identifier = f'<c r="A{number}"><v>{number - 1}</v></c>' if sheet.numbered else ""
            yield _row(identifier + made, number)
    yield "</sheetData></worksheet>"


def _row(cells: str, number: int) -> str:
    return f'<row r="{number}">{cells.replace(_ROW, str(number))}</row>'


def _gathered(texts: Iterable[str]) -> Iterator[bytes]:
    """``texts`` as bytes, in pieces that are worth packing."""
    held: list[str] = []
    size = 0
    for text in texts:
        held.append(text)
        size += len(text)
        if size > _PIECE:
            yield "".join(held).encode()
            held, size = [], 0
    yield "".join(held).encode()


@contextmanager
def _part(packed: zipfile.ZipFile, name: str) -> Iterator[IO[bytes]]:
    """A part to write to, with the date that a zip begins with."""
    info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
    info.compress_type = zipfile.ZIP_DEFLATED
    info.create_system = 0
    with packed.open(info, "w", force_zip64=False) as out:
        yield out


def _put(packed: zipfile.ZipFile, name: str, text: str) -> None:
    with _part(packed, name) as out:
        out.write(text.encode())
