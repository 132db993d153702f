"""What is written: golden files of every format, what each refuses, and files that are written whole or not at all."""

from __future__ import annotations

import csv
import io
import tracemalloc
import zipfile
from pathlib import Path

import pytest
from tests.golden.formats.make import BOARD, HERE, STRICT, files_of, profile_for
from typer.testing import CliRunner, Result

from selectorate.ballots import Option, Profile, formats, profile_of
from selectorate.ballots.formats import base, ess, workbook, xlsx
from selectorate.cli import app
from selectorate.errors import InputError

WRITTEN = [item.id for item in formats.FORMATS.values() if item.writes]
ONE_A_ROW = ("cdf", "clear-ballot", "debian", "csv-columns", "ess", "rctab")


def run(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(item) for item in arguments])


def parts(raw: bytes) -> dict[str, bytes]:
    """What is in a workbook, unpacked: how it is packed depends on the library that packs."""
    with zipfile.ZipFile(io.BytesIO(raw)) as packed:
        return {info.filename: packed.read(info) for info in packed.infolist()}


def refusal(profile: Profile, format: str, tmp_path: Path) -> str:
    with pytest.raises(InputError) as caught:
        formats.write(profile, tmp_path / "x", format)
    assert not list(tmp_path.iterdir())
    (problem,) = caught.value.problems
    return str(problem)


# --- golden files ---


@pytest.mark.parametrize("format", WRITTEN)
def test_golden_files(format: str, tmp_path: Path) -> None:
    found = {path.name: path.read_bytes() for path in files_of(format, tmp_path)}
    assert found
    for name, raw in found.items():
        kept = (HERE / name).read_bytes()
        same = parts(raw) == parts(kept) if name.endswith(".xlsx") else raw == kept
        assert same, f"{name}: python -m tests.golden.formats.make"


@pytest.mark.parametrize("format", WRITTEN)
def test_golden_files_are_read(format: str) -> None:
    name = f"{format}{formats.FORMATS[format].extensions[0]}"
    profile = profile_for(format)
    back = formats.read(HERE / name, format=format)
    assert list(back.rankings()) == list(profile.rankings())
    assert [option.name for option in back.candidates] == [option.name for option in profile.candidates]
    if format not in ("csv-columns", "preflib-cat"):
        assert formats.detect(formats.Source.of(HERE / name)).id == format


# --- what is refused ---


@pytest.mark.parametrize("format", [item for item in WRITTEN if not formats.FORMATS[item].withdrawn])
def test_a_withdrawal_is_not_left_out(format: str, tmp_path: Path) -> None:
    gone = profile_of([Option("Ann"), Option("Ben", withdrawn=True)], [(1, [1])])
    said = refusal(gone, format, tmp_path)
    assert 'cannot say that a candidate has withdrawn: "Ben"' in said and "rctab, blt, csv" in said


@pytest.mark.parametrize("format", ONE_A_ROW)
def test_parts_of_a_ballot_have_no_row(format: str, tmp_path: Path) -> None:
    half = profile_of(["Ann", "Ben"], [(3, [1])])
    half = Profile(half.candidates, half.papers, half.number, scale=2)
    assert "cannot say parts of a ballot: 3 ballots" in refusal(half, format, tmp_path)


@pytest.mark.parametrize("format", ONE_A_ROW)
def test_a_line_of_a_merged_file_does_not_fill_the_disk(format: str, tmp_path: Path) -> None:
    many = profile_of(["Ann", "Ben"], [(base.MAX_ROWS + 1, [1])])
    said = refusal(many, format, tmp_path)
    assert "has a row a ballot" in said and ": 100,000,001 ballots" in said


