"""What was needed: the votes, the lead and the minimum, and how many had to ask for a motion."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from ... import exact
from ...rules import BallotStage, MotionStage, Requirement
from ..case import Case
from ..figures import BallotView
from ..replay import minimum_for, rule_for
from .base import At, Check, ballot_numbers, round_name, views, worst


def needed(case: Case) -> Iterator[Check]:
    """The votes, the lead and the minimum that were published as needed; the letters that ask for a motion."""
    for index, view in views(case):
        numbers = ballot_numbers(view)
        for number, figures in enumerate(view.figures.round):
            at = At(case, ("ballot", index, "round", number))
            name = round_name(case, view, number)
            stage = view.stage
            requirements = stage.carried if isinstance(stage, MotionStage) else rule_for(stage, numbers[number])[0]
            main = next((r for r in requirements if r.kind in ("majority", "share")), None)
            lead = next((r for r in requirements if r.kind == "lead"), None)
            bases = view.round(number).bases
            if figures.needed is not None:
                yield _needed(
                    at.to("needed", certainty=figures.certainty("needed")),
                    f"needed to win{name}",
                    figures.needed,
                    main,
                    bases,
                )
            if figures.needed_lead is not None:
                yield _needed(
                    at.to("needed_lead", certainty=figures.certainty("needed_lead")),
                    f"lead needed{name}",
                    figures.needed_lead,
                    lead,
                    bases,
                )
            if figures.minimum is not None and isinstance(stage, BallotStage):
                quantity = minimum_for(stage, numbers[number])
                here = at.to("minimum", certainty=figures.certainty("minimum"))
                size = bases.get("those entitled")
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
                    yield here.cannot(
                        "needed",
                        f"votes needed to stay in{name}",
                        "how many were entitled",
                        f"{figures.minimum:,}",
                    )
                else:
                    yield here.equal(
                        "needed",
                        f"votes needed to stay in: {quantity}{name}",
                        figures.minimum,
                        quantity.of(int(size or 0)),
                    )
        if isinstance(view.stage, MotionStage):
            yield from _asked(case, view.stage, At(case, ("ballot", index)), view)


def _needed(at: At, what: str, published: object, requirement: Requirement | None, bases: object) -> Check:
    shown = f"{published:,}"
    if requirement is None:
        return at.cannot("needed", what, "a rule of the rulebook that asks for it", shown)
    base = bases.get(requirement.base) if isinstance(bases, dict) else None
    if base is None:
        return at.cannot("needed", f"{what}: {requirement}", f"the number of {requirement.base}", shown)
    computed = requirement.needed(base)
    same = Fraction(str(published)) == computed
    return at.check(
        "needed",
        f"{what}: {requirement}",
        "agrees" if same else "disagrees",
        published=shown,
        computed=f"{computed:,}",
        explanation=None if same else f"{exact.cut_to(requirement.share * base, 2):,} is the exact limit",
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
