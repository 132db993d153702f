"""The fingerprint of a roll: one number that says which roll was meant, whatever the order of its rows.

Canonical form, version 1: a line ``selectorate roll 1`` and the names of the columns that hold anything, parted by
tabs; then a line for each row, its values parted by tabs; the lines of rows sorted by their bytes; every line ended
by a newline; UTF-8. A value is written as text, dates as 2016-01-12, times as 2016-01-12T17:00:00.000000, yes and no
as true and false; what is not known as \\N; and \\ tab newline and return inside a text as \\\\ \\t \\n \\r. A column
of which nothing is known in any row is left out, so that a column that a later version adds changes no fingerprint of
before.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

import polars as pl

from .columns import COLUMNS
from .rolls import Roll

VERSION = "selectorate roll 1"
_CHUNK = 100_000


def lines_of(rows: pl.DataFrame) -> tuple[str, pl.Series]:
    """The first line of the canonical form, and those of the rows, sorted; without their newlines."""
    names = [name for name in COLUMNS if rows[name].null_count() < rows.height]
    head = "\t".join((VERSION, *names))
    if not names:
        return head, pl.Series(dtype=pl.String)
    lines = rows.select(pl.concat_str([_canonical(name, rows) for name in names], separator="\t").alias("line"))["line"]
    return head, lines.sort()


def _canonical(name: str, rows: pl.DataFrame) -> pl.Expr:
    column = pl.col(name)
    match COLUMNS[name].holds:
        case "text":
            text = column
            if not rows[name].str.contains(r"[\\\t\n\r]").any():
                return text.fill_null("\\N")
            for char, written in (("\\", "\\\\"), ("\t", "\\t"), ("\n", "\\n"), ("\r", "\\r")):
                text = text.str.replace_all(char, written, literal=True)
        case "date":
            text = column.dt.strftime("%Y-%m-%d")
        case "date and time":
            text = column.dt.strftime("%Y-%m-%dT%H:%M:%S%.6f")
        case _:
            text = column.cast(pl.String)
    return text.fill_null("\\N")


def canonical(roll: Roll) -> Iterator[bytes]:
    """The canonical bytes of ``roll``, piece by piece."""
    yield from canonical_rows(roll.rows)


def canonical_rows(rows: pl.DataFrame) -> Iterator[bytes]:
    """The canonical bytes of ``rows``, piece by piece."""
    head, lines = lines_of(rows)
    yield f"{head}\n".encode()
    for start in range(0, len(lines), _CHUNK):
        yield ("\n".join(lines[start : start + _CHUNK]) + "\n").encode()


def fingerprint(roll: Roll, salt: bytes = b"") -> str:
    """SHA-256 (hex) of ``salt`` and the canonical bytes; the order of the rows does not matter.

    A small roll is guessed easily by who knows most of it: publish its fingerprint with a salt that stays in the
    office.
    """
    digest = hashlib.sha256(salt)
    for piece in canonical(roll):
        digest.update(piece)
    return digest.hexdigest()
