"""What is added to a sealed box after its closing: by the clock, by trustees, by officials.

What is added was checked before, against the archive read whole (``boxes.counting``); here it is only held that the
box is still the one that was read.
"""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from ...errors import RefusedError
from ...rules import BallotStage, MotionStage
from ..boxes import counting, envelopes, laid, store, voters
from ..models import ClosedRoll, Contest, HandedIn, PaperVote, Role, SealedBox, User
from ..rolls import closing
from .core import CLOCK, Entry, act, sha256

OFFICER, TRUSTEE = Role.RETURNING_OFFICER, Role.TRUSTEE


def _box(contest: Contest, uuid: str) -> SealedBox:
    found = SealedBox.objects.filter(vote__contest=contest, uuid=uuid).first()
    if found is None:
        raise RefusedError(_("there is no such box"), field="box")
    return store.locked(found.pk)


def _entered(entry: Entry, box: SealedBox, **more: Any) -> None:
    entry.details = {"box": box.uuid, "height": box.height, "head": box.head, **more}


@act(CLOCK, OFFICER, silent=True)
def tally_box(entry: Entry, contest: Contest, *, box: str, head: str, content: bytes, payload: bytes) -> SealedBox:
    """Put the encrypted tally into a box that is closed: the last ballot of each voter."""
    here = _box(contest, box)
    counting.require_head(here, head)
    store.append(here, "EncryptedTally", data=[content], payload=payload)
    _entered(entry, here, tally=sha256(content))
    return here


def _taken(entry: Entry, contest: Contest, handed: int, head: str, content: bytes) -> SealedBox:
    """Put what a trustee handed in into its box, as theirs."""
    found = HandedIn.objects.select_related("box", "trustee").get(pk=handed, box__vote__contest=contest)
    if found.trustee.user_id != getattr(entry.by, "pk", None):
        raise RefusedError(_("this is for the trustee whose it is"))
    here = _box(contest, found.box.uuid)
    counting.require_head(here, head)
    store.append_owned(here, found.kind, found.trustee.number, content)  # type: ignore[arg-type]
    found.status = HandedIn.Status.TAKEN
    found.save(update_fields=["status"])
    entry.role = TRUSTEE.value
    _entered(entry, here, trustee=found.trustee.number, hash=sha256(content))
    return here


@act("signed-in", silent=True)
def add_shuffle(entry: Entry, contest: Contest, *, handed: int, head: str, content: bytes) -> SealedBox:
    """Put a trustee's shuffle, which was checked, into a box."""
    return _taken(entry, contest, handed, head, content)


@act("signed-in", silent=True)
def add_decryption(entry: Entry, contest: Contest, *, handed: int, head: str, content: bytes) -> SealedBox:
    """Put a trustee's partial decryption, which was checked, into a box."""
    return _taken(entry, contest, handed, head, content)


def take_shuffle(by: User, contest: Contest, *, box: str, content: bytes, after: str) -> HandedIn:
    """Take a trustee's shuffle of a box: checked at once in a small box, else soon, by the clock.

    ``after``: the hash of the last event of the box from which it was made. Raises RefusedError if it is not taken.
    """
    return _handed_in(by, contest, "Shuffle", box, content, after)


def take_decryption(by: User, contest: Contest, *, box: str, content: bytes, after: str) -> HandedIn:
    """Take a trustee's partial decryption of a box, as ``take_shuffle`` takes a shuffle."""
    return _handed_in(by, contest, "PartialDecryption", box, content, after)


def _handed_in(by: User, contest: Contest, kind: str, uuid: str, content: bytes, after: str) -> HandedIn:
    box = SealedBox.objects.filter(vote__contest=contest, uuid=uuid).select_related("vote__contest").first()
    if box is None:
        raise RefusedError(_("there is no such box"), field="box")
    trustee = box.vote.trustees.filter(user=by).first()
    if trustee is None:
        raise RefusedError(_("this is for a trustee of this contest"))
    if box.vote.contest.status != Contest.Status.ADOPTED:
        raise RefusedError(_("the contest is not under way"))
    handed = counting.hand_in(box, trustee, kind, after, [content])
    if box.ballots <= counting.SMALL:
        handed = counting.take(handed)
        if handed.status == HandedIn.Status.REFUSED:
            raise RefusedError(
                _("%(name)s (trustee %(number)s): this is not valid, and is not taken: %(why)s")
                % {"name": trustee.name, "number": trustee.number, "why": handed.fault}
            )
        # What follows of itself follows at once: the end of the shuffles, the result.
        counting.advance_box(box)
    return handed


