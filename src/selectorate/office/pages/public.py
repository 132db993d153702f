"""The home page, the list of contests, and what crawlers ask for."""

from __future__ import annotations

from datetime import date

from django.core.paginator import Paginator
from django.db.models import Q
from django.db.models.functions import ExtractYear
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from ...sheets.csvs import table_csv
from .. import published, telling
from ..access import PUBLIC, may
from ..models import Contest, Office, Preparation
from ..templatetags.telling import whole_address_of
from .downloads import file_answer
from .everybody import for_everybody

A_PAGE = 50
SHOWN_AT_HOME = 6
COLUMNS = ("contest", "title", "office", "unit", "state", "adopted", "declared", "elected", "address")


@may(PUBLIC)
@for_everybody(15)
def home(request: HttpRequest) -> HttpResponse:
    """What is under way, and the last result with its figures first."""
    shown = telling.public_contests().filter(preparation=None)
    under_way = list(shown.filter(status=Contest.Status.ADOPTED)[:A_PAGE])
    over = list(
        shown.filter(status__in=[Contest.Status.DECLARED, Contest.Status.CLOSED]).order_by("-declared")[:SHOWN_AT_HOME]
    )
    return render(
        request,
        "office/home.html",
        {
            "under_way": [(one, telling.state_of(one), telling.next_date(one)) for one in under_way],
            "over": [(one, telling.state_of(one)) for one in over[1:]],
            "together": Preparation.objects.filter(contests__adopted__isnull=False).distinct()[:SHOWN_AT_HOME],
            "last": over[0] if over else None,
            "result": published.declaration_of(over[0]) if over and hasattr(over[0], "declaration") else None,
        },
    )


def _number(request: HttpRequest, name: str, most: int) -> int | None:
    """A whole number that the address gives, from 1 to ``most``; nothing else is one."""
    text = request.GET.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 12 and 0 < int(text) <= most else None


def _chosen(request: HttpRequest):
    """The contests that the address asks for, with the office and year that it names, as far as there are such."""
    found = telling.public_contests()
    number, year = _number(request, "office", 2**31), _number(request, "year", date.max.year - 1)
    office = Office.objects.select_related("unit").filter(pk=number).first() if number else None
    if office is not None:
        found = found.filter(office=office)
    if year == 1:  # it begins, by some clocks, before there is time
        found = found.none()
    elif year is not None:
        found = found.filter(Q(declared__year=year) | Q(declared=None, adopted__year=year))
    return found, office, year


@may(PUBLIC)
@for_everybody(30)
def contests(request: HttpRequest) -> HttpResponse:
    """Every contest, by office and year, a page of 50."""
    found, office, year = _chosen(request)
    page = Paginator(found, A_PAGE).get_page(request.GET.get("page"))
    public = telling.public_contests().order_by()
    years = {
        *public.filter(declared__isnull=False).annotate(year=ExtractYear("declared")).values_list("year", flat=True),
        *public.filter(declared=None).annotate(year=ExtractYear("adopted")).values_list("year", flat=True),
    }
    offices = Office.objects.filter(contests__adopted__isnull=False).distinct().select_related("unit")
    return render(
        request,
        "office/contests.html",
        {
            "page": page,
            "contests": [(one, telling.state_of(one), telling.next_date(one)) for one in page],
            "offices": offices[:200],
            "years": sorted(years, reverse=True),
            "chosen_office": office,
            "chosen_year": year,
        },
    )


@may(PUBLIC)
def contests_csv(request: HttpRequest) -> HttpResponse:
    """The same list as a table for other programs."""
    found, _office, _year = _chosen(request)
    rows = [
        {
            "contest": one.slug,
            "title": one.title,
            "office": one.office.name if one.office else one.rulebook.office,
            "unit": one.unit.name if one.unit else "",
            "state": telling.state_of(one).word,
            "adopted": one.adopted.isoformat() if one.adopted else "",
            "declared": one.declared.isoformat() if one.declared else "",
            "elected": "; ".join(one.declaration.data.get("elected_names", ())) if hasattr(one, "declaration") else "",
            "address": whole_address_of(request, reverse("contest", args=[one.slug])),
        }
        for one in found.iterator(chunk_size=500)
    ]
    return file_answer(request, table_csv(COLUMNS, rows), "csv", name="contests")


@may(PUBLIC)
def robots(request: HttpRequest) -> HttpResponse:
    """What crawlers may read: what is public. Nothing is hidden by this; it keeps their load off the rest."""
    lines = ("User-agent: *", "Disallow: /account/", "Disallow: /desk/", "Disallow: /*/office/", "Disallow: /*/live/")
    return file_answer(request, "\n".join(lines) + "\n", "txt", seconds=3600)
