"""Contests in 600 units under one rulebook: made, dated, adopted, filled, opened, closed, declared together."""

from __future__ import annotations

import os
import re
import time
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from tests.site import rolled
from tests.site.world import World, at

from selectorate.errors import RefusedError
from selectorate.office import holdings, slates
from selectorate.office.acts import candidates as acts_of_one
from selectorate.office.acts import confirm, nominations, organisation, units, verify_log
from selectorate.office.acts import preparations as acts
from selectorate.office.acts import preparations_filled as filled
from selectorate.office.acts import preparations_rolls as rolls
from selectorate.office.models import (
    Candidate,
    ClosedRoll,
    Contest,
    Declaration,
    FiguresEntry,
    Log,
    Office,
    Person,
    Preparation,
    Proposal,
    RollStep,
    Tenure,
    Unit,
)

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
MANY = int(os.environ.get("CONTESTS_TOGETHER", "48"))
"""Contests of the story that prints its times: CONTESTS_TOGETHER=600 for a country."""
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
    return numbered(rows)


def roll(office: World, number: int) -> None:
    """A roll with three members in every constituency."""
    with at("2016-05-20T10:00"):
        rows = [
            rolled.member(f"M{n:03}{place}", f"Member {n:03} {place}", unit=f"C{n:03}")
            for n in range(1, number + 1)
            for place in "ABC"
        ]
        rolled.applied(office, rolled.csv_of(rows))


def rolls_closed(office: World, made: Preparation) -> None:
    """The rolls of all contests, prepared and closed."""
    assert rolls.prepare_rolls(made) == []
    seen = rolls.prepared_hash(made)
    outcome = rolls.close_rolls_together(office.registrar, None, preparation=made.slug, seen=seen)
    assert outcome.refused == ()


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


class Clock:
    """How long the parts of a story took: printed, not judged, for the machine is shared."""

    def __init__(self) -> None:
        self.told: list[str] = []
        self.worked = time.process_time()

    def __call__(self, what: str, started: float) -> float:
        now, worked = time.perf_counter(), time.process_time()
        self.told.append(f"{what}: {now - started:.2f} s, of this process {worked - self.worked:.2f} s")
        self.worked = time.process_time()
        return time.perf_counter()


