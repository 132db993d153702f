"""Reading points: the canonical encoding, and the test of the prime-order subgroup by halving.

The curve has 8q points, and its points of order dividing 8 form a cyclic group: so a point is in the subgroup of
order q if and only if it is 8 times some point of the curve. Each point is tested for that by itself, exactly, at the
cost of four powers; multiplying by q would cost some 250 doublings.

On the Montgomery form v^2 = u (u^2 + A u + 1), A = 486662, u = (1 + y) / (1 - y), with chi the quadratic character:

1. A point is twice a point if and only if chi(u) = 1; then u^2 + A u + 1 = s^2 is a square, too.
2. If Q has u(Q) = r, and w = r + 1/r, then u(2Q) = (w^2 - 4) / (4 (w + A)). So the w of the halves of a point are among
   w1, w2 = 2 (u + s), 2 (u - s). r solves r^2 - w r + 1 = 0, so w^2 - 4 = 4 u (w + A) must be a square; r is then on
   the curve, as r (r^2 + A r + 1) = r^2 (w + A). Exactly one w does, for (w1 + A)(w2 + A) = A^2 - 4 is no square. The
   two r are those of Q and Q + (0, 0), and (0, 0) is four times a point: it does not matter which is taken.
3. r (w + 2) = (r + 1)^2, so chi(r) = chi(w + 2).

So: (a) s for u; (b) r; (c) s' for r, which is there if and only if the point is in 4E, and w' = 2 (r + s'). The last
half need not be found: (d) the point is in 8E if and only if chi((w' + 2)(w' + A)) = 1. For the right w' this is
chi(w' + 2) = chi of that half. With the other, w'', both factors change their character: (w' + A)(w'' + A) = A^2 - 4
is no square, and
(w' + 2)(w'' + 2) = 4 r (2 - A) is none, as chi(r) = 1 and chi(2 - A) = -1.

Everything has the denominator m = 1 - y (n = 1 + y is the numerator of u); characters do not change by squares:
s = S/m with S^2 = (A + 2) - (A - 2) y^2; with c = 2 (n + S) + A m it is w + A = c/m, r = (n + S + D)/m =: R/m with
D^2 = n c, and s' = S'/m with S'^2 = R c.

Source: Pornin, "Point-Halving and Subgroup Membership in Twisted Edwards Curves" (2022, eprint 2022/1164), in our own
form.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from selectorate.box.kernel.compiling import compiled, part
from selectorate.box.kernel.field import (
    ALL,
    LOW_P,
    NONE,
    ONE,
    ROOT_OF_MINUS_ONE,
    TOP,
    UNIT,
    ZERO,
    P,
    Words,
    expand,
    field,
    freeze,
    is_one,
    is_zero,
    power_p58,
    same,
    square_root,
)
from selectorate.box.kernel.limbs import Field, Word, add, carry, mul, sqr, stand_alone, sub
from selectorate.box.kernel.memory import load_words, store_words
from selectorate.box.kernel.points import D

__all__ = ["abscissa", "in_subgroup", "read_points"]

S63 = np.uint64(63)

A_NUMBER = 486662
A, A_PLUS_2, A_MINUS_2 = field(A_NUMBER), field(A_NUMBER + 2), field(A_NUMBER - 2)


def _root_of_twist() -> int:
    """A root of -i (A^2 - 4), i the root of -1: a square, since neither i nor A^2 - 4 is one."""
    square = -pow(2, (P - 1) // 4, P) * (A_NUMBER**2 - 4) % P
    root = pow(square, (P + 3) // 8, P)
    return root if root * root % P == square else root * pow(2, (P - 1) // 4, P) % P


ROOT_OF_TWIST = field(_root_of_twist())


@part
def abscissa(y: Field, sign: Word) -> tuple[bool, Words]:
    """Whether the tight ``y`` is that of a point whose x is odd (``sign`` 1) or even (0), and this x.

    x^2 = u/v with u = y^2 - 1, v = d y^2 + 1, v never zero. x = u v^3 (u v^7) ** ((p - 5) / 8), or that times a root
    of -1.
    Source: RFC 8032, section 5.1.3 (with its last step: x = 0 has no odd form).
    """
    stand_alone()
    yy = sqr(y)
    u, v = carry(sub(yy, ONE)), carry(add(mul(yy, D), ONE))
    v3 = mul(sqr(v), v)
    uv3 = mul(u, v3)
    x = mul(uv3, power_p58(mul(uv3, sqr(sqr(v)))))
    vxx = mul(v, sqr(x))
    if not same(vxx, u):
        if not is_zero(add(vxx, u)):
            return False, (NONE, NONE, NONE, NONE)
        x = mul(x, ROOT_OF_MINUS_ONE)
    words = freeze(x)
    if words[0] & UNIT != sign:
        words = freeze(sub(ZERO, x))
    return words[0] & UNIT == sign, words


@part
def in_subgroup(y: Field) -> bool:
    """Whether a point of the curve, with this tight ``y``, is in the subgroup of prime order; see above."""
    stand_alone()
    n, m = carry(add(ONE, y)), carry(sub(ONE, y))
    if is_zero(m):
        return True  # the identity
    if is_zero(n):
        return False  # (0, -1), of order 2
    # (a)
    good, s = square_root(sub(A_PLUS_2, mul(A_MINUS_2, sqr(y))))
    if not good:
        return False
    # (b) The root D of n c, or, if that is no square, of n c2, where c2 is c for -S. n c * n c2 = n^2 m^2 (A^2 - 4),
    # so with t = (n c) ** ((p - 5) / 8) a root is n m t sqrt((A^2 - 4) / e), where e = (n c) ** ((p - 1) / 4) is i or
    # -i.
    am = mul(A, m)
    ns = carry(add(n, s))
    c = carry(add(add(ns, ns), am))
    nc = mul(n, c)
    t = power_p58(nc)
    d = mul(nc, t)
    dd = sqr(d)
    if is_zero(add(dd, nc)):
        d = mul(d, ROOT_OF_MINUS_ONE)
    elif not same(dd, nc):
        ns = carry(sub(n, s))
        c = carry(add(add(ns, ns), am))
        d = mul(mul(mul(n, m), t), ROOT_OF_TWIST)
        if not same(sqr(d), mul(n, c)):
            d = mul(d, ROOT_OF_MINUS_ONE)
    r = carry(add(ns, d))
    # (c)
    good, s = square_root(mul(r, c))
    if not good:
        return False
    # (d)
    w = carry(add(r, s))
    w = carry(add(w, w))
    product = mul(add(w, add(m, m)), add(w, am))
    return is_one(mul(sqr(sqr(power_p58(product))), sqr(product)))  # ** ((p - 1) / 2)


@compiled
def read_points(encoded: Any, first: int, end: int, rows: Any, good: Any) -> None:
    """Read the encodings number ``first`` to ``end - 1`` (four words each, as of RFC 8032) into rows of the same
    number.

    ``good[i]`` becomes 1 if this is the canonical encoding of a point of the subgroup, else 0.
    """
    for i in range(first, end):
        w0, w1, w2, w3 = load_words(encoded, 4 * i)
        sign = w3 >> S63
        w3 &= TOP
        good[i] = 0
        if w3 == TOP and w2 == ALL and w1 == ALL and w0 >= LOW_P:
            continue  # y is not below p
        y = expand(w0, w1, w2, w3)
        on_curve, x = abscissa(y, sign)
        if on_curve and in_subgroup(y):
            store_words(rows, 8 * i, x)
            store_words(rows, 8 * i + 4, (w0, w1, w2, w3))
            good[i] = 1
