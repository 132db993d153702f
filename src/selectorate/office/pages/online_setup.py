"""The set-up of a vote held online: what is chosen, what follows from it; boxes; files for and from the registrar."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from ...contest.model import REOPEN
from ...rules import BallotStage, MotionStage
from .. import timetable
from ..access import may
from ..acts import online as acts
from ..boxes import layout, opening
from ..models import BoxVoter, Contest, OnlineVote, Role, RollEntry, SealedBox
from ..rolls import files, working
from ..rounds import on_the_paper
from ..telling import stage_name
from .doing import done
from .downloads import file_answer
from .roll_contest import waits
from .waiting import waiting

OFFICER, REGISTRAR, SCRUTINEER, TRUSTEE = Role.RETURNING_OFFICER, Role.REGISTRAR, Role.SCRUTINEER, Role.TRUSTEE
MAX_BYTES = 2 << 30
SET_UP, CREDENTIALS = "/set-up", "/credentials"
"""What a form is for that is no stage's: no stage is called so."""
COLUMNS = ("voter", "name", "email", "address", "sections")
AT_ONCE = 500
"""Voters whose postal addresses are looked up at once."""
PAPERS = [
    ("none", gettext_lazy("there is no paper")),
    ("first counts", gettext_lazy("there is paper too; what comes in first counts")),
    ("online supersedes", gettext_lazy("there is paper too; an online ballot counts instead, the envelope stays shut")),
]
EXAMPLES = (3, 5, 8, 10)
"""Numbers of names for which the page says in how many ways they can be ranked, while nobody stands yet."""


class HoldForm(forms.Form):
    """How one ballot is held online."""

    held_online = forms.BooleanField(label=gettext_lazy("It is held online"), required=False)
    revote = forms.BooleanField(
        label=gettext_lazy("A voter may cast again until the end; the last ballot counts"), required=False
    )
    paper = forms.ChoiceField(label=gettext_lazy("Paper beside it"), choices=PAPERS, widget=forms.RadioSelect)


class SetUpForm(forms.Form):
    """Who makes credentials, who opens the boxes."""

    easy = forms.BooleanField(
        label=gettext_lazy("Easy mode: the server makes and mails the credentials"), required=False
    )
    size = forms.IntegerField(label=gettext_lazy("Trustees"), min_value=2, max_value=acts.MOST_TRUSTEES)
    threshold = forms.IntegerField(label=gettext_lazy("So many of them are needed to open a box"), min_value=1)
    least = forms.IntegerField(
        label=gettext_lazy("Fewest ballots with which a box is opened"), min_value=2, max_value=acts.MOST_LEAST
    )
    rounds = forms.IntegerField(
        label=gettext_lazy("Rounds for which there are credentials, where a ballot is repeated"),
        min_value=1,
        max_value=acts.MOST_ROUNDS,
    )
    until = forms.CharField(
        label=gettext_lazy("End of the time for challenges"),
        required=False,
        max_length=40,
        help_text=gettext_lazy("As 2016-12-31. On that day it is deleted whose credential is whose."),
    )


class CredentialsForm(forms.Form):
    """The registrar's public list."""

    file = forms.FileField(label=gettext_lazy("credentials.jsonl"))
    reason = forms.CharField(
        label=gettext_lazy("Why it replaces the list that is there"), required=False, max_length=acts.LONGEST_REASON
    )


@may(OFFICER, REGISTRAR, SCRUTINEER, TRUSTEE)
def home(request: HttpRequest, contest: str) -> HttpResponse:
    """How the vote is held online, what follows from it, and what is to be done next."""
    return _page(request)


def _page(request: HttpRequest, status: int = 200, wrong: Mapping[str, forms.Form] | None = None) -> HttpResponse:
    """The page; ``wrong``: what was filled in and not done, by the stage, or by what it is for."""
    forms_ = wrong or {}
    here: Contest = request.contest  # type: ignore[attr-defined]
    vote = OnlineVote.objects.filter(contest=here).first()
    boxes = list(vote.boxes.all()) if vote else []
    taken = set(BoxVoter.objects.filter(box__in=boxes).values_list("box", flat=True).distinct())
    draft = here.status == Contest.Status.DRAFT
    context: dict[str, Any] = {
        "contest": here,
        "vote": vote,
        "draft": draft,
        "stages": [_stage(here, stage, forms_.get(stage.id)) for stage in _ballots(here)],
        "online": layout.stages(here),
        "form": forms_.get(SET_UP)
        or (SetUpForm(initial=_begun(here, vote)) if draft and layout.stages(here) else None),
        "boxes": [_box(here, box, box.pk in taken) for box in boxes],
        "waiting_for": _waiting_for(vote),
        "small": _small(vote),
        "secrecy": _secrecy(here, vote),
        "floor": layout.floor(vote) if vote else None,
        "credentials": forms_.get(CREDENTIALS) or CredentialsForm(),
        "asked": any(box.phase == "empty" and box.pk not in taken for box in boxes)
        or (vote is not None and vote.easy and any(opening.lacking(here, key) for key in layout.unopened(vote))),
        "taken": bool(taken),
        "opened": any(box.phase != "empty" for box in boxes),
        "paper": any(stage.online and stage.online.paper != "none" for stage in layout.stages(here)),
        "proposals": waiting(request, here, "send_credentials"),
        "job": here.roll_jobs.filter(kind__in=("take_credentials", "mail_credentials")).first(),
        "registrar": REGISTRAR in request.roles,  # type: ignore[attr-defined]
        "officer": OFFICER in request.roles,  # type: ignore[attr-defined]
    }
    return render(request, "office/voting/setup.html", context, status=status)


