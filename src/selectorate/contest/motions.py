"""A motion as it is declared: what it was about, who asked for it, whether it was tied, and what follows from it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import field
from typing import Literal

from pydantic import ConfigDict
from pydantic.dataclasses import dataclass

from ..rules import MotionStage, ParameterRef
from ..rules.wording import listed, requirement
from .case import Case
from .figures import BallotView
from .model import BallotFigures
from .replay import Replay


@dataclass(frozen=True, config=ConfigDict(extra="forbid"))
class MotionSheet:
    """What is said of a motion beside its votes.

    ``about``, ``effect``, ``holder_may_stand``, ``safe_months``: as the rulebook says. ``holder``: the name of who held
    the office that it was about. ``asked``: how many asked for it; ``asked_needed``: how many had to, as published,
    else worked out from the rulebook; ``asked_of``: of whom. ``votes_for``, ``votes_against``: where known. ``tied``:
    whether these are equal; ``tie``: what the rulebook says of that. ``result``: one sentence; ``follows``: what
    follows from it under the rulebook, in sentences. ``certainty``: of each figure that is "recalled", "derived" or
    "approximate".
    """

    about: Literal["confidence", "no confidence", "resolution"]
    effect: Literal["vacancy", "none", "as stated"]
    result: str
    follows: tuple[str, ...]
    holder: str | None = None
    holder_may_stand: bool | None = None
    safe_months: int | None = None
    asked: int | None = None
    asked_needed: int | None = None
    asked_of: str | None = None
    votes_for: int | None = None
    votes_against: int | None = None
    tied: bool = False
    tie: str | None = None
    certainty: dict[str, str] = field(default_factory=dict)


def motion_sheet(case: Case, stage: MotionStage, figures: BallotFigures, played: Replay | None) -> MotionSheet:
    """What is said of the motion ``stage`` beside its votes."""
    view = BallotView(case, stage, figures)
    last = view.rounds()[0].votes if figures.round else None
    yes, no = (last or {}).get("for"), (last or {}).get("against")
    outcome = played.outcome if played else "stopped"
    tied = yes is not None and yes == no
    holder = case.contest.candidates.get(case.contest.holder or "")
    needed = figures.asked_needed if figures.asked_needed is not None else _needed(case, stage)
    marks = {key: figures.certainty(key) for key in ("asked", "asked_needed", "holder")}
    about_holder = stage.motion != "resolution"
    name = figures.holder or (holder.name if holder and about_holder else None)
    return MotionSheet(
        about=stage.motion,
        effect=stage.effect,
        result=result_sentence(outcome, yes, no),
        follows=tuple(_follows(stage, outcome, name)),
        holder=name,
        holder_may_stand=stage.holder_may_stand,
        safe_months=stage.safe_months,
        asked=figures.asked,
        asked_needed=needed,
        asked_of=case.body_name(stage.asked_by.body) if stage.asked_by else None,
        votes_for=yes,
        votes_against=no,
        tied=tied,
        tie=_tie(stage, outcome) if tied else None,
        certainty={key: mark for key, mark in marks.items() if mark},
    )


def result_sentence(outcome: str, yes: int | None, no: int | None) -> str:
    """What a motion came to: ``The motion was lost by 75 votes to 90``, without a full stop.

    ``outcome``: of its replay. ``yes``, ``no``: the votes, where known.
    """
    verdict = {"carried": "carried", "lost": "not carried"}.get(outcome)
    if verdict is None:
        return "Whether the motion was carried does not follow from these figures"
    if yes is None or no is None:
        return f"The motion was {outcome}"
    if yes == no:
        return f"The motion was tied, {yes:,} votes to {no:,}, and {verdict}"
    if (yes > no) == (outcome == "carried"):
        return f"The motion was {outcome} by {yes:,} votes to {no:,}"
    return f"The motion was {outcome}, with {yes:,} votes for it and {no:,} against"


def _needed(case: Case, stage: MotionStage) -> int | None:
    """How many had to ask for it, by the rulebook; None where it does not say or the body's size is not known."""
    if stage.asked_by is None or isinstance(stage.asked_by.threshold, ParameterRef):
        return None
    quantity = stage.asked_by.threshold
    if quantity.share is None:
        return quantity.number
    size = case.body_size(stage.asked_by.body)
    return quantity.of(size) if size is not None else None


def _tie(stage: MotionStage, outcome: str) -> str | None:
    """What the rulebook says of equal votes: what it asks for, which a tie meets or does not meet."""
    if outcome not in ("carried", "lost"):
        return None
    asked = listed(requirement(needs) for needs in stage.carried)
    meets = "this tied motion has: it is carried" if outcome == "carried" else "a tied motion has not got: it is lost"
    return f"The votes are equal. The rulebook asks for {asked}, which {meets}."


def _follows(stage: MotionStage, outcome: str, holder: str | None) -> Iterator[str]:
    """What follows from the result under the rulebook; before it is decided, what would."""
    turning = "lost" if stage.motion == "confidence" else "carried"
    named = f"The holder, {holder}," if holder else "The holder"
    if stage.effect == "none":
        more = "" if stage.motion == "resolution" or outcome != turning else " It does not remove the holder."
        yield f"Nothing follows from the result under the rulebook.{more}"
    elif outcome not in ("carried", "lost"):
        then = "the post falls vacant" if stage.effect == "vacancy" else "what it states itself is what follows"
        yield f"Under the rulebook {then} if the motion is {turning}."
    elif outcome == turning:
        yield (
            "The post falls vacant under the rulebook."
            if stage.effect == "vacancy"
            else "What it states itself is what follows."
        )
        if stage.holder_may_stand is not None:
            may = "may" if stage.holder_may_stand else "may not"
            yield f"{named} {may} stand in the contest that follows."
    elif stage.motion == "resolution":
        yield "Nothing follows from the result under the rulebook."
    else:
        yield f"{named} stays in the post."
        if stage.safe_months is not None:
            months = f"{stage.safe_months} month{'s' if stage.safe_months != 1 else ''}"
            yield f"Under the rulebook no other such vote can be held for {months}."


__all__ = ["MotionSheet", "motion_sheet", "result_sentence"]
