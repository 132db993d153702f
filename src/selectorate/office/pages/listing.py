"""Long lists: fifty on a page, with what they are narrowed down by kept in the address."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Page, Paginator
from django.http import HttpRequest

PER_PAGE = 50


def paged(request: HttpRequest, items: Any, *, per: int = PER_PAGE) -> Page[Any]:
    """The page of ``items`` that the address asks for; the nearest where there is none."""
    return Paginator(items, per).get_page(request.GET.get("page"))


def whole_number(text: str) -> int | None:
    """The whole number that a text is; None for anything else ("²" is a digit, and no number)."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else None


def kept(filters: Mapping[str, str]) -> str:
    """What a list is narrowed down by, as the beginning of the query of its pager."""
    given = {key: value for key, value in filters.items() if value}
    return f"{urlencode(given)}&" if given else ""


def day_asked(request: HttpRequest, name: str, otherwise: date) -> tuple[date, bool]:
    """The day under ``name`` in the address, and whether what stands there can be read."""
    text = request.GET.get(name, "")
    if not text:
        return otherwise, True
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return otherwise, False
    return (found, True) if 1800 <= found.year <= 2200 else (otherwise, False)
