"""Units: the tree and each unit for everybody; the acts on them for the returning officer."""

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

from .. import holdings
from ..access import PUBLIC, may
from ..acts import people
from ..acts import units as acts
from ..acts.people import LEAST_KEPT, MAX_ABOUT, MOST_KEPT
from ..models import Bench, Body, Contest, Office, Organisation, Person, Preparation, Role, Unit
from ..slugs import plain
from .doing import done, filled
from .listing import day_asked, kept, paged
from .tabled import TableForm, imported

OFFICER, REGISTRAR, SCRUTINEER = Role.RETURNING_OFFICER.value, Role.REGISTRAR.value, Role.SCRUTINEER.value
HIDDEN = (Contest.Status.DRAFT, Contest.Status.ABANDONED)


def shown_contests(**where: Any) -> Any:
    """The contests of which the public may know, the newest first."""
    return (
        Contest.objects.filter(**where).filter(Q(adopted__isnull=False) | ~Q(status__in=HIDDEN)).defer("rulebook_text")
    )


def _filtered(request: HttpRequest) -> tuple[Any, dict[str, str]]:
    filters = {"kind": plain(request.GET.get("kind", ""), longest=40), "q": plain(request.GET.get("q", ""), longest=80)}
    found = Unit.objects.order_by("path")
    if filters["kind"]:
        found = found.filter(kind=filters["kind"])
    if filters["q"]:
        found = found.filter(Q(name__icontains=filters["q"]) | Q(code=filters["q"]))
    return found, filters


def _counted(page: Any) -> Any:
    """The units of a page, each with the number of units right below it and of its offices."""
    shown = [unit.pk for unit in page]
    below = dict(Unit.objects.filter(parent__in=shown).order_by().values_list("parent").annotate(Count("pk")))
    posts = dict(Office.objects.filter(unit__in=shown).order_by().values_list("unit").annotate(Count("pk")))
    for unit in page:
        unit.below, unit.posts = below.get(unit.pk, 0), posts.get(unit.pk, 0)
    return page


def _kinds() -> list[tuple[str, int]]:
    return list(Unit.objects.order_by("kind").values_list("kind").annotate(Count("pk")))


@may(PUBLIC)
def units(request: HttpRequest) -> HttpResponse:
    """The tree of units."""
    found, filters = _filtered(request)
    shown = _counted(paged(request, found))
    for unit in shown:
        unit.depth = unit.path.count("/") if not filters["q"] and not filters["kind"] else 0
    given = {"page": shown, "filters": filters, "kinds": _kinds(), "query": kept(filters)}
    return render(request, "office/organisation/units.html", given)


def moved(path: str) -> Unit:
    """The unit that is at another place than its old address says: the only one of its name. Raises Http404."""
    found = list(Unit.objects.filter(slug=path.rpartition("/")[2])[:2])
    if len(found) != 1:
        raise Http404
    return found[0]


def above(unit: Unit) -> list[Unit]:
    """The units above one, from the top."""
    parts = unit.path.split("/")
    return list(Unit.objects.filter(path__in=["/".join(parts[:number]) for number in range(1, len(parts))]))


@may(PUBLIC)
def unit(request: HttpRequest, path: str) -> HttpResponse:
    """A unit: its offices and who holds them on a day, its benches, its contests, the units below."""
    where = plain(path, longest=acts.MAX_PATH)
    found = Unit.objects.filter(path=where).first() or moved(where)
    if found.path != where:
        return redirect("unit", path=found.path)
    day, readable = day_asked(request, "on", timezone.localdate())
    shown = paged(request, found.children.order_by("name"))
    given = {
        "unit": found,
        "above": above(found),
        "posts": holdings.posts(found.offices.order_by("order", "name"), day),
        "day": day,
        "readable": readable,
        "today": timezone.localdate(),
        "benches": found.benches.order_by("name"),
        "contests": shown_contests(unit=found).select_related("office")[:20],
        "page": shown,
        "query": kept({"on": request.GET.get("on", "") if readable else ""}),
    }
    return render(request, "office/organisation/unit.html", given)


# -- for officers --------------------------------------------------------------------------------------------------


@may(OFFICER, REGISTRAR, SCRUTINEER)
def organisation(request: HttpRequest) -> HttpResponse:
    """What there is of the organisation, in numbers, and where each of it is seen to."""
    numbers = [
        (_("units"), Unit.objects.count(), reverse("manage-units")),
        (_("offices"), Office.objects.count(), reverse("offices")),
        (_("benches"), Bench.objects.count(), reverse("manage-benches")),
        (_("people"), Person.objects.count(), reverse("manage-people")),
        (_("bodies"), Body.objects.count(), reverse("manage-bodies")),
        (_("contests in many units"), Preparation.objects.count(), reverse("manage-preparations")),
    ]
    return render(
        request, "office/organisation/organisation.html", {"numbers": numbers, "officer": OFFICER in request.roles}
    )


class OrganisationForm(forms.Form):
    """What the organisation says of itself, and how long it keeps what it knows of people."""

    name = forms.CharField(label=lazy("Name"), max_length=200)
    about = forms.CharField(
        label=lazy("About"), required=False, max_length=MAX_ABOUT, widget=forms.Textarea(attrs={"rows": 6})
    )
    contact = forms.EmailField(label=lazy("Mail address for questions"), required=False)
    retention_days = forms.IntegerField(
        label=lazy("Days for which personal data of a contest are kept"),
        min_value=LEAST_KEPT,
        max_value=MOST_KEPT,
        help_text=lazy("After the declaration. Then they go by themselves, of contests that are over already too."),
    )


