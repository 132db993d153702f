"""The roll on paper: as CSV that no spreadsheet takes for formulas, and the sheet for a court."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Iterator, Sequence

import polars as pl

from . import cells
from .changing import LaterChange
from .columns import COLUMNS, KEY
from .fingerprints import fingerprint
from .mapping import Mapping
from .plans import Difference, difference
from .rolls import Roll

CSV_MAPPING = Mapping(
    columns={name: name for name in COLUMNS}, day_first=False, encoding="utf-8-sig", separator=",", header=1,
    covers="the whole roll",
)  # fmt: skip
"""How what ``csv_text`` writes is read again."""


def csv_text(roll: Roll) -> str:
    """The roll as CSV, sorted by its key: no spreadsheet takes a cell for a formula, and ``read`` reads it again.

    A text that a spreadsheet would calculate has an apostrophe before it, which reading takes away. Write it as UTF-8
    with a mark ("utf-8-sig"), so that Excel knows the encoding.
    """
    out = io.BytesIO()
    safe(roll.rows.sort(KEY, nulls_last=False)).write_csv(out, line_terminator="\r\n")
    return out.getvalue().decode()


def safe(rows: pl.DataFrame) -> pl.DataFrame:
    """``rows`` as texts of which none is a formula."""
    made = []
    for name in rows.columns:
        holds = COLUMNS[name].holds if name in COLUMNS else "text"
        column = pl.col(name)
        if holds == "date and time":
            text = column.dt.strftime("%Y-%m-%d %H:%M:%S")
        elif holds == "true or false":
            text = pl.when(column).then(pl.lit("yes")).when(~column).then(pl.lit("no"))
        else:
            text = column.cast(pl.String)
        if holds == "text":
            risky = text.str.contains("^[=+\\-@\t\r＝＋－＠]") | text.str.contains(cells.ESCAPED)
            text = pl.when(risky).then(pl.lit("'") + text).otherwise(text)
        made.append(text.alias(name))
    return rows.select(made)


# -- for a court --------------------------------------------------------------------------------------------------


def court_text(before: Roll, after: Roll, acts: Sequence[LaterChange] = (), *, title: str = "") -> str:
    """The sheet for a court: both fingerprints, the sums, every act, and every row added, gone or changed, in full."""
    return "\n".join(_court(before, after, acts, title)) + "\n"


def _court(before: Roll, after: Roll, acts: Sequence[LaterChange], title: str) -> Iterator[str]:
    found = difference(before, after)
    yield title or "The roll before and after"
    yield ""
    for word, roll in (("Before", before), ("After", after)):
        yield f"{word + ':':8} {roll.persons:,} persons, {len(roll):,} capacities"
        yield f"         SHA-256 {fingerprint(roll)}"
    yield ""
    yield f"{len(before):,} - {found.gone.height:,} gone + {found.added.height:,} added = {len(after):,}"
    yield f"{found.changed_before.height:,} of those that stayed are changed, {found.unchanged:,} are as they were."
    if acts:
        yield from ("", f"Acts ({len(acts):,})")
    for number, act in enumerate(acts, 1):
        officials = " and ".join(act.officials)
        yield f"{number}. {act.on.isoformat(' ', 'seconds')}: {_act(act)}, by {officials}. Reason: {_line(act.reason)}"
    yield from _rows("Gone", found.gone)
    yield from _rows("Added", found.added)
    yield from _changed(found)


def _act(act: LaterChange) -> str:
    if act.kind == "merge":
        return f"{act.other} and {act.person} found to be one person, {act.person}"
    if act.kind == "add":
        return f"added {act.values.get('person')}, {act.values.get('capacity')}"
    return f"{'struck' if act.kind == 'strike' else 'amended'} {_key(act.key or ())}"


def _key(key: Sequence[object]) -> str:
    person, capacity, body, spell = (*key, None, None, None, None)[:4]
    times = f", for the {spell}. time" if isinstance(spell, int) and spell > 1 else ""
    return f"{person}, {capacity}{f' ({body})' if body else ''}{times}"


def _rows(heading: str, rows: pl.DataFrame) -> Iterator[str]:
    if rows.height:
        yield from ("", f"{heading} ({rows.height:,})")
    for row in rows.iter_rows(named=True):
        told = "; ".join(
            f"{COLUMNS[name].says}: {shown(value)}"
            for name, value in row.items()
            if value is not None and name not in ("person", "capacity", "body", "spell", "given", "family")
        )
        yield f"- {_key([row[name] for name in KEY])}: {told}"


def _changed(found: Difference) -> Iterator[str]:
    if found.changed_before.height:
        yield from ("", f"Changed ({found.changed_before.height:,})")
    for change in found.changes():
        says = COLUMNS[change.column].says
        yield f"- {_key(change.key)}: {says} was {shown(change.before)}, is {shown(change.after)}"


def shown(value: object) -> str:
    """A value of a roll for people."""
    if value is None:
        return "not known"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dt.datetime):
        return value.isoformat(" ", "seconds")
    return _line(str(value))


def _line(text: str) -> str:
    return " ".join(text.split())
