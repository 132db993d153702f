"""Where a kernel pool's elements are: rows of a growing array, and names that outlive a clearing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from selectorate.box.public import Element

__all__ = ["ROW", "Positions", "Store", "Words"]

Words: TypeAlias = NDArray[np.uint64]
Positions: TypeAlias = NDArray[np.int64]

ROW = 8
"""Words of an element in memory: x and y, 64 bytes together."""


class Store:
    """Rows of elements, and the names that they go by.

    Names are given in the order of entry and never twice, so that a name from before a clearing cannot mean
    another element afterwards: it is refused. The rows that outlive a clearing come first, in order of their names.
    """

    def __init__(self) -> None:
        self.rows: Words = np.empty(ROW * 64, np.uint64)
        self.size = 0
        """How many rows are in use."""
        self._lasting: Positions = np.empty(0, np.int64)
        """The names of the rows that have outlived a clearing, ascending."""
        self._first = 0
        """The name of the first row after the lasting ones."""
        self._next = 0
        """The name of the next element."""
        self._identities: set[int] = set()

    def append(self, rows: Words) -> range:
        """Put a copy of ``rows`` at the end. Returns their names."""
        count = len(rows) // ROW
        if ROW * (self.size + count) > len(self.rows):
            larger = np.empty(ROW * max(self.size + count, self.size * 3 // 2), np.uint64)
            larger[: ROW * self.size] = self.rows[: ROW * self.size]
            self.rows = larger
        self.rows[ROW * self.size : ROW * (self.size + count)] = rows
        self._identities.update((np.flatnonzero(rows[4::ROW] == 1) + self._next).tolist())  # y = 1, so x = 0
        self.size += count
        self._next += count
        return range(self._next - count, self._next)

    def positions(self, elements: Sequence[Element]) -> Positions:
        """The row number of each element. Raises IndexError for a name that this store does not know (any more)."""
        names = np.array(elements, np.int64)
        if not len(names):
            return names
        if names.max() >= self._next:
            raise IndexError(f"element {names.max()} is not in this pool")
        places = names - (self._first - len(self._lasting))
        old = names < self._first
        if old.any():
            found = np.searchsorted(self._lasting, names[old])
            known = found < len(self._lasting)
            known[known] = self._lasting[found[known]] == names[old][known]
            if not known.all():
                raise IndexError(f"element {names[old][~known][0]} is not in this pool (it may have been cleared)")
            places[old] = found
        return places

    def is_identity(self, element: Element) -> bool:
        """Whether this is the neutral element. Raises IndexError for a name that this store does not know."""
        if element in self._identities:
            return True
        if not self._first <= element < self._next:
            self.positions([element])
        return False

    def gather(self, elements: Sequence[Element]) -> Words:
        """A copy of the rows of ``elements``, as an array of eight columns."""
        rows: Words = self.rows[: ROW * self.size].reshape(-1, ROW)[self.positions(elements)]
        return rows

    def clear(self, lasting: Sequence[Element]) -> None:
        """Forget all but ``lasting`` (ascending), which become the first rows."""
        rows = self.gather(lasting).reshape(-1)
        self._lasting = np.array(lasting, np.int64)
        self.rows, self.size, self._first = rows, len(lasting), self._next
        self._identities.intersection_update(lasting)
