"""``contests``: the list of real contests."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import typer
from rich.console import RenderableType
from rich.table import Table

from .. import contest, gallery, rules
from ..contest import Declaration
from ..contest.audit import audit
from ..contest.declaration import BallotSheet
from ..documents import shown
from ..errors import InputError
from ..exact import cut_to
from . import base

Line = dict[str, str]
COLUMNS = ("date", "contest", "elected", "field", "rounds", "share", "lead", "turnout", "audit")
FEWER_COLUMNS = ("date", "contest", "elected", "share", "lead", "turnout", "audit")
"""Those that matter most, for a terminal that has no room for all."""


def contests_command(
    organisation: str | None = typer.Option(
        None, "--organisation", "-o", help="Only contests whose organisation contains this."
    ),
    rulebook: str | None = typer.Option(None, "--rulebook", "-r", help="Only contests held under this rulebook."),
    json: bool = typer.Option(False, "--json", help="Print JSON."),
) -> None:
    """List the real contests that are shipped: who won, by how much, and whether the published figures hold."""
    with base.failures_told():
        if rulebook is not None and rulebook not in rules.preset_ids():
            hint = f"There are: {', '.join(rules.preset_ids())}."
            raise InputError(f"there is no rulebook {shown(rulebook)}", hint=hint)
        with base.working("Reading and auditing the gallery"):
            rows = [line(name) for name in gallery.contest_ids()]
        rows = [item for item in rows if not organisation or organisation.casefold() in item["organisation"].casefold()]
        rows = [item for item in rows if not rulebook or item["rulebook"] == rulebook]
        rows.sort(key=lambda item: (item["organisation"], item["date"], item["id"]))
        if json:
            base.print_json(rows)
            return
        console = base.out()
        if not rows:
            console.print(base.line(_none(organisation, rulebook)))
            return
        tables = (_table(rows, columns) for columns in (COLUMNS, FEWER_COLUMNS))
        table = next((table for table in tables if base.fits(console, table)), None)
        if table is not None:
            console.print(table)
        else:
            for text in _stacked(rows, console.width):
                console.print(text)
        console.print(
            base.line(
                f"{len(rows)} contest{'s' if len(rows) != 1 else ''}. Share and lead: in the round that decided, of "
                "the rulebook's base; lead over the runner-up in percentage points. Audit: published figures that "
                "agree with the rules, that do not, and that cannot be checked."
            )
        )


def _none(organisation: str | None, rulebook: str | None) -> str:
    """That there is no such contest, and of what kind."""
    of = f' of an organisation called "{organisation}"' if organisation else ""
    under = f' was held under "{rulebook}"' if rulebook else " is shipped"
    return f"No contest{of}{under}."


def _stacked(rows: list[Line], width: int) -> Iterator[RenderableType]:
    """The rows for a narrow terminal: what they say, each under its name, with what every figure is."""
    group = None
    for item in rows:
        if item["organisation"] != group:
            group = item["organisation"]
            yield base.line("")
            yield base.line(group, style="bold")
        yield base.line(f"{item['date']}  {item['short']}")
        figures = [f"{name} {item[name]}" for name in ("field", "rounds", "share", "lead", "turnout") if item[name]]
        figures.append(f"audit {_checks(item)}")
        told = [item["outcome"], *figures] if item["outcome"] else figures
        yield from base.packed(told, width, 2)


def _checks(item: Line) -> str:
    return f"{item['agrees']} {item['disagrees']} {item['unchecked']}"


def _table(rows: list[Line], columns: tuple[str, ...]) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for name in columns:
        text = name in ("date", "contest", "elected")
        table.add_column(name, justify="left" if text else "right", no_wrap=name != "elected")
    group = None
    for item in rows:
        if item["organisation"] != group:
            group = item["organisation"]
            table.add_row()
            table.add_row("", base.line(group, style="bold"))
        values = {**item, "contest": item["short"], "elected": item["outcome"], "audit": _checks(item)}
        table.add_row(*(base.line(values[name]) for name in columns))
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
