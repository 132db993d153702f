"""The nominations board as the public sees it: who has how many, of how many needed, and by whom.

A board that the contest keeps hidden says nothing until its stage is closed, not even who is proposed.
"""

from __future__ import annotations

from dataclasses import dataclass

from ..rules import NominationStage
from .boards import Board as StageBoard
from .boards import boards_of
from .models import Candidate, Contest, StageState
from .ruled import thresholds


@dataclass(frozen=True)
class Line:
    """A candidate on a board: their nominations, by whom, and (once closed) what came of them.

    ``further``: what else is asked of the nominators: what, how many there are, how many are needed.
    """

    candidate: str
    name: str
    count: int
    needed: int | None
    by: tuple[str, ...]
    further: tuple[tuple[str, int, int], ...] = ()
    result: str = ""
    reason: str = ""

    @property
    def reached(self) -> bool:
        """Whether there are as many as needed."""
        return self.needed is not None and self.count >= self.needed


@dataclass(frozen=True)
class Board:
    """The nominations of one body at one stage. ``status``: waiting, open or closed; ``hidden``: not shown yet."""

    stage: str
    stage_name: str
    body: str
    body_name: str
    size: int | None
    needed: int | None
    supporting: bool
    status: str
    hidden: bool
    lines: tuple[Line, ...] = ()


def hidden_stages(contest: Contest) -> set[str]:
    """The stages of nominations of which nothing is shown yet."""
    if contest.board != "hidden":
        return set()
    closed = {state.stage for state in contest.stages.all() if state.status == StageState.Status.CLOSED}
    return {stage.id for stage in contest.rulebook.stage if isinstance(stage, NominationStage)} - closed


def deciding(contest: Contest) -> set[str]:
    """The stages of nominations that decide who stands; in the others support is only shown."""
    return {
        stage.id for stage in contest.rulebook.stage if isinstance(stage, NominationStage) and stage.effect != "none"
    }


def candidates_of(contest: Contest) -> list[Candidate]:
    """Who stands, or is proposed, as far as the public may know: nobody while a hidden board decides on it."""
    return [] if hidden_stages(contest) & deciding(contest) else list(contest.candidates.all())


def boards(contest: Contest) -> list[Board]:
    """Every board of a contest that has been opened: stage by stage, a board for each body that nominates there.

    What may be told of whom, and whether nominators are named, ``boards_of`` decides; here it is only laid out anew.
    """
    asked = thresholds(contest)
    hidden = hidden_stages(contest)
    found = []
    for stage in boards_of(contest):
        if stage.status == StageState.Status.WAITING:
            continue
        for threshold in (one for one in asked if one.stage == stage.stage):
            found.append(
                Board(
                    stage=stage.stage,
                    stage_name=threshold.stage_name,
                    body=threshold.body,
                    body_name=threshold.body_name,
                    size=threshold.size,
                    needed=threshold.needed,
                    supporting=not stage.decides,
                    status=stage.status,
                    hidden=stage.stage in hidden or not stage.shown,
                    lines=_lines(stage, threshold.body),
                )
            )
    return found


def _lines(stage: StageBoard, body: str) -> tuple[Line, ...]:
    """What one body has nominated at a stage, the most first."""
    found = [
        Line(
            candidate=one.key,
            name=one.name,
            count=way.count,
            needed=way.needed,
            by=way.names or (),
            further=way.further,
            result="automatic" if one.by_right and not one.result else one.result,
            reason=one.reason,
        )
        for one in stage.lines
        for way in one.ways
        if way.body == body
    ]
    return tuple(sorted(found, key=lambda line: -line.count))
