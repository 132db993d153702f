"""A stage on the officer's desk, the rounds of a ballot that is repeated, and what everybody sees of them."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from ...rules import BallotStage, MotionStage, NominationStage
from ..access import PUBLIC, may
from ..acts import contests, draws, figures, nominations, rounds
from ..boxes import laid
from ..documents import is_repeated
from ..models import Candidate, Contest, Role
from ..preflight import blocking, checklist
from ..rounds import announced, may_enter, progress, tie_rules, without_ballot
from .doing import done
from .figures import names_of
from .finding import any_stage, contest_of, roles_in, stage_of, title_of
from .waiting import waiting

OFFICER, REGISTRAR, SCRUTINEER = Role.RETURNING_OFFICER, Role.REGISTRAR, Role.SCRUTINEER


@may(OFFICER, REGISTRAR, SCRUTINEER)
def stage_desk(request: HttpRequest, contest: str, stage: str) -> HttpResponse:
    """One stage: what has to be there before it opens, its state, and the way to everything that is done in it."""
    here = contest_of(request)
    found = any_stage(here, stage)
    if request.method == "POST":
        does = {
            "open": (contests.open_stage, _("It is open.")),
            "pass": (rounds.pass_stage, _("It is closed without a ballot.")),
            "close": (
                nominations.close_nominations if isinstance(found, NominationStage) else figures.close_ballot,
                _("It is closed."),
            ),
        }.get(request.POST.get("do", ""))
        if does is None:
            raise Http404
        done(request, does[0], request.user, here, stage=stage, said=does[1])
        return redirect("stage-desk", contest=contest, stage=stage)
    state = here.stages.filter(stage=stage).first()
    before = state is not None and state.status == "waiting"
    return render(
        request,
        "office/stages/stage_desk.html",
        {
            "contest": here,
            "stage": found,
            "title": title_of(found),
            "state": state,
            "kind": found.kind,
            "repeated": is_repeated(found),
            "asked": isinstance(found, MotionStage) and found.asked_by is not None,
            "items": checklist(here, stage) if before else [],
            "blocked": before and bool(blocking(here, stage)),
            "unneeded": without_ballot(here, stage) if before and isinstance(found, BallotStage) else None,
            "names": names_of(here),
            "may_act": OFFICER in roles_in(request),
            "others": [(one.id, title_of(one)) for one in here.rulebook.stage],
        },
    )


@may(OFFICER)
def desk(request: HttpRequest, contest: str, stage: str) -> HttpResponse:
    """The rounds of a ballot that is repeated: the one thing that is to be done next, and all that was."""
    here = contest_of(request)
    found = stage_of(here, stage, BallotStage)
    if request.method == "POST":
        _does(request, here, stage)
        return redirect("rounds-desk", contest=contest, stage=stage)
    going = progress(here, stage)
    last = going.last if going else None
    proposed = waiting(request, here, "break_tie", "record_withdrawal", "finish_draw")
    asked = {item.proposal.payload.get("round") for item in proposed if item.proposal.kind == "break_tie"}
    # Before it is announced (or the result declared) the votes of a round are seen by those two who took them in,
    # and by who is asked to confirm how its tie was broken.
    mine = set(here.figures.filter(stage=stage, by=request.user, replaced=None).values_list("round", flat=True))
    # What a box says is public as soon as it is opened.
    online = laid.held_online(here, stage)
    rounds_ = going.rounds if going else ()
    shown = [
        one
        for one in rounds_
        if one.agreed
        and (online or one.ballot.announced or one.ballot.number in mine | asked or (mine and not going.repeated))
    ]
    return render(
        request,
        "office/stages/rounds_desk.html",
        {
            "contest": here,
            "stage": found,
            "title": title_of(found),
            "going": going,
            "online": online,
            "last": last,
            "shown": shown,
            "sees_last": last in shown,
            "names": names_of(here),
            "ties": [how for how in tie_rules(found) if how in ("lot", "officer", "vote again")],
            "draw": here.draws.filter(about=stage).first(),
            "may_draw": "lot" in tie_rules(found) and not here.figures.filter(stage=stage).exists(),
            "may_enter": bool(last and may_enter(found, last.ballot.number)),
            "people": here.candidates.exclude(status__in=(Candidate.Status.WITHDRAWN, Candidate.Status.REFUSED)),
            "waiting": proposed,
        },
    )


def _does(request: HttpRequest, contest: Contest, stage: str) -> None:
    given = request.POST
    number = given.get("round", "")
    says = given.get("says", "")
    two = _("Proposed: a second official has to confirm it.")
    field = given.getlist("field")
    does = {
        "close": (rounds.close_round, {"stage": stage}, _("The round is closed.")),
        "announce": (rounds.announce_round, {"stage": stage}, _("The round is announced.")),
        "open": (
            rounds.open_round,
            {"stage": stage, **({"field": field} if field else {})},
            _("The next round is open."),
        ),
        "tie": (
            rounds.break_tie,
            {
                "stage": stage,
                "round": int(number) if number.isascii() and number.isdigit() and len(number) < 6 else 0,
                "how": given.get("how", ""),
                "out": given.getlist("out"),
                "says": says,
            },
            two,
        ),
        "withdrawal": (rounds.record_withdrawal, {"candidate": given.get("candidate", ""), "says": says}, two),
        "begin-draw": (draws.begin_draw, {"about": stage}, _("The seed is made, its SHA-256 published.")),
        "finish-draw": (
            draws.finish_draw,
            {"about": stage, "numbers": [part for part in says.replace(",", " ").split() if part]},
            two,
        ),
    }.get(given.get("do", ""))
    if does is None:
        raise Http404
    act, more, said = does
    done(request, act, request.user, contest, **more, said=said)


@may(PUBLIC)
def public(request: HttpRequest, contest: str, stage: str) -> HttpResponse:
    """The rounds that are announced: votes, who went out, who withdrew, how a tie was broken."""
    here = contest_of(request)
    found = stage_of(here, stage, BallotStage)
    if not is_repeated(found):
        raise Http404
    return render(
        request,
        "office/stages/rounds.html",
        {
            "contest": here,
            "stage": found,
            "title": title_of(found),
            "rounds": announced(here, stage),
            "now": here.ballot_rounds.filter(stage=stage, closed=None).first(),
            "names": names_of(here),
            "draw": here.draws.filter(about=stage).first(),
        },
    )
