"""The rolls of contests held together: prepared, looked at unit by unit, closed exactly as shown."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from ..access import may
from ..acts import preparations_rolls as acts
from ..models import Preparation, RollJob
from ..rolls import working
from .listing import paged
from .roll_contest import small
from .units import OFFICER, REGISTRAR, SCRUTINEER

FEW = 20
"""Contests whose rolls a page works on itself, if the roll is small."""


@may(OFFICER, REGISTRAR, SCRUTINEER)
def preparation_rolls(request: HttpRequest, preparation: str) -> HttpResponse:
    """The rolls, unit by unit; for the registrar and the returning officer to prepare and to close them."""
    found = get_object_or_404(Preparation, slug=preparation)
    if request.method == "POST":
        return _begun(request, found)
    rolls = acts.rolls_of(found)
    job = RollJob.objects.filter(kind__in=["prepare_rolls", "close_rolls"], payload__preparation=found.slug).first()
    given = {
        "preparation": found,
        "number": len(rolls),
        "closed": sum(one.closed for one in rolls),
        "waiting": sum(one.roll is not None and not one.closed for one in rolls),
        "entitled": sum(one.entitled for one in rolls),
        "page": paged(request, rolls),
        "seen": acts.prepared_hash(found),
        "job": job,
        "under_way": job is not None and job.status in (RollJob.Status.WAITING, RollJob.Status.RUNNING),
        "may_close": bool({OFFICER, REGISTRAR} & request.roles),  # type: ignore[attr-defined]
    }
    return render(request, "office/organisation/rolls.html", given)


def _begun(request: HttpRequest, found: Preparation) -> HttpResponse:
    """Begin the work that was asked for, beside the pages where it is long."""
    if not {OFFICER, REGISTRAR} & request.roles:  # type: ignore[attr-defined]
        messages.error(request, _("this is for the registrar or the returning officer"))
        return redirect("preparation-rolls", found.slug)
    payload = {"preparation": found.slug}
    kind = "prepare_rolls"
    if request.POST.get("what") == "close":
        kind, payload = "close_rolls", {**payload, "seen": request.POST.get("seen", "")[:64]}
    at_once = small() and found.contests.count() <= FEW
    job = working.start(kind, request.user, small=at_once, **payload)
    if job.status == RollJob.Status.DONE:
        messages.success(request, _("It is done."))
    return redirect("preparation-rolls", found.slug)