def _ballots(contest: Contest) -> list[BallotStage | MotionStage]:
    return [one for one in contest.rulebook.stage if isinstance(one, BallotStage | MotionStage)]


def _stage(contest: Contest, stage: BallotStage | MotionStage, form: forms.Form | None) -> dict[str, Any]:
    held = stage.online
    begun = {
        "held_online": held is not None,
        "revote": held.revote if held else True,
        "paper": held.paper if held else "none",
    }
    return {
        "id": stage.id,
        "name": stage_name(stage),
        "online": held,
        "form": form or HoldForm(initial=begun, prefix=stage.id),
    }


def _begun(contest: Contest, vote: OnlineVote | None) -> dict[str, Any]:
    if vote is None:
        return {"threshold": 2, "size": 3, "least": layout.fewest(contest), "rounds": 1}
    found = {name: getattr(vote, name) for name in ("easy", "threshold", "size", "least", "rounds")}
    return found | {"until": timetable.written(vote.until) if vote.until else ""}


def _box(contest: Contest, box: SealedBox, taken: bool) -> dict[str, Any]:
    segments = contest.rulebook.segments
    names = [segments[key].name for key in box.members if key in segments]
    stage = contest.rulebook.stage_named(box.stage)
    return {"box": box, "names": names, "stage": stage_name(stage) if stage else box.stage, "taken": taken}


def _waiting_for(vote: OnlineVote | None) -> list[tuple[str, str]]:
    """Stages without boxes: what they wait for, nothing where their boxes can be laid out."""
    if vote is None:
        return []
    there = set(vote.boxes.values_list("stage", flat=True))
    return [
        (stage_name(one), layout.waiting_for(vote, one)) for one in layout.stages(vote.contest) if one.id not in there
    ]


def _small(vote: OnlineVote | None) -> list[str]:
    """Sections with so few voters that their result would show single votes."""
    if vote is None:
        return []
    found = []
    for stage in layout.stages(vote.contest):
        if not layout.waiting_for(vote, stage):
            found += [
                f"{stage_name(stage)}, {section.key}: {section.voters}"
                for section in layout.sections(vote, stage)
                if section.small
            ]
    return found


def _secrecy(contest: Contest, vote: OnlineVote | None) -> list[dict[str, Any]]:
    """For every ranked ballot: in how many ways a paper can be filled in, held against the voters (THREATS, E1)."""
    found = []
    for stage in layout.stages(contest):
        if not isinstance(stage, BallotStage) or stage.paper != "rank":
            continue
        standing = [name for name in on_the_paper(contest, stage) if name != REOPEN]
        names = len(standing) + stage.reopen_nominations
        fewest = None
        if vote is not None and not layout.waiting_for(vote, stage):
            fewest = min((one.voters for one in layout.sections(vote, stage)), default=None)
        sizes = (names,) if len(standing) > 1 else EXAMPLES
        found.append(
            {
                "stage": stage_name(stage),
                "known": len(standing) > 1,
                "voters": fewest,
                "too_long": names > layout.MOST_RANKED,
                "rows": [(size, layout.patterns(size)) for size in sizes if size <= layout.MOST_RANKED],
                "warn": any(fewest is not None and layout.patterns(size) > fewest for size in sizes),
            }
        )
    return found


@may(OFFICER)
@require_POST
def hold(request: HttpRequest, contest: str, stage: str) -> HttpResponse:
    """Say of one ballot whether and how it is held online."""
    here = request.contest  # type: ignore[attr-defined]
    if stage not in [one.id for one in _ballots(here)]:
        raise Http404
    form = HoldForm(request.POST, prefix=stage)
    if form.is_valid():
        said = _("The rules of this contest say so now.")
        if done(request, acts.hold_online, request.user, here, said=said, form=form, stage=stage, **form.cleaned_data):
            return redirect("contest-online", contest)
    return _page(request, 422, {stage: form})


