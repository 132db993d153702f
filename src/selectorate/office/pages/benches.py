"""A bench on any day, and who came and went over days; for the returning officer which offices belong to it."""

from __future__ import annotations

from datetime import date, timedelta

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from ...sheets.csvs import table_csv
from .. import drawings, holdings
from ..access import PUBLIC, may
from ..acts import organisation as acts
from ..models import Bench, Office
from .doing import done
from .listing import day_asked
from .units import OFFICER, REGISTRAR, SCRUTINEER, above, act_page

LENGTH = 31
"""Days of a picture, unless somebody asks for others."""
QUIET = 3
"""Days before and after a wave that are shown with it."""
MAX_OFFICES = 400
"""Offices of a bench: the largest government and as many again."""


@may(PUBLIC)
def bench(request: HttpRequest, bench: str) -> HttpResponse:
    """Who sits on a bench on a day, and how they came."""
    found = get_object_or_404(Bench.objects.select_related("unit"), slug=bench)
    today = timezone.localdate()
    day, readable = day_asked(request, "on", today)
    posts = holdings.posts(found.offices.order_by("order", "name")[:MAX_OFFICES], day)
    before, after = holdings.change_days(found, day)
    here = holdings.changes(found, day, day)
    given = {
        "bench": found,
        "above": [*above(found.unit), found.unit],
        "day": day,
        "today": today,
        "readable": readable,
        "posts": posts,
        "figures": holdings.figures(posts),
        "before": before,
        "after": after,
        "changed": here[0] if here else None,
        "wave": holdings.busiest(found, LENGTH),
    }
    return render(request, "office/organisation/bench.html", given)


def _span(request: HttpRequest, found: Bench) -> tuple[date, date, bool]:
    """The days that the address asks for; else those in which the most went."""
    first, last = _usual(found)
    first, fine = day_asked(request, "from", first)
    last, also = day_asked(request, "until", last if not request.GET.get("from") else first + timedelta(LENGTH - 1))
    if last < first or (last - first).days >= drawings.MOST_DAYS:
        return first, first + timedelta(days=LENGTH - 1), False
    return first, last, fine and also


def _usual(found: Bench) -> tuple[date, date]:
    """The days of the largest wave, from its first change to its last, with some days of quiet on both sides."""
    most = holdings.busiest(found, LENGTH)
    if most is None:
        return timezone.localdate() - timedelta(days=LENGTH - 1), timezone.localdate()
    last = holdings.changes(found, *most)[-1].day
    return most[0] - timedelta(days=QUIET), max(last + timedelta(days=QUIET), most[0] + timedelta(days=LENGTH // 2))


@may(PUBLIC)
def bench_wave(request: HttpRequest, bench: str) -> HttpResponse:
    """Who came to a bench and who went, day by day: a picture, and its table."""
    found = get_object_or_404(Bench.objects.select_related("unit"), slug=bench)
    first, last, readable = _span(request, found)
    days = holdings.changes(found, first, last)
    length = (last - first).days + 1
    went = sum(len(one.ended) for one in days)
    given = {
        "bench": found,
        "above": [*above(found.unit), found.unit],
        "first": first,
        "last": last,
        "readable": readable,
        "days": days,
        "went": went,
        "resigned": sum(tenure.ended_how == "resigned" for one in days for tenure in one.ended),
        "came": sum(len(one.began) for one in days),
        "most": max(days, key=lambda one: len(one.ended), default=None) if went else None,
        "picture": drawings.wave(days, first, last, found.name) if days else "",
        "earlier": (first - timedelta(days=length), first - timedelta(days=1)),
        "later": (last + timedelta(days=1), last + timedelta(days=length)),
        "most_days": drawings.MOST_DAYS,
    }
    return render(request, "office/organisation/wave.html", given)


@may(PUBLIC)
def bench_wave_csv(request: HttpRequest, bench: str) -> HttpResponse:
    """Who came to a bench and who went, as a table."""
    found = get_object_or_404(Bench, slug=bench)
    first, last, _readable = _span(request, found)
    rows: list[dict[str, object]] = []
    for one in holdings.changes(found, first, last):
        for what, tenures in (("began", one.began), ("ended", one.ended)):
            rows += [
                {
                    "day": one.day.isoformat(),
                    "what": what,
                    "how": tenure.began_how if what == "began" else tenure.ended_how,
                    "person": tenure.person.name,
                    "office": tenure.office.name,
                }
                for tenure in tenures
            ]
    return csv_answer(table_csv(("day", "what", "how", "person", "office"), rows), f"{found.slug}.csv")


def csv_answer(text: str, name: str) -> HttpResponse:
    """A table to be saved under ``name``."""
    answer = HttpResponse(text, content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


# -- for officers --------------------------------------------------------------------------------------------------


@may(OFFICER, REGISTRAR, SCRUTINEER)
def manage_benches(request: HttpRequest) -> HttpResponse:
    """The benches."""
    found = Bench.objects.select_related("unit").order_by("name")
    return render(request, "office/organisation/benches.html", {"benches": found[:200]})


class BenchForm(forms.Form):
    """A new bench."""

    name = forms.CharField(label=lazy("Name"), max_length=200, help_text=lazy("Shadow cabinet, executive committee"))
    unit = forms.CharField(
        label=lazy("Of the unit"), max_length=400, help_text=lazy("Its address, such as party/north.")
    )


@may(OFFICER)
def new_bench(request: HttpRequest) -> HttpResponse:
    """Make a bench."""
    form = BenchForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        said = _("The bench is made. Now say which offices belong to it.")
        if done(request, acts.make_bench, request.user, None, form=form, said=said, **form.cleaned_data):
            return redirect("manage-benches")
    return act_page(request, form, _("A new bench"), _("Make it"), back=reverse("manage-benches"))


class SetBenchForm(forms.Form):
    """Which offices belong to a bench."""

    name = forms.CharField(label=lazy("Name"), max_length=200)
    offices = forms.MultipleChoiceField(
        label=lazy("Offices"),
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text=lazy("In the order of the list; each office has a place in the list on its own page."),
    )


@may(OFFICER)
def set_bench(request: HttpRequest, bench: str) -> HttpResponse:
    """Say which offices belong to a bench: of its unit, and those that belong to it already."""
    found = get_object_or_404(Bench.objects.select_related("unit"), slug=bench)
    offices = list(Office.objects.filter(unit=found.unit, bench=None) | found.offices.all())
    offices.sort(key=lambda office: (office.bench_id is None, office.order, office.name))
    form = SetBenchForm(
        request.POST or None,
        initial={"name": found.name, "offices": [str(one.pk) for one in offices if one.bench_id]},
    )
    form.fields["offices"].choices = [(str(one.pk), one.name) for one in offices[:MAX_OFFICES]]
    if request.method == "POST" and form.is_valid():
        chosen = set(form.cleaned_data["offices"])
        given = {
            "bench": bench,
            "name": form.cleaned_data["name"],
            "offices": [one.pk for one in offices if str(one.pk) in chosen],
        }
        if done(request, acts.set_bench, request.user, None, form=form, said=_("The bench is changed."), **given):
            return redirect("bench", bench=bench)
    return act_page(
        request, form, _("Change %(name)s") % {"name": found.name}, _("Change it"), back=reverse("manage-benches")
    )
