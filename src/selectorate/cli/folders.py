"""``contest``: a contest of one's own, from the files of a folder."""

from __future__ import annotations

import contextlib
import datetime as dt
import re
from collections.abc import Iterator
from pathlib import Path

import typer
from rich.table import Table
from rich.text import Text

from .. import contest, sheets
from ..contest import Case, paper_count
from ..contest import folder as folders
from ..contest.audit import audit
from ..contest.nominations import field_of, on_the_paper
from ..contest.writing import remove_remains, write_all
from ..documents import json_schema
from ..errors import InputError, SelectorateError, Where
from ..rules import BallotStage, NominationStage, held
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
        loaded = folders.start(
            folder, title=title, organisation=organisation, office=office, date=_date(date), rulebook=rulebook
        )
        own = (folder / folders.RULEBOOK).exists()
        console = base.out()
        console.print(base.line(f'{folder}: {title}, under the rulebook "{loaded.id}".'))
        for name, says in folders.to_be_fixed(loaded).items():
            console.print(base.line(f"To be fixed first, in contest.toml under [parameters]: {name}, {says}."))
        following = "count" if not any(isinstance(s, NominationStage) for s in loaded.stage) else "nominate"
        example = 'nominate {} "NAME" --by "NOMINATOR"' if following == "nominate" else "count {} CANDIDATE=VOTES"
        console.print(
            base.line(
                "Next: look through contest.toml"
                + (" and rulebook.toml" if own else "")
                + f", then: selectorate contest {example.format(folder)}"
            )
        )


@app.command("nominate")
def nominate_command(
    folder: Path = FOLDER,
    candidate: str = typer.Argument(metavar="CANDIDATE", help="The name of the candidate."),
    by: list[str] = typer.Option(..., "--by", help="Who nominates: a name or a number. May be given several times."),
    stage: str | None = STAGE,
    body: str | None = typer.Option(None, "--body", help="The body that nominates, where there are several ways."),
    part: str | None = typer.Option(
        None, "--part", help="The part of the body that the nominators belong to, where a rule names it."
    ),
    counts: int | None = typer.Option(
        None, "--counts", min=0, help="How many members each nominator counts, where a rule asks for them together."
    ),
    date: str | None = typer.Option(None, "--date", metavar="DATE", help="The day; today without it."),
) -> None:
    """Enter nominations of a candidate: all that are given, or none of them."""
    with base.failures_told():
        board = folders.nominate(
            folder,
            candidate=candidate,
            nominators=by,
            on=_date(date),
            stage=stage,
            body=body,
            part=part,
            counts=counts,
        )
        table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
        for heading, right in (("candidate", False), ("nominations", True), ("needed", True), ("", False)):
            table.add_column(heading, justify="right" if right else "left")
        for name, number, needed in board:
            table.add_row(
                base.line(name),
                f"{number:,}",
                f"{needed:,}" if needed is not None else "not known",
                "enough" if needed is not None and number >= needed else "",
            )
        base.out().print(table)


VERDICTS = {
    "nominated": "is nominated",
    "automatic": "is on the paper",
    "not nominated": "is not nominated",
    "not known": "may be nominated or not",
    "refused": "is refused",
    "supporting": "is supported",
}


@app.command("close")
def close_command(folder: Path = FOLDER, stage: str | None = STAGE) -> None:
    """Close nominations, and rule on each candidate by the rulebook's threshold."""
    with base.failures_told():
        case, rulings = folders.close(folder, stage)
        console = base.out()
        if not rulings:
            console.print("Nobody was nominated.")
        for ruling in rulings:
            name, verdict = case.contest.candidates[ruling.candidate].name, VERDICTS.get(ruling.result, ruling.result)
            number = f"{ruling.count or 0:,}" if ruling.result == "supporting" else ruling.reason
            console.print(base.line(f"{name} {verdict}: {number}."))
        for text in _after_closing(case, folder):
            console.print(base.line(text))


