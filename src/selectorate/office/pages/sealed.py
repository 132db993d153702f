"""The boxes of a contest on the officials' desk: where each stands, who is waited for, what comes next."""

from __future__ import annotations

from dataclasses import dataclass

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ...errors import SelectorateError
from ...rules import BallotStage, MotionStage
from ..access import may
from ..acts import boxes as acts
from ..acts import keys
from ..boxes import counting, envelopes, laid, lost, opening, store
from ..models import Contest, HandedIn, OnlineVote, PaperVote, Role, SealedBox
from .doing import done, filled
from .figures import section_name
from .finding import any_stage, contest_of, roles_in, title_of

OFFICER, REGISTRAR, SCRUTINEER = Role.RETURNING_OFFICER, Role.REGISTRAR, Role.SCRUTINEER

PHASES = {
    "empty": gettext_lazy("not open yet"),
    "voting": gettext_lazy("open"),
    "closed": gettext_lazy("closed, and being tallied"),
    "tallied": gettext_lazy("tallied"),
    "shuffled": gettext_lazy("shuffled"),
    "decrypting": gettext_lazy("being decrypted"),
    "final": gettext_lazy("opened"),
}


@dataclass(frozen=True)
class Line:
    """A box as officials see it. ``waits``: what it waits for, in words; ``names``: whose contribution is missing."""

    box: SealedBox
    title: str
    phase: str
    waits: str
    names: tuple[str, ...] = ()
    may_end: bool = False
    stopped: str = ""
    struck: int = 0
    checked: int = 0


def line_of(contest: Contest, box: SealedBox) -> Line:
    """Where a box stands."""
    stage = contest.rulebook.stage_named(box.stage)
    assert isinstance(stage, BallotStage | MotionStage)
    kind = counting.waits_for(box)
    needed = counting.still_needed(box)
    done_by = len(counting.shufflers(box)) if kind == "Shuffle" else len(counting.decrypters(box))
    return Line(
        box,
        opening.title_of(contest, stage, box),
        str(PHASES[box.phase]),
        waits_in_words(box, kind, done_by),
        tuple(f"{one.name} ({one.number})" for one in needed),
        kind == "Shuffle" and done_by >= box.vote.threshold,
        stop_of(box),
        laid.struck_after_casting(box),
        box.handed.filter(status=HandedIn.Status.WAITING).count(),
    )


def waits_in_words(box: SealedBox, kind: str, done_by: int) -> str:
    """What a box waits for, in a sentence."""
    if kind == "Shuffle":
        return _("Trustees shuffle, one after the other: %(done)s of %(size)s have.") % {
            "done": done_by,
            "size": box.vote.size,
        }
    if kind == "PartialDecryption":
        return _("Trustees decrypt: %(done)s have, and %(needed)s are needed.") % {
            "done": done_by,
            "needed": box.vote.threshold,
        }
    return {
        "empty": _("It opens with its ballot."),
        "voting": _("Voters cast."),
        "closed": _("The tally of the last ballot of each voter is being made."),
        "decrypting": _("The result is being made."),
        "final": _("It is opened: its papers are counted."),
    }.get(box.phase, "")


def stop_of(box: SealedBox) -> str:
    """Why a box cannot be opened as things stand, and what can be done; nothing, where it can."""
    if box.phase in ("empty", "voting", "final") or box.voted >= box.vote.least:
        return ""
    return _(
        "Fewer than %(least)s ballots were cast in this box. The trustees' keys do not open so few, because they would "
        "tell how people voted. It stays sealed: the ballot is held again, with segments put together, or on paper."
    ) % {"least": box.vote.least}


class LostForm(forms.Form):
    """Whose keys are lost, and why."""

    trustees = forms.TypedMultipleChoiceField(
        label=gettext_lazy("Whose keys are lost"), coerce=int, widget=forms.CheckboxSelectMultiple
    )
    reason = forms.CharField(label=gettext_lazy("What happened"), max_length=300)

    def __init__(self, vote: OnlineVote, *given: object) -> None:
        super().__init__(*given, auto_id="id_lost_%s")  # type: ignore[arg-type]
        field = self.fields["trustees"]
        assert isinstance(field, forms.TypedMultipleChoiceField)
        field.choices = [(one.number, f"{one.name} ({one.number})") for one in vote.trustees.all()]


class FoundForm(forms.Form):
    """Whose key is found."""

    reason = forms.CharField(label=gettext_lazy("Whose key is found, and how"), max_length=300)


