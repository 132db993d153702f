"""Contests that are held together: one rulebook in every unit of a kind; made, dated, adopted, opened and closed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from ...errors import RefusedError
from ...rules import BallotStage, NominationStage, Rulebook
from .. import timetable
from ..models import (
    Body,
    Contest,
    ContestBody,
    Office,
    Person,
    Preparation,
    Role,
    StageState,
    Tenure,
    TimetableDate,
    Unit,
)
from ..moment import now
from ..slugs import plain, same_name, slug_for
from . import contests as single
from . import figures as _figures  # noqa: F401 - the acts that are done on each
from . import nominations as _nominations  # noqa: F401
from .core import CLOCK, MANY, Entry, act, log_of, sha256
from .together import Outcome, on_each, own, write_many
from .units import unit_at

OFFICER = Role.RETURNING_OFFICER
MAX_ABOUT = 4_000
"""Characters of what is said of contests that are held together: two pages."""
MAX_CONTESTS = 2_000
"""Contests that are held together: three times the constituencies of a large country."""


def preparation_of(slug: str) -> Preparation:
    """The preparation, locked. Raises RefusedError."""
    found = Preparation.objects.select_for_update().filter(slug=slug).first()
    if found is None:
        raise RefusedError(_("there is no such preparation"), field="preparation")
    return found


def contests_of(preparation: Preparation, *statuses: str) -> QuerySet[Contest]:
    """Its contests in the order of their units, locked; those of some statuses."""
    found = Contest.objects.select_for_update(of=("self",)).filter(preparation=preparation)
    found = found.filter(status__in=statuses) if statuses else found
    return found.select_related("unit", "office", "holder").order_by("unit__path")


@act(OFFICER, silent=True)
def prepare_contests(
    entry: Entry,
    contest: None,
    *,
    name: str,
    kind: str,
    office_name: str,
    rulebook: str,
    rulebook_text: str = "",
    under: str = "",
    previous: str = "",
    about: str = "",
    bodies: dict[str, str] | None = None,
    bodies_on: str = "",
) -> Preparation:
    """A contest for the same office in every unit of a kind (below ``under``); the office is made where it is missing.

    The occasion of each follows from the tenures: a vacancy where a place is free, else the end of a term.
    ``bodies``: which body of the organisation a body of the rulebook is, everywhere, as of ``bodies_on``.
    """
    text = rulebook_text or single._preset(rulebook)
    rules = single._read(text)
    name, office_name = plain(name), plain(office_name)
    if not name:
        raise RefusedError(_("give it a name: Elections of constituency chairs 2026"), field="name")
    if not office_name:
        raise RefusedError(_("say which office"), field="office_name")
    before = Preparation.objects.filter(slug=previous).first() if previous else None
    if previous and before is None:
        raise RefusedError(_("there are no such contests before"), field="previous")
    units = _units(kind, under)
    made = Preparation.objects.create(
        name=name,
        slug=slug_for(name, lambda slug: slug == "new" or Preparation.objects.filter(slug=slug).exists()),
        about=about.strip()[:MAX_ABOUT],
        kind=units[0].kind,
        office_name=office_name,
        rulebook_id=rules.id,
        previous=before,
    )
    offices, new = _offices(units, office_name, rules)
    rows = _contests(made, units, offices, rules, text)
    Contest.objects.bulk_create(rows, batch_size=MANY)
    _name_bodies(rows, rules, bodies or {}, bodies_on)
    facts = {"rulebook": rules.id, "rulebook_hash": sha256(text.encode()), "preparation": made.slug}
    write_many(
        "create_contest",
        [(log_of(one), own(entry, {"title": one.title, "occasion": one.occasion, **facts})) for one in rows],
    )
    entry.details = {"name": name, "kind": made.kind, "office": office_name, "contests": len(rows), **facts}
    entry.details["offices_made"] = new
    return made


def _units(kind: str, under: str) -> list[Unit]:
    found = Unit.objects.filter(kind__iexact=plain(kind, longest=40))
    if under:
        found = found.filter(path__startswith=f"{unit_at(under, 'under').path}/")
    units = list(found[: MAX_CONTESTS + 1])
    if not units:
        raise RefusedError(_("there is no unit of that kind there"), field="kind")
    if len(units) > MAX_CONTESTS:
        raise RefusedError(_("%(most)s contests together are the most") % {"most": MAX_CONTESTS}, field="kind")
    return units


def _offices(units: Sequence[Unit], name: str, rules: Rulebook) -> tuple[dict[int, Office], int]:
    """The office of that name in each unit, by the unit's number, made where there is none; how many were made."""
    ballots = [stage for stage in rules.stage if isinstance(stage, BallotStage)]
    if not ballots:
        raise RefusedError(_("this rulebook fills no office: it has no ballot"), field="rulebook")
    there: dict[int, dict[str, Office]] = {unit.pk: {} for unit in units}
    for start in range(0, len(units), MANY):
        batch = [unit.pk for unit in units[start : start + MANY]]
        for office in Office.objects.filter(unit__in=batch).order_by():
            there[office.unit_id][office.slug] = office
    found = {
        pk: office
        for pk, beside in there.items()
        for office in beside.values()
        if same_name(office.name) == same_name(name)
    }
    new = [
        Office(
            unit=unit,
            name=name,
            slug=slug_for(name, there[unit.pk].__contains__),
            places=ballots[-1].places if isinstance(ballots[-1].places, int) else 1,
            rulebook=rules.id,
        )
        for unit in units
        if unit.pk not in found
    ]
    Office.objects.bulk_create(new, batch_size=MANY)
    return found | {office.unit_id: office for office in new}, len(new)


