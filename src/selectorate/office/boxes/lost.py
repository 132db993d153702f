"""Keys of trustees that are lost: which boxes too few can open then, and what is said of it."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from ..models import Contest, KeysLost, OnlineVote, SealedBox
from . import counting


def stated(contest: Contest) -> KeysLost | None:
    """The statement that holds now: that boxes of the contest cannot be opened; None where they can."""
    vote = getattr(contest, "online", None)  # lists of contests bring it along
    return next((one for one in vote.keys_lost.all() if one.found is None), None) if vote is not None else None


def sealed_by(vote: OnlineVote, lost: Collection[int]) -> list[SealedBox]:
    """The boxes that cannot be opened if the trustees with the numbers ``lost`` decrypt no more.

    What one of them has given before stays good.
    """
    left = {one.number for one in vote.trustees.all()} - set(lost)
    begun = vote.boxes.exclude(phase__in=("empty", "final"))
    return [box for box in begun if len(left | set(counting.decrypters(box))) < vote.threshold]


def basis(vote: OnlineVote) -> dict[str, Any]:
    """On what a statement rests, as JSON: the boxes that are not opened, who has decrypted them, what is stated."""
    begun = vote.boxes.exclude(phase__in=("empty", "final"))
    holds = vote.keys_lost.filter(found=None).values_list("pk", flat=True).first()
    return {"decrypted": {box.uuid: counting.decrypters(box) for box in begun}, "stated": holds}


def said(contest: Contest) -> list[dict[str, Any]]:
    """Every statement about lost keys, the newest first, for everybody: whose, why, since when, whether it holds."""
    vote = OnlineVote.objects.filter(contest=contest).first()
    if vote is None:
        return []
    names = {one.number: one.name for one in vote.trustees.all()}
    return [
        {
            "names": [f"{names.get(number, '')} ({number})" for number in one.trustees],
            "reason": one.reason,
            "at": one.at,
            "found": one.found,
            "found_says": one.found_says,
            "left": vote.size - len(one.trustees),
            "threshold": vote.threshold,
            "size": vote.size,
            "over": contest.status == Contest.Status.ABANDONED,
        }
        for one in vote.keys_lost.order_by("-pk")
    ]
