"""Who sits in a body, from a table: all of it at once or, with one fault, nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from django.contrib.auth.hashers import make_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _

from ...errors import RefusedError
from ..boxes import opening
from ..models import Body, BodySeat, Role, Unit, User
from ..moment import now
from ..slugs import plain, same_name
from ..tables import MAX_FAULTS, Column, Fault, Row, day, whole
from .core import MANY, Entry, act, canonical, sha256
from .people import MAX_MEASURE

OFFICER = Role.RETURNING_OFFICER

SEAT_COLUMNS = (
    Column("name", ("name", "member", "organisation"), needed=True, longest=200),
    Column("email", ("email", "e-mail", "mail", "mail address"), longest=254),
    Column("part", ("part",), longest=60),
    Column("measure", ("measure", "counts", "members"), longest=20),
    Column("place", ("place", "local party"), longest=200),
    Column("unit", ("unit", "constituency", "branch"), longest=400),
    Column("began", ("began", "from", "since"), longest=20),
)


@dataclass
class SeatPlan:
    """What a table of seats would do. ``same``: seats that are there already; ``missing``: those it does not have."""

    new: list[BodySeat] = field(default_factory=list)
    same: int = 0
    missing: list[BodySeat] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)


def users_by_address(addresses: Sequence[str]) -> dict[str, User]:
    """The accounts with these addresses, by the address in small letters."""
    wanted = sorted({address.lower() for address in addresses if address})
    found: dict[str, User] = {}
    for start in range(0, len(wanted), MANY):
        batch = User.objects.annotate(small=Lower("email")).filter(small__in=wanted[start : start + MANY])
        found |= {user.email.lower(): user for user in batch}
    return found


def users_for(people: Sequence[tuple[str, str]]) -> dict[str, User]:
    """The accounts for these (address, name), made where there is none, by the address in small letters."""
    there = users_by_address([address for address, _name in people])
    new: dict[str, User] = {}
    for address, name in people:
        if address and address.lower() not in there and address.lower() not in new:
            email = User.objects.normalize_email(address).strip()
            new[address.lower()] = User(email=email, name=plain(name), password=make_password(None))
    User.objects.bulk_create(new.values(), batch_size=MANY)
    return there | new


def address_of(number: int, text: str) -> tuple[str, Fault | None]:
    """A mail address of a row, and what is wrong with it."""
    text = text.strip()
    if not text:
        return "", None
    try:
        validate_email(text)
    except ValidationError:
        todo = _("Write it like name@example.org, or leave it empty.")
        return "", Fault(number, "email", _("this is no mail address"), todo)
    return text, None


def plan_seats(body: Body, rows: Sequence[Row], began: date) -> SeatPlan:
    """What ``rows`` (by ``SEAT_COLUMNS``) would do to a body; ``began`` where a row says no day. Changes nothing."""
    plan = SeatPlan()
    running = list(body.seats.filter(ended=None).select_related("user", "unit"))
    by_address = {seat.user.email.lower(): seat for seat in running if seat.user}
    by_name: dict[tuple[str, str], BodySeat] = {
        (same_name(seat.name), seat.unit.path if seat.unit else ""): seat for seat in running
    }
    units = _units([row.get("unit", "") for row in rows])
    met: set[int] = set()
    seen: dict[str, int] = {}
    for row in rows:
        number = int(row["row"])
        seat, faults = _seat(body, number, row, units, began)
        address, wrong = address_of(number, row.get("email", ""))
        faults += [wrong] if wrong else []
        marks = [f"@{address.lower()}"] if address else []
        marks.append(f"{same_name(seat.name)}\n{seat.unit.path if seat.unit else ''}")
        twice = next((seen[mark] for mark in marks if mark in seen), None)
        if twice is not None:
            says = _("it is in row %(row)s already") % {"row": twice}
            faults.append(Fault(number, "name", says, _("Take one of the two out, or say their units.")))
        if faults:
            plan.faults += faults
            continue
        seen |= dict.fromkeys(marks, number)
        there = by_address.get(address.lower()) if address else None
        there = there or by_name.get((same_name(seat.name), seat.unit.path if seat.unit else ""))
        if there is not None:
            met.add(there.pk)
            plan.same += 1
        else:
            seat.address = address  # type: ignore[attr-defined]
            plan.new.append(seat)
    plan.missing = [seat for seat in running if seat.pk not in met]
    del plan.faults[MAX_FAULTS:]
    return plan


def _units(texts: Sequence[str]) -> dict[str, Unit | None]:
    """The units that a table names, by path, code or name; None where several have the name."""
    if not any(texts):
        return {}
    found: dict[str, Unit | None] = {}
    for unit in Unit.objects.all():
        name = same_name(unit.name)
        found[name] = None if name in found else unit
    for unit in Unit.objects.all():
        found[unit.path] = unit
        if unit.code:
            found[unit.code] = unit
    return found


def _seat(
    body: Body, number: int, row: Row, units: dict[str, Unit | None], began: date
) -> tuple[BodySeat, list[Fault]]:
    faults = []
    unit = None
    if text := row.get("unit", ""):
        unit = units.get(text) or units.get(same_name(text))
        if unit is None:
            says = _("there is no unit “%(name)s”, or several of that name") % {"name": text}
            faults.append(Fault(number, "unit", says, _("Name it by its code or its address.")))
    since = day(row["began"]) if row.get("began") else began
    if since is None or not 1800 <= since.year <= timezone.localdate(now()).year + 1:
        faults.append(Fault(number, "began", _("this is no day"), _("Write it as 2015-05-07.")))
        since = began
    measure = whole(row["measure"]) if row.get("measure") else None
    if row.get("measure") and (measure is None or measure > MAX_MEASURE):
        faults.append(Fault(number, "measure", _("this is no whole number"), _("Write it as 12345.")))
    part = slugify(row.get("part", ""))
    if not plain(row["name"]):
        faults.append(Fault(number, "name", _("nothing is there"), _("Fill it in, or take the row out.")))
    made = BodySeat(
        body=body,
        name=plain(row["name"]),
        unit=unit,
        part=part,
        measure=measure,
        place=plain(row.get("place", "")),
        began=since,
    )
    return made, faults


@act(OFFICER, silent=True)
def import_seats(
    entry: Entry, contest: None, *, body: str, rows: list[dict[str, str]], began: str, end_missing: bool = False
) -> SeatPlan:
    """Seat everybody in a table from a day on; with ``end_missing`` the seats that it does not have end on that day."""
    found = Body.objects.select_for_update().filter(slug=body).first()
    since = day(began)
    if found is None or since is None:
        raise RefusedError(_("there is no such body, or no such day"), field="began")
    plan = plan_seats(found, rows, since)
    if plan.faults:
        raise RefusedError(str(plan.faults[0]), field="file")
    users = users_for([(seat.address, seat.name) for seat in plan.new])  # type: ignore[attr-defined]
    for seat in plan.new:
        seat.user = users.get(seat.address.lower())  # type: ignore[attr-defined]
    if end_missing:
        late = next((seat for seat in plan.missing if seat.began > since), None)
        if late is not None:
            raise RefusedError(_("%(name)s sits there only from a later day") % {"name": late.name}, field="began")
        BodySeat.objects.filter(pk__in=[seat.pk for seat in plan.missing]).update(ended=since)
        opening.hold_seats(plan.missing, entry.at)
    BodySeat.objects.bulk_create(plan.new, batch_size=MANY)
    ended = len(plan.missing) if end_missing else 0
    entry.details = {"body": body, "new": len(plan.new), "ended": ended, "hash": sha256(canonical(rows))}
    return plan
