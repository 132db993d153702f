"""The end of the time of keeping: what a contest knows of people goes, and accounts that nobody needs."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from ...errors import RefusedError
from .. import erasing, retention
from ..models import (
    Agent,
    Appointment,
    BodySeat,
    Candidate,
    Contest,
    FiguresEntry,
    OnlineVote,
    PaperPreview,
    Proposal,
    Role,
    User,
)
from .core import CLOCK, Entry, act


@act(Role.RETURNING_OFFICER, Role.REGISTRAR, CLOCK)
def delete_personal_data(entry: Entry, contest: Contest) -> dict[str, int]:
    """Take out what a contest knows of people, once the time of keeping is over; the logs still hold after it."""
    if contest.personal_data_deleted is not None:
        raise RefusedError(_("this has been done already"))
    if not retention.due(contest, entry.at):
        raise RefusedError(_("the time for which personal data are kept is not over"))
    contest.personal_data_deleted = entry.at
    contest.save(update_fields=["personal_data_deleted"])
    entry.details["rows"] = rows = retention.erase(contest)
    return rows


@act(CLOCK)
def delete_voter_map(entry: Entry, contest: Contest) -> None:
    """Delete whose public credential is whose, once the time for challenges is over; what is public stays."""
    vote = OnlineVote.objects.get(contest=contest)
    if vote.until is None or vote.until > entry.at or vote.map_deleted is not None:
        raise RefusedError(_("the time for challenges is not over, or this has been done already"))
    entry.details["rows"] = {
        "BoxVoter": erasing.voter_map(contest),
        "VoterCode": erasing.voter_codes(contest),
        "PaperVote": erasing.voted_on_paper(contest),
    }
    vote.map_deleted = entry.at
    vote.save(update_fields=["map_deleted"])


def unused_accounts(now: datetime) -> QuerySet[User]:
    """Accounts without any part in anything, and not used for the time of keeping."""
    before = now - retention.keeping()

    def none(model: type, name: str = "user", **more: object) -> Exists:
        return ~Exists(model._default_manager.filter(**{name: OuterRef("pk")}, **more))

    return User.objects.filter(
        none(Appointment, ended=None),
        none(BodySeat, ended=None),
        none(Candidate),
        none(Agent, ended=None),
        none(Proposal, "by"),
        none(Proposal, "second"),
        none(FiguresEntry, "by"),
        none(PaperPreview, "by"),
        Q(last_login=None) | Q(last_login__lt=before),
        date_joined__lt=before,
    )


@act(Role.RETURNING_OFFICER, Role.REGISTRAR, CLOCK)
def forget_accounts(entry: Entry, contest: Contest | None) -> int:
    """Delete the accounts that nobody needs any more."""
    found = unused_accounts(entry.at)
    entry.details = {"accounts": found.count()}
    found.delete()
    return int(entry.details["accounts"])
