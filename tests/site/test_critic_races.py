"""Two officers at once, and two ballots of one person."""

from __future__ import annotations

import contextlib
import threading
from typing import Any

import pytest
from django.db.models import QuerySet
from tests.site import rolled
from tests.site.stages import make, ready
from tests.site.test_races import at_once
from tests.site.test_sealed_contest import BEFORE, DATES, DURING, NAMES, OPENS, RANKED, SEGMENTS, standing, tick
from tests.site.voted import Vote
from tests.site.world import World, at

from selectorate.box.v1.ballots import make_ballot
from selectorate.errors import RefusedError
from selectorate.office.acts import people
from selectorate.office.boxes import casting, store, voters
from selectorate.office.boxes.casting import CastRefusedError
from selectorate.office.models import Appointment

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _database(transactional_db: None) -> None:
    """A database in which what one connection commits is seen by another."""


def test_two_officers_who_end_each_others_role_leave_one(office: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each sees the other before either is gone: the office would be without a returning officer, and nobody in it."""
    of_alice, of_bob = (Appointment.objects.get(user=user) for user in (office.alice, office.bob))
    both_have_looked, exists = threading.Barrier(2, timeout=1.5), QuerySet.exists

    def slowly(found: QuerySet[Any]) -> bool:
        answer = exists(found)
        if found.model is Appointment:
            with contextlib.suppress(threading.BrokenBarrierError):  # the other waits for a lock
                both_have_looked.wait()
        return answer

    monkeypatch.setattr(QuerySet, "exists", slowly)
    came = at_once(
        lambda: people.end_appointment(office.alice, None, appointment=of_bob.pk),
        lambda: people.end_appointment(office.bob, None, appointment=of_alice.pk),
    )
    assert Appointment.objects.filter(role="returning-officer", contest=None, ended=None).count() == 1
    assert sorted(type(one).__name__ for one in came) == ["NoneType", RefusedError.__name__]


COLLEGE = RANKED.replace(
    'paper = "rank"',
    """votes = "one in each segment"
combine = "weighted-college"
weights = { members = "1/3", affiliated = "1/3", registered = "1/3" }
paper = "rank\"""",
).replace('"majority of votes"', '"majority of the college"')
"""A vote in each segment is for a college alone."""


def of_two_capacities(office: World, text: str) -> Vote:
    """An open vote in which p0 and p1 are of every segment, and a few others of one."""
    capacities = ("member", "affiliated supporter", "registered supporter")
    people_ = [(f"p{number}", one) for number in range(2) for one in capacities]
    people_ += [(f"{one[0]}{number}", one) for number in range(3) for one in capacities]
    with at(BEFORE):
        rows = [rolled.member(key, f"Person {key.upper()}", capacity=capacity) for key, capacity in people_]
        rolled.applied(office, rolled.csv_of(rows))
        contest = make(office, "", text=text, bodies={"mps": office.body("MPs", 5)}, dates=DATES, adopt=False)
        made = standing(office, contest, *NAMES)
        rolled.ready(office, contest)
        made.lay_out("ballot", SEGMENTS)
        ready(office, contest, "ballot")
    tick(OPENS)
    return made


@pytest.mark.parametrize(("text", "has"), [(RANKED, 1), (COLLEGE, 3)], ids=["one vote", "one in each segment"])
def test_one_person_of_several_segments_casts_in_all_at_once(office: World, settings: Any, text: str, has: int) -> None:
    """One vote in all, or one in each segment, as the rulebook says, however many ballots come in the same instant."""
    settings.ADDRESS = "https://vote.example.org"
    made = of_two_capacities(office, text)
    secret, who = made.secrets["roll:p0"], voters.who(made.vote, "roll:p0")
    sent = [
        (box, make_ballot(store.election_of(box), secret, [answer]))
        for box in made.boxes
        for answer in ([1, 2, 3], [3, 2, 1])
    ]
    with at(DURING):
        came = at_once(*[lambda box=box, raw=raw: casting.cast(box, raw, who=who) for box, raw in sent])
    assert sorted(box.voted for box in made.boxes) == [0] * (3 - has) + [1] * has
    assert sorted(box.ballots for box in made.boxes) == [0] * (3 - has) + [2] * has
    refused = [one for one in came if not isinstance(one, dict)]
    assert len(refused) == 2 * (3 - has)
    assert all(isinstance(one, CastRefusedError) and one.code == "credential" for one in refused)
