"""Arithmetic modulo p in lanes: powers, inverses, square roots, and canonical words. The twin of `kernel.field`.

A long power is a chain in which each square waits for the last; a processor has time for another chain meanwhile. So
powers are taken of two (times eight) numbers at once.
"""

from __future__ import annotations

from typing import TypeAlias

from selectorate.box.kernel.compiling import part
from selectorate.box.kernel.field import (
    LOW51,
    NINETEEN,
    NONE,
    ROOT_OF_MINUS_ONE,
    S12,
    S13,
    S25,
    S26,
    S38,
    S39,
    S51,
)
from selectorate.box.kernel.lanes.limbs import Numbers, add, choose_number, mul, spread, sqr, sub
from selectorate.box.kernel.lanes.vectors import Lanes, equal, everywhere
from selectorate.box.kernel.limbs import stand_alone

__all__ = ["Pair", "Words", "expand", "freeze", "invert", "is_zero", "power_p58", "same", "square_root"]

Words: TypeAlias = tuple[Lanes, Lanes, Lanes, Lanes]
"""Numbers as they are in memory, the lowest word first."""

Pair: TypeAlias = tuple[Numbers, Numbers]


@part
def expand(w0: Lanes, w1: Lanes, w2: Lanes, w3: Lanes) -> Numbers:
    """The tight numbers of four words; the highest bits of ``w3`` are not set."""
    return (
        w0 & LOW51,
        (w0 >> S51 | w1 << S13) & LOW51,
        (w1 >> S38 | w2 << S26) & LOW51,
        (w2 >> S25 | w3 << S39) & LOW51,
        w3 >> S12,
    )


@part
def freeze(a: Numbers) -> Words:
    """The canonical words of tight numbers.

    The value is below 2^255 + 2^216 < 2p, so p is taken off once or not at all: it is when adding 19 reaches 2^255.
    ``q`` is that carry, rippled through exactly.
    """
    stand_alone()
    a0, a1, a2, a3, a4 = a
    q = (a0 + NINETEEN) >> S51
    q = (a1 + q) >> S51
    q = (a2 + q) >> S51
    q = (a3 + q) >> S51
    q = (a4 + q) >> S51
    a0 = a0 + ((everywhere(NONE) - q) & NINETEEN)
    a1 = a1 + (a0 >> S51)
    a2 = a2 + (a1 >> S51)
    a3 = a3 + (a2 >> S51)
    a4 = a4 + (a3 >> S51)
    a0, a1, a2, a3, a4 = a0 & LOW51, a1 & LOW51, a2 & LOW51, a3 & LOW51, a4 & LOW51
    return a0 | a1 << S51, a1 >> S13 | a2 << S38, a2 >> S26 | a3 << S25, a3 >> S39 | a4 << S12


@part
def is_zero(a: Numbers) -> Lanes:
    """The mask of the tight numbers that are zero modulo p."""
    w0, w1, w2, w3 = freeze(a)
    return equal(w0 | w1 | w2 | w3, everywhere(NONE))


@part
def same(a: Numbers, b: Numbers) -> Lanes:
    """The mask of the lanes in which two tight numbers are the same modulo p."""
    return is_zero(sub(a, b))


@part
def _sqr_times(a: Numbers, b: Numbers, times: int) -> Pair:
    """``a`` and ``b`` squared ``times`` times."""
    stand_alone()
    for _ in range(times):
        a, b = sqr(a), sqr(b)
    return a, b


@part
def _shift_and_multiply(a: Numbers, b: Numbers, times: int, c: Numbers, d: Numbers) -> Pair:
    """``a`` squared ``times`` times, times ``c``; ``b`` likewise, times ``d``."""
    a, b = _sqr_times(a, b, times)
    return mul(a, c), mul(b, d)


@part
def _chain(y: Numbers, z: Numbers) -> tuple[Numbers, Numbers, Numbers, Numbers]:
    """The powers 2**250 - 1 of ``y`` and ``z``, then their powers 11."""
    stand_alone()
    y2, z2 = sqr(y), sqr(z)
    y9, z9 = _shift_and_multiply(y2, z2, 2, y, z)
    y11, z11 = mul(y9, y2), mul(z9, z2)
    y5, z5 = _shift_and_multiply(y11, z11, 1, y9, z9)  # from here on y_n is y ** (2**n - 1)
    y10, z10 = _shift_and_multiply(y5, z5, 5, y5, z5)
    y20, z20 = _shift_and_multiply(y10, z10, 10, y10, z10)
    y40, z40 = _shift_and_multiply(y20, z20, 20, y20, z20)
    y50, z50 = _shift_and_multiply(y40, z40, 10, y10, z10)
    y100, z100 = _shift_and_multiply(y50, z50, 50, y50, z50)
    y200, z200 = _shift_and_multiply(y100, z100, 100, y100, z100)
    y250, z250 = _shift_and_multiply(y200, z200, 50, y50, z50)
    return y250, z250, y11, z11


@part
def power_p58(y: Numbers, z: Numbers) -> Pair:
    """``y`` and ``z`` to the power (p - 5) / 8 = 2**252 - 3."""
    y250, z250, _, _ = _chain(y, z)
    return _shift_and_multiply(y250, z250, 2, y, z)


@part
def invert(y: Numbers, z: Numbers) -> Pair:
    """``y`` and ``z`` to the power p - 2 = 2**255 - 21: the inverses, or zero for zero."""
    y250, z250, y11, z11 = _chain(y, z)
    return _shift_and_multiply(y250, z250, 5, y11, z11)


@part
def square_root(z: Numbers, power: Numbers) -> tuple[Lanes, Numbers]:
    """The mask of the squares among ``z`` (zero is one), and their roots; ``power`` is `power_p58` of ``z``.

    p = 5 mod 8: ``r = z ** ((p + 3) / 8)`` has ``r**2 = z * z ** ((p - 1) / 4)``. The factor is 1 or -1 if z is a
    square, and a root of -1 mends the latter.
    """
    stand_alone()
    root = mul(power, z)
    square = sqr(root)
    right, opposite = same(square, z), is_zero(add(square, z))
    return right | opposite, choose_number(right, root, mul(root, spread(ROOT_OF_MINUS_ONE)))
