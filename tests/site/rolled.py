"""Rolls for the tests of the site: small files, taken in and applied as the registrar does it on screen."""

from __future__ import annotations

import csv
import io
from typing import Any

from tests.site.world import DATES, World, at

from selectorate import roll
from selectorate.office.acts import closing as acts
from selectorate.office.acts import confirm, contests, rolls
from selectorate.office.models import ClosedRoll, Contest, RollImport, RollJob, RollStep
from selectorate.office.rolls import closing, working

PERSON = {"capacity": "member", "joined": "2010-05-01", "suspended": "no"}


def csv_of(rows: list[dict[str, Any]]) -> bytes:
    """Rows as a CSV file whose headings are the columns of the roll."""
    names = list(dict.fromkeys(name for row in rows for name in row))
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, names)
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


def member(number: str, name: str, **more: Any) -> dict[str, Any]:
    """A row of the file: a member since 2010 unless it says otherwise."""
    given, _space, family = name.rpartition(" ")
    found = {"number": number, "name": name, "given": given, "family": family, "born": "1970-01-02"}
    return {**found, "email": f"{number}@example.org", **PERSON, **more}


def taken_in(office: World, content: bytes, name: str = "members.csv", **mapping: Any) -> RollImport:
    """A file taken in, looked at and dry-run."""
    made = rolls.take_in_roll_file(office.registrar, None, name=name, content=[content])
    done(working.start("look", office.registrar, imported=made, small=True))
    made.refresh_from_db()
    made.mapping |= mapping
    made.save()
    done(working.start("dry_run", office.registrar, imported=made, small=True))
    made.refresh_from_db()
    return made


def done(job: RollJob) -> RollJob:
    """The job, which was done."""
    assert job.status == RollJob.Status.DONE, job.says
    return job


def applied(office: World, content: bytes, name: str = "members.csv", **mapping: Any) -> RollImport:
    """A file whose dry run was applied."""
    made = taken_in(office, content, name, **mapping)
    return rolls.apply_import(office.registrar, None, imported=made.pk, plan=made.plan)


def invented(persons: int = 300, seed: int = 1) -> bytes:
    """A file of persons who do not exist, for the dates of ``DATES``."""
    return roll.csv_text(roll.invented(persons, seed)).encode("utf-8-sig")


def contest(office: World, title: str = "Leadership election 2016") -> Contest:
    """A contest of 2016, adopted, whose timetable is fixed. The clock is turned by the test."""
    plp = office.body(f"MPs of {title}", 2)
    clps = office.body(f"parties of {title}", 1)
    unions = office.body(f"unions of {title}", 1)
    made = contests.create_contest(office.alice, None, title=title, rulebook="labour-2014", office=office.leader.pk)
    for key, body in (("plp", plp), ("clps", clps), ("affiliates", unions)):
        contests.name_body(office.alice, made, key=key, body=body, on="2016-07-11")
    for key, moment in DATES.items():
        contests.set_date(office.alice, made, key=key, at=moment)
    contests.adopt_contest(office.alice, made)
    made.refresh_from_db()
    return made


def closed(office: World, made: Contest) -> ClosedRoll:
    """The roll of a contest, prepared and closed."""
    job = done(working.start("prepare", office.registrar, contest=made, small=True))
    found = ClosedRoll.objects.get(pk=job.result["prepared"])
    return acts.close_roll(office.registrar, made, prepared=found.pk, fingerprint=found.fingerprint)


def ready(office: World, made: Contest) -> None:
    """See that a contest's roll is closed, with some persons on it, as the clock stands."""
    if RollStep.last() is None:
        applied(office, invented(60))
    if ClosedRoll.of(made) is None and closing.stages(made):
        closed(office, made)


def contest_with_roll(office: World, content: bytes | None = None, when: str = "2016-08-10T10:00") -> ClosedRoll:
    """A contest whose roll was imported and closed."""
    with at("2016-07-01T10:00"):
        applied(office, invented() if content is None else content)
        made = contest(office)
    with at(when):
        return closed(office, made)


__all__ = [
    "DATES",
    "applied",
    "closed",
    "confirm",
    "contest",
    "contest_with_roll",
    "csv_of",
    "done",
    "invented",
    "member",
    "taken_in",
]
