"""``roll``: what the commands show and write, the status they end with, and what they never tell."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from tests.bad.rolls.workbook import Sheet, workbook
from typer.testing import CliRunner, Result

from selectorate.cli import app

DATES = "freeze=2016-01-12,affiliated_deadline=2016-08-08T12:00,registration_deadline=2016-07-20T17:00"
LABOUR = ("--rules", "labour-2014", "--dates", DATES)


def run(*arguments: object, status: int = 0) -> Result:
    result = CliRunner().invoke(app, ["roll", *map(str, arguments)], env={"COLUMNS": "200"})
    assert result.exception is None or isinstance(result.exception, SystemExit), repr(result.exception)
    assert result.exit_code == status, result.output
    return result


def plain(*arguments: object, status: int = 0) -> Any:
    return json.loads(run(*arguments, "--json", status=status).stdout)


@pytest.fixture
def invented(tmp_path: Path) -> Path:
    path = tmp_path / "roll.csv"
    run("invent", 400, "--csv", path)
    return path


@pytest.fixture
def members(tmp_path: Path) -> Path:
    path = tmp_path / "members.csv"
    path.write_text("Number,Name,Joined\n001,Ada Lee,17/03/2015\n002,Bo Ode,31/02/2015\n003,,03/04/2015\n")
    return path


def test_looking_says_what_each_column_is_taken_for(members: Path, tmp_path: Path) -> None:
    shown = run("look", members).stdout
    assert "CSV, utf-8; headings in row 1" in shown and "001" in shown
    mapping = tmp_path / "mapping.toml"
    run("look", members, "--toml", mapping)
    assert 'joined = "Joined"' in mapping.read_text()
    assert plain("look", members)["mapping"] == {"columns": {"number": "Number", "name": "Name", "joined": "Joined"}}
    mapping.write_text('fixed = { capacity = "member" }\n' + mapping.read_text())
    assert plain("check", members, "--mapping", mapping, status=1)["new"] == 1


def test_a_dry_run_shows_what_is_refused_and_changes_nothing(members: Path, tmp_path: Path) -> None:
    result = run("check", members, "--fixed", "capacity=member", status=1)
    assert "there is no such date or time" in result.stdout and "there is no name" in result.stdout
    told = plain("check", members, "--fixed", "capacity=member", status=1)
    assert (told["new"], told["refused"], told["gone"]) == (1, 2, 0)
    assert told["refused_by_reason"] == {"there is no name": 1, "there is no such date or time": 1}
    refusals, roll = tmp_path / "refused.csv", tmp_path / "roll.csv"
    run("check", members, "--fixed", "capacity=member", "--refusals", refusals, "--csv", roll, status=1)
    assert "31/02/2015" in refusals.read_text()
    again = plain("check", members, "--fixed", "capacity=member", "--against", roll, status=1)
    assert (again["new"], again["unchanged"]) == (0, 1)


def test_what_only_the_clerk_can_say_is_asked(tmp_path: Path) -> None:
    path = tmp_path / "members.csv"
    path.write_text("Number,Name,Joined\n1,Ada,03/04/2015\n")
    first = run("check", path, status=2)
    assert "in which capacity" in first.stderr and "--fixed capacity=member" in first.stderr
    second = run("check", path, "--fixed", "capacity=member", status=2)
    assert "Joined: the dates, such as 03/04/2015, can be read in two ways" in second.stderr
    assert "--day-first or --month-first" in second.stderr
    run("check", path, "--fixed", "capacity=member", "--day-first")


def test_sheets_are_asked_for_and_chosen(tmp_path: Path) -> None:
    pytest.importorskip("python_calamine")
    path = tmp_path / "members.xlsx"
    rows = [["Number", "Name"], ["1", "Ada"]]
    path.write_bytes(workbook({"Now": Sheet(rows), "Then": Sheet([*rows, ["2", "Bo"]])}))
    result = run("check", path, "--fixed", "capacity=member", status=2)
    assert "which one has the persons" in result.stderr and "--sheet NAME" in result.stderr
    assert plain("check", path, "--fixed", "capacity=member", "--sheet", "Then")["new"] == 2
    assert "a workbook, sheet Then" in run("look", path, "--sheet", "Then").stdout


def test_who_may_vote_and_who_not(invented: Path, tmp_path: Path) -> None:
    told = plain("entitle", invented, *LABOUR, "--other-dates", "freeze=2016-07-12")
    assert told["persons"] == 400 == told["entitled"] + sum(told["refused"].values())
    assert sum(told["by_segment"].values()) == told["entitled"]
    assert told["other_dates"]["gain"] > 0 and told["other_dates"]["lose"] == 0
    shown = run("entitle", invented, *LABOUR, "--other-dates", "freeze=2016-07-12").stdout
    assert f"{told['entitled']} of 400 persons may vote." in shown and "gain a vote" in shown
    out = tmp_path / "persons.csv"
    run("entitle", invented, *LABOUR, "--csv", out)
    lines = out.read_text().splitlines()
    assert lines[0] == "person,segments,also,reasons" and len(lines) == 401


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (("--rules", "labour-2014"), 'the date "freeze" is missing'),
        (("--rules", "labour-2014", "--dates", "freeze"), "NAME=DATE"),
        (("--rules", "labour-2014", "--dates", "freeze=12.1.2016"), "this is not a date"),
        (("--rules", "labour-2014", "--dates", "freeze=2016-01-12T10:00+01:00"), "this is not a date"),
        (("--rules", "labor-2014"), "labour-2014"),
        ((*LABOUR, "--stage", "nope"), "no ballot or motion"),
    ],
)
def test_entitlement_that_cannot_be(invented: Path, more: tuple[str, ...], said: str) -> None:
    assert said in run("entitle", invented, *more, status=2).stderr


def test_duplicates_are_told_and_written(invented: Path, tmp_path: Path) -> None:
    pytest.importorskip("rapidfuzz")
    told = plain("duplicates", invented)
    assert told["pairs"] and told["shared"]["address"] > 0
    shown = run("duplicates", invented).stdout
    assert "that alone is no duplicate" in shown
    out = tmp_path / "pairs.csv"
    run("duplicates", invented, "--csv", out)
    assert len(out.read_text().splitlines()) == len(told["pairs"]) + 1


def test_comparing_and_fingerprints(invented: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.csv"
    lines = invented.read_text(encoding="utf-8").splitlines()
    other.write_text("\n".join([lines[0], *reversed(lines[2:])]) + "\n", encoding="utf-8")
    told = plain("compare", invented, other, status=1)
    assert (told["gone"], told["added"], told["changed"]) == (1, 0, 0)
    assert run("fingerprint", other).stdout.strip() == told["after"]
    court = tmp_path / "court.txt"
    run("compare", invented, other, "--court", court, status=1)
    assert told["before"] in court.read_text(encoding="utf-8")
    assert "unchanged" in run("compare", invented, invented).stdout


def test_part_of_a_roll_is_no_roll(invented: Path) -> None:
    text = invented.read_text(encoding="utf-8").replace(",member,", ",,", 1)
    invented.write_text(text, encoding="utf-8")
    result = run("fingerprint", invented, status=2)
    assert "capacity: there is no capacity (1 rows cannot be taken)" in result.stderr


def test_what_is_no_list_is_refused_in_one_line(members: Path, tmp_path: Path) -> None:
    path = tmp_path / "x.pdf"
    path.write_bytes(b"%PDF-1.4")
    assert "is a PDF, not a table" in run("look", path, status=2).stderr
    assert "there is no such file" in run("check", tmp_path / "none.csv", status=2).stderr
    assert "--fixed" in run("check", members, "--fixed", "capacityy=member", status=2).stderr


def test_other_commands_do_not_wait_for_polars() -> None:
    code = "import sys; import selectorate.cli.program; sys.exit('polars' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0
