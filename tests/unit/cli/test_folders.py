"""A small society's contest by commands, from an empty folder to the sheets."""

from __future__ import annotations

import csv
import io
import json
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import jsonschema
import pypdf
import pytest
from typer.testing import CliRunner, Result

from selectorate.cli import app
from selectorate.contest import declaration

COMMAND = Path(sys.executable).with_name("selectorate")
SHEETS = ["declaration.csv", "declaration.html", "declaration.json", "declaration.pdf", "declaration.txt"]


def run(*arguments: object) -> Result:
    result = CliRunner().invoke(app, ["contest", *map(str, arguments)], env={"COLUMNS": "200"})
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def ok(*arguments: object) -> str:
    result = run(*arguments)
    assert result.exit_code == 0, result.output
    return result.output


def fails(status: int, *arguments: object) -> str:
    result = run(*arguments)
    assert result.exit_code == status, result.output
    return result.output


def new(folder: Path, *more: str) -> Path:
    ok(
        "new",
        folder,
        "--title",
        "The chair",
        "--organisation",
        "Chess Club",
        "--office",
        "Chair",
        "--date",
        "2026-05-01",
        *more,
    )
    return folder


@pytest.fixture
def society(tmp_path: Path) -> Path:
    return new(tmp_path / "society")


def edit(folder: Path, old: str, new: str) -> None:
    text = (folder / "contest.toml").read_text("utf-8")
    assert text.count(old) == 1, (old, text)
    (folder / "contest.toml").write_text(text.replace(old, new), "utf-8")


def nominated(folder: Path, *names: str) -> Path:
    for number, name in enumerate(names):
        ok("nominate", folder, name, "--by", f"{number}a", "--by", f"{number}b")
    ok("close", folder)
    return folder


def words(folder: Path) -> dict[str, str]:
    """The words of every sheet that was written."""
    found = {path.name: path.read_text("utf-8") for path in (folder / "declaration").iterdir() if path.suffix != ".pdf"}
    if (folder / "declaration" / "declaration.pdf").exists():
        pdf = pypdf.PdfReader(folder / "declaration" / "declaration.pdf")
        found["declaration.pdf"] = "\n".join(page.extract_text() for page in pdf.pages)
    return found


def test_the_whole_story_by_the_real_command(tmp_path: Path) -> None:
    folder = tmp_path / "our chair"

    def real(*arguments: str, status: int = 0) -> str:
        done = subprocess.run([COMMAND, "contest", *arguments], capture_output=True, encoding="utf-8", cwd=tmp_path)
        assert done.returncode == status, done.stdout + done.stderr
        assert "Traceback" not in done.stderr
        return done.stdout

    more = (
        "--title",
        "Election of the chair",
        "--organisation",
        "Chess Club",
        "--office",
        "Chair",
        "--date",
        "2026-05-01",
    )
    assert "rulebook.toml" in real("new", "our chair", *more)
    real("nominate", "our chair", "Anna Äster", "--by", "Nadia Nomi", "--by", "Nadia Nomi junior")
    for name, by in (("Bob", "Norbert Nomi"), ("Cyd", "Nina Nomi")):
        ok("nominate", folder, name, "--by", by, "--by", f"{by} junior")
    fails(2, "nominate", folder, "Dee", "--by", "nadia NOMI")
    assert "On the paper: Anna Äster, Bob, Cyd." in real("close", "our chair")
    ok("count", folder, "anna-aster=12", "bob=10", "cyd=8", "--entitled", "40", "--spoilt", "0")
    real("declare", "our chair", status=1)
    assert not (folder / "declaration").exists()
    assert "elected: Bob" in real("count", "our chair", "anna-aster=12", "bob=17", "--round", "2")
    assert "Elected: Bob" in real("declare", "our chair")
    assert sorted(path.name for path in (folder / "declaration").iterdir()) == SHEETS
    for name, text in words(folder).items():
        assert "Bob" in text, name
        assert "Nomi " not in text and "junior" not in text, name
    assert "Nomi" not in (folder / "contest.toml").read_text("utf-8")
    assert {path.name for path in folder.iterdir()} == {
        "contest.toml",
        "rulebook.toml",
        "nominations.csv",
        "declaration",
        ".lock",
    }


