"""Contests held together, for officers: made, dated, adopted, opened, closed, filled, declared, step by step."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_POST

from ... import rules
from ...errors import SelectorateError
from .. import preflight, timetable
from ..access import may
from ..acts import preparations as acts
from ..acts import preparations_filled as filled
from ..models import Body, Candidate, Contest, Preparation, StageState, Unit
from ..rolls import closing
from .doing import done
from .listing import paged
from .offices import DAY
from .tabled import TableForm, imported
from .units import OFFICER, REGISTRAR, SCRUTINEER, act_page


@may(OFFICER, REGISTRAR, SCRUTINEER)
def manage_preparations(request: HttpRequest) -> HttpResponse:
    """All contests that are, or were, held together."""
    found = Preparation.objects.annotate(number=Count("contests")).order_by("-created", "-pk")
    return render(request, "office/organisation/manage_preparations.html", {"page": paged(request, found)})


class PrepareForm(forms.Form):
    """One rulebook, one kind of unit, one office."""

    name = forms.CharField(label=lazy("Name"), max_length=200, help_text=lazy("Elections of constituency chairs 2026"))
    rulebook = forms.ChoiceField(label=lazy("Rulebook"), required=False)
    rulebook_text = forms.CharField(
        label=lazy("Or the text of a rulebook"), widget=forms.Textarea, required=False, max_length=200_000
    )
    kind = forms.ChoiceField(label=lazy("In every"))
    under = forms.CharField(
        label=lazy("Below the unit"), required=False, max_length=400, help_text=lazy("Its address; empty: everywhere.")
    )
    office_name = forms.CharField(
        label=lazy("Office"), max_length=200, help_text=lazy("It is made in every unit that does not have it.")
    )
    previous = forms.ChoiceField(label=lazy("Compared with"), required=False)
    about = forms.CharField(label=lazy("About"), widget=forms.Textarea, required=False, max_length=acts.MAX_ABOUT)
    bodies_on = forms.DateField(label=lazy("Sizes of bodies count as of"), widget=DAY, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["rulebook"].choices = [("", _("a text of our own")), *((one, one) for one in rules.preset_ids())]
        kinds = Unit.objects.order_by("kind").values_list("kind").annotate(Count("pk"))
        self.fields["kind"].choices = [(kind, f"{kind} ({number})") for kind, number in kinds]
        before = Preparation.objects.values_list("slug", "name")[:100]
        self.fields["previous"].choices = [("", _("who holds it now")), *before]

    def clean(self) -> dict[str, Any]:
        """A rulebook there has to be."""
        given = super().clean() or {}
        if not given.get("rulebook") and not (given.get("rulebook_text") or "").strip():
            self.add_error("rulebook", _("choose a rulebook, or give its text"))
        return given


class BodiesForm(forms.Form):
    """Which bodies the rulebook means; its fields are the bodies of the rulebook."""

    def __init__(self, *args: Any, bodies: dict[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", _("choose")), *Body.objects.order_by("name").values_list("slug", "name")]
        for key, name in bodies.items():
            self.fields[key] = forms.ChoiceField(label=name, choices=choices)


def _bodies(given: dict[str, Any]) -> dict[str, str]:
    """The bodies that the chosen rulebook names, by their key; none for a text that cannot be read."""
    try:
        found = rules.load(given["rulebook"]) if given.get("rulebook") else None
    except SelectorateError:
        return {}
    return {key: body.name for key, body in found.bodies.items()} if found else {}


@may(OFFICER)
def prepare(request: HttpRequest) -> HttpResponse:
    """Make a contest in every unit of a kind."""
    form = PrepareForm(request.POST or None)
    asked = None
    if request.method == "POST" and form.is_valid():
        wanted = _bodies(form.cleaned_data)
        asked = BodiesForm(request.POST if "bodies" in request.POST else None, bodies=wanted, prefix="body")
        if not wanted or asked.is_valid():
            given = dict(form.cleaned_data)
            on = given.pop("bodies_on")
            given |= {"bodies": asked.cleaned_data if wanted else {}, "bodies_on": on.isoformat() if on else ""}
            if done(
                request, acts.prepare_contests, request.user, None, form=form, said=_("The contests are made."), **given
            ):
                return redirect("manage-preparation", preparation=Preparation.objects.latest("pk").slug)
    more = {"second": asked if asked is not None and asked.fields else None}
    title = _("One rulebook in every unit")
    return act_page(request, form, title, _("Make the contests"), back=reverse("manage-preparations"), **more)


def _of(slug: str) -> Preparation:
    return get_object_or_404(Preparation.objects.select_related("previous"), slug=slug)


def _first(found: Preparation) -> Contest:
    return get_object_or_404(Contest.objects.filter(preparation=found).order_by("pk")[:1])


def _stages(found: Preparation, first: Contest) -> list[dict[str, Any]]:
    """The stages of the rulebook, with how many contests stand where in each."""
    rows = StageState.objects.filter(contest__preparation=found, contest__status=Contest.Status.ADOPTED)
    counted = {
        (stage, status): number for stage, status, number in rows.values_list("stage", "status").annotate(Count("pk"))
    }
    names = timetable.keys(first.rulebook)
    return [
        {
            "id": stage.id,
            "kind": stage.kind,
            "name": stage.name or names.get(f"{stage.id}_opens", stage.id).split(":")[0],
            **{status: counted.get((stage.id, status), 0) for status in StageState.Status.values},
        }
        for stage in first.rulebook.stage
    ]


@may(OFFICER, REGISTRAR, SCRUTINEER)
def manage_preparation(request: HttpRequest, preparation: str) -> HttpResponse:
    """Where contests held together stand, and what can be done next."""
    found = _of(preparation)
    first = _first(found)
    states = dict(found.contests.order_by().values_list("status").annotate(Count("pk")))
    waiting = filled.waiting(found)
    given = {
        "preparation": found,
        "rulebook": first.rulebook,
        "number": sum(states.values()),
        "states": [(label, states.get(value, 0)) for value, label in Contest.Status.choices if states.get(value)],
        "drafts": states.get(Contest.Status.DRAFT, 0),
        "dates": first.dates.all(),
        "names": timetable.keys(first.rulebook),
        "blocked": preflight.blocking(first, "adoption") if first.status == Contest.Status.DRAFT else [],
        "stages": _stages(found, first),
        "with_roll": bool(closing.stages(first)),
        "candidates": Candidate.objects.filter(contest__preparation=found).count(),
        "agreed": sum(one.agreed for one in waiting),
        "once": sum(one.officials > 0 and not one.agreed for one in waiting),
        "none": sum(one.officials == 0 for one in waiting),
        "page": paged(request, waiting),
        "declared": states.get(Contest.Status.DECLARED, 0),
        "officer": OFFICER in request.roles,  # type: ignore[attr-defined]
        "taking_in": bool({OFFICER, REGISTRAR} & request.roles),  # type: ignore[attr-defined]
    }
    return render(request, "office/organisation/manage_preparation.html", given)


def _back(slug: str) -> str:
    return reverse("manage-preparation", args=[slug])


class DatesForm(forms.Form):
    """The dates of the rulebook."""

    def __init__(self, *args: Any, names: dict[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for key, name in names.items():
            text = forms.CharField(label=name, max_length=40, required=False, help_text="2026-09-24, 2026-09-24T11:45")
            self.fields[key] = text


@may(OFFICER)
def preparation_dates(request: HttpRequest, preparation: str) -> HttpResponse:
    """Fix the timetable of all contests that are in preparation."""
    found = _of(preparation)
    first = _first(found)
    zone = timetable.zone()
    initial = {
        one.key: (
            timezone.localtime(one.at, zone).date().isoformat()
            if one.whole_day
            else timezone.localtime(one.at, zone).strftime("%Y-%m-%dT%H:%M")
        )
        for one in first.dates.all()
    }
    form = DatesForm(request.POST or None, names=timetable.keys(first.rulebook), initial=initial)
    if request.method == "POST" and form.is_valid():
        dates = {key: text.strip() for key, text in form.cleaned_data.items() if text.strip()}
        given = {"preparation": preparation, "dates": dates}
        if done(request, acts.date_together, request.user, None, form=form, said=_("The dates are fixed."), **given):
            return redirect(_back(preparation))
    return act_page(request, form, _("The timetable of all contests"), _("Fix the dates"), back=_back(preparation))


class ChangeDateForm(forms.Form):
    """A date that is changed in all contests under way."""

    key = forms.ChoiceField(label=lazy("Date"))
    at = forms.CharField(label=lazy("New date"), max_length=40, help_text="2026-09-24, 2026-09-24T11:45")
    reason = forms.CharField(label=lazy("Reason"), max_length=500)


@may(OFFICER)
def preparation_change_date(request: HttpRequest, preparation: str) -> HttpResponse:
    """Propose to change a date in all contests under way."""
    found = _of(preparation)
    form = ChangeDateForm(request.POST or None)
    form.fields["key"].choices = list(timetable.keys(_first(found).rulebook).items())
    if request.method == "POST" and form.is_valid():
        given = {"preparation": preparation, **form.cleaned_data}
        said = _("It is proposed: a second official confirms it.")
        if done(request, acts.change_date_together, request.user, None, form=form, said=said, **given):
            return redirect(_back(preparation))
    return act_page(request, form, _("Change the timetable of all contests"), _("Propose it"), back=_back(preparation))


@require_POST
@may(OFFICER)
def preparation_adopt(request: HttpRequest, preparation: str) -> HttpResponse:
    """Adopt the rules and the timetable of all contests."""
    _told(request, acts.adopt_together, preparation=preparation)
    return redirect(_back(preparation))


@require_POST
@may(OFFICER)
def preparation_stage(request: HttpRequest, preparation: str, stage: str) -> HttpResponse:
    """Open or close a stage of all contests."""
    act = acts.open_together if request.POST.get("what") == "open" else acts.close_together
    _told(request, act, preparation=preparation, stage=stage)
    return redirect(_back(preparation))


def _told(request: HttpRequest, act: Any, **given: Any) -> None:
    """Do an act on many contests, and tell in how many it was done and why not in the others."""
    try:
        outcome = act(request.user, None, **given)
    except SelectorateError as fault:
        messages.error(request, fault.message)
        return
    said = getattr(outcome, "says", None) or _("It is proposed: a second official confirms it.")
    (messages.warning if getattr(outcome, "refused", ()) else messages.success)(request, said)


class CandidatesForm(TableForm):
    """A table of candidates."""

    evidence = forms.CharField(
        label=lazy("Where their consents are kept"), max_length=500, help_text=lazy("Folder 12, head office")
    )


@may(OFFICER)
def preparation_candidates(request: HttpRequest, preparation: str) -> HttpResponse:
    """Enter the candidates of many contests from a table."""
    found = _of(preparation)
    form = CandidatesForm(request.POST or None, request.FILES or None)

    def rows(plan: filled.CandidatePlan) -> dict[str, Any]:
        told = [
            (contest.unit.name, row["name"], row.get("slate", "")) for contest, new in plan.new.items() for row in new
        ]
        facts = [(_("new"), plan.number), (_("there already"), plan.same), (_("contests"), len(plan.new))]
        return {"facts": facts, "heads": [_("unit"), _("candidate"), _("slate")], "told": told[:200]}

    return imported(
        request,
        form,
        filled.CANDIDATE_COLUMNS,
        plan=lambda given: filled.plan_candidates(found, given),
        act=filled.import_candidates,
        given=lambda: {"preparation": preparation, "evidence": form.cleaned_data["evidence"]},
        said=_("The candidates are entered."),
        back=_back(preparation),
        context={"title": _("Candidates from a table")},
        rows=rows,
    )


class EvidenceForm(forms.Form):
    """Where something on paper is kept."""

    evidence = forms.CharField(label=lazy("Where the signed entries are kept"), max_length=500)


@may(OFFICER)
def preparation_sign_offs(request: HttpRequest, preparation: str) -> HttpResponse:
    """Propose to enter the written sign-offs of all candidates who have not signed off here."""
    found = _of(preparation)
    number = len(filled.unsigned(found))
    form = EvidenceForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = {"preparation": preparation, **form.cleaned_data}
        said = _("It is proposed: a second official confirms it.")
        if done(request, filled.record_sign_offs, request.user, None, form=form, said=said, **given):
            return redirect(_back(preparation))
    about = _("%(number)s candidates have not signed off their entry on this site.") % {"number": number}
    return act_page(request, form, _("Written sign-offs"), _("Propose it"), about=about, back=_back(preparation))


@may(OFFICER, REGISTRAR, SCRUTINEER)
def preparation_papers(request: HttpRequest, preparation: str, stage: str) -> HttpResponse:
    """The papers of all contests as they will be, to be looked at and confirmed."""
    found = _of(preparation)
    hashes = filled.papers(found, stage)
    if request.method == "POST":
        given = {"preparation": preparation, "stage": stage, "seen": request.POST.get("seen", "")}
        if done(
            request, filled.preview_together, request.user, None, said=_("You have confirmed the papers."), **given
        ):
            return redirect(_back(preparation))
    shown = paged(request, list(hashes))
    by_contest: dict[int, list[Candidate]] = {}
    standing = Candidate.objects.filter(contest__in=list(shown), status=Candidate.Status.STANDING)
    for one in standing.order_by("order", "name", "pk"):
        by_contest.setdefault(one.contest_id, []).append(one)
    given = {
        "preparation": found,
        "stage": stage,
        "page": shown,
        "rows": [(contest, by_contest.get(contest.pk, [])) for contest in shown],
        "seen": filled.all_papers_hash(hashes.values()),
        "number": len(hashes),
    }
    return render(request, "office/organisation/papers.html", given)


@may(OFFICER, REGISTRAR)
def preparation_figures(request: HttpRequest, preparation: str, stage: str) -> HttpResponse:
    """Take in the figures of many contests from a table, without seeing another official's."""
    found = _of(preparation)
    form = TableForm(request.POST or None, request.FILES or None)

    def rows(plan: filled.FigurePlan) -> dict[str, Any]:
        told = [
            (contest.unit.name, segment, ", ".join(f"{who} {number}" for who, number in votes.items()))
            for contest, tables in plan.figures.items()
            for segment, votes in tables["votes"].items()
        ]
        facts = [(_("contests"), len(plan.figures)), (_("votes"), sum(_votes(one) for one in plan.figures.values()))]
        return {"facts": facts, "heads": [_("unit"), _("segment"), _("votes")], "told": told[:200]}

    return imported(
        request,
        form,
        filled.FIGURE_COLUMNS,
        plan=lambda given: filled.plan_figures(found, stage, given),
        act=filled.enter_figures_together,
        given=lambda: {"preparation": preparation, "stage": stage},
        said=_("Your figures are taken in. They count once a second official has taken in the same."),
        back=_back(preparation),
        context={
            "title": _("Figures from a table"),
            "about": _(
                "A row for each candidate of each unit; further rows may give entitled, returned, spoilt or valid in "
                "place of a candidate. Do not look at the table of the other official."
            ),
        },
        rows=rows,
    )


def _votes(tables: dict[str, dict[str, dict[str, int]]]) -> int:
    return sum(number for votes in tables["votes"].values() for number in votes.values())


@require_POST
@may(OFFICER)
def preparation_declare(request: HttpRequest, preparation: str) -> HttpResponse:
    """Propose to declare all contests on whose figures two officials agree."""
    ready = [one.contest.pk for one in filled.waiting(_of(preparation)) if one.agreed]
    _told(request, filled.declare_together, preparation=preparation, contests=ready)
    return redirect(_back(preparation))


class OnForm(forms.Form):
    """A day."""

    on = forms.DateField(label=lazy("From"), widget=DAY)


@may(OFFICER)
def preparation_take_office(request: HttpRequest, preparation: str) -> HttpResponse:
    """Let those who were elected hold their offices from a day on."""
    _of(preparation)
    form = OnForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        _told(request, filled.take_office_together, preparation=preparation, on=form.cleaned_data["on"].isoformat())
        return redirect(_back(preparation))
    about = _(
        "Whoever held the office and was not re-elected goes on that day; whoever was re-elected begins a new term."
    )
    return act_page(request, form, _("Those elected take office"), _("Enter it"), about=about, back=_back(preparation))
