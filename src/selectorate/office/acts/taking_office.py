"""From a declaration to tenures: who was elected takes office, and whoever they follow leaves it.

It is an act of its own, and no part of the declaration: an office is often taken up on another day than that on which
the result is declared, and until it is done the page of the office tells who holds it, not who will.
"""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext as _

from ...errors import RefusedError
from ...rules import MotionStage
from ..holders import holder_lost
from ..models import Candidate, Contest, Office, Person, Role, Tenure
from .core import Entry, act

OFFICER = Role.RETURNING_OFFICER
Began, Ended = Tenure.Began, Tenure.Ended


@act(OFFICER)
def take_office(entry: Entry, contest: Contest, *, on: str) -> list[Tenure]:
    """Enter that those elected hold the office from the day ``on``, and end the tenures of those they follow.

    Where all places of the office were filled, everybody else leaves it; where fewer were (a by-election), nobody
    does. After a vote that left the office vacant, its holder leaves it and nobody enters.
    """
    if contest.status not in (Contest.Status.DECLARED, Contest.Status.CLOSED) or contest.office is None:
        raise RefusedError(_("no result is declared, or the contest fills no office"))
    if contest.tenures.exists():
        raise RefusedError(_("this was entered already"))
    try:
        day = date.fromisoformat(on)
    except ValueError:
        raise RefusedError(_("write the day as 2016-09-24"), field="on") from None
    if isinstance(contest.rulebook.stage[-1], MotionStage):
        return [_removed(entry, contest, contest.office, day)]
    elected = {one.key: one for one in contest.candidates.filter(key__in=contest.declaration.data["elected"])}
    if not elected:
        raise RefusedError(_("nobody was elected"))
    running = list(contest.office.tenures.filter(ended=None).select_related("person"))
    for tenure in _leaving(contest.office, running, {one.person_id for one in elected.values()}):
        _end(tenure, day, Ended.REPLACED if _stood(contest, tenure.person) else Ended.TERM)
    entry.details["elected"] = list(elected)
    # In the order of the declaration, so that the first place is the first tenure.
    return [
        _begin(contest, contest.office, elected[key], day)
        for key in contest.declaration.data["elected"]
        if key in elected
    ]


def _removed(entry: Entry, contest: Contest, office: Office, day: date) -> Tenure:
    stage = contest.rulebook.stage[-1]
    if not isinstance(stage, MotionStage) or stage.effect != "vacancy" or not holder_lost(contest):
        raise RefusedError(_("the result of the vote removes nobody"))
    tenure = office.tenures.filter(person=contest.holder, ended=None).first()
    if tenure is None:
        raise RefusedError(_("the holder has left the office already"))
    _end(tenure, day, Ended.REMOVED)
    entry.details["removed"] = tenure.person.slug
    return tenure


def _leaving(office: Office, running: list[Tenure], elected: set[int]) -> list[Tenure]:
    """Whose tenures end: of those elected anew too, whose next one begins. Raises RefusedError if it cannot be told."""
    again = [one for one in running if one.person_id in elected]
    others = [one for one in running if one.person_id not in elected]
    if len(elected) == office.places:
        return running
    if len(elected) + len(others) <= office.places:
        return again
    raise RefusedError(
        _("the office has %(places)s places, and %(number)s would hold it: end the tenures that are over first")
        % {"places": office.places, "number": len(elected) + len(others)}
    )


def _stood(contest: Contest, person: Person) -> bool:
    """Whether somebody was on the paper, and so was not re-elected; others left because their term was over."""
    on_paper = (Candidate.Status.STANDING, Candidate.Status.OUT)
    return (
        contest.candidates.filter(person=person, status__in=on_paper)
        .exclude(key__in=contest.declaration.data["elected"])
        .exists()
    )


def _end(tenure: Tenure, day: date, how: str) -> None:
    if day < tenure.began:
        raise RefusedError(_("%(who)s took office after that day") % {"who": tenure.person.name}, field="on")
    tenure.ended, tenure.ended_how = day, how
    tenure.save(update_fields=["ended", "ended_how"])


def _begin(contest: Contest, office: Office, candidate: Candidate, day: date) -> Tenure:
    """A tenure that begins; somebody who held the office before, and had left it, has returned to it."""
    before = office.tenures.filter(person=candidate.person).exclude(ended=day).exists()
    return Tenure.objects.create(
        office=office,
        person=candidate.person,
        began=day,
        began_how=Began.RETURNED if before and not _holds(office, candidate.person, day) else Began.ELECTED,
        slate=candidate.slate,
        contest=contest,
    )


def _holds(office: Office, person: Person, day: date) -> bool:
    return office.tenures.filter(person=person, ended=day).exists()
