"""What a box asks: the question that a ballot or a motion becomes."""

from __future__ import annotations

from ...box.v1.elections import Question
from ...box.v1.papers import question_for
from ...contest.model import REOPEN
from ...rules import BallotStage, MotionStage
from ..models import Contest
from ..rounds import on_the_paper
from ..timetable import stage_name

REOPENED = "Re-open nominations"
"""What the answer that elects nobody is called in a box."""
SIDES = ("For", "Against")
"""The answers of a motion, in their order."""


def field_of(contest: Contest, stage: BallotStage | MotionStage, number: int) -> list[str]:
    """The keys of those on the paper of a round, in its order; before it has opened, as things stand."""
    if isinstance(stage, MotionStage):
        return ["for", "against"]
    there = contest.ballot_rounds.filter(stage=stage.id, number=number).first()
    return list(there.field) if there is not None else on_the_paper(contest, stage)


def names_of(contest: Contest, stage: BallotStage | MotionStage, field: list[str]) -> list[str]:
    """What stands on the paper for the keys of ``field``."""
    if isinstance(stage, MotionStage):
        return list(SIDES)
    names = {one.key: one.name for one in contest.candidates.all()}
    return [REOPENED if key == REOPEN else names.get(key, key) for key in field]


def question_of(contest: Contest, stage: BallotStage | MotionStage, number: int = 1) -> Question:
    """The question of a round. Raises InputError for a paper that no box can hold."""
    names = names_of(contest, stage, field_of(contest, stage, number))
    text = asked(contest, stage)
    if isinstance(stage, MotionStage):
        return question_for("yes or no", text, names)
    most = 1
    if stage.paper == "choose up to":
        most = min(stage.choose_up_to or (stage.places if isinstance(stage.places, int) else 1), len(names))
    return question_for(stage.paper, text, names, most=most, paper_rules=bool(stage.paper_rules))


def asked(contest: Contest, stage: BallotStage | MotionStage) -> str:
    """The question in words: what the ballot is called."""
    return f"{contest.title}: {stage_name(stage)}"
