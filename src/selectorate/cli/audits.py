"""``audit`` and ``replay``: published figures held to the rulebook."""

from __future__ import annotations

import typer
from pydantic import TypeAdapter
from rich.table import Table

from .. import contest
from ..contest.audit import Audit, Check, audit
from . import base

CONTEST = typer.Argument(metavar="CONTEST", help="The id or short name of a contest, or the path of a contest file.")
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
    if shown:
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
    console.print(
        f"{result.count('agrees')} agree, {result.count('disagrees')} disagree, "
        f"{result.count('cannot be checked')} cannot be checked."
    )


def _add(table: Table, check: Check) -> None:
    mark, colour = STATUSES[check.status]
    what = base.line(check.what + (" †" if check.certainty else ""))
    if check.explanation:
        place = "" if check.status == "agrees" else f" (line {check.line})"
        what.append(f"\n  {check.explanation}{place}", style="italic")
    if check.missing:
        what.append(f"\n  not known: {check.missing}", style="italic")
    table.add_row(
        base.line(mark, style=colour), what, base.line(check.published or ""), base.line(check.computed or "")
    )


def add_to(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command("audit")(audit_command)
