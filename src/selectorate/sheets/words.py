"""Words on sheets: names made safe to show, lists and sentences put together."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

_UNSHOWN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff\ud800-\udfff]"
)
_SPACES = re.compile(r"[\t\n\r\u2028\u2029 ]+")


def clean(text: str) -> str:
    """``text`` as one line without what could steer a terminal, turn the direction of a line, or break XML.

    Control characters, marks of direction and halves of pairs become ``\N{REPLACEMENT CHARACTER}``; runs of white
    space become one blank.
    """
    return _UNSHOWN.sub("\N{REPLACEMENT CHARACTER}", _SPACES.sub(" ", unicodedata.normalize("NFC", text)))


def sentence(text: str) -> str:
    """``text`` with a capital at its front, and a full stop at its end if it has no stop."""
    text = capital(text.strip())
    return text if not text or text.endswith((".", "!", "?", "…", ":")) else f"{text}."


def capital(text: str) -> str:
    """``text`` with a capital at its front; the rest as it is."""
    return text[:1].upper() + text[1:]


def listed(items: Sequence[str], last: str = "and") -> str:
    """``items`` as they stand in a sentence: ``a, b and c``; with semicolons where an item is itself a pair."""
    if len(items) < 2:
        return "".join(items)
    if any(f" {last} " in item for item in items):
        return "; ".join(items)
    return f"{', '.join(items[:-1])} {last} {items[-1]}"


def slug(text: str) -> str:
    """``text`` as an id of HTML or SVG: small letters, digits and hyphens, never empty."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-") or "x"
