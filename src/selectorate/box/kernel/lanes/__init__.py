"""The kernel's arithmetic for eight problems side by side, on processors that have AVX-512 IFMA.

IFMA multiplies eight pairs of 52-bit numbers with one instruction; the scalar kernel multiplies one pair of 64. What
is done for very many elements alike is four to ten times as fast for it. The modules mirror those of the scalar kernel,
which stays the reference: it does the same where there is no IFMA, and tests hold the two to one another. `vectors`
gives Numba a type for eight words in a register, `limbs` and `memory` speak LLVM's language, `field` and `points` stand
on them, then what calls of a pool need: `reading`, `products` with `terms`, and `totals`.

Lanes do not branch: where the scalar code has a case of its own, all lanes compute both and a mask chooses.
"""

from __future__ import annotations

__all__ = ["usable"]

NEEDED = {"+avx512f", "+avx512dq", "+avx512ifma"}


def usable() -> bool:
    """Whether Numba compiles for a processor that has what lanes need (``NUMBA_ENABLE_AVX=0`` says it has not).

    What is asked here is what Numba keeps compiled code under: code for another processor is never loaded.
    """
    from numba.core.registry import cpu_target

    _, _, features = cpu_target.target_context.codegen().magic_tuple()
    return set(features.split(",")) >= NEEDED
