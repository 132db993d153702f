"""The columns of a roll: what each holds, and how a message calls it.

Those that a rulebook's tests can use are ``rules.consistency.ROLL_COLUMNS``; a test of this package holds the two to
each other. All columns are always there, NULL where nothing is known.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import polars as pl

Holds = Literal["text", "date", "date and time", "true or false", "number"]
Key = tuple[str, str, str | None, int]
"""person, capacity, body, spell."""

KEY = ("person", "capacity", "body", "spell")
"""The columns that make the key of a row."""
NEVER_NULL = ("person", "name", "capacity", "spell")


@dataclass(frozen=True)
class Column:
    """A column of the roll. ``holds``: its type; ``says``: what it is in words ("date of joining"), for messages."""

    name: str
    holds: Holds
    says: str


COLUMNS: Mapping[str, Column] = {
    column.name: column
    for column in (
        Column("person", "text", "person"),
        Column("number", "text", "number"),
        Column("name", "text", "name"),
        Column("given", "text", "given names"),
        Column("family", "text", "family name"),
        Column("former", "text", "former family name"),
        Column("born", "date", "date of birth"),
        Column("email", "text", "e-mail"),
        Column("phone", "text", "telephone"),
        Column("address", "text", "address"),
        Column("postcode", "text", "postcode"),
        Column("unit", "text", "unit"),
        Column("capacity", "text", "capacity"),
        Column("body", "text", "affiliated body"),
        Column("spell", "number", "spell"),
        Column("joined", "date", "date of joining"),
        Column("left", "date", "date of leaving"),
        Column("registered", "date and time", "time of registration"),
        Column("suspended", "true or false", "whether suspended"),
        Column("arrears", "true or false", "whether in arrears"),
        Column("consented", "true or false", "whether they consented"),
        Column("paid", "true or false", "whether the fee is paid"),
        Column("citizen", "true or false", "whether a citizen"),
        Column("resident", "true or false", "whether resident"),
        Column("source", "text", "source of the registration"),
    )
}
"""Every column of a roll, in its order."""

_TYPES: Mapping[Holds, pl.DataType] = {
    "text": pl.String(),
    "date": pl.Date(),
    "date and time": pl.Datetime("us"),
    "true or false": pl.Boolean(),
    "number": pl.Int32(),
}

SCHEMA: Mapping[str, pl.DataType] = {name: _TYPES[column.holds] for name, column in COLUMNS.items()}
"""The polars types of the columns."""


def names_of(holds: Holds) -> tuple[str, ...]:
    """The columns that hold this."""
    return tuple(name for name, column in COLUMNS.items() if column.holds == holds)
