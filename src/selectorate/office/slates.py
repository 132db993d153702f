"""Who holds what by declared slate, with the change since last time: read for all contests held together at once.

Last time is the contest before for the same office, where these contests follow others; else whoever held the office
when this contest was adopted, and for a place that was free then, whoever held it last.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from . import timetable
from .models import Candidate, Contest, Preparation, Tenure

NONE = ""
"""The slate of somebody who stood on none."""

Won = tuple[str, str]
"""Somebody who was elected: the name, and the slate."""


@dataclass(frozen=True)
class Line:
    """One contest: what is declared, who held the office last time, and what changed hands."""

    contest: str
    title: str
    office: str
    unit: str
    path: str
    places: int
    status: str
    declared: str
    elected: tuple[Won, ...]
    before: tuple[Won, ...]

    @property
    def done(self) -> bool:
        """Whether it is declared."""
        return self.status in (Contest.Status.DECLARED, Contest.Status.CLOSED)

    @property
    def gained(self) -> Counter[str]:
        """Seats by slate that it holds now and did not hold last time."""
        return _by_slate(self.elected) - _by_slate(self.before) if self.done else Counter()

    @property
    def lost(self) -> Counter[str]:
        """Seats by slate that it held last time and does not hold now."""
        return _by_slate(self.before) - _by_slate(self.elected) if self.done else Counter()

    @property
    def change(self) -> str:
        """``open``, ``gain``, ``hold``, ``new`` (nobody held it last time) or ``free`` (nobody was elected)."""
        if not self.done:
            return "open"
        if not self.elected:
            return "free"
        if not self.before:
            return "new"
        return "gain" if self.gained or self.lost else "hold"


@dataclass(frozen=True)
class Tally:
    """One slate over all contests that are declared."""

    slate: str
    seats: int
    before: int
    gained: int
    lost: int

    @property
    def net(self) -> int:
        """Seats more or fewer than last time, in the contests that are declared."""
        return self.seats - self.before


@dataclass(frozen=True)
class Standing:
    """All contests held together: line by line, and by slate."""

    lines: tuple[Line, ...]
    tallies: tuple[Tally, ...]

    @property
    def declared(self) -> int:
        """How many contests are declared."""
        return sum(line.done for line in self.lines)

    @property
    def places(self) -> int:
        """How many places are filled by all of the contests together."""
        return sum(line.places for line in self.lines)

    @property
    def filled(self) -> int:
        """How many places are filled by what is declared."""
        return sum(len(line.elected) for line in self.lines)

    @property
    def changed(self) -> int:
        """In how many of the declared contests a place changed hands between slates."""
        return sum(line.change == "gain" for line in self.lines)


def _by_slate(people: tuple[Won, ...]) -> Counter[str]:
    return Counter(slate for _name, slate in people)


def standing(preparation: Preparation) -> Standing:
    """Where the contests of a preparation stand; drafts and abandoned ones are left out. The queries are few."""
    rows = list(
        _shown(preparation)
        .values(
            "pk", "slug", "title", "status", "declared", "adopted", "office", "office__name", "office__places",
            "unit__name", "unit__path",
        )
        .order_by("unit__name", "unit__path")
    )  # fmt: skip
    won = _won(_shown(preparation))
    before = _before(preparation, rows)
    lines = tuple(
        Line(
            contest=row["slug"],
            title=row["title"],
            office=row["office__name"],
            unit=row["unit__name"],
            path=row["unit__path"],
            places=row["office__places"],
            status=row["status"],
            declared=row["declared"].isoformat() if row["declared"] else "",
            elected=tuple(won.get(row["pk"], ())),
            before=tuple(before.get(row["office"], ())),
        )
        for row in rows
    )
    return Standing(lines, tallies(lines))


def _shown(preparation: Preparation) -> QuerySet[Contest]:
    hidden = (Contest.Status.DRAFT, Contest.Status.ABANDONED)
    return Contest.objects.filter(preparation=preparation, office__isnull=False).exclude(status__in=hidden)


def _won(contests: QuerySet[Contest]) -> dict[int, list[Won]]:
    """Who was elected in each contest that is declared, by the contest's number."""
    elected = {
        (contest, key)
        for contest, keys in contests.filter(declaration__isnull=False).values_list("pk", "declaration__data__elected")
        for key in keys or ()
    }
    found: dict[int, list[Won]] = {}
    # All of those who stood are read: their names are short, and a list of the elected would be a long question.
    standing = Candidate.objects.filter(contest__in=contests.order_by().values("pk"))
    for contest, key, name, slate in standing.values_list("contest", "key", "name", "slate"):
        if (contest, key) in elected:
            found.setdefault(contest, []).append((name, slate))
    return found


