"""Acts of two officials: proposed, confirmed once, refused, taken back, expired, overtaken."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from django.db import connections
from tests.site.contests_world import adopted, drafted
from tests.site.test_contest_pages import text_of
from tests.site.world import World, at

from selectorate.errors import RefusedError
from selectorate.office import timetable
from selectorate.office.acts import (
    ACTS,
    confirm,
    contests,
    core,
    expire_proposals,
    people,
    refuse,
    verify_log,
    withdraw_proposal,
)
from selectorate.office.models import Act, Contest, Log, Proposal

NOW = "2016-07-13T10:00"
LATER = {"key": "declared", "at": "2016-09-25T12:00", "reason": "The hall is not free."}


def proposed(office: World, contest: Contest, **more: str) -> Proposal:
    return contests.change_date(office.alice, contest, **(LATER | more))


def test_what_is_proposed_is_done_when_a_second_official_confirms_it(office: World) -> None:
    contest = adopted(office, members=1)
    with at(NOW):
        proposal = proposed(office, contest)
        assert proposal.says == (
            "change the timetable: declaration of the result, from 24 September 2016, 11:45 BST to "
            "25 September 2016, 12:00 BST, because: The hall is not free."
        )
        assert timetable.said(timetable.at(contest, "declared")) == "24 September 2016, 11:45 BST"
        confirm(office.bob, proposal)
        assert timetable.said(timetable.at(contest, "declared")) == "25 September 2016, 12:00 BST"
        entry = Act.objects.get(kind="change_date")
        assert (entry.by, entry.second, entry.second_role) == (office.alice, office.bob, "returning-officer")
        with pytest.raises(RefusedError, match="decided already"):
            confirm(office.bob, proposal)
        assert Act.objects.filter(kind="change_date").count() == 1


def test_only_who_may_confirms_and_never_who_proposed(office: World) -> None:
    contest = adopted(office, members=1)
    with at(NOW):
        proposal = proposed(office, contest)
        with pytest.raises(RefusedError, match="you proposed it yourself"):
            confirm(office.alice, proposal)
        for other in (office.scrutineer, office.registrar, office.nobody):
            with pytest.raises(RefusedError, match="another role"):
                confirm(other, proposal)
            with pytest.raises(RefusedError, match="another role"):
                refuse(other, proposal)
            with pytest.raises(RefusedError, match="only who proposed"):
                withdraw_proposal(other, proposal)
        with pytest.raises(RefusedError, match="take it back"):
            refuse(office.alice, proposal)
        here = f"/contests/{contest.slug}/office/proposals/"
        assert "Confirm:" in office.client(office.bob).get(here).content.decode()
        mine = office.client(office.alice).get(here).content.decode()
        assert "Confirm:" not in mine and "Take back:" in mine
        theirs = office.client(office.scrutineer).get(here)
        assert "The hall is not free" not in text_of(theirs)
        assert office.client(office.scrutineer).post(f"{here}{proposal.pk}/confirm/").status_code == 403
        desk = office.client(office.bob).get("/desk/").content.decode()
        assert "Confirm:" in desk and "The hall is not free" in desk
        assert "The hall is not free" not in office.client(office.registrar).get("/desk/").content.decode()


def test_a_proposal_is_answered_through_its_page_and_its_own_contest(office: World) -> None:
    contest = adopted(office, members=1)
    other = adopted(office, title="Other")
    with at(NOW):
        proposal = proposed(office, contest)
        bob = office.client(office.bob)
        assert bob.post(f"/contests/{other.slug}/office/proposals/{proposal.pk}/confirm/").status_code == 404
        assert bob.post(f"/proposals/{proposal.pk}/confirm/").status_code == 404
        assert bob.post(f"/contests/{contest.slug}/office/proposals/{proposal.pk}/burn/").status_code == 404
        bob.post(f"/contests/{contest.slug}/office/proposals/{proposal.pk}/refuse/")
        proposal.refresh_from_db()
        assert (proposal.status, proposal.second) == ("refused", office.bob)
        again = proposed(office, contest)
        office.client(office.alice).post(f"/contests/{contest.slug}/office/proposals/{again.pk}/withdraw/")
        again.refresh_from_db()
        assert again.status == "withdrawn"
        kinds = Act.objects.filter(log__name=f"contest:{contest.pk}", number__gt=6).order_by("number")
        assert [act.kind for act in kinds] == ["propose", "refuse_proposal", "propose", "withdraw_proposal"]
        said = text_of(bob.get(f"/contests/{contest.slug}/office/proposals/"))
        assert "refused" in said and "withdrawn" in said


def test_the_same_is_not_proposed_twice(office: World) -> None:
    contest = adopted(office, members=1)
    with at(NOW):
        proposed(office, contest)
        with pytest.raises(RefusedError, match="proposed already"):
            contests.change_date(office.bob, contest, **LATER)
        assert contests.change_date(office.bob, contest, **(LATER | {"reason": "Another."})).pk


def test_a_proposal_is_too_old_after_two_weeks(office: World) -> None:
    contest = adopted(office, members=1)
    with at(NOW):
        proposal = proposed(office, contest)
    with at("2016-07-27T09:59:59"):
        assert expire_proposals() == 0
    with at("2016-07-27T10:00"):
        with pytest.raises(RefusedError, match="in time"):
            confirm(office.bob, proposal)
        assert "Nothing waits" in text_of(office.client(office.bob).get(f"/contests/{contest.slug}/office/proposals/"))
        assert expire_proposals() == 1
        assert expire_proposals() == 0
        proposal.refresh_from_db()
        assert proposal.status == "expired"
        assert proposed(office, contest).pk


def test_what_was_proposed_on_another_ground_is_not_confirmed(office: World) -> None:
    contest = adopted(office, members=1)
    with at(NOW):
        first = proposed(office, contest)
        second = proposed(office, contest, at="2016-09-26T12:00")
        confirm(office.bob, first)
        # Bob would confirm "from the 24th to the 26th", which is not what would happen.
        with pytest.raises(RefusedError, match="things have changed"):
            confirm(office.bob, second)
        third = proposed(office, contest, at="2016-09-27T12:00")
        confirm(office.bob, contests.abandon_contest(office.alice, contest, reason="Nobody wants it."))
        with pytest.raises(RefusedError, match="things have changed"):
            confirm(office.bob, third)
        assert expire_proposals() == 2


def test_who_lost_the_role_since_has_proposed_nothing(office: World) -> None:
    contest = adopted(office, members=1)
    with at(NOW):
        people.appoint(office.alice, None, email="c@example.org", name="Carl", role="returning-officer")
        carl = people.user_with("c@example.org", "Carl")
        proposal = contests.change_date(carl, contest, **LATER)
        people.end_appointment(office.alice, None, appointment=carl.appointments.get().pk)
        with pytest.raises(RefusedError, match="no longer holds the role"):
            confirm(office.bob, proposal)
        other = proposed(office, contest, reason="Mine.")
        office.bob.is_active = False
        office.bob.save()
        with pytest.raises(RefusedError, match="another role"):
            confirm(office.bob, other)


def test_what_would_be_refused_is_not_proposed_and_changes_nothing(office: World) -> None:
    contest = adopted(office, members=1)
    with at(NOW):
        entries = Act.objects.count()
        for wrong, why in (
            ({"reason": " "}, "has a reason"),
            ({"key": "no-such"}, "no such date"),
            ({"at": "2016-07-13T09:00"}, "the new date is past"),
            ({"at": "2016-09-01T12:00"}, "would be before"),
            ({"at": "2016-09-24T11:45"}, "as it is"),
            ({"key": "freeze", "at": "2016-08-01"}, "this date has passed"),
            ({"key": "ballot_opens", "at": "2016-08-22"}, "at a time, not on a day"),
            ({"at": "soon"}, "a date is"),
        ):
            with pytest.raises(RefusedError, match=why):
                proposed(office, contest, **wrong)
        assert (Act.objects.count(), Proposal.objects.count()) == (entries, 0)
        with pytest.raises(RefusedError, match="under way"):
            proposed(office, drafted(office, title="Draft"))


def test_every_act_of_two_says_what_it_is(office: World) -> None:
    """A second official reads a sentence, not the name of a function."""
    for definition in ACTS.values():
        assert not definition.two or definition.says is not None, definition.kind


def naive_open(proposal: Proposal) -> tuple[Proposal, Any, Contest | None]:
    """What ``_open`` would be without its lock: it trusts what the page had read."""
    return proposal, core.definition_of(proposal.kind), proposal.contest


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("locked", "rung"), [(False, 2), (True, 1)])
def test_two_confirm_at_once_and_it_is_done_once(
    office: World, monkeypatch: pytest.MonkeyPatch, locked: bool, rung: int
) -> None:
    """Two officials press the button in the same moment, each in a connection of their own; once with the lock off."""
    contest = adopted(office, members=1)

    def ring_the_bell(entry: Any, contest: Contest) -> None:
        """An act that nothing but the proposal keeps from being done twice."""
        contest.disputes.create(about="other", says="ding")

    monkeypatch.setattr(core, "ACTS", dict(core.ACTS))
    ring = core.act("returning-officer", two=True)(ring_the_bell)
    if not locked:
        monkeypatch.setattr(core, "_open", naive_open)
    said: list[str] = []
    start = threading.Barrier(2)

    def press(official: Any, seen: Proposal) -> None:
        try:
            start.wait(10)
            confirm(official, seen)
            said.append("done")
        except RefusedError as fault:
            said.append(fault.message)
        finally:
            connections.close_all()

    with at(NOW):
        people.appoint(office.alice, None, email="c@example.org", name="Carl", role="returning-officer")
        carl = people.user_with("c@example.org", "Carl")
        proposal = ring(office.alice, contest)
        pages = [(who, Proposal.objects.get(pk=proposal.pk)) for who in (office.bob, carl)]
        threads = [threading.Thread(target=press, args=page) for page in pages]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)
    assert contest.disputes.count() == rung
    assert sorted(said) == (["done", "this has been decided already"] if locked else ["done", "done"])
    for log in Log.objects.all():
        assert verify_log(log) == []
