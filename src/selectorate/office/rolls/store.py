"""The rows of the roll between the database and the values of the room ``roll``."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

import polars as pl

from ...errors import RefusedError
from ...roll import COLUMNS, KEY, SCHEMA, Difference, Roll
from ...roll.alike import plain_text
from ..models import RollEntry, RollPast, RollStep
from . import bulk
from .bulk import quoted

TABLE, PAST = RollEntry._meta.db_table, RollPast._meta.db_table
MAX_KEY = 160
"""Characters of what rows are found by (number, capacity, body, unit): an index holds no longer ones."""
_SHORT = ("person", "number", "capacity", "body", "unit")
_FOUND_BY = 120
_MOMENT = "%Y-%m-%dT%H:%M:%S%.6f"
_READ = {name: pl.String() if name == "registered" else kind for name, kind in SCHEMA.items()}


def load(where: str = "", given: Sequence[Any] = ()) -> Roll:
    """The roll, or the part of it for which ``where`` (SQL) holds."""
    names = ", ".join(_column(name) for name in SCHEMA)
    found = bulk.select(f"SELECT {names} FROM {quoted(TABLE)}" + (f" WHERE {where}" if where else ""), _READ, given)
    return Roll(
        found.with_columns(
            pl.col("registered").str.to_datetime(_MOMENT, time_unit="us"),
            pl.when(pl.col("body") != "").then(pl.col("body")).alias("body"),
        )
    )


def _column(name: str) -> str:
    # The plus takes away the type that SQLite's driver would turn into an object, value by value.
    kind = SCHEMA[name]
    if kind in (pl.Date(), pl.Boolean()):
        return f"{quoted(name)}::text" if bulk.postgres() else f"CAST({quoted(name)} AS TEXT)"
    return quoted(name)


def load_persons(persons: Iterable[str]) -> Roll:
    """The rows of a few persons."""
    keys = list(persons)
    if not keys:
        return Roll.empty()
    return load(f"{quoted('person')} IN ({', '.join(['%s'] * len(keys))})", keys)


def load_units(units: Sequence[str]) -> Roll:
    """The rows of everybody who holds a capacity in one of these units."""
    return load(f"{quoted('unit')} IN ({', '.join(['%s'] * len(units))})", units)


def checked(rows: pl.DataFrame) -> None:
    """Raises RefusedError for a row that the database could not find again: a key that is too long."""
    for name in _SHORT:
        if rows.filter(pl.col(name).str.len_chars() > MAX_KEY).height:
            raise RefusedError(f"{COLUMNS[name].says}: a value has more than {MAX_KEY} characters")


def kept(rows: pl.DataFrame) -> pl.DataFrame:
    """Rows of a roll as the database keeps them, with what they are found by."""
    first = pl.coalesce("family", pl.col("name").str.split(" ").list.last())
    rest = pl.coalesce("given", pl.col("name"))
    return rows.select(
        *(pl.col(name) for name in SCHEMA if name not in ("registered", "body")),
        pl.col("registered").dt.strftime(_MOMENT).alias("registered"),
        pl.col("body").fill_null("").alias("body"),
        plain_text(pl.col("name")).str.slice(0, _FOUND_BY).alias("by_name"),
        plain_text(pl.concat_str(first, rest, separator=" ")).str.slice(0, _FOUND_BY).alias("by_family"),
        pl.col("email").fill_null("").str.to_lowercase().str.strip_chars().str.slice(0, _FOUND_BY).alias("mail"),
    )


def folded(text: str) -> str:
    """A text as rows are found by it."""
    return str(pl.select(plain_text(pl.lit(text, pl.String))).item() or "")[:_FOUND_BY]


# -- a difference, there and back ----------------------------------------------------------------------------------


def forward(found: Difference, step: RollStep) -> None:
    """Make of the roll what ``found`` leads to, and write down what it was before."""
    for rows in (found.added, found.changed_after):
        checked(rows)
    if found.gone.height:
        with bulk.Beside(_keys(found.gone), KEY) as keys:
            since = bulk.select(
                f"SELECT {_names('e', (*KEY, 'since_id'))} FROM {quoted(TABLE)} e JOIN {keys} k ON {_same('e', 'k')}",
                {**_key_schema(), "since": pl.Int64()},
            )
            _delete(keys)
        _write_gone(found.gone, since, step)
    if found.changed_after.height:
        _write_changed(found, step)
        _update(found.changed_after)
    _add(found.added, pl.lit(step.pk, pl.Int64))


def backward(found: Difference, step: RollStep) -> None:
    """Undo ``forward``: the roll is as it was, and nothing is left of what the step changed."""
    if found.added.height:
        with bulk.Beside(_keys(found.added), KEY) as keys:
            _delete(keys)
    if found.changed_before.height:
        _update(found.changed_before)
    if found.gone.height:
        since = bulk.select(
            f"SELECT {_names('p', (*KEY, 'since'))} FROM {quoted(PAST)} p WHERE step_id = %s AND kind = 'gone'",
            {**_key_schema(), "since": pl.Int64()},
            [step.pk],
        )
        back = found.gone.join(since.with_columns(_null_body()), on=list(KEY), how="left", nulls_equal=True)
        _add(back.select(*SCHEMA, "since"), pl.col("since").fill_null(step.pk))
    RollPast.objects.filter(step=step).delete()


def _add(rows: pl.DataFrame, since: pl.Expr) -> None:
    if rows.height:
        marked = rows.with_columns(since.alias("since_id")).sort(KEY, nulls_last=False)
        bulk.insert(TABLE, kept(marked).with_columns(marked["since_id"]))


def _update(rows: pl.DataFrame) -> None:
    """Give rows that are there the values of ``rows``."""
    new = kept(rows)
    values = [name for name in new.columns if name not in KEY]
    with bulk.Beside(new, KEY) as beside:
        sets = ", ".join(f"{quoted(name)} = k.{quoted(name)}" for name in values)
        bulk.run(f"UPDATE {quoted(TABLE)} SET {sets} FROM {beside} k WHERE {_same(quoted(TABLE), 'k')}")


def _delete(keys: str) -> None:
    bulk.run(
        f"DELETE FROM {quoted(TABLE)} WHERE id IN"
        f" (SELECT e.id FROM {quoted(TABLE)} e JOIN {keys} k ON {_same('e', 'k')})"
    )


def _keys(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.select("person", "capacity", pl.col("body").fill_null(""), "spell")


def _key_schema() -> dict[str, pl.DataType]:
    return {name: SCHEMA[name] for name in KEY}


def _null_body() -> pl.Expr:
    return pl.when(pl.col("body") != "").then(pl.col("body")).alias("body")


def _names(table: str, names: Sequence[str]) -> str:
    return ", ".join(f"{table}.{quoted(name)}" for name in names)


def _same(one: str, other: str) -> str:
    return " AND ".join(f"{one}.{quoted(name)} = {other}.{quoted(name)}" for name in KEY)


# -- what was -------------------------------------------------------------------------------------------------------


def _write_changed(found: Difference, step: RollStep) -> None:
    told: dict[tuple[Any, ...], dict[str, list[Any]]] = {}
    for change in found.changes():
        told.setdefault(change.key, {})[change.column] = [change.before, change.after]
    _write_past(
        [
            (person, capacity, body or "", spell, "changed", data, None)
            for (person, capacity, body, spell), data in told.items()
        ],
        step,
    )


def _write_gone(gone: pl.DataFrame, since: pl.DataFrame, step: RollStep) -> None:
    rows = gone.join(since.with_columns(_null_body()), on=list(KEY), how="left", nulls_equal=True)
    _write_past(
        [
            (
                row["person"],
                row["capacity"],
                row["body"] or "",
                row["spell"],
                "gone",
                {name: row[name] for name in SCHEMA if row[name] is not None},
                row["since"],
            )
            for row in rows.iter_rows(named=True)
        ],
        step,
    )


def _write_past(rows: list[tuple[Any, ...]], step: RollStep) -> None:
    packed = [(*row[:5], json.dumps(row[5], ensure_ascii=False, default=str), row[6], step.pk) for row in rows]
    schema = {
        **_key_schema(),
        "kind": pl.String(),
        "data": pl.String(),
        "since": pl.Int64(),
        "step_id": pl.Int64(),
    }
    bulk.insert(PAST, pl.DataFrame(packed, schema=schema, orient="row"))


# -- figures --------------------------------------------------------------------------------------------------------


def figures() -> dict[str, Any]:
    """The figures of the roll as it stands: counted once a step, and kept with it."""
    table = quoted(TABLE)
    two = {"what": pl.String(), "rows": pl.Int64()}

    def by(column: str, more: str = "") -> dict[str, int]:
        sql = f"SELECT {quoted(column)}, COUNT(*) FROM {table} {more} GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 1000"
        return {what if what is not None else "": rows for what, rows in bulk.select(sql, two).iter_rows()}

    return {
        "rows": bulk.number(f"SELECT COUNT(*) FROM {table}"),
        "persons": bulk.number(f"SELECT COUNT(DISTINCT {quoted('person')}) FROM {table}"),
        "no mail": bulk.number(f"SELECT COUNT(*) FROM {table} WHERE mail = ''"),
        "capacity": by("capacity"),
        "body": by("body", f"WHERE {quoted('body')} <> ''"),
        "unit": by("unit"),
    }
