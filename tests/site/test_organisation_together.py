"""Contests in 600 units under one rulebook: made, dated, adopted, filled, opened, closed, declared together."""

from __future__ import annotations

import io
import time
from datetime import date

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from tests.site.world import World, at

from selectorate.errors import RefusedError
from selectorate.office import holdings, slates
from selectorate.office.acts import confirm, organisation, units, verify_log
from selectorate.office.acts import preparations as acts
from selectorate.office.acts import preparations_filled as filled
from selectorate.office.models import Candidate, Contest, FiguresEntry, Log, Office, Preparation, Proposal, Tenure, Unit

RULES = """
id = "local-chair"
name = "Chair of a constituency party"
organisation = "Party of the Test"
office = "Chair"

[segments.members]
name = "members"
[segments.members.entitled]
"is a member" = "capacity = 'member'"

[[stage]]
kind = "ballot"
id = "ballot"
segments = ["members"]
paper = "choose one"
count = "most votes"
elected = "most votes"
declare = ["total"]
"""
DATES = {"ballot_opens": "2016-07-01T09:00", "ballot_closes": "2016-07-15T12:00", "declared": "2016-07-16T12:00"}


def tree(office: World, number: int) -> None:
    """``number`` constituencies under twelve regions, by a table."""
    rows = [{"name": f"Region {n}", "kind": "region", "parent": "party", "code": f"R{n}"} for n in range(1, 13)]
    rows += [
        {"name": f"Seat {n:03}", "kind": "constituency", "parent": f"R{n % 12 + 1}", "code": f"C{n:03}"}
        for n in range(1, number + 1)
    ]
    for place, row in enumerate(rows, 2):
        row["row"] = str(place)
    units.import_units(office.alice, None, rows=rows)


def numbered(rows: list[dict[str, str]]) -> list[dict[str, str]]:
    return [{**row, "row": str(number)} for number, row in enumerate(rows, 2)]


def candidates(number: int) -> list[dict[str, str]]:
    return numbered(
        [
            {"unit": f"C{n:03}", "name": f"{who} {n:03}", "slate": slate}
            for n in range(1, number + 1)
            for who, slate in (("Anna North", "Unity"), ("Ben South", "Forward"), ("Cleo West", ""))
        ]
    )


def figures(number: int, first: int = 1) -> list[dict[str, str]]:
    """Unity wins in every third seat, Forward in every other."""
    rows = []
    for n in range(first, number + 1):
        unity, forward = (60, 40) if n % 3 == 0 else (40, 60)
        votes = {"Anna North": unity, "Ben South": forward, "Cleo West": 5}
        rows += [{"unit": f"C{n:03}", "candidate": f"{who} {n:03}", "votes": str(v)} for who, v in votes.items()]
        rows.append({"unit": f"C{n:03}", "candidate": "entitled", "votes": "200"})
    return numbered(rows)


def prepared(office: World, number: int) -> Preparation:
    """The contests made, dated, adopted."""
    with at("2016-06-01T10:00"):
        tree(office, number)
        made = acts.prepare_contests(
            office.alice,
            None,
            name="Chairs 2016",
            kind="constituency",
            office_name="Chair",
            rulebook="",
            rulebook_text=RULES,
        )
        acts.date_together(office.alice, None, preparation=made.slug, dates=DATES)
        acts.adopt_together(office.alice, None, preparation=made.slug)
    return made


def closed(office: World, number: int) -> Preparation:
    """As ``prepared``, with candidates, and the ballot opened and closed."""
    made = prepared(office, number)
    with at("2016-06-20T10:00"):
        filled.import_candidates(
            office.alice, None, preparation=made.slug, rows=candidates(number), evidence="folder 12"
        )
        confirm(office.bob, filled.record_sign_offs(office.alice, None, preparation=made.slug, evidence="folder 13"))
        for who in (office.alice, office.registrar):
            seen = filled.all_papers_hash(filled.papers(made, "ballot").values())
            filled.preview_together(who, None, preparation=made.slug, stage="ballot", seen=seen)
    with at("2016-07-01T09:30"):
        opened = acts.open_together(office.alice, None, preparation=made.slug, stage="ballot")
        assert (len(opened.done), opened.refused) == (number, ())
    with at("2016-07-15T12:30"):
        acts.close_together(office.alice, None, preparation=made.slug, stage="ballot")
    return made


class Clock:
    """How long the parts of a story took: printed, not judged, for the machine is shared."""

    def __init__(self) -> None:
        self.told: list[str] = []

    def __call__(self, what: str, started: float) -> float:
        now = time.perf_counter()
        self.told.append(f"{what}: {now - started:.2f} s")
        return now


