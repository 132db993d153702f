"""A box while it is written to: killed, full, by many at once. What was acknowledged is there, once, in order."""

from __future__ import annotations

import os
import random
import stat
from pathlib import Path

import pytest
from tests.box_writers import _CONTEXT, ballots, cast_all, cast_without_lock, cast_without_room, kill, race, started
from tests.boxes import RANK, Made, new_box, parts_of

from selectorate.box.archive import BLOCK
from selectorate.box.v1.box import Box, open_box
from selectorate.box.v1.reading import read_box
from selectorate.errors import InputError, ProtocolError

posix = pytest.mark.skipif(os.name != "posix", reason="kills and limits are those of POSIX")


@pytest.fixture
def made(tmp_path: Path) -> Made:
    return new_box(tmp_path, (RANK,), voters=2)


def sound(path: Path) -> bool:
    return not read_box(path, "libsodium").faults


# --- killed ----------------------------------------------------------------------------------------------


@posix
def test_killed_at_any_instant(tmp_path: Path) -> None:
    found = kill(tmp_path, 30, random.Random(1))
    assert found.kills == 30
    # One ballot at most can be on the disk that its writer did not live to acknowledge, each time.
    assert found.acknowledged <= found.recorded <= found.acknowledged + found.kills


def test_torn_anywhere(made: Made) -> None:
    """Whatever is left of the last event, the next writer cuts it off, keeps it aside and goes on."""
    first = made.cast(0, [[1, 2, 3]])
    kept = made.path.read_bytes()
    box = made.box
    (torn_off,) = ballots(made, 1, 1)
    box.cast(torn_off)
    whole = made.path.read_bytes()
    (more,) = ballots(made, 1, 1)
    rng = random.Random(1)
    cuts = [*range(len(kept), len(whole), BLOCK), *(rng.randrange(len(kept), len(whole)) for _ in range(20))]
    for cut in cuts:
        made.path.write_bytes(whole[:cut])
        assert made.box.height == first.height
        assert made.box.cast(more).height == first.height + 1
        assert sound(made.path)
        aside = list(made.path.parent.glob("*.torn-*"))
        assert [one.read_bytes() for one in aside] == ([whole[len(kept) : cut]] if cut > len(kept) else [])
        for one in aside:
            one.unlink()


def test_a_tail_of_zeros(made: Made) -> None:
    """What a power cut leaves where the length of a file was written before its content; a hundred megabytes of it."""
    receipt = made.cast(0, [[1, 2, 3]])
    size = made.path.stat().st_size
    for zeros in (1, BLOCK, 5000, 100_000_000):
        with made.path.open("r+b") as file:
            file.truncate(size + zeros)
        assert made.box.height == receipt.height
        assert made.box.cast(ballots(made, 0, 1)[0]).height == receipt.height + 1
        assert sound(made.path)
        with made.path.open("r+b") as file:
            file.truncate(size)


def test_tails_that_were_cut_are_all_kept(made: Made) -> None:
    size = made.path.stat().st_size
    for tail in (b"BELE", b"more"):
        made.path.write_bytes(made.path.read_bytes()[:size] + tail)
        made.box.cast(ballots(made, 0, 1)[0])
    assert {one.read_bytes() for one in made.path.parent.glob("*.torn-*")} == {b"BELE", b"more"}


def test_a_box_without_setup_is_not_cut(made: Made) -> None:
    """It is no box that a killed writer left: boxes come into being whole."""
    made.path.write_bytes(made.path.read_bytes()[: 3 * BLOCK])
    with pytest.raises(ProtocolError, match="no setup"):
        Box(made.path).add("EndBallots")
    assert made.path.stat().st_size == 3 * BLOCK


# --- what another process took back ----------------------------------------------------------------------


def test_an_event_that_was_taken_back(made: Made) -> None:
    """One process saw an event that another could not finish and took back: it reads the box again."""
    size = made.path.stat().st_size
    early = made.box
    seen, instead = ballots(made, 0, 2)
    made.box.cast(seen)
    early.refresh()
    assert early.height == 1
    with made.path.open("r+b") as file:
        file.truncate(size)
    assert early.cast(instead).height == 1
    assert sound(made.path)
    # The same, with another event of the same length in its place.
    early = made.box
    made.path.write_bytes(made.path.read_bytes()[:size])
    made.box.cast(seen)
    assert early.cast(ballots(made, 1, 1)[0]).height == 2
    assert early.height_of(made.box.cast(instead).tracker) is None
    assert sound(made.path)