def _after_closing(case: Case, folder: Path) -> Iterator[str]:
    """What the nominations have come to, and what is to be done next."""
    closed = {figures.stage for figures in case.contest.nomination}
    stages = [s for s in case.rulebook.stage if isinstance(s, NominationStage)]
    holder = case.contest.holder
    if case.contest.occasion == "challenge" and holder is not None:
        for stage in stages:
            if stage.id in closed and held(stage.incumbent) == "not known":
                yield (
                    f"Whether {case.contest.candidates[holder].name}, who is challenged, needs nominations at "
                    f'"{stage.id}" is not known from the rulebook. If not, write automatic = ["{holder}"] there.'
                )
    still = [stage.id for stage in stages if stage.id not in closed]
    if still:
        yield f"Next: nominations at {', '.join(still)}."
    if any(stage.id in still and stage.effect != "none" for stage in stages):
        return
    paper = on_the_paper(case)
    names = ", ".join(case.contest.candidates[who].name for who in paper)
    yield f"On the paper: {names}." if paper else "Nobody is on the paper."
    ballot = next((s for s in case.rulebook.stage if isinstance(s, BallotStage)), None)
    if ballot is None or not paper or field_of(case) is None:
        return
    if len(paper) == 1 and ballot.unopposed == "elected" and not ballot.reopen_nominations:
        yield "No ballot is held: the rulebook says that a single candidate is elected."
        yield f"Next: selectorate contest declare {folder}"
        return
    example = " ".join(f"{who}=0" for who in paper) + (" reopen=0" if ballot.reopen_nominations else "")
    several = sum(not isinstance(s, NominationStage) for s in case.rulebook.stage) > 1
    where = f" --stage {ballot.id}" if several else ""
    segment = f" --segment {ballot.segments[0]}" if len(ballot.segments) > 1 else ""
    yield f"After the count: selectorate contest count {folder} {example}{where}{segment} --entitled 0 --spoilt 0"


@app.command("count")
def count_command(
    folder: Path = FOLDER,
    votes: list[str] | None = typer.Argument(
        None, metavar="[CANDIDATE=VOTES]...", help="The votes of each candidate, by id: smith=12."
    ),
    segment: str = typer.Option("total", "--segment", help="The segment whose votes they are."),
    stage: str | None = STAGE,
    round_: int = typer.Option(1, "--round", min=1, help="The round of the count, or the number of the ballot."),
    entitled: int | None = typer.Option(None, "--entitled", min=0, help="How many were entitled to vote."),
    returned: int | None = typer.Option(None, "--returned", min=0, help="How many ballots came back."),
    rejected: int | None = typer.Option(None, "--rejected", min=0, help="How many of them were rejected unopened."),
    spoilt: int | None = typer.Option(None, "--spoilt", min=0, help="How many of them were spoilt."),
    abstentions: int | None = typer.Option(None, "--abstentions", min=0, help="How many papers said abstention."),
    tie: str | None = typer.Option(
        None, "--tie", metavar="TEXT", help='How a tie was broken, and by whom: "by lot, drawn by A. Jones".'
    ),
    out: list[str] = typer.Option([], "--out", metavar="ID", help="Who went out by that."),
    elected: list[str] = typer.Option([], "--elected", metavar="ID", help="Who was elected by that."),
    void: bool = typer.Option(False, "--void", help="The round is held again, after a tie that nothing broke."),
    withdrawn: list[str] = typer.Option(
        [], "--withdrawn", metavar="ID", help="Who withdrew after this ballot, where ballots are repeated."
    ),
    new: list[str] = typer.Option(
        [], "--new", metavar="NAME", help="Who entered with this ballot, where the rules let new candidates in."
    ),
    date: str | None = typer.Option(None, "--date", metavar="DATE", help="The day of a repeated ballot."),
    units: str | None = typer.Option(
        None, "--units", metavar="NAME", help="The name of a CSV file in the folder with the votes of every unit."
    ),
) -> None:
    """Enter the figures of a paper count, and how a tie was broken or who withdrew."""
    with base.failures_told():
        numbers = {
            "entitled": entitled,
            "returned": returned,
            "rejected": rejected,
            "spoilt": spoilt,
            "abstentions": abstentions,
        }
        roll = {key: value for key, value in numbers.items() if value is not None}
        if not (votes or roll or out or elected or withdrawn or new or units or tie or void):
            raise InputError("nothing is given to be entered", hint="Write the votes of each candidate: smith=12")
        if (out or elected) and tie is None:
            raise InputError(
                "how the tie was broken is not said", hint='Write --tie "by lot, drawn by A. Jones, before B. Hall".'
            )
        case = paper_count.enter(
            folder,
            _votes(votes or []),
            section=segment,
            stage=stage,
            round_=round_,
            roll=roll,
            out=out,
            elected=elected,
            withdrawn=withdrawn,
            new=new,
            tie=tie,
            void=void,
            date=_date(date) if date is not None else None,
            units=units,
        )
        said = [*(votes or []), *(f"{key} {value}" for key, value in roll.items())]
        said += [f"{key} {', '.join(people)}" for key, people in (("out", out), ("withdrawn", withdrawn)) if people]
        base.out().print(base.line(f"Entered, round {round_}: {', '.join(said) or 'what was given'}."))
        _stop_if_wrong(case)
        for text in _state(case):
            base.out().print(base.line(text))


