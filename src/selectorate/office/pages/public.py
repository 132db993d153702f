"""What everybody may read."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from ..access import PUBLIC, may
from ..models import Contest


@may(PUBLIC)
def home(request: HttpRequest) -> HttpResponse:
    """The contests that are under way and the last ones declared."""
    shown = [contest for contest in Contest.objects.select_related("office__unit") if contest.public]
    under_way = [one for one in shown if one.status == Contest.Status.ADOPTED]
    over = [one for one in shown if one.status != Contest.Status.ADOPTED]
    return render(request, "office/home.html", {"under_way": under_way, "over": over})
