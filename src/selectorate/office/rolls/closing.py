"""The roll of one contest: who is on it and who is entitled, worked out before it is closed; and as it stands later."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl
from django.utils import timezone
from django.utils.translation import gettext as _

from ... import roll, rules
from ...errors import RefusedError
from ...roll import LaterChange, Roll
from ...rules import BallotStage, Rulebook
from .. import timetable
from ..models import ClosedRoll, Contest, Entitlement, RollAmendment, Unit
from ..moment import now
from . import bulk, cells, files, importing, store

ROWS = "rows.parquet"
TABLE = Entitlement._meta.db_table
MAX_REASONS = 2_000


def stages(contest: Contest) -> list[BallotStage]:
    """The ballots of a contest in which segments of the roll vote."""
    return [stage for stage in contest.rulebook.stage if isinstance(stage, BallotStage) and stage.segments]


def rulebook_of(contest: Contest) -> Rulebook:
    """The rulebook with what it leaves to each contest."""
    return rules.with_parameters(contest.rulebook, contest.parameters) if contest.parameters else contest.rulebook


def dates_of(contest: Contest) -> dict[str, dt.date | dt.datetime]:
    """The dates of the timetable that tests of entitlement use."""
    given = timetable.plain(contest)
    return {key: given[key] for key in contest.rulebook.timetable if key in given}


def not_over(contest: Contest, moment: dt.datetime) -> list[str]:
    """The dates of the rulebook that have not passed: before them somebody can still become entitled."""
    waiting = []
    for item in contest.dates.filter(key__in=list(contest.rulebook.timetable)):
        ends = item.at + dt.timedelta(days=1) if item.whole_day else item.at
        if ends > moment:
            waiting.append(contest.rulebook.timetable[item.key])
    return waiting


def part_of(contest: Contest) -> tuple[Any, Roll]:
    """The roll of the contest's unit, all of it where the unit is the top; with the step that it is of."""
    unit = contest.unit
    if unit is None or unit.parent_id is None:
        return importing.standing()
    below = Unit.objects.filter(path__startswith=f"{unit.path}/") | Unit.objects.filter(pk=unit.pk)
    names = sorted({code for one in below for code in (one.code, one.name) if code})
    step = importing.RollStep.last()
    return step, store.load_units(names)


def prepare(contest: Contest) -> ClosedRoll:
    """What closing the roll now would give: nothing is decided by it. It is kept, and closing does exactly this."""
    if contest.status == Contest.Status.DRAFT:
        raise RefusedError(_("the rules are not adopted yet"))
    if not stages(contest):
        raise RefusedError(_("no segment of the roll votes in this contest"))
    step, rows = part_of(contest)
    if step is None or not len(rows):
        raise RefusedError(_("there is nobody on the roll: import it first"))
    dates = dates_of(contest)
    entitled = {stage.id: roll.entitlement(rulebook_of(contest), stage.id, rows, dates) for stage in stages(contest)}
    print_, salt = roll.fingerprint(rows), secrets.token_bytes(32)
    if step.fingerprint and rows.rows.height == step.rows and print_ != step.fingerprint:
        raise RefusedError(_("the roll in the database is not the one that its last step left: let it be looked into"))
    folder = files.new_folder("closed")
    files.save_rows(f"{folder}/{ROWS}", rows.rows.sort("person", "capacity", "body", "spell"))
    for stage, found in entitled.items():
        files.save_rows(f"{folder}/{stage}", decided(found, rows))
    _forget_prepared(contest)
    return ClosedRoll.objects.create(
        contest=contest,
        prepared=now(),
        step=step,
        dates={key: value.isoformat() for key, value in dates.items()},
        on=next(iter(entitled.values())).on,
        file=f"{folder}/{ROWS}",
        fingerprint=print_,
        salt=salt.hex(),
        published=roll.fingerprint(rows, salt),
        rows=len(rows),
        persons=rows.persons,
        counts={stage: counted(found) for stage, found in entitled.items()},
        remarks=list(dict.fromkeys(remark.what for found in entitled.values() for remark in found.remarks)),
    )


def _forget_prepared(contest: Contest) -> None:
    for old in ClosedRoll.objects.filter(contest=contest, closed=None):
        files.forget(old.file.rpartition("/")[0])
        old.delete()


def counted(found: roll.Entitlement) -> dict[str, Any]:
    """The figures of an entitlement."""
    return {
        "entitled": found.entitled,
        "persons": found.persons.height,
        "by_segment": dict(found.by_segment),
        "by_reason": dict(found.by_reason),
        "several": roll.in_several_segments(found).height,
    }


def decided(found: roll.Entitlement, rows: Roll) -> pl.DataFrame:
    """An entitlement as the database keeps it: a row a vote, and a row a person who has none."""
    names = rows.rows.select("person", "name").unique("person", keep="first")
    persons = found.persons.join(names, on="person", how="left").with_columns(
        (pl.col("segments").list.len() + pl.col("also").list.len() > 1).alias("several"),
        pl.col("also").list.join(", ").alias("also"),
    )
    shared = ("person", "name", "also", "several")
    votes = found.votes.join(persons.select(shared), on="person", how="left").with_columns(
        pl.lit("").alias("reason"), pl.lit("").alias("reasons")
    )
    refused = persons.filter(pl.col("segments").list.len() == 0).select(
        *shared,
        pl.lit("").alias("segment"),
        pl.lit("").alias("capacity"),
        pl.lit("").alias("body"),
        pl.lit(0, pl.Int32).alias("spell"),
        pl.lit("").alias("unit"),
        pl.col("reasons").list.first().fill_null("").str.slice(0, 300).alias("reason"),
        pl.col("reasons").list.join("\n").str.slice(0, MAX_REASONS).alias("reasons"),
    )
    made = pl.concat([votes.with_columns(pl.col("body", "unit").fill_null("")), refused], how="diagonal")
    return made.with_columns(pl.lit(found.stage).alias("stage")).sort("person", "segment")


