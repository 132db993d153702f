"""A contest of 2016 in the stages in which the tests of the officer's pages begin, made by acts."""

from __future__ import annotations

from tests.site.world import DATES, World, at

from selectorate.office.acts import contests, people
from selectorate.office.models import Appointment, Contest

TITLE = "Leadership election 2016"


def drafted(office: World, *, members: int = 6, title: str = TITLE) -> Contest:
    """A contest in preparation, with its bodies and dates: ready to be adopted. Call it at a time before July."""
    if not hasattr(office, "bodies"):
        office.bodies = {
            "plp": office.body("MPs and MEPs", members),
            "clps": office.body("constituency parties", 2),
            "affiliates": office.body("affiliates", 2),
        }
    contest = contests.create_contest(
        office.alice, None, title=title, rulebook="labour-2014", office=office.leader.pk, occasion="vacancy"
    )
    for key, body in office.bodies.items():
        contests.name_body(office.alice, contest, key=key, body=body, on="2016-07-11")
    contests.set_timetable(office.alice, contest, dates=DATES)
    return Contest.objects.get(pk=contest.pk)


def adopted(office: World, **more: object) -> Contest:
    """The contest, adopted on 12 July."""
    with at("2016-07-12T10:00"):
        contest = drafted(office, **more)
        contests.adopt_contest(office.alice, contest)
    return Contest.objects.get(pk=contest.pk)


CONFIDENCE = """
id = "confidence"
name = "Confidence"
organisation = "Party of the Test"
office = "confidence in the leader"

[bodies.mps]
name = "MPs"

[[stage]]
kind = "motion"
id = "motion"
by = "mps"
motion = "confidence"
asked_by = { body = "mps", threshold = 2 }
carried = "majority of valid votes"
effect = "vacancy"
"""


def with_letters(office: World) -> Contest:
    """A motion of confidence that two of six MPs can ask for, adopted without dates; Lena keeps the letters."""
    with at("2016-07-12T10:00"):
        body = office.body("MPs", 6)
        contest = contests.create_contest(
            office.alice, None, title="Confidence 2016", rulebook="", rulebook_text=CONFIDENCE, occasion="regular"
        )
        contests.name_body(office.alice, contest, key="mps", body=body, on="2016-07-11")
        keeper = people.user_with("lena@example.org", "Lena Keeper")
        Appointment.objects.create(user=keeper, contest=contest, role="letter-keeper")
        contests.adopt_contest(office.alice, contest)
    return Contest.objects.get(pk=contest.pk)
