"""The voter's pages: the code, what is open for them, the booth with its data, and the last ballot recorded for them.

A secret credential never comes here. The link in the registrar's mail has it behind the ``#``, which no browser sends;
``office/voting.js`` takes it out of the address at once and hands it to the booth.
"""

from __future__ import annotations

import hashlib
from typing import Any

from django import forms
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache

from ..access import PUBLIC, may
from ..boxes import booths, codes, naming, receipts, sessions, voters
from ..limits import count, network
from ..models import Contest, OnlineVote, PaperVote, SealedBox, VoterCode
from ..rolls import closing
from . import booth_page

ASKED = "voter-asked"
"""Where a session keeps which codes were asked for in it."""
AT_ONCE = 5
"""Codes that one browser can enter: the last that were asked for."""
A_MINUTE = 240
"""Codes asked for, and entered, from one network in a minute: a whole meeting may be behind one."""
AN_HOUR = 20
"""Codes asked for in one voter's name from one network in an hour. Others, elsewhere, are not held up by it."""


class AskForm(forms.Form):
    """Who wants to vote. ``numbers``: whether the roll votes, whose members have numbers."""

    named = forms.CharField(
        label=gettext_lazy("Your mail address"),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "email", "autocapitalize": "none", "spellcheck": "false"}),
    )

    def __init__(self, *args: Any, numbers: bool, **more: Any) -> None:
        super().__init__(*args, **more)
        if numbers:
            self.fields["named"].label = _("Your mail address or membership number")


class CodeForm(forms.Form):
    """The code from the mail."""

    code = forms.CharField(
        label=gettext_lazy("Code"),
        max_length=40,
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "autocapitalize": "characters", "spellcheck": "false"}
        ),
    )


def vote_of(request: HttpRequest) -> OnlineVote:
    """The online vote of the contest that the address names. Raises Http404 where there is none."""
    contest: Contest = request.contest  # type: ignore[attr-defined]
    found = OnlineVote.objects.filter(contest=contest).first()
    if found is None:
        raise Http404
    found.contest = contest
    return found


def shown(vote: OnlineVote, **more: Any) -> dict[str, Any]:
    """What every page of the voter is given."""
    contest = vote.contest
    board = reverse("contest-board", args=[contest.slug])
    return {"contest": contest, "vote": vote, "easy": vote.easy, "board": board, "rolled": _rolled(vote), **more}


def _rolled(vote: OnlineVote) -> bool:
    """Whether the roll votes in this contest, and not bodies alone."""
    return bool(closing.stages(vote.contest))


# -- the code ----------------------------------------------------------------------------------------------------


@may(PUBLIC)
@never_cache
def vote(request: HttpRequest, contest: str) -> HttpResponse:
    """Ask for a code; enter it; then what is open, and what is recorded. One address, as far as the booth."""
    here = vote_of(request)
    if request.method == "POST":
        return _ask(request, here)
    signed = sessions.current(request, here)
    if signed is not None:
        return render(request, "office/voting/voter.html", _voter(here, signed))
    if codes.live(here, _keys(request, here)):
        return _code_page(request, here, CodeForm())
    return _ask_page(request, here, AskForm(numbers=_rolled(here)))


def _ask_page(
    request: HttpRequest, here: OnlineVote, form: AskForm, *, often: bool = False, gone: bool = False
) -> HttpResponse:
    """``often``: too much was asked for from there; ``gone``: no code can be entered here any more."""
    context = shown(here, form=form, often=often, gone=gone, state=_state(here), opens=_opens(here))
    return render(request, "office/voting/ask.html", context, status=429 if often else 200)


def _code_page(request: HttpRequest, here: OnlineVote, form: CodeForm) -> HttpResponse:
    ask = AskForm(auto_id="again_%s", numbers=_rolled(here))
    return render(request, "office/voting/code.html", shown(here, form=form, ask=ask))


def _state(here: OnlineVote) -> str:
    """Where the contest stands for its voters: ``early``, ``open``, ``closed``, or ``over`` with the challenges."""
    if booths.open_boxes(here):
        return "open"
    if not here.boxes.exclude(phase="empty").exists():
        return "early"
    return "over" if here.until is not None and here.until <= timezone.now() else "closed"


def _opens(here: OnlineVote) -> Any:
    keys = [f"{stage}_opens" for stage in here.boxes.values_list("stage", flat=True).distinct()]
    return here.contest.dates.filter(key__in=keys, at__gt=timezone.now()).order_by("at").first()


def _ask(request: HttpRequest, here: OnlineVote) -> HttpResponse:
    form = AskForm(request.POST, numbers=_rolled(here))
    if not form.is_valid():
        return _ask_page(request, here, form)
    named = codes.clean(form.cleaned_data["named"])
    if _state(here) not in ("open", "closed"):
        return redirect("vote", here.contest.slug)
    if settings.LIMITS and _too_often(request, here, named):
        return _ask_page(request, here, form, often=True)
    asked = codes.ask(here, named)
    kept = [*_kept(request, here), {"code": asked.code, "mail": voters.sealed(here, asked.email)}]
    request.session[ASKED] = {"vote": here.uuid, "codes": kept[-AT_ONCE:]}
    return redirect("vote", here.contest.slug)


def _too_often(request: HttpRequest, here: OnlineVote, named: str) -> bool:
    """Whether too much was asked for from there. It does not matter whether the name is one of the roll."""
    where = network(request)
    name = hashlib.sha256(f"{here.uuid}:{where}:{named.lower()}".encode()).hexdigest()
    return count(f"vote:{where}") > A_MINUTE or count(f"vote:{name}", 3600) > AN_HOUR


