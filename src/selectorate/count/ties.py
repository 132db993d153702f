"""Ties: broken by earlier rounds, by a lot that anybody can repeat (``lot``), by an officer, or not at all.

A tie that nothing breaks stops a count. It is no failure: ``TiedError`` stays inside this room, and whoever counts
gives back the rounds so far and who is tied (``Count.tied``).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from ..errors import InputError
from .lot import Lot
from .result import TieBreak, TieFor

TieRule = Literal["latest difference", "first difference", "order", "officer", "lot", "stop"]

FOR = {
    "surplus": "the surplus that is transferred first",
    "exclusion": "exclusion",
    "election": "election",
    "staying": "a place among the last two",
}
"""What a tie is for, in a sentence that begins "are tied for"."""


class TiedError(Exception):
    """A tie that nothing breaks: between whom, and for what. Caught by every count, which then stops."""

    def __init__(self, tied: Sequence[int], what: TieFor) -> None:
        super().__init__(what)
        self.tied, self.what = tuple(tied), what

    def say(self, names: Sequence[str]) -> str:
        """The sentence for the round in which the count stops."""
        listed = ", ".join(names[who - 1] for who in self.tied)
        return f"{listed} are tied for {FOR[self.what]}, and nothing that was given breaks the tie."


@dataclass(frozen=True)
class Decisions:
    """What an officer has decided of ties: pairs of candidates, the first of whom is preferred to the second.

    Who is preferred is elected, or has the surplus that is transferred first; who is not goes out. With a pair holds
    what follows from two: who is preferred to Bob is preferred to whomever Bob is.
    """

    pairs: frozenset[tuple[int, int]] = frozenset()

    @classmethod
    def of(cls, orders: Iterable[Sequence[int]]) -> Decisions:
        """The decisions in ``orders``, each of candidates from the preferred one on.

        Raises InputError if they contradict each other.
        """
        pairs = {(order[i], later) for order in orders for i in range(len(order)) for later in order[i + 1 :]}
        while more := {(a, d) for a, b in pairs for c, d in pairs if b == c} - pairs:
            pairs |= more
        if any(a == b for a, b in pairs):
            raise InputError("what the officer decided contradicts itself", hint="Somebody stands before themselves.")
        return cls(frozenset(pairs))

    def taken(self, tied: Sequence[int], *, least: bool) -> int | None:
        """Who of ``tied`` is preferred to all others, or, with ``least``, to whom all others are; None if nobody is."""
        for who in tied:
            others = [other for other in tied if other != who]
            if all(((other, who) if least else (who, other)) in self.pairs for other in others):
                return who
        return None


@dataclass(frozen=True)
class Ties:
    """How ties are broken: the rules in their order, and what they go by.

    Whom a rule leaves behind is out of the tie for the rules after it: a lot decides only among those whom earlier
    rounds do not tell apart.

    ``lot``: the draw, if one was made. ``order``: for the rule "order", the candidates as a chair with a casting vote
    or a list puts them, the preferred one first; ``by`` says whose order it is. ``decisions``: for "officer".
    """

    rules: tuple[TieRule, ...] = ("latest difference", "lot")
    lot: Lot | None = None
    order: tuple[int, ...] = ()
    by: str = "the order that was given"
    decisions: Decisions = Decisions()

    def choose(
        self,
        tied: Sequence[int],
        what: TieFor,
        earlier: Sequence[Mapping[int, Fraction]],
        names: Sequence[str],
        points: Sequence[str] = (),
    ) -> TieBreak:
        """Who of ``tied`` is taken: for an exclusion the one with least, otherwise the one with most.

        ``earlier``: the totals of the rounds before, in their order; ``points``: what they are called, where not
        "round 1" and so on. Raises TiedError if no rule decides.
        """
        found = self.find(tied, what, earlier, names, points)
        if found is None:
            raise TiedError(tied, what)
        return found

    def find(
        self,
        tied: Sequence[int],
        what: TieFor,
        earlier: Sequence[Mapping[int, Fraction]],
        names: Sequence[str],
        points: Sequence[str] = (),
    ) -> TieBreak | None:
        """The same as ``choose``; None if no rule decides."""
        left, narrowed, least = list(tied), "", what == "exclusion"
        for rule in self.rules:
            if rule in ("latest difference", "first difference"):
                before = len(left)
                number, left = narrow(left, what, earlier, latest=rule == "latest difference")
                word = "fewest" if least else "most"
                point = points[number - 1] if points and number else f"round {number}"
                if len(left) == 1:
                    return TieBreak(tuple(tied), left[0], what, f"{word} votes in {point}, where they differed")
                if len(left) < before:
                    listed = " and ".join(names[who - 1] for who in left)
                    narrowed = f" between {listed}, who had {word} votes in {point}"
            elif rule == "lot" and self.lot is not None:
                order = self.lot.order(names)
                who = next(item for item in order if item in left)
                return TieBreak(tuple(tied), who, what, f"by lot{narrowed}", order, self.lot)
            elif rule == "officer" and (decided := self.decisions.taken(left, least=least)) is not None:
                return TieBreak(tuple(tied), decided, what, f"by the officer's decision{narrowed}")
            elif rule == "order" and set(left) <= set(self.order):
                ranked = [who for who in self.order if who in left]
                return TieBreak(tuple(tied), ranked[-1] if least else ranked[0], what, f"by {self.by}{narrowed}")
            elif rule == "stop":
                break
        return None


def narrow(
    tied: Sequence[int],
    what: TieFor,
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
