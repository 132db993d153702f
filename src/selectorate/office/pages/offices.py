"""Offices and those who hold them, and people with what they held; for the returning officer the acts on tenures."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from ... import rules
from .. import holdings
from ..access import PUBLIC, may
from ..acts import organisation as acts
from ..acts.units import MAX_PATH
from ..models import Bench, Candidate, Contest, Office, Person, Tenure, Unit
from ..slugs import plain
from .doing import done
from .listing import day_asked, kept, paged
from .units import OFFICER, REGISTRAR, SCRUTINEER, above, act_page, moved, shown_contests

HIDDEN_CANDIDACIES = (
    Candidate.Status.PROPOSED,
    Candidate.Status.CONSENTED,
    Candidate.Status.NOT_NOMINATED,
    Candidate.Status.REFUSED,
)
"""Those who were not on a paper are not shown with it for good."""


@may(PUBLIC)
def offices(request: HttpRequest) -> HttpResponse:
    """Every office with who holds it today, unit by unit."""
    asked = plain(request.GET.get("q", ""), longest=80)
    found = Office.objects.order_by("unit__path", "order", "name")
    if asked:
        found = found.filter(Q(name__icontains=asked) | Q(unit__name__icontains=asked))
    shown, day = paged(request, found), timezone.localdate()
    given = {
        "page": shown,
        "posts": holdings.posts(found.filter(pk__in=[one.pk for one in shown]), day),
        "day": day,
        "q": asked,
        "query": kept({"q": asked}),
        "units": True,
    }
    return render(request, "office/organisation/offices.html", given)


@may(PUBLIC)
def office(request: HttpRequest, unit: str, office: str) -> HttpResponse:
    """An office: who holds it on a day, everybody who held it, the contests for it."""
    where = plain(unit, longest=MAX_PATH)
    if not Unit.objects.filter(path=where).exists():
        return redirect("office", unit=moved(where).path, office=office)
    found = get_object_or_404(Office.objects.select_related("unit", "bench"), unit__path=where, slug=office)
    day, readable = day_asked(request, "on", timezone.localdate())
    tenures = found.tenures.select_related("person", "contest").order_by("-began", "-pk")
    holding = found.holders(day).select_related("person")
    given = {
        "office": found,
        "above": [*above(found.unit), found.unit],
        "holding": holding,
        "free": max(found.places - len(holding), 0),
        "vacant": found.vacant(day),
        "page": paged(request, tenures),
        "query": kept({"on": request.GET.get("on", "") if readable else ""}),
        "contests": shown_contests(office=found)[:20],
        "day": day,
        "readable": readable,
        "today": timezone.localdate(),
        "officer": OFFICER in getattr(request, "roles", ()),
    }
    return render(request, "office/organisation/office.html", given)


@may(PUBLIC)
def person(request: HttpRequest, person: str) -> HttpResponse:
    """Somebody who held an office or stood for one. Whoever did neither has no page."""
    found = get_object_or_404(Person, slug=person)
    tenures = list(found.tenures.select_related("office__unit", "contest").order_by("-began", "-pk"))
    candidacies = list(
        found.candidacies.filter(contest__in=shown_contests().values("pk"))
        .exclude(status__in=HIDDEN_CANDIDACIES)
        .select_related("contest__declaration")
        .order_by("-contest__adopted", "-pk")
    )
    if not tenures and not candidacies:
        raise Http404
    for one in candidacies:
        declared = getattr(one.contest, "declaration", None)
        one.came = None if declared is None else one.key in (declared.data.get("elected") or ())
    given = {"person": found, "tenures": tenures, "candidacies": candidacies, "today": timezone.localdate()}
    return render(request, "office/organisation/person.html", given)


# -- for officers --------------------------------------------------------------------------------------------------


@may(OFFICER, REGISTRAR, SCRUTINEER)
def manage_people(request: HttpRequest) -> HttpResponse:
    """Everybody of whom the office speaks, by name."""
    found = Person.objects.annotate(
        held=Count("tenures", filter=Q(tenures__struck=None), distinct=True), stood=Count("candidacies", distinct=True)
    )
    given = {
        "page": paged(request, found.order_by("name", "pk")),
        # Whoever asks what is kept of them is given it by these two.
        "hands_out": bool({OFFICER, REGISTRAR} & set(request.roles)),
    }
    return render(request, "office/organisation/people.html", given)


class OfficeForm(forms.Form):
    """An office: its name, its places, how it is filled."""

    name = forms.CharField(label=lazy("Name"), max_length=200)
    places = forms.IntegerField(label=lazy("Places"), min_value=1, max_value=acts.MAX_PLACES, initial=1)
    filled = forms.ChoiceField(label=lazy("Filled by"), choices=Office.Filled.choices)
    bench = forms.ChoiceField(label=lazy("Bench"), required=False)
    rulebook = forms.ChoiceField(label=lazy("Rulebook"), required=False)
    order = forms.IntegerField(
        label=lazy("Place in the list"), min_value=0, max_value=10_000, initial=0, help_text=lazy("0 comes first.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        benches = Bench.objects.order_by("name").values_list("slug", "name")
        self.fields["bench"].choices = [("", _("none")), *benches]
        self.fields["rulebook"].choices = [("", _("none")), *((one, one) for one in rules.preset_ids())]


@may(OFFICER)
def new_office(request: HttpRequest, unit: int) -> HttpResponse:
    """Make an office in a unit."""
    found = get_object_or_404(Unit, pk=unit)
    form = OfficeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = {"unit": found.path, **form.cleaned_data}
        if done(request, acts.make_office, request.user, None, form=form, said=_("The office is made."), **given):
            return redirect("unit", path=found.path)
    title = _("A new office of %(name)s") % {"name": found.name}
    return act_page(request, form, title, _("Make it"), back=reverse("unit", args=[found.path]))


def _back(office: Office) -> str:
    return reverse("office", args=[office.unit.path, office.slug])


@may(OFFICER)
def change_office(request: HttpRequest, office: int) -> HttpResponse:
    """Change an office."""
    found = get_object_or_404(Office.objects.select_related("unit", "bench"), pk=office)
    initial = {
        "name": found.name,
        "places": found.places,
        "filled": found.filled,
        "bench": found.bench.slug if found.bench else "",
        "rulebook": found.rulebook,
        "order": found.order,
    }
    form = OfficeForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        given = {"office": office, **form.cleaned_data}
        if done(request, acts.change_office, request.user, None, form=form, said=_("The office is changed."), **given):
            return redirect(_back(found))
    return act_page(request, form, _("Change %(name)s") % {"name": found.name}, _("Change it"), back=_back(found))


DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class BeginForm(forms.Form):
    """Somebody begins to hold an office. ``who`` is asked for where somebody of that name is known already."""

    name = forms.CharField(label=lazy("Name"), max_length=200)
    who = forms.ChoiceField(label=lazy("Who that is"), widget=forms.RadioSelect, required=False)
    began = forms.DateField(label=lazy("From"), widget=DAY)
    how = forms.ChoiceField(label=lazy("How"), choices=Tenure.Began.choices)
    slate = forms.CharField(label=lazy("Slate"), required=False, max_length=100)
    contest_slug = forms.ChoiceField(label=lazy("Elected by"), required=False)
    note = forms.CharField(label=lazy("Note"), required=False, max_length=300)

    def __init__(self, *args: Any, office: Office, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        declared = Contest.objects.filter(office=office, declaration__isnull=False).values_list("slug", "title")
        self.fields["contest_slug"].choices = [("", _("no contest of this site")), *declared[:50]]
        self.known = Person.objects.filter(name__iexact=plain(self.data.get("name", ""))) if self.is_bound else ()
        # Ten of one name are told apart by what they held; more are entered under a name that tells them apart.
        choices = [(one.slug, _who(one)) for one in self.known[:10]]
        self.fields["who"].choices = [*choices, ("-", _("somebody else of that name"))]
        if not choices:
            del self.fields["who"]

    def clean(self) -> dict[str, Any]:
        """Ask who is meant where somebody of that name is known."""
        given = super().clean() or {}
        if "who" in self.fields and not given.get("who"):
            self.add_error("who", _("somebody of that name is known: say whether it is them"))
        return given


def _who(person: Person) -> str:
    tenure = person.tenures.select_related("office__unit").order_by("-began").first()
    if tenure is None:
        return f"{person.name} ({_('held nothing so far')})"
    return f"{person.name} ({tenure.office.name}, {tenure.office.unit.name}, {tenure.began.year})"


@may(OFFICER)
def begin_tenure(request: HttpRequest, office: int) -> HttpResponse:
    """Enter that somebody holds an office from a day on."""
    found = get_object_or_404(Office.objects.select_related("unit"), pk=office)
    initial = {"how": "elected" if found.filled == Office.Filled.ELECTED else "appointed"}
    form = BeginForm(request.POST or None, office=found, initial=initial)
    if request.method == "POST" and form.is_valid():
        given = dict(form.cleaned_data)
        who = given.pop("who", "") or "-"
        given |= {"office": office, "began": given["began"].isoformat(), "person": "" if who == "-" else who}
        if done(request, acts.begin_tenure, request.user, None, form=form, said=_("It is entered."), **given):
            return redirect(_back(found))
    title = _("Who holds %(name)s now") % {"name": found.name}
    return act_page(request, form, title, _("Enter it"), back=_back(found))


class EndForm(forms.Form):
    """Somebody ceases to hold an office."""

    ended = forms.DateField(
        label=lazy("On"), widget=DAY, help_text=lazy("The first day on which they hold it no more.")
    )
    how = forms.ChoiceField(label=lazy("How"), choices=Tenure.Ended.choices)
    note = forms.CharField(label=lazy("Note"), required=False, max_length=300)


def _tenure(pk: int) -> Tenure:
    return get_object_or_404(Tenure.objects.select_related("office__unit", "person"), pk=pk)


@may(OFFICER)
def end_tenure(request: HttpRequest, tenure: int) -> HttpResponse:
    """Enter that somebody ceases to hold an office."""
    found = _tenure(tenure)
    form = EndForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = {**form.cleaned_data, "tenure": tenure, "ended": form.cleaned_data["ended"].isoformat()}
        if done(request, acts.end_tenure, request.user, None, form=form, said=_("It is entered."), **given):
            return redirect(_back(found.office))
    names = {"name": found.person.name, "office": found.office.name}
    title = _("%(name)s holds %(office)s no more") % names
    return act_page(request, form, title, _("Enter it"), back=_back(found.office))


class CorrectForm(forms.Form):
    """A tenure, corrected."""

    began = forms.DateField(label=lazy("From"), widget=DAY)
    how = forms.ChoiceField(label=lazy("How it began"), choices=Tenure.Began.choices)
    ended = forms.DateField(label=lazy("Until"), widget=DAY, required=False)
    ended_how = forms.ChoiceField(
        label=lazy("How it ended"), required=False, choices=[("", lazy("it has not ended")), *Tenure.Ended.choices]
    )
    slate = forms.CharField(label=lazy("Slate"), required=False, max_length=100)
    strike = forms.BooleanField(label=lazy("It never was: strike it"), required=False)
    reason = forms.CharField(label=lazy("Reason"), max_length=500)


@may(OFFICER)
def correct_tenure(request: HttpRequest, tenure: int) -> HttpResponse:
    """Propose to correct what was entered wrong; a second official confirms it."""
    found = _tenure(tenure)
    initial = {"began": found.began, "how": found.began_how, "ended": found.ended, "ended_how": found.ended_how}
    form = CorrectForm(request.POST or None, initial={**initial, "slate": found.slate})
    if request.method == "POST" and form.is_valid():
        given = dict(form.cleaned_data)
        given |= {"tenure": tenure, "began": given["began"].isoformat()}
        given["ended"] = given["ended"].isoformat() if given["ended"] else ""
        said = _("It is proposed: a second official confirms it.")
        if done(request, acts.correct_tenure, request.user, None, form=form, said=said, **given):
            return redirect(_back(found.office))
    names = {"name": found.person.name, "office": found.office.name}
    title = _("Correct the tenure of %(name)s as %(office)s") % names
    return act_page(request, form, title, _("Propose it"), back=_back(found.office))
