"""Which boxes a stage has, and what its rulebook says of them."""

from __future__ import annotations

from typing import Any

from ..models import Contest, PaperVote, SealedBox


def is_online(stage: Any) -> bool:
    """Whether the rulebook holds a stage in boxes."""
    return getattr(stage, "online", None) is not None


def boxes_of(contest: Contest, stage: str, number: int | None = None) -> list[SealedBox]:
    """The boxes of a stage, or of one round of it, in the order in which they were laid out."""
    found = SealedBox.objects.filter(vote__contest=contest, stage=stage)
    if number is not None:
        found = found.filter(round=number)
    return list(found.select_related("vote").order_by("round", "pk"))


def held_online(contest: Contest, stage: str) -> bool:
    """Whether a stage is held in boxes: the rulebook says so, or they are there."""
    found = contest.rulebook.stage_named(stage)
    return is_online(found) or SealedBox.objects.filter(vote__contest=contest, stage=stage).exists()


def revotes(stage: Any) -> bool:
    """Whether a voter may vote again at a stage, so that the last ballot counts."""
    return bool(getattr(getattr(stage, "online", None), "revote", True))


def paper_rule(stage: Any) -> str:
    """What holds of votes on paper beside a box: ``none``, ``first counts`` or ``online supersedes``."""
    return str(getattr(getattr(stage, "online", None), "paper", "none"))


def papers_wanted(stage: Any, box: SealedBox) -> bool:
    """Whether papers are counted beside a box: the rulebook has them, and some came that count."""
    return paper_rule(stage) != "none" and box.papers.filter(outcome=PaperVote.Outcome.COUNTS).exists()


def struck_after_casting(box: SealedBox) -> int:
    """How many voters were struck off after they had cast: their ballots stay in the box, and are counted."""
    gone = list(box.people.exclude(struck=None).values_list("credential", flat=True))
    return box.events.filter(credential__in=gone).values("credential").distinct().count() if gone else 0
