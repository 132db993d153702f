"""Products of a few powers, eight at a time.

Free terms share the doublings (Straus), with fixed windows: in each lane the multiples 0 to 16 of each base are in a
table of its own. Kept terms use the tables of `kernel.tables`. Units are only added. Products are worked on together
whatever their terms: where one has fewer than its neighbours, it adds the identity.

Unlike in the scalar kernel, a base that occurs more than once in a call gets nothing of its own: here all doublings of
a product cost less than the multiples that would save them.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from selectorate.box.kernel.compiling import compiled, part
from selectorate.box.kernel.field import NONE, ONE, UNIT
from selectorate.box.kernel.lanes.field import expand
from selectorate.box.kernel.lanes.limbs import mul, spread
from selectorate.box.kernel.lanes.memory import gather8, load_lanes, store
from selectorate.box.kernel.lanes.points import (
    NUMBERS_WORDS,
    POINTS,
    Extended,
    Niels,
    add_cached,
    add_niels,
    cached,
    double,
    double_extended,
    gather_point,
    identity,
    scatter_point,
    write_rows,
)
from selectorate.box.kernel.lanes.terms import FREE_WINDOW, FREE_WINDOWS, SLOT, add_offset, collect, digit
from selectorate.box.kernel.lanes.vectors import COUNT, Lanes, equal, everywhere
from selectorate.box.kernel.limbs import stand_alone
from selectorate.box.kernel.tables import ENTRIES, WINDOW, WINDOWS

__all__ = ["multiply_out"]

MULTIPLES = (1 << (FREE_WINDOW - 1)) + 1
SPAN = 20 * MULTIPLES
"""Words of the multiples of one point."""
GROUPS = 16
"""Groups of eight results that share an inversion."""
S2, S4, SEVEN = (np.uint64(n) for n in (2, 4, 7))


@part
def _load_niels(array: Any, at: Lanes, there: Lanes) -> Niels:
    """The Niels form at ``array[at:]``, or the identity in the lanes in which there is none."""
    f, s = gather8(array, at), gather8(array, at + SEVEN)
    one = (there ^ everywhere(NONE - UNIT)) & UNIT
    return (
        (f[0] & there | one, f[1] & there, f[2] & there, f[3] & there, f[4] & there),
        (f[5] & there | one, f[6] & there, f[7] & there, s[1] & there, s[2] & there),
        (s[3] & there, s[4] & there, s[5] & there, s[6] & there, s[7] & there),
    )


@part
def _read_rows(rows: Any, at: Lanes, there: Lanes) -> Extended:
    """The point at ``rows[at:]``, or the identity in the lanes in which there is none."""
    stand_alone()
    w = gather8(rows, at)
    one = (there ^ everywhere(NONE - UNIT)) & UNIT
    x = expand(w[0] & there, w[1] & there, w[2] & there, w[3] & there)
    y = expand(w[4] & there | one, w[5] & there, w[6] & there, w[7] & there)
    return x, y, spread(ONE), mul(x, y)


@part
def _write_multiples(p: Extended, array: Any, at: Lanes) -> None:
    """Write 0, p, 2p, ... in cached form to ``array[at:]``."""
    stand_alone()
    none, step = everywhere(NONE), cached(p)
    scatter_point(cached(identity()), array, at)
    for _ in range(MULTIPLES - 2):
        at = at + everywhere(np.uint64(20))
        scatter_point(cached(p), array, at)
        p = add_cached(p, step, none)
    scatter_point(cached(p), array, at + everywhere(np.uint64(20)))


@part
def _add_entry(p: Extended, slots: Any, slot: int, bit: int, multiples: Any, spans: Lanes) -> Extended:
    """``p`` plus the multiple of the free bases in this slot that is due at this bit."""
    stand_alone()
    size, negative = digit(slots, SLOT * slot, bit, FREE_WINDOW)
    at = spans + everywhere(np.uint64(COUNT * SPAN * slot)) + (size << S4) + (size << S2)
    return add_cached(p, gather_point(multiples, at), negative)


@part
def _free_powers(rows: Any, slots: Any, count: int, multiples: Any, spans: Lanes) -> Extended:
    """The products of the free powers in ``count`` slots; ``spans`` is where each lane's multiples are."""
    stand_alone()
    all_lanes = everywhere(NONE - UNIT)
    for slot in range(count):
        base = _read_rows(rows, load_lanes(slots, SLOT * slot), all_lanes)
        _write_multiples(base, multiples, spans + everywhere(np.uint64(COUNT * SPAN * slot)))
        add_offset(slots, SLOT * slot, True)
    p = identity()
    if count == 0:
        return p
    for window in range(FREE_WINDOWS - 1, -1, -1):
        if window < FREE_WINDOWS - 1:
            x, y, z = double(p[0], p[1], p[2], FREE_WINDOW - 1)
            p = double_extended(x, y, z)
        for slot in range(count):
            p = _add_entry(p, slots, slot, FREE_WINDOW * window, multiples, spans)
    return p


