"""Papers of which elected candidates keep parts: what is left of each as it passes down its ranking. Integer arrays.

By Meek's method a paper passes every elected candidate, who keeps the same part of whatever reaches them, and rests
with the first candidate who is neither elected nor out. What is left of it depends on nothing but the elected
candidates that it has passed, in their order: its *path*. So the parts are worked out once for each path that occurs,
and not for each paper; and a paper is looked at only when the candidate with whom it rests is elected or goes out.

Whole numbers, scaled; a part that is kept is rounded up, as every rule has it. Bounds, for values scaled by ``scale``
and ``total`` papers: a paper's value and a candidate's part are at most ``scale``, so that a product is at most
``scale`` squared, and a sum at most ``scale`` times ``total``. With 9 decimals the first is 10**18, the second below
2**63 for less than nine thousand million papers: 64 bits hold both. Where they would not (more decimals), the same
arrays hold Python's own integers, which have no bounds.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..ballots.marks import Rankings
from ..ballots.profile import SKIPPED
from ..errors import CountError
from .piles import Rows
from .result import EXHAUSTED

Numbers = NDArray[Any]
"""Of 64-bit integers, or of Python's integers where those could overflow."""

HOPEFUL, ELECTED, OUT = 0, 1, 2
LIMIT = 2**63


