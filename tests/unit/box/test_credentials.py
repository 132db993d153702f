"""Credentials: made, derived, listed, and the list of a registrar made fit for a box."""

from __future__ import annotations

import json
import re

import pytest

from selectorate.box import canonical
from selectorate.box.ed25519 import ED25519
from selectorate.box.finite import RFC_3526_2048
from selectorate.box.groups import Group
from selectorate.box.v1.credentials import (
    BASE58,
    PublicCredential,
    credential_text,
    fingerprint,
    generate,
    public,
    published_text,
    read_credentials,
    secret_exponent,
    token,
)
from selectorate.errors import InputError, ProtocolError

GROUPS = pytest.mark.parametrize("group", [ED25519, RFC_3526_2048], ids=lambda group: group.name)
UUID = "Jj6XtWgU3b5Qcv"


def keys(group: Group, count: int) -> list[str]:
    return [public(group, UUID, generate()) for _ in range(count)]


def text(*entries: str) -> bytes:
    return canonical.dumps(list(entries)).encode()


# --- private ones -----------------------------------------------------------------------------------------


def test_a_credential_is_22_random_characters_in_four_groups() -> None:
    made = [generate() for _ in range(200)]
    assert all(re.fullmatch(f"[{BASE58}]{{5}}-[{BASE58}]{{6}}-[{BASE58}]{{5}}-[{BASE58}]{{6}}", one) for one in made)
    assert len(set(made)) == 200
    assert set("".join(made)) - {"-"} == set(BASE58)
    assert len(token()) == 22 and len(token(14)) == 14


@GROUPS
def test_the_public_credential_belongs_to_one_election(group: Group) -> None:
    credential = "nqAqa-xjrdhv-5GH8N-2psiGU"
    assert public(group, UUID, credential) == group.power_g(secret_exponent(group, UUID, credential))
    assert public(group, UUID, credential) != public(group, UUID + "x", credential)
    assert 0 <= secret_exponent(group, UUID, credential) < group.q


@pytest.mark.parametrize(
    "wrong",
    [
        "",
        "nqAqaxjrdhv5GH8N2psiGU",
        "nqAqa-xjrdhv-5GH8N-2psiGU ",
        "nqAqa-xjrdhv-5GH8N-2psiG0",
        "nqAqa-xjrdhv-5GH8N-2psiGl",
        "nqAqa-xjrdhv-5GH8N-2psiGU\n",
        "nqAq-axjrdhv-5GH8N-2psiGU",
        "nqAqa-xjrdhv-5GH8N-2psiGÜ",
    ],
)
def test_what_is_no_credential_is_refused_and_not_repeated(wrong: str) -> None:
    with pytest.raises(InputError, match="this is not a credential") as caught:
        public(ED25519, UUID, wrong)
    assert not wrong.strip() or wrong not in str(caught.value) + str(caught.value.problems)


# --- the public list --------------------------------------------------------------------------------------


@GROUPS
def test_a_list_is_read_as_it_was_written_sorted_by_key(group: Group) -> None:
    entries = [PublicCredential(key) for key in keys(group, 20)]
    raw = credential_text(group, entries)
    read = read_credentials(raw, group)
    assert [entry.key for entry in read] == sorted((entry.key for entry in entries), key=group.sort_key)
    assert credential_text(group, read) == raw
    assert len(fingerprint(raw)) == 43


@GROUPS
def test_one_weight_makes_all_be_written(group: Group) -> None:
    one, two = keys(group, 2)
    raw = credential_text(group, [PublicCredential(one), PublicCredential(two, 7)])
    assert sorted(json.loads(raw)) == sorted([f"{one},1", f"{two},7"])
    assert {entry.key: entry.weight for entry in read_credentials(raw, group)} == {one: 1, two: 7}


def test_a_key_twice_is_refused() -> None:
    (key,) = keys(ED25519, 1)
    for act in (
        lambda: credential_text(ED25519, [PublicCredential(key), PublicCredential(key, 2)]),
        lambda: read_credentials(text(key, f"{key},3"), ED25519),
        lambda: published_text(text(f"{key},,a", f"{key},,b"), ED25519),
    ):
        with pytest.raises(ProtocolError, match="stands in the list twice") as caught:
            act()
        assert caught.value.check == "setup.credentials"


@pytest.mark.parametrize(
    "ending",
    [",", ",,", ",01", ",+1", ",1.0", ",1e3", ",-1", ", 1", ",1 ", ",１", ",1,x", ",999999999999", ",1" + "0" * 30],
)
def test_a_weight_that_is_none_is_refused(ending: str) -> None:
    (key,) = keys(ED25519, 1)
    with pytest.raises(ProtocolError) as caught:
        read_credentials(text(key + ending), ED25519)
    assert caught.value.check == "setup.credentials"


@pytest.mark.parametrize(
    "raw", [b"", b"{}", b"[1]", b'["x"]', b'[ "a"]', b'["a"', b'[["a"]]', b"null", b'["\\u0061"]', b"\xff"]
)
def test_what_is_no_list_is_refused(raw: bytes) -> None:
    for act in (read_credentials, published_text):
        with pytest.raises(ProtocolError) as caught:
            act(raw, ED25519)
        assert caught.value.check == "setup.credentials"


# --- a registrar's list -----------------------------------------------------------------------------------


@GROUPS
def test_whose_a_key_is_is_not_published(group: Group) -> None:
    one, two, three = keys(group, 3)
    unweighted = published_text(text(f"{one},,zoë@example.org", f"{two},,a,b", f"{three},,"), group)
    assert unweighted == credential_text(group, [PublicCredential(key) for key in (one, two, three)])
    weighted = published_text(text(f"{one},3,zoë", f"{two},1,"), group)
    assert weighted == credential_text(group, [PublicCredential(one, 3), PublicCredential(two)])
    assert "zoë".encode() not in unweighted + weighted


@GROUPS
def test_a_list_that_says_nothing_more_stays_as_it_is(group: Group) -> None:
    raw = credential_text(group, [PublicCredential(key, 2) for key in keys(group, 3)])
    assert published_text(raw, group) == raw


def test_a_registrars_list_is_held_to_its_form() -> None:
    (key,) = keys(ED25519, 1)
    for entry in (f"{key},x,login", f"{key},01,login", f"x,,{key}", f",,{key}", f"{key.upper()},,login"):
        with pytest.raises(ProtocolError) as caught:
            published_text(text(entry), ED25519)
        assert caught.value.check == "setup.credentials"
