"""Certificates: which keys a trustee of a threshold key signs and reads with, said by the trustee himself.

``threshold`` is how many trustees suffice (``t + 1`` of the specification); trustees are counted from 1.

Source: Belenios specification 3.1, sections 3.1.1 and 4.6.2.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ...errors import ProtocolError
from ..groups import Group
from ..public import Pool
from ..shapes import Fields, Small, Text
from . import proofs
from .channels import SignedMessage, signed_shape
from .keys import failed, read_points

__all__ = [
    "MOST_TRUSTEES",
    "Certificate",
    "certificate_faults",
    "certificate_shape",
    "channel_keys",
    "require_context",
]

MOST_TRUSTEES = 255
"""Trustees of one threshold key: each sends a message to each, so that many make 65,025 of them."""


@dataclass(frozen=True)
class Certificate:
    """A trustee's certificate of the right shape: ``signed`` as it is passed on, and what it says."""

    signed: SignedMessage
    size: int
    threshold: int
    index: int
    verification: str
    encryption: str

    @classmethod
    def of(cls, signed: SignedMessage) -> Certificate:
        """What ``signed`` says, whose shape was checked (`certificate_shape`)."""
        said = json.loads(signed["message"])
        context = said["context"]
        return cls(
            signed, context["size"], context["threshold"], context["index"], said["verification"], said["encryption"]
        )


def certificate_shape(group: Group) -> Fields:
    """What a certificate looks like. Source: section 4.6.2."""
    number = Small(1, MOST_TRUSTEES)
    context = Fields((("group", Text((group.name,))), ("size", number), ("threshold", number), ("index", number)))
    keys = Fields((("context", context), ("verification", group.point), ("encryption", group.point)))
    return signed_shape(group, keys)


def require_context(threshold: int, size: int) -> None:
    """Raise ProtocolError (``keys.context``) unless ``threshold`` of ``size`` trustees can share a key.

    A threshold of all of them is none: whoever wants that gives each a key of their own ("Single").
    """
    if not 1 <= threshold < size <= MOST_TRUSTEES:
        raise ProtocolError(
            f"a key cannot be shared by {size} trustees so that {threshold} suffice",
            check="keys.context",
            hint=f"At least 1 and not all of them have to suffice, and they are at most {MOST_TRUSTEES}",
        )


def certificate_faults(
    pool: Pool, certificate: Certificate, *, number: int, index: int, threshold: int, size: int
) -> Iterator[str]:
    """What is wrong with the certificate of trustee ``number``, who is to be the one at ``index`` of ``size``.

    Steps 1 and 2 of the key establishment. Sources: sections 3.1.1 and 4.6.2.
    """
    what = f"the certificate of trustee {number}"
    said = (certificate.index, certificate.threshold, certificate.size)
    if said != (index, threshold, size) or not (1 <= index <= size and 1 <= threshold < size):
        yield (
            f"{what} is for number {said[0]} of a key of which {said[1]} of {said[2]} trustees suffice, "
            f"and stands as number {index} of one of which {threshold} of {size} suffice"
        )
    points = [(f"the {kind} key of {what}", text) for kind, text in _both_keys(certificate)]
    elements = yield from read_points(pool, points)
    if elements:
        signed = certificate.signed
        check = proofs.check_signed_message(pool, elements[0], signed["message"], signed["signature"])
        yield from failed(pool, [(f"{what} is not signed by its own key", check)])


def _both_keys(certificate: Certificate) -> list[tuple[str, str]]:
    return [("verification", certificate.verification), ("encryption", certificate.encryption)]


def channel_keys(certificates: Sequence[Certificate], first: int = 1) -> list[tuple[str, str]]:
    """All keys of the certificates, each with what it is called; no two may be the same."""
    return [
        (f"the {kind} key of the certificate of trustee {number}", text)
        for number, certificate in enumerate(certificates, start=first)
        for kind, text in _both_keys(certificate)
    ]
