"""What is said of a contest in public: where it stands in a sentence, and its dates.

Nothing here is for the eyes of officials alone; pages and the API tell the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Prefetch, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from . import timetable
from .boxes import lost
from .models import Contest, StageState, TimetableDate
from .templatetags.telling import clock_text, day_text

OPEN, DONE, BAD, PLAIN = "open", "done", "bad", ""
"""How the state of a contest is marked, beside the words."""


@dataclass(frozen=True)
class State:
    """Where a contest stands: ``word`` for a list, ``says`` in a sentence, and its mark."""

    word: str
    says: str
    mark: str


@dataclass(frozen=True)
class Date:
    """A date of the timetable. ``past``: whether it has been."""

    key: str
    name: str
    at: datetime
    whole_day: bool
    past: bool

    @property
    def clock(self) -> str:
        """The time of day, in words; nothing for a whole day."""
        return "" if self.whole_day else clock_text(self.at)

    @property
    def text(self) -> str:
        """In words."""
        return day_text(self.at) if self.whole_day else f"{day_text(self.at)}, {clock_text(self.at)}"


def public_contests() -> QuerySet[Contest]:
    """Every contest of which the public may know, with what a list says of it."""
    return (
        Contest.objects.exclude(status=Contest.Status.DRAFT)
        .filter(adopted__isnull=False)
        .select_related("office__unit", "unit", "declaration")
        .prefetch_related(Prefetch("dates", TimetableDate.objects.order_by("at", "key")), "stages", "online__keys_lost")
        .order_by("-created", "-pk")
    )


def dates_of(contest: Contest) -> list[Date]:
    """The timetable in the order of time."""
    names, now = timetable.keys(contest.rulebook), timezone.now()
    return [
        Date(item.key, names.get(item.key, item.key), item.at, item.whole_day, item.at <= now)
        for item in contest.dates.all()
    ]


def next_date(contest: Contest) -> Date | None:
    """The next date of a contest that is under way."""
    if contest.status != Contest.Status.ADOPTED:
        return None
    return next((item for item in dates_of(contest) if not item.past), None)


def state_of(contest: Contest) -> State:
    """Where the contest stands."""
    if contest.status == Contest.Status.ABANDONED:
        return State(_("abandoned"), _("This contest was abandoned."), BAD)
    if contest.status in (Contest.Status.DECLARED, Contest.Status.CLOSED):
        return State(_("declared"), _declared(contest), DONE)
    if lost.stated(contest) is not None:
        return State(
            _("boxes cannot be opened"), _("The boxes cannot be opened: there will be no result of them."), BAD
        )
    states = {state.stage: state for state in contest.stages.all()}
    dates = {item.key: item for item in dates_of(contest)}
    running = [stage for stage in contest.rulebook.stage if _is(states, stage.id, StageState.Status.OPEN)]
    deciding = [stage for stage in running if getattr(stage, "effect", "") != "none"] or running
    if deciding:
        return _open(deciding[0], dates)
    waiting = [
        stage
        for stage in contest.rulebook.stage
        if not _is(states, stage.id, StageState.Status.CLOSED) and getattr(stage, "effect", "") != "none"
    ]
    if waiting:
        return _waiting(waiting[0], dates, states.get(waiting[0].id))
    declared = dates.get(timetable.DECLARED)
    if declared is None:
        return State(_("counted"), _("Voting has ended. The result has not been declared yet."), PLAIN)
    if declared.past:
        says = _("Voting has ended. The result was to be declared on %(when)s, and is awaited.")
    else:
        says = _("Voting has ended. The result is to be declared on %(when)s.")
    return State(_("voting ended"), says % {"when": declared.text}, PLAIN)


def _is(states: Mapping[str, StageState], stage: str, status: str) -> bool:
    return stage in states and states[stage].status == status


def stage_name(stage) -> str:
    """The name of a stage as a sentence begins with it."""
    fallback = {"nomination": _("Nominations"), "motion": _("The vote on the motion"), "ballot": _("The ballot")}
    return stage.name or fallback[stage.kind]


def _open(stage, dates: Mapping[str, Date]) -> State:
    closes = dates.get(f"{stage.id}_closes")
    words = {"nomination": _("nominations open"), "motion": _("vote open"), "ballot": _("ballot open")}
    plural = stage.kind == "nomination" and not stage.name
    says = _("%(stage)s are open.") if plural else _("%(stage)s: open.") if stage.name else _("%(stage)s is open.")
    if closes is not None:
        says = (
            _("%(stage)s are open until %(when)s.")
            if plural
            else _("%(stage)s: open until %(when)s.")
            if stage.name
            else _("%(stage)s is open until %(when)s.")
        )
    return State(words[stage.kind], says % {"stage": stage_name(stage), "when": closes.text if closes else ""}, OPEN)


def _waiting(stage, dates: Mapping[str, Date], state: StageState | None) -> State:
    opens = dates.get(f"{stage.id}_opens")
    reached = _(" The number of letters that asks for it has been reached.") if state and state.reached else ""
    if opens is None:
        says = _("Next: %(stage)s, not open yet.") % {"stage": stage_name(stage)}
    elif opens.past:
        says = _("%(stage)s: was to open on %(when)s, and is not open yet.")
        says = says % {"stage": stage_name(stage), "when": opens.text}
    elif stage.kind == "nomination" and not stage.name:
        says = _("Nominations open on %(when)s.") % {"when": opens.text}
    else:
        says = _("%(stage)s opens on %(when)s.") % {"stage": stage_name(stage), "when": opens.text}
    return State(_("under way"), says + reached, PLAIN)


def _declared(contest: Contest) -> str:
    moment = contest.declared
    declaration = getattr(contest, "declaration", None)
    names = (declaration.data.get("elected_names") or []) if declaration is not None else []
    when = day_text(moment) if moment else ""
    if names:
        shown = ", ".join(names) if len(names) <= 3 else _("%(number)s candidates") % {"number": len(names)}
        return _("Elected: %(names)s. Declared on %(when)s.") % {"names": shown, "when": when}
    outcome = _motion_result(declaration.data) if declaration is not None else ""
    said = outcome or (declaration.data.get("outcome") if declaration is not None else "") or _("No one was elected.")
    return f"{said.rstrip('.')}. " + _("Declared on %(when)s.") % {"when": when}


def _motion_result(data: dict) -> str:
    motions = [ballot["motion"] for ballot in data.get("ballots", ()) if ballot.get("motion")]
    return str(motions[-1].get("result") or "") if motions else ""
