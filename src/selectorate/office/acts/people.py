"""Accounts and appointments."""

from __future__ import annotations

from datetime import date

from django.contrib.auth.hashers import make_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _

from ...errors import RefusedError
from ..boxes import opening
from ..models import Appointment, Body, BodySeat, Contest, Organisation, Person, Role, Unit, User
from ..moment import now
from ..slugs import plain, slug_for
from .core import Entry, act, write
from .core import log_of as log_of

RETURNING_OFFICER, REGISTRAR = Role.RETURNING_OFFICER, Role.REGISTRAR
MAX_MEASURE = 10**9
"""What one seat may count: more members than any affiliate has."""
LEAST_KEPT, MOST_KEPT = 30, 3650
"""Days after a declaration: a result is contested within a month, and no dispute outlives ten years."""
MAX_ABOUT = 4000
"""Characters of what an organisation says of itself: a page."""


def set_up_organisation(name: str, officer_name: str, officer_email: str, *, contact: str = "") -> User:
    """The organisation and its first returning officer: what an empty installation begins with, by command only.

    Raises RefusedError if it is set up already.
    """
    from django.db import transaction

    with transaction.atomic():
        if Organisation.there() is not None:
            raise RefusedError(_("this office is set up already"))
        Organisation.objects.create(name=plain(name), contact=contact)
        officer = user_with(officer_email, officer_name)
        Appointment.objects.create(user=officer, role=RETURNING_OFFICER)
        entry = Entry(officer, RETURNING_OFFICER, None, "", now(), {"name": name, "officer": officer.name})
        write(log_of(None), "set_up_organisation", entry)
        return officer


@act(RETURNING_OFFICER)
def describe_organisation(
    entry: Entry, contest: None, *, name: str, about: str = "", contact: str = "", retention_days: int
) -> Organisation:
    """What the organisation is called, says of itself, where it is asked, and for how long personal data are kept."""
    found = Organisation.objects.select_for_update().first()
    if found is None:
        raise RefusedError(_("this office is not set up"))
    if not plain(name):
        raise RefusedError(_("an organisation has a name"), field="name")
    if not LEAST_KEPT <= retention_days <= MOST_KEPT:
        says = _("personal data are kept for %(least)s to %(most)s days") % {"least": LEAST_KEPT, "most": MOST_KEPT}
        raise RefusedError(says, field="retention_days")
    lines = (plain(line, longest=MAX_ABOUT) for line in about.splitlines())
    found.name, found.about, found.contact = plain(name), "\n".join(lines).strip()[:MAX_ABOUT], contact
    found.retention_days = retention_days
    found.save()
    return found


def user_with(email: str, name: str) -> User:
    """The account with that address, made if there is none; one, even if two officials enter it at once."""
    found, _new = User.objects.get_or_create(
        email=email.strip().lower(), defaults={"name": plain(name), "password": make_password(None)}
    )
    return found


def person_named(name: str, *, email: str = "") -> Person:
    """A new person of that name."""
    name = plain(name)
    slug = slug_for(name, lambda slug: Person.objects.filter(slug=slug).exists())
    return Person.objects.create(name=name, slug=slug, email=email)


@act(RETURNING_OFFICER)
def appoint(entry: Entry, contest: Contest | None, *, email: str, name: str, role: str) -> Appointment:
    """Give somebody a role, in a contest or in the whole organisation."""
    if role not in Role.values:
        raise RefusedError(_("there is no such role"), field="role")
    try:
        validate_email(email.strip())
    except ValidationError:
        raise RefusedError(_("this is no mail address"), field="email") from None
    if role == Role.LETTER_KEEPER:
        raise RefusedError(_("who receives the letters of a contest is appointed by two officials"), field="role")
    user = user_with(email, name)
    if user == entry.by and role in (Role.SCRUTINEER, Role.LETTER_KEEPER):
        # Who watches the officer, and who alone knows of the letters, is somebody else.
        raise RefusedError(_("a returning officer cannot give this role to themselves"), field="role")
    if Appointment.objects.filter(user=user, role=role, contest=contest, ended=None).exists():
        raise RefusedError(_("they have this role already"), field="email")
    entry.details = {"name": user.name, "role": role}
    return Appointment.objects.create(user=user, role=role, contest=contest)


