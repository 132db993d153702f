"""A candidate's own page, the officer's desk of candidates, and the paper as it will be."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from ...errors import RefusedError
from ...rules import BallotStage
from .. import nominated
from ..access import CANDIDATE, PUBLIC, may
from ..acts import candidates, draws, nominations
from ..markdown import rendered
from ..models import Candidate, Contest, Role
from ..paper import entry_hash, paper_hash, paper_of
from ..pictures import MAX_BYTES
from .doing import done, filled
from .downloads import file_answer
from .finding import contest_of, roles_in, stage_of, title_of
from .waiting import waiting

OFFICER, REGISTRAR, SCRUTINEER = Role.RETURNING_OFFICER, Role.REGISTRAR, Role.SCRUTINEER
SEEN = (Candidate.Status.CONSENTED, Candidate.Status.STANDING, Candidate.Status.OUT, Candidate.Status.NOT_NOMINATED)
"""Of whom the public may see what they have entered."""


class StatementForm(forms.Form):
    """What a candidate says."""

    text = forms.CharField(
        label=gettext_lazy("Statement"),
        required=False,
        max_length=candidates.MAX_STATEMENT,
        widget=forms.Textarea(attrs={"rows": 14}),
        help_text=gettext_lazy(
            "At most 6,000 characters. *emphasis*, **strong**, lists with a dash, and links as [words](https://…)."
        ),
    )
    none = forms.BooleanField(label=gettext_lazy("I make no statement"), required=False)


class PictureForm(forms.Form):
    """What a candidate looks like."""

    picture = forms.FileField(
        label=gettext_lazy("Picture"),
        help_text=gettext_lazy("A JPEG, PNG or WebP file of 8 MB at most; nothing else in the file is kept."),
        widget=forms.ClearableFileInput(attrs={"accept": "image/jpeg,image/png,image/webp"}),
    )


class AgentForm(forms.Form):
    """Who acts for a candidate."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=200)
    email = forms.EmailField(label=gettext_lazy("Mail address"))


