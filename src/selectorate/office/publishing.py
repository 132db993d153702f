"""What is published of a contest's log of acts.

Kind and time of an act are public, so a run of acts "nominate" would tell how many there are. Where the board is kept
hidden until nominations close, the log is published up to the first of them, and the rest when they close.
"""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from ..contest.published_log import FIELDS, GENESIS
from .acts.core import log_of
from .models import Act, Contest, Log, StageState
from .nominated import hidden_stages


def _running_unseen(contest: Contest) -> list[StageState]:
    """The stages of nominations that run, and are shown when they have closed."""
    if contest.status != Contest.Status.ADOPTED:
        return []
    return list(contest.stages.filter(stage__in=hidden_stages(contest), status=StageState.Status.OPEN))


def published_acts(contest: Contest) -> QuerySet[Act]:
    """The acts that are published now, in their order."""
    acts = Act.objects.filter(log__name=log_of(contest)).order_by("number")
    opened = min((state.opened for state in _running_unseen(contest) if state.opened), default=None)
    if opened is None:
        return acts
    first = acts.filter(at__gte=opened).exclude(kind="open_stage").values_list("number", flat=True).first()
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
        "withheld": bool(_running_unseen(contest)),
        "entries": found,
    }


__all__ = ["FIELDS", "published_acts", "published_log"]