class KeptPapers:
    """All papers of a count, by the path that each has passed and the candidate with whom it rests."""

    def __init__(self, papers: Rankings, scale: int, out: Collection[int] = ()) -> None:
        if bool((papers.papers < SKIPPED).any()):
            raise CountError("ranks with several candidates cannot wait in this count", hint="End or pass over them.")
        self.scale = scale
        fits = scale * (scale + 1) < LIMIT and scale * max(papers.valid, 1) < LIMIT
        self.kind: Any = np.int64 if fits else object
        size, width = papers.papers.shape
        # One column of zeros at the end: whoever has gone through all ranks finds nobody.
        self.papers = np.zeros((size, width + 1), dtype=np.int16)
        self.papers[:, :width] = papers.papers
        self.number = papers.number.astype(np.int64)
        self.position = np.full(size, -1, dtype=np.int16)
        self.path = np.zeros(size, dtype=np.int64)
        # Nobody (0) counts as hopeful: a paper that ranks nobody further rests there.
        self.state = np.zeros(papers.candidates + 1, dtype=np.int8)
        self.state[list(out)] = OUT
        self.people = papers.candidates
        # Paths, by number; 0 is the path of those who have passed nobody.
        self.last = np.zeros(1, dtype=np.int64)
        self.before = np.zeros(1, dtype=np.int64)
        self.through: Numbers = np.zeros(1, dtype=self.kind)
        self.level = np.zeros(1, dtype=np.int64)
        self.known: dict[int, int] = {}
        self.by_level: list[Rows] = []
        # Who rests where: rows of papers, and (paths, numbers of papers) of the same.
        self.rows: list[list[Rows]] = [[] for _ in range(papers.candidates + 1)]
        self.resting: list[list[tuple[Rows, Rows]]] = [[] for _ in range(papers.candidates + 1)]
        self._advance(np.arange(size, dtype=np.int64))

    def elect(self, who: int) -> None:
        """From now on ``who`` keeps a part of what reaches them."""
        self._leave(who, ELECTED)

    def exclude(self, who: int) -> None:
        """From now on ``who`` is passed over."""
        self._leave(who, OUT)

    def share(self, keep: Sequence[int]) -> list[int]:
        """What everybody has when they keep ``keep`` (by number of candidate) of what reaches them; first, at
        ``EXHAUSTED``, what is left of the papers that rank nobody further. All sums to the papers exactly."""
        parts: Numbers = np.array(list(keep), dtype=self.kind)
        left: Numbers = np.zeros(self.last.size, dtype=self.kind)
        left[0] = self.scale
        sums: Numbers = np.zeros(self.people + 1, dtype=self.kind)
        for paths in self.by_level:
            reached = left[self.before[paths]]
            kept = (reached * parts[self.last[paths]] + (self.scale - 1)) // self.scale
            left[paths] = reached - kept
            np.add.at(sums, self.last[paths], kept * self.through[paths])
        shares = [int(value) for value in sums]
        for who in range(self.people + 1):
            lying = self.resting[who]
            if len(lying) > 1:
                joined = tuple(np.concatenate(parts_) for parts_ in zip(*lying, strict=True))
                self.resting[who] = lying = [(joined[0], joined[1])]
            if lying:
                paths, numbers = lying[0]
                shares[who] += int((left[paths] * numbers).sum())
        return shares

    def lying(self) -> dict[int, int]:
        """How many papers rest with whom; none with those who are elected, whom papers only pass."""
        found = {who: sum(int(numbers.sum()) for _, numbers in lying) for who, lying in enumerate(self.resting)}
        return {who: number for who, number in found.items() if number}

    def _leave(self, who: int, state: int) -> None:
        rows = np.concatenate([*self.rows[who], np.zeros(0, dtype=np.int64)])
        self.rows[who], self.resting[who] = [], []
        self.state[who] = state
        if state == ELECTED:
            self._enter(rows, np.full(rows.size, who, dtype=np.int64))
        self._advance(rows)

    def _advance(self, rows: Rows) -> None:
        """Move papers on to the next candidate who is neither elected nor out, through those who are elected."""
        arrived: list[tuple[Rows, Rows]] = []
        while rows.size:
            self.position[rows] += 1
            found = self.papers[rows, self.position[rows]].astype(np.int64)
            state = self.state[found]
            passing = state == ELECTED
            if passing.any():
                self._enter(rows[passing], found[passing])
            rests = state == HOPEFUL
            arrived.append((rows[rests], found[rests]))
            rows = rows[~rests]
        if arrived:
            self._rest(np.concatenate([rows for rows, _ in arrived]), np.concatenate([to for _, to in arrived]))

    def _rest(self, rows: Rows, to: Rows) -> None:
        paths = self.last.size
        key = to * paths + self.path[rows]
        order = np.argsort(key, kind="stable")
        rows, key = rows[order], key[order]
        starts = np.flatnonzero(np.r_[True, key[1:] != key[:-1]]) if key.size else np.zeros(0, dtype=np.int64)
        if not starts.size:
            return
        sums = np.add.reduceat(self.number[rows], starts)
        people, at = np.divmod(key[starts], paths)
        for who in np.unique(people).tolist():
            mine = people == who
            self.resting[who].append((at[mine], sums[mine]))
            first, last = np.searchsorted(key, (who * paths, (who + 1) * paths))
            if who != EXHAUSTED:
                self.rows[who].append(rows[first:last])

    def _enter(self, rows: Rows, people: Rows) -> None:
        """Let papers pass an elected candidate each: onto a path that is longer by one."""
        if not rows.size:
            return
        key = self.path[rows] * (self.people + 1) + people
        kinds, inverse = np.unique(key, return_inverse=True)
        inverse = inverse.reshape(-1)
        fresh = [code for code in kinds.tolist() if code not in self.known]
        if fresh:
            self._grow(fresh)
        known = self.known
        to = np.array([known[code] for code in kinds.tolist()], dtype=np.int64)
        sums = np.zeros(kinds.size, dtype=np.int64)
        np.add.at(sums, inverse, self.number[rows])
        self.through[to] += sums
        self.path[rows] = to[inverse]

    def _grow(self, codes: Sequence[int]) -> None:
        first = self.last.size
        before, last = np.divmod(np.array(codes, dtype=np.int64), self.people + 1)
        level = self.level[before] + 1
        self.known.update(zip(codes, range(first, first + len(codes)), strict=True))
        self.before = np.concatenate([self.before, before])
        self.last = np.concatenate([self.last, last])
        self.level = np.concatenate([self.level, level])
        self.through = np.concatenate([self.through, np.zeros(len(codes), dtype=self.kind)])
        for depth in np.unique(level).tolist():
            added = np.flatnonzero(level == depth) + first
            if depth > len(self.by_level):
                self.by_level.append(added)
            else:
                self.by_level[depth - 1] = np.concatenate([self.by_level[depth - 1], added])
