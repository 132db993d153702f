"""Every route of the site, somebody of every role, and a contest in every status: what the wide tests walk.

The world is the demonstration's, with one more person for each role. A route with a keyword that ``SAMPLES`` does not
know fails the tests until somebody says what stands there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from allauth.mfa.models import Authenticator
from django.test import Client
from django.urls import URLPattern, get_resolver, reverse
from tests.site.world import second_factor

from selectorate.gallery import contest_ids
from selectorate.office.access import OFFICERS, routes
from selectorate.office.acts import contests
from selectorate.office.demo.history import Party
from selectorate.office.demo.stories import seed
from selectorate.office.models import (
    Agent,
    Appointment,
    Body,
    BodySeat,
    Candidate,
    ClosedRoll,
    Contest,
    DuplicatePair,
    Entitlement,
    Office,
    Person,
    Proposal,
    RollEntry,
    RollImport,
    RollJob,
    Tenure,
    Unit,
    User,
)

STATUSES = {
    "draft": "chair-of-the-conference",
    "adopted": "election-of-the-deputy-leader",
    "declared": "leadership-election-first",
    "abandoned": "leadership-election-a-second-challenge",
    "letters": "a-vote-of-confidence",
}
"""A contest in each status; ``letters``: adopted too, one in which letters can ask for a motion."""
ANOTHER = "election-of-the-president"
"""The contest in which those have their part who are looked at where there is no contest."""
PEOPLE = (
    "anonymous",
    "nobody",
    "nominator",
    "candidate",
    "agent",
    "scrutineer",
    "trustee",
    "registrar",
    "returning-officer",
    "letter-keeper",
    "elsewhere",
    "one-factor",
)
"""Who asks. ``elsewhere``: returning officer of another contest; ``one-factor``: one without a second factor."""


@dataclass
class Everywhere:
    """The world: who there is for a contest (or, under None, for the whole organisation)."""

    contests: dict[str, Contest] = field(default_factory=dict)
    people: dict[tuple[str | None, str], User | None] = field(default_factory=dict)

    def client(self, status: str | None, who: str) -> Client:
        """The browser of somebody. A fault of the site is an answer (500), as it is for a real browser."""
        client = Client(raise_request_exception=False)
        user = self.people[status, who]
        if user is not None:
            client.force_login(user)
        return client

    def address(self, route: Route, status: str | None) -> str:
        """A real address of a route, in the contest of that status."""
        contest = self.contests[status] if status else None
        given = {name: sample(self, route, name, contest) for name in route.keywords}
        return reverse(route.lookup, kwargs=given)


@dataclass(frozen=True)
class Route:
    """One route: its name, its address as it is written, its keywords, its view."""

    name: str
    written: str
    pattern: URLPattern
    keywords: tuple[str, ...]
    lookup: str

    @property
    def statuses(self) -> tuple[str | None, ...]:
        """In which statuses of a contest it is looked at; (None,) where it is of no contest."""
        if "contest" not in self.keywords:
            return (None,)
        return tuple(status for status in STATUSES if status != "letters" or "letter" in self.name)


def all_routes() -> list[Route]:
    """Every route of the site. One without a name cannot be written down, and fails."""
    found = []
    for namespace, written, pattern in _named(get_resolver().url_patterns):
        assert pattern.name, f"the route {written} has no name"
        lookup = f"{namespace}{pattern.name}"
        possible = get_resolver_for(lookup)
        found.append(Route(lookup, written, pattern, tuple(possible), lookup))
    return found


def _named(patterns: Iterable[Any], namespace: str = "", prefix: str = "") -> Iterable[tuple[str, str, URLPattern]]:
    for pattern in patterns:
        if isinstance(pattern, URLPattern):
            yield namespace, prefix + str(pattern.pattern), pattern
        else:
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from _named(pattern.url_patterns, inner, prefix + str(pattern.pattern))


def get_resolver_for(lookup: str) -> list[str]:
    """The keywords of a route, from Django's own table of how to write its address."""
    resolver, name = get_resolver(), lookup
    keywords: list[str] = []
    while ":" in name:
        space, _, name = name.partition(":")
        _prefix, resolver = resolver.namespace_dict[space]
    for possibilities, _pattern, _defaults, _converters in resolver.reverse_dict.getlist(name):
        for _text, parameters in possibilities:
            keywords = [*dict.fromkeys([*keywords, *parameters])]
    return keywords


# -- what stands for a keyword ----------------------------------------------------------------------------------

Sample = Callable[[Everywhere, "Contest | None"], Any]


def _candidate(world: Everywhere, contest: Contest | None) -> str:
    return (contest or world.contests["declared"]).candidates.get(name="Kit Candidate").key


