"""The page in which the booth runs; its files are served by ``office.booth_files``."""

from __future__ import annotations

import base64

from csp.constants import SELF
from csp.decorators import csp_update
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache

from .. import booth
from ..booth_files import PREFIX, WASM
from ..models import Contest, OnlineVote


def _address(name: str) -> str:
    return PREFIX + name


def _integrity(sha256: str) -> str:
    """A hash as a page writes it: a browser then runs no other file in its place."""
    return "sha256-" + base64.b64encode(bytes.fromhex(sha256)).decode("ascii")


@never_cache
@csp_update({"script-src": [WASM], "worker-src": [SELF]})
def booth_page(
    request: HttpRequest, contest: Contest, stage: str, *, data: str | None = None, again: str | None = None
) -> HttpResponse:
    """The booth for a stage of a contest. For a view to call that has seen to who asks.

    ``data``: the address of the voter's booth.json; ``again``: where one signs in again. Status 503 where the booth is
    not built.
    """
    there = booth.manifest()
    context = {
        "contest": contest,
        "stage": stage,
        "easy": OnlineVote.objects.filter(contest=contest, easy=True).exists(),
        "board": reverse("contest-board", args=[contest.slug]),
        "data": data or f"/vote/{contest.slug}/{stage}/booth.json",
        "again": again or f"/vote/{contest.slug}/",
        "booth": there
        and {
            kind: {"address": _address(there.entry[kind]), "integrity": _integrity(there.files[there.entry[kind]])}
            for kind in ("script", "style", "worker")
        },
    }
    return render(request, "office/voting/booth.html", context, status=200 if there else 503)


def carry_script() -> str:
    """The address of the script that carries a credential in the address past a sign-in; "" if there is no booth."""
    there = booth.manifest()
    return _address(there.entry["carry"]) if there else ""
