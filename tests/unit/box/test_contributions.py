"""What a trustee could do who signs and seals rightly, and lies: it is refused, and he is named."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from dataclasses import replace

import pytest
from tests.box_keys import (
    GROUPS,
    Made,
    certificate,
    listens_to,
    made,
    of_identity,
    polynomial_of,
    refused,
    same_keys,
)

from selectorate.box import canonical
from selectorate.box.ed25519 import ED25519
from selectorate.box.finite import RFC_3526_2048
from selectorate.box.groups import Group, random_scalar
from selectorate.box.pools import new_pool
from selectorate.box.v1 import messages, pedersen, proofs
from selectorate.box.v1.certificates import Certificate
from selectorate.box.v1.channels import Channel, Seed, decrypt, encrypt
from selectorate.box.v1.trustees import (
    read_trustees,
    trustees_text,
)
from selectorate.errors import ContributionError, ProtocolError


@GROUPS
def test_a_share_that_does_not_fit_is_found_by_whom_it_is_for_and_by_nobody_else(group: Group) -> None:
    key = made(group)
    key.polynomials[1] = polynomial_of(key, 2, [5, 7], {3: 27})
    pedersen.require_polynomial(key.pool, group, key.certificates, 2, key.polynomials[1])
    key.voutput(1)
    message = refused(2, "keys.share", lambda: key.voutput(3))
    assert message == "what trustee 2 sealed for trustee 3 does not fit the coefficients of trustee 2"


def test_a_polynomial_of_another_degree_is_refused() -> None:
    key = made()
    for a in ([5], [5, 7, 9]):
        polynomial = polynomial_of(key, 2, a)
        refused(
            2,
            "keys.polynomial",
            lambda polynomial=polynomial: pedersen.require_polynomial(
                key.pool, ED25519, key.certificates, 2, polynomial
            ),
        )


@pytest.mark.parametrize("a", [[0, 7], [5, 0]])
def test_a_coefficient_that_is_zero_is_refused(a: list[int]) -> None:
    key = made()
    key.polynomials[1] = polynomial_of(key, 2, a)
    want = f"coefficient {a.index(0)} of trustee 2 is the identity"
    for act in (
        lambda: pedersen.require_polynomial(key.pool, ED25519, key.certificates, 2, key.polynomials[1]),
        lambda: key.voutput(1),
    ):
        assert refused(2, "keys.polynomial", act) == want


def test_coefficients_of_another_trustee_are_refused() -> None:
    key = made()
    key.polynomials[0] = polynomial_of(key, 1, [5, 7])
    key.polynomials[1] = polynomial_of(key, 2, [5, 8])
    message = refused(2, "keys.polynomial", lambda: key.voutput(3))
    assert message == "coefficient 0 of trustee 2 is the same as coefficient 0 of trustee 1"


def test_keys_of_trustees_that_cancel_out_are_refused() -> None:
    key = made()
    q = ED25519.q
    key.polynomials = [
        polynomial_of(key, 1, [5, 11]),
        polynomial_of(key, 2, [7, 13]),
        polynomial_of(key, 3, [q - 12, 17]),
    ]
    key.voutputs = [key.voutput(index) for index in (1, 2, 3)]
    with pytest.raises(ProtocolError, match="the keys of one item cancel out"):
        key.parameters()


def test_shares_that_cancel_out_are_refused() -> None:
    key = made()
    q = ED25519.q
    key.polynomials = [
        polynomial_of(key, 1, [5, 11]),
        polynomial_of(key, 2, [7, 13]),
        polynomial_of(key, 3, [17, q - 53]),  # at 1 all together are zero
    ]
    with pytest.raises(ProtocolError, match="the shares of this trustee cancel out"):
        key.voutput(1)
    key.voutput(2)


def test_shares_are_for_one_trustee() -> None:
    key = made()
    secrets = key.polynomials[1]["secrets"]
    secrets[0], secrets[2] = secrets[2], secrets[0]
    for index in (1, 3):
        assert "for somebody else" in refused(2, "keys.share", lambda index=index: key.voutput(index))


def test_shares_are_of_one_trustee() -> None:
    """What trustee 1 sealed for trustee 3 is no share of trustee 2."""
    key = made()
    key.polynomials[1]["secrets"][2] = key.polynomials[0]["secrets"][2]
    assert "not signed by its sender" in refused(2, "keys.share", lambda: key.voutput(3))


def test_a_share_that_is_sealed_again_for_another_is_refused() -> None:
    """Trustee 1 reads his share and passes it on, under the signature of trustee 2, as one for trustee 3."""
    key = made()
    opened = decrypt(key.channels[0], key.polynomials[1]["secrets"][0]).decode()
    key.polynomials[1]["secrets"][2] = encrypt(ED25519, key.certificates[2].encryption, opened)
    assert "for somebody else" in refused(2, "keys.share", lambda: key.voutput(3))


def test_a_message_of_another_kind_is_refused() -> None:
    """A trustee's sealed polynomial is no share, though it is signed by him and sealed for him."""
    key = made()
    key.polynomials[1]["secrets"][1] = key.polynomials[1]["polynomial"]
    assert "has the fields" in refused(2, "keys.share", lambda: key.voutput(2))


