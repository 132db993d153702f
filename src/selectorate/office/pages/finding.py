"""Finding what an address names: the contest of a request, and a stage of it of the kind that the page is about."""

from __future__ import annotations

from typing import TypeVar

from django.http import Http404, HttpRequest
from django.utils.translation import gettext as _

from ...rules import BallotStage, MotionStage, NominationStage
from ..models import Contest

Kind = TypeVar("Kind", NominationStage, MotionStage, BallotStage)


def contest_of(request: HttpRequest) -> Contest:
    """The contest that the address names; the middleware has found it."""
    found = request.contest  # type: ignore[attr-defined]
    assert isinstance(found, Contest)
    return found


def roles_in(request: HttpRequest) -> frozenset[str]:
    """What the person is to the contest."""
    return request.roles  # type: ignore[attr-defined, no-any-return]


def stage_of(contest: Contest, stage: str, kind: type[Kind]) -> Kind:
    """The stage of that name. Raises Http404 if the contest has none of that kind."""
    found = contest.rulebook.stage_named(stage)
    if not isinstance(found, kind):
        raise Http404
    return found


def any_stage(contest: Contest, stage: str) -> NominationStage | MotionStage | BallotStage:
    """The stage of that name, of whatever kind. Raises Http404."""
    found = contest.rulebook.stage_named(stage)
    if found is None:
        raise Http404
    return found


def title_of(stage: NominationStage | MotionStage | BallotStage) -> str:
    """The name of a stage for people."""
    return (
        stage.name
        or {
            "nomination": _("Nominations"),
            "motion": _("The vote"),
            "ballot": _("The ballot"),
        }[stage.kind]
    )
