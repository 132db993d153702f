"""From what was announced to the final roll: every person accounted for, or by how many it does not add up."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ..errors import InputError
from .entitled import Entitlement


@dataclass(frozen=True)
class Reconciliation:
    """announced - refused + added - struck = final, in persons; ``gap``: by how many it does not hold."""

    announced: int
    refused: Mapping[str, int]
    added: Mapping[str, int]
    struck: Mapping[str, int]
    final: int

    def __post_init__(self) -> None:
        parts = (self.announced, self.final, *self.refused.values(), *self.added.values(), *self.struck.values())
        if any(number < 0 for number in parts):
            raise InputError("a number of persons is negative", hint="What is taken away stands under struck.")

    @property
    def expected(self) -> int:
        """What the final roll should come to."""
        return self.announced - sum(self.refused.values()) + sum(self.added.values()) - sum(self.struck.values())

    @property
    def gap(self) -> int:
        """final - (announced - refused + added - struck): 0 when it holds."""
        return self.final - self.expected

    @property
    def holds(self) -> bool:
        """Whether the sum holds exactly."""
        return self.gap == 0

    def text(self) -> str:
        """The sum, line by line, and by how many it does not hold."""
        return "\n".join(self._lines()) + "\n"

    def _lines(self) -> Iterator[str]:
        yield f"{self.announced:>12,}  announced"
        for sign, word, table in (
            ("-", "refused", self.refused),
            ("+", "added", self.added),
            ("-", "struck", self.struck),
        ):
            for reason, number in table.items():
                yield f"{sign + f'{number:,}':>12}  {word}: {reason}"
        yield f"{self.expected:>12,}  expected"
        yield f"{self.final:>12,}  final"
        if self.holds:
            yield "The sum holds."
        else:
            more = "more" if self.gap > 0 else "fewer"
            yield f"The sum does not hold: the final roll has {abs(self.gap):,} {more} than can be accounted for."


def reconciliation(
    announced: int,
    entitled: Entitlement,
    *,
    refused: Mapping[str, int] | None = None,
    added: Mapping[str, int] | None = None,
    struck: Mapping[str, int] | None = None,
    final: int | None = None,
) -> Reconciliation:
    """From what was announced to the final roll, in persons.

    ``refused``: refused before they were on the roll (at import, as duplicates), by reason; those whom the rulebook
    refuses are added by their first reason. ``final``: those entitled, without it.
    """
    reasons = dict(refused or {})
    for reason, number in entitled.by_reason.items():
        reasons[reason] = reasons.get(reason, 0) + number
    return Reconciliation(
        announced=announced,
        refused=reasons,
        added=dict(added or {}),
        struck=dict(struck or {}),
        final=entitled.entitled if final is None else final,
    )
