"""All ballots of one count, equal ones merged: the value between a file (or a box) and a count.

A paper is a row of marks, one a rank. A mark is a candidate's number (from 1), ``SKIPPED`` where a rank was left
empty and a later one used, a number of ``sets`` (see ``set_code``) where several stand at one rank, or ``END`` from the
last mark on. A blank paper is a row of ``END`` alone. Memory follows the number of distinct papers.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

END = 0
SKIPPED = -1
MAX_CANDIDATES = 10_000
"""More candidates than any paper has room for: a file that says so is broken or hostile."""

Marks = NDArray[np.int16]
Numbers = NDArray[np.int64]
Rank = int | Sequence[int] | None
"""One rank of a paper: a candidate's number from 1, several of them, or None where it was left empty."""


@dataclass(frozen=True)
class Option:
    """What can be marked on a paper: a candidate by name, with what the file says besides.

    ``withdrawn``: no longer a candidate; marks for them are passed over. ``write_in``: a name that voters wrote.
    """

    name: str
    party: str | None = None
    withdrawn: bool = False
    write_in: bool = False


@dataclass(frozen=True, eq=False)
class Profile:
    """The ballots of one count.

    ``papers``: distinct rows of marks; ``number``: how many ballots are like each. ``sets``: the candidates (numbers
    from 1, ascending) of each rank at which several stand. ``seats``: the places to fill, where the file says so.
    """

    candidates: tuple[Option, ...]
    papers: Marks = field(repr=False)
    number: Numbers = field(repr=False)
    sets: tuple[tuple[int, ...], ...] = ()
    seats: int | None = None
    title: str = ""

    @property
    def total(self) -> int:
        """How many ballots there are, blank ones among them."""
        return int(self.number.sum())

    @property
    def blank(self) -> int:
        """How many ballots have no mark at all."""
        if self.papers.shape[1] == 0:
            return self.total
        return int(self.number[(self.papers == END).all(axis=1)].sum())

    def rankings(self) -> Iterable[tuple[int, tuple[Rank, ...]]]:
        """Each distinct paper as plain values, with its number."""
        for row, number in zip(self.papers.tolist(), self.number.tolist(), strict=True):
            ranks: list[Rank] = []
            for mark in row:
                if mark == END:
                    break
                ranks.append(None if mark == SKIPPED else mark if mark > 0 else self.sets[-2 - mark])
            yield number, tuple(ranks)


def set_code(index: int) -> int:
    """The mark that stands for ``sets[index]``."""
    return -2 - index


def merged(papers: Marks, number: Numbers) -> tuple[Marks, Numbers]:
    """Equal rows of ``papers`` merged, their numbers added; in a canonical order that their order does not change.

    Rows are told apart by a 64-bit hash, and each is then compared with the row that it was merged into, so that two
    different rows are never taken for one.
    """
    if papers.shape[0] == 0:
        return papers, number
    used = (papers != END).any(axis=0)
    width = int(used.nonzero()[0].max()) + 1 if used.any() else 0
    papers = np.ascontiguousarray(papers[:, :width])
    if width == 0:
        return papers[:1], np.array([number.sum()], dtype=np.int64)
    hashed = np.zeros(papers.shape[0], dtype=np.uint64)
    for column in range(width):
        hashed = (hashed ^ papers[:, column].astype(np.uint16)) * np.uint64(0x9E3779B97F4A7C15)
        hashed ^= hashed >> np.uint64(29)
    _, first, inverse = np.unique(hashed, return_index=True, return_inverse=True)
    if not bool((papers == papers[first[inverse]]).all()):  # two rows with one hash: by the rows themselves
        kept, inverse = np.unique(papers, axis=0, return_inverse=True)
        inverse = inverse.reshape(-1)
    else:
        kept = papers[first]
    added = np.zeros(kept.shape[0], dtype=np.int64)
    np.add.at(added, inverse, number)
    order = np.lexsort(kept.T[::-1])
    return kept[order], added[order]


def profile_of(
    candidates: Sequence[Option | str],
    rankings: Iterable[tuple[int, Sequence[Rank]]],
    *,
    seats: int | None = None,
    title: str = "",
) -> Profile:
    """The profile of ``rankings``: each a number of ballots, and the marks of them, best first.

    Raises ValueError for a candidate that is not there, or a number that is negative.
    """
    options = tuple(Option(item) if isinstance(item, str) else item for item in candidates)
    sets: dict[tuple[int, ...], int] = {}
    rows: list[list[int]] = []
    numbers: list[int] = []
    for number, ranks in rankings:
        if number < 0:
            raise ValueError(f"{number} ballots")
        row = []
        for rank in ranks:
            if rank is None:
                row.append(SKIPPED)
                continue
            several = (rank,) if isinstance(rank, int) else tuple(sorted(rank))
            if any(not 1 <= who <= len(options) for who in several):
                raise ValueError(f"there is no candidate {several}")
            row.append(several[0] if len(several) == 1 else set_code(sets.setdefault(several, len(sets))))
        rows.append(row)
        numbers.append(number)
    width = max((len(row) for row in rows), default=0)
    papers = np.zeros((len(rows), width), dtype=np.int16)
    for index, row in enumerate(rows):
        papers[index, : len(row)] = row
    kept, added = merged(papers, np.array(numbers, dtype=np.int64))
    return Profile(options, kept, added, tuple(sets), seats, title)
