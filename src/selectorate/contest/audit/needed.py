"""What was needed: the votes, the lead and the minimum, and how many had to ask for a motion."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction

from ... import exact
from ...rules import BallotStage, MotionStage, Requirement
from ..case import Case
from ..figures import BallotView
from ..replay import minimum_for, rule_for
from .base import At, Check, ballot_numbers, round_label, round_name, views, worst
from .printed import taken_from


def needed(case: Case) -> Iterator[Check]:
    """The votes, the lead and the minimum that were published as needed; the letters that ask for a motion."""
    for index, view in views(case):
        numbers = ballot_numbers(view)
        for number in range(len(view.figures.round)):
            at = At(case, ("ballot", index, "round", number))
            yield from _to_win(case, view, number, numbers[number], at)
            yield from _to_stay(case, view, number, numbers[number], at)
        if isinstance(view.stage, MotionStage):
            yield from _asked(case, view.stage, At(case, ("ballot", index)), view)


def _to_win(case: Case, view: BallotView, number: int, ballot: int, at: At) -> Iterator[Check]:
    """The votes and the lead that were needed in round ``number`` (from 0), which is ballot ``ballot`` (from 1)."""
    figures, stage, name = view.figures.round[number], view.stage, round_name(case, view, number)
    requirements = stage.carried if isinstance(stage, MotionStage) else rule_for(stage, ballot)[0]
    for key, words, kinds in (
        ("needed", "needed to win", ("majority", "share")),
        ("needed_lead", "lead needed", ("lead",)),
    ):
        published: Decimal | int | None = getattr(figures, key)
        if published is not None:
            requirement = next((found for found in requirements if found.kind in kinds), None)
            here = at.to(key, certainty=figures.certainty(key))
            yield _needed(here, view, number, f"{words}{name}", published, requirement)


def _to_stay(case: Case, view: BallotView, number: int, ballot: int, at: At) -> Iterator[Check]:
    """The votes that were needed to stay in after round ``number`` (from 0)."""
    figures, name = view.figures.round[number], round_name(case, view, number)
    if figures.minimum is None or not isinstance(view.stage, BallotStage):
        return
    quantity, size = minimum_for(view.stage, ballot), view.round(number).bases.get("those entitled")
    here = at.to("minimum", certainty=figures.certainty("minimum"))
    if quantity is None:
        yield here.check(
            "needed",
            f"votes needed to stay in{name}",
            "disagrees",
            published=f"{figures.minimum:,}",
            computed="none",
            explanation="the rulebook asks for no minimum in this ballot",
        )
    elif quantity.share is not None and size is None:
        missing = "how many were entitled"
        yield here.cannot("needed", f"votes needed to stay in{name}", missing, f"{figures.minimum:,}")
    else:
        computed = quantity.of(int(size) if size is not None else 0)
        yield here.equal("needed", f"votes needed to stay in: {quantity}{name}", figures.minimum, computed)


def _needed(
    at: At, view: BallotView, number: int, what: str, published: Decimal | int, requirement: Requirement | None
) -> Check:
    shown = f"{published:,}"
    if requirement is None:
        return at.cannot("needed", what, "a rule of the rulebook that asks for it", shown)
    base = view.round(number).bases.get(requirement.base)
    if base is None:
        return at.cannot("needed", f"{what}: {requirement}", f"the number of {requirement.base}", shown)
    computed = requirement.needed(base)
    why = None
    if Fraction(published) != computed:
        others = ((place, view.round(place).bases.get(requirement.base)) for place in range(len(view.figures.round)))
        rounds = ((round_label(view, place), requirement.needed(size)) for place, size in others if size is not None)
        exactly = f"{exact.cut_to(requirement.share * base, 2):,} is the exact limit"
        why = "; or ".join(taken_from(published, rounds)) or exactly
    return at.check(
        "needed",
        f"{what}: {requirement}",
        "agrees" if why is None else "disagrees",
        published=shown,
        computed=f"{computed:,}",
        explanation=why,
    )


def _asked(case: Case, stage: MotionStage, at: At, view: BallotView) -> Iterator[Check]:
    figures = view.figures
    if stage.asked_by is None:
        return
    quantity, body = stage.asked_by.threshold, stage.asked_by.body
    size = case.body_size(body)
    computed = None
    if hasattr(quantity, "of") and not hasattr(quantity, "parameter"):
        computed = quantity.of(size) if size is not None else None
    marks = case.contest.bodies[body].certainty("size") if body in case.contest.bodies else None
    if figures.asked_needed is not None:
        here = at.to("asked_needed", certainty=worst(figures.certainty("asked_needed"), marks))
        what = f"needed to ask for the motion: {quantity} of the {case.body_name(body)}, rounded up"
        if computed is None:
            yield here.cannot(
                "threshold", what, f"how many {case.body_name(body)} there were", f"{figures.asked_needed:,}"
            )
        else:
            yield here.equal("threshold", what, figures.asked_needed, computed)
    if figures.asked is not None and computed is not None:
        enough = figures.asked >= computed
        yield at.to("asked", certainty=figures.certainty("asked")).check(
            "threshold",
            "enough asked for the motion",
            "agrees" if enough else "disagrees",
            published=f"{figures.asked:,}",
            computed=f"{computed:,} needed",
        )
