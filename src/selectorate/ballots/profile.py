"""All ballots of one count, equal ones merged: the value between a file (or a box) and a count.

A paper is a row of marks, one a rank. A mark is a candidate's number (from 1), ``SKIPPED`` where a rank was left
empty and a later one used, a number of ``sets`` (see ``set_code``) where several stand at one rank, or ``END`` from the
last mark on. A blank paper is a row of ``END`` alone. Memory follows the number of distinct papers.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import InputError

END = 0
SKIPPED = -1
MAX_CANDIDATES = 10_000
"""More candidates than any paper has room for: a file that says so is broken or hostile."""
MAX_SUM = 2**63 - 1
"""What a sum of ballots must not exceed, to be exact in 64 bits. Files are held to far less (``formats``)."""

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
    from 1, ascending) of each rank at which several stand; an empty one where it is only known that there were several.
    ``seats``: the places to fill, where the file says so. ``scale``: how many of ``number`` make one ballot: 1, but for
    files with weights in decimals (10 where a weight is 1.5). ``parts``: where the ballots come from several files, the
    place in ``part_names`` for each row of ``papers``, and then papers of different parts are not merged.

    On a paper without ranks (approval, choose up to so many) all candidates marked stand at the first rank.

    Whatever papers are counted together, their number is at most that of all; so no sum of ``number`` overflows if that
    of all does not. Raises ValueError if it does, or if a number is negative.
    """

    candidates: tuple[Option, ...]
    papers: Marks = field(repr=False)
    number: Numbers = field(repr=False)
    sets: tuple[tuple[int, ...], ...] = ()
    seats: int | None = None
    title: str = ""
    scale: int = 1
    parts: Marks | None = field(default=None, repr=False)
    part_names: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.number.size and int(self.number.min()) < 0:
            raise ValueError(f"{int(self.number.min())} ballots")
        highest = int(self.number.max(initial=0)) * self.number.size
        if highest > MAX_SUM and sum(self.number.tolist()) > MAX_SUM:
            raise ValueError(f"more than {MAX_SUM} ballots: their sum does not fit in 64 bits")

    @property
    def total(self) -> int:
        """How many ballots there are, blank ones among them; as ``number``, in units of 1 / ``scale``."""
        return int(self.number.sum())

    @property
    def blank(self) -> int:
        """How many ballots have no mark at all."""
        if self.papers.shape[1] == 0:
            return self.total
        return int(self.number[(self.papers == END).all(axis=1)].sum())

    def without_parts(self) -> Profile:
        """The same ballots, with nothing said of where each comes from: equal ones merged."""
        papers, number = merged(self.papers, self.number)
        return replace(self, papers=papers, number=number, parts=None, part_names=())

    def require_whole_ballots(self) -> None:
        """Raise InputError for ballots with decimal weights.

        Every rule that is counted by here knows whole ballots: its quota ("divided, any fraction disregarded, plus
        one") and the places to which values are cut mean something else for parts of ballots, and the rules do not say
        what. To count such weights is to decide that, and so it is left to whoever writes the file.
        """
        if self.scale != 1:
            raise InputError(
                "the ballots have decimal weights, and the rules of counting say what is to be done with whole ballots"
                " only",
                hint=f"Multiply every weight by {self.scale}: all shares stay as they are, and quotas are cut finer.",
            )

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


