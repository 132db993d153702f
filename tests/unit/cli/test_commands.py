"""Every command with everything that can be wrong with its arguments, its files and its surroundings."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
from tests import records
from tests.boxes import RANK, WITH_BLANK, YES_NO, new_box
from tests.unit.box.test_audits import opened
from typer.testing import CliRunner, Result

from selectorate import __version__
from selectorate.cli import app
from selectorate.cli import base as commands_base

COMMAND = Path(sys.executable).with_name("selectorate")
SMALL = "uk-labour-plp-confidence-2016"


def run(*arguments: object, env: dict[str, str] | None = None) -> Result:
    result = CliRunner().invoke(app, [str(item) for item in arguments], env=env or {})
    assert result.exception is None or isinstance(result.exception, SystemExit), repr(result.exception)
    return result


def real(*arguments: object, **more: Any) -> subprocess.CompletedProcess[str]:
    done = subprocess.run([str(COMMAND), *map(str, arguments)], encoding="utf-8", errors="replace", stderr=-1, **more)
    assert "Traceback" not in done.stderr and "Exception ignored" not in done.stderr, done.stderr
    return done


def walk(command: Any = None, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    command = command or typer.main.get_command(app)
    inner = getattr(command, "commands", None)
    if not inner:
        yield path, command
        return
    for name, found in inner.items():
        yield from walk(found, (*path, name))


COMMANDS = dict(walk())
JSON = {path for path, command in COMMANDS.items() if any("--json" in option.opts for option in command.params)}
NAMES = {path: " ".join(path) for path in COMMANDS}
ARGUMENTS: dict[tuple[str, ...], list[str]] = {
    ("acts", "check"): [str(Path(__file__).parents[2] / "vectors" / "acts.json")],
    ("contests",): [],
    ("declare",): [SMALL],
    ("replay",): [SMALL],
    ("audit",): [SMALL],
    ("mandate",): ["labour-2016"],
    ("what-if",): ["labour-2016"],
    ("rules", "list"): [],
    ("rules", "show"): ["labour-2014"],
    ("methods",): [],
    ("count",): ["{ballots}", "--method", "scottish"],
    ("roll", "look"): ["{roll}"],
    ("roll", "check"): ["{roll}"],
    ("roll", "compare"): ["{roll}", "{roll}"],
    ("roll", "duplicates"): ["{roll}"],
    ("roll", "entitle"): ["{roll}", "--rules", "snp", "--dates", "freeze=2016-01-12"],
    ("ballot", "audit"): ["{opened}", "--election", "{box}"],
    ("verify",): ["{record}"],
    ("box", "verify"): [str(Path(__file__).parents[3] / "docs" / "examples" / "SocietyLeader26.bel")],
}
"""For every command with ``--json``, arguments with which it does something."""
BALLOTS = '3 1\n4 1 3 2 0\n3 2 3 0\n2 3 1 0\n0\n"Ann"\n"Bob"\n"Cyd"\n"A small election"\n'
ROLL = "Number,Name,Capacity,Joined\n1,Ann,member,2015-03-17\n2,Bob,member,2016-03-17\n"


@pytest.fixture
def arguments(path: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    ballots = tmp_path / "small.blt"
    ballots.write_text(BALLOTS)
    roll = tmp_path / "roll.csv"
    roll.write_text(ROLL)
    given = {"{ballots}": str(ballots), "{roll}": str(roll)}
    if path == ("ballot", "audit"):
        made = new_box(tmp_path, (RANK, YES_NO, WITH_BLANK))
        given |= {"{opened}": str(tmp_path / "opened.json"), "{box}": str(made.path)}
        (tmp_path / "opened.json").write_text(json.dumps(opened(made, monkeypatch)))
    if path == ("verify",):
        folder = tmp_path / "made"
        folder.mkdir()
        made_of = records.making(records.leader_boxes(folder), tmp_path / "scratch")
        given |= {"{record}": str(made_of.write(tmp_path / "record").folder)}
    return [given.get(item, item) for item in ARGUMENTS[path]]


# -- help and completion ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", COMMANDS, ids=NAMES.get)
def test_every_command_explains_itself(path: tuple[str, ...]) -> None:
    for option in ("--help", "-h"):
        result = run(*path, option, env={"COLUMNS": "60", "TERMINAL_WIDTH": "60"})
        assert result.exit_code == 0
        assert "Usage" in result.output
    command = COMMANDS[path]
    assert command.help, "a command says what it does"
    for option in command.params:
        assert getattr(option, "help", None), f"{option.name} is not explained"


def test_the_version() -> None:
    assert run("--version").output == f"selectorate {__version__}\n"


def test_no_command_and_an_unknown_one() -> None:
    assert "Usage" in run().output
    for arguments in (["declair"], ["contest", "nominat"], ["declare"], ["declare", SMALL, "--frmat"]):
        assert run(*arguments).exit_code == 2


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_shell_completion(shell: str, tmp_path: Path) -> None:
    env = {
        **os.environ,
        "HOME": str(tmp_path),
        "SHELL": f"/bin/{shell}",
        "_TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION": "1",
    }
    shown = real("--show-completion", shell, stdout=-1, env=env)
    assert shown.returncode == 0
    assert "selectorate" in shown.stdout
    if shell == "bash":
        assert real("--install-completion", shell, stdout=-1, env=env).returncode == 0
        assert list(tmp_path.rglob("*selectorate*"))
        completed = real(
            stdout=-1,
            env={
                **env,
                "_SELECTORATE_COMPLETE": "complete_bash",
                "COMP_WORDS": "selectorate contest n",
                "COMP_CWORD": "2",
            },
        )
        assert completed.stdout.split() == ["new", "nominate"]


# -- JSON -------------------------------------------------------------------------------------------------------


def test_the_table_of_arguments_is_whole() -> None:
    assert set(ARGUMENTS) == JSON


@pytest.mark.parametrize("path", sorted(JSON), ids=NAMES.get)
def test_json_and_nothing_else(path: tuple[str, ...], arguments: list[str]) -> None:
    result = run(*path, *arguments, "--json", env={"COLUMNS": "60"})
    assert result.exit_code in (0, 1)
    value = json.loads(result.stdout)
    assert value
    assert not list(floats(value)), "figures are whole numbers or exact text"


def floats(value: object) -> Iterator[float]:
    if isinstance(value, float):
        yield value
    elif isinstance(value, dict):
        for item in value.values():
            yield from floats(item)
    elif isinstance(value, list):
        for item in value:
            yield from floats(item)


@pytest.mark.parametrize("path", sorted(path for path in JSON if ARGUMENTS.get(path)), ids=NAMES.get)
def test_a_failure_leaves_no_half_json(path: tuple[str, ...]) -> None:
    there = {"{box}": ARGUMENTS["box", "verify"][0]}
    result = run(*path, "no-such-thing", *(there.get(item, item) for item in ARGUMENTS[path][1:]), "--json")
    assert result.exit_code == 2
    assert result.stdout == ""
    assert "no-such-thing" in result.stderr


@pytest.mark.parametrize("path", [path for path in COMMANDS if "schema" in path[-1]], ids=NAMES.get)
def test_schemas(path: tuple[str, ...]) -> None:
    assert "$schema" in json.loads(run(*path).stdout)


# -- wide and narrow --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("columns", ["60", "40", "1", "0", "-5", "x", "", "99999999999999999999", "٦٠"])
def test_any_width(columns: str) -> None:
    result = run("declare", SMALL, env={"COLUMNS": columns})
    assert result.exit_code == 0
    wide = int(columns) if columns.isascii() and columns.isdigit() and len(columns) < 6 else commands_base.WIDTH
    wide = max(wide, commands_base.LEAST_WIDTH)
    assert max(map(len, result.stdout.splitlines())) <= wide


@pytest.mark.parametrize("path", ARGUMENTS, ids=NAMES.get)
def test_sixty_columns(path: tuple[str, ...], arguments: list[str]) -> None:
    result = run(*path, *arguments, env={"COLUMNS": "60"})
    assert result.exit_code in (0, 1)
    assert max(map(len, result.stdout.splitlines())) <= 60


@pytest.mark.parametrize("columns", ["40", "60", "80"])
def test_no_figure_is_cut_where_it_is_narrow(columns: str) -> None:
    listed = run("contests", env={"COLUMNS": columns}).stdout
    assert "…" not in listed
    row = listed[listed.index("labour-2016") :]
    for figure in ("Corbyn", "61.8%", "23.7", "77.6%"):
        assert figure in row[:300], row[:300]
    audited = run("audit", "labour-2016", env={"COLUMNS": columns}).stdout
    assert "…" not in audited and "nominations needed" in " ".join(audited.split())
    assert max(map(len, (listed + audited).splitlines())) <= int(columns)


def test_contests_under_a_rulebook() -> None:
    none = run("contests", "-r", "nosuch")
    assert none.exit_code == 2 and none.stdout == ""
    assert 'no rulebook "nosuch"' in none.stderr and "labour-2014" in none.stderr and "spd-2019" in none.stderr
    unused = run("contests", "-r", "snp")
    assert (unused.exit_code, unused.stdout) == (0, 'No contest was held under "snp".\n')
    assert json.loads(run("contests", "-r", "snp", "--json").stdout) == []
    assert run("contests", "-o", "nobody").stdout == 'No contest of an organisation called "nobody" is shipped.\n'
    assert "2 contests." in run("contests", "-r", "labour-1922").stdout


# -- files ------------------------------------------------------------------------------------------------------

READERS = [
    ["declare", "{}"],
    ["replay", "{}"],
    ["audit", "{}"],
    ["mandate", "{}"],
    ["mandate", "labour-2016", "--against", "{}"],
    ["what-if", "{}"],
    ["what-if", "labour-2016", "--rulebook", "{}"],
    ["replay", "labour-2016", "--rulebook", "{}"],
    ["contest", "check", "{}"],
    ["rules", "show", "{}"],
    ["rules", "check", "{}"],
    ["rules", "show", "labour-2014", "--contest", "{}"],
    ["contest", "new", "NEW", "--title", "T", "--organisation", "O", "--office", "P", "--rulebook", "{}"],
]


def unreadable(folder: Path, kind: str) -> str:
    path = folder / "x.toml"
    if kind == "folder":
        path.mkdir()
    elif kind == "binary":
        path.write_bytes(bytes(range(256)) * 4)
    elif kind == "empty file":
        path.touch()
    elif kind == "text":
        path.write_text("Dear Sir or Madam,\n")
    elif kind == "other table":
        path.write_text('x = 1\n[y]\nz = "\\u001b]0;owned\\u0007"\n')
    elif kind == "nested":
        path.write_text("x = " + "[" * 5000 + "]" * 5000)
    elif kind == "loop":
        path.symlink_to(path)
    elif kind == "under a file":
        (folder / "file").touch()
        path = folder / "file" / "x.toml"
    elif kind == "long":
        return str(folder / ("x" * 300 + ".toml"))
    elif kind == "longer":
        return "x/" * 5000 + ".toml"
    elif kind == "empty string":
        return ""
    elif kind == "dot":
        return "."
    elif kind == "newline":
        return "a\nb.toml"
    elif kind == "markup":
        return "[bold red]x[/bold].toml"
    elif kind == "not unicode":
        return "x\udcff.toml"
    return str(path)


KINDS = [
    "missing",
    "folder",
    "binary",
    "empty file",
    "text",
    "other table",
    "nested",
    "loop",
    "under a file",
    "long",
    "longer",
    "empty string",
    "dot",
    "newline",
    "markup",
    "not unicode",
]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("command", READERS, ids=lambda command: " ".join(command[:3]))
def test_what_cannot_be_read(command: list[str], kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    name = unreadable(tmp_path, kind)
    result = run(*(item.format(name) if item == "{}" else item for item in command))
    assert result.exit_code == 2, result.output
    assert result.stdout == ""
    assert result.stderr.strip()
    assert "\x1b" not in result.stderr and "\x07" not in result.stderr
    assert not (tmp_path / "NEW").exists()


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read(tmp_path: Path) -> None:
    path = tmp_path / "x.toml"
    path.touch(mode=0)
    assert "Permission denied" in run("contest", "check", path).stderr


WRITERS = [
    ["declare", SMALL, "--html"],
    ["declare", SMALL, "--pdf"],
    ["declare", SMALL, "--csv"],
    ["mandate", "labour-2016", "--html"],
    ["what-if", "labour-2016", "--html"],
]


@pytest.mark.parametrize("command", WRITERS, ids=" ".join)
def test_where_nothing_can_be_written(command: list[str], tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").touch()
    slow = command[-1] != "--csv"  # the sheet is made first
    for target in ("folder",) if slow else ("folder", "missing/x", "file/x", "x" * 300):
        result = run(*command, tmp_path / target)
        assert result.exit_code == 2, result.output
        assert result.stderr.strip()
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["file", "folder"]


@pytest.mark.parametrize(
    "command", [["declare", SMALL], ["count", "BALLOTS", "-m", "scottish"], ["mandate", "labour-2016"]], ids=" ".join
)
def test_all_sheets_are_written_or_none(command: list[str], tmp_path: Path) -> None:
    ballots = tmp_path / "x.blt"
    ballots.write_text('2 1\n3 1 2 0\n2 2 0\n0\n"A"\n"B"\n"T"\n')
    command = [str(ballots) if word == "BALLOTS" else word for word in command]
    missing = tmp_path / "missing" / "bad"
    if command[0] == "declare":
        result = run(*command, "--html", tmp_path / "ok.html", "--csv", missing)
    elif command[0] == "count":
        result = run(*command, "--html", tmp_path / "ok.html", "--pdf", missing)
    else:
        result = run(*command, "--json", "--html", missing)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert str(missing) in result.stderr and "No such file or directory" in result.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["x.blt"]


def test_a_dash_is_standard_output(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    ballots = tmp_path / "x.blt"
    ballots.write_text('2 1\n3 1 2 0\n2 2 0\n0\n"A"\n"B"\n"T"\n')
    assert run("declare", SMALL, "--csv", "-").stdout.startswith("contest,")
    assert run("mandate", "labour-2016", "--html", "-").stdout.startswith("<!doctype html>")
    assert run("what-if", SMALL, "--html", "-").stdout.startswith("<!doctype html>")
    assert run("convert", ballots, "-", "--to", "blt").stdout == ballots.read_text()
    pdf = CliRunner().invoke(app, ["declare", SMALL, "--pdf", "-"])
    assert pdf.stdout_bytes.startswith(b"%PDF")
    both = run("declare", SMALL, "--html", "x.html", "--csv", "-")
    assert both.stdout.startswith("contest,") and both.stderr == "Written: x.html\n"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["x.blt", "x.html"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["declare", SMALL, "--html", "-", "--csv", "-"], "--html - and --csv - cannot both go to standard output"),
        (["declare", SMALL, "--csv", "-", "--json"], "--json and --csv - cannot both go to standard output"),
        (["what-if", SMALL, "--html", "-", "--json"], "--json and --html - cannot both go to standard output"),
        (["declare", SMALL, "--html", "x", "--csv", "./x"], "--html and --csv cannot both be written to one file"),
    ],
    ids=lambda item: " ".join(item) if isinstance(item, list) else "",
)
def test_two_things_do_not_go_to_one_place(
    arguments: list[str], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    result = run(*arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert said in result.stderr
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("command", ["mandate", "what-if", "declare"])
def test_json_and_a_page_are_both_made(command: str, tmp_path: Path) -> None:
    page = tmp_path / "x.html"
    result = run(command, "labour-2016", "--html", page, "--json")
    assert json.loads(result.stdout)
    assert page.read_text().startswith("<!doctype html>")
    assert result.stderr == f"Written: {page}\n"


def test_segments_left_out_are_left_out_together() -> None:
    result = run("what-if", "labour-2016", "--without", "members", "--without", "affiliated")
    assert "IF NEITHER PARTY MEMBERS NOR AFFILIATED SUPPORTERS HAD VOTED" in result.stdout
    assert "are left out, all of them together" in " ".join(result.stdout.split())
    assert result.stdout.count("would have been elected") == 1


def test_a_section_is_given_once() -> None:
    twice = ["--section", "members=members", "--section", "members=registered"]
    assert "given twice" in run("what-if", "labour-2016", "--rulebook", "labour-2007", *twice).stderr


def test_a_swing_says_what_its_notes_and_points_are_of() -> None:
    text = " ".join(run("what-if", "labour-2016").stdout.split())
    assert "11.85 points (59,993)" in text
    assert "Jeremy Corbyn is no longer elected (over all," in text and "a tie for the first place" in text
    assert "its points are a share of all the votes cast in each place" in text
    assert "Over all: " not in text


@pytest.mark.parametrize("kind", ["pipe", "device", "socket"])
@pytest.mark.parametrize(
    "command", [["contest", "check"], ["declare"], ["rules", "check"], ["count", "-m", "scottish"]], ids=" ".join
)
def test_what_is_no_file_is_not_waited_for(command: list[str], kind: str, tmp_path: Path) -> None:
    path = Path("/dev/zero") if kind == "device" else tmp_path / "x.toml"
    if kind == "pipe":
        os.mkfifo(path)
    elif kind == "socket":
        with socket.socket(socket.AF_UNIX) as made:
            made.bind(str(path))
    result = run(*command, path)
    assert (result.exit_code, result.stdout) == (2, "")
    assert f"is a {kind}, not a file" in result.stderr


def test_standard_input_can_be_read_by_its_name(tmp_path: Path) -> None:
    ballots = '2 1\n3 1 2 0\n2 2 0\n0\n"A"\n"B"\n"T"\n'
    counted = real("count", "/dev/stdin", "-m", "scottish", "--json", input=ballots, stdout=-1)
    assert len(json.loads(counted.stdout)["elected"]) == 1
    assert "not valid TOML" in real("contest", "check", "/dev/stdin", input="Dear Sir,", stdout=-1).stderr


def test_a_file_of_gigabytes_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "x.toml"
    path.touch()
    os.truncate(path, 5 << 30)
    assert "is larger than 8,000,000 bytes" in run("contest", "check", path).stderr


def test_a_sheet_replaces_the_one_before_and_keeps_its_permissions(tmp_path: Path) -> None:
    path, link = tmp_path / "x.csv", tmp_path / "link.csv"
    path.write_text("old")
    path.chmod(0o600)
    link.symlink_to(path)
    assert run("declare", SMALL, "--csv", link).exit_code == 0
    assert path.read_text().startswith("contest,")
    assert path.stat().st_mode & 0o777 == 0o600
    assert link.is_symlink()
    assert sorted(item.name for item in tmp_path.iterdir()) == ["link.csv", "x.csv"]


def test_devices_are_written_to_and_stay_devices(tmp_path: Path) -> None:
    assert run("declare", SMALL, "--csv", "/dev/null").exit_code == 0
    assert Path("/dev/null").is_char_device()
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    with subprocess.Popen(["cat", fifo], stdout=-1) as reader:
        assert run("declare", SMALL, "--csv", fifo).exit_code == 0
        assert reader.stdout is not None
        assert reader.stdout.read().startswith(b"contest,")
    assert fifo.is_fifo()


# -- surroundings -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "arguments", [["rules", "show", "labour-2014"], ["contest", "schema"], ["audit", "labour-2016"]], ids=" ".join
)
def test_a_reader_that_has_seen_enough(arguments: list[str]) -> None:
    line = f"{COMMAND} {' '.join(arguments)} | head -1; exit ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", line], capture_output=True, encoding="utf-8")
    assert done.stderr == ""
    assert done.returncode == 0
    assert len(done.stdout.splitlines()) == 1


def test_no_standard_output() -> None:
    for arguments in (["rules", "show", "labour-2014"], ["contest", "schema"]):
        done = subprocess.run(
            ["bash", "-c", f"{COMMAND} {' '.join(arguments)} >&-"], capture_output=True, encoding="utf-8"
        )
        assert "Traceback" not in done.stderr
        assert done.returncode in (0, 2)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full here")
@pytest.mark.parametrize("arguments", [["rules", "show", "labour-2014"], ["contest", "schema"]], ids=" ".join)
def test_a_full_disk_behind_standard_output(arguments: list[str]) -> None:
    with Path("/dev/full").open("w") as full:
        done = real(*arguments, stdout=full)
    assert done.returncode == 2
    assert "No space left on device" in done.stderr


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp1252"])
def test_an_encoding_that_lacks_letters(encoding: str) -> None:
    env = {**os.environ, "PYTHONIOENCODING": encoding}
    done = subprocess.run([COMMAND, "declare", SMALL], capture_output=True, env=env)
    assert done.returncode == 0, done.stderr
    assert b"Traceback" not in done.stderr


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp1252"])
def test_what_is_printed_for_programs_is_utf_8_whatever_the_terminal_has(encoding: str, tmp_path: Path) -> None:
    """As it would be in a file: JSON with escapes of Python's is none."""
    ballots = tmp_path / "x.blt"
    ballots.write_text('2 1\n3 1 2 0\n2 2 0\n0\n"Se\u00e1n \u2013 \u0141"\n"B"\n"W\u00e4rd"\n', encoding="utf-8")
    env = {**os.environ, "PYTHONIOENCODING": encoding}
    counting = [COMMAND, "count", ballots, "-m", "scottish"]
    printed = subprocess.run([*counting, "--json"], capture_output=True, env=env, check=True).stdout
    assert json.loads(printed.decode("utf-8"))["candidates"][0]["name"] == "Se\u00e1n \u2013 \u0141"
    table = subprocess.run([*counting, "--csv", "-"], capture_output=True, env=env, check=True).stdout
    assert "Se\u00e1n \u2013 \u0141" in table.decode("utf-8")


