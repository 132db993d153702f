"""``roll entitle`` and ``roll duplicates``: who may vote, who may not and why, who may be on the roll twice."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer
from rich.table import Table as Grid

from .. import rules
from ..errors import InputError
from . import base
from .later import Later
from .outputs import Outputs
from .rolls import FILE, MOST_SHOWN, roll_of

if TYPE_CHECKING:
    import polars

    from .. import roll as rolls
else:
    polars, rolls = Later("polars"), Later("..roll")

Dates = Mapping[str, dt.date | dt.datetime]


def entitle_command(
    file: Path = FILE,
    rulebook: str = typer.Option(
        ..., "--rules", "-r", metavar="RULEBOOK", help="Its id, or a file that ends in .toml."
    ),
    dates: str = typer.Option(
        "",
        "--dates",
        metavar="NAME=DATE,...",
        help="The dates of its timetable: freeze=2016-01-12,close=2016-01-20T17:00",
    ),
    other_dates: str | None = typer.Option(
        None, "--other-dates", metavar="NAME=DATE,...", help="Other dates: who gains and who loses by them is told."
    ),
    stage: str | None = typer.Option(None, "--stage", help="The ballot, where the rulebook has several."),
    on: str | None = typer.Option(
        None, "--on", metavar="DATE", help="The day on which nobody may have left; the latest date without it."
    ),
    csv: Path | None = typer.Option(
        None, "--csv", metavar="FILE", help="Write a line a person: segments, or reasons; - for standard output."
    ),
    json: bool = typer.Option(False, "--json", help="Print JSON."),
) -> None:
    """Decide who may vote, by the rulebook's own tests: in which segment, or why not."""
    with base.failures_told():
        outputs = Outputs({"csv": csv}, json)
        book = rules.load(rulebook)
        given = dates_given(dates)
        day = day_given(on) if on else None
        roll = roll_of(file)
        with base.working("Deciding"):
            found = rolls.entitlement(book, stage, roll, given, on=day)
            other = None
            if other_dates is not None:
                other = rolls.entitlement(book, stage, roll, {**given, **dates_given(other_dates)}, on=day)
        outputs.put(csv=lambda: _persons_csv(found), json=lambda: _told(found, other))
        if outputs.none:
            _print(found, other)


def _told(found: rolls.Entitlement, other: rolls.Entitlement | None) -> dict[str, Any]:
    told: dict[str, Any] = {
        "rulebook": found.rulebook,
        "stage": found.stage,
        "persons": found.persons.height,
        "entitled": found.entitled,
        "by_segment": dict(found.by_segment),
        "refused": dict(found.by_reason),
        "in_several_segments": rolls.in_several_segments(found).height,
    }
    if other is not None:
        told["other_dates"] = {"entitled": other.entitled, **_moved(found, other)}
    return told


def _moved(found: rolls.Entitlement, other: rolls.Entitlement) -> dict[str, int]:
    """How many gain a vote, lose it, or have it elsewhere, by the other dates."""
    rows = rolls.compare_entitlement(found, other)
    had = rows["segments_before"].list.len() > 0
    has = rows["segments_after"].list.len() > 0
    return {"gain": int((~had & has).sum()), "lose": int((had & ~has).sum()), "elsewhere": int((had & has).sum())}


def _print(found: rolls.Entitlement, other: rolls.Entitlement | None) -> None:
    console = base.out()
    grid = Grid("segment", "votes")
    grid.columns[1].justify = "right"
    for segment, votes in found.by_segment.items():
        grid.add_row(segment, f"{votes:,}")
    console.print(grid)
    console.print(base.line(f"{found.entitled:,} of {found.persons.height:,} persons may vote."))
    several = rolls.in_several_segments(found).height
    if several:
        console.print(base.line(f"{several:,} belong to several segments."))
    if found.by_reason:
        grid = Grid("refused because", "persons")
        grid.columns[1].justify = "right"
        for reason, count in found.by_reason.items():
            grid.add_row(base.line(reason), f"{count:,}")
        console.print(grid)
    for remark in found.remarks:
        console.print(base.line(f"{remark.what}."))
    if other is not None:
        moved = _moved(found, other)
        console.print(
            base.line(
                f"By the other dates {other.entitled:,} may vote: {moved['gain']:,} gain a vote,"
                f" {moved['lose']:,} lose it, {moved['elsewhere']:,} have it in another segment."
            )
        )


