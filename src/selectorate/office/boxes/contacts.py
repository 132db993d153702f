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
    """Every row of a closed roll as it stands: its person, number and mail address.

    ``folded``: the address in small letters; ``to``: the first that the person has, in any of their rows.
    """
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
    rows = rows.with_columns(pl.col("email").fill_null("").str.strip_chars())
    theirs = pl.col("email").filter(pl.col("email") != "").first().over("person").fill_null("")
    return rows.with_columns(pl.col("email").str.to_lowercase().alias("folded"), theirs.alias("to"))


def matching(closed: ClosedRoll, given: str) -> dict[str, str]:
    """The persons to whom a mail address or a membership number belongs, each with the address on the roll ("").

    One look through the roll, whatever is found.
    """
    fits = (pl.col("folded") == given.lower()) | (pl.col("number") == given)
    return _addresses(contacts(closed).filter(fits & (pl.lit(given) != "")))


def addresses(closed: ClosedRoll) -> dict[str, str]:
    """The address of everybody on a closed roll who has one."""
    return _addresses(contacts(closed).filter(pl.col("to") != ""))


def _addresses(rows: pl.DataFrame) -> dict[str, str]:
    return dict(rows.select("person", "to").iter_rows())
