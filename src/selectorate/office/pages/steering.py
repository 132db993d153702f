"""A contest steered: the overview of its steps, what blocks them, adoption, opening and closing, disputes, the end."""

from __future__ import annotations

import contextlib
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from ...rules import NominationStage
from .. import preflight, steps
from ..access import may, roles_of
from ..acts import contests, figures, nominations
from ..boxes import witness
from ..models import Contest, Role
from .doing import done, filled
from .proposals import still_open

OFFICER, REGISTRAR, SCRUTINEER, TRUSTEE = Role.RETURNING_OFFICER, Role.REGISTRAR, Role.SCRUTINEER, Role.TRUSTEE


@may(OFFICER, REGISTRAR, SCRUTINEER, TRUSTEE)
def overview(request: HttpRequest, contest: str) -> HttpResponse:
    """The contest as steps: what is done, what is next, what blocks."""
    here = Contest.objects.select_related("office__unit", "holder", "cloned_from").get(pk=request.contest.pk)
    context = {
        "contest": here,
        "steps": steps.steps_of(here),
        "open_proposals": still_open(here.proposals).count(),
        "open_disputes": here.disputes.filter(settled=None).count(),
        "restored": witness.restored(here.pk),
        "officer": OFFICER in request.roles,
        "makes": OFFICER in roles_of(request.user, None),
        "clones": here.clones.all(),
    }
    return render(request, "office/contest/overview.html", context)


@may(OFFICER, REGISTRAR, SCRUTINEER, TRUSTEE)
def checklist(request: HttpRequest, contest: str, step: str) -> HttpResponse:
    """What has to be there before the contest goes a step further, line by line, each with the page to go to."""
    here = request.contest
    stage = here.rulebook.stage_named(step)
    if step != "adoption" and stage is None:
        raise Http404
    items = [(item, _address(item.route, here, step)) for item in preflight.checklist(here, step)]
    mine = next(one for one in steps.steps_of(here) if one.key == step)
    context = {
        "contest": here,
        "step": mine,
        "items": items,
        "missing": sum(not item.done for item, _where in items),
        "officer": OFFICER in request.roles,
    }
    return render(request, "office/contest/checklist.html", context)


def _address(route: str, contest: Contest, step: str) -> str:
    """The address of a page of the contest, or of the stage; nothing where there is no such page."""
    for more in ({}, {"stage": step}):
        with contextlib.suppress(NoReverseMatch):
            return reverse(route, kwargs={"contest": contest.slug, **more}) if route else ""
    return ""


@may(OFFICER)
@require_POST
def adopt(request: HttpRequest, contest: str) -> HttpResponse:
    """Adopt the rules and the timetable."""
    here = request.contest
    said = _("The rules and the timetable are adopted, and published. They are frozen from now on.")
    if done(request, contests.adopt_contest, request.user, here, said=said):
        return redirect("contest-office", here.slug)
    return redirect("contest-checklist", here.slug, "adoption")


@may(OFFICER)
@require_POST
def open_stage(request: HttpRequest, contest: str, stage: str) -> HttpResponse:
    """Open a stage whose time has come."""
    here = request.contest
    if done(request, contests.open_stage, request.user, here, said=_("It is open."), stage=stage):
        return redirect("contest-office", here.slug)
    if here.rulebook.stage_named(stage) is None:
        raise Http404
    return redirect("contest-checklist", here.slug, stage)


@may(OFFICER)
@require_POST
def close_stage(request: HttpRequest, contest: str, stage: str) -> HttpResponse:
    """Close a stage whose time is over."""
    here = request.contest
    found = here.rulebook.stage_named(stage)
    if found is None:
        raise Http404
    close = nominations.close_nominations if isinstance(found, NominationStage) else figures.close_ballot
    done(request, close, request.user, here, said=_("It is closed."), stage=stage)
    return redirect("contest-office", here.slug)