def test_interrupted(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*given: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("selectorate.contest.load", interrupted)
    result = run("audit", "labour-2016")
    assert result.exit_code == 130
    assert result.stderr == "Interrupted.\n"


def test_interrupted_from_the_keyboard() -> None:
    """A command that waits for what comes on standard input, and a hand on the keyboard."""
    command = [COMMAND, "contest", "check", "/dev/stdin"]
    with subprocess.Popen(command, stdin=-1, stdout=-1, stderr=-1, encoding="utf-8") as waiting:
        time.sleep(8)  # it is reading by now, and if not, that is the next test
        waiting.send_signal(signal.SIGINT)
        _, errors = waiting.communicate(timeout=30)
    assert waiting.returncode == 130, errors
    assert errors == "Interrupted.\n"


def test_interrupted_while_it_is_imported() -> None:
    """As if the keyboard were faster than the first import, which swallows what it is thrown."""
    hasty = (
        "import builtins, os, signal\n"
        "real = builtins.__import__\n"
        "def hasty(name, *rest):\n"
        "    if name.startswith('pydantic'):\n"
        "        os.kill(os.getpid(), signal.SIGINT)\n"
        "    return real(name, *rest)\n"
        "from selectorate.cli import main\n"
        "builtins.__import__ = hasty\n"
        "main()\n"
    )
    done = subprocess.run([sys.executable, "-c", hasty], capture_output=True, encoding="utf-8")
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "Interrupted.\n")


def test_our_own_mistakes_show(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only what the user can put right is turned into a message."""

    def broken(*given: object) -> None:
        raise KeyError("ours")

    monkeypatch.setattr("selectorate.contest.load", broken)
    assert isinstance(CliRunner().invoke(app, ["audit", "labour-2016"]).exception, KeyError)


def test_messages_do_not_steer_the_terminal(tmp_path: Path) -> None:
    path = tmp_path / "x.toml"
    path.write_text('"\\u001b]0;owned\\u0007" = 1\n')
    result = run("contest", "check", path)
    assert result.exit_code == 2
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]", result.stderr)


def test_the_audit_tells_where_sources_disagree() -> None:
    text = " ".join(run("audit", "labour-1976", "--failures").output.split())
    assert "Sources disagree on how Crosland left: he went out as the last (later Wikipedia); he withdrew" in text
    assert text.endswith("cannot be checked.")
    told = json.loads(run("audit", "labour-1976", "--json").output)["conflicts"]
    assert [set(conflict) for conflict in told] == [{"what", "readings", "used"}] * 2