def test_a_polynomial_of_another_key_is_refused() -> None:
    """The trustees of an earlier key, who make another: what they signed then is not taken now."""
    key, pool = made(), new_pool(ED25519, "libsodium")
    again = [
        pedersen.make_certificate(channel, index=index, threshold=2, size=3)
        for index, channel in enumerate(key.channels, start=1)
    ]
    again[2] = pedersen.make_certificate(Channel.of(ED25519, Seed.generate()), index=3, threshold=2, size=3)
    message = refused(
        1, "keys.polynomial", lambda: pedersen.require_polynomial(pool, ED25519, again, 1, key.polynomials[0])
    )
    assert message == "the signature of trustee 1 under all certificates does not hold"


def test_what_the_server_gives_back_must_be_his_own() -> None:
    """A server that replaces a trustee's polynomial by an earlier one of his."""
    key = made()
    other = pedersen.make_polynomial(key.pool, key.channels[1], key.certificates)
    vinput = key.vinput(2)
    vinput["polynomial"] = other["polynomial"]
    message = refused(2, "keys.polynomial", lambda: key.voutput(2, vinput=vinput))
    assert message == "the coefficients that came back to trustee 2 are not his own"


def test_certificates_that_were_exchanged_on_the_way_are_refused() -> None:
    """Another trustee's certificate is replaced after the polynomials were made."""
    key = made()
    channel = Channel.of(ED25519, Seed.generate())
    key.certificates[2] = pedersen.make_certificate(channel, index=3, threshold=2, size=3)
    refused(1, "keys.polynomial", lambda: key.voutput(1))


def test_who_is_none_of_the_trustees_makes_nothing() -> None:
    key, stranger = made(), Channel.of(ED25519, Seed.generate())
    for act in (
        lambda: pedersen.make_polynomial(key.pool, stranger, key.certificates),
        lambda: pedersen.make_voutput(key.pool, stranger, key.certificates, key.vinput(1)),
    ):
        with pytest.raises(ProtocolError, match="none of the certificates is of this seed"):
            act()


# --- certificates beside one another -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "trustee"),
    [
        (lambda key: [key.certificates[i] for i in (1, 0, 2)], 1),
        (lambda key: [key.certificates[i] for i in (0, 2, 1)], 2),
        (lambda key: [*key.certificates, key.certificates[2]], 1),
        (lambda key: [key.certificates[0], key.certificates[0], key.certificates[2]], 2),
        (lambda key: [key.certificates[0], certificate(key.channels[0], 2), key.certificates[2]], 2),
        (lambda key: [key.certificates[0], certificate(key.channels[1], 2, threshold=1), key.certificates[2]], 2),
        (lambda key: [key.certificates[0], certificate(key.channels[1], 2, size=4), key.certificates[2]], 2),
        (lambda key: [*key.certificates[:2], certificate(same_keys(key.channels[2]), 3)], 3),
        (lambda key: [*key.certificates[:2], certificate(listens_to(key.channels[2], key.channels[0]), 3)], 3),
        (lambda key: [*key.certificates[:2], certificate(of_identity(key.channels[2]), 3)], 3),
    ],
)
def test_certificates_that_do_not_fit_together_are_refused(
    change: Callable[[Made], list[Certificate]], trustee: int
) -> None:
    key = made()
    certificates = change(key)
    refused(trustee, "keys.certificate", lambda: pedersen.require_certificates(key.pool, certificates))
    with pytest.raises(ContributionError):
        pedersen.make_polynomial(key.pool, key.channels[0], certificates)


