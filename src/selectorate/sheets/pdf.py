"""Sheets as PDF on A4: to be signed by the returning officer, and to print from.

The layout is a typst template; what it shows goes in as JSON and is never read as markup, so a candidate called
``#panic()`` prints as that. Only the fonts of the typst wheel are used, and the date is the contest's: the same figures
give the same bytes on every machine. The file is tagged and meets PDF/UA-1. Where those fonts do not have the script of
a name, the machine's fonts are used too, and neither of the two can be promised.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from importlib.resources import files

from ..contest.declaration import Declaration
from ..errors import MissingPartError, SelectorateError
from . import charts, numbers
from .blocks import Figure, Item, Links, Picture, Sentences, Sheet, Table
from .words import clean

MOST_PAGES = 2
WIDE = 10
"""A table of more columns than this asks for the page to lie on its side."""


@dataclass(frozen=True)
class _Fit:
    """One way to fit a sheet on its pages: the size of type, and what is left out.

    ``columns``: a table of more is shown as several, so that a page need not lie on its side.
    """

    size: float
    pictures: int
    extra: bool
    minor: bool
    columns: int | None = None


FITS = (
    _Fit(10, 100, True, True),
    _Fit(9, 86, True, True),
    _Fit(9, 78, False, True),
    _Fit(8, 70, False, True),
    _Fit(7.5, 58, False, True),
    _Fit(7.5, 0, False, True),
    _Fit(7, 0, False, False),
    _Fit(6, 0, False, False),
)
"""From the roomiest to the tightest; the first that keeps to the pages is taken."""
ROOMY = 2
"""So many of them show the same, and are tried for a single page first: a signature shall not stand alone."""
LONG = _Fit(9, 100, True, True, columns=9)
"""For a sheet of as many pages as it takes."""


def _tries(pages: int | None) -> list[tuple[_Fit, int | None]]:
    """The fits in the order in which they are tried, each with the pages that it may take."""
    if pages is None:
        return [(LONG, None)]
    return [*((fit, 1) for fit in FITS[:ROOMY]), *((fit, pages) for fit in FITS)]


def declaration_pdf(declaration: Declaration) -> bytes:
    """``declaration`` as a PDF of at most two A4 pages. Can raise MissingPartError."""
    who = "Returning officer" if declaration.figures == "ours" else "Checked by"
    declares = (
        "I declare this to be the result of the contest."
        if declaration.figures == "ours"
        else "Made from published figures. To be signed by whoever has checked it against the record."
    )
    return sheet_pdf(charts.illustrated(declaration), declares=declares, signed_by=who)


def sheet_pdf(sheet: Sheet, *, declares: str = "", signed_by: str = "Signed", pages: int | None = MOST_PAGES) -> bytes:
    """``sheet`` as a PDF of at most ``pages`` A4 pages (the tightest fit, if none keeps to them).

    ``pages``: None for as many as it takes: everything is shown, and a wide table goes over several.
    """
    try:
        import typst
    except ImportError:
        raise MissingPartError(
            "a PDF needs typst, which is not installed", hint='pip install "selectorate[pictures]"'
        ) from None
    template = (files(__package__) / "templates" / "sheet.typ").read_bytes()

    def made(*, own: bool) -> bytes:
        """The PDF, with the fonts of the wheel alone and as PDF/UA if ``own``."""
        given: dict[str, str] = {}
        for fit, most in _tries(pages):
            given = {"sheet": json.dumps(_data(sheet, fit, declares, signed_by), ensure_ascii=False)}
            found = typst.query(template, "<pages>", field="value", one=True, ignore_system_fonts=own, sys_inputs=given)
            if most is None or int(found) <= most:
                break
        result = typst.compile(
            template,
            format="pdf",
            ignore_system_fonts=own,
            sys_inputs=given,
            timestamp=0,
            pdf_standards="ua-1" if own else None,
        )
        if not isinstance(result, bytes):  # pragma: no cover - one PDF is asked for
            raise SelectorateError("the PDF could not be made")
        return result

    try:
        return made(own=True)
    except typst.TypstError as fault:
        if "could not be displayed" not in str(fault):  # pragma: no cover - a fault of the template
            raise SelectorateError(f"the PDF could not be made: {fault}") from fault
    # A name in a script that the wheel's fonts do not have: with the machine's fonts, and not as PDF/UA.
    return made(own=False)


def _data(sheet: Sheet, fit: _Fit, declares: str, signed_by: str) -> dict[str, object]:
    """What the template shows."""
    widest = max(
        (len(table.columns) for table in sheet.tables() if not table.long and (fit.extra or not table.extra)), default=0
    )
    landscape = widest > WIDE and fit.columns is None
    if landscape:  # a picture fills its half of the page
        fit = replace(fit, pictures=100 if fit.pictures else 0)
    parts = [(part.heading, list(_items(part.items, fit))) for part in sheet.parts if fit.minor or not part.minor]
    return {
        "size": fit.size,
        "landscape": landscape,
        "title": clean(sheet.title),
        "author": clean(sheet.kicker),
        "kicker": clean(sheet.kicker),
        "headline": clean(sheet.headline),
        "date": [sheet.date.year, sheet.date.month, sheet.date.day] if sheet.date else None,
        "footer": clean(sheet.title) + _dated(sheet),
        "facts": [[clean(label), clean(value)] for label, value in sheet.facts],
        "key_figures": [
            {"label": clean(figure.label), "value": clean(figure.value), "note": clean(figure.note)}
            for figure in sheet.key_figures
        ],
        "parts": [{"heading": clean(heading), "items": items} for heading, items in parts if items],
        "declares": clean(declares),
        "sign": ["Signature", f"{clean(signed_by)} (name)", "Date"],
    }


def _dated(sheet: Sheet) -> str:
    """The day of a sheet, to stand after its title, unless the title says it."""
    day = numbers.day(sheet.date) if sheet.date else ""
    return f", {day}" if day and day not in sheet.title else ""


def _items(items: tuple[Item, ...], fit: _Fit) -> Iterator[dict[str, object]]:
    for item in items:
        table = item.table if isinstance(item, Figure) else item
        if isinstance(table, Table) and (table.long or (table.extra and not fit.extra)):
            continue
        if isinstance(item, Figure) and fit.pictures:
            yield {
                "kind": "figure",
                "svg": item.picture.svg,
                "alt": item.picture.description,
                "width": fit.pictures,
                "table": _table(item.table),
            }
        elif isinstance(item, Picture):
            if fit.pictures:
                yield {"kind": "picture", "svg": item.svg, "alt": item.description, "width": fit.pictures}
        elif isinstance(table, Table):
            yield from (_table(part) for part in parts_of(table, fit.columns))
        elif isinstance(item, Sentences):
            yield {"kind": "list" if item.listed else "sentences", "lines": [clean(line) for line in item.lines]}
        elif isinstance(item, Links) and fit.extra:
            yield {"kind": "list", "lines": [f"Source: {clean(title)}" for title, _, _ in item.items]}


def parts_of(table: Table, most: int | None) -> list[Table]:
    """``table`` as one, or, with more than ``most`` columns, as several that each have the first column again."""
    size = len(table.columns)
    if most is None or size <= most:
        return [table]
    parts = -(-(size - 1) // (most - 1))
    made = []
    for part in range(parts):
        keep = [0, *range(1 + (size - 1) * part // parts, 1 + (size - 1) * (part + 1) // parts)]
        rows = [replace(row, cells=tuple(row.cells[i] for i in keep)) for row in table.rows]
        shown = tuple(row for row in rows if any(cell.text for cell in row.cells[1:]))
        caption = f"{table.caption}, continued" if part else table.caption
        columns = tuple(table.columns[i] for i in keep)
        notes = table.notes if part == parts - 1 else ()
        made.append(replace(table, caption=caption, columns=columns, rows=shown, notes=notes))
    return made


def _table(table: Table) -> dict[str, object]:
    marked = {index for row in table.rows for index, cell in enumerate(row.cells) if cell.mark}
    return {
        "kind": "table",
        "caption": clean(table.caption),
        "columns": [
            {"lines": [clean(line) for line in column.lines], "numeric": column.numeric} for column in table.columns
        ],
        "rows": [
            [
                {
                    "lines": [clean(line) for line in cell.lines],
                    "strong": row.strong or cell.strong,
                    "mark": cell.mark,
                    "marked": index in marked,
                }
                for index, cell in enumerate(row.cells)
            ]
            for row in table.rows
        ],
        "notes": [clean(note) for note in table.notes],
    }
