"""``roll``: a file of persons looked at, checked by a dry run, compared, fingerprinted; and an invented one."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer
from rich.console import Console
from rich.table import Table as Grid

from ..documents import nearest
from ..errors import InputError, Where
from . import base
from .later import Later
from .outputs import Outputs

if TYPE_CHECKING:
    import polars

    from .. import roll as rolls
else:
    polars, rolls = Later("polars"), Later("..roll")

MOST_SHOWN = 20
"""Refused rows, changes and pairs that are shown; the rest is counted, and stands in the file that can be written."""

FILE = typer.Argument(metavar="FILE", help="A list of persons: CSV, or an Excel workbook (.xlsx).")
MAPPING = typer.Option(
    None, "--mapping", "-m", metavar="FILE", help="How its columns are to be read, as roll look --toml wrote it."
)
FIXED = typer.Option(
    [], "--fixed", metavar="COLUMN=VALUE", help='The value of a column for every row: "capacity=member".'
)
DAY_FIRST = typer.Option(
    None, "--day-first/--month-first", help="Which comes first in dates such as 03/04/2016, where nothing else tells."
)
SHEET = typer.Option(None, "--sheet", help="The sheet of a workbook that has several.")


def look_command(
    file: Path = FILE,
    encoding: str | None = typer.Option(None, "--encoding", help="The encoding of a CSV file, if it is not found out."),
    separator: str | None = typer.Option(None, "--separator", help="The separator of a CSV file."),
    sheet: str | None = SHEET,
    header: int | None = typer.Option(None, "--header", min=0, max=50, help="The row of the headings; 0: none."),
    toml: Path | None = typer.Option(
        None, "--toml", metavar="FILE", help="Write the proposed mapping, to correct and keep; - for standard output."
    ),
    json: bool = typer.Option(False, "--json", help="Print JSON."),
) -> None:
    """Look at a list of persons: its kind, its headings, and what each is taken for. Nothing is read yet."""
    with base.failures_told():
        outputs = Outputs({"toml": toml}, json)
        with base.working("Looking"):
            table = rolls.look(file, encoding=encoding, separator=separator, sheet=sheet, header=header)
        mapping = rolls.propose_mapping(table)
        outputs.put(toml=mapping.to_toml, json=lambda: _looked(table, mapping))
        if outputs.none:
            _print_table(table, mapping)


def _looked(table: rolls.Table, mapping: rolls.Mapping) -> dict[str, Any]:
    return {
        "kind": table.kind,
        "encoding": table.encoding,
        "separator": table.separator,
        "sheets": table.sheets,
        "sheet": table.sheet,
        "header": table.header,
        "headings": table.headings,
        "remarks": [_remark(remark) for remark in table.remarks],
        "mapping": mapping.model_dump(mode="json", exclude_defaults=True),
    }


def _print_table(table: rolls.Table, mapping: rolls.Mapping) -> None:
    console = base.out()
    kind = f"a workbook, sheet {table.sheet}" if table.kind == "xlsx" else f"CSV, {table.encoding}"
    console.print(base.line(f"{table.name}: {kind}; headings in row {table.header or 'none'}"))
    taken = {heading: name for name, heading in mapping.columns.items()}
    grid = Grid("heading", "taken for", "for example")
    for number, heading in enumerate(table.headings):
        example = next((row[number] for row in table.sample if row[number].strip()), "")
        grid.add_row(base.line(heading), taken.get(heading, "-"), base.line(example[:40]))
    console.print(grid)
    if table.letters:
        console.print(base.line(f"Letters that show whether the encoding is right: {', '.join(table.letters)}"))
    for remark in table.remarks:
        console.print(base.line(_remark(remark)))


def _remark(remark: rolls.Remark) -> str:
    place = f"row {remark.row}" if remark.row else ""
    place += f"{', ' if place else ''}{remark.column}" if remark.column else ""
    text = f"{place}: {remark.what}" if place else remark.what
    return f"{text}. {remark.todo}" if remark.todo else f"{text}."


def check_command(
    file: Path = FILE,
    against: Path | None = typer.Option(
        None, "--against", metavar="ROLL", help="The roll as it stands; nobody is on it without this."
    ),
    mapping: Path | None = MAPPING,
    fixed: list[str] = FIXED,
    day_first: bool | None = DAY_FIRST,
    sheet: str | None = SHEET,
    csv: Path | None = typer.Option(
        None, "--csv", metavar="FILE", help="Write the roll that would come of it; - for standard output."
    ),
    refusals: Path | None = typer.Option(None, "--refusals", metavar="FILE", help="Write every refused row as CSV."),
    json: bool = typer.Option(False, "--json", help="Print JSON."),
) -> None:
    """Show what an import would do: who is new, changed, gone, and which rows are refused and why.

    Nothing is changed. It ends with 1 if a row is refused.
    """
    with base.failures_told():
        outputs = Outputs({"csv": csv, "refusals": refusals}, json)
        reading = read_file(file, mapping, fixed, day_first, sheet)
        current = roll_of(against) if against else rolls.Roll.empty()
        with base.working("Comparing"):
            plan = rolls.dry_run(current, reading)
        outputs.put(
            csv=lambda: rolls.csv_text(rolls.apply(current, plan)),
            refusals=lambda: _refusals_csv(plan.refusals),
            json=lambda: _planned(plan),
        )
        if outputs.none:
            _print_plan(plan, reading)
        if plan.refusals:
            raise typer.Exit(base.CHECK_FAILED)


def _planned(plan: rolls.Plan) -> dict[str, Any]:
    return {
        "new": plan.new,
        "changed": plan.changed,
        "changed_by_column": plan.difference.by_column(),
        "gone": plan.gone,
        "unchanged": plan.unchanged,
        "refused": plan.refused,
        "refused_by_reason": rolls.told_refusals(plan.refusals),
        "remarks": [_remark(remark) for remark in plan.remarks],
        "base": plan.base,
        "result": plan.result,
        "plan": plan.fingerprint,
    }


def _print_plan(plan: rolls.Plan, reading: rolls.Reading) -> None:
    console = base.out()
    console.print(base.line(f"{reading.rows:,} rows in {reading.name}"))
    grid = Grid("what", "rows")
    grid.columns[1].justify = "right"
    for what in ("new", "changed", "gone", "unchanged", "refused"):
        grid.add_row(what, f"{getattr(plan, what):,}")
    console.print(grid)
    for column, count in plan.difference.by_column().items():
        console.print(base.line(f"  {count:,} changed in {column}"))
    _print_refusals(console, plan.refusals)
    for remark in plan.remarks:
        console.print(base.line(_remark(remark)))
    console.print(base.line(f"Plan {plan.fingerprint}"))


def _print_refusals(console: Console, refusals: Sequence[rolls.Refusal]) -> None:
    if not refusals:
        return
    grid = Grid("row", "column", "what is wrong", "what to do")
    for refusal in refusals[:MOST_SHOWN]:
        cells = (str(refusal.row), refusal.column or "", refusal.what, refusal.todo)
        grid.add_row(*(base.line(cell) for cell in cells))
    console.print(grid)
    if len(refusals) > MOST_SHOWN:
        console.print(base.line(f"and {len(refusals) - MOST_SHOWN:,} more; --refusals FILE writes all of them."))


def _refusals_csv(refusals: Sequence[rolls.Refusal]) -> str:
    rows = [(str(r.row), r.column, r.value, r.what, r.todo) for r in refusals]
    names = ("row", "column", "value", "what is wrong", "what to do")
    frame = polars.DataFrame(rows, schema=dict.fromkeys(names, polars.String()), orient="row")
    return rolls.safe(frame).write_csv(line_terminator="\r\n")


def compare_command(
    old: Path = typer.Argument(metavar="OLD", help="The roll before."),
    new: Path = typer.Argument(metavar="NEW", help="The roll after."),
    court: Path | None = typer.Option(
        None, "--court", metavar="FILE", help="Write the sheet for a court, every row in full; - for standard output."
    ),
    json: bool = typer.Option(False, "--json", help="Print JSON."),
) -> None:
    """Compare two rolls: who was added, who has gone, what changed. It ends with 1 if they differ."""
    with base.failures_told():
        outputs = Outputs({"court": court}, json)
        before, after = roll_of(old), roll_of(new)
        with base.working("Comparing"):
            found = rolls.difference(before, after)
        told = {
            "before": rolls.fingerprint(before),
            "after": rolls.fingerprint(after),
            "added": found.added.height,
            "gone": found.gone.height,
            "changed": found.changed_before.height,
            "changed_by_column": found.by_column(),
            "unchanged": found.unchanged,
        }
        outputs.put(court=lambda: rolls.court_text(before, after), json=lambda: told)
        if outputs.none:
            console = base.out()
            grid = Grid("what", "rows")
            grid.columns[1].justify = "right"
            for what in ("added", "gone", "changed", "unchanged"):
                grid.add_row(what, f"{told[what]:,}")
            console.print(grid)
            for column, count in found.by_column().items():
                console.print(base.line(f"  {count:,} changed in {column}"))
        if not found.nothing:
            raise typer.Exit(base.CHECK_FAILED)


def fingerprint_command(file: Path = FILE) -> None:
    """Print the fingerprint of a roll: the same whatever the order of its rows."""
    with base.failures_told():
        roll = roll_of(file)
        base.print_text(f"{rolls.fingerprint(roll)}\n")


def invent_command(
    number: int = typer.Argument(metavar="N", min=1, max=5_000_000, help="How many persons."),
    seed: int = typer.Option(1, "--seed", min=0, help="Another seed, other persons."),
    csv: Path = typer.Option(Path("-"), "--csv", metavar="FILE", help="The file to write; standard output without it."),
) -> None:
    """Write a roll of persons who do not exist: for trying things out, and for measuring."""
    with base.failures_told():
        Outputs({"csv": csv}).put(csv=lambda: rolls.csv_text(rolls.invented(number, seed)))


# -- what the commands share ----------------------------------------------------------------------------------------


def read_file(
    file: Path, mapping: Path | None, fixed: Sequence[str], day_first: bool | None, sheet: str | None
) -> rolls.Reading:
    """A file read under a mapping and what was said besides. Raises InputError with every open question."""
    with base.working(f"Reading {file}"):
        table = rolls.look(file, sheet=sheet)
        said = rolls.load_mapping(mapping) if mapping else proposed(table)
        changes: dict[str, Any] = {"fixed": {**said.fixed, **_fixed(fixed)}}
        changes["columns"] = {name: heading for name, heading in said.columns.items() if name not in changes["fixed"]}
        changes |= {key: value for key, value in (("day_first", day_first), ("sheet", sheet)) if value is not None}
        reading = rolls.read(table, said.model_copy(update=changes))
    if reading.questions:
        raise _open(file, reading.questions)
    return reading


def proposed(table: rolls.Table) -> rolls.Mapping:
    """The mapping for a file of which nothing was said: our own, if we wrote it, or a guess."""
    if set(rolls.COLUMNS) <= set(table.headings):
        return rolls.CSV_MAPPING.model_copy(update={"encoding": None, "separator": None, "header": None})
    return rolls.propose_mapping(table)


def roll_of(file: Path) -> rolls.Roll:
    """The roll in a file. Raises InputError if a row of it cannot be taken: part of a roll is none."""
    reading = read_file(file, None, [], None, None)
    if reading.refusals:
        first = reading.refusals[0]
        raise InputError(
            f"{first.what} ({reading.refused_rows:,} rows cannot be taken)",
            where=Where(str(file), first.row, first.column),
            hint="See all of them with: selectorate roll check FILE. What --csv of that command writes is a roll.",
        )
    return reading.roll


def _fixed(given: Sequence[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for item in given:
        name, equals, value = item.partition("=")
        if not equals or name not in rolls.COLUMNS:
            hint = nearest(name, list(rolls.COLUMNS)) or "Write it as capacity=member."
            raise InputError("--fixed names no column of a roll, or no value", hint=hint)
        found[name] = value
    return found


_ANSWERS = {
    "day_first": "Say --day-first or --month-first, or day_first in the mapping.",
    "serials": 'Say in the mapping how they count: serials = "1900".',
    "sheet": "Say --sheet NAME, or sheet in the mapping.",
    "hidden": 'Say in the mapping what they are: hidden = "take" or "leave".',
    "fixed.capacity": "Say --fixed capacity=member, or map a column.",
}


def _open(file: Path, questions: Sequence[rolls.Question]) -> InputError:
    problems = [
        InputError(
            question.what,
            where=Where(str(file), None, question.column),
            hint=_ANSWERS.get(question.key, f"Say in the mapping: {question.key}. See selectorate roll look --toml."),
        ).problems[0]
        for question in questions
    ]
    error = InputError.of(problems)
    assert isinstance(error, InputError)
    return error
