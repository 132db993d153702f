"""Which pool checks a group's public values: the compiled one where it is installed, or libsodium, or GMP."""

from __future__ import annotations

from typing import Literal, TypeAlias

from ..errors import MissingPartError
from .groups import Group
from .public import Pool

__all__ = ["Arithmetic", "new_pool"]

Arithmetic: TypeAlias = Literal["auto", "kernel", "libsodium"]
"""How public values of Ed25519 are computed with: ``auto`` takes the kernel where Numba is installed."""


def new_pool(group: Group, arithmetic: Arithmetic = "auto") -> Pool:
    """An empty pool for ``group``. Raises MissingPartError if the kernel is asked for and Numba is not there."""
    if group.name != "Ed25519":
        from .finite import FinitePool

        return FinitePool()
    if arithmetic != "libsodium":
        from .kernel import available

        if available():
            from .kernel.pool import KernelPool

            return KernelPool()
        if arithmetic == "kernel":
            raise MissingPartError(
                "the fast arithmetic needs Numba, which is not installed",
                hint="pip install 'selectorate[fast]', or --arithmetic libsodium",
            )
    from .sodium import SodiumPool

    return SodiumPool()
