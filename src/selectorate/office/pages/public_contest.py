"""The page of a contest: what it is for, where it stands, its rules and dates, who is nominated, who stands."""

from __future__ import annotations

import hashlib

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from ...rules import BallotStage
from ...sheets.csvs import table_csv
from .. import nominated, published, ruled, telling, timetable
from ..access import PUBLIC, may
from ..boxes import booths, lost
from ..markdown import rendered
from ..models import Candidate, Contest, OnlineVote
from ..templatetags.telling import clock_text, day_text
from .downloads import file_answer
from .everybody import for_everybody
from .standing import SEEN

NOMINATION_COLUMNS = (
    "contest",
    "stage",
    "body",
    "size",
    "needed",
    "candidate",
    "candidate_name",
    "nominations",
    "result",
)


@may(PUBLIC)
@for_everybody(10)
def contest(request: HttpRequest, contest: str) -> HttpResponse:
    """Everything that the public may know of a contest, on one page."""
    found: Contest = request.contest
    state, dates = telling.state_of(found), telling.dates_of(found)
    declared = hasattr(found, "declaration")
    return render(
        request,
        "office/contest.html",
        {
            "contest": found,
            "state": state,
            "figures": first_figures(found),
            "declared": declared,
            "voting": _voting(found),
            "keys_lost": lost.said(found),
            "dates": dates,
            "upcoming": telling.next_date(found),
            "zone": timetable.zone().key,
            "changes": list(reversed(timetable.history(found))),
            "entitled": ruled.entitlement(found),
            "one_vote": _votes(found),
            "thresholds": ruled.thresholds(found),
            "passages": ruled.passages(found),
            "boards": nominated.boards(found),
            "candidates": [entry(one) for one in nominated.candidates_of(found)],
            "rulebook_hash": hashlib.sha256(found.rulebook_text.encode()).hexdigest(),
        },
    )


def _voting(contest: Contest) -> bool:
    """Whether ballots are taken online now."""
    vote = OnlineVote.objects.filter(contest=contest).first()
    return vote is not None and bool(booths.open_boxes(vote))


def entry(candidate: Candidate) -> dict[str, object]:
    """What is published of a candidate."""
    seen = bool(candidate.picture) and candidate.status in SEEN
    picture = reverse("candidate-picture", args=[candidate.contest.slug, candidate.key]) if seen else ""
    return {
        "key": candidate.key,
        "name": candidate.name,
        "slate": candidate.slate,
        "status": candidate.status,
        "says": candidate.get_status_display(),
        "reason": candidate.reason if candidate.status == Candidate.Status.REFUSED else "",
        "statement": rendered(candidate.statement),
        "picture": picture,
    }


def first_figures(contest: Contest) -> tuple[tuple[str, str, str], ...]:
    """The figures that are read first: of the result, once there is one."""
    return published.declaration_of(contest).figures if hasattr(contest, "declaration") else tuple(_figures(contest))


def _figures(contest: Contest) -> list[tuple[str, str, str]]:
    """The figures that are read first of a contest that is not declared: the next date, what is needed, who stands."""
    found = []
    upcoming = telling.next_date(contest)
    if upcoming is not None:
        clock = "" if upcoming.whole_day else clock_text(upcoming.at)
        found.append((upcoming.name[:1].upper() + upcoming.name[1:], day_text(upcoming.at), clock))
    standing = contest.candidates.filter(status=Candidate.Status.STANDING).count()
    for threshold in ruled.thresholds(contest):
        if threshold.needed is not None and not standing:
            of = _("of %(size)s %(body)s") % {"size": f"{threshold.size:,}", "body": threshold.body_name}
            label = _("Nominations needed") if threshold.stage_name == _("Nominations") else threshold.stage_name
            found.append((label, f"{threshold.needed:,}", of if threshold.size is not None else ""))
    if standing:
        found.append((_("On the paper"), str(standing), _("candidate") if standing == 1 else _("candidates")))
    return found


def _votes(contest: Contest) -> str:
    """How many votes somebody has who is in several segments."""
    several = [stage for stage in contest.rulebook.stage if isinstance(stage, BallotStage) and len(stage.segments) > 1]
    if not several:
        return ""
    if several[-1].votes == "one":
        return _("Everybody has one vote. Whoever belongs to several of these votes in the first that fits.")
    return _("Whoever belongs to several of these has one vote in each.")


@may(PUBLIC)
def rulebook(request: HttpRequest, contest: str) -> HttpResponse:
    """The rulebook of the contest as it was frozen, as a file."""
    found: Contest = request.contest
    if not found.public:
        raise Http404
    text = found.rulebook_text
    digest = hashlib.sha256(text.encode()).hexdigest()
    return file_answer(request, text, "toml", name=f"{found.slug}-rulebook", etag=digest[:32], seconds=300)


@may(PUBLIC)
def nominations_csv(request: HttpRequest, contest: str) -> HttpResponse:
    """The nominations board as a table for other programs; nothing of a hidden board."""
    found: Contest = request.contest
    rows = [
        {
            "contest": found.slug,
            "stage": board.stage,
            "body": board.body,
            "size": board.size,
            "needed": board.needed,
            "candidate": line.candidate,
            "candidate_name": line.name,
            "nominations": line.count,
            "result": line.result,
        }
        for board in nominated.boards(found)
        for line in board.lines
    ]
    return file_answer(
        request, table_csv(NOMINATION_COLUMNS, rows), "csv", name=f"{found.slug}-nominations", seconds=10
    )