def test_what_is_declared(society: Path) -> None:
    nominated(society, "Ann", "Bob")
    ok("count", society, "ann=20", "bob=11", "--entitled", 40, "--returned", 33, "--spoilt", 2)
    ok("declare", society)
    values = json.loads((society / "declaration" / "declaration.json").read_text("utf-8"))
    jsonschema.validate(values, declaration.json_schema())
    assert values["elected"] == ["ann"]
    assert values["figures"] == "ours"
    rows = list(csv.DictReader(io.StringIO((society / "declaration" / "declaration.csv").read_text("utf-8"))))
    assert {
        row["candidate"]: row["value"] for row in rows if row["kind"] == "candidate" and row["section"] == "total"
    } == {
        "ann": "20",
        "bob": "11",
    }


def test_a_declaration_is_replaced_only_when_asked(society: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "typst", None)
    nominated(society, "Ann", "Bob")
    ok("count", society, "ann=20", "bob=11")
    ok("declare", society)
    (society / "declaration" / "signed.pdf").write_bytes(b"scan")
    ok("count", society, "ann=10", "bob=11")
    before = words_but_pdf(society)
    assert "is there already" in fails(2, "declare", society)
    assert words_but_pdf(society) == before
    ok("declare", society, "--replace")
    assert words_but_pdf(society) != before
    assert (society / "declaration" / "signed.pdf").read_bytes() == b"scan"
    shutil.rmtree(society / "declaration")
    (society / "declaration").touch()
    assert "cannot be made" in fails(2, "declare", society, "--replace")


def words_but_pdf(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (folder / "declaration").glob("*.[chjt]*")}


@pytest.mark.parametrize(
    "roll",
    [
        ["--entitled", "20"],
        ["--entitled", "40", "--returned", "31", "--spoilt", "1"],
        ["--returned", "30"],
    ],
)
def test_figures_that_do_not_add_up_are_not_declared(society: Path, roll: list[str]) -> None:
    nominated(society, "Ann", "Bob")
    output = fails(1, "count", society, "ann=20", "bob=11", *roll)
    assert "Does not agree" in output
    assert "Does not agree" in fails(1, "declare", society)
    assert not (society / "declaration").exists()


def test_nothing_to_declare(society: Path) -> None:
    assert "Nothing can be declared yet" in fails(1, "declare", society)
    assert "Nobody was nominated." in ok("close", society)
    assert "there is no candidate" in fails(1, "declare", society)
    assert not (society / "declaration").exists()


def test_unopposed(society: Path) -> None:
    ok("nominate", society, "Ann", "--by", "1", "--by", "2")
    output = ok("close", society)
    assert "No ballot is held" in output
    assert "is the only candidate" in fails(2, "count", society, "ann=3")
    assert "Elected unopposed: Ann" in ok("declare", society)
    for name, text in words(society).items():
        if name != "declaration.csv":
            assert "No ballot was held" in " ".join(text.split()), name


def test_a_tie_by_lot_says_who_drew_it(society: Path) -> None:
    nominated(society, "Ann", "Bob")
    output = ok("count", society, "ann=11", "bob=11")
    assert 'Ann and Bob are tied. Enter how it was broken: --round 1 --out ID --tie "by lot, drawn by ..."' in output
    assert "Nothing can be declared yet" in fails(1, "declare", society)
    assert "how the tie was broken is not said" in fails(2, "count", society, "--out", "bob")
    assert 'there is no candidate "bub"' in fails(2, "count", society, "--out", "bub", "--tie", "by lot")
    assert "elected: Ann" in ok("count", society, "--out", "bob", "--tie", "by lot, drawn by C. Dee, in public")
    ok("declare", society)
    for name, text in words(society).items():
        if name != "declaration.csv":
            assert "drawn by C. Dee" in " ".join(text.split()), name


