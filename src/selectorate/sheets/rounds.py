"""What every sheet of a count reads out of its rounds: who stood how, and what was gained and lost."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Literal

from ..count.result import Count, CountRound, TieBreak
from ..count.schulze import PairwiseCount

Status = Literal["continuing", "elected", "out", "withdrawn"]


def statuses(count: Count) -> list[Mapping[int, Status]]:
    """How every candidate stands after each round."""
    found: list[Mapping[int, Status]] = []
    standing = counted(count)
    now: dict[int, Status] = {
        who: "continuing" if who in standing else "withdrawn" for who in range(1, len(count.candidates) + 1)
    }
    for item in count.rounds:
        if item.action == "first preferences":  # places filled one after another begin anew
            now |= {who: "continuing" for who, status in now.items() if status == "out" and who in item.totals}
        now |= dict.fromkeys(item.excluded, "out")
        now |= dict.fromkeys(item.elected, "elected")
        found.append(dict(now))
    return found


def counted(count: Count) -> set[int]:
    """Who could be voted for: all but those who had withdrawn."""
    if isinstance(count, PairwiseCount):
        return {who for pair in count.pairs for who in pair} or set(count.elected)
    return {who for item in count.rounds for who in item.totals}


def changes(count: Count) -> list[Mapping[int, Fraction]]:
    """What everybody gained or lost in each round; nothing in a round of first preferences."""
    found: list[Mapping[int, Fraction]] = []
    before: Mapping[int, Fraction] = {}
    for item in count.rounds:
        fresh = item.action == "first preferences"
        found.append({} if fresh else {who: votes - before.get(who, Fraction(0)) for who, votes in item.totals.items()})
        before = item.totals
    return found


def given(item: CountRound, who: int) -> dict[int, Fraction]:
    """What ``who`` gave to others in a round, by who received it (``EXHAUSTED``: nobody)."""
    votes: dict[int, Fraction] = {}
    for moved in item.moved:
        if moved.source == who:
            for to, amount in moved.by.items():
                votes[to] = votes.get(to, Fraction(0)) + amount
    return {to: amount for to, amount in votes.items() if amount}


def by_lot(count: Count) -> TieBreak | None:
    """The first tie that a lot broke: its draw is that of the whole count. None where no lot decided."""
    return next((tie for item in count.rounds for tie in item.ties if tie.draw is not None), None)
