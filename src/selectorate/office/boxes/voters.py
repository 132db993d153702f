"""Who may cast into which box, and the keyed hash under which it is kept.

A voter is named by a text: ``roll:PERSON``, a key of the closed roll, where a selectorate votes; ``seat:NUMBER``, a
seat of a body, where a body does. It stands in no table of the boxes; ``who`` is kept in its place. The key of that
hash is made from the secret key of the site, which is not in the database, so a copy of the database alone does not
tell whose a credential is.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.crypto import salted_hmac

from ...rules import BallotStage, MotionStage
from ..models import BodySeat, Contest, Entitlement, OnlineVote, RollEntry

TOTAL = "total"
"""The one section of a stage that has no segments."""
AT_ONCE = 500
"""Voters whose addresses are looked up at once."""


@dataclass(frozen=True)
class Voter:
    """Somebody who may vote at a stage. ``segments``: for which they have a vote (``total`` where there are none)."""

    voter: str
    name: str
    email: str
    segments: tuple[str, ...]


def who(vote: OnlineVote, voter: str) -> str:
    """The keyed hash under which a voter is kept beside the boxes of a contest."""
    return salted_hmac(f"selectorate.voters.{vote.uuid}", voter, algorithm="sha256").hexdigest()


def electorate(contest: Contest, stage: str) -> Iterator[Voter]:
    """Everybody who may vote at a stage, as the roll (or the body) stands, ordered by their key."""
    found = contest.rulebook.stage_named(stage)
    if isinstance(found, BallotStage) and found.segments:
        yield from _of_roll(contest, stage)
    elif isinstance(found, BallotStage | MotionStage) and found.by:
        link = contest.bodies.select_related("body").get(key=found.by)
        for seat in link.body.seats_on(link.on).filter(ended=None).order_by("pk"):
            yield _of_seat(seat)


def _of_seat(seat: BodySeat) -> Voter:
    return Voter(f"seat:{seat.pk}", seat.name, seat.user.email if seat.user else "", (TOTAL,))


def _of_roll(contest: Contest, stage: str) -> Iterator[Voter]:
    rows = Entitlement.objects.filter(
        closed__contest=contest, closed__closed__isnull=False, closed__ended=None, stage=stage, ended=None
    )
    rows = rows.exclude(segment="").order_by("person", "pk")
    people: dict[str, tuple[str, list[str]]] = {}
    for person, name, segment in rows.values_list("person", "name", "segment").iterator(5000):
        if person not in people and len(people) >= AT_ONCE:
            yield from _with_mail(people)
            people = {}
        people.setdefault(person, (name, []))[1].append(segment)
    yield from _with_mail(people)


def _with_mail(people: dict[str, tuple[str, list[str]]]) -> Iterator[Voter]:
    rows = RollEntry.objects.filter(person__in=list(people)).exclude(email=None).exclude(email="").order_by("-pk")
    mail = dict(rows.values_list("person", "email"))
    for person, (name, segments) in people.items():
        yield Voter(f"roll:{person}", name, mail.get(person, ""), tuple(segments))
