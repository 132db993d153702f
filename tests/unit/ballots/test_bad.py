"""Broken files of ballots end in one clear message, with the line: see ``tests/bad/ballots``."""

from __future__ import annotations

import contextlib
import zipfile
from pathlib import Path

import pytest
from tests.bad.ballots import make_expected, make_workbooks

from selectorate.ballots import formats
from selectorate.errors import InputError

CASES = list(make_expected.cases())


def test_there_are_many() -> None:
    assert len(CASES) >= 60


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.name)
def test_what_is_said(path: Path) -> None:
    expected = path.with_name(f"{path.name}.expected").read_text(encoding="utf-8")
    assert f"#! {make_expected.said(path)}\n" == expected


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.name)
def test_it_is_one_problem_in_the_file(path: Path) -> None:
    with pytest.raises(InputError) as caught:
        formats.read(path)
    (problem,) = caught.value.problems
    assert problem.where.file is not None and Path(problem.where.file).parent == path.parent
    assert problem.where.line is None or problem.where.line >= 1
    assert len(problem.message) < 400 and "\n" not in str(problem)


def test_every_message_has_a_file() -> None:
    said = {path.name.removesuffix(".expected") for path in make_expected.HERE.glob("*.expected")}
    assert said == {path.name for path in CASES}


@pytest.mark.parametrize("name", make_workbooks.PARTS)
def test_workbooks_are_what_their_maker_makes(name: str) -> None:
    with zipfile.ZipFile(make_workbooks.HERE / f"{name}.xlsx") as packed:
        parts = {info.filename: packed.read(info).decode() for info in packed.infolist()}
    assert parts == make_workbooks.PARTS[name]


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="there is no such file"):
        formats.read(tmp_path / "nowhere.blt")
    with pytest.raises(InputError, match="a folder"):
        formats.read(tmp_path, format="blt")


def test_a_line_without_end() -> None:
    with pytest.raises(InputError, match="a line has more than"):
        formats.read(b"3 1\n1 " + b" " * (6 << 20), format="blt")


def test_a_cell_without_end() -> None:
    with pytest.raises(InputError):
        formats.read(b"rank 1,rank 2\nAnn," + b"x" * (3 << 20) + b"\n", format="csv")


def test_an_element_without_end() -> None:
    with pytest.raises(InputError, match="this is not JSON"):
        formats.read(b'[{"vote_1": "' + b"x" * (40 << 20), format="json-records")


@pytest.mark.parametrize(
    "raw",
    [
        b"# " + b"#" * 60_000,
        b"/*" + b" */ /*" * 10_000,
        b"\n" * 60_000,
        b" " * 60_000 + b"x",
        b'3 1\n1 1 0\n0\n"A"' + b" " * 60_000 + b"x\n",
        b"3 1\n1 1 " + b" " * 60_000 + b"= 2 0\n0\n",
        b"# ALTERNATIVE NAME " + b" " * 60_000 + b"x\n1: 2\n",
        b"Tally Sheet\nOption 1" + b" " * 60_000 + b"x\n",
        b'Ward\n1 1 0\n"A" "B"' + b" " * 60_000 + b"x\n",
        b"rank 1" + b" " * 60_000 + b",x\n1,2\n",
        b"[" * 60_000,
        b'{"CVR": [' + b"{" * 60_000,
    ],
    ids=range(12),
)
def test_no_pattern_takes_long(raw: bytes) -> None:
    """Signs of which a careless pattern tries all ways to part them. A minute would mean that one does."""
    for name in (None, *(item.id for item in formats.FORMATS.values() if item.reads)):
        with contextlib.suppress(InputError):
            formats.read(raw, format=name)


def test_ranks_and_papers_are_bounded() -> None:
    """One ballot of many ranks does not make all others as wide without a limit."""
    long = b"1 " + b"- " * 9_000 + b"1 0\n"
    short = b"".join(b"1 %d %d 0\n" % (a, b) for a in range(1, 200) for b in range(1, 200) if a != b)
    names = b"".join(b'"c%d"\n' % number for number in range(200))
    with pytest.raises(InputError, match="marks in all"):
        formats.read(b"200 1\n" + short + long + b"0\n" + names)
