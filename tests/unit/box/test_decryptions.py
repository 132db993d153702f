"""Partial decryptions: every factor proven, of this tally and of this election; bad ones are set aside, or stop all."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.box_subjects import lists_ballot, pedersen_trustees
from tests.boxes import RANK, WITH_BLANK, YES_NO, Made, new_box, single_trustees
from tests.vectors.box.make import LISTS

from selectorate.box import canonical
from selectorate.box.ed25519 import ED25519
from selectorate.box.v1 import acts
from selectorate.box.v1.reading import read_share
from selectorate.errors import ProtocolError

ANSWERS: list[Any] = [[1, 2, 3], [1, 0], [0, 1, 0, 0]]


def tallied(folder: Path, **more: Any) -> Made:
    """A box of two ballots whose rankings have been shuffled."""
    made = new_box(folder, (RANK, YES_NO, WITH_BLANK), voters=2, **more)
    made.cast(0, ANSWERS)
    made.cast(1, ANSWERS)
    made.close()
    made.shuffle(1)
    return made


@pytest.fixture(scope="module")
def box(tmp_path_factory: pytest.TempPathFactory) -> Made:
    return tallied(tmp_path_factory.mktemp("box"))


def good(made: Made, trustee: int = 1) -> dict[str, Any]:
    raw = acts.partial_decryption(made.read(), *made.private[trustee])
    value: dict[str, Any] = canonical.loads(raw, what="a decryption")
    return value


def refused(made: Made, value: Any, trustee: int = 1) -> str:
    raw = value if isinstance(value, bytes) else canonical.dumps(value).encode()
    with pytest.raises(ProtocolError) as caught:
        acts.require_good(made.read(), "PartialDecryption", trustee, raw)
    return caught.value.check


def test_a_decryption_has_a_factor_and_a_proof_for_each_ciphertext(box: Made) -> None:
    value = good(box)
    for name in ("decryption_factors", "decryption_proofs"):
        assert [len(row) for row in value[name]] == [2, 2, 4]
    acts.require_good(box.read(), "PartialDecryption", 1, canonical.dumps(value).encode())
    private, _ = box.private[1]
    alphas = [[alpha for alpha, _ in row.texts()] for row in box.read().ciphertexts]
    assert value["decryption_factors"] == [[ED25519.power(alpha, private) for alpha in row] for row in alphas]


def test_a_decryption_is_of_one_trustee(box: Made) -> None:
    assert refused(box, good(box, 1), trustee=2) == "decryption.proof"


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if isinstance(value, str):
        yield path
        return
    for name, inner in value.items() if isinstance(value, dict) else enumerate(value):
        yield from places(inner, (*path, name))


def changed(value: Any, path: tuple[Any, ...], new: Any) -> Any:
    twin = copy.deepcopy(value)
    at = twin
    for step in path[:-1]:
        at = at[step]
    at[path[-1]] = new
    return twin


def at_path(value: Any, path: tuple[Any, ...]) -> Any:
    for step in path:
        value = value[step]
    return value


def test_every_twin_of_a_decryption_is_refused(box: Made) -> None:
    value, reading = good(box), box.read()
    tried = 0
    for path in places(value):
        text = at_path(value, path)
        if path[0] == "decryption_factors":
            others = [ED25519.multiply(text, ED25519.generator), ED25519.invert(text), ED25519.identity]
        else:
            others = [str((int(text) + 1) % ED25519.q), "0"]
        for other in others:
            twin = canonical.dumps(changed(value, path, other)).encode()
            assert not read_share(reading, 1, [twin]).holds, path
            tried += 1
    assert tried == 8 * 3 + 16 * 2


def test_exchanged_factors_are_refused(box: Made) -> None:
    value = good(box)
    for name in ("decryption_factors", "decryption_proofs"):
        for row in range(3):
            a, b, *rest = value[name][row]
            assert refused(box, changed(value, (name, row), [b, a, *rest])) == "decryption.proof"


def test_another_shape_is_refused(box: Made) -> None:
    value = good(box)
    others: list[Any] = [b"", b"[]", b"{}", b"null", canonical.dumps(value).encode() + b"\n"]
    others += [value | {"more": []}, dict(reversed(value.items()))]
    for name in ("decryption_factors", "decryption_proofs"):
        rows = value[name]
        others += [changed(value, (name,), other) for other in (rows[:-1], [*rows, rows[0]], [], rows[::-1], None)]
        for row in range(3):
            items = rows[row]
            others += [
                changed(value, (name, row), other) for other in (items[:-1], [*items, items[0]], [], {}, [items])
            ]
    proof = ("decryption_proofs", 0, 0)
    others += [changed(value, (*proof, "response"), other) for other in (1, "01", "-1", str(ED25519.q), None, "")]
    others += [changed(value, ("decryption_factors", 0, 0), other) for other in ("F" * 64, "0" * 63, 1, None)]
    for other in others:
        assert refused(box, other) == "decryption.shape", other


def test_a_factor_outside_the_group_is_refused(box: Made) -> None:
    for bad in ("f" * 64, "9" * 63 + "5", "0" * 64):
        assert refused(box, changed(good(box), ("decryption_factors", 1, 1), bad)) == "decryption.points"


def test_a_decryption_of_lists_has_their_shape(tmp_path: Path) -> None:
    made = new_box(tmp_path, (LISTS,), voters=1, trustees=1)
    made.box.cast(lists_ballot(made.election, made.credentials[0], [[1, 0, 1], [0, 0]]))
    made.close()
    value = good(made)
    assert [[len(row) for row in rows] for rows in value["decryption_factors"]] == [[3, 2]]
    flat = [item for row in value["decryption_factors"][0] for item in row]
    assert refused(made, changed(value, ("decryption_factors", 0), flat)) == "decryption.shape"
    assert refused(made, changed(value, ("decryption_factors", 0), [flat[:2], flat[2:]])) == "decryption.shape"
    made.decrypt(1)
    assert made.finish() == [[[1, 0, 1], [0, 0]]]


def test_a_decryption_for_another_election_is_refused(tmp_path: Path) -> None:
    """The same trustees, the same questions, the same answers."""
    trustees = single_trustees(ED25519, 2)
    one, other = tallied(tmp_path, trustees=trustees), tallied(tmp_path, trustees=trustees)
    assert refused(one, good(other)) == "decryption.proof"


# --- what a bad one does to a box -------------------------------------------------------------------------


def test_a_bad_one_of_who_is_needed_is_a_fault_of_the_box(tmp_path: Path) -> None:
    for content, check in ((b"{}", "decryption.shape"), (None, "decryption.proof")):
        made = tallied(tmp_path)
        raw = acts.partial_decryption(made.read(), *made.private[2]) if content is None else content
        made.box.add_owned("PartialDecryption", 1, raw)
        (fault,) = made.read().faults
        assert (fault.check, fault.height) == (check, made.box.height) and "trustee 1" in fault.message
        with pytest.raises(ProtocolError, match="fails a check") as caught:
            acts.opened(made.read())
        assert caught.value.check == check


def test_a_bad_one_of_several_is_set_aside_and_named(tmp_path: Path) -> None:
    made = tallied(tmp_path, trustees=pedersen_trustees(ED25519, 3, 2), threshold=2)
    made.box.add_owned("PartialDecryption", 2, b"{}")
    made.decrypt(1, 3)
    with pytest.raises(ProtocolError, match="still needed: 1 of trustees 2 and 4"):
        acts.opened(made.read())
    made.decrypt(4)
    result = made.finish()
    assert sorted(result[0]) == [[1, 2, 3]] * 2 and result[1:] == [[2, 0], [0, 2, 0, 0]]
    reading = made.read()
    assert reading.sound and [(share.owner, share.holds) for share in reading.shares] == [
        (2, False),
        (1, True),
        (3, True),
        (4, True),
    ]


def test_a_key_is_used_on_no_box_with_a_fault(tmp_path: Path) -> None:
    made = tallied(tmp_path)
    made.box.add_owned("PartialDecryption", 1, b"{}")
    with pytest.raises(ProtocolError, match="fails a check"):
        acts.partial_decryption(made.read(), *made.private[2])


def test_nothing_is_decrypted_before_its_time(tmp_path: Path) -> None:
    made = new_box(tmp_path, (RANK,), voters=1)
    made.cast(0, [[1, 2, 3]])
    for step in (lambda: None, lambda: made.box.add("EndBallots")):
        step()
        with pytest.raises(ProtocolError) as caught:
            acts.partial_decryption(made.read(), *made.private[1])
        assert caught.value.check == "events.order"
    content, payload = acts.encrypted_tally(made.read())
    made.box.add("EncryptedTally", [content], payload)
    with pytest.raises(ProtocolError) as caught:
        acts.partial_decryption(made.read(), *made.private[1])
    assert caught.value.check == "events.order"
    made.box.add_owned("Shuffle", 1, acts.shuffle(made.read()))
    with pytest.raises(ProtocolError) as caught:
        acts.partial_decryption(made.read(), *made.private[1])
    assert caught.value.check == "events.order"


@pytest.mark.parametrize("trustee", [0, -1, 3])
def test_a_decryption_is_of_a_trustee_that_there_is(box: Made, trustee: int) -> None:
    assert refused(box, good(box, 2), trustee=trustee) == "decryption.owner"
