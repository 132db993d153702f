"""``ballot audit``: a ballot that the booth opened instead of casting it, checked by anybody."""

from __future__ import annotations

from pathlib import Path

import typer

from ..box.v1.audits import MOST_BYTES, AuditFinding, audit, read_opened
from ..box.v1.looking import election_in
from ..errors import InputError, Where
from . import base
from .base import CHECK_FAILED, line
from .box_keys import of_file

app = typer.Typer(no_args_is_help=True)

_MARKS = {True: ("✓", "green"), False: ("✗", "bold red"), None: ("?", "yellow")}


@app.callback()
def _ballot() -> None:
    """Ballots in the hands of their voters."""


@app.command("audit")
def audit_command(
    file: Path = typer.Argument(help="The audit file of the booth (ballot-….audit.json)."),
    election: Path = typer.Option(..., "--election", help="The archive of the box (.bel): the public board has it."),
    commitment: str | None = typer.Option(
        None, "--commitment", help="The code of the sealed paper that you noted before you asked for the audit."
    ),
    as_json: bool = typer.Option(False, "--json", help="Print the findings as JSON."),
) -> None:
    """Check a ballot that was opened instead of cast: does it hold what you chose?

    It encrypts the answers anew, with the randomness in the file, and compares. Ends with 0 if all is well, 1 if a
    check fails, 2 if a file is not what it should be. That the answers are yours is for you to see.
    """
    with base.failures_told():
        asked = election_in(election)
        if file.stat().st_size > MOST_BYTES:
            raise InputError(
                f"is larger than {MOST_BYTES:,} bytes", where=Where(str(file)), hint="Is it the right file?"
            )
        with of_file(file):
            opened = read_opened(file.read_bytes(), asked)
        findings = audit(opened, asked, shown=commitment)
        said = list(opened.said(asked))
        if as_json:
            base.print_json({"says": said, "commitment": opened.commitment, "checks": [_json(one) for one in findings]})
        else:
            _print(said, opened.commitment, findings)
        if not all(one.passed for one in findings):
            raise typer.Exit(CHECK_FAILED)


def _json(finding: AuditFinding) -> dict[str, object]:
    return {"check": finding.check, "what": finding.what, "passed": finding.passed, "detail": finding.detail}


def _print(said: list[str], commitment: str, findings: list[AuditFinding]) -> None:
    console = base.out()
    console.print(line("This paper says:"))
    for text in said:
        console.print(line(f"  {text}"))
    console.print(line(f"Its code: {commitment}"))
    for one in findings:
        mark, style = _MARKS[one.passed]
        console.print(line(f"{mark} {one.check}: {one.what}{' ' + one.detail if one.detail else ''}", style))
