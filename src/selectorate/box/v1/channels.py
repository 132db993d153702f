"""How trustees talk to one another through a server that they need not trust: keys of one evening, signed and sealed.

Each trustee draws a seed; from it come a key to sign with and a key to read with. Whoever has the seed is the trustee.
What is inside a sealed message is secret, so its signature is checked by the group, as secrets are handled, and not by
a pool.

Source: Belenios specification 3.1, sections 4.6.1 and 4.6.3. Found by experiment with release 3.3.0, where the text is
silent: the AES key and the initialization vector are the 32 bytes of the digests, what is hashed is the canonical text
of the point, and the tag stands at the end of the data.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from typing import TypedDict

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from ...errors import ProtocolError
from .. import canonical
from ..groups import Group, random_scalar
from ..shapes import Fields, Nested, Pattern, Shape, Text, require
from . import proofs
from .credentials import BASE58, token
from .hashes import challenge
from .keys import proof_shape
from .proofs import Proof

__all__ = ["Channel", "Seed", "SignedMessage", "read_seed", "receive", "send", "signed_shape"]

ALGORITHM = "AES-GCM"
MOST_DATA = 1024 * 1024
"""Bytes of one sealed message: a polynomial of 255 coefficients in the larger group needs a fifth of it."""
_HEX = Pattern("data in hexadecimal", re.compile(f"(?:[0-9a-f]{{2}}){{1,{MOST_DATA}}}", re.ASCII))
_SEED = re.compile(f"[{BASE58}]{{22}}", re.ASCII)


class SignedMessage(TypedDict):
    """A message with its signature, as it stands in JSON (``signed_msg``)."""

    message: str
    signature: Proof


@dataclass(frozen=True, repr=False)
class Seed:
    """The secret from which a trustee's keys come: 22 Base58 characters. Nothing prints it."""

    text: str

    def __repr__(self) -> str:
        return "<seed>"

    @classmethod
    def generate(cls) -> Seed:
        """A new seed, from the operating system's generator."""
        return cls(token())


def read_seed(raw: bytes) -> Seed:
    """The seed whose bytes are ``raw`` (the reference tool's ``.key``; a line end is allowed).

    Raises ProtocolError (``keys.seed``) if it is none; the message does not repeat it.
    """
    text = raw.removesuffix(b"\n").decode("ascii", "replace")
    if not _SEED.fullmatch(text):
        raise ProtocolError("this is not a seed", check="keys.seed", hint="A seed is 22 letters and digits")
    return Seed(text)


@dataclass(frozen=True, repr=False)
class Channel:
    """One trustee's end of all channels: what is derived from the seed. Nothing prints its secrets."""

    group: Group
    signing: int = field(compare=False)
    decryption: int = field(compare=False)
    verification_key: str
    encryption_key: str

    def __repr__(self) -> str:
        return f"<channel of {self.verification_key[:8]}>"

    @classmethod
    def of(cls, group: Group, seed: Seed) -> Channel:
        """The keys that come from ``seed``. Source: section 4.6.1, "Deriving keys"."""
        sk, dk = (challenge(f"{prefix}|{seed.text}", group.q) for prefix in ("sk", "dk"))
        return cls(group, sk, dk, group.power_g(sk), group.power_g(dk))

    def sign(self, message: str) -> SignedMessage:
        """``message`` with this trustee's signature."""
        return {"message": message, "signature": proofs.prove_signed_message(self.group, self.signing, message)}


def signed_shape(group: Group, inner: Shape) -> Fields:
    """What a signed message looks like that holds JSON of the shape ``inner``."""
    return Fields((("message", Nested(inner)), ("signature", proof_shape(group))))


# --- sealing ---------------------------------------------------------------------------------------------


def encrypt(group: Group, encryption_key: str, message: str) -> str:
    """``message`` so that only the owner of ``encryption_key``, a point of the group, can read it.

    Source: section 4.6.1, "Encrypting".
    """
    r, s = random_scalar(group), random_scalar(group)
    alpha, shared = group.power_g(r), group.power_g(s)
    beta = group.multiply(group.power(encryption_key, r), shared)
    data = AESGCM(_sha256(f"key|{shared}")).encrypt(_sha256(f"iv|{alpha}"), message.encode("utf-8"), None)
    return canonical.dumps({"algorithm": ALGORITHM, "alpha": alpha, "beta": beta, "data": data.hex()})


def decrypt(channel: Channel, text: str) -> bytes:
    """What ``text`` holds, which was encrypted for this trustee.

    Raises ProtocolError (``channel.sealed``) if it was not, or was changed. Source: section 4.6.1, "Encrypting".
    """
    group, check, what = channel.group, "channel.sealed", "the sealed message"
    value = canonical.loads(text.encode("utf-8", "surrogatepass"), what=what, check=check)
    require(sealed_shape(group), value, what, check=check)
    alpha, beta = value["alpha"], value["beta"]
    for point in (alpha, beta):
        if not group.is_element(point) or point == group.identity:
            raise ProtocolError("a point of the sealed message is not in the group", check=check)
    shared = group.multiply(beta, group.invert(group.power(alpha, channel.decryption)))
    try:
        return AESGCM(_sha256(f"key|{shared}")).decrypt(_sha256(f"iv|{alpha}"), bytes.fromhex(value["data"]), None)
    except InvalidTag:
        raise ProtocolError("the sealed message cannot be opened: it is for somebody else", check=check) from None


def sealed_shape(group: Group) -> Fields:
    """What an encrypted message looks like; no algorithm but the one is taken."""
    fields = (("algorithm", Text((ALGORITHM,))), ("alpha", group.point), ("beta", group.point), ("data", _HEX))
    return Fields(fields)


def _sha256(text: str) -> bytes:
    return hashlib.sha256(text.encode("ascii")).digest()


# --- channels --------------------------------------------------------------------------------------------


def send(channel: Channel, recipient: str, message: str) -> str:
    """``message`` signed, and sealed for ``recipient``, an encryption key. Source: section 4.6.3."""
    addressed = canonical.dumps({"recipient": recipient, "message": message})
    return encrypt(channel.group, recipient, canonical.dumps(channel.sign(addressed)))


def receive(channel: Channel, sender: str, text: str, inner: Shape) -> str:
    """The message in ``text``, JSON of the shape ``inner``, for this trustee and from ``sender``, a verification key.

    Raises ProtocolError (``channel.sealed``, ``channel.message``, ``channel.signature``, ``channel.recipient``); none
    repeats what the message says. Source: section 4.6.3.
    """
    group, what = channel.group, "the message"
    signed = canonical.loads(decrypt(channel, text), what=what, check="channel.message")
    addressed = Fields((("recipient", group.point), ("message", Nested(inner))))
    require(signed_shape(group, addressed), signed, what, check="channel.message")
    if not _is_signed(group, sender, signed):
        raise ProtocolError("the message is not signed by its sender", check="channel.signature")
    opened = canonical.loads(signed["message"].encode("utf-8"), what=what, check="channel.message")
    if opened["recipient"] != channel.encryption_key:
        raise ProtocolError("the message is for somebody else", check="channel.recipient")
    return str(opened["message"])


def _is_signed(group: Group, verification_key: str, signed: SignedMessage) -> bool:
    """As `proofs.check_signed_message`, for a message that is secret."""
    c, r = proofs.numbers(signed["signature"])
    a = group.multiply(group.power_g(r), group.power(verification_key, c))
    return challenge(f"sigmsg|{signed['message']}|{a}", group.q) == c
