"""Contests: the list, one of them, its timetable, rules, nominations, candidates and published acts."""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from ninja import Field, Query, Router, Schema

from .. import nominated, ruled, telling, timetable
from ..access import PUBLIC, may
from ..acts.core import log_of
from ..models import Contest
from ..pages.public_contest import entry
from ..publishing import published_acts
from ..templatetags.telling import whole_address_of
from .paging import Fault, Paged, PageNumber, paged

router = Router(tags=["contests"])
_contest = "contests/{slug:contest}/"


class DateOut(Schema):
    """A date of a timetable."""

    key: str
    name: str
    at: str = Field(description="ISO 8601 with its offset; a day alone where `whole_day` is true.")
    whole_day: bool
    past: bool


class ChangeOut(Schema):
    """A change of the timetable, as it was published."""

    published: dt.datetime
    name: str
    before: str
    after: str
    reason: str


class ContestLine(Schema):
    """What a list says of a contest."""

    id: str
    title: str
    office: str
    unit: str | None = Field(description="The path of the unit.")
    status: str = Field(description="adopted, declared, closed or abandoned.")
    state: str = Field(description="Where it stands, in a sentence.")
    adopted: dt.datetime | None
    declared: dt.datetime | None
    elected: list[str] = Field(description="Names; empty until it is declared.")
    address: str = Field(description="Its page.")


class ThresholdOut(Schema):
    """How many of a body a stage needs."""

    stage: str
    body: str
    body_name: str
    on: dt.date | None = Field(description="The day on which the size of the body counts.")
    size: int | None
    asked: str = Field(description='As the rules say it: "20%"; empty where nothing is needed.')
    needed: int | None


class SegmentOut(Schema):
    """Who may vote in a segment: whoever meets each test."""

    id: str
    name: str
    delegations: bool
    tests: list[str]


class StageOut(Schema):
    """A stage and where it stands."""

    id: str
    name: str
    kind: str
    status: str = Field(description="waiting, open or closed.")
    opened: dt.datetime | None
    closed: dt.datetime | None


class ContestOut(ContestLine):
    """A contest."""

    about: str
    occasion: str
    holder: str | None
    rulebook: str
    rulebook_name: str
    rulebook_sha256: str
    rulebook_address: str
    next_date: DateOut | None
    stages: list[StageOut]
    thresholds: list[ThresholdOut]
    segments: list[SegmentOut]


class TimetableOut(Schema):
    """A timetable and how it was changed."""

    zone: str = Field(description="The organisation's time zone: Europe/London.")
    dates: list[DateOut]
    changes: list[ChangeOut]


class PassageOut(Schema):
    """Sentences under a heading."""

    heading: str
    sentences: list[str]


class RulesOut(Schema):
    """The rules in sentences."""

    rulebook: str
    name: str
    passages: list[PassageOut]


class NominationLine(Schema):
    """A candidate on a board."""

    candidate: str
    name: str
    count: int
    needed: int | None
    result: str = Field(description="What came of it, once the stage is closed: nominated, not nominated, automatic, …")
    reason: str


class BoardOut(Schema):
    """The nominations of a body at a stage."""

    stage: str
    stage_name: str
    body: str
    body_name: str
    size: int | None
    needed: int | None
    status: str
    hidden: bool = Field(description="Whether it is kept back until nominations close.")
    lines: list[NominationLine]


class CandidateOut(Schema):
    """A candidate."""

    id: str
    name: str
    slate: str
    status: str
    reason: str
    statement_html: str
    picture: str | None


class ActOut(Schema):
    """An act as it is published: its place in the chain, without names and reasons."""

    log: str
    number: int
    kind: str
    at: str
    role: str
    second_role: str
    commitment: str
    previous: str
    hash: str


def _local(moment: dt.datetime | None) -> dt.datetime | None:
    """A moment by the organisation's clock."""
    return timezone.localtime(moment, timetable.zone()) if moment else None


def _date(item: telling.Date) -> dict[str, Any]:
    local = timezone.localtime(item.at, timetable.zone())
    at = local.date().isoformat() if item.whole_day else local.isoformat(timespec="seconds")
    return {"key": item.key, "name": item.name, "at": at, "whole_day": item.whole_day, "past": item.past}


def _line(request: HttpRequest, one: Contest) -> dict[str, Any]:
    return {
        "id": one.slug,
        "title": one.title,
        "office": one.office.name if one.office else one.rulebook.office,
        "unit": one.unit.path if one.unit else None,
        "status": one.status,
        "state": telling.state_of(one).says,
        "adopted": _local(one.adopted),
        "declared": _local(one.declared),
        "elected": list(one.declaration.data.get("elected_names", ())) if hasattr(one, "declaration") else [],
        "address": whole_address_of(request, reverse("contest", args=[one.slug])),
    }


