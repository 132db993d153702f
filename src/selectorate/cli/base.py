"""What every command needs: where to print, how to write a file, how a failure is told and what status it ends with."""

from __future__ import annotations

import contextlib
import io
import json
import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.measure import Measurement
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from .. import sheets
from ..contest import Case
from ..errors import InputError, Problem, SelectorateError, Where
from ..sheets.words import clean
from . import INTERRUPTED

CHECK_FAILED = 1
"""The status with which a command ends whose check fails."""
UNUSABLE = 2
"""The status with which a command ends whose input cannot be used."""
LEAST_WIDTH, WIDTH, MOST_WIDTH = 40, 100, 1000


class _Console(Console):
    """A console whose reader may leave: what is then to be done is for ``failures_told`` to say."""

    def on_broken_pipe(self) -> None:
        raise BrokenPipeError


def out() -> Console:
    """The console for results, as wide as the terminal, or as COLUMNS says; 100 columns where nothing says it."""
    _never_fail_to_encode()
    if sys.stdout is not None and sys.stdout.isatty():
        return _Console(highlight=False)
    said = os.environ.get("COLUMNS", "")
    width = int(said) if said.isascii() and said.isdigit() and len(said) < 6 else WIDTH
    return _Console(highlight=False, width=min(max(width, LEAST_WIDTH), MOST_WIDTH), color_system=None)


def err() -> Console:
    """The console for progress and failures."""
    _never_fail_to_encode()
    return _Console(stderr=True, highlight=False)


def _never_fail_to_encode() -> None:
    """Let characters that the terminal's encoding does not have come out as escapes, not as a failure."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper) and stream.errors in ("strict", "surrogateescape"):
            stream.reconfigure(errors="backslashreplace")


def json_text(value: Any) -> str:
    """``value`` as JSON, indented, with a newline at its end."""
    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"


def print_json(value: Any) -> None:
    """Print ``value`` as JSON and nothing else."""
    print_text(json_text(value))


def print_text(text: str) -> None:
    """Print ``text`` for another program: as it would be in a file, in UTF-8; on a terminal, in its encoding."""
    _never_fail_to_encode()
    if isinstance(sys.stdout, io.TextIOWrapper) and not sys.stdout.isatty():
        sys.stdout.flush()
        sys.stdout.buffer.write(text.encode())
    elif sys.stdout is not None:
        sys.stdout.write(text)


def line(text: str, style: str = "") -> Text:
    """``text`` as a line to print: never read as markup, and without what could steer the terminal."""
    return Text(clean(text), style=style)


def fits(console: Console, table: Table) -> bool:
    """Whether ``table`` can be printed without cutting a word or a figure in it."""
    wide = console.options.update_width(MOST_WIDTH)
    return Measurement.get(console, wide, table).minimum <= console.width


def packed(items: Iterable[str], width: int, indent: int) -> Iterator[Padding]:
    """``items``, parted by commas, in indented lines of at most ``width``: as many in a line as there is room for."""
    lines: list[str] = []
    for item in items:
        if lines and indent + len(lines[-1]) + len(item) + 3 <= width:  # with a comma before it, and one after
            lines[-1] += f", {item}"
        else:
            lines.append(item)
    for number, text in enumerate(lines, 1):
        yield Padding(line(text + ("," if number < len(lines) else "")), (0, 0, 0, indent))


def warn_if_ours(case: Case) -> None:
    """Say on the error stream that what follows holds exact figures which a declaration of our own would hide."""
    if case.contest.figures == "ours":
        err().print(line("Not for publication: exact figures of a contest of your own, before the rule of disclosure."))


def print_sheet(sheet: sheets.Sheet) -> None:
    """Print a sheet as text, as wide as the terminal is."""
    console = out()
    for item in sheets.renderables(sheet, console.width):
        console.print(item)


def tell(error: SelectorateError) -> None:
    """Print every problem of ``error`` for a person, on the error stream."""
    console = err()
    for problem in error.problems:
        console.print(_told(problem), soft_wrap=True)


def _told(problem: Problem) -> str:
    place, message, hint = (clean(str(said or "")) for said in (problem.where, problem.message, problem.hint))
    text = f"[bold]{escape(place)}:[/] " if place else ""
    text += escape(message)
    return f"{text}\n    {escape(hint)}" if hint else text


@contextmanager
def failures_told() -> Iterator[None]:
    """Turn what goes wrong by the user's doing into one message and a status; let our own mistakes show."""
    try:
        try:
            yield
        finally:
            if sys.stdout is not None:
                sys.stdout.flush()
    except SelectorateError as error:
        tell(error)
        raise typer.Exit(error.exit_status) from None
    except BrokenPipeError:  # the reader of our output has seen enough
        _print_no_more()
        raise typer.Exit(0) from None
    except OSError as fault:  # a disk that is full, a name that is too long, a folder that may not be looked into
        _print_no_more()
        place = Where(os.fsdecode(fault.filename) if isinstance(fault.filename, str | bytes) else None)
        tell(InputError(fault.strerror or str(fault), where=place))
        raise typer.Exit(UNUSABLE) from None
    except KeyboardInterrupt:
        err().print("Interrupted.")
        raise typer.Exit(INTERRUPTED) from None


def _print_no_more() -> None:
    """Let what is still to be printed go nowhere, so that the end of the program does not fail on it."""
    with contextlib.suppress(OSError, ValueError, AttributeError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


@contextmanager
def working(what: str) -> Iterator[None]:
    """Show on the error stream, where that is a terminal, that ``what`` is going on."""
    console = err()
    if not console.is_terminal:
        yield
        return
    with console.status(f"{what} …"):
        yield
