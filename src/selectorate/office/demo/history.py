"""The invented party: its organisation, its people, and a contest in each state, but for those held online."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.utils import timezone

from .. import paper, timetable
from ..acts import candidates, confirm, contests, enquiries, figures, nominations, online, people
from ..models import Body, ClosedRoll, Contest, Organisation, Person, Role, User
from ..moment import played_at
from . import names, voters

SEED = 2016
MPS, BRANCHES, AFFILIATES = 60, 24, 6
TRADES = ("Bakers", "Teachers", "Nurses", "Authors", "Printers", "Cooks")


@dataclass
class Party:
    """What the seeding knows while it works: officials by their first name, the bodies, the day it is."""

    today: datetime
    officers: dict[str, User] = field(default_factory=dict)
    bodies: dict[str, str] = field(default_factory=dict)
    offices: dict[str, int] = field(default_factory=dict)
    people: dict[str, str] = field(default_factory=dict)

    @property
    def ruth(self) -> User:
        """The returning officer."""
        return self.officers["returning-officer"]

    @property
    def dan(self) -> User:
        """Her deputy, the second of acts of two."""
        return self.officers["deputy"]

    def day(self, days: int, hour: int = 12) -> datetime:
        """A moment so many days from today, at an hour of the organisation's clock."""
        local = timezone.localtime(self.today, timetable.zone()) + timedelta(days=days)
        return local.replace(hour=hour, minute=0, second=0, microsecond=0)


def organisation(party: Party) -> None:
    """The organisation itself: its officials and its bodies, everybody with an account."""
    ruth = people.set_up_organisation(
        "Commonwealth Party", "Ruth Langstaff", "ruth@commonwealth.example", contact="elections@commonwealth.example"
    )
    Organisation.objects.update(about="A party of 5,000 that chooses its leader by one member, one vote.")
    party.officers["returning-officer"] = ruth
    for key, name, role in (
        ("deputy", "Dan Okafor", Role.RETURNING_OFFICER),
        ("registrar", "Rita Penhaligon", Role.REGISTRAR),
        ("scrutineer", "Sid Wainwright", Role.SCRUTINEER),
    ):
        email = f"{name.split()[0].lower()}@commonwealth.example"
        people.appoint(ruth, None, email=email, name=name, role=role.value)
        party.officers[key] = User.objects.get(email=email)
    found = names.people(SEED)
    for key, name, size, parts in (
        ("plp", "Members of Parliament", MPS, ("mps",)),
        ("clps", "Branches", BRANCHES, ("",)),
        ("affiliates", "Affiliated organisations", AFFILIATES, ("unions", "societies")),
    ):
        body = people.make_body(ruth, None, name=name)
        party.bodies[key] = body.slug
        for number in range(size):
            who = next(found) if key == "plp" else f"{name[:-2]} of {names.PLACES[number % len(names.PLACES)]}"
            if key == "affiliates":
                who = ("Union of ", "Society of ")[number % 2] + TRADES[number]
            people.seat(
                ruth,
                None,
                body=body.slug,
                name=who,
                email=f"{key}{number + 1}@commonwealth.example",
                began=party.day(-800).date().isoformat(),
                part=parts[number % len(parts)],
                place=who.rpartition(" of ")[2],
            )


# -- contests ----------------------------------------------------------------------------------------------------


