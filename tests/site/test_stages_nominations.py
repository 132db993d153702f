"""Nominations: several gates and bodies, what the board shows to whom, rulings, consent, refusal."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.site.stages import Browser, make, seats, stand
from tests.site.world import World, at

from selectorate.errors import RefusedError
from selectorate.office.acts import contests, nominations, people
from selectorate.office.boards import board_of
from selectorate.office.models import Contest

DATES = {
    "freeze": "2020-01-20",
    "affiliated_deadline": "2020-01-20",
    "registration_deadline": "2020-01-20",
    "gate-1_opens": "2020-01-07",
    "gate-1_closes": "2020-01-13T14:00",
    "gate-2_opens": "2020-01-15",
    "gate-2_closes": "2020-02-14T12:00",
    "ballot_opens": "2020-02-21",
    "ballot_closes": "2020-04-02",
    "declared": "2020-04-04",
}


def two_gates(office: World, **more: object) -> Contest:
    """The contest of 2020: MPs, and then local parties or affiliates."""
    bodies = {
        "plp": office.body("MPs and MEPs", 20),
        "clps": office.body("local parties", 40),
        "affiliates": office.body("affiliates", 2, measure=100),
    }
    for name, measure in (("Union A", 200), ("Union B", 150), ("Union C", 1)):
        people.seat(
            office.alice,
            None,
            body=bodies["affiliates"],
            name=name,
            email=f"{name.replace(' ', '').lower()}@example.org",
            began="2015-05-07",
            part="unions",
            measure=measure,
        )
    return make(office, "labour-2018", bodies=bodies, on="2020-01-01", dates=DATES, **more)


def opened(office: World, *names: str, **more: object) -> Contest:
    with at("2020-01-06T09:00"):
        contest = two_gates(office, **more)
        stand(office, contest, *names)
    with at("2020-01-07T09:00"):
        contests.open_stage(office.alice, contest, stage="gate-1")
    return contest


def through_the_first_gate(office: World, contest: Contest) -> None:
    with at("2020-01-13T13:00"):
        mps = iter(seats(contest, "plp"))
        for key, number in (("starmer", 3), ("long-bailey", 2), ("lewis", 1)):
            for _ in range(number):
                nominations.nominate(next(mps).user, contest, stage="gate-1", candidate=key)
    with at("2020-01-13T14:00"):
        nominations.close_nominations(office.alice, contest, stage="gate-1")


PEOPLE = ("Keir Starmer", "Rebecca Long-Bailey", "Clive Lewis")


def test_two_gates_of_which_the_second_has_two_ways(office: World) -> None:
    contest = opened(office, *PEOPLE)
    through_the_first_gate(office, contest)
    status = dict(contest.candidates.values_list("key", "status"))
    assert status == {"starmer": "consented", "long-bailey": "consented", "lewis": "not nominated"}
    with at("2020-01-15T09:00"):
        contests.open_stage(office.alice, contest, stage="gate-2")
        clps, affiliates = seats(contest, "clps"), seats(contest, "affiliates")
        with pytest.raises(RefusedError, match="do not stand"):
            nominations.nominate(clps[0].user, contest, stage="gate-2", candidate="lewis")
        Browser(office, clps[0].user, contest).post(
            "nominate/", stage="gate-2", body="clps", candidates=["starmer", "long-bailey"]
        )
        nominations.nominate(clps[1].user, contest, stage="gate-2", candidate="starmer")
        by_name = {seat.name: seat for seat in affiliates}
        for name in ("Union A", "Union B", "affiliates 1"):
            nominations.nominate(by_name[name].user, contest, stage="gate-2", candidate="long-bailey")
        board = board_of(contest, "gate-2")
        lines = {line.key: line for line in board.lines}
        clp, union = lines["long-bailey"].ways
        assert (clp.count, clp.needed, clp.size) == (1, 2, 40)
        assert (union.count, union.needed) == (3, 3)
        assert union.further == (("trade unions", 2, 2), ("affiliated members", 450, 28))
        assert lines["long-bailey"].through and lines["starmer"].through
        assert union.names == ("affiliates 1", "Union A", "Union B")
        assert board.plain()["lines"][0]["ways"][0]["count"] == 2
    with at("2020-02-14T12:00"):
        assert nominations.close_nominations(office.alice, contest, stage="gate-2") == ["starmer", "long-bailey"]


def test_without_two_unions_three_affiliates_are_not_enough(office: World) -> None:
    contest = opened(office, *PEOPLE)
    through_the_first_gate(office, contest)
    with at("2020-01-15T09:00"):
        contests.open_stage(office.alice, contest, stage="gate-2")
        by_name = {seat.name: seat for seat in seats(contest, "affiliates")}
        for name in ("Union A", "affiliates 1", "affiliates 2"):
            nominations.nominate(by_name[name].user, contest, stage="gate-2", candidate="starmer")
        line = next(line for line in board_of(contest, "gate-2").lines if line.key == "starmer")
        assert not line.through
    with at("2020-02-14T12:00"):
        assert nominations.close_nominations(office.alice, contest, stage="gate-2") == []
        rulings = contest.stages.get(stage="gate-2").result["rulings"]
        assert [r["reason"] for r in rulings if r["body"] == "affiliates"] == ["1 trade unions, where 2 are needed"]


def test_a_hidden_board_shows_nothing_until_nominations_close(office: World) -> None:
    contest = opened(office, *PEOPLE, board="hidden")
    anybody, alice = Browser(office, None, contest), Browser(office, office.alice, contest)
    with at("2020-01-10T09:00"):
        before = anybody.get("nominations/")
        mps = seats(contest, "plp")
        for seat in mps[:4]:
            nominations.nominate(seat.user, contest, stage="gate-1", candidate="starmer")
        assert anybody.get("nominations/") == before
        assert "shown when nominations close" in before and board_of(contest, "gate-1").lines == ()
        own = Browser(office, mps[5].user, contest).get("nominations/")
        assert "MPs and MEPs 1" not in own
        assert "MPs and MEPs 1" in alice.get("office/nominations/gate-1/")
    with at("2020-01-13T14:00"):
        alice.post("office/nominations/gate-1/", do="close")
        assert "MPs and MEPs 1" in anybody.get("nominations/")


def test_where_nominators_are_not_named_only_their_number_is_shown(office: World) -> None:
    contest = opened(office, *PEOPLE, nominators="numbers")
    with at("2020-01-10T09:00"):
        nominations.nominate(seats(contest, "plp")[0].user, contest, stage="gate-1", candidate="starmer")
        page = Browser(office, None, contest).get("nominations/")
        assert "MPs and MEPs 1" not in page and "Keir Starmer" in page
        assert board_of(contest, "gate-1").lines[0].ways[0].names is None
        assert "MPs and MEPs 1" in Browser(office, office.alice, contest).get("office/nominations/gate-1/")


def test_rulings_on_validity_have_reasons_and_end_with_the_close(office: World) -> None:
    contest = opened(office, *PEOPLE)
    alice = Browser(office, office.alice, contest)
    with at("2020-01-10T09:00"):
        for seat in seats(contest, "plp")[:2]:
            nominations.nominate(seat.user, contest, stage="gate-1", candidate="starmer")
        one = contest.nominations.first()
        alice.post("office/nominations/gate-1/", do="invalid", nomination=one.pk, reason="not a member of the PLP")
        line = board_of(contest, "gate-1").lines[0]
        assert (line.ways[0].count, line.through) == (1, False)
        assert "not a member of the PLP" in alice.get("office/nominations/gate-1/")
        scrutineer = Browser(office, office.scrutineer, contest)
        refused = scrutineer.post("office/nominations/gate-1/", do="valid", nomination=one.pk)
        assert "another role" in refused and "not a member of the PLP" in refused
    with at("2020-01-13T14:00"):
        alice.post("office/nominations/gate-1/", do="close")
        late = alice.post("office/nominations/gate-1/", do="valid", nomination=one.pk)
        assert "closed, and ruled on" in late
        assert contest.candidates.get(key="starmer").status == "not nominated"


def test_consent_is_the_candidates_or_on_paper_with_where_it_is(office: World) -> None:
    with at("2020-01-06T09:00"):
        contest = two_gates(office)
        alice = Browser(office, office.alice, contest)
        alice.post("office/candidates/", do="propose", name="Emily Thornberry", email="et@example.org")
        alice.post("office/candidates/", do="propose", name="Jess Phillips")
        assert "somebody of that name" in alice.post("office/candidates/", do="propose", name="jess  phillips")
        page = alice.post("office/candidates/", do="consent", candidate="phillips", says="")
        assert "say what the consent is" in page
        alice.post("office/candidates/", do="consent", candidate="phillips", says="a letter in the safe")
        assert contest.candidates.get(key="phillips").status == "consented"
        thornberry = contest.candidates.get(key="thornberry")
        Browser(office, thornberry.user, contest).post("candidate/thornberry/", do="decline")
        assert contest.candidates.get(key="thornberry").status == "withdrawn"
        assert "a ruling has a reason" in alice.post("office/candidates/", do="refuse", candidate="phillips", says=" ")
        alice.post("office/candidates/", do="refuse", candidate="phillips", says="not a member for a year")
        assert contest.candidates.get(key="phillips").reason == "not a member for a year"


def test_a_board_of_three_hundred_nominations_takes_few_queries(office: World) -> None:
    with at("2020-01-06T09:00"):
        body = office.body("MPs", 300)
        contest = two_gates(office)
        contest.bodies.filter(key="plp").update(body=people.Body.objects.get(slug=body))
        keys = stand(office, contest, *(f"Candidate Number{number}" for number in range(12)))
    with at("2020-01-07T09:00"):
        contests.open_stage(office.alice, contest, stage="gate-1")
        from selectorate.office.models import Nomination

        who = {one.key: one for one in contest.candidates.all()}
        Nomination.objects.bulk_create(
            Nomination(contest=contest, stage="gate-1", body="plp", seat=seat, candidate=who[keys[number % 12]])
            for number, seat in enumerate(seats(contest, "plp"))
        )
        contest.refresh_from_db()
        with CaptureQueriesContext(
            connection,
        ) as queries:
            board = board_of(contest, "gate-1")
        assert sum(way.count for line in board.lines for way in line.ways) == 300
        assert len(queries) <= 10
        alice = Browser(office, office.alice, contest)
        alice.get("office/nominations/gate-1/")
        with CaptureQueriesContext(connection) as queries:
            page = alice.get("office/nominations/gate-1/?page=3")
        assert len(queries) <= 40 and "3 / 6" in page
