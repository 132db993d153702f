"""Routes that nobody guarded."""

from django.http import HttpRequest, HttpResponse
from django.urls import path

from selectorate.office.urls import urlpatterns as guarded


def silent(request: HttpRequest) -> HttpResponse:
    """A view that does not say who may use it."""
    return HttpResponse("seen")


urlpatterns = [*guarded, path("silent/", silent, name="silent")]
