"""``audit`` and ``replay``: published figures held to the rulebook."""

from __future__ import annotations

from collections.abc import Iterator

import typer
from pydantic import TypeAdapter
from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from .. import contest
from ..contest.audit import Audit, Check, audit
from . import base

CONTEST = typer.Argument(metavar="CONTEST", help="The id or short name of a contest, or the path of a contest file.")
NARROW = 80
"""Columns below which a table of four columns would break most words."""
STATUSES = {"agrees": ("✓", "green"), "disagrees": ("✗", "red"), "cannot be checked": ("·", "yellow")}


def audit_command(
    name: str = CONTEST,
    failures: bool = typer.Option(False, "--failures", help="List only the checks that do not agree."),
    json: bool = typer.Option(False, "--json", help="Print JSON."),
) -> None:
    """Recompute every published figure of a contest under its rulebook, and compare.

    Ends with 1 if a figure disagrees.
    """
    with base.failures_told():
        case = contest.load(name)
        result = audit(case)
        base.warn_if_ours(case)
        if json:
            base.print_json(TypeAdapter(Audit).dump_python(result, mode="json"))
        else:
            _print(result, failures=failures)
        if result.count("disagrees"):
            raise typer.Exit(base.CHECK_FAILED)


def _print(result: Audit, *, failures: bool) -> None:
    console = base.out()
    console.print(base.line(f"{result.title}  (rulebook {result.rulebook})", "bold"))
    shown = [check for check in result.checks if not failures or check.status != "agrees"]
    if shown and console.width < NARROW:
        for check in shown:
            for text in _stacked(check, console.width):
                console.print(text)
    elif shown:
        table = Table(box=None, pad_edge=False, show_edge=False, padding=(0, 2, 0, 0))
        table.add_column("", width=1)
        table.add_column("what was checked", ratio=5)
        table.add_column("published", ratio=2)
        table.add_column("recomputed", ratio=3)
        for check in shown:
            _add(table, check)
        console.print(table)
    if any(check.certainty for check in shown):
        console.print("† rests on a figure that is recalled, derived or approximate", style="dim")
    for conflict in result.conflicts:
        told = f"Sources disagree on {conflict.what}: {'; '.join(conflict.readings)}. Used here: {conflict.used}"
        console.print(base.line(told if told.endswith(".") else f"{told}."))
    console.print(
        f"{result.count('agrees')} agree, {result.count('disagrees')} disagree, "
        f"{result.count('cannot be checked')} cannot be checked."
    )


def _add(table: Table, check: Check) -> None:
    mark, colour = STATUSES[check.status]
    table.add_row(
        base.line(mark, style=colour),
        _what(check),
        base.line(check.published or ""),
        base.line(check.computed or ""),
    )


def _stacked(check: Check, width: int) -> Iterator[RenderableType]:
    """A check for a narrow terminal: what was checked, and under it the two figures."""
    mark, colour = STATUSES[check.status]
    lines = Table.grid(padding=(0, 1, 0, 0))
    lines.add_row(base.line(mark, style=colour), _what(check))
    yield lines
    pairs = (("published", check.published), ("recomputed", check.computed))
    figures = [f"{name} {figure}" for name, figure in pairs if figure]
    yield from base.packed(figures, width, 4)


def _what(check: Check) -> Text:
    """What was checked; where it does not agree, why, and what is missing."""
    what = base.line(check.what + (" †" if check.certainty else ""))
    if check.explanation:
        place = "" if check.status == "agrees" else f" (line {check.line})"
        what.append(f"\n  {check.explanation}{place}", style="italic")
    if check.missing:
        what.append(f"\n  not known: {check.missing}", style="italic")
    return what


def add_to(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command("audit")(audit_command)
