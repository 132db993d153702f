"""Points of the twisted Edwards curve -x^2 + y^2 = 1 + d x^2 y^2 in compiled code, and how they are written.

Forms of a point, all coordinates tight unless it is said otherwise:

* `Extended`    (X, Y, Z, T): x = X/Z, y = Y/Z, T = XY/Z.
* `Projective`  (X, Y, Z): the same without T, which doubling does not need.
* `Completed`   (E, F, G, H), loose: x = E/G, y = H/F. What an addition or a doubling has before its last products.
* `Cached`      (Y+X, Y-X, Z, 2dT), loose: what is added to an extended point. With Z = 1 left out: `Niels` (y+x, y-x,
  2dxy).

In memory a point is a *row*: x and y, canonical, eight words.

All formulas are complete: -1 is a square modulo p and d is not, so no pair of points needs a case of its own.
Source: Hisil, Wong, Carter, Dawson, "Twisted Edwards Curves Revisited" (2008), 3.1, 3.3 and 4.3 (the mixed
coordinates).
"""

from __future__ import annotations

from typing import Any, TypeAlias

from selectorate.box.kernel.compiling import inlined, part
from selectorate.box.kernel.field import ONE, ZERO, P, expand, field, freeze, invert
from selectorate.box.kernel.limbs import Field, add, carry, mul, sqr, stand_alone, sub
from selectorate.box.kernel.memory import load, load_words, store, store_words

__all__ = [
    "IDENTITY",
    "Cached",
    "D",
    "Extended",
    "Projective",
    "add_cached",
    "add_niels",
    "cached",
    "double",
    "double_extended",
    "read_row",
    "write_rows",
]

Extended: TypeAlias = tuple[Field, Field, Field, Field]
Projective: TypeAlias = tuple[Field, Field, Field]
Completed: TypeAlias = tuple[Field, Field, Field, Field]
Cached: TypeAlias = tuple[Field, Field, Field, Field]
Niels: TypeAlias = tuple[Field, Field, Field]

D_NUMBER = -121665 * pow(121666, -1, P) % P
D, D2 = field(D_NUMBER), field(2 * D_NUMBER)
IDENTITY = (ZERO, ONE, ONE, ZERO)


@inlined
def _doubled(x: Field, y: Field, z: Field) -> Completed:
    """Twice the projective point: 4 squares.

    Limbs: H is below 2^52 + 2^16, E below 2^53 + 2^16, G below 3 * 2^51 + 2^15, F below 5 * 2^51 + 2^17: all loose.
    """
    xx, yy, zz = sqr(x), sqr(y), sqr(z)
    h = add(xx, yy)
    e = sub(h, sqr(add(x, y)))
    g = sub(xx, yy)
    f = add(add(zz, zz), g)
    return e, f, g, h


@inlined
def _added(a: Field, b: Field, c: Field, zz: Field) -> Completed:
    """The last part of an addition, from (Y1-X1)(Y2-X2), (Y1+X1)(Y2+X2), 2d T1 T2 and Z1 Z2, all tight.

    Limbs: E is below 3 * 2^51 + 2^15, H below 2^52 + 2^16, F below 2^53 + 2^16, G below 3 * 2^51 + 2^17: all loose.
    """
    d = add(zz, zz)
    return sub(b, a), sub(d, c), add(d, c), add(b, a)


@part
def double(x: Field, y: Field, z: Field, times: int) -> Projective:
    """The projective point doubled so many times (or not at all): 4 squares and 3 products each."""
    stand_alone()
    for _ in range(times):
        e, f, g, h = _doubled(x, y, z)
        x, y, z = mul(e, f), mul(g, h), mul(f, g)
    return x, y, z


@part
def double_extended(x: Field, y: Field, z: Field) -> Extended:
    """Twice the projective point, in extended form: 4 squares and 4 products."""
    stand_alone()
    e, f, g, h = _doubled(x, y, z)
    return mul(e, f), mul(g, h), mul(f, g), mul(e, h)


@part
def add_cached(p: Extended, q: Cached) -> Extended:
    """The sum of the two points: 8 products."""
    stand_alone()
    x, y, z, t = p
    plus, minus, qz, t2d = q
    e, f, g, h = _added(mul(sub(y, x), minus), mul(add(y, x), plus), mul(t, t2d), mul(z, qz))
    return mul(e, f), mul(g, h), mul(f, g), mul(e, h)


@part
def add_niels(p: Extended, q: Niels) -> Extended:
    """The same for an affine second point: 7 products."""
    stand_alone()
    x, y, z, t = p
    plus, minus, t2d = q
    e, f, g, h = _added(mul(sub(y, x), minus), mul(add(y, x), plus), mul(t, t2d), z)
    return mul(e, f), mul(g, h), mul(f, g), mul(e, h)


@part
def cached(p: Extended) -> Cached:
    """The point in the form in which it is added."""
    x, y, z, t = p
    return add(y, x), sub(y, x), z, mul(t, D2)


@part
def read_row(rows: Any, row: int, negative: bool) -> Extended:
    """The point in row number ``row``, or its inverse."""
    stand_alone()
    w0, w1, w2, w3 = load_words(rows, 8 * row)
    x = expand(w0, w1, w2, w3)
    w0, w1, w2, w3 = load_words(rows, 8 * row + 4)
    y = expand(w0, w1, w2, w3)
    if negative:
        x = carry(sub(ZERO, x))
    return x, y, ONE, mul(x, y)


@part
def write_rows(points: Any, count: int, scratch: Any, rows: Any, first: int) -> None:
    """Bring ``count`` points to affine form, as rows from ``first`` on, with one inversion for all.

    ``points`` has 15 words each: X, Y, Z, none of the Z zero. ``scratch`` has room for 5 words each.
    """
    stand_alone()
    running = ONE
    for i in range(count):
        store(scratch, 5 * i, running)
        running = mul(running, load(points, 15 * i + 10))
    running = invert(running)
    for i in range(count - 1, -1, -1):
        inverse = mul(running, load(scratch, 5 * i))
        running = mul(running, load(points, 15 * i + 10))
        store_words(rows, 8 * (first + i), freeze(mul(load(points, 15 * i), inverse)))
        store_words(rows, 8 * (first + i) + 4, freeze(mul(load(points, 15 * i + 5), inverse)))
