"""The leadership contest of 2016, played by acts alone, from the adoption to the declaration."""

from __future__ import annotations

import pytest
from tests.site import rolled
from tests.site.world import DATES, ROLL, VOTES, World, at

from selectorate.errors import RefusedError
from selectorate.office import preflight
from selectorate.office.acts import candidates, confirm, contests, figures, nominations, people, verify_log
from selectorate.office.models import Contest, Log


def test_the_contest_of_2016(office: World) -> None:
    with at("2016-07-01T10:00"):
        rolled.applied(office, rolled.invented())
    with at("2016-07-12T10:00"):
        plp = office.body("MPs and MEPs", 30)
        clps = office.body("constituency parties", 2)
        affiliates = office.body("affiliates", 2)
        people.person_named("Jeremy Corbyn")
        contest = contests.create_contest(
            office.alice,
            None,
            title="Leadership election 2016",
            rulebook="labour-2014",
            office=office.leader.pk,
            occasion="challenge",
        )
        contests.set_details(
            office.alice, contest, title="Leadership election 2016", occasion="challenge", holder="jeremy-corbyn"
        )
        contest.refresh_from_db()
        assert [item.name for item in preflight.blocking(contest, "adoption")] == [
            "bodies are named",
            "the timetable is complete",
        ]
        for key, body in (("plp", plp), ("clps", clps), ("affiliates", affiliates)):
            contests.name_body(office.alice, contest, key=key, body=body, on="2016-07-11")
        for key, moment in DATES.items():
            contests.set_date(office.alice, contest, key=key, at=moment)
        contests.adopt_contest(office.alice, contest)
        nominations.propose_candidate(
            office.alice, contest, name="Jeremy Corbyn", person="jeremy-corbyn", email="jc@example.org"
        )
        nominations.propose_candidate(office.alice, contest, name="Owen Smith", email="os@example.org")
        contest.refresh_from_db()
        with pytest.raises(RefusedError, match="published time"):
            contests.open_stage(office.alice, contest, stage="nomination")
    with at("2016-07-18T19:00"):
        contests.open_stage(office.alice, contest, stage="nomination")
        seats = list(contest.bodies.get(key="plp").body.seats.all())
        for seat in seats[:6]:
            nominations.nominate(seat.user, contest, stage="nomination", candidate="smith")
        with pytest.raises(RefusedError, match="nominated them already"):
            nominations.nominate(seats[0].user, contest, stage="nomination", candidate="smith")
        with pytest.raises(RefusedError, match="each nominates 1"):
            nominations.nominate(seats[0].user, contest, stage="nomination", candidate="corbyn")
        smith = contest.candidates.get(key="smith")
        nominations.consent(smith.user, contest, candidate="smith")
    with at("2016-07-20T16:00"):
        standing = nominations.close_nominations(office.alice, contest, stage="nomination")
        assert sorted(standing) == ["corbyn", "smith"]
        result = contest.stages.get(stage="nomination").result["rulings"]
        assert {r["candidate"]: r["reason"] for r in result} == {
            "smith": "6, where 6 were needed",
            "corbyn": "on the paper without nominations: the rulebook gives the incumbent a place",
        }
    with at("2016-08-22T08:00"):
        blocked = {item.name for item in preflight.blocking(contest, "ballot")}
        assert {"each candidate has signed off their own entry", "the roll is closed"} <= blocked
        rolled.closed(office, contest)
        from selectorate.office import paper

        for key in ("corbyn", "smith"):
            candidate = contest.candidates.get(key=key)
            candidates.write_statement(candidate.user, contest, candidate=key, text=f"Vote for *{key}*.")
            candidates.sign_off(
                candidate.user, contest, candidate=key, seen=paper.entry_hash(contest.candidates.get(key=key))
            )
        seen = paper.paper_hash(contest, "ballot")
        for user in (office.alice, office.registrar):
            candidates.confirm_preview(user, contest, stage="ballot", seen=seen)
        assert preflight.blocking(contest, "ballot") == []
        contests.open_stage(office.alice, contest, stage="ballot")
    with at("2016-09-21T11:00"):
        figures.close_ballot(office.alice, contest, stage="ballot")
    with at("2016-09-24T10:00"):
        figures.enter_figures(office.alice, contest, stage="ballot", votes=VOTES, roll=ROLL)
        wrong = {**VOTES, "members": {"corbyn": 168216, "smith": 116961}}
        assert figures.enter_figures(office.bob, contest, stage="ballot", votes=wrong, roll=ROLL).agreed is None
        assert figures.enter_figures(office.bob, contest, stage="ballot", votes=VOTES, roll=ROLL).agreed
        proposal = figures.declare_result(office.alice, contest)
        with pytest.raises(RefusedError, match="second official"):
            confirm(office.alice, proposal)
        declaration = confirm(office.bob, proposal)
        assert declaration.data["elected"] == ["corbyn"]
        contest.refresh_from_db()
        assert contest.status == Contest.Status.DECLARED
    for log in Log.objects.all():
        assert verify_log(log) == []
