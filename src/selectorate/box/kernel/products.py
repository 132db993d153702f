"""Products of a few powers, very many of them.

Kept bases use their tables. All others in a product share its doublings (Straus), each with its odd multiples up to 15.
A base that occurs more than once in a call, as a ciphertext does in the branches of a proof, is *shared*: its
multiples by 2^42, 2^84, ..., 2^210 and the odd multiples of these are made once, and then each of its powers takes 42
doublings in place of 252. Bases with exponent 1 or -1 are only added.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from selectorate.box.kernel.compiling import compiled, part
from selectorate.box.kernel.field import NONE, UNIT, ZERO, Words
from selectorate.box.kernel.limbs import stand_alone, sub
from selectorate.box.kernel.memory import load, load_words, store
from selectorate.box.kernel.points import (
    IDENTITY,
    Cached,
    Extended,
    add_cached,
    cached,
    double,
    double_extended,
    read_row,
    write_rows,
)
from selectorate.box.kernel.scalars import NAF_WIDTH, naf, shorter
from selectorate.box.kernel.tables import TABLE_WORDS, add_power

__all__ = ["ALONE", "SHARED", "multiply_out"]

ALONE, SHARED = -1, -2
"""Of a base without a table: it occurs once in a call, or more often."""

ODD = 1 << (NAF_WIDTH - 2)
"""How many odd multiples of a base there are: 1, 3, ... up to the largest digit."""
PARTS = 6
"""Parts that the exponent of a shared base is taken in. Six pay from the second use on, as four do, and later more."""
PART = 252 // PARTS
SPAN = 20 * ODD
"""Words of the odd multiples of one point."""
SLOTS = 32
"""Shared bases whose multiples a thread has at a time, 8 kB each. A base has its slot by its row number."""
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
def _write_multiples(p: Extended, array: Any, at: int) -> None:
    """Write p, 3p, 5p, ... in cached form to ``array[at:]``."""
    stand_alone()
    twice = cached(double_extended(p[0], p[1], p[2]))
    for i in range(ODD):
        _store_cached(cached(p), array, at + 20 * i)
        if i < ODD - 1:
            p = add_cached(p, twice)


@part
def _write_shared_multiples(p: Extended, array: Any, at: int) -> None:
    """The same for each of p, 2^42 p, 2^84 p, ..."""
    stand_alone()
    for i in range(PARTS):
        _write_multiples(p, array, at + SPAN * i)
        if i < PARTS - 1:
            x, y, z = double(p[0], p[1], p[2], PART - 1)
            p = double_extended(x, y, z)


@part
def _share_doublings(streams: Any, count: int, digits: Any, multiples: Any) -> Extended:
    """The sum of ``count`` streams of digits, each for one point.

    ``streams[j]``: where its digits are, how many, where the point's odd multiples are, and 1 if it is to be taken off.
    """
    stand_alone()
    length = 0
    for j in range(count):
        length = max(length, streams[j, 1])
    p = IDENTITY
    due = 0  # doublings that have been put off until there is something to add
    for i in range(length - 1, -1, -1):
        due += 1
        for j in range(count):
            if i < streams[j, 1]:
                value = digits[streams[j, 0] + i]
                if value != 0:
                    if due > 0:
                        x, y, z = double(p[0], p[1], p[2], due - 1)
                        p = double_extended(x, y, z)
                        due = 0
                    at = streams[j, 2] + 20 * (abs(value) >> 1)
                    p = add_cached(p, _load_cached(multiples, at, (value < 0) != (streams[j, 3] == 1)))
    if due > 0:
        x, y, z = double(p[0], p[1], p[2], due - 1)
        p = double_extended(x, y, z)
    return p


@part
def _is_unit(w: Words) -> bool:
    return (w[0] ^ UNIT) | w[1] | w[2] | w[3] == NONE


@part
def _is_none(w: Words) -> bool:
    return w[0] | w[1] | w[2] | w[3] == NONE


@part
def _product(
    rows: Any,
    tables: Any,
    bases: Any,
    kinds: Any,
    exponents: Any,
    request: int,
    first: int,
    end: int,
    digits: Any,
    multiples: Any,
    streams: Any,
    slots: Any,
) -> Extended:
    """The product of the powers number ``first`` to ``end - 1``, all of one ``request``.

    ``multiples`` has a place for each slot, then one for each power. ``slots[k]``: the row of the base whose
    multiples are there, and the request that last used them.
    """
    stand_alone()
    count, used = 0, 0
    for i in range(first, end):
        negative, w = shorter(load_words(exponents, 4 * i))
        if kinds[i] >= 0 or _is_none(w) or _is_unit(w):
            continue
        row, at = bases[i], 256 * used
        length = naf(w, digits, at)
        slot = row % SLOTS
        if kinds[i] == SHARED and (slots[slot, 0] == row or slots[slot, 1] != request):
            if slots[slot, 0] != row:
                _write_shared_multiples(read_row(rows, row, False), multiples, SPAN * PARTS * slot)
            slots[slot, 0], slots[slot, 1] = row, request
            for j in range(PARTS):
                streams[count, 0], streams[count, 1] = at + PART * j, PART
                streams[count, 2], streams[count, 3] = SPAN * (PARTS * slot + j), negative
                count += 1
        else:  # it occurs once, or another base of this product has its slot
            own = SPAN * (PARTS * SLOTS + used)
            _write_multiples(read_row(rows, row, False), multiples, own)
            streams[count, 0], streams[count, 1], streams[count, 2], streams[count, 3] = at, length, own, negative
            count += 1
        used += 1
    total = _share_doublings(streams, count, digits, multiples)
    for i in range(first, end):
        negative, w = shorter(load_words(exponents, 4 * i))
        if _is_none(w):
            continue
        if _is_unit(w):
            total = add_cached(total, cached(read_row(rows, bases[i], negative)))
        elif kinds[i] >= 0:
            total = add_power(total, tables, TABLE_WORDS * kinds[i], w, negative)
    return total


@compiled
def multiply_out(
    rows: Any,
    tables: Any,
    bases: Any,
    kinds: Any,
    exponents: Any,
    starts: Any,
    order: Any,
    first: int,
    end: int,
    widest: int,
    results: Any,
) -> None:
    """Write the products number ``order[first]`` to ``order[end - 1]`` as rows ``first`` to ``end - 1`` of ``results``.

    Product i has the terms ``starts[i]`` to ``starts[i + 1] - 1``, at most ``widest``. Of each term, ``bases`` is a
    row of ``rows``, and ``kinds`` is the number of its table, or `ALONE`, or `SHARED`.
    """
    digits = np.empty(256 * widest, np.int8)
    multiples = np.empty(SPAN * (PARTS * SLOTS + widest), np.uint64)
    streams = np.empty((PARTS * widest, 4), np.int64)
    slots = np.full((SLOTS, 2), -1, np.int64)
    points = np.empty(15 * BLOCK, np.uint64)
    scratch = np.empty(5 * BLOCK, np.uint64)
    for block in range(first, end, BLOCK):
        count = min(BLOCK, end - block)
        for k in range(count):
            i = order[block + k]
            p = _product(
                rows,
                tables,
                bases,
                kinds,
                exponents,
                i,
                starts[i],
                starts[i + 1],
                digits,
                multiples,
                streams,
                slots,
            )
            store(points, 15 * k, p[0])
            store(points, 15 * k + 5, p[1])
            store(points, 15 * k + 10, p[2])
        write_rows(points, count, scratch, results, block)
