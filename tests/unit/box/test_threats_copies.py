"""THREATS A1, A2, A8, A10, A16, A23: ballots copied, replayed, stuffed and clashing; trustees who spoil their part."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from tests.box_mutations import with_data
from tests.box_subjects import lists_ballot, pedersen_trustees, signed, subject
from tests.boxes import (
    RANK,
    WITH_BLANK,
    YES_NO,
    Made,
    Part,
    new_box,
    parts_of,
    put_together,
    repointed,
    single_trustees,
)

from selectorate.box import canonical
from selectorate.box.ed25519 import ED25519
from selectorate.box.groups import random_scalar
from selectorate.box.v1 import acts, ballots
from selectorate.box.v1.ballots import ballot_alphas, make_ballot, read_ballot
from selectorate.box.v1.box import open_box
from selectorate.box.v1.credentials import PublicCredential, credential_text, generate, public, secret_exponent
from selectorate.box.v1.decryptions import decryption_text
from selectorate.box.v1.distinct import Marker
from selectorate.box.v1.elections import election_text
from selectorate.box.v1.hashes import phi_of_hex
from selectorate.box.v1.reading import read_box
from selectorate.box.v1.report import facts
from selectorate.errors import ProtocolError

Q = ED25519.q


def content_of(raw: bytes) -> Any:
    return json.loads(raw)


def secret_of(made: Made, voter: int) -> int:
    return secret_exponent(made.group, made.election.uuid, made.credentials[voter])


def public_of(made: Made, voter: int) -> str:
    return made.group.power_g(secret_of(made, voter))


def put_in(made: Made, raw: bytes) -> None:
    """Put a ballot into a box as another program might, without looking at it."""
    made.path.write_bytes(put_together([*parts_of(made.path), Part("Ballot", [raw], True)]))


def ballot_with(made: Made, voter: int, answers: Sequence[Sequence[int]], randomness: dict[int, int]) -> bytes:
    """A ballot in which the randomness of the ciphertexts at some places is chosen by who makes it."""
    places = iter(range(100))
    drawn = ballots.random_scalar

    def chosen(group: Any) -> int:
        return randomness.get(next(places)) or drawn(group)

    with patch.object(ballots, "random_scalar", chosen):
        return make_ballot(made.election, made.credentials[voter], answers)


def refused(made: Made, raw: bytes) -> str:
    """The check by which a ballot is refused, on its way in and, by the same name, in a box it was put into."""
    before = made.path.read_bytes()
    with pytest.raises(ProtocolError) as caught:
        made.box.cast(raw)
    assert made.path.read_bytes() == before
    made.path.write_bytes(put_together([*parts_of(made.path), Part("Ballot", [raw], True)]))
    reading = made.read()
    made.path.write_bytes(before)
    assert reading.faults[0].check == caught.value.check
    return caught.value.check


# --- A1: copies ------------------------------------------------------------------------------------------


@pytest.fixture
def box(tmp_path: Path) -> Made:
    """A ranking and a yes or no; the first voter has voted."""
    made = new_box(tmp_path, (RANK, YES_NO))
    made.cast(0, [[1, 2, 3], [1, 0]])
    return made


def first_ballot(made: Made) -> bytes:
    return parts_of(made.path)[1].data[0]


def test_a1_i_the_same_bytes(box: Made) -> None:
    """They get the receipt that they had, and the box does not grow; put into it by hand, they are refused."""
    raw, height = first_ballot(box), box.box.height
    assert box.box.cast(raw) == box.receipts[0]
    assert box.box.height == height
    box.path.write_bytes(put_together([*parts_of(box.path), Part("Ballot", [raw], True)]))
    assert [fault.check for fault in box.read().faults] == ["ballot.distinct"]


def test_a1_ii_under_another_credential(box: Made) -> None:
    copied = {**content_of(first_ballot(box)), "credential": public_of(box, 1)}
    assert refused(box, signed(box.group, secret_of(box, 1), copied)) == "ballot.proofs"
    assert refused(box, canonical.dumps(copied).encode()) == "ballot.hash"
    own = content_of(make_ballot(box.election, box.credentials[1], [[3, 2, 1], [0, 1]]))
    for position in (0, 1):
        mixed = content_of(first_ballot(box))["answers"]
        mixed[1 - position] = own["answers"][1 - position]
        assert refused(box, signed(box.group, secret_of(box, 1), {**own, "answers": mixed})) == "ballot.proofs"


def test_a1_iii_encrypted_again(box: Made) -> None:
    group, y, r = box.group, box.election.public_key, 12345
    content = {**content_of(first_ballot(box)), "credential": public_of(box, 1)}
    for answer in content["answers"]:
        choices = answer["choices"] if isinstance(answer["choices"], list) else [answer["choices"]]
        for choice in choices:
            choice["alpha"] = group.multiply(choice["alpha"], group.power_g(r))
            choice["beta"] = group.multiply(choice["beta"], group.power(y, r))
        # Of a proof (A, c, w - r0 c) of the first randomness r0, that of r0 + r for the same c: only the hash differs.
        for proof in [answer["proof"]] if "proof" in answer else []:
            proof["response"] = str((int(proof["response"]) - r * int(proof["challenge"])) % Q)
    assert refused(box, signed(group, secret_of(box, 1), content)) == "ballot.proofs"
    mine = {**content, "credential": public_of(box, 0)}
    assert refused(box, signed(group, secret_of(box, 0), mine)) == "ballot.proofs"


def test_a1_iv_exchanged_between_questions(tmp_path: Path) -> None:
    made = new_box(tmp_path, (YES_NO, YES_NO))
    content = content_of(make_ballot(made.election, made.credentials[0], [[1, 0], [0, 1]]))
    content["answers"].reverse()
    # Both are proven under the voter's credential: it is another vote of the same voter, and no copy.
    assert made.box.cast(signed(made.group, secret_of(made, 0), content)).height == 1
    for answer in content["answers"]:
        answer["choices"].reverse()
    assert refused(made, signed(made.group, secret_of(made, 0), content)) == "ballot.proofs"
    for answer in content["answers"]:
        answer["individual_proofs"].reverse()
    assert refused(made, signed(made.group, secret_of(made, 0), content)) == "ballot.proofs"


def spaced(raw: bytes) -> bytes:
    return raw.replace(b",", b", ", 1)


def capitals(raw: bytes) -> bytes:
    return raw.replace(content_of(raw)["credential"].encode(), content_of(raw)["credential"].upper().encode())


def changed(change: Callable[[Any], None]) -> Callable[[bytes], bytes]:
    def made(raw: bytes) -> bytes:
        content = content_of(raw)
        change(content)
        return canonical.dumps(content).encode()

    return made


def number(name: str, change: Callable[[str], str]) -> Callable[[bytes], bytes]:
    """The number of the signature changed, and that of the first proof."""

    def of_content(content: Any) -> None:
        proof = content["signature"]["proof"]
        proof[name] = change(proof[name])

    return changed(of_content)


FORMS: dict[str, tuple[Callable[[bytes], bytes], str]] = {
    "a space": (spaced, "ballot.canonical"),
    "a line end": (lambda raw: raw + b"\n", "ballot.canonical"),
    "an escape": (lambda raw: raw.replace(b"answers", b"\\u0061nswers", 1), "ballot.canonical"),
    "hexadecimal in capitals": (capitals, "ballot.shape"),
    "a zero before a number": (number("response", lambda n: "0" + n), "ballot.shape"),
    "a response q larger": (number("response", lambda n: str(int(n) + Q)), "ballot.shape"),
    "a challenge q larger": (number("challenge", lambda n: str(int(n) + Q)), "ballot.shape"),
    "a negative response": (number("response", lambda n: str(int(n) - Q)), "ballot.shape"),
    "a response as a number": (number("response", lambda n: int(n)), "ballot.canonical"),  # type: ignore[arg-type,return-value]
    "an answer more": (changed(lambda c: c["answers"].append(c["answers"][0])), "ballot.shape"),
    "no answers": (changed(lambda c: c["answers"].clear()), "ballot.shape"),
    "an answer fewer": (changed(lambda c: c["answers"].pop()), "ballot.shape"),
    "a field more": (changed(lambda c: c.update(weight=2)), "ballot.shape"),
    "without a signature": (changed(lambda c: c.pop("signature")), "ballot.shape"),
    "another hash": (changed(lambda c: c["signature"].update(hash="x" * 43)), "ballot.hash"),
}


@pytest.mark.parametrize("form", FORMS)
def test_a1_v_another_form_of_the_same(box: Made, form: str) -> None:
    change, check = FORMS[form]
    raw = make_ballot(box.election, box.credentials[1], [[1, 2, 3], [1, 0]])
    assert refused(box, change(raw)) == check
    assert box.box.cast(raw).height == 2


# --- A2: other elections ---------------------------------------------------------------------------------


def sibling(made: Made, folder: Path, uuid: str, name: str) -> Made:
    """Another election of the same trustees, questions and credentials (as voters have them)."""
    group = made.group
    raw = election_text(
        uuid=uuid,
        name=name,
        description="",
        group=group,
        public_key=made.election.public_key,
        questions=made.election.questions,
    )
    entries = [PublicCredential(public(group, uuid, one)) for one in made.credentials]
    trustees = parts_of(made.path)[0].data[1]
    folder.mkdir()
    path = folder / f"{uuid}.bel"
    open_box(path, election=raw, trustees=trustees, credentials=credential_text(group, entries), timestamp=1)
    return Made(path, group, Made(path, group, made.election, {}, []).box.election, made.private, made.credentials)


@pytest.mark.parametrize("same_uuid", [False, True])
def test_a2_replay_in_another_election(box: Made, tmp_path: Path, same_uuid: bool) -> None:
    """The same keys and credentials; another identifier, or the same with a word of the text changed."""
    uuid = box.election.uuid if same_uuid else "Another1111111"
    other = sibling(box, tmp_path / "other", uuid, "Test" if not same_uuid else "Test again")
    raw = first_ballot(box)
    assert refused(other, raw) == "ballot.election"
    for bound in (
        {"election_uuid": uuid},
        {"election_hash": other.election.phi},
        {"election_uuid": uuid, "election_hash": other.election.phi},
        {"election_uuid": uuid, "election_hash": other.election.phi, "credential": public_of(other, 0)},
    ):
        check = refused(other, signed(box.group, secret_of(other, 0), {**content_of(raw), **bound}))
        if len(bound) == 1 and not (same_uuid and "election_hash" in bound):
            assert check == "ballot.election"
        else:
            assert check in ("ballot.proofs", "ballot.credential")


# --- A8: decryptions that are spoilt ---------------------------------------------------------------------


def test_a8_bad_shares_are_set_aside(tmp_path: Path) -> None:
    """Of three of five who are needed: rubbish, one of the tally before the shuffles, one of another key, one twice."""
    made = new_box(tmp_path, voters=2, trustees=pedersen_trustees(ED25519, 5, 3, with_single=False), threshold=3)
    made.cast(0, [[1, 2, 3]])
    made.cast(1, [[3, 2, 1]])
    made.close()
    before = [[alpha for alpha, _ in row.texts()] for row in made.read().ciphertexts]
    made.shuffle(1, 2)
    reading = made.read()
    after = [[alpha for alpha, _ in row.texts()] for row in reading.ciphertexts]
    spoilt: Sequence[tuple[int, bytes]] = [
        (1, b"{}"),
        (2, decryption_text(made.election, *made.private[2], before)),
        (1, decryption_text(made.election, made.private[5][0], made.private[1][1], after)),
    ]
    for owner, content in spoilt:
        with pytest.raises(ProtocolError):
            acts.require_good(made.read(), "PartialDecryption", owner, content)
        made.box.add_owned("PartialDecryption", owner, content)
    made.decrypt(3, 4)
    with pytest.raises(ProtocolError, match="needed") as caught:
        acts.opened(made.read())
    assert caught.value.check == "decryption.enough"
    made.decrypt(4)
    with pytest.raises(ProtocolError, match="needed"):
        acts.opened(made.read())
    made.decrypt(5)
    assert sorted(made.finish()[0]) == [[1, 2, 3], [3, 2, 1]]
    reading = made.read()
    assert reading.sound
    assert [share.owner for share in reading.shares if not share.holds] == [1, 2, 1]


# --- A10: the tally --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "change", "check"),
    [
        (1, lambda sized: {**sized, "num_tallied": 2}, "tally.numbers"),
        (1, lambda sized: {**sized, "total_weight": 9}, "tally.numbers"),
        (0, lambda tally: tally[::-1], "tally.content"),
        (0, lambda tally: [tally[0][::-1], tally[1]], "tally.content"),
        (0, lambda tally: [tally[1], tally[1]], "tally.content"),
        (0, lambda tally: [], "tally.content"),
    ],
)
def test_a10_the_tally_is_made_again(tmp_path: Path, data: int, change: Callable[[Any], Any], check: str) -> None:
    box = subject("sums", tmp_path)
    (event,) = box.of_type("EncryptedTally")
    raw = canonical.dumps(change(box.parts[event].value(data))).encode()
    box.made.path.write_bytes(put_together(with_data(box.parts[: event + 1], event, data, raw)))
    assert [fault.check for fault in box.made.read().faults] == [check]


@pytest.mark.parametrize("kind", ["Shuffle", "PartialDecryption"])
@pytest.mark.parametrize("owner", [0, 3, 10_000, 10_001, -1, True, "1"])
def test_a10_owners(tmp_path: Path, kind: str, owner: Any) -> None:
    box = subject("ranking", tmp_path)
    event = box.of_type(kind)[0]
    part = box.parts[event]
    pointer = canonical.dumps({**part.value(1), "owner": owner}).encode()
    changed_part = repointed(Part(part.type, [part.data[0], pointer], True))
    box.made.path.write_bytes(put_together([*box.parts[:event], changed_part]))
    of_kind = "shuffle.owner" if kind == "Shuffle" else "decryption.owner"
    assert box.made.read().faults[0].check == (
        of_kind if owner in (3, 10_000) and owner is not True else "events.shape"
    )


# --- A16: clashes ----------------------------------------------------------------------------------------


def test_a16_frozen_randomness(tmp_path: Path) -> None:
    """A device whose generator stands still makes ballots that can be told apart by nobody, and opened by its maker."""
    made = new_box(tmp_path, voters=3)
    still = random_scalar(ED25519)
    with patch.object(secrets, "randbelow", lambda _: still):
        first, again, other = (
            make_ballot(made.election, made.credentials[voter], [ranks])
            for voter, ranks in ((0, [1, 2, 3]), (0, [3, 2, 1]), (1, [1, 2, 3]))
        )
    made.box.cast(first)
    with pytest.raises(ProtocolError, match="used before") as caught:
        made.box.cast(again)
    assert caught.value.check == "ballot.distinct"
    assert refused(made, other) == "ballot.distinct"
    # Whose ballot was first does not matter, nor whether it still counts.
    made.cast(0, [[2, 1, 3]])
    assert refused(made, other) == "ballot.distinct"


@pytest.mark.parametrize("questions", [(YES_NO,), (WITH_BLANK, RANK)])
def test_a16_frozen_randomness_in_sums(tmp_path: Path, questions: Any) -> None:
    made = new_box(tmp_path, questions)
    answers = {YES_NO: [1, 0], WITH_BLANK: [0, 1, 0, 0], RANK: [1, 2, 3]}
    still = random_scalar(ED25519)
    with patch.object(secrets, "randbelow", lambda _: still):
        first, second = (
            make_ballot(made.election, made.credentials[voter], [answers[question] for question in questions])
            for voter in (0, 1)
        )
    # On the way in one such ballot is enough to tell, if it has several ciphertexts.
    with pytest.raises(ProtocolError, match="used before"):
        made.box.cast(first)
    put_in(made, first)
    reading = made.read()
    assert (reading.faults, reading.cast_again) == ([], 1)
    assert refused(made, second) == "ballot.distinct"


@pytest.mark.parametrize("place", range(7))
def test_a16_any_one_alpha_of_another_voter(tmp_path: Path, place: int) -> None:
    """Not only the first: two voters agree on the randomness of one ciphertext, wherever it stands."""
    made = new_box(tmp_path, (YES_NO, WITH_BLANK, RANK), voters=3)
    answers = [[1, 0], [0, 1, 0, 0], [1, 2, 3]]
    made.cast(2, answers)
    first, second = (ballot_with(made, voter, answers, {place: 4711}) for voter in (0, 1))
    alphas = [ballot_alphas(read_ballot(raw, made.election)) for raw in (first, second)]
    assert [one == other for one, other in zip(*alphas, strict=True)] == [number == place for number in range(7)]
    made.box.cast(first)
    assert refused(made, second) == "ballot.distinct"
    # The same ciphertext at another place of another ballot is no better.
    moved = ballot_with(made, 1, answers, {(place + 1) % 6: 4711})
    assert refused(made, moved) == "ballot.distinct"


def test_a16_a_voter_who_casts_the_same_ciphertexts_again(box: Made) -> None:
    """Signed anew it is a vote like any other, where another program runs the box; with the old signature, a replay."""
    first = first_ballot(box)
    second = make_ballot(box.election, box.credentials[0], [[3, 2, 1], [0, 1]])
    again = signed(box.group, secret_of(box, 0), content_of(first))
    assert content_of(again)["answers"] == content_of(first)["answers"] and again != first
    for raw in (second, again):
        put_in(box, raw)
    reading = box.read()
    assert (reading.faults, reading.ballots, reading.cast_again) == ([], 3, 1)
    assert facts(reading)["with the same randomness again"] == 1
    with pytest.raises(ProtocolError, match="used before"):
        box.box.cast(signed(box.group, secret_of(box, 0), content_of(first)))
    put_in(box, second)
    assert [(fault.check, fault.height) for fault in box.read().faults] == [("ballot.distinct", 4)]


def test_a16_the_last_one_counts_of_the_same_ciphertexts(tmp_path: Path) -> None:
    made = new_box(tmp_path, (RANK, YES_NO), voters=2)
    made.cast(0, [[1, 2, 3], [1, 0]])
    made.cast(0, [[3, 2, 1], [0, 1]])
    put_in(made, signed(made.group, secret_of(made, 0), content_of(first_ballot(made))))
    made.cast(1, [[2, 1, 3], [1, 0]])
    ranked, sums = made.to_the_end()
    assert sorted(ranked) == [[1, 2, 3], [2, 1, 3]] and sums == [2, 0]
    assert made.read().sound


def test_a16_marks_that_clash_by_chance_are_no_fault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of each alpha only 64 bits are kept. Where those are alike, the ballots are read again and compared."""
    made = new_box(tmp_path, (RANK, YES_NO))
    for voter in (0, 1, 2, 0):
        made.cast(voter, [[1, 2, 3], [1, 0]])
    monkeypatch.setattr(Marker, "mark", lambda self, text: 1 + len(text) % 2)
    assert (made.read().faults, made.read().cast_again) == ([], 0)
    put_in(made, first_ballot(made))
    assert [(fault.check, fault.height) for fault in made.read().faults] == [("ballot.distinct", 5)]


