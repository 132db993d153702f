"""Workbooks written cell by cell, the same bytes each time: as a spreadsheet program would, and as it never would."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from io import BytesIO
from xml.sax.saxutils import escape, quoteattr

DATE_STYLE = 1
LIKE_NUMBERS = 2  # shown as 00000

_STYLES = (
    '<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
    '<numFmts count="1"><numFmt numFmtId="164" formatCode="00000"/></numFmts>'
    '<fonts count="1"><font/></fonts><fills count="1"><fill/></fills><borders count="1"><border/></borders>'
    '<cellStyleXfs count="1"><xf/></cellStyleXfs>'
    '<cellXfs count="3"><xf numFmtId="0"/><xf numFmtId="14" applyNumberFormat="1"/>'
    '<xf numFmtId="164" applyNumberFormat="1"/></cellXfs></styleSheet>'
)
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACK = "http://schemas.openxmlformats.org/package/2006"


@dataclass(frozen=True)
class Cell:
    """A cell that is no plain text or number. ``kind``: "date" (a serial), "error", "formula", "bool", "padded"."""

    kind: str
    value: object = None
    formula: str = ""


@dataclass(frozen=True)
class Sheet:
    """A sheet. Rows are lists of texts, numbers, None or ``Cell``; rows and columns are counted from 1."""

    rows: Sequence[Sequence[object]]
    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: frozenset[int] = frozenset()
    merged: Sequence[str] = ()
    state: str = "visible"
    first_row: int = 1
    extra: str = ""  # rows written as they are
    top: str = ""  # before the root element
    at: Mapping[int, int] = field(default_factory=dict)


def letters(column: int) -> str:
    """The name of a column, from 1."""
    name = ""
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name


def _cell(place: str, value: object) -> str:
    match value:
        case None:
            return ""
        case Cell("date", number):
            return f'<c r="{place}" s="{DATE_STYLE}"><v>{number}</v></c>'
        case Cell("padded", number):
            return f'<c r="{place}" s="{LIKE_NUMBERS}"><v>{number}</v></c>'
        case Cell("error", said):
            return f'<c r="{place}" t="e"><v>{escape(str(said))}</v></c>'
        case Cell("bool", said):
            return f'<c r="{place}" t="b"><v>{int(bool(said))}</v></c>'
        case Cell("formula", said, formula):
            kind = ' t="str"' if isinstance(said, str) else ""
            result = "" if said is None else f"<v>{escape(str(said))}</v>"
            return f'<c r="{place}"{kind}><f>{escape(formula)}</f>{result}</c>'
        case int() | float():
            return f'<c r="{place}"><v>{value}</v></c>'
    return f'<c r="{place}" t="inlineStr"><is><t xml:space="preserve">{escape(str(value))}</t></is></c>'


def _sheet(sheet: Sheet) -> str:
    rows = []
    for number, row in enumerate(sheet.rows, sheet.first_row):
        hidden = ' hidden="1"' if number in sheet.hidden_rows else ""
        cells = "".join(_cell(f"{letters(column)}{number}", value) for column, value in enumerate(row, 1))
        rows.append(f'<row r="{number}"{hidden}>{cells}</row>')
    columns = "".join(f'<col min="{c}" max="{c}" width="9" hidden="1"/>' for c in sorted(sheet.hidden_columns))
    merged = "".join(f'<mergeCell ref="{ref}"/>' for ref in sheet.merged)
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n{sheet.top}<worksheet xmlns="{_MAIN}">'
        + (f"<cols>{columns}</cols>" if columns else "")
        + f"<sheetData>{''.join(rows)}{sheet.extra}</sheetData>"
        + (f'<mergeCells count="{len(sheet.merged)}">{merged}</mergeCells>' if merged else "")
        + "</worksheet>"
    )


def workbook(sheets: Mapping[str, Sheet], *, date1904: bool = False, parts: Mapping[str, bytes] | None = None) -> bytes:
    """The workbook's bytes. ``parts``: further parts, or others in the place of ours."""
    made: dict[str, bytes] = {}
    listed, relations, types = "", "", ""
    for number, (name, sheet) in enumerate(sheets.items(), 1):
        state = f' state="{sheet.state}"' if sheet.state != "visible" else ""
        listed += f'<sheet name={quoteattr(name)} sheetId="{number}"{state} r:id="rId{number}"/>'
        relations += f'<Relationship Id="rId{number}" Type="{_REL}/worksheet" Target="worksheets/sheet{number}.xml"/>'
        types += (
            f'<Override PartName="/xl/worksheets/sheet{number}.xml" ContentType="application/vnd.openxmlformats-'
            'officedocument.spreadsheetml.worksheet+xml"/>'
        )
        made[f"xl/worksheets/sheet{number}.xml"] = _sheet(sheet).encode()
    last = len(sheets) + 1
    relations += f'<Relationship Id="rId{last}" Type="{_REL}/styles" Target="styles.xml"/>'
    made["xl/styles.xml"] = _STYLES.encode()
    made["xl/workbook.xml"] = (
        f'<workbook xmlns="{_MAIN}" xmlns:r="{_REL}">'
        + ('<workbookPr date1904="1"/>' if date1904 else "")
        + f"<sheets>{listed}</sheets></workbook>"
    ).encode()
    made["xl/_rels/workbook.xml.rels"] = (
        f'<Relationships xmlns="{_PACK}/relationships">{relations}</Relationships>'.encode()
    )
    made["_rels/.rels"] = (
        f'<Relationships xmlns="{_PACK}/relationships"><Relationship Id="rId1" Type="{_REL}/officeDocument"'
        ' Target="xl/workbook.xml"/></Relationships>'
    ).encode()
    made["[Content_Types].xml"] = (
        f'<Types xmlns="{_PACK}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-'
        'package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName='
        '"/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>'
        f"{types}</Types>"
    ).encode()
    made |= dict(parts or {})
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for part in sorted(made, key=lambda part: (part != "[Content_Types].xml", part)):
            packed.writestr(zipfile.ZipInfo(part, (2016, 1, 1, 0, 0, 0)), made[part], zipfile.ZIP_DEFLATED)
    return out.getvalue()
