"""Offices, who holds them, and the benches that are looked at together. A vacancy and an incumbent follow from this."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from ...errors import RefusedError
from ..models import Bench, Contest, Office, Person, Role, Tenure
from ..moment import now
from ..slugs import plain, same_name, slug_for
from .core import Entry, act
from .people import person_named
from .units import unit_at

OFFICER = Role.RETURNING_OFFICER
MAX_PLACES = 500
"""Places of one office: more is a body, not an office."""
EARLIEST = date(1800, 1, 1)
"""Before this no tenure began that an office of today keeps: a slip of the keyboard."""
AHEAD = timedelta(days=400)
"""How far ahead a tenure may be entered to begin or end: a resignation to the end of next year's conference."""


def office_of(pk: int) -> Office:
    """The office, locked: two officials do not fill one place at once. Raises RefusedError."""
    found = Office.objects.select_for_update(of=("self",)).select_related("unit").filter(pk=pk).first()
    if found is None:
        raise RefusedError(_("there is no such office"), field="office")
    return found


@act(OFFICER)
def make_office(
    entry: Entry,
    contest: None,
    *,
    unit: str,
    name: str,
    places: int = 1,
    filled: str = "elected",
    bench: str = "",
    rulebook: str = "",
    order: int = 0,
) -> Office:
    """An office in a unit (its path), with so many places, filled by election or appointment."""
    where = unit_at(unit)
    name = _checked(name, places, filled)
    beside = list(where.offices.all())
    if any(same_name(one.name) == same_name(name) for one in beside):
        raise RefusedError(_("the unit has an office of that name already"), field="name")
    return Office.objects.create(
        unit=where,
        name=name,
        slug=slug_for(name, {one.slug for one in beside}.__contains__),
        places=places,
        filled=filled,
        bench=_bench(bench),
        rulebook=plain(rulebook, longest=100),
        order=order,
    )


def _checked(name: str, places: int, filled: str) -> str:
    name = plain(name)
    if not name:
        raise RefusedError(_("an office has a name"), field="name")
    if isinstance(places, bool) or not isinstance(places, int) or not 1 <= places <= MAX_PLACES:
        raise RefusedError(_("an office has between 1 and %(most)s places") % {"most": MAX_PLACES}, field="places")
    if filled not in Office.Filled.values:
        raise RefusedError(_("an office is filled by election or by appointment"), field="filled")
    return name


def _bench(slug: str) -> Bench | None:
    found = Bench.objects.filter(slug=slug).first() if slug else None
    if slug and found is None:
        raise RefusedError(_("there is no such bench"), field="bench")
    return found


@act(OFFICER)
def change_office(
    entry: Entry,
    contest: None,
    *,
    office: int,
    name: str,
    places: int = 1,
    filled: str = "elected",
    bench: str = "",
    rulebook: str = "",
    order: int = 0,
) -> Office:
    """Another name, number of places, way of being filled or bench; never fewer places than are held."""
    found = office_of(office)
    name = _checked(name, places, filled)
    if any(same_name(one.name) == same_name(name) for one in found.unit.offices.exclude(pk=found.pk)):
        raise RefusedError(_("the unit has an office of that name already"), field="name")
    today = timezone.localdate(now())
    held = most_at_once(found.tenures.all(), today, None)
    if places < held:
        raise RefusedError(_("%(number)s hold it: end their tenures first") % {"number": held}, field="places")
    entry.details["before"] = {"name": found.name, "places": found.places, "filled": found.filled}
    found.name, found.places, found.filled, found.order = name, places, filled, order
    found.bench, found.rulebook = _bench(bench), plain(rulebook, longest=100)
    found.save()
    return found


# -- tenures -------------------------------------------------------------------------------------------------------


def most_at_once(tenures: Iterable[Tenure], began: date, ended: date | None) -> int:
    """The most of ``tenures`` that run on one day from ``began`` until ``ended`` (None: for good)."""
    running = [one for one in tenures if one.ended is None or (one.ended > began and one.ended > one.began)]
    running = [one for one in running if ended is None or one.began < ended]
    days = {began, *(one.began for one in running if one.began > began)}
    return max(sum(one.began <= day and (one.ended is None or one.ended > day) for one in running) for day in days)


def _day(text: str, field: str) -> date:
    try:
        found = date.fromisoformat(text) if len(text) == 10 else None
    except ValueError:
        found = None
    if found is None:
        raise RefusedError(_("%(text)s is no day: 2016-06-27") % {"text": plain(text, longest=40)}, field=field)
    if not EARLIEST <= found <= timezone.localdate(now()) + AHEAD:
        raise RefusedError(_("%(day)s is too long ago, or too far ahead") % {"day": found}, field=field)
    return found


