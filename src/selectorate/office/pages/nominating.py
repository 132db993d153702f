"""Nominations: the page on which somebody nominates, the board, the desk on which they are ruled on."""

from __future__ import annotations

from dataclasses import dataclass

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ...rules import NominationStage, held
from ..access import NOMINATOR, PUBLIC, may
from ..acts import nominations
from ..boards import board_of, boards_of
from ..models import BodySeat, Candidate, Contest, Role, StageState
from ..moment import now
from .doing import done
from .finding import contest_of, roles_in, stage_of, title_of

OFFICER, SCRUTINEER = Role.RETURNING_OFFICER, Role.SCRUTINEER
A_PAGE = 50
"""Nominations on one page of the desk."""


@dataclass(frozen=True)
class Chance:
    """That somebody may nominate at a stage, for a seat: how many, and whom they have nominated."""

    stage: NominationStage
    title: str
    body: str
    body_name: str
    seat: BodySeat
    most: int | None
    chosen: tuple[str, ...]
    open: bool
    closed: bool

    @property
    def single(self) -> bool:
        """Whether they choose one."""
        return self.most == 1

    @property
    def rule(self) -> str:
        """How many they may nominate, in words."""
        if self.most is None:
            return _("You may nominate as many as you like.")
        return ngettext(
            "You may nominate one candidate.", "You may nominate up to %(number)s candidates.", self.most
        ) % {"number": self.most}


def chances(contest: Contest, user: object) -> list[Chance]:
    """Every stage and seat for which somebody nominates in this contest."""
    links = {link.key: link for link in contest.bodies.select_related("body")}
    states = {state.stage: state for state in contest.stages.all()}
    mine: dict[tuple[str, int], list[str]] = {}
    for one in contest.nominations.filter(withdrawn=None, seat__user=user).select_related("candidate"):
        mine.setdefault((one.stage, one.seat_id), []).append(one.candidate.key)
    found = []
    for stage in contest.rulebook.stage:
        if not isinstance(stage, NominationStage):
            continue
        for key in nominations.bodies_of(stage):
            seat = (
                links[key].body.seats_on(links[key].on).filter(user=user, ended=None).first() if key in links else None
            )
            if seat is None:
                continue
            state = states.get(stage.id)
            try:
                nominations.stage_open(contest, stage.id, now())
                is_open = True
            except nominations.RefusedError:
                is_open = False
            found.append(
                Chance(
                    stage=stage,
                    title=title_of(stage),
                    body=key,
                    body_name=links[key].body.name,
                    seat=seat,
                    most=stage.each_nominates,
                    chosen=tuple(mine.get((stage.id, seat.pk), ())),
                    open=is_open,
                    closed=bool(state and state.status == StageState.Status.CLOSED),
                )
            )
    return found


@may(NOMINATOR)
def nominate(request: HttpRequest, contest: str) -> HttpResponse:
    """Nominate, change and withdraw, for every seat that one has, until nominations close."""
    here = contest_of(request)
    if request.method == "POST":
        done(
            request,
            nominations.choose_nominees,
            request.user,
            here,
            stage=request.POST.get("stage", ""),
            body=request.POST.get("body", ""),
            candidates=[key for key in request.POST.getlist("candidates") if key],
            said=_("Your nominations are as you chose them."),
        )
        return redirect("nominate", contest=contest)
    people = here.candidates.filter(status__in=(Candidate.Status.PROPOSED, Candidate.Status.CONSENTED))
    automatic = [
        s.id for s in here.rulebook.stage if isinstance(s, NominationStage) and held(s.incumbent) == "automatic"
    ]
    return render(
        request,
        "office/stages/nominate.html",
        {
            "contest": here,
            "chances": chances(here, request.user),
            "people": people,
            "automatic": automatic if here.occasion == Contest.Occasion.CHALLENGE else [],
        },
    )


@may(PUBLIC)
def board(request: HttpRequest, contest: str) -> HttpResponse:
    """The boards of all stages, as far as they are public."""
    here = contest_of(request)
    return render(request, "office/stages/board.html", {"contest": here, "boards": boards_of(here)})


@may(OFFICER, SCRUTINEER)
def desk(request: HttpRequest, contest: str, stage: str) -> HttpResponse:
    """All nominations of a stage, to be ruled on; the close, and the rulings."""
    here = contest_of(request)
    found = stage_of(here, stage, NominationStage)
    if request.method == "POST":
        if request.POST.get("do") == "close":
            done(
                request,
                nominations.close_nominations,
                request.user,
                here,
                stage=stage,
                said=_("Nominations are closed, and ruled on."),
            )
        else:
            given = request.POST.get("nomination", "")
            done(
                request,
                nominations.rule_invalid,
                request.user,
                here,
                nomination=int(given) if given.isascii() and given.isdigit() and len(given) < 18 else 0,
                reason=request.POST.get("reason", ""),
                said=_("Your ruling is entered."),
            )
        return redirect(request.get_full_path())
    listed = here.nominations.filter(stage=stage).select_related("seat", "candidate").order_by("seat__name", "pk")
    asked = request.GET.get("candidate", "")
    if here.candidates.filter(key=asked).exists():
        listed = listed.filter(candidate__key=asked)
    return render(
        request,
        "office/stages/nominations_desk.html",
        {
            "contest": here,
            "stage": found,
            "title": title_of(found),
            "state": here.stages.filter(stage=stage).first(),
            "board": board_of(here, stage, inside=True),
            "page": Paginator(listed, A_PAGE).get_page(request.GET.get("page")),
            "asked": asked,
            "bodies": {key: body.name for key, body in here.rulebook.bodies.items()},
            "may_rule": OFFICER in roles_in(request),
            "nobody": _nobody(here, found),
        },
    )


def _nobody(contest: Contest, stage: NominationStage) -> bool:
    """Whether the stage is closed, and nobody came through."""
    closed = contest.stages.filter(stage=stage.id, status=StageState.Status.CLOSED).exists()
    left = (Candidate.Status.PROPOSED, Candidate.Status.CONSENTED, Candidate.Status.STANDING, Candidate.Status.OUT)
    return closed and stage.effect != "none" and not contest.candidates.filter(status__in=left).exists()
