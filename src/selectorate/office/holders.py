"""What votes of confidence mean for a holder: whether they lost the last one, and until when they are safe."""

from __future__ import annotations

import calendar
from datetime import date

from django.utils import timezone

from ..rules import MotionStage
from .models import Contest
from .moment import now


def safe_until(contest: Contest) -> date | None:
    """The day until which the holder is safe from another vote, because they won the last; None where they are not."""
    if contest.holder_id is None:
        return None
    latest = None
    declared = Contest.objects.filter(holder=contest.holder_id, declared__isnull=False, office=contest.office_id)
    for earlier in declared.exclude(pk=contest.pk).select_related("declaration"):
        stage = next((one for one in earlier.rulebook.stage if isinstance(one, MotionStage)), None)
        if stage is None or stage.safe_months is None or holder_lost(earlier):
            continue
        until = _months_after(timezone.localdate(earlier.declared), stage.safe_months)
        latest = until if latest is None or until > latest else latest
    return latest if latest is not None and timezone.localdate(now()) < latest else None


def _months_after(day: date, months: int) -> date:
    year, month = divmod(day.month - 1 + months, 12)
    last = calendar.monthrange(day.year + year, month + 1)[1]
    return date(day.year + year, month + 1, min(day.day, last))


def holder_lost(contest: Contest) -> bool:
    """Whether a motion about the holder, as declared, went against them."""
    declaration = getattr(contest, "declaration", None)
    for ballot in declaration.data.get("ballots", ()) if declaration else ():
        stage = contest.rulebook.stage_named(ballot["stage"])
        if isinstance(stage, MotionStage) and stage.motion != "resolution":
            return bool(ballot["outcome"] == ("lost" if stage.motion == "confidence" else "carried"))
    return False
