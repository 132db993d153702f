"""A file read under a mapping: the rows that can be taken, and of all others which row, which column, what, and why."""

from __future__ import annotations

from dataclasses import dataclass, field

import polars as pl

from ..errors import InputError, Where
from . import cells
from .columns import COLUMNS, KEY, SCHEMA
from .fields import Fields, read_all
from .gathering import (
    columns_of,
    gather,
    numbers_as_numbers,
    places_in_workbook,
    questions_of,
    too_long_cells,
)
from .limits import MAX_REFUSALS
from .looking import Table, look
from .mapping import Mapping
from .rolls import Question, Refusal, Remark, Roll


@dataclass(frozen=True)
class Reading:
    """What a file says under a mapping.

    ``roll``: the rows that can be taken; ``numbers``: their rows in the file, in the same order. If there are
    ``questions`` nothing was taken: answer them in the mapping and read again. ``rows``: how many rows have something
    in them, the headings aside; ``refused_rows`` of them are refused. ``held``: persons of refused rows, who stay on
    the roll as they are; ``unnamed``: refused rows of which nobody can tell whose they are.
    """

    name: str
    mapping: Mapping
    roll: Roll
    numbers: pl.Series = field(repr=False)
    refusals: tuple[Refusal, ...] = field(repr=False)
    remarks: tuple[Remark, ...]
    questions: tuple[Question, ...]
    rows: int
    refused_rows: int
    held: frozenset[str] = field(repr=False)
    unnamed: int


def read(table: Table, mapping: Mapping) -> Reading:
    """The rows of ``table``.

    Raises InputError if a mapped heading is not there, or if the file cannot be taken apart from some row on.
    """
    table = _as_said(table, mapping)
    columns_of(table, mapping)
    questions = questions_of(table, mapping)
    if questions:
        return _open(table, mapping, questions, 0)
    gathered = gather(table, mapping)
    fields = Fields(gathered.frame, mapping, gathered.headings, gathered.refusals, gathered.remarks)
    fields.refusals += places_in_workbook(table, mapping, gathered)
    fields.refusals += too_long_cells(gathered)
    fields.remarks += numbers_as_numbers(table, gathered, mapping)
    if table.book is not None:
        table.book.forget()
    rows = gathered.rows
    gathered.frame = pl.DataFrame()  # the raw texts are half of the memory
    fields.clean()
    _who(fields)
    read_all(fields)
    if fields.questions:
        return _open(table, mapping, fields.questions, rows)
    fields.look_at_mail()
    fields.look_at_letters()
    _needed(fields)
    _spells(fields)
    return _taken(table, mapping, fields, rows)


def _as_said(table: Table, mapping: Mapping) -> Table:
    """The table, looked at again where the mapping says otherwise."""
    said = {
        "encoding": mapping.encoding,
        "separator": mapping.separator,
        "sheet": mapping.sheet,
        "header": mapping.header,
    }
    if table.kind == "xlsx":
        said |= {"encoding": None, "separator": None}
    other = {key: value for key, value in said.items() if value is not None and value != getattr(table, key)}
    if not other:
        return table
    kept = {
        "encoding": table.encoding,
        "separator": table.separator,
        "sheet": table.sheet if table.sheet_said else None,
        "header": None if "sheet" in other or "encoding" in other else table.header,
    }
    if table.kind == "xlsx":
        kept |= {"encoding": None, "separator": None}
    return look(table.source, table.name, **{**kept, **other})  # type: ignore[arg-type]  # of the kinds that it takes


def _open(table: Table, mapping: Mapping, questions: list[Question], rows: int) -> Reading:
    unique = {(question.key, question.column): question for question in questions}
    return Reading(
        name=table.name,
        mapping=mapping,
        roll=Roll.empty(),
        numbers=pl.Series(dtype=pl.Int64),
        refusals=(),
        remarks=table.remarks,
        questions=tuple(unique.values()),
        rows=rows,
        refused_rows=0,
        held=frozenset(),
        unnamed=0,
    )


