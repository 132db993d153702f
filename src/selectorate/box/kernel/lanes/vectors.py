"""Eight words side by side in one register of 512 bits, as a type of compiled code.

`Lanes` are eight uint64, one of each of eight problems that are worked on together. Operators work lane by lane; the
second operand of ``+ - & | ^ << >>`` can also be one uint64 for all. A *mask* is Lanes with all bits set in the lanes
that it picks and none in the others: there are no branches on lanes, both sides are computed and one is chosen.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any, TypeAlias

from llvmlite import ir
from numba import types
from numba.core.typing.templates import AbstractTemplate, infer_global, signature
from numba.extending import lower_builtin, models, register_model

from selectorate.box.kernel.compiling import instruction

__all__ = ["COUNT", "LANES", "VECTOR", "Lanes", "below", "choose", "constant", "equal", "everywhere"]

Lanes: TypeAlias = Any
"""Eight words in compiled code, of which mypy knows nothing."""

COUNT = 8
VECTOR = ir.VectorType(ir.IntType(64), COUNT)


class LanesType(types.Type):  # type: ignore[misc]
    """Numba's name for eight words in a register."""

    def __init__(self) -> None:
        super().__init__(name="Lanes")


@register_model(LanesType)
class LanesModel(models.PrimitiveModel):  # type: ignore[misc]
    """What they are to LLVM."""

    def __init__(self, manager: Any, numba_type: Any) -> None:
        super().__init__(manager, numba_type, VECTOR)


LANES = LanesType()


def constant(number: int) -> Any:
    """The same number in all lanes, for instructions."""
    return ir.Constant(VECTOR, [number] * COUNT)


def broadcast(builder: Any, word: Any) -> Any:
    one = builder.insert_element(ir.Constant(VECTOR, ir.Undefined), word, ir.IntType(32)(0))
    order = ir.Constant(ir.VectorType(ir.IntType(32), COUNT), [0] * COUNT)
    return builder.shuffle_vector(one, ir.Constant(VECTOR, ir.Undefined), order)


def _define(symbol: Any, write: Callable[[Any, Any, Any], Any]) -> None:
    """Teach Numba what ``symbol`` does to lanes."""

    class Operation(AbstractTemplate):  # type: ignore[misc]
        def generic(self, args: Any, kws: Any) -> Any:
            if len(args) == 2 and args[0] == LANES and args[1] in (LANES, types.uint64):
                return signature(LANES, *args)
            return None

    infer_global(symbol)(Operation)

    def of_lanes(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        return write(builder, args[0], args[1])

    def of_word(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        return write(builder, args[0], broadcast(builder, args[1]))

    lower_builtin(symbol, LANES, LANES)(of_lanes)
    lower_builtin(symbol, LANES, types.uint64)(of_word)


_define(operator.add, lambda builder, a, b: builder.add(a, b))
_define(operator.sub, lambda builder, a, b: builder.sub(a, b))
_define(operator.and_, lambda builder, a, b: builder.and_(a, b))
_define(operator.or_, lambda builder, a, b: builder.or_(a, b))
_define(operator.xor, lambda builder, a, b: builder.xor(a, b))
_define(operator.lshift, lambda builder, a, b: builder.shl(a, b))
_define(operator.rshift, lambda builder, a, b: builder.lshr(a, b))


@instruction
def everywhere(typing: Any, word: Any) -> Any:
    """The same word in all lanes."""

    def code(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        return broadcast(builder, args[0])

    return LANES(types.uint64), code


@instruction
def equal(typing: Any, a: Any, b: Any) -> Any:
    """The mask of the lanes in which ``a`` and ``b`` are equal."""

    def code(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        return builder.sext(builder.icmp_unsigned("==", args[0], args[1]), VECTOR)

    return LANES(LANES, LANES), code


@instruction
def below(typing: Any, a: Any, b: Any) -> Any:
    """The mask of the lanes in which ``a`` is less than ``b``, both without a sign."""

    def code(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        return builder.sext(builder.icmp_unsigned("<", args[0], args[1]), VECTOR)

    return LANES(LANES, LANES), code


@instruction
def choose(typing: Any, mask: Any, a: Any, b: Any) -> Any:
    """``a`` in the lanes that the mask picks, ``b`` in the others."""

    def code(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        mask, a, b = args
        return builder.or_(builder.and_(a, mask), builder.and_(b, builder.not_(mask)))

    return LANES(LANES, LANES, LANES), code