@may(OFFICER)
@require_POST
def set_up(request: HttpRequest, contest: str) -> HttpResponse:
    """Say who makes credentials, and who opens the boxes."""
    form = SetUpForm(request.POST)
    if form.is_valid():
        given = form.cleaned_data
        here = request.contest  # type: ignore[attr-defined]
        if done(request, acts.set_up_vote, request.user, here, said=_("The vote is set up."), form=form, **given):
            return redirect("contest-online", contest)
    return _page(request, 422, {SET_UP: form})


@may(OFFICER, REGISTRAR)
@require_POST
def lay_out(request: HttpRequest, contest: str) -> HttpResponse:
    """Lay out the boxes."""
    done(request, acts.lay_out_boxes, request.user, request.contest, said=_("The boxes are laid out."))  # type: ignore[attr-defined]
    return redirect("contest-online", contest)


@may(OFFICER, REGISTRAR, SCRUTINEER, TRUSTEE)
def voting_json(request: HttpRequest, contest: str) -> HttpResponse:
    """What the tools of registrar and trustees have to know."""
    vote = OnlineVote.objects.filter(contest=request.contest).first()  # type: ignore[attr-defined]
    if vote is None:
        return redirect("contest-online", contest)
    text = json.dumps(layout.voting(vote), indent=1, ensure_ascii=False) + "\n"
    return file_answer(request, text, "json", name="voting")


@may(REGISTRAR)
@require_POST
def voters_csv(request: HttpRequest, contest: str) -> Any:
    """The list of voters, for the registrar alone; that it was fetched stands in the log."""
    here = request.contest  # type: ignore[attr-defined]
    if not done(request, acts.hand_out_voters, request.user, here):
        return redirect("contest-online", contest)
    vote = OnlineVote.objects.get(contest=here)
    answer = StreamingHttpResponse(voters_lines(vote), content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = 'attachment; filename="voters.csv"'
    return answer


def voters_lines(vote: OnlineVote) -> Iterator[bytes]:
    """The lines of the list; postal addresses are looked up for some hundred voters at once."""
    yield (",".join(COLUMNS) + "\r\n").encode()
    piece: list[layout.Listed] = []
    for one in layout.listed(vote, layout.unopened(vote)):
        piece.append(one)
        if len(piece) >= AT_ONCE:
            yield _rows(piece)
            piece = []
    yield _rows(piece)


def _rows(piece: list[layout.Listed]) -> bytes:
    people = [one.voter.voter.removeprefix("roll:") for one in piece]
    rows = RollEntry.objects.filter(person__in=people).order_by("-pk")
    homes = {
        f"roll:{person}": "\n".join(filter(None, (address, postcode)))
        for person, address, postcode in rows.values_list("person", "address", "postcode")
    }
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    for one in piece:
        here = one.voter
        writer.writerow([here.voter, here.name, here.email, homes.get(here.voter, ""), ";".join(one.sections)])
    return out.getvalue().encode()


@may(REGISTRAR)
@require_POST
def take(request: HttpRequest, contest: str) -> HttpResponse:
    """Take in the registrar's public list; it is checked and kept beside the pages."""
    here = request.contest  # type: ignore[attr-defined]
    form = CredentialsForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, 422, {CREDENTIALS: form})
    file = form.cleaned_data["file"]
    if file.size > MAX_BYTES:
        form.add_error("file", _("this file is too large to be a list of credentials"))
        return _page(request, 422, {CREDENTIALS: form})
    folder = files.new_folder("credentials")
    files.save(f"{folder}/{working.CREDENTIALS}", file.chunks())
    reason = form.cleaned_data["reason"]
    small = file.size <= working.SMALL
    job = working.start("take_credentials", request.user, contest=here, small=small, folder=folder, reason=reason)
    if job.payload.get("folder") != folder:  # the same is under way already
        files.forget(folder)
    return redirect("contest-roll-job", contest, job.pk)


@may(OFFICER, REGISTRAR)
@require_POST
def send(request: HttpRequest, contest: str) -> HttpResponse:
    """Propose that the server makes the credentials and mails them (easy mode)."""
    done(request, acts.send_credentials, request.user, request.contest, said=waits())  # type: ignore[attr-defined]
    return redirect("contest-online", contest)


@may(REGISTRAR)
@require_POST
def destroyed(request: HttpRequest, contest: str) -> HttpResponse:
    """Enter that the registrar's copy was destroyed."""
    said = _("It is entered. No credential can be sent again.")
    done(request, acts.copy_destroyed, request.user, request.contest, said=said)  # type: ignore[attr-defined]
    return redirect("contest-online", contest)
