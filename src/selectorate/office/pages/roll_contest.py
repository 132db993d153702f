"""The roll of a contest, for those who see to it: closed, looked through, changed by two, held against figures."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from ...roll import KEY
from ..access import may
from ..acts import closing as acts
from ..acts import rolls
from ..models import ClosedRoll, Contest, Entitlement, RollEntry, RollJob, RollStep
from ..moment import now
from ..rolls import closing, figures, finding, papers, working
from .doing import done
from .roll import PAGE, facts_of, file_of, job_page, number_in
from .roll_forms import (
    AccountForm,
    AnnouncementForm,
    DatesForm,
    EntryForm,
    FindForm,
    JoinForm,
    ReasonForm,
)

OFFICERS = ("registrar", "returning-officer", "scrutineer")
KINDS = ("admit_person", "strike_person", "change_entry", "join_persons", "reopen_roll")


def small(closed: ClosedRoll | None = None) -> bool:
    """Whether the roll is so small that a page works on it itself."""
    step = RollStep.last()
    rows = closed.rows if closed else step.rows if step else 0
    return rows <= working.SMALL_ROLL


def _closed(request: HttpRequest) -> ClosedRoll:
    closed = ClosedRoll.of(request.contest)  # type: ignore[attr-defined]
    if closed is None:
        raise Http404
    return closed


@may(*OFFICERS)
def home(request: HttpRequest, contest: str) -> HttpResponse:
    """How the roll of the contest stands: what closing would give, or what was closed, and every change since."""
    here: Contest = request.contest  # type: ignore[attr-defined]
    closed = ClosedRoll.of(here)
    prepared = here.rolls.filter(closed=None).first()
    step = RollStep.last()
    shown = closed or prepared
    context = {
        "contest": here,
        "closed": closed,
        "prepared": prepared,
        "stale": prepared is not None and (step is None or prepared.step_id != step.pk),
        "waiting": closing.not_over(here, now()),
        "stages": [_stage(here, stage, shown) for stage in closing.stages(here)] if shown else [],
        "amendments": list(closed.amendments.order_by("-number")[:PAGE]) if closed else [],
        "ended": here.rolls.filter(ended__isnull=False),
        "proposals": here.proposals.filter(kind__in=KINDS, status="open").select_related("by"),
        "failed": here.roll_jobs.filter(status=RollJob.Status.FAILED, ended__gt=_last(closed, prepared)).first(),
        "registrar": "registrar" in request.roles,  # type: ignore[attr-defined]
        "closes": bool({"registrar", "returning-officer"} & set(request.roles)),  # type: ignore[attr-defined]
        "find": FindForm(),
        "reopen": ReasonForm(),
        "with_segments": bool(closing.stages(here)),
        "dates": [(here.rulebook.timetable.get(key, key), day) for key, day in shown.dates.items()] if shown else [],
        "appeals": here.appeals.filter(status="open").count(),
        "letters": here.enquiries.filter(status="by post").count(),
    }
    return render(request, "office/roll/contest.html", context)


def _last(closed: ClosedRoll | None, prepared: ClosedRoll | None) -> Any:
    shown = closed or prepared
    return (shown.closed or shown.prepared) if shown else now().replace(year=2000, day=1)


def _stage(contest: Contest, stage: Any, shown: ClosedRoll) -> dict[str, Any]:
    """The figures of a ballot: by segment, by reason, as closed and as they stand."""
    counts = shown.counts.get(stage.id, {})
    standing = shown.standing.get(stage.id, {}) or counts
    book = contest.rulebook
    return {
        "id": stage.id,
        "name": stage.name or _("the ballot"),
        "counts": counts,
        "standing": standing,
        "segments": [
            (book.segments[key].name, key, number, standing.get("by_segment", {}).get(key, 0))
            for key, number in counts.get("by_segment", {}).items()
        ],
        "reasons": list(counts.get("by_reason", {}).items()),
    }


@may("registrar", "returning-officer")
@require_POST
def prepare(request: HttpRequest, contest: str) -> HttpResponse:
    """Work out what closing would give."""
    here = request.contest  # type: ignore[attr-defined]
    return redirect("contest-roll-job", contest, working.start("prepare", request.user, contest=here, small=small()).pk)


@may("registrar", "returning-officer")
@require_POST
def close(request: HttpRequest, contest: str) -> HttpResponse:
    """Close the roll: exactly what was shown."""
    here = request.contest  # type: ignore[attr-defined]
    prepared = get_object_or_404(ClosedRoll, pk=_number(request, "prepared"), contest=here)
    given = {"prepared": prepared.pk, "fingerprint": request.POST.get("fingerprint", "")[:64]}
    job = working.start("close", request.user, contest=here, small=small(prepared), **given)
    return redirect("contest-roll-job", contest, job.pk)


def _number(request: HttpRequest, name: str) -> int:
    text = request.POST.get(name, "")
    if not text.isdigit() or len(text) > 15:
        raise Http404
    return int(text)


@may("registrar", "returning-officer")
@require_POST
def reopen(request: HttpRequest, contest: str) -> HttpResponse:
    """Propose to open the closed roll again."""
    here = request.contest  # type: ignore[attr-defined]
    reason = request.POST.get("reason", "")[:500]
    done(request, acts.reopen_roll, request.user, here, said=_waits(), reason=reason)
    return redirect("contest-roll", contest)


def _waits() -> str:
    return _("Proposed. It is done when a second official confirms it.")


@may("registrar", "returning-officer")
def job(request: HttpRequest, contest: str, job: int) -> HttpResponse:
    """How far long work on the contest's roll is."""
    return job_page(request, get_object_or_404(RollJob, pk=job, contest=request.contest))  # type: ignore[attr-defined]


