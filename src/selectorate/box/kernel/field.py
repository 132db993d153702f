"""Arithmetic modulo p = 2^255 - 19 for compiled code: powers, inverses, square roots, and numbers in memory.

In memory a number is its canonical value (below p) in four words of 64 bits, the lowest first.
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np

from selectorate.box.kernel.compiling import part
from selectorate.box.kernel.limbs import Field, Word, add, carry, mul, sqr, stand_alone, sub

__all__ = [
    "ONE",
    "ROOT_OF_MINUS_ONE",
    "ZERO",
    "P",
    "Words",
    "expand",
    "field",
    "freeze",
    "invert",
    "is_one",
    "is_zero",
    "negate",
    "power_p58",
    "same",
    "square_root",
]

P = 2**255 - 19

Words: TypeAlias = tuple[Word, Word, Word, Word]
"""A number as it is in memory, the lowest word first."""


def field(number: int) -> Field:
    """A Python integer as a number of compiled code, for constants."""
    a0, a1, a2, a3, a4 = (np.uint64(number % P >> 51 * i & MASK) for i in range(5))
    return a0, a1, a2, a3, a4


MASK = 2**51 - 1
LOW51 = np.uint64(MASK)
NONE, UNIT = np.uint64(0), np.uint64(1)
NINETEEN = np.uint64(19)
TOP = np.uint64(2**63 - 1)
ALL = np.uint64(2**64 - 1)
LOW_P = np.uint64(2**64 - 19)
S12, S13, S25, S26, S38, S39, S51 = (np.uint64(n) for n in (12, 13, 25, 26, 38, 39, 51))

ZERO, ONE = field(0), field(1)
ROOT_OF_MINUS_ONE = field(pow(2, (P - 1) // 4, P))


@part
def expand(w0: Word, w1: Word, w2: Word, w3: Word) -> Field:
    """The tight number of four words; the highest bit of ``w3`` is not set."""
    return (
        w0 & LOW51,
        (w0 >> S51 | w1 << S13) & LOW51,
        (w1 >> S38 | w2 << S26) & LOW51,
        (w2 >> S25 | w3 << S39) & LOW51,
        w3 >> S12,
    )


@part
def freeze(a: Field) -> Words:
    """The canonical words of a loose number.

    After `carry` the value is below 2^255 + 2^220 < 2p, so p is taken off once or not at all: it is when adding 19
    reaches 2^255. ``q`` is that carry, rippled through exactly.
    """
    stand_alone()
    a0, a1, a2, a3, a4 = carry(a)
    q = (a0 + NINETEEN) >> S51
    q = (a1 + q) >> S51
    q = (a2 + q) >> S51
    q = (a3 + q) >> S51
    q = (a4 + q) >> S51
    a0 += NINETEEN * q
    a1 += a0 >> S51
    a2 += a1 >> S51
    a3 += a2 >> S51
    a4 += a3 >> S51
    a0, a1, a2, a3, a4 = a0 & LOW51, a1 & LOW51, a2 & LOW51, a3 & LOW51, a4 & LOW51
    return a0 | a1 << S51, a1 >> S13 | a2 << S38, a2 >> S26 | a3 << S25, a3 >> S39 | a4 << S12


@part
def is_zero(a: Field) -> bool:
    """Whether a loose number is zero modulo p."""
    w0, w1, w2, w3 = freeze(a)
    return w0 | w1 | w2 | w3 == NONE


@part
def is_one(a: Field) -> bool:
    """Whether a loose number is one modulo p."""
    w0, w1, w2, w3 = freeze(a)
    return (w0 ^ UNIT) | w1 | w2 | w3 == NONE


@part
def same(a: Field, b: Field) -> bool:
    """Whether two tight numbers are the same modulo p."""
    return is_zero(sub(a, b))


@part
def negate(a: Field) -> Field:
    """``-a`` for a tight ``a``; below 2^52, loose."""
    return sub(ZERO, a)


@part
def _sqr_times(a: Field, times: int) -> Field:
    """``a`` squared ``times`` times, at least once."""
    stand_alone()
    a = sqr(a)
    for _ in range(times - 1):
        a = sqr(a)
    return a


@part
def _chain(z: Field) -> tuple[Field, Field]:
    """``z ** (2**250 - 1)`` and ``z ** 11``: what the two powers below have in common. ``z`` is loose."""
    stand_alone()
    z2 = sqr(z)
    z9 = mul(sqr(sqr(z2)), z)
    z11 = mul(z9, z2)
    z_5 = mul(sqr(z11), z9)  # z_n is z ** (2**n - 1)
    z_10 = mul(_sqr_times(z_5, 5), z_5)
    z_20 = mul(_sqr_times(z_10, 10), z_10)
    z_40 = mul(_sqr_times(z_20, 20), z_20)
    z_50 = mul(_sqr_times(z_40, 10), z_10)
    z_100 = mul(_sqr_times(z_50, 50), z_50)
    z_200 = mul(_sqr_times(z_100, 100), z_100)
    return mul(_sqr_times(z_200, 50), z_50), z11


@part
def power_p58(z: Field) -> Field:
    """``z ** ((p - 5) / 8)``, that is ``z ** (2**252 - 3)``; tight."""
    z_250, _ = _chain(z)
    return mul(sqr(sqr(z_250)), z)


@part
def invert(z: Field) -> Field:
    """``z ** (p - 2)``, that is ``z ** (2**255 - 21)``: the inverse, or zero for zero; tight."""
    z_250, z11 = _chain(z)
    return mul(_sqr_times(z_250, 5), z11)


@part
def square_root(z: Field) -> tuple[bool, Field]:
    """Whether the loose ``z`` is a square (zero is one), and a tight root of it if it is.

    p = 5 mod 8: ``r = z ** ((p + 3) / 8)`` has ``r**2 = z * z ** ((p - 1) / 4)``. The factor is 1 or -1 if z is a
    square, and a root of -1 mends the latter.
    """
    stand_alone()
    z = carry(z)
    root = mul(power_p58(z), z)
    square = sqr(root)
    if same(square, z):
        return True, root
    return is_zero(add(square, z)), mul(root, ROOT_OF_MINUS_ONE)
