"""The registrar's pages of the organisation's roll: figures, finding, entries, steps, export, long work."""

from __future__ import annotations

import re
from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from ... import roll
from ...roll import COLUMNS, KEY
from ..access import may
from ..acts import entries as entry_acts
from ..acts import rolls
from ..models import (
    ClosedRoll,
    DuplicatePair,
    Entitlement,
    RollAlias,
    RollEntry,
    RollImport,
    RollJob,
    RollPast,
    RollStep,
)
from ..rolls import files, finding, working
from .doing import done
from .listing import whole_number
from .roll_forms import EntryForm, FindForm, ReasonForm

PAGE = files.PAGE
_MOMENT = re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?$")


def number_in(request: HttpRequest, name: str = "page") -> int:
    """The page that is asked for, from 1."""
    text = (request.POST if request.method == "POST" else request.GET).get(name, "1")
    return min(max(whole_number(text) or 1, 1), 10_000)


def row_of(entry: Any) -> dict[str, Any]:
    """An entry of the database as a row of the roll."""
    row = {name: getattr(entry, name) for name in COLUMNS}
    return {**row, "body": row["body"] or None}


def facts_of(row: dict[str, Any]) -> list[tuple[str, str]]:
    """What is known of an entry, in words."""
    return [(column.says, told(row[name])) for name, column in COLUMNS.items() if row.get(name) not in (None, "")]


def told(value: Any) -> str:
    """A value of an entry for people, however it is kept: days alike everywhere, times without their seconds' parts."""
    if isinstance(value, str) and _MOMENT.match(value):
        value = value[:19].replace("T", " ")
    return str(roll.shown(value))


@may("registrar", "returning-officer", "scrutineer")
def home(request: HttpRequest) -> HttpResponse:
    """The roll in figures, what waits, and what was done last."""
    step = RollStep.last()
    return render(
        request,
        "office/roll/home.html",
        {
            "step": step,
            "no_mail": step.counts.get("no mail", 0) if step else 0,
            "form": FindForm(),
            "steps": RollStep.objects.select_related("by")[:5],
            "waiting": RollImport.objects.filter(status__in=["looked at", "dry run"])[:10],
            "pairs": DuplicatePair.objects.filter(status__in=["open", "later"]).count(),
            "contests": ClosedRoll.objects.filter(closed__isnull=False, ended=None).select_related("contest")[:20],
            "registrar": "registrar" in request.roles,  # type: ignore[attr-defined]
        },
    )


@may("registrar")
def find(request: HttpRequest) -> HttpResponse:
    """Somebody looked for. What is asked is sent, so that no name stands in an address or a log."""
    form = FindForm(request.POST or None)
    entries: list[RollEntry] = []
    more, page = False, number_in(request)
    asked = request.method == "POST" and form.is_valid()
    if asked:
        entries, more = finding.found(form.cleaned_data["asked"], page)
    context = {"form": form, "entries": entries, "more": more, "page": page, "asked": asked, "next": page + 1}
    return render(request, "office/roll/find.html", context)


@may("registrar")
def entry(request: HttpRequest, entry: int) -> HttpResponse:
    """Everything that the roll has of a person, and had."""
    found = get_object_or_404(RollEntry, pk=entry)
    entries = list(RollEntry.objects.filter(person=found.person).select_related("since").order_by("capacity", "spell"))
    keys = [found.person, *RollAlias.objects.filter(keep=found.person).values_list("other", flat=True)]
    votes = Entitlement.objects.filter(
        closed__in=ClosedRoll.objects.filter(closed__isnull=False, ended=None), person__in=keys, ended=None
    ).select_related("closed__contest")
    return render(
        request,
        "office/roll/entry.html",
        {
            "found": found,
            "entries": [(one, facts_of(row_of(one))) for one in entries],
            "past": [
                (one, _told(one))
                for one in RollPast.objects.filter(person__in=keys).select_related("step__by").order_by("-pk")[:200]
            ],
            "votes": votes[:50],
            "others": keys[1:],
            "remove": ReasonForm(),
        },
    )


def _told(past: RollPast) -> list[tuple[str, Any, Any]]:
    """What a step changed in an entry: column in words, before, after."""
    if past.kind == RollPast.Kind.GONE:
        return [(COLUMNS[name].says, told(value), "") for name, value in past.data.items() if name in COLUMNS]
    return [(COLUMNS[name].says, *map(told, values)) for name, values in past.data.items() if name in COLUMNS]


@may("registrar")
def enter(request: HttpRequest) -> HttpResponse:
    """A new entry."""
    form = EntryForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        values = form.values()
        given = {"values": values, "reason": form.cleaned_data["reason"]}
        if done(request, entry_acts.enter_entry, request.user, None, form=form, said=_("Entered."), **given):
            made = RollEntry.objects.filter(person=values.get("person") or values.get("number")).last()
            return redirect("roll-entry", made.pk) if made else redirect("roll")
    return render(request, "office/roll/enter.html", {"form": form, "title": _("A new entry")})