@pytest.mark.parametrize("count", [0, 1, 2])
def test_fewer_certificates_than_suffice_are_refused(count: int) -> None:
    key = made()
    with pytest.raises(ProtocolError):
        pedersen.require_certificates(key.pool, key.certificates[:count])


def test_a_certificate_of_another_group_is_refused() -> None:
    signed = made(RFC_3526_2048).certificates[0].signed
    with pytest.raises(ProtocolError, match=r"context\.group"):
        messages.read_certificate(canonical.dumps(signed).encode(), ED25519)
    parameters = made(RFC_3526_2048).parameters()
    with pytest.raises(ProtocolError):
        read_trustees(trustees_text([parameters]), ED25519)


# --- related keys (signatures do not hash the key that they are made with) ---------------------------------


def shifted(group: Group, proof: proofs.Proof, d: int) -> proofs.Proof:
    """From the signature under ``vk``, the signature of the same message under ``vk × g^d``."""
    c, r = proofs.numbers(proof)
    return proofs.as_json(c, (r - d * c) % group.q)


@GROUPS
def test_a_signature_is_one_under_related_keys_and_under_no_other(group: Group) -> None:
    """That it is one under related keys is the protocol's: what follows shows that nothing comes of it."""
    pool, channel = new_pool(group, "libsodium"), Channel.of(group, Seed.generate())
    signed = channel.sign("a message")
    d, count = random_scalar(group), 500 if group is ED25519 else 20
    strangers = [Channel.of(group, Seed.generate()).verification_key for _ in range(count)]
    related = group.multiply(channel.verification_key, group.power_g(d))
    keys = [key for key in pool.read([channel.verification_key, related, *strangers]) if key is not None]

    def verdicts(signature: proofs.Proof) -> list[bool]:
        return proofs.run(pool, [proofs.check_signed_message(pool, key, "a message", signature) for key in keys])

    assert verdicts(signed["signature"]) == [True] + [False] * (count + 1)
    assert verdicts(shifted(group, signed["signature"], d)) == [False, True] + [False] * count


@GROUPS
def test_no_certificate_comes_of_a_related_key(group: Group) -> None:
    """Who knows no signing key cannot make another's certificate his own: it names its key, and its place."""
    key, d = made(group), random_scalar(group)
    first = key.certificates[0]
    related = group.multiply(first.verification, group.power_g(d))
    moved = {"message": first.signed["message"], "signature": shifted(group, first.signed["signature"], d)}
    said = json.loads(first.signed["message"])
    said["verification"], said["context"]["index"] = related, 2
    rewritten = {"message": canonical.dumps(said), "signature": moved["signature"]}
    for signed in (moved, rewritten):
        forged = messages.read_certificate(canonical.dumps(signed).encode(), group)
        refused(
            2,
            "keys.certificate",
            lambda forged=forged: pedersen.require_certificates(key.pool, [first, forged, key.certificates[2]]),
        )


@GROUPS
def test_no_coefficients_are_copied_with_a_related_key(group: Group) -> None:
    """Even who had a related key and its secret could not pass another's coefficients off as his own."""
    key, d = made(group), 12345
    first = key.channels[0]
    signing = (first.signing + d) % group.q
    second = replace(key.channels[1], signing=signing, verification_key=group.power_g(signing))
    key.channels[1] = second
    key.certificates[1] = certificate(second, 2)
    key.polynomials = [pedersen.make_polynomial(key.pool, channel, key.certificates) for channel in key.channels]
    copied = copy.deepcopy(key.polynomials[0])
    copied["coefexps"]["signature"] = shifted(group, copied["coefexps"]["signature"], d)
    copied["signature"] = shifted(group, copied["signature"], d)
    key.polynomials[1] = copied
    refused(2, "keys.polynomial", lambda: key.voutput(3))
