"""The dates of a contest: those that its rulebook's tests use, and the opening and closing of every stage."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import formats, timezone
from django.utils.translation import gettext as _

from ..rules import NominationStage, Rulebook
from .models import Contest

DECLARED = "declared"
"""The key of the moment at which the result is to be declared."""
YEARS = range(1900, 2201)
"""Years that a timetable can have: others are slips, and the clocks of some of them cannot be worked out."""


class TwiceError(ValueError):
    """A time that the clock shows twice on that day; ``offsets``: the two that tell them apart."""

    def __init__(self, offsets: tuple[str, str]) -> None:
        super().__init__(
            _("the clock shows this time twice on that day: add the offset, %(offset)s")
            % {"offset": _(" or ").join(offsets)}
        )
        self.offsets = offsets


def keys(rulebook: Rulebook) -> dict[str, str]:
    """Every date that a contest under ``rulebook`` gives: its key, and what it is, in words."""
    found = dict(rulebook.timetable)
    for stage in rulebook.stage:
        name = stage_name(stage)
        found[f"{stage.id}_opens"] = _("%(stage)s: opens") % {"stage": name}
        found[f"{stage.id}_closes"] = _("%(stage)s: closes") % {"stage": name}
    found[DECLARED] = _("declaration of the result")
    return found


def stage_name(stage) -> str:
    """What a stage is called."""
    if stage.name:
        return stage.name
    if isinstance(stage, NominationStage) and stage.effect == "none":
        return _("supporting nominations")
    return {"nomination": _("nominations"), "motion": _("the vote"), "ballot": _("the ballot")}[stage.kind]


def stage_keys(rulebook: Rulebook) -> dict[str, str]:
    """The keys that open or close a stage, with its id: they are moments, never whole days."""
    return {f"{stage.id}_{end}": stage.id for stage in rulebook.stage for end in ("opens", "closes")}


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
    """A date or a time of the organisation's clock as a moment of UTC, and whether it is a whole day.

    ``text``: ``2016-07-12`` or ``2016-07-18T17:00``. Raises ValueError for anything else, for a time that the clock
    skips, and (TwiceError) for one that it shows twice (say which with ``+01:00`` at its end).
    """
    try:
        whole = len(text) == 10
        given = datetime.combine(date.fromisoformat(text), time()) if whole else datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(_("a date is 2016-07-12, a time 2016-07-18T17:00")) from None
    if given.year not in YEARS:
        raise ValueError(_("the year is not between %(first)s and %(last)s") % {"first": YEARS[0], "last": YEARS[-1]})
    if given.tzinfo is not None:
        return given.astimezone(UTC), False
    local = given.replace(tzinfo=zone())
    other = local.replace(fold=1)
    if not whole and local.astimezone(UTC).astimezone(zone()).replace(tzinfo=None) != given:
        raise ValueError(_("the clock skips this time on that day"))
    if not whole and other.utcoffset() != local.utcoffset():
        raise TwiceError((local.isoformat()[-6:], other.isoformat()[-6:]))
    # In UTC: Python compares two times of one zone by what the clock shows, which at its change is not what is first.
    return local.astimezone(UTC), whole


def said(when: datetime | None, whole_day: bool = False) -> str:
    """A moment in words, by the organisation's clock: "18 July 2016, 17:00 BST", or the day alone."""
    if when is None:
        return _("not fixed")
    local = timezone.localtime(when, zone())
    if whole_day:
        return formats.date_format(local, "j F Y")
    return f"{formats.date_format(local, 'j F Y, H:i')} {local.tzname()}"


def written(when: datetime, whole_day: bool = False) -> str:
    """A moment as ``moment`` reads it, with the offset where the clock shows it twice."""
    local = timezone.localtime(when, zone())
    if whole_day:
        return local.date().isoformat()
    twice = local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset()
    return local.isoformat(timespec="minutes") if twice else local.strftime("%Y-%m-%dT%H:%M")


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


def order_problems(rulebook: Rulebook, fixed: Mapping[str, datetime]) -> dict[str, str]:
    """What in a timetable cannot be, by the key that comes too early, in words.

    A stage closes after it opens; it opens when the one before it has closed; the declaration is last. Supporting
    nominations, which decide nothing, run beside the others.
    """
    names = keys(rulebook)
    deciding = [stage for stage in rulebook.stage if getattr(stage, "effect", "") != "none" or stage.kind == "motion"]
    ends = [key for stage in deciding for key in (f"{stage.id}_opens", f"{stage.id}_closes") if key in fixed]
    ends += [DECLARED] if DECLARED in fixed else []
    pairs = [*itertools.pairwise(ends)]
    pairs += [(f"{s.id}_opens", f"{s.id}_closes") for s in rulebook.stage if s not in deciding]
    found: dict[str, str] = {}
    for first, second in pairs:
        if first not in fixed or second not in fixed or second in found:
            continue
        given = {"second": names[second], "first": names[first]}
        if fixed[second] < fixed[first]:
            found[second] = _("“%(second)s” would be before “%(first)s”") % given
        elif fixed[second] == fixed[first] and first.removesuffix("_opens") == second.removesuffix("_closes"):
            found[second] = _("“%(second)s” would be at the moment of “%(first)s”") % given
    return found


def out_of_order(contest: Contest) -> str:
    """What in the timetable cannot be, in words; nothing, where it can."""
    found = order_problems(contest.rulebook, {item.key: item.at for item in contest.dates.all()})
    return next(iter(found.values()), "")


@dataclass(frozen=True)
class Change:
    """One published change of a timetable: which date, from what to what (None: not fixed before), why, and when."""

    key: str
    name: str
    before: str | None
    after: str
    reason: str
    at: datetime


def history(contest: Contest) -> list[Change]:
    """The published changes of the timetable since the contest was adopted, the first one first."""
    names = keys(contest.rulebook)
    return [
        Change(
            one.key,
            names.get(one.key, one.key),
            said(one.before, one.before_whole_day) if one.before else None,
            said(one.after, one.after_whole_day),
            one.reason,
            one.at,
        )
        for one in contest.timetable_changes.all()
    ]
