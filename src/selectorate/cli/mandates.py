"""``mandate`` and ``what-if``: what a result amounts to, and what it would have come to otherwise."""

from __future__ import annotations

import re
from pathlib import Path

import typer

from .. import contest, exact, mandate, sheets
from ..errors import InputError
from . import base

CONTEST = typer.Argument(metavar="CONTEST", help="The id or short name of a contest, or the path of a contest file.")


def mandate_command(
    name: str = CONTEST,
    against: str | None = typer.Option(None, "--against", metavar="CONTEST", help="Lay it beside another contest."),
    rivals: bool = typer.Option(False, "--rivals", help="Lay mandates of other kinds beside it, each with its base."),
    who: str | None = typer.Option(None, "--candidate", metavar="ID", help="Whose mandate; the winner's without it."),
    html: Path | None = typer.Option(None, "--html", metavar="FILE", help="Write a self-contained page."),
    json: bool = typer.Option(False, "--json", help="Print JSON."),
) -> None:
    """Measure the mandate of a result, beside another if you like, and check what was said of it."""
    with base.failures_told():
        case = contest.load(name)
        declaration = contest.declare(case)
        found = mandate.mandate(declaration, who)
        other = contest.declare(contest.load(against)) if against is not None else None
        comparison = mandate.compare(declaration, other, who=who) if other is not None else None
        claims = mandate.check_claims(case) if who is None else ()
        beside = mandate.rivals(case) if rivals else ()
        if json:
            base.print_json(
                {
                    "mandate": mandate.to_json(found),
                    "comparison": mandate.to_json(comparison) if comparison else None,
                    "claims": [mandate.to_json(claim) for claim in claims],
                    "rivals": [mandate.to_json(rival) for rival in beside],
                }
            )
            return
        if html is not None:
            with base.working(f"Writing {html}"):
                picture = sheets.compare_picture(other, declaration) if other is not None else None
                sheet = sheets.mandate_sheet(found, comparison, claims=claims, rivals=beside, picture=picture)
                base.write_file(html, sheets.sheet_html(sheet))
            base.written(html)
            return
        sheet = sheets.mandate_sheet(found, comparison, claims=claims, rivals=beside)
        base.print_sheet(sheet)


def what_if_command(
    name: str = CONTEST,
    without: list[str] = typer.Option([], "--without", metavar="SEGMENT", help="Leave the votes of a segment out."),
    turnout: list[str] = typer.Option(
        [], "--turnout", metavar="SEGMENT=LEVEL", help="Let a segment vote at another turnout (60%) or number of votes."
    ),
    rulebook: str | None = typer.Option(None, "--rulebook", metavar="RULEBOOK", help="Count under another rulebook."),
    section: list[str] = typer.Option(
        [],
        "--section",
        metavar="SECTION=SOURCE",
        help="Where a section of that rulebook takes its votes: segments (members+registered), nominations, "
        "nominations+rest, or contest:ID.",
    ),
    to: str | None = typer.Option(None, "--to", metavar="ID", help="To whom votes swing; to the runner-up without it."),
    html: Path | None = typer.Option(None, "--html", metavar="FILE", help="Write a self-contained page."),
    json: bool = typer.Option(False, "--json", help="Print JSON."),
) -> None:
    """Ask what would have been, and what it would have taken: never the declared result.

    Without options: the smallest swing that changes the winner, and each segment left out in turn.
    """
    with base.failures_told():
        case = contest.load(name)
        answers: list[mandate.WhatIf] = [mandate.segment_left_out(case, segment) for segment in without]
        answers += [_at_turnout(case, item) for item in turnout]
        if section and rulebook is None:
            raise InputError("--section is for another rulebook", hint="Give it with --rulebook.")
        if rulebook is not None:
            with base.working("Counting again"):
                answers += mandate.another_rulebook(case, rulebook, _mapping(section) if section else None)
        swing = None
        if not answers or to is not None:
            with base.working("Looking for the smallest swing"):
                swing = mandate.swing(case, to)
        if not answers and to is None:
            answers = list(mandate.what_ifs(case))
        if json:
            base.print_json(
                {
                    "what_if": [mandate.to_json(answer) for answer in answers],
                    "swing": mandate.to_json(swing) if swing is not None else None,
                }
            )
            return
        sheet = sheets.what_if_sheet(contest.declare(case), answers, swing)
        if html is not None:
            base.write_file(html, sheets.sheet_html(sheet))
            base.written(html)
            return
        base.print_sheet(sheet)


def _at_turnout(case: contest.Case, item: str) -> mandate.WhatIf:
    said = re.fullmatch(r"([a-z0-9][a-z0-9_-]*)=(?:([0-9.]{1,10})%|(\d{1,12}))", item, flags=re.ASCII)
    if not said:
        raise InputError(f'"{item}" is not a segment and a turnout', hint="Write registered=60% or registered=70000.")
    if said[3] is not None:
        return mandate.turnout_at(case, said[1], valid=int(said[3]))
    try:
        share = exact.parse_fraction(f"{said[2]}%")
    except ValueError:
        raise InputError(f'"{said[2]}%" is not a turnout', hint="Write registered=60%.") from None
    return mandate.turnout_at(case, said[1], share=share)


def _mapping(given: list[str]) -> dict[str, list[str]]:
    mapping: dict[str, list[str]] = {}
    for item in given:
        name, sign, source = item.partition("=")
        if not sign or not name or not source:
            raise InputError(f'"{item}" is not a section and a source', hint="Write members=members+registered.")
        whole = source.startswith(("nominations", "contest:"))
        mapping[name] = [source] if whole else source.split("+")
    return mapping


def add_to(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command("mandate")(mandate_command)
    app.command("what-if")(what_if_command)
