"""Who held what on which day: what follows from units, offices and tenures. Nothing is changed here."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from .models import Bench, Contest, Office, Preparation, Tenure, Unit


def occasion_fault(contest: Contest, day: date) -> str:
    """Why the occasion of a contest, and its holder, are not what the tenures of its office say on a day; or nothing.

    Where no tenure of the office was ever entered, what the officer says holds.
    """
    office = contest.office
    if office is None or not office.tenures.exists():
        return ""
    running = list(office.incumbents(day).select_related("person"))
    names = ", ".join(tenure.person.name for tenure in running[:3])
    if contest.occasion == Contest.Occasion.CHALLENGE and contest.holder_id not in {one.person_id for one in running}:
        now = _("it is held by %(names)s") % {"names": names} if running else _("it is vacant")
        who = contest.holder.name if contest.holder else _("nobody")
        return _("the one who is challenged is %(name)s: %(now)s") % {"name": who, "now": now}
    # A resignation to a later day makes a vacancy that is known before it is there.
    staying = [tenure for tenure in running if tenure.ended is None]
    if contest.occasion == Contest.Occasion.VACANCY and len(staying) >= office.places:
        return _("there is no vacancy: the office is held by %(names)s") % {"names": names}
    return ""


# -- values for the public interface -------------------------------------------------------------------------------


def held(tenure: Tenure) -> dict[str, Any]:
    """A tenure as JSON: who, what, from when to when and how."""
    return {
        "person": tenure.person.name,
        "slug": tenure.person.slug,
        "office": tenure.office.name,
        "unit": tenure.office.unit.path,
        "began": tenure.began.isoformat(),
        "began_how": tenure.began_how,
        "ended": tenure.ended.isoformat() if tenure.ended else None,
        "ended_how": tenure.ended_how or None,
        "slate": tenure.slate or None,
    }


def running(day: date) -> Q:
    """The tenures that run on a day; on the day on which somebody goes they hold the office no more."""
    return Q(began__lte=day) & (Q(ended=None) | Q(ended__gt=day))


def holders_on(unit: Unit, day: date, *, below: bool = False) -> list[dict[str, Any]]:
    """Who holds the offices of a unit on a day (with ``below``, also those of the units under it), as JSON."""
    where = Q(office__unit=unit)
    if below:
        where |= Q(office__unit__path__startswith=f"{unit.path}/")
    found = Tenure.objects.filter(where & running(day)).select_related("person", "office__unit")
    return [held(one) for one in found.order_by("office__unit__path", "office__order", "office__name", "began", "id")]


def offices_of(unit: Unit) -> list[dict[str, Any]]:
    """The offices of a unit, as JSON."""
    return [
        {
            "office": office.name,
            "slug": office.slug,
            "unit": unit.path,
            "places": office.places,
            "filled": office.filled,
            "bench": office.bench.slug if office.bench else None,
        }
        for office in unit.offices.select_related("bench").order_by("order", "name")
    ]


# -- offices and their holders -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Post:
    """An office on a day: who holds it, and how many of its places are free."""

    office: Office
    tenures: tuple[Tenure, ...]

    @property
    def free(self) -> int:
        """Places that nobody holds, not even acting."""
        return max(self.office.places - len(self.tenures), 0)

    @property
    def vacancies(self) -> int:
        """Places without an incumbent: those that are free, and those in which somebody only acts."""
        return self.free + sum(one.began_how == Tenure.Began.ACTING for one in self.tenures)


def posts(offices: QuerySet[Office], day: date) -> list[Post]:
    """Each of ``offices`` with who holds it on a day, in two queries."""
    found = list(offices.select_related("unit"))
    by_office: dict[int, list[Tenure]] = {}
    tenures = Tenure.objects.filter(running(day), office__in=[office.pk for office in found])
    for tenure in tenures.select_related("person", "contest"):
        by_office.setdefault(tenure.office_id, []).append(tenure)
    return [Post(office, tuple(by_office.get(office.pk, ()))) for office in found]


@dataclass(frozen=True)
class Figures:
    """A bench in numbers: its places, and how those who hold them came."""

    places: int
    held: int
    elected: int
    appointed: int
    returned: int
    acting: int

    @property
    def free(self) -> int:
        """Places that nobody holds."""
        return max(self.places - self.held, 0)


def figures(of: Sequence[Post]) -> Figures:
    """The numbers of a bench."""
    ways = Counter(tenure.began_how for post in of for tenure in post.tenures)
    return Figures(
        places=sum(post.office.places for post in of),
        held=ways.total(),
        elected=ways[Tenure.Began.ELECTED],
        appointed=ways[Tenure.Began.APPOINTED],
        returned=ways[Tenure.Began.RETURNED],
        acting=ways[Tenure.Began.ACTING],
    )


# -- a bench over days ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Day:
    """What changed on one day: the tenures that began, and those that ended."""

    day: date
    began: tuple[Tenure, ...]
    ended: tuple[Tenure, ...]


def changes(bench: Bench, first: date, last: date) -> list[Day]:
    """The days from ``first`` to ``last`` on which something changed on a bench, in order."""
    days: dict[date, tuple[list[Tenure], list[Tenure]]] = {}
    tenures = Tenure.objects.filter(office__bench=bench).filter(
        Q(began__range=(first, last)) | Q(ended__range=(first, last))
    )
    for tenure in tenures.select_related("person", "office").order_by("office__order", "office__name", "pk"):
        if first <= tenure.began <= last:
            days.setdefault(tenure.began, ([], []))[0].append(tenure)
        if tenure.ended is not None and first <= tenure.ended <= last:
            days.setdefault(tenure.ended, ([], []))[1].append(tenure)
    return [Day(day, tuple(began), tuple(ended)) for day, (began, ended) in sorted(days.items())]


def change_days(bench: Bench, day: date) -> tuple[date | None, date | None]:
    """The last day before ``day`` on which something changed on a bench, and the next one after it."""
    tenures = Tenure.objects.filter(office__bench=bench).order_by()
    before = [
        tenures.filter(began__lt=day).order_by("-began").values_list("began", flat=True).first(),
        tenures.filter(ended__lt=day).order_by("-ended").values_list("ended", flat=True).first(),
    ]
    after = [
        tenures.filter(began__gt=day).order_by("began").values_list("began", flat=True).first(),
        tenures.filter(ended__gt=day).order_by("ended").values_list("ended", flat=True).first(),
    ]
    return (
        max((one for one in before if one is not None), default=None),
        min((one for one in after if one is not None), default=None),
    )


def busiest(bench: Bench, length: int) -> tuple[date, date] | None:
    """The ``length`` days in which the most tenures of a bench ended, the first change of them first; None for none."""
    ends = sorted(Tenure.objects.filter(office__bench=bench, ended__isnull=False).values_list("ended", flat=True))
    if not ends:
        return None
    best, start = (0, ends[-1]), 0
    for place, day in enumerate(ends):
        while (day - ends[start]).days >= length:
            start += 1
        if place - start + 1 > best[0]:
            best = (place - start + 1, ends[start])
    return best[1], best[1] + timedelta(days=length - 1)


def slates(preparation: Preparation) -> dict[str, Any]:
    """Who holds what by declared slate in contests held together, as JSON."""
    from .slates import slates as read

    return read(preparation)
