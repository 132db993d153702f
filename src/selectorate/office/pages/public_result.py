"""The declaration and the mandate of a contest: before the minute, at it, and ever after."""

from __future__ import annotations

import hashlib
import json
import random

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from ... import contest as contests
from .. import published, telling, timetable
from ..access import PUBLIC, may
from ..boxes import told
from ..models import Contest
from ..recording import why_none
from ..remade import disclosed, remade_zip
from .downloads import file_answer
from .everybody import for_everybody

EVERY = (4000, 7000)
"""Milliseconds after which a page that waits asks again: drawn by chance, so that not all ask in one second."""


def _context(contest: Contest) -> dict[str, object]:
    declared = hasattr(contest, "declaration")
    context: dict[str, object] = {"contest": contest, "declared": declared, "state": telling.state_of(contest)}
    if declared:
        context["sheet"] = published.declaration_of(contest)
        context["remade"] = disclosed(contest)
        context["recorded"] = not why_none(contest)
        context["struck"] = told.struck(contest, contest.declaration.data)
    else:
        context["awaited"] = next((d for d in telling.dates_of(contest) if d.key == timetable.DECLARED), None)
        context["every"] = random.randint(*EVERY)  # only spreads the load
        context["seen"] = seen_of(contest)
    return context


def seen_of(contest: Contest) -> str:
    """What a page that waits has seen: it changes with the state and with the time of the declaration."""
    if hasattr(contest, "declaration"):
        return contest.declaration.hash[:32]
    at = timetable.at(contest, timetable.DECLARED)
    said = (contest.status, at.isoformat() if at else "", telling.state_of(contest).says)
    return hashlib.sha256("\0".join(said).encode()).hexdigest()[:32]


@may(PUBLIC)
@for_everybody(5)
def declaration(request: HttpRequest, contest: str) -> HttpResponse:
    """The declaration; before it, when it is to be, on a page that shows it at that minute by itself."""
    return render(request, "office/declaration.html", _context(request.contest))


@may(PUBLIC)
@for_everybody(2)
def live(request: HttpRequest, contest: str) -> HttpResponse:
    """The part of that page which waits, asked for every few seconds: nothing (204) while nothing has changed."""
    found: Contest = request.contest
    seen = seen_of(found)
    if request.GET.get("seen") == seen:
        return HttpResponse(status=204)
    return render(request, "office/declaration_part.html", _context(found) | {"live": True})


def _declared(request: HttpRequest) -> Contest:
    found: Contest = request.contest
    if not hasattr(found, "declaration"):
        raise Http404
    return found


@may(PUBLIC)
@for_everybody(30)
def mandate(request: HttpRequest, contest: str) -> HttpResponse:
    """What the result amounts to: measured, beside the earlier contest, with what was said of it."""
    found = _declared(request)
    context = {"contest": found, "declared": True, "sheet": published.mandate_of(found)}
    return render(request, "office/mandate.html", context)


@may(PUBLIC)
def declaration_file(request: HttpRequest, contest: str, kind: str) -> HttpResponse:
    """The declaration as PDF, CSV or JSON; or everything from which anybody can make it again (ZIP)."""
    found = _declared(request)
    declared = found.declaration
    if kind == "json":
        return file_answer(
            request,
            json.dumps(declared.data, ensure_ascii=False, indent=1),
            "json",
            name=f"{found.slug}-declaration",
            etag=declared.hash[:32],
        )
    if kind == "zip":
        packed = remade_zip(found)
        if packed is None:
            raise Http404
        return file_answer(request, packed, "zip", name=found.slug, etag=f"{declared.hash[:31]}z")
    made = published.file_of(declared.hash, kind, lambda: contests.declare(published.declared_case(found)))
    return file_answer(request, made, kind, name=f"{found.slug}-declaration", etag=f"{declared.hash[:31]}{kind[0]}")
