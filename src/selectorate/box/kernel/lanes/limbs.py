"""Eight numbers modulo p = 2^255 - 19 side by side, in five limbs of 51 bits: what AVX-512 IFMA multiplies.

A number is a tuple of five `Lanes` ``(a0, ..., a4)``; in each lane it stands for ``a0 + 2^51 a1 + ... + 2^204 a4``.

The two instructions of IFMA take the lowest 52 bits of a and b, *and ignore the others*, and add the lower or the upper
52 bits of the product to 64 bits: ``low(c, a, b) = c + a b % 2^52``, ``high(c, a, b) = c + a b // 2^52``. As
a b = low + 2^52 high and limbs are 51 bits apart, what is high counts twice, one column further up.

Bounds on every limb, in every lane, which callers keep (nothing checks them at run time):

* *tight*: below 2^51 + 2^11. What `mul`, `sqr`, `carry`, `add` and `sub` return, and what is read from memory.
* *factor*: below 2^52. What `mul` and `sqr` take. A tight number is one; a sum of two tight ones is none.
* *loose*: below 2^57. What `carry` takes.

``plus(a, b)``      the sum as it is, loose if the two bounds add up to at most 2^57.
``add(a, b)``       the same, carried.
``sub(a, b)``       a - b + 4p, carried; a is below 2^56 and b at most 2^53 - 76, such as the sum of three tight
                    numbers: the limbs of 4p are 2^53 - 76 and 2^53 - 4, so no limb wraps below zero, and what is
                    carried is below 2^56 + 2^53 < 2^57.

`_reduce` has the bounds of products.
Source: the use of IFMA at 51 bits is that of curve25519-dalek (its notes on "AVX512-IFMA"); the carries are ours.
"""

from __future__ import annotations

from typing import Any, TypeAlias

from llvmlite import ir
from numba import types
from numba.core import cgutils

from selectorate.box.kernel.compiling import instruction
from selectorate.box.kernel.lanes.vectors import LANES, VECTOR, Lanes, broadcast, constant
from selectorate.box.kernel.limbs import FIELD, MASK

__all__ = ["NUMBERS", "Numbers", "add", "carry", "choose_number", "mul", "plus", "spread", "sqr", "sub"]

Numbers: TypeAlias = tuple[Lanes, Lanes, Lanes, Lanes, Lanes]
"""Eight numbers modulo p in compiled code."""

NUMBERS = types.UniTuple(LANES, 5)
FOUR_P = (2**53 - 76, *[2**53 - 4] * 4)


def limbs_of(builder: Any, number: Any) -> list[Any]:
    """The five limbs, for instructions."""
    return [builder.extract_value(number, i) for i in range(5)]


def number_of(builder: Any, limbs: list[Any]) -> Any:
    """A number of five limbs, for instructions."""
    number = ir.Constant(ir.ArrayType(VECTOR, 5), ir.Undefined)
    for i, limb in enumerate(limbs):
        number = builder.insert_value(number, limb, i)
    return number


def _multiply_add(builder: Any, half: str, total: Any, a: Any, b: Any) -> Any:
    function = cgutils.get_or_insert_function(
        builder.module, ir.FunctionType(VECTOR, [VECTOR] * 3), f"llvm.x86.avx512.vpmadd52{half}.uq.512"
    )
    return builder.call(function, [total, a, b])


def _low(builder: Any, total: Any, a: Any, b: Any) -> Any:
    return _multiply_add(builder, "l", total, a, b)


def _high(builder: Any, total: Any, a: Any, b: Any) -> Any:
    return _multiply_add(builder, "h", total, a, b)


def _carry(builder: Any, r: list[Any]) -> list[Any]:
    """Limbs made tight: each keeps 51 bits and takes what its lower neighbour gives, all at once.

    Limb 0 takes 19 times what limb 4 gives. Of a loose number that is less than 19 * 2^6 < 2^11, and what the others
    take is less than 2^6.
    """
    mask, shift = constant(MASK), constant(51)
    keep = [builder.and_(limb, mask) for limb in r]
    give = [builder.lshr(limb, shift) for limb in r]
    first = _low(builder, keep[0], give[4], constant(19))
    return [first, *(builder.add(keep[i], give[i - 1]) for i in range(1, 5))]


