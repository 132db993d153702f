"""``nominations.csv``: who nominated whom, as it was entered; it stays in the house."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ..documents import MAX_COUNT
from ..errors import InputError, Where
from ..rules import NominationStage
from .case import Case
from .nominations import gates
from .writing import MAX_NAME, same_name

COLUMNS = ["date", "stage", "body", "candidate", "nominator"]
MORE = ["part", "counts"]
"""Columns that are there only where a rule asks for them."""
FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True)
class Nomination:
    """One nomination as entered: on which day, at which stage, by which body, of whom (a candidate's id), by whom.

    ``part``: the part of the body that the nominator belongs to; ``counts``: how many the nominator counts by the
    body's measure. ``line``: in the file, from 1.
    """

    date: dt.date
    stage: str
    body: str
    candidate: str
    nominator: str
    part: str | None = None
    counts: int | None = None
    line: int = field(default=0, compare=False)


def ways(stage: NominationStage) -> list[str]:
    """The bodies that nominate at ``stage``."""
    return [gate.by for gate in gates(stage)] or ([stage.by] if stage.by else [])


def read_nominations(path: Path) -> list[Nomination]:
    """The nominations in the file at ``path``; none if it is not there. Raises InputError with the line of a fault."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        return []
    except UnicodeDecodeError:
        raise InputError("is not UTF-8 text", where=Where(str(path)), hint="Save the file as UTF-8.") from None
    except OSError as fault:
        raise InputError(f"cannot be read: {fault.strerror}", where=Where(str(path))) from None
    rows = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        header = next(rows, [])
        if header not in (COLUMNS, COLUMNS + MORE):
            hint = f"They are: {', '.join(COLUMNS)}; and {', '.join(MORE)} where a rule asks for them."
            raise InputError("the columns are not right", where=Where(str(path), 1), hint=hint)
        return [_nomination(row, header, Where(str(path), rows.line_num)) for row in rows if row]
    except csv.Error as fault:
        raise InputError(f"is not a table: {fault}", where=Where(str(path), rows.line_num)) from None


def _nomination(row: list[str], header: list[str], where: Where) -> Nomination:
    if len(row) != len(header):
        raise InputError(f"has {len(row)} cells, not {len(header)}", where=where)
    day, stage, body, candidate, nominator, *more = row
    part, counts = more or ("", "")
    try:
        date = dt.date.fromisoformat(day)
    except ValueError:
        raise InputError(f'"{day}" is not a date', where=where, hint="Write it as 2026-09-24.") from None
    if counts and not (counts.isascii() and counts.isdigit() and len(counts) <= 12 and int(counts) <= MAX_COUNT):
        raise InputError(f'"{counts}" is not a number of people', where=where)
    if nominator.startswith("'") and nominator[1:].startswith(FORMULA):
        nominator = nominator[1:]
    if not nominator.strip():
        raise InputError("a nomination has a nominator", where=where)
    if len(nominator) > MAX_NAME:
        raise InputError(f"the name of a nominator is longer than {MAX_NAME} characters", where=where)
    number = int(counts) if counts else None
    return Nomination(date, stage, body, candidate, nominator, part or None, number, where.line or 0)


def nominations_csv(entered: Sequence[Nomination]) -> str:
    """``entered`` as the text of the file. What a spreadsheet would take for a formula gets an apostrophe."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    more = any(n.part is not None or n.counts is not None for n in entered)
    writer.writerow(COLUMNS + MORE if more else COLUMNS)
    for n in entered:
        by = f"'{n.nominator}" if n.nominator.startswith(FORMULA) else n.nominator
        row = [n.date.isoformat(), n.stage, n.body, n.candidate, by]
        writer.writerow([*row, n.part or "", "" if n.counts is None else n.counts] if more else row)
    return out.getvalue()


def check_nominations(case: Case, entered: Sequence[Nomination], path: Path) -> None:
    """Hold ``entered`` to the contest and its rulebook. Raises InputError with the line of the first that is wrong."""
    given: dict[tuple[str, str, str], list[str]] = {}
    for n in entered:
        where = Where(str(path), n.line or None)
        stage = case.rulebook.stage_named(n.stage)
        if not isinstance(stage, NominationStage):
            raise InputError(f'there is no nomination stage "{n.stage}"', where=where)
        if n.body not in ways(stage):
            hint = f"It can be: {', '.join(ways(stage))}."
            raise InputError(f'"{n.body}" does not nominate at this stage', where=where, hint=hint)
        if n.candidate not in case.contest.candidates:
            hint = f"The candidates are: {', '.join(case.contest.candidates) or 'none yet'}."
            raise InputError(f'there is no candidate "{n.candidate}"', where=where, hint=hint)
        parts = case.rulebook.bodies[n.body].parts
        if n.part is not None and n.part not in parts:
            hint = f"It has: {', '.join(parts)}." if parts else "It has none."
            raise InputError(f'the body "{n.body}" has no part "{n.part}"', where=where, hint=hint)
        mine = given.setdefault((n.stage, n.body, same_name(n.nominator)), [])
        if n.candidate in mine:
            raise InputError(
                f"{n.nominator} has nominated {case.contest.candidates[n.candidate].name} already", where=where
            )
        if stage.each_nominates is not None and len(mine) >= stage.each_nominates:
            times = "once" if stage.each_nominates == 1 else f"{stage.each_nominates} times"
            names = ", ".join(case.contest.candidates[who].name for who in mine)
            hint = f"Each nominates {times}, and they have nominated {names}."
            raise InputError(f"{n.nominator} has no nomination left", where=where, hint=hint)
        mine.append(n.candidate)
