"""Acts of two officials: what is proposed, and the second official's word on it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from ...errors import RefusedError
from ..access import OFFICERS, may
from ..acts import confirm, definition_of, refuse, withdraw_proposal
from ..models import Contest, Proposal, User
from ..models.acts import PROPOSAL_LASTS
from ..templatetags.contest_office import detail
from .doing import done

DECIDED = 50
"""How many that are decided are shown: the last ones."""


@dataclass(frozen=True)
class Waiting:
    """A proposal as somebody sees it. ``mine``: they proposed it; ``may_confirm``: they can be its second official."""

    proposal: Proposal
    mine: bool
    may_confirm: bool
    details: tuple[tuple[str, str], ...]


def seen_by(user: User, roles: Iterable[str], proposals: Iterable[Proposal]) -> list[Waiting]:
    """Those of ``proposals`` that somebody with ``roles`` may see: their own, and those they could do or confirm."""
    having, found = {str(role) for role in roles}, []
    for one in proposals:
        try:
            definition = definition_of(one.kind)
        except RefusedError:
            continue
        mine = one.by_id == user.pk
        seconds = having & set(definition.seconds)
        if mine or seconds or having & set(definition.roles):
            details = () if definition.silent else tuple(_details(one.payload))
            found.append(Waiting(one, mine, bool(seconds) and not mine, details))
    return found


def _details(payload: dict[str, Any]) -> Iterable[tuple[str, str]]:
    for key, value in payload.items():
        yield key.replace("_", " "), detail(value)


def still_open(proposals: Any) -> Any:
    """Those that wait for a second official and are not too old for it, the oldest first."""
    late = timezone.now() - PROPOSAL_LASTS
    found = proposals.filter(status=Proposal.Status.OPEN, at__gt=late)
    return found.select_related("by", "contest").order_by("at", "pk")


def _page(request: HttpRequest, contest: Contest | None) -> HttpResponse:
    ours = Proposal.objects.filter(contest=contest)
    decided = ours.exclude(status=Proposal.Status.OPEN).select_related("by", "second").order_by("-decided")[:DECIDED]
    context = {
        "contest": contest,
        "waiting": seen_by(request.user, request.roles, still_open(ours)),
        "decided": seen_by(request.user, request.roles, decided),
        "days": PROPOSAL_LASTS.days,
    }
    return render(request, "office/contest/proposals.html", context)


@may(*OFFICERS)
def of_contest(request: HttpRequest, contest: str) -> HttpResponse:
    """What waits for a second official in a contest, and what was decided."""
    return _page(request, request.contest)


@may(*OFFICERS)
def of_organisation(request: HttpRequest) -> HttpResponse:
    """What waits for a second official in the organisation itself."""
    return _page(request, None)


ANSWERS = {
    "confirm": (confirm, _("Done, by the two of you.")),
    "refuse": (refuse, _("Refused.")),
    "withdraw": (withdraw_proposal, _("Taken back.")),
}


def _answer(request: HttpRequest, contest: Contest | None, number: int, answer: str) -> HttpResponse:
    found = Proposal.objects.filter(pk=number, contest=contest).first()
    if found is None or answer not in ANSWERS:
        raise Http404
    if not seen_by(request.user, request.roles, [found]):
        raise PermissionDenied
    act, said = ANSWERS[answer]
    done(request, act, request.user, found, said=str(said))
    return redirect("contest-proposals", contest.slug) if contest else redirect("proposals")


@may(*OFFICERS)
@require_POST
def answer_in_contest(request: HttpRequest, contest: str, proposal: int, answer: str) -> HttpResponse:
    """Confirm, refuse or take back a proposal of a contest."""
    return _answer(request, request.contest, proposal, answer)


@may(*OFFICERS)
@require_POST
def answer_in_organisation(request: HttpRequest, proposal: int, answer: str) -> HttpResponse:
    """Confirm, refuse or take back a proposal of the organisation."""
    return _answer(request, None, proposal, answer)