@act(RETURNING_OFFICER)
def end_appointment(entry: Entry, contest: Contest | None, *, appointment: int) -> None:
    """Take a role away. The last returning officer of the organisation cannot go."""
    # Locked, all of them: of two officers who end each other's at the same moment, one stays.
    running = Appointment.objects.filter(role=RETURNING_OFFICER, contest=None, ended=None)
    list(running.select_for_update().order_by("pk"))
    found = Appointment.objects.filter(pk=appointment, contest=contest, ended=None).first()
    if found is None:
        raise RefusedError(_("there is no such appointment"))
    others = running.exclude(pk=found.pk)
    if found.contest_id is None and found.role == RETURNING_OFFICER and not others.exists():
        raise RefusedError(_("the organisation would be without a returning officer"))
    found.ended = entry.at
    found.save(update_fields=["ended"])
    entry.details = {"name": found.user.name, "role": found.role}


def _body_slug(slug: str) -> bool:
    """Whether a body cannot have that address: another has, or a page beside the bodies."""
    return slug == "new" or Body.objects.filter(slug=slug).exists()


@act(RETURNING_OFFICER)
def make_body(entry: Entry, contest: Contest | None, *, name: str) -> Body:
    """A body: a set of persons, branches or affiliates with a role in contests."""
    name = plain(name)
    if not name:
        raise RefusedError(_("a body has a name"), field="name")
    return Body.objects.create(name=name, slug=slug_for(name, _body_slug))


@act(RETURNING_OFFICER)
def seat(
    entry: Entry,
    contest: Contest | None,
    *,
    body: str,
    name: str,
    began: str,
    email: str = "",
    part: str = "",
    measure: int | None = None,
    place: str = "",
    unit: str = "",
    person: str = "",
) -> BodySeat:
    """Enter somebody into a body, from a day on; with a mail address they can sign in for it."""
    found = Body.objects.filter(slug=body).first()
    if found is None:
        raise RefusedError(_("there is no such body"), field="body")
    name = plain(name)
    if not name:
        raise RefusedError(_("a seat has a name"), field="name")
    if measure is not None and (isinstance(measure, bool) or not 0 <= measure <= MAX_MEASURE):
        raise RefusedError(_("what a seat counts is a whole number"), field="measure")
    for given, known, field in ((unit, Unit.objects.filter(path=unit), "unit"), (person, _people(person), "person")):
        if given and not known.exists():
            raise RefusedError(_("there is no such unit, or no such person"), field=field)
    user = user_with(_address(email), name) if email else None
    if user is not None and found.seats.filter(user=user, ended=None).exists():
        raise RefusedError(_("%(name)s signs in for a seat of this body already") % {"name": user.name}, field="email")
    return BodySeat.objects.create(
        body=found,
        name=name,
        began=_day(began, "began"),
        user=user,
        part=_part(part),
        measure=measure,
        place=plain(place),
        unit=Unit.objects.filter(path=unit).first() if unit else None,
        person=_people(person).first() if person else None,
    )


def _people(slug: str) -> QuerySet[Person]:
    return Person.objects.filter(slug=slug)


def _address(email: str) -> str:
    email = email.strip()
    try:
        validate_email(email)
    except ValidationError:
        raise RefusedError(_("this is no mail address"), field="email") from None
    return email


def _part(text: str) -> str:
    if text and slugify(text) != text:
        raise RefusedError(_("a part is named by its key in the rulebook: mps, meps"), field="part")
    return text


def _day(text: str, field: str) -> date:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        raise RefusedError(
            _("%(text)s is no day: 2016-06-27") % {"text": plain(text, longest=40)}, field=field
        ) from None
    if not 1800 <= found.year <= timezone.localdate(now()).year + 1:
        raise RefusedError(_("%(day)s is too long ago, or too far ahead") % {"day": found}, field=field)
    return found


@act(RETURNING_OFFICER)
def unseat(entry: Entry, contest: Contest | None, *, seat: int, on: str) -> None:
    """End a seat in a body on a day."""
    found = BodySeat.objects.filter(pk=seat, ended=None).first()
    day = _day(on, "on")
    if found is None or day < found.began:
        raise RefusedError(_("there is no such seat, or it began later"), field="on")
    found.ended = day
    found.save(update_fields=["ended"])
    opening.hold_seats([found], entry.at)
