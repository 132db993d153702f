"""The way of a contest from its making to its declaration, as steps that an officer sees: what is, and what is next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from ..rules import MotionStage, NominationStage
from . import preflight, timetable
from .models import Contest, StageState

DONE, NOW, OPEN, LATE, WAITING = "done", "now", "open", "late", "waiting"
"""How a step stands: over; to be done now; open; its time has come and something blocks it; later."""


@dataclass(frozen=True)
class Step:
    """One step: its key (``adoption``, a stage, ``declaration``), name, how it stands, and what that means, in words.

    ``blocks``: what is still missing. ``can``: the act that an officer can do now (``open`` or ``close``), if any.
    """

    key: str
    kind: str
    name: str
    state: str
    says: str
    opens: datetime | None = None
    closes: datetime | None = None
    blocks: tuple[preflight.Item, ...] = ()
    can: str = ""


def steps_of(contest: Contest, now: datetime | None = None) -> list[Step]:
    """Every step of a contest, in order. What blocks is worked out for what comes next, not for what is far off."""
    now = now or timezone.now()
    dates = {one.key: one.at for one in contest.dates.all()}
    states = {one.stage: one for one in contest.stages.all()}
    found = [_adoption(contest)]
    ahead = contest.status == Contest.Status.ADOPTED
    for stage in contest.rulebook.stage:
        state = states.get(stage.id) or StageState(contest=contest, stage=stage.id)
        step = _stage(contest, stage, state, dates, now, ahead=ahead)
        found.append(step)
        if state.status == StageState.Status.WAITING and not _beside(stage):
            ahead = False
    found.append(_declaration(contest, dates, found[1:]))
    return found


def _beside(stage: object) -> bool:
    """Whether a stage decides nothing, so that what follows does not wait for it."""
    return isinstance(stage, NominationStage) and stage.effect == "none"


def _adoption(contest: Contest) -> Step:
    name = _("Preparation and adoption")
    if contest.adopted is not None:
        return Step(
            "adoption", "adoption", name, DONE, _("adopted %(when)s") % {"when": timetable.said(contest.adopted)}
        )
    if contest.status == Contest.Status.ABANDONED:
        return Step("adoption", "adoption", name, DONE, _("abandoned before it was adopted"))
    blocks = tuple(preflight.blocking(contest, "adoption"))
    says = _("to be done: %(number)s") % {"number": len(blocks)} if blocks else _("ready to be adopted")
    return Step("adoption", "adoption", name, NOW, says, blocks=blocks, can="" if blocks else "adopt")


def _stage(contest: Contest, stage, state: StageState, dates, now: datetime, *, ahead: bool) -> Step:
    opens, closes = dates.get(f"{stage.id}_opens"), dates.get(f"{stage.id}_closes")
    name = _capital(timetable.stage_name(stage))

    def step(status: str, says: str, **more) -> Step:
        return Step(stage.id, stage.kind, name, status, says, opens, closes, **more)

    if state.status == StageState.Status.CLOSED:
        return step(DONE, _("closed %(when)s") % {"when": timetable.said(state.closed)})
    if contest.status not in (Contest.Status.DRAFT, Contest.Status.ADOPTED):
        return step(WAITING, _("not held"))
    if state.status == StageState.Status.OPEN:
        if closes is not None and closes <= now:
            return step(LATE, _("its time is over: nothing counts that comes now; it is to be closed"), can="close")
        return step(OPEN, _("open until %(when)s") % {"when": timetable.said(closes)} if closes else _("open"))
    blocks = tuple(preflight.blocking(contest, stage.id)) if ahead else ()
    if not ahead or opens is None or opens > now:
        return step(WAITING, waits(stage, opens, now), blocks=blocks)
    if closes is not None and closes <= now:
        return step(LATE, _("it was to close %(when)s and has not been opened") % {"when": timetable.said(closes)})
    if blocks:
        return step(LATE, _("it was to open %(when)s") % {"when": timetable.said(opens)}, blocks=blocks)
    return step(NOW, _("its time has come: it can be opened"), can="open")


def waits(stage: object, opens: datetime | None, now: datetime) -> str:
    """What a stage that is not open waits for."""
    if opens is not None and opens <= now:
        return _("it was to open %(when)s") % {"when": timetable.said(opens)}
    if opens is not None:
        return _("opens %(when)s") % {"when": timetable.said(opens)}
    if isinstance(stage, MotionStage) and stage.asked_by is not None:
        return _("opens once it has been asked for, and its dates are fixed")
    return _("its dates are not fixed")


def _declaration(contest: Contest, dates: dict[str, datetime], stages: list[Step]) -> Step:
    name, due = _("Declaration"), dates.get(timetable.DECLARED)
    if contest.declared is not None:
        return Step(
            "declaration",
            "declaration",
            name,
            DONE,
            _("declared %(when)s") % {"when": timetable.said(contest.declared)},
        )
    says = _("due %(when)s") % {"when": timetable.said(due)} if due else _("its date is not fixed")
    if contest.status != Contest.Status.ADOPTED:
        return Step("declaration", "declaration", name, WAITING, says if contest.status == "draft" else _("not held"))
    over = all(step.state == DONE for step in stages)
    return Step("declaration", "declaration", name, NOW if over else WAITING, says, opens=due)


def next_step(contest: Contest, now: datetime) -> str:
    """What comes next in a contest, in a line, from its stages and dates alone (fetched before for many)."""
    if contest.status == Contest.Status.DRAFT:
        return _("in preparation: to be adopted")
    if contest.status != Contest.Status.ADOPTED:
        return str(contest.get_status_display())
    dates = {one.key: one.at for one in contest.dates.all()}
    states = {one.stage: one.status for one in contest.stages.all()}
    for stage in contest.rulebook.stage:
        status, name = states.get(stage.id, "waiting"), _capital(timetable.stage_name(stage))
        opens, closes = dates.get(f"{stage.id}_opens"), dates.get(f"{stage.id}_closes")
        if status == StageState.Status.OPEN:
            late = closes is not None and closes <= now
            says = _("to be closed") if late else _("open until %(when)s") % {"when": timetable.said(closes)}
            return f"{name}: {says}"
        if status == StageState.Status.WAITING and not _beside(stage):
            if closes is not None and closes <= now:
                return f"{name}: {_('not opened in time: change the timetable')}"
            late = opens is not None and opens <= now
            return f"{name}: {_('to be opened') if late else waits(stage, opens, now)}"
    due = dates.get(timetable.DECLARED)
    return _("declaration: due %(when)s") % {"when": timetable.said(due)} if due else _("declaration")


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
