"""Figures as two officials take them in: what each may see of the other's, and where they differ."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from .models import Contest, FiguresEntry, User


@dataclass(frozen=True)
class Difference:
    """A cell in which two officials differ: where it stands, and what one took in oneself (None: nothing).

    Never what the other did: whoever took in noughts would be shown all of it, and could take that in as their own.
    """

    part: str
    section: str
    name: str
    mine: int | str | None


@dataclass(frozen=True)
class TakenIn:
    """Where the figures of a round (or a section's file) stand, for one official.

    ``mine``: what they took in themselves; ``others``: how many other officials have. Until they have taken in their
    own they are told nothing; then ``differences`` has the cells that differ. No figure of anybody else is ever in it.
    """

    mine: FiguresEntry | None
    agreed: FiguresEntry | None
    others: int
    differences: tuple[Difference, ...]


def taken_in(contest: Contest, stage: str, number: int, user: User, section: str = "") -> TakenIn:
    """Where the figures stand, as ``user`` may see it."""
    running = list(
        contest.figures.filter(stage=stage, round=number, section=section, replaced=None).order_by("-at", "-pk")
    )
    agreed = next((one for one in running if one.agreed is not None), None)
    mine = next((one for one in running if one.by_id == user.pk), None)
    others = [one for one in running if one.by_id != user.pk]
    differ = tuple(_differences(mine, others[0])) if mine is not None and others and agreed is None else ()
    return TakenIn(mine, agreed if mine is not None else None, len(others), differ)


def is_agreed(contest: Contest, stage: str, number: int, section: str = "") -> bool:
    """Whether two officials agree: everybody who may take figures in is told that, not what the figures are."""
    found = contest.figures.filter(stage=stage, round=number, section=section, replaced=None, agreed__isnull=False)
    return found.exists()


def _differences(mine: FiguresEntry, theirs: FiguresEntry) -> Iterator[Difference]:
    for part in ("votes", "roll"):
        left, right = mine.data.get(part, {}), theirs.data.get(part, {})
        for section in dict.fromkeys((*left, *right)):
            here, there = left.get(section, {}), right.get(section, {})
            for name in dict.fromkeys((*here, *there)):
                if here.get(name) != there.get(name):
                    yield Difference(part, section, name, here.get(name))
    if mine.file_hash != theirs.file_hash:
        yield Difference("file", mine.section, "SHA-256", mine.file_hash)
