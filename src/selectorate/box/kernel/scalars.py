"""Exponents in compiled code: four words each, the lowest first, below the group's order q; and their signed digits."""

from __future__ import annotations

from typing import Any

import numpy as np

from selectorate.box.kernel.compiling import compiled, part
from selectorate.box.kernel.field import Words
from selectorate.box.kernel.limbs import Word, stand_alone
from selectorate.box.kernel.memory import load_words

__all__ = ["NAF_WIDTH", "Q", "all_below_q", "digit", "naf", "shorter"]

Q = 2**252 + 27742317777372353535851937790883648493

NAF_WIDTH = 5
"""Digits of `naf` are odd and below 2 ** (NAF_WIDTH - 1) in size."""

Q0, Q1, Q2, Q3 = (np.uint64(Q >> 64 * i & 2**64 - 1) for i in range(4))
HALF = Q // 2
H0, H1, H2, H3 = (np.uint64(HALF >> 64 * i & 2**64 - 1) for i in range(4))
NONE, UNIT, S6, S64, LOW6 = (np.uint64(n) for n in (0, 1, 6, 64, 63))
SPAN, LOW_SPAN = 1 << NAF_WIDTH, np.uint64((1 << NAF_WIDTH) - 1)


@part
def _below(w0: Word, w1: Word, w2: Word, w3: Word, b0: Word, b1: Word, b2: Word, b3: Word) -> bool:
    if w3 != b3:
        return w3 < b3
    if w2 != b2:
        return w2 < b2
    if w1 != b1:
        return w1 < b1
    return w0 < b0


@compiled
def all_below_q(exponents: Any, count: int) -> bool:
    """Whether all of ``count`` exponents are below q."""
    for i in range(count):
        w0, w1, w2, w3 = load_words(exponents, 4 * i)
        if not _below(w0, w1, w2, w3, Q0, Q1, Q2, Q3):
            return False
    return True


@part
def shorter(w: Words) -> tuple[bool, Words]:
    """False and the exponent e, or True and q - e, whichever is at most (q - 1) / 2 < 2^251 + 2^124.

    So q - 1 costs what 1 does, and windows need one bit less.
    """
    stand_alone()
    w0, w1, w2, w3 = w
    if not _below(H0, H1, H2, H3, w0, w1, w2, w3):
        return False, (w0, w1, w2, w3)
    borrow1 = UNIT if w0 > Q0 else NONE
    borrow2 = UNIT if w1 > Q1 or (w1 == Q1 and borrow1 == UNIT) else NONE
    borrow3 = UNIT if w2 > Q2 or (w2 == Q2 and borrow2 == UNIT) else NONE
    return True, (Q0 - w0, Q1 - w1 - borrow1, Q2 - w2 - borrow2, Q3 - w3 - borrow3)


@part
def digit(w: Words, at: int, size: int) -> int:
    """The ``size`` bits (below 32) of the exponent from bit ``at`` on, as a number without a sign."""
    w0, w1, w2, w3 = w
    place, shift = at >> 6, np.uint64(at & 63)
    low = w0 if place == 0 else w1 if place == 1 else w2 if place == 2 else w3 if place == 3 else NONE
    value = low >> shift
    if shift != NONE:
        high = w1 if place == 0 else w2 if place == 1 else w3 if place == 2 else NONE
        value |= high << (S64 - shift)
    bits: Any = np.int64(value & ((UNIT << np.uint64(size)) - UNIT))
    return bits


@part
def naf(w: Words, digits: Any, first: int) -> int:
    """Write the signed sliding-window form of an exponent below 2^252 to ``digits[first : first + 256]``.

    Digit i belongs to 2 ** i; each is zero or odd, and of any NAF_WIDTH in a row at most one is not zero. Returns how
    many there are, up to the highest that is not zero.
    """
    stand_alone()
    for i in range(256):
        digits[first + i] = 0
    at, carry, length = 0, 0, 0
    while at < 254:
        if digit(w, at, 1) == carry:
            at += 1
            continue
        value = digit(w, at, NAF_WIDTH) + carry
        carry = 0
        if value >= SPAN // 2:
            value -= SPAN
            carry = 1
        digits[first + at] = value
        length = at + 1
        at += NAF_WIDTH
    return length
