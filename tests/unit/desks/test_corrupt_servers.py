"""The corrupt servers of THREATS 1A: what a receipt, a watch or the verification of the record makes of each."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.boxes import Made, Part, new_box, parts_of, put_together
from tests.fake_board import SLUG, FakeBoard, serving
from typer.testing import CliRunner

from selectorate.box.v1.ballots import make_ballot, tracker
from selectorate.box.v1.credentials import generate, public
from selectorate.box.v1.reading import read_box
from selectorate.cli import app
from selectorate.desks.dispute import dispute
from selectorate.desks.fetching import Site
from selectorate.desks.receipts import Receipt, receipt_of
from selectorate.desks.watching import Finding, Watch, compare


@pytest.fixture
def board(tmp_path: Path) -> Iterator[FakeBoard]:
    with serving(tmp_path) as found:
        yield found


@pytest.fixture
def box(tmp_path: Path, board: FakeBoard) -> Made:
    """A box with four ballots of the voters 0 to 3, served as it is."""
    made = new_box(tmp_path, voters=6, trustees=1)
    for voter in range(4):
        made.cast(voter, [[1, 2, 3]])
    board.serve_box(made)
    return made


def watch(board: FakeBoard, folder: Path) -> Watch:
    return Watch(Site(board.address), SLUG, folder, patience=())


def found(board: FakeBoard, folder: Path) -> list[Finding]:
    """What somebody finds who has kept a folder and looks again, whether in one sitting or anew."""
    return watch(board, folder).look().findings


def kinds(findings: list[Finding]) -> set[str]:
    return {one.kind for one in findings}


def receipt(board: FakeBoard, box: Made, voter: int) -> Receipt:
    credential = public(box.group, box.election.uuid, box.credentials[voter])
    made = receipt_of(board.receipt(box, box.receipts[voter], credential))
    assert made.signed(board.key)
    return made


def doctored(box: Made, parts: list[Part], path: Path) -> bytes:
    """The archive of these events, chained anew, and a file of it."""
    raw = put_together(parts)
    path.write_bytes(raw)
    return raw


def test_an_honest_server(board: FakeBoard, box: Made, tmp_path: Path) -> None:
    watching = watch(board, tmp_path / "kept")
    first = watching.look()
    assert first.findings == [] and "4 of them ballots" in " ".join(first.lines)
    box.cast(4, [[3, 2, 1]])
    board.serve_box(box)
    assert watching.look().findings == []
    box.to_the_end()
    board.serve_box(box)
    assert watching.look().findings == []
    assert found(board, tmp_path / "kept") == []
    assert (tmp_path / "kept" / "boxes" / box.path.name).read_bytes() == box.path.read_bytes()
    assert dispute(receipt(board, box, 2), box.path).verdict == "there"


# -- dropped ---------------------------------------------------------------------------------------------------------


def test_dropped_after_it_was_seen(board: FakeBoard, box: Made, tmp_path: Path) -> None:
    assert found(board, tmp_path / "kept") == []
    held = receipt(board, box, 2)
    parts = parts_of(box.path)
    path = tmp_path / "doctored.bel"
    board.archives[box.election.uuid] = doctored(box, [*parts[:3], *parts[4:]], path)
    assert {"fork", "loss"} & kinds(found(board, tmp_path / "kept"))
    assert dispute(held, path).verdict == "another"
    assert read_box(path).faults == []  # nobody sees it from the box alone


def test_dropped_before_anybody_looked(board: FakeBoard, box: Made, tmp_path: Path) -> None:
    held = receipt(board, box, 3)
    cut = new_copy(box, parts_of(box.path)[:-1], tmp_path / "cut")
    board.serve_box(cut)
    assert found(board, tmp_path / "kept") == []  # the watch has seen nothing else
    assert dispute(held, cut.path).verdict == "too early"
    cut.close()
    assert dispute(held, cut.path).verdict == "missing"


def new_copy(box: Made, parts: list[Part], folder: Path) -> Made:
    """A box of the same name and keys with these events, that can be gone on with."""
    folder.mkdir()
    path = folder / box.path.name
    path.write_bytes(put_together(parts))
    return dataclasses.replace(box, path=path, receipts=[])


def test_the_dropped_ballot_by_command(board: FakeBoard, box: Made, tmp_path: Path) -> None:
    credential = public(box.group, box.election.uuid, box.credentials[1])
    file = tmp_path / "receipt.json"
    file.write_text(json.dumps(board.receipt(box, box.receipts[1], credential)))
    runner = CliRunner()
    kept = runner.invoke(app, ["dispute", str(file), str(box.path), "--key", board.key])
    assert kept.exit_code == 0 and "is in the box" in kept.output
    parts = parts_of(box.path)
    path = tmp_path / "doctored.bel"
    doctored(box, [*parts[:2], *parts[3:]], path)
    broken = runner.invoke(app, ["dispute", str(file), str(path), "--key", board.key])
    assert broken.exit_code == 1 and "IT IS NOT THERE" in broken.output
    for arguments, says in [
        ([str(file), str(path), "--key", "ab" * 32], "did not sign"),
        ([str(box.path), str(path), "--key", board.key], "no receipt"),
        ([str(file), str(file), "--key", board.key], "not an archive"),
        ([str(file), str(path), "--key", "no key"], "64 characters"),
        ([str(file), str(path)], "was not checked"),
    ]:
        unusable = runner.invoke(app, ["dispute", *arguments])
        assert unusable.exit_code == 2 and says in unusable.output, unusable.output


# -- replayed, stuffed, reordered --------------------------------------------------------------------------------------


def test_replayed(board: FakeBoard, box: Made, tmp_path: Path) -> None:
    """An older ballot put behind a newer one of the same voter, as it is: it stands in the box twice."""
    watching = watch(board, tmp_path / "kept")
    assert watching.look().findings == []
    parts = parts_of(box.path)
    path = tmp_path / "doctored.bel"
    board.archives[box.election.uuid] = doctored(box, [*parts, parts[1]], path)
    (one,) = watching.look().findings
    assert one.kind == "invalid" and "ballot.distinct" in one.says
    assert {fault.check for fault in read_box(path).faults} == {"ballot.distinct"}


def test_withheld_and_recorded_behind_a_newer_one(board: FakeBoard, box: Made, tmp_path: Path) -> None:
    """The protocol cannot tell this from voting again; the voter can: the ballot of the receipt does not count."""
    withheld = make_ballot(box.election, box.credentials[4], [[3, 2, 1]])
    box.cast(4, [[1, 2, 3]])
    held = receipt(board, box, 4)
    assert dispute(held, box.path).verdict == "there"
    box.box.cast(withheld)
    settled = dispute(held, box.path)
    assert settled.verdict == "superseded" and settled.later == 6
    assert read_box(box.path).faults == []


def test_stuffed(board: FakeBoard, box: Made, tmp_path: Path) -> None:
    """Ballots by a credential that is not on the list, and by one of the list without its secret."""
    watching = watch(board, tmp_path / "kept")
    assert watching.look().findings == []
    parts = parts_of(box.path)
    own = make_ballot(box.election, generate(), [[1, 2, 3]])
    stolen = public(box.group, box.election.uuid, box.credentials[5])
    forged = own.replace(json.loads(own)["credential"].encode(), stolen.encode())
    for number, raw in enumerate((own, forged)):
        path = tmp_path / f"stuffed-{number}.bel"
        board.archives[box.election.uuid] = doctored(box, [*parts, Part("Ballot", [raw], True)], path)
        (one,) = watching.look().findings
        assert one.kind == "invalid" and "ballot." in one.says
        assert any(fault.check.startswith("ballot.") for fault in read_box(path).faults)


def test_stuffed_by_a_credential_put_on_the_list(board: FakeBoard, box: Made, tmp_path: Path) -> None:
    """The list stands in the first event: with another list every event is another."""
    held = receipt(board, box, 0)
    assert found(board, tmp_path / "kept") == []
    other = new_box(tmp_path, voters=7, trustees=1)
    parts = parts_of(box.path)
    setup = parts_of(other.path)[0]
    board.archives[box.election.uuid] = doctored(box, [setup, *parts[1:]], tmp_path / "doctored.bel")
    assert "fork" in kinds(found(board, tmp_path / "kept"))
    with pytest.raises(Exception, match="another box"):
        dispute(held, tmp_path / "doctored.bel")


def test_reordered(board: FakeBoard, box: Made, tmp_path: Path) -> None:
    watching = watch(board, tmp_path / "kept")
    assert watching.look().findings == []
    parts = parts_of(box.path)
    path = tmp_path / "doctored.bel"
    board.archives[box.election.uuid] = doctored(box, [parts[0], parts[2], parts[1], *parts[3:]], path)
    (one,) = [one for one in watching.look().findings if one.kind == "fork"][:1]
    assert one.before != one.now
    assert dispute(receipt(board, box, 0), path).verdict == "another"
    assert dispute(receipt(board, box, 0), path).elsewhere == 2


# -- forked ------------------------------------------------------------------------------------------------------------


def test_two_watches_are_shown_two_boxes(board: FakeBoard, box: Made, tmp_path: Path) -> None:
    other = new_copy(box, parts_of(box.path), tmp_path / "other")
    assert found(board, tmp_path / "one") == [] and found(board, tmp_path / "two") == []
    box.cast(4, [[1, 2, 3]])
    other.cast(5, [[1, 2, 3]])
    board.serve_box(box)
    assert found(board, tmp_path / "one") == []
    board.serve_box(other)
    assert found(board, tmp_path / "two") == []
    (fork,), _alike = compare(tmp_path / "one", tmp_path / "two")
    assert fork.kind == "fork" and "event 5" in fork.says and fork.before != fork.now
    runner = CliRunner()
    said = runner.invoke(app, ["watch", "compare", str(tmp_path / "one"), str(tmp_path / "two")])
    assert said.exit_code == 1 and fork.before in said.output and fork.now in said.output
    assert "fork" in kinds(found(board, tmp_path / "one"))


def test_two_watches_that_were_shown_the_same(board: FakeBoard, box: Made, tmp_path: Path) -> None:
    assert found(board, tmp_path / "one") == []
    box.cast(4, [[1, 2, 3]])
    board.serve_box(box)
    assert found(board, tmp_path / "two") == []
    assert compare(tmp_path / "one", tmp_path / "two") == ([], {box.election.uuid: 4})
    shutil.copy(tmp_path / "one" / "heads.jsonl", tmp_path / "mailed.jsonl")
    assert compare(tmp_path / "mailed.jsonl", tmp_path / "two")[0] == []
    said = CliRunner().invoke(app, ["watch", "compare", str(tmp_path / "one"), str(tmp_path / "two")])
    assert said.exit_code == 0 and "the same up to event 4" in said.output


@given(
    shared=st.integers(0, 3),
    first=st.lists(st.integers(0, 5), max_size=3),
    second=st.lists(st.integers(0, 5), max_size=3),
)
@settings(max_examples=15, deadline=None)
def test_a_fork_is_found_within_one_poll(shared: int, first: list[int], second: list[int], stock: Stock) -> None:
    """Whatever two scrutineers are shown: the watch of both says nothing, and comparing them finds the fork."""
    with stock.scratch() as folder, serving(folder) as board:
        uuid = stock.box.election.uuid
        board.places[uuid] = ("ballot", 1, "total")
        beginning = stock.parts[: 1 + shared]
        for name, more in (("one", first), ("two", second)):
            parts = beginning + [stock.ballot(voter, turn) for turn, voter in enumerate(more)]
            board.archives[uuid] = put_together(parts)
            assert found(board, folder / name) == []
        same = min(len(first), len(second))
        forked = first[:same] != second[:same]
        assert kinds(compare(folder / "one", folder / "two")[0]) == ({"fork"} if forked else set())
        longer = len(second) >= len(first) and not forked
        assert bool(found(board, folder / "one")) == (not longer)


class Stock:
    """Ballots made once for many boxes."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.count = folder, 0
        self.box = new_box(folder, voters=6, trustees=1)
        for voter in range(3):
            self.box.cast(voter, [[1, 2, 3]])
        self.parts = parts_of(self.box.path)
        self.made: dict[tuple[int, int], Part] = {}

    def ballot(self, voter: int, turn: int) -> Part:
        if (voter, turn) not in self.made:
            raw = make_ballot(self.box.election, self.box.credentials[voter], [[1, 2, 3]])
            assert tracker(raw)
            self.made[voter, turn] = Part("Ballot", [raw], True)
        return self.made[voter, turn]

    @contextlib.contextmanager
    def scratch(self) -> Iterator[Path]:
        self.count += 1
        folder = self.folder / str(self.count)
        folder.mkdir()
        yield folder


@pytest.fixture(scope="module")
def stock(tmp_path_factory: pytest.TempPathFactory) -> Stock:
    return Stock(tmp_path_factory.mktemp("stock"))
