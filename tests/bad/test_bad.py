"""Broken rulebooks and contest files: what is said of each, word for word, with its line; and that nothing else is."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest
from tests.bad.cases import HERE, LOADERS, ODD, Broken, broken, told
from typer.testing import CliRunner

from selectorate.cli import app
from selectorate.contest import load_file, units
from selectorate.errors import Problem, SelectorateError
from selectorate.rules import load_file as load_rulebook
from selectorate.rules import preset_ids
from selectorate.rules.load import PRESETS
from selectorate.sheets.words import clean

CASES = list(broken())
COMMANDS = {
    "rulebooks": (("rules", "check"),),
    "contests": (("contest", "check"), ("audit",)),
}
each = pytest.mark.parametrize("case", CASES, ids=[case.id for case in CASES])


def problems_of(load: Callable[[Path], object], path: Path) -> tuple[Problem, ...]:
    with pytest.raises(SelectorateError) as caught:
        load(path)
    return caught.value.problems


def printed(problems: Iterable[Problem]) -> str:
    """``problems`` as a command prints them."""
    return "".join(f"{clean(str(p.where))}: {clean(p.message)}\n    {clean(p.hint or '')}\n" for p in problems)


def test_there_are_at_least_sixty() -> None:
    for kind in LOADERS:
        assert sum(case.kind == kind for case in CASES) >= 60


def test_no_fault_is_a_case_twice() -> None:
    """Two cases may be told alike, but not be alike."""
    texts = [re.sub(r"(?m)^#!.*\n?", "", case.path.read_bytes().decode(errors="replace")) for case in CASES]
    assert len(set(texts)) == len(texts)


@each
def test_what_is_said(case: Broken) -> None:
    assert case.expected
    assert told(problems_of(lambda _: case.load(), case.path), case.path) == case.expected


@each
def test_it_can_be_read_by_somebody_who_does_not_program(case: Broken) -> None:
    for problem in problems_of(lambda _: case.load(), case.path):
        text = str(problem)
        assert problem.hint, "every problem says what would be right"
        assert "\n" not in text
        assert text.isprintable()
        assert len(text.removeprefix(str(case.path.parent))) < 480
        jargon = (
            r"Input should|pydantic|validation|NoneType|None\b|True\b|False\b|Decimal\(|datetime|tuple|\bdict\b|\bstr\b"
        )
        assert not re.search(jargon, text.removeprefix(str(case.path.parent))), text


@each
def test_it_is_told_where(case: Broken) -> None:
    for problem in problems_of(lambda _: case.load(), case.path):
        file, line = problem.where.file, problem.where.line
        assert file is not None
        lines = len(Path(file).read_bytes().splitlines()) + 1
        assert line is None or 1 <= line <= lines
        assert line is not None or re.match("is larger|is nested|round . is missing", problem.message)


@each
def test_on_the_command_line(case: Broken) -> None:
    problems = problems_of(lambda _: case.load(), case.path)
    for command in COMMANDS[case.kind]:
        result = CliRunner().invoke(app, [*command, str(case.path)])
        assert isinstance(result.exception, SystemExit)
        assert result.exit_code == 2
        assert result.stdout == ""
        assert result.stderr == printed(problems)
        assert "Traceback" not in result.stderr


@pytest.mark.parametrize("kind", LOADERS)
def test_the_program_itself(kind: str) -> None:
    """The same as above, once, with the program as it is installed."""
    case = next(case for case in CASES if case.kind == kind)
    program = [sys.executable, "-c", "from selectorate.cli import main; main()"]
    command = COMMANDS[kind][0]
    result = subprocess.run([*program, *command, str(case.path)], capture_output=True, text=True, check=False)
    assert result.returncode == 2
    assert result.stdout == ""
    first = case.expected[0].partition(". ")[0]
    assert result.stderr.startswith(f"{case.path}:{first}\n    ")


# -- files that are no text, or too large to keep -----------------------------------------------------------


@pytest.mark.parametrize("kind", LOADERS)
@pytest.mark.parametrize("name", ODD)
def test_what_is_said_of_an_odd_file(tmp_path: Path, name: str, kind: str) -> None:
    raw, expected = ODD[name]
    path = tmp_path / "file.toml"
    path.write_bytes(raw)
    problems = problems_of(LOADERS[kind], path)
    assert told(problems, path) == [expected]
    result = CliRunner().invoke(app, [*COMMANDS[kind][0], str(path)])
    assert isinstance(result.exception, SystemExit)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr == printed(problems)


@pytest.mark.parametrize(("kind", "missing"), [("rulebooks", 5), ("contests", 6)])
@pytest.mark.parametrize("raw", [b"", b"\n\n", b"\xef\xbb\xbf", b"# nothing but a remark"])
def test_an_empty_file_is_told_all_that_it_lacks(tmp_path: Path, raw: bytes, kind: str, missing: int) -> None:
    path = tmp_path / "file.toml"
    path.write_bytes(raw)
    said = told(problems_of(LOADERS[kind], path), path)
    assert len(said) == missing
    assert all(re.match(r'1: (\w+): "\1" is missing\. ', text) for text in said)


def test_a_byte_order_mark_and_windows_line_ends_are_no_fault(tmp_path: Path) -> None:
    path = tmp_path / "file.toml"
    for name in preset_ids():
        raw = (PRESETS / f"{name}.toml").read_bytes()
        path.write_bytes(b"\xef\xbb\xbf" + raw.replace(b"\n", b"\r\n"))
        LOADERS["rulebooks"](path)


@pytest.mark.parametrize("kind", LOADERS)
def test_a_file_that_is_not_there(tmp_path: Path, kind: str) -> None:
    said = {
        tmp_path / "gone.toml": "there is no such file",
        tmp_path / "gone" / "gone.toml": "there is no such file",
        tmp_path: "is a folder, not a file",
        tmp_path / ("long" * 100 + ".toml"): "cannot be read: File name too long",
    }
    for path, message in said.items():
        (problem,) = problems_of(LOADERS[kind], path)
        assert str(problem).startswith(f"{path}: {message}. ")
        if path == tmp_path and kind == "contests":
            continue  # the command takes the folder of a contest, too
        result = CliRunner().invoke(app, [*COMMANDS[kind][0], str(path)])
        assert isinstance(result.exception, SystemExit)
        assert (result.exit_code, result.stdout) == (2, "")
        assert result.stderr.startswith(f"{path}: {message.removeprefix('cannot be read: ')}") or path.stem[0] == "l"


def test_a_contest_that_is_no_file() -> None:
    for name in ("labour-2041", "xyzzy", "long" * 2000, "long/" * 2000, "long" * 2000 + ".toml"):
        result = CliRunner().invoke(app, ["audit", name])
        assert isinstance(result.exception, SystemExit)
        assert (result.exit_code, result.stdout) == (2, "")
        assert result.stderr


def test_a_link_to_nowhere(tmp_path: Path) -> None:
    path = tmp_path / "file.toml"
    path.symlink_to(tmp_path / "gone.toml")
    (problem,) = problems_of(load_file, path)
    assert problem.message == "there is no such file"


def test_a_link_in_a_circle(tmp_path: Path) -> None:
    path = tmp_path / "file.toml"
    path.symlink_to(path)
    (problem,) = problems_of(load_file, path)
    assert problem.message.startswith("cannot be read: ")


def test_units_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(units, "MAX_UNITS", 1)
    path = HERE / "contests/units-round-missing.toml"
    said = told(problems_of(load_file, path), path)
    assert said == ["units/round-missing.csv:3: has more than 1 units. Is it the right file?"]


def test_what_the_cases_name_is_all_used() -> None:
    """Every file beside the contests is named by one of them."""
    named = "\n".join(case.path.read_text(encoding="utf-8") for case in CASES if case.kind == "contests")
    for path in [*(HERE / "contests/rules").iterdir(), *(HERE / "contests/units").iterdir()]:
        assert f'"{path.parent.name}/{path.name}"' in named, path


def test_the_rulebooks_of_the_contests_are_sound() -> None:
    for path in (HERE / "contests/rules").glob("*.toml"):
        if path.stem != "broken":
            load_rulebook(path)