def test_a16_a_ballot_that_cannot_be_read_is_compared_as_bytes(box: Made) -> None:
    for _ in range(2):
        put_in(box, b"{}")
    found = [(fault.check, fault.height) for fault in box.read().faults]
    assert found == [("ballot.shape", 2), ("ballot.shape", 3), ("ballot.distinct", 3)]


def test_a16_every_ballot_has_its_own_tracker_and_randomness(tmp_path: Path) -> None:
    made = new_box(tmp_path, voters=1)
    raws = [make_ballot(made.election, made.credentials[0], [[1, 2, 3]]) for _ in range(1000)]
    assert len({content_of(raw)["answers"][0]["choices"]["alpha"] for raw in raws}) == len(set(raws)) == 1000
    assert all(content_of(raw)["credential"] == public_of(made, 0) for raw in raws), "a receipt leads to one voter"


def test_a16_no_credential_is_that_of_two(tmp_path: Path) -> None:
    made = new_box(tmp_path)
    one = PublicCredential(public_of(made, 0))
    with pytest.raises(ProtocolError, match="twice"):
        credential_text(made.group, [one, PublicCredential(one.key, 2)])


# --- A23: stuffing ---------------------------------------------------------------------------------------


def test_a23_stuffing(box: Made) -> None:
    """By who writes the box and has no credential: with a forged signature, a key of one's own, another's signature."""
    group = box.group
    victim, own = public_of(box, 2), random_scalar(group)
    content = content_of(make_ballot(box.election, generate(), [[1, 2, 3], [1, 0]]))
    assert refused(box, make_ballot(box.election, generate(), [[1, 2, 3], [1, 0]])) == "ballot.credential"
    assert refused(box, signed(group, own, {**content, "credential": group.power_g(own)})) == "ballot.credential"
    for_victim = {**content, "credential": victim}
    assert refused(box, signed(group, own, for_victim)) == "ballot.signature"
    raw = content_of(signed(group, own, for_victim))
    taken = content_of(first_ballot(box))["signature"]["proof"]
    assert refused(box, canonical.dumps({**raw, "signature": {**raw["signature"], "proof": taken}}).encode()) == (
        "ballot.signature"
    )
    # A signature under vk is one under vk × g^d with another response; here what is signed names the key.
    d = 777
    shifted = {"challenge": taken["challenge"]}
    shifted["response"] = str((int(taken["response"]) - d * int(taken["challenge"])) % Q)
    moved = {**content_of(first_ballot(box)), "credential": group.multiply(public_of(box, 0), group.power_g(d))}
    moved["signature"] = {**moved["signature"], "proof": shifted}
    assert refused(box, canonical.dumps(moved).encode()) == "ballot.hash"


