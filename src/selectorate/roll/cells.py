"""What stands in a cell, made clean: spaces, quotes, case, words for yes and no. Whole columns at a time."""

from __future__ import annotations

import re
from collections.abc import Mapping

import polars as pl

from .workbooks import ERRORS

_INVISIBLE = "[\u0000-\u0008\u000e-\u001f\u007f-\u009f\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]"
"""Control characters, soft hyphens, spaces without width, marks of direction: nobody sees them."""
_SPACES = "[\\s\u00a0\u2000-\u200a\u202f\u205f\u3000]+"
DIRTY = "[^ -~]|  |^[ =']| $"
"""What a text has that may not be clean; a text of plain letters and single spaces is."""
MOJIBAKE = "Ã[\u0080-\u00bf€-™]|â€|Â[\u00a0-\u00bf]|\ufffd"
"""Letters beside each other that nobody writes: UTF-8 that was taken for Windows-1252, and what could not be read."""
NOTHING = ("", "-", "--", "n/a", "na", "null", "none", "nil", "nan", "#n/a!", "unknown", "k.a.")
"""What stands where nothing is known; of dates and of yes and no only, for somebody may be called Null."""
ESCAPED = "^'+[=+\\-@\t\r＝＋－＠]"
"""What a formula-safe file puts before a text that a spreadsheet would take for a formula."""
FORMULA = "^=[A-Za-z(+\\-\\d$'\"]"
_YES = ("yes", "y", "true", "t", "1", "x", "✓", "✔", "ja", "j", "wahr", "oui", "o", "vrai", "on")
_NO = ("no", "n", "false", "f", "0", "nein", "falsch", "non", "faux", "off")
WORDS: Mapping[str, bool] = {**dict.fromkeys(_YES, True), **dict.fromkeys(_NO, False)}
ADDRESS_OF_MAIL = r"^[^\s@,;<>\"]+@[^\s@,;<>\"]+\.[^\s@,;<>\".]+$"


def cleaned(column: pl.Expr, *, lines: str = " ") -> pl.Expr:
    """Text without what nobody sees; spaces of all kinds are one, none at the ends; empty is NULL.

    ``lines``: what the end of a line inside a cell becomes (", " in an address).
    """
    text = (
        column.str.normalize("NFC")
        .str.replace_all(r"\s*(?:\r\n|\r|\n)\s*", lines)
        .str.replace_all(_INVISIBLE, "")
        .str.replace_all(_SPACES, " ")
        .str.strip_chars(" ")
        .str.replace(r'^="(.*)"$', "${1}")  # how Excel is made to keep leading zeros
    )
    unescaped = pl.when(text.str.contains(ESCAPED)).then(text.str.slice(1)).otherwise(text)
    return pl.when(unescaped.str.len_bytes() > 0).then(unescaped)


def is_error(column: pl.Expr) -> pl.Expr:
    """Whether a cell shows that a formula failed."""
    return column.is_in(ERRORS)


def is_shortened(column: pl.Expr) -> pl.Expr:
    """Whether a number was shortened by a spreadsheet: 1.23457E+11."""
    return column.str.contains(r"^\d(?:[.,]\d+)?[eE]\+?\d+$")


def names(column: pl.Expr) -> pl.Expr:
    """A name with the usual apostrophe and hyphen."""
    return column.str.replace_all("[‘’ʼ`´]", "'").str.replace_all("[‐‑‒–—]", "-")


def yes_or_no(said: str) -> bool | None:
    """What a word says; None for one that we do not know."""
    return WORDS.get(said.strip().casefold())


def is_nothing(said: str) -> bool:
    """Whether a word says that nothing is known."""
    return said.strip().casefold() in NOTHING


def folded(text: str) -> str:
    """A word for comparing: case and spaces do not matter."""
    return re.sub(r"\s+", " ", text).strip().casefold()