def leadership(
    party: Party,
    title: str,
    *,
    declared: int,
    occasion: str,
    standing: tuple[str, ...],
    holder: str = "",
    against: str = "",
    office: str = "leader",
    sealed: bool = False,
) -> Contest:
    """A contest under labour-2014, adopted, its candidates proposed; dates count in days from ``declared``.

    ``sealed``: its ballot is held online.
    """
    with played_at(party.day(declared - 75, 9)):
        contest = contests.create_contest(
            party.ruth,
            None,
            title=title,
            rulebook="labour-2014",
            office=party.offices[office],
            occasion=occasion,
            about="One vote each, counted together and reported by segment.",
        )
        contests.set_details(
            party.ruth, contest, title=title, about=contest.about, occasion=occasion, holder=holder, against=against
        )
        name_bodies(party, contest, declared - 76)
        for key, days, hour in (
            ("freeze", declared - 255, 0),
            ("registration_deadline", declared - 65, 17),
            ("affiliated_deadline", declared - 46, 12),
            ("nomination_opens", declared - 68, 10),
            ("nomination_closes", declared - 65, 17),
            ("supporting-clps_opens", declared - 65, 18),
            ("supporting-clps_closes", declared - 40, 12),
            ("supporting-affiliates_opens", declared - 65, 18),
            ("supporting-affiliates_closes", declared - 40, 12),
            ("ballot_opens", declared - 33, 9),
            ("ballot_closes", declared - 3, 12),
            ("declared", declared, 11),
        ):
            moment = party.day(days, hour)
            at = (
                moment.date().isoformat()
                if key == "freeze"
                else moment.replace(tzinfo=None).isoformat(timespec="minutes")
            )
            contests.set_date(party.ruth, contest, key=key, at=at)
        if sealed:
            online.hold_online(party.ruth, contest, stage="ballot", revote=True, paper="none")
            online.set_up_vote(party.ruth, contest, threshold=2, size=3, least=10)
        contests.adopt_contest(party.ruth, contest)
        for name in standing:
            nominations.propose_candidate(
                party.ruth, contest, name=name, email=address(name), person=party.people.get(name, "")
            )
            party.people[name] = Person.objects.filter(name=name).latest("pk").slug
    contest.refresh_from_db()
    return contest


def address(name: str) -> str:
    """The mail address of an invented person."""
    return name.lower().replace(" ", ".").replace("'", "") + "@commonwealth.example"


def name_bodies(party: Party, contest: Contest, days: int) -> None:
    """Say of each body of the rulebook which of the party's it is."""
    for key in contest.rulebook.bodies:
        body = party.bodies.get(key, party.bodies["plp"])
        contests.name_body(party.ruth, contest, key=key, body=body, on=party.day(days).date().isoformat())


def nominate(party: Party, contest: Contest, counts: dict[str, int], days: int, *, stage: str = "nomination") -> None:
    """Open nominations and let so many nominate each candidate; everybody consents."""
    opened = {"nomination": 10, "supporting-clps": 18, "supporting-affiliates": 18}[stage]
    with played_at(party.day(days, opened)):
        contests.open_stage(party.ruth, contest, stage=stage)
    body = {"nomination": "plp", "supporting-clps": "clps", "supporting-affiliates": "affiliates"}[stage]
    seats = iter(Body.objects.get(slug=party.bodies[body]).seats.order_by("pk").select_related("user"))
    hour = party.day(days, opened)
    for key, number in counts.items():
        for _ in range(number):
            hour += timedelta(minutes=31)
            with played_at(hour):
                nominations.nominate(next(seats).user, contest, stage=stage, candidate=key)
    if stage == "nomination":
        with played_at(hour):
            for one in contest.candidates.filter(status="proposed"):
                nominations.consent(one.user, contest, candidate=one.key)


def close_nominations(party: Party, contest: Contest, days: int) -> None:
    """Close nominations at their time; supporting nominations open then."""
    with played_at(party.day(days, 17)):
        nominations.close_nominations(party.ruth, contest, stage="nomination")


STATEMENTS = (
    "I will *listen* first.\n\n- A fair hearing for every branch\n- Accounts that a member can read\n- No surprises",
    "This party has to be **ready to govern**. I have run things; I will run this.",
    "We were founded to change the country, not to manage it.\n\n- Members decide\n- Policy from the branches up",
    "Let us be one party again.",
)


def ready(party: Party, contest: Contest, days: int) -> None:
    """The roll closed; statements, sign-offs and previews of the paper."""
    with played_at(party.day(days, 9)):
        voters.close(party.officers["registrar"], contest)
    with played_at(party.day(days, 10)):
        for number, one in enumerate(contest.candidates.filter(status="standing")):
            candidates.write_statement(one.user, contest, candidate=one.key, text=STATEMENTS[number % len(STATEMENTS)])
            one.refresh_from_db()
            candidates.sign_off(one.user, contest, candidate=one.key, seen=paper.entry_hash(one))
        seen = paper.paper_hash(contest, "ballot")
        for user in (party.ruth, party.officers["registrar"]):
            candidates.confirm_preview(user, contest, stage="ballot", seen=seen)