def test_a_workbook_refuses(tmp_path: Path) -> None:
    def said(names: list[str], *rankings: tuple[int, list[object]]) -> str:
        return refusal(profile_of(names, rankings), "ess", tmp_path)  # type: ignore[arg-type]

    assert "cannot say who stand together at one rank: 4 ballots" in said(["A", "B"], (3, [(1, 2)]), (1, [2, (1, 2)]))
    assert 'two are called "A"' in said(["A", "A"], (1, [1]))
    for name in ("overvote", "Undervote", "-", "A|B", "#2"):
        assert f'cannot have "{name}" as a name' in said([name, "B"], (1, [1]))
    assert "room for 1,048,575: 1,048,576 ballots" in said(["A"], (xlsx.MAX_ROWS, [1]))
    assert "has no room for 1,000,000 ballots of 99 ranks" in said(["A", "B"], (1_000_000, [1, 2] * 49 + [1]))


def test_a_configuration_refuses(tmp_path: Path) -> None:
    assert 'and 2 are called "A"' in refusal(profile_of(["A", "A"], [(1, [1])]), "rctab", tmp_path)
    assert "that a candidate has two ranks: 2 ballots" in refusal(profile_of(["A"], [(2, [1, 1])]), "rctab", tmp_path)
    assert "without saying who: 1 ballots" in refusal(profile_of(["A"], [(1, [()])]), "rctab", tmp_path)


@pytest.mark.parametrize("format", ONE_A_ROW)
def test_memory_follows_distinct_ballots(format: str, tmp_path: Path) -> None:
    many = profile_of(["Ann", "Ben"], [(100_000, [1, 2])])
    tracemalloc.start()
    try:
        files = formats.write(many, tmp_path / "x", format)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 2_000_000 and sum(file.stat().st_size for file in files) > 200_000


# --- workbooks ---


@pytest.mark.parametrize(("number", "letters"), [(1, "A"), (26, "Z"), (27, "AA"), (702, "ZZ"), (16384, "XFD")])
def test_columns_have_letters(number: int, letters: str) -> None:
    assert workbook.column_name(number) == letters


def test_cells_of_a_workbook_are_no_formulas() -> None:
    out = io.BytesIO()
    formats.write(profile_of(["=HYPERLINK(1)", "<&>"], [(2, [1, 2])]), out, "ess")
    sheets = parts(out.getvalue())
    assert b"<f>" not in sheets["xl/worksheets/sheet1.xml"]
    assert b"=HYPERLINK(1)" in sheets["xl/sharedStrings.xml"] and b"&lt;&amp;&gt;" in sheets["xl/sharedStrings.xml"]
    assert [info.date_time[0] for info in zipfile.ZipFile(out).infolist()] == [1980] * len(sheets)
    rows = list(xlsx.rows(formats.Source.of(out.getvalue())))
    assert rows == [
        (1, ["Cast Vote Record", "1st Choice", "2nd Choice"]),
        (2, ["1", "=HYPERLINK(1)", "<&>"]),
        (3, ["2", "=HYPERLINK(1)", "<&>"]),
    ]


def test_a_sheet_of_candidates_is_held_to_its_ballots() -> None:
    def book(*people: list[str]) -> bytes:
        out = io.BytesIO()
        ballots = workbook.Sheet("x", ["id", "1st Choice"], [(["Ann"], 2)], numbered=True)
        sheet = workbook.Sheet(ess.CANDIDATES, ["Candidate", "Party", "Write-in"], [(row, 1) for row in people])
        workbook.write(out, [ballots, sheet])
        return out.getvalue()

    profile = formats.read(book(["Zoe", "Red"], ["Ann", "", "yes"]))
    assert profile.candidates == (Option("Zoe", "Red"), Option("Ann", write_in=True)) and profile.total == 2
    with pytest.raises(InputError, match='"Ann" is not a candidate'):
        formats.read(book(["Zoe"]))
    with pytest.raises(InputError, match="there are no candidates"):
        formats.read(book())
    with pytest.raises(InputError, match=r":2: the name of a candidate is empty"):
        formats.read(book(["", "Red"]))


def test_a_workbook_is_no_text() -> None:
    with pytest.raises(InputError, match="ES&S workbook is no text"):
        formats.write(STRICT, io.StringIO(), "ess")


def test_text_to_a_file_of_bytes() -> None:
    text, raw = io.StringIO(), io.BytesIO()
    formats.write(BOARD, text, "blt")
    formats.write(BOARD, raw, "blt")
    assert raw.getvalue() == text.getvalue().encode() and not raw.closed


