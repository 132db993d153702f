"""``contest nominate`` and ``contest close``: nominations of a contest of one's own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import typer
from rich.table import Table

from ..contest import Case
from ..contest import folder as folders
from ..contest.nominations import field_of, on_the_paper
from ..rules import BallotStage, NominationStage, held
from . import base
from .given import FOLDER, STAGE, day_given


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
            on=day_given(date),
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
