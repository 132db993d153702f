"""The addresses of the site. Every route says who may use it (``access.may``), or the site does not start."""

from __future__ import annotations

from typing import Any

from django.urls import include, path

from . import routes_demo, routes_roll, routes_site
from .access import guard
from .pages import desk, public

urlpatterns: list[Any] = guard(
    [
        path("", public.home, name="home"),
        path("desk/", desk.desk, name="desk"),
        *routes_demo.patterns,
        *routes_roll.patterns,
        *routes_site.patterns,
        path("account/", include("allauth.account.urls")),
        path("account/2fa/", include("allauth.mfa.urls")),
    ]
)
