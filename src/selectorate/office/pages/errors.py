"""What is answered where there is nothing, or where somebody may not go: a page, or JSON to a program."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views import defaults

from ..boxes import crowd
from .casting import refused

API = "/api/"


def wrong_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400."""
    if request.path.startswith(API):
        return JsonResponse({"detail": "Bad request"}, status=400)
    if crowd.is_cast(request):
        return refused(exception)
    return defaults.bad_request(request, exception)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403."""
    if request.path.startswith(API):
        return JsonResponse({"detail": "Forbidden"}, status=403)
    return defaults.permission_denied(request, exception)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404, without a word on what it was that was not found."""
    if request.path.startswith(API):
        return JsonResponse({"detail": "Not found"}, status=404)
    return defaults.page_not_found(request, exception)


def fault(request: HttpRequest) -> HttpResponse:
    """500: a page that asks nothing of the database."""
    if request.path.startswith(API):
        return JsonResponse({"detail": "A fault of this site"}, status=500)
    if crowd.is_cast(request):
        # The session could not be read, or the database went: the same ballot sent again is always right.
        return crowd.busy()
    return defaults.server_error(request)