def write_entitlement(closed: ClosedRoll) -> None:
    """Put what was prepared into the database."""
    for stage in closed.counts:
        rows = files.rows_of(f"{closed.file.rpartition('/')[0]}/{stage}")
        bulk.insert(TABLE, rows.with_columns(pl.lit(closed.pk, pl.Int64).alias("closed_id")))


# -- as it stands ---------------------------------------------------------------------------------------------------


def before(closed: ClosedRoll) -> Roll:
    """The roll as it was closed. Raises RefusedError if the file is not that roll."""
    found = Roll(files.rows_of(closed.file))
    if roll.fingerprint(found) != closed.fingerprint:
        raise RefusedError(_("the file of the closed roll does not have its fingerprint: restore it from a backup"))
    return found


def after(closed: ClosedRoll, rows: Roll) -> Roll:
    """The roll with every later change; ``rows``: as it was closed."""
    changes = later(closed)
    found = touched(closed)
    if not found:
        return rows
    theirs = pl.col("person").is_in(sorted(found))
    few = Roll(rows.rows.filter(theirs))
    for change in changes:
        few = roll.change(few, change)
    return Roll(pl.concat([rows.rows.filter(~theirs), few.rows]))


def of_persons(closed: ClosedRoll, persons: Sequence[str]) -> Roll:
    """The rows of a few persons as they stand."""
    changes = later(closed)
    wanted = _with_merged(changes, persons)
    few = Roll(files.persons_in(closed.file, wanted))
    for change in changes:
        if wanted & set(_persons(change)):
            few = roll.change(few, change)
    return Roll(few.rows.filter(pl.col("person").is_in(list(persons))))


def merged_with(closed: ClosedRoll, person: str) -> set[str]:
    """The other keys of a closed roll that were found to be the same person."""
    return _with_merged([change for change in later(closed) if change.kind == "merge"], [person]) - {person}


def _with_merged(changes: Sequence[LaterChange], persons: Sequence[str]) -> set[str]:
    """``persons``, whoever was merged with them, and whoever those were merged with."""
    found = set(persons)
    while more := {one for change in changes if found & set(_persons(change)) for one in _persons(change)} - found:
        found |= more
    return found


def touched(closed: ClosedRoll) -> set[str]:
    """Every person of whom a later change of a closed roll speaks."""
    return {person for change in later(closed) for person in _persons(change)}


def later(closed: ClosedRoll) -> list[LaterChange]:
    """Every change of a closed roll, as the room knows it."""
    return [later_change(one) for one in closed.amendments.all()]


def later_change(one: RollAmendment) -> LaterChange:
    """A change as the room knows it."""
    return LaterChange(
        kind=one.kind,  # type: ignore[arg-type]  # of the kinds that the field has
        reason=one.reason,
        officials=tuple(one.officials),
        on=timezone.localtime(one.at, timetable.zone()).replace(tzinfo=None),
        key=tuple(one.key) if one.key else None,
        values=cells.values_of(one.values),
        person=one.person,
        other=one.other or None,
    )


def _persons(change: LaterChange) -> list[str]:
    found = [change.key[0] if change.key else None, change.person, change.other, change.values.get("person")]
    return [str(one) for one in found if one]


def judged(closed: ClosedRoll, rows: Roll) -> dict[str, roll.Entitlement]:
    """The entitlement of a few persons at every stage, under the dates with which the roll was closed."""
    contest = closed.contest
    dates = typed(contest, closed.dates)
    return {
        stage.id: roll.entitlement(rulebook_of(contest), stage.id, rows, dates, on=closed.on)
        for stage in stages(contest)
    }


def typed(contest: Contest, given: Mapping[str, str]) -> dict[str, dt.date | dt.datetime]:
    """Dates from their texts: a day, or a time of the organisation's clock. Raises RefusedError at the date."""
    found: dict[str, dt.date | dt.datetime] = {}
    for key, text in given.items():
        if key not in contest.rulebook.timetable:
            raise RefusedError(_("the timetable has no such date"), field=key)
        try:
            found[key] = dt.date.fromisoformat(text) if len(text) == 10 else dt.datetime.fromisoformat(text)
        except ValueError:
            raise RefusedError(_("this is no date: 2016-01-12, or 2016-01-12T17:00"), field=key) from None
        if isinstance(found[key], dt.datetime) and found[key].tzinfo is not None:  # type: ignore[union-attr]
            raise RefusedError(_("give the time of the organisation's clock, without an offset"), field=key)
    return found


def same_as_stored(closed: ClosedRoll) -> bool:
    """Whether the entitlement in the database is what the rulebook says of the roll as it stands, rulings aside."""
    rows = after(closed, before(closed))
    ruled = set(closed.amendments.exclude(segment="").values_list("person", flat=True))
    for stage, found in judged(closed, rows).items():
        told = Entitlement.objects.filter(closed=closed, stage=stage, ended=None).exclude(segment="")
        stored = {pair for pair in told.values_list("person", "segment") if pair[0] not in ruled}
        if stored != {pair for pair in found.votes.select("person", "segment").iter_rows() if pair[0] not in ruled}:
            return False
    return True


def reasons_of(row: Entitlement) -> list[str]:
    """Why somebody has no vote."""
    return row.reasons.split("\n") if row.reasons else []
