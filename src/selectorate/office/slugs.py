"""Addresses made from names."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable

from django.utils.text import slugify


def slug_for(name: str, taken: Callable[[str], bool], *, longest: int = 70) -> str:
    """An address part for ``name`` that is not ``taken``: "Anna Müller" gives "anna-muller", then "anna-muller-2"."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    wanted = slugify(plain)[:longest].strip("-") or "item"
    free, number = wanted, 2
    while taken(free):
        free, number = f"{wanted}-{number}", number + 1
    return free


def same_name(name: str) -> str:
    """``name`` as it is compared: form, case and spaces do not tell names apart on a paper."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


def plain(text: str, *, longest: int = 200) -> str:
    """``text`` on one line, without control characters and superfluous spaces, cut at ``longest``."""
    kept = "".join(" " if unicodedata.category(c) in ("Cc", "Zl", "Zp") else c for c in text)
    kept = "".join(c for c in kept if unicodedata.category(c) not in ("Cf", "Cs", "Co", "Cn"))
    return " ".join(unicodedata.normalize("NFC", kept).split())[:longest]
