"""What has to be there before a contest goes a step further: a list that a person can work through.

``CHECKS`` has every check; one that is not fulfilled and ``blocks`` a step is shown with what to do.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import gettext as _

from ..rules import BallotStage, MotionStage, NominationStage
from . import paper, timetable
from .models import Candidate, ClosedRoll, Contest, DuplicatePair, RollAppeal, StageState
from .slugs import same_name


@dataclass(frozen=True)
class Item:
    """One line of the list: what must be, whether it is, what is wrong, and what to do.

    ``blocks``: False for what is only to be looked at.
    """

    name: str
    done: bool
    says: str
    todo: str = ""
    blocks: bool = True


Check = Callable[[Contest, str], "Item | None"]
"""From a contest and a step (``adoption``, or a stage to be opened) to a line, or None where it has no say."""


def checklist(contest: Contest, step: str) -> list[Item]:
    """Every line that concerns ``step``."""
    return [item for check in CHECKS if (item := check(contest, step)) is not None]


def blocking(contest: Contest, step: str) -> list[Item]:
    """The lines that block ``step``."""
    return [item for item in checklist(contest, step) if not item.done and item.blocks]


def _ballot(contest: Contest, step: str) -> BallotStage | None:
    stage = contest.rulebook.stage_named(step)
    return stage if isinstance(stage, BallotStage) else None


def _bodies(contest: Contest, step: str) -> Item | None:
    if step != "adoption":
        return None
    used = {
        body
        for stage in contest.rulebook.stage
        for body in (getattr(stage, "by", None), *(gate.by for gate in getattr(stage, "any", ())))
        if body
    }
    missing = sorted(used - set(contest.bodies.values_list("key", flat=True)))
    names = ", ".join(contest.rulebook.bodies[key].name for key in missing)
    return Item(
        _("bodies are named"),
        not missing,
        _("it is not said who these are: %(names)s") % {"names": names} if missing else _("every body is named"),
        _("Name the body of the organisation, and the day on which its size counts."),
    )


def _parameters(contest: Contest, step: str) -> Item | None:
    if step != "adoption":
        return None
    missing = [
        name
        for name, parameter in contest.rulebook.parameters.items()
        if parameter.default is None and name not in contest.parameters
    ]
    return Item(
        _("what the rules leave open is fixed"),
        not missing,
        _("not fixed: %(names)s") % {"names": ", ".join(missing)} if missing else _("nothing is open"),
        _("Fix it, as the rules ask."),
    )


def _dates(contest: Contest, step: str) -> Item | None:
    if step != "adoption":
        return None
    names = timetable.keys(contest.rulebook)
    fixed = set(contest.dates.values_list("key", flat=True))
    missing = [name for key, name in names.items() if key not in fixed]
    return Item(
        _("the timetable is complete"),
        not missing,
        _("not fixed: %(names)s") % {"names": "; ".join(missing)} if missing else _("every date is fixed"),
        _("Fix every date of the timetable."),
    )


def _earlier(contest: Contest, step: str) -> Item | None:
    stage = contest.rulebook.stage_named(step)
    if stage is None:
        return None
    earlier = []
    for one in contest.rulebook.stage:
        if one.id == step:
            break
        if not (isinstance(one, NominationStage) and one.effect == "none"):
            earlier.append(one.id)
    closed = set(contest.stages.filter(status=StageState.Status.CLOSED).values_list("stage", flat=True))
    waiting = [one for one in earlier if one not in closed]
    return Item(
        _("the stages before it are closed"),
        not waiting,
        _("not closed: %(names)s") % {"names": ", ".join(waiting)} if waiting else _("all before it are closed"),
        _("Close them first."),
    )


def _field(contest: Contest, step: str) -> Item | None:
    if _ballot(contest, step) is None:
        return None
    number = contest.candidates.filter(status=Candidate.Status.STANDING).count()
    return Item(
        _("there are candidates"),
        number > 0,
        _("%(number)s stand") % {"number": number} if number else _("nobody stands"),
        _("Close nominations; if nobody was nominated, the contest falls."),
    )


def _signed_off(contest: Contest, step: str) -> Item | None:
    if _ballot(contest, step) is None:
        return None
    open_ = [
        one.name
        for one in contest.candidates.filter(status=Candidate.Status.STANDING)
        if not one.signed_off or one.signed_hash != paper.entry_hash(one)
    ]
    return Item(
        _("each candidate has signed off their own entry"),
        not open_,
        _("not signed off: %(names)s") % {"names": ", ".join(open_)} if open_ else _("all have signed off"),
        _("Candidates, or their agents, look at their entry and sign it off; after a change again."),
    )


def _statements(contest: Contest, step: str) -> Item | None:
    if _ballot(contest, step) is None:
        return None
    without = [
        one.name for one in contest.candidates.filter(status=Candidate.Status.STANDING) if not one.statement.strip()
    ]
    return Item(
        _("each candidate's statement is there"),
        not without,
        _("no statement: %(names)s") % {"names": ", ".join(without)} if without else _("all are there"),
        _("Enter the statement, or that the candidate makes none."),
    )


def _names(contest: Contest, step: str) -> Item | None:
    if _ballot(contest, step) is None:
        return None
    seen: dict[str, int] = {}
    for one in contest.candidates.filter(status=Candidate.Status.STANDING):
        seen[same_name(one.name)] = seen.get(same_name(one.name), 0) + 1
    twice = [name for name, number in seen.items() if number > 1]
    return Item(
        _("names are distinct"),
        not twice,
        _("a voter could not tell apart: %(names)s") % {"names": ", ".join(twice)} if twice else _("they are"),
        _("Add what tells them apart to the names on the paper."),
    )


def _disputes(contest: Contest, step: str) -> Item | None:
    if contest.rulebook.stage_named(step) is None:
        return None
    if not isinstance(contest.rulebook.stage_named(step), BallotStage | MotionStage):
        return None
    number = contest.disputes.filter(settled=None).count()
    return Item(
        _("nothing is disputed"),
        number == 0,
        _("open disputes: %(number)s") % {"number": number} if number else _("no dispute is open"),
        _("Settle them, by two officials."),
    )


def _previewed(contest: Contest, step: str) -> Item | None:
    if _ballot(contest, step) is None:
        return None
    looked = contest.previews.filter(paper_hash=paper.paper_hash(contest, step)).values("by").distinct().count()
    return Item(
        _("two people have looked at the paper"),
        looked >= 2,
        _("%(number)s of 2 have looked at it as it is now") % {"number": looked},
        _("Two officials open the preview and confirm that it is right."),
    )


def _with_segments(contest: Contest, step: str) -> bool:
    stage = _ballot(contest, step)
    return stage is not None and bool(stage.segments)


def _roll(contest: Contest, step: str) -> Item | None:
    if not _with_segments(contest, step):
        return None
    closed = ClosedRoll.of(contest)
    says = _("it is not closed")
    if closed is not None:
        says = _("closed on %(day)s, %(number)s entitled") % {
            "day": timezone.localtime(closed.closed, timetable.zone()).date(),
            "number": closed.standing.get(step, {}).get("entitled", 0),
        }
    return Item(
        _("the roll is closed"),
        closed is not None,
        says,
        _("The registrar prepares and closes it, after its last date."),
    )


def _appeals(contest: Contest, step: str) -> Item | None:
    if not _with_segments(contest, step):
        return None
    number = contest.appeals.filter(status=RollAppeal.Status.OPEN).count()
    return Item(
        _("appeals about the roll are ruled on"),
        number == 0,
        _("open: %(number)s") % {"number": number} if number else _("none is open"),
        _("The registrar rules on them, with a reason."),
        blocks=False,
    )


def _duplicates(contest: Contest, step: str) -> Item | None:
    if not _with_segments(contest, step):
        return None
    number = DuplicatePair.objects.filter(status__in=[DuplicatePair.Status.OPEN, DuplicatePair.Status.LATER]).count()
    return Item(
        _("probable duplicates are looked at"),
        number == 0,
        _("not decided: %(number)s pairs") % {"number": number} if number else _("none is open"),
        _("The registrar decides of each whether it is one person."),
        blocks=False,
    )


CHECKS: list[Check] = [
    _bodies,
    _parameters,
    _dates,
    _earlier,
    _field,
    _signed_off,
    _statements,
    _names,
    _disputes,
    _roll,
    _appeals,
    _duplicates,
    _previewed,
]
"""Every check, in the order in which a person works through them."""