def test_a23_a_voter_who_was_struck_off(box: Made, tmp_path: Path) -> None:
    """The list is what the setup says: to strike somebody off is to open another box."""
    parts = parts_of(box.path)
    listed = [entry for entry in parts[0].value(2) if entry != public_of(box, 0)]
    box.path.write_bytes(put_together(with_data(parts, 0, 2, canonical.dumps(listed).encode())))
    assert [fault.check for fault in box.read().faults] == ["ballot.credential"]


def test_a23_a_key_added_to_the_list_shows(box: Made) -> None:
    """It is another setup: the fingerprint that was published is another."""
    before = box.read().setup
    parts = parts_of(box.path)
    listed = [*parts[0].value(2), box.group.power_g(4711)]
    box.path.write_bytes(put_together(with_data(parts, 0, 2, canonical.dumps(listed).encode())))
    after = read_box(box.path).setup
    assert phi_of_hex(after["credentials"]) != phi_of_hex(before["credentials"])
    assert {**after, "credentials": ""} == {**before, "credentials": ""}


# --- weights and lists -----------------------------------------------------------------------------------


def test_a_ballot_that_is_none_of_the_election_is_refused_in_every_type(tmp_path: Path) -> None:
    boxes = [subject(name, tmp_path / name) for name in ("ranking", "sums", "lists")]
    for one in boxes:
        for other in boxes:
            if one is not other:
                event = other.of_type("Ballot")[0]
                raw = other.parts[event].data[0]
                one.made.path.write_bytes(put_together(with_data(one.parts[:2], 1, 0, raw)))
                assert one.made.read().faults[0].check in ("ballot.shape", "ballot.election")


@pytest.mark.parametrize("bits", [[[1, 0, 0], [0, 0]], [[0, 1, 0], [0, 0]], [[1, 1, 0], [1, 1]], [[0, 0, 0], [0, 0]]])
def test_lists_that_are_not_allowed(tmp_path: Path, bits: Any) -> None:
    """A list without a candidate, a candidate without the list, two lists, none."""
    box = subject("lists", tmp_path)
    made = new_box(tmp_path, box.made.election.questions, trustees=single_trustees(ED25519, 1))
    assert refused(made, lists_ballot(made.election, made.credentials[0], bits)) == "ballot.proofs"
    assert made.box.cast(lists_ballot(made.election, made.credentials[0], [[1, 1, 1], [0, 0]])).height == 1
