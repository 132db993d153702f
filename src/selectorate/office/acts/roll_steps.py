"""The steps of the organisation's roll: one after another, each with the figures of the roll after it. No acts."""

from __future__ import annotations

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from ... import roll
from ...errors import RefusedError
from ...roll import Roll
from ..models import RollStep
from ..rolls import store
from .core import Entry


def new_step(entry: Entry, kind: str, note: str) -> RollStep:
    """The next step. Whoever comes second, meanwhile, waits for the first and is then refused."""
    last = RollStep.last()
    try:
        with transaction.atomic():
            return RollStep.objects.create(
                number=(last.number if last else 0) + 1, kind=kind, at=entry.at, by=entry.by, note=note
            )
    except IntegrityError:
        raise RefusedError(_("somebody else is changing the roll just now: try again")) from None


def counted(step: RollStep, fingerprint: str) -> None:
    """The figures of the roll after a step, counted; and its fingerprint."""
    step.counts = store.figures()
    step.rows, step.persons, step.fingerprint = step.counts["rows"], step.counts["persons"], fingerprint
    step.save()


def followed(step: RollStep, before: RollStep | None, found: roll.Difference, current: Roll, after: Roll) -> None:
    """The figures after a change of a few rows, from those before it."""
    counts = before.counts if before else {"capacity": {}, "body": {}, "unit": {}, "no mail": 0}
    new = {key: dict(value) if isinstance(value, dict) else value for key, value in counts.items()}
    for rows, sign in ((current.rows, -1), (after.rows, 1)):
        for row in rows.iter_rows(named=True):
            for name in ("capacity", "body", "unit"):
                what = row[name] or ""
                if what or name != "body":
                    new[name][what] = new[name].get(what, 0) + sign
            new["no mail"] += 0 if row["email"] else sign
    for name in ("capacity", "body", "unit"):
        new[name] = {what: number for what, number in new[name].items() if number}
    step.rows = (before.rows if before else 0) + found.added.height - found.gone.height
    step.persons = (before.persons if before else 0) + after.persons - current.persons
    new |= {"rows": step.rows, "persons": step.persons}
    step.counts = new
    step.save()
