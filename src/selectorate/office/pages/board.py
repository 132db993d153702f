"""The board of a contest that votes online: for people in pages, for programs as JSON, and the boxes themselves."""

from __future__ import annotations

import re
from typing import Any

from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.urls import NoReverseMatch, reverse
from django.views.decorators.http import require_safe

from .. import booth, telling
from ..access import PUBLIC, may
from ..boxes import board as boards
from ..boxes import receipts
from ..models import BoxEvent, OnlineVote, SealedBox
from .downloads import Part
from .everybody import for_everybody

KEPT = 5
"""Seconds for which a proxy may keep a page of the board."""
_RANGE = re.compile(r"bytes=(\d{1,18})-(\d{0,18})", re.ASCII)


def _vote(request: HttpRequest) -> OnlineVote:
    found = boards.vote_of(request.contest)  # type: ignore[attr-defined]
    if found is None:
        raise Http404
    return found


def _snapshot(request: HttpRequest, box: str) -> boards.Snapshot:
    found = get_object_or_404(SealedBox.objects.select_related("vote"), vote=_vote(request), uuid=box)
    return boards.snapshot(found)


def _for_programs(data: dict[str, Any]) -> JsonResponse:
    answer = JsonResponse(data)
    answer.headers["Access-Control-Allow-Origin"] = "*"
    return answer


def _context(request: HttpRequest) -> dict[str, Any]:
    vote, contest = _vote(request), request.contest  # type: ignore[attr-defined]
    found = boards.snapshots(vote)
    lines = [
        {"title": boards.title_of(contest, one.box), "phase": boards.phase_name(one.phase), "now": one} for one in found
    ]
    seen = "-".join(f"{one.height}" for one in found)
    return {
        "contest": contest,
        "declared": hasattr(contest, "declaration"),
        "state": telling.state_of(contest),
        "vote": vote,
        "lines": lines,
        "seen": seen,
        "key": receipts.public_key(vote),
        "booth": booth.files(),
        "struck": boards.struck(vote),
        "find": _find(contest.slug),
        "fresh": boards.FRESH,
        "address": request.build_absolute_uri("/").rstrip("/"),
    }


def _find(slug: str) -> str:
    """Where somebody looks for their own ballot: by a form, so that what is looked for stands in no address."""
    try:
        return reverse("vote-find", args=[slug])
    except NoReverseMatch:
        return ""


@may(PUBLIC)
@require_safe
@for_everybody(KEPT)
def board(request: HttpRequest, contest: str) -> HttpResponse:
    """Every box: where it stands, how many ballots are in it, the hash of its last event."""
    return render(request, "office/voting/board.html", _context(request))


@may(PUBLIC)
@require_safe
@for_everybody(2)
def live(request: HttpRequest, contest: str) -> HttpResponse:
    """The part of that page which changes, asked for every few seconds: nothing (204) while nothing has changed."""
    found = _context(request)
    if request.GET.get("seen") == found["seen"]:
        return HttpResponse(status=204)
    return render(request, "office/voting/board_part.html", found)


@may(PUBLIC)
@require_safe
@for_everybody(KEPT)
def box(request: HttpRequest, contest: str, box: str) -> HttpResponse:
    """The events of one box, newest last, in pages: what each is, its hash, the tracker of a ballot."""
    found = _snapshot(request, box)
    rows = BoxEvent.objects.filter(box=found.box, height__lte=found.height).order_by("height")
    page = Paginator(rows.only("height", "type", "digest", "tracker"), boards.A_PAGE).get_page(request.GET.get("page"))
    context = {
        "contest": request.contest,  # type: ignore[attr-defined]
        "title": boards.title_of(request.contest, found.box),  # type: ignore[attr-defined]
        "phase": boards.phase_name(found.phase),
        "now": found,
        "page": page,
        "find": _find(contest),
    }
    return render(request, "office/voting/board_box.html", context)


@may(PUBLIC)
@require_safe
@for_everybody(KEPT)
def board_json(request: HttpRequest, contest: str) -> HttpResponse:
    """The board for programs: what ``selectorate watch`` asks for."""
    return _for_programs(boards.board(request.contest, _vote(request)))  # type: ignore[attr-defined]


@may(PUBLIC)
@require_safe
def events_json(request: HttpRequest, contest: str, box: str) -> HttpResponse:
    """The events of a box after a height, a thousand at once."""
    after = request.GET.get("after", "-1")
    if not re.fullmatch(r"-1|\d{1,9}", after, re.ASCII):
        raise Http404
    found = _snapshot(request, box)
    return _for_programs({"height": found.height, "head": found.head, "events": boards.events(found, int(after))})


@may(PUBLIC)
@require_safe
def archive(request: HttpRequest, contest: str, box: str) -> HttpResponseBase:
    """The archive of a box, all of it or from a byte on. No header of the answer tells when it was last added to."""
    found = _snapshot(request, box)
    if found.height < 0:
        raise Http404
    if request.headers.get("If-None-Match", "").strip() in (found.etag, f"W/{found.etag}"):
        return _headers(HttpResponse(status=304), found)
    start, end, partial = 0, found.size, False
    asked = request.headers.get("Range", "").strip()
    if asked and request.headers.get("If-Range", found.etag).strip() == found.etag:
        match = _RANGE.fullmatch(asked)
        if match is not None:
            start, partial = int(match[1]), True
            end = min(int(match[2]) + 1, found.size) if match[2] else found.size
            if start >= found.size or end <= start:
                answer = HttpResponse(status=416)
                answer.headers["Content-Range"] = f"bytes */{found.size}"
                return _headers(answer, found)
    answer = FileResponse(
        Part(found.path, start, end - start),
        status=206 if partial else 200,
        content_type="application/octet-stream",
        as_attachment=True,
        filename=f"{found.box.uuid}.bel",
    )
    answer.headers["Content-Length"] = str(end - start)
    if partial:
        answer.headers["Content-Range"] = f"bytes {start}-{end - 1}/{found.size}"
    return _headers(answer, found)


def _headers(answer: HttpResponseBase, found: boards.Snapshot) -> HttpResponseBase:
    answer.headers["ETag"] = found.etag
    answer.headers["Accept-Ranges"] = "bytes"
    answer.headers["Access-Control-Allow-Origin"] = "*"
    answer.headers.setdefault("Cache-Control", f"public, max-age=0, s-maxage={KEPT}")
    return answer
