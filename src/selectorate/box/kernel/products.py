"""Products of a few powers, very many of them.

Kept bases use their tables. The others share their doublings (Straus) and have their odd multiples up to 15 made for
the purpose. Bases with exponent 1 or -1 are only added.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from selectorate.box.kernel.compiling import compiled, part
from selectorate.box.kernel.field import NONE, ONE, UNIT, ZERO, Words
from selectorate.box.kernel.limbs import stand_alone, sub
from selectorate.box.kernel.memory import load, load_words, store
from selectorate.box.kernel.points import (
    IDENTITY,
    Cached,
    Extended,
    add_cached,
    cached,
    double,
    extended,
    projective,
    read_row,
    write_rows,
)
from selectorate.box.kernel.scalars import NAF_WIDTH, naf, shorter
from selectorate.box.kernel.tables import TABLE_WORDS, add_power

__all__ = ["multiply_out"]

ODD = 1 << (NAF_WIDTH - 2)
"""How many odd multiples of a base there are: 1, 3, ... up to the largest digit."""

BLOCK = 128
"""How many results share an inversion."""


@part
def _store_cached(p: Cached, array: Any, at: int) -> None:
    store(array, at, p[0])
    store(array, at + 5, p[1])
    store(array, at + 10, p[2])
    store(array, at + 15, p[3])


@part
def _load_cached(array: Any, at: int, negative: bool) -> Cached:
    plus, minus, z, t2d = load(array, at), load(array, at + 5), load(array, at + 10), load(array, at + 15)
    if negative:
        return minus, plus, z, sub(ZERO, t2d)
    return plus, minus, z, t2d


@part
def _odd_multiples(p: Extended, array: Any, at: int) -> None:
    """Write p, 3p, 5p, ... in cached form to ``array[at:]``."""
    stand_alone()
    twice = cached(extended(double(p[0], p[1], p[2])))
    for i in range(ODD):
        _store_cached(cached(p), array, at + 20 * i)
        if i < ODD - 1:
            p = extended(add_cached(p, twice))


@part
def _shared_doublings(length: int, count: int, digits: Any, multiples: Any) -> Extended:
    """The product of ``count`` powers whose digits (up to ``length``) and odd multiples have been written."""
    stand_alone()
    x, y, z = ZERO, ONE, ONE
    total = IDENTITY
    for i in range(length - 1, -1, -1):
        completed = double(x, y, z)
        for j in range(count):
            value = digits[256 * j + i]
            if value != 0:
                at = 20 * (ODD * j + (abs(value) >> 1))
                completed = add_cached(extended(completed), _load_cached(multiples, at, value < 0))
        if i == 0:
            total = extended(completed)
        else:
            x, y, z = projective(completed)
    return total


@part
def _is_unit(w: Words) -> bool:
    return (w[0] ^ UNIT) | w[1] | w[2] | w[3] == NONE


@part
def _is_none(w: Words) -> bool:
    return w[0] | w[1] | w[2] | w[3] == NONE


@part
def _product(
    rows: Any,
    table_of: Any,
    tables: Any,
    bases: Any,
    exponents: Any,
    first: int,
    end: int,
    digits: Any,
    multiples: Any,
) -> Extended:
    """The product of the powers number ``first`` to ``end - 1``."""
    stand_alone()
    length, count = 0, 0
    for i in range(first, end):
        negative, w = shorter(load_words(exponents, 4 * i))
        if table_of[bases[i]] < 0 and not _is_none(w) and not _is_unit(w):
            length = max(length, naf(w, digits, 256 * count))
            _odd_multiples(read_row(rows, bases[i], negative), multiples, 20 * ODD * count)
            count += 1
    total = _shared_doublings(length, count, digits, multiples)
    for i in range(first, end):
        negative, w = shorter(load_words(exponents, 4 * i))
        table = table_of[bases[i]]
        if _is_none(w):
            continue
        if _is_unit(w):
            total = extended(add_cached(total, cached(read_row(rows, bases[i], negative))))
        elif table >= 0:
            total = add_power(total, tables, TABLE_WORDS * table, w, negative)
    return total


@compiled
def multiply_out(
    rows: Any,
    table_of: Any,
    tables: Any,
    bases: Any,
    exponents: Any,
    starts: Any,
    first: int,
    end: int,
    widest: int,
    results: Any,
) -> None:
    """Write the products number ``first`` to ``end - 1`` as rows of the same number of ``results``.

    Product i has the bases and exponents from ``starts[i]`` to ``starts[i + 1] - 1``, at most ``widest`` of them.
    ``bases`` are rows of ``rows``; ``table_of[row]`` is the number of the table of a kept base, else -1.
    """
    digits = np.empty(256 * widest, np.int8)
    multiples = np.empty(20 * ODD * widest, np.uint64)
    points = np.empty(15 * BLOCK, np.uint64)
    scratch = np.empty(5 * BLOCK, np.uint64)
    for block in range(first, end, BLOCK):
        count = min(BLOCK, end - block)
        for k in range(count):
            i = block + k
            p = _product(rows, table_of, tables, bases, exponents, starts[i], starts[i + 1], digits, multiples)
            store(points, 15 * k, p[0])
            store(points, 15 * k + 5, p[1])
            store(points, 15 * k + 10, p[2])
        write_rows(points, count, scratch, results, block)
