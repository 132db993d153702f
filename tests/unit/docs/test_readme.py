"""The README tells the truth: every command that it shows runs, and prints the lines that it shows."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from typer.testing import CliRunner

from selectorate.cli import app

ROOT = Path(__file__).parents[3]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def shown() -> list[tuple[str, list[str]]]:
    """Each command of a console block, with the lines that are shown of its output."""
    found: list[tuple[str, list[str]]] = []
    for block in re.findall(r"```console\n(.*?)```", README, flags=re.DOTALL):
        for line in block.splitlines():
            if line.startswith("$ "):
                found.append((line[2:], []))
            elif line.strip():
                found[-1][1].append(line.rstrip())
    return found


@pytest.mark.parametrize(("command", "lines"), shown(), ids=[command for command, _ in shown()])
def test_shown_output(command: str, lines: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "100")
    result = CliRunner().invoke(app, shlex.split(command)[1:])
    assert result.exit_code == 0, result.output
    printed = [line.rstrip() for line in result.stdout.splitlines()]
    for line in lines:
        assert line in printed


OF_THEIR_OWN = ("--play", "RECORD", "ADDRESS")
"""What in a command says that it takes minutes, or needs something that is not at hand: it has tests of its own."""


def mentioned() -> list[str]:
    """Every command in a table or in running text that can be run as it stands."""
    found = sorted(set(re.findall(r"`(selectorate [^`]+)`", README)))
    return [command for command in found if not any(word in command for word in OF_THEIR_OWN)]


@pytest.mark.parametrize("command", mentioned())
def test_mentioned_commands_run(command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    words = [str(ROOT / word) if (ROOT / word).is_file() else word for word in shlex.split(command)[1:]]
    if words[:2] == ["contest", "new"]:
        words += ["--title", "Election", "--organisation", "Society", "--office", "Chair"]
    result = CliRunner().invoke(app, words)
    failing_checks = 1 if words[0] == "audit" else 0
    assert result.exit_code == failing_checks, result.output


def test_two_commands_and_the_links() -> None:
    assert "make demo" in README
    assert "make test" in README
    for target in re.findall(r"\]\((?!http)([^)#]+)\)", README):
        assert (ROOT / target).exists(), target
