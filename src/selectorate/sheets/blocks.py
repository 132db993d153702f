"""What a sheet is made of, before it is text, HTML or PDF: headings, sentences, tables, pictures.

A sheet is written once as a ``Sheet`` of ``Part``s and then shown by ``text``, ``html`` and ``pdf`` alike, so that
the three never say different things. All strings in it are plain text; whoever shows them escapes them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

MARKS = {"recalled": "†", "derived": "‡", "approximate": "§"}
"""The mark of a figure that is less certain than others, by its certainty."""
MARK_WORDS = {
    "recalled": "from memory, not read in a source",
    "derived": "worked out from other figures",
    "approximate": "a round number",
}


@dataclass(frozen=True)
class Picture:
    """A picture: its ``svg``, its ``title``, and a ``description`` that says its figures in sentences.

    ``dense``: there is small type in it, so that it is not made smaller than it is.
    """

    svg: str = field(repr=False)
    title: str
    description: str
    dense: bool = False


@dataclass(frozen=True)
class Cell:
    """A cell of a table: its lines, of which the first counts; ``strong`` where it stands out.

    ``mark``: the dagger after the first line, which is no part of the figure.
    """

    lines: tuple[str, ...]
    strong: bool = False
    mark: str = ""

    @property
    def text(self) -> str:
        """All lines in one."""
        return " ".join(self.lines)


@dataclass(frozen=True)
class Column:
    """A column: its heading, in lines if it has line breaks; ``numeric`` ones stand to the right."""

    heading: str
    numeric: bool = True

    @property
    def lines(self) -> tuple[str, ...]:
        """The lines of the heading."""
        return tuple(self.heading.split("\n"))


@dataclass(frozen=True)
class Row:
    """A row: its first cell is its heading. ``strong``: the row of the winner, or of a sum."""

    cells: tuple[Cell, ...]
    strong: bool = False


@dataclass(frozen=True)
class Table:
    """A table. ``id`` is unique on its sheet. ``notes`` stand under it.

    ``long``: it is for looking things up (every unit, say): folded away in HTML, left out of text and PDF.
    ``extra``: it can be had from other tables of the sheet, and is left out where there is little room (PDF).
    """

    id: str
    caption: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    notes: tuple[str, ...] = ()
    long: bool = False
    extra: bool = False

    def __post_init__(self) -> None:
        for row in self.rows:
            if len(row.cells) != len(self.columns):
                raise ValueError(f"table {self.id}: {len(row.cells)} cells for {len(self.columns)} columns")


@dataclass(frozen=True)
class Sentences:
    """Running text, one paragraph; as a list, one item each, where ``listed``."""

    lines: tuple[str, ...]
    listed: bool = False


@dataclass(frozen=True)
class Figure:
    """A picture with the table that holds its figures."""

    picture: Picture
    table: Table


@dataclass(frozen=True)
class Links:
    """Sources: title, address (if any) and what each says."""

    items: tuple[tuple[str, str | None, str | None], ...]


Item = Table | Sentences | Figure | Picture | Links


@dataclass(frozen=True)
class Part:
    """A part of a sheet under its heading. ``minor``: it is left out where there is little room (PDF)."""

    heading: str
    items: tuple[Item, ...]
    minor: bool = False


@dataclass(frozen=True)
class KeyFigure:
    """A figure to be read first: ``value``, what it is, and a word beside it."""

    label: str
    value: str
    note: str = ""


@dataclass(frozen=True)
class Sheet:
    """A sheet: ``kicker`` over the ``title``, ``headline`` under it, then facts, key figures and parts.

    ``date``: the day that it tells of; None where it is of no day (a count of a file).
    """

    title: str
    kicker: str
    headline: str
    date: dt.date | None
    facts: tuple[tuple[str, str], ...] = ()
    key_figures: tuple[KeyFigure, ...] = ()
    parts: tuple[Part, ...] = ()

    def tables(self) -> Iterator[Table]:
        """Every table, those beside pictures too."""
        for part in self.parts:
            for item in part.items:
                if isinstance(item, Table):
                    yield item
                elif isinstance(item, Figure):
                    yield item.table


def cells(*texts: str | Cell | tuple[str, ...], strong: bool = False) -> Row:
    """A row of cells, each given as text, as lines, or as a ``Cell``."""
    made = (text if isinstance(text, Cell) else Cell((text,) if isinstance(text, str) else text) for text in texts)
    return Row(tuple(made), strong)


def without(table: Table, empty: str) -> Table:
    """``table`` without the columns (but the first) in which every cell is ``empty``."""
    keep = [i for i, _ in enumerate(table.columns) if i == 0 or any(row.cells[i].text != empty for row in table.rows)]
    return replace(
        table,
        columns=tuple(table.columns[i] for i in keep),
        rows=tuple(replace(row, cells=tuple(row.cells[i] for i in keep)) for row in table.rows),
    )
