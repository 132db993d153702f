"""Who may cast into which box, and the keyed hash under which it is kept.

A voter is named by a text: ``roll:PERSON``, a key of the closed roll, where a selectorate votes; ``seat:NUMBER``, a
seat of a body, where a body does. It stands in no table of the boxes; ``who`` is kept in its place. The key of that
hash is made from the secret key of the site, which is not in the database, so a copy of the database alone does not
tell whose a credential is.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.utils.crypto import salted_hmac
from nacl.exceptions import CryptoError
from nacl.secret import SecretBox

from ...rules import BallotStage, MotionStage
from ..models import BodySeat, ClosedRoll, Contest, Entitlement, OnlineVote
from . import contacts

TOTAL = "total"
"""The one section of a stage that has no segments."""


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


def hasher(vote: OnlineVote) -> Callable[[str], str]:
    """``who`` for many voters of one vote: its key is made once."""
    keyed = salted_hmac(f"selectorate.voters.{vote.uuid}", "", algorithm="sha256")

    def hashed(voter: str) -> str:
        one = keyed.copy()
        one.update(voter.encode())
        return one.hexdigest()

    return hashed


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
    closed = ClosedRoll.of(contest)
    if closed is None:
        return
    mail = contacts.addresses(closed)
    rows = Entitlement.objects.filter(closed=closed, stage=stage, ended=None).exclude(segment="")
    last, name, segments = "", "", []
    for person, called, segment in (
        rows.order_by("person", "pk").values_list("person", "name", "segment").iterator(5000)
    ):
        if person != last and segments:
            yield Voter(f"roll:{last}", name, mail.get(last, ""), tuple(segments))
            segments = []
        last, name = person, called if not segments else name
        segments.append(segment)
    if segments:
        yield Voter(f"roll:{last}", name, mail.get(last, ""), tuple(segments))


# -- an address that is kept for an hour ---------------------------------------------------------------------------


def _box(vote: OnlineVote) -> SecretBox:
    return SecretBox(salted_hmac("selectorate.voters.mail", vote.uuid, algorithm="sha256").digest())


def sealed(vote: OnlineVote, email: str) -> str:
    """A mail address as a session keeps it beside ``who``: whoever has the database alone cannot read it."""
    return base64.b64encode(_box(vote).encrypt(email.encode())).decode("ascii")


def unsealed(vote: OnlineVote, text: str) -> str:
    """The address again; none for a text that is not one of ours."""
    try:
        return _box(vote).decrypt(base64.b64decode(text, validate=True)).decode()
    except (CryptoError, binascii.Error, ValueError, TypeError):
        return ""
