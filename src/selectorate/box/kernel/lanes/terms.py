"""What eight products are made of, as lanes read it: terms in three kinds, and the digits of their exponents.

A term is free (its base has no table), kept (it has one), or a unit (its exponent is 1 or -1). The n-th free term of
each of eight products make up the n-th *slot* of this kind, six vectors in memory: where the base (or its table) is,
the mask of the lanes in which the power is taken off, and the four words of the exponent, at most (q - 1) / 2. A lane
without an n-th term has exponent 0 there.

Digits are signed: with c = the sum of all half * 2^(size i), half = 2^(size - 1), digit i of e is digit i of e + c in
the usual sense, minus half. So digits are independent of one another, from -half to half - 1.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from selectorate.box.kernel.compiling import part
from selectorate.box.kernel.field import ALL, NONE, UNIT
from selectorate.box.kernel.lanes.memory import load_lanes, store_lanes
from selectorate.box.kernel.lanes.vectors import COUNT, Lanes, below, everywhere
from selectorate.box.kernel.limbs import stand_alone
from selectorate.box.kernel.memory import load_words
from selectorate.box.kernel.scalars import shorter
from selectorate.box.kernel.tables import TABLE_WORDS, WINDOW

__all__ = ["FREE_WINDOW", "FREE_WINDOWS", "S63", "SLOT", "add_offset", "collect", "digit"]

SLOT = 6 * COUNT
"""Words of a slot."""
FREE_WINDOW = 5
FREE_WINDOWS = -(-253 // FREE_WINDOW)

S63 = np.uint64(63)


def _offset(size: int) -> tuple[np.uint64, ...]:
    """The four words of c, for windows that together have at least 253 bits and at most 256."""
    c = sum(1 << (size * i + size - 1) for i in range(-(-253 // size)))
    assert 2**253 + c < 2**256
    return tuple(np.uint64(c >> 64 * i & 2**64 - 1) for i in range(4))


F0, F1, F2, F3 = _offset(FREE_WINDOW)
K0, K1, K2, K3 = _offset(WINDOW)


@part
def _add(slots: Any, at: int, c0: Any, c1: Any, c2: Any, c3: Any) -> None:
    """Add c to the exponents of the slot at ``slots[at:]``; the sums are below 2^256."""
    stand_alone()
    carry = everywhere(NONE)
    for i in range(4):
        c = c0 if i == 0 else c1 if i == 1 else c2 if i == 2 else c3
        place = at + COUNT * (2 + i)
        word, added = load_lanes(slots, place), everywhere(c)
        half = word + added
        total = half + carry
        carry = (below(half, added) | below(total, carry)) & UNIT
        store_lanes(slots, place, total)


@part
def add_offset(slots: Any, at: int, free: bool) -> None:
    """Make the exponents of a slot ready for `digit`."""
    if free:
        _add(slots, at, F0, F1, F2, F3)
    else:
        _add(slots, at, K0, K1, K2, K3)


@part
def digit(slots: Any, at: int, place: int, size: int) -> tuple[Lanes, Lanes]:
    """The sizes of the signed digits from bit ``place`` on, and the mask of the terms to be taken off.

    Reads eight words beyond the slot if the digit is in its last word; what they are does not matter.
    """
    word, shift = at + COUNT * (2 + (place >> 6)), np.uint64(place & 63)
    low, high = load_lanes(slots, word), load_lanes(slots, word + COUNT)
    both = low >> shift | (high << UNIT) << (S63 - shift)
    half = np.uint64(1 << (size - 1))
    value = (both & (half + half - UNIT)) - half
    minus = everywhere(NONE) - (value >> S63)
    return (value ^ minus) - minus, minus ^ load_lanes(slots, at + COUNT)


@part
def collect(
    bases: Any, kinds: Any, exponents: Any, starts: Any, order: Any, first: int, end: int, widest: int, slots: Any
) -> tuple[int, int, int]:
    """Put the terms of products ``order[first]`` to ``order[end - 1]``, at most eight, into slots.

    Free ones from slot 0 on, kept ones from ``widest``, units from twice ``widest``. Returns how many slots of each.
    """
    stand_alone()
    free, kept, units = 0, 0, 0
    for lane in range(end - first):
        product = order[first + lane]
        mine_free, mine_kept, mine_units = 0, 0, 0
        for i in range(starts[product], starts[product + 1]):
            negative, w = shorter(load_words(exponents, 4 * i))
            if w[0] | w[1] | w[2] | w[3] == NONE:
                continue
            place = 8 * bases[i]
            if (w[0] ^ UNIT) | w[1] | w[2] | w[3] == NONE:
                slot, fresh = 2 * widest + mine_units, mine_units == units
                mine_units += 1
                units = max(units, mine_units)
            elif kinds[i] >= 0:
                slot, fresh = widest + mine_kept, mine_kept == kept
                mine_kept += 1
                kept = max(kept, mine_kept)
                place = TABLE_WORDS * kinds[i]
            else:
                slot, fresh = mine_free, mine_free == free
                mine_free += 1
                free = max(free, mine_free)
            at = SLOT * slot
            if fresh:
                for k in range(SLOT):
                    slots[at + k] = NONE
            slots[at + lane] = place
            slots[at + COUNT + lane] = ALL if negative else NONE
            for k in range(4):
                slots[at + COUNT * (2 + k) + lane] = w[k]
    return free, kept, units
