"""The roll of one contest: closed at its date, opened again by two officials."""

from __future__ import annotations

from django.utils.translation import gettext as _

from ...errors import RefusedError
from ..models import (
    ClosedRoll,
    Contest,
    Role,
    RollStep,
    StageState,
)
from ..rolls import closing
from ..slugs import plain
from .core import Entry, act

REGISTRAR, OFFICER = Role.REGISTRAR, Role.RETURNING_OFFICER


@act(REGISTRAR, OFFICER, silent=True)
def close_roll(entry: Entry, contest: Contest, *, prepared: int, fingerprint: str) -> ClosedRoll:
    """Close the roll of a contest: exactly what was prepared and shown. ``fingerprint``: of that roll.

    Refused before the last date of the rulebook's tests has passed, or if the roll or a date has changed since.
    """
    if contest.status != Contest.Status.ADOPTED:
        raise RefusedError(_("the contest is not under way"))
    if ClosedRoll.of(contest) is not None:
        raise RefusedError(_("the roll of this contest is closed already"))
    found = ClosedRoll.objects.filter(pk=prepared, contest=contest, closed=None).first()
    if found is None or found.fingerprint != fingerprint:
        raise RefusedError(_("this is not the roll that was shown: prepare it again"))
    waiting = closing.not_over(contest, entry.at)
    if waiting:
        raise RefusedError(
            _("it is closed after its last date, which has not passed: %(date)s") % {"date": waiting[-1]}
        )
    last = RollStep.last()
    dates = {key: value.isoformat() for key, value in closing.dates_of(contest).items()}
    if last is None or last.pk != found.step_id or dates != found.dates:
        raise RefusedError(_("the roll, or a date, has changed since it was prepared: prepare it again"))
    closing.write_entitlement(found)
    found.closed, found.standing = entry.at, {stage: dict(counts) for stage, counts in found.counts.items()}
    found.save(update_fields=["closed", "standing"])
    entry.details = {
        "fingerprint": found.fingerprint,
        "published": found.published,
        "step": last.number,
        "dates": found.dates,
        "persons": found.persons,
        "counts": found.counts,
    }
    return found


@act(
    REGISTRAR,
    OFFICER,
    two=True,
    says=lambda contest, reason: _("open the closed roll again: %(reason)s") % {"reason": reason},
)
def reopen_roll(entry: Entry, contest: Contest, *, reason: str) -> None:
    """End a closed roll, so that another is closed in its place: a court has moved the freeze date, say.

    The one that ends stays, with everything that was changed on it. Refused once a ballot on it was opened.
    """
    closed = closed_of(contest)
    if not plain(reason):
        raise RefusedError(_("say why"), field="reason")
    ballots = [stage.id for stage in closing.stages(contest)]
    if contest.stages.filter(stage__in=ballots).exclude(status=StageState.Status.WAITING).exists():
        raise RefusedError(_("a ballot on this roll was opened: single persons are admitted or struck"))
    closed.ended = entry.at
    closed.save(update_fields=["ended"])
    entry.details = {"reason": reason, "fingerprint": closed.fingerprint}


def closed_of(contest: Contest) -> ClosedRoll:
    """The closed roll of a contest. Raises RefusedError if it is not closed."""
    closed = ClosedRoll.of(contest)
    if closed is None:
        raise RefusedError(_("the roll of this contest is not closed"))
    return closed