def rolls_of(contest: Contest, votes: dict[str, dict[str, int]], spoilt: int) -> dict[str, dict[str, int]]:
    """The figures of the roll that go with ``votes``, of which ``spoilt`` were spoilt besides, all among members."""
    closed = ClosedRoll.of(contest)
    assert closed is not None
    entitled = closed.standing["ballot"]["by_segment"]
    found = {}
    for segment, figures_ in votes.items():
        valid, bad = sum(figures_.values()), spoilt if segment == "members" else 0
        found[segment] = {"entitled": entitled[segment], "returned": valid + bad, "spoilt": bad, "valid": valid}
    found["total"] = {name: sum(one[name] for one in found.values()) for name in found["members"]}
    return found


def count(party: Party, contest: Contest, votes: dict[str, dict[str, int]], spoilt: int, days: int) -> None:
    """Open and close the ballot, and take in its figures by both officials; declare them."""
    _held(party, contest, days)
    with played_at(party.day(days, 9)):
        for user in (party.ruth, party.dan):
            figures.enter_figures(user, contest, stage="ballot", votes=votes, roll=rolls_of(contest, votes, spoilt))
    with played_at(party.day(days, 11)):
        confirm(party.dan, figures.declare_result(party.ruth, contest))


def _held(party: Party, contest: Contest, days: int) -> None:
    """Open and close the ballot."""
    with played_at(party.day(days - 33, 9)):
        contests.open_stage(party.ruth, contest, stage="ballot")
    with played_at(party.day(days - 3, 12)):
        figures.close_ballot(party.ruth, contest, stage="ballot")


FIRST, SECOND, THIRD, FOURTH = "Rosa Marlowe", "Theo Cairncross", "Nadia Fenwick", "Hugh Tattersall"


def _two_years_ago(party: Party) -> None:
    contest = leadership(
        party, "Leadership election, first", declared=-420, occasion="vacancy", standing=(FIRST, SECOND, THIRD, FOURTH)
    )
    nominate(party, contest, {"marlowe": 12, "cairncross": 20, "fenwick": 15, "tattersall": 9}, -420 - 68)
    close_nominations(party, contest, -420 - 65)
    ready(party, contest, -420 - 40)
    votes = {
        "members": {"marlowe": 942, "cairncross": 430, "fenwick": 360, "tattersall": 168},
        "affiliated": {"marlowe": 628, "cairncross": 285, "fenwick": 120, "tattersall": 57},
        "registered": {"marlowe": 502, "cairncross": 45, "fenwick": 33, "tattersall": 20},
    }
    count(party, contest, votes, 19, -420)


def _motion(party: Party) -> None:
    with played_at(party.day(-140, 9)):
        contest = contests.create_contest(
            party.ruth,
            None,
            title="Motion of no confidence in the leader",
            rulebook="plp-confidence",
            occasion="challenge",
        )
        contests.set_details(party.ruth, contest, title=contest.title, occasion="challenge", holder=party.people[FIRST])
        name_bodies(party, contest, -141)
        for key, days, hour in (("motion_opens", -138, 10), ("motion_closes", -138, 16), ("declared", -138, 17)):
            at = party.day(days, hour).replace(tzinfo=None).isoformat(timespec="minutes")
            contests.set_date(party.ruth, contest, key=key, at=at)
        contests.adopt_contest(party.ruth, contest)
    with played_at(party.day(-138, 10)):
        contests.open_stage(party.ruth, contest, stage="motion")
    with played_at(party.day(-138, 16)):
        figures.close_ballot(party.ruth, contest, stage="motion")
        for user in (party.ruth, party.dan):
            figures.enter_figures(
                user,
                contest,
                stage="motion",
                votes={"total": {"for": 43, "against": 11}},
                roll={"total": {"entitled": MPS, "returned": 55, "spoilt": 1, "valid": 54}},
            )
    with played_at(party.day(-138, 17)):
        confirm(party.dan, figures.declare_result(party.ruth, contest))


