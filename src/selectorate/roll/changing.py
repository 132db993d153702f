"""After the roll is closed: every change is an act, with a reason and two officials."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import polars as pl

from ..documents import nearest
from ..errors import InputError
from .columns import COLUMNS, KEY, Key
from .rolls import Roll


@dataclass(frozen=True)
class LaterChange:
    """A change after the roll was closed: an act with a reason and two officials.

    ``kind``: "add" (``values``: the whole row), "strike" (``key``), "amend" (``key``, ``values``: columns that change),
    "merge" (``person`` is kept, the rows of ``other`` become theirs).
    """

    kind: Literal["add", "strike", "amend", "merge"]
    reason: str
    officials: tuple[str, str]
    on: dt.datetime
    key: Key | None = None
    values: Mapping[str, object] = field(default_factory=dict, repr=False)
    person: str | None = None
    other: str | None = None


def change(roll: Roll, act: LaterChange) -> Roll:
    """The roll after ``act``. Raises InputError without a reason, with one official twice, or for a row not there."""
    if not act.reason.strip():
        raise InputError("a change of a closed roll needs a reason", hint="Say why, as it may be read in court.")
    first, second = (official.strip().casefold() for official in act.officials)
    if not first or not second or first == second:
        raise InputError("a change of a closed roll needs two officials", hint="Let another official agree to it.")
    if act.kind == "merge":
        return merge(roll, act.person or "", act.other or "")
    if act.kind == "add":
        added = Roll.of([act.values])
        if added.rows.join(roll.rows, on=KEY, how="semi", nulls_equal=True).height:
            raise InputError("this row is on the roll already", hint="Amend it instead.")
        return Roll(pl.concat([roll.rows, added.rows]))
    here = _is(act.key)
    found = roll.rows.filter(here)
    if found.height != 1:
        raise InputError("there is no such row on the roll", hint="Name person, capacity, body and spell.")
    rest = roll.rows.filter(~here)
    if act.kind == "strike":
        return Roll(rest)
    for name in act.values:
        if name not in COLUMNS or name in KEY:
            hint = "The key of a row does not change: strike the row and add another."
            raise InputError(f'"{name}" cannot be amended', hint=nearest(name, list(COLUMNS)) or hint)
    amended = Roll.of([{**found.row(0, named=True), **act.values}])
    return Roll(pl.concat([rest, amended.rows]))


def _is(key: Key | None) -> pl.Expr:
    if key is None:
        return pl.lit(False)
    return pl.all_horizontal(pl.col(name).eq_missing(pl.lit(value)) for name, value in zip(KEY, key, strict=True))


def merge(roll: Roll, keep: str, other: str) -> Roll:
    """The roll with ``other`` and ``keep`` as one person, of the key ``keep``: decided at the desk, never by the
    program.

    A capacity that both hold is kept once, as ``keep`` has it. Raises InputError if one of them is not on the roll.
    """
    if keep == other:
        raise InputError("these are the same person already")
    here, there = (roll.rows.filter(pl.col("person") == person) for person in (keep, other))
    if not here.height or not there.height:
        raise InputError("there is no such person on the roll", hint="Name the keys of two persons.")
    moved = there.with_columns(pl.lit(keep).alias("person"))
    moved = moved.join(here, on=KEY, how="anti", nulls_equal=True)
    return Roll(pl.concat([roll.rows.filter(pl.col("person") != other), moved]))