# --- configurations ---


def test_names_that_nobody_declared_are_a_pool(tmp_path: Path) -> None:
    people = [Option("Ann"), Option("Zoe", write_in=True), Option("Write-in", write_in=True)]
    formats.write(profile_of(people, [(2, [1, 3]), (1, [3])]), tmp_path / "x.json", "rctab")
    back = formats.read(tmp_path / "x.json")
    assert [option.name for option in back.candidates] == ["Ann", "Zoe", "Undeclared Write-ins"]
    assert back.candidates[2].write_in and sorted(back.rankings()) == [(1, (3,)), (2, (1, 3))]


def test_names_in_the_table_of_a_configuration_are_as_they_are(tmp_path: Path) -> None:
    formats.write(profile_of(["=1+1", 'B "C", D'], [(1, [2])]), tmp_path / "x.json", "rctab")
    with (tmp_path / "x_cvr.csv").open(newline="") as file:
        assert list(csv.reader(file)) == [["ballot id", "=1+1", 'B "C", D'], ["1", "", "1"]]


def test_a_second_file_is_never_written_over(tmp_path: Path) -> None:
    other = tmp_path / "x_cvr.csv"
    other.write_text("mine")
    with pytest.raises(InputError, match=r"written over .*x_cvr\.csv, which is there"):
        formats.write(BOARD, tmp_path / "x.json", "rctab")
    assert [path.name for path in tmp_path.iterdir()] == ["x_cvr.csv"] and other.read_text() == "mine"
    with pytest.raises(InputError, match="names a second one"):
        formats.write(BOARD, io.StringIO(), "rctab")


def test_rules_are_for_those_who_count(tmp_path: Path) -> None:
    formats.write(BOARD, tmp_path / "x.json", "rctab")
    done = run("count", tmp_path / "x.json", "--method", "rctab")
    assert done.exit_code == 2 and '"winnerElectionMode" of the configuration' in " ".join(done.stderr.split())


# --- the command ---


def test_convert_says_which_files_it_wrote(tmp_path: Path) -> None:
    ballots = tmp_path / "x.blt"
    formats.write(STRICT, ballots)
    done = run("convert", ballots, tmp_path / "y.json", "--to", "rctab")
    assert (done.exit_code, done.stdout) == (0, "")
    assert done.stderr.replace("\n", "") == f"Written: {tmp_path / 'y.json'}Written: {tmp_path / 'y_cvr.csv'}"
    done = run("convert", tmp_path / "y.json", tmp_path / "z.xlsx")
    assert done.exit_code == 0
    assert list(formats.read(tmp_path / "z.xlsx").rankings()) == list(STRICT.rankings())
    done = run("convert", ballots, "-", "--to", "ess")
    assert done.stdout_bytes == (tmp_path / "z.xlsx").read_bytes()


def test_convert_to_standard_output_prints_nothing_of_a_refusal(tmp_path: Path) -> None:
    ballots = tmp_path / "x.blt"
    formats.write(BOARD, ballots)
    for format in ("ess", "rctab"):
        done = run("convert", ballots, "-", "--to", format)
        assert (done.exit_code, done.stdout) == (2, "")


def test_convert_follows_links_and_keeps_permissions(tmp_path: Path) -> None:
    ballots, target, link = tmp_path / "x.blt", tmp_path / "y.csv", tmp_path / "link.csv"
    formats.write(BOARD, ballots)
    target.write_text("old")
    target.chmod(0o640)
    link.symlink_to(target)
    assert run("convert", ballots, link).exit_code == 0
    assert link.is_symlink() and target.read_text().startswith("# title") and target.stat().st_mode & 0o777 == 0o640
    done = run("convert", ballots, tmp_path, "--to", "csv")
    assert done.exit_code == 2 and "is a folder, not a file" in " ".join(done.stderr.split())
    assert sorted(path.name for path in tmp_path.iterdir()) == ["link.csv", "x.blt", "y.csv"]
