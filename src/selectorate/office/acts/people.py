"""Accounts and appointments."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext as _

from ...errors import RefusedError
from ..models import Appointment, Body, BodySeat, Contest, Organisation, Person, Role, Unit, User
from ..moment import now
from ..slugs import plain, slug_for
from .core import Entry, act, write
from .core import log_of as log_of

RETURNING_OFFICER, REGISTRAR = Role.RETURNING_OFFICER, Role.REGISTRAR


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


def user_with(email: str, name: str) -> User:
    """The account with that address, made if there is none."""
    found = User.objects.filter(email__iexact=email.strip()).first()
    return found or User.objects.create_user(email, name=plain(name))


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
    user = user_with(email, name)
    if Appointment.objects.filter(user=user, role=role, contest=contest, ended=None).exists():
        raise RefusedError(_("they have this role already"), field="email")
    entry.details = {"name": user.name, "role": role}
    return Appointment.objects.create(user=user, role=role, contest=contest)


@act(RETURNING_OFFICER)
def end_appointment(entry: Entry, contest: Contest | None, *, appointment: int) -> None:
    """Take a role away. The last returning officer of the organisation cannot go."""
    found = Appointment.objects.filter(pk=appointment, contest=contest, ended=None).first()
    if found is None:
        raise RefusedError(_("there is no such appointment"))
    others = Appointment.objects.filter(role=RETURNING_OFFICER, contest=None, ended=None).exclude(pk=found.pk)
    if found.contest_id is None and found.role == RETURNING_OFFICER and not others.exists():
        raise RefusedError(_("the organisation would be without a returning officer"))
    found.ended = entry.at
    found.save(update_fields=["ended"])
    entry.details = {"name": found.user.name, "role": found.role}


@act(RETURNING_OFFICER)
def make_body(entry: Entry, contest: Contest | None, *, name: str) -> Body:
    """A body: a set of persons, branches or affiliates with a role in contests."""
    name = plain(name)
    if not name:
        raise RefusedError(_("a body has a name"), field="name")
    return Body.objects.create(name=name, slug=slug_for(name, lambda slug: Body.objects.filter(slug=slug).exists()))


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
    user = user_with(email, name) if email else None
    if user is not None and found.seats.filter(user=user, ended=None).exists():
        raise RefusedError(_("%(name)s signs in for a seat of this body already") % {"name": user.name}, field="email")
    return BodySeat.objects.create(
        body=found,
        name=plain(name),
        began=date.fromisoformat(began),
        user=user,
        part=part,
        measure=measure,
        place=plain(place),
        unit=Unit.objects.filter(path=unit).first() if unit else None,
        person=Person.objects.filter(slug=person).first() if person else None,
    )


@act(RETURNING_OFFICER)
def unseat(entry: Entry, contest: Contest | None, *, seat: int, on: str) -> None:
    """End a seat in a body on a day."""
    found = BodySeat.objects.filter(pk=seat, ended=None).first()
    if found is None or date.fromisoformat(on) < found.began:
        raise RefusedError(_("there is no such seat, or it began later"), field="on")
    found.ended = date.fromisoformat(on)
    found.save(update_fields=["ended"])
