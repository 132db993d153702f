"""The units, offices and holders of the invented party: its front bench, a wave of resignations, its local chairs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ..acts import confirm, organisation, people, units
from ..acts import preparations as together
from ..acts import preparations_filled as filled
from ..models import Office, Preparation, Tenure
from ..moment import played_at
from . import names

if TYPE_CHECKING:
    from .history import Party

TOP = "commonwealth-party"
OFFICES = (
    "Leader",
    "Deputy leader",
    "President",
    "Vice-president",
    "Treasurer",
    "Secretary",
    "Editor",
    "Organiser",
    "Chair",
)
BENCH = (
    "Chief whip", "Treasury", "Foreign affairs", "Home affairs", "Justice", "Education", "Health", "Work", "Housing",
    "Transport", "Energy", "Environment", "Defence", "Culture", "Science", "Local government",
)  # fmt: skip
ELECTED = 6
"""Posts of the front bench that the members of parliament elect; the leader appoints the others."""
SLATES = ("Common Ground", "Open Party", "Renewal")
RULES = """\
id = "local-chair"
name = "Chair of a constituency party"
organisation = "Commonwealth Party"
office = "Chair"

[bodies.meeting]
name = "members at the annual meeting"

[[stage]]
kind = "ballot"
id = "ballot"
by = "meeting"
paper = "choose one"
count = "most votes"
elected = "most votes"
declare = ["total"]
"""


def furnish(party: Party) -> None:
    """The tree of units, the national offices, the front bench, and a chair in every constituency."""
    national = units.make_unit(party.ruth, None, name="Commonwealth Party", kind="national")
    assert national.path == TOP
    rows = [{"name": name, "kind": "region", "parent": TOP} for name in ("North", "Midlands", "South")]
    rows += [
        {"name": place, "kind": "constituency", "parent": f"{TOP}/{('north', 'midlands', 'south')[number % 3]}"}
        for number, place in enumerate(names.PLACES)
    ]
    units.import_units(party.ruth, None, rows=[{**row, "row": str(n)} for n, row in enumerate(rows, 2)])
    for number, name in enumerate(OFFICES):
        made = organisation.make_office(party.ruth, None, unit=TOP, name=name, order=number)
        party.offices[made.slug] = made.pk
    _front_bench(party)
    _wave(party)
    first = _chairs(party, "Local chairs, the first year", -420, turn=0)
    _chairs(party, "Local chairs, this year", -40, turn=1, previous=first)


def _front_bench(party: Party) -> None:
    bench = organisation.make_bench(party.ruth, None, name="Front bench", unit=TOP)
    found = names.people(77)
    for number, name in enumerate(BENCH):
        how = "elected" if number < ELECTED else "appointed"
        post = organisation.make_office(
            party.ruth, None, unit=TOP, name=name, filled=how, bench=bench.slug, order=20 + number
        )
        organisation.begin_tenure(
            party.ruth, None, office=post.pk, name=next(found), began=party.day(-800).date().isoformat(), how=how
        )


def _wave(party: Party) -> None:
    """A week in which most of the bench goes: one is removed, nine resign, three are followed within days."""
    posts = list(Office.objects.filter(bench__slug="front-bench").order_by("order"))
    going = [
        (-57, "removed", 2),
        *((-57, "resigned", n) for n in (0, 3, 6)),
        *((-56, "resigned", n) for n in (1, 7, 8, 9)),
    ]
    going += [(-55, "resigned", 11), (-53, "resigned", 4)]
    for days, how, place in going:
        with played_at(party.day(days, 18)):
            tenure = Tenure.objects.get(office=posts[place], ended=None)
            organisation.end_tenure(
                party.ruth, None, tenure=tenure.pk, ended=party.day(days).date().isoformat(), how=how
            )
    found = names.people(78)
    for days, place in ((-54, 2), (-54, 7), (-52, 8)):
        with played_at(party.day(days, 18)):
            organisation.begin_tenure(
                party.ruth,
                None,
                office=posts[place].pk,
                name=next(found),
                began=party.day(days).date().isoformat(),
                how="appointed",
            )


# -- a chair in every constituency -----------------------------------------------------------------------------------


def _chairs(party: Party, name: str, first: int, *, turn: int, previous: Preparation | None = None) -> Preparation:
    """Local chairs, elected everywhere on one evening; figures of all but three have come in, where it is this year."""
    with played_at(party.day(first, 10)):
        body = people.make_body(party.ruth, None, name=f"Members at the annual meetings ({name})")
        made = together.prepare_contests(
            party.ruth,
            None,
            name=name,
            kind="constituency",
            office_name="Chair",
            rulebook="",
            rulebook_text=RULES,
            previous=previous.slug if previous else "",
            bodies={"meeting": body.slug},
            bodies_on=party.day(first).date().isoformat(),
        )
        dates = {"ballot_opens": (10, 18), "ballot_closes": (10, 20), "declared": (10, 21)}
        together.date_together(
            party.ruth,
            None,
            preparation=made.slug,
            dates={
                key: party.day(first + days, hour).strftime("%Y-%m-%dT%H:%M") for key, (days, hour) in dates.items()
            },
        )
        together.adopt_together(party.ruth, None, preparation=made.slug)
    with played_at(party.day(first + 5, 10)):
        _standing(party, made)
    with played_at(party.day(first + 10, 18)):
        together.open_together(party.ruth, None, preparation=made.slug, stage="ballot")
    with played_at(party.day(first + 10, 20)):
        together.close_together(party.ruth, None, preparation=made.slug, stage="ballot")
    with played_at(party.day(first + 10, 21)):
        _declared(party, made, turn, missing=3 if previous else 0)
    if previous is None:
        with played_at(party.day(first + 12, 10)):
            on = party.day(first + 12).date().isoformat()
            filled.take_office_together(party.ruth, None, preparation=made.slug, on=on)
    return made


def _people() -> list[tuple[str, ...]]:
    """Three who stand in every constituency, the same each year."""
    found = names.people(79)
    return [tuple(next(found) for _slate in SLATES) for _place in names.PLACES]


def _paths() -> list[str]:
    return [f"{TOP}/{('north', 'midlands', 'south')[n % 3]}/{_slug(place)}" for n, place in enumerate(names.PLACES)]


def _slug(place: str) -> str:
    return place.lower().replace(" ", "-")


def _standing(party: Party, made: Preparation) -> None:
    rows = [
        {"unit": path, "name": who, "slate": slate}
        for path, standing in zip(_paths(), _people(), strict=True)
        for who, slate in zip(standing, SLATES, strict=True)
    ]
    filled.import_candidates(
        party.ruth, None, preparation=made.slug, rows=_numbered(rows), evidence="Head office, cabinet 4"
    )
    proposal = filled.record_sign_offs(party.ruth, None, preparation=made.slug, evidence="Head office, cabinet 4")
    confirm(party.dan, proposal)
    for who in (party.ruth, party.dan):
        seen = filled.all_papers_hash(filled.papers(made, "ballot").values())
        filled.preview_together(who, None, preparation=made.slug, stage="ballot", seen=seen)


def _declared(party: Party, made: Preparation, turn: int, missing: int) -> None:
    rows = []
    here = list(zip(_paths(), _people(), strict=True))
    for number, (path, standing) in enumerate(here[: len(here) - missing]):
        votes = _votes(number, turn)
        rows += [{"unit": path, "candidate": who, "votes": str(n)} for who, n in zip(standing, votes, strict=True)]
    for who in (party.ruth, party.dan):
        filled.enter_figures_together(who, None, preparation=made.slug, stage="ballot", rows=_numbered(rows))
    ready = [one.contest.pk for one in filled.waiting(made) if one.agreed]
    confirm(party.dan, filled.declare_together(party.ruth, None, preparation=made.slug, contests=ready))


def _votes(number: int, turn: int) -> tuple[int, int, int]:
    """Votes of the three slates: in every fourth constituency another one leads a year later."""
    leads = (number + (turn if number % 4 == 0 else 0)) % 3
    base = 40 + number % 7
    return tuple(base + (25 if place == leads else 3 * place) for place in range(3))  # type: ignore[return-value]


def _numbered(rows: Sequence[dict[str, str]]) -> list[dict[str, str]]:
    return [{**row, "row": str(number)} for number, row in enumerate(rows, 2)]
