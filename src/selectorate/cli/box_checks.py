"""``box verify``, ``box diff`` and ``box show``: what anyone can do with a box and nothing but its archive."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

import typer
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.table import Table

from ..box.canonical import dumps
from ..box.pools import Arithmetic
from ..box.v1.diff import Against, Difference, compare
from ..box.v1.reading import Progress as OnProgress
from ..box.v1.reading import Reading, read_box
from ..box.v1.report import PHASES, Finding, Report, report
from ..errors import InputError
from . import base
from .base import CHECK_FAILED, line

ARITHMETICS = ("auto", "kernel", "libsodium")
_MARKS = {"passed": "✓", "failed": "✗", "not reached": "?", "nothing yet": "·"}
_STYLES = {"passed": "green", "failed": "bold red", "not reached": "yellow", "nothing yet": "dim"}


def add_to(app: typer.Typer) -> None:
    """Add the commands to ``app``."""
    app.command("verify")(verify)
    app.command("diff")(diff)
    app.command("show")(show)


def arithmetic_of(name: str) -> Arithmetic:
    """The arithmetic that an option names. Raises InputError if there is none of that name."""
    if name not in ARITHMETICS:
        raise InputError(f'there is no arithmetic "{name}"', hint=f"Choose one of {', '.join(ARITHMETICS)}.")
    return cast(Arithmetic, name)


@contextmanager
def shown_progress(what: str) -> Iterator[OnProgress | None]:
    """A bar on the error stream, where that is a terminal, with the time left."""
    console = base.err()
    if not console.is_terminal:
        yield None
        return
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn(), TextColumn("left"))
    with Progress(*columns, TimeRemainingColumn(), console=console, transient=True) as bar:
        task = bar.add_task(what, total=1.0)
        last = 0.0

        def on_progress(kind: str, share: float) -> None:
            nonlocal last
            now = time.monotonic()
            if now - last > 0.1 or share >= 1:
                last = now
                bar.update(task, completed=share, description=f"{what}: {kind}")

        yield on_progress


def read_with_progress(path: Path, arithmetic: str, what: str = "Reading") -> Reading:
    """Read and check a whole archive, with a bar."""
    with shown_progress(what) as progress:
        return read_box(path, arithmetic_of(arithmetic), progress)


def read_since(
    path: Path, since: Path | None, arithmetic: str, what: str = "Reading"
) -> tuple[Reading, Difference | None]:
    """The same, and how the archive differs from an earlier copy, if there is one.

    It is read once: what was compared is what was checked. One that could not be read to its end is not compared.
    """
    if since is None:
        return read_with_progress(path, arithmetic, what), None
    with Against(since) as before, shown_progress(what) as progress:
        reading = read_box(path, arithmetic_of(arithmetic), progress, before.take)
        return reading, before.found(reading.timestamp) if "events" in reading.complete else None


def verify(
    file: Path = typer.Argument(help="The archive of a box (.bel)."),
    final: bool = typer.Option(False, "--final", help="A box whose result is not there yet fails."),
    since: Path | None = typer.Option(None, help="A copy of the box that you saw before: it may only have grown."),
    arithmetic: str = typer.Option("auto", help="auto, kernel (fast, needs Numba) or libsodium."),
    as_json: bool = typer.Option(False, "--json", help="Print the report as JSON."),
) -> None:
    """Check everything in a box: container, chain, setup, ballots, tally, shuffles, decryptions, result.

    Ends with 0 if all is well, 1 if a check fails, 2 if the file is no archive.
    """
    with base.failures_told():
        reading, found = read_since(file, since, arithmetic)
        judged = report(reading, final=final)
        if as_json:
            grown = {} if found is None else {"only_grown": found.only_grown}
            base.print_json(report_json(judged) | grown)
        else:
            print_report(judged)
            for text in [] if found is None else found.lines():
                base.out().print(line(text))
        if not judged.sound or not (found is None or found.only_grown):
            raise typer.Exit(CHECK_FAILED)


def report_json(judged: Report) -> dict[str, Any]:
    """The report as JSON."""
    return {
        "sound": judged.sound,
        "phase": judged.phase,
        "facts": judged.facts,
        "void": {str(position + 1): count for position, count in judged.void.items()},
        "checks": [
            {"check": one.check, "says": one.says, "verdict": one.verdict, "details": list(one.details)}
            for one in judged.findings
        ],
    }


def print_report(judged: Report) -> None:
    """Print a report: the phase, the facts, each check, the verdict."""
    console = base.out()
    console.print(line(f"The box is {PHASES[judged.phase]}." if judged.phase != "empty" else "There is no setup."))
    facts = Table.grid(padding=(0, 2))
    for name, value in judged.facts.items():
        said = ", ".join(map(str, value)) if isinstance(value, list) else _number(value)
        facts.add_row(line(name), line(said))
    console.print(facts)
    console.print()
    table = Table.grid(padding=(0, 1))
    for one in judged.findings:
        table.add_row(line(_MARKS[one.verdict], _STYLES[one.verdict]), line(one.check, "bold"), line(_says(one)))
        for detail in one.details[:5]:
            table.add_row("", "", line(detail, "red"))
        if len(one.details) > 5:
            table.add_row("", "", line(f"and {len(one.details) - 5:,} more", "red"))
    console.print(table)
    console.print()
    for position, count in judged.void.items():
        if count:
            console.print(line(f"Question {position + 1}: {count:,} void: the plaintext is no ranking, or is marked."))
    console.print(line(_conclusion(judged), "bold green" if judged.sound else "bold red"))


def _number(value: object) -> str:
    return f"{value:,}" if isinstance(value, int) else str(value)


def _says(one: Finding) -> str:
    notes = {"not reached": " (not reached)", "nothing yet": " (nothing yet)"}
    return one.says + notes.get(one.verdict, "")


def _conclusion(judged: Report) -> str:
    if not judged.sound:
        failed = sum(one.verdict == "failed" for one in judged.findings)
        return f"NOT SOUND: {failed} {'check fails' if failed == 1 else 'checks fail'}."
    waiting = "" if judged.phase == "final" else " so far; the box is not final"
    return f"All checks passed{waiting}."


def diff(
    old: Path = typer.Argument(help="The archive as it was when you saw it before."),
    new: Path = typer.Argument(help="The archive as it is now."),
) -> None:
    """Tell whether an archive has only grown since it was seen before, and by what.

    Ends with 0 if everything that was there still stands where it stood, 1 if not.
    """
    with base.failures_told():
        found = compare(old, new)
        console = base.out()
        for text in found.lines():
            console.print(line(text))
        if not found.only_grown:
            raise typer.Exit(CHECK_FAILED)


def show(
    file: Path = typer.Argument(help="The archive of a box (.bel)."),
    trackers: bool = typer.Option(False, "--trackers", help="List the trackers of the ballots that count."),
    tracker: str = typer.Option("", "--tracker", help="Say whether the ballot with this tracker counts."),
    result: bool = typer.Option(False, "--result", help="Print the result as JSON."),
) -> None:
    """Show what is in a box. Checks that ballots and proofs are sound are those of `box verify`."""
    from ..box.v1.looking import look

    with base.failures_told():
        seen = look(file)
        if result:
            base.print_text(dumps(seen.result) + "\n")
            return
        if trackers:
            for one in seen.trackers:
                base.print_text(f"{one}\n")
            return
        console = base.out()
        if tracker:
            said, there = seen.said_of(tracker)
            console.print(line(said))
            if not there:
                raise typer.Exit(CHECK_FAILED)
            return
        for text in seen.lines():
            console.print(line(text))
