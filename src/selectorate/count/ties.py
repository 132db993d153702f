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

    Whom a rule leaves behind is out of the tie for the rules after it: a lot decides only among those whom earlier
    rounds do not tell apart.

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
        left, narrowed = list(tied), ""
        for rule in self.rules:
            if rule in ("latest difference", "first difference"):
                before = len(left)
                number, left = narrow(left, what, earlier, latest=rule == "latest difference")
                word = "fewest" if what == "exclusion" else "most"
                point = points[number - 1] if points and number else f"round {number}"
                if len(left) == 1:
                    return TieBreak(tuple(tied), left[0], what, f"{word} votes in {point}, where they differed")
                if len(left) < before:
                    listed = " and ".join(names[who - 1] for who in left)
                    narrowed = f" between {listed}, who had {word} votes in {point}"
            elif rule == "lot" and self.lot is not None:
                order = self.lot.order(names)
                who = next(item for item in order if item in left)
                return TieBreak(tuple(tied), who, what, f"by lot{narrowed}", order)
            elif rule == "order" and set(left) <= set(self.order):
                ranked = [who for who in self.order if who in left]
                chosen = ranked[-1] if what == "exclusion" else ranked[0]
                return TieBreak(tuple(tied), chosen, what, f"by {self.by}{narrowed}")
            elif rule == "stop":
                break
        return None


def narrow(
    tied: Sequence[int],
    what: Literal["surplus", "exclusion", "election"],
    earlier: Sequence[Mapping[int, Fraction]],
    *,
    latest: bool,
) -> tuple[int, list[int]]:
    """Who of ``tied`` is left by earlier rounds: those with fewest votes for an exclusion, otherwise with most.

    Round by round, the ``latest`` first (or the first): those who are ahead of others there are not chosen in their
    stead later. Also the number of the last round that left somebody behind (0: none did).
    """
    numbered = list(enumerate(earlier, 1))
    left, at = list(tied), 0
    for number, totals in reversed(numbered) if latest else numbered:
        values = {who: totals.get(who, Fraction(0)) for who in left}
        edge = min(values.values()) if what == "exclusion" else max(values.values())
        at_edge = [who for who in left if values[who] == edge]
        if len(at_edge) < len(left):
            left, at = at_edge, number
        if len(left) == 1:
            break
    return at, left
