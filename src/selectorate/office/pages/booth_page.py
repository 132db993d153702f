"""The page in which the booth runs."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from ..models import Contest


def booth_page(request: HttpRequest, contest: Contest, stage: str, context: dict[str, Any]) -> HttpResponse:
    """The page; ``context``: what ``voting.booth`` gives."""
    return render(request, "office/voting/booth.html", context)
