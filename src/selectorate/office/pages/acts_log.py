"""The log of acts: for scrutineers and officers with what they may see, for everybody what is published of it."""

from __future__ import annotations

import csv
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from .. import publishing
from ..access import PUBLIC, may
from ..acts.core import log_of, verify_log
from ..acts.motions import letters_log
from ..models import Contest, Log, Role

OFFICER, REGISTRAR, SCRUTINEER, TRUSTEE, KEEPER = (
    Role.RETURNING_OFFICER,
    Role.REGISTRAR,
    Role.SCRUTINEER,
    Role.TRUSTEE,
    Role.LETTER_KEEPER,
)
PAGE = 50
CHECKED_AT_ONCE = 2000
"""Entries up to which the page checks the whole chain by itself; a longer one is checked when it is asked for."""


def _page(request: HttpRequest, contest: Contest | None, name: str, *, details: bool, public: bool) -> HttpResponse:
    log = Log.objects.filter(name=name).first()
    entries = log.acts.order_by("-number") if log else Log.objects.none()
    page = Paginator(entries, PAGE).get_page(request.GET.get("page"))
    for entry in page.object_list if log else ():
        entry.log = log
    asked = "check" in request.GET or (log is not None and log.height <= CHECKED_AT_ONCE)
    faults = verify_log(log) if log is not None and asked else []
    context: dict[str, Any] = {
        "contest": contest,
        "log": log,
        "page": page,
        "checked": log is None or asked,
        "faults": faults,
        "details": details,
        "public": public,
    }
    template = "office/contest/acts.html" if contest else "office/contest/all_acts.html"
    return render(request, template, context)


@may(OFFICER, REGISTRAR, SCRUTINEER, TRUSTEE)
def of_contest(request: HttpRequest, contest: str) -> HttpResponse:
    """The log of a contest: with the details for its returning officers, with the commitments for the others."""
    here = request.contest
    return _page(request, here, log_of(here), details=OFFICER in request.roles, public=here.public)


@may(OFFICER, SCRUTINEER)
def of_organisation(request: HttpRequest) -> HttpResponse:
    """The log of the organisation."""
    return _page(request, None, log_of(None), details=OFFICER in request.roles, public=False)


@may(KEEPER)
def of_letters(request: HttpRequest, contest: str) -> HttpResponse:
    """The log of the letters that ask for a motion, for their keeper alone: nobody else learns that there are any."""
    here = request.contest
    return _page(request, here, letters_log(here), details=True, public=False)


@may(PUBLIC)
def published_json(request: HttpRequest, contest: str) -> HttpResponse:
    """What is published of a contest's log, to be kept and checked by anybody."""
    answer = JsonResponse(publishing.published_log(request.contest), json_dumps_params={"indent": 1})
    answer.headers["Access-Control-Allow-Origin"] = "*"
    return answer


@may(PUBLIC)
def published_csv(request: HttpRequest, contest: str) -> HttpResponse:
    """The same as a table."""
    answer = HttpResponse(content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="{request.contest.slug}-acts.csv"'
    rows = csv.writer(answer)
    rows.writerow(publishing.FIELDS)
    for entry in publishing.published_log(request.contest)["entries"]:
        rows.writerow([entry[key] for key in publishing.FIELDS])
    return answer
