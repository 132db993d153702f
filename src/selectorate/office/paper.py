"""The paper of a ballot as it will be, and the hashes that say whether it has changed since somebody looked at it."""

from __future__ import annotations

import hashlib
from typing import Any

from ..rules import BallotStage
from .models import Candidate, Contest
from .models.acts import canonical


def entry_of(candidate: Candidate) -> dict[str, Any]:
    """What is published of a candidate: what they sign off."""
    picture = ""
    if candidate.picture:
        with candidate.picture.open("rb") as file:
            picture = hashlib.sha256(file.read()).hexdigest()
    return {
        "name": candidate.name,
        "slate": candidate.slate,
        "statement": candidate.statement,
        "no_statement": candidate.no_statement,
        "picture": picture,
    }


def entry_hash(candidate: Candidate) -> str:
    """The hash of a candidate's entry."""
    return hashlib.sha256(canonical(entry_of(candidate))).hexdigest()


def paper_of(contest: Contest, stage: str) -> dict[str, Any]:
    """The paper of a ballot: the question, how it is filled in, and who is on it."""
    found = contest.rulebook.stage_named(stage)
    assert isinstance(found, BallotStage)
    opened = contest.ballot_rounds.filter(stage=stage).order_by("number").first()
    people = contest.candidates.all()
    # Once it is open it stays as it was: who withdraws or goes out later was on it.
    people = people.filter(key__in=opened.field) if opened else people.filter(status=Candidate.Status.STANDING)
    return {
        "contest": contest.title,
        "stage": stage,
        "paper": found.paper,
        "choose_up_to": found.choose_up_to,
        "reopen_nominations": found.reopen_nominations,
        "candidates": [entry_of(one) for one in people],
    }


def paper_hash(contest: Contest, stage: str) -> str:
    """The hash of the paper as it is now."""
    return hashlib.sha256(canonical(paper_of(contest, stage))).hexdigest()
