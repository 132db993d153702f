"""The desk: what waits for the person who is signed in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.core.paginator import Paginator
from django.db.models import Case, Q, Value, When
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from ...rules import NominationStage
from .. import paper, steps, timetable
from ..access import CANDIDATE, NOMINATOR, OFFICERS, SIGNED_IN, may, roles_everywhere
from ..acts.nominations import bodies_of
from ..models import Candidate, Contest, ContestBody, Nomination, Proposal, Role, StageState, User
from .proposals import Waiting, seen_by, still_open

PAGE = 50


@dataclass(frozen=True)
class ToNominate:
    """Nominations that are open to somebody: for which contest and stage, until when, whom they nominate already."""

    contest: Contest
    stage: str
    name: str
    until: datetime | None
    given: tuple[str, ...]


@may(SIGNED_IN)
def desk(request: HttpRequest) -> HttpResponse:
    """What waits for the person: acts to confirm, nominations, entries; and their contests with what is next."""
    user, now = request.user, timezone.now()
    whole, by_contest = roles_everywhere(user)
    contests = _contests(whole & set(OFFICERS), by_contest)
    page = Paginator(contests, PAGE).get_page(request.GET.get("page"))
    rows = [
        {
            "contest": one,
            "roles": sorted(whole | by_contest.get(one.pk, set())),
            "next": steps.next_step(one, now),
            "officer": bool((whole | by_contest.get(one.pk, set())) & OVERVIEW),
        }
        for one in page.object_list
    ]
    context: dict[str, Any] = {
        "page": page,
        "rows": rows,
        "proposals": _proposals(user, whole, by_contest),
        "nominations": _nominations(user, [pk for pk, roles in by_contest.items() if NOMINATOR in roles], now),
        "entries": _entries(user, [pk for pk, roles in by_contest.items() if CANDIDATE in roles]),
        "makes": Role.RETURNING_OFFICER.value in whole,
        "whole": sorted(whole),
        "second_factor_missing": not whole & set(OFFICERS)
        and user.appointments.filter(ended=None).exists()
        and not (settings.DEMO or is_mfa_enabled(user)),
    }
    return render(request, "office/desk.html", context)


OVERVIEW = {role.value for role in Role} - {Role.LETTER_KEEPER.value}
"""The roles for which a contest has its overview."""


def _contests(whole: frozenset[str] | set[str], by_contest: dict[int, set[str]]) -> Any:
    """The contests in which somebody has a role, those under way first; those in preparation for officials alone."""
    # Contests held together have a page of their own: six hundred of them would hide all others here.
    found = Contest.objects.filter(preparation=None) if whole else Contest.objects.all()
    if not whole:
        official = [pk for pk, roles in by_contest.items() if roles & set(OFFICERS)]
        others = Q(pk__in=by_contest.keys()) & ~Q(status=Contest.Status.DRAFT)
        found = found.filter(Q(pk__in=official) | others)
    order = Case(When(status="adopted", then=Value(0)), When(status="draft", then=Value(1)), default=Value(2))
    return found.prefetch_related("dates", "stages").order_by(order, "-created", "-pk")


def _proposals(user: User, whole: frozenset[str], by_contest: dict[int, set[str]]) -> list[Waiting]:
    """What somebody proposed or can confirm, of the organisation and of every contest."""
    found: list[Waiting] = []
    for one in still_open(Proposal.objects.all()):
        roles = whole | by_contest.get(one.contest_id, set())
        found += seen_by(user, roles, [one])
    return sorted(found, key=lambda one: one.mine)


def _nominations(user: User, contests: list[int], now: datetime) -> list[ToNominate]:
    """The stages of nominations that are open, and at which somebody sits in a body that nominates."""
    links = ContestBody.objects.filter(
        contest__in=contests, contest__status=Contest.Status.ADOPTED, body__seats__user=user, body__seats__ended=None
    )
    keys: dict[int, set[str]] = {}
    for contest, key in links.values_list("contest", "key"):
        keys.setdefault(contest, set()).add(key)
    given: dict[tuple[int, str], list[str]] = {}
    mine = Nomination.objects.filter(contest__in=keys, seat__user=user, withdrawn=None).select_related("candidate")
    for one in mine:
        given.setdefault((one.contest_id, one.stage), []).append(one.candidate.name)
    running = StageState.objects.filter(contest__in=keys, status=StageState.Status.OPEN).select_related("contest")
    found = []
    for state in running.prefetch_related("contest__dates"):
        stage = state.contest.rulebook.stage_named(state.stage)
        if not isinstance(stage, NominationStage) or not keys[state.contest_id] & set(bodies_of(stage)):
            continue
        until = next((d.at for d in state.contest.dates.all() if d.key == f"{state.stage}_closes"), None)
        if until is None or until > now:
            names = tuple(given.get((state.contest_id, state.stage), ()))
            found.append(ToNominate(state.contest, state.stage, timetable.stage_name(stage), until, names))
    return found


def _entries(user: User, contests: list[int]) -> list[dict[str, Any]]:
    """The candidacies of somebody (their own, or as an agent) of which something waits for them."""
    over = ("withdrawn", "refused", "not nominated")
    mine = Candidate.objects.filter(
        Q(user=user) | Q(agents__user=user, agents__ended=None),
        contest__in=contests,
        contest__status=Contest.Status.ADOPTED,
    )
    found = []
    for one in mine.exclude(status__in=over).select_related("contest").distinct():
        found.append(
            {
                "candidate": one,
                "to_consent": one.status == Candidate.Status.PROPOSED and one.user_id == user.pk,
                "to_sign": not one.signed_off or one.signed_hash != paper.entry_hash(one),
                "changed": bool(one.signed_off),
            }
        )
    return [one for one in found if one["to_consent"] or one["to_sign"]]
