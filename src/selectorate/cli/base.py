"""What every command needs: where to print, how to write a file, how a failure is told and what status it ends with."""

from __future__ import annotations

import json
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.text import Text

from .. import sheets
from ..errors import InputError, Problem, SelectorateError, Where

CHECK_FAILED = 1
"""The status with which a command ends whose check fails."""
UNUSABLE = 2
"""The status with which a command ends whose input cannot be used."""


def out() -> Console:
    """The console for results; at least 80 columns wide, and 100 where nothing says how wide it is."""
    if sys.stdout.isatty():
        return Console(highlight=False)
    return Console(highlight=False, width=int(os.environ.get("COLUMNS", "100")), color_system=None)


def err() -> Console:
    """The console for progress and failures."""
    return Console(stderr=True, highlight=False)


def json_text(value: Any) -> str:
    """``value`` as JSON, indented, with a newline at its end."""
    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"


def print_json(value: Any) -> None:
    """Print ``value`` as JSON and nothing else."""
    sys.stdout.write(json_text(value))


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
    place = str(problem.where)
    text = f"[bold]{escape(place)}:[/] " if place else ""
    text += escape(problem.message)
    return f"{text}\n    {escape(problem.hint)}" if problem.hint else text


@contextmanager
def failures_told() -> Iterator[None]:
    """Turn what goes wrong by the user's doing into one message and a status; let our own mistakes show."""
    try:
        yield
    except SelectorateError as error:
        tell(error)
        raise typer.Exit(error.exit_status) from None
    except BrokenPipeError:  # the reader of our output has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise typer.Exit(0) from None


def write_file(path: Path, content: str | bytes, *, replace: bool = True) -> None:
    """Write ``content`` to ``path``, whole or not at all.

    Raises InputError if it cannot be written, or is there already and may not be replaced.
    """
    data = content.encode() if isinstance(content, str) else content
    if not replace and path.exists():
        raise InputError("is there already", where=Where(str(path)), hint="Give another name, or move it away first.")
    try:
        descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            Path(temporary).chmod(0o644)
            Path(temporary).replace(path)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
    except OSError as fault:
        raise InputError(f"cannot be written: {fault.strerror}", where=Where(str(path))) from None


def written(path: Path) -> None:
    """Say that a file was written, on the error stream."""
    err().print(Text(f"Written: {path}"))


@contextmanager
def working(what: str) -> Iterator[None]:
    """Show on the error stream, where that is a terminal, that ``what`` is going on."""
    console = err()
    if not console.is_terminal:
        yield
        return
    with console.status(f"{what} …"):
        yield
