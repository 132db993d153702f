"""Many rows at once: COPY on PostgreSQL, ``executemany`` on SQLite; from and to frames, with no object a row."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import polars as pl
from django.db import connection

CHUNK = 50_000
"""Rows that are in memory twice at a time."""
_INDEXES = {
    "sqlite": "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND tbl_name = ? AND sql NOT LIKE '%UNIQUE%'",
    "postgresql": "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = current_schema() AND tablename = %s"
    " AND indexdef NOT LIKE 'CREATE UNIQUE%%'",
}
_SQL_TYPES = {pl.Date: "date", pl.Boolean: "boolean", pl.Int32: "integer", pl.Int64: "bigint"}


def quoted(name: str) -> str:
    """A name as the database wants it in SQL."""
    return connection.ops.quote_name(name)


def postgres() -> bool:
    """Whether the database is PostgreSQL."""
    return connection.vendor == "postgresql"


def raw() -> Any:
    """The connection of the driver itself, within the transaction that is open."""
    connection.ensure_connection()
    return connection.connection


def insert(table: str, rows: pl.DataFrame) -> None:
    """Put ``rows`` into ``table``, whose columns they name. A text that may not be NULL is "" and not NULL in them."""
    if not rows.height:
        return
    names = ", ".join(quoted(name) for name in rows.columns)
    with _indexed_afterwards(table, rows.height):
        if not postgres():
            places = ", ".join("?" * rows.width)
            raw().executemany(f"INSERT INTO {quoted(table)} ({names}) VALUES ({places})", _values(rows))
            return
        full = [name for name in rows.columns if rows.schema[name] == pl.String and not rows[name].null_count()]
        forced = f", FORCE_NOT_NULL ({', '.join(quoted(name) for name in full)})" if full else ""
        with (
            raw().cursor() as cursor,
            cursor.copy(f"COPY {quoted(table)} ({names}) FROM STDIN WITH (FORMAT csv{forced})") as copy,
        ):
            for piece in rows.iter_slices(CHUNK):
                copy.write(piece.write_csv(include_header=False).encode())


@contextmanager
def _indexed_afterwards(table: str, coming: int) -> Iterator[None]:
    """Make the indexes of an empty table when many rows are in; those that keep a constraint stay as they are.

    To sort an index once takes less time than to find a place in it for each row. It is done in the transaction that is
    open: nobody sees the table without its indexes, and on PostgreSQL whoever reads it waits for the rows.
    """
    if coming < CHUNK or raw().execute(f"SELECT 1 FROM {quoted(table)} LIMIT 1").fetchone():
        yield
        return
    found = raw().execute(_INDEXES[connection.vendor], (table,)).fetchall()
    for name, _sql in found:
        raw().execute(f"DROP INDEX {quoted(name)}")
    yield
    if postgres():
        # No index is made while checks of foreign keys are outstanding.
        raw().execute("SET CONSTRAINTS ALL IMMEDIATE")
        raw().execute("SET CONSTRAINTS ALL DEFERRED")
    for _name, sql in found:
        raw().execute(sql)


def _values(rows: pl.DataFrame) -> Iterator[tuple[Any, ...]]:
    """The rows as SQLite keeps them: days as text, yes and no as numbers."""
    made = [
        pl.col(name).dt.strftime("%Y-%m-%d") if kind == pl.Date else pl.col(name).cast(pl.Int8)
        for name, kind in rows.schema.items()
        if kind in (pl.Date, pl.Boolean)
    ]
    for piece in rows.iter_slices(CHUNK):
        yield from piece.with_columns(made).iter_rows()


def select(sql: str, schema: Mapping[str, pl.DataType], given: Sequence[Any] = ()) -> pl.DataFrame:
    """What ``sql`` finds, as a frame. Its columns are those of ``schema``, in its order; days come as text from it.

    ``sql``: placeholders are ``%s``.
    """
    texts = {name: pl.String() if kind in (pl.Date(), pl.Boolean()) else kind for name, kind in schema.items()}
    pieces = [pl.DataFrame(schema=texts), *(_copied(sql, texts, given) if postgres() else _fetched(sql, texts, given))]
    found = pl.concat(pieces, rechunk=False)
    return found.select(_read(name, kind) for name, kind in schema.items())


def _read(name: str, kind: pl.DataType) -> pl.Expr:
    column = pl.col(name)
    if kind == pl.Date():
        return column.str.to_date("%Y-%m-%d")
    if kind == pl.Boolean():
        return pl.when(column.is_not_null()).then(column.is_in(["1", "true"])).alias(name)
    return column


def _copied(sql: str, schema: Mapping[str, pl.DataType], given: Sequence[Any]) -> Iterator[pl.DataFrame]:
    held = io.BytesIO()
    with raw().cursor() as cursor, cursor.copy(f"COPY ({sql}) TO STDOUT WITH (FORMAT csv)", tuple(given)) as copy:
        for piece in copy:
            held.write(piece)
    if held.tell():
        held.seek(0)
        yield pl.read_csv(
            held, has_header=False, new_columns=list(schema), schema=dict(schema), truncate_ragged_lines=False
        )


def _fetched(sql: str, schema: Mapping[str, pl.DataType], given: Sequence[Any]) -> Iterator[pl.DataFrame]:
    cursor = raw().cursor()
    cursor.row_factory = None
    cursor.execute(sql.replace("%s", "?"), tuple(given))
    texts = [name for name, kind in schema.items() if kind == pl.String()]
    while rows := cursor.fetchmany(CHUNK):
        try:
            yield pl.DataFrame(rows, schema=dict(schema), orient="row")
        except (TypeError, pl.exceptions.PolarsError):
            # A value that SQLite kept as a number in a column of text.
            yield (
                pl.DataFrame(rows, orient="row", strict=False, schema=list(schema), infer_schema_length=None)
                .with_columns(pl.col(name).cast(pl.String) for name in texts)
                .cast(dict(schema))
            )


def number(sql: str, given: Sequence[Any] = ()) -> int:
    """The one number that ``sql`` gives."""
    with connection.cursor() as cursor:
        cursor.execute(sql, list(given))
        return int(cursor.fetchone()[0] or 0)


def run(sql: str, given: Sequence[Any] = ()) -> int:
    """Do ``sql``; how many rows it touched."""
    with connection.cursor() as cursor:
        cursor.execute(sql, list(given))
        return int(cursor.rowcount)


class Beside:
    """A table of its own that is gone when it is left: rows to join with in SQL."""

    def __init__(self, rows: pl.DataFrame, key: Sequence[str]) -> None:
        self.rows, self.key = rows, key
        self.name = "beside_rows"

    def __enter__(self) -> str:
        """Its name."""
        columns = ", ".join(
            f"{quoted(name)} {_SQL_TYPES.get(type(kind), 'text')}" for name, kind in self.rows.schema.items()
        )
        run(f"CREATE TEMPORARY TABLE {quoted(self.name)} ({columns})")
        insert(self.name, self.rows)
        run(f"CREATE INDEX {quoted(self.name + '_key')} ON {quoted(self.name)} ({', '.join(map(quoted, self.key))})")
        if postgres():
            run(f"ANALYZE {quoted(self.name)}")
        return quoted(self.name)

    def __exit__(self, *fault: object) -> None:
        """Drop it; after a fault in SQL the transaction takes it along."""
        if fault[0] is None:
            run(f"DROP TABLE {quoted(self.name)}")
