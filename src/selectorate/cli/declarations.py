"""``declare`` and ``replay``: the result of a contest."""

from __future__ import annotations

from pathlib import Path

import typer
from pydantic import TypeAdapter

from .. import contest, mandate, sheets
from ..contest import Replay
from ..contest.declaration import json_schema
from . import base
from .outputs import Outputs

CONTEST = typer.Argument(metavar="CONTEST", help="The id or short name of a contest, or the path of a contest file.")


def declare_command(
    name: str = CONTEST,
    html: Path | None = typer.Option(
        None, "--html", metavar="FILE", help="Write a self-contained page; - for standard output."
    ),
    pdf: Path | None = typer.Option(
        None, "--pdf", metavar="FILE", help="Write a sheet to sign and to print; - for standard output."
    ),
    csv: Path | None = typer.Option(
        None, "--csv", metavar="FILE", help="Write a table for other programs; - for standard output."
    ),
    json: bool = typer.Option(False, "--json", help="Print JSON."),
) -> None:
    """Declare the result of a contest: by segment, with turnout, majorities and rounds."""
    with base.failures_told():
        outputs = Outputs({"html": html, "pdf": pdf, "csv": csv}, json)
        declaration = contest.declare(contest.load(name))
        outputs.put(
            html=lambda: sheets.declaration_html(declaration),
            pdf=lambda: sheets.declaration_pdf(declaration),
            csv=lambda: sheets.declaration_csv(declaration),
            json=lambda: contest.to_json(declaration),
        )
        if outputs.none:
            base.print_sheet(sheets.declaration_sheet(declaration))


def replay_command(
    name: str = CONTEST,
    rulebook: str | None = typer.Option(None, "--rulebook", metavar="RULEBOOK", help="Play it under another rulebook."),
    json: bool = typer.Option(False, "--json", help="Print JSON."),
) -> None:
    """Play a contest again from its figures alone: round by round, who goes out and who wins."""
    with base.failures_told():
        case = contest.load(name)
        if rulebook is not None:
            answers = mandate.another_rulebook(case, rulebook)
            if json:
                base.print_json([mandate.to_json(answer) for answer in answers])
            else:
                base.print_sheet(sheets.what_if_sheet(contest.declare(case), answers, None))
            return
        results = contest.replay(case)
        if json:
            base.print_json(TypeAdapter(tuple[Replay, ...]).dump_python(results, mode="json", fallback=str))
            return
        console = base.out()
        base.warn_if_ours(case)
        console.print(base.line(f'{case.contest.title}, played again under "{case.rulebook.id}"', style="bold"))
        for result in results:
            for line in replay_lines(case, result):
                console.print(base.line(line))


def replay_lines(case: contest.Case, result: Replay) -> list[str]:
    """A replay, one line a round and one for what came of it."""
    from ..exact import cut_to

    def names(people: tuple[str, ...]) -> str:
        shown = [case.contest.label(who) for who in people]
        return ("; " if any("," in name for name in shown) else ", ").join(shown)

    lines = []
    for item in result.rounds:
        parts = []
        if item.standing is not None:
            for who in item.standing.ranked():
                value = item.standing.total[who]
                shown = (
                    f"{cut_to(value * 100, 3)}%"
                    if item.standing.unit == "college"
                    else (f"{value.numerator:,}" if value.denominator == 1 else f"{cut_to(value, 5):,}")
                )
                parts.append(f"{case.contest.label(who)} {shown}")
        lines.append(f"{result.stage}, round {item.number}: {'; '.join(parts)}")
        said = list(item.say)
        if item.decision is not None:
            if item.decision.elected:
                said.append(
                    f"{names(item.decision.elected)}: elected" if item.decision.elected != ("for",) else "carried"
                )
            if item.decision.out:
                said.append(f"out: {names(item.decision.out)}")
            if item.decision.tied:
                said.append(f"tied: {names(item.decision.tied)}")
        if item.withdrawn:
            said.append(f"withdrawn: {names(item.withdrawn)}")
        if said:
            lines.append("    " + "; ".join(said))
    if result.stopped:
        lines.append(f"{result.stage}: stopped. {result.stopped[0].upper()}{result.stopped[1:]}.")
    elif result.outcome == "elected" and not result.rounds:
        lines.append(f"{result.stage}: {names(result.elected)} elected without a ballot, as the only candidate.")
    elif result.outcome == "elected":
        lines.append(
            f"{result.stage}: {names(result.elected)} elected."
            + ("" if result.exact else " (Worked out from published figures with cut decimals, not from votes.)")
        )
    elif result.outcome == "qualified":
        lines.append(f"{result.stage}: {names(result.qualified)} go on.")
    else:
        lines.append(f"{result.stage}: {result.outcome}.")
    return lines


def schema_command() -> None:
    """Print the JSON Schema of declarations, for programs that read them."""
    with base.failures_told():
        base.print_json(json_schema())


def add_to(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command("declare")(declare_command)
    app.command("replay")(replay_command)
    app.command("declaration-schema")(schema_command)
