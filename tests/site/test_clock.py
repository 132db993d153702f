"""The clock: it opens and closes what the timetable says, once, at the published time, and nothing counts after it."""

from __future__ import annotations

import io
import threading
import time
from datetime import UTC, datetime

import pytest
from django.core.management import call_command
from django.db import connections
from tests.site.contests_world import adopted, drafted, with_letters
from tests.site.world import World, at

from selectorate.errors import RefusedError
from selectorate.office import clock, preflight
from selectorate.office.acts import confirm, contests, figures, motions, nominations, verify_log
from selectorate.office.models import Act, Contest, Log, StageState

CLOSES = datetime(2016, 7, 20, 16, tzinfo=UTC)


def states(contest: Contest) -> dict[str, str]:
    return dict(contest.stages.values_list("stage", "status"))


def test_it_opens_and_closes_at_the_published_time_and_only_once(office: World) -> None:
    contest = adopted(office, members=1)
    with at("2016-07-18T17:59:59.999"):
        assert clock.tick() == clock.Tick()
    with at("2016-07-18T18:00"):
        done = clock.tick()
        assert [(one.slug, one.stage, one.end) for one in done.opened] == [(contest.slug, "nomination", "opens")]
        assert clock.tick() == clock.Tick()
    with at("2016-07-20T15:59:59"):
        assert clock.tick() == clock.Tick()
    with at("2016-07-20T16:00"):
        done = clock.tick()
        # What closes lets the supporting nominations open at the same instant.
        assert [one.stage for one in done.closed] == ["nomination"]
        assert {one.stage for one in done.opened} == {"supporting-clps", "supporting-affiliates"}
        assert clock.tick() == clock.Tick()
    assert contest.stages.get(stage="nomination").closed == CLOSES
    entries = Act.objects.filter(log__name=f"contest:{contest.pk}", role="clock")
    assert [entry.kind for entry in entries.order_by("number")] == [
        "open_stage",
        "close_nominations",
        "open_stage",
        "open_stage",
    ]
    assert all(entry.by is None for entry in entries)
    assert verify_log(Log.objects.get(name=f"contest:{contest.pk}")) == []


def test_a_late_tick_counts_nothing_that_came_after_the_published_close(office: World) -> None:
    contest = adopted(office)
    seats = list(contest.bodies.get(key="plp").body.seats.all())
    with at("2016-07-18T18:00"):
        clock.tick()
        nominations.propose_candidate(office.alice, contest, name="Owen Smith", email="os@example.org")
        nominations.nominate(seats[0].user, contest, stage="nomination", candidate="smith")
        smith = contest.candidates.get()
    with at("2016-07-20T16:00"):  # the clock is late
        with pytest.raises(RefusedError, match="not open"):
            nominations.nominate(seats[1].user, contest, stage="nomination", candidate="smith")
        with pytest.raises(RefusedError, match="not open"):
            nominations.withdraw_nomination(seats[0].user, contest, nomination=contest.nominations.get().pk)
        with pytest.raises(RefusedError, match="have closed"):
            nominations.consent(smith.user, contest, candidate="smith")
        with pytest.raises(RefusedError, match="have closed"):
            nominations.record_consent(office.alice, contest, candidate="smith", evidence="A letter, in the safe.")
        with pytest.raises(RefusedError, match="once the ballot is closed"):
            figures.enter_figures(office.alice, contest, stage="ballot", votes={}, roll={})
    with at("2016-07-20T16:07:30"):
        clock.tick()
        state = contest.stages.get(stage="nomination")
        assert state.closed == CLOSES
        assert [ruling["count"] for ruling in state.result["rulings"]] == [1]
        smith.refresh_from_db()
        assert smith.status == "not nominated"
        entry = Act.objects.get(kind="close_nominations")
        assert entry.details["closed"] == CLOSES.isoformat() and entry.at > CLOSES


def test_what_blocks_keeps_a_stage_from_opening_until_it_is_there(office: World) -> None:
    contest = adopted(office)
    with at("2016-08-22T09:00"):
        done = clock.tick()
        assert "ballot" not in {one.stage for one in done.opened}
        assert ("ballot", "opens") in {(one.stage, one.end) for one, _why in done.refused}
        assert states(contest)["ballot"] == "waiting"
        not_yet = {one: datetime.now(UTC).replace(microsecond=0) + clock.AGAIN_AFTER for one, _why in done.refused}
        assert clock.tick(not_yet=not_yet).refused == []  # left alone for a while


