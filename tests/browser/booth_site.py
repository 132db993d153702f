"""The site with a booth at /vote/SLUG/ballot/ for a voter of a test: no sign-in, the rest as it is."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect
from django.urls import path
from tests.site.boxed import Boxed

from selectorate.box.v1.elections import RankingQuestion
from selectorate.office.access import PUBLIC, may
from selectorate.office.boxes import casting, receipts, store
from selectorate.office.models import Contest
from selectorate.office.pages.booth_page import booth_page, carry_script
from selectorate.office.urls import urlpatterns as all_patterns


@dataclass
class Voting:
    """What the booth of a test is for: boxes and one voter, by number. ``more``: what differs in each paper."""

    boxes: list[Boxed]
    voter: int = 0
    paper: str = "rank"
    top: dict[str, Any] = field(default_factory=dict)
    more: dict[str, Any] = field(default_factory=dict)
    bodies: list[dict[str, Any]] = field(default_factory=list)
    answer: Callable[[], HttpResponse | None] = lambda: None
    credentialed: bool = True

    @property
    def contest(self) -> Contest:
        return self.boxes[0].box.vote.contest

    @property
    def credential(self) -> str:
        """The credential of the voter; with one that is derived for each box by the same text."""
        return self.boxes[0].credentials[self.voter]

    def data(self, request: HttpRequest) -> dict[str, Any]:
        """booth.json."""
        return {
            "contest": {"title": self.contest.title, "slug": self.contest.slug},
            "revote": True,
            "easy": False,
            "papers": [self._paper(one) for one in self.boxes],
            "cast": "/vote/cast/",
            "csrf": get_token(request),
            "find": "/find/",
            "promises": "/promises/",
            "receipts": receipts.public_key(self.boxes[0].box.vote),
            **self.top,
        }

    def _paper(self, one: Boxed) -> dict[str, Any]:
        election = store.election_of(one.box)
        (question,) = election.questions
        names = list(question.answers)
        choice = not isinstance(question, RankingQuestion)
        return {
            "box": one.box.uuid,
            "section": one.box.section,
            "section_name": one.box.section.title(),
            "election": base64.b64encode(election.raw).decode(),
            "paper": self.paper,
            "question": question.question,
            "names": names,
            "order": list(range(len(names)))[::-1],
            "least": question.least if choice else 0,
            "most": question.most if choice else len(names),
            "blank": question.blank if choice else True,
            "max_ranks": 30,
            "cast_before": False,
            "closes": "8 July 2016, 12:00",
            **({"credential": one.box.people.get(who=one.who(self.voter)).credential} if self.credentialed else {}),
            **self.more,
        }


voting: list[Voting] = []


@may(PUBLIC)
def page(request: HttpRequest, slug: str, stage: str) -> HttpResponse:
    return booth_page(request, voting[-1].contest, stage)


@may(PUBLIC)
def data(request: HttpRequest, slug: str, stage: str) -> HttpResponse:
    return JsonResponse(voting[-1].data(request))


@may(PUBLIC)
def cast(request: HttpRequest) -> HttpResponse:
    here = voting[-1]
    body = json.loads(request.body)
    here.bodies.append(body)
    planned = here.answer()
    if planned is not None:
        return planned
    (made,) = [one for one in here.boxes if one.box.uuid == body["box"]]
    try:
        return JsonResponse(casting.cast(made.box, body["ballot"].encode(), who=made.who(here.voter)))
    except casting.CastRefusedError as fault:
        return JsonResponse({"code": fault.code, "message": fault.message}, status=409)


@may(PUBLIC)
def sign_in(request: HttpRequest) -> HttpResponse:
    """A page on the way, as one that asks for a code."""
    if request.method == "POST":
        return redirect(f"/vote/{voting[-1].contest.slug}/ballot/")
    return HttpResponse(
        f"<!doctype html><html lang=en><title>Sign in</title><script type=module src='{carry_script()}'></script>"
        f"<form method=post><input type=hidden name=csrfmiddlewaretoken value='{get_token(request)}'>"
        "<button>Sign in</button></form></html>"
    )


urlpatterns = [
    path("vote/sign-in/", sign_in),
    path("vote/cast/", cast),
    path("vote/<slug:slug>/<slug:stage>/", page),
    path("vote/<slug:slug>/<slug:stage>/booth.json", data),
    *all_patterns,
]
handler404 = "selectorate.office.pages.errors.not_found"
handler500 = "selectorate.office.pages.errors.fault"
