"""Contests for the tests of what everybody may read: the leadership election of 2016 in small, up to any step."""

from __future__ import annotations

from tests.site import rolled
from tests.site.world import DATES, ROLL, VOTES, World, at

from selectorate.office import paper
from selectorate.office.acts import candidates, confirm, contests, figures, nominations, people
from selectorate.office.models import Contest, Organisation, RollImport

STEPS = ("adopted", "nominating", "nominated", "balloting", "closed", "counted", "declared")
SMALL = {
    "members": {"corbyn": 300, "smith": 200},
    "registered": {"corbyn": 3, "smith": 1},
    "affiliated": {"corbyn": 60, "smith": 40},
}


def played(
    office: World,
    step: str,
    *,
    board: str = "public",
    against: str = "",
    title: str = "Leadership election 2016",
    votes: dict[str, dict[str, int]] | None = None,
    statement: str = "Vote for *{}*.",
) -> Contest:
    """The contest, carried to ``step`` (one of ``STEPS``)."""
    until = STEPS.index(step)
    Organisation.objects.update(about="A party.", contact="elections@example.org")
    with at("2016-07-12T10:00"):
        plp = office.body("Members of Parliament", 30)
        others = {"clps": office.body("constituency parties", 2), "affiliates": office.body("affiliates", 2)}
        holder = people.person_named("Jeremy Corbyn")
        contest = contests.create_contest(
            office.alice, None, title=title, rulebook="labour-2014", office=office.leader.pk, occasion="challenge"
        )
        contests.set_details(
            office.alice,
            contest,
            title=title,
            about="The leader is challenged.",
            occasion="challenge",
            holder=holder.slug,
            board=board,
            against=against,
        )
        for key, body in {"plp": plp, **others}.items():
            contests.name_body(office.alice, contest, key=key, body=body, on="2016-07-11")
        for key, moment in DATES.items():
            contests.set_date(office.alice, contest, key=key, at=moment)
        contests.adopt_contest(office.alice, contest)
        for name, email, person in (("Jeremy Corbyn", "jc", holder.slug), ("Owen Smith", "os", "")):
            nominations.propose_candidate(office.alice, contest, name=name, email=f"{email}@example.org", person=person)
    if until >= 1:
        with at("2016-07-18T19:00"):
            contests.open_stage(office.alice, contest, stage="nomination")
            for seat in list(contest.bodies.get(key="plp").body.seats.all())[:7]:
                nominations.nominate(seat.user, contest, stage="nomination", candidate="smith")
            nominations.consent(contest.candidates.get(key="smith").user, contest, candidate="smith")
    if until >= 2:
        with at("2016-07-20T16:00"):
            nominations.close_nominations(office.alice, contest, stage="nomination")
    if until >= 3:
        _open(office, contest, statement)
    if until >= 4:
        with at("2016-09-21T11:00"):
            figures.close_ballot(office.alice, contest, stage="ballot")
    if until >= 5:
        _count(office, contest, votes or VOTES)
    if until >= 6:
        declare(office, contest)
    contest.refresh_from_db()
    return contest


def _open(office: World, contest: Contest, statement: str) -> None:
    with at("2016-08-10T10:00"):
        if not RollImport.objects.exists():
            rolled.applied(office, rolled.invented())
        rolled.closed(office, contest)
    with at("2016-08-22T08:00"):
        for one in contest.candidates.filter(status="standing"):
            candidates.write_statement(one.user, contest, candidate=one.key, text=statement.format(one.key))
            one.refresh_from_db()
            candidates.sign_off(one.user, contest, candidate=one.key, seen=paper.entry_hash(one))
        for user in (office.alice, office.registrar):
            candidates.confirm_preview(user, contest, stage="ballot", seen=paper.paper_hash(contest, "ballot"))
        rolled.ready(office, contest)
        contests.open_stage(office.alice, contest, stage="ballot")


def _count(office: World, contest: Contest, votes: dict[str, dict[str, int]]) -> None:
    valid = sum(sum(row.values()) for row in votes.values())
    roll = (
        ROLL if votes is VOTES else {"total": {"entitled": 2 * valid, "returned": valid, "spoilt": 0, "valid": valid}}
    )
    with at("2016-09-24T10:00"):
        for user in (office.alice, office.bob):
            figures.enter_figures(user, contest, stage="ballot", votes=votes, roll=roll)


def declare(office: World, contest: Contest) -> None:
    """Declare the result, at its minute."""
    with at("2016-09-24T10:45"):
        confirm(office.bob, figures.declare_result(office.alice, contest))
