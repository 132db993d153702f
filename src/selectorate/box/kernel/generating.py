"""Points that nobody chose, from numbers that a hash function gave."""

from __future__ import annotations

from typing import Any

import numpy as np

from selectorate.box.kernel.compiling import compiled
from selectorate.box.kernel.field import NONE, ONE, UNIT, expand
from selectorate.box.kernel.memory import load_words, store
from selectorate.box.kernel.points import double, write_rows
from selectorate.box.kernel.reading import abscissa

__all__ = ["generate"]


@compiled
def generate(numbers: Any, first: int, end: int, rows: Any) -> None:
    """From numbers ``first`` to ``end - 1`` (four words, below 2^254) make rows of the same number.

    From x it is 8 times the point of the first y = x, x + 1, ... that has one.

    The point has the even x coordinate. Source: Belenios specification 3.1, section 6, table 9.
    """
    count = end - first
    points = np.empty(15 * count, np.uint64)
    scratch = np.empty(5 * count, np.uint64)
    for i in range(count):
        w0, w1, w2, w3 = load_words(numbers, 4 * (first + i))
        found = False
        while not found:
            y = expand(w0, w1, w2, w3)
            found, x = abscissa(y, NONE)
            if not found:
                w0 += UNIT
                if w0 == NONE:
                    w1 += UNIT
                    if w1 == NONE:
                        w2 += UNIT
                        if w2 == NONE:
                            w3 += UNIT
        px, py, pz = double(expand(x[0], x[1], x[2], x[3]), y, ONE, 3)
        store(points, 15 * i, px)
        store(points, 15 * i + 5, py)
        store(points, 15 * i + 10, pz)
    write_rows(points, count, scratch, rows, first)
