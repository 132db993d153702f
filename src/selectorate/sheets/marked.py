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
from . import numbers, words
from .blocks import (
    MARK_WORDS,
    MARKS,
    Item,
    Sentences,
)

WHY = "cannot be known"
PRINTED = "*"
"""Stands at a figure that was only printed."""


def figure(cell: Cell | None, name: str) -> str:
    """A figure of the measure called ``name``, with its mark; one that was only printed as it was printed."""
    if cell is None or (cell.value is None and cell.published is None):
        return WHY
    if cell.value is None:
        return printed(cell, name)
    return cell_text(cell, MEASURES[name].unit) + mark_of(cell)  # type: ignore[index]  # a measure's id


def is_shown(cell: Cell | None) -> bool:
    """Whether there is a figure to show: an exact one, or one as it was printed."""
    return cell is not None and (cell.value is not None or cell.published is not None)


def printed(cell: Cell, name: str) -> str:
    """A figure that was only printed, with the sign of what does not follow from votes."""
    unit = MEASURES[name].unit  # type: ignore[index]  # a measure's id
    return f"{cell.published}{' points' if unit == 'points' else '%'}{PRINTED}".replace("-", numbers.MINUS)


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
    only = [cell for cell in cells_ if cell.value is None and cell.published is not None]
    told = (f"{PRINTED} as published: the votes that it comes from are not known.",) if only else ()
    return told + tuple(
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
