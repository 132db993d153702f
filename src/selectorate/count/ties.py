"""Ties: broken by earlier rounds, by a lot that anybody can repeat, or not at all.

A lot is drawn for all candidates at once, before the count: their order by a hash of the seed, of the numbers that
scrutineers gave, and of the candidate's name. The seed is committed to (its SHA-256 is published) before the numbers
are given, so that nobody can choose the outcome; all of it is published after, so that everybody can repeat it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from ..errors import CountError
from .result import TieBreak

TieRule = Literal["latest difference", "first difference", "order", "lot", "stop"]


@dataclass(frozen=True)
class Lot:
    """A draw: its ``seed``, and the ``numbers`` that scrutineers gave, in their order."""

    seed: str
    numbers: tuple[str, ...] = ()

    def commitment(self) -> str:
        """What is published of the seed before the numbers are given: its SHA-256."""
        return hashlib.sha256(self.seed.encode()).hexdigest()

    def order(self, names: Sequence[str]) -> tuple[int, ...]:
        """Candidates (numbers from 1) in the order drawn; who comes first is the one chosen."""

        def drawn(index: int) -> tuple[bytes, int]:
            text = "\x1f".join((self.seed, *self.numbers, str(index + 1), names[index]))
            return hashlib.sha256(text.encode()).digest(), index

        return tuple(index + 1 for index in sorted(range(len(names)), key=drawn))


@dataclass(frozen=True)
class Ties:
    """How ties are broken: the rules in their order, and the draw if one was made.

    ``order``: for the rule "order", the candidates as an officer, a chair with a casting vote or a list puts them,
    the preferred one first; ``by`` says whose order it is.
    """

    rules: tuple[TieRule, ...] = ("latest difference", "lot")
    lot: Lot | None = None
    order: tuple[int, ...] = ()
    by: str = "the order that was given"

    def choose(
        self,
        tied: Sequence[int],
        what: Literal["surplus", "exclusion", "election"],
        earlier: Sequence[Mapping[int, Fraction]],
        names: Sequence[str],
        points: Sequence[str] = (),
    ) -> TieBreak:
        """Who of ``tied`` is taken: for an exclusion the one with least, otherwise the one with most.

        ``earlier``: the totals of the rounds before, in their order; ``points``: what they are called, where not
        "round 1" and so on. Raises CountError if no rule decides.
        """
        found = self.find(tied, what, earlier, names, points)
        if found is None:
            listed = " and ".join(names[who - 1] for who in tied)
            hint = "The rules ask for a lot: give its seed with --seed."
            raise CountError(f"{listed} are tied for {what}", hint=hint)
        return found

    def find(
        self,
        tied: Sequence[int],
        what: Literal["surplus", "exclusion", "election"],
        earlier: Sequence[Mapping[int, Fraction]],
        names: Sequence[str],
        points: Sequence[str] = (),
    ) -> TieBreak | None:
        """The same as ``choose``; None if no rule decides."""
        least = what == "exclusion"
        for rule in self.rules:
            if rule in ("latest difference", "first difference"):
                found = self._by_rounds(tied, earlier, least=least, latest=rule == "latest difference")
                if found is not None:
                    number, who = found
                    word = "fewest" if least else "most"
                    point = points[number - 1] if points else f"round {number}"
                    return TieBreak(tuple(tied), who, what, f"{word} votes in {point}, where they differed")
            elif rule == "lot" and self.lot is not None:
                order = self.lot.order(names)
                who = next(item for item in order if item in tied)
                return TieBreak(tuple(tied), who, what, "by lot", order)
            elif rule == "order" and set(tied) <= set(self.order):
                ranked = [who for who in self.order if who in tied]
                return TieBreak(tuple(tied), ranked[-1] if least else ranked[0], what, f"by {self.by}")
            elif rule == "stop":
                break
        return None

    @staticmethod
    def _by_rounds(
        tied: Sequence[int], earlier: Sequence[Mapping[int, Fraction]], *, least: bool, latest: bool
    ) -> tuple[int, int] | None:
        numbered = list(enumerate(earlier, 1))
        left = list(tied)
        for number, totals in reversed(numbered) if latest else numbered:
            values = {who: totals.get(who, Fraction(0)) for who in left}
            edge = min(values.values()) if least else max(values.values())
            at_edge = [who for who in left if values[who] == edge]
            if len(at_edge) == 1:
                return number, at_edge[0]
            if len(at_edge) < len(left):
                left = at_edge
        return None
