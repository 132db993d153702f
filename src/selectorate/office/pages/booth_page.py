"""The page in which the booth runs."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from ..boxes import naming
from ..models import Contest


def booth_page(
    request: HttpRequest, contest: Contest, stage: str, *, data: str | None = None, again: str | None = None
) -> HttpResponse:
    """The page. ``data``: the address of booth.json; ``again``: where to sign in again."""
    context = {
        "contest": contest,
        "easy": contest.online.easy,
        "board": reverse("contest", args=[contest.slug]) + "board/",
        "stage_name": naming.stage_name(contest, stage),
        "data": data or reverse("vote-booth-json", args=[contest.slug, stage]),
        "again": again or reverse("vote", args=[contest.slug]),
    }
    return render(request, "office/voting/booth.html", context)
