"""Ed25519 for public values, compiled by Numba: very many elements at once, on all cores, in variable time.

From the ground up: `limbs` and `memory` speak LLVM's language (products of 128 bits, and reading arrays); on them stand
`field` (modulo 2^255 - 19), `points`, and what each call of a pool needs: `reading`, `products` with `tables`,
`totals`, `generating`. These are compiled, by `compiling`. `lanes` does some of it for eight elements at a time, where
the processor can. Plain Python again are `store` (names and rows), `texts`, `threads` and `pool`.

Compiled code checks no bounds and raises no errors: what goes in has been checked by `pool`. Numba is optional:
without it `available` says no, and `selectorate.box.sodium` does the same arithmetic.
"""

from __future__ import annotations

import importlib.util
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from selectorate.box.kernel.pool import KernelPool

__all__ = ["KernelPool", "available"]


def available() -> bool:
    """Whether `KernelPool` can be had here: Numba is installed, and the machine stores low bytes first."""
    return sys.byteorder == "little" and importlib.util.find_spec("numba") is not None


def __getattr__(name: str) -> Any:
    """`KernelPool`, imported when it is asked for: Numba takes half a second to import, or is not there."""
    if name == "KernelPool":
        from selectorate.box.kernel.pool import KernelPool

        return KernelPool
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