def _before(preparation: Preparation, rows: list[dict[str, Any]]) -> dict[int, list[Won]]:
    """Who held each office last time, by the office's number."""
    found: dict[int, list[Won]] = {}
    if preparation.previous_id is not None:
        earlier = _shown(preparation.previous)
        won = _won(earlier)
        for pk, office in earlier.values_list("pk", "office"):
            if pk in won:
                found[office] = won[pk]
    wanted = {row["office"]: row for row in rows if row["office"] not in found}
    if not wanted:
        return found
    shown = _shown(preparation)
    tenures = (
        Tenure.objects.filter(office__in=shown.order_by().values("office"))
        .exclude(contest__in=shown.order_by().values("pk"))
        .exclude(began_how=Tenure.Began.ACTING)
        .values_list("office", "began", "ended", "person__name", "slate", "pk")
    )
    held: dict[int, list[tuple[date, int, Won]]] = {}
    for office, began, ended, name, slate, pk in tenures:
        if office in wanted and ended != began and began <= _day(wanted[office]["adopted"]):
            held.setdefault(office, []).append((ended or date.max, pk, (name, slate)))
    for office, people in held.items():
        # Who holds it still comes first, then who held it last.
        people.sort(reverse=True)
        found[office] = [won for _ended, _pk, won in people[: wanted[office]["office__places"]]]
    return found


def _day(moment: datetime) -> date:
    return timezone.localtime(moment, timetable.zone()).date()


def tallies(lines: tuple[Line, ...]) -> tuple[Tally, ...]:
    """The slates with their seats in the contests that are declared, the largest first."""
    seats: Counter[str] = Counter()
    before: Counter[str] = Counter()
    gained: Counter[str] = Counter()
    lost: Counter[str] = Counter()
    for line in lines:
        if line.done:
            seats += _by_slate(line.elected)
            before += _by_slate(line.before)
            gained += line.gained
            lost += line.lost
    found = [Tally(one, seats[one], before[one], gained[one], lost[one]) for one in seats.keys() | before.keys()]
    return tuple(sorted(found, key=lambda one: (-one.seats, -one.before, one.slate)))


def slates(preparation: Preparation) -> dict[str, Any]:
    """Who holds what by declared slate, as JSON for the public interface."""
    now = standing(preparation)
    return {
        "preparation": preparation.slug,
        "name": preparation.name,
        "contests": len(now.lines),
        "declared": now.declared,
        "places": now.places,
        "filled": now.filled,
        "slates": [
            {
                "slate": one.slate or None,
                "seats": one.seats,
                "before": one.before,
                "gained": one.gained,
                "lost": one.lost,
                "net": one.net,
            }
            for one in now.tallies
        ],
        "units": [unit_line(line) for line in now.lines],
    }


def unit_line(line: Line) -> Mapping[str, Any]:
    """One contest of ``slates``, as JSON."""
    return {
        "unit": line.unit,
        "path": line.path,
        "contest": line.contest,
        "office": line.office,
        "status": line.status,
        "elected": [{"name": name, "slate": slate or None} for name, slate in line.elected],
        "before": [{"name": name, "slate": slate or None} for name, slate in line.before],
        "change": line.change,
    }
