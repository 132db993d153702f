"""Seeds, signed and sealed messages: only whom they are for, only from whom they are, and nothing secret shown."""

from __future__ import annotations

import json
from typing import Any

import pytest
from tests import box_oracle as oracle
from tests.box_keys import (
    GROUPS,
    made,
    polynomial_of,
)

from selectorate.box import canonical
from selectorate.box.ed25519 import ED25519
from selectorate.box.groups import Group
from selectorate.box.shapes import Fields, Text
from selectorate.box.v1 import pedersen
from selectorate.box.v1.channels import Channel, Seed, encrypt, read_seed, receive, send
from selectorate.errors import ProtocolError

SHAPE = Fields((("said", Text()),))


@GROUPS
@pytest.mark.parametrize("said", ["", "Zoë ✓", '"\\', "x" * 10_000])
def test_a_message_arrives(group: Group, said: str) -> None:
    sender, recipient = (Channel.of(group, Seed.generate()) for _ in range(2))
    message = canonical.dumps({"said": said})
    sealed = send(sender, recipient.encryption_key, message)
    assert receive(recipient, sender.verification_key, sealed, SHAPE) == message
    assert sealed != send(sender, recipient.encryption_key, message)


@GROUPS
def test_only_the_recipient_reads_and_only_the_sender_signs(group: Group) -> None:
    sender, recipient, other = (Channel.of(group, Seed.generate()) for _ in range(3))
    sealed = send(sender, recipient.encryption_key, canonical.dumps({"said": "x"}))
    cases = [
        ("channel.sealed", other, sender.verification_key, sealed, SHAPE),
        ("channel.signature", recipient, other.verification_key, sealed, SHAPE),
        ("channel.message", recipient, sender.verification_key, sealed, Fields((("secret", Text()),))),
        ("channel.message", recipient, sender.verification_key, encrypt(group, recipient.encryption_key, "x"), SHAPE),
    ]
    for check, reader, writer, text, shape in cases:
        with pytest.raises(ProtocolError) as caught:
            receive(reader, writer, text, shape)
        assert caught.value.check == check


@pytest.mark.parametrize(
    "change",
    [
        {"algorithm": "AES-CCM"},
        {"algorithm": "aes-gcm"},
        {"alpha": ED25519.identity},
        {"beta": ED25519.identity},
        {"alpha": oracle.encode(oracle.SMALL[1])},
        {"alpha": f"{2**255 - 18:064x}"},
        {"data": ""},
        {"data": "00"},
        {"data": "0"},
        {"data": "AB" * 40},
        {"data": 1},
    ],
    ids=lambda value: getattr(value, "name", str(value)),
)
def test_another_envelope_is_refused(change: dict[str, Any]) -> None:
    sender, recipient = (Channel.of(ED25519, Seed.generate()) for _ in range(2))
    sealed = json.loads(send(sender, recipient.encryption_key, canonical.dumps({"said": "x"})))
    with pytest.raises(ProtocolError) as caught:
        receive(recipient, sender.verification_key, canonical.dumps({**sealed, **change}), SHAPE)
    assert caught.value.check == "channel.sealed"


def test_the_algorithm_must_be_named() -> None:
    sender, recipient = (Channel.of(ED25519, Seed.generate()) for _ in range(2))
    sealed = json.loads(send(sender, recipient.encryption_key, canonical.dumps({"said": "x"})))
    del sealed["algorithm"]
    with pytest.raises(ProtocolError, match="has the fields"):
        receive(recipient, sender.verification_key, canonical.dumps(sealed), SHAPE)


@pytest.mark.parametrize(
    "raw", [b"", b"x" * 21, b"x" * 23, b"0" * 22, b"l" * 22, b"x" * 22 + b"\n\n", "é".encode() * 11]
)
def test_what_is_no_seed_is_refused_and_not_repeated(raw: bytes) -> None:
    with pytest.raises(ProtocolError) as caught:
        read_seed(raw)
    assert caught.value.check == "keys.seed"
    assert "xxx" not in str(caught.value)


def test_a_seed_is_read_as_it_was_made() -> None:
    seed = Seed.generate()
    assert read_seed(seed.text.encode()) == read_seed(seed.text.encode() + b"\n") == seed


def test_keys_of_a_seed_from_the_reference_tool() -> None:
    """A seed that was drawn by release 3.3.0, and the keys in the certificate that it made of it."""
    channel = Channel.of(ED25519, Seed("C2Zsy2kKwtWBpJDb6JUBby"))
    assert channel.verification_key == "457d893b4dc53972eea456ba1cfbe31f45156f520c8fc690babc03450434d551"
    assert channel.encryption_key == "ad985c5d3d28bfa779d161369547e78aed45028c4d24e81200a1db4e17e60b4b"


# --- nothing secret is shown -------------------------------------------------------------------------------


def test_secrets_show_nothing() -> None:
    seed = Seed.generate()
    channel = Channel.of(ED25519, seed)
    for text in (repr(seed), str(seed), f"{[seed]}", repr(channel), str(channel), f"{ {'channel': channel} }"):
        assert seed.text not in text
        assert str(channel.signing) not in text
        assert str(channel.decryption) not in text


def test_errors_say_nothing_of_what_was_sealed() -> None:
    """Wrong shares and keys whose numbers are known: none of them is in a message, a cause or a context."""
    key = made()
    marks = [7**60, 7**61, 7**62]
    key.polynomials[1] = polynomial_of(key, 2, marks[:2], {3: marks[2], 1: ED25519.q - 1})
    channel = key.channels[1]
    for raw in (str(ED25519.q + 7**60), "x" + str(7**61), str(7**62)):
        sealed = send(channel, channel.encryption_key, canonical.dumps({"decryption_key": raw}))
        public = key.voutputs[1]["public_key"]["public_key"]
        for act in (
            lambda: key.voutput(1),
            lambda: key.voutput(3),
            lambda sealed=sealed, public=public: pedersen.decryption_key(channel, sealed, public),
        ):
            with pytest.raises(ProtocolError) as caught:
                act()
            told = f"{caught.value!r} {caught.value} {caught.value.__cause__!r}"
            assert not any(str(mark) in told for mark in [*marks, ED25519.q - 1, ED25519.q + 7**60])


def test_a_decryption_key_of_another_is_refused() -> None:
    key = made()
    sealed = [voutput["private_key"] for voutput in key.voutputs]
    publics = [voutput["public_key"]["public_key"] for voutput in key.voutputs]
    assert pedersen.decryption_key(key.channels[0], sealed[0], publics[0])
    with pytest.raises(ProtocolError, match="not the one of this public key"):
        pedersen.decryption_key(key.channels[0], sealed[0], publics[1])
    with pytest.raises(ProtocolError, match="for somebody else"):
        pedersen.decryption_key(key.channels[0], sealed[1], publics[1])
