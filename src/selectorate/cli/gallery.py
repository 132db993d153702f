"""``contests``: the list of real contests."""

from __future__ import annotations

from fractions import Fraction

import typer
from rich.table import Table
from rich.text import Text

from .. import contest, gallery
from ..contest import Declaration
from ..contest.audit import audit
from ..contest.declaration import BallotSheet
from ..exact import cut_to
from . import base

Line = dict[str, str]


def contests_command(
    organisation: str | None = typer.Option(
        None, "--organisation", "-o", help="Only contests whose organisation contains this."
    ),
    rulebook: str | None = typer.Option(None, "--rulebook", "-r", help="Only contests held under this rulebook."),
    json: bool = typer.Option(False, "--json", help="Print JSON."),
) -> None:
    """List the real contests that are shipped: who won, by how much, and whether the published figures hold."""
    with base.failures_told():
        with base.working("Reading and auditing the gallery"):
            rows = [line(name) for name in gallery.contest_ids()]
        rows = [item for item in rows if not organisation or organisation.casefold() in item["organisation"].casefold()]
        rows = [item for item in rows if not rulebook or item["rulebook"] == rulebook]
        rows.sort(key=lambda item: (item["organisation"], item["date"], item["id"]))
        if json:
            base.print_json(rows)
            return
        console = base.out()
        console.print(_table(rows))
        console.print(
            base.line(
                f"{len(rows)} contests. Share and lead: in the round that decided, of the rulebook's base; lead over "
                "the runner-up in percentage points. Audit: published figures that agree with the rules, that do not, "
                "and that cannot be checked."
            )
        )


def _table(rows: list[Line]) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    columns = ("date", "contest", "elected", "field", "rounds", "share", "lead", "turnout", "audit")
    for name in columns:
        right = name in ("field", "rounds", "share", "lead", "turnout", "audit")
        table.add_column(name, justify="right" if right else "left", no_wrap=name != "elected")
    group = None
    for item in rows:
        if item["organisation"] != group:
            group = item["organisation"]
            table.add_row()
            table.add_row("", base.line(group, style="bold"))
        checks = f"{item['agrees']} {item['disagrees']} {item['unchecked']}"
        values: list[str | Text] = [
            item["date"],
            item["short"],
            base.line(item["outcome"]),
            item["field"],
            item["rounds"],
        ]
        table.add_row(*values, item["share"], item["lead"], item["turnout"], checks)
    return table


def line(name: str) -> Line:
    """What the list says of a contest, as text for people."""
    case = contest.load(name)
    declared = contest.declare(case)
    checks = audit(case)
    deciding = declared.deciding
    share, lead = _standing(declared, deciding)
    first = next((ballot.rounds[0] for ballot in declared.ballots if ballot.rounds), None)
    return {
        "id": declared.contest,
        "short": gallery.short_name(declared.contest),
        "title": declared.title,
        "organisation": declared.organisation,
        "office": declared.office,
        "date": declared.date.isoformat(),
        "rulebook": declared.rulebook,
        "occasion": declared.occasion,
        "outcome": _outcome(declared, deciding),
        "field": str(len(first.rows) + (first.others or 0)) if first is not None and declared.elected else "",
        "rounds": str(sum(len(ballot.rounds) for ballot in declared.ballots)),
        "share": share,
        "lead": lead,
        "turnout": _turnout(deciding),
        "agrees": str(checks.count("agrees")),
        "disagrees": str(checks.count("disagrees")),
        "unchecked": str(checks.count("cannot be checked")),
    }


def _outcome(declared: Declaration, deciding: BallotSheet | None) -> str:
    if len(declared.elected) == 1:
        return declared.names.get(declared.elected[0], declared.elected[0])
    if declared.elected:
        return f"{len(declared.elected)} elected"
    return {"carried": "motion carried", "lost": "motion lost"}.get(deciding.outcome if deciding else "", "")


def _standing(declared: Declaration, deciding: BallotSheet | None) -> tuple[str, str]:
    """The share of the winner (or for the motion), and the lead over the next, as printed."""
    if deciding is None or len(declared.elected) > 1:
        return "", ""
    rows = deciding.rounds[-1].rows
    shares: dict[str, Fraction] = {}
    for row in rows:
        if row.share is not None:
            shares[row.candidate] = row.share
        elif row.published is not None:
            shares[row.candidate] = Fraction(row.published) / 100
    winner = declared.elected[0] if declared.elected else "for"
    if winner not in shares:
        return "", ""
    others = [share for who, share in shares.items() if who != winner]
    lead = f"{cut_to((shares[winner] - max(others)) * 100, 1)}" if others and len(shares) == len(rows) else ""
    return f"{cut_to(shares[winner] * 100, 1)}%", lead.replace("-", "−")


def _turnout(deciding: BallotSheet | None) -> str:
    total = next((s for s in deciding.sections if s.section == "total"), None) if deciding else None
    if total is None:
        return ""
    rate = total.turnout_returned if total.turnout_returned is not None else total.turnout_valid
    if rate is not None:
        return f"{cut_to(rate * 100, 1)}%"
    return f"{total.turnout_published}%" if total.turnout_published is not None else ""


def add_to(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command("contests")(contests_command)
