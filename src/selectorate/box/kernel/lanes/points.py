"""Points in lanes: the formulas of `kernel.points`, with all coordinates tight.

A sum takes a mask of the lanes in which the second point is taken off, not added: -q is q with Y+X and Y-X exchanged
and the sign of T changed, and the latter exchanges F and G.
"""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np

from selectorate.box.kernel.compiling import inlined, part
from selectorate.box.kernel.field import ONE, ZERO
from selectorate.box.kernel.lanes.field import freeze, invert
from selectorate.box.kernel.lanes.limbs import Numbers, add, choose_number, mul, plus, spread, sqr, sub
from selectorate.box.kernel.lanes.memory import gather4, gather8, load, scatter4, scatter8, store
from selectorate.box.kernel.lanes.vectors import COUNT, Lanes, everywhere
from selectorate.box.kernel.limbs import stand_alone
from selectorate.box.kernel.points import D2

__all__ = [
    "NUMBERS_WORDS",
    "POINTS",
    "Cached",
    "Extended",
    "Niels",
    "Projective",
    "add_cached",
    "add_niels",
    "cached",
    "double",
    "double_extended",
    "gather_point",
    "identity",
    "scatter_point",
    "write_rows",
]

Extended: TypeAlias = tuple[Numbers, Numbers, Numbers, Numbers]
Projective: TypeAlias = tuple[Numbers, Numbers, Numbers]
Completed: TypeAlias = tuple[Numbers, Numbers, Numbers, Numbers]
Cached: TypeAlias = tuple[Numbers, Numbers, Numbers, Numbers]
Niels: TypeAlias = tuple[Numbers, Numbers, Numbers]

EIGHT, SIXTEEN = np.uint64(8), np.uint64(16)
NUMBERS_WORDS = 5 * COUNT
POINTS = 3 * NUMBERS_WORDS
"""Words of eight projective points in memory."""


@part
def identity() -> Extended:
    """The neutral element in all lanes."""
    zero, one = spread(ZERO), spread(ONE)
    return zero, one, one, zero


@part
def gather_point(array: Any, at: Lanes) -> Extended:
    """Each lane's point (extended or cached: four numbers) from the 20 words at ``array[at:]``."""
    f, s, t = gather8(array, at), gather8(array, at + EIGHT), gather4(array, at + SIXTEEN)
    return (
        (f[0], f[1], f[2], f[3], f[4]),
        (f[5], f[6], f[7], s[0], s[1]),
        (s[2], s[3], s[4], s[5], s[6]),
        (s[7], t[0], t[1], t[2], t[3]),
    )


@part
def scatter_point(p: Extended, array: Any, at: Lanes) -> None:
    """Write each lane's point (four numbers) to the 20 words at ``array[at:]``."""
    stand_alone()
    a, b, c, d = p
    scatter8(array, at, (a[0], a[1], a[2], a[3], a[4], b[0], b[1], b[2]))
    scatter8(array, at + EIGHT, (b[3], b[4], c[0], c[1], c[2], c[3], c[4], d[0]))
    scatter4(array, at + SIXTEEN, (d[1], d[2], d[3], d[4]))


@inlined
def _doubled(x: Numbers, y: Numbers, z: Numbers) -> Completed:
    """Twice the projective points: 4 squares."""
    xx, yy, zz = sqr(x), sqr(y), sqr(z)
    g = sub(xx, yy)
    return sub(plus(xx, yy), sqr(add(x, y))), add(plus(zz, zz), g), g, add(xx, yy)


@inlined
def _added(a: Numbers, b: Numbers, c: Numbers, zz: Numbers, negative: Lanes) -> Completed:
    """The last part of an addition; see `kernel.points`."""
    d = plus(zz, zz)
    less, more = sub(d, c), add(d, c)
    return sub(b, a), choose_number(negative, more, less), choose_number(negative, less, more), add(b, a)


@part
def double(x: Numbers, y: Numbers, z: Numbers, times: int) -> Projective:
    """The projective points doubled so many times (or not at all)."""
    stand_alone()
    for _ in range(times):
        e, f, g, h = _doubled(x, y, z)
        x, y, z = mul(e, f), mul(g, h), mul(f, g)
    return x, y, z


@part
def double_extended(x: Numbers, y: Numbers, z: Numbers) -> Extended:
    """Twice the projective points, in extended form."""
    stand_alone()
    e, f, g, h = _doubled(x, y, z)
    return mul(e, f), mul(g, h), mul(f, g), mul(e, h)


@part
def add_cached(p: Extended, q: Cached, negative: Lanes) -> Extended:
    """p + q, or p - q in the lanes that are ``negative``."""
    stand_alone()
    x, y, z, t = p
    up, down, qz, t2d = q
    a = mul(sub(y, x), choose_number(negative, up, down))
    b = mul(add(y, x), choose_number(negative, down, up))
    e, f, g, h = _added(a, b, mul(t, t2d), mul(z, qz), negative)
    return mul(e, f), mul(g, h), mul(f, g), mul(e, h)


@part
def add_niels(p: Extended, q: Niels, negative: Lanes) -> Extended:
    """The same for affine second points."""
    stand_alone()
    x, y, z, t = p
    up, down, t2d = q
    a = mul(sub(y, x), choose_number(negative, up, down))
    b = mul(add(y, x), choose_number(negative, down, up))
    e, f, g, h = _added(a, b, mul(t, t2d), z, negative)
    return mul(e, f), mul(g, h), mul(f, g), mul(e, h)


@part
def cached(p: Extended) -> Cached:
    """The points in the form in which they are added."""
    x, y, z, t = p
    return add(y, x), sub(y, x), z, mul(t, spread(D2))


@part
def write_rows(points: Any, groups: int, scratch: Any, places: Lanes, rows: Any) -> None:
    """Bring ``groups`` of eight points to affine form, as rows, with one inversion (in each lane) for all.

    ``points`` has `POINTS` words for each group: X, Y, Z, none of the Z zero. ``scratch`` has room for 40 words each.
    Row number 8 * group + lane is at 64 words times the group, plus the lane's place.
    """
    stand_alone()
    running = spread(ONE)
    for i in range(groups):
        store(scratch, NUMBERS_WORDS * i, running)
        running = mul(running, load(points, POINTS * i + 2 * NUMBERS_WORDS))
    running, _ = invert(running, running)
    for i in range(groups - 1, -1, -1):
        inverse = mul(running, load(scratch, NUMBERS_WORDS * i))
        running = mul(running, load(points, POINTS * i + 2 * NUMBERS_WORDS))
        x = freeze(mul(load(points, POINTS * i), inverse))
        y = freeze(mul(load(points, POINTS * i + NUMBERS_WORDS), inverse))
        scatter8(rows, places + everywhere(np.uint64(64 * i)), (x[0], x[1], x[2], x[3], y[0], y[1], y[2], y[3]))
