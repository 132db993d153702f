"""Sheets as text for a terminal, a mail or a file: tables that stay within a width.

``sheet_text`` gives a plain string, the same wherever it is made; ``renderables`` gives what rich prints, with
weight and colour where the terminal has them. A table that is too wide is told in several blocks of columns, each
with the first column again; no column is ever cut.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence

from rich import box
from rich.cells import cell_len
from rich.console import Console, RenderableType
from rich.padding import Padding
from rich.table import Table as RichTable
from rich.text import Text

from ..contest.declaration import Declaration
from .blocks import Column, Figure, Links, Part, Picture, Sentences, Sheet, Table
from .blocks import Row as TableRow
from .declared import declaration_sheet
from .words import clean

WIDTH = 80
MIN_WIDTH = 40
GAP = 2
HEADING_LINES = 3
LEAST_NAME_WIDTH = 14
NAME_WIDTH = 26
"""A first column is no wider than this (or a third of the width); longer names go over several lines."""


def declaration_text(declaration: Declaration, width: int = WIDTH) -> str:
    """``declaration`` as plain text, no line longer than ``width`` (which is at least 40)."""
    return sheet_text(declaration_sheet(declaration), width)


def sheet_text(sheet: Sheet, width: int = WIDTH) -> str:
    """``sheet`` as plain text, no line longer than ``width`` (which is at least 40)."""
    return rendered(renderables(sheet, width), width)


def rendered(items: Sequence[RenderableType], width: int) -> str:
    """What rich prints of ``items``, as plain text without colour or spaces at the end of lines."""
    out = io.StringIO()
    width = max(width, MIN_WIDTH)
    console = Console(
        file=out,
        width=width,
        color_system=None,
        force_terminal=False,
        force_jupyter=False,
        legacy_windows=False,
        highlight=False,
        markup=False,
        emoji=False,
        _environ={},
    )
    for item in items:
        console.print(item)
    return "\n".join(line.rstrip() for line in out.getvalue().splitlines()).strip("\n") + "\n"


def renderables(sheet: Sheet, width: int = WIDTH) -> list[RenderableType]:
    """``sheet`` as what rich prints, made for ``width`` columns."""
    width = max(width, MIN_WIDTH)
    made: list[RenderableType] = [
        plain(sheet.kicker, "dim"),
        plain(sheet.title, "bold"),
        plain(""),
        plain(sheet.headline, "bold green"),
        plain(""),
    ]
    made.append(pairs(sheet.facts))
    if sheet.key_figures:
        made += [plain(""), key_figures(sheet)]
    for part in sheet.parts:
        made += list(part_renderables(part, width))
    return made


def plain(text: str, style: str = "") -> Text:
    """``text``, cleaned, never read as markup."""
    return Text(clean(text), style=style)


def pairs(facts: Sequence[tuple[str, str]]) -> RichTable:
    """Labels and values in two columns."""
    table = RichTable(box=None, show_header=False, pad_edge=False, padding=(0, GAP, 0, 0))
    table.add_column(no_wrap=True, style="dim")
    table.add_column(overflow="fold")
    for label, value in facts:
        table.add_row(plain(label), plain(value))
    return table


def key_figures(sheet: Sheet) -> RichTable:
    """The key figures, a line each."""
    table = RichTable(box=None, show_header=False, pad_edge=False, padding=(0, GAP, 0, 0))
    table.add_column(overflow="fold")
    table.add_column(justify="right", no_wrap=True, style="bold")
    table.add_column(overflow="fold")
    for figure in sheet.key_figures:
        table.add_row(plain(figure.label), plain(figure.value), plain(figure.note))
    return table


def part_renderables(part: Part, width: int) -> Iterator[RenderableType]:
    """A part: its heading, then its items."""
    shown = [item for item in part.items if not (isinstance(item, Picture) or (isinstance(item, Table) and item.long))]
    if not shown:
        return
    heading = clean(part.heading)
    yield plain("")
    yield Text(heading.upper(), style="bold")
    yield Text("─" * min(cell_len(heading.upper()), width), style="dim")
    for index, item in enumerate(shown):
        if index:
            yield plain("")
        if isinstance(item, Sentences):
            for line in item.lines:
                yield bullet(line) if item.listed else plain(line)
        elif isinstance(item, Links):
            yield plain("Sources", "bold")
            for title, _, _ in item.items:
                yield bullet(title)
        else:
            yield from table_renderables(item.table if isinstance(item, Figure) else item, width)


def bullet(text: str) -> Padding:
    """A line of a list, its further lines set in."""
    table = RichTable.grid(padding=0)
    table.add_column(width=2)
    table.add_column(overflow="fold")
    table.add_row(Text("-"), plain(text))
    return Padding(table, 0)


def table_renderables(table: Table, width: int) -> Iterator[RenderableType]:
    """A table in as many blocks of columns as the width asks for, then its notes."""
    first, blocks = layout(table, width)
    for number, block in enumerate(blocks):
        if number:
            yield plain("")
        caption = table.caption if not number else f"{table.caption}, continued"
        yield plain(caption, "italic")
        yield one_block(table, first, block, width)
    for note in table.notes:
        yield plain(note, "dim")


def column_width(column: Column, rows: Sequence[TableRow], index: int) -> int:
    """The width that a column takes: its widest line; its heading, and words, may go over several lines."""
    cells = [row.cells[index] for row in rows]
    marked = any(cell.mark for cell in cells)
    widest = max(
        (cell_len(clean(line)) + (marked and not number) for cell in cells for number, line in enumerate(cell.lines)),
        default=1,
    )
    return max(widest if column.numeric else min(widest, NAME_WIDTH), max(map(heading_width, column.lines)))


def heading_width(line: str) -> int:
    """The least width in which a line of a heading takes no more than three lines, and no word of it is cut."""
    said = clean(line)
    width = longest_word(said)
    while len(Text(said).wrap(MEASURING, width)) > HEADING_LINES:
        width += 1
    return width


def longest_word(text: str) -> int:
    """The length of the longest word of ``text``."""
    return max((cell_len(word) for word in clean(text).split()), default=1)


def layout(table: Table, width: int) -> tuple[int, list[list[int]]]:
    """The width of the first column, and the other columns in blocks.

    The first column gives way as long as that saves a block of columns, and no further.
    """
    names = [cell_len(clean(row.cells[0].text)) for row in table.rows]
    widest = min(max([*names, *map(heading_width, table.columns[0].lines)], default=4), max(NAME_WIDTH, width // 3))
    needs = [GAP + column_width(column, table.rows, index) for index, column in enumerate(table.columns)]
    blocks = column_blocks(needs, width - widest)
    for first in range(widest - 1, min(widest, LEAST_NAME_WIDTH) - 1, -1):
        fewer = column_blocks(needs, width - first)
        if len(fewer) < len(blocks):
            widest, blocks = first, fewer
    for room in range(width - widest - 1, 0, -1):  # the blocks as even as they can be
        evened = column_blocks(needs, room)
        if len(evened) > len(blocks) or any(sum(needs[i] for i in block) > room for block in evened):
            break
        blocks = evened
    return widest, blocks


def column_blocks(needs: Sequence[int], room: int) -> list[list[int]]:
    """Columns 1 and on in blocks, each of which needs no more than ``room``."""
    blocks: list[list[int]] = []
    used = 0
    for index, need in enumerate(needs[1:], 1):
        if not blocks or used + need > room:
            blocks.append([])
            used = 0
        blocks[-1].append(index)
        used += need
    return blocks or [[]]


def one_block(table: Table, first: int, block: Sequence[int], width: int) -> RichTable:
    """Some columns of a table."""
    tall = any(len(row.cells[index].lines) > 1 for row in table.rows for index in block)
    made = RichTable(box=LINED, show_edge=False, pad_edge=False, padding=(0, GAP - 1, 0, 0), header_style="bold")
    made.add_column(heading(table.columns[0]), width=first, overflow="fold")
    marked = {index for index in block if any(row.cells[index].mark for row in table.rows)}
    for index in block:
        column = table.columns[index]
        need = min(column_width(column, table.rows, index), width - first - GAP)
        made.add_column(
            heading(column, padded=index in marked),
            justify="right" if column.numeric else "left",
            width=need,
            overflow="fold",
        )
    rows = [row for row in table.rows if any(row.cells[index].text for index in block)]
    for number, row in enumerate(rows):
        shown = [cell_text(row, index, padded=index in marked) for index in (0, *block)]
        made.add_row(*shown)
        if tall and number + 1 < len(rows):
            made.add_row(*([Text("")] * len(shown)))
    return made


def heading(column: Column, *, padded: bool = False) -> Text:
    """The heading of a column; ``padded`` as its cells are."""
    return Text("\n".join(clean(line) for line in column.lines) + ("\N{NO-BREAK SPACE}" if padded else ""))


def cell_text(row: TableRow, index: int, *, padded: bool) -> Text:
    """A cell: its lines under each other, the first one strong where it stands out.

    ``padded``: the column has marks, so that figures without one leave a blank for it.
    """
    cell = row.cells[index]
    text = Text()
    for number, line in enumerate(cell.lines):
        text.append(
            ("\n" if number else "") + clean(line), style="bold" if not number and (row.strong or cell.strong) else ""
        )
        if padded:
            text.append((cell.mark or "\N{NO-BREAK SPACE}") if not number else "\N{NO-BREAK SPACE}")
    return text


MEASURING = Console(width=400, file=io.StringIO(), _environ={})
LINED = box.Box("    \n    \n ── \n    \n    \n    \n    \n    \n")
"""A line under the heads, nothing else."""
