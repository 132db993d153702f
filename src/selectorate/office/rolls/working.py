"""Long work on the roll, beside the pages: each kind one function; what it does to the roll it does by an act.

A job is started by a page and shown on a page of its own. Small files are worked on at once.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

import polars as pl
from django.utils.translation import gettext as _
from django_tasks import task

from ... import roll
from ...errors import RefusedError, SelectorateError
from ..models import ClosedRoll, Contest, DuplicatePair, Preparation, RollImport, RollJob, User
from ..moment import now
from . import closing, files, importing, papers

log = logging.getLogger(__name__)
SMALL = 2 << 20
"""Bytes of a file, and with it of a roll, that a page works on itself: less than a second."""
SMALL_ROLL = 5_000
CREDENTIALS, PROGRESS = "credentials.jsonl", "progress"
"""In the folder of a list of credentials that is being taken in: the list, and how far it is."""

KINDS: dict[str, Callable[[RollJob], None]] = {}


def kind(work: Callable[[RollJob], None]) -> Callable[[RollJob], None]:
    """Make a kind of job of a function."""
    KINDS[work.__name__] = work
    return work


def start(
    name: str,
    by: User,
    *,
    contest: Contest | None = None,
    imported: RollImport | None = None,
    small: bool = False,
    **payload: Any,
) -> RollJob:
    """Start a job; ``small``: do it here and now. It is refused while the same is under way."""
    running = RollJob.objects.filter(kind=name, contest=contest, imported=imported, status__in=["waiting", "running"])
    if (found := running.first()) is not None and (now() - found.at).total_seconds() < 3600:
        return found
    job = RollJob.objects.create(kind=name, by=by, contest=contest, imported=imported, payload=payload)
    if small:
        work_on(job.pk)
    else:
        work.enqueue(job.pk)
    job.refresh_from_db()
    return job


@task()
def work(job: int) -> None:
    """Do a job that waits; one that was begun before (the site was stopped) is not begun again."""
    if RollJob.objects.filter(pk=job, status=RollJob.Status.WAITING).exists():
        work_on(job)


def work_on(number: int) -> None:
    """Do a job, and say on it what came of it. It is read anew: what a page holds may be older than what it did."""
    RollJob.objects.filter(pk=number).update(status=RollJob.Status.RUNNING)
    job = RollJob.objects.select_related("imported", "contest", "by").get(pk=number)
    try:
        KINDS[job.kind](job)
    except SelectorateError as fault:
        job.status, job.says = RollJob.Status.FAILED, f"{fault.message}. {fault.hint or ''}".strip()[:1000]
        if fault.where.line is not None:
            job.says = _("row %(row)s: %(what)s") % {"row": fault.where.line, "what": job.says}
    except Exception:
        log.exception("work on the roll failed: %s", job.kind)
        job.status, job.says = (
            RollJob.Status.FAILED,
            _("something went wrong; whoever runs the site finds it in the log"),
        )
    else:
        job.status = RollJob.Status.DONE
    job.ended = now()
    job.save()


def progress_of(job: RollJob) -> tuple[int, int] | None:
    """How far the taking in of a list is: voters done, and of how many; None where that is not known."""
    try:
        done, of = files.path(f"{job.payload['folder']}/{PROGRESS}").read_text(encoding="ascii").split()
        return int(done), int(of)
    except (KeyError, OSError, ValueError):
        return None


def _imported(job: RollJob) -> RollImport:
    if job.imported is None:
        raise RefusedError(_("there is no such import"))
    return job.imported


@kind
def look(job: RollJob) -> None:
    """Look at a file."""
    imported = _imported(job)
    importing.look(imported, **job.payload)
    imported.status, imported.plan = RollImport.Status.LOOKED, ""
    imported.save()


@kind
def dry_run(job: RollJob) -> None:
    """Make the dry run of an import."""
    imported = _imported(job)
    importing.dry_run(imported)
    imported.save()


@kind
def apply_import(job: RollJob) -> None:
    """Do what was shown."""
    from ..acts import rolls

    imported = _imported(job)
    with importing.in_hand(imported):
        rolls.apply_import(job.by, None, imported=imported.pk, plan=job.payload["plan"])


@kind
def undo_import(job: RollJob) -> None:
    """Undo the last import."""
    from ..acts import rolls

    imported = _imported(job)
    with importing.in_hand(imported):
        rolls.undo_import(job.by, None, imported=imported.pk)


@kind
def find_duplicates(job: RollJob) -> None:
    """Look for probable duplicates on the roll as it stands."""
    from ..acts import entries

    _step, rows = importing.standing()
    different = DuplicatePair.objects.filter(status=DuplicatePair.Status.DIFFERENT).values_list("a", "b")
    found = roll.duplicates(rows, different=different)
    pairs = [[pair.a, pair.b, list(pair.why), int(pair.score), pair.group] for pair in found.pairs]
    job.result = {
        "waiting": entries.keep_pairs_found(job.by, None, pairs=pairs),
        "shared": len(found.shared),
        "remarks": [remark.what for remark in found.remarks],
    }


@kind
def prepare(job: RollJob) -> None:
    """Work out what closing the roll of a contest would give."""
    assert job.contest is not None
    job.result = {"prepared": closing.prepare(job.contest).pk}


@kind
def close(job: RollJob) -> None:
    """Close the roll of a contest."""
    from ..acts import closing as acts

    acts.close_roll(job.by, job.contest, **job.payload)


@kind
def prepare_rolls(job: RollJob) -> None:
    """Work out what closing the rolls of contests held together would give."""
    from ..acts import preparations_rolls as acts

    faults = acts.prepare_rolls(Preparation.objects.get(slug=job.payload["preparation"]))
    if faults:
        contest, why = faults[0]
        raise RefusedError(
            _("not prepared in %(number)s contests: %(first)s (%(why)s)")
            % {"number": len(faults), "first": contest.title, "why": why}
        )


@kind
def close_rolls(job: RollJob) -> None:
    """Close the rolls of contests held together."""
    from ..acts import preparations_rolls as acts

    outcome = acts.close_rolls_together(job.by, None, **job.payload)
    if outcome.refused:
        raise RefusedError(outcome.says)


@kind
def compare(job: RollJob) -> None:
    """Who would be entitled under other dates: both rolls, and their difference."""
    assert job.contest is not None
    contest, given = job.contest, job.payload["dates"]
    closed = ClosedRoll.of(contest)
    rows = closing.after(closed, closing.before(closed)) if closed else closing.part_of(contest)[1]
    here = closing.typed(contest, closed.dates) if closed else closing.dates_of(contest)
    there = {**here, **closing.typed(contest, given)}
    files.sweep()
    folder = files.new_folder(files.EXPORTS)
    names = contest.rulebook.timetable
    result: dict[str, Any] = {
        "dates": [[names[key], str(here[key]), str(there[key])] for key in here],
        "stages": [],
    }
    differences = []
    for stage in closing.stages(contest):
        book = closing.rulebook_of(contest)
        one, other = (roll.entitlement(book, stage.id, rows, dates) for dates in (here, there))
        found = roll.compare_entitlement(one, other)
        votes = pl.col("segments_before").list.len() > 0, pl.col("segments_after").list.len() > 0
        gained, lost = found.filter(~votes[0] & votes[1]).height, found.filter(votes[0] & ~votes[1]).height
        counts = closing.counted(one), closing.counted(other)
        segments = [
            [contest.rulebook.segments[key].name, number, counts[1]["by_segment"].get(key, 0)]
            for key, number in counts[0]["by_segment"].items()
        ]
        result["stages"].append(
            {
                "name": stage.name or _("the ballot"),
                "entitled": [each["entitled"] for each in counts],
                "segments": segments,
                "gained": gained,
                "lost": lost,
                "moved": found.height - gained - lost,
            }
        )
        differences.append(found.with_columns(pl.lit(stage.id).alias("stage")))
    persons = rows.rows.select("person", "number", "name").unique("person", keep="first")
    table = pl.concat(differences).join(persons, on="person", how="left")
    lists = [pl.col(name).list.join("; ") for name, kind in table.schema.items() if kind == pl.List(pl.String)]
    files.save(f"{folder}/difference.csv", [papers.csv_bytes(table.with_columns(lists))])
    job.file, job.result = f"{folder}/difference.csv", result


@kind
def export(job: RollJob) -> None:
    """The organisation's roll as a file."""
    _step, rows = importing.standing()
    files.sweep()
    folder = files.new_folder(files.EXPORTS)
    files.save(f"{folder}/roll.csv", [roll.csv_text(rows).encode("utf-8-sig")])
    job.file = f"{folder}/roll.csv"
    job.result = {"rows": len(rows), "fingerprint": roll.fingerprint(rows)}


@kind
def court(job: RollJob) -> None:
    """The closed roll before and after, and the difference, on paper and as files, in one archive."""
    assert job.contest is not None
    closed = ClosedRoll.objects.filter(pk=job.payload["closed"], contest=job.contest).first()
    if closed is None:
        raise RefusedError(_("there is no such closed roll"))
    files.sweep()
    folder = files.new_folder(files.EXPORTS)
    job.result = papers.court(closed, f"{folder}/court.zip")
    job.file = f"{folder}/court.zip"


@kind
def take_credentials(job: RollJob) -> None:
    """Take in a registrar's list of public credentials."""
    from ..acts import online

    folder = job.payload["folder"]
    try:
        online.take_credentials(
            job.by,
            job.contest,
            file=f"{folder}/{CREDENTIALS}",
            reason=job.payload.get("reason", ""),
            progress=lambda done, of: files.path(folder).joinpath(PROGRESS).write_text(f"{done} {of}", "ascii"),
        )
    finally:
        files.forget(folder)


@kind
def mail_credentials(job: RollJob) -> None:
    """Make the credentials of easy mode and put them into mails."""
    from ..acts import online

    online.make_credentials(None, job.contest, stages=job.payload["stages"])