class ProposeForm(forms.Form):
    """Somebody who may be nominated."""

    name = forms.CharField(label=gettext_lazy("Name on the paper"), max_length=200)
    email = forms.EmailField(
        label=gettext_lazy("Mail address"),
        required=False,
        help_text=gettext_lazy("They are asked there for their consent, and sign in with it."),
    )
    person = forms.CharField(
        label=gettext_lazy("Address of their page"),
        required=False,
        max_length=80,
        help_text=gettext_lazy("The last part of it, where they are known here already: jeremy-corbyn."),
    )
    slate = forms.CharField(label=gettext_lazy("Slate"), required=False, max_length=100)
    groups = forms.MultipleChoiceField(
        label=gettext_lazy("Groups"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, contest: Contest, *given: object) -> None:
        super().__init__(*given)  # type: ignore[arg-type]
        known = [(key, group.one or group.name) for key, group in contest.rulebook.groups.items()]
        if known:
            self.fields["groups"].choices = known  # type: ignore[attr-defined]
        else:
            del self.fields["groups"]


@may(CANDIDATE)
def mine(request: HttpRequest, contest: str, candidate: str) -> HttpResponse:
    """One's own entry: consent, statement, picture, agents; how it will look; the sign-off."""
    here = contest_of(request)
    try:
        found = candidates.mine(here, candidate, request.user)  # type: ignore[arg-type]
    except RefusedError:
        raise Http404 from None
    forms_ = {
        "statement": StatementForm(initial={"text": found.statement, "none": found.no_statement}),
        "picture": PictureForm(),
        "agent": AgentForm(),
    }
    if request.method == "POST" and _changed(request, here, found, forms_):
        return redirect("candidate-entry", contest=contest, candidate=candidate)
    return render(
        request,
        "office/stages/candidate.html",
        {
            "contest": here,
            "candidate": found,
            "self": found.user_id == request.user.pk,
            "agents": found.agents.filter(ended=None).select_related("user"),
            "statement": rendered(found.statement),
            "hash": entry_hash(found),
            "signed": found.signed_hash == entry_hash(found),
            "changeable": _changeable(here),
            **{f"{name}_form": form for name, form in forms_.items()},
        },
    )


def _changeable(contest: Contest) -> bool:
    try:
        candidates.changeable(contest)
    except RefusedError:
        return False
    return True


def _changed(request: HttpRequest, contest: Contest, found: Candidate, forms_: dict[str, forms.Form]) -> bool:
    """Do what was asked for; whether it was done."""
    who = {"candidate": found.key}
    do = request.POST.get("do", "")
    if do in ("statement", "picture") and not _changeable(contest):
        messages.error(request, _("Entries do not change any more."))
        return True
    if do == "statement":
        form = forms_[do] = StatementForm(request.POST)
        said = _("Your statement is kept. Sign your entry off when you have looked at it.")
        return filled(request, form, candidates.write_statement, request.user, contest, said=said, **who)
    if do == "picture":
        form = forms_[do] = PictureForm(request.POST, request.FILES)
        if not form.is_valid():
            return False
        data = form.cleaned_data["picture"].read(MAX_BYTES + 1)
        return done(
            request,
            candidates.set_picture,
            request.user,
            contest,
            **who,
            data=data,
            form=form,
            said=_("Your picture is kept."),
        )
    if do == "agent":
        form = forms_[do] = AgentForm(request.POST)
        if found.user_id != request.user.pk:
            messages.error(request, _("Only the candidate names agents."))
            return True
        said = _("They may act for you.")
        return filled(request, form, candidates.name_agent, request.user, contest, said=said, **who)
    given = request.POST.get("agent", "")
    simple = {
        "remove-picture": (candidates.remove_picture, {}, _("The picture is taken away.")),
        "end-agent": (
            candidates.end_agent,
            {"agent": int(given) if given.isascii() and given.isdigit() and len(given) < 18 else 0},
            _("They do not act for you any more."),
        ),
        "consent": (nominations.consent, {}, _("You consent to stand.")),
        "decline": (nominations.decline, {}, _("You do not stand.")),
        "withdraw": (nominations.withdraw_candidate, {}, _("You have withdrawn.")),
        "sign": (candidates.sign_off, {"seen": request.POST.get("seen", "")}, _("Your entry is signed off.")),
    }
    if do not in simple:
        raise Http404
    act, more, said = simple[do]
    done(request, act, request.user, contest, **who, **more, said=said)
    return True


@may(PUBLIC)
@require_safe
def picture(request: HttpRequest, contest: str, candidate: str) -> HttpResponse:
    """A candidate's picture: for everybody once they consent to stand, for themselves and officials before."""
    here = contest_of(request)
    found = here.candidates.filter(key=candidate).exclude(picture="").first()
    # Of a board that is kept hidden a picture would tell who has consented, to whoever guesses its address.
    shown = found is not None and found.status in SEEN and found in nominated.candidates_of(here)
    if found is None or not (shown or _may_see_early(request, found)):
        raise Http404
    with found.picture.open("rb") as file:
        response = file_answer(
            request, file.read(), "jpg", etag=found.picture.name.rpartition("/")[2][:32], seconds=300
        )
    if not shown:
        response["Cache-Control"] = "no-store, private"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


def _may_see_early(request: HttpRequest, found: Candidate) -> bool:
    """Whether somebody may see a picture that is not published: officials, and who acts for the candidate."""
    return bool(roles_in(request) & {OFFICER, REGISTRAR, SCRUTINEER}) or (
        request.user.is_authenticated
        and (found.user_id == request.user.pk or found.agents.filter(user=request.user, ended=None).exists())
    )


@may(OFFICER, SCRUTINEER)
def desk(request: HttpRequest, contest: str) -> HttpResponse:
    """Everybody who is proposed: entered, consented, refused, withdrawn; the order of the paper."""
    here = contest_of(request)
    form = ProposeForm(here)
    if request.method == "POST":
        if request.POST.get("do") == "propose":
            form = ProposeForm(here, request.POST)
            said = _("They are entered.")
            if filled(request, form, nominations.propose_candidate, request.user, here, said=said):
                return redirect("candidates-desk", contest=contest)
        else:
            _ruled(request, here)
            return redirect("candidates-desk", contest=contest)
    return render(
        request,
        "office/stages/candidates_desk.html",
        {
            "contest": here,
            "form": form,
            "people": [(one, entry_hash(one)) for one in here.candidates.select_related("user", "person")],
            "draw": here.draws.filter(about=draws.PAPER).first(),
            "may_change": OFFICER in roles_in(request),
            "changeable": _changeable(here),
            "waiting": waiting(request, here, "record_sign_off", "finish_draw", "record_withdrawal"),
        },
    )


def _ruled(request: HttpRequest, contest: Contest) -> None:
    """Do what was asked for about a candidate, or about the order of the paper."""
    given = {"candidate": request.POST.get("candidate", "")}
    says = request.POST.get("says", "")
    two = _("Proposed: a second official has to confirm it.")
    does = {
        "consent": (nominations.record_consent, {**given, "evidence": says}, _("The consent is entered.")),
        "refuse": (nominations.refuse_candidate, {**given, "reason": says}, _("Your ruling is entered.")),
        "withdraw": (nominations.withdraw_candidate, {**given, "reason": says}, _("The withdrawal is entered.")),
        "sign": (candidates.record_sign_off, {**given, "evidence": says, "seen": request.POST.get("seen", "")}, two),
        "rename": (
            candidates.set_name,
            {**given, "name": says, "slate": request.POST.get("slate", "")},
            _("The name is changed; the entry has to be signed off again."),
        ),
        "statement": (
            candidates.write_statement,
            {**given, "text": says, "none": not says.strip()},
            _("The statement is entered."),
        ),
        "by-name": (candidates.order_by_name, {}, _("The names are in the order of the alphabet.")),
        "begin-draw": (draws.begin_draw, {"about": draws.PAPER}, _("The seed is made, its SHA-256 published.")),
        "finish-draw": (
            draws.finish_draw,
            {"about": draws.PAPER, "numbers": [part for part in says.replace(",", " ").split() if part]},
            two,
        ),
    }.get(request.POST.get("do", ""))
    if does is None:
        raise Http404
    act, more, said = does
    done(request, act, request.user, contest, **more, said=said)


@may(OFFICER, REGISTRAR, SCRUTINEER)
def preview(request: HttpRequest, contest: str, stage: str) -> HttpResponse:
    """The paper as it will be, to be looked at and confirmed by two people."""
    here = contest_of(request)
    found = stage_of(here, stage, BallotStage)
    if request.method == "POST":
        done(
            request,
            candidates.confirm_preview,
            request.user,
            here,
            stage=stage,
            seen=request.POST.get("seen", ""),
            said=_("You have confirmed the paper."),
        )
        return redirect("paper-preview", contest=contest, stage=stage)
    made = paper_of(here, stage)
    seen = paper_hash(here, stage)
    looked = here.previews.filter(paper_hash=seen).select_related("by")
    by_name = {one.name: one for one in here.candidates.all()}
    return render(
        request,
        "office/stages/paper.html",
        {
            "contest": here,
            "stage": found,
            "title": title_of(found),
            "paper": made,
            "names": [
                (entry, by_name.get(entry["name"]), rendered(entry["statement"])) for entry in made["candidates"]
            ],
            "hash": seen,
            "looked": looked,
            "confirmed": any(one.by_id == request.user.pk for one in looked),
            "draw": here.draws.filter(about=draws.PAPER).exclude(drawn=None).first(),
        },
    )
