"""The roll of the invented party, taken in and closed by the registrar's acts."""

from __future__ import annotations

from datetime import date, datetime

import polars as pl

from ... import roll
from ...errors import SelectorateError
from ..acts import closing, rolls
from ..models import ClosedRoll, Contest, RollImport, RollJob, User
from ..rolls import working

PERSONS = 5_000
INVENTED_FOR = date(2016, 1, 12)
"""The freeze date for which ``roll.invented`` draws its dates."""


def take_in(registrar: User, seed: int, today: datetime, persons: int) -> RollImport:
    """Invent a roll, and take it in as a file: looked at, run dry, applied."""
    years = today.year - INVENTED_FOR.year - 1
    moved = roll.invented(persons, seed).rows.with_columns(
        *(pl.col(name).dt.offset_by(f"{years}y") for name in ("joined", "left", "registered"))
    )
    content = roll.csv_text(roll.Roll.of(moved)).encode("utf-8-sig")
    made = rolls.take_in_roll_file(registrar, None, name="members.csv", content=[content])
    for step in ("look", "dry_run"):
        _done(working.start(step, registrar, imported=made, small=True))
    made.refresh_from_db()
    applied = rolls.apply_import(registrar, None, imported=made.pk, plan=made.plan)
    _done(working.start("find_duplicates", registrar, small=True))
    return applied


def close(registrar: User, contest: Contest) -> ClosedRoll:
    """Close the roll of a contest as it is prepared."""
    job = _done(working.start("prepare", registrar, contest=contest, small=True))
    found = ClosedRoll.objects.get(pk=job.result["prepared"])
    return closing.close_roll(registrar, contest, prepared=found.pk, fingerprint=found.fingerprint)


def _done(job: RollJob) -> RollJob:
    if job.status != RollJob.Status.DONE:
        raise SelectorateError(f"the roll of the demonstration could not be made: {job.says}")
    return job


__all__ = ["close", "take_in"]
