"""A figure of a mandate, or why it cannot be known: the value that every table of this room is made of."""

from __future__ import annotations

from dataclasses import field
from fractions import Fraction
from typing import Any, Literal, TypeVar, cast, dataclass_transform

from pydantic import ConfigDict, TypeAdapter
from pydantic.dataclasses import dataclass

from .. import exact
from ..contest.declaration import AsPrinted, Exact

Unit = Literal["votes", "share", "points", "count"]
"""What a measure is measured in: votes (or nominations); a share of 1; a difference of two shares, printed in
percentage points; a count of segments or units."""

T = TypeVar("T")


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def frozen(result: type[T]) -> type[T]:
    """The form of every result of this room: it does not change, and pydantic writes it as JSON."""
    made: Any = dataclass(frozen=True, config=ConfigDict(extra="forbid", arbitrary_types_allowed=True))(result)
    return cast(type[T], made)


MINUS = "\N{MINUS SIGN}"


@frozen
class Cell:
    """One figure, exact, or the reason why it cannot be known.

    Exactly one of ``value`` and ``cannot`` is there. ``at_least``: what the figure certainly is or is above, where no
    more of it is known. ``of``: of how many, for counts and nominations. ``published``:
    the figure in per cent as it was printed, where printed is all that it is. ``certainty``: by figure, which of those
    it rests on are not confirmed: ``{"those entitled": "recalled"}``. ``note``: what else to say beside it.
    """

    value: Exact | None = None
    cannot: str | None = None
    of: int | None = None
    published: AsPrinted | None = None
    at_least: Exact | None = None
    certainty: dict[str, str] = field(default_factory=dict)
    note: str | None = None

    @property
    def known(self) -> bool:
        """Whether there is a figure."""
        return self.value is not None


class CannotBeKnown(Exception):
    """Raised inside this room where a figure is asked for that does not follow; becomes a cell's ``cannot``."""

    def __init__(self, reason: str, published: AsPrinted | None = None) -> None:
        super().__init__(reason)
        self.reason, self.published = reason, published


def to_json(result: Any) -> Any:
    """Any result of this room as plain JSON values: votes as integers, exact fractions as strings."""
    return TypeAdapter(type(result)).dump_python(result, mode="json")


def number_text(value: Fraction | int) -> str:
    """A number for a sentence: ``313,209``; one that is not whole to two decimals."""
    fraction = Fraction(value)
    text = f"{fraction.numerator:,}" if fraction.denominator == 1 else f"{exact.cut_to(fraction, 2):,}"
    return text.replace("-", MINUS)


def percent_text(share: Fraction | int) -> str:
    """A share of 1 for a sentence: ``61.85%``."""
    return f"{exact.cut_to(Fraction(share) * 100, 2)}%".replace("-", MINUS)


def value_text(value: Fraction | int, unit: Unit) -> str:
    """A value of ``unit`` for a sentence: ``313,209``, ``61.85%``, ``23.69 points``, ``3``."""
    if unit == "share":
        return percent_text(value)
    if unit == "points":
        return f"{exact.cut_to(Fraction(value) * 100, 2)} points".replace("-", MINUS)
    return number_text(value)


def change_text(value: Fraction | int, unit: Unit) -> str:
    """A change for a sentence, with its sign; of shares in points: ``+61,792``, ``−16.76 points``."""
    text = value_text(value, "points" if unit == "share" else unit)
    return text if value <= 0 else f"+{text}"


def cell_text(cell: Cell, unit: Unit) -> str:
    """A cell for a sentence or a plain table: its value, with ``of`` where it has one, or "cannot be known: why"."""
    if cell.value is None:
        return f"cannot be known: {cell.cannot}"
    if cell.published is not None:
        return f"{cell.published}%"
    text = value_text(cell.value, unit)
    return f"{text} of {cell.of:,}" if cell.of is not None and unit in ("count", "votes") else text


def listed(names: list[str] | tuple[str, ...]) -> str:
    """Names in a sentence: ``a, b and c``."""
    return " and ".join([", ".join(names[:-1]), names[-1]]) if len(names) > 1 else "".join(names)
