"""A key that several trustees make together, so that some of them suffice to open what is encrypted under it.

The steps of the key establishment as functions on values, with the numbers that the specification gives them:

(1) each trustee makes a certificate; (2) all certificates are checked together; (3) each makes a polynomial, in the
exponent for all, its values sealed for one each; (4) the server sorts what was sealed by whom it is for; (5) each
checks what the others sealed for him, and adds up his share of the key; (6) the server assembles what is published.

What one trustee gave and is not valid raises `ContributionError`, which names him. Between (2) and (3) stands a round
of commitments that the specification has not: `selectorate.box.v1.ceremony`.

Source: Belenios specification 3.1, sections 3.1.1 and 4.6 (Pedersen's distributed key generation).
"""

from __future__ import annotations

import json
from collections.abc import Sequence

from ...errors import ContributionError, ProtocolError
from .. import canonical
from ..groups import Group, random_scalar
from ..public import Element, Pool
from ..shapes import Fields, Items, require
from .certificates import Certificate, certificate_faults, channel_keys, require_context
from .channels import Channel, SignedMessage, receive, send
from .hashes import hex_hash
from .keys import PrivateKey, failed, public_key_of, read_again, read_points, same_points
from .messages import Polynomial, Vinput, Voutput, polynomial_shape, vinput_shape, voutput_shape
from .proofs import Proof
from .threshold import (
    ThresholdParameters,
    at_index,
    certs_text,
    coefexps_of,
    coefficients,
    contribution_checks,
    share_checks,
    shares,
)
from .trustees import read_trustees, trustee_faults, trustees_text

__all__ = [
    "assemble",
    "commitment",
    "decryption_key",
    "make_certificate",
    "make_polynomial",
    "make_vinput",
    "make_voutput",
    "require_certificate",
    "require_certificates",
    "require_commitments",
    "require_polynomial",
    "require_voutput",
]


# --- (1) and (2): certificates ---------------------------------------------------------------------------


def make_certificate(channel: Channel, *, index: int, threshold: int, size: int) -> Certificate:
    """Step 1: the certificate of the trustee at ``index`` (from 1) of ``size``, of whom ``threshold`` suffice.

    Raises ProtocolError (``keys.context``) if no key can be shared so. Source: section 4.6.2.
    """
    require_context(threshold, size)
    if not 1 <= index <= size:
        raise ProtocolError(f"there is no trustee {index} of {size}", check="keys.context")
    context = {"group": channel.group.name, "size": size, "threshold": threshold, "index": index}
    said = {"context": context, "verification": channel.verification_key, "encryption": channel.encryption_key}
    return Certificate.of(channel.sign(canonical.dumps(said)))


def require_certificate(pool: Pool, certificate: Certificate, *, index: int, threshold: int, size: int) -> None:
    """Step 1, the server's part: raise ContributionError (``keys.certificate``) unless it is sound and for this key."""
    faults = certificate_faults(pool, certificate, number=index, index=index, threshold=threshold, size=size)
    _refuse(index, "keys.certificate", next(faults, None))


def require_certificates(pool: Pool, certificates: Sequence[Certificate]) -> None:
    """Step 2: raise ContributionError (``keys.certificate``) unless all certificates are sound and fit together."""
    if not certificates:
        raise ProtocolError("there are no certificates", check="keys.certificate")
    threshold, size = certificates[0].threshold, len(certificates)
    require_context(threshold, size)
    for index, certificate in enumerate(certificates, start=1):
        require_certificate(pool, certificate, index=index, threshold=threshold, size=size)
        _refuse(index, "keys.certificate", next(same_points(channel_keys(certificates[:index])), None))


def _refuse(trustee: int, check: str, fault: str | None) -> None:
    """Raise ContributionError if there is a fault."""
    if fault is not None:
        raise ContributionError(fault, trustee=trustee, check=check)


