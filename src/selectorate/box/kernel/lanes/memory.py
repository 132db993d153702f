"""Lanes in memory: vectors that lie side by side, and rows of words that are picked from anywhere and turned.

Arrays are flat, of uint64. The caller answers for every position, as in `selectorate.box.kernel.memory`.
"""

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba import types

from selectorate.box.kernel.compiling import instruction
from selectorate.box.kernel.lanes.limbs import NUMBERS, limbs_of, number_of
from selectorate.box.kernel.lanes.vectors import COUNT, LANES, VECTOR
from selectorate.box.kernel.limbs import WORD
from selectorate.box.kernel.memory import ARRAY

__all__ = ["gather4", "gather8", "load", "load_lanes", "scatter4", "scatter8", "store", "store_lanes"]

INDEX = ir.IntType(32)
FOUR, EIGHT = types.UniTuple(LANES, 4), types.UniTuple(LANES, 8)


def _place(context: Any, builder: Any, array: Any, at: Any, kind: Any) -> Any:
    data = context.make_array(ARRAY)(context, builder, array).data
    return builder.bitcast(builder.gep(data, [at]), kind.as_pointer())


def _shuffle(builder: Any, a: Any, b: Any, order: list[int]) -> Any:
    return builder.shuffle_vector(a, b, ir.Constant(ir.VectorType(INDEX, len(order)), order))


def _turn(builder: Any, rows: list[Any]) -> list[Any]:
    """Eight vectors turned: word j of row i becomes word i of row j. In three steps, of pairs, fours and eights."""
    for step in (1, 2, 4):
        lower = [i // step % 2 * COUNT + i - i // step % 2 * step for i in range(COUNT)]
        upper = [place + step for place in lower]
        turned = list(rows)
        for i in range(COUNT):
            if not i & step:
                turned[i] = _shuffle(builder, rows[i], rows[i + step], lower)
                turned[i + step] = _shuffle(builder, rows[i], rows[i + step], upper)
        rows = turned
    return rows


def _gathering(count: int) -> Any:
    kind = ir.VectorType(WORD, count)
    widen = [i if i < count else 0 for i in range(COUNT)]

    def code(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        array, positions = args
        rows = []
        for lane in range(COUNT):
            at = builder.extract_element(positions, INDEX(lane))
            row = builder.load(_place(context, builder, array, at, kind), align=8)
            rows.append(_shuffle(builder, row, row, widen))
        result = ir.Constant(ir.ArrayType(VECTOR, count), ir.Undefined)
        for j, word in enumerate(_turn(builder, rows)[:count]):
            result = builder.insert_value(result, word, j)
        return result

    return code


@instruction
def gather4(typing: Any, array: Any, positions: Any) -> Any:
    """Word 0, ..., 3 of the four words at ``array[position:]``, of each lane's position."""
    return FOUR(ARRAY, LANES), _gathering(4)


@instruction
def gather8(typing: Any, array: Any, positions: Any) -> Any:
    """Word 0, ..., 7 of the eight words at ``array[position:]``, of each lane's position."""
    return EIGHT(ARRAY, LANES), _gathering(8)


def _scattering(count: int) -> Any:
    kind = ir.VectorType(WORD, count)

    def code(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        array, positions, words = args
        columns = [builder.extract_value(words, j) for j in range(count)]
        rows = _turn(builder, columns + columns[:1] * (COUNT - count))
        for lane, row in enumerate(rows):
            at = builder.extract_element(positions, INDEX(lane))
            row = _shuffle(builder, row, row, list(range(count)))
            builder.store(row, _place(context, builder, array, at, kind), align=8)
        return context.get_dummy_value()

    return code


@instruction
def scatter4(typing: Any, array: Any, positions: Any, words: Any) -> Any:
    """Write four words at ``array[position:]``, of each lane's position."""
    return types.void(ARRAY, LANES, FOUR), _scattering(4)


@instruction
def scatter8(typing: Any, array: Any, positions: Any, words: Any) -> Any:
    """Write eight words at ``array[position:]``, of each lane's position."""
    return types.void(ARRAY, LANES, EIGHT), _scattering(8)


@instruction
def load_lanes(typing: Any, array: Any, at: Any) -> Any:
    """The eight words at ``array[at:]``, one for each lane."""

    def code(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        return builder.load(_place(context, builder, args[0], args[1], VECTOR), align=8)

    return LANES(ARRAY, types.int64), code


@instruction
def store_lanes(typing: Any, array: Any, at: Any, words: Any) -> Any:
    """Write one word of each lane to ``array[at:]``."""

    def code(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        builder.store(args[2], _place(context, builder, args[0], args[1], VECTOR), align=8)
        return context.get_dummy_value()

    return types.void(ARRAY, types.int64, LANES), code


@instruction
def load(typing: Any, array: Any, at: Any) -> Any:
    """The numbers of which the limbs are the 40 words at ``array[at:]``."""

    def code(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        places = [builder.add(args[1], WORD(COUNT * i)) for i in range(5)]
        limbs = [builder.load(_place(context, builder, args[0], at, VECTOR), align=8) for at in places]
        return number_of(builder, limbs)

    return NUMBERS(ARRAY, types.int64), code


@instruction
def store(typing: Any, array: Any, at: Any, numbers: Any) -> Any:
    """Write the limbs of numbers, 40 words, to ``array[at:]``."""

    def code(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        for i, limb in enumerate(limbs_of(builder, args[2])):
            at = builder.add(args[1], WORD(COUNT * i))
            builder.store(limb, _place(context, builder, args[0], at, VECTOR), align=8)
        return context.get_dummy_value()

    return types.void(ARRAY, types.int64, NUMBERS), code
