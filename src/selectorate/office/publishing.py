"""What is published of a contest's log of acts.

Kind and time of an act are public, so a run of acts "nominate" would tell how many there are. Where the board is kept
hidden until nominations close, the log is published up to the first of them, and the rest when they close. Who is
proposed is as little told before, nor how many are: the log stops at the first.
"""

from __future__ import annotations

import functools
import operator
from typing import Any

from django.db.models import Min, Q, QuerySet

from ..contest.published_log import FIELDS, GENESIS
from .acts.core import log_of
from .models import Act, Contest, Log, StageState
from .nominated import deciding, hidden_stages


def _telling(contest: Contest) -> Q | None:
    """Which acts would tell of nominations that are kept hidden; None where nothing is, or everything has closed."""
    hidden = hidden_stages(contest) if contest.status == Contest.Status.ADOPTED else set()
    opened = contest.stages.filter(stage__in=hidden, status=StageState.Status.OPEN).aggregate(first=Min("opened"))
    found = [Q(kind="propose_candidate")] if deciding(contest) & hidden else []
    if opened["first"] is not None:
        found.append(Q(at__gte=opened["first"]) & ~Q(kind="open_stage"))
    return functools.reduce(operator.or_, found) if found else None


def published_acts(contest: Contest) -> QuerySet[Act]:
    """The acts that are published now, in their order."""
    acts = Act.objects.filter(log__name=log_of(contest)).order_by("number")
    telling = _telling(contest)
    first = acts.filter(telling).values_list("number", flat=True).first() if telling is not None else None
    return acts.filter(number__lt=first) if first is not None else acts


def published_log(contest: Contest) -> dict[str, Any]:
    """The log as everybody may see it: ``log``, ``head`` and ``entries``, as ``verify_published`` reads them.

    ``withheld``: whether there may be more, which are published when nominations have closed.
    """
    log = Log.objects.filter(name=log_of(contest)).first()
    found: list[dict[str, Any]] = []
    if log is not None:
        for entry in published_acts(contest).defer("details", "salt").iterator():
            entry.log = log
            found.append(entry.published())
    return {
        "contest": contest.slug,
        "log": log_of(contest),
        "head": found[-1]["hash"] if found else GENESIS,
        "withheld": _telling(contest) is not None,
        "entries": found,
    }


__all__ = ["FIELDS", "published_acts", "published_log"]
