"""The examples in the pages: files that are written out, and commands that are run.

A page is walked from top to bottom in an empty folder:

* a block of ```toml, ```csv, ```json, ```blt or ```text with a caption that is a path in backquotes (alone on the line
  before it) is a file, and is written there; ```toml wrong is shown for its faults and is left alone;
* a block of ```console is run: every line that starts with ``$ `` is a command, and what follows is what it prints.
  ``exit=1`` after the word says with what status the last command ends. A line ``...`` stands for lines left out.

Commands are run in this process, without a shell: ``selectorate``, and ``cat`` and ``ls`` to look at files. A path that
begins with ``tests/golden/`` is a file of this repository, which is put into the folder. What commands print goes to a
file with ``> FILE`` at the end, and can be cut with ``| head -n N``, ``| tail -n N`` and ``| grep TEXT``.
"""

from __future__ import annotations

import re
import shlex
import shutil
from collections.abc import Iterator
from contextlib import chdir
from dataclasses import dataclass
from pathlib import Path

from typer.testing import CliRunner

from selectorate.cli import app

FENCE = re.compile(r"^```(?P<info>[^\n`]*)\n(?P<body>.*?)^```$", re.MULTILINE | re.DOTALL)
CAPTION = re.compile(r"`(?P<path>[\w][\w./-]*\.(?:toml|csv|json|txt|blt))`:?\n\n?$")
COLUMNS = "100"
ROOT = Path(__file__).parents[2]
GOLDEN = "tests/golden/"


@dataclass(frozen=True)
class Block:
    """A fenced block of a page: its words (``console exit=1``), its body, its caption if that is a path."""

    words: tuple[str, ...]
    body: str
    path: str | None
    start: int
    end: int

    @property
    def kind(self) -> str:
        """The first word: the language."""
        return self.words[0] if self.words else ""

    @property
    def status(self) -> int:
        """The status with which the last command ends."""
        given = [word.removeprefix("exit=") for word in self.words if word.startswith("exit=")]
        return int(given[0]) if given else 0


def blocks(text: str) -> Iterator[Block]:
    """Every fenced block of a page, in its order."""
    for found in FENCE.finditer(text):
        caption = CAPTION.search(text, 0, found.start())
        yield Block(
            tuple(found["info"].split()),
            found["body"],
            caption["path"] if caption else None,
            found.start("body"),
            found.end("body"),
        )


def commands(body: str) -> list[tuple[str, str]]:
    """The commands of a console block, each with what is shown of its output."""
    found: list[tuple[str, list[str]]] = []
    for line in body.splitlines():
        if line.startswith("$ "):
            found.append((line[2:], []))
        elif found:
            found[-1][1].append(line)
    return [(command, "\n".join(lines)) for command, lines in found]


def run(command: str, folder: Path) -> tuple[str, int]:
    """Run a command of a page in ``folder``: what it prints, without spaces at ends of lines, and its status."""
    first, *cuts = (part.strip() for part in re.split(r"(?<!\\)\|", command))
    words = shlex.split(first)
    for word in words:
        if word.startswith(GOLDEN):
            (folder / word).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / word, folder / word)
    target = words.pop() if len(words) > 2 and words[-2] == ">" else None
    with chdir(folder):
        output, status = _run(words[:-1] if target else words)
        if target:
            Path(target).write_text(output, encoding="utf-8")
            output = ""
    lines = [line.rstrip() for line in output.splitlines()]
    for cut in cuts:
        lines = _cut(lines, shlex.split(cut))
    return "\n".join(lines), status


def _run(words: list[str]) -> tuple[str, int]:
    if words[0] == "selectorate":
        environment = {"COLUMNS": COLUMNS, "NO_COLOR": "1", "TERM": "dumb", "LC_ALL": "C.UTF-8"}
        result = CliRunner().invoke(app, words[1:], env=environment, prog_name="selectorate")
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result.output, result.exit_code
    if words[0] == "cat":
        return Path(words[1]).read_text(encoding="utf-8"), 0
    if words[0] == "ls":
        names = sorted(path.name for path in Path(words[1]).iterdir())
        return "\n".join(name for name in names if not name.startswith(".")), 0
    raise ValueError(f"the pages run no {words[0]!r}")


def _cut(lines: list[str], words: list[str]) -> list[str]:
    if words[:2] == ["head", "-n"]:
        return lines[: int(words[2])]
    if words[:2] == ["tail", "-n"]:
        return lines[-int(words[2]) :]
    if words[0] == "grep":
        return [line for line in lines if words[1] in line]
    raise ValueError(f"the pages cut with no {words[0]!r}")


def write(block: Block, folder: Path) -> Path:
    """Write the file that a block is."""
    assert block.path is not None
    path = folder / block.path
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(block.body, encoding="utf-8")
    return path


def is_file(block: Block) -> bool:
    """Whether a block is a whole file."""
    return (
        block.kind in ("toml", "csv", "json", "blt", "text") and block.path is not None and "wrong" not in block.words
    )


def filled(text: str, folder: Path) -> str:
    """The page with what its commands print put under them. Raises AssertionError if one ends with another status."""
    result, done = [], 0
    for block in blocks(text):
        if is_file(block):
            write(block, folder)
        elif block.kind == "console":
            result += [text[done : block.start], _console(block, folder)]
            done = block.end
    return "".join(result) + text[done:]


def _console(block: Block, folder: Path) -> str:
    lines, statuses = [], []
    for command, shown in commands(block.body):
        output, status = run(command, folder)
        statuses.append(status)
        if "..." in shown.splitlines():
            assert matches(shown, output), f"$ {command}\nprints\n{output}\nand not\n{shown}"
            output = shown
        lines += [f"$ {command}", *([output] if output else [])]
    expected = [0] * (len(statuses) - 1) + [block.status]
    assert statuses == expected, f"{block.body}\nended with {statuses}:\n" + "\n".join(lines)
    return "\n".join(lines) + "\n"


def matches(shown: str, output: str) -> bool:
    """Whether ``output`` is what is ``shown``, where a line ``...`` stands for any lines."""
    parts = re.split(r"^\.\.\.$\n?", shown, flags=re.MULTILINE)
    pattern = r"(?:.*\n)*?".join(re.escape(part) for part in parts)
    return re.fullmatch(pattern + r"(?:.*\n?)*" if parts[-1] == "" else pattern + r"\n*", output + "\n") is not None
