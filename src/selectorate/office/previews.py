"""A declaration before it is declared: what it would say, who may see it, and whether it can be made at all."""

from __future__ import annotations

import hashlib

from django.utils.translation import gettext as _

from .. import contest as contests
from ..contest.nominations import field_of
from ..errors import InputError
from ..rules import BallotStage, MotionStage
from .boxes import laid
from .documents import case_of, contest_data
from .models import Contest, Declaration, Proposal, Role, StageState, User
from .models.acts import canonical
from .moment import now

DECLARING = "declare_result"
"""The act that declares."""


def fingerprint(contest: Contest) -> str:
    """The SHA-256 of everything that a declaration would be made from, but the day on which it is made."""
    data = {key: value for key, value in contest_data(contest).items() if key != "date"}
    files = sorted(contest.figures.filter(replaced=None).exclude(file="").values_list("file_hash", flat=True))
    return hashlib.sha256(canonical([_text(data), contest.rulebook_text, files])).hexdigest()


def _text(value: object) -> object:
    if isinstance(value, dict):
        return {str(key): _text(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_text(item) for item in value]
    return value if isinstance(value, str | int | bool) or value is None else str(value)


def undecided(contest: Contest) -> str:
    """Why the result does not follow yet; nothing, where it does."""
    if contest.stages.filter(status=StageState.Status.OPEN).exists():
        return _("a stage is still open")
    try:
        case = case_of(contest)
    except InputError as fault:
        return str(fault)
    played = contests.replay(case)
    if not played:
        return _("there are no figures on which two officials agree")
    if field_of(case) == () and not any(one.rounds for one in played):
        return _("nobody is on the paper; a contest without candidates is abandoned")
    last = played[-1]
    if last.outcome == "qualified":
        return _("who goes into the next ballot is decided; that ballot is still to be held")
    stage = case.rulebook.stage_named(last.stage)
    if last.outcome == "stopped" and not last.rounds and isinstance(stage, BallotStage):
        if not contest.ballot_rounds.filter(stage=stage.id).exists():
            return _("the ballot “%(stage)s” is still to be held") % {"stage": stage.name or stage.id}
        if laid.held_online(contest, stage.id):
            return _("the boxes of “%(stage)s” are not opened yet, or the papers beside them not taken in") % {
                "stage": stage.name or stage.id
            }
        return _("there are no figures of “%(stage)s” on which two officials agree") % {"stage": stage.name or stage.id}
    if last.outcome == "stopped":
        return last.stopped or _("the figures do not decide it")
    for one in case.rulebook.stage:
        held = isinstance(one, BallotStage) and contest.ballot_rounds.filter(stage=one.id).exists()
        if held and not any(found.stage == one.id for found in played):
            return _("there are no figures of “%(stage)s”") % {"stage": one.name or one.id}
        # A motion without figures is none for the count: one that was voted on in a box is not left out for that.
        voted = isinstance(one, MotionStage) and any(box.phase != "empty" for box in laid.boxes_of(contest, one.id))
        if voted and not any(found.stage == one.id for found in played):
            return _("the boxes of “%(stage)s” are not opened yet, or the papers beside them not taken in") % {
                "stage": one.name or one.id
            }
    return ""


def preview(contest: Contest) -> contests.Declaration:
    """The declaration as it would be made now. Raises InputError if it cannot be made."""
    contest.declared = contest.declared or now()
    return contests.declare(case_of(contest))


def open_proposal(contest: Contest) -> Proposal | None:
    """The declaration that one official has proposed and a second has not confirmed yet."""
    return contest.proposals.filter(kind=DECLARING, status=Proposal.Status.OPEN).first()


def may_preview(user: User, contest: Contest, roles: frozenset[str]) -> bool:
    """Whether somebody may see the result before it is declared.

    Those two who took in the figures may; once one of them has proposed the declaration, a returning officer who may
    confirm it. Where no figures were needed, any returning officer.
    """
    officer = Role.RETURNING_OFFICER in roles
    if not officer and Role.REGISTRAR not in roles:
        return False
    agreed = contest.figures.filter(replaced=None, agreed__isnull=False)
    last = agreed.order_by("-agreed", "-pk").first()
    if last is None:
        return officer
    if agreed.filter(stage=last.stage, round=last.round, by=user).exists():
        return True
    return officer and open_proposal(contest) is not None


def declaration_of(contest: Contest) -> Declaration | None:
    """The declaration that was made; None before."""
    return Declaration.objects.filter(contest=contest).first()
