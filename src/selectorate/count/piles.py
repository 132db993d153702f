"""Papers in hands: where each paper lies during a count, and how it moves to the next preference. Integer arrays.

Values of papers are kept in a table and papers refer to them by index, so that arithmetic on values is Python's own
(whole numbers of any size, or fractions) and cannot overflow: no value, and no product of a value, is ever in an array.

In arrays are only numbers of papers and places in arrays. No paper lies in two hands, so that a sum of numbers is at
most the number of all ballots, and a ``Profile`` of more than 64 bits hold does not come into being. Marks, ranks and
their positions are at most 10,000 (``MAX_CANDIDATES``, ``MAX_RANKS``) and fit in 16 bits. A key is less than 10,001
times the number of values, of which there are fewer than 2**31: less than 2**45.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..ballots.marks import Ends, Rankings
from ..ballots.profile import SKIPPED, set_code

Rows = NDArray[np.int64]

_SHORT = 1 << 15
"""How many different keys, from 0, 16 bits hold; NumPy sorts those several times as quickly."""


class Piles:
    """All papers of a count, each lying with a candidate (numbers from 1) or exhausted (0)."""

    def __init__(self, papers: Rankings, value: int | Fraction) -> None:
        size = papers.papers.shape[0]
        width = papers.papers.shape[1]
        # One column of zeros at the end: whoever has gone through all ranks finds nobody.
        self.papers = np.zeros((size, width + 1), dtype=np.int16)
        self.papers[:, :width] = papers.papers
        self.number = papers.number
        self.position = np.full(size, -1, dtype=np.int16)
        self.value = np.zeros(size, dtype=np.int32)
        self.values: list[int | Fraction] = [value]
        # Who can receive papers; nobody (0) always can: there the exhausted ones go.
        self.open = np.ones(papers.candidates + 1, dtype=bool)
        self.hands: list[list[Rows]] = [[] for _ in range(papers.candidates + 1)]
        self.ends = papers.ends.copy()
        self.alike = not self.ends.any() and not papers.sets  # all end for the same reason, that nobody is ranked
        self.ended: dict[tuple[Ends, int], int] = {}
        """Papers that have been exhausted, by (why, index of value)."""
        self.several = np.zeros((len(papers.sets), papers.candidates + 1), dtype=bool)
        for index, people in enumerate(papers.sets):
            self.several[index, list(people)] = True

    def close(self, candidates: Iterable[int]) -> None:
        """Take ``candidates`` out of those who can receive papers."""
        for who in candidates:
            self.open[who] = False

    def hand(self, candidate: int) -> Rows:
        """The papers that lie with ``candidate``, in the order in which they came."""
        lying = self.hands[candidate]
        if len(lying) > 1:
            self.hands[candidate] = lying = [np.concatenate(lying)]
        return lying[0] if lying else np.zeros(0, dtype=np.int64)

    def take(self, candidate: int) -> Rows:
        """The papers that lie with ``candidate``, taken out of that hand."""
        rows = self.hand(candidate)
        self.hands[candidate] = []
        return rows

    def new_value(self, value: int | Fraction) -> int:
        """The index of a new value."""
        self.values.append(value)
        return len(self.values) - 1

    def deal(self, rows: Rows) -> dict[tuple[int, int], int]:
        """Move papers to their next open preference: how many went where, by (candidate, index of value)."""
        if rows.size == 0:
            return {}
        to = self._next(rows)
        kinds = len(self.values)
        key: NDArray[Any] = to.astype(np.int64) * kinds + self.value[rows]
        if self.open.size * kinds <= _SHORT:  # sorted by their digits instead of by comparing them
            key = key.astype(np.int16)
        order = np.argsort(key, kind="stable")
        ranked, rows = key[order], rows[order]
        begins = np.ones(ranked.size, dtype=bool)
        np.not_equal(ranked[1:], ranked[:-1], out=begins[1:])
        starts = begins.nonzero()[0]
        sums = np.add.reduceat(self.number[rows], starts)
        dealt: dict[tuple[int, int], int] = {}
        firsts = starts.tolist()
        for start, end, code, total in zip(
            firsts, [*firsts[1:], ranked.size], ranked[starts].tolist(), sums.tolist(), strict=True
        ):
            candidate, value = divmod(code, kinds)
            dealt[candidate, value] = total
            self.hands[candidate].append(rows[start:end])
            if candidate == 0:
                self._end(rows[start:end], value, total)
        return dealt

    def _next(self, rows: Rows) -> NDArray[np.int16]:
        """The next open preference of each paper, which it is moved to; 0 where there is none."""
        position = self.position[rows] + np.int16(1)
        begins = rows * self.papers.shape[1]
        to: NDArray[np.int16] = self.papers.take(begins + position)
        if self.several.size:
            to = self._settled(rows, to)
        waiting = (~self.open.take(to)).nonzero()[0]
        while waiting.size:
            position[waiting] += 1
            found = self.papers.take(begins[waiting] + position[waiting])
            if self.several.size:
                found = self._settled(rows[waiting], found)
            to[waiting] = found
            waiting = waiting[~self.open.take(found)]
        self.position[rows] = position
        return to

    def _end(self, rows: Rows, value: int, total: int) -> None:
        """Note why papers of one value are exhausted, ``total`` together."""
        number = {Ends.CHOICES: total}
        if not self.alike:
            ends = self.ends[rows]
            number = {why: int(self.number[rows[ends == why]].sum()) for why in Ends}
        for why, added in number.items():
            if added:
                self.ended[why, value] = self.ended.get((why, value), 0) + added

    def _settled(self, at: Rows, found: NDArray[np.int16]) -> NDArray[np.int16]:
        """``found`` with each rank of several settled: the one of them who is open, 0 if several are (the paper ends
        there), or one of them who is closed, so that the paper goes on."""
        over = found < SKIPPED
        if not over.any():
            return found
        people = self.several[set_code(0) - found[over]]
        still = people & self.open  # nobody (0) is never among people
        several = still.sum(axis=1) > 1
        one = np.where(still.any(axis=1), still.argmax(axis=1), people.argmax(axis=1))
        settled = found.copy()
        settled[over] = np.where(several, 0, one)
        self.ends[at[over][several]] = Ends.OVERVOTE
        return settled

    def why(self) -> dict[Ends, int | Fraction]:
        """What the exhausted papers are worth together, by why they ended."""
        worth: dict[Ends, int | Fraction] = {}
        for (why, value), number in self.ended.items():
            worth[why] = worth.get(why, 0) + self.values[value] * number
        return worth

    def deal_all(self) -> dict[tuple[int, int], int]:
        """Move every paper to its first open preference."""
        return self.deal(np.arange(self.papers.shape[0], dtype=np.int64))

    def revalue(self, rows: Rows, new: dict[int, int]) -> None:
        """Give papers new values: by index of the old value, the index of the new."""
        table = np.arange(len(self.values), dtype=np.int32)
        for old, index in new.items():
            table[old] = index
        self.value[rows] = table[self.value[rows]]

    def values_of(self, rows: Rows) -> Sequence[int]:
        """The indices of the values that ``rows`` have, ascending."""
        found: list[int] = np.bincount(self.value[rows]).nonzero()[0].tolist()
        return found
