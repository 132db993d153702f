"""Which boxes a vote held online has: one for each round and segment, small segments put together, fixed once."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from ...errors import RefusedError
from ...rules import BallotStage, MotionStage
from ..models import ClosedRoll, Contest, Entitlement, OnlineVote, SealedBox
from .receipts import public_key
from .voters import TOTAL, Voter, electorate

FORMAT = "selectorate-voting-1"
MOST_RANKED = 30
"""Names of a paper that a point of Ed25519 holds a ranking of."""

OnlineStage = BallotStage | MotionStage


def stages(contest: Contest) -> list[OnlineStage]:
    """The stages that are held online."""
    found = [one for one in contest.rulebook.stage if isinstance(one, BallotStage | MotionStage)]
    return [one for one in found if one.online is not None]


def too_few_rounds(contest: Contest, rounds: int) -> bool:
    """Whether a ballot may need a second round and ``rounds`` have no box for it: none can be made once it is open."""
    counts = {getattr(stage, "count", "") for stage in stages(contest)}
    return rounds < 2 and bool(counts & {"repeated ballots", "two rounds"})


def rounds_of(vote: OnlineVote, stage: OnlineStage) -> int:
    """For how many rounds of a stage there are boxes: what has one round needs one."""
    if not isinstance(stage, BallotStage) or stage.count not in ("repeated ballots", "two rounds"):
        return 1
    return min(vote.rounds, 2) if stage.count == "two rounds" else vote.rounds


def entitled(contest: Contest, stage: BallotStage) -> dict[str, int]:
    """How many votes there are in each segment of a stage, as the closed roll stands."""
    rows = Entitlement.objects.filter(
        closed__contest=contest, closed__closed__isnull=False, closed__ended=None, stage=stage.id, ended=None
    )
    return {name: rows.filter(segment=name).count() for name in stage.segments}


@dataclass(frozen=True)
class Section:
    """Voters who vote in one box. ``voters``: how many they are; ``small``: fewer than may be shown by themselves."""

    key: str
    members: tuple[str, ...]
    voters: int
    small: bool


def floor(vote: OnlineVote) -> int:
    """Fewer voters than this have no box of their own: so few are neither opened nor shown by themselves."""
    return max(vote.least, vote.contest.rulebook.disclosure.floor)


def fewest(contest: Contest) -> int:
    """The smallest number of ballots that trustees can be told to open a box with: a box of one is never opened."""
    return max(2, contest.rulebook.disclosure.floor)


def sections(vote: OnlineVote, stage: OnlineStage) -> list[Section]:
    """The boxes of one round of a stage, as the roll or the body stands.

    If a segment of a stage whose votes are all added up is too small, all its segments vote in one box. In a college
    each segment is counted by itself, and a small one stays what it is: the vote cannot be opened so.
    """
    contest, least = vote.contest, floor(vote)
    if not isinstance(stage, BallotStage) or not stage.segments:
        number = sum(1 for _voter in electorate(contest, stage.id))
        return [Section(TOTAL, (TOTAL,), number, number < least)]
    counts = entitled(contest, stage)
    if stage.combine == "one-person-one-vote" and any(number < least for number in counts.values()):
        number = sum(counts.values())
        return [Section(TOTAL, tuple(stage.segments), number, number < least)]
    return [Section(key, (key,), number, number < least) for key, number in counts.items()]


def waiting_for(vote: OnlineVote, stage: OnlineStage) -> str:
    """Why the boxes of a stage cannot be laid out yet; nothing where they can."""
    contest = vote.contest
    if contest.status != Contest.Status.ADOPTED:
        return _("the rules are not adopted")
    if isinstance(stage, BallotStage) and stage.segments and ClosedRoll.of(contest) is None:
        return _("the roll is not closed")
    return ""


# -- files for the registrar -------------------------------------------------------------------------------------


def address(contest: Contest) -> str:
    """Where the voters of a contest vote."""
    return f"{settings.ADDRESS.rstrip('/')}/vote/{contest.slug}/"


def voting(vote: OnlineVote) -> dict[str, Any]:
    """What the registrar's and the trustees' tools have to know of a vote. Nothing in it is secret."""
    contest = vote.contest
    return {
        "format": FORMAT,
        "contest": {
            "uuid": vote.uuid,
            "slug": contest.slug,
            "title": contest.title,
            "address": settings.ADDRESS.rstrip("/"),
        },
        "group": "Ed25519",
        "easy": vote.easy,
        "threshold": vote.threshold,
        "size": vote.size,
        "least": vote.least,
        "boxes": [
            {
                "uuid": box.uuid,
                "stage": box.stage,
                "round": box.round,
                "section": box.section,
                "members": box.members,
                "fingerprint": box.fingerprint,
            }
            for box in vote.boxes.all()
        ],
        "receipts": public_key(vote),
    }


def unopened(vote: OnlineVote) -> dict[str, list[SealedBox]]:
    """The boxes of each stage of which none has been opened: for those credentials can be made."""
    found: dict[str, list[SealedBox]] = {}
    for box in vote.boxes.all():
        found.setdefault(box.stage, []).append(box)
    return {stage: boxes for stage, boxes in found.items() if all(box.phase == "empty" for box in boxes)}


def section_of(boxes: list[SealedBox]) -> dict[str, str]:
    """In which section each segment votes."""
    return {member: box.section for box in boxes for member in box.members}


@dataclass(frozen=True)
class Listed:
    """A voter with every ``stage:section`` for which they need a credential."""

    voter: Voter
    sections: tuple[str, ...]


def listed(vote: OnlineVote, stages: dict[str, list[SealedBox]]) -> Iterator[Listed]:
    """Every voter of ``stages`` once, in the order of the first stage that they vote at."""
    if len(stages) == 1:
        ((stage, boxes),) = stages.items()
        where = section_of(boxes)
        for voter in electorate(vote.contest, stage):
            yield Listed(voter, _sections(stage, where, voter))
        return
    found: dict[str, tuple[Voter, list[str]]] = {}
    for stage, boxes in stages.items():
        where = section_of(boxes)
        for voter in electorate(vote.contest, stage):
            found.setdefault(voter.voter, (voter, []))[1].extend(_sections(stage, where, voter))
    for voter, names in found.values():
        yield Listed(voter, tuple(names))


def _sections(stage: str, where: dict[str, str], voter: Voter) -> tuple[str, ...]:
    unknown = [segment for segment in voter.segments if segment not in where]
    if unknown:
        raise RefusedError(_("there is no box for the segment %(name)s") % {"name": unknown[0]})
    return tuple(dict.fromkeys(f"{stage}:{where[segment]}" for segment in voter.segments))


# -- what is said at the set-up ----------------------------------------------------------------------------------


def patterns(names: int) -> int:
    """In how many ways a paper with so many names can be ranked, in part or wholly, or left blank."""
    return sum(math.perm(names, ranked) for ranked in range(names + 1))
