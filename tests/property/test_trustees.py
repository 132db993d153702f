"""What trustees send is read or refused, whatever it is: no stray exception, and nothing that was changed is taken."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.box_keys import made

from selectorate.box import canonical
from selectorate.box.ed25519 import ED25519
from selectorate.box.pools import new_pool
from selectorate.box.v1 import messages, pedersen
from selectorate.box.v1.keys import key_faults, make_key, read_public_key
from selectorate.box.v1.trustees import Single, read_trustees, trustee_faults, trustees_text
from selectorate.errors import ProtocolError

leaves = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-1, 2**70),
    st.text(max_size=5),
    st.integers(0, ED25519.q).map(str),
    st.integers(0, 2**256 - 1).map(lambda number: f"{number:064x}"),
    st.sampled_from([ED25519.generator, ED25519.identity, "{}", "[]"]),
)
values = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.sampled_from(["public_key", "message", "certs"]), inner)
    ),
    max_leaves=5,
)


@st.composite
def changed(draw: st.DrawFn, value: Any) -> Any:
    """``value`` with another one somewhere in it, also inside JSON that is held as a string."""
    if isinstance(value, str) and value.startswith("{") and draw(st.booleans()):
        return canonical.dumps(draw(changed(json.loads(value))))
    if isinstance(value, dict) and value and draw(st.integers(0, 9)):
        name = draw(st.sampled_from(list(value)))
        return {**value, name: draw(changed(value[name]))}
    if isinstance(value, list) and value and draw(st.integers(0, 9)):
        number = draw(st.integers(0, len(value) - 1))
        return [*value[:number], draw(changed(value[number])), *value[number + 1 :]]
    return draw(values)


@cache
def structure() -> Any:
    return json.loads(trustees_text([Single(make_key(ED25519)[1]), made().parameters()]))


@given(st.data())
@settings(max_examples=300)
def test_trustees_that_were_changed_are_refused(data: st.DataObject) -> None:
    value = data.draw(changed(structure()))
    pool = new_pool(ED25519, "libsodium")
    try:
        trustees = read_trustees(canonical.dumps(value).encode(), ED25519)
    except ProtocolError as fault:
        assert fault.check == "setup.trustees"
    else:
        assert value == structure() or list(trustee_faults(pool, trustees))


def read_key(raw: bytes) -> None:
    key = read_public_key(raw, ED25519)
    for fault in key_faults(new_pool(ED25519, "libsodium"), ED25519, key):
        raise ProtocolError(fault, check="keys.public")


def read_certificate(raw: bytes) -> None:
    key = made()
    key.certificates[1] = messages.read_certificate(raw, ED25519)
    pedersen.require_certificates(key.pool, key.certificates)


def read_polynomial(raw: bytes) -> None:
    key = made()
    key.polynomials[1] = messages.read_polynomial(raw, ED25519)
    pedersen.require_polynomial(key.pool, ED25519, key.certificates, 2, key.polynomials[1])
    for index in (1, 2, 3):
        key.voutput(index)


def read_vinput(raw: bytes) -> None:
    made().voutput(2, vinput=messages.read_vinput(raw, ED25519))


def read_voutput(raw: bytes) -> None:
    key = made()
    voutput = messages.read_voutput(raw, ED25519)
    pedersen.require_voutput(key.pool, ED25519, key.certificates, key.polynomials, 2, voutput)
    pedersen.decryption_key(key.channels[1], voutput["private_key"], voutput["public_key"]["public_key"])


@pytest.mark.parametrize(
    ("read", "honest"),
    [
        (read_key, lambda: make_key(ED25519)[1]),
        (read_certificate, lambda: made().certificates[1].signed),
        (read_polynomial, lambda: made().polynomials[1]),
        (read_vinput, lambda: made().vinput(2)),
        (read_voutput, lambda: made().voutputs[1]),
    ],
)
@given(data=st.data())
@settings(max_examples=100)
def test_messages_that_were_changed_are_refused(
    read: Callable[[bytes], None], honest: Callable[[], Any], data: st.DataObject
) -> None:
    value = honest()
    read(canonical.dumps(value).encode())
    twin = data.draw(changed(value))
    if twin != value:
        with pytest.raises(ProtocolError):
            read(canonical.dumps(twin).encode())


@given(st.binary(max_size=200))
def test_bytes_are_refused(raw: bytes) -> None:
    for read in (read_key, read_certificate, read_polynomial, read_vinput, read_voutput):
        with pytest.raises(ProtocolError):
            read(raw)
    with pytest.raises(ProtocolError):
        read_trustees(raw, ED25519)
