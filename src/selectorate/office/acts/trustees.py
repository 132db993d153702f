"""Acts about trustees: who they are, what they give to the common key, and that it is begun again."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from ...box.v1.credentials import token
from ...errors import ProtocolError, RefusedError
from ..boxes import ceremony
from ..models import Appointment, Contest, Contribution, OnlineVote, Role, Trustee
from ..slugs import plain
from .core import Entry, act
from .people import user_with

OFFICER, TRUSTEE = Role.RETURNING_OFFICER, Role.TRUSTEE
LASTS = timedelta(days=14)
"""How long the code for a trustee's tool can be used."""
MOST_FAULTS = 20
"""Contributions of one trustee that are kept though they were not valid, in one attempt."""


def vote_of(contest: Contest) -> OnlineVote:
    """The online vote of a contest, as it stands in the database. Raises RefusedError where there is none."""
    found = OnlineVote.objects.filter(contest=contest).first()
    if found is None:
        raise RefusedError(_("no ballot of this contest is held online"))
    return found


def _trustee(entry: Entry, vote: OnlineVote) -> Trustee:
    found = vote.trustees.filter(user=entry.by).first()
    if found is None:
        raise RefusedError(_("you are not a trustee of this contest"))
    return found


@act(OFFICER)
def name_trustee(entry: Entry, contest: Contest, *, name: str, email: str) -> Trustee:
    """Name a trustee: they get the role, and the lowest number that is free."""
    vote = vote_of(contest)
    try:
        validate_email(email.strip())
    except ValidationError:
        raise RefusedError(_("this is no mail address"), field="email") from None
    if not plain(name):
        raise RefusedError(_("a trustee has a name"), field="name")
    there = set(vote.trustees.values_list("number", flat=True))
    free = [number for number in range(1, vote.size + 1) if number not in there]
    if not free:
        raise RefusedError(_("all %(size)s trustees are named") % {"size": vote.size})
    user = user_with(email, name)
    if vote.trustees.filter(user=user).exists():
        raise RefusedError(_("they are a trustee already"), field="email")
    if not Appointment.objects.filter(user=user, role=TRUSTEE, contest=contest, ended=None).exists():
        Appointment.objects.create(user=user, role=TRUSTEE, contest=contest)
    entry.details = {"name": user.name, "number": free[0]}
    return Trustee.objects.create(vote=vote, number=free[0], user=user, name=user.name)


@act(OFFICER)
def end_trustee(entry: Entry, contest: Contest, *, number: int) -> None:
    """Take a trustee off again, who has given nothing to the key that is being made."""
    vote = vote_of(contest)
    found = vote.trustees.filter(number=number).first()
    if found is None:
        raise RefusedError(_("there is no such trustee"))
    if vote.contributions.filter(attempt=vote.attempt, number=number, fault="").exists():
        raise RefusedError(
            _("they have given something to the common key"), hint=_("Begin the key again first, by two officials.")
        )
    for one in Appointment.objects.filter(user=found.user, role=TRUSTEE, contest=contest, ended=None):
        one.ended = entry.at
        one.save(update_fields=["ended"])
    entry.details = {"name": found.name, "number": number}
    found.delete()


@act(TRUSTEE)
def take_trustee_code(entry: Entry, contest: Contest) -> str:
    """A new code for the trustee's tool: shown once, kept as a hash. The one before it ends."""
    found = _trustee(entry, vote_of(contest))
    code = token(24)
    found.token, found.token_until = hashed(code), entry.at + LASTS
    found.save(update_fields=["token", "token_until"])
    entry.details = {"number": found.number}
    return code


def hashed(code: str) -> str:
    """As which a code is kept: it is long and drawn at random, so it cannot be guessed from this."""
    return hashlib.sha256(code.encode("utf-8")).hexdigest()


