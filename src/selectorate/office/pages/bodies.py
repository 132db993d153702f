"""Bodies and who sits in them, for officers."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Count, Q, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from ..access import may
from ..acts import people as acts
from ..acts import seats
from ..models import Body, BodySeat
from .doing import done
from .listing import day_asked, kept, paged
from .offices import DAY
from .tabled import TableForm, imported
from .units import OFFICER, REGISTRAR, SCRUTINEER, act_page


@may(OFFICER, REGISTRAR, SCRUTINEER)
def manage_bodies(request: HttpRequest) -> HttpResponse:
    """The bodies, and how large each is today."""
    today = timezone.localdate()
    running = Q(seats__began__lte=today) & (Q(seats__ended=None) | Q(seats__ended__gt=today))
    found = Body.objects.annotate(size=Count("seats", filter=running)).order_by("name")
    return render(request, "office/organisation/bodies.html", {"bodies": found[:200]})


class BodyForm(forms.Form):
    """A new body."""

    name = forms.CharField(label=lazy("Name"), max_length=200, help_text=lazy("MPs, constituency parties, affiliates"))


@may(OFFICER)
def new_body(request: HttpRequest) -> HttpResponse:
    """Make a body."""
    form = BodyForm(request.POST or None)
    if (
        request.method == "POST"
        and form.is_valid()
        and done(
            request, acts.make_body, request.user, None, form=form, said=_("The body is made."), **form.cleaned_data
        )
    ):
        return redirect("manage-bodies")
    return act_page(request, form, _("A new body"), _("Make it"), back=reverse("manage-bodies"))


@may(OFFICER, REGISTRAR, SCRUTINEER)
def body(request: HttpRequest, body: str) -> HttpResponse:
    """A body on a day: its size, its parts, its seats."""
    found = get_object_or_404(Body, slug=body)
    today = timezone.localdate()
    day, readable = day_asked(request, "on", today)
    there = found.seats_on(day)
    parts = there.order_by("part").values_list("part").annotate(Count("pk"))
    sums = there.aggregate(size=Count("pk"), measured=Sum("measure"), signing=Count("user"))
    given = {
        "body": found,
        "day": day,
        "today": today,
        "readable": readable,
        "sums": sums,
        "parts": [(part or _("no part"), number) for part, number in parts] if len(parts) > 1 else [],
        "page": paged(request, there.select_related("user", "unit").order_by("name", "pk")),
        "query": kept({"on": request.GET.get("on", "") if readable else ""}),
        "officer": OFFICER in request.roles,  # type: ignore[attr-defined]
    }
    return render(request, "office/organisation/body.html", given)


class SeatForm(forms.Form):
    """Somebody enters a body."""

    name = forms.CharField(label=lazy("Name"), max_length=200)
    began = forms.DateField(label=lazy("From"), widget=DAY)
    email = forms.EmailField(
        label=lazy("Mail address"), required=False, help_text=lazy("With it they can sign in for the seat.")
    )
    part = forms.SlugField(label=lazy("Part of the body"), required=False, max_length=60)
    measure = forms.IntegerField(
        label=lazy("How many it counts"), required=False, min_value=0, max_value=acts.MAX_MEASURE
    )
    place = forms.CharField(label=lazy("Place it comes from"), required=False, max_length=200)
    unit = forms.CharField(
        label=lazy("Unit"), required=False, max_length=400, help_text=lazy("Its address, such as party/north.")
    )


@may(OFFICER)
def new_seat(request: HttpRequest, body: str) -> HttpResponse:
    """Seat somebody in a body."""
    found = get_object_or_404(Body, slug=body)
    form = SeatForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = {**form.cleaned_data, "body": body, "began": form.cleaned_data["began"].isoformat()}
        if done(request, acts.seat, request.user, None, form=form, said=_("They sit there."), **given):
            return redirect("body", body=body)
    title = _("Somebody new in %(name)s") % {"name": found.name}
    return act_page(request, form, title, _("Enter it"), back=reverse("body", args=[body]))


class EndSeatForm(forms.Form):
    """A seat ends."""

    on = forms.DateField(label=lazy("On"), widget=DAY, help_text=lazy("The first day on which they sit there no more."))


@may(OFFICER)
def end_seat(request: HttpRequest, seat: int) -> HttpResponse:
    """End a seat."""
    found = get_object_or_404(BodySeat.objects.select_related("body"), pk=seat)
    form = EndSeatForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = {"seat": seat, "on": form.cleaned_data["on"].isoformat()}
        if done(request, acts.unseat, request.user, None, form=form, said=_("The seat has ended."), **given):
            return redirect("body", body=found.body.slug)
    title = _("%(name)s sits in %(body)s no more") % {"name": found.name, "body": found.body.name}
    return act_page(request, form, title, _("Enter it"), back=reverse("body", args=[found.body.slug]))


class SeatsForm(TableForm):
    """A table of seats."""

    began = forms.DateField(
        label=lazy("From"), widget=DAY, help_text=lazy("For rows that say no day; seats that end, end on it.")
    )
    end_missing = forms.BooleanField(label=lazy("Seats that the table does not have end"), required=False)


@may(OFFICER)
def import_seats(request: HttpRequest, body: str) -> HttpResponse:
    """Seat everybody in a table."""
    found = get_object_or_404(Body, slug=body)
    form = SeatsForm(request.POST or None, request.FILES or None)

    def rows(plan: seats.SeatPlan) -> dict[str, Any]:
        ending = form.cleaned_data["end_missing"]
        facts = [(_("new"), len(plan.new)), (_("there already"), plan.same)]
        facts.append((_("end") if ending else _("not in the table, and stay"), len(plan.missing)))
        told = [(one.name, one.part, one.unit or "", one.began.isoformat(), _("new")) for one in plan.new]
        if ending:
            told += [(one.name, one.part, one.unit or "", one.began.isoformat(), _("ends")) for one in plan.missing]
        heads = [_("name"), _("part"), _("unit"), _("from"), _("what happens")]
        return {"facts": facts, "heads": heads, "told": told[:200]}

    return imported(
        request,
        form,
        seats.SEAT_COLUMNS,
        plan=lambda given: seats.plan_seats(found, given, form.cleaned_data["began"]),
        act=seats.import_seats,
        given=lambda: {
            "body": body,
            "began": form.cleaned_data["began"].isoformat(),
            "end_missing": form.cleaned_data["end_missing"],
        },
        said=_("The body is as the table says."),
        back=reverse("body", args=[body]),
        context={"title": _("%(name)s from a table") % {"name": found.name}},
        rows=rows,
    )
