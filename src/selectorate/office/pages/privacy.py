"""What is kept of people, for everybody to read; and for each person, what is kept of them."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_POST

from .. import retention
from ..access import PUBLIC, SIGNED_IN, may
from ..models import Person, Role


@may(PUBLIC)
def privacy(request: HttpRequest) -> HttpResponse:
    """The table of what is kept, why, and until when."""
    return render(request, "office/privacy.html", {"kept": retention.KEPT, "days": retention.keeping().days})


@may(SIGNED_IN)
@require_POST
def my_data(request: HttpRequest) -> HttpResponse:
    """Everything about the person who asks, as a file."""
    return _file(retention.export(retention.Subject(request.user, None), own=True), "my-data")


@may(Role.REGISTRAR.value, Role.RETURNING_OFFICER.value)
@require_POST
def data_of(request: HttpRequest, person: str) -> HttpResponse:
    """Everything about a person who has asked for it, for an official to hand to them."""
    found = get_object_or_404(Person, slug=person)
    return _file(retention.export(retention.Subject(None, found), own=False), found.slug)


def _file(found: dict[str, object], name: str) -> HttpResponse:
    answer = JsonResponse(found, json_dumps_params={"indent": 2, "ensure_ascii": False})
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}.json"'
    return answer
