"""``verify``: the record of a contest, checked from nothing but itself."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import typer

from .. import mandate
from ..contest import Case, Declaration
from ..contest.verifying import Verification
from ..contest.verifying import verify as verify_record
from ..errors import InputError
from ..sheets.verified import headline, verified_html
from . import base
from .base import CHECK_FAILED, line
from .box_checks import shown_progress
from .outputs import Outputs

_MARKS = {"passed": "✓", "failed": "✗", "not reached": "?", "not there": "·"}
_STYLES = {"passed": "green", "failed": "bold red", "not reached": "yellow", "not there": "dim"}


def add_to(app: typer.Typer) -> None:
    """Add the command to ``app``."""
    app.command("verify")(verify)


def measured(case: Case, declaration: Declaration) -> Any:
    """The measures of the mandate, as a record has them."""
    try:
        return mandate.to_json(mandate.mandate(declaration))
    except InputError:  # nobody is elected
        return None


def verify(
    path: Path = typer.Argument(metavar="RECORD", help="The record of a contest: its folder, or its ZIP file."),
    html: Path | None = typer.Option(
        None, "--html", metavar="FILE", help="Write a report in words, one page; - for standard output."
    ),
    as_json: bool = typer.Option(False, "--json", help="Print the report as JSON."),
) -> None:
    """Check a published record from its rules to its declaration, each check by name; nothing else is asked or trusted.

    Ends with 0 if all is well, 1 if a check fails, 2 if it is no record.
    """
    with base.failures_told():
        outputs = Outputs({"html": html}, as_json)
        with shown_progress("Verifying") as progress:
            found = verify_record(path, progress=progress, measured=measured)
        outputs.put(html=lambda: verified_html(found), json=lambda: report_json(found))
        if outputs.none:
            print_report(found)
        elif not as_json:
            base.err().print(line(headline(found)))
        if not found.sound:
            raise typer.Exit(CHECK_FAILED)


def report_json(found: Verification) -> dict[str, Any]:
    """The report as JSON."""
    return {
        "sound": found.sound,
        "first_failure": found.first_failure,
        "title": found.title,
        "organisation": found.organisation,
        "elected": list(found.elected),
        "record": found.hash,
        "credentials_made_by_the_server": found.easy,
        "checks": [
            {"check": one.check, "says": one.says, "verdict": one.verdict, "details": list(one.details)}
            for one in found.findings
        ],
        "boxes": [dict(box) for box in found.boxes],
    }


def print_report(found: Verification) -> None:
    """Print a report: each check in its order, each box, the verdict."""
    console = base.out()
    console.print(line(f"{found.title}, {found.organisation}", "bold"))
    console.print()
    for one in found.findings:
        note = {"not reached": " (not reached)", "not there": " (nothing to check)"}.get(one.verdict, "")
        console.print(line(f"{_MARKS[one.verdict]} {one.check}: {one.says}{note}", _STYLES[one.verdict]))
        for detail in one.details:
            console.print(line(f"    {detail}", "red"))
    console.print()
    for box in found.boxes:
        counted = f", {box['tallied']:,} counted" if "tallied" in box else ""
        void = f", {box['void']:,} void" if box["void"] else ""
        console.print(
            line(
                f"{box['stage']}, {box['section']}: {box['credentials']:,} credentials, {box['ballots']:,} ballots"
                f"{counted}{void}"
            )
        )
        console.print(line(f"    {box['uuid']}, event {box['events'] - 1}, {box['head']}"))
    console.print()
    console.print(line(headline(found), "bold green" if found.sound else "bold red"))
