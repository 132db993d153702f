"""Arithmetic on public values, for many group elements at once: what every check of a box is written against.

A :class:`Pool` holds group elements and computes with them. Elements are named by their position in the pool
(:data:`Element`), so that a check can ask for a thousand commitments in one call and never handles coordinates.
Three pools exist: `selectorate.box.kernel` (Ed25519, compiled by Numba; fast, variable time),
`selectorate.box.sodium` (Ed25519, libsodium one by one) and `selectorate.box.finite` (RFC-3526-2048, gmpy2).
They give the same answers; tests hold them to one another.

Nothing secret may enter a pool: its arithmetic may take a time that depends on the values.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NewType, Protocol, TypeAlias

__all__ = ["Element", "Pool", "Product"]

Element = NewType("Element", int)
"""A group element of one pool, by its position there. Never valid in another pool."""

Product: TypeAlias = Sequence[tuple[Element, int]]
"""A product of powers: pairs of base and exponent, with exponents in [0, q). The empty product is the identity."""


class Pool(Protocol):
    """Group elements that were read or computed, and what checks need to do with them.

    Elements enter by :meth:`read`, which tests each by itself; all others are computed from them.
    """

    q: int
    """The order of the group; a prime."""

    generator: Element
    """The group's generator ``g``, an element of every pool."""

    def read(self, texts: Sequence[str], /) -> list[Element | None]:
        """The elements written as ``texts`` (the JSON text form), in their order.

        None stands for a text that is not the canonical text of an element of the prime-order (sub)group. Each
        is tested by itself and never by a combination. The identity is an element: who may not take it asks
        :meth:`is_identity`.
        """
        ...

    def is_identity(self, element: Element, /) -> bool:
        """Whether this is the neutral element."""
        ...

    def keep(self, element: Element, /) -> None:
        """Say that ``element`` will be the base of very many powers, so that a table is worth its making."""
        ...

    def products(self, requests: Sequence[Product], /) -> list[Element]:
        """The value of each product, in order. Most have one or two bases besides those that are kept."""
        ...

    def total(self, elements: Sequence[Element], exponents: Sequence[int], /) -> Element:
        """The product of all ``elements``, each raised to its exponent (in [0, q)): thousands of them at once.

        Raises ValueError if the two differ in length.
        """
        ...

    def generators(self, start: int, count: int, /) -> list[Element]:
        """The independent generators number ``start`` to ``start + count - 1`` (-1 is the secondary one).

        Source: Belenios specification 3.1, section 6, tables 6 to 9.
        """
        ...

    def texts(self, elements: Sequence[Element], /) -> list[str]:
        """The canonical texts of ``elements``, as JSON and hashes have them."""
        ...

    def pack(self, elements: Sequence[Element], /) -> bytes:
        """Elements as bytes of a fixed size each, to be put aside: for :meth:`unpack` of the same kind of pool."""
        ...

    def unpack(self, packed: bytes, /) -> list[Element]:
        """Elements put aside by :meth:`pack`, trusted: they are not tested again."""
        ...

    def clear(self) -> None:
        """Forget all elements but the generator and those that are kept; their names stay valid."""
        ...
