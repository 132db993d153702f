"""The result before it is declared, for those who may see it; declaring it; what follows from it."""

from __future__ import annotations

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from markupsafe import Markup

from ... import rules
from ...errors import InputError
from ...rules import MotionStage
from ...sheets.blocks import Sheet
from ...sheets.declared import declaration_sheet
from ...sheets.html import environment
from ..access import may
from ..acts import figures, motions, taking_office
from ..holders import holder_lost
from ..models import Contest, Role
from ..moment import now
from ..previews import DECLARING, fingerprint, may_preview, preview, undecided
from .doing import done, filled
from .finding import contest_of, roles_in
from .waiting import waiting

OFFICER, REGISTRAR = Role.RETURNING_OFFICER, Role.REGISTRAR


class OfficeForm(forms.Form):
    """When those elected take office."""

    on = forms.CharField(
        label=gettext_lazy("The day on which it begins"),
        widget=forms.TextInput(attrs={"type": "date"}),
        max_length=10,
    )


class FollowForm(forms.Form):
    """The contest that follows a vote."""

    title = forms.CharField(label=gettext_lazy("Title"), max_length=200)
    rulebook = forms.ChoiceField(label=gettext_lazy("Rulebook"))

    def __init__(self, *given: object) -> None:
        super().__init__(*given)  # type: ignore[arg-type]
        self.fields["rulebook"].choices = [(name, name) for name in rules.preset_ids()]  # type: ignore[attr-defined]


def parts_of(sheet: Sheet) -> list[Markup]:
    """The parts of a sheet as HTML, in the house's own markup."""
    made = environment().get_template("macros.html.j2").module
    return [Markup(made.part(part)) for part in sheet.parts]  # type: ignore[attr-defined]  # a macro


@may(OFFICER, REGISTRAR)
def declare(request: HttpRequest, contest: str) -> HttpResponse:
    """What would be declared, for those two who took the figures in and for who confirms; and the proposal."""
    here = contest_of(request)
    roles = roles_in(request)
    if request.method == "POST":
        if OFFICER not in roles or not may_preview(request.user, here, roles):  # type: ignore[arg-type]
            raise PermissionDenied
        done(
            request,
            figures.declare_result,
            request.user,
            here,
            seen=request.POST.get("seen", ""),
            said=_("Proposed: a second official has to confirm it."),
        )
        return redirect("declare", contest=contest)
    open_ = here.status == Contest.Status.ADOPTED
    sheet, why = None, undecided(here) if open_ else ""
    seeing = open_ and may_preview(request.user, here, roles)  # type: ignore[arg-type]
    if seeing and not why:
        try:
            sheet = declaration_sheet(preview(here))
        except InputError as fault:
            why = str(fault)
    return render(
        request,
        "office/stages/declare.html",
        {
            "contest": here,
            "open": open_,
            # Why it is not decided can itself tell figures: only who may see these is told it.
            "why": why if seeing else "",
            "ready": not why,
            "seeing": seeing,
            "sheet": sheet,
            "parts": parts_of(sheet) if sheet else [],
            "seen": fingerprint(here) if sheet else "",
            "may_propose": OFFICER in roles,
            "waiting": waiting(request, here, DECLARING),
        },
    )


@may(OFFICER)
def after(request: HttpRequest, contest: str) -> HttpResponse:
    """What follows from a declaration: who takes office, and the contest for what a vote left vacant."""
    here = contest_of(request)
    form = OfficeForm(initial={"on": timezone.localdate(here.declared or now()).isoformat()})
    following = FollowForm()
    if request.method == "POST":
        if request.POST.get("do") == "follow":
            following = FollowForm(request.POST)
            said = _("The contest that follows is made.")
            if filled(request, following, motions.follow_up, request.user, here, said=said):
                return redirect("after-declaration", contest=contest)
        else:
            form = OfficeForm(request.POST)
            said = _("It is entered who holds the office.")
            if filled(request, form, taking_office.take_office, request.user, here, said=said):
                return redirect("after-declaration", contest=contest)
    motion = next((one for one in here.rulebook.stage if isinstance(one, MotionStage)), None)
    over = here.status in (Contest.Status.DECLARED, Contest.Status.CLOSED)
    vacant = bool(motion and over and motion.effect == "vacancy" and holder_lost(here))
    data = here.declaration.data if over else {}
    return render(
        request,
        "office/stages/after.html",
        {
            "contest": here,
            "over": over,
            "form": form,
            "follow_form": following,
            "vacant": vacant,
            "barred": bool(motion and motion.holder_may_stand is False),
            "motion": next((ballot["motion"] for ballot in data.get("ballots", ()) if ballot.get("motion")), None),
            "elected": data.get("elected_names", []),
            "tenures": here.tenures.select_related("person", "office"),
            "made": here.followed_by.first(),
            "fills": bool(over and here.office and (data.get("elected") or vacant) and not here.tenures.exists()),
        },
    )
