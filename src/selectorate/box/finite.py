"""The group RFC-3526-2048: squares modulo a safe prime of 2048 bits, by GMP.

Secret exponents go through ``powmod_sec``, which takes the same time for all exponents of a length; the exponent is
therefore lengthened by a multiple of q to a fixed number of bits.

Source: Belenios specification 3.1, sections 5.1 and 5.1.2; RFC 3526, section 3.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence

import gmpy2
from gmpy2 import mpz

from ..errors import ProtocolError
from .groups import checked_values
from .public import Element, Product
from .shapes import Pattern

__all__ = ["RFC_3526_2048", "FinitePool", "Rfc3526"]

P = int(
    "FFFFFFFFFFFFFFFFC90FDAA22168C234C4C6628B80DC1CD129024E088A67CC74020BBEA63B139B22514A08798E3404DD"
    "EF9519B3CD3A431B302B0A6DF25F14374FE1356D6D51C245E485B576625E7EC6F44C42E9A637ED6B0BFF5CB6F406B7ED"
    "EE386BFB5A899FA5AE9F24117C4B1FE649286651ECE45B3DC2007CB8A163BF0598DA48361C55D39A69163FA8FD24CF5F"
    "83655D23DCA3AD961C62F356208552BB9ED529077096966D670C354E4ABC9804F1746C08CA18217C32905E462E36CE3B"
    "E39E772C180E86039B2783A2EC07A28FB5C55DF06F4C52C9DE2BCBF6955817183995497CEA956AE515D2261898FA0510"
    "15728E5A8AACAA68FFFFFFFFFFFFFFFF",
    16,
)
"""The safe prime."""
Q = (P - 1) // 2
"""The prime order of the squares."""
G = 2
PADDING, BITS = 8, 8
_P, _Q = mpz(P), mpz(Q)


def _is_square(number: mpz) -> bool:
    """Whether a number from 1 to p - 1 is in the group: the squares are the subgroup of order q."""
    return bool(gmpy2.jacobi(number, _P) == 1)


class Rfc3526:
    """The group; there is one, :data:`RFC_3526_2048`."""

    name = "RFC-3526-2048"
    q = Q
    generator = str(G)
    identity = "1"
    most_values = 254
    point = Pattern(
        "a number below the prime of RFC-3526-2048", re.compile("0|[1-9][0-9]{0,616}", re.ASCII), "point", P
    )
    scalar = Pattern(
        "a number below the order of RFC-3526-2048", re.compile("0|[1-9][0-9]{0,616}", re.ASCII), "scalar", Q
    )

    def is_element(self, text: str) -> bool:
        """A number from 1 to p - 1 in canonical decimal that is a square."""
        if not self.point.pattern.fullmatch(text):
            return False
        number = mpz(text)
        return bool(0 < number < _P) and _is_square(number)

    def power(self, base: str, exponent: int) -> str:
        """By ``powmod_sec``; exponents are from q to 2q, so that their length does not tell them."""
        return str(gmpy2.powmod_sec(mpz(base), exponent % Q + Q, _P))

    def power_g(self, exponent: int) -> str:
        """As :meth:`power`."""
        return self.power(self.generator, exponent)

    def multiply(self, first: str, second: str) -> str:
        """The product modulo p."""
        return str(mpz(first) * mpz(second) % _P)

    def invert(self, element: str) -> str:
        """The inverse modulo p."""
        return str(gmpy2.invert(mpz(element), _P))

    def encode(self, values: Sequence[int]) -> str:
        """The first square from the number that the values make on; one in two is a square."""
        checked_values(values, self.most_values)
        start = int.from_bytes(bytes(values), "big") << PADDING
        for number in range(start, start + (1 << PADDING)):
            if 0 < number < P and _is_square(mpz(number)):
                return str(number)
        raise ProtocolError("a vector of values has no element", check="answer.values")  # chance 2^-256

    def decode(self, element: str, count: int) -> list[int]:
        """Only the low bytes above the padding are read, as the reference tool reads them."""
        number = int(element) >> PADDING
        return list((number & (256**count - 1)).to_bytes(count, "big"))

    def sort_key(self, element: str) -> bytes:
        """The number with a fixed length."""
        return int(element).to_bytes(256, "big")


RFC_3526_2048 = Rfc3526()


class FinitePool:
    """The pool of this group: one number at a time, by GMP."""

    q = Q
    generator = Element(0)

    def __init__(self) -> None:
        self._numbers: list[mpz] = []
        self._first = 1  # the name of the first of them: names are not used again
        self._kept: dict[Element, mpz] = {self.generator: mpz(G)}

    def _enter(self, number: mpz) -> Element:
        self._numbers.append(number)
        return Element(self._first + len(self._numbers) - 1)

    def _number(self, element: Element) -> mpz:
        kept = self._kept.get(element)
        return self._numbers[element - self._first] if kept is None else kept

    def read(self, texts: Sequence[str]) -> list[Element | None]:
        """See `selectorate.box.public.Pool.read`."""
        return [self._enter(mpz(text)) if RFC_3526_2048.is_element(text) else None for text in texts]

    def is_identity(self, element: Element) -> bool:
        """See `selectorate.box.public.Pool.is_identity`."""
        return bool(self._number(element) == 1)

    def keep(self, element: Element) -> None:
        """No table is made here; the name stays valid."""
        self._kept[element] = self._number(element)

    def products(self, requests: Sequence[Product]) -> list[Element]:
        """See `selectorate.box.public.Pool.products`."""
        return [self._enter(self._product(request)) for request in requests]

    def _product(self, request: Product) -> mpz:
        value = mpz(1)
        for base, exponent in request:
            if not 0 <= exponent < Q:
                raise ValueError("an exponent is not in [0, q)")
            value = value * gmpy2.powmod(self._number(base), exponent, _P) % _P
        return value

    def total(self, elements: Sequence[Element], exponents: Sequence[int]) -> Element:
        """See `selectorate.box.public.Pool.total`."""
        return self._enter(self._product(list(zip(elements, exponents, strict=True))))

    def generators(self, start: int, count: int) -> list[Element]:
        """Hashes of the numbers, squared. Source: Belenios specification 3.1, section 6, table 8."""
        found = []
        for number in range(start, start + count):
            seed = int.from_bytes(hashlib.sha256(f"ggen|{number}".encode()).digest(), "big")
            value = gmpy2.powmod(seed, 2, _P)
            if value in (0, 1, G):
                raise ProtocolError(f"generator {number} cannot be used", check="shuffle.generators")
            found.append(self._enter(value))
        return found

    def texts(self, elements: Sequence[Element]) -> list[str]:
        """See `selectorate.box.public.Pool.texts`."""
        return [str(self._number(element)) for element in elements]

    def pack(self, elements: Sequence[Element]) -> bytes:
        """256 bytes an element."""
        return b"".join(int(self._number(element)).to_bytes(256, "big") for element in elements)

    def unpack(self, packed: bytes) -> list[Element]:
        """See `selectorate.box.public.Pool.unpack`."""
        return [
            self._enter(mpz(int.from_bytes(packed[start : start + 256], "big"))) for start in range(0, len(packed), 256)
        ]

    def clear(self) -> None:
        """See `selectorate.box.public.Pool.clear`."""
        self._first += len(self._numbers)
        self._numbers.clear()
