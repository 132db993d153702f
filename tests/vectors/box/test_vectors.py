"""The vectors are made again, byte for byte; and this program is held to what they say."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from tests.vectors.box.fixed import recording
from tests.vectors.box.make import (
    FILES,
    FOLDER,
    MAKERS,
    Item,
    edited,
    file_text,
    group_of,
    made_shuffle,
    read,
    vector_ballot,
)

from selectorate.box import canonical
from selectorate.box.ed25519 import ED25519
from selectorate.box.finite import RFC_3526_2048
from selectorate.box.groups import Group
from selectorate.box.kernel import available
from selectorate.box.pools import Arithmetic, new_pool
from selectorate.box.public import Pool
from selectorate.box.v1 import channels, proofs, shuffles
from selectorate.box.v1.ballots import ballot_checks, ballot_points, read_ballot, tracker
from selectorate.box.v1.channels import Channel, Seed
from selectorate.box.v1.checking import BallotChecker
from selectorate.box.v1.credentials import PublicCredential, credential_text, public, read_credentials, secret_exponent
from selectorate.box.v1.distinct import Marker
from selectorate.box.v1.elections import Election, read_election
from selectorate.box.v1.hashes import base64_hash, challenge, hex_hash
from selectorate.box.v1.packed import Ciphertexts, put_read
from selectorate.box.v1.proofs import CiphertextElements
from selectorate.box.v1.roll import Roll
from selectorate.box.v1.trustees import lagrange
from selectorate.errors import ProtocolError

ARITHMETICS: list[Arithmetic] = ["libsodium", *(["kernel"] if available() else [])]  # type: ignore[list-item]


@pytest.mark.parametrize("name", FILES)
def test_the_same_is_made_again(name: str) -> None:
    assert file_text(name) == (FOLDER / f"{name}.json").read_text(encoding="ascii")


# --- texts, hashes, credentials --------------------------------------------------------------------------


def test_canonical_texts() -> None:
    for item in read("canonical"):
        if item["canonical"]:
            raw = item["text"].encode()
            assert canonical.dumps(canonical.loads(raw, what="a vector")).encode() == raw
            assert hex_hash(raw) == item["sha256"]
        else:
            with pytest.raises(ProtocolError):
                canonical.loads(bytes.fromhex(item["bytes"]), what=item["why"])


def test_hashes() -> None:
    for item in read("hashes"):
        if "bytes" in item:
            raw = bytes.fromhex(item["bytes"])
            assert (hex_hash(raw), base64_hash(raw)) == (item["hex"], item["base64"])
        elif "election" in item:
            election = read_election(item["election"].encode())
            assert (election.phi, election.digest) == (item["phi"], item["hex"])
        else:
            assert challenge(item["challenge of"], group_of(item).q) == int(item["number"])


def test_credentials() -> None:
    derived = 0
    for item in read("credentials"):
        group = group_of(item)
        if "credential" in item:
            derived += 1
            assert secret_exponent(group, item["uuid"], item["credential"]) == int(item["exponent"])
            assert public(group, item["uuid"], item["credential"]) == item["public"]
        else:
            entries = list(map(PublicCredential, item["keys"], item["weights"]))
            raw = credential_text(group, entries)
            assert raw == item["list"].encode() and base64_hash(raw) == item["fingerprint"]
    assert derived == 100


# --- group elements --------------------------------------------------------------------------------------


@pytest.mark.parametrize("arithmetic", ARITHMETICS)
def test_generators(arithmetic: Arithmetic) -> None:
    for item in read("generators"):
        pool = new_pool(group_of(item), arithmetic)
        texts = pool.texts(pool.generators(item["first"], item["last"] - item["first"] + 1))
        assert hex_hash(canonical.dumps(texts).encode()) == item["sha256 of all as JSON"]
        assert {place: texts[int(place) + 1] for place in item["some"]} == item["some"]


def test_embeddings() -> None:
    tried = 0
    for item in read("embeddings"):
        group = group_of(item)
        for values, epsilon in item["encoded"]:
            number = (int(values, 16) << item["padding"]) + epsilon
            text = f"{number:064x}" if group is ED25519 else str(number)
            assert group.encode(bytes.fromhex(values)) == text and group.is_element(text)
            assert group.decode(text, len(values) // 2) == list(bytes.fromhex(values))
            tried += 1
        for one in item["whole"]:
            assert group.encode(one["values"]) == one["element"]
        for one in item["decoded"]:
            assert group.decode(one["element"], one["count"]) == one["values"]
    assert tried == 1060


@pytest.mark.parametrize("arithmetic", ARITHMETICS)
def test_points(arithmetic: Arithmetic) -> None:
    for group in (ED25519, RFC_3526_2048):
        items = [item for item in read("points") if item["group"] == group.name]
        texts = [item["text"] for item in items]
        wanted = [item["element"] for item in items]
        assert [group.is_element(text) for text in texts] == wanted
        assert [element is not None for element in new_pool(group, arithmetic).read(texts)] == wanted


# --- proofs ----------------------------------------------------------------------------------------------


def test_proofs_are_made_as_they_were() -> None:
    for item in read("proofs"):
        with recording(list(map(int, item["randomness"]))) as recorded:
            output = MAKERS[item["inputs"]["type"]](group_of(item), item["inputs"])
        assert output == item["output"], item["name"]
        assert (recorded.hashed, recorded.commitments) == (item["hashed"], item["commitments"]), item["name"]


def elements(pool: Pool, *texts: str) -> list[Any]:
    read_in = pool.read(texts)
    assert None not in read_in
    return read_in


def check_of(pool: Pool, group: Group, given: Item, output: Any) -> proofs.Check:
    """The check that a proof of the vectors has to pass."""
    kind, s = given["type"], given.get("s", "")
    if kind in ("pok", "sigmsg", "sig"):
        (key,) = elements(pool, group.power_g(int(given["private"])))
        if kind == "pok":
            return proofs.check_possession(pool, group.name, key, given["public"], output)
        said = given["message"] if kind == "sigmsg" else given["hash"]
        return (proofs.check_signed_message if kind == "sigmsg" else proofs.check_signature)(pool, key, said, output)
    if kind == "decrypt":
        key, alpha, factor = elements(pool, given["public"], given["alpha"], output["factor"])
        numbers = dict(zip("cr", proofs.numbers(output["proof"]), strict=True))
        public_key = given["public"]
        return proofs.check_decryption(
            pool, phi=given["phi"], key=key, public=public_key, alpha=alpha, factor=factor, **numbers
        )
    if "first" in given:
        pairs = [elements(pool, given[name]["alpha"], given[name]["beta"]) for name in ("first", "sum")]
        first, rest = (CiphertextElements(*pair) for pair in pairs)
        (y,) = elements(pool, given["y"])
        if kind == "bproof0":
            return proofs.check_blank(pool, s, first=first, rest=rest, y=y, proofs=output)
        if kind == "lproof":
            return proofs.check_list(pool, s, chosen=first, rest=rest, y=y, proofs=output)
        return proofs.check_overall_with_blank(pool, s, given["ms"], first=first, rest=rest, y=y, proofs=output)
    alpha, beta, y = elements(pool, given["alpha"], given["beta"], given["y"])
    c = CiphertextElements(alpha, beta)
    text: proofs.Ciphertext = {"alpha": given["alpha"], "beta": given["beta"]}
    if kind == "raweg":
        return proofs.check_raw_encryption(pool, alpha, s=s, y=given["y"], c=text, proof=output)
    if kind == "prove":
        written = f"{given['alpha']},{given['beta']}"
        return proofs.check_interval(pool, s, given["ms"], c=c, text=written, y=y, proofs=output)
    (commitment,) = elements(pool, output["commitment"])
    return proofs.check_nonzero(pool, s, c=c, y=y, proof=output, commitment=commitment)


@pytest.mark.parametrize("arithmetic", ARITHMETICS)
def test_proofs_hold_and_their_twins_do_not(arithmetic: Arithmetic) -> None:
    kinds = set()
    for item in read("proofs"):
        group, given = group_of(item), item["inputs"]
        pool = new_pool(group, arithmetic)
        kinds.add(given["type"])
        assert proofs.run(pool, [check_of(pool, group, given, item["output"])]) == [True], item["name"]
        twin = copy.deepcopy(item["output"])
        of_twin = twin[-1] if isinstance(twin, list) else twin.get("proof", twin)
        of_twin["challenge"] = str((int(of_twin["challenge"]) + 1) % group.q)
        assert proofs.run(pool, [check_of(pool, group, given, twin)]) == [False], item["name"]
    assert kinds == MAKERS.keys()


@pytest.mark.parametrize("arithmetic", ARITHMETICS)
def test_shuffles(arithmetic: Arithmetic) -> None:
    for item in read("shuffles"):
        group, given, output = group_of(item), item["inputs"], item["output"]
        with recording(list(map(int, item["randomness"]))) as recorded:
            e_prime, proof = made_shuffle(group, given)
        assert [list(pair) for pair in e_prime] == output["e"] and proof == output["proof"]
        assert recorded.hashed == item["hashed"]
        digest = hex_hash(item["challenges of"].encode())
        assert [str(u) for u in shuffles.get_nizkp_challenges(digest, 0, len(e_prime), group.q)] == item["u"]
        ciphertexts = [{"alpha": alpha, "beta": beta} for alpha, beta in output["e"]]
        raw = canonical.dumps({"ciphertexts": [ciphertexts], "proofs": [output["proof"]]}).encode()
        pool = new_pool(group, arithmetic)
        before = Ciphertexts.none(pool)
        for packed, side in zip(before.both(), (0, 1), strict=True):
            put_read(pool, packed, [pair[side] for pair in given["e"]], what="a text", check="vectors")
        shuffle = shuffles.read_shuffle([raw], pool, group, [len(e_prime)])
        # Of no ciphertexts nothing is said that another election could make false.
        for phi, holds in ((given["phi"], True), ("x" * 43, not given["e"])):
            checked = shuffles.check_shuffle_proof(
                pool, shuffle.proofs[0], before, shuffle.ciphertexts[0], pk=given["y"], phi=phi
            )
            assert checked is holds


def test_channels() -> None:
    for item in read("channels"):
        group = group_of(item)
        if "indices" in item:
            found = lagrange(group.q, item["indices"])
            assert [str(found[index]) for index in item["indices"]] == item["lagrange"]
            continue
        channel = Channel.of(group, Seed(item["seed"]))
        assert (str(channel.signing), str(channel.decryption)) == (item["signing"], item["decryption"])
        keys = (channel.verification_key, channel.encryption_key)
        assert keys == (item["verification key"], item["encryption key"])
        with recording(list(map(int, item["randomness"]))):
            assert channels.encrypt(group, channel.encryption_key, item["message"]) == item["sealed"]
        assert channels.decrypt(channel, item["sealed"]).decode() == item["message"]


# --- ballots ---------------------------------------------------------------------------------------------


def checked_alone(election: Election, credential: str, raws: list[bytes], arithmetic: Arithmetic) -> list[str]:
    """The checks that ballots fail, of a roll with one credential; an empty text for a good one."""
    roll = Roll([PublicCredential(credential)])
    checker = BallotChecker(new_pool(election.group, arithmetic), election, roll, Marker())
    return ["" if one.fault is None else one.fault.check for one in checker.check(raws)]


@pytest.mark.parametrize("arithmetic", ARITHMETICS)
def test_ballots(arithmetic: Arithmetic) -> None:
    election: Election | None = None
    made = 0
    for item in read("ballots"):
        if "election" in item:
            election = read_election(item["election"].encode())
            assert election.phi == item["phi"]
            continue
        assert election is not None
        raw, drawn = item["ballot"].encode(), item["randomness"]
        with recording(drawn["label"]) as recorded:
            assert vector_ballot(election, item["credential"], item["answers"]) == raw
        assert len(recorded.randomness) == drawn["count"]
        assert tracker(raw) == item["tracker"]
        credential = public(election.group, election.uuid, item["credential"])
        assert checked_alone(election, credential, [raw], arithmetic) == [""]
        made += election.group is ED25519
    assert made == 50


@pytest.mark.parametrize("arithmetic", ARITHMETICS)
def test_bad_ballots(arithmetic: Arithmetic) -> None:
    about, *items = read("bad-ballots")
    election, good = read_election(about["election"].encode()), about["good"].encode()
    roll = Roll(read_credentials(about["credentials"].encode(), election.group))
    checker = BallotChecker(new_pool(election.group, arithmetic), election, roll, Marker())
    raws = [edited(good, item["edits"]) for item in items]
    assert checker.check([good])[0].fault is None
    for item, raw in zip(items, raws, strict=True):
        (found,) = checker.check([raw])
        assert (found.fault and found.fault.check) == item["check"], item["why"]
    together = [one.fault and one.fault.check for one in checker.check(raws)]
    assert together == [item["check"] for item in items]
    refused = {item["check"] for item in items}
    assert refused == {
        f"ballot.{name}"
        for name in ("canonical", "shape", "election", "hash", "credential", "points", "signature", "proofs")
    }


def test_a_ballots_points_are_those_of_its_answers() -> None:
    """One element is read for each point of the text: none is left unchecked."""
    items = read("ballots")
    election = read_election(items[-2]["election"].encode())
    raw = items[-1]["ballot"].encode()
    ballot = read_ballot(raw, election)
    texts = ballot_points(ballot, election)
    said = json.dumps(ballot.content["answers"])
    assert all(said.count(text) >= texts.count(text) for text in texts)
    pool = new_pool(election.group)
    points, (y, credential) = elements(pool, *texts), elements(pool, election.public_key, ballot.credential)
    checks = ballot_checks(pool, ballot, election, y=y, credential=credential, points=points)
    assert all(proofs.run(pool, checks))
