"""The desk of probable duplicates: pairs side by side, with why they were found; a person decides."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from ...roll import COLUMNS
from ..access import may
from ..acts import entries
from ..models import DuplicatePair, RollEntry, RollJob, RollStep
from ..rolls import working
from .doing import done
from .roll import PAGE, row_of, told
from .roll_forms import PairForm

_TOLD = tuple(name for name in COLUMNS if name not in ("given", "family"))


@may("registrar")
def pairs(request: HttpRequest) -> HttpResponse:
    """The pairs that wait, or those decided in one way."""
    status = request.GET.get("status", "open")
    status = status if status in DuplicatePair.Status.values else "open"
    page = Paginator(DuplicatePair.objects.filter(status=status).order_by("group", "pk"), PAGE).get_page(
        request.GET.get("page")
    )
    keys = {key for pair in page for key in (pair.a, pair.b)}
    names = dict(RollEntry.objects.filter(person__in=keys).values_list("person", "name"))
    context = {
        "page": page,
        "rows": [(pair, names.get(pair.a, ""), names.get(pair.b, "")) for pair in page],
        "status": status,
        "tabs": DuplicatePair.Status.choices,
        "last": RollJob.objects.filter(kind="find_duplicates", status="done").first(),
    }
    return render(request, "office/roll/pairs.html", context)


@may("registrar")
@require_POST
def search(request: HttpRequest) -> HttpResponse:
    """Look for pairs on the roll as it stands."""
    step = RollStep.last()
    small = step is None or step.rows <= working.SMALL_ROLL
    return redirect("roll-job", working.start("find_duplicates", request.user, small=small).pk)


@may("registrar")
def pair(request: HttpRequest, pair: int) -> HttpResponse:
    """One pair, side by side."""
    found = get_object_or_404(DuplicatePair, pk=pair)
    form = PairForm(request.POST or None, keys=(found.a, found.b))
    if request.method == "POST" and form.is_valid():
        given = {"pair": found.pk, **form.cleaned_data}
        if done(request, entries.decide_pair, request.user, None, form=form, said=_("Decided."), **given):
            following = DuplicatePair.objects.filter(status="open").order_by("group", "pk").first()
            return redirect("roll-pair", following.pk) if following else redirect("roll-pairs")
    sides = [
        [row_of(entry) for entry in RollEntry.objects.filter(person=key).order_by("capacity", "spell")]
        for key in (found.a, found.b)
    ]
    context = {"found": found, "form": form, "lines": _lines(sides), "open": found.status in ("open", "later")}
    return render(request, "office/roll/pair.html", context)


def _lines(sides: list[list[dict[str, Any]]]) -> list[tuple[str, list[Any], list[Any], bool]]:
    """For each column what each side has, and whether both have the same."""
    lines = []
    for name in _TOLD:
        a, b = (list(dict.fromkeys(told(row[name]) for row in rows if row[name] not in (None, ""))) for rows in sides)
        if a or b:
            lines.append((COLUMNS[name].says, a, b, bool(set(map(str, a)) & set(map(str, b)))))
    return lines
