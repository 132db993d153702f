"""The roll of a contest for everybody: figures that tell of nobody; the question which entry one has; an appeal."""

from __future__ import annotations

import hashlib
import time

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from ...errors import RefusedError
from ..access import PUBLIC, may
from ..acts import enquiries as acts
from ..limits import network
from ..models import ClosedRoll
from ..rolls import asking, closing, figures
from .roll_forms import AppealForm, AskForm

A_HOUR = 20
"""Questions and appeals from one address in an hour: a household, or a library, asks fewer."""


@may(PUBLIC)
def roll(request: HttpRequest, contest: str) -> HttpResponse:
    """Who may vote, in figures; what was announced; how to ask and to appeal."""
    here = request.contest  # type: ignore[attr-defined]
    closed = ClosedRoll.of(here)
    floor = figures.floor_of(here)
    stages = []
    for stage in closing.stages(here) if closed else ():
        assert closed is not None
        counts, standing = closed.counts[stage.id], closed.standing[stage.id]
        names = {key: here.rulebook.segments[key].name for key in standing["by_segment"]}
        by_segment = {names[key]: number for key, number in standing["by_segment"].items()}
        found = figures.reconciliation(here, stage.id, closed)
        stages.append(
            {
                "name": stage.name or _("the ballot"),
                "entitled": standing["entitled"],
                "segments": figures.pooled(by_segment, floor),
                "reasons": figures.pooled(counts["by_reason"], floor),
                "sum": found,
                # Only what somebody is refused for can tell of them: how many acts there were is public.
                "refused": sum(found.refused.values()) if found else 0,
                "why": figures.pooled(found.refused, floor) if found else [],
                "added": sum(found.added.values()) if found else 0,
                "struck": sum(found.struck.values()) if found else 0,
                "off": abs(found.gap) if found else 0,
            }
        )
    context = {
        "contest": here,
        "closed": closed,
        "stages": stages,
        "floor": floor,
        "announced": here.announcements.first(),
        "dates": [(here.rulebook.timetable.get(key, key), day) for key, day in closed.dates.items()] if closed else [],
    }
    return render(request, "office/roll/public.html", context)


def _too_often(request: HttpRequest) -> bool:
    """Whether this address has asked too often. It does not matter what it asked, or of whom."""
    who = hashlib.sha256(f"roll:{network(request)}:{int(time.time() // 3600)}".encode()).hexdigest()
    cache.add(who, 0, 3600)
    try:
        return cache.incr(who) > A_HOUR
    except ValueError:  # it ended between the two
        return False


@may(PUBLIC)
@never_cache
def ask(request: HttpRequest, contest: str) -> HttpResponse:
    """Which entry somebody has. Whoever asks is told the same; the answer goes to the address on the roll."""
    form = AskForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if _too_often(request):
            return render(request, "office/roll/ask.html", {"contest": request.contest, "often": True}, status=429)  # type: ignore[attr-defined]
        asking.enquire(request.contest, form.cleaned_data)  # type: ignore[attr-defined]
        return redirect("contest-roll-asked", contest)
    return render(request, "office/roll/ask.html", {"contest": request.contest, "form": form})  # type: ignore[attr-defined]


@may(PUBLIC)
def asked(request: HttpRequest, contest: str) -> HttpResponse:
    """What everybody is told who asked."""
    return render(request, "office/roll/ask.html", {"contest": request.contest, "asked": True})  # type: ignore[attr-defined]


@may(PUBLIC)
@never_cache
def appeal(request: HttpRequest, contest: str) -> HttpResponse:
    """An appeal about the roll, by anybody."""
    form = AppealForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if _too_often(request):
            return render(
                request, "office/roll/appealing.html", {"contest": request.contest, "often": True}, status=429
            )  # type: ignore[attr-defined]
        try:
            acts.appeal(request.contest, **form.cleaned_data)  # type: ignore[attr-defined]
        except RefusedError as fault:
            form.add_error(fault.field if fault.field in form.fields else None, fault.message)
        else:
            return redirect("contest-roll-appealed", contest)
    return render(request, "office/roll/appealing.html", {"contest": request.contest, "form": form})  # type: ignore[attr-defined]


@may(PUBLIC)
def appealed(request: HttpRequest, contest: str) -> HttpResponse:
    """What everybody is told who appealed."""
    return render(request, "office/roll/appealing.html", {"contest": request.contest, "appealed": True})  # type: ignore[attr-defined]
