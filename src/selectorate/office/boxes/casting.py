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
from ..models import BoxAlpha, BoxEvent, PaperVote, SealedBox
from . import patience, store, telling, witness
from .receipts import receipt_for
from .witness import restored

Code: TypeAlias = Literal["closed", "credential", "invalid", "randomness", "voted", "paper", "restored"]
"""Why a ballot is not taken: there are no other answers."""
ALPHA = 16
"""Bytes by which an alpha is remembered: elements of the group are all alike likely in them."""
MOST_CHECKERS = 100
"""Boxes for which a thread keeps what it needs to check ballots."""
PATIENCE = 5
"""Seconds for which a cast waits for the lock of its box."""


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
        if len(_local.checkers) >= MOST_CHECKERS:
            _local.checkers.clear()
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
    Raises CastRefusedError; then nothing is in the box that was not there before. Raises ``django.db.Error`` if the
    database does not answer, or not in time; then it may be in the box or not, and the same ballot sent again gets
    the receipt either way.
    """
    credential = box.people.filter(who=who, struck=None).values_list("credential", flat=True).first()
    if credential is None:
        raise CastRefusedError("credential", _("you have no vote in this box"))
    if box.phase == "empty":
        raise CastRefusedError("closed", _("the box is not open yet"))
    ballot = checked(box, raw, credential)
    try:
        event = _recorded(box, ballot, who, telling.teller(box, email))
    except IntegrityError as clash:
        event = _after_a_clash(box, ballot, clash)
    except witness.RolledBackError as fault:
        witness.refuse_from_now_on(box, fault)
        raise _restored() from None
    witness.saw(box, event.height, event.digest)
    return _receipt(box, event)


def receipt_of(box: SealedBox, raw: bytes) -> dict[str, Any] | None:
    """The receipt of a ballot that is in the box already, if it is: all that it says stands on the board."""
    event = box.events.filter(tracker=tracker(raw)).first()
    return None if event is None else _receipt(box, event)


def _receipt(box: SealedBox, event: BoxEvent) -> dict[str, Any]:
    assert event.credential is not None and event.tracker is not None
    return receipt_for(box, credential=event.credential, tracker=event.tracker, event=event.digest, height=event.height)


def _after_a_clash(box: SealedBox, ballot: Ballot, clash: IntegrityError) -> BoxEvent:
    """What came before a ballot that the constraints of the database refused, the lock notwithstanding.

    The same ballot: that is the event. The same randomness: CastRefusedError. Else the clash is raised again.
    """
    there = box.events.filter(tracker=tracker(ballot.raw)).first()
    if there is not None:
        return there
    if BoxAlpha.objects.filter(box=box, alpha__in=_alphas(ballot)).exists():
        raise _repeated() from None
    raise clash


def _alphas(ballot: Ballot) -> list[bytes]:
    return [bytes.fromhex(alpha)[:ALPHA] for alpha in ballot_alphas(ballot)]


def _repeated() -> CastRefusedError:
    hint = _("The device that made it has no good source of randomness; use another.")
    return CastRefusedError("randomness", _("this ballot was made with randomness that was used before"), hint)


def _restored() -> CastRefusedError:
    return CastRefusedError(
        "restored", _("the office was put back from a copy, and is compared with what voters and scrutineers hold")
    )


def _recorded(box: SealedBox, ballot: Ballot, who: str, tell: Callable[[dict[str, Any], bool], None]) -> BoxEvent:
    """The event that records a ballot, committed, and with it the mail that tells of it."""
    of_ballot = tracker(ballot.raw)
    with patience.of(PATIENCE), transaction.atomic(durable=True):
        patience.inside(PATIENCE)
        here = store.locked(box.pk)
        here.vote = box.vote
        there = here.events.filter(tracker=of_ballot).first()
        if there is not None:
            return there
        _require_open(here)
        if not here.people.filter(who=who, struck=None).exists():
            raise CastRefusedError("credential", _("you are not on the roll any more: you have no vote in this box"))
        witness.require_not_before(here)
        if here.papers.filter(who=who, outcome=PaperVote.Outcome.COUNTS).exists():
            raise CastRefusedError("paper", _("your vote on paper is there already, and counts"))
        before = here.events.filter(credential=ballot.credential).exists()
        if before and not here.revote:
            raise CastRefusedError("voted", _("you have voted, and here nobody votes twice"))
        alphas = _alphas(ballot)
        if len(set(alphas)) < len(alphas) or BoxAlpha.objects.filter(box=here, alpha__in=alphas).exists():
            raise _repeated()
        BoxAlpha.objects.bulk_create([BoxAlpha(box=here, alpha=alpha) for alpha in alphas])
        here.ballots += 1
        here.voted += not before
        try:
            event = store.append(
                here,
                "Ballot",
                payload=ballot.raw,
                tracker=of_ballot,
                credential=ballot.credential,
                counted=("ballots", "voted"),
            )
        except ProtocolError:
            raise CastRefusedError("closed", _("the box is closed")) from None
        tell(_receipt(box, event), before)
        return event


def _require_open(box: SealedBox) -> None:
    """Raise CastRefusedError unless ballots are taken at this moment, by the one clock there is."""
    if box.phase == "empty":
        raise CastRefusedError("closed", _("the box is not open yet"))
    if box.phase != "voting" or (box.closes is not None and clock() >= box.closes):
        raise CastRefusedError("closed", _("the box is closed: the ballot came too late"))
    if restored(box.vote.contest_id):
        raise _restored()


def clock() -> datetime:
    """The one clock by which boxes close: the database's, where several machines may share it."""
    if connection.vendor != "postgresql" or moment.played():
        return moment.now()
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        (found,) = cursor.fetchone()
    return found  # type: ignore[no-any-return]