def _fitting(office: Office, tenure: Tenure) -> None:
    """Refuse a tenure whose days cannot be, beside the other tenures of its office."""
    if tenure.ended is not None and tenure.ended < tenure.began:
        raise RefusedError(
            _("it began on %(began)s: it cannot end before that") % {"began": tenure.began}, field="ended"
        )
    others = [one for one in office.tenures.select_related("person") if one.pk != tenure.pk]
    for one in others:
        meet = (one.ended is None or one.ended > tenure.began) and (tenure.ended is None or tenure.ended > one.began)
        if one.person_id == tenure.person_id and meet and tenure.ended != tenure.began and one.ended != one.began:
            until = _("since %(day)s") % {"day": one.began} if one.ended is None else f"{one.began} – {one.ended}"
            raise RefusedError(
                _("%(name)s holds %(office)s already: %(when)s")
                % {"name": one.person.name, "office": office.name, "when": until},
                field="began",
            )
    if most_at_once(others, tenure.began, tenure.ended) >= office.places and tenure.ended != tenure.began:
        holding = [one.person.name for one in others if one.ended is None or one.ended > tenure.began]
        raise RefusedError(
            _("%(office)s has no free place then: it is held by %(names)s; end a tenure first")
            % {"office": office.name, "names": ", ".join(holding[:5])},
            field="began",
        )


@act(OFFICER)
def begin_tenure(
    entry: Entry,
    contest: None,
    *,
    office: int,
    began: str,
    how: str,
    person: str = "",
    name: str = "",
    slate: str = "",
    contest_slug: str = "",
    note: str = "",
) -> Tenure:
    """Somebody (a ``person`` who is known, by slug, or a new one by ``name``) holds an office from a day on.

    ``contest_slug``: the contest that elected them, which must have.
    """
    found = office_of(office)
    if how not in Tenure.Began.values:
        raise RefusedError(_("a tenure begins by election, appointment, return, or acting"), field="how")
    held = Contest.objects.filter(slug=contest_slug).first() if contest_slug else None
    if contest_slug and held is None:
        raise RefusedError(_("there is no such contest"), field="contest_slug")
    who = _who(person, name)
    if held is not None:
        slate = _elected_slate(held, found, who) or slate
    tenure = Tenure(
        office=found,
        person=who,
        began=_day(began, "began"),
        began_how=how,
        slate=plain(slate, longest=100),
        contest=held,
        note=plain(note, longest=300),
    )
    _fitting(found, tenure)
    tenure.save(force_insert=True)
    entry.details |= {"tenure": tenure.pk, "office_name": found.name, "unit": found.unit.path, "name": who.name}
    return tenure


def _who(slug: str, name: str) -> Person:
    if slug:
        found = Person.objects.filter(slug=slug).first()
        if found is None:
            raise RefusedError(_("there is no such person"), field="person")
        return found
    if not plain(name):
        raise RefusedError(_("say who"), field="name")
    return person_named(name)


def _elected_slate(held: Contest, office: Office, who: Person) -> str:
    """The slate on which ``who`` was elected to ``office`` by the contest ``held``. Raises RefusedError if not."""
    declared = getattr(held, "declaration", None)
    elected = set(declared.data.get("elected") or ()) if declared is not None else set()
    candidate = held.candidates.filter(person=who, key__in=elected).first()
    if held.office_id != office.pk or candidate is None:
        raise RefusedError(_("this contest did not elect them to this office"), field="contest_slug")
    return candidate.slate


@act(OFFICER)
def end_tenure(entry: Entry, contest: None, *, tenure: int, ended: str, how: str, note: str = "") -> Tenure:
    """Somebody holds an office until a day: on that day they hold it no more."""
    found = Tenure.objects.filter(pk=tenure).select_related("person").first()
    if found is None:
        raise RefusedError(_("there is no such tenure"))
    office = office_of(found.office_id)
    found.refresh_from_db(fields=["ended"])
    if found.ended is not None:
        raise RefusedError(_("this tenure has ended already: correct it, with a second official"))
    if how not in Tenure.Ended.values:
        raise RefusedError(_("a tenure ends in one of the ways that are listed"), field="how")
    found.ended, found.ended_how = _day(ended, "ended"), how
    found.note = plain(note, longest=300) or found.note
    _fitting(office, found)
    found.save(update_fields=["ended", "ended_how", "note"])
    entry.details |= {"office_name": office.name, "name": found.person.name}
    return found


