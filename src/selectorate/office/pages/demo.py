"""Pages of the demonstration alone: sign in as anybody, and read the mails that nobody was sent."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib.auth import login
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from ..access import PUBLIC, may
from ..models import Appointment, Candidate, Mail, User

PER_PAGE = 50


def only_in_a_demonstration(view: Callable[..., Any]) -> Callable[..., Any]:
    """A view that is not there anywhere else."""

    @wraps(view)
    def shown(request: HttpRequest, *args: Any, **given: Any) -> HttpResponse:
        if not settings.DEMO:
            raise Http404
        return view(request, *args, **given)

    return shown


@may(PUBLIC)
@only_in_a_demonstration
def people(request: HttpRequest) -> HttpResponse:
    """Who there is to sign in as: officials, candidates, and some who sit in bodies."""
    officials = Appointment.objects.filter(ended=None).select_related("user", "contest").order_by("pk")
    standing = Candidate.objects.exclude(user=None).select_related("user", "contest").order_by("contest", "order")
    sitting = User.objects.filter(seats__ended=None).exclude(seats=None).distinct().order_by("pk")
    found = Paginator(sitting.prefetch_related("seats__body"), PER_PAGE).get_page(request.GET.get("page"))
    shown = {"officials": officials, "standing": standing, "sitting": found}
    return render(request, "office/demo/people.html", shown)


@may(PUBLIC)
@only_in_a_demonstration
@require_POST
def sign_in_as(request: HttpRequest, user: int) -> HttpResponse:
    """Sign in as somebody, without any secret."""
    found = get_object_or_404(User, pk=user, is_active=True)
    login(request, found, backend=settings.AUTHENTICATION_BACKENDS[0])
    return redirect("desk")


@may(PUBLIC)
@only_in_a_demonstration
def outbox(request: HttpRequest) -> HttpResponse:
    """The mails that would have been sent, newest first."""
    found = Paginator(Mail.objects.exclude(to="").order_by("-pk"), PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "office/demo/outbox.html", {"mails": found})
