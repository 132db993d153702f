"""Write the broken workbooks of this folder again: ``python -m tests.bad.ballots.make_workbooks``."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

HERE = Path(__file__).parent
SHEET = "xl/worksheets/sheet1.xml"
HEADING = '<row r="1"><c r="A1" t="str"><v>id</v></c><c r="B1" t="str"><v>Choice 1</v></c></row>'


def sheet(rows: str) -> str:
    return f"<worksheet><sheetData>{rows}</sheetData></worksheet>"


def ballot(cells: str) -> str:
    return sheet(f'{HEADING}<row r="2"><c r="A2"><v>1</v></c>{cells}</row>')


PARTS = {
    "workbook-bomb": {SHEET: "<worksheet><sheetData>" + " " * (20 << 20)},
    "workbook-of-entities": {SHEET: '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>' + sheet(HEADING)},
    "workbook-without-a-sheet": {"xl/other.xml": "<x/>"},
    "workbook-of-noise": {SHEET: "<worksheet><sheetData><row"},
    "workbook-empty": {SHEET: sheet("")},
    "workbook-text-missing": {SHEET: ballot('<c r="B2" t="s"><v>7</v></c>')},
    "workbook-row-far-away": {SHEET: sheet(HEADING + '<row r="99999999"><c r="A2"><v>1</v></c></row>')},
    "workbook-column-far-away": {SHEET: ballot('<c r="ZZZZ2"><v>1</v></c>')},
    "workbook-cells-too-many": {SHEET: ballot('<c r="B2" t="str"><v>Ann</v></c><c r="D2" t="str"><v>Ben</v></c>')},
}


def workbook(parts: dict[str, str]) -> bytes:
    """A workbook of these parts, the same bytes each time."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        for name, text in parts.items():
            info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            info.compress_type = zipfile.ZIP_DEFLATED
            info.create_system = 0
            packed.writestr(info, text, compresslevel=9)
    return out.getvalue()


def main() -> None:
    """Write all of them, and one that was cut short."""
    for name, parts in PARTS.items():
        (HERE / f"{name}.xlsx").write_bytes(workbook(parts))
    (HERE / "workbook-cut-short.xlsx").write_bytes(workbook(PARTS["workbook-cells-too-many"])[:200])


if __name__ == "__main__":
    main()