# -- who it is ---------------------------------------------------------------------------------------------------


def _who(fields: Fields) -> None:
    """Key, number, name and capacity, from the texts."""
    frame, mapping = fields.frame, fields.mapping
    for name in ("person", "number"):
        if name in frame.columns:
            number = pl.col(name).str.replace(r"^(\d+)\.0+$", "${1}")
            if mapping.digits is not None and (name == "number" or "number" not in frame.columns):
                number = pl.when(number.str.contains(r"^\d+$")).then(number.str.zfill(mapping.digits)).otherwise(number)
            frame = frame.with_columns(number.alias(name))
    key = "person" if "person" in frame.columns else "number"
    frame = frame.with_columns((pl.lit(mapping.prefix) + pl.col(key)).alias("person"))
    for name in ("name", "given", "family", "former"):
        if name in frame.columns:
            frame = frame.with_columns(cells.names(pl.col(name)).alias(name))
    fields.frame = _names(frame).with_columns(
        pl.col("capacity").str.to_lowercase() if "capacity" not in mapping.words else pl.col("capacity")
    )


def _names(frame: pl.DataFrame) -> pl.DataFrame:
    """Full name, and its parts: what is there of them makes the rest, as far as that is certain."""
    if "name" not in frame.columns:
        parts = [pl.col(part) for part in ("given", "family") if part in frame.columns]
        whole = pl.concat_str(parts, separator=" ", ignore_nulls=True)
        return frame.with_columns(pl.when(whole.str.len_bytes() > 0).then(whole).alias("name"))
    if "family" in frame.columns:
        return frame
    # "Jones, Mary" says which is which; "Mary Ann Jones" does not, and is not cut.
    family = pl.col("name").str.extract(r"^([^,]+), [^,]+$")
    given = pl.col("name").str.extract(r"^[^,]+, ([^,]+)$")
    swapped = pl.when(family.is_not_null()).then(given + " " + family).otherwise(pl.col("name"))
    own = [given.alias("given")] if "given" not in frame.columns else []
    return frame.with_columns(family.alias("family"), *own, swapped.alias("name"))


def _needed(fields: Fields) -> None:
    """Refuse rows without key, name or capacity, and those that end before they begin."""
    source = "person" if "person" in fields.headings else "number"
    for column, name in (
        ("person", source),
        ("name", "name" if "name" in fields.headings else "family"),
        ("capacity",) * 2,
    ):
        fields.refuse(
            pl.col(column).is_null(), name, f"there is no {COLUMNS[name].says}", "Fill it in, or delete the row."
        )
    if {"joined", "left"} <= set(fields.frame.columns):
        fields.refuse(
            pl.col("left") < pl.col("joined"), "left", "the date of leaving is before that of joining", "Correct one."
        )
    if {"born", "joined"} <= set(fields.frame.columns):
        fields.refuse(
            pl.col("joined") < pl.col("born"), "joined", "the date of joining is before that of birth", "Correct one."
        )


# -- several rows of one person ------------------------------------------------------------------------------------


def _spells(fields: Fields) -> None:
    """Number the spells of a person in a capacity; refuse rows that cannot both be right."""
    frame = fields.frame
    for name, kind in SCHEMA.items():
        if name not in frame.columns:
            frame = frame.with_columns(pl.lit(1 if name == "spell" else None, kind).alias(name))
    said = fields.headings.get("spell")
    frame = frame.with_columns(pl.col("spell").cast(pl.Int32, strict=False))
    fields.frame = frame
    if said is not None:
        fields.refuse(
            pl.col("spell").is_null() | (pl.col("spell") < 1), "spell", "is not a number from 1", "Correct it."
        )
    source = "person" if "person" in fields.headings else "number"
    group = list(KEY) if said is not None else list(KEY[:3])
    several = frame.filter(pl.col("person").is_not_null() & pl.struct(group).is_duplicated())
    if several.height:
        _twice(fields, several, group, source, said is not None)
    born = pl.col("born").drop_nulls().n_unique().over("person") > 1
    fields.refuse(
        pl.col("person").is_not_null() & born,
        source,
        "rows of the same number have different dates of birth",
        "Correct the number or the date: two persons cannot share a number.",
        shows="person",
    )


