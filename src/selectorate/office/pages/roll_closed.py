"""Persons on the closed roll of a contest: listed, found, and what two officials can do."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from ...roll import KEY
from ..access import may
from ..acts import amending
from ..models import ClosedRoll, Entitlement, RollEntry
from ..rolls import closing, finding
from .doing import done
from .listing import whole_number
from .roll import PAGE, facts_of
from .roll_contest import closed_here, waits
from .roll_forms import EntryForm, FindForm, JoinForm, ReasonForm


@may("registrar")
def entitled(request: HttpRequest, contest: str) -> HttpResponse:
    """Who may vote in a segment, who is refused for a reason, who belongs to several: fifty at a time."""
    closed = closed_here(request)
    given = request.GET
    rows = Entitlement.objects.filter(closed=closed, stage=given.get("stage", ""), ended=None)
    if given.get("several"):
        rows, title = rows.filter(several=True), _("In two or more segments")
    elif reason := given.get("reason"):
        rows, title = rows.filter(segment="", reason=reason), reason
    else:
        segment = given.get("segment", "")
        rows = rows.filter(segment=segment).exclude(segment="")
        known = request.contest.rulebook.segments.get(segment)  # type: ignore[attr-defined]
        title = known.name if known else segment
    # By the last one shown, not by the number of a page: the thousandth is found as fast as the first.
    after = whole_number(given.get("after", "")) or 0
    found = list(rows.filter(id__gt=after).order_by("id")[: PAGE + 1])
    query = given.copy()
    query.pop("after", None)
    context = {
        "contest": request.contest,  # type: ignore[attr-defined]
        "closed": closed,
        "title": title,
        "rows": found[:PAGE],
        "after": found[PAGE - 1].pk if len(found) > PAGE else None,
        "begun": not after,
        "query": query.urlencode(),
    }
    return render(request, "office/roll/entitled.html", context)


@may("registrar")
@require_POST
def find(request: HttpRequest, contest: str) -> HttpResponse:
    """Somebody looked for on the closed roll: by key, or by what the organisation's roll has of them."""
    closed = closed_here(request)
    form = FindForm(request.POST)
    rows: list[Entitlement] = []
    if form.is_valid():
        asked = form.cleaned_data["asked"]
        entries, _more = finding.found(asked)
        keys = {asked.strip(), *(entry.person for entry in entries)}
        rows = list(Entitlement.objects.filter(closed=closed, person__in=keys, ended=None).order_by("person", "stage"))
    context = {
        "contest": request.contest,  # type: ignore[attr-defined]
        "closed": closed,
        "title": _("Found"),
        "rows": rows[:PAGE],
        "find": form,
        "begun": True,
    }
    return render(request, "office/roll/entitled.html", context)


@may("registrar")
def person(request: HttpRequest, contest: str, vote: int) -> HttpResponse:
    """Somebody on the closed roll: entry, entitlement, changes; and what two officials can do."""
    closed = closed_here(request)
    found = get_object_or_404(Entitlement, pk=vote, closed=closed)
    rows = closing.of_persons(closed, [found.person]).rows.to_dicts()
    history = Entitlement.objects.filter(closed=closed, person=found.person).select_related("began", "ended")
    names = {key: segment.name for key, segment in request.contest.rulebook.segments.items()}  # type: ignore[attr-defined]
    context = {
        "contest": request.contest,  # type: ignore[attr-defined]
        "closed": closed,
        "found": found,
        "entries": [(number, row, facts_of(row)) for number, row in enumerate(rows)],
        "history": [
            (row, names.get(row.segment, row.segment), closing.reasons_of(row)) for row in history.order_by("pk")[:200]
        ],
        "amendments": closed.amendments.filter(person=found.person),
        "live": RollEntry.objects.filter(person=found.person).first(),
        "strike": ReasonForm(prefix="strike"),
        "join": JoinForm(prefix="join"),
    }
    return render(request, "office/roll/person.html", context)


@may("registrar")
@require_POST
def strike(request: HttpRequest, contest: str, vote: int) -> HttpResponse:
    """Propose to strike somebody, or one of their capacities."""
    closed = closed_here(request)
    found = get_object_or_404(Entitlement, pk=vote, closed=closed)
    given: dict[str, Any] = {"person": found.person, "reason": request.POST.get("strike-reason", "")[:500]}
    if (number := whole_number(request.POST.get("row", ""))) is not None:
        row = _row(closed, found, number)
        given["key"] = [row[name] for name in KEY]
    done(request, amending.strike_person, request.user, request.contest, said=waits(), **given)  # type: ignore[attr-defined]
    return redirect("contest-roll-person", contest, found.pk)


def _row(closed: ClosedRoll, found: Entitlement, number: int) -> dict[str, Any]:
    rows = closing.of_persons(closed, [found.person]).rows.to_dicts()
    if number >= len(rows):
        raise Http404
    return rows[number]


@may("registrar")
@require_POST
def join(request: HttpRequest, contest: str, vote: int) -> HttpResponse:
    """Propose that another key on the closed roll is the same person."""
    found = get_object_or_404(Entitlement, pk=vote, closed=closed_here(request))
    given = {
        "keep": found.person,
        "other": request.POST.get("join-other", "").strip()[:160],
        "reason": request.POST.get("join-reason", "")[:500],
    }
    done(request, amending.join_persons, request.user, request.contest, said=waits(), **given)  # type: ignore[attr-defined]
    return redirect("contest-roll-person", contest, found.pk)


@may("registrar")
def change(request: HttpRequest, contest: str, vote: int, row: int) -> HttpResponse:
    """Propose a change of an entry on the closed roll."""
    here, closed = request.contest, closed_here(request)  # type: ignore[attr-defined]
    found = get_object_or_404(Entitlement, pk=vote, closed=closed)
    current = _row(closed, found, row)
    form = EntryForm(request.POST or None, row=current)
    if request.method == "POST" and form.is_valid():
        given = {
            "key": [current[name] for name in KEY],
            "values": form.values(),
            "reason": form.cleaned_data["reason"],
        }
        if done(request, amending.change_entry, request.user, here, form=form, said=waits(), **given):
            return redirect("contest-roll-person", contest, found.pk)
    title = _("Change the entry of %(name)s on the closed roll") % {"name": found.name}
    return render(request, "office/roll/change.html", {"contest": here, "form": form, "title": title})


@may("registrar")
def admit(request: HttpRequest, contest: str) -> HttpResponse:
    """Propose to admit somebody to the closed roll."""
    here, closed = request.contest, closed_here(request)  # type: ignore[attr-defined]
    keys = {name for stage in closing.stages(here) for name in stage.segments}
    ruling = tuple((key, here.rulebook.segments[key].name) for key in sorted(keys))
    form = EntryForm(request.POST or None, ruling=ruling)
    if request.method == "POST" and form.is_valid():
        given = {
            "values": form.values(),
            "reason": form.cleaned_data["reason"],
            "segment": form.cleaned_data["segment"],
        }
        if done(request, amending.admit_person, request.user, here, form=form, said=waits(), **given):
            return redirect("contest-roll", contest)
    context = {"contest": here, "closed": closed, "form": form, "title": _("Admit somebody to the closed roll")}
    return render(request, "office/roll/change.html", context)