def _contests(
    made: Preparation, units: Sequence[Unit], offices: dict[int, Office], rules: Rulebook, text: str
) -> list[Contest]:
    holders = holders_by_office([office.pk for office in offices.values()], timezone.localdate(now()))
    taken = set(Contest.objects.filter(slug__startswith=made.slug[:60]).values_list("slug", flat=True))
    rows = []
    for unit in units:
        office = offices[unit.pk]
        holding = holders.get(office.pk, [])
        vacant = len(holding) < office.places
        slug = slug_for(f"{made.slug[:50]} {unit.slug}", taken.__contains__, longest=95)
        taken.add(slug)
        rows.append(
            Contest(
                slug=slug,
                title=f"{office.name}, {unit.name}"[:200],
                office=office,
                unit=unit,
                preparation=made,
                occasion=Contest.Occasion.VACANCY if vacant else Contest.Occasion.REGULAR,
                holder=None if vacant or len(holding) != 1 else holding[0],
                rulebook_id=rules.id,
                rulebook_text=text,
            )
        )
    return rows


def holders_by_office(offices: Sequence[int], on: date) -> dict[int, list[Person]]:
    """Who holds each of these offices on a day, acting ones left out, by the office's number."""
    found: dict[int, list[Person]] = {}
    for start in range(0, len(offices), MANY):
        running = Tenure.objects.filter(office__in=offices[start : start + MANY], began__lte=on)
        running = running.exclude(ended__lte=on).exclude(began_how=Tenure.Began.ACTING).select_related("person")
        for tenure in running:
            found.setdefault(tenure.office_id, []).append(tenure.person)
    return found


def _name_bodies(rows: Iterable[Contest], rules: Rulebook, bodies: dict[str, str], on: str) -> None:
    if not bodies:
        return
    unknown = set(bodies) - set(rules.bodies)
    found = {body.slug: body for body in Body.objects.filter(slug__in=set(bodies.values()))}
    if unknown or set(bodies.values()) - set(found):
        raise RefusedError(_("there is no such body"), field="bodies")
    when, whole = single._moment(on, "bodies_on")
    if not whole:
        raise RefusedError(_("the size of a body counts on a day"), field="bodies_on")
    day = timezone.localtime(when, timetable.zone()).date()
    links = [
        ContestBody(contest=one, key=key, body=found[slug], on=day) for one in rows for key, slug in bodies.items()
    ]
    ContestBody.objects.bulk_create(links, batch_size=MANY)


# -- the timetable -------------------------------------------------------------------------------------------------