@router.get(
    "contests", response={200: Paged[ContestLine], 404: Fault, 422: Fault}, summary="Every contest, newest first"
)
@may(PUBLIC)
def contests(
    request: HttpRequest,
    page: int = PageNumber,
    status: str = Query("", description="Only those that are adopted, declared, closed or abandoned."),
    unit: str = Query("", description="Only those of the unit with this path."),
    year: int | None = Query(None, ge=2, le=9998, description="Only those adopted in this year."),
) -> dict[str, Any]:
    """Every contest that is public."""
    found = telling.public_contests()
    if status:
        found = found.filter(status=status)
    if unit:
        found = found.filter(unit__path=unit)
    if year is not None:
        found = found.filter(adopted__year=year)
    return paged(request, found, page, lambda one: _line(request, one))


@router.get("contests/{slug:contest}", response={200: ContestOut, 404: Fault}, summary="A contest")
@may(PUBLIC)
def contest(request: HttpRequest, contest: str) -> dict[str, Any]:
    """A contest: what it is for, where it stands, what it needs, who may vote."""
    found: Contest = request.contest
    states = {state.stage: state for state in found.stages.all()}
    upcoming = telling.next_date(found)
    return _line(request, found) | {
        "about": found.about,
        "occasion": found.occasion,
        "holder": found.holder.name if found.holder else None,
        "rulebook": found.rulebook.id,
        "rulebook_name": found.rulebook.name,
        "rulebook_sha256": hashlib.sha256(found.rulebook_text.encode()).hexdigest(),
        "rulebook_address": whole_address_of(request, reverse("contest-rulebook", args=[found.slug])),
        "next_date": _date(upcoming) if upcoming else None,
        "stages": [
            {
                "id": stage.id,
                "name": telling.stage_name(stage),
                "kind": stage.kind,
                "status": state.status if (state := states.get(stage.id)) else "waiting",
                "opened": _local(state.opened) if state else None,
                "closed": _local(state.closed) if state else None,
            }
            for stage in found.rulebook.stage
        ],
        "thresholds": ruled.thresholds(found),
        "segments": [
            {"id": one.segment, "name": one.name, "delegations": one.delegations, "tests": one.tests}
            for one in ruled.entitlement(found)
        ],
    }


@router.get(f"{_contest}timetable", response={200: TimetableOut, 404: Fault}, summary="Its timetable")
@may(PUBLIC)
def dates(request: HttpRequest, contest: str) -> dict[str, Any]:
    """The dates in the order of time, and every change that was published."""
    return {
        "zone": timetable.zone().key,
        "dates": [_date(item) for item in telling.dates_of(request.contest)],
        "changes": [
            {
                "published": _local(item.at),
                "name": item.name,
                "before": item.before or "",
                "after": item.after,
                "reason": item.reason,
            }
            for item in reversed(timetable.history(request.contest))
        ],
    }


@router.get(f"{_contest}rules", response={200: RulesOut, 404: Fault}, summary="Its rules in sentences")
@may(PUBLIC)
def rules(request: HttpRequest, contest: str) -> dict[str, Any]:
    """The frozen rulebook in sentences, thresholds worked out for the bodies of this contest."""
    found: Contest = request.contest
    return {
        "rulebook": found.rulebook.id,
        "name": found.rulebook.name,
        "passages": [
            {"heading": passage.heading, "sentences": list(passage.sentences)} for passage in ruled.passages(found)
        ],
    }


@router.get(f"{_contest}nominations", response={200: list[BoardOut], 404: Fault}, summary="Its nominations board")
@may(PUBLIC)
def nominations(request: HttpRequest, contest: str) -> list[Any]:
    """The boards of the stages that have been opened; a hidden one has no lines until it is closed."""
    return nominated.boards(request.contest)


@router.get(f"{_contest}candidates", response={200: list[CandidateOut], 404: Fault}, summary="Its candidates")
@may(PUBLIC)
def candidates(request: HttpRequest, contest: str) -> list[dict[str, Any]]:
    """Who is proposed or stands, with statement and picture."""
    found = []
    for one in nominated.candidates_of(request.contest):
        shown = entry(one)
        found.append(
            {
                "id": shown["key"],
                "name": shown["name"],
                "slate": shown["slate"],
                "status": shown["status"],
                "reason": shown["reason"],
                "statement_html": str(shown["statement"]),
                "picture": whole_address_of(request, str(shown["picture"])) if shown["picture"] else None,
            }
        )
    return found


@router.get(
    f"{_contest}acts", response={200: Paged[ActOut], 404: Fault, 422: Fault}, summary="The published log of its acts"
)
@may(PUBLIC)
def acts(request: HttpRequest, contest: str, page: int = PageNumber) -> dict[str, Any]:
    """Every act on the contest, in order, each naming the one before by its hash. Names and reasons are not in it."""
    found: Contest = request.contest
    name = log_of(found)
    return paged(request, published_acts(found), page, lambda act: act.published() | {"log": name, "hash": act.hash})
