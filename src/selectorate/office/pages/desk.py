"""The desk: what waits for the person who is signed in."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from ..access import SIGNED_IN, may, roles_of
from ..models import Contest, Proposal


@may(SIGNED_IN)
def desk(request: HttpRequest) -> HttpResponse:
    """The contests in which the person has a role, and the acts that wait for a second official."""
    mine = [(contest, roles) for contest in Contest.objects.all() if (roles := roles_of(request.user, contest))]
    waiting = Proposal.objects.filter(status=Proposal.Status.OPEN).exclude(by=request.user)
    return render(request, "office/desk.html", {"mine": mine, "waiting": waiting})
