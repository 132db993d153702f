"""A watch over a board: what is kept, what is reported, what proves nothing."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from nacl.signing import SigningKey
from tests.boxes import Made, new_box, parts_of, put_together
from tests.fake_board import SLUG, FakeBoard, serving
from typer.testing import CliRunner

from selectorate.cli import app
from selectorate.desks.fetching import Site, UnreachableError
from selectorate.desks.watching import Watch, compare
from selectorate.errors import InputError


@pytest.fixture
def board(tmp_path: Path) -> Iterator[FakeBoard]:
    with serving(tmp_path) as found:
        yield found


@pytest.fixture
def box(tmp_path: Path, board: FakeBoard) -> Made:
    made = new_box(tmp_path, voters=5, trustees=1)
    for voter in range(3):
        made.cast(voter, [[1, 2, 3]])
    board.serve_box(made)
    return made


@pytest.fixture
def watching(board: FakeBoard, box: Made, tmp_path: Path) -> Watch:
    made = watch(board, tmp_path / "kept")
    assert made.look().findings == []
    return made


def watch(board: FakeBoard, folder: Path) -> Watch:
    return Watch(Site(board.address), SLUG, folder, patience=(0, 0), sleep=lambda seconds: None)


def kinds(watching: Watch) -> list[str]:
    return [one.kind for one in watching.look().findings]


def test_only_what_is_new_is_asked_for(watching: Watch, board: FakeBoard, box: Made) -> None:
    size = len(board.archives[box.election.uuid])
    box.cast(3, [[1, 2, 3]])
    board.serve_box(box)
    board.asked.clear()
    assert kinds(watching) == []
    assert (f"/contests/{SLUG}/boxes/{box.election.uuid}.bel", f"bytes={size}-") in board.asked


def test_a_site_that_serves_no_parts(watching: Watch, board: FakeBoard, box: Made) -> None:
    board.ranges = False
    box.cast(3, [[1, 2, 3]])
    board.serve_box(box)
    assert kinds(watching) == [] and watching.boxes[box.election.uuid].height == 4


def test_heads_are_kept_and_only_added_to(watching: Watch, board: FakeBoard, box: Made) -> None:
    path = watching.folder / "heads.jsonl"
    before = path.read_text()
    box.cast(3, [[1, 2, 3]])
    board.serve_box(box)
    watching.look()
    assert path.read_text().startswith(before)
    last = json.loads(path.read_text().splitlines()[-1])
    assert (last["height"], last["head"]) == board.head(box.election.uuid)


def test_fewer_events_than_there_were(watching: Watch, board: FakeBoard, box: Made) -> None:
    board.archives[box.election.uuid] = put_together(parts_of(box.path)[:-1])
    assert set(kinds(watching)) == {"loss"}
    evidence = sorted(path.name for path in (watching.folder / "evidence").iterdir())
    assert any(name.endswith(".bel") for name in evidence) and any(name.endswith("loss.json") for name in evidence)
    kept = (watching.folder / "boxes" / box.path.name).read_bytes()
    assert kept == box.path.read_bytes()  # the copy has what was there


def test_a_byte_that_was_changed_long_ago(watching: Watch, board: FakeBoard, box: Made) -> None:
    raw = bytearray(board.archives[box.election.uuid])
    raw[raw.index(b'"alpha":"') + 20] ^= 1
    board.archives[box.election.uuid] = bytes(raw)
    assert kinds(watching) == []  # only what is new is asked for between two whole looks
    assert kinds(watch(board, watching.folder)) == ["change"]


def test_a_board_that_is_ahead_of_its_archive(watching: Watch, board: FakeBoard, box: Made) -> None:
    board.heads[box.election.uuid] = (4, "ab" * 32)
    assert kinds(watching) == ["withheld"]


def test_a_board_that_says_something_else_than_its_archive(board: FakeBoard, box: Made, tmp_path: Path) -> None:
    board.heads[box.election.uuid] = (3, "ab" * 32)
    (one,) = watch(board, tmp_path / "kept").look().findings
    assert one.kind == "fork" and "ab" * 32 in one.before + one.now


def test_another_key_of_receipts(watching: Watch, board: FakeBoard) -> None:
    before = board.key
    board.signing = SigningKey(b"x" * 32)
    (one,) = watching.look().findings
    assert (one.kind, one.before, one.now) == ("key", before, board.key)


def test_a_box_that_goes_and_one_that_comes(watching: Watch, board: FakeBoard, box: Made, tmp_path: Path) -> None:
    other = new_box(tmp_path, voters=2, trustees=1)
    board.serve_box(other, "another")
    assert kinds(watching) == ["setup"]
    del board.places[box.election.uuid]
    assert kinds(watching).count("setup") == 2


def test_the_files_of_the_booth(board: FakeBoard, box: Made, tmp_path: Path) -> None:
    board.booth = {"booth.js": b"vote();", "worker.js": b"encrypt();"}
    watching = watch(board, tmp_path / "kept")
    assert kinds(watching) == []
    board.hashes = {"booth.js": hashlib.sha256(b"vote();").hexdigest()}
    board.booth["booth.js"] = b"steal();"
    (one,) = watching.look().findings
    assert one.kind == "booth" and "booth.js is served otherwise" in one.says
    board.hashes = {}
    assert [found.says for found in watching.look().findings] == ["the published hash of booth.js has changed"]


def test_what_is_torn_is_fetched_again(board: FakeBoard, box: Made, tmp_path: Path) -> None:
    whole = board.archives[box.election.uuid]
    head = board.head(box.election.uuid)
    board.archives[box.election.uuid] = whole[:-700]
    board.heads[box.election.uuid] = (head[0] - 1, parent_of(box))
    watching = watch(board, tmp_path / "kept")
    assert kinds(watching) == []
    board.archives[box.election.uuid] = whole
    board.heads.clear()
    assert kinds(watching) == [] and watching.boxes[box.election.uuid].height == 3


def parent_of(box: Made) -> str:
    from selectorate.desks.following import digests_in

    return digests_in(box.path)[-2]


def test_a_watch_that_died_in_the_middle_goes_on(watching: Watch, board: FakeBoard, box: Made) -> None:
    path = watching.folder / "boxes" / box.path.name
    path.write_bytes(path.read_bytes() + b"torn")
    box.cast(3, [[1, 2, 3]])
    board.serve_box(box)
    assert kinds(watch(board, watching.folder)) == []
    assert path.read_bytes() == box.path.read_bytes()


@pytest.mark.parametrize(
    "said",
    [b"", b"{", b"[]", b'{"contest": 1}', b'{"contest": "a", "receipts": "", "boxes": []}',
     b'{"contest": "a", "receipts": "' + b"ab" * 32 + b'", "boxes": [{"uuid": "../../evil"}]}'],
)  # fmt: skip
def test_what_is_no_board_proves_nothing(said: bytes, board: FakeBoard, tmp_path: Path) -> None:
    board.raw[f"/contests/{SLUG}/board.json"] = said
    with pytest.raises(UnreachableError):
        watch(board, tmp_path / "kept").look()


@pytest.mark.parametrize("address", ["file:///etc/passwd", "ftp://x", "", "http://", "http://a:b@c"])
def test_what_is_no_address(address: str) -> None:
    with pytest.raises(InputError, match="not the address"):
        Site(address)


def test_a_folder_of_another_contest(watching: Watch, board: FakeBoard) -> None:
    with pytest.raises(InputError, match="another contest"):
        Watch(Site(board.address), "other", watching.folder)


def test_by_command(board: FakeBoard, box: Made, tmp_path: Path) -> None:
    arguments = ["watch", board.address, "--contest", SLUG, "--keep", str(tmp_path / "kept"), "--once"]
    runner = CliRunner()
    first = runner.invoke(app, arguments)
    assert first.exit_code == 0 and board.head(box.election.uuid)[1] in first.output.replace("\n", "")
    board.archives[box.election.uuid] = put_together(parts_of(box.path)[:-1])
    second = runner.invoke(app, arguments)
    assert second.exit_code == 1 and "loss" in second.output and "evidence" in second.output
    board.raw[f"/contests/{SLUG}/board.json"] = b"none"
    assert runner.invoke(app, arguments).exit_code == 2
    assert runner.invoke(app, ["watch", board.address]).exit_code == 2
    assert runner.invoke(app, ["watch", "compare", "one"]).exit_code == 2


def test_heads_that_are_none(tmp_path: Path) -> None:
    (tmp_path / "heads").write_text("{}\n")
    with pytest.raises(InputError, match="no line"):
        compare(tmp_path / "heads", tmp_path / "heads")
    with pytest.raises(InputError, match="no heads"):
        compare(tmp_path / "none", tmp_path / "none")
