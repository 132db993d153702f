"""The group Ed25519 by libsodium: for secrets, one element at a time.

Only functions without clamping are used: clamping would change exponents silently. libsodium refuses the exponent 0
and the identity; both are handled here. Its additions do not check what they add, so nothing reaches them that was
not checked or computed here.

Source: Belenios specification 3.1, section 5.2.1. Encodings: a point's text is the hexadecimal of a 256-bit number,
libsodium's bytes are the same number with the least significant byte first.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

import nacl.bindings as sodium

from ..errors import MissingPartError, ProtocolError
from .groups import checked_values
from .shapes import Pattern

__all__ = ["ED25519", "Ed25519", "P", "Q"]

P = 2**255 - 19
"""The prime of the field."""
Q = 2**252 + 27742317777372353535851937790883648493
"""The prime order of the group."""
PADDING, BITS = 14, 8
_IDENTITY = (1).to_bytes(32, "little")


def to_bytes(text: str) -> bytes:
    """libsodium's bytes of a point's text (of the right shape)."""
    return bytes.fromhex(text)[::-1]


def to_text(point: bytes) -> str:
    """The text of libsodium's bytes of a point."""
    return point[::-1].hex()


class Ed25519:
    """The group; there is one, :data:`ED25519`."""

    name = "Ed25519"
    q = Q
    generator = "6666666666666666666666666666666666666666666666666666666666666658"
    identity = f"{1:064x}"
    most_values = 30
    point = Pattern("a point of Ed25519 in hexadecimal", re.compile("[0-9a-f]{64}", re.ASCII), "point")
    scalar = Pattern("a number below the order of Ed25519", re.compile("0|[1-9][0-9]{0,75}", re.ASCII), "scalar", Q)

    def is_element(self, text: str) -> bool:
        """Canonical, on the curve, in the subgroup of prime order."""
        if not self.point.pattern.fullmatch(text):
            return False
        point = to_bytes(text)
        if point == _IDENTITY:
            return True
        return int.from_bytes(point, "little") & (2**255 - 1) < P and bool(
            sodium.crypto_core_ed25519_is_valid_point(point)
        )

    def power(self, base: str, exponent: int) -> str:
        """By ``crypto_scalarmult_ed25519_noclamp``, in constant time."""
        point, exponent = to_bytes(base), exponent % Q
        if exponent == 0 or point == _IDENTITY:
            return self.identity
        try:
            return to_text(sodium.crypto_scalarmult_ed25519_noclamp(exponent.to_bytes(32, "little"), point))
        except RuntimeError:
            raise ProtocolError("a point is not in the group", check="points.group") from None

    def power_g(self, exponent: int) -> str:
        """By ``crypto_scalarmult_ed25519_base_noclamp``, in constant time."""
        exponent %= Q
        if exponent == 0:
            return self.identity
        return to_text(sodium.crypto_scalarmult_ed25519_base_noclamp(exponent.to_bytes(32, "little")))

    def multiply(self, first: str, second: str) -> str:
        """The sum of the points: the group is written multiplicatively."""
        return to_text(sodium.crypto_core_ed25519_add(to_bytes(first), to_bytes(second)))

    def invert(self, element: str) -> str:
        """The identity minus the point."""
        return to_text(sodium.crypto_core_ed25519_sub(_IDENTITY, to_bytes(element)))

    def encode(self, values: Sequence[int]) -> str:
        """The first point from the number that the values make on; one try in sixteen succeeds."""
        checked_values(values, self.most_values)
        start = int.from_bytes(bytes(values), "big") << PADDING
        for number in range(start, start + (1 << PADDING)):
            point = number.to_bytes(32, "little")
            if point == _IDENTITY or sodium.crypto_core_ed25519_is_valid_point(point):
                return to_text(point)
        raise ProtocolError("a vector of values has no point", check="answer.values")  # chance (15/16)^16384

    def decode(self, element: str, count: int) -> list[int]:
        """Only the low bytes above the padding are read, as the reference tool reads them."""
        number = (int(element, 16) & (2**255 - 1)) >> PADDING
        return list((number & (256**count - 1)).to_bytes(count, "big"))

    def sort_key(self, element: str) -> bytes:
        """The bytes of the point, least significant first."""
        return to_bytes(element)


ED25519 = Ed25519()


@cache
def self_test() -> None:
    """Raise MissingPartError unless libsodium is one that refuses points outside the subgroup of prime order.

    Older versions accept the generator plus the point of order two. The version of PyNaCl does not tell, since it
    may have been built against another libsodium.
    """
    if not (sodium.has_crypto_core_ed25519 and sodium.has_crypto_scalarmult_ed25519):
        raise MissingPartError("PyNaCl was built without the arithmetic of Ed25519", hint="Install a wheel of PyNaCl")
    tainted = to_bytes("9" * 63 + "5")
    generator = to_bytes(ED25519.generator)
    q_minus_1 = (Q - 1).to_bytes(32, "little")
    sound = (
        not sodium.crypto_core_ed25519_is_valid_point(tainted)
        and sodium.crypto_core_ed25519_is_valid_point(generator)
        and sodium.crypto_scalarmult_ed25519_base_noclamp((1).to_bytes(32, "little")) == generator
        and sodium.crypto_core_ed25519_add(sodium.crypto_scalarmult_ed25519_base_noclamp(q_minus_1), generator)
        == _IDENTITY
    )
    if not sound:
        raise MissingPartError(
            "the libsodium that is installed accepts points outside the group; no box is safe with it",
            hint="Install PyNaCl 1.6.2 or newer as a wheel",
        )


self_test()
