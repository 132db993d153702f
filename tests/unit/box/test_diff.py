"""An archive beside an earlier copy: it may have grown, and nothing else."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from tests.boxes import RANK, Made, Part, new_box, parts_of, put_together

from selectorate.box.v1.ballots import make_ballot
from selectorate.box.v1.diff import compare
from selectorate.errors import InputError, ProtocolError


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    box = new_box(tmp_path_factory.mktemp("box"), (RANK,), voters=3)
    for voter, vector in enumerate(([1, 2, 3], [3, 1, 2], [0, 1, 0])):
        box.cast(voter, [vector])
    box.to_the_end()
    return box


def copy(made: Made, folder: Path, change: Callable[[list[Part]], Sequence[Part]], name: str = "x") -> Path:
    path = folder / f"{name}.bel"
    path.write_bytes(put_together(change(parts_of(made.path))))
    return path


def test_the_same(made: Made) -> None:
    found = compare(made.path, made.path)
    assert found.only_grown and found.fork is None and (found.lost, found.added) == (0, {})
    assert found.lines() == ["All 12 events that were there still stand where they stood.", "Added: nothing."]


@pytest.mark.parametrize("count", range(1, 12))
def test_every_earlier_state_has_only_grown(made: Made, tmp_path: Path, count: int) -> None:
    old = copy(made, tmp_path, lambda parts: parts[:count])
    found = compare(old, made.path)
    assert found.only_grown and found.old_events == count and sum(found.added.values()) == 12 - count
    back = compare(made.path, old)
    assert not back.only_grown and back.lost == 12 - count and back.fork is None
    assert f"LOST: {12 - count} events that were there are gone." in back.lines()


def test_what_was_added_is_counted(made: Made, tmp_path: Path) -> None:
    old = copy(made, tmp_path, lambda parts: parts[:2])
    found = compare(old, made.path)
    assert found.added == {
        "Ballot": 2,
        "EndBallots": 1,
        "EncryptedTally": 1,
        "Shuffle": 2,
        "EndShuffles": 1,
        "PartialDecryption": 2,
        "Result": 1,
    }
    assert found.lines()[-1].startswith("Added: 2 Ballot, 1 EndBallots")


def test_a_fork_is_found_where_it_begins(made: Made, tmp_path: Path) -> None:
    """Another ballot in the place of the second one: all that follows is another chain."""
    other = make_ballot(made.election, made.credentials[1], [[2, 1, 3]])

    def forked(parts: list[Part]) -> list[Part]:
        return [*parts[:2], Part("Ballot", [other], True), *parts[3:4]]

    old = copy(made, tmp_path, lambda parts: parts[:4], "old")
    found = compare(old, copy(made, tmp_path, forked, "new"))
    assert (found.fork, found.lost, found.added, found.only_grown) == (2, 0, {}, False)
    assert found.lines()[0] == "NOT THE SAME: event 2 is another than it was."


def test_exchanged_ballots_are_a_fork(made: Made, tmp_path: Path) -> None:
    old = copy(made, tmp_path, lambda parts: parts[:4], "old")
    new = copy(made, tmp_path, lambda parts: [parts[0], parts[2], parts[1], *parts[3:]], "new")
    found = compare(old, new)
    assert found.fork == 1 and not found.only_grown


def test_a_ballot_that_is_gone_is_a_fork(made: Made, tmp_path: Path) -> None:
    old = copy(made, tmp_path, lambda parts: parts[:4], "old")
    found = compare(old, copy(made, tmp_path, lambda parts: [*parts[:2], parts[3]], "new"))
    assert (found.fork, found.lost) == (2, 1)
    assert len([text for text in found.lines() if text.startswith(("NOT", "LOST"))]) == 2


def test_another_box_is_a_fork_from_its_first_event(made: Made, tmp_path: Path) -> None:
    other = new_box(tmp_path, (RANK,))
    assert compare(made.path, other.path).fork == 0


def test_another_header_is_not_the_same(made: Made, tmp_path: Path) -> None:
    new = tmp_path / "x.bel"
    new.write_bytes(put_together(parts_of(made.path), timestamp=5))
    found = compare(made.path, new)
    assert (found.fork, found.lost, found.same_header, found.only_grown) == (None, 0, False, False)
    assert found.lines()[0].startswith("NOT THE SAME: the header")


def test_what_is_no_chain_is_refused(made: Made, tmp_path: Path) -> None:
    torn = tmp_path / "x.bel"
    torn.write_bytes(made.path.read_bytes()[:-100])
    for pair in ((made.path, torn), (torn, made.path)):
        with pytest.raises(ProtocolError) as caught:
            compare(*pair)
        assert caught.value.check == "archive.truncated"
    torn.write_bytes(put_together(parts_of(made.path), heights=lambda height: height + 1))
    with pytest.raises(ProtocolError):
        compare(made.path, torn)


def test_what_is_no_archive_is_refused(made: Made, tmp_path: Path) -> None:
    shutil.copy(__file__, tmp_path / "x.bel")
    for wrong in (tmp_path / "x.bel", tmp_path / "nothing.bel", tmp_path):
        with pytest.raises(InputError):
            compare(made.path, wrong)