@act(CLOCK, OFFICER)
def refuse_contribution(entry: Entry, contest: Contest, *, handed: int, fault: str) -> None:
    """Refuse what a trustee handed in, with the reason; whose it was is entered, and shown."""
    found = HandedIn.objects.select_related("box", "trustee").get(pk=handed, box__vote__contest=contest)
    if found.status != HandedIn.Status.WAITING:
        raise RefusedError(_("this has been decided already"))
    found.status, found.fault = HandedIn.Status.REFUSED, fault
    found.save(update_fields=["status", "fault"])
    entry.details = {"box": found.box.uuid, "kind": found.kind, "trustee": found.trustee.number, "fault": fault}


@act(CLOCK, OFFICER)
def end_shuffles(entry: Entry, contest: Contest, *, box: str) -> SealedBox:
    """End the shuffles of a box: once each trustee has shuffled, or, by an official, as many as open it.

    A shuffle by one honest trustee is enough that no paper can be followed to its voter; it is waited for all who can.
    """
    here = _box(contest, box)
    done = len(counting.shufflers(here))
    needed = here.vote.threshold if entry.by is not None else here.vote.size
    if here.phase != "tallied" or not done:
        raise RefusedError(_("there are no shuffles to end"))
    if done < needed:
        raise RefusedError(
            _("%(done)s have shuffled; it takes %(needed)s") % {"done": done, "needed": needed},
            hint=_("A trustee needs no key to shuffle: who has lost theirs can still do it."),
        )
    store.append(here, "EndShuffles")
    _entered(entry, here, shuffles=done)
    return here


@act(CLOCK, OFFICER, silent=True)
def finish_box(
    entry: Entry, contest: Contest, *, box: str, head: str, content: bytes, outcome: dict[str, Any]
) -> SealedBox:
    """Put the result into a box that enough trustees have decrypted."""
    here = _box(contest, box)
    counting.require_head(here, head)
    store.append(here, "Result", payload=content)
    here.outcome = outcome
    here.save(update_fields=["outcome"])
    _entered(entry, here, result=sha256(content), **{key: outcome[key] for key in ("tallied", "void", "blank")})
    return here


@act(Role.REGISTRAR, OFFICER, silent=True)
def record_envelope(entry: Entry, contest: Contest, *, stage: str, number: str, section: str = "") -> PaperVote:
    """Record that a voter's envelope came back: whether it counts is decided at once, under the lock of the box."""
    found = contest.rulebook.stage_named(stage)
    rule = laid.paper_rule(found)
    if not isinstance(found, BallotStage | MotionStage) or rule == "none":
        raise RefusedError(_("nobody votes on paper at this stage"), field="stage")
    theirs = envelopes.boxes_of_voter(contest, found, number.strip())
    if section:
        theirs = [(box, who) for box, who in theirs if box.section == section]
    if not theirs:
        raise RefusedError(_("nobody with this number has a vote here"), field="number")
    if len(theirs) > 1:
        raise RefusedError(_("they have a vote in several segments: say of which this is"), field="section")
    ((box, who),) = theirs
    on_roll = isinstance(found, BallotStage) and bool(found.segments)
    closed = ClosedRoll.of(contest) if on_roll else None
    others = closing.merged_with(closed, number.strip()) if closed is not None else set()
    same = [voters.who(box.vote, f"roll:{other}") for other in others]
    each = getattr(found, "votes", "one") != "one"
    made = envelopes.record(box, who, rule, on_roll=on_roll, same=same, each=each)
    # Who sent an envelope stands in no log: whoever reads it could tell who voted online.
    entry.details = {"box": box.uuid, "section": box.section}
    return made
