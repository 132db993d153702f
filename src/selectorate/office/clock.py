"""The clock: it opens and closes every stage whose published time has come, as acts with the role "clock".

``tick`` may be called at any time, any number of times, by any number of processes: an act looks under the lock of its
contest whether there is still something to do. Nothing counts that comes between a published close and a late tick:
what takes things in compares with the published time itself.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from django.db import close_old_connections
from django.db.models import F, OuterRef, Subquery, Value
from django.db.models.functions import Concat
from django.utils import timezone

from ..errors import SelectorateError
from ..rules import NominationStage
from .acts import contests, expire_proposals, figures, nominations
from .models import Contest, StageState, TimetableDate

EVERY = 2.0
"""Seconds from one tick to the next."""
AGAIN_AFTER = timedelta(seconds=30)
"""How long a stage that could not be opened or closed is left alone: 600 that wait must not keep the clock busy."""
log = logging.getLogger(__name__)


class Stop(Protocol):
    """What tells the clock to stop: ``threading.Event``."""

    def wait(self, timeout: float) -> bool:
        """Wait until it is set, or ``timeout`` seconds; whether it is set."""
        ...


@dataclass(frozen=True)
class Due:
    """A stage of a contest whose published time to open or to close (``end``) has come."""

    contest: int
    slug: str
    stage: str
    end: str
    at: datetime


@dataclass
class Tick:
    """What a tick did: what it opened and closed, and what it could not, with why."""

    opened: list[Due] = field(default_factory=list)
    closed: list[Due] = field(default_factory=list)
    refused: list[tuple[Due, str]] = field(default_factory=list)


def due(now: datetime) -> list[Due]:
    """Every stage whose published time has come by ``now``: what closes first, then what opens, the oldest first.

    A stage whose close has come before it opened is not opened any more.
    """
    return [*_due(now, StageState.Status.OPEN, "closes"), *_due(now, StageState.Status.WAITING, "opens")]


def _due(now: datetime, status: str, end: str) -> Iterator[Due]:
    def date(which: str) -> Subquery:
        key = Concat(OuterRef("stage"), Value(f"_{which}"))
        return Subquery(TimetableDate.objects.filter(contest=OuterRef("contest"), key=key).values("at")[:1])

    found = (
        StageState.objects.filter(contest__status=Contest.Status.ADOPTED, status=status)
        .annotate(when=date(end), closes=date("closes"))
        .filter(when__lte=now)
        .order_by("when", "pk")
    )
    if end == "opens":
        found = found.exclude(closes__lte=now)
    for contest, slug, stage, when in found.values_list("contest", F("contest__slug"), "stage", "when"):
        yield Due(contest, slug, stage, end, when)


def tick(now: datetime | None = None, *, not_yet: dict[Due, datetime] | None = None) -> Tick:
    """Open and close what has come by ``now``, each in a transaction of its own; what one refuses stops no other.

    ``not_yet``: until when a stage that was refused is left alone; kept by who ticks again and again.
    """
    now = now or timezone.now()
    done, left_alone = Tick(), not_yet if not_yet is not None else {}
    while True:
        # What closes may let the next one open at the same instant.
        waiting = [one for one in due(now) if left_alone.get(one, now) <= now and one not in done.opened + done.closed]
        waiting = [one for one in waiting if one not in [refused for refused, _ in done.refused]]
        if not waiting:
            return done
        for one in waiting:
            _do(one, done, left_alone, now)


def _do(one: Due, done: Tick, left_alone: dict[Due, datetime], now: datetime) -> None:
    contest = Contest(pk=one.contest)  # the act reads it afresh, locked
    try:
        if one.end == "opens":
            contests.open_stage(None, contest, stage=one.stage)
            done.opened.append(one)
        else:
            _close(contest, one.stage)
            done.closed.append(one)
        left_alone.pop(one, None)
    except SelectorateError as fault:
        done.refused.append((one, fault.message))
        left_alone[one] = now + AGAIN_AFTER
    except Exception:
        log.exception("the clock could not do what was due: %s of %s in %s", one.end, one.stage, one.slug)
        done.refused.append((one, "an error, told in the log of the site"))
        left_alone[one] = now + AGAIN_AFTER


def _close(contest: Contest, stage: str) -> None:
    rulebook = Contest.objects.only("rulebook_text", "parameters").get(pk=contest.pk).rulebook
    if isinstance(rulebook.stage_named(stage), NominationStage):
        nominations.close_nominations(None, contest, stage=stage)
    else:
        figures.close_ballot(None, contest, stage=stage)


def run_forever(stop: Stop, *, every: float = EVERY) -> None:
    """Tick until ``stop`` is set. An error of the database is told, and tried again."""
    not_yet: dict[Due, datetime] = {}
    next_tidying = 0.0
    while True:
        try:
            close_old_connections()
            tick(not_yet=not_yet)
            if time.monotonic() >= next_tidying:
                expire_proposals()
                next_tidying = time.monotonic() + 60
        except Exception:
            log.exception("the clock missed a tick")
        not_yet = {one: until for one, until in not_yet.items() if until > timezone.now()}
        if stop.wait(every):
            return


__all__ = ["Due", "Tick", "due", "run_forever", "tick"]
