"""Reading and writing numbers in flat arrays of uint64, without slices and without Python's rule for negative indices.

The caller answers for ``at``: nothing checks it against the end of the array, as in all compiled code here. Every
position that comes from outside is checked by `pool` before it goes in.
"""

from __future__ import annotations

from typing import Any

from numba import types
from numba.core import cgutils

from selectorate.box.kernel.compiling import instruction
from selectorate.box.kernel.limbs import FIELD, WORD

__all__ = ["load", "load_words", "store", "store_words"]

WORDS = types.UniTuple(types.uint64, 4)
ARRAY = types.Array(types.uint64, 1, "C")


def _place(context: Any, builder: Any, array: Any, at: Any, i: int) -> Any:
    data = context.make_array(ARRAY)(context, builder, array).data
    return builder.gep(data, [builder.add(at, WORD(i))])


def _loading(count: int) -> Any:
    def code(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        number = cgutils.get_null_value(context.get_value_type(signature.return_type))
        for i in range(count):
            word = builder.load(_place(context, builder, args[0], args[1], i))
            number = builder.insert_value(number, word, i)
        return number

    return code


def _storing(count: int) -> Any:
    def code(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        for i in range(count):
            word = builder.extract_value(args[2], i)
            builder.store(word, _place(context, builder, args[0], args[1], i))
        return context.get_dummy_value()

    return code


@instruction
def load(typing: Any, array: Any, at: Any) -> Any:
    """The five limbs at ``array[at:]``."""
    return FIELD(ARRAY, types.int64), _loading(5)


@instruction
def store(typing: Any, array: Any, at: Any, number: Any) -> Any:
    """Write five limbs at ``array[at:]``."""
    return types.void(ARRAY, types.int64, FIELD), _storing(5)


@instruction
def load_words(typing: Any, array: Any, at: Any) -> Any:
    """The four words at ``array[at:]``."""
    return WORDS(ARRAY, types.int64), _loading(4)


@instruction
def store_words(typing: Any, array: Any, at: Any, words: Any) -> Any:
    """Write four words at ``array[at:]``."""
    return types.void(ARRAY, types.int64, WORDS), _storing(4)
