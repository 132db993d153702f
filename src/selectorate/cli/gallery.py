"""``contests``: the list of real contests."""

from __future__ import annotations

import typer
from rich.table import Table
from rich.text import Text

from .. import contest, gallery
from ..exact import cut_to
from . import base


def contests_command(
    organisation: str | None = typer.Option(
        None, "--organisation", "-o", help="Only contests whose organisation contains this."
    ),
    rulebook: str | None = typer.Option(None, "--rulebook", "-r", help="Only contests held under this rulebook."),
    json: bool = typer.Option(False, "--json", help="Print JSON."),
) -> None:
    """List the real contests that are shipped: who won, how, and by what rules."""
    with base.failures_told():
        rows = sorted((row(name) for name in gallery.contest_ids()), key=lambda item: (item["date"], item["id"]))
        rows = [item for item in rows if not organisation or organisation.casefold() in item["organisation"].casefold()]
        rows = [item for item in rows if not rulebook or item["rulebook"] == rulebook]
        if json:
            base.print_json(rows)
            return
        table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
        for heading in ("date", "contest", "rulebook", "outcome", "share", "rounds", "turnout"):
            table.add_column(
                heading,
                justify="right" if heading in ("share", "rounds", "turnout") else "left",
                no_wrap=heading in ("date", "contest"),
            )
        for item in rows:
            table.add_row(
                item["date"],
                item["short"],
                item["rulebook"],
                Text(item["outcome"]),
                item["share"] or "",
                str(item["rounds"]),
                item["turnout"] or "",
            )
        base.out().print(table)
        base.out().print(
            f"{len(rows)} contests. Share: of the rulebook's base, in the round that decided. "
            f"See one: selectorate declare {rows[-1]['short'] if rows else 'labour-2016'}"
        )


def row(name: str) -> dict[str, str]:
    """What the list says of a contest."""
    declared = contest.declare(contest.load(name))
    deciding = declared.deciding
    share = turnout = None
    if deciding is not None:
        last = deciding.rounds[-1]
        winner = next((r for r in last.rows if r.candidate in (*declared.elected, "for")), None)
        if winner is not None and len(declared.elected) <= 1:
            if winner.share is not None:
                share = f"{cut_to(winner.share * 100, 1)}%"
            elif winner.published is not None:
                share = f"{winner.published}%"
        total = next((s for s in deciding.sections if s.section == "total"), None)
        if total is not None:
            rate = total.turnout_returned if total.turnout_returned is not None else total.turnout_valid
            if rate is not None:
                turnout = f"{cut_to(rate * 100, 1)}%"
            elif total.turnout_published is not None:
                turnout = f"{total.turnout_published}%"
    rounds = sum(len(ballot.rounds) for ballot in declared.ballots)
    if len(declared.elected) == 1:
        outcome = declared.elected_names[0]
    elif declared.elected:
        outcome = f"{len(declared.elected)} elected"
    else:
        outcome = {"carried": "motion carried", "lost": "motion lost"}.get(deciding.outcome if deciding else "", "")
    return {
        "id": declared.contest,
        "short": gallery.short_name(declared.contest),
        "title": declared.title,
        "organisation": declared.organisation,
        "office": declared.office,
        "date": declared.date.isoformat(),
        "rulebook": declared.rulebook,
        "occasion": declared.occasion,
        "outcome": outcome,
        "share": share or "",
        "rounds": str(rounds),
        "turnout": turnout or "",
    }


def add_to(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command("contests")(contests_command)