def _persons_csv(found: rolls.Entitlement) -> str:
    joined = found.persons.select(
        "person", *(polars.col(name).list.join("; ") for name in ("segments", "also", "reasons"))
    )
    return rolls.safe(joined).write_csv(line_terminator="\r\n")


def dates_given(text: str) -> Dates:
    """The dates that ``name=2016-01-12,other=2016-01-20T17:00`` says. Raises InputError for anything else."""
    found: dict[str, dt.date | dt.datetime] = {}
    for item in filter(None, (part.strip() for part in text.split(","))):
        name, equals, value = item.partition("=")
        if not equals:
            raise InputError("a date of the timetable is not given as NAME=DATE", hint="Write it as freeze=2016-01-12.")
        found[name.strip()] = day_given(value.strip())
    return found


def day_given(text: str) -> dt.date | dt.datetime:
    """A day, or a day and time, as it is given on the command line. Raises InputError for anything else."""
    for read in (dt.date.fromisoformat, dt.datetime.fromisoformat):
        try:
            value = read(text)
        except ValueError:
            continue
        if isinstance(value, dt.datetime) and value.tzinfo is not None:
            break
        return value
    raise InputError("this is not a date", hint="Write it as 2016-01-12, or with a time of day as 2016-01-20T17:00.")


def duplicates_command(
    file: Path = FILE,
    near: int = typer.Option(88, "--near", min=70, max=100, help="How alike two names must be to be near, of 100."),
    csv: Path | None = typer.Option(
        None, "--csv", metavar="FILE", help="Write a line a pair, for the desk; - for standard output."
    ),
    json: bool = typer.Option(False, "--json", help="Print JSON."),
) -> None:
    """List who may be on the roll twice, for a desk to decide. Nothing is merged."""
    with base.failures_told():
        outputs = Outputs({"csv": csv}, json)
        roll = roll_of(file)
        with base.working("Looking for duplicates"):
            found = rolls.duplicates(roll, near=near)
        outputs.put(csv=lambda: _pairs_csv(found), json=lambda: _pairs_told(found))
        if outputs.none:
            _print_pairs(found)


def _pairs_told(found: rolls.Duplicates) -> dict[str, Any]:
    return {
        "pairs": [
            {"a": pair.a, "b": pair.b, "why": pair.why, "score": pair.score, "group": pair.group}
            for pair in found.pairs
        ],
        "shared": dict(Counter(shared.what for shared in found.shared)),
        "remarks": [f"{remark.what}. {remark.todo}".strip() for remark in found.remarks],
    }


def _pairs_csv(found: rolls.Duplicates) -> str:
    names = ("group", "person", "other", "score", "why")
    rows = [(str(pair.group), pair.a, pair.b, str(pair.score), "; ".join(pair.why)) for pair in found.pairs]
    frame = polars.DataFrame(rows, schema=dict.fromkeys(names, polars.String()), orient="row")
    return rolls.safe(frame).write_csv(line_terminator="\r\n")


def _print_pairs(found: rolls.Duplicates) -> None:
    console = base.out()
    if found.pairs:
        grid = Grid("group", "person", "other", "alike", "why")
        for pair in found.pairs[:MOST_SHOWN]:
            cells = (str(pair.group), pair.a, pair.b, str(pair.score), "; ".join(pair.why))
            grid.add_row(*(base.line(cell) for cell in cells))
        console.print(grid)
    if len(found.pairs) > MOST_SHOWN:
        console.print(base.line(f"and {len(found.pairs) - MOST_SHOWN:,} more; --csv FILE writes all of them."))
    console.print(base.line(f"{len(found.pairs):,} pairs in {found.groups:,} groups."))
    for what, count in Counter(shared.what for shared in found.shared).items():
        what_said = "an address" if what == "address" else "a mailbox"
        console.print(base.line(f"{count:,} times several persons share {what_said}; that alone is no duplicate."))
    for remark in found.remarks:
        console.print(base.line(f"{remark.what}. {remark.todo}".strip()))
