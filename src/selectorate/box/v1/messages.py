"""What trustees and the server send one another while a threshold key is made: shapes, and reading.

Source: Belenios specification 3.1, sections 4.6.2 and 4.6.4 to 4.6.6.
"""

from __future__ import annotations

from typing import Any, TypedDict

from .. import canonical
from ..groups import Group
from ..shapes import Fields, Items, Nested, Shape, require
from .certificates import Certificate, certificate_shape
from .channels import SignedMessage, sealed_shape
from .keys import TrusteePublicKey, key_shape, proof_shape
from .proofs import Proof
from .threshold import coefexps_shape

__all__ = [
    "Polynomial",
    "Vinput",
    "Voutput",
    "polynomial_shape",
    "read_certificate",
    "read_polynomial",
    "read_vinput",
    "read_voutput",
    "vinput_shape",
    "voutput_shape",
]


class Polynomial(TypedDict):
    """What a trustee gives in step 3: his coefficients sealed for himself, a value sealed for each, and the points."""

    polynomial: str
    secrets: list[str]
    coefexps: SignedMessage
    signature: Proof


class Vinput(TypedDict):
    """What a trustee gets in step 5: his own coefficients, the values for him, the points of all."""

    polynomial: str
    secrets: list[str]
    coefexps: list[SignedMessage]
    signatures: list[Proof]


class Voutput(TypedDict):
    """What a trustee gives in step 5: his share of the key sealed for himself, and its public part."""

    private_key: str
    public_key: TrusteePublicKey


# --- shapes ----------------------------------------------------------------------------------------------


def polynomial_shape(group: Group, size: int | None = None, threshold: int | None = None) -> Fields:
    """What a polynomial of ``size`` trustees looks like. Source: section 4.6.4."""
    sealed = Nested(sealed_shape(group))
    return Fields(
        (
            ("polynomial", sealed),
            ("secrets", Items(sealed, size, least=1)),
            ("coefexps", coefexps_shape(group, threshold)),
            ("signature", proof_shape(group)),
        )
    )


def vinput_shape(group: Group, size: int | None = None, threshold: int | None = None) -> Fields:
    """What a vinput of ``size`` trustees looks like. Source: section 4.6.5."""
    sealed = Nested(sealed_shape(group))
    return Fields(
        (
            ("polynomial", sealed),
            ("secrets", Items(sealed, size, least=1)),
            ("coefexps", Items(coefexps_shape(group, threshold), size)),
            ("signatures", Items(proof_shape(group), size)),
        )
    )


def voutput_shape(group: Group) -> Fields:
    """What a voutput looks like. Source: section 4.6.6."""
    return Fields((("private_key", Nested(sealed_shape(group))), ("public_key", key_shape(group, signed=True))))


def _read(raw: bytes, shape: Shape, what: str, check: str) -> Any:
    value = canonical.loads(raw.removesuffix(b"\n"), what=what, check=check)
    require(shape, value, what, check=check)
    return value


def read_certificate(raw: bytes, group: Group) -> Certificate:
    """The certificate whose bytes are ``raw`` (``.cert``; a line end is allowed, as in all files of the tool).

    Raises ProtocolError (``keys.certificate``) if it has not the form.
    """
    return Certificate.of(_read(raw, certificate_shape(group), "the certificate", "keys.certificate"))


def read_polynomial(raw: bytes, group: Group) -> Polynomial:
    """The polynomial whose bytes are ``raw``. Raises ProtocolError (``keys.polynomial``) if it has not the form."""
    value: Polynomial = _read(raw, polynomial_shape(group), "the polynomial", "keys.polynomial")
    return value


def read_vinput(raw: bytes, group: Group) -> Vinput:
    """The vinput whose bytes are ``raw``. Raises ProtocolError (``keys.vinput``) if it has not the form."""
    value: Vinput = _read(raw, vinput_shape(group), "the vinput", "keys.vinput")
    return value


def read_voutput(raw: bytes, group: Group) -> Voutput:
    """The voutput whose bytes are ``raw``. Raises ProtocolError (``keys.voutput``) if it has not the form."""
    value: Voutput = _read(raw, voutput_shape(group), "the voutput", "keys.voutput")
    return value
