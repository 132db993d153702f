"""``selectorate verify``: the report for people, as JSON and as a page, and how it ends."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from tests import records
from tests.records import relisted
from typer.testing import CliRunner

from selectorate.cli import app
from selectorate.contest.record import pack
from selectorate.contest.verifying import CHECKS
from selectorate.sheets.verified import GROUPS


@pytest.fixture(scope="module")
def record(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("record")
    made = records.making(records.leader_boxes(folder), folder / "scratch")
    return made.write(folder / "record").folder


def run(*arguments: object) -> tuple[int, str]:
    found = CliRunner().invoke(app, ["verify", *map(str, arguments)])
    return found.exit_code, found.output


def test_for_people(record: Path) -> None:
    status, said = run(record)
    assert status == 0
    words = " ".join(said.split())
    for check, says in CHECKS.items():
        assert f"✓ {check}: {says}" in words
    assert "Elected: Ada Lovelace." in words and "8 credentials, 6 ballots, 6 counted" in words


def test_one_that_fails(record: Path, tmp_path: Path) -> None:
    pack(record, tmp_path / "record.zip", "leader")
    import zipfile

    with zipfile.ZipFile(tmp_path / "record.zip") as packed:
        packed.extractall(tmp_path)
    folder = tmp_path / "leader"
    data = json.loads((folder / "roll.json").read_text())
    data["stages"][0]["entitled"] += 1
    (folder / "roll.json").write_text(json.dumps(data))
    relisted(folder)
    status, said = run(folder, "--html", tmp_path / "report.html", "--json")
    assert status == 1
    report = json.loads(said[said.index("{") : said.rindex("}") + 1])
    assert report["first_failure"] == "roll.sums" and not report["sound"]
    page = (tmp_path / "report.html").read_text()
    assert "does not prove the result" in page and "roll.sums" in page and "FAILS" in page
    assert "<script" not in page and "://" not in page
    status, said = run(folder)
    assert status == 1 and "✗ roll.sums" in said


def test_the_page_of_one_that_holds(record: Path, tmp_path: Path) -> None:
    assert run(record, "--html", tmp_path / "report.html")[0] == 0
    page = (tmp_path / "report.html").read_text()
    assert all(check in page for check in CHECKS) and "What a record cannot show" in page
    assert [name for _, _, names in GROUPS for name in names] != [] and {
        name for _, _, names in GROUPS for name in names
    } == set(CHECKS)


def test_what_cannot_be_used(tmp_path: Path) -> None:
    assert run(tmp_path)[0] == 2
    assert run(tmp_path / "nothing")[0] == 2
    (tmp_path / "text").write_text("text")
    assert run(tmp_path / "text")[0] == 2


def test_nothing_of_the_office_is_needed(record: Path) -> None:
    code = (
        "import sys\n"
        "class No:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name.split('.')[0] in ('django', 'ninja', 'altair', 'typst', 'vl_convert', 'numba'):\n"
        "            raise ModuleNotFoundError(name)\n"
        "sys.meta_path.insert(0, No())\n"
        "from selectorate.cli import main\n"
        "main()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, "verify", str(record)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
