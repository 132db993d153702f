"""The addresses of the site. Every route says who may use it (``access.may``), or the site does not start."""

from __future__ import annotations

from typing import Any

from django.urls import include, path

from . import routes_contest, routes_demo, routes_organisation, routes_public, routes_site, routes_stages
from .access import guard
from .pages import desk

urlpatterns: list[Any] = guard(
    [
        *routes_public.patterns,
        path("desk/", desk.desk, name="desk"),
        *routes_contest.patterns,
        *routes_demo.patterns,
        *routes_organisation.patterns,
        *routes_site.patterns,
        *routes_stages.patterns,
        path("account/", include("allauth.account.urls")),
        path("account/2fa/", include("allauth.mfa.urls")),
    ]
)
handler400 = "selectorate.office.pages.errors.wrong_request"
handler403 = "selectorate.office.pages.errors.forbidden"
handler404 = "selectorate.office.pages.errors.not_found"
handler500 = "selectorate.office.pages.errors.fault"
