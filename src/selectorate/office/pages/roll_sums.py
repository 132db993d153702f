"""The closed roll on paper and in figures: for a court, beside other dates, from what was announced."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from ..access import may
from ..acts import reconciling, rolls
from ..models import ClosedRoll, RollJob
from ..rolls import closing, figures, papers, working
from .doing import done, filled
from .roll import PAGE, number_in
from .roll_contest import OFFICERS, closed_here, small
from .roll_forms import AccountForm, AnnouncementForm, DatesForm, ReasonForm


@may(*OFFICERS)
def changes(request: HttpRequest, contest: str, closed: int) -> HttpResponse:
    """The closed roll and every change of it, to print: for a registrar with names, for others with numbers alone."""
    found = get_object_or_404(ClosedRoll, pk=closed, contest=request.contest, closed__isnull=False)  # type: ignore[attr-defined]
    number = number_in(request)
    amendments = list(found.amendments.all()[(number - 1) * PAGE : number * PAGE + 1])
    sums: dict[str, int] = {}
    for kind in found.amendments.values_list("kind", flat=True):
        sums[kind] = sums.get(kind, 0) + 1
    context = {
        "contest": request.contest,  # type: ignore[attr-defined]
        "closed": found,
        "amendments": amendments[:PAGE],
        "more": len(amendments) > PAGE,
        "number": number,
        "sums": sums,
        "dates": [(found.contest.rulebook.timetable.get(key, key), day) for key, day in found.dates.items()],
        "registrar": "registrar" in request.roles,  # type: ignore[attr-defined]
        "form": ReasonForm(),
        "moment": papers.moment(found.closed),
    }
    return render(request, "office/roll/changes.html", context)


@may("registrar")
@require_POST
def court(request: HttpRequest, contest: str, closed: int) -> HttpResponse:
    """Both rolls and their difference handed out: an act, with its reason."""
    here = request.contest  # type: ignore[attr-defined]
    found = get_object_or_404(ClosedRoll, pk=closed, contest=here, closed__isnull=False)
    reason = request.POST.get("reason", "")[:500]
    if not done(request, rolls.export_roll, request.user, here, reason=reason):
        return redirect("contest-roll-changes", contest, found.pk)
    job = working.start("court", request.user, contest=here, small=small(found), closed=found.pk)
    return redirect("contest-roll-job", contest, job.pk)


@may(*OFFICERS)
def compare(request: HttpRequest, contest: str) -> HttpResponse:
    """Who would be entitled under other dates (D3 of the threats: a court moves the freeze date)."""
    here = request.contest  # type: ignore[attr-defined]
    names = {key: says for key, says in here.rulebook.timetable.items() if key in closing.dates_of(here)}
    initial = {key: value.isoformat() for key, value in closing.dates_of(here).items()}
    may_start = bool({"registrar", "returning-officer"} & set(request.roles))  # type: ignore[attr-defined]
    form = DatesForm(request.POST or None, names=names, initial=initial)
    if request.method == "POST" and may_start and form.is_valid():
        dates = {key: text.strip() for key, text in form.cleaned_data.items()}
        done_or_not = working.start("compare", request.user, contest=here, small=small(), dates=dates)
        return redirect("contest-roll-job", contest, done_or_not.pk)
    before = here.roll_jobs.filter(kind="compare", status=RollJob.Status.DONE)[:10]
    registrar = "registrar" in request.roles  # type: ignore[attr-defined]
    context = {"contest": here, "form": form, "before": before, "may_start": may_start, "registrar": registrar}
    return render(request, "office/roll/compare.html", context)


@may(*OFFICERS)
def reconciliation(request: HttpRequest, contest: str) -> HttpResponse:
    """From what was announced to those entitled: every person accounted for, or by how many it does not add up."""
    here, closed = request.contest, closed_here(request)  # type: ignore[attr-defined]
    may_enter = bool({"registrar", "returning-officer"} & set(request.roles))  # type: ignore[attr-defined]
    announcement, account = AnnouncementForm(prefix="a"), AccountForm(prefix="l")
    if request.method == "POST" and may_enter:
        if "announce" in request.POST:
            announcement = AnnouncementForm(request.POST, prefix="a")
            entered = filled(request, announcement, reconciling.announce_figure, request.user, here)
        else:
            account = AccountForm(request.POST, prefix="l")
            entered = filled(request, account, reconciling.account_for, request.user, here)
        if entered:
            return redirect("contest-roll-sum", contest)
    context = {
        "contest": here,
        "closed": closed,
        "sums": [
            (stage.name or _("the ballot"), figures.reconciliation(here, stage.id, closed))
            for stage in closing.stages(here)
        ],
        "announced": here.announcements.select_related("by"),
        "lines": here.reconciliation_lines.filter(withdrawn=None).select_related("by"),
        "announcement": announcement,
        "account": account,
        "may_enter": may_enter,
    }
    return render(request, "office/roll/sum.html", context)


@may("registrar", "returning-officer")
@require_POST
def withdraw_line(request: HttpRequest, contest: str, line: int) -> HttpResponse:
    """Take back a line of the sum."""
    done(request, reconciling.withdraw_account, request.user, request.contest, said=_("Taken back."), line=line)  # type: ignore[attr-defined]
    return redirect("contest-roll-sum", contest)
