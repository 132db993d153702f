"""JSON in the one form that the protocol allows: compact, fields in order, every byte as it would be written again.

Hashes are taken of the text, so two texts for one value would be two ballots for one vote. What is read here is
therefore written again and compared; what differs is refused.

Source: Belenios specification 3.1, section 4.1.
"""

from __future__ import annotations

import json
from typing import Any, NoReturn

from ..errors import ProtocolError

__all__ = ["MAX_TEXT", "dumps", "loads"]

MAX_TEXT = 64 * 1024 * 1024
"""Bytes of one JSON text that is read whole: more than the list of credentials of 500,000 voters needs."""
MOST_VALUES = 4_000_000
"""Lists and strings of one JSON text: twice what the longest list of credentials has. An object counts as four, since
it takes the memory of four; without this bound a text would take thirty times its length."""
MAX_NUMBER = 20
"""Digits of a JSON number: all that the protocol writes as numbers are small; large ones are strings."""


def dumps(value: Any) -> str:
    """``value`` as canonical JSON text: compact, in the order of its fields, letters as they are.

    DEL is written as an escape, as the reference tool writes it.
    """
    text = json.dumps(value, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return text.replace("\x7f", "\\u007f")


def loads(text: bytes, *, what: str, check: str = "json.canonical") -> Any:
    """The value of the canonical JSON ``text``.

    ``what``: what the text is, for the message. Raises ProtocolError (``check``) if it is not JSON or is JSON in
    any form but the canonical one: spaces, other escapes, fields twice, numbers with leading zeros or exponents.
    """
    if len(text) > MAX_TEXT:
        raise ProtocolError(f"{what} is longer than {MAX_TEXT:,} bytes", check=check)
    if text.count(b"[") + text.count(b'"') // 2 + 4 * text.count(b"{") > MOST_VALUES:
        raise ProtocolError(f"{what} has more than {MOST_VALUES:,} lists and strings", check=check)
    try:
        decoded = text.decode("utf-8")
        value = json.loads(decoded, parse_constant=_refuse, parse_int=_small, parse_float=_refuse)
        again = dumps(value)
    except (ValueError, RecursionError):
        raise ProtocolError(f"{what} is not JSON as the protocol writes it", check=check) from None
    if again != decoded:
        raise ProtocolError(f"{what} is not in canonical form: written again it has other bytes", check=check)
    return value


def _refuse(_: str) -> NoReturn:
    raise ValueError("a number that the protocol does not know")


def _small(digits: str) -> int:
    if len(digits) > MAX_NUMBER:
        raise ValueError("a number that is too large")
    return int(digits)