class DisputeForm(forms.Form):
    """What is disputed."""

    about = forms.ChoiceField(
        label=gettext_lazy("About"),
        choices=[("roll", gettext_lazy("the roll")), ("other", gettext_lazy("something else"))],
        widget=forms.RadioSelect,
    )
    says = forms.CharField(label=gettext_lazy("What is disputed"), max_length=2000, widget=forms.Textarea)


class RulingForm(forms.Form):
    """The ruling on a dispute."""

    dispute = forms.IntegerField(widget=forms.HiddenInput, min_value=1)
    ruling = forms.CharField(label=gettext_lazy("Ruling"), max_length=2000, widget=forms.Textarea(attrs={"rows": 4}))


@may(OFFICER, SCRUTINEER)
def disputes(request: HttpRequest, contest: str) -> HttpResponse:
    """What is disputed, and how it was settled."""
    here = request.contest
    return _disputes(request, here, DisputeForm())


def _disputes(
    request: HttpRequest, here: Contest, raising: forms.Form, ruling: forms.Form | None = None
) -> HttpResponse:
    waiting = {one.payload.get("dispute"): one for one in here.proposals.filter(kind="settle_dispute", status="open")}
    rows = []
    for one in here.disputes.order_by("-raised"):
        at_fault = ruling is not None and ruling.data.get("dispute") == str(one.pk)
        form = ruling if at_fault else RulingForm(initial={"dispute": one.pk}, auto_id=f"id_{one.pk}_%s")
        rows.append({"dispute": one, "form": form, "waiting": waiting.get(one.pk)})
    context = {"contest": here, "rows": rows, "form": raising, "officer": OFFICER in request.roles}
    return render(request, "office/contest/disputes.html", context)


@may(OFFICER)
@require_POST
def raise_dispute(request: HttpRequest, contest: str) -> HttpResponse:
    """Enter that something is disputed."""
    here, form = request.contest, DisputeForm(request.POST)
    said = _("The dispute is entered. No ballot opens until it is settled.")
    if filled(request, form, contests.raise_dispute, request.user, here, said=said):
        return redirect("contest-disputes", here.slug)
    return _disputes(request, here, form)


@may(OFFICER)
@require_POST
def settle_dispute(request: HttpRequest, contest: str) -> HttpResponse:
    """Propose the ruling that settles a dispute."""
    here, form = request.contest, RulingForm(request.POST)
    said = _("The ruling is proposed. It holds when a second official confirms it.")
    if filled(request, form, contests.settle_dispute, request.user, here, said=said):
        return redirect("contest-proposals", here.slug)
    return _disputes(request, here, DisputeForm(), form)


class ReasonForm(forms.Form):
    """Why."""

    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=200, widget=forms.Textarea(attrs={"rows": 3}))


@may(OFFICER)
def abandon(request: HttpRequest, contest: str) -> HttpResponse:
    """Propose that the contest be abandoned."""
    here, form = request.contest, ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        said = _("It is proposed to abandon the contest. It is done when a second official confirms it.")
        if done(request, contests.abandon_contest, request.user, here, said=said, form=form, **form.cleaned_data):
            return redirect("contest-proposals", here.slug)
    return render(request, "office/contest/abandon.html", {"contest": here, "form": form})


class CloneForm(forms.Form):
    """What the new contest is called."""

    title = forms.CharField(label=gettext_lazy("Title of the new contest"), max_length=200)


@may(OFFICER)
def clone(request: HttpRequest, contest: str) -> HttpResponse:
    """Make a new contest with the rules and the bodies of this one."""
    here, form = request.contest, CloneForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        made: list[Contest] = []

        def make(*args: Any, **more: Any) -> None:
            made.append(contests.clone_contest(*args, **more))

        said = _("The new contest is made. Its dates are to be fixed, and the day on which its bodies count.")
        if done(request, make, request.user, here, said=said, form=form, **form.cleaned_data):
            return redirect("contest-office", made[0].slug)
    return render(request, "office/contest/clone.html", {"contest": here, "form": form})
