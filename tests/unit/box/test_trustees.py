"""Who opens a box: the structure read exactly, every key proven, and the right ones of several taken."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any

import pytest
from tests.box_keys import GROUPS

from selectorate.box import canonical
from selectorate.box.ed25519 import ED25519
from selectorate.box.groups import Group, random_scalar
from selectorate.box.pools import new_pool
from selectorate.box.v1.keys import PrivateKey, private_key_text, public_key_of, read_private_key, read_public_key
from selectorate.box.v1.trustees import (
    Single,
    Trustees,
    election_key,
    lagrange,
    make_key,
    read_trustees,
    trustee_faults,
    trustees_text,
)
from selectorate.errors import ProtocolError


def faults(trustees: Trustees, public_key: str | None = None) -> list[tuple[str, str]]:
    return list(trustee_faults(new_pool(trustees.group, "libsodium"), trustees, public_key))


def singles(group: Group, count: int) -> list[Single]:
    return [Single(make_key(group)[1]) for _ in range(count)]


def read(group: Group, items: Sequence[Any]) -> Trustees:
    return read_trustees(trustees_text(items), group)


# --- single keys ------------------------------------------------------------------------------------------


@GROUPS
def test_single_trustees_are_read_as_they_were_written(group: Group) -> None:
    raw = trustees_text(singles(group, 3))
    trustees = read_trustees(raw, group)
    assert faults(trustees, election_key(trustees)) == []
    assert trustees_text(trustees.items) == trustees.raw == raw
    assert [key.number for key in trustees.keys] == [1, 2, 3]
    assert all(trustees.mandatory(number) for number in (1, 2, 3))


@GROUPS
def test_the_election_key_is_the_key_of_all_private_keys_together(group: Group) -> None:
    pairs = [make_key(group) for _ in range(3)]
    trustees = read(group, [Single(public) for _, public in pairs])
    assert election_key(trustees) == group.power_g(sum(private.exponent for private, _ in pairs))


@GROUPS
def test_another_election_key_is_refused(group: Group) -> None:
    trustees = read(group, singles(group, 2))
    want = [("setup.key", "the election's key is not the product of the trustees' keys")]
    assert faults(trustees, trustees.keys[0].public_key) == want
    assert faults(trustees, group.identity) == want


@GROUPS
def test_a_key_of_two_trustees_is_refused(group: Group) -> None:
    private, one = make_key(group)
    again = public_key_of(group, private)
    assert again != one
    trustees = read(group, [Single(one), Single(again)])
    want = [("setup.trustees", "the key of trustee 2 is the same as the key of trustee 1")]
    assert faults(trustees, election_key(trustees)) == want


@GROUPS
def test_keys_that_cancel_out_are_refused(group: Group) -> None:
    private, one = make_key(group)
    trustees = read(group, [Single(one), Single(public_key_of(group, PrivateKey(group.q - private.exponent)))])
    assert faults(trustees, group.identity) == [("setup.key", "the trustees' keys cancel out")]


@GROUPS
def test_the_identity_is_no_key(group: Group) -> None:
    trustees = read(group, [*singles(group, 1), Single(public_key_of(group, PrivateKey(0)))])
    assert faults(trustees) == [("setup.trustees", "the key of trustee 2 is the identity")]


@GROUPS
def test_a_proof_of_another_key_or_group_is_refused(group: Group) -> None:
    one, other = (make_key(group)[1] for _ in range(2))
    trustees = read(group, [Single({**one, "pok": other["pok"]})])
    assert faults(trustees) == [("setup.trustees", "the proof of possession of the key of trustee 1 does not hold")]


def test_a_point_outside_the_group_is_refused() -> None:
    key = {**make_key(ED25519)[1], "public_key": "0" * 64}
    assert faults(read(ED25519, [Single(key)])) == [("setup.trustees", "the key of trustee 1 is not in the group")]
    with pytest.raises(ProtocolError, match="not in the group"):
        election_key(read(ED25519, [Single(key)]))


@pytest.mark.parametrize(
    "change",
    [
        lambda key: [],
        lambda key: [["Single"]],
        lambda key: [["Double", key]],
        lambda key: [["Single", key, key]],
        lambda key: [["Pedersen", key]],
        lambda key: [key],
        lambda key: [["Single", {**key, "signature": key["pok"]}]],
        lambda key: [["Single", {**key, "name": 1}]],
        lambda key: [["Single", dict(reversed(key.items()))]],
        lambda key: [["Single", {**key, "pok": {**key["pok"], "response": str(ED25519.q)}}]],
        lambda key: [["Single", {**key, "pok": {**key["pok"], "challenge": 1}}]],
        lambda key: {"Single": key},
        lambda key: None,
    ],
)
def test_another_shape_is_refused(change: Any) -> None:
    raw = canonical.dumps(change(make_key(ED25519)[1])).encode()
    with pytest.raises(ProtocolError) as caught:
        read_trustees(raw, ED25519)
    assert caught.value.check == "setup.trustees"


def test_another_form_of_the_same_is_refused() -> None:
    raw = trustees_text(singles(ED25519, 1))
    for twin in (raw + b"\n", raw.replace(b",", b", "), raw.replace(b"Single", b"Sin\\u0067le")):
        with pytest.raises(ProtocolError, match="canonical"):
            read_trustees(twin, ED25519)


def test_a_trustee_may_have_a_name() -> None:
    trustees = read(ED25519, [Single({**make_key(ED25519)[1], "name": "Zoë"})])
    assert faults(trustees) == []
    assert trustees.keys[0].name == "Zoë"


# --- key files --------------------------------------------------------------------------------------------


@GROUPS
def test_keys_are_read_as_they_were_written(group: Group) -> None:
    private, public = make_key(group)
    assert read_private_key(private_key_text(private), group) == private
    assert read_private_key(private_key_text(private) + b"\n", group) == private
    assert read_public_key(canonical.dumps(public).encode() + b"\n", group) == public
    assert public["public_key"] == group.power_g(private.exponent)


@pytest.mark.parametrize("raw", [b"", b"12", b'"0"', b'"012"', b'"-1"', b'"1" ', f'"{ED25519.q}"'.encode(), b'"x'])
def test_what_is_no_private_key_is_refused_and_not_repeated(raw: bytes) -> None:
    with pytest.raises(ProtocolError) as caught:
        read_private_key(raw, ED25519)
    assert caught.value.check == "keys.private"
    assert "12" not in str(caught.value)


def test_a_private_key_shows_nothing() -> None:
    private, _ = make_key(ED25519)
    for text in (repr(private), str(private), f"{private}", repr([private])):
        assert str(private.exponent) not in text
        assert "<private key>" in text


# --- who is needed ----------------------------------------------------------------------------------------


def test_every_single_trustee_is_needed() -> None:
    trustees = read(ED25519, singles(ED25519, 3))
    assert trustees.exponents([3, 1, 2]) == {1: 1, 2: 1, 3: 1}
    assert [str(missing) for missing in trustees.missing([2])] == ["trustee 1", "trustee 3"]
    assert not trustees.enough([1, 2])
    assert trustees.enough([1, 2, 3])
    with pytest.raises(ProtocolError, match=r"still needed: trustee 1; trustee 3") as caught:
        trustees.exponents([2])
    assert caught.value.check == "decryption.enough"


@pytest.mark.parametrize("owner", [0, -1, 3])
def test_there_is_no_such_trustee(owner: int) -> None:
    trustees = read(ED25519, singles(ED25519, 2))
    for ask in (lambda: trustees.exponents([1, 2, owner]), lambda: trustees.mandatory(owner)):
        with pytest.raises(ProtocolError, match=f"there is no trustee {owner}"):
            ask()


@GROUPS
@pytest.mark.parametrize("degree", [0, 1, 3])
def test_lagrange_coefficients_find_the_value_at_zero(group: Group, degree: int) -> None:
    q = group.q
    polynomial = [random_scalar(group) for _ in range(degree + 1)]
    values = {j: sum(a * j**k for k, a in enumerate(polynomial)) % q for j in range(1, 7)}
    for indices in itertools.combinations(values, degree + 1):
        coefficients = lagrange(q, indices)
        assert list(coefficients) == list(indices)
        assert all(0 <= coefficient < q for coefficient in coefficients.values())
        assert sum(values[j] * coefficients[j] for j in indices) % q == polynomial[0]
