"""One product of very many powers, by Pippenger's method with signed windows.

For each window of the exponents, points are put into the bucket of their digit; the sum of all k * bucket k is had by
adding up from the top. Windows are independent of one another, so threads share them out.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from selectorate.box.kernel.compiling import compiled, part
from selectorate.box.kernel.limbs import stand_alone
from selectorate.box.kernel.memory import load, load_words, store
from selectorate.box.kernel.points import (
    IDENTITY,
    Extended,
    add_cached,
    add_niels,
    cached,
    double,
    double_extended,
    write_rows,
)
from selectorate.box.kernel.scalars import digit, shorter
from selectorate.box.kernel.tables import niels, store_niels

__all__ = ["combine", "prepare", "sum_windows", "window_size"]


def window_size(count: int) -> int:
    """The size of windows that is cheapest for ``count`` terms: an addition to a bucket each, two to add up a bucket.

    Larger windows than 12 have more buckets than the cache of a core holds.
    """
    return min(range(2, 13), key=lambda size: -(-252 // size) * (10 * count + 25 * 2 ** (size - 1)))


@compiled
def prepare(rows: Any, bases: Any, exponents: Any, first: int, end: int, size: int, digits: Any, forms: Any) -> None:
    """Write terms ``first`` to ``end - 1`` in the form that `sum_windows` reads: ``digits[window, term]``, and Niels
    forms.

    A digit is from -2 ** (size - 1) to 2 ** (size - 1); the highest window has room for its carry as exponents are made
    at most 2^251 + 2^124 by `shorter`.
    """
    windows, half = digits.shape[0], 1 << (size - 1)
    for i in range(first, end):
        negative, w = shorter(load_words(exponents, 4 * i))
        store_niels(rows, bases[i], negative, forms, 15 * i)
        carry = 0
        for window in range(windows):
            value = digit(w, size * window, size) + carry
            carry = 0
            if value >= half and window < windows - 1:
                value -= 2 * half
                carry = 1
            digits[window, i] = value


@part
def _load_extended(array: Any, at: int) -> Extended:
    return load(array, at), load(array, at + 5), load(array, at + 10), load(array, at + 15)


@part
def _store_extended(p: Extended, array: Any, at: int) -> None:
    stand_alone()
    store(array, at, p[0])
    store(array, at + 5, p[1])
    store(array, at + 10, p[2])
    store(array, at + 15, p[3])


@compiled
def sum_windows(forms: Any, digits: Any, first: int, end: int, size: int, sums: Any) -> None:
    """For windows ``first`` to ``end - 1`` write the sum of digit times point to ``sums[20 * window:]``, in extended
    form."""
    half = 1 << (size - 1)
    buckets = np.empty(20 * (half + 1), np.uint64)
    used = np.empty(half + 1, np.uint8)
    for window in range(first, end):
        used[:] = 0
        for i in range(digits.shape[1]):
            value: Any = np.int64(digits[window, i])
            if value != 0:
                bucket = abs(value)
                p = _load_extended(buckets, 20 * bucket) if used[bucket] else IDENTITY
                used[bucket] = 1
                _store_extended(add_niels(p, niels(forms, 15 * i, value < 0)), buckets, 20 * bucket)
        running, total = IDENTITY, IDENTITY
        for bucket in range(half, 0, -1):
            if used[bucket]:
                running = add_cached(running, cached(_load_extended(buckets, 20 * bucket)))
            total = add_cached(total, cached(running))
        _store_extended(total, sums, 20 * window)


@compiled
def combine(sums: Any, parts: int, windows: int, size: int, result: Any) -> None:
    """Write the sum of 2 ** (size * window) times each window's sum as the first row of ``result``.

    Each of ``parts`` has a sum for every window.
    """
    p = IDENTITY
    for window in range(windows - 1, -1, -1):
        x, y, z, _ = p
        x, y, z = double(x, y, z, size - 1)
        p = double_extended(x, y, z)
        for number in range(parts):
            p = add_cached(p, cached(_load_extended(sums, 20 * (windows * number + window))))
    points, scratch = np.empty(15, np.uint64), np.empty(5, np.uint64)
    store(points, 0, p[0])
    store(points, 5, p[1])
    store(points, 10, p[2])
    write_rows(points, 1, scratch, result, 0)
