"""The server of a key in the making: who gives what when, and the round of hashes before anybody is shown anything."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from tests.box_keys import (
    GROUPS,
    Made,
    certificate,
    faults,
    listens_to,
    made,
    refused,
)

from selectorate.box.ed25519 import ED25519
from selectorate.box.groups import Group
from selectorate.box.v1 import pedersen
from selectorate.box.v1.ceremony import Ceremony
from selectorate.errors import ProtocolError


def ceremony_of(key: Made, *, hashes: int = 3) -> Ceremony:
    ceremony = Ceremony(key.group, key.threshold, len(key.channels))
    for index, one in enumerate(key.certificates, start=1):
        ceremony = ceremony.with_certificate(key.pool, index, one)
    for index, polynomial in list(enumerate(key.polynomials, start=1))[:hashes]:
        ceremony = ceremony.with_commitment(index, pedersen.commitment(polynomial["coefexps"]))
    return ceremony


def out_of_turn(act: Callable[[], object]) -> str:
    with pytest.raises(ProtocolError) as caught:
        act()
    assert caught.value.check == "keys.order"
    return caught.value.message


@GROUPS
def test_a_whole_ceremony(group: Group) -> None:
    key = made(group)
    pool = key.pool
    ceremony = Ceremony(group, 2, 3)
    assert (ceremony.step, ceremony.waiting) == ("certificates", (1, 2, 3))
    ceremony = ceremony.with_certificate(pool, 2, key.certificates[1])
    assert (ceremony.step, ceremony.waiting) == ("certificates", (1, 3))
    out_of_turn(ceremony.shown_certificates)
    ceremony = ceremony_of(key, hashes=0)
    assert (ceremony.step, ceremony.waiting) == ("commitments", (1, 2, 3))
    assert ceremony.shown_certificates() == tuple(key.certificates)
    ceremony = ceremony_of(key)
    assert (ceremony.step, ceremony.waiting) == ("polynomials", (1, 2, 3))
    for index in (3, 1, 2):
        ceremony = ceremony.with_polynomial(pool, index, key.polynomials[index - 1])
    assert (ceremony.step, ceremony.waiting) == ("voutputs", (1, 2, 3))
    for index in (2, 3, 1):
        out_of_turn(lambda ceremony=ceremony: ceremony.parameters(pool))
        voutput = key.voutput(index, vinput=ceremony.vinput(index), commitments=ceremony.shown_commitments())
        ceremony = ceremony.with_voutput(pool, index, voutput)
    assert (ceremony.step, ceremony.waiting) == ("done", ())
    assert faults(group, [ceremony.parameters(pool)]) == []


def test_coefficients_are_neither_taken_nor_shown_before_all_hashes_are_there() -> None:
    key = made()
    ceremony = ceremony_of(key, hashes=2)
    assert (ceremony.step, ceremony.waiting) == ("commitments", (3,))
    message = out_of_turn(lambda: ceremony.with_polynomial(key.pool, 1, key.polynomials[0]))
    assert message == "this is not the time for polynomials, but for commitments"
    out_of_turn(ceremony.shown_commitments)
    out_of_turn(lambda: ceremony.vinput(3))
    assert not ceremony.polynomials


def test_who_changes_his_polynomial_after_he_saw_the_others_is_refused() -> None:
    key = made()
    ceremony = ceremony_of(key)
    for index in (1, 2):
        ceremony = ceremony.with_polynomial(key.pool, index, key.polynomials[index - 1])
    changed = pedersen.make_polynomial(key.pool, key.channels[2], key.certificates)
    message = refused(3, "keys.commitment", lambda: ceremony.with_polynomial(key.pool, 3, changed))
    assert message == "the coefficients of trustee 3 are not those of his hash"
    out_of_turn(lambda: ceremony.vinput(1))
    key.polynomials[2] = changed
    hashes = ceremony.shown_commitments()
    for index in (1, 2):  # had the server let it pass, each trustee would refuse
        refused(3, "keys.commitment", lambda index=index: key.voutput(index, commitments=hashes))
    key.voutput(1)


def test_as_many_hashes_as_trustees() -> None:
    key = made()
    with pytest.raises(ProtocolError, match="not as many hashes as trustees"):
        key.voutput(1, commitments=ceremony_of(key).shown_commitments()[:2])


def test_a_hash_that_is_none_or_another_trustees_is_refused() -> None:
    key = made()
    ceremony = ceremony_of(key, hashes=1)
    for hashed in ("", "0" * 63, "A" * 64, ceremony.commitments[1]):
        refused(2, "keys.commitment", lambda hashed=hashed: ceremony.with_commitment(2, hashed))


def test_nothing_that_was_given_is_replaced_or_given_out_of_turn() -> None:
    key, pool = made(), made().pool
    ceremony = Ceremony(ED25519, 2, 3).with_certificate(pool, 1, key.certificates[0])
    assert "already" in out_of_turn(lambda: ceremony.with_certificate(pool, 1, key.certificates[0]))
    out_of_turn(lambda: ceremony.with_commitment(1, "0" * 64))
    for index in (0, 4):
        out_of_turn(lambda index=index: ceremony.with_certificate(pool, index, key.certificates[0]))
    committed = ceremony_of(key, hashes=1)
    out_of_turn(lambda: committed.with_certificate(pool, 1, key.certificates[0]))
    assert "already" in out_of_turn(lambda: committed.with_commitment(1, "0" * 64))
    given = ceremony_of(key).with_polynomial(pool, 1, key.polynomials[0])
    assert "already" in out_of_turn(lambda: given.with_polynomial(pool, 1, key.polynomials[0]))
    out_of_turn(lambda: given.with_voutput(pool, 1, key.voutputs[0]))
    filled = given.with_polynomial(pool, 2, key.polynomials[1]).with_polynomial(pool, 3, key.polynomials[2])
    for index in (0, 4):
        out_of_turn(lambda index=index: filled.vinput(index))
    with_one = filled.with_voutput(pool, 1, key.voutputs[0])
    assert "already" in out_of_turn(lambda: with_one.with_voutput(pool, 1, key.voutputs[0]))
    refused(2, "keys.voutput", lambda: with_one.with_voutput(pool, 2, key.voutputs[0]))


def test_who_comes_last_with_anothers_key_is_named_and_not_the_other() -> None:
    key, pool = made(), made().pool
    ceremony = Ceremony(ED25519, 2, 3).with_certificate(pool, 2, key.certificates[1])
    copied = certificate(listens_to(key.channels[0], key.channels[1]), 1)
    refused(1, "keys.certificate", lambda: ceremony.with_certificate(pool, 1, copied))


def test_parameters_are_made_of_what_all_gave() -> None:
    key = made()
    key.voutputs.pop()
    with pytest.raises(ProtocolError, match="not every trustee has given"):
        key.parameters()