@may(OFFICER, REGISTRAR, SCRUTINEER)
def desk(request: HttpRequest, contest: str) -> HttpResponse:
    """Every box of a contest: its phase, its ballots, who is waited for, and the next step."""
    here = contest_of(request)
    if not hasattr(here, "online"):
        raise Http404
    wants = request.POST.get("do") if request.method == "POST" else ""
    lost_form = LostForm(here.online, *([request.POST] if wants == "keys-lost" else []))
    found_form = FoundForm(*([request.POST] if wants == "key-found" else []))
    if wants == "end-shuffles":
        given = request.POST.get("box", "")
        done(request, acts.end_shuffles, request.user, here, box=given, said=_("The shuffles are ended."))
        return redirect("office-boxes", contest=contest)
    if wants in ("keys-lost", "key-found"):
        if OFFICER not in roles_in(request):
            raise PermissionDenied
        form: forms.Form = lost_form if wants == "keys-lost" else found_form
        act = keys.state_keys_lost if wants == "keys-lost" else keys.state_key_found
        if filled(request, form, act, request.user, here, said=_("It is proposed. A second official confirms it.")):
            return redirect("contest-proposals", here.slug)
    elif request.method == "POST":
        raise Http404
    boxes = SealedBox.objects.filter(vote=here.online).select_related("vote")
    refused = HandedIn.objects.filter(box__vote=here.online, status=HandedIn.Status.REFUSED)
    return render(
        request,
        "office/contest/boxes.html",
        {
            "contest": here,
            "vote": here.online,
            "lines": [line_of(here, box) for box in boxes],
            "refused": refused.select_related("trustee", "box").order_by("-pk")[:50],
            "may_act": OFFICER in roles_in(request),
            "loss": next((one for one in lost.said(here) if one["found"] is None), None),
            "may_lose": here.status == Contest.Status.ADOPTED and boxes.exclude(phase__in=("empty", "final")).exists(),
            "lost_form": lost_form,
            "found_form": found_form,
        },
    )


@may(OFFICER, REGISTRAR, SCRUTINEER)
def archive(request: HttpRequest, contest: str, box: str) -> FileResponse:
    """The archive of a box as it is now, for who works offline."""
    here = contest_of(request)
    found = SealedBox.objects.filter(vote__contest=here, uuid=box).exclude(phase="empty").first()
    if found is None:
        raise Http404
    return FileResponse(store.archive(found).open("rb"), as_attachment=True, filename=f"{found.uuid}.bel")


class EnvelopeForm(forms.Form):
    """Whose envelope came back."""

    number = forms.CharField(label=gettext_lazy("Number of the member (or of the seat)"), max_length=160)
    section = forms.ChoiceField(label=gettext_lazy("Segment"), required=False)

    def __init__(self, sections: list[tuple[str, str]], *given: object) -> None:
        super().__init__(*given)  # type: ignore[arg-type]
        field = self.fields["section"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", _("the only one they have")), *sections]


@may(REGISTRAR, OFFICER)
def envelopes_desk(request: HttpRequest, contest: str, stage: str) -> HttpResponse:
    """Envelopes that came back by post: recorded one by one, and how many count in each box."""
    here = contest_of(request)
    found = any_stage(here, stage)
    rule = laid.paper_rule(found)
    if not isinstance(found, BallotStage | MotionStage) or rule == "none" or not hasattr(here, "online"):
        raise Http404
    boxes = laid.boxes_of(here, stage)
    sections = {box.section: section_name(here, box.section) for box in boxes}
    form = EnvelopeForm(list(sections.items()), *([request.POST] if request.method == "POST" else []))
    if request.method == "POST" and form.is_valid():
        try:
            made = acts.record_envelope(request.user, here, stage=stage, **form.cleaned_data)
        except SelectorateError as fault:
            name = getattr(fault, "field", None)
            form.add_error(name if name in form.fields else None, fault.message)
        else:
            messages.success(request, made.get_outcome_display())
            return redirect("office-envelopes", contest=contest, stage=stage)
    return render(
        request,
        "office/contest/envelopes.html",
        {
            "contest": here,
            "title": title_of(found),
            "first": rule == envelopes.FIRST_COUNTS,
            "form": form,
            "rows": [
                (
                    opening.title_of(here, found, box),
                    {name: box.papers.filter(outcome=name).count() for name in PaperVote.Outcome.values},
                )
                for box in boxes
                if box.phase != "empty"
            ],
        },
    )