@may("registrar")
def correct(request: HttpRequest, entry: int) -> HttpResponse:
    """An entry corrected. Its key does not change."""
    found = get_object_or_404(RollEntry, pk=entry)
    row = row_of(found)
    row["registered"] = row["registered"][:19] if row["registered"] else None
    form = EntryForm(request.POST or None, row=row)
    if request.method == "POST" and form.is_valid():
        given = {"key": _key(found), "values": form.values(), "reason": form.cleaned_data["reason"]}
        if done(request, entry_acts.correct_entry, request.user, None, form=form, said=_("Corrected."), **given):
            return redirect("roll-entry", found.pk)
    title = _("Correct the entry of %(name)s") % {"name": found.name}
    return render(request, "office/roll/enter.html", {"form": form, "title": title, "found": found})


@may("registrar")
@require_POST
def remove(request: HttpRequest, entry: int) -> HttpResponse:
    """An entry taken off the roll."""
    found = get_object_or_404(RollEntry, pk=entry)
    form = ReasonForm(request.POST)
    given = {"key": _key(found), "reason": form.data.get("reason", "")[:500]}
    if not done(request, entry_acts.remove_entry, request.user, None, said=_("Removed."), **given):
        return redirect("roll-entry", found.pk)
    left = RollEntry.objects.filter(person=found.person).first()
    return redirect("roll-entry", left.pk) if left else redirect("roll")


def _key(found: RollEntry) -> list[Any]:
    row = row_of(found)
    return [row[name] for name in KEY]


@may("registrar", "returning-officer", "scrutineer")
def statistics(request: HttpRequest) -> HttpResponse:
    """The roll in figures, as counted at its last step."""
    step = RollStep.last()
    tables = []
    for name, says in (("capacity", _("By capacity")), ("body", _("By affiliated body")), ("unit", _("By unit"))):
        rows = list((step.counts.get(name) or {}).items()) if step else []
        tables.append((says, [(what or _("not known"), number) for what, number in rows]))
    return render(request, "office/roll/statistics.html", {"step": step, "tables": tables})


@may("registrar", "returning-officer", "scrutineer")
def steps(request: HttpRequest) -> HttpResponse:
    """Every step of the roll, with its fingerprint."""
    page = Paginator(RollStep.objects.select_related("by"), PAGE).get_page(request.GET.get("page"))
    return render(request, "office/roll/steps.html", {"page": page})


@may("registrar")
def export(request: HttpRequest) -> HttpResponse:
    """The roll handed out as a file: an act, with its reason."""
    form = ReasonForm(request.POST or None)
    sent = request.method == "POST" and form.is_valid()
    if sent and done(request, rolls.export_roll, request.user, None, form=form, reason=form.cleaned_data["reason"]):
        step = RollStep.last()
        small = step is None or step.rows <= working.SMALL_ROLL
        return redirect("roll-job", working.start("export", request.user, small=small).pk)
    return render(request, "office/roll/export.html", {"form": form})


# -- long work -----------------------------------------------------------------------------------------------------


@may("registrar")
def job(request: HttpRequest, job: int) -> HttpResponse:
    """How far long work on the organisation's roll is; once it is done, to what came of it."""
    return job_page(request, get_object_or_404(RollJob, pk=job, contest=None))


def job_page(request: HttpRequest, found: RollJob) -> HttpResponse:
    """The page of a job, or the page to which it led."""
    if found.status == RollJob.Status.DONE and (where := _where(found)):
        return redirect(where)
    context = {"job": found, "back": _back(found), "file": _file_of(found), "progress": working.progress_of(found)}
    return render(request, "office/roll/job.html", context)


def _where(found: RollJob) -> str:
    if found.imported_id:
        return reverse("roll-import", args=[found.imported_id])
    if found.kind == "find_duplicates":
        return reverse("roll-pairs")
    if found.kind in ("prepare", "close") and found.contest:
        return reverse("contest-roll", args=[found.contest.slug])
    return _online(found)


def _online(found: RollJob) -> str:
    """The page of the online vote, for work on its credentials."""
    if found.kind in ("take_credentials", "mail_credentials") and found.contest:
        return reverse("contest-online", args=[found.contest.slug])
    return ""


def _back(found: RollJob) -> str:
    if online := _online(found):
        return online
    if found.imported_id:
        return reverse("roll-import", args=[found.imported_id])
    return reverse("contest-roll", args=[found.contest.slug]) if found.contest else reverse("roll")


def _file_of(found: RollJob) -> str:
    if not found.file or not files.path(found.file).is_file():
        return ""
    if found.contest:
        return reverse("contest-roll-job-file", args=[found.contest.slug, found.pk])
    return reverse("roll-job-file", args=[found.pk])


@may("registrar")
def job_file(request: HttpRequest, job: int) -> HttpResponse:
    """What a job made, for who asked for it."""
    return file_of(request, get_object_or_404(RollJob, pk=job, contest=None, status=RollJob.Status.DONE))


def file_of(request: HttpRequest, found: RollJob) -> HttpResponse:
    """The file of a job: only for the one who gave its reason."""
    if found.by_id != request.user.pk:
        raise PermissionDenied
    path = files.path(found.file) if found.file else None
    if path is None or not path.is_file():
        raise Http404
    return FileResponse(path.open("rb"), as_attachment=True, filename=path.name)
