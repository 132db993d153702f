"""The roll of a contest, for those who see to it: prepared, closed, opened again."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from ..access import may
from ..acts import closing as acts
from ..models import ClosedRoll, Contest, RollJob, RollStep
from ..moment import now
from ..rolls import closing, working
from .doing import done
from .listing import whole_number
from .roll import PAGE, file_of, job_page
from .roll_forms import (
    FindForm,
    ReasonForm,
)

OFFICERS = ("registrar", "returning-officer", "scrutineer")
KINDS = ("admit_person", "strike_person", "change_entry", "join_persons", "reopen_roll")


def small(closed: ClosedRoll | None = None) -> bool:
    """Whether the roll is so small that a page works on it itself."""
    step = RollStep.last()
    rows = closed.rows if closed else step.rows if step else 0
    return rows <= working.SMALL_ROLL


def closed_here(request: HttpRequest) -> ClosedRoll:
    """The closed roll of the contest that the address names, or 404."""
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
    found = whole_number(request.POST.get(name, ""))
    if found is None:
        raise Http404
    return found


@may("registrar", "returning-officer")
@require_POST
def reopen(request: HttpRequest, contest: str) -> HttpResponse:
    """Propose to open the closed roll again."""
    here = request.contest  # type: ignore[attr-defined]
    reason = request.POST.get("reason", "")[:500]
    done(request, acts.reopen_roll, request.user, here, said=waits(), reason=reason)
    return redirect("contest-roll", contest)


def waits() -> str:
    """What somebody is told who has proposed an act of two."""
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
