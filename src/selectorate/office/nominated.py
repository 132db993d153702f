"""The nominations board as the public sees it: who has how many, of how many needed, and by whom.

A board that the contest keeps hidden says nothing until its stage is closed, not even who is proposed.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from ..contest.nominations import gates
from ..rules import NominationStage
from .models import Candidate, Contest, StageState
from .ruled import Threshold, thresholds
from .telling import stage_name

TELLING = {"nominated", "not nominated", "automatic", "withdrew", "refused", "supporting"}


@dataclass(frozen=True)
class Line:
    """A candidate on a board: their nominations, by whom, and (once closed) what came of them."""

    candidate: str
    name: str
    count: int
    needed: int | None
    by: tuple[str, ...]
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


def candidates_of(contest: Contest) -> list[Candidate]:
    """Who stands, or is proposed, as far as the public may know: nobody while a hidden board decides on it."""
    hidden = hidden_stages(contest)
    deciding = [
        stage.id for stage in contest.rulebook.stage if isinstance(stage, NominationStage) and stage.effect != "none"
    ]
    return [] if hidden & set(deciding) else list(contest.candidates.all())


def boards(contest: Contest) -> list[Board]:
    """Every board of a contest that has been opened, in the order of the stages."""
    states = {state.stage: state for state in contest.stages.all()}
    asked = thresholds(contest)
    hidden = hidden_stages(contest)
    lines = _lines(contest, hidden)
    named = getattr(contest, "nominators", "named") == "named"
    found = []
    for stage in contest.rulebook.stage:
        state = states.get(stage.id)
        if not isinstance(stage, NominationStage) or state is None or state.status == StageState.Status.WAITING:
            continue
        for threshold in (one for one in asked if one.stage == stage.id):
            found.append(_board(contest, stage, threshold, state, stage.id in hidden, lines, named))
    return found


def _lines(contest: Contest, hidden: set[str]) -> dict[tuple[str, str, str], list[str]]:
    """The names of valid nominators, by stage, body and candidate, in one query."""
    found: dict[tuple[str, str, str], list[str]] = defaultdict(list)
    rows = contest.nominations.filter(withdrawn=None, invalid="").exclude(stage__in=hidden)
    for stage, body, key, name in rows.order_by("seat__name").values_list(
        "stage", "body", "candidate__key", "seat__name"
    ):
        found[stage, body, key].append(name)
    return found


def _board(
    contest: Contest,
    stage: NominationStage,
    threshold: Threshold,
    state: StageState,
    hidden: bool,
    lines: dict[tuple[str, str, str], list[str]],
    named: bool,
) -> Board:
    made = []
    if not hidden:
        rulings = {
            ruling["candidate"]: ruling
            for ruling in state.result.get("rulings", ())
            if ruling.get("body") == threshold.body and ruling.get("result") in TELLING
        }
        for one in contest.candidates.all():
            by = tuple(lines.get((stage.id, threshold.body, one.key), ()))
            ruling = rulings.get(one.key, {})
            if by or ruling or one.status == Candidate.Status.PROPOSED or one.consented:
                made.append(
                    Line(
                        candidate=one.key,
                        name=one.name,
                        count=len(by),
                        needed=threshold.needed,
                        by=by if named else (),
                        result=ruling.get("result", ""),
                        reason=ruling.get("reason", ""),
                    )
                )
        made.sort(key=lambda line: -line.count)
    return Board(
        stage=stage.id,
        stage_name=stage_name(stage),
        body=threshold.body,
        body_name=threshold.body_name,
        size=threshold.size,
        needed=threshold.needed,
        supporting=not gates(stage) or stage.effect == "none",
        status=state.status,
        hidden=hidden,
        lines=tuple(made),
    )
