"""``contest``: a contest of one's own, from the files of a folder."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

import typer
from rich.table import Table
from rich.text import Text

from .. import contest, sheets
from ..contest import folder as folders
from ..contest.audit import audit
from ..documents import json_schema
from ..errors import InputError
from . import base

app = typer.Typer(no_args_is_help=True)
FOLDER = typer.Argument(metavar="FOLDER", help="The folder of the contest.")
STAGE = typer.Option(None, "--stage", help="The stage of the rulebook, where there are several.")


def _date(text: str | None) -> dt.date:
    if text is None:
        return dt.datetime.now().astimezone().date()
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise InputError(f'"{text}" is not a date', hint="Write it as 2026-09-24.") from None


@app.command("new")
def new_command(
    folder: Path = FOLDER,
    title: str = typer.Option(..., "--title", prompt=True, help="The title of the contest."),
    organisation: str = typer.Option(..., "--organisation", prompt=True, help="Whose contest it is."),
    office: str = typer.Option(..., "--office", prompt=True, help="The post that is to be filled."),
    date: str | None = typer.Option(
        None, "--date", metavar="DATE", help="The day of the result (2026-09-24); today without it."
    ),
    rulebook: str | None = typer.Option(
        None,
        "--rulebook",
        metavar="RULEBOOK",
        help="A shipped rulebook's id, or a file; without it the folder gets a plain one to be changed.",
    ),
) -> None:
    """Start a contest: make a folder with its files."""
    with base.failures_told():
        case = folders.start(
            folder, title=title, organisation=organisation, office=office, date=_date(date), rulebook=rulebook
        )
        console = base.out()
        console.print(Text(f'{folder}: {case.contest.title}, under the rulebook "{case.rulebook.id}".'))
        console.print(
            Text(
                "Next: look through contest.toml"
                + (" and rulebook.toml" if case.contest.rulebook == folders.RULEBOOK else "")
                + f', then: selectorate contest nominate {folder} "NAME" --by "NOMINATOR"'
            )
        )


@app.command("nominate")
def nominate_command(
    folder: Path = FOLDER,
    candidate: str = typer.Argument(metavar="CANDIDATE", help="The name of the candidate."),
    by: list[str] = typer.Option(..., "--by", help="Who nominates: a name or a number. May be given several times."),
    stage: str | None = STAGE,
    body: str | None = typer.Option(None, "--body", help="The body that nominates, where there are several ways."),
    date: str | None = typer.Option(None, "--date", metavar="DATE", help="The day; today without it."),
) -> None:
    """Enter nominations of a candidate."""
    with base.failures_told():
        board: list[tuple[str, int, int | None]] = []
        for nominator in by:
            board = folders.nominate(
                folder, candidate=candidate, nominator=nominator, on=_date(date), stage=stage, body=body
            )
        table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
        for heading, right in (("candidate", False), ("nominations", True), ("needed", True), ("", False)):
            table.add_column(heading, justify="right" if right else "left")
        for name, number, needed in board:
            table.add_row(
                Text(name),
                f"{number:,}",
                f"{needed:,}" if needed is not None else "not known",
                "on the paper" if needed is not None and number >= needed else "",
            )
        base.out().print(table)


@app.command("close")
def close_command(folder: Path = FOLDER, stage: str | None = STAGE) -> None:
    """Close nominations, and rule on each candidate by the rulebook's threshold."""
    with base.failures_told():
        case, rulings = folders.close(folder, stage)
        console = base.out()
        for ruling in rulings:
            verdict = {
                "nominated": "is nominated",
                "automatic": "is on the paper",
                "not nominated": "is not nominated",
            }.get(ruling.result, ruling.result)
            console.print(Text(f"{case.contest.candidates[ruling.candidate].name} {verdict}: {ruling.reason}."))
        paper = folders.on_the_paper(case)
        names = ", ".join(case.contest.candidates[who].name for who in paper)
        console.print(Text(f"On the paper: {names}." if paper else "Nobody is on the paper."))
        if paper:
            example = " ".join(f"{who}=0" for who in paper)
            console.print(
                Text(f"After the count: selectorate contest count {folder} {example} --entitled 0 --spoilt 0")
            )


