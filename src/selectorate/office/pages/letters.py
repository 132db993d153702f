"""Letters that ask for a motion: handed in by a member, kept by one official, told to nobody else.

The pages for everybody say the same however many letters there are: their only facts are who receives them, and
whether there are enough.
"""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from ...rules import MotionStage
from ..access import NOMINATOR, PUBLIC, may
from ..acts import motions
from ..holders import safe_until
from ..models import Contest, Role
from .doing import done
from .finding import contest_of, roles_in, stage_of, title_of
from .waiting import waiting

KEEPER, OFFICER = Role.LETTER_KEEPER, Role.RETURNING_OFFICER


class KeeperForm(forms.Form):
    """Who receives the letters."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=200)
    email = forms.EmailField(label=gettext_lazy("Mail address"))


def _asked(contest: Contest, stage: str) -> MotionStage:
    found = stage_of(contest, stage, MotionStage)
    if found.asked_by is None:
        raise Http404
    return found


@may(PUBLIC)
def letters(request: HttpRequest, contest: str, stage: str) -> HttpResponse:
    """What everybody may know; and, for a member of the body, their own letter."""
    here = contest_of(request)
    found = _asked(here, stage)
    roles = roles_in(request)
    state = here.stages.filter(stage=stage).first()
    seat = motions.seats_of(here, stage).filter(user=request.user).first() if NOMINATOR in roles else None
    mine = motions.letters_of(here, stage).filter(seat=seat).first() if seat else None
    return render(
        request,
        "office/stages/letters.html",
        {
            "contest": here,
            "stage": found,
            "title": title_of(found),
            "asked": found.asked_by,
            "body": here.rulebook.bodies[found.asked_by.body].name if found.asked_by else "",
            "keeper": here.appointments.filter(role=KEEPER, ended=None).select_related("user").first(),
            "state": state,
            "collecting": bool(state and state.status == "waiting" and not state.reached),
            "safe": safe_until(here),
            "seat": seat,
            "mine": mine,
            "is_keeper": KEEPER in roles,
            "is_officer": OFFICER in roles,
            "waiting": waiting(request, here, "appoint_letter_keeper") if OFFICER in roles else [],
            "form": KeeperForm(),
        },
    )


@may(NOMINATOR)
@require_POST
def hand_in(request: HttpRequest, contest: str, stage: str) -> HttpResponse:
    """Hand one's letter in, or take it back."""
    here = contest_of(request)
    _asked(here, stage)
    if request.POST.get("do") == "withdraw":
        done(request, motions.withdraw_letter, request.user, here, stage=stage, said=_("Your letter is withdrawn."))
    else:
        done(request, motions.hand_in_letter, request.user, here, stage=stage, said=_("Your letter is handed in."))
    return redirect("letters", contest=contest, stage=stage)


@may(KEEPER)
def kept(request: HttpRequest, contest: str, stage: str) -> HttpResponse:
    """The letters, for their keeper alone: whose they are, how many, how many are needed."""
    here = contest_of(request)
    found = _asked(here, stage)
    if request.method == "POST":
        given = request.POST.get("seat", "")
        if request.POST.get("do") == "strike":
            letter = request.POST.get("letter", "")
            number = int(letter) if letter.isascii() and letter.isdigit() and len(letter) < 18 else 0
            done(
                request, motions.strike_letter, request.user, here, stage=stage, letter=number, said=_("It is struck.")
            )
        else:
            number = int(given) if given.isascii() and given.isdigit() and len(given) < 18 else 0
            done(request, motions.record_letter, request.user, here, stage=stage, seat=number, said=_("It is kept."))
        return redirect("letters-kept", contest=contest, stage=stage)
    running = list(motions.letters_of(here, stage).order_by("at"))
    there = {one.seat_id for one in running}
    return render(
        request,
        "office/stages/letters_kept.html",
        {
            "contest": here,
            "stage": found,
            "title": title_of(found),
            "letters": running,
            "withdrawn": here.letters.filter(stage=stage).exclude(withdrawn=None).select_related("seat").order_by("at"),
            "needed": motions.letters_needed(here, stage),
            "state": here.stages.filter(stage=stage).first(),
            "seats": [one for one in motions.seats_of(here, stage) if one.pk not in there],
        },
    )


@may(OFFICER)
@require_POST
def appoint_keeper(request: HttpRequest, contest: str, stage: str) -> HttpResponse:
    """Propose who receives the letters; a second official confirms it."""
    here = contest_of(request)
    _asked(here, stage)
    form = KeeperForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Give the name and the mail address of who receives the letters."))
    else:
        done(
            request,
            motions.appoint_letter_keeper,
            request.user,
            here,
            **form.cleaned_data,
            said=_("Proposed: a second official has to confirm it."),
        )
    return redirect("letters", contest=contest, stage=stage)
