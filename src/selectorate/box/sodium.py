"""Ed25519 for public values by libsodium, one element after the other: slow and simple, and always there.

libsodium has no way to tell a point that is not in the group from a failure of its own (PyNaCl raises RuntimeError for
both), it refuses to multiply by zero or to multiply the identity, and it adds points that it has not checked. So
every element is tested as it is read, zero and the identity are dealt with here, and any refusal after that is an
error of the library. The variants of multiplication that "clamp" the exponent compute something else and are never
used.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import reduce
from itertools import chain
from typing import TypeVar

from nacl import bindings

from selectorate.box.public import Element, Product
from selectorate.errors import SelectorateError

__all__ = ["SodiumPool"]

P = 2**255 - 19
Q = 2**252 + 27742317777372353535851937790883648493

GENERATOR = bytes.fromhex("58" + "66" * 31)
IDENTITY = bytes([1]) + bytes(31)
TAINTED = bytes.fromhex("95" + "99" * 31)
"""The generator plus the point of order 2: old versions of libsodium take it for a point of the group."""

Given = TypeVar("Given")
Made = TypeVar("Made")

TEXT = re.compile("[0-9a-f]{64}")
MANY = 8
"""From this many products on, threads are worth it."""


def _sodium(function: Callable[..., bytes], *arguments: bytes) -> bytes:
    """Call libsodium for what it cannot refuse; raises SelectorateError if it does."""
    try:
        return function(*arguments)
    except RuntimeError as error:
        raise SelectorateError(
            f"libsodium refused {function.__name__} of elements that had been checked: {error}",
            hint="This is a fault of the library or of this program, not of the box",
        ) from error


def _add(a: bytes, b: bytes) -> bytes:
    return _sodium(bindings.crypto_core_ed25519_add, a, b)


def _power(base: bytes, exponent: int) -> bytes:
    """``exponent`` times ``base``, with an exponent in [0, q)."""
    if exponent == 0 or base == IDENTITY:
        return IDENTITY
    if exponent == 1:
        return base
    if base == GENERATOR:
        return _sodium(bindings.crypto_scalarmult_ed25519_base_noclamp, exponent.to_bytes(32, "little"))
    return _sodium(bindings.crypto_scalarmult_ed25519_noclamp, exponent.to_bytes(32, "little"), base)


def _product(terms: Sequence[tuple[bytes, int]]) -> bytes:
    return reduce(_add, [_power(base, exponent) for base, exponent in terms], IDENTITY)


def _exponent(number: int) -> int:
    if not 0 <= number < Q:
        raise ValueError("an exponent is not in [0, q)")
    return number


def _each(function: Callable[[Given], Made], givens: Sequence[Given]) -> list[Made]:
    """``function`` of each, by threads if there are many: libsodium does without the interpreter's lock.

    Each thread has one piece of the work, since handing over a piece costs more than an addition.
    """
    if len(givens) < MANY:
        return [function(given) for given in givens]
    threads = os.cpu_count() or 1
    pieces = [givens[len(givens) * i // threads : len(givens) * (i + 1) // threads] for i in range(threads)]
    with ThreadPoolExecutor(threads) as executor:
        return list(chain.from_iterable(executor.map(lambda piece: [function(given) for given in piece], pieces)))


def _decode(text: str) -> bytes | None:
    """The bytes of a canonical text of an element, else None."""
    if not TEXT.fullmatch(text):
        return None
    encoded = bytes.fromhex(text)[::-1]
    if encoded == IDENTITY:
        return encoded  # libsodium does not take it for a valid point
    y = int.from_bytes(encoded, "little") & (1 << 255) - 1
    # Here y = 1 has its sign bit set: x = 0 has no such form. (y = p - 1, of order 2, is out in any form.)
    if y >= P or y == 1:
        return None
    return encoded if bindings.crypto_core_ed25519_is_valid_point(encoded) else None


def _generator(number: int) -> bytes:
    """Independent generator ``number``. Source: Belenios specification 3.1, section 6, table 9."""
    x = int.from_bytes(hashlib.sha256(f"ggen|{number}".encode()).digest(), "big") >> 2
    while True:
        try:  # adding the identity fails if, and only if, no point has this y
            point: bytes = bindings.crypto_core_ed25519_add(x.to_bytes(32, "little"), IDENTITY)
            break
        except RuntimeError:
            x += 1
    for _ in range(3):  # times 8; libsodium would refuse to multiply what is not in the group yet
        point = _add(point, point)
    return point


class SodiumPool:
    """A `Pool` on Ed25519 by libsodium. Names of elements are never used twice; unknown ones raise IndexError."""

    q = Q
    generator: Element

    def __init__(self) -> None:
        if bindings.crypto_core_ed25519_is_valid_point(TAINTED):
            raise SelectorateError(
                "this libsodium takes points for group elements that are none (CVE-2025-69277)",
                hint="PyNaCl 1.6.2 or later brings one that does not",
            )
        self._points: dict[Element, bytes] = {}
        self._next = 0
        self._kept: set[Element] = set()
        self.generator = self._enter(GENERATOR)
        self.keep(self.generator)

    def read(self, texts: Sequence[str], /) -> list[Element | None]:
        """The elements written as ``texts``; None for each that is not the canonical text of one."""
        decoded = _each(_decode, texts)
        return [None if point is None else self._enter(point) for point in decoded]

    def is_identity(self, element: Element, /) -> bool:
        """Whether this is the neutral element."""
        return self._point(element) == IDENTITY

    def keep(self, element: Element, /) -> None:
        """Have ``element`` outlive :meth:`clear`; there are no tables."""
        self._point(element)
        self._kept.add(element)

    def products(self, requests: Sequence[Product], /) -> list[Element]:
        """The value of each product, in order. Raises ValueError for an exponent that is not in [0, q)."""
        known = [[(self._point(base), _exponent(number)) for base, number in request] for request in requests]
        return [self._enter(value) for value in _each(_product, known)]

    def total(self, elements: Sequence[Element], exponents: Sequence[int], /) -> Element:
        """The product of all ``elements``, each raised to its exponent. Raises ValueError if they differ in length."""
        if len(elements) != len(exponents):
            raise ValueError(f"{len(elements)} elements and {len(exponents)} exponents")
        terms = [(self._point(base), _exponent(number)) for base, number in zip(elements, exponents, strict=True)]
        return self._enter(reduce(_add, _each(lambda term: _power(*term), terms), IDENTITY))

    def generators(self, start: int, count: int, /) -> list[Element]:
        """The independent generators number ``start`` to ``start + count - 1``.

        Raises SelectorateError if one of them is the identity, the generator or another of them.
        """
        points = _each(_generator, range(start, start + count))
        if len({*points, IDENTITY, GENERATOR}) < count + 2:
            raise SelectorateError(f"among the generators {start} to {start + count - 1} some are not independent")
        return [self._enter(point) for point in points]

    def texts(self, elements: Sequence[Element], /) -> list[str]:
        """The canonical texts of ``elements``."""
        return [self._point(element)[::-1].hex() for element in elements]

    def pack(self, elements: Sequence[Element], /) -> bytes:
        """Elements as 32 bytes each."""
        return b"".join([self._point(element) for element in elements])

    def unpack(self, packed: bytes, /) -> list[Element]:
        """Elements put aside by :meth:`pack`. Raises ValueError if their length is not a whole number of elements."""
        if len(packed) % 32:
            raise ValueError(f"{len(packed)} bytes are not a whole number of packed elements")
        return [self._enter(packed[at : at + 32]) for at in range(0, len(packed), 32)]

    def clear(self) -> None:
        """Forget all elements but the generator and those that are kept."""
        self._points = {element: self._points[element] for element in sorted(self._kept)}

    # --- inside -------------------------------------------------------------------------------------------

    def _enter(self, point: bytes) -> Element:
        element = Element(self._next)
        self._points[element] = point
        self._next += 1
        return element

    def _point(self, element: Element) -> bytes:
        try:
            return self._points[element]
        except KeyError:
            raise IndexError(f"element {element} is not in this pool (it may have been cleared)") from None