def _index_of(channel: Channel, certificates: Sequence[Certificate]) -> int:
    """Which of the trustees has the keys of ``channel``. Raises ProtocolError if none has."""
    for index, one in enumerate(certificates, start=1):
        if (one.verification, one.encryption) == (channel.verification_key, channel.encryption_key):
            return index
    raise ProtocolError("none of the certificates is of this seed", check="keys.seed")


# --- (3) polynomials -------------------------------------------------------------------------------------


def make_polynomial(pool: Pool, channel: Channel, certificates: Sequence[Certificate]) -> Polynomial:
    """Step 3: a new secret polynomial, given out so that each trustee can read his value of it and no other.

    Raises ContributionError if the certificates are not sound, ProtocolError (``keys.seed``) if none is that of
    ``channel``. Source: section 4.6.4.
    """
    require_certificates(pool, certificates)
    _index_of(channel, certificates)
    group = channel.group
    a = [random_scalar(group) for _ in range(certificates[0].threshold)]
    coefexps = [group.power_g(coefficient) for coefficient in a]
    own = canonical.dumps({"polynomial": [str(coefficient) for coefficient in a]})
    return {
        "polynomial": send(channel, channel.encryption_key, own),
        "secrets": [
            send(channel, one.encryption, canonical.dumps({"secret": str(_value(a, j, group.q))}))
            for j, one in enumerate(certificates, start=1)
        ],
        "coefexps": channel.sign(canonical.dumps({"coefexps": coefexps})),
        "signature": channel.sign(certs_text(certificates, coefexps))["signature"],
    }


def _value(a: Sequence[int], j: int, q: int) -> int:
    """The value at ``j`` of the polynomial with the coefficients ``a``."""
    return sum(coefficient * pow(j, k, q) for k, coefficient in enumerate(a)) % q


def require_polynomial(
    pool: Pool, group: Group, certificates: Sequence[Certificate], index: int, polynomial: Polynomial
) -> None:
    """Step 3, the server's part: raise ContributionError (``keys.polynomial``) unless what can be seen of it is sound.

    ``certificates``: sound. What is sealed only those can check for whom it is (step 5).
    """
    check, who = "keys.polynomial", f"trustee {index}"
    shape = polynomial_shape(group, len(certificates), certificates[0].threshold)
    _refuse(index, check, next(shape.faults(polynomial, f"the polynomial of {who}"), None))
    for sealed in (polynomial["polynomial"], *polynomial["secrets"]):
        held = json.loads(sealed)
        points = [(f"a point of a sealed message of {who}", held[name]) for name in ("alpha", "beta")]
        _refuse(index, check, next(read_points(pool, points), None))
    signed, signature = polynomial["coefexps"], polynomial["signature"]
    _contribution(pool, certificates, index, signed, signature)


def _contribution(
    pool: Pool, certificates: Sequence[Certificate], index: int, signed: SignedMessage, signature: Proof
) -> list[Element]:
    """The coefficients of one trustee, read. Raises ContributionError unless they are points, signed by him."""
    check, who = "keys.polynomial", f"trustee {index}"
    points = [(f"coefficient {k} of {who}", text) for k, text in enumerate(coefexps_of(signed))]
    _refuse(index, check, next(read_points(pool, points), None))
    vk, *elements = read_again(pool, [certificates[index - 1].verification, *coefexps_of(signed)])
    checks = contribution_checks(pool, certificates, vk, signed, signature, who)
    _refuse(index, check, next(failed(pool, checks), None))
    return elements


# --- (4) and (5) shares ----------------------------------------------------------------------------------


def make_vinput(polynomials: Sequence[Polynomial], index: int) -> Vinput:
    """Step 4: what trustee ``index`` gets of all polynomials, which were checked. Source: section 4.6.5."""
    return {
        "polynomial": polynomials[index - 1]["polynomial"],
        "secrets": [polynomial["secrets"][index - 1] for polynomial in polynomials],
        "coefexps": [polynomial["coefexps"] for polynomial in polynomials],
        "signatures": [polynomial["signature"] for polynomial in polynomials],
    }


