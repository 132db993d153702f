"""One product of very many powers, by Pippenger's method, with a window of the exponents in each lane.

Windows are of eight bits, so that one word of an exponent has the windows of all eight lanes: four words, four *groups*
of windows. Each lane has buckets of its own; no two lanes ever add to the same one. Digits are signed as in
`lanes.terms`. Those that are zero go to bucket 0, which is not looked at. Larger windows would have fewer digits, but
more buckets than the cache of a core holds: they are not quicker for any number of terms.

Groups are independent of one another, as are parts of the terms; threads share out both.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from selectorate.box.kernel.compiling import compiled, part
from selectorate.box.kernel.field import NONE
from selectorate.box.kernel.lanes.field import expand
from selectorate.box.kernel.lanes.limbs import add, mul, spread, sub
from selectorate.box.kernel.lanes.memory import gather4, gather8, load_lanes, scatter4, scatter8, store_lanes
from selectorate.box.kernel.lanes.points import (
    Extended,
    add_cached,
    add_niels,
    cached,
    gather_point,
    identity,
    scatter_point,
)
from selectorate.box.kernel.lanes.terms import S63, SLOT, add_offset
from selectorate.box.kernel.lanes.vectors import COUNT, Lanes, everywhere
from selectorate.box.kernel.limbs import stand_alone
from selectorate.box.kernel.memory import load
from selectorate.box.kernel.points import D2
from selectorate.box.kernel.tables import ENTRIES, WINDOW

__all__ = ["GROUPS", "PART", "prepare", "sum_group"]

GROUPS = 4
PART = 1 << 14
"""Terms that are worked on together."""
HALF = ENTRIES
"""The size of the largest digit."""
SPAN = 20 * (HALF + 1)
"""Words of the buckets of a lane."""
S2, S4, SEVEN = (np.uint64(n) for n in (2, 4, 7))
BYTE, SIGN = np.uint64(255), np.uint64(HALF)


@compiled
def prepare(rows: Any, bases: Any, exponents: Any, first: int, end: int, words: Any, forms: Any) -> None:
    """Write eights of terms number ``first`` to ``end - 1`` in the form that `sum_group` reads: four ``words`` of an
    exponent, ready to take digits from, and 15 of a Niels form.

    Exponents are below q, so with the offset, of 128 in each byte, they are below 2^256.
    """
    numbers, slot = np.empty(4 * COUNT, np.uint64), np.empty(SLOT, np.uint64)
    for lane in range(COUNT):
        numbers[COUNT + lane], numbers[2 * COUNT + lane] = 4 * lane, 15 * lane
    for eight in range(first, end):
        for lane in range(COUNT):
            numbers[lane] = 8 * bases[COUNT * eight + lane]
        w = gather8(rows, load_lanes(numbers, 0))
        x, y = expand(w[0], w[1], w[2], w[3]), expand(w[4], w[5], w[6], w[7])
        up, down, t = add(y, x), sub(y, x), mul(mul(x, y), spread(D2))
        at = load_lanes(numbers, 2 * COUNT) + everywhere(np.uint64(15 * COUNT * eight))
        scatter8(forms, at, (up[0], up[1], up[2], up[3], up[4], down[0], down[1], down[2]))
        scatter8(forms, at + SEVEN, (down[2], down[3], down[4], t[0], t[1], t[2], t[3], t[4]))
        at = load_lanes(numbers, COUNT) + everywhere(np.uint64(4 * COUNT * eight))
        e = gather4(exponents, at)
        store_lanes(slot, 2 * COUNT, e[0])
        store_lanes(slot, 3 * COUNT, e[1])
        store_lanes(slot, 4 * COUNT, e[2])
        store_lanes(slot, 5 * COUNT, e[3])
        add_offset(slot, 0, False)
        e0, e1 = load_lanes(slot, 2 * COUNT), load_lanes(slot, 3 * COUNT)
        scatter4(words, at, (e0, e1, load_lanes(slot, 4 * COUNT), load_lanes(slot, 5 * COUNT)))


@part
def _add_term(buckets: Any, starts: Lanes, value: Lanes, forms: Any, at: int) -> None:
    """Add the term at ``forms[at:]`` to the bucket of each lane's digit, or take it off."""
    stand_alone()
    minus = everywhere(NONE) - (value >> S63)
    size = (value ^ minus) - minus
    place = starts + (size << S4) + (size << S2)
    form = spread(load(forms, at)), spread(load(forms, at + 5)), spread(load(forms, at + 10))
    scatter_point(add_niels(gather_point(buckets, place), form, minus), buckets, place)


@part
def _add_up(buckets: Any, starts: Lanes) -> Extended:
    """The sum of k times bucket k, in each lane."""
    stand_alone()
    running, total, none = identity(), identity(), everywhere(NONE)
    for bucket in range(HALF, 0, -1):
        running = add_cached(running, cached(gather_point(buckets, starts + everywhere(np.uint64(20 * bucket)))), none)
        total = add_cached(total, cached(running), none)
    return total


@compiled
def sum_group(forms: Any, words: Any, first: int, end: int, group: int, sums: Any, at: int) -> None:
    """Write the sums of digit times point, for the eight windows of a group, to ``sums[at + 20 lane:]``.

    The terms are number ``first`` to ``end - 1``; a sum is in extended form.
    """
    buckets = np.empty(COUNT * SPAN, np.uint64)
    numbers = np.empty(3 * COUNT, np.uint64)
    for lane in range(COUNT):
        numbers[lane], numbers[COUNT + lane], numbers[2 * COUNT + lane] = SPAN * lane, 20 * lane, WINDOW * lane
    starts, shifts = load_lanes(numbers, 0), load_lanes(numbers, 2 * COUNT)
    for bucket in range(HALF + 1):
        scatter_point(identity(), buckets, starts + everywhere(np.uint64(20 * bucket)))
    for term in range(first, end):
        value = ((everywhere(words[4 * term + group]) >> shifts) & BYTE) - SIGN
        _add_term(buckets, starts, value, forms, 15 * term)
    scatter_point(_add_up(buckets, starts), sums, load_lanes(numbers, COUNT) + everywhere(np.uint64(at)))
