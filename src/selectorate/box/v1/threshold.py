"""What is published of a threshold key: coefficients in the exponent, shares of the key, and all checks of them.

Of m trustees any t + 1 can open what is encrypted under the key. In this module and in JSON, ``threshold`` is t + 1;
trustees are counted from 1.

Source: Belenios specification 3.1, sections 4.6.4, 4.6.6 and 4.6.7. Found by experiment with release 3.3.0: in what
``signatures`` sign, certificates are objects; the ``signature`` of a verification key signs the text of its point.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypedDict

from .. import canonical
from ..groups import Group
from ..public import Element, Pool
from ..shapes import Fields, Items, Shape, Small
from . import proofs
from .certificates import MOST_TRUSTEES, Certificate, certificate_faults, certificate_shape
from .channels import SignedMessage, signed_shape
from .keys import Labelled, TrusteePublicKey, failed, key_shape, possession, proof_shape, read_again, read_points
from .proofs import Proof

__all__ = [
    "ThresholdJson",
    "ThresholdParameters",
    "coefexps_of",
    "coefexps_shape",
    "coefficients",
    "parameters_faults",
    "parameters_shape",
]


class ThresholdJson(TypedDict):
    """Threshold parameters as they stand in JSON (``threshold_parameters``)."""

    threshold: int
    certs: list[SignedMessage]
    coefexps: list[SignedMessage]
    signatures: list[Proof]
    verification_keys: list[TrusteePublicKey]


@dataclass(frozen=True)
class ThresholdParameters:
    """Threshold parameters of the right shape. ``coefexps``: by trustee, the points ``A_i0`` to ``A_it``."""

    content: ThresholdJson
    threshold: int
    certificates: tuple[Certificate, ...]
    coefexps: tuple[tuple[str, ...], ...]

    @classmethod
    def of(cls, content: ThresholdJson) -> ThresholdParameters:
        """What ``content`` says, whose shape was checked (`parameters_shape`)."""
        return cls(
            content,
            content["threshold"],
            tuple(map(Certificate.of, content["certs"])),
            tuple(map(coefexps_of, content["coefexps"])),
        )

    @property
    def size(self) -> int:
        """How many trustees there are."""
        return len(self.certificates)


def coefexps_of(signed: SignedMessage) -> tuple[str, ...]:
    """The points that ``signed`` holds, whose shape was checked (`coefexps_shape`)."""
    return tuple(json.loads(signed["message"])["coefexps"])


# --- shapes ----------------------------------------------------------------------------------------------


def coefexps_shape(group: Group, threshold: int | None = None) -> Fields:
    """What the coefficients of one trustee look like; ``threshold``: how many. Source: section 4.6.4."""
    return signed_shape(group, Fields((("coefexps", Items(group.point, threshold, least=1)),)))


class _Parameters:
    """Threshold parameters: the fields, then as many of everything as there are trustees."""

    def __init__(self, group: Group) -> None:
        self.fields = Fields(
            (
                ("threshold", Small(1, MOST_TRUSTEES)),
                ("certs", Items(certificate_shape(group), least=1)),
                ("coefexps", Items(coefexps_shape(group))),
                ("signatures", Items(proof_shape(group))),
                ("verification_keys", Items(key_shape(group, signed=True))),
            )
        )

    def faults(self, value: Any, place: str) -> Iterator[str]:
        """The faults of the fields; without them, those of the lengths."""
        wrong = False
        for fault in self.fields.faults(value, place):
            wrong = True
            yield fault
        if wrong:
            return
        size = len(value["certs"])
        for name in ("coefexps", "signatures", "verification_keys"):
            if len(value[name]) != size:
                yield f"{place}.{name} has {len(value[name])} items, and there are {size} certificates"
        for number, signed in enumerate(value["coefexps"]):
            if len(coefexps_of(signed)) != value["threshold"]:
                yield f"{place}.coefexps[{number}] has another number of points than the threshold"


def parameters_shape(group: Group) -> Shape:
    """What threshold parameters look like. Source: section 4.6.7."""
    return _Parameters(group)


# --- coefficients ----------------------------------------------------------------------------------------


def coefficients(coefexps: Iterable[Sequence[str]], first: int = 1) -> list[tuple[str, str]]:
    """All coefficients, each with what it is called; the first trustee is number ``first``."""
    return [
        (f"coefficient {k} of trustee {number}", text)
        for number, texts in enumerate(coefexps, start=first)
        for k, text in enumerate(texts)
    ]


def certs_text(certificates: Sequence[Certificate], coefexps: Sequence[str]) -> str:
    """What a trustee signs to say whose certificates the coefficients are meant for. Source: section 4.6.4."""
    certs = {"certs": [certificate.signed for certificate in certificates], "coefexps": list(coefexps)}
    return f"certs_sig|{canonical.dumps(certs)}"


def contribution_checks(
    pool: Pool, certificates: Sequence[Certificate], vk: Element, signed: SignedMessage, signature: Proof, who: str
) -> list[Labelled]:
    """The checks of one trustee's coefficients; ``vk``: his verification key. Source: section 4.6.4."""
    text = certs_text(certificates, coefexps_of(signed))
    return [
        (
            f"the coefficients of {who} are not signed by that trustee",
            proofs.check_signed_message(pool, vk, signed["message"], signed["signature"]),
        ),
        (
            f"the signature of {who} under all certificates does not hold",
            proofs.check_signed_message(pool, vk, text, signature),
        ),
    ]


