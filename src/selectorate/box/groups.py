"""The groups of the protocol, for one element at a time and for secrets: what voters, trustees and registrars compute.

Elements are their canonical texts, as they stand in JSON and are hashed. Arithmetic with secret exponents is done by
libraries that take the same time whatever the secret (`ed25519`: libsodium; `finite`: GMP). What only checks public
values asks a pool instead (`selectorate.box.public`).

Source: Belenios specification 3.1, section 5.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from typing import Protocol

from ..errors import ProtocolError
from .shapes import Pattern

__all__ = ["Group", "group_named", "random_scalar"]


class Group(Protocol):
    """A cyclic group of prime order in which logarithms are hard to compute."""

    name: str
    """How the specification calls it; part of hashes."""
    q: int
    """Its order; a prime."""
    generator: str
    """The text of its generator ``g``."""
    identity: str
    """The text of its neutral element."""
    most_values: int
    """How many values from 0 to 255 one element can encode."""
    point: Pattern
    """The shape of an element's text. An element of this shape need not be in the group: :meth:`is_element` tells."""
    scalar: Pattern
    """The shape of a number from 0 to q - 1."""

    def is_element(self, text: str, /) -> bool:
        """Whether ``text`` is the canonical text of an element of the group, the identity included."""
        ...

    def power(self, base: str, exponent: int, /) -> str:
        """``base`` raised to ``exponent``, which may be secret. ``base`` is public and an element."""
        ...

    def power_g(self, exponent: int, /) -> str:
        """The generator raised to ``exponent``, which may be secret."""
        ...

    def multiply(self, first: str, second: str, /) -> str:
        """The product of two elements."""
        ...

    def invert(self, element: str, /) -> str:
        """The inverse of an element."""
        ...

    def encode(self, values: Sequence[int], /) -> str:
        """The element that stands for a vector of small integers (``of_ints`` of the specification).

        Raises ProtocolError if one is not a whole number from 0 to 255, or if they are more than ``most_values``.
        """
        ...

    def decode(self, element: str, count: int, /) -> list[int]:
        """The last ``count`` integers that ``element`` stands for (``to_ints``); any element gives some."""
        ...

    def sort_key(self, element: str, /) -> bytes:
        """Bytes that sort elements as the reference tool sorts them."""
        ...


def random_scalar(group: Group) -> int:
    """A secret number from 1 to q - 1, uniform, from the operating system's generator."""
    return 1 + secrets.randbelow(group.q - 1)


def checked_values(values: Sequence[int], most: int) -> None:
    """Raise ProtocolError unless ``values`` are at most ``most`` whole numbers from 0 to 255."""
    if len(values) > most:
        raise ProtocolError(
            f"a vector of {len(values)} values cannot be encoded in this group",
            check="answer.values",
            hint=f"It takes at most {most}",
        )
    if any(type(value) is not int or not 0 <= value <= 255 for value in values):
        raise ProtocolError("a value of an answer is not a whole number from 0 to 255", check="answer.values")


def group_named(name: str) -> Group:
    """The group that an election names. Raises ProtocolError if this program does not implement it."""
    from .ed25519 import ED25519
    from .finite import RFC_3526_2048

    for group in (ED25519, RFC_3526_2048):
        if group.name == name:
            return group
    raise ProtocolError(
        "the election names a group that is not implemented here", check="setup.group", hint="Ed25519 or RFC-3526-2048"
    )