def make_voutput(
    pool: Pool,
    channel: Channel,
    certificates: Sequence[Certificate],
    vinput: Vinput,
    commitments: Sequence[str] | None = None,
) -> Voutput:
    """Step 5: check what all others gave, and add up this trustee's share of the key.

    ``commitments``: the hashes that this trustee was shown before he gave his polynomial, if there was that round.
    Raises ContributionError that names the trustee whose contribution is not valid, ProtocolError (``keys.vinput``)
    if the vinput has not the form. Nothing that was sealed stands in a message. Sources: sections 4.6.5 and 4.6.6.
    """
    group = channel.group
    require_certificates(pool, certificates)
    index = _index_of(channel, certificates)
    shape = vinput_shape(group, len(certificates), certificates[0].threshold)
    require(shape, vinput, "the vinput", check="keys.vinput")
    if commitments is not None:
        require_commitments(vinput["coefexps"], commitments)
    total = 0
    for i, (signed, signature) in enumerate(zip(vinput["coefexps"], vinput["signatures"], strict=True), start=1):
        elements = _contribution(pool, certificates, i, signed, signature)
        _refuse(i, "keys.polynomial", next(same_points(coefficients(map(coefexps_of, vinput["coefexps"][:i]))), None))
        total += _checked_share(pool, channel, certificates, i, index, vinput["secrets"][i - 1], elements)
    _require_own(channel, vinput["polynomial"], coefexps_of(vinput["coefexps"][index - 1]), index)
    private = PrivateKey(total % group.q)
    if private.exponent == 0:
        raise ProtocolError("the shares of this trustee cancel out", check="keys.share")
    public = public_key_of(group, private)
    signature = channel.sign(public["public_key"])["signature"]
    sealed = canonical.dumps({"decryption_key": str(private.exponent)})
    return {
        "private_key": send(channel, channel.encryption_key, sealed),
        "public_key": {"pok": public["pok"], "public_key": public["public_key"], "signature": signature},
    }


def _checked_share(
    pool: Pool,
    channel: Channel,
    certificates: Sequence[Certificate],
    i: int,
    j: int,
    sealed: str,
    elements: Sequence[Element],
) -> int:
    """The value ``s_ij`` that trustee i sealed for trustee j; it must fit the coefficients of i (``elements``)."""
    group, check = channel.group, "keys.share"
    shape = Fields((("secret", group.scalar),))
    try:
        message = receive(channel, certificates[i - 1].verification, sealed, shape)
    except ProtocolError as fault:
        raise ContributionError(
            f"what trustee {i} sealed for trustee {j}: {fault.message}", trustee=i, check=check
        ) from None
    secret = int(json.loads(message)["secret"])
    (want,) = pool.texts([at_index(pool, elements, j)])
    if group.power_g(secret) != want:
        _refuse(i, check, f"what trustee {i} sealed for trustee {j} does not fit the coefficients of trustee {i}")
    return secret


def _require_own(channel: Channel, sealed: str, coefexps: Sequence[str], index: int) -> None:
    """Raise ContributionError unless ``coefexps`` are this trustee's own, as he sealed them for himself."""
    group, check = channel.group, "keys.polynomial"
    shape = Fields((("polynomial", Items(group.scalar, len(coefexps))),))
    try:
        message = receive(channel, channel.verification_key, sealed, shape)
    except ProtocolError as fault:
        raise ContributionError(
            f"what trustee {index} sealed for himself: {fault.message}", trustee=index, check=check
        ) from None
    if [group.power_g(int(a)) for a in json.loads(message)["polynomial"]] != list(coefexps):
        _refuse(index, check, f"the coefficients that came back to trustee {index} are not his own")


def require_commitments(coefexps: Sequence[SignedMessage], commitments: Sequence[str]) -> None:
    """Raise ContributionError (``keys.commitment``) for the first trustee whose coefficients are not those of his hash.

    See `selectorate.box.v1.ceremony`.
    """
    if len(commitments) != len(coefexps):
        raise ProtocolError("there are not as many hashes as trustees", check="keys.commitment")
    for index, (signed, hashed) in enumerate(zip(coefexps, commitments, strict=True), start=1):
        if commitment(signed) != hashed:
            _refuse(index, "keys.commitment", f"the coefficients of trustee {index} are not those of his hash")


