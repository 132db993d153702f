"""A ballot on its way in.

What takes time (reading it, its proofs) is done before; then one short transaction with the lock of the box's row; it
is acknowledged when that is committed, and not before. The same ballot sent again gets the receipt that it had.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime
from typing import Any, Literal, TypeAlias

from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext as _

from ...box.pools import new_pool
from ...box.v1.ballots import Ballot, ballot_alphas, tracker
from ...box.v1.checking import BallotChecker
from ...box.v1.credentials import PublicCredential
from ...box.v1.distinct import Marker
from ...box.v1.roll import Roll
from ...errors import ProtocolError, RefusedError
from .. import moment
from ..models import BoxAlpha, BoxEvent, PaperVote, Restoration, SealedBox
from . import store, telling
from .receipts import receipt_for

Code: TypeAlias = Literal["closed", "credential", "invalid", "randomness", "voted", "paper", "restored"]
"""Why a ballot is not taken: there are no other answers."""
ALPHA = 16
"""Bytes by which an alpha is remembered: elements of the group are all alike likely in them."""


class CastRefusedError(RefusedError):
    """A ballot was not taken. ``code``: why, for programs; the message is for the voter."""

    def __init__(self, code: Code, message: str, hint: str | None = None) -> None:
        super().__init__(message, hint=hint)
        self.code = code


class _Local(threading.local):
    """Checkers of this thread, by box: a pool is not for several threads."""

    def __init__(self) -> None:
        self.checkers: dict[str, BallotChecker] = {}


_local = _Local()


def _checker(box: SealedBox) -> BallotChecker:
    if box.uuid not in _local.checkers:
        election = store.election_of(box)
        pool = new_pool(election.group, "libsodium")
        _local.checkers[box.uuid] = BallotChecker(pool, election, Roll(()), Marker())
    return _local.checkers[box.uuid]


def checked(box: SealedBox, raw: bytes, credential: str) -> Ballot:
    """The ballot, if it is one for ``box`` by ``credential`` and its signature and all its proofs hold.

    Raises CastRefusedError.
    """
    checker = _checker(box)
    checker.roll = Roll((PublicCredential(credential),))
    (found,) = checker.check([raw])
    if found.fault is not None:
        if found.fault.check == "ballot.credential":
            raise CastRefusedError("credential", _("this ballot is not signed with your credential"))
        raise CastRefusedError("invalid", _("this is not a ballot for this box: %(why)s") % {"why": found.fault.check})
    return checker.reader.read(raw)


def cast(box: SealedBox, raw: bytes, *, who: str, email: str | None = None) -> dict[str, Any]:
    """Put a ballot into a box, for the voter ``who`` (the keyed hash of ``voters``); the signed receipt.

    ``email``: their address on the roll, to which a mail goes with every ballot that is recorded.
    Raises CastRefusedError; then nothing is in the box that was not there before.
    """
    credential = box.people.filter(who=who, struck=None).values_list("credential", flat=True).first()
    if credential is None:
        raise CastRefusedError("credential", _("you have no vote in this box"))
    ballot = checked(box, raw, credential)
    try:
        event = _recorded(box, ballot, who, telling.teller(box, email))
    except IntegrityError:
        # Two things at once that the lock does not see: the database has refused the second.
        raise CastRefusedError("randomness", _("this ballot repeats another: make a new one")) from None
    return _receipt(box, event)


def _receipt(box: SealedBox, event: BoxEvent) -> dict[str, Any]:
    assert event.credential is not None and event.tracker is not None
    return receipt_for(box, credential=event.credential, tracker=event.tracker, event=event.digest, height=event.height)


def _recorded(box: SealedBox, ballot: Ballot, who: str, tell: Callable[[dict[str, Any], bool], None]) -> BoxEvent:
    """The event that records a ballot, committed, and with it the mail that tells of it."""
    of_ballot = tracker(ballot.raw)
    with transaction.atomic(durable=True):
        here = store.locked(box.pk)
        there = here.events.filter(tracker=of_ballot).first()
        if there is not None:
            return there
        _require_open(here)
        if not here.people.filter(who=who, struck=None).exists():
            raise CastRefusedError("credential", _("you are not on the roll any more: you have no vote in this box"))
        if here.papers.filter(who=who, outcome=PaperVote.Outcome.COUNTS).exists():
            raise CastRefusedError("paper", _("your vote on paper is there already, and counts"))
        before = here.events.filter(credential=ballot.credential).exists()
        if before and not here.revote:
            raise CastRefusedError("voted", _("you have voted, and here nobody votes twice"))
        alphas = [bytes.fromhex(alpha)[:ALPHA] for alpha in ballot_alphas(ballot)]
        if len(set(alphas)) < len(alphas) or BoxAlpha.objects.filter(box=here, alpha__in=alphas).exists():
            hint = _("The device that made it has no good source of randomness; use another.")
            raise CastRefusedError("randomness", _("this ballot was made with randomness that was used before"), hint)
        BoxAlpha.objects.bulk_create([BoxAlpha(box=here, alpha=alpha) for alpha in alphas])
        try:
            event = store.append(here, "Ballot", payload=ballot.raw, tracker=of_ballot, credential=ballot.credential)
        except ProtocolError:
            raise CastRefusedError("closed", _("the box is closed")) from None
        here.ballots += 1
        here.voted += not before
        here.save(update_fields=["ballots", "voted"])
        tell(_receipt(box, event), before)
        return event


def _require_open(box: SealedBox) -> None:
    """Raise CastRefusedError unless ballots are taken at this moment, by the one clock there is."""
    if box.phase == "empty":
        raise CastRefusedError("closed", _("the box is not open yet"))
    if box.phase != "voting" or (box.closes is not None and clock() >= box.closes):
        raise CastRefusedError("closed", _("the box is closed: the ballot came too late"))
    if Restoration.objects.filter(reconciled=None).exists():
        raise CastRefusedError(
            "restored",
            _("the office was put back from a copy, and is compared with what voters and scrutineers hold"),
        )


def clock() -> datetime:
    """The one clock by which boxes close: the database's, where several machines may share it."""
    if connection.vendor != "postgresql" or moment.played():
        return moment.now()
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        (found,) = cursor.fetchone()
    return found  # type: ignore[no-any-return]
