"""Two at once: what the locks are for. Where a lock keeps something from happening, that thing is shown first."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import OperationalError, connection, connections
from django.utils import timezone
from tests.site.world import World

from selectorate.errors import RefusedError
from selectorate.office.acts import confirm, nominations, people, verify_log
from selectorate.office.demo.history import Party, _nominations_open, organisation
from selectorate.office.demo.organisation import furnish
from selectorate.office.models import BodySeat, Contest, Dispute, Log, Nomination, Proposal, StageState, User
from selectorate.office.moment import played_at

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _database(transactional_db: None) -> None:
    """A database in which what one connection commits is seen by another."""


def at_once(*does: Callable[[], Any]) -> list[Any]:
    """Do everything at the same time, each with a connection of its own; what came of each, faults too."""
    found: list[Any] = [None] * len(does)
    start = threading.Barrier(len(does))

    def run(number: int) -> None:
        start.wait()
        try:
            found[number] = does[number]()
        except Exception as fault:
            found[number] = fault
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(len(does))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


@pytest.fixture
def running() -> Contest:
    """A contest in which nominations are open, and each nominates one."""
    party = Party(timezone.now())
    with played_at(party.day(-800, 9)):
        organisation(party)
        furnish(party)
    _nominations_open(party)
    contest = Contest.objects.get(slug="election-of-the-deputy-leader")
    assert contest.stages.get(stage="nomination").status == StageState.Status.OPEN
    return contest


def undecided(contest: Contest) -> User:
    """Somebody who has not nominated yet."""
    seat = BodySeat.objects.filter(body=contest.bodies.get(key="plp").body, nominations=None).exclude(user=None).first()
    assert seat is not None and seat.user is not None
    return seat.user


def two_tabs(contest: Contest, monkeypatch: pytest.MonkeyPatch) -> tuple[list[Any], int]:
    """Nominate two people in two tabs, both of which have looked before either has written."""
    user, stage = undecided(contest), "nomination"
    both_have_looked = threading.Barrier(2, timeout=1.5)
    create = Nomination.objects.create

    def slowly(**given: Any) -> Nomination:
        with contextlib.suppress(threading.BrokenBarrierError):  # the other waits for a lock, and has not looked yet
            both_have_looked.wait()
        return create(**given)

    monkeypatch.setattr(Nomination.objects, "create", slowly)
    found = at_once(
        lambda: nominations.nominate(user, contest, stage=stage, candidate="kowalczyk"),
        lambda: nominations.nominate(user, contest, stage=stage, candidate="redfern"),
    )
    return found, Nomination.objects.filter(seat__user=user, withdrawn=None).count()


def test_without_the_lock_somebody_nominates_more_than_they_may(
    running: Contest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Contest.objects, "select_for_update", lambda **given: Contest.objects.all())
    if connection.vendor == "sqlite":
        # There the lock is that a transaction begins as a writer. Without that, SQLite sees that what was read is old.
        monkeypatch.setitem(connection.settings_dict["OPTIONS"], "transaction_mode", None)
        found, number = two_tabs(running, monkeypatch)
        assert number == 1 and any(isinstance(one, OperationalError) for one in found), found
    else:
        found, number = two_tabs(running, monkeypatch)
        assert number == 2, found


def test_nobody_nominates_more_than_they_may_in_two_tabs(running: Contest, monkeypatch: pytest.MonkeyPatch) -> None:
    found, number = two_tabs(running, monkeypatch)
    assert number == 1
    assert sorted(type(one).__name__ for one in found) == ["Nomination", "RefusedError"]


def test_an_act_of_two_is_done_once_however_often_it_is_confirmed(running: Contest) -> None:
    from selectorate.office.acts import contests

    ruth, dan = (User.objects.get(email=f"{name}@commonwealth.example") for name in ("ruth", "dan"))
    eve = people.user_with("eve@commonwealth.example", "Eve Second")
    people.appoint(ruth, None, email=eve.email, name=eve.name, role="returning-officer")
    dispute = contests.raise_dispute(ruth, running, about="other", says="Is this right?")
    proposal = contests.settle_dispute(ruth, running, dispute=dispute.pk, ruling="It is.")
    found = at_once(*[lambda user=user: confirm(user, proposal) for user in (dan, eve, dan, eve)])
    assert sum(isinstance(one, RefusedError) for one in found) == 3, found
    assert Proposal.objects.get(pk=proposal.pk).status == Proposal.Status.DONE
    log = Log.objects.get(name=f"contest:{running.pk}")
    assert log.acts.filter(kind="settle_dispute").count() == 1
    assert Dispute.objects.get(pk=dispute.pk).settled
    assert verify_log(log) == []


def test_a_proposal_is_either_confirmed_or_taken_back(running: Contest) -> None:
    from selectorate.office.acts import contests, withdraw_proposal

    ruth, dan = (User.objects.get(email=f"{name}@commonwealth.example") for name in ("ruth", "dan"))
    dispute = contests.raise_dispute(ruth, running, about="other", says="Is this right?")
    proposal = contests.settle_dispute(ruth, running, dispute=dispute.pk, ruling="It is.")
    found = at_once(lambda: confirm(dan, proposal), lambda: withdraw_proposal(ruth, proposal))
    assert sum(isinstance(one, RefusedError) for one in found) == 1, found
    done = Proposal.objects.get(pk=proposal.pk).status == Proposal.Status.DONE
    assert bool(Dispute.objects.get(pk=dispute.pk).settled) == done


def test_eight_at_once_write_one_log_without_a_gap_or_a_fork(office: World) -> None:
    threads, each = 8, 12

    def write(number: int) -> None:
        for turn in range(each):
            people.make_body(office.alice, None, name=f"Body {number} {turn}")

    before = Log.objects.get(name="organisation").height
    found = at_once(*[lambda number=number: write(number) for number in range(threads)])
    assert found == [None] * threads
    log = Log.objects.get(name="organisation")
    assert log.height == before + threads * each
    assert list(log.acts.order_by("number").values_list("number", flat=True)) == list(range(1, log.height + 1))
    assert verify_log(log) == []


def test_four_first_acts_begin_one_log(running: Contest) -> None:
    from selectorate.office.models import Act

    ruth = User.objects.get(email="ruth@commonwealth.example")
    Act.objects.filter(log__name=f"contest:{running.pk}").delete()
    Log.objects.filter(name=f"contest:{running.pk}").delete()
    found = at_once(
        *[
            lambda number=number: people.appoint(
                ruth, running, email=f"agent{number}@commonwealth.example", name=f"A {number}", role="scrutineer"
            )
            for number in range(4)
        ]
    )
    assert not any(isinstance(one, Exception) for one in found), found
    log = Log.objects.get(name=f"contest:{running.pk}")
    assert log.height == 4 and verify_log(log) == []


def test_one_account_is_made_for_an_address_that_two_enter_at_once(office: World) -> None:
    found = at_once(
        lambda: people.appoint(office.alice, None, email="Same@Example.org", name="Same", role="scrutineer"),
        lambda: people.appoint(office.bob, None, email="same@example.org", name="Same", role="trustee"),
    )
    assert not any(isinstance(one, Exception) for one in found), found
    assert User.objects.filter(email="same@example.org").count() == 1