def share_checks(pool: Pool, group: Group, vk: Element, y: Element, key: TrusteePublicKey, who: str) -> list[Labelled]:
    """The checks of one trustee's key ``y``; ``vk``: the verification key. Source: sections 4.5 and 4.6.6."""
    return [
        possession(pool, group, y, key, f"the key of {who}"),
        (
            f"the key of {who} is not signed by that trustee",
            proofs.check_signed_message(pool, vk, key["public_key"], key["signature"]),
        ),
    ]


def shares(pool: Pool, columns: Sequence[Sequence[Element]]) -> list[Element]:
    """``g^S_j`` for each trustee j: the product of all ``A_ik`` to the power of ``j^k``. Source: section 4.6.6.

    ``columns``: by trustee, the points ``A_i0`` to ``A_it``.
    """
    summed = pool.products([[(a, 1) for a in row] for row in zip(*columns, strict=True)])
    return [at_index(pool, summed, j) for j in range(1, len(columns) + 1)]


def at_index(pool: Pool, points: Sequence[Element], j: int) -> Element:
    """The product of all ``points[k]`` to the power of ``j^k``: what a polynomial's value at j is the exponent of."""
    (value,) = pool.products([[(a, pow(j, k, pool.q)) for k, a in enumerate(points)]])
    return value


# --- all of it -------------------------------------------------------------------------------------------


def parameters_faults(pool: Pool, group: Group, parameters: ThresholdParameters, first: int = 1) -> Iterator[str]:
    """What is wrong with threshold parameters of the right shape; ``first``: the number of the first trustee.

    (1) The certificates. (2) Every point. (3) The coefficients, signed, under these certificates. (4) The keys:
    proven, signed. (5) The keys are those that the coefficients make. Where (1) or (2) fails, nothing follows.
    Source: sections 3.1.1 and 4.6.
    """
    content, certificates, sound = parameters.content, parameters.certificates, True
    # (1)
    for index, certificate in enumerate(certificates, start=1):
        for fault in certificate_faults(
            pool,
            certificate,
            number=first + index - 1,
            index=index,
            threshold=parameters.threshold,
            size=parameters.size,
        ):
            sound = False
            yield fault
    # (2)
    points = coefficients(parameters.coefexps, first)
    points += [
        (f"the key of trustee {number}", key["public_key"])
        for number, key in enumerate(content["verification_keys"], start=first)
    ]
    elements = yield from read_points(pool, points)
    if sound and elements:
        yield from _signed_faults(pool, group, parameters, first, elements)


def _signed_faults(
    pool: Pool, group: Group, parameters: ThresholdParameters, first: int, elements: Sequence[Element]
) -> Iterator[str]:
    """Steps (3) to (5) of `parameters_faults`; ``elements``: all coefficients, then all keys."""
    content, size, threshold = parameters.content, parameters.size, parameters.threshold
    vks = read_again(pool, [one.verification for one in parameters.certificates])
    columns = [elements[i * threshold : (i + 1) * threshold] for i in range(size)]
    keys, ys = content["verification_keys"], elements[size * threshold :]
    checks: list[Labelled] = []
    for i, (vk, key) in enumerate(zip(vks, keys, strict=True)):
        name = f"trustee {first + i}"
        # (3)
        signed, signature = content["coefexps"][i], content["signatures"][i]
        checks += contribution_checks(pool, parameters.certificates, vk, signed, signature, name)
        # (4)
        checks += share_checks(pool, group, vk, ys[i], key, name)
    yield from failed(pool, checks)
    # (5)
    wanted = pool.texts(shares(pool, columns))
    for number, (key, want) in enumerate(zip(keys, wanted, strict=True), start=first):
        if key["public_key"] != want:
            yield f"the key of trustee {number} is not the one that the coefficients make"