@act(OFFICER)
def date_together(entry: Entry, contest: None, *, preparation: str, dates: dict[str, str]) -> int:
    """Fix dates of the timetable in all contests that are still in preparation; how many they are."""
    found = preparation_of(preparation)
    drafts = list(contests_of(found, Contest.Status.DRAFT))
    if not drafts or not dates:
        raise RefusedError(_("there is no contest in preparation here, or no date"))
    known = timetable.keys(drafts[0].rulebook)
    timed = {f"{stage.id}_{what}" for stage in drafts[0].rulebook.stage for what in ("opens", "closes")}
    moments = {}
    for key, text in dates.items():
        if key not in known:
            raise RefusedError(_("the timetable has no such date"), field=key)
        moments[key] = single._moment(text, key)
        if moments[key][1] and key in timed:
            raise RefusedError(_("what opens or closes does so at a time, not on a day"), field=key)
    rows = [
        TimetableDate(contest=one, key=key, at=at, whole_day=whole)
        for one in drafts
        for key, (at, whole) in moments.items()
    ]
    TimetableDate.objects.bulk_create(
        rows,
        batch_size=MANY,
        update_conflicts=True,
        unique_fields=["contest", "key"],
        update_fields=["at", "whole_day"],
    )
    for one in contests_of(found, Contest.Status.DRAFT).prefetch_related("dates"):
        if why := timetable.out_of_order(one):
            raise RefusedError(why, field=next(iter(dates)))
    given = {key: at.isoformat() for key, (at, _whole) in moments.items()}
    write_many("set_dates", [(log_of(one), own(entry, {"dates": given})) for one in drafts])
    return len(drafts)


@act(OFFICER)
def adopt_together(entry: Entry, contest: None, *, preparation: str) -> Outcome:
    """Adopt the rules and the timetable of all contests that are in preparation; what blocks one is told of it."""
    drafts = contests_of(preparation_of(preparation), Contest.Status.DRAFT).prefetch_related("dates", "bodies")
    return _noted(entry, on_each(entry, drafts, "adopt_contest"))


def _noted(entry: Entry, outcome: Outcome) -> Outcome:
    """Enter what came of it in the organisation's log, too."""
    entry.details |= {"done": len(outcome.done), "refused": {one.slug: why for one, why in outcome.refused}}
    return outcome


def _dates_before(contest: None, *, preparation: str, key: str, **given: object) -> dict[str, object]:
    """The dates that are changed, in every contest under way: one that was changed alone meanwhile is not undone."""
    running = Contest.objects.filter(preparation__slug=preparation, status=Contest.Status.ADOPTED)
    dates = TimetableDate.objects.filter(contest__in=running, key=key).order_by("contest")
    return {"before": [[pk, when.isoformat()] for pk, when in dates.values_list("contest", "at")]}


@act(
    OFFICER,
    two=True,
    basis=_dates_before,
    says=lambda contest, preparation, key, at, reason: (
        _("change the timetable of all contests of %(name)s: %(key)s to %(at)s, because %(reason)s")
        % {"name": preparation_of(preparation).name, "key": key, "at": at, "reason": reason}
    ),
)
def change_date_together(entry: Entry, contest: None, *, preparation: str, key: str, at: str, reason: str) -> Outcome:
    """Change the timetable of all contests that are under way, by the rules for one: two officials, a reason."""
    running = contests_of(preparation_of(preparation), Contest.Status.ADOPTED)
    given: dict[str, Any] = {"key": key, "at": at, "reason": reason}
    return _noted(entry, on_each(entry, running, "change_date", lambda one: given))


# -- stages --------------------------------------------------------------------------------------------------------


def with_stage(preparation: Preparation, stage: str, status: str) -> QuerySet[Contest]:
    """The contests under way in which a stage stands so."""
    found = contests_of(preparation, Contest.Status.ADOPTED)
    states = StageState.objects.filter(stage=stage, status=status, contest__preparation=preparation)
    return found.filter(pk__in=states.values("contest"))


@act(OFFICER, CLOCK)
def open_together(entry: Entry, contest: None, *, preparation: str, stage: str) -> Outcome:
    """Open a stage in every contest in which it waits; what blocks one is told of it."""
    waiting = with_stage(preparation_of(preparation), stage, StageState.Status.WAITING)
    return _noted(entry, on_each(entry, waiting, "open_stage", lambda one: {"stage": stage}))


@act(OFFICER, CLOCK)
def close_together(entry: Entry, contest: None, *, preparation: str, stage: str) -> Outcome:
    """Close a stage in every contest in which it is open."""
    running = list(with_stage(preparation_of(preparation), stage, StageState.Status.OPEN))
    nominating = running and isinstance(running[0].rulebook.stage_named(stage), NominationStage)
    kind = "close_nominations" if nominating else "close_ballot"
    return _noted(entry, on_each(entry, running, kind, lambda one: {"stage": stage}))
