"""What one official has proposed and a second has to confirm, on the page that it belongs to."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from ..access import may
from ..acts import ACTS, confirm, refuse, withdraw_proposal
from ..models import Contest, Proposal, Role
from .doing import done


@dataclass(frozen=True)
class Waiting:
    """A proposal, and what the person who looks at it may do with it."""

    proposal: Proposal
    mine: bool
    may_confirm: bool


def waiting(request: HttpRequest, contest: Contest, *kinds: str) -> list[Waiting]:
    """The open proposals of these kinds."""
    found = contest.proposals.filter(status=Proposal.Status.OPEN, kind__in=kinds).select_related("by").order_by("pk")
    roles = request.roles  # type: ignore[attr-defined]
    return [
        Waiting(one, one.by_id == request.user.pk, one.by_id != request.user.pk and bool(roles & _seconds(one)))
        for one in found
    ]


def _seconds(proposal: Proposal) -> set[str]:
    return set(ACTS[proposal.kind].seconds)


@may(Role.RETURNING_OFFICER, Role.REGISTRAR, Role.SCRUTINEER)
@require_POST
def decide(request: HttpRequest, contest: str, proposal: int) -> HttpResponse:
    """Confirm, refuse or take back what was proposed."""
    found = get_object_or_404(Proposal, pk=proposal, contest=request.contest)  # type: ignore[attr-defined]
    does, said = {
        "confirm": (confirm, _("Done, by two officials.")),
        "refuse": (refuse, _("Refused.")),
    }.get(request.POST.get("do", ""), (withdraw_proposal, _("Taken back.")))
    done(request, does, request.user, found, said=said)
    back = request.POST.get("back", "")
    if not url_has_allowed_host_and_scheme(back, allowed_hosts=None):
        back = reverse("stage-desk", kwargs={"contest": contest, "stage": found.contest.rulebook.stage[0].id})
    return redirect(back)
