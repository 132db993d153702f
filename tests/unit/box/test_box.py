"""A box that is written to: what may come when, who may vote again, and what a receipt says."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.boxes import RANK, TIMESTAMP, YES_NO, Made, new_box, parts_of, single_trustees

from selectorate.box import canonical
from selectorate.box.ed25519 import ED25519
from selectorate.box.v1 import acts
from selectorate.box.v1.ballots import make_ballot, tracker
from selectorate.box.v1.box import Box, open_box
from selectorate.box.v1.credentials import PublicCredential, credential_text, generate, public
from selectorate.box.v1.elections import election_text
from selectorate.box.v1.looking import look
from selectorate.errors import InputError, ProtocolError

UUID = "Jj6XtWgU3b5Qcv"


@pytest.fixture
def made(tmp_path: Path) -> Made:
    return new_box(tmp_path, (YES_NO,), voters=4)


def refused(act: Callable[[], object], check: str) -> ProtocolError:
    with pytest.raises(ProtocolError) as caught:
        act()
    assert caught.value.check == check
    return caught.value


# --- opening ----------------------------------------------------------------------------------------------


def parts(uuid: str = UUID, group: str = "Ed25519") -> dict[str, bytes]:
    structure, y, _ = single_trustees(ED25519, 1)
    raw = election_text(uuid=uuid, name="", description="", group=ED25519, public_key=y, questions=[RANK])
    listed = credential_text(ED25519, [PublicCredential(public(ED25519, uuid, generate()))])
    return {"election": raw, "trustees": structure, "credentials": listed}


def test_a_new_box_is_open_and_empty(tmp_path: Path) -> None:
    path = tmp_path / f"{UUID}.bel"
    open_box(path, **parts(), timestamp=TIMESTAMP)
    box = Box(path)
    assert (box.phase, box.height, box.count("Setup"), box.count("Ballot")) == ("voting", 0, 1, 0)
    assert box.election.uuid == UUID and len(box.roll) == 1
    assert path.stat().st_mode & 0o777 == 0o644


def test_a_box_is_never_overwritten(tmp_path: Path) -> None:
    path = tmp_path / f"{UUID}.bel"
    open_box(path, **parts(), timestamp=TIMESTAMP)
    before = path.read_bytes()
    with pytest.raises(InputError, match="never overwritten"):
        open_box(path, **parts(), timestamp=TIMESTAMP)
    assert path.read_bytes() == before
    assert [one.name for one in tmp_path.iterdir()] == [path.name]


def test_a_box_is_named_by_its_election(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="named by the election") as caught:
        open_box(tmp_path / "box.bel", **parts(), timestamp=TIMESTAMP)
    assert f"{UUID}.bel" in str(caught.value.problems[0].hint)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("part", "check"),
    [("election", "setup.election"), ("trustees", "setup.trustees"), ("credentials", "setup.credentials")],
)
def test_what_cannot_be_read_opens_no_box(tmp_path: Path, part: str, check: str) -> None:
    given = parts() | {part: b"{}"}
    refused(lambda: open_box(tmp_path / f"{UUID}.bel", **given, timestamp=TIMESTAMP), check)
    assert not list(tmp_path.iterdir())


def test_a_key_that_is_not_the_trustees_opens_no_box(tmp_path: Path) -> None:
    """The election, the trustees and the list have to go together before anybody votes."""
    given = parts() | {"trustees": single_trustees(ED25519, 1)[0]}
    refused(lambda: open_box(tmp_path / f"{UUID}.bel", **given, timestamp=TIMESTAMP), "setup.key")
    assert not list(tmp_path.iterdir())


def test_a_credential_that_is_none_opens_no_box(tmp_path: Path) -> None:
    for bad in (ED25519.identity, "f" * 64):
        given = parts() | {"credentials": canonical.dumps([bad]).encode()}
        refused(
            lambda given=given: open_box(tmp_path / f"{UUID}.bel", **given, timestamp=TIMESTAMP), "setup.credentials"
        )
    assert not list(tmp_path.iterdir())


def test_there_is_no_box(tmp_path: Path) -> None:
    for path in (tmp_path / "x.bel", tmp_path):
        with pytest.raises(InputError, match="there is no box"):
            Box(path)


# --- casting ----------------------------------------------------------------------------------------------


def test_a_receipt_names_what_was_recorded(made: Made) -> None:
    raw = make_ballot(made.election, made.credentials[0], [[1, 0]])
    receipt = made.box.cast(raw)
    assert receipt.election_uuid == made.election.uuid and receipt.height == 1
    assert receipt.tracker == tracker(raw)
    box = made.box
    assert (receipt.event, receipt.height) == (box.head, box.height)
    assert box.height_of(receipt.tracker) == 1 and box.height_of("x" * 43) is None


def test_the_last_ballot_of_a_voter_counts(made: Made) -> None:
    first, second = made.cast(0, [[1, 0]]), made.cast(0, [[0, 1]])
    made.cast(1, [[0, 1]])
    roll = made.box.roll
    assert roll.last(public(ED25519, made.election.uuid, made.credentials[0])) == (2, second.tracker)
    assert {one for _, _, one, _ in roll.used()} == {second.tracker, made.receipts[2].tracker}
    assert first.tracker != second.tracker
    assert made.to_the_end() == [[0, 2]]


def test_the_same_ballot_again_gets_the_receipt_it_had(made: Made) -> None:
    raw = make_ballot(made.election, made.credentials[0], [[1, 0]])
    receipt = made.box.cast(raw)
    made.cast(0, [[0, 1]])
    size = made.path.stat().st_size
    assert made.box.cast(raw) == receipt == made.box.cast(raw, revote=False)
    assert made.path.stat().st_size == size
    made.box.add("EndBallots")
    assert made.box.cast(raw) == receipt


def test_where_nobody_votes_twice_a_second_ballot_is_refused(made: Made) -> None:
    made.box.cast(make_ballot(made.election, made.credentials[0], [[1, 0]]), revote=False)
    again = make_ballot(made.election, made.credentials[0], [[0, 1]])
    refused(lambda: made.box.cast(again, revote=False), "ballot.revote")
    made.box.cast(make_ballot(made.election, made.credentials[1], [[0, 1]]), revote=False)
    assert made.box.count("Ballot") == 2
    assert made.box.cast(again).height == 3


def test_nothing_is_cast_into_a_closed_box(made: Made) -> None:
    made.cast(0, [[1, 0]])
    raw = make_ballot(made.election, made.credentials[1], [[1, 0]])
    made.close()
    size = made.path.stat().st_size
    assert "EndBallots" not in str(refused(lambda: made.box.cast(raw), "events.order"))
    assert made.path.stat().st_size == size


def test_what_is_refused_leaves_the_box_as_it_was(made: Made) -> None:
    good = make_ballot(made.election, made.credentials[0], [[1, 0]])
    stranger = make_ballot(made.election, generate(), [[1, 0]])
    before = made.path.read_bytes()
    for raw, check in ((b"", "ballot.canonical"), (good + b"\n", "ballot.canonical"), (stranger, "ballot.credential")):
        refused(lambda raw=raw: made.box.cast(raw), check)
    assert made.path.read_bytes() == before


def test_two_who_hold_the_box_see_what_the_other_wrote(made: Made) -> None:
    one, other = made.box, made.box
    first = one.cast(make_ballot(made.election, made.credentials[0], [[1, 0]]))
    second = other.cast(make_ballot(made.election, made.credentials[1], [[1, 0]]))
    assert (first.height, second.height) == (1, 2)
    assert one.height_of(second.tracker) is None
    one.refresh()
    assert one.height_of(second.tracker) == 2 and one.head == other.head
    other.add("EndBallots")
    raw = make_ballot(made.election, made.credentials[2], [[1, 0]])
    refused(lambda: one.cast(raw), "events.order")


# --- order ------------------------------------------------------------------------------------------------


def test_events_come_in_the_order_of_the_protocol(tmp_path: Path) -> None:
    made = new_box(tmp_path, (RANK,))
    kinds = ("Setup", "Ballot", "EndBallots", "EncryptedTally", "Shuffle", "EndShuffles", "PartialDecryption", "Result")
    may: dict[str, set[str]] = {
        "voting": {"Ballot", "EndBallots"},
        "closed": {"EncryptedTally"},
        "tallied": {"Shuffle"},
        "shuffled": {"PartialDecryption"},
        "decrypting": {"PartialDecryption", "Result"},
        "final": set(),
    }
    made.cast(0, [[1, 2, 3]])

    def only(phase: str) -> None:
        assert made.box.phase == phase
        for kind in kinds:
            if kind not in may[phase]:
                refused(lambda kind=kind: made.box.add(kind, [b"x"], b"{}"), "events.order")

    only("voting")
    made.box.add("EndBallots")
    only("closed")
    content, payload = acts.encrypted_tally(made.read())
    made.box.add("EncryptedTally", [content], payload)
    only("tallied")
    made.shuffle(1)
    only("shuffled")
    made.decrypt(1)
    only("decrypting")
    refused(made.finish, "decryption.enough")
    made.decrypt(2)
    made.finish()
    only("final")


def test_sums_are_not_shuffled(made: Made) -> None:
    made.cast(0, [[1, 0]])
    made.close()
    for kind in ("Shuffle", "EndShuffles"):
        refused(lambda kind=kind: made.box.add(kind, [b"x"], b"{}"), "events.order")
    made.decrypt(1)
    assert made.box.phase == "decrypting"


def test_only_shuffles_and_decryptions_have_an_owner(made: Made) -> None:
    for kind in ("Ballot", "EndBallots", "Result", "EncryptedTally", "Setup"):
        with pytest.raises(ValueError, match="has no owner"):
            made.box.add_owned(kind, 1, b"{}")  # type: ignore[arg-type]


def test_what_was_made_of_an_older_box_is_not_added(tmp_path: Path) -> None:
    """Two trustees shuffle the same tally: the second shuffle is of a box that is not there any more."""
    made = new_box(tmp_path, voters=1)
    made.cast(0, [[1, 2, 3]])
    made.close()
    reading, box = made.read(), made.box  # the box is at hand before the other shuffle is in it
    made.box.add_owned("Shuffle", 1, acts.shuffle(made.read()), after=reading.chain.head)
    before = made.path.read_bytes()
    with pytest.raises(InputError, match="somebody has added to the box"):
        box.add_owned("Shuffle", 2, acts.shuffle(reading), after=reading.chain.head)
    assert made.path.read_bytes() == before
    assert made.read().sound


def test_what_is_owned_says_whose_it_is(tmp_path: Path) -> None:
    made = new_box(tmp_path, (RANK,))
    made.cast(0, [[1, 2, 3]])
    made.close()
    event, height = made.box.add_owned("Shuffle", 2, b'{"x":1}')
    last = parts_of(made.path)[-1]
    assert last.value(1) == {"owner": 2, "payload": hashlib.sha256(b'{"x":1}').hexdigest()}
    assert (made.box.head, made.box.height) == (event, height)


# --- looking ----------------------------------------------------------------------------------------------


def test_what_is_seen_without_a_check(tmp_path: Path) -> None:
    made = new_box(tmp_path, (RANK, YES_NO), voters=3)
    first = made.cast(0, [[1, 2, 3], [1, 0]])
    again = made.cast(0, [[2, 1, 3], [0, 1]])
    made.cast(2, [[1, 3, 2], [0, 1]])
    seen = look(made.path)
    assert seen.phase == "voting" and len(seen.heights) == 3
    assert set(seen.trackers) == {again.tracker, made.receipts[2].tracker}
    assert seen.said_of(again.tracker) == (
        "The ballot with this tracker is in the box (event 2), and it counts.",
        True,
    )
    assert seen.said_of(first.tracker) == (
        "The ballot with this tracker is in the box (event 1); a later one of its voter counts.",
        False,
    )
    assert seen.said_of("x" * 43) == ("There is no ballot with this tracker in the box.", False)
    text = "\n".join(seen.lines())
    assert made.election.phi in text and str(made.box.head) in text
    assert "3 ballots of 2 voters; 3 may vote." in text
    assert "rank 3 names" in text and "choose 1 to 1 of 2, summed" in text
    result = made.to_the_end()
    assert look(made.path).result == {"result": result}


def test_what_is_no_archive_is_not_looked_at(tmp_path: Path) -> None:
    path = tmp_path / "x.bel"
    for content in (b"", b"x" * 600):
        path.write_bytes(content)
        with pytest.raises(InputError, match="not an archive"):
            look(path)
    made = new_box(tmp_path)
    path.write_bytes(made.path.read_bytes()[:1024])
    with pytest.raises(InputError, match="no setup"):
        look(path)
