"""One trustee's key: the private number, and the public key with the proof that somebody has it.

Source: Belenios specification 3.1, section 4.5.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NotRequired, TypeAlias, TypedDict

from ...errors import ProtocolError
from .. import canonical
from ..groups import Group, random_scalar
from ..public import Element, Pool
from ..shapes import Fields, Text, require
from . import proofs
from .proofs import Check, Proof

__all__ = [
    "Labelled",
    "PrivateKey",
    "TrusteePublicKey",
    "failed",
    "key_faults",
    "key_shape",
    "make_key",
    "possession",
    "private_key_text",
    "proof_shape",
    "public_key_of",
    "read_again",
    "read_points",
    "read_private_key",
    "read_public_key",
    "same_points",
]

Labelled: TypeAlias = tuple[str, Check]
"""A check, and the sentence that is said if it does not hold."""


class TrusteePublicKey(TypedDict):
    """A trustee's public key as it stands in JSON (``trustee_public_key``).

    ``signature`` is there if the key is a share of a threshold key. ``name`` is of release 3.3.0, not of the
    specification: what the trustee is called, said by nobody under oath.
    """

    pok: Proof
    public_key: str
    signature: NotRequired[Proof]
    name: NotRequired[str]


@dataclass(frozen=True, repr=False)
class PrivateKey:
    """A trustee's private key: a number modulo q. Nothing prints it."""

    exponent: int

    def __repr__(self) -> str:
        return "<private key>"


def proof_shape(group: Group) -> Fields:
    """What a proof or signature looks like."""
    return Fields((("challenge", group.scalar), ("response", group.scalar)))


def key_shape(group: Group, *, signed: bool) -> Fields:
    """What a ``trustee_public_key`` looks like; ``signed``: as a share of a threshold key."""
    proof = proof_shape(group)
    signature = (("signature", proof),) if signed else ()
    fields = (("pok", proof), ("public_key", group.point), *signature, ("name", Text()))
    return Fields(fields, frozenset({"name"}))


# --- making ----------------------------------------------------------------------------------------------


def make_key(group: Group) -> tuple[PrivateKey, TrusteePublicKey]:
    """A new key of a trustee without whom nothing is opened ("Single"): the private part, and what is published."""
    private = PrivateKey(random_scalar(group))
    return private, public_key_of(group, private)


def public_key_of(group: Group, private: PrivateKey) -> TrusteePublicKey:
    """The public part of a key, with a new proof of possession."""
    public = group.power_g(private.exponent)
    return {"pok": proofs.prove_possession(group, private.exponent, public), "public_key": public}


def private_key_text(private: PrivateKey) -> bytes:
    """The bytes of a private key as the reference tool keeps it (``.privkey``); a secret."""
    return canonical.dumps(str(private.exponent)).encode("ascii")


# --- reading ---------------------------------------------------------------------------------------------


def read_private_key(raw: bytes, group: Group) -> PrivateKey:
    """The private key whose bytes are ``raw`` (``.privkey``; a line end is allowed).

    Raises ProtocolError (``keys.private``) if it is none; the message does not repeat it.
    """
    check, what = "keys.private", "the private key"
    value = canonical.loads(raw.removesuffix(b"\n"), what=what, check=check)
    require(group.scalar, value, what, check=check)
    if value == "0":
        raise ProtocolError("the private key is zero", check=check)
    return PrivateKey(int(value))


def read_public_key(raw: bytes, group: Group) -> TrusteePublicKey:
    """The public key of a single trustee whose bytes are ``raw`` (``.pubkey``; a line end is allowed).

    Raises ProtocolError (``keys.public``) if it has not the form. Whether its proof holds: `key_faults`.
    """
    check, what = "keys.public", "the public key"
    key: TrusteePublicKey = canonical.loads(raw.removesuffix(b"\n"), what=what, check=check)
    require(key_shape(group, signed=False), key, what, check=check)
    return key


# --- checking --------------------------------------------------------------------------------------------


def key_faults(pool: Pool, group: Group, key: TrusteePublicKey, what: str = "the public key") -> Iterator[str]:
    """A sentence for each thing that is wrong with a key of the right shape. Source: sections 3.1.1 and 4.5."""
    elements = yield from read_points(pool, [(what, key["public_key"])])
    if elements:
        yield from failed(pool, [possession(pool, group, elements[0], key, what)])


def possession(pool: Pool, group: Group, element: Element, key: TrusteePublicKey, what: str) -> Labelled:
    """The check of the proof of ``key``, whose point was read as ``element``."""
    check = proofs.check_possession(pool, group.name, element, key["public_key"], key["pok"])
    return f"the proof of possession of {what} does not hold", check


def read_points(pool: Pool, points: Sequence[tuple[str, str]]) -> Generator[str, None, list[Element]]:
    """Read ``points``, each with what it is called: yields what is wrong, returns the elements.

    A point that is not in the group is refused, and so is the identity, which is nobody's key. Where one is refused,
    none are returned: nothing is computed with their neighbours.
    """
    elements = pool.read([text for _, text in points])
    sound: list[Element] = []
    for (what, _), element in zip(points, elements, strict=True):
        if element is None:
            yield f"{what} is not in the group"
        elif pool.is_identity(element):
            yield f"{what} is the identity"
        else:
            sound.append(element)
    return sound if len(sound) == len(points) else []


def read_again(pool: Pool, texts: Iterable[str]) -> list[Element]:
    """The elements of points that `read_points` has found nothing wrong with."""
    return [element for element in pool.read(list(texts)) if element is not None]


def same_points(points: Iterable[tuple[str, str]]) -> Iterator[str]:
    """A sentence for each of ``points`` that was there before: two keys of two trustees are never the same."""
    seen: dict[str, str] = {}
    for what, text in points:
        if text in seen:
            yield f"{what} is the same as {seen[text]}"
        seen.setdefault(text, what)


def failed(pool: Pool, checks: Sequence[Labelled]) -> Iterator[str]:
    """Run ``checks``, all in one; the sentences of those that do not hold."""
    verdicts = proofs.run(pool, [check for _, check in checks])
    for (sentence, _), holds in zip(checks, verdicts, strict=True):
        if not holds:
            yield sentence