def test_one_that_fails_stops_no_other(office: World, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = adopted(office, members=1), adopted(office, title="Second")
    opened = contests.open_stage

    def broken(by: object, contest: Contest, **given: str) -> object:
        if contest.pk == first.pk:
            raise ValueError("somebody@example.org")
        return opened(by, contest, **given)

    monkeypatch.setattr(contests, "open_stage", broken)
    with at("2016-07-18T18:00"):
        done = clock.tick()
    assert [one.slug for one in done.opened] == [second.slug]
    assert [one.slug for one, _why in done.refused] == [first.slug]


def test_a_stage_whose_close_has_come_is_not_opened_but_its_dates_can_be_changed(office: World) -> None:
    contest = adopted(office, members=1)
    with at("2016-07-20T16:30"):
        done = clock.tick()
        assert states(contest)["nomination"] == "waiting" and done.opened == []
        with pytest.raises(RefusedError, match="before it opened"):
            contests.open_stage(office.alice, contest, stage="nomination")
        for key, when in (("nomination_closes", "2016-07-25T17:00"), ("nomination_opens", "2016-07-22T17:00")):
            confirm(
                office.bob, contests.change_date(office.alice, contest, key=key, at=when, reason="The site was down.")
            )
    with at("2016-07-22T16:00"):
        assert "nomination" in {one.stage for one in clock.tick().opened}


def test_what_is_open_is_extended_before_its_close_and_never_after(office: World) -> None:
    contest = adopted(office, members=1)
    with at("2016-07-18T18:00"):
        clock.tick()
        change = {"key": "nomination_closes", "reason": "The lines were down."}
        with pytest.raises(RefusedError, match="not closed earlier"):
            contests.change_date(office.alice, contest, at="2016-07-19T17:00", **change)
        proposal = contests.change_date(office.alice, contest, at="2016-07-21T17:00", **change)
    # Confirmed too late: it has closed by then, whatever the clock did.
    with at("2016-07-20T16:00"), pytest.raises(RefusedError, match="this date has passed"):
        confirm(office.bob, proposal)
    with at("2016-07-20T15:59:59"):
        confirm(office.bob, proposal)
    with at("2016-07-20T16:00"):
        clock.tick()
        assert states(contest)["nomination"] == "open"
    with at("2016-07-21T16:00"):
        clock.tick()
        assert states(contest)["nomination"] == "closed"
        with pytest.raises(RefusedError, match="this has happened"):
            contests.change_date(office.alice, contest, at="2016-07-25T17:00", **change)


def test_a_motion_waits_until_it_is_asked_for_and_dated(office: World) -> None:
    contest = with_letters(office)
    seats = list(contest.bodies.get(key="mps").body.seats.all())
    with at("2016-07-13T10:00"):
        assert clock.tick() == clock.Tick()
        blocked = {item.name for item in preflight.blocking(contest, "motion")}
        assert blocked == {"the vote is asked for", "the dates of the vote are fixed"}
        dates = {
            "motion_opens": "2016-07-14T10:00",
            "motion_closes": "2016-07-14T17:00",
            "declared": "2016-07-15T12:00",
        }
        for key, when in dates.items():
            confirm(office.bob, contests.change_date(office.alice, contest, key=key, at=when, reason="A date."))
    with at("2016-07-14T10:00"):
        assert clock.tick().opened == []
        for seat in seats[:2]:
            motions.hand_in_letter(seat.user, contest, stage="motion")
        assert [one.stage for one in clock.tick().opened] == ["motion"]
    with at("2016-07-14T16:00"):
        assert [one.stage for one in clock.tick().closed] == ["motion"]


def test_nobody_votes_on_one_who_is_elected_unopposed(office: World) -> None:
    contest = adopted(office)
    seats = list(contest.bodies.get(key="plp").body.seats.all())
    with at("2016-07-18T18:00"):
        clock.tick()
        nominations.propose_candidate(office.alice, contest, name="Owen Smith", email="os@example.org")
        nominations.nominate(seats[0].user, contest, stage="nomination", candidate="smith")
        nominations.consent(contest.candidates.get().user, contest, candidate="smith")
    with at("2016-08-22T09:00"):
        clock.tick()
        assert contest.candidates.get().status == "standing"
        says = {item.name: item.says for item in preflight.blocking(contest, "ballot")}
        assert "elected unopposed" in says["there are candidates"]
        assert states(contest)["ballot"] == "waiting"


def test_the_command_does_what_is_due_once(office: World) -> None:
    contest = adopted(office, members=1)
    out = io.StringIO()
    with at("2016-07-18T18:00"):
        call_command("clock", "--once", stdout=out)
    assert out.getvalue() == f"{contest.slug}: nomination opens\n"


@pytest.mark.django_db(transaction=True)
def test_it_runs_until_it_is_stopped_and_two_clocks_do_it_once(office: World) -> None:
    contest = adopted(office, members=1)
    stop = threading.Event()

    def run() -> None:
        try:
            clock.run_forever(stop, every=0.02)
        finally:
            connections.close_all()

    with at("2016-07-18T18:00"):
        threads = [threading.Thread(target=run) for _number in range(2)]
        for thread in threads:
            thread.start()
        until = time.monotonic() + 20
        while states(contest)["nomination"] != "open" and time.monotonic() < until:
            stop.wait(0.02)
        stop.wait(0.1)
        stop.set()
        for thread in threads:
            thread.join(20)
    assert not any(thread.is_alive() for thread in threads)
    assert Act.objects.filter(kind="open_stage").count() == 1
    assert verify_log(Log.objects.get(name=f"contest:{contest.pk}")) == []


def test_many_that_close_together_have_one_instant(office: World) -> None:
    made = [adopted(office, members=1, title=f"Branch {number}") for number in range(12)]
    with at("2016-07-18T18:00"):
        assert len(clock.tick().opened) == 12
    with at("2016-07-20T16:00:03"):
        assert len(clock.tick().closed) == 12
    closed = StageState.objects.filter(contest__in=made, stage="nomination").values_list("closed", flat=True)
    assert set(closed) == {CLOSES}
    assert drafted and Contest.objects.filter(status="adopted").count() == 12
