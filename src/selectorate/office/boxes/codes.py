"""The code that a voter gets by mail before they can cast.

Whoever asks is told the same, and the same is done for them: an address that is on the roll and one that is not cost
the same statements to the database, a mail included (one to nobody, as in ``signing_in``). A code is for the browser
in which it was asked for, has five tries, lasts fifteen minutes and works once. Somebody else's asking and guessing
takes nothing from it: their tries are on codes of their own, and once a voter has been sent ``MOST`` codes in that
time, whoever asks next (the voter too) can enter the last of them.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from allauth.core.internal.cryptokit import generate_user_code
from django.core.mail import EmailMessage, get_connection
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.crypto import salted_hmac

from ...rules import BallotStage, MotionStage
from ..models import BodySeat, BoxVoter, ClosedRoll, Entitlement, OnlineVote, VoterCode
from . import booths, contacts, telling, voters

LASTS = timedelta(minutes=15)
TRIES = 5
MOST = 6
"""Codes that are mailed to one voter in that time: nobody's mailbox is filled by somebody else."""
KEPT = timedelta(days=1)
"""How long a code is kept after it was asked for, by the clock's clearing away."""


@dataclass(frozen=True)
class Found:
    """Whose an address or number is. ``voter`` is empty for nobody's, and where it is several voters' (``several``)."""

    voter: str = ""
    email: str = field(default="", repr=False)
    several: bool = False


@dataclass(frozen=True)
class Asked:
    """What a browser keeps of its asking: the row of the code, and where it went. Alike for everybody."""

    code: int
    email: str = field(repr=False)


def clean(given: str) -> str:
    """A mail address or number as it is compared."""
    return " ".join(given.split())


# -- asking ------------------------------------------------------------------------------------------------------


def ask(vote: OnlineVote, given: str) -> Asked:
    """Make a code for the voter whose mail address or membership number this is, and mail it to the roll's address."""
    given = clean(given)
    with transaction.atomic():
        found = _found(vote, given)
        # Nobody's name here is one that no voter has.
        who = voters.who(vote, found.voter or f"nobody:{given.lower()}")
        code, (text, at, repeated) = generate_user_code(), _next(vote, who)
        if not repeated:
            # What nobody can type in, where there is nobody to mail it to.
            text = _hash(vote, who, code if found.voter else secrets.token_hex(32))
        made = VoterCode.objects.create(vote=vote, who=who, code=text, at=at)
        body = telling.several_text(vote) if found.several else telling.code_text(vote, code)
        message = EmailMessage(telling.code_subject(vote), body, to=[found.email or "nobody@example.invalid"])
        if repeated or not found.email:
            message.to = []
        get_connection().send_messages([message])
        return Asked(made.pk, found.email if found.voter else "")


def _next(vote: OnlineVote, who: str) -> tuple[str, datetime, bool]:
    """The hash and time of the code that whoever asks now can enter; whether it is one that was mailed already."""
    now = timezone.now()
    recent = list(
        VoterCode.objects.filter(vote=vote, who=who, at__gt=now - LASTS)
        .order_by("-at", "-pk")
        .values_list("code", "at", "used")
    )
    unused = [(code, at) for code, at, used in recent if used is None]
    if len({code for code, _at, _used in recent}) >= MOST and unused:
        return (*unused[0], True)
    return "", now, False


def _found(vote: OnlineVote, given: str) -> Found:
    """Whose an address or number is, among those who have a credential. The same statements, whatever is found."""
    named = _on_roll(vote, given) | _seated(vote, given)
    whose = {voters.who(vote, voter): voter for voter in named}
    rows = BoxVoter.objects.filter(box__vote=vote, who__in=list(whose) or ["nobody"]).select_related("box")
    having: dict[str, bool] = {}
    for row in rows:
        having[row.who] = having.get(row.who, False) or booths.is_open(row.box)
    # Somebody who is on the roll and has a seat: the one whose box is open.
    best = {whose[who] for who in having if having[who] or not any(having.values())}
    seats = sorted(voter for voter in best if voter.startswith("seat:"))
    if seats or len(best) == 1:
        voter = seats[0] if seats else best.pop()
        return Found(voter, named[voter]) if named[voter] else Found()
    # By a number that two have nobody is found; an address that several share is told so.
    shared = [named[voter] for voter in best if named[voter].lower() == given.lower()]
    return Found(email=shared[0], several=True) if len(shared) > 1 else Found()


def _on_roll(vote: OnlineVote, given: str) -> dict[str, str]:
    """The voters of the closed roll that are called so, with their addresses."""
    if not any(isinstance(stage, BallotStage) and stage.segments for stage in vote.contest.rulebook.stage):
        return {}
    closed = ClosedRoll.of(vote.contest)
    if closed is None:
        return {}
    persons = contacts.matching(closed, given)
    entitled = Entitlement.objects.filter(closed=closed, person__in=list(persons) or ["nobody"], ended=None)
    may = set(entitled.exclude(segment="").values_list("person", flat=True))
    return {f"roll:{person}": email for person, email in persons.items() if person in may}


def _seated(vote: OnlineVote, given: str) -> dict[str, str]:
    """The seats of whoever signs in with this address, in bodies that vote."""
    found: dict[str, str] = {}
    bodies = {stage.by for stage in vote.contest.rulebook.stage if isinstance(stage, BallotStage | MotionStage)}
    for link in vote.contest.bodies.filter(key__in=[key for key in bodies if key]).select_related("body"):
        seats: Iterable[BodySeat] = link.body.seats_on(link.on).filter(ended=None, user__email=given.lower())
        found |= {f"seat:{seat.pk}": seat.user.email for seat in seats.select_related("user")}
    return found


# -- entering ----------------------------------------------------------------------------------------------------


def live(vote: OnlineVote, keys: Iterable[int]) -> list[VoterCode]:
    """Of the codes that a browser asked for, those that can still be entered."""
    rows = VoterCode.objects.filter(vote=vote, pk__in=list(keys), used=None, tries__lt=TRIES)
    return list(rows.filter(at__gt=timezone.now() - LASTS).order_by("-pk"))


def enter(vote: OnlineVote, keys: Iterable[int], given: str) -> VoterCode | None:
    """The code of this browser that ``given`` is, used by this; None, and a try less, if it is none of them."""
    keys = list(keys)
    with transaction.atomic():
        names = VoterCode.objects.filter(vote=vote, pk__in=keys).values_list("who", flat=True)
        # All rows of a voter, always in this order: a code that two browsers can enter works in one of them.
        list(VoterCode.objects.select_for_update().filter(vote=vote, who__in=list(names)).order_by("pk"))
        rows = live(vote, keys)
        right = [row for row in rows if hmac.compare_digest(row.code, _hash(vote, row.who, _typed(given)))]
        if not right:
            VoterCode.objects.filter(pk__in=[row.pk for row in rows]).update(tries=F("tries") + 1)
            return None
        VoterCode.objects.filter(vote=vote, who=right[0].who, code=right[0].code).update(used=timezone.now())
        return right[0]


def _typed(given: str) -> str:
    """A code as it was made, however it was typed."""
    text = "".join(letter for letter in given.upper() if letter.isalnum())[:8]
    return f"{text[:4]}-{text[4:]}"


def _hash(vote: OnlineVote, who: str, code: str) -> str:
    return salted_hmac(f"selectorate.voters.code.{vote.uuid}", f"{who}:{code}", algorithm="sha256").hexdigest()