@may(OFFICER)
def change_organisation(request: HttpRequest) -> HttpResponse:
    """Change what the organisation says of itself, and how long personal data are kept."""
    there = Organisation.there()
    if there is None:
        raise Http404
    names = ("name", "about", "contact", "retention_days")
    form = OrganisationForm(request.POST or None, initial={name: getattr(there, name) for name in names})
    if request.method == "POST":
        said = _("It is changed.")
        if filled(request, form, people.describe_organisation, request.user, None, said=said):
            return redirect("organisation")
    return act_page(request, form, _("The organisation"), _("Change it"))


@may(OFFICER, REGISTRAR, SCRUTINEER)
def manage_units(request: HttpRequest) -> HttpResponse:
    """The units as a table, with what an officer may do with each."""
    found, filters = _filtered(request)
    shown = _counted(paged(request, found))
    given = {"page": shown, "filters": filters, "kinds": _kinds(), "query": kept(filters)}
    return render(request, "office/organisation/manage_units.html", given)


class UnitForm(forms.Form):
    """A new unit."""

    name = forms.CharField(label=lazy("Name"), max_length=200)
    kind = forms.CharField(label=lazy("Kind"), max_length=40, help_text=lazy("national, region, constituency, branch"))
    parent = forms.CharField(
        label=lazy("Under"),
        required=False,
        max_length=400,
        help_text=lazy("The address of the unit above, such as party/north; empty at the top."),
    )
    code = forms.CharField(label=lazy("Code on the roll"), required=False, max_length=60)


def act_page(request: HttpRequest, form: forms.Form, title: str, button: str, **more: Any) -> HttpResponse:
    """A page with one form for one act."""
    return render(request, "office/organisation/act.html", {"form": form, "title": title, "button": button, **more})


@may(OFFICER)
def new_unit(request: HttpRequest) -> HttpResponse:
    """Make a unit."""
    form = UnitForm(request.POST or None, initial={"parent": request.GET.get("under", "")[:400]})
    if (
        request.method == "POST"
        and form.is_valid()
        and done(
            request, acts.make_unit, request.user, None, form=form, said=_("The unit is made."), **form.cleaned_data
        )
    ):
        return redirect("manage-units")
    return act_page(request, form, _("A new unit"), _("Make it"), back=reverse("manage-units"))


class RenameForm(forms.Form):
    """Another name of a unit."""

    name = forms.CharField(label=lazy("Name"), max_length=200)
    kind = forms.CharField(label=lazy("Kind"), max_length=40)
    code = forms.CharField(label=lazy("Code on the roll"), required=False, max_length=60)
    address = forms.BooleanField(
        label=lazy("Change its address too, and those of all units below"),
        required=False,
        help_text=lazy("Links to the old addresses will lead nowhere."),
    )


@may(OFFICER)
def rename_unit(request: HttpRequest, unit: int) -> HttpResponse:
    """Give a unit another name, kind or code."""
    found = get_object_or_404(Unit, pk=unit)
    form = RenameForm(request.POST or None, initial={"name": found.name, "kind": found.kind, "code": found.code})
    if request.method == "POST" and form.is_valid():
        given = {"unit": unit, **form.cleaned_data}
        if done(request, acts.rename_unit, request.user, None, form=form, said=_("The unit is changed."), **given):
            return redirect("unit", path=Unit.objects.get(pk=unit).path)
    return act_page(
        request, form, _("Change %(name)s") % {"name": found.name}, _("Change it"), back=reverse("manage-units")
    )


class MoveForm(forms.Form):
    """Another place of a unit."""

    parent = forms.CharField(
        label=lazy("Under"),
        required=False,
        max_length=400,
        help_text=lazy("The address of the unit above, such as party/north; empty at the top."),
    )


@may(OFFICER)
def move_unit(request: HttpRequest, unit: int) -> HttpResponse:
    """Move a unit, with all below it."""
    found = get_object_or_404(Unit, pk=unit)
    form = MoveForm(request.POST or None, initial={"parent": found.path.rpartition("/")[0]})
    if request.method == "POST" and form.is_valid():
        given = {"unit": unit, **form.cleaned_data}
        if done(request, acts.move_unit, request.user, None, form=form, said=_("The unit is moved."), **given):
            return redirect("unit", path=Unit.objects.get(pk=unit).path)
    about = _("It is at %(path)s. Everything below it moves along, and all their addresses change.") % {
        "path": found.path
    }
    title = _("Move %(name)s") % {"name": found.name}
    return act_page(request, form, title, _("Move it"), about=about, back=reverse("manage-units"))


@may(OFFICER)
def import_units(request: HttpRequest) -> HttpResponse:
    """Make and rename units from a table."""
    form = TableForm(request.POST or None, request.FILES or None)

    def rows(plan: acts.UnitPlan) -> dict[str, Any]:
        told = [(unit.name, unit.kind, unit.path, _("new")) for unit in plan.new]
        told += [(unit.name, unit.kind, unit.path, said) for unit, said in plan.changed]
        facts = [(_("new"), len(plan.new)), (_("changed"), len(plan.changed)), (_("as they are"), plan.same)]
        return {"facts": facts, "heads": [_("unit"), _("kind"), _("address"), _("what happens")], "told": told[:200]}

    return imported(
        request,
        form,
        acts.UNIT_COLUMNS,
        plan=acts.plan_units,
        act=acts.import_units,
        given=dict,
        said=_("The units are made as the table says."),
        back=reverse("manage-units"),
        context={"title": _("Units from a table")},
        rows=rows,
    )
