"""The numbers and mail addresses of voters as the closed roll has them, every later change included.

The organisation's own roll goes on changing after a contest's roll was closed, by one official; where a code goes is
decided by the closed one, which only two change together.
"""

from __future__ import annotations

import threading
from collections import OrderedDict

import polars as pl

from ..models import ClosedRoll
from ..rolls import closing, files

COLUMNS = ("person", "number", "email")
MOST = 4
"""Rolls that one process keeps at hand; 650,000 persons are about 50 MB."""

_kept: OrderedDict[tuple[str, int], pl.DataFrame] = OrderedDict()
_lock = threading.Lock()


def contacts(closed: ClosedRoll) -> pl.DataFrame:
    """Person, number and mail address (``folded``: in small letters) of every row of a closed roll as it stands."""
    key = (closed.file, closed.amendments.count())
    with _lock:
        if key not in _kept:
            _kept[key] = _made(closed)
            while len(_kept) > MOST:
                _kept.popitem(last=False)
        _kept.move_to_end(key)
        return _kept[key]


def _made(closed: ClosedRoll) -> pl.DataFrame:
    rows = files.columns_of(closed.file, COLUMNS)
    touched = sorted(closing.touched(closed))
    if touched:
        few = closing.of_persons(closed, touched).rows.select(COLUMNS)
        rows = pl.concat([rows.filter(~pl.col("person").is_in(touched)), few])
    return rows.with_columns(pl.col("email").fill_null("").str.strip_chars()).with_columns(
        pl.col("email").str.to_lowercase().alias("folded")
    )


def matching(closed: ClosedRoll, given: str) -> dict[str, str]:
    """The persons to whom a mail address or a membership number belongs, each with the address on the roll ("")."""
    rows = contacts(closed)
    fits = (pl.col("folded") == given.lower()) | (pl.col("number") == given)
    persons = rows.filter(fits)["person"].unique().to_list() if given else []
    return _addresses(rows.filter(pl.col("person").is_in(persons)))


def addresses(closed: ClosedRoll) -> dict[str, str]:
    """The address of everybody on a closed roll who has one."""
    return _addresses(contacts(closed).filter(pl.col("email") != ""))


def _addresses(rows: pl.DataFrame) -> dict[str, str]:
    found: dict[str, str] = {}
    for person, email in rows.select("person", "email").iter_rows():
        found[person] = found.get(person) or email
    return found