@app.command("count")
def count_command(
    folder: Path = FOLDER,
    votes: list[str] = typer.Argument(
        metavar="CANDIDATE=VOTES...", help="The votes of each candidate, by id: smith=12."
    ),
    segment: str = typer.Option("total", "--segment", help="The segment whose votes they are."),
    stage: str | None = STAGE,
    round_: int = typer.Option(1, "--round", min=1, help="The round of the count, or the number of the ballot."),
    entitled: int | None = typer.Option(None, "--entitled", min=0, help="How many were entitled to vote."),
    returned: int | None = typer.Option(None, "--returned", min=0, help="How many ballots came back."),
    spoilt: int | None = typer.Option(None, "--spoilt", min=0, help="How many of them were spoilt."),
) -> None:
    """Enter the figures of a paper count."""
    with base.failures_told():
        given = {"entitled": entitled, "returned": returned, "spoilt": spoilt}
        roll = {key: value for key, value in given.items() if value is not None}
        case = folders.enter(folder, _votes(votes), section=segment, stage=stage, round_=round_, roll=roll)
        failed = [check for check in audit(case).checks if check.status == "disagrees"]
        console = base.out()
        console.print(Text(f"Entered, round {round_}: {', '.join(votes)}."))
        for check in failed:
            console.print(
                Text(
                    f"Does not agree: {check.what}: {check.published}, but {check.computed}. {check.explanation or ''}",
                    style="red",
                )
            )
        if failed:
            raise typer.Exit(base.CHECK_FAILED)


def _votes(given: list[str]) -> dict[str, int]:
    votes: dict[str, int] = {}
    for item in given:
        said = re.fullmatch(r"([a-z0-9][a-z0-9_-]*)=(\d{1,12})", item, flags=re.ASCII)
        if not said:
            raise InputError(f'"{item}" is not a candidate and a number of votes', hint="Write smith=12.")
        if said[1] in votes:
            raise InputError(f'"{said[1]}" is given twice')
        votes[said[1]] = int(said[2])
    return votes


@app.command("declare")
def declare_command(
    folder: Path = FOLDER,
    replace: bool = typer.Option(False, "--replace", help="Replace a declaration that is there already."),
) -> None:
    """Declare the result: check every figure, then write the declaration as text, HTML, PDF, CSV and JSON.

    Ends with 1, and writes nothing, if the figures do not agree with each other or do not decide the result.
    """
    with base.failures_told():
        case = contest.load_file(folder / folders.CONTEST)
        console = base.out()
        failed = [check for check in audit(case).checks if check.status == "disagrees"]
        for check in failed:
            console.print(
                Text(
                    f"Does not agree: {check.what}: {check.published}, but {check.computed}. {check.explanation or ''}",
                    style="red",
                )
            )
        if failed:
            raise typer.Exit(base.CHECK_FAILED)
        declaration = contest.declare(case)
        if not declaration.derived and not any(b.outcome in ("carried", "lost") for b in declaration.ballots):
            stopped = next(
                (ballot.stopped for ballot in declaration.ballots if ballot.stopped),
                "there are no figures of a ballot",
            )
            console.print(Text(f"Nothing can be declared yet: {stopped}."))
            raise typer.Exit(base.CHECK_FAILED)
        target = folder / "declaration"
        if target.exists() and not replace:
            raise InputError(f"{target} is there already", hint="With --replace it is written again.")
        with base.working("Writing the declaration"):
            contents: dict[str, str | bytes] = {
                "declaration.txt": sheets.declaration_text(declaration),
                "declaration.html": sheets.declaration_html(declaration),
                "declaration.pdf": sheets.declaration_pdf(declaration),
                "declaration.csv": sheets.declaration_csv(declaration),
                "declaration.json": base.json_text(contest.to_json(declaration)),
            }
        try:
            target.mkdir(exist_ok=True)
        except OSError as fault:
            raise InputError(f"{target} cannot be made: {fault.strerror}") from None
        for name, content in contents.items():
            base.write_file(target / name, content)
        console.print(Text(sheets.declaration_text(declaration)))
        console.print(Text(f"Written to {target}: {', '.join(contents)}."))


@app.command("check")
def check_command(
    path: Path = typer.Argument(metavar="FILE", help="A contest file, or the folder of one."),
) -> None:
    """Check whether a contest file can be used."""
    with base.failures_told():
        case = contest.load_file(path / folders.CONTEST if path.is_dir() else path)
        base.out().print(
            Text(f'{path}: the contest "{case.contest.id}" can be used, under the rulebook "{case.rulebook.id}".')
        )


@app.command("schema")
def schema_command() -> None:
    """Print the JSON Schema of contest files, for editors."""
    base.print_json(json_schema(contest.Contest, "A selectorate contest"))
