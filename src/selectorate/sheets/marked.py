"""A figure of a mandate as text, with the mark of what it rests on and the reasons where there is none."""

from __future__ import annotations

from collections.abc import Sequence

from ..mandate import (
    MEASURES,
    Cell,
    Unit,
    cell_text,
    value_text,
)
from . import words
from .blocks import (
    MARK_WORDS,
    MARKS,
    Item,
    Sentences,
)

WHY = "cannot be known"


def figure(cell: Cell | None, name: str) -> str:
    """A figure of the measure called ``name``, with its mark."""
    if cell is None or cell.value is None:
        return WHY
    return cell_text(cell, MEASURES[name].unit) + mark_of(cell)  # type: ignore[index]  # a measure's id


def mark_of(*found: Cell) -> str:
    """The mark of the least certain figure that a cell rests on: one that was worked out from others is no worry."""
    marks = {mark for cell in found for mark in cell.certainty.values()}
    return "".join(MARKS[mark] for mark in ("recalled", "approximate") if mark in marks)


def legend(cells_: Sequence[Cell]) -> tuple[str, ...]:
    """What the marks of ``cells_`` mean, and which figures they are."""
    found: dict[str, set[str]] = {}
    for cell in cells_:
        for what, mark in cell.certainty.items():
            if mark in ("recalled", "approximate"):
                found.setdefault(mark, set()).add(what)
    return tuple(
        f"{MARKS[mark]} rests on a figure that is {MARK_WORDS[mark]}: {words.listed(sorted(found[mark]))}."
        for mark in ("recalled", "approximate")
        if mark in found
    )


def reasons(lead: str, sentences: Sequence[str]) -> list[Item]:
    """``sentences`` as a list under ``lead``; nothing where there are none."""
    return [Sentences((lead,)), Sentences(tuple(sentences), listed=True)] if sentences else []


def shown(cell: Cell, unit: Unit) -> str:
    """A figure of ``unit``, with its mark."""
    if cell.value is None and cell.at_least is not None:
        return f"at least {value_text(cell.at_least, unit)}{mark_of(cell)}"
    return WHY if cell.value is None else cell_text(cell, unit) + mark_of(cell)