def _challenge(party: Party) -> None:
    contest = leadership(
        party,
        "Leadership election, the challenge",
        declared=-12,
        occasion="challenge",
        standing=(FIRST, SECOND),
        holder=party.people[FIRST],
        against="leadership-election-first",
    )
    nominate(party, contest, {"cairncross": 41}, -12 - 68)
    close_nominations(party, contest, -12 - 65)
    ready(party, contest, -12 - 40)
    votes = {
        "members": {"marlowe": 1174, "cairncross": 816},
        "affiliated": {"marlowe": 675, "cairncross": 445},
        "registered": {"marlowe": 439, "cairncross": 189},
    }
    count(party, contest, votes, 14, -12)


def _draft(party: Party) -> None:
    with played_at(party.day(-1, 15)):
        contest = contests.create_contest(
            party.ruth, None, title="Chair of the conference", rulebook="labour-2018", office=party.offices["chair"]
        )
        name_bodies(party, contest, -2)


def _nominations_open(party: Party) -> None:
    standing = ("Iris Kowalczyk", "Samir Redfern", "Gwen Tregenza")
    contest = leadership(
        party,
        "Election of the deputy leader",
        declared=66,
        occasion="vacancy",
        standing=standing,
        office="deputy-leader",
    )
    nominate(party, contest, {"kowalczyk": 9, "redfern": 7, "tregenza": 4}, 66 - 68)


def _blocked(party: Party) -> None:
    standing = ("Olwen Sewell", "Magnus Baird")
    contest = leadership(
        party, "Election of the treasurer", declared=32, occasion="vacancy", standing=standing, office="treasurer"
    )
    nominate(party, contest, {"sewell": 22, "baird": 18}, 32 - 68)
    close_nominations(party, contest, 32 - 65)
    with played_at(party.day(-3, 10)):
        one = contest.candidates.get(key="sewell")
        candidates.write_statement(one.user, contest, candidate="sewell", text=STATEMENTS[1])
        one.refresh_from_db()
        candidates.sign_off(one.user, contest, candidate="sewell", seen=paper.entry_hash(one))


def _ballot_open(party: Party) -> None:
    standing = ("Wanda Eastlake", "Callum Iqbal", "Petra Lovelace")
    contest = leadership(
        party, "Election of the president", declared=20, occasion="vacancy", standing=standing, office="president"
    )
    nominate(party, contest, {"eastlake": 14, "iqbal": 16, "lovelace": 11}, 20 - 68)
    close_nominations(party, contest, 20 - 65)
    ready(party, contest, 20 - 40)
    with played_at(party.day(20 - 33, 9)):
        contests.open_stage(party.ruth, contest, stage="ballot")
    with played_at(party.day(-2, 16)):
        why = "I joined at the summer fair and paid by card, but nobody knows of me."
        enquiries.appeal(contest, name="Ilse Farthing", email="ilse@commonwealth.example", text=why)


def _counting(party: Party) -> None:
    standing = ("Leo Pemberley", "Hana Whitcombe")
    contest = leadership(
        party,
        "Election of the vice-president",
        declared=1,
        occasion="vacancy",
        standing=standing,
        office="vice-president",
    )
    nominate(party, contest, {"pemberley": 25, "whitcombe": 24}, 1 - 68)
    close_nominations(party, contest, 1 - 65)
    ready(party, contest, 1 - 40)
    votes = {
        "members": {"pemberley": 995, "whitcombe": 990},
        "affiliated": {"pemberley": 528, "whitcombe": 562},
        "registered": {"pemberley": 311, "whitcombe": 299},
    }
    _held(party, contest, 1)
    with played_at(party.day(-1, 18)):
        rolls = rolls_of(contest, votes, 18)
        figures.enter_figures(party.ruth, contest, stage="ballot", votes=votes, roll=rolls)


def _abandoned(party: Party) -> None:
    contest = leadership(
        party,
        "Leadership election, a second challenge",
        declared=60,
        occasion="challenge",
        standing=(THIRD,),
        holder=party.people[FIRST],
    )
    with played_at(party.day(-6, 10)):
        why = "The challenger withdrew before nominations opened."
        confirm(party.dan, contests.abandon_contest(party.ruth, contest, reason=why))
