"""How much of a contest's log of acts is published while nominations run under a hidden board.

Kind and time of an act are public, so a run of acts "nominate" would tell how many there are. Where the board is kept
hidden until nominations close, the log is published up to the first of them, and the rest when they close.
"""

from __future__ import annotations

from django.db.models import QuerySet

from .models import Act, Contest, StageState
from .nominated import hidden_stages


def log_of(contest: Contest) -> str:
    """The name of the log of acts on a contest."""
    return f"contest:{contest.pk}"


def published_acts(contest: Contest) -> QuerySet[Act]:
    """The acts that are published now, in their order."""
    acts = Act.objects.filter(log__name=log_of(contest)).order_by("number")
    running = contest.stages.filter(stage__in=hidden_stages(contest), status=StageState.Status.OPEN)
    opened = min((state.opened for state in running if state.opened), default=None)
    if opened is None:
        return acts
    first = acts.filter(at__gte=opened).exclude(kind="open_stage").values_list("number", flat=True).first()
    return acts.filter(number__lt=first) if first is not None else acts
