"""The roll itself, and what is said of a file or of a roll on the way: remarks, refusals, questions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import polars as pl

from ..documents import nearest
from ..errors import InputError
from .columns import COLUMNS, KEY, NEVER_NULL, SCHEMA


@dataclass(frozen=True)
class Roll:
    """``rows``: a polars DataFrame with exactly ``COLUMNS`` (types of ``SCHEMA``), in no particular order.

    ONE ROW IS ONE CAPACITY OF ONE PERSON.
    """

    rows: pl.DataFrame = field(repr=False)

    def __post_init__(self) -> None:
        if dict(self.rows.schema) != dict(SCHEMA):
            raise InputError("the columns are not those of a roll", hint="Make it with Roll.of.")

    @classmethod
    def of(cls, rows: Iterable[Mapping[str, object]] | pl.DataFrame) -> Roll:
        """A roll of dicts (or a frame) by column name; what is missing is NULL, and ``spell`` is 1.

        Raises InputError for an unknown column, a wrong type, a key twice, a NULL in person, capacity or name.
        """
        frame = rows if isinstance(rows, pl.DataFrame) else _frame(list(rows))
        if not frame.height:
            return cls.empty()
        for name in frame.columns:
            if name not in COLUMNS:
                raise InputError(f'a roll has no column "{name}"', hint=nearest(name, list(COLUMNS), "It has"))
        try:
            frame = frame.select(
                (pl.col(name) if name in frame.columns else pl.lit(1 if name == "spell" else None))
                .cast(kind)
                .alias(name)
                for name, kind in SCHEMA.items()
            ).with_columns(pl.col("spell").fill_null(1))
        except pl.exceptions.PolarsError:
            raise InputError("a value is not of its column's type", hint="See COLUMNS for what each holds.") from None
        for name in NEVER_NULL:
            if frame[name].null_count():
                raise InputError(f"a row has no {COLUMNS[name].says}", hint="Every row needs it.")
        if frame.select(pl.struct(KEY).is_duplicated().any()).item():
            raise InputError(
                "two rows have the same person, capacity, body and spell",
                hint="Number the spells, or leave one of them out.",
            )
        return cls(frame)

    @classmethod
    def empty(cls) -> Roll:
        """The roll with nobody on it."""
        return cls(pl.DataFrame(schema=dict(SCHEMA)))

    @property
    def persons(self) -> int:
        """How many persons are on it."""
        return self.rows["person"].n_unique()

    def __len__(self) -> int:
        return self.rows.height


def _frame(rows: list[Mapping[str, object]]) -> pl.DataFrame:
    names = list(dict.fromkeys(name for row in rows for name in row))
    schema = {name: SCHEMA.get(name, pl.String()) for name in names}
    try:
        return pl.DataFrame([[row.get(name) for name in names] for row in rows], schema=schema, orient="row")
    except (pl.exceptions.PolarsError, TypeError, OverflowError):
        raise InputError("a value is not of its column's type", hint="See COLUMNS for what each holds.") from None


@dataclass(frozen=True)
class Remark:
    """Something to look at that stops nothing. ``row``: as a spreadsheet counts, from 1; None for the whole file."""

    what: str
    todo: str = ""
    row: int | None = None
    column: str | None = None


@dataclass(frozen=True)
class Refusal:
    """A row that is not taken. ``row`` as a spreadsheet counts; ``column`` as the file calls it.

    ``value``: what stands there, for the clerk who looks at the file (never in an exception or a log).
    """

    row: int
    column: str | None
    what: str
    todo: str
    value: str | None = field(default=None, repr=False)


@dataclass(frozen=True)
class Question:
    """What the file leaves open and only the clerk can say.

    ``key``: the key of the Mapping that answers it ("day_first", "serials", "columns.capacity"); ``choices``: values of
    that key, each in words (none where any value is possible).
    """

    key: str
    column: str | None
    what: str
    choices: tuple[tuple[object, str], ...] = ()
