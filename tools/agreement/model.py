"""What is compared: an election, and an answer to it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

Paper = tuple[int, ...]
"""Candidates (numbers from 1), best first; on a paper without ranks, those chosen."""
Table = Mapping[int, Fraction | float]
"""Votes of those who stand."""


NEAR = Fraction(1, 1_000_000)
"""Libraries that count in floating point are read to a millionth of a vote."""


@dataclass(frozen=True)
class Election:
    """Ballots, candidates, places. ``papers``: distinct papers, each with its number; ``()`` is a blank one."""

    candidates: int
    seats: int
    papers: tuple[tuple[int, Paper], ...]

    @property
    def people(self) -> range:
        return range(1, self.candidates + 1)

    @property
    def ballots(self) -> list[Paper]:
        """One by one."""
        return [paper for number, paper in self.papers for _ in range(number)]

    @property
    def valid(self) -> int:
        return sum(number for number, paper in self.papers if paper)

    def told(self) -> str:
        """The ballots in a line, as in books on voting."""
        return ", ".join(f"{number} {''.join(name(who) for who in paper) or 'blank'}" for number, paper in self.papers)


def name(who: int) -> str:
    return chr(ord("A") + who - 1)


@dataclass(frozen=True)
class Answer:
    """Who is elected; the tables of votes on the way, where they are told; or why there is none.

    ``tables`` are in a normal form: those who stand, with the votes that they have before anything is done about them.
    """

    winners: frozenset[int] = frozenset()
    tables: tuple[tuple[tuple[int, Fraction | float], ...], ...] | None = None
    refused: str = ""

    def told(self) -> str:
        if self.refused:
            return f"no answer: {self.refused}"
        return ", ".join(name(who) for who in sorted(self.winners)) or "nobody"


def tables(states: list[Table]) -> tuple[tuple[tuple[int, Fraction | float], ...], ...]:
    """The normal form: a table in which nobody's votes have changed since the last one is left out."""
    kept: list[Table] = []
    for state in states:
        if fresh(kept, state):
            kept.append(state)
    return tuple(tuple(sorted(state.items())) for state in kept)


def fresh(kept: Sequence[Table], state: Table) -> bool:
    """Whether somebody's votes in ``state`` are others than in the last table."""
    last = kept[-1] if kept else {}
    return not kept or any(abs(votes - last.get(who, 0)) > NEAR for who, votes in state.items())


def same(one: Answer, two: Answer) -> bool:
    """Whether two answers are the same, tables and all if both tell them."""
    if one.winners != two.winners or one.refused != two.refused:
        return False
    if one.refused or one.tables is None or two.tables is None:
        return True
    return len(one.tables) == len(two.tables) and all(
        alike(left, right) for left, right in zip(one.tables, two.tables, strict=True)
    )


def alike(one: Sequence[tuple[int, Fraction | float]], two: Sequence[tuple[int, Fraction | float]]) -> bool:
    """Whether two tables are the same; nobody's votes and no votes are the same to some libraries."""
    one, two = ([cell for cell in table if cell[1] > NEAR] for table in (one, two))
    return len(one) == len(two) and all(
        who == other and abs(a - b) <= NEAR for (who, a), (other, b) in zip(one, two, strict=True)
    )
