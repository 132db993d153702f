"""What the tables of our files are made of: kinds of values, and how a fault in one is told."""

from __future__ import annotations

import datetime as dt
import difflib
import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError

MAX_COUNT = 10**12
"""More votes than people who have ever lived: a larger whole number is a slip of the keyboard."""
MAX_SHOWN = 60
"""As much of a value as a message repeats, in characters."""


class FileModel(BaseModel):
    """A table of a file: no unknown keys, nothing changes once it is read."""

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)


def wrong(message: str, hint: str = "", key: tuple[str | int, ...] = ()) -> PydanticCustomError:
    """The error for a validator to raise: ``message`` what is wrong, ``hint`` what would be right, ``key`` the way to
    it in the table that is being checked."""
    return PydanticCustomError("selectorate", "{message}", {"message": message, "hint": hint, "key": key})


def shown(value: object) -> str:
    """``value`` as a message names it: as it was written, on one line, and not at length."""
    if isinstance(value, dict):
        return "a table"
    if isinstance(value, list | tuple):
        return "a list"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int) and abs(value) >= 10**MAX_SHOWN:
        return "the number"  # Python refuses to write out one of thousands of digits
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    text = "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in str(value))
    text = text if len(text) <= MAX_SHOWN else text[: MAX_SHOWN - 3] + "..."
    return f'"{text}"' if isinstance(value, str) else text


def nearest(word: str, known: Sequence[str], otherwise: str = "") -> str | None:
    """A hint: the word of ``known`` nearest to ``word``, or after ``otherwise`` all of them."""
    near = difflib.get_close_matches(word[:MAX_SHOWN], known, n=1, cutoff=0.6)
    if near and _alike(word, near[0]):
        return f'Did you mean "{near[0]}"?'
    return f"{otherwise}: {', '.join(known)}." if known and otherwise else None


def _alike(word: str, known: str) -> bool:
    """Whether ``word``, not far from ``known``, is a slip rather than another word ("more than", "lower than")."""
    parts, others = (set(re.split("[ _-]", text)) for text in (word, known))
    close = difflib.SequenceMatcher(None, known, word).ratio() >= 0.76
    return close or word[:1] == known[:1] or parts < others or parts > others


def _no_float(value: object) -> object:
    if isinstance(value, Decimal) and (not value.is_finite() or "E" in str(value)):
        raise wrong("must be a plain number with its decimals", "Write it as it was published: 61.8")
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise wrong("must be a number", "Write it as it was published, without quotes or separators: 61.8")
    return Decimal(value)


Id = Annotated[str, Field(pattern=r"^[a-z0-9]+([_-][a-z0-9]+)*$", max_length=80)]
"""A name used inside files: small letters, digits, ``-`` and ``_``."""
Text = Annotated[str, Field(min_length=1, max_length=4000, pattern=r"\S")]
"""Something to read: not empty, and not only spaces."""
Count = Annotated[int, Field(strict=True, ge=0, le=MAX_COUNT)]
"""A number of votes, persons or places."""
Flag = Annotated[bool, Field(strict=True)]
"""``true`` or ``false``, and not 1 or "yes"."""
Day = Annotated[dt.date, Field(strict=True)]
"""A date, and not a text that looks like one."""
Moment = Annotated[dt.datetime, Field(strict=True)]
"""A date and time, and not a text that looks like one."""
Published = Annotated[Decimal, BeforeValidator(_no_float, json_schema_input_type=float), Field(ge=-(10**12), le=10**12)]
"""A figure as it was printed: the decimals that are written are the decimals that were printed."""