@act(TRUSTEE, silent=True)
def contribute_to_key(entry: Entry, contest: Contest, *, step: str, content: str) -> Contribution:
    """What a trustee gives to the common key, or their decryption of the test, or a complaint.

    What is not valid is kept with its ``fault``, which names whose it is; nothing is changed by it. The same once more
    is no fault: the answer may have got lost. Raises RefusedError for what is not asked for now.
    """
    vote = vote_of(contest)
    trustee, raw = _trustee(entry, vote), content.encode("utf-8")
    if step not in (*ceremony.STEPS, ceremony.TEST, ceremony.COMPLAINT):
        raise RefusedError(_("there is no such step"))
    if len(raw) > ceremony.MOST_BYTES:
        raise RefusedError(_("this is too long to be what is asked for"))
    mine = vote.contributions.filter(attempt=vote.attempt, number=trustee.number)
    if mine.exclude(fault="").count() >= MOST_FAULTS:
        raise RefusedError(_("too much of what you gave was not valid: ask the returning officer"))
    there = mine.filter(step=step, fault="").first()
    digest = hashlib.sha256(raw).hexdigest()
    entry.details = {"number": trustee.number, "step": step, "sha256": digest, "attempt": vote.attempt}
    if there is not None and bytes(there.content).rstrip(b"\n") == raw.rstrip(b"\n"):
        return there
    fault = _complaint(content) if step == ceremony.COMPLAINT else _fault(vote, trustee, step, raw)
    entry.details["fault"] = fault
    made = Contribution.objects.create(
        vote=vote,
        attempt=vote.attempt,
        step=step,
        number=trustee.number,
        content=b"" if step == ceremony.COMPLAINT else raw.rstrip(b"\n"),
        fault=fault[:500],
    )
    if not fault:
        _taken(entry, vote, trustee, step)
    return made


def _complaint(content: str) -> str:
    return plain(content)[:300] or _("something is wrong")


def _fault(vote: OnlineVote, trustee: Trustee, step: str, raw: bytes) -> str:
    """What is wrong with a contribution; nothing if it is taken. Raises RefusedError if it is not asked for now."""
    try:
        if step == ceremony.TEST:
            if trustee.tested is not None:
                raise RefusedError(_("you have decrypted the test already"))
            ceremony.require_test(trustee, raw)
        else:
            ceremony.take(vote, trustee.number, step, raw)
    except ProtocolError as fault:
        if fault.check == "keys.order":
            raise RefusedError(fault.message) from None
        return fault.message
    return ""


def _taken(entry: Entry, vote: OnlineVote, trustee: Trustee, step: str) -> None:
    """What follows when a contribution was taken."""
    if step == ceremony.TEST:
        trustee.tested = entry.at
        trustee.save(update_fields=["tested"])
    elif step == "voutputs" and ceremony.ceremony_of(vote).step == "done":
        ceremony.trustees_of(vote)  # checked whole, before anybody is asked to test it
        ceremony.draw_tests(vote)


def _attempt(contest: Contest, **given: Any) -> dict[str, Any]:
    return {"attempt": vote_of(contest).attempt}


@act(
    OFFICER,
    two=True,
    says=lambda contest, **given: _("Begin the common key of the trustees again: %(why)s") % {"why": given["reason"]},
    basis=_attempt,
)
def begin_key_again(entry: Entry, contest: Contest, *, reason: str) -> OnlineVote:
    """Begin the common key again, with new certificates of all: what was given so far counts no more."""
    vote = vote_of(contest)
    if not plain(reason):
        raise RefusedError(_("say why"), field="reason")
    if vote.boxes.exclude(phase="empty").exists():
        raise RefusedError(_("a box is open under the key, so that it cannot be made again"))
    if not vote.contributions.filter(attempt=vote.attempt).exists():
        raise RefusedError(_("nothing was given yet, so there is nothing to begin again"))
    vote.attempt, vote.attempt_began = vote.attempt + 1, entry.at
    vote.save(update_fields=["attempt", "attempt_began"])
    vote.trustees.update(nonce="", tested=None)
    entry.details = {"reason": reason, "attempt": vote.attempt}
    return vote