@may("registrar")
def job_file(request: HttpRequest, contest: str, job: int) -> HttpResponse:
    """What a job made, for who asked for it."""
    here = request.contest  # type: ignore[attr-defined]
    return file_of(request, get_object_or_404(RollJob, pk=job, contest=here, status=RollJob.Status.DONE))


# -- persons --------------------------------------------------------------------------------------------------------


@may("registrar")
def entitled(request: HttpRequest, contest: str) -> HttpResponse:
    """Who may vote in a segment, who is refused for a reason, who belongs to several: fifty at a time."""
    closed = _closed(request)
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
    after = int(text) if (text := given.get("after", "")).isdigit() and len(text) < 16 else 0
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
    closed = _closed(request)
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
    closed = _closed(request)
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
    closed = _closed(request)
    found = get_object_or_404(Entitlement, pk=vote, closed=closed)
    given: dict[str, Any] = {"person": found.person, "reason": request.POST.get("strike-reason", "")[:500]}
    if request.POST.get("row", "").isdigit():
        row = _row(closed, found, int(request.POST["row"]))
        given["key"] = [row[name] for name in KEY]
    done(request, acts.strike_person, request.user, request.contest, said=_waits(), **given)  # type: ignore[attr-defined]
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
    found = get_object_or_404(Entitlement, pk=vote, closed=_closed(request))
    given = {
        "keep": found.person,
        "other": request.POST.get("join-other", "").strip()[:160],
        "reason": request.POST.get("join-reason", "")[:500],
    }
    done(request, acts.join_persons, request.user, request.contest, said=_waits(), **given)  # type: ignore[attr-defined]
    return redirect("contest-roll-person", contest, found.pk)


@may("registrar")
def change(request: HttpRequest, contest: str, vote: int, row: int) -> HttpResponse:
    """Propose a change of an entry on the closed roll."""
    here, closed = request.contest, _closed(request)  # type: ignore[attr-defined]
    found = get_object_or_404(Entitlement, pk=vote, closed=closed)
    current = _row(closed, found, row)
    form = EntryForm(request.POST or None, row=current)
    if request.method == "POST" and form.is_valid():
        given = {
            "key": [current[name] for name in KEY],
            "values": form.values(),
            "reason": form.cleaned_data["reason"],
        }
        if done(request, acts.change_entry, request.user, here, form=form, said=_waits(), **given):
            return redirect("contest-roll-person", contest, found.pk)
    title = _("Change the entry of %(name)s on the closed roll") % {"name": found.name}
    return render(request, "office/roll/change.html", {"contest": here, "form": form, "title": title})


@may("registrar")
def admit(request: HttpRequest, contest: str) -> HttpResponse:
    """Propose to admit somebody to the closed roll."""
    here, closed = request.contest, _closed(request)  # type: ignore[attr-defined]
    keys = {name for stage in closing.stages(here) for name in stage.segments}
    ruling = tuple((key, here.rulebook.segments[key].name) for key in sorted(keys))
    form = EntryForm(request.POST or None, ruling=ruling)
    if request.method == "POST" and form.is_valid():
        given = {
            "values": form.values(),
            "reason": form.cleaned_data["reason"],
            "segment": form.cleaned_data["segment"],
        }
        if done(request, acts.admit_person, request.user, here, form=form, said=_waits(), **given):
            return redirect("contest-roll", contest)
    context = {"contest": here, "closed": closed, "form": form, "title": _("Admit somebody to the closed roll")}
    return render(request, "office/roll/change.html", context)


# -- for a court, and beside other dates -----------------------------------------------------------------------------


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


# -- the sum ---------------------------------------------------------------------------------------------------------


@may(*OFFICERS)
def reconciliation(request: HttpRequest, contest: str) -> HttpResponse:
    """From what was announced to those entitled: every person accounted for, or by how many it does not add up."""
    here, closed = request.contest, _closed(request)  # type: ignore[attr-defined]
    may_enter = bool({"registrar", "returning-officer"} & set(request.roles))  # type: ignore[attr-defined]
    announcement, account = AnnouncementForm(prefix="a"), AccountForm(prefix="l")
    if request.method == "POST" and may_enter:
        if "announce" in request.POST:
            announcement = AnnouncementForm(request.POST, prefix="a")
            entered = announcement.is_valid() and done(
                request, acts.announce_figure, request.user, here, form=announcement, **announcement.cleaned_data
            )
        else:
            account = AccountForm(request.POST, prefix="l")
            entered = account.is_valid() and done(
                request, acts.account_for, request.user, here, form=account, **account.cleaned_data
            )
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
    done(request, acts.withdraw_account, request.user, request.contest, said=_("Taken back."), line=line)  # type: ignore[attr-defined]
    return redirect("contest-roll-sum", contest)