def _stage(world: Everywhere, contest: Contest | None) -> str:
    return (contest or world.contests["declared"]).rulebook.stage[0].id


def _of_contest(name: str) -> Sample:
    return lambda world, contest: getattr(contest, name)  # type: ignore[arg-type]


def _role(world: Everywhere, contest: Contest | None) -> int:
    return Appointment.objects.get(contest=contest, role="trustee", ended=None).pk


def _of_roll(contest: Contest | None, model: Any) -> int:
    found = model.objects.filter(closed__contest=contest)
    return (found if found.exists() else model.objects).earliest("pk").pk


def _proposal(world: Everywhere, contest: Contest | None) -> int:
    return Proposal.objects.get(contest=contest, says__startswith="abandon the contest: it is not needed").pk


SAMPLES: dict[str, Sample] = {
    "contest": _of_contest("slug"),
    "candidate": _candidate,
    "candidate-portrait.digest": lambda world, contest: "0" * 64,
    "stage": _stage,
    **dict.fromkeys(
        [
            "paper-preview.stage",
            "figures.stage",
            "figures-file.stage",
            "rounds-desk.stage",
            "rounds.stage",
            "preparation-papers.stage",
            "preparation-figures.stage",
        ],
        lambda world, contest: (contest or world.contests["declared"]).rulebook.stage[-1].id,
    ),
    "contest-checklist.step": lambda world, contest: "adoption",
    "appointment": _role,
    "proposal": _proposal,
    "answer": lambda world, contest: "confirm",
    "number": lambda world, contest: 1,
    "kind": lambda world, contest: "json",
    "ceremony-file.name": lambda world, contest: "hashes.txt",
    "api-v1:contribution.uuid": lambda world, contest: "Box1111111111111111111",
    "api-v1:contribution.kind": lambda world, contest: "shuffle",
    "shown": lambda world, contest: contest_ids()[-1],
    "rulebook": lambda world, contest: "labour-2014",
    "body": lambda world, contest: Body.objects.earliest("pk").slug,
    "person": lambda world, contest: Person.objects.earliest("pk").slug,
    "path": lambda world, contest: Unit.objects.earliest("pk").path,
    "office.unit": lambda world, contest: Office.objects.earliest("pk").unit.path,
    "office.office": lambda world, contest: Office.objects.earliest("pk").slug,
    "unit": lambda world, contest: Unit.objects.earliest("pk").pk,
    "office": lambda world, contest: Office.objects.earliest("pk").pk,
    "bench": lambda world, contest: "front-bench",
    "tenure": lambda world, contest: Tenure.objects.earliest("pk").pk,
    "seat": lambda world, contest: BodySeat.objects.earliest("pk").pk,
    "preparation": lambda world, contest: "local-chairs-this-year",
    "entry": lambda world, contest: RollEntry.objects.earliest("pk").pk,
    "job": lambda world, contest: RollJob.objects.filter(contest=contest).latest("pk").pk,
    "roll-job.job": lambda world, contest: RollJob.objects.filter(contest=None).latest("pk").pk,
    "roll-job-file.job": lambda world, contest: RollJob.objects.filter(contest=None).latest("pk").pk,
    "imported": lambda world, contest: RollImport.objects.latest("pk").pk,
    "what": lambda world, contest: "new",
    "pair": lambda world, contest: DuplicatePair.objects.earliest("pk").pk,
    "vote": lambda world, contest: _of_roll(contest, Entitlement),
    "row": lambda world, contest: RollEntry.objects.earliest("pk").pk,
    "closed": lambda world, contest: contest.rolls.latest("pk").pk,  # type: ignore[union-attr]
    "line": lambda world, contest: contest.reconciliation_lines.latest("pk").pk,  # type: ignore[union-attr]
    "appeal": lambda world, contest: contest.appeals.latest("pk").pk,  # type: ignore[union-attr]
    "enquiry": lambda world, contest: contest.enquiries.latest("pk").pk,  # type: ignore[union-attr]
    "demo-sign-in.user": lambda world, contest: world.people[None, "nobody"].pk,  # type: ignore[union-attr]
    "account_reset_password_from_key.uidb36": lambda world, contest: "zz",
    "account_reset_password_from_key.key": lambda world, contest: "0-0",
    "mfa_remove_webauthn.pk": lambda world, contest: 0,
    "mfa_edit_webauthn.pk": lambda world, contest: 0,
}
"""What stands for a keyword in an address: by ``route.keyword``, else by ``keyword``."""


def sample(world: Everywhere, route: Route, name: str, contest: Contest | None) -> Any:
    """A value for a keyword of a route."""
    found = SAMPLES.get(f"{route.name}.{name}") or SAMPLES.get(name)
    assert found, f"say in tests/site/everywhere.py (SAMPLES) what stands for {name} in {route.written}"
    return found(world, contest)


