"""Finding somebody on the roll: by number, mail address or name, through an index, never by going through all of it."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from ..models import RollEntry
from . import bulk
from .files import PAGE
from .store import folded

LAST = "\U0010ffff"
LEAST = 2
"""Letters of a name: one alone is that of a twentieth of everybody."""
MAX_PAGE = 20
"""Pages of what is found: whoever gets more says more exactly whom they look for."""


def begins(column: str, text: str) -> Q:
    """That a column begins so, in the way in which the database's index serves it."""
    if bulk.postgres():
        return Q(**{f"{column}__startswith": text})
    return Q(**{f"{column}__gte": text, f"{column}__lt": text + LAST})


def found(asked: str, page: int = 1) -> tuple[list[RollEntry], bool]:
    """The entries that fit what was asked, a page of them, and whether there are more."""
    page = min(max(page, 1), MAX_PAGE)
    for query in _queries(" ".join(asked.split())[:200]):
        rows = list(query[(page - 1) * PAGE : page * PAGE + 1])
        if rows or page > 1:
            return rows[:PAGE], len(rows) > PAGE and page < MAX_PAGE
    return [], False


def _queries(asked: str) -> list[QuerySet[RollEntry]]:
    """What is tried, one after another, until something is found."""
    entries = RollEntry.objects.all()
    if not asked:
        return []
    if "@" in asked:
        return [entries.filter(begins("mail", asked.lower()[:120])).order_by("mail")]
    tried = [entries.filter(number=asked).order_by("pk"), entries.filter(person=asked).order_by("capacity", "spell")]
    words = folded(asked).split()
    text = " ".join(words)
    if len(text) >= LEAST and not any(word.isdigit() for word in words):
        if len(words) == 1:
            tried += [entries.filter(begins(column, text)).order_by(column) for column in ("by_family", "by_name")]
        else:
            any_way = begins("by_name", text) | begins("by_family", text)
            if len(words[-1]) > LEAST:  # of so many, each has to be looked at for its given name
                any_way |= begins("by_family", words[-1]) & Q(by_name__startswith=words[0])
            tried.append(entries.filter(any_way).order_by("by_family", "pk"))
    return tried