def _reduce(builder: Any, z: list[Any]) -> list[Any]:
    """Ten columns, made a tight number.

    Column k has the low halves of products i + j = k, and twice the high halves of i + j = k - 1, each below 2^52. In
    units of 2^52 columns 0 to 9 are below 1, 4, 7, 10, 13, 14, 11, 8, 5, 2. Column k + 5 counts 19 times in column k:
    so these are below 267, 213, 159, 105, 51, which is less than 2^61: nothing wraps. Each gives less than twice that
    to its neighbour, at most 534; and column 4 less than 102, which limb 0 takes 19 times: 1938 < 2^11.
    """
    nineteen = constant(19)
    return _carry(builder, [builder.add(z[k], builder.mul(z[k + 5], nineteen)) for k in range(5)])


@instruction
def mul(typing: Any, a: Any, b: Any) -> Any:
    """The product of two factors; tight."""

    def code(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        x, y = limbs_of(builder, args[0]), limbs_of(builder, args[1])
        columns = []
        for k in range(10):
            low = high = constant(0)
            for i in range(5):
                if 0 <= k - 1 - i < 5:
                    high = _high(builder, high, x[i], y[k - 1 - i])
            for i in range(5):
                if 0 <= k - i < 5:
                    low = _low(builder, low, x[i], y[k - i])
            columns.append(builder.add(low, builder.add(high, high)))
        return number_of(builder, _reduce(builder, columns))

    return NUMBERS(NUMBERS, NUMBERS), code


@instruction
def sqr(typing: Any, a: Any) -> Any:
    """The square of a factor; tight.

    Column k is the low half of a square (if k is even) and twice: the high half of a square (if k is odd), the low
    halves of different limbs, and twice the high halves of different limbs. The bounds are those of `mul`.
    """

    def code(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        x = limbs_of(builder, args[0])
        columns = []
        for k in range(10):
            high = twice = once = constant(0)
            for i in range(5):
                if i < k - 1 - i < 5:
                    high = _high(builder, high, x[i], x[k - 1 - i])
            for i in range(5):
                if i < k - i < 5:
                    twice = _low(builder, twice, x[i], x[k - i])
                elif 2 * i == k:
                    once = _low(builder, once, x[i], x[i])
                if 2 * i == k - 1:
                    twice = _high(builder, twice, x[i], x[i])
            twice = builder.add(twice, builder.add(high, high))
            columns.append(builder.add(once, builder.add(twice, twice)))
        return number_of(builder, _reduce(builder, columns))

    return NUMBERS(NUMBERS), code


@instruction
def carry(typing: Any, a: Any) -> Any:
    """A loose number, made tight."""

    def code(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        return number_of(builder, _carry(builder, limbs_of(builder, args[0])))

    return NUMBERS(NUMBERS), code


@instruction
def plus(typing: Any, a: Any, b: Any) -> Any:
    """The sum, limb by limb, not carried."""

    def code(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        x, y = limbs_of(builder, args[0]), limbs_of(builder, args[1])
        return number_of(builder, [builder.add(x[i], y[i]) for i in range(5)])

    return NUMBERS(NUMBERS, NUMBERS), code


@instruction
def add(typing: Any, a: Any, b: Any) -> Any:
    """The sum; tight."""

    def code(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        x, y = limbs_of(builder, args[0]), limbs_of(builder, args[1])
        return number_of(builder, _carry(builder, [builder.add(x[i], y[i]) for i in range(5)]))

    return NUMBERS(NUMBERS, NUMBERS), code


@instruction
def sub(typing: Any, a: Any, b: Any) -> Any:
    """The difference ``a - b``; tight."""

    def code(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        x, y = limbs_of(builder, args[0]), limbs_of(builder, args[1])
        limbs = [builder.sub(builder.add(x[i], constant(FOUR_P[i])), y[i]) for i in range(5)]
        return number_of(builder, _carry(builder, limbs))

    return NUMBERS(NUMBERS, NUMBERS), code


@instruction
def spread(typing: Any, a: Any) -> Any:
    """A number of the scalar code in all lanes; its limbs are kept as they are."""

    def code(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        return number_of(builder, [broadcast(builder, limb) for limb in limbs_of(builder, args[0])])

    return NUMBERS(FIELD), code


@instruction
def choose_number(typing: Any, mask: Any, a: Any, b: Any) -> Any:
    """``a`` in the lanes that the mask picks, ``b`` in the others."""

    def code(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        mask, other = args[0], builder.not_(args[0])
        x, y = limbs_of(builder, args[1]), limbs_of(builder, args[2])
        limbs = [builder.or_(builder.and_(x[i], mask), builder.and_(y[i], other)) for i in range(5)]
        return number_of(builder, limbs)

    return NUMBERS(LANES, NUMBERS, NUMBERS), code