@part
def _add_kept(p: Extended, slots: Any, slot: int, tables: Any) -> Extended:
    """``p`` plus the powers of the kept bases in this slot."""
    stand_alone()
    add_offset(slots, SLOT * slot, False)
    none = everywhere(NONE)
    for window in range(WINDOWS):
        size, negative = digit(slots, SLOT * slot, WINDOW * window, WINDOW)
        empty = equal(size, none)
        index = size - UNIT - empty  # an empty lane reads entry 0
        at = load_lanes(slots, SLOT * slot) + everywhere(np.uint64(15 * ENTRIES * window)) + (index << S4) - index
        p = add_niels(p, _load_niels(tables, at, empty ^ everywhere(NONE - UNIT)), negative)
    return p


@part
def _add_units(p: Extended, rows: Any, slots: Any, slot: int) -> Extended:
    """``p`` plus (or minus) the bases in this slot."""
    stand_alone()
    there = equal(load_lanes(slots, SLOT * slot + 2 * COUNT), everywhere(UNIT))
    q = _read_rows(rows, load_lanes(slots, SLOT * slot), there)
    return add_cached(p, cached(q), load_lanes(slots, SLOT * slot + COUNT))


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
    """The same as `kernel.products.multiply_out`."""
    slots = np.empty(SLOT * 3 * widest + COUNT, np.uint64)
    multiples = np.empty(COUNT * SPAN * widest, np.uint64)
    points = np.empty(POINTS * GROUPS, np.uint64)
    scratch = np.empty(NUMBERS_WORDS * GROUPS, np.uint64)
    room = np.empty(8 * COUNT * GROUPS, np.uint64)
    numbers = np.empty(2 * COUNT, np.uint64)
    for lane in range(COUNT):
        numbers[lane], numbers[COUNT + lane] = SPAN * lane, 8 * lane
    spans, places = load_lanes(numbers, 0), load_lanes(numbers, COUNT)
    for block in range(first, end, COUNT * GROUPS):
        stop = min(block + COUNT * GROUPS, end)
        groups = 0
        for group in range(block, stop, COUNT):
            last = min(group + COUNT, stop)
            free, kept, units = collect(bases, kinds, exponents, starts, order, group, last, widest, slots)
            p = _free_powers(rows, slots, free, multiples, spans)
            for slot in range(kept):
                p = _add_kept(p, slots, widest + slot, tables)
            for slot in range(units):
                p = _add_units(p, rows, slots, 2 * widest + slot)
            store(points, POINTS * groups, p[0])
            store(points, POINTS * groups + NUMBERS_WORDS, p[1])
            store(points, POINTS * groups + 2 * NUMBERS_WORDS, p[2])
            groups += 1
        write_rows(points, groups, scratch, places, room)
        for word in range(8 * (stop - block)):
            results[8 * block + word] = room[word]