@pytest.mark.slow
def test_many_contests_are_held_together(office: World) -> None:
    clock, started = Clock(), time.perf_counter()
    with at("2016-06-01T10:00"):
        tree(office, MANY)
        started = clock(f"{MANY} units imported", started)
        roll(office, MANY)
        started = clock("their roll imported", started)
        with CaptureQueriesContext(
            connection,
        ) as made_by:
            made = acts.prepare_contests(
                office.alice, None, name="Chairs 2016", kind="constituency", office_name="Chair", rulebook="",
                rulebook_text=RULES,
            )  # fmt: skip
        started = clock("made", started)
        assert made.contests.count() == MANY
        assert Office.objects.filter(name="Chair").count() == MANY
        assert len(made_by) < 60
        acts.date_together(office.alice, None, preparation=made.slug, dates=DATES)
        started = clock("dated", started)
        assert len(acts.adopt_together(office.alice, None, preparation=made.slug).done) == MANY
        started = clock("adopted", started)
    with at("2016-06-20T10:00"):
        rolls_closed(office, made)
        started = clock("rolls prepared and closed", started)
        filled.import_candidates(office.alice, None, preparation=made.slug, rows=candidates(MANY), evidence="folder 12")
        started = clock("candidates imported", started)
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
        rows = figures(MANY)
        filled.enter_figures_together(office.alice, None, preparation=made.slug, stage="ballot", rows=rows)
        started = clock("figures of the first official", started)
        slip = [{**row, "votes": "61"} if row["unit"] == "C005" and row["votes"] == "60" else row for row in rows]
        filled.enter_figures_together(office.bob, None, preparation=made.slug, stage="ballot", rows=slip)
        started = clock("figures of the second official", started)
    with at("2016-07-16T12:30"):
        ready = [one.contest.pk for one in filled.waiting(made) if one.agreed]
        assert len(ready) == MANY - 1
        proposal = filled.declare_together(office.alice, None, preparation=made.slug, contests=ready)
        started = clock("proposed to declare", started)
        outcome = confirm(office.bob, proposal)
        started = clock("declared", started)
        assert len(outcome.done) == MANY - 1
        assert [(one.contest.unit.code, one.officials, one.agreed) for one in filled.waiting(made)] == [
            ("C005", 2, False)
        ]
        organised = filled.take_office_together(office.alice, None, preparation=made.slug, on="2016-07-18")
        started = clock("took office", started)
        assert len(organised.done) == MANY - 1
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
        assert len(client.get(reverse("preparation-csv", args=[made.slug])).content.splitlines()) == MANY + 1
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
    assert {one.slate: one.seats for one in now.tallies} == {"Unity": MANY // 3, "Forward": MANY - MANY // 3 - 1}
    for log in Log.objects.all():
        assert verify_log(log) == []
    assert Log.objects.filter(name__startswith="contest:").count() == MANY
    assert sorted(Log.objects.get(name=f"contest:{ready[0]}").acts.values_list("kind", flat=True)) == sorted(
        [
            *("create_contest", "set_dates", "adopt_contest", "close_roll", "import_candidates", "record_sign_offs"),
            *("confirm_preview", "confirm_preview", "open_stage", "close_ballot", "enter_figures", "enter_figures"),
            *("declare_result", "take_office"),
        ]
    )  # fmt: skip


@pytest.mark.slow
def test_six_hundred_contests_are_made_at_once_and_read_on_one_page(office: World) -> None:
    clock, started = Clock(), time.perf_counter()
    with at("2016-06-01T10:00"):
        tree(office, 600)
        started = clock("600 units imported", started)
        with CaptureQueriesContext(connection) as queries:
            made = acts.prepare_contests(
                office.alice, None, name="Chairs 2016", kind="constituency", office_name="Chair", rulebook="",
                rulebook_text=RULES,
            )  # fmt: skip
        started = clock("600 contests made", started)
        assert made.contests.count() == Office.objects.filter(name="Chair").count() == 600
        assert len(queries) < 60
        acts.date_together(office.alice, None, preparation=made.slug, dates=DATES)
        started = clock("dated", started)
    when = datetime(2016, 7, 16, 11, tzinfo=UTC)
    contests = list(made.contests.order_by("pk"))
    persons = Person.objects.bulk_create(Person(name=f"P{n}", slug=f"p{n}") for n in range(1800))
    Candidate.objects.bulk_create(
        Candidate(contest=one, person=persons[3 * n + k], key=f"k{k}", name=f"N {n} {k}", slate=slate, order=k)
        for n, one in enumerate(contests)
        for k, slate in enumerate(("Unity", "Forward", ""))
    )
    # As large as the declaration of a contest of three is.
    data = {"elected": ["k1"], "ballots": [{"says": "x" * 60} for _ in range(50)]}
    Declaration.objects.bulk_create(
        Declaration(contest=one, at=when, contest_text="", data=data, hash="") for one in contests
    )
    made.contests.update(status="declared", adopted=when, declared=when)
    with at("2016-07-16T12:30"):
        alice = office.client(office.alice)
        for name, address in (
            ("the public page, first time", reverse("preparation", args=[made.slug])),
            ("the public page, again", reverse("preparation", args=[made.slug])),
            ("its second page", reverse("preparation", args=[made.slug]) + "?change=new&page=2"),
            ("the table", reverse("preparation-csv", args=[made.slug])),
            ("the officer's page", reverse("manage-preparation", args=[made.slug])),
            ("the rolls", reverse("preparation-rolls", args=[made.slug])),
            ("units", reverse("manage-units")),
            ("a region", reverse("unit", args=["party/region-1"])),
            ("the desk", reverse("desk")),
            ("home", reverse("home")),
        ):
            started = time.perf_counter()
            with CaptureQueriesContext(connection) as queries:
                assert alice.get(address).status_code == 200
            clock(name, started)
            assert len(queries) < 30, name
    print("\n" + "\n".join(clock.told))
    assert {one.slate: (one.seats, one.gained) for one in slates.standing(made).tallies} == {"Forward": (600, 600)}


# -- a few contests, by pages --------------------------------------------------------------------------------------


def post(client: Client, route: str, /, *args: Any, **data: Any) -> Any:
    return client.post(reverse(route, args=args), data)


def told(answer: Any) -> str:
    """What a page says above all, once it has led on."""
    return " ".join(str(message) for message in answer.wsgi_request._messages)


def table(rows: list[dict[str, str]]) -> str:
    heads = [key for key in rows[0] if key != "row"]
    return "\n".join([",".join(heads), *(",".join(row[key] for key in heads) for row in rows)]) + "\n"


def declared(office: World, made: Preparation, rows: list[dict[str, str]], on: str) -> None:
    """Figures by two officials, and the declaration of whatever is complete, by two."""
    with at(on):
        for who in (office.alice, office.bob):
            filled.enter_figures_together(who, None, preparation=made.slug, stage="ballot", rows=rows)
        ready = [one.contest.pk for one in filled.waiting(made) if one.agreed]
        confirm(office.bob, filled.declare_together(office.alice, None, preparation=made.slug, contests=ready))


def test_contests_in_every_unit_by_pages(office: World) -> None:
    alice, bob, rita = (office.client(who) for who in (office.alice, office.bob, office.registrar))
    with at("2016-06-01T10:00"):
        tree(office, 6)
        roll(office, 6)
        given = {"name": "Chairs 2016", "kind": "constituency", "office_name": "Chair", "rulebook_text": RULES}
        assert post(rita, "prepare", **given).status_code == 403
        assert post(alice, "prepare", **given).status_code == 302
        made = Preparation.objects.get()
        assert office.client().get(reverse("preparation", args=[made.slug])).status_code == 404, "not yet public"
        assert "not fixed" in alice.get(reverse("manage-preparation", args=[made.slug])).content.decode()
        answer = post(alice, "preparation-adopt", made.slug)
        assert "not fixed" in told(answer) and not made.contests.exclude(status="draft").exists()
        wrong = {**DATES, "ballot_closes": "2016-06-30T12:00"}
        assert "would be before" in post(alice, "preparation-dates", made.slug, **wrong).content.decode()
        assert not made.contests.filter(dates__isnull=False).exists(), "all of it or nothing"
        wrong = {**DATES, "ballot_closes": "2016-07-15"}
        assert "at a time" in post(alice, "preparation-dates", made.slug, **wrong).content.decode()
        post(alice, "preparation-dates", made.slug, **DATES)
        post(alice, "preparation-adopt", made.slug)
        assert made.contests.filter(status="adopted").count() == 6
        public = office.client().get(reverse("preparation", args=[made.slug])).content.decode()
        assert "Nothing is declared yet." in public
        # The rolls: prepared, shown, closed as shown.
        assert post(office.client(office.scrutineer), "preparation-rolls", made.slug, what="prepare").status_code == 302
        assert not ClosedRoll.objects.exists(), "a scrutineer only looks"
        post(rita, "preparation-rolls", made.slug, what="prepare")
        shown = rita.get(reverse("preparation-rolls", args=[made.slug]))
        assert (shown.context["waiting"], shown.context["closed"], shown.context["entitled"]) == (6, 0, 18)
        post(alice, "preparation-rolls", made.slug, what="prepare")
        post(rita, "preparation-rolls", made.slug, what="close", seen=shown.context["seen"])
        answer = rita.get(reverse("preparation-rolls", args=[made.slug]))
        assert "prepared anew" in answer.content.decode() and answer.context["closed"] == 0
        post(rita, "preparation-rolls", made.slug, what="close", seen=answer.context["seen"])
        answer = rita.get(reverse("preparation-rolls", args=[made.slug]))
        assert (answer.context["waiting"], answer.context["closed"]) == (0, 6)
        assert {one.persons for one in ClosedRoll.objects.all()} == {3}, "each has the members of its own unit"
    with at("2016-06-20T10:00"):
        page = reverse("preparation-candidates", args=[made.slug])
        text = table(candidates(6)).replace("C003,Cleo", "C999,Cleo")
        looked = alice.post(page, {"text": text, "evidence": "folder 12", "step": "do"})
        assert [(one.row, one.column) for one in looked.context["faults"]] == [(10, "unit")]
        assert not Candidate.objects.exists()
        alice.post(page, {"text": table(candidates(6)), "evidence": "folder 12", "step": "do"})
        assert Candidate.objects.filter(status="standing").count() == 18
        twice = alice.post(page, {"text": table(candidates(6)), "evidence": "folder 12", "step": "look"})
        assert dict(twice.context["facts"]) == {"new": 0, "there already": 18, "contests": 0}
        post(alice, "preparation-sign-offs", made.slug, evidence="folder 13")
        assert len(filled.unsigned(made)) == 18, "one official is not enough"
        confirm(office.bob, Proposal.objects.get())
        papers = alice.get(reverse("preparation-papers", args=[made.slug, "ballot"]))
        seen = papers.context["seen"]
        assert "Anna North 006 (Unity)" in papers.content.decode()
        candidate = Candidate.objects.get(name="Anna North 006")
        acts_of_one.set_name(
            office.alice, candidate.contest, candidate=candidate.key, name="Anna North-Star 006", slate="Unity"
        )
        changed = post(alice, "preparation-papers", made.slug, "ballot", seen=seen)
        assert "a paper has changed" in changed.content.decode()
        for client in (alice, rita):
            seen = client.get(reverse("preparation-papers", args=[made.slug, "ballot"])).context["seen"]
            assert post(client, "preparation-papers", made.slug, "ballot", seen=seen).status_code == 302
        assert "published time" in told(post(alice, "preparation-stage", made.slug, "ballot", what="open"))
    with at("2016-07-01T09:30"):
        answer = post(alice, "preparation-stage", made.slug, "ballot", what="open")
        assert "done in 5 contests" in told(answer) and "Seat 006" in told(answer) and "signed off" in told(answer)
        confirm(office.bob, filled.record_sign_offs(office.alice, None, preparation=made.slug, evidence="folder 14"))
        post(alice, "preparation-stage", made.slug, "ballot", what="open")
        late = alice.post(page, {"text": "unit,name\nC001,Late Lou\n", "evidence": "folder 15", "step": "do"})
        assert "has opened" in str(late.context["faults"][0])
        assert "not before" in told(post(alice, "preparation-stage", made.slug, "ballot", what="close"))
        closed_too_soon = alice.post(
            reverse("preparation-figures", args=[made.slug, "ballot"]), {"text": table(figures(6)), "step": "look"}
        )
        assert closed_too_soon.context["faults"]
    with at("2016-07-15T12:30"):
        post(alice, "preparation-stage", made.slug, "ballot", what="close")
        page = reverse("preparation-figures", args=[made.slug, "ballot"])
        named = [{**row, "candidate": row["candidate"].replace("North 006", "North-Star 006")} for row in figures(6)]
        short = (
            table(named).replace("C002,Cleo West 002,5\n", "").replace("C004,Ben South 004,60", "C004,Ben South 004,6O")
        )
        looked = alice.post(page, {"text": short, "step": "do"})
        assert {one.column for one in looked.context["faults"]} == {"candidate", "votes"}
        assert not FiguresEntry.objects.exists()
        alice.post(page, {"text": table(named), "step": "do"})
        assert "taken in by 1 official" in alice.get(reverse("manage-preparation", args=[made.slug])).content.decode()
        assert "nothing to declare" in told(post(alice, "preparation-declare", made.slug))
        seen = bob.get(page).content.decode()
        assert "C001" not in seen and "60" not in re.sub(r"<head.*?</head>", "", seen, flags=re.S), "blind"
        bob.post(page, {"text": table([row for row in named if row["unit"] != "C006"]), "step": "do"})
        assert FiguresEntry.objects.filter(agreed__isnull=False).count() == 10
    with at("2016-07-16T12:30"):
        post(alice, "preparation-declare", made.slug)
        proposal = Proposal.objects.latest("pk")
        assert "5 contests of Chairs 2016" in proposal.says
        with pytest.raises(RefusedError, match="second official"):
            confirm(office.alice, proposal)
        confirm(office.bob, proposal)
        public = office.client().get(reverse("preparation", args=[made.slug]))
        assert (public.context["now"].declared, public.context["running"]) == (5, True)
        assert {one.slate: one.seats for one in public.context["now"].tallies} == {"Unity": 1, "Forward": 4}
        open_ones = office.client().get(reverse("preparation", args=[made.slug]) + "?change=open")
        assert [line.unit for line in open_ones.context["page"]] == ["Seat 006"]
        assert "declared only on" in told(post(alice, "preparation-take-office", made.slug, on="2016-07-15"))
        post(alice, "preparation-take-office", made.slug, on="2016-07-18")
        assert Tenure.objects.filter(began_how="elected", began=date(2016, 7, 18)).count() == 5
        holder = holdings.holders_on(Unit.objects.get(code="C003"), date(2016, 7, 18))
        assert [(one["person"], one["slate"]) for one in holder] == [("Anna North 003", "Unity")]
        assert holdings.holders_on(Unit.objects.get(code="C003"), date(2016, 7, 17)) == []


def test_the_change_since_last_time(office: World) -> None:
    """First against the tenures that were before, a year later against the contests before."""
    with at("2016-05-01T10:00"):
        tree(office, 6)
        for number, slate in ((1, "Unity"), (2, "Forward"), (3, "Unity"), (4, "Old"), (5, "Old")):
            post_ = organisation.make_office(
                office.alice, None, unit=Unit.objects.get(code=f"C{number:03}").path, name="Chair"
            )
            tenure = organisation.begin_tenure(
                office.alice,
                None,
                office=post_.pk,
                name=f"Before {number}",
                began="2015-01-01",
                how="elected",
                slate=slate,
            )
            if number == 4:  # a vacancy, in a seat that was held by "Old" until then
                organisation.end_tenure(office.alice, None, tenure=tenure.pk, ended="2016-04-01", how="died")
            if number == 5:
                organisation.end_tenure(office.alice, None, tenure=tenure.pk, ended="2016-04-01", how="resigned")
                organisation.begin_tenure(
                    office.alice,
                    None,
                    office=post_.pk,
                    name="Stand-in",
                    began="2016-04-01",
                    how="acting",
                    slate="Forward",
                )
    made = _rest(office, 6)
    assert dict(Contest.objects.values_list("unit__code", "occasion")) == {
        **dict.fromkeys(("C001", "C002", "C003"), "regular"),
        **dict.fromkeys(("C004", "C005", "C006"), "vacancy"),
    }
    declared(office, made, figures(6), "2016-07-16T12:30")
    now = slates.standing(made)
    changes = {line.unit: (line.change, dict(line.gained), dict(line.lost)) for line in now.lines}
    assert changes == {
        "Seat 001": ("gain", {"Forward": 1}, {"Unity": 1}),
        "Seat 002": ("hold", {}, {}),
        "Seat 003": ("hold", {}, {}),
        "Seat 004": ("gain", {"Forward": 1}, {"Old": 1}),
        "Seat 005": ("gain", {"Forward": 1}, {"Old": 1}),
        "Seat 006": ("new", {"Unity": 1}, {}),
    }
    assert [(one.slate, one.seats, one.before, one.gained, one.lost, one.net) for one in now.tallies] == [
        ("Forward", 4, 1, 3, 0, 3), ("Unity", 2, 2, 1, 1, 0), ("Old", 0, 2, 0, 2, -2),
    ]  # fmt: skip
    with at("2016-07-18T10:00"):
        filled.take_office_together(office.alice, None, preparation=made.slug, on="2016-07-18")
    # What holds now changes nothing of what was said of last time.
    assert slates.standing(made) == now
    assert [one.ended_how for one in Tenure.objects.filter(person__name__startswith="Before").order_by("pk")] == [
        "not re-elected", "not re-elected", "not re-elected", "died", "resigned",
    ]  # fmt: skip
    assert Tenure.objects.get(person__name="Stand-in").ended_how == "term ended"
    with at("2017-06-01T10:00"):
        again = acts.prepare_contests(
            office.alice, None, name="Chairs 2017", kind="constituency", office_name="Chair", rulebook="",
            rulebook_text=RULES, previous=made.slug,
        )  # fmt: skip
    assert set(again.contests.values_list("occasion", flat=True)) == {"regular"}
    assert Office.objects.filter(name="Chair").count() == 6, "the offices were there"
    _through(office, again, 6, "2017")
    swung = [
        {**row, "votes": {"60": "40", "40": "60"}.get(row["votes"], row["votes"])} if row["unit"] == "C002" else row
        for row in figures(6)
    ]
    declared(office, again, swung, "2017-07-16T12:30")
    later = slates.slates(again)
    assert [line["change"] for line in later["units"] if line["unit"] == "Seat 002"] == ["gain"]
    assert sum(line["change"] == "hold" for line in later["units"]) == 5
    assert [(one["slate"], one["net"]) for one in later["slates"]] == [("Forward", -1), ("Unity", 1)]
    with at("2017-07-18T10:00"):
        filled.take_office_together(office.bob, None, preparation=again.slug, on="2017-07-18")
        # The same people stood: they are the same persons, whose second term it is.
        anna = Tenure.objects.filter(person__name="Anna North 003").order_by("began")
        assert [(one.began.year, one.ended_how) for one in anna] == [(2016, "term ended"), (2017, "")]
        page = office.client().get(reverse("preparation", args=[again.slug])).content.decode()
    assert "Chairs 2016" in page and "changed hands" in page
    for log in Log.objects.all():
        assert verify_log(log) == []


def _rest(office: World, number: int) -> Preparation:
    with at("2016-06-01T10:00"):
        made = acts.prepare_contests(
            office.alice, None, name="Chairs 2016", kind="constituency", office_name="Chair", rulebook="",
            rulebook_text=RULES,
        )  # fmt: skip
    _through(office, made, number, "2016")
    return made


def _through(office: World, made: Preparation, number: int, year: str) -> None:
    """From the making to the closed ballot."""
    if not RollStep.objects.exists():
        roll(office, number)
    with at(f"{year}-06-02T10:00"):
        dates = {key: moment.replace("2016", year) for key, moment in DATES.items()}
        acts.date_together(office.alice, None, preparation=made.slug, dates=dates)
        acts.adopt_together(office.alice, None, preparation=made.slug)
        rolls_closed(office, made)
        filled.import_candidates(office.alice, None, preparation=made.slug, rows=candidates(number), evidence="folder")
        confirm(office.bob, filled.record_sign_offs(office.alice, None, preparation=made.slug, evidence="folder"))
        for who in (office.alice, office.registrar):
            seen = filled.all_papers_hash(filled.papers(made, "ballot").values())
            filled.preview_together(who, None, preparation=made.slug, stage="ballot", seen=seen)
    with at(f"{year}-07-01T09:30"):
        acts.open_together(office.alice, None, preparation=made.slug, stage="ballot")
    with at(f"{year}-07-15T12:30"):
        acts.close_together(office.alice, None, preparation=made.slug, stage="ballot")


def test_what_making_contests_refuses(office: World) -> None:
    with at("2016-06-01T10:00"):
        tree(office, 2)
        given = {"name": "C", "kind": "constituency", "office_name": "Chair", "rulebook": "", "rulebook_text": RULES}
        for wrong, message in (
            ({"name": " "}, "a name"),
            ({"kind": "galaxy"}, "no unit of that kind"),
            ({"office_name": ""}, "which office"),
            ({"rulebook_text": "", "rulebook": "labour-1066"}, "no such rulebook"),
            ({"rulebook_text": "id = 3"}, "organisation"),
            ({"rulebook_text": "", "rulebook": "plp-confidence"}, "fills no office"),
            ({"previous": "never"}, "no such contests before"),
            ({"under": "party/atlantis"}, "no such unit"),
        ):
            with pytest.raises(RefusedError, match=message):
                acts.prepare_contests(office.alice, None, **{**given, **wrong})
        with pytest.raises(RefusedError, match="another role"):
            acts.prepare_contests(office.registrar, None, **given)
        assert not Contest.objects.exists() and not Preparation.objects.exists()
        made = acts.prepare_contests(office.alice, None, **given, under="party/region-2")
        assert [one.unit.name for one in made.contests.all()] == ["Seat 001"]


def test_a_date_of_all_contests_is_changed_by_two(office: World) -> None:
    made = prepared(office, 3)
    with at("2016-06-10T10:00"):
        given = {"preparation": made.slug, "key": "ballot_closes", "at": "2016-07-15T18:00"}
        with pytest.raises(RefusedError, match="reason"):
            acts.change_date_together(office.alice, None, **given, reason="")
        proposal = acts.change_date_together(office.alice, None, **given, reason="the post is late")
        assert "Chairs 2016" in proposal.says
        confirm(office.bob, proposal)
    assert {one.dates.get(key="ballot_closes").at.hour for one in made.contests.all()} == {17}


def test_a_holder_who_stands_again_under_nominations_is_known(office: World) -> None:
    """Where the rulebook has nominations that decide, nobody is on the paper by a table."""
    with at("2016-06-01T10:00"):
        tree(office, 1)
        body = office.body("locals", 3)
        rules = RULES.replace(
            "[[stage]]",
            '[bodies.locals]\nname = "locals"\n\n[[stage]]\nkind = "nomination"\nid = "nomination"\nby = "locals"\n'
            "threshold = 1\n\n[[stage]]",
            1,
        )
        made = acts.prepare_contests(
            office.alice, None, name="C", kind="constituency", office_name="Chair", rulebook="", rulebook_text=rules,
            bodies={"locals": body}, bodies_on="2016-06-01",
        )  # fmt: skip
        dates = {"nomination_opens": "2016-06-05T10:00", "nomination_closes": "2016-06-10T10:00", **DATES}
        acts.date_together(office.alice, None, preparation=made.slug, dates=dates)
        acts.adopt_together(office.alice, None, preparation=made.slug)
        filled.import_candidates(office.alice, None, preparation=made.slug, rows=candidates(1), evidence="folder")
    assert set(Candidate.objects.values_list("status", flat=True)) == {"consented"}
    with at("2016-06-05T10:00"):
        acts.open_together(office.alice, None, preparation=made.slug, stage="nomination")
        contest = made.contests.get()
        seat = contest.bodies.get().body.seats.first()
        anna = contest.candidates.get(name="Anna North 001")
        nominations.nominate(seat.user, contest, stage="nomination", candidate=anna.key)
    with at("2016-06-10T10:00"):
        acts.close_together(office.alice, None, preparation=made.slug, stage="nomination")
    assert dict(contest.candidates.values_list("name", "status")) == {
        "Anna North 001": "standing", "Ben South 001": "not nominated", "Cleo West 001": "not nominated",
    }  # fmt: skip