def _twice(fields: Fields, several: pl.DataFrame, group: list[str], source: str, numbered: bool) -> None:
    rest = [name for name in several.columns if name != "row"]
    again = several.filter(~pl.struct(rest).is_first_distinct())
    if again.height:
        fields.frame = fields.frame.join(again.select("row"), on="row", how="anti", maintain_order="left")
        fields.refusals += [
            Refusal(row, fields.heading(source), "the same row was there before", "Delete it.", value)
            for row, value in again.select("row", "person").iter_rows()
        ]
    left = several.join(again.select("row"), on="row", how="anti").filter(pl.struct(group).is_duplicated())
    if not left.height:
        return
    left = left.sort(*group, "joined", "row", nulls_last=True)
    follows = pl.col("joined").shift(-1).over(group)
    last = pl.int_range(pl.len()).over(group) == pl.len().over(group) - 1
    apart = (pl.col("joined").is_not_null() & (last | (pl.col("left") <= follows))).fill_null(False)
    left = left.with_columns(
        apart.all().over(group).alias("_apart"), (pl.int_range(pl.len()).over(group) + 1).cast(pl.Int32).alias("_spell")
    )
    if numbered:
        left = left.with_columns(pl.lit(False).alias("_apart"))
    wrong = left.filter(~pl.col("_apart")).sort("row")
    rows = wrong.group_by(group, maintain_order=True).agg(pl.col("row").alias("_rows"))
    for row, value, others in (
        wrong.join(rows, on=group, how="left", nulls_equal=True, maintain_order="left")
        .select("row", "person", "_rows")
        .iter_rows()
    ):
        told = (
            ", ".join(str(other) for other in others if other != row) if len(others) <= 6 else f"{len(others) - 1} more"
        )
        fields.refusals.append(
            Refusal(
                row,
                fields.heading(source),
                f"the same person stands in this capacity in several rows (see {told})",
                "Delete all but one; or give the dates of joining and leaving of each time.",
                value,
            )
        )
    numbers = left.filter(pl.col("_apart")).select("row", "_spell")
    fields.frame = (
        fields.frame.join(numbers, on="row", how="left", maintain_order="left")
        .with_columns(pl.coalesce("_spell", "spell").alias("spell"))
        .drop("_spell")
    )


def _taken(table: Table, mapping: Mapping, fields: Fields, rows: int) -> Reading:
    refused = {refusal.row for refusal in fields.refusals}
    if len(fields.refusals) > MAX_REFUSALS:
        raise InputError(
            f"more than {MAX_REFUSALS:,} faults are in it",
            where=Where(table.name),
            hint="Is it the right file, and are its columns mapped rightly?",
        )
    out = pl.Series(sorted(refused), dtype=pl.Int64).implode()
    frame = fields.frame
    bad = frame.filter(pl.col("row").is_in(out))
    good = frame.filter(~pl.col("row").is_in(out))
    held = frozenset(bad["person"].drop_nulls())
    known = set(bad.filter(pl.col("person").is_not_null())["row"].to_list())
    again = {r.row for r in fields.refusals if r.what == "the same row was there before"}
    return Reading(
        name=table.name,
        mapping=mapping,
        roll=Roll(good.select(pl.col(name).cast(kind) for name, kind in SCHEMA.items())),
        numbers=good["row"],
        refusals=tuple(sorted(fields.refusals, key=lambda refusal: refusal.row)),
        remarks=(*table.remarks, *fields.remarks),
        questions=(),
        rows=rows,
        refused_rows=len(refused),
        held=held,
        unnamed=len(refused - known - again),
    )
