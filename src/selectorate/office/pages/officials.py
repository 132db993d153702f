"""The officials of a contest, and of the organisation: roles given and ended."""

from __future__ import annotations

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from ..access import may
from ..acts import people
from ..models import Appointment, Contest, Role
from .doing import done

OFFICER = Role.RETURNING_OFFICER


class AppointForm(forms.Form):
    """Who gets which role."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=200)
    email = forms.EmailField(
        label=gettext_lazy("Mail address"),
        max_length=254,
        help_text=gettext_lazy("They sign in with it. Somebody who is known by it keeps the name that is known."),
    )
    role = forms.ChoiceField(label=gettext_lazy("Role"), choices=Role.choices)


def _page(request: HttpRequest, contest: Contest | None, form: forms.Form) -> HttpResponse:
    running = Appointment.objects.filter(ended=None).select_related("user").order_by("role", "user__name")
    context = {
        "contest": contest,
        "form": form,
        "ours": running.filter(contest=contest),
        "everywhere": running.filter(contest=None) if contest else [],
        "ended": Appointment.objects.filter(contest=contest, ended__isnull=False)
        .select_related("user")
        .order_by("-ended")[:50],
    }
    template = "office/contest/officials.html" if contest else "office/contest/all_officials.html"
    return render(request, template, context)


def _appointed(request: HttpRequest, contest: Contest | None) -> HttpResponse:
    form = AppointForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        said = _("The role is given.")
        if done(request, people.appoint, request.user, contest, said=said, form=form, **form.cleaned_data):
            return _back(contest)
    return _page(request, contest, form)


def _ended(request: HttpRequest, contest: Contest | None, appointment: int) -> HttpResponse:
    done(request, people.end_appointment, request.user, contest, said=_("The role is ended."), appointment=appointment)
    return _back(contest)


def _back(contest: Contest | None) -> HttpResponse:
    return redirect("contest-officials", contest.slug) if contest else redirect("officials")


@may(OFFICER)
def of_contest(request: HttpRequest, contest: str) -> HttpResponse:
    """The officials of a contest."""
    return _appointed(request, request.contest)


@may(OFFICER)
@require_POST
def end_in_contest(request: HttpRequest, contest: str, appointment: int) -> HttpResponse:
    """End a role in a contest."""
    return _ended(request, request.contest, appointment)


@may(OFFICER)
def of_organisation(request: HttpRequest) -> HttpResponse:
    """The officials of the whole organisation, who have their role in every contest."""
    return _appointed(request, None)


@may(OFFICER)
@require_POST
def end_in_organisation(request: HttpRequest, appointment: int) -> HttpResponse:
    """End a role in the whole organisation."""
    return _ended(request, None, appointment)