def test_repeated_ballots(tmp_path: Path) -> None:
    folder = new(tmp_path / "f", "--rulebook", "conservatives-1998")
    edit(folder, "# size =     how many Conservative", "size = 30 # how many Conservative")
    nominated(folder, "Ann", "Bob", "Cyd", "Dee")
    more = ["--stage", "mps", "--date", "2026-04-01", "--spoilt", "1"]
    ok("count", folder, "ann=12", "bob=10", "cyd=5", "dee=2", *more)
    assert "mps: Ann, Bob go on." in ok("count", folder, "--stage", "mps", "--withdrawn", "cyd")
    ok("count", folder, "ann=100", "bob=90", "--stage", "members", "--entitled", 300)
    assert "Elected: Ann" in ok("declare", folder)


def test_a_motion(tmp_path: Path) -> None:
    folder = new(tmp_path / "f", "--rulebook", "plp-confidence")
    assert "knows no nominations" in fails(2, "nominate", folder, "Ann", "--by", "1")
    assert "carried" in ok("count", folder, "for=172", "against=40", "--entitled", 230, "--spoilt", 4)
    assert "The motion was carried" in ok("declare", folder)


def test_parameters_to_be_fixed_are_told(tmp_path: Path) -> None:
    rulebook = tmp_path / "r.toml"
    rulebook.write_text(
        'id = "r"\nname = "R"\norganisation = "O"\noffice = "P"\n[bodies.board]\nname = "members of the board"\n'
        '[parameters.needed]\nsays = "how many must nominate"\n[[stage]]\nkind = "nomination"\nid = "nomination"\n'
        'by = "board"\nthreshold = { parameter = "needed" }\n[[stage]]\nkind = "ballot"\nid = "ballot"\nby = "board"\n'
        'paper = "choose one"\ncount = "most votes"\nelected = "most votes"\n'
    )
    folder = tmp_path / "f"
    more = ("--title", "T", "--organisation", "O", "--office", "P", "--rulebook", rulebook)
    assert "To be fixed first, in contest.toml under [parameters]: needed, how many must nominate." in ok(
        "new", folder, *more
    )
    assert 'the parameter "needed" is missing' in fails(2, "nominate", folder, "Ann", "--by", "1")
    edit(folder, "# needed =     how", "needed = 1 # how")
    nominated(folder, "Ann", "Bob")
    ok("count", folder, "ann=3", "bob=2")
    ok("declare", folder)


NAMES = [
    ('Anna "the Hat" <b>O\'Neill</b> & Co', "=cmd|' /C calc'!A0"),
    ("@SUM(1+1)*cmd", "+1 -1"),
    ("🦊 Fuchs 👩‍🚒", "דוד לוי"),
    ("#set page(fill: red) $x$ *b* _i_ @ref \\ `raw`", "[bold]Bo[/bold] {{ 7*7 }} {% x %}"),
    ("李小龙", "محمد علي"),
    ("A" * 250, "B " * 124 + "B"),
    ("total", "For"),
]


@pytest.mark.parametrize(("one", "two"), NAMES)
def test_any_name_comes_out_whole_on_every_sheet(society: Path, one: str, two: str) -> None:
    for number, name in enumerate((one, two)):
        ok("nominate", society, "--by", f"{number}a", "--by", f"{number}b", "--", name)
    ok("close", society)
    candidates = tomllib.loads((society / "contest.toml").read_text("utf-8"))["candidates"]
    assert [found["name"] for found in candidates.values()] == [one, two]
    ok("count", society, *(f"{who}={votes}" for who, votes in zip(candidates, (12, 14), strict=True)))
    output = ok("declare", society)
    found = words(society)
    assert json.loads(found["declaration.json"])["elected_names"] == [two]
    assert len(found.get("declaration.pdf", "")) > 100 or "the PDF could not be made" in output  # no font has it
    cells = [cell for row in csv.reader(io.StringIO(found["declaration.csv"])) for cell in row]
    assert not any(cell.startswith(("=", "+", "@")) for cell in cells)
    assert {one, f"'{one}"} & set(cells)
    assert "<b>" not in found["declaration.html"] and "{{" not in found["declaration.html"].replace("{{ 7*7 }}", "")
    assert "".join(one.split()) in "".join(found["declaration.txt"].split()) or len(one) > 40 or not one.isascii()


