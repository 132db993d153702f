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
from selectorate.box.kernel.lanes.memory import load, scatter8, store
from selectorate.box.kernel.lanes.vectors import COUNT, Lanes, everywhere
from selectorate.box.kernel.limbs import stand_alone
from selectorate.box.kernel.points import D2

__all__ = [
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
    "identity",
    "write_rows",
]

Extended: TypeAlias = tuple[Numbers, Numbers, Numbers, Numbers]
Projective: TypeAlias = tuple[Numbers, Numbers, Numbers]
Completed: TypeAlias = tuple[Numbers, Numbers, Numbers, Numbers]
Cached: TypeAlias = tuple[Numbers, Numbers, Numbers, Numbers]
Niels: TypeAlias = tuple[Numbers, Numbers, Numbers]

NUMBERS_WORDS = 5 * COUNT
POINTS = 3 * NUMBERS_WORDS
"""Words of eight projective points in memory."""


@part
def identity() -> Extended:
    """The neutral element in all lanes."""
    zero, one = spread(ZERO), spread(ONE)
    return zero, one, one, zero


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