def test_six_hundred_contests_are_held_together(office: World) -> None:
    clock, started = Clock(), time.perf_counter()
    with at("2016-06-01T10:00"):
        tree(office, 600)
        started = clock("600 units imported", started)
        with CaptureQueriesContext(connection, ) as made_by:
            made = acts.prepare_contests(
                office.alice, None, name="Chairs 2016", kind="constituency", office_name="Chair", rulebook="",
                rulebook_text=RULES,
            )  # fmt: skip
        started = clock("made", started)
        assert made.contests.count() == 600
        assert Office.objects.filter(name="Chair").count() == 600
        assert len(made_by) < 60
        acts.date_together(office.alice, None, preparation=made.slug, dates=DATES)
        started = clock("dated", started)
        assert len(acts.adopt_together(office.alice, None, preparation=made.slug).done) == 600
        started = clock("adopted", started)
    with at("2016-06-20T10:00"):
        filled.import_candidates(office.alice, None, preparation=made.slug, rows=candidates(600), evidence="folder 12")
        started = clock("1,800 candidates imported", started)
        confirm(office.bob, filled.record_sign_offs(office.alice, None, preparation=made.slug, evidence="folder 13"))
        started = clock("sign-offs", started)
        for who in (office.alice, office.registrar):
            seen = filled.all_papers_hash(filled.papers(made, "ballot").values())
            filled.preview_together(who, None, preparation=made.slug, stage="ballot", seen=seen)
        started = clock("papers looked at by two", started)
    with at("2016-07-01T09:30"):
        acts.open_together(office.alice, None, preparation=made.slug, stage="ballot")
        started = clock("opened", started)
    with at("2016-07-15T12:30"):
        acts.close_together(office.alice, None, preparation=made.slug, stage="ballot")
        started = clock("closed", started)
        rows = figures(600)
        filled.enter_figures_together(office.alice, None, preparation=made.slug, stage="ballot", rows=rows)
        started = clock("figures of the first official", started)
        slip = [{**row, "votes": "61"} if row["unit"] == "C005" and row["votes"] == "60" else row for row in rows]
        filled.enter_figures_together(office.bob, None, preparation=made.slug, stage="ballot", rows=slip)
        started = clock("figures of the second official", started)
    with at("2016-07-16T12:30"):
        ready = [one.contest.pk for one in filled.waiting(made) if one.agreed]
        assert len(ready) == 599
        proposal = filled.declare_together(office.alice, None, preparation=made.slug, contests=ready)
        started = clock("proposed to declare", started)
        outcome = confirm(office.bob, proposal)
        started = clock("declared", started)
        assert len(outcome.done) == 599
        assert [(one.contest.unit.code, one.officials, one.agreed) for one in filled.waiting(made)] == [
            ("C005", 2, False)
        ]
        organised = acts_take_office(office, made)
        started = clock("took office", started)
        assert len(organised.done) == 599
        cache.clear()
        client = office.client()
        started = time.perf_counter()
        with CaptureQueriesContext(connection) as queries:
            answer = client.get(reverse("preparation", args=[made.slug]))
        started = clock("the public page, first time", started)
        assert answer.status_code == 200
        assert len(queries) < 20
        client.get(reverse("preparation", args=[made.slug]))
        started = clock("the public page, again", started)
        assert len(client.get(reverse("preparation-csv", args=[made.slug])).content.splitlines()) == 601
        started = clock("the table", started)
        alice = office.client(office.alice)
        for name, address in (
            ("officer's page", reverse("manage-preparation", args=[made.slug])),
            ("units", reverse("manage-units")),
            ("public units", reverse("units")),
            ("a region", reverse("unit", args=["party/region-1"])),
        ):
            started = time.perf_counter()
            with CaptureQueriesContext(connection) as queries:
                assert alice.get(address).status_code == 200
            clock(name, started)
            assert len(queries) < 25, name
    print("\n" + "\n".join(clock.told))
    now = slates.standing(made)
    assert {one.slate: one.seats for one in now.tallies} == {"Unity": 200, "Forward": 399}
    for log in Log.objects.all():
        assert verify_log(log) == []
    assert Log.objects.filter(name__startswith="contest:").count() == 600
    assert sorted(Log.objects.get(name=f"contest:{ready[0]}").acts.values_list("kind", flat=True)) == sorted(
        [
            "create_contest", "set_dates", "adopt_contest", "import_candidates", "record_sign_offs", "confirm_preview",
            "confirm_preview", "open_stage", "close_ballot", "enter_figures", "enter_figures", "declare_result",
            "take_office",
        ]
    )  # fmt: skip


def acts_take_office(office: World, made: Preparation):
    return filled.take_office_together(office.alice, None, preparation=made.slug, on="2016-07-18")
