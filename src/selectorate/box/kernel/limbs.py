"""Numbers modulo p = 2^255 - 19 in five limbs of 51 bits: the operations that are written in LLVM's own language.

A number is a tuple of five uint64 ``(a0, ..., a4)``, standing for ``a0 + 2^51 a1 + 2^102 a2 + 2^153 a3 + 2^204 a4``.
Limbs may be larger than 51 bits; a number has many forms. Numba has no 128-bit integers, LLVM has: hence the
intrinsics.

Bounds on every limb, which callers keep (nothing checks them at run time):

* *tight*: below 2^51 + 2^15. What `mul`, `sqr` and `carry` return, and what is read from memory.
* *loose*: below 2^54. What `mul`, `sqr` and `carry` take.

``add(a, b)``       tight + tight is below 2^52 + 2^16.
``sub(a, b)``       a - b + 2p, needs b tight: the limbs of 2p are 2^52 - 38 and 2^52 - 2, above any tight limb, so no
                    limb wraps below zero. The result is below a + 2^52; tight - tight is below 3 * 2^51 + 2^15.

Source: the representation is that of curve25519-donna-c64 and ed25519-donna; the carries are ours, see `_reduce`.
"""

from __future__ import annotations

from typing import Any, TypeAlias

from llvmlite import ir
from numba import types

from selectorate.box.kernel.compiling import instruction

__all__ = ["Field", "Word", "add", "carry", "mul", "sqr", "stand_alone", "sub"]

Word: TypeAlias = Any
"""An unsigned number of 64 bits in compiled code, of which mypy knows nothing."""

Field: TypeAlias = tuple[Word, Word, Word, Word, Word]
"""A number modulo p in compiled code."""

FIELD = types.UniTuple(types.uint64, 5)
WORD, WIDE = ir.IntType(64), ir.IntType(128)
MASK = (1 << 51) - 1
TWO_P = (2**52 - 38, *[2**52 - 2] * 4)


def _limbs(builder: Any, number: Any) -> list[Any]:
    return [builder.extract_value(number, i) for i in range(5)]


def _number(builder: Any, limbs: list[Any]) -> Any:
    number = ir.Constant(ir.ArrayType(WORD, 5), ir.Undefined)
    for i, limb in enumerate(limbs):
        number = builder.insert_value(number, limb, i)
    return number


def _second_carry(builder: Any, r: list[Any]) -> list[Any]:
    """Limbs of 64 bits, made tight: each keeps 51 bits and takes what its lower neighbour gives.

    A limb gives less than 2^64 / 2^51 = 2^13. The top one gives 19 times its share to limb 0: after `_reduce` limb 4 is
    below 2^61.7, so limb 0 takes less than 19 * 2^10.7 < 2^15; of a loose number, 19 * 8.
    """
    mask, shift = WORD(MASK), WORD(51)
    keep = [builder.and_(limb, mask) for limb in r]
    give = [builder.lshr(limb, shift) for limb in r]
    give[4] = builder.mul(give[4], WORD(19))
    return [builder.add(keep[i], give[i - 1]) for i in range(5)]


def _reduce(builder: Any, t: list[Any]) -> list[Any]:
    """Five columns of 128 bits, made a tight number; the columns are those of loose factors.

    Column k sums k + 1 products and 4 - k products times 19, each below 2^108. So t0 < 77 * 2^108 < 2^114.3, t3 < 23
    * 2^108 < 2^112.6 and t4 < 5 * 2^108 < 2^110.4. All five give at once, in place of one after the other, which
    shortens the way from a square to the next: t0 >> 51 < 2^63.3 and 19 (t4 >> 51) < 2^63.7 fit in 64 bits, and still
    do with the 51 bits that the receiver keeps (2^63.7 + 2^51 < 2^64). Limb 4 is then below 2^61.6 + 2^51.
    """
    mask = WORD(MASK)
    keep = [builder.and_(builder.trunc(column, WORD), mask) for column in t]
    give = [builder.trunc(builder.lshr(column, WIDE(51)), WORD) for column in t]
    give[4] = builder.mul(give[4], WORD(19))
    return _second_carry(builder, [builder.add(keep[i], give[i - 1]) for i in range(5)])


def _sum_of_products(builder: Any, pairs: list[tuple[Any, Any]]) -> Any:
    products = [builder.mul(builder.zext(a, WIDE), builder.zext(b, WIDE)) for a, b in pairs]
    total = products[0]
    for product in products[1:]:
        total = builder.add(total, product)
    return total


@instruction
def mul(typing: Any, a: Any, b: Any) -> Any:
    """The product of two loose numbers; tight."""

    def code(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        x, y = _limbs(builder, args[0]), _limbs(builder, args[1])
        y19 = [builder.mul(limb, WORD(19)) for limb in y]  # 19 * 2^54 < 2^59
        columns = [
            _sum_of_products(builder, [(x[i], y[k - i] if i <= k else y19[k - i + 5]) for i in range(5)])
            for k in range(5)
        ]
        return _number(builder, _reduce(builder, columns))

    return FIELD(FIELD, FIELD), code


@instruction
def sqr(typing: Any, a: Any) -> Any:
    """The square of a loose number; tight."""

    def code(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        x0, x1, x2, x3, x4 = _limbs(builder, args[0])
        d0, d1 = builder.shl(x0, WORD(1)), builder.shl(x1, WORD(1))
        x3_19, x4_19 = builder.mul(x3, WORD(19)), builder.mul(x4, WORD(19))
        x3_38, x4_38 = builder.shl(x3_19, WORD(1)), builder.shl(x4_19, WORD(1))  # 38 * 2^54 < 2^60
        columns = [
            _sum_of_products(builder, pairs)
            for pairs in (
                [(x0, x0), (x1, x4_38), (x2, x3_38)],
                [(d0, x1), (x2, x4_38), (x3, x3_19)],
                [(d0, x2), (x1, x1), (x3, x4_38)],
                [(d0, x3), (d1, x2), (x4, x4_19)],
                [(d0, x4), (d1, x3), (x2, x2)],
            )
        ]
        return _number(builder, _reduce(builder, columns))

    return FIELD(FIELD), code


@instruction
def add(typing: Any, a: Any, b: Any) -> Any:
    """The sum, limb by limb; see the bounds above."""

    def code(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        x, y = _limbs(builder, args[0]), _limbs(builder, args[1])
        return _number(builder, [builder.add(x[i], y[i]) for i in range(5)])

    return FIELD(FIELD, FIELD), code


@instruction
def sub(typing: Any, a: Any, b: Any) -> Any:
    """The difference ``a - b``, for a tight ``b``; see the bounds above."""

    def code(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        x, y = _limbs(builder, args[0]), _limbs(builder, args[1])
        return _number(builder, [builder.sub(builder.add(x[i], WORD(TWO_P[i])), y[i]) for i in range(5)])

    return FIELD(FIELD, FIELD), code


@instruction
def carry(typing: Any, a: Any) -> Any:
    """A loose number, made tight."""

    def code(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        return _number(builder, _second_carry(builder, _limbs(builder, args[0])))

    return FIELD(FIELD), code


@instruction
def stand_alone(typing: Any) -> Any:
    """Say that LLVM must not copy this function into its callers: else compiling takes minutes, for no gain."""

    def code(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        builder.function.attributes.add("noinline")
        return context.get_dummy_value()

    return types.void(), code