def _state(case: Case) -> Iterator[str]:
    """What the figures that were entered so far come to."""
    for result in contest.replay(case):
        names = ", ".join(_name(case, who) for who in result.elected or result.qualified)
        if result.outcome == "elected":
            yield f"{result.stage}: elected: {names}."
        elif result.outcome == "qualified":
            yield f"{result.stage}: {names} go on."
        elif result.outcome in ("carried", "lost"):
            yield f"{result.stage}: {result.outcome}."
        elif result.rounds:
            last = result.rounds[-1]
            decision = last.decision
            if decision is not None and decision.outcome == "tied" and last.left is None:
                option = "--elected" if decision.for_a_place else "--out"
                yield (
                    f"{result.stage}, round {last.number}: {' and '.join(_name(case, who) for who in decision.tied)} "
                    f'are tied. Enter how it was broken: --round {last.number} {option} ID --tie "by lot, drawn by ..."'
                )
            elif last.left is not None:
                left = ", ".join(_name(case, who) for who in last.left)
                yield f"{result.stage}, round {last.number}: nobody is elected yet. Still in: {left}."
            else:
                yield f"{result.stage}: {result.stopped}."


def _name(case: Case, who: str) -> str:
    return case.contest.candidates[who].name if who in case.contest.candidates else case.contest.label(who)


def _stop_if_wrong(case: Case) -> None:
    """End with the status of a failed check, telling each, if figures do not agree with each other."""
    failed = [check for check in audit(case).checks if check.status == "disagrees"]
    for check in failed:
        explained = f" {check.explanation}" if check.explanation else ""
        text = f"Does not agree: {check.what}: {check.published}, but {check.computed}.{explained}"
        base.out().print(base.line(text, style="red"))
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
    with base.failures_told(), folders.locked(folder):
        case = contest.load_file(folder / folders.CONTEST)
        console = base.out()
        _stop_if_wrong(case)
        declaration = contest.declare(case)
        results = contest.replay(case)
        if not declaration.derived and not any(result.outcome in ("carried", "lost") for result in results):
            stopped = next((result.stopped for result in results if result.stopped), "there are no figures of a ballot")
            console.print(base.line(f"Nothing can be declared yet: {stopped}."))
            raise typer.Exit(base.CHECK_FAILED)
        target = folder / "declaration"
        if target.exists() and not replace:
            raise InputError(f"{target} is there already", hint="With --replace it is written again.")
        with base.working("Writing the declaration"):
            contents: dict[str, str | bytes] = {
                "declaration.txt": sheets.declaration_text(declaration),
                "declaration.html": sheets.declaration_html(declaration),
                "declaration.csv": sheets.declaration_csv(declaration),
                "declaration.json": base.json_text(contest.to_json(declaration)),
            }
            try:
                contents["declaration.pdf"] = sheets.declaration_pdf(declaration)
            except SelectorateError as fault:  # not installed, or no letters for a name: the other sheets stand
                base.tell(fault)
        _write(target, contents)
        console.print(Text(sheets.declaration_text(declaration)))
        console.print(base.line(f"Written to {target}: {', '.join(contents)}."))


def _write(target: Path, contents: dict[str, str | bytes]) -> None:
    """Write all of ``contents`` into the folder ``target``, or nothing."""
    there = target.exists()
    try:
        target.mkdir(exist_ok=True)
        remove_remains(target, contents)
    except OSError as fault:
        raise InputError(f"cannot be made: {fault.strerror}", where=Where(str(target))) from None
    try:
        write_all({target / name: content for name, content in contents.items()})
    except InputError:
        if not there:
            with contextlib.suppress(OSError):
                target.rmdir()
        raise


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
    with base.failures_told():
        base.print_json(json_schema(contest.Contest, "A selectorate contest"))
