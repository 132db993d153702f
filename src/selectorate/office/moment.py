"""What time it is for an act. A demonstration plays what was; everywhere else it is now."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime

from django.utils import timezone

_played: ContextVar[datetime | None] = ContextVar("played", default=None)


def now() -> datetime:
    """This moment, in UTC."""
    return _played.get() or timezone.now()


def played() -> bool:
    """Whether a demonstration plays what was."""
    return _played.get() is not None


@contextmanager
def played_at(moment: datetime) -> Iterator[None]:
    """Let acts be done as if it were ``moment``; for the demonstration alone."""
    token = _played.set(moment)
    try:
        yield
    finally:
        _played.reset(token)
