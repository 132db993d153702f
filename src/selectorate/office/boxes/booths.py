"""What is put before a voter: the boxes that are open for them, and their paper in each."""

from __future__ import annotations

import base64
from typing import Any

from django.db.models import QuerySet
from django.utils.crypto import salted_hmac

from ...box.ed25519 import ED25519
from ...box.v1.elections import HomomorphicQuestion, RankingQuestion
from ...rules import BallotStage
from ..models import BoxEvent, BoxVoter, Contest, OnlineVote, PaperVote, SealedBox
from ..templatetags.telling import clock_text, day_text
from . import casting, store
from .naming import section_name

REOPEN = "Re-open nominations"
"""The answer that stands last on every paper, wherever the names stand."""


def is_open(box: SealedBox) -> bool:
    """Whether ballots are taken, by the one clock."""
    return box.phase == "voting" and (box.closes is None or casting.clock() < box.closes)


def open_boxes(vote: OnlineVote) -> list[SealedBox]:
    """The boxes of a contest that are open."""
    return [box for box in vote.boxes.filter(phase="voting") if is_open(box)]


def boxes_of(vote: OnlineVote, who: str) -> QuerySet[SealedBox]:
    """The boxes in which a voter has a vote; none once it is deleted whose a credential is."""
    return vote.boxes.filter(people__who=who)


def open_for(vote: OnlineVote, who: str) -> list[SealedBox]:
    """Those of them that are open, and where no paper of theirs counts already."""
    voted = PaperVote.objects.filter(who=who, outcome=PaperVote.Outcome.COUNTS).values("box")
    return [box for box in boxes_of(vote, who).filter(phase="voting").exclude(pk__in=voted) if is_open(box)]


def to_cast(vote: OnlineVote, who: str) -> list[SealedBox]:
    """Those into which they can cast: where nobody votes twice, only while they have not."""
    return [box for box in open_for(vote, who) if box.revote or last_of(box, who) is None]


def last_of(box: SealedBox, who: str) -> BoxEvent | None:
    """The last ballot recorded for a voter: the one that counts, once the box is closed."""
    theirs = BoxVoter.objects.filter(box=box, who=who).values("credential")
    return box.events.filter(credential__in=theirs).order_by("height").last()


def order_for(box: SealedBox, who: str, names: tuple[str, ...]) -> list[int]:
    """The order of the names drawn for this voter and this box: the same each time, another for each voter.

    Drawn by a keyed hash, so that nobody can choose or foretell it. A yes or no, and what is no name, is not moved.
    """
    last = [place for place, name in enumerate(names) if name.casefold() == REOPEN.casefold()]
    drawn = sorted((place for place in range(len(names)) if place not in last), key=lambda place: _lot(box, who, place))
    return drawn + last


def _lot(box: SealedBox, who: str, place: int) -> bytes:
    lot: bytes = salted_hmac("selectorate.order", f"{box.uuid}:{who}:{place}", algorithm="sha256").digest()
    return lot


def paper_for(contest: Contest, box: SealedBox, who: str) -> dict[str, Any]:
    """The paper of a voter in a box, as the booth takes it."""
    election = store.election_of(box)
    question = election.questions[0]
    assert isinstance(question, HomomorphicQuestion | RankingQuestion)
    stage = contest.rulebook.stage_named(box.stage)
    paper = stage.paper if isinstance(stage, BallotStage) else "yes or no"
    credential = box.people.get(who=who).credential
    names = question.answers
    choice = isinstance(question, HomomorphicQuestion)
    most = question.most if choice else stage.choose_up_to if paper == "choose up to" else len(names)
    return {
        "box": box.uuid,
        "section": box.section,
        "section_name": section_name(contest, box),
        "closes": f"{day_text(box.closes)}, {clock_text(box.closes)}" if box.closes else "",
        "election": base64.b64encode(election.raw).decode("ascii"),
        "credential": credential,
        "paper": paper,
        "question": question.question,
        "names": list(names),
        "order": list(range(len(names))) if paper == "yes or no" else order_for(box, who, names),
        "least": question.least if choice else 0,
        "most": most or len(names),
        "blank": question.blank if choice else True,
        "max_ranks": ED25519.most_values,
        "cast_before": box.events.filter(credential=credential).exists(),
    }
