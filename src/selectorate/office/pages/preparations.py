"""Contests held together: who holds what by declared slate, for everybody, live while declarations come in."""

from __future__ import annotations

from typing import Any

from django.core.cache import cache
from django.db.models import Count, Max
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _

from ...sheets.csvs import table_csv
from .. import drawings, slates
from ..access import PUBLIC, may
from ..models import Contest, Preparation
from .benches import csv_answer
from .everybody import for_everybody
from .listing import kept, paged

KEPT = 600
"""Seconds for which what was read stays in the cache; a declaration makes it stale at once."""
CHANGES = ("gain", "hold", "new", "free", "open")
COLUMNS = ("unit", "address", "contest", "office", "status", "elected", "slate", "before", "slate before", "change")


@may(PUBLIC)
@for_everybody(30)
def preparations(request: HttpRequest) -> HttpResponse:
    """The contests that were held together, the newest first."""
    adopted = Preparation.objects.filter(contests__adopted__isnull=False).distinct()
    return render(request, "office/organisation/preparations.html", {"page": paged(request, adopted)})


def _found(slug: str) -> Preparation:
    """The preparation, once a contest of it is public."""
    found = get_object_or_404(Preparation.objects.select_related("previous"), slug=slug)
    if not found.contests.filter(adopted__isnull=False).exists():
        raise Http404
    return found


def standing(preparation: Preparation) -> slates.Standing:
    """Where the contests stand, read anew whenever one of them, or of those before, has changed its state."""
    both = [preparation.pk, *([preparation.previous_id] if preparation.previous_id else [])]
    mark = Contest.objects.filter(preparation__in=both).aggregate(
        one=Count("pk"), two=Count("declared"), three=Max("declared"), four=Count("adopted")
    )
    states = Contest.objects.filter(preparation__in=both).order_by().values_list("status").annotate(Count("pk"))
    key = f"standing:{preparation.pk}"
    now = (sorted(mark.items()), sorted(states))
    there = cache.get(key)
    if there is None or there[0] != now:
        there = (now, slates.standing(preparation))
        cache.set(key, there, KEPT)
    return there[1]


def _filters(request: HttpRequest, now: slates.Standing) -> tuple[list[slates.Line], dict[str, str]]:
    filters = {name: request.GET.get(name, "")[:100] for name in ("change", "slate", "under")}
    lines = list(now.lines)
    if filters["change"] in CHANGES:
        lines = [line for line in lines if line.change == filters["change"]]
    if filters["slate"]:
        wanted = "" if filters["slate"] == "-" else filters["slate"]
        lines = [line for line in lines if any(slate == wanted for _name, slate in (*line.elected, *line.before))]
    if filters["under"]:
        lines = [line for line in lines if line.path.startswith(f"{filters['under']}/")]
    return lines, filters


def _under(now: slates.Standing) -> list[str]:
    """The addresses of the units right above those in which there are contests."""
    return sorted({line.path.rpartition("/")[0] for line in now.lines} - {""})


@may(PUBLIC)
@for_everybody(5)
def preparation(request: HttpRequest, preparation: str) -> HttpResponse:
    """Who holds what by declared slate, with the change since last time."""
    found = _found(preparation)
    now = standing(found)
    lines, filters = _filters(request, now)
    given: dict[str, Any] = {
        "preparation": found,
        "now": now,
        "picture": drawings.strips(now.tallies, _("last time"), _("declared now"), _("no slate"))
        if now.tallies
        else "",
        "page": paged(request, lines),
        "filters": filters,
        "query": kept(filters),
        "changes": [
            ("gain", _("changed hands")),
            ("hold", _("held")),
            ("new", _("nobody held it before")),
            ("free", _("nobody elected")),
            ("open", _("not declared yet")),
        ],
        "under": _under(now)[:100],
        "running": now.declared < len(now.lines),
    }
    return render(request, "office/organisation/preparation.html", given)


@may(PUBLIC)
def preparation_csv(request: HttpRequest, preparation: str) -> HttpResponse:
    """The same, unit by unit, as a table."""
    found = _found(preparation)
    rows: list[dict[str, object]] = [
        {
            "unit": line.unit,
            "address": line.path,
            "contest": line.contest,
            "office": line.office,
            "status": line.status,
            "elected": "; ".join(name for name, _slate in line.elected),
            "slate": "; ".join(slate for _name, slate in line.elected),
            "before": "; ".join(name for name, _slate in line.before),
            "slate before": "; ".join(slate for _name, slate in line.before),
            "change": line.change,
        }
        for line in standing(found).lines
    ]
    return csv_answer(table_csv(COLUMNS, rows), f"{found.slug}.csv")
