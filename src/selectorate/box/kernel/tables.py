"""Tables of a base that has very many powers: with them a power is a few additions and no doubling.

The table of B has, for each window j of an exponent, the points k 2^(8j) B for k = 1 to 128 in Niels form; digits are
signed.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from selectorate.box.kernel.compiling import compiled, part
from selectorate.box.kernel.field import ZERO, Words
from selectorate.box.kernel.limbs import add, carry, mul, stand_alone, sub
from selectorate.box.kernel.memory import load, store
from selectorate.box.kernel.points import (
    D2,
    Extended,
    Niels,
    add_cached,
    add_niels,
    cached,
    double_extended,
    read_row,
    write_rows,
)
from selectorate.box.kernel.scalars import digit

__all__ = ["TABLE_WORDS", "WINDOW", "WINDOWS", "add_power", "make_table", "niels"]

WINDOW = 8
WINDOWS = -(-252 // WINDOW)
ENTRIES = 1 << (WINDOW - 1)
"""Digits are from -ENTRIES to ENTRIES - 1; the highest can be ENTRIES, too, being at most 2^251 / 2^248 + 1."""
TABLE_WORDS = WINDOWS * ENTRIES * 15


@part
def niels(array: Any, at: int, negative: bool) -> Niels:
    """The Niels form at ``array[at:]``, or that of its inverse."""
    plus, minus, t2d = load(array, at), load(array, at + 5), load(array, at + 10)
    if negative:
        return minus, plus, sub(ZERO, t2d)
    return plus, minus, t2d


@part
def store_niels(rows: Any, row: int, negative: bool, array: Any, at: int) -> None:
    """Write the Niels form of the point in ``row``, or of its inverse, to ``array[at:]``."""
    stand_alone()
    x, y, _, t = read_row(rows, row, negative)
    store(array, at, carry(add(y, x)))  # carried for lanes, which multiply 52 bits
    store(array, at + 5, carry(sub(y, x)))
    store(array, at + 10, mul(t, D2))


@compiled
def make_table(rows: Any, row: int, table: Any, first: int) -> None:
    """Write the table of the point in ``row`` to ``table[first : first + TABLE_WORDS]``."""
    points = np.empty(15 * ENTRIES, np.uint64)
    scratch = np.empty(5 * ENTRIES, np.uint64)
    affine = np.empty(8 * ENTRIES, np.uint64)
    base = read_row(rows, row, False)
    for window in range(WINDOWS):
        step, multiple = cached(base), base
        for k in range(ENTRIES):
            store(points, 15 * k, multiple[0])
            store(points, 15 * k + 5, multiple[1])
            store(points, 15 * k + 10, multiple[2])
            if k < ENTRIES - 1:
                multiple = add_cached(multiple, step)
        write_rows(points, ENTRIES, scratch, affine, 0)
        for k in range(ENTRIES):
            store_niels(affine, k, False, table, first + 15 * (window * ENTRIES + k))
        base = double_extended(multiple[0], multiple[1], multiple[2])  # 2 * 128 * 2^(8j) B


@part
def add_power(p: Extended, tables: Any, first: int, w: Words, negative: bool) -> Extended:
    """``p`` plus ``w`` times (or minus ``w`` times) the point whose table is at ``tables[first:]``.

    ``w`` is what `shorter` returns, below 2^251 + 2^124.
    """
    stand_alone()
    carry = 0
    for window in range(WINDOWS):
        value = digit(w, WINDOW * window, WINDOW) + carry
        carry = 0
        if value >= ENTRIES and window < WINDOWS - 1:
            value -= 2 * ENTRIES
            carry = 1
        if value != 0:
            at = first + 15 * (window * ENTRIES + abs(value) - 1)
            p = add_niels(p, niels(tables, at, (value < 0) != negative))
    return p