@act(
    OFFICER,
    two=True,
    says=lambda contest, tenure, reason, **given: _said_correction(tenure, reason, given),
)
def correct_tenure(
    entry: Entry,
    contest: None,
    *,
    tenure: int,
    reason: str,
    began: str = "",
    how: str = "",
    ended: str = "",
    ended_how: str = "",
    slate: str = "",
    strike: bool = False,
) -> Tenure:
    """Correct what was entered wrong, by two officials and with a reason; ``strike``: it never was.

    All of it is given anew: an empty ``ended`` means that the tenure runs on.
    """
    found = Tenure.objects.filter(pk=tenure).select_related("person").first()
    if found is None:
        raise RefusedError(_("there is no such tenure"))
    office = office_of(found.office_id)
    if not plain(reason, longest=500):
        raise RefusedError(_("a correction has a reason"), field="reason")
    entry.details |= {"office_name": office.name, "name": found.person.name, "before": _facts(found)}
    if strike:
        found.struck = entry.at
        found.save(update_fields=["struck"])
        return found
    if how not in Tenure.Began.values or (ended and ended_how not in Tenure.Ended.values):
        raise RefusedError(_("a tenure begins and ends in one of the ways that are listed"), field="how")
    found.began, found.began_how = _day(began, "began"), how
    found.ended, found.ended_how = (_day(ended, "ended"), ended_how) if ended else (None, "")
    found.slate = plain(slate, longest=100)
    _fitting(office, found)
    found.save(update_fields=["began", "began_how", "ended", "ended_how", "slate"])
    return found


def _facts(tenure: Tenure) -> dict[str, str]:
    return {
        "began": tenure.began.isoformat(),
        "how": tenure.began_how,
        "ended": tenure.ended.isoformat() if tenure.ended else "",
        "ended_how": tenure.ended_how,
        "slate": tenure.slate,
    }


def _said_correction(pk: int, reason: str, given: dict[str, object]) -> str:
    found = Tenure.with_struck.select_related("person", "office").get(pk=pk)
    names = {"name": found.person.name, "office": found.office.name, "reason": reason}
    if given.get("strike"):
        return _("strike the tenure of %(name)s as %(office)s: it never was, because %(reason)s") % names
    names |= {"began": given.get("began"), "ended": given.get("ended") or "…"}
    return _("correct the tenure of %(name)s as %(office)s to %(began)s – %(ended)s, because %(reason)s") % names


# -- benches -------------------------------------------------------------------------------------------------------


@act(OFFICER)
def make_bench(entry: Entry, contest: None, *, name: str, unit: str) -> Bench:
    """A bench: offices that are looked at together, of a unit (its path) or of those below it."""
    where = unit_at(unit)
    name = plain(name)
    if not name:
        raise RefusedError(_("a bench has a name"), field="name")
    slug = slug_for(name, lambda slug: Bench.objects.filter(slug=slug).exists())
    return Bench.objects.create(name=name, unit=where, slug=slug)


@act(OFFICER)
def set_bench(entry: Entry, contest: None, *, bench: str, name: str, offices: list[int]) -> Bench:
    """The name of a bench, and which offices belong to it, in their order."""
    found = Bench.objects.select_for_update().select_related("unit").filter(slug=bench).first()
    if found is None:
        raise RefusedError(_("there is no such bench"), field="bench")
    if not plain(name):
        raise RefusedError(_("a bench has a name"), field="name")
    chosen = {one.pk: one for one in Office.objects.filter(pk__in=offices).select_related("unit")}
    if len(chosen) != len(set(offices)) or len(offices) != len(set(offices)):
        raise RefusedError(_("there is no such office, or it is there twice"), field="offices")
    for one in chosen.values():
        if one.bench_id not in (None, found.pk):
            raise RefusedError(_("%(name)s belongs to another bench") % {"name": one.name}, field="offices")
        if one.unit.path != found.unit.path and not one.unit.path.startswith(f"{found.unit.path}/"):
            raise RefusedError(_("%(name)s is not an office of this unit") % {"name": one.name}, field="offices")
    found.name = plain(name)
    found.save(update_fields=["name"])
    found.offices.exclude(pk__in=chosen).update(bench=None)
    for number, pk in enumerate(offices, 1):
        Office.objects.filter(pk=pk).update(bench=found, order=number)
    return found
