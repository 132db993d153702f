"""Reading points in lanes: the same steps as in `kernel.reading`, which explains them, without branches.

Both sides of each branch there are computed here, and a mask chooses. Sixteen points are read together, since powers
are taken of two numbers in each lane (see `lanes.field`).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from selectorate.box.kernel.compiling import compiled, part
from selectorate.box.kernel.field import ALL, LOW_P, ONE, ROOT_OF_MINUS_ONE, TOP, UNIT, ZERO
from selectorate.box.kernel.lanes.field import Words, expand, freeze, is_zero, power_p58, same, square_root
from selectorate.box.kernel.lanes.limbs import Numbers, add, choose_number, mul, plus, spread, sqr, sub
from selectorate.box.kernel.lanes.memory import gather4, load_lanes, scatter8, store_lanes
from selectorate.box.kernel.lanes.vectors import COUNT, Lanes, below, choose, equal, everywhere
from selectorate.box.kernel.limbs import stand_alone
from selectorate.box.kernel.points import D
from selectorate.box.kernel.reading import A_MINUS_2, A_PLUS_2, ROOT_OF_TWIST, S63, A

__all__ = ["read_points"]

TOGETHER = 2 * COUNT


@part
def _flip(mask: Lanes) -> Lanes:
    return mask ^ everywhere(ALL)


@part
def _split(words: Words) -> tuple[Lanes, Lanes, Words]:
    """Encodings: the mask of those with a y below p, their signs, and y; 1 stands in for a y that is not below p."""
    w0, w1, w2, w3 = words
    sign = w3 >> S63
    w3 = w3 & TOP
    high = equal(w3, everywhere(TOP)) & equal(w2 & w1, everywhere(ALL))
    right = _flip(high) | below(w0, everywhere(LOW_P))
    return right, sign, (choose(right, w0, everywhere(UNIT)), w1 & right, w2 & right, w3 & right)


@part
def _before_abscissa(y: Numbers) -> tuple[Numbers, Numbers, Numbers, Numbers]:
    """u and v with x^2 = u/v, u v^3, and u v^7, the power of which is to be taken."""
    stand_alone()
    yy, one = sqr(y), spread(ONE)
    u, v = sub(yy, one), add(mul(yy, spread(D)), one)
    vv = sqr(v)
    uv3 = mul(u, mul(vv, v))
    return u, v, uv3, mul(uv3, sqr(vv))


@part
def _abscissa(u: Numbers, v: Numbers, uv3: Numbers, power: Numbers, sign: Lanes) -> tuple[Lanes, Words]:
    """The mask of those that have an x with this sign, and x."""
    stand_alone()
    x = mul(uv3, power)
    vxx = mul(v, sqr(x))
    right, opposite = same(vxx, u), is_zero(add(vxx, u))
    x = choose_number(right, x, mul(x, spread(ROOT_OF_MINUS_ONE)))
    a, b = freeze(x), freeze(sub(spread(ZERO), x))
    one = everywhere(UNIT)
    keep = equal(a[0] & one, sign)
    w0, w1, w2, w3 = (
        choose(keep, a[0], b[0]),
        choose(keep, a[1], b[1]),
        choose(keep, a[2], b[2]),
        choose(keep, a[3], b[3]),
    )
    return (right | opposite) & equal(w0 & one, sign), (w0, w1, w2, w3)


@part
def _before_halving(y: Numbers) -> tuple[Numbers, Numbers, Numbers]:
    """n, m and S^2."""
    stand_alone()
    one = spread(ONE)
    return add(one, y), sub(one, y), sub(spread(A_PLUS_2), mul(spread(A_MINUS_2), sqr(y)))


@part
def _c(n: Numbers, m: Numbers, s: Numbers) -> tuple[Numbers, Numbers]:
    """n + S, and c."""
    ns = add(n, s)
    return ns, add(plus(ns, ns), mul(spread(A), m))


@part
def _first_half(
    n: Numbers, m: Numbers, s: Numbers, ns: Numbers, c: Numbers, t: Numbers
) -> tuple[Numbers, Numbers, Numbers]:
    """R, c and R c, from ``t``, which is `power_p58` of n c: step (b)."""
    stand_alone()
    root = spread(ROOT_OF_MINUS_ONE)
    nc = mul(n, c)
    d = mul(nc, t)
    dd = sqr(d)
    right, opposite = same(dd, nc), is_zero(add(dd, nc))
    d = choose_number(right, d, mul(d, root))
    ns2, c2 = _c(n, m, sub(spread(ZERO), s))
    d2 = mul(mul(mul(n, m), t), spread(ROOT_OF_TWIST))
    d2 = choose_number(same(sqr(d2), mul(n, c2)), d2, mul(d2, root))
    first = right | opposite
    r = add(choose_number(first, ns, ns2), choose_number(first, d, d2))
    c = choose_number(first, c, c2)
    return r, c, mul(r, c)


@part
def _last(m: Numbers, r: Numbers, s: Numbers) -> Numbers:
    """(w' + 2) (w' + A), but for squares: step (d)."""
    stand_alone()
    w = add(r, s)
    w = add(w, w)
    return mul(add(w, plus(m, m)), add(w, mul(spread(A), m)))


@part
def _is_square(z: Numbers, power: Numbers) -> Lanes:
    """The mask of the squares other than zero; ``power`` is `power_p58` of ``z``. z ** ((p - 1) / 2) is 1 for them."""
    stand_alone()
    return same(mul(sqr(sqr(power)), sqr(z)), spread(ONE))


@part
def _in_subgroup(y0: Numbers, y1: Numbers) -> tuple[Lanes, Lanes]:
    """The masks of those points of the curve, with these ``y``, that are in the subgroup of prime order."""
    stand_alone()
    n0, m0, ss0 = _before_halving(y0)
    n1, m1, ss1 = _before_halving(y1)
    power0, power1 = power_p58(ss0, ss1)
    good0, s0 = square_root(ss0, power0)
    good1, s1 = square_root(ss1, power1)
    ns0, c0 = _c(n0, m0, s0)
    ns1, c1 = _c(n1, m1, s1)
    power0, power1 = power_p58(mul(n0, c0), mul(n1, c1))
    r0, c0, rc0 = _first_half(n0, m0, s0, ns0, c0, power0)
    r1, c1, rc1 = _first_half(n1, m1, s1, ns1, c1, power1)
    power0, power1 = power_p58(rc0, rc1)
    half0, s0 = square_root(rc0, power0)
    half1, s1 = square_root(rc1, power1)
    z0, z1 = _last(m0, r0, s0), _last(m1, r1, s1)
    power0, power1 = power_p58(z0, z1)
    good0 = good0 & half0 & _is_square(z0, power0) & _flip(is_zero(n0))  # n = 0: (0, -1), of order 2
    good1 = good1 & half1 & _is_square(z1, power1) & _flip(is_zero(n1))
    return good0 | is_zero(m0), good1 | is_zero(m1)  # m = 0: the identity


@part
def _read(encoded: Any, at0: Lanes, at1: Lanes, rows: Any, good: Any) -> None:
    """Read 16 encodings, at these places of ``encoded``, into 16 ``rows``; ``good`` has a word for each."""
    stand_alone()
    right0, sign0, a = _split(gather4(encoded, at0))
    right1, sign1, b = _split(gather4(encoded, at1))
    y0, y1 = expand(a[0], a[1], a[2], a[3]), expand(b[0], b[1], b[2], b[3])
    u0, v0, uv0, z0 = _before_abscissa(y0)
    u1, v1, uv1, z1 = _before_abscissa(y1)
    power0, power1 = power_p58(z0, z1)
    curve0, x0 = _abscissa(u0, v0, uv0, power0, sign0)
    curve1, x1 = _abscissa(u1, v1, uv1, power1, sign1)
    group0, group1 = _in_subgroup(y0, y1)
    store_lanes(good, 0, right0 & curve0 & group0)
    store_lanes(good, COUNT, right1 & curve1 & group1)
    places = load_lanes(good, TOGETHER)
    scatter8(rows, places, (x0[0], x0[1], x0[2], x0[3], a[0], a[1], a[2], a[3]))
    places = load_lanes(good, TOGETHER + COUNT)
    scatter8(rows, places, (x1[0], x1[1], x1[2], x1[3], b[0], b[1], b[2], b[3]))


@compiled
def read_points(encoded: Any, first: int, end: int, rows: Any, good: Any) -> None:
    """The same as `kernel.reading.read_points`. Places that are left over in the last sixteen read the last again."""
    places = np.empty(TOGETHER, np.uint64)
    room = np.empty(8 * TOGETHER, np.uint64)
    verdicts = np.empty(2 * TOGETHER, np.uint64)
    for k in range(TOGETHER):
        verdicts[TOGETHER + k] = 8 * k
    for i in range(first, end, TOGETHER):
        for k in range(TOGETHER):
            places[k] = 4 * min(i + k, end - 1)
        _read(encoded, load_lanes(places, 0), load_lanes(places, COUNT), room, verdicts)
        for k in range(min(TOGETHER, end - i)):
            good[i + k] = verdicts[k] & UNIT
            for j in range(8):
                rows[8 * (i + k) + j] = room[8 * k + j]
