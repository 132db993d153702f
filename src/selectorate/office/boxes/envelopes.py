"""Votes on paper beside a box: whose envelope counts, decided under the lock under which ballots are cast.

``first counts``: who has cast online has an envelope that stays unopened; who has sent an envelope casts online no
more. ``online supersedes``: until the close an online ballot can still come; then it is settled.
The envelope of who is struck off the roll while the box is open stays unopened.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from ...errors import RefusedError
from ...rules import BallotStage, MotionStage
from ..models import BoxEvent, BoxVoter, ClosedRoll, Contest, Entitlement, PaperVote, SealedBox
from . import laid, store, voters

FIRST_COUNTS, SUPERSEDES = "first counts", "online supersedes"


def boxes_of_voter(contest: Contest, stage: BallotStage | MotionStage, number: str) -> list[tuple[SealedBox, str]]:
    """The boxes in which somebody has a vote now, by the round that is on, with their keyed hash.

    ``number``: their key on the roll, or the number of their seat.
    """
    boxes = laid.boxes_of(contest, stage.id)
    opened = [box for box in boxes if box.phase not in ("empty", "final")]
    if not opened:
        return []
    latest = max(box.round for box in opened)
    if isinstance(stage, BallotStage) and stage.segments:
        rows = Entitlement.objects.filter(
            closed=ClosedRoll.of(contest), stage=stage.id, person=number, ended=None
        ).exclude(segment="")
        segments, voter = set(rows.values_list("segment", flat=True)), f"roll:{number}"
    else:
        segments, voter = {voters.TOTAL}, f"seat:{number}"
    hashed = voters.who(boxes[0].vote, voter)
    return [(box, hashed) for box in opened if box.round == latest and segments & set(box.members or [box.section])]


def cast(boxes: Iterable[SealedBox], who: str) -> bool:
    """Whether a ballot of somebody is in one of ``boxes``."""
    there = BoxEvent.objects.filter(box=OuterRef("box"), credential=OuterRef("credential"))
    return BoxVoter.objects.filter(Exists(there), box__in=list(boxes), who=who).exists()


def voted(boxes: Iterable[SealedBox], who: str) -> bool:
    """Whether a ballot of somebody is in one of ``boxes``, or beside one an envelope that may be opened."""
    boxes = list(boxes)
    papers = PaperVote.objects.filter(box__in=boxes, who=who).exclude(outcome=PaperVote.Outcome.UNOPENED)
    return cast(boxes, who) or papers.exists()


def record(
    box: SealedBox, who: str, rule: str, *, on_roll: bool = False, same: Iterable[str] = (), each: bool = False
) -> PaperVote:
    """Record the envelope of a voter, in a transaction. Raises RefusedError for who has no vote, or has sent one.

    ``on_roll``: the roll says that they have a vote here. Then paper is the way of who was admitted when no credential
    could be made any more, unless they voted in another box, from which they were struck, or under another key that was
    found to be theirs (``same``, hashed too). ``each``: they have a vote in each segment.
    """
    here = store.locked(box.pk)
    voter = here.people.filter(who=who).first()
    round_ = SealedBox.objects.filter(vote=here.vote_id, stage=here.stage, round=here.round)
    before = round_.exclude(pk=here.pk).filter(people__in=BoxVoter.objects.filter(who=who).exclude(struck=None))
    may = voter.struck is None if voter is not None else on_roll and not voted(before, who)
    may = may and not any(voted([here] if each else round_, one) for one in same)
    if not may:
        raise RefusedError(_("they have no vote in this box"), field="number")
    if here.phase in ("empty", "final"):
        raise RefusedError(_("the box is not open, or is opened already"))
    if here.papers.filter(who=who).exists():
        raise RefusedError(_("their envelope is recorded already"), field="number")
    return PaperVote.objects.create(box=here, who=who, outcome=_outcome(here, voter, rule))


def _outcome(box: SealedBox, voter: BoxVoter | None, rule: str) -> PaperVote.Outcome:
    """What becomes of an envelope that is there, of somebody who has a vote."""
    if voter is not None and box.events.filter(credential=voter.credential).exists():
        return PaperVote.Outcome.UNOPENED
    if rule == SUPERSEDES and box.phase == "voting":
        return PaperVote.Outcome.WAITS
    return PaperVote.Outcome.COUNTS


def hold(box: SealedBox, who: str, rule: str, *, entitled: bool) -> None:
    """Leave the envelope of somebody unopened who has no vote any more; put it back for who has one again.

    The caller holds the lock of the box, which is open.
    """
    paper = box.papers.filter(who=who).first()
    if paper is not None:
        voter = box.people.filter(who=who).first()
        paper.outcome = _outcome(box, voter, rule) if entitled else PaperVote.Outcome.UNOPENED
        paper.save(update_fields=["outcome"])


def settle(box: SealedBox) -> None:
    """Say of each envelope that waited whether it counts; the caller holds the lock of the box, which is closed now."""
    waiting = box.papers.filter(outcome=PaperVote.Outcome.WAITS)
    credentials = dict(box.people.filter(who__in=waiting.values("who")).values_list("who", "credential"))
    cast = set(box.events.filter(credential__in=list(credentials.values())).values_list("credential", flat=True))
    beaten = [who for who, credential in credentials.items() if credential in cast]
    for start in range(0, len(beaten), 500):
        waiting.filter(who__in=beaten[start : start + 500]).update(outcome=PaperVote.Outcome.UNOPENED)
    waiting.update(outcome=PaperVote.Outcome.COUNTS)


def counting(boxes: Iterable[SealedBox]) -> int:
    """How many envelopes of ``boxes`` count."""
    return sum(box.papers.filter(outcome=PaperVote.Outcome.COUNTS).count() for box in boxes)