def test_an_event_that_this_process_acknowledged_does_not_go_away(made: Made) -> None:
    """An older copy put in place of the box is refused by who knows that there was more."""
    older = made.path.read_bytes()
    box = made.box
    first, second = ballots(made, 0, 2)
    box.cast(first)
    made.path.write_bytes(older)
    for _ in range(2):
        with pytest.raises(ProtocolError, match="acknowledged") as caught:
            box.cast(second)
        assert caught.value.check == "events.chain"
    made.box.cast(second)
    with pytest.raises(ProtocolError, match="acknowledged"):
        box.refresh()


# --- out of room -----------------------------------------------------------------------------------------


@posix
def test_no_room(made: Made) -> None:
    """One clear error, and the box as it was."""
    made.cast(0, [[1, 2, 3]])
    before = made.path.read_bytes()
    (raw,) = ballots(made, 1, 1)
    for room in (len(before), len(before) + 1, len(before) + BLOCK, len(before) + 2000):
        ours, theirs = _CONTEXT.Pipe()
        process = started(cast_without_room, made.path, raw, room, theirs)
        answer = ours.recv()
        process.join()
        assert answer.startswith("InputError: the box cannot be written"), answer
        assert made.path.read_bytes() == before
    assert made.box.cast(raw).height == 2
    assert sound(made.path)


@posix
@pytest.mark.skipif(os.name == "posix" and os.geteuid() == 0, reason="root may write anywhere")
def test_no_leave_to_write(made: Made) -> None:
    made.path.chmod(stat.S_IRUSR)
    with pytest.raises(InputError, match="cannot be written"):
        made.box.cast(ballots(made, 0, 1)[0])


def test_a_new_box_that_cannot_be_written(made: Made, tmp_path: Path) -> None:
    election, trustees, credentials, _ = parts_of(made.path)[0].data
    for path, why in (
        (tmp_path / "none" / made.path.name, "cannot be written"),
        (made.path / made.path.name, "cannot be written"),
        (made.path, "never overwritten"),
    ):
        with pytest.raises(InputError, match=why):
            open_box(path, election=election, trustees=trustees, credentials=credentials, timestamp=1)
    assert sorted(tmp_path.iterdir()) == [made.path]


@posix
def test_no_room_for_what_is_kept_aside(made: Made) -> None:
    """A tail that is torn is not cut off before it is safe."""
    before = made.path.read_bytes() + bytes(1_000_000)
    made.path.write_bytes(before)
    ours, theirs = _CONTEXT.Pipe()
    process = started(cast_without_room, made.path, ballots(made, 1, 1)[0], len(before) // 2, theirs)
    answer = ours.recv()
    process.join()
    assert answer.startswith("InputError: the box cannot be written"), answer
    assert made.path.read_bytes() == before
    assert not list(made.path.parent.glob("*torn*"))


# --- many at once ----------------------------------------------------------------------------------------


@posix
def test_without_the_lock_events_are_lost(tmp_path: Path) -> None:
    """So that the tests that follow can be believed."""
    path, acknowledged, cast = race(tmp_path, 2, 10, cast_without_lock)
    try:
        present = {one for one in acknowledged if Box(path).height_of(one) is not None}
    except ProtocolError:
        return
    assert len(present) < cast


@posix
@pytest.mark.parametrize(("processes", "each"), [(2, 20), (8, 6)])
def test_many_at_once(tmp_path: Path, processes: int, each: int) -> None:
    path, acknowledged, cast = race(tmp_path, processes, each, cast_all)
    assert len(acknowledged) == len(set(acknowledged)) == cast
    box = Box(path, "libsodium")
    heights = [box.height_of(one) for one in acknowledged]
    assert sorted(heights, key=lambda height: height or 0) == list(range(1, cast + 1))
    assert sound(path)
    assert not list(tmp_path.glob("*.torn-*"))