def _kept(request: HttpRequest, here: OnlineVote) -> list[dict[str, Any]]:
    asked = request.session.get(ASKED)
    return asked["codes"] if isinstance(asked, dict) and asked.get("vote") == here.uuid else []


def _keys(request: HttpRequest, here: OnlineVote) -> list[int]:
    return [one["code"] for one in _kept(request, here)]


@may(PUBLIC)
@never_cache
def code(request: HttpRequest, contest: str) -> HttpResponse:
    """Take the code. To the booth where one stage is open, else to the page that says what is."""
    here = vote_of(request)
    if request.method != "POST":
        return redirect("vote", contest)
    form = CodeForm(request.POST)
    if settings.LIMITS and count(f"code:{network(request)}") > A_MINUTE:
        return _ask_page(request, here, AskForm(numbers=_rolled(here)), often=True)
    if not form.is_valid():
        return _code_page(request, here, form)
    found = codes.enter(here, _keys(request, here), form.cleaned_data["code"])
    if found is None:
        return _wrong(request, here, form)
    return _signed_in(request, here, found)


def _wrong(request: HttpRequest, here: OnlineVote, form: CodeForm) -> HttpResponse:
    if codes.live(here, _keys(request, here)):
        form.add_error("code", _("This is not the code, or its time is over."))
        return _code_page(request, here, form)
    return _ask_page(request, here, AskForm(numbers=_rolled(here)), gone=True)


def _signed_in(request: HttpRequest, here: OnlineVote, found: VoterCode) -> HttpResponse:
    mail = next(one["mail"] for one in _kept(request, here) if one["code"] == found.pk)
    del request.session[ASKED]
    sessions.begin(request, here, who=found.who, email=voters.unsealed(here, mail))
    stages = {box.stage for box in booths.to_cast(here, found.who)}
    if len(stages) == 1:
        return redirect("vote-booth", here.contest.slug, stages.pop())
    return redirect("vote", here.contest.slug)


@may(PUBLIC)
@never_cache
def end(request: HttpRequest, contest: str) -> HttpResponse:
    """End the voter's session in this browser, and forget which codes were asked for in it."""
    here = vote_of(request)
    if request.method == "POST":
        request.session.pop(ASKED, None)
        sessions.end(request)
    return redirect("vote", here.contest.slug)


# -- signed in ---------------------------------------------------------------------------------------------------


def _voter(here: OnlineVote, signed: sessions.Signed) -> dict[str, Any]:
    """What is open for a voter, and the last ballot recorded for them in each box that has opened."""
    can = {box.pk for box in booths.to_cast(here, signed.who)}
    lines = [_line(here, box, signed.who) for box in booths.boxes_of(here, signed.who).exclude(phase="empty")]
    stages = {line["box"].stage: line["stage_name"] for line in lines if line["box"].pk in can}
    return shown(here, lines=lines, stages=stages, state=_state(here))


def _line(here: OnlineVote, box: SealedBox, who: str) -> dict[str, Any]:
    last = booths.last_of(box, who)
    return {
        "box": box,
        "stage_name": naming.stage_name(here.contest, box.stage),
        "section_name": naming.section_name(here.contest, box),
        "last": last,
        "number": box.events.filter(credential=last.credential).count() if last else 0,
        "open": booths.is_open(box),
        "paper": box.papers.filter(who=who, outcome=PaperVote.Outcome.COUNTS).exists(),
    }


def _booth(request: HttpRequest, stage: str) -> tuple[OnlineVote, sessions.Signed | None, list[SealedBox]]:
    here = vote_of(request)
    signed = sessions.current(request, here)
    boxes = [box for box in booths.open_for(here, signed.who) if box.stage == stage] if signed else []
    return here, signed, boxes


@may(PUBLIC)
@never_cache
def booth(request: HttpRequest, contest: str, stage: str) -> HttpResponse:
    """The page of the booth, for a voter for whom a box of this stage is open; others go to where they get a code."""
    here, _signed, boxes = _booth(request, stage)
    if not boxes:
        return redirect("vote", here.contest.slug)
    slug = here.contest.slug
    data, again = reverse("vote-booth-json", args=[slug, stage]), reverse("vote", args=[slug])
    return booth_page.booth_page(request, here.contest, stage, data=data, again=again)


@may(PUBLIC)
@never_cache
def booth_json(request: HttpRequest, contest: str, stage: str) -> HttpResponse:
    """What the booth needs: this voter's papers that are open, and where the ballots go."""
    here, signed, boxes = _booth(request, stage)
    if signed is None:
        says = _("Your code is no longer valid here: ask for a new one.")
        return JsonResponse({"code": "session", "message": says}, status=403)
    if not boxes:
        return JsonResponse({"code": "closed", "message": _("No box is open for you here.")}, status=409)
    slug = here.contest.slug
    content = {
        "contest": {"title": here.contest.title, "slug": slug},
        "revote": all(box.revote for box in boxes),
        "easy": here.easy,
        "papers": [booths.paper_for(here.contest, box, signed.who) for box in boxes],
        "cast": reverse("vote-cast", args=[slug]),
        "find": reverse("vote-find", args=[slug]),
        "promises": reverse("vote-promises", args=[slug]),
        "board": reverse("contest-board", args=[slug]),
        "receipts": receipts.public_key(here),
        "csrf": get_token(request),
    }
    return JsonResponse(content)


__all__ = ["booth", "booth_json", "code", "end", "shown", "vote", "vote_of"]