def test_a_name_that_steers_the_terminal_is_refused(society: Path) -> None:
    assert "U+001B" in fails(2, "nominate", society, "A\x1b[31mB", "--by", "1")
    assert "is empty" in fails(2, "nominate", society, "  ", "--by", "1")
    assert "is empty" in fails(2, "nominate", society, "Ann", "--by", "")


def test_nominations_of_one_command_are_all_entered_or_none(society: Path) -> None:
    fails(2, "nominate", society, "Ann", "--by", "1", "--by", "2", "--by", "1")
    assert (society / "nominations.csv").read_text().count("\n") == 1
    assert "candidates" not in tomllib.loads((society / "contest.toml").read_text())


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["ann"], '"ann" is not a candidate and a number'),
        (["ann=-1", "bob=2"], "is not a candidate and a number"),
        (["ann=1.5"], "is not a candidate and a number"),
        (["ann=1e3"], "is not a candidate and a number"),
        (["ann=１"], "is not a candidate and a number"),
        (["ann=9999999999999"], "is not a candidate and a number"),
        (["ann=1", "ann=2"], '"ann" is given twice'),
        (["ann=1"], "the votes of bob are missing"),
        (["ann=1", "bob=1", "cyd=1"], '"cyd" is not on the paper'),
        (["ann=1", "bob=1", "--segment", "friends"], 'there is no segment "friends"'),
        (["ann=1", "bob=1", "--stage", "second"], 'there is no ballot "second"'),
        (["ann=1", "bob=1", "--round", "2"], "round 2 cannot be entered yet"),
        (["ann=1", "bob=1", "--date", "1.5.2026"], "is not a date"),
        (["--units", "../x.csv"], "is not a file beside this one"),
        ([], "nothing is given"),
    ],
)
def test_what_cannot_be_entered(society: Path, arguments: list[str], message: str) -> None:
    nominated(society, "Ann", "Bob")
    before = (society / "contest.toml").read_bytes()
    assert message in fails(2, "count", society, *arguments)
    assert (society / "contest.toml").read_bytes() == before


@pytest.mark.parametrize(
    "step", [["nominate", "Ann", "--by", "1"], ["close"], ["count", "ann=1"], ["declare"]], ids=lambda step: step[0]
)
@pytest.mark.parametrize("kind", ["missing", "empty", "file", "broken", "binary", "empty name"])
def test_what_is_no_folder_of_a_contest(tmp_path: Path, step: list[str], kind: str) -> None:
    folder = tmp_path / "f"
    if kind in ("empty", "broken", "binary"):
        folder.mkdir()
    if kind == "file":
        folder.touch()
    if kind == "broken":
        (folder / "contest.toml").write_text("id = \n")
    if kind == "binary":
        (folder / "contest.toml").write_bytes(bytes(range(256)))
    shown = "" if kind == "empty name" else folder
    output = fails(2, step[0], shown, *step[1:])
    assert len(output.strip().splitlines()) <= 3, output


def test_the_core_alone_declares_without_a_pdf(society: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    nominated(society, "Ann", "Bob")
    ok("count", society, "ann=3", "bob=2")
    monkeypatch.setitem(sys.modules, "typst", None)
    output = ok("declare", society)
    assert "pictures" in output
    assert sorted(path.name for path in (society / "declaration").iterdir()) == [
        n for n in SHEETS if not n.endswith("pdf")
    ]