# -- who there is -----------------------------------------------------------------------------------------------


def small_party(*stories: str) -> Party:
    """The demonstration with a roll of 300 and some of its stories: by the names of their functions."""
    return seed(persons=300, stories=stories)


def build() -> Everywhere:
    """The demonstration, and one more person of each role in a contest of each status."""
    party = small_party("_two_years_ago", "_abandoned", "_ballot_open", "_nominations_open", "_draft")
    _letters(party)
    _organisation(party)
    world = Everywhere()
    for status, slug in STATUSES.items():
        contest = world.contests[status] = Contest.objects.get(slug=slug)
        assert contest.status == {"letters": "adopted"}.get(status, status)
    for status, contest in [(None, None), *world.contests.items()]:
        _people(world, status, contest)
    return world


def _letters(party: Party) -> None:
    """A vote of confidence for which letters can be handed in."""
    contest = contests.create_contest(
        party.ruth, None, title="A vote of confidence", rulebook="conservatives-confidence", occasion="challenge"
    )
    contests.set_details(party.ruth, contest, title=contest.title, occasion="challenge", holder="rosa-marlowe")
    contests.name_body(party.ruth, contest, key="mps", body=party.bodies["plp"], on=party.day(-2).date().isoformat())
    keeper = User.objects.create_user("keeper@everywhere.example", name="Kay Keeper")
    Appointment.objects.create(user=keeper, role="letter-keeper", contest=contest)
    contests.adopt_contest(party.ruth, contest)


def _organisation(party: Party) -> None:
    """Somebody in office; the demonstration has a bench, and contests that are held together."""
    office = Office.objects.earliest("pk")
    began = party.day(-100).date()
    holder = Person.objects.get(slug="rosa-marlowe")
    Tenure.objects.create(office=office, person=holder, began=began, began_how="elected")
    DuplicatePair.objects.get_or_create(a="a", b="b")


def _rolls(contest: Contest) -> None:
    """What the pages of a contest's roll are about, where its story did not bring it."""
    ruth = User.objects.get(email="ruth@commonwealth.example")
    contest.appeals.create(name="Ann Appealing", email="ann@everywhere.example", text="I am a member.")
    contest.enquiries.create(status="by post", person=RollEntry.objects.earliest("pk").person)
    contest.reconciliation_lines.create(side="added", reason="joined late", number=3, source="The treasurer")
    RollJob.objects.create(kind="prepare", contest=contest, by=ruth)
    if not contest.rolls.exists():
        other = ClosedRoll.objects.earliest("pk")
        other.pk, other.contest, other._state.adding = None, contest, True
        other.save()


def _people(world: Everywhere, status: str | None, contest: Contest | None) -> None:
    place = status or "all"
    world.people[status, "anonymous"] = None

    def made(who: str) -> User:
        user = User.objects.create_user(f"{who}.{place}@everywhere.example", name=f"{who.title()} of {place}")
        world.people[status, who] = user
        return user

    made("nobody")
    for role in OFFICERS:
        Appointment.objects.create(user=made(role), role=role, contest=contest)
        second_factor(world.people[status, role])  # type: ignore[arg-type]
    Appointment.objects.create(user=made("one-factor"), role="returning-officer", contest=contest)
    assert not Authenticator.objects.filter(user=world.people[status, "one-factor"]).exists()
    elsewhere = world.contests["declared" if status != "declared" else "adopted"] if contest else None
    elsewhere = elsewhere or Contest.objects.get(slug=STATUSES["declared"])
    Appointment.objects.create(user=made("elsewhere"), role="returning-officer", contest=elsewhere)
    second_factor(world.people[status, "elsewhere"])  # type: ignore[arg-type]
    here = contest or Contest.objects.get(slug=ANOTHER)
    link = here.bodies.first()
    assert link is not None
    made("nominator")
    BodySeat.objects.create(
        body=link.body, name=f"Seat of {place}", user=world.people[status, "nominator"], began=link.on, part=""
    )
    person = Person.objects.create(name="Kit Candidate", slug=f"kit-{place}")
    candidate = Candidate.objects.create(
        contest=here, key="kit", person=person, name="Kit Candidate", user=made("candidate"), order=99
    )
    if contest is not None:
        _rolls(contest)
    Proposal.objects.create(
        kind="abandon_contest" if contest else "change_office",
        contest=contest,
        payload={"reason": "it is not needed"} if contest else {},
        says="abandon the contest: it is not needed",
        by=User.objects.get(email="ruth@commonwealth.example"),
    )
    Agent.objects.create(candidate=candidate, user=made("agent"))


__all__ = ["PEOPLE", "SAMPLES", "STATUSES", "Everywhere", "Route", "all_routes", "build", "routes"]