def _packed(papers: Marks | NDArray[np.uint8]) -> NDArray[Any]:
    """The rows of ``papers`` as words, most significant first: compared word by word they stand in the same order."""
    size, width = papers.shape
    if papers.dtype == np.uint8:
        packed: NDArray[Any] = papers
        if width % 8 or not papers.flags.c_contiguous:
            packed = np.zeros((size, -(-width // 8) * 8), dtype=np.uint8)
            packed[:, :width] = papers
    else:
        low = int(papers.min())
        narrow = int(papers.max()) - low < 256
        kind, each = (np.uint8, 8) if narrow else (np.uint16, 4)
        packed = np.zeros((size, -(-width // each) * each), dtype=kind)
        np.subtract(papers, low, out=packed[:, :width], casting="unsafe")
        packed = packed if narrow else packed.astype(">u2")
    return packed.view(">u8")


def _sorted(packed: NDArray[Any]) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """The rows of ``packed`` in order, and which of them is the first of its kind.

    Sorted are not the rows but whole numbers: as much of the first word as leaves room for the number of the row in the
    same 64 bits. Rows that are equal so far are looked at further, if there is a difference among them.
    """
    size = packed.shape[0]
    room = np.uint64(size.bit_length())
    key = packed[:, 0].astype(np.uint64) >> room
    key <<= room
    key |= np.arange(size, dtype=np.uint64)
    key.sort()
    order = (key & ((np.uint64(1) << room) - np.uint64(1))).astype(np.int64)
    key >>= room
    first = np.ones(size, dtype=bool)
    np.not_equal(key[1:], key[:-1], out=first[1:])
    lost = bool((packed[:, 0] & np.uint64((1 << int(room)) - 1)).any())  # whether something was cut off the first word
    for place in range(0 if lost else 1, packed.shape[1]):
        tied = ~first
        tied[:-1] |= tied[1:]
        at = tied.nonzero()[0]
        if at.size == 0:
            break
        run, rows = np.cumsum(first[at]), order[at]
        key = packed[rows, place].astype(np.uint64)
        differs = (key[1:] != key[:-1]) & (run[1:] == run[:-1])
        if not differs.any():
            continue
        mixed = np.zeros(int(run[-1]) + 1, dtype=bool)
        mixed[run[1:][differs]] = True
        kept = mixed[run]
        at, run, rows, key = at[kept], run[kept], rows[kept], key[kept]
        within = np.lexsort((key, run))
        order[at], key, run = rows[within], key[within], run[within]
        fresh = np.ones(at.size, dtype=bool)
        fresh[1:] = (key[1:] != key[:-1]) | (run[1:] != run[:-1])
        first[at] = fresh
    return order, first


def merged(papers: Marks | NDArray[np.uint8], number: Numbers) -> tuple[Marks, Numbers]:
    """Equal rows of ``papers`` merged, their numbers added; in a canonical order that their order does not change.

    The order is that of the marks, rank by rank. ``papers`` of plain marks under 256 may be bytes.
    """
    if papers.shape[0] == 0:
        return papers.astype(np.int16), number
    width = papers.shape[1]
    while width and not papers[:, width - 1].any():
        width -= 1
    if width == 0:
        return np.zeros((1, 0), dtype=np.int16), np.array([number.sum()], dtype=np.int64)
    if papers.dtype != np.uint8 and width < papers.shape[1]:
        papers = np.ascontiguousarray(papers[:, :width], dtype=np.int16)
    packed = _packed(papers)
    order, first = _sorted(packed)
    starts = first.nonzero()[0]
    kept = np.take(papers, order[starts], axis=0)
    return np.ascontiguousarray(kept[:, :width], dtype=np.int16), np.add.reduceat(number[order], starts)


def profile_of(
    candidates: Sequence[Option | str],
    rankings: Iterable[tuple[int, Sequence[Rank]]],
    *,
    seats: int | None = None,
    title: str = "",
) -> Profile:
    """The profile of ``rankings``: each a number of ballots, and the marks of them, best first.

    Raises ValueError for a candidate that is not there, a number that is negative, or numbers too large to add up.
    """
    options = tuple(Option(item) if isinstance(item, str) else item for item in candidates)
    rows: list[list[tuple[int, ...] | None]] = []
    numbers: list[int] = []
    for number, ranks in rankings:
        if number < 0:
            raise ValueError(f"{number} ballots")
        row: list[tuple[int, ...] | None] = []
        for rank in ranks:
            several = None if rank is None else (rank,) if isinstance(rank, int) else tuple(sorted(set(rank)))
            if several is not None and any(not 1 <= who <= len(options) for who in several):
                raise ValueError(f"there is no candidate {several}")
            row.append(several)
        while row and row[-1] is None:
            row.pop()
        rows.append(row)
        numbers.append(number)
    # Sets are numbered in an order of their own, so that the order of the ballots changes nothing.
    sets = sorted({several for row in rows for several in row if several is not None and len(several) != 1})
    code = {several: set_code(index) for index, several in enumerate(sets)}
    width = max((len(row) for row in rows), default=0)
    papers = np.zeros((len(rows), width), dtype=np.int16)
    for index, row in enumerate(rows):
        papers[index, : len(row)] = [
            SKIPPED if several is None else several[0] if len(several) == 1 else code[several] for several in row
        ]
    if sum(numbers) > MAX_SUM:
        raise ValueError(f"more than {MAX_SUM} ballots: their sum does not fit in 64 bits")
    kept, added = merged(papers, np.array(numbers, dtype=np.int64))
    return Profile(options, kept, added, tuple(sets), seats, title)
