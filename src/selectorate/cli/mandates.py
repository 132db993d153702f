"""``mandate`` and ``what-if``: what a result amounts to, and what it would have come to otherwise."""

from __future__ import annotations

import re
from pathlib import Path

import typer

from .. import contest, exact, mandate, sheets
from ..errors import InputError
from . import base
from .outputs import Outputs

CONTEST = typer.Argument(metavar="CONTEST", help="The id or short name of a contest, or the path of a contest file.")


def mandate_command(
    name: str = CONTEST,
    against: str | None = typer.Option(None, "--against", metavar="CONTEST", help="Lay it beside another contest."),
    rivals: bool = typer.Option(False, "--rivals", help="Lay mandates of other kinds beside it, each with its base."),
    who: str | None = typer.Option(None, "--candidate", metavar="ID", help="Whose mandate; the winner's without it."),
    html: Path | None = typer.Option(
        None, "--html", metavar="FILE", help="Write a self-contained page; - for standard output."
    ),
    json: bool = typer.Option(False, "--json", help="Print JSON."),
) -> None:
    """Measure the mandate of a result, beside another if you like, and check what was said of it."""
    with base.failures_told():
        outputs = Outputs({"html": html}, json)
        case = contest.load(name)
        declaration = contest.declare(case)
        found = mandate.mandate(declaration, who)
        other = contest.declare(contest.load(against)) if against is not None else None
        comparison = mandate.compare(declaration, other, who=who) if other is not None else None
        claims = mandate.check_claims(case) if who is None else ()
        beside = mandate.rivals(case) if rivals else None

        def sheet(picture: sheets.Picture | None = None) -> sheets.Sheet:
            return sheets.mandate_sheet(found, comparison, claims=claims, rivals=beside, picture=picture)

        outputs.put(
            html=lambda: sheets.sheet_html(sheet(sheets.compare_picture(other, declaration) if other else None)),
            json=lambda: {
                "mandate": mandate.to_json(found),
                "comparison": mandate.to_json(comparison) if comparison else None,
                "claims": [mandate.to_json(claim) for claim in claims],
                "rivals": [mandate.to_json(rival) for rival in beside or ()],
            },
        )
        if outputs.none:
            base.print_sheet(sheet())


def what_if_command(
    name: str = CONTEST,
    without: list[str] = typer.Option(
        [], "--without", metavar="SEGMENT", help="Leave the votes of a segment out; of several together."
    ),
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
    html: Path | None = typer.Option(
        None, "--html", metavar="FILE", help="Write a self-contained page; - for standard output."
    ),
    json: bool = typer.Option(False, "--json", help="Print JSON."),
) -> None:
    """Ask what would have been, and what it would have taken: never the declared result.

    Without options: the smallest swing that changes the winner, and each segment left out in turn. What several
    --without name is left out together; every other option asks a question of its own.
    """
    with base.failures_told():
        outputs = Outputs({"html": html}, json)
        if section and rulebook is None:
            raise InputError("--section is for another rulebook", hint="Give it with --rulebook.")
        case = contest.load(name)
        answers: list[mandate.WhatIf] = [mandate.segment_left_out(case, *without)] if without else []
        answers += [_at_turnout(case, item) for item in turnout]
        if rulebook is not None:
            with base.working("Counting again"):
                answers += mandate.another_rulebook(case, rulebook, _sources(section) if section else None)
        swing = None
        if not answers or to is not None:
            with base.working("Looking for the smallest swing"):
                swing = mandate.swing(case, to)
        if not answers and to is None:
            answers = list(mandate.what_ifs(case))
        sheet = sheets.what_if_sheet(contest.declare(case), answers, swing)
        outputs.put(
            html=lambda: sheets.sheet_html(sheet),
            json=lambda: {
                "what_if": [mandate.to_json(answer) for answer in answers],
                "swing": mandate.to_json(swing) if swing is not None else None,
            },
        )
        if outputs.none:
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


def _sources(given: list[str]) -> dict[str, list[str]]:
    mapping: dict[str, list[str]] = {}
    for item in given:
        name, sign, source = item.partition("=")
        if not sign or not name or not source:
            raise InputError(f'"{item}" is not a section and a source', hint="Write members=members+registered.")
        whole = source.startswith(("nominations", "contest:"))
        if name in mapping:
            raise InputError(
                f'the section "{name}" is given twice', hint="Join its sources: members=members+registered."
            )
        mapping[name] = [source] if whole else source.split("+")
    return mapping


def add_to(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command("mandate")(mandate_command)
    app.command("what-if")(what_if_command)
