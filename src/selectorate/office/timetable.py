"""The dates of a contest: those that its rulebook's tests use, and the opening and closing of every stage."""

from __future__ import annotations

import itertools
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from ..rules import Rulebook
from .models import Contest

DECLARED = "declared"
"""The key of the moment at which the result is to be declared."""


def keys(rulebook: Rulebook) -> dict[str, str]:
    """Every date that a contest under ``rulebook`` gives: its key, and what it is, in words."""
    found = dict(rulebook.timetable)
    for stage in rulebook.stage:
        name = (
            stage.name
            or {"nomination": _("nominations"), "motion": _("the vote"), "ballot": _("the ballot")}[stage.kind]
        )
        found[f"{stage.id}_opens"] = _("%(stage)s: opens") % {"stage": name}
        found[f"{stage.id}_closes"] = _("%(stage)s: closes") % {"stage": name}
    found[DECLARED] = _("declaration of the result")
    return found


def needed(rulebook: Rulebook) -> list[str]:
    """The dates that have to be fixed at adoption.

    Nobody knows when letters will ask for a motion: its dates, and all that follow it, are fixed when it has come.
    """
    later: set[str] = set()
    for stage in rulebook.stage:
        if later or getattr(stage, "asked_by", None) is not None:
            later |= {f"{stage.id}_opens", f"{stage.id}_closes", DECLARED}
    return [key for key in keys(rulebook) if key not in later]


def zone() -> ZoneInfo:
    """The organisation's time zone."""
    return ZoneInfo(settings.TIME_ZONE)


def moment(text: str) -> tuple[datetime, bool]:
    """A date or a time of the organisation's clock as a moment, and whether it is a whole day.

    ``text``: ``2016-07-12`` or ``2016-07-18T17:00``. Raises ValueError for anything else, for a time that the clock
    skips, and for one that it shows twice (say which with ``+01:00`` at its end).
    """
    if len(text) == 10:
        return datetime.combine(date.fromisoformat(text), time(), zone()), True
    given = datetime.fromisoformat(text)
    if given.tzinfo is not None:
        return given, False
    local = given.replace(tzinfo=zone())
    if local.astimezone(ZoneInfo("UTC")).astimezone(zone()).replace(tzinfo=None) != given:
        raise ValueError(_("the clock skips this time on that day"))
    if local.replace(fold=1).utcoffset() != local.utcoffset():
        raise ValueError(_("the clock shows this time twice on that day: add the offset, +01:00"))
    return local, False


def at(contest: Contest, key: str) -> datetime | None:
    """The moment of a date of a contest; None where it is not fixed."""
    found = contest.dates.filter(key=key).first()
    return found.at if found else None


def plain(contest: Contest) -> dict[str, date | datetime]:
    """The timetable as a contest file has it: days, and times of the organisation's clock."""
    given: dict[str, date | datetime] = {}
    for item in contest.dates.all():
        local = timezone.localtime(item.at, zone())
        given[item.key] = local.date() if item.whole_day else local.replace(tzinfo=None, fold=0)
    return given


def out_of_order(contest: Contest) -> str:
    """What in the timetable cannot be: a stage closes before it opens, or opens before the one before it closes."""
    fixed = {item.key: item.at for item in contest.dates.all()}
    names = keys(contest.rulebook)
    deciding = [stage for stage in contest.rulebook.stage if getattr(stage, "effect", "") != "none"]
    ends = [key for stage in deciding for key in (f"{stage.id}_opens", f"{stage.id}_closes")] + [DECLARED]
    pairs = [*itertools.pairwise(ends)]
    pairs += [(f"{s.id}_opens", f"{s.id}_closes") for s in contest.rulebook.stage if s not in deciding]
    for first, second in pairs:
        if first in fixed and second in fixed and fixed[second] < fixed[first]:
            return _("“%(second)s” would be before “%(first)s”") % {"second": names[second], "first": names[first]}
    return ""
