"""The addresses of the site. Every route says who may use it (``access.may``), or the site does not start."""

from __future__ import annotations

from typing import Any

from django.urls import include, path

from . import (
    routes_board,
    routes_casting,
    routes_ceremony,
    routes_contest,
    routes_demo,
    routes_online,
    routes_organisation,
    routes_privacy,
    routes_public,
    routes_roll,
    routes_signing_in,
    routes_site,
    routes_stages,
    routes_voting,
)
from .access import guard
from .pages import desk

urlpatterns: list[Any] = guard(
    [
        path("desk/", desk.desk, name="desk"),
        # contests/new/ stands before contests/<contest>/.
        *routes_board.patterns,
        *routes_casting.patterns,
        *routes_contest.patterns,
        *routes_public.patterns,
        *routes_ceremony.patterns,
        *routes_demo.patterns,
        *routes_online.patterns,
        *routes_organisation.patterns,
        *routes_privacy.patterns,
        *routes_roll.patterns,
        *routes_site.patterns,
        *routes_stages.patterns,
        *routes_voting.patterns,
        path("account/", include(routes_signing_in.account)),
        path("account/2fa/", include(routes_signing_in.second_factors)),
    ]
)
handler400 = "selectorate.office.pages.errors.wrong_request"
handler403 = "selectorate.office.pages.errors.forbidden"
handler404 = "selectorate.office.pages.errors.not_found"
handler500 = "selectorate.office.pages.errors.fault"
