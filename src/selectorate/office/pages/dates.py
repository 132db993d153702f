"""The timetable of a contest: fixed in preparation, afterwards changed by two officials, with its public history."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .. import timetable
from ..access import may
from ..acts import contests
from ..models import Contest, Role
from ..moment_field import MomentField
from ..timetable_proposal import proposed
from .doing import done

OFFICER, REGISTRAR, SCRUTINEER, TRUSTEE = Role.RETURNING_OFFICER, Role.REGISTRAR, Role.SCRUTINEER, Role.TRUSTEE


class TimetableForm(forms.Form):
    """Every date of the timetable."""

    def __init__(self, contest: Contest, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        moments, required = timetable.stage_keys(contest.rulebook), timetable.needed(contest.rulebook)
        for key, name in timetable.keys(contest.rulebook).items():
            label = name[:1].upper() + name[1:]
            if key not in required:
                label = _("%(date)s (fixed when it has been asked for)") % {"date": label}
            self.fields[key] = MomentField(label=label, required=False, whole_day=key not in moments)

    def changed(self) -> dict[str, str]:
        """The dates that are other ones than they were."""
        return {key: self.cleaned_data[key] or "" for key in self.changed_data if key in self.cleaned_data}


class DeclaredForm(forms.Form):
    """The moment of the declaration, from which a timetable is proposed."""

    declared = MomentField(label=gettext_lazy("Declaration of the result"), whole_day=False)


@may(OFFICER, REGISTRAR, SCRUTINEER, TRUSTEE)
def timetable_page(request: HttpRequest, contest: str) -> HttpResponse:
    """The timetable: a form while the contest is in preparation, afterwards what holds and what was changed."""
    here = request.contest
    fixed = {one.key: one for one in here.dates.all()}
    names = timetable.keys(here.rulebook)
    context: dict[str, Any] = {
        "contest": here,
        "zone": timetable.zone().key,
        "rows": [
            (name, fixed.get(key) and timetable.said(fixed[key].at, fixed[key].whole_day))
            for key, name in names.items()
        ],
        "history": timetable.history(here),
    }
    if here.status == Contest.Status.DRAFT and OFFICER in request.roles:
        answer = _in_preparation(request, here, fixed, context)
        if answer is not None:
            return answer
    return render(request, "office/contest/timetable.html", context)


def _in_preparation(
    request: HttpRequest, here: Contest, fixed: dict[str, Any], context: dict[str, Any]
) -> HttpResponse | None:
    begun = {key: timetable.written(one.at, one.whole_day) for key, one in fixed.items()}
    from_declaration = DeclaredForm(request.GET if "declared_day" in request.GET else None)
    proposal: dict[str, str] = {}
    if from_declaration.is_bound and from_declaration.is_valid():
        proposal = proposed(here.rulebook, datetime.fromisoformat(from_declaration.cleaned_data["declared"]))
    form = TimetableForm(here, request.POST or None, initial=begun)
    if request.method == "POST" and form.is_valid():
        said = _("The timetable is fixed as it stands here.")
        if done(request, contests.set_timetable, request.user, here, said=said, form=form, dates=form.changed()):
            return redirect("contest-timetable", here.slug)
    elif proposal:
        form = TimetableForm(here, initial={**begun, **proposal})
    context |= {"form": form, "from_declaration": from_declaration, "proposal": proposal}
    return None


class ChangeForm(forms.Form):
    """One date, what it becomes, and why."""

    key = forms.ChoiceField(label=gettext_lazy("Which date"))
    at = MomentField(label=gettext_lazy("The new date"))
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=500,
        help_text=gettext_lazy("It is published with the change."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, contest: Contest, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        fixed = {one.key: timetable.said(one.at, one.whole_day) for one in contest.dates.all()}
        self.fields["key"].choices = [
            (key, f"{name} ({fixed.get(key, _('not fixed'))})")
            for key, name in timetable.keys(contest.rulebook).items()
        ]


@may(OFFICER)
def change(request: HttpRequest, contest: str) -> HttpResponse:
    """Propose a change of the timetable of a contest that is under way."""
    here = request.contest
    form = ChangeForm(here, request.POST or None, initial={"key": request.GET.get("key", "")})
    if request.method == "POST" and form.is_valid():
        said = _("The change is proposed. It holds, and is published, when a second official confirms it.")
        if done(request, contests.change_date, request.user, here, said=said, form=form, **form.cleaned_data):
            return redirect("contest-proposals", here.slug)
    return render(
        request, "office/contest/change_date.html", {"contest": here, "form": form, "zone": timetable.zone().key}
    )
