"""``contest count``: the figures of a paper count of a contest of one's own."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import typer

from .. import contest
from ..contest import Case, paper_count
from ..contest.audit import audit
from ..errors import InputError
from . import base
from .given import FOLDER, STAGE, day_given


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
        roll = _known(entitled=entitled, returned=returned, rejected=rejected, spoilt=spoilt, abstentions=abstentions)
        if not (votes or roll or out or elected or withdrawn or new or units or tie or void):
            raise InputError("nothing is given to be entered", hint="Write the votes of each candidate: smith=12")
        if (out or elected) and tie is None:
            raise InputError(
                "how the tie was broken is not said", hint='Write --tie "by lot, drawn by A. Jones, before B. Hall".'
            )
        case = paper_count.enter(
            folder,
            votes_given(votes or []),
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
            date=day_given(date) if date is not None else None,
            units=units,
        )
        _tell(case, round_, votes or [], roll, {"out": out, "withdrawn": withdrawn})


def _known(**numbers: int | None) -> dict[str, int]:
    """The figures of a roll that are given."""
    return {key: value for key, value in numbers.items() if value is not None}


def _tell(case: Case, round_: int, votes: list[str], roll: dict[str, int], gone: dict[str, list[str]]) -> None:
    """Say what was entered, what does not agree with it, and what the figures come to."""
    said = [*votes, *(f"{key} {value}" for key, value in roll.items())]
    said += [f"{key} {', '.join(people)}" for key, people in gone.items() if people]
    base.out().print(base.line(f"Entered, round {round_}: {', '.join(said) or 'what was given'}."))
    stop_if_wrong(case)
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


def stop_if_wrong(case: Case) -> None:
    """End with the status of a failed check, telling each, if figures do not agree with each other."""
    failed = [check for check in audit(case).checks if check.status == "disagrees"]
    for check in failed:
        explained = f" {check.explanation}" if check.explanation else ""
        text = f"Does not agree: {check.what}: {check.published}, but {check.computed}.{explained}"
        base.out().print(base.line(text, style="red"))
    if failed:
        raise typer.Exit(base.CHECK_FAILED)


def votes_given(given: list[str]) -> dict[str, int]:
    """The votes by candidate, from ``smith=12``. Raises InputError if one cannot be read or is given twice."""
    votes: dict[str, int] = {}
    for item in given:
        said = re.fullmatch(r"([a-z0-9][a-z0-9_-]*)=(\d{1,12})", item, flags=re.ASCII)
        if not said:
            raise InputError(f'"{item}" is not a candidate and a number of votes', hint="Write smith=12.")
        if said[1] in votes:
            raise InputError(f'"{said[1]}" is given twice')
        votes[said[1]] = int(said[2])
    return votes