def commitment(coefexps: SignedMessage) -> str:
    """The hash by which a trustee commits himself to his coefficients before he sees those of others."""
    return hex_hash(canonical.dumps(coefexps).encode("ascii"))


def require_voutput(
    pool: Pool,
    group: Group,
    certificates: Sequence[Certificate],
    polynomials: Sequence[Polynomial],
    index: int,
    voutput: Voutput,
) -> None:
    """Step 5, the server's part: raise ContributionError (``keys.voutput``) unless the share is what it must be.

    ``certificates`` and ``polynomials``: sound. Source: section 4.6.6.
    """
    check, who, key = "keys.voutput", f"trustee {index}", voutput["public_key"]
    _refuse(index, check, next(voutput_shape(group).faults(voutput, f"the voutput of {who}"), None))
    held = json.loads(voutput["private_key"])
    points = [(f"a point of the sealed key of {who}", held[name]) for name in ("alpha", "beta")]
    points.append((f"the key of {who}", key["public_key"]))
    _refuse(index, check, next(read_points(pool, points), None))
    columns = [read_again(pool, coefexps_of(polynomial["coefexps"])) for polynomial in polynomials]
    vk, y = read_again(pool, [certificates[index - 1].verification, key["public_key"]])
    if pool.texts(shares(pool, columns))[index - 1] != key["public_key"]:
        _refuse(index, check, f"the key of {who} is not the one that the coefficients make")
    _refuse(index, check, next(failed(pool, share_checks(pool, group, vk, y, key, who)), None))


# --- (6) what is published, and what is kept -------------------------------------------------------------


def assemble(
    pool: Pool,
    group: Group,
    certificates: Sequence[Certificate],
    polynomials: Sequence[Polynomial],
    voutputs: Sequence[Voutput],
) -> ThresholdParameters:
    """Step 6: the threshold parameters, checked once more as everybody will check them.

    Each trustee keeps his ``private_key`` of the voutput beside his seed. Source: section 4.6.7.
    """
    require_certificates(pool, certificates)
    if not len(certificates) == len(polynomials) == len(voutputs):
        raise ProtocolError("not every trustee has given a polynomial and a voutput", check="keys.order")
    for index, polynomial in enumerate(polynomials, start=1):
        require_polynomial(pool, group, certificates, index, polynomial)
    for index, voutput in enumerate(voutputs, start=1):
        require_voutput(pool, group, certificates, polynomials, index, voutput)
    parameters = ThresholdParameters.of(
        {
            "threshold": certificates[0].threshold,
            "certs": [one.signed for one in certificates],
            "coefexps": [polynomial["coefexps"] for polynomial in polynomials],
            "signatures": [polynomial["signature"] for polynomial in polynomials],
            "verification_keys": [voutput["public_key"] for voutput in voutputs],
        }
    )
    trustees = read_trustees(trustees_text([parameters]), group)
    for check, fault in trustee_faults(pool, trustees):
        raise ProtocolError(fault, check=check)
    return parameters


def decryption_key(channel: Channel, sealed: str, public_key: str) -> PrivateKey:
    """A trustee's share of the key, from what he sealed for himself (``private_key`` of his voutput; ``.dkey``).

    ``public_key``: its public part, as published. Raises ProtocolError (``channel...``, ``keys.private``) if it is
    somebody else's, or was changed. Source: section 4.6.6.
    """
    group = channel.group
    shape = Fields((("decryption_key", group.scalar),))
    message = receive(channel, channel.verification_key, sealed, shape)
    private = PrivateKey(int(json.loads(message)["decryption_key"]))
    if group.power_g(private.exponent) != public_key:
        raise ProtocolError("the decryption key is not the one of this public key", check="keys.private")
    return private
