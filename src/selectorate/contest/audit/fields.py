"""Who stands in each round and stage: those who were left, and new ones only where the rules allow them."""

from __future__ import annotations

from collections.abc import Iterator

from ...rules import BallotStage
from ..case import Case
from ..figures import BallotView
from ..replay import replay, rule_for
from .base import At, Check, ballot_numbers, names, round_name, views
from .decisions import replayed


def finalists(case: Case) -> Iterator[Check]:
    """Who stands in a ballot that follows another: those whom the one before left, and nobody else."""
    before: set[str] | None = None
    for index, view in views(case):
        if not isinstance(view.stage, BallotStage):
            continue
        present = set(view.round(0).candidates) - {"reopen"} if view.figures.round else set()
        if before is not None and present:
            same = present <= before
            yield At(case, ("ballot", index, "round", 0)).check(
                "field",
                f"who stands in the next stage ({view.stage.name or view.stage.id})",
                "agrees" if same and len(present) == len(before) else "disagrees",
                published=names(case, sorted(present)),
                computed=names(case, sorted(before)),
                explanation=None if present == before else f"the difference is {names(case, sorted(present ^ before))}",
            )
        before = _left_after(case, view) if view.stage.until is not None else None


def _left_after(case: Case, view: BallotView) -> set[str] | None:
    """Who was left after the last round of a ballot: as published, or in a contest of our own as the rules decide it.

    None where its candidates are not known.
    """
    if not view.figures.round:
        return None
    if case.contest.figures == "ours":
        played = next((result for result in replay(case) if result.stage == view.stage.id), None)
        return set(played.qualified) if played is not None and played.outcome == "qualified" else None
    number = len(view.figures.round) - 1
    last, present = view.figures.round[number], set(view.round(number).candidates)
    return present - set(last.out) - set(last.withdrawn) if present else None


def fields(case: Case) -> Iterator[Check]:
    """Who stands in each later round: those who were left, and new ones only where the rules allow them."""
    for index, view in views(case):
        if not isinstance(view.stage, BallotStage):
            continue
        numbers = ballot_numbers(view)
        for number in range(1, len(view.figures.round)):
            before, now = view.figures.round[number - 1], view.figures.round[number]
            earlier = set(view.round(number - 1).candidates)
            present = set(view.round(number).candidates)
            at = At(case, ("ballot", index, "round", number))
            name = round_name(case, view, number)
            if not earlier or not present:
                yield at.cannot("field", f"who stands{name}", "the candidates of this round or of the one before")
                continue
            gone = set(before.out)
            if case.contest.figures == "ours":
                decided = replayed(case, view.stage.id, number - 1)
                gone |= set(decided.out) if decided else set()
            left = earlier if before.void else earlier - gone - set(before.withdrawn)
            newcomers = present - earlier
            expected = left | set(now.new)
            same = present == expected
            yield at.check(
                "field",
                f"who stands{name}",
                "agrees" if same else "disagrees",
                published=names(case, sorted(present)),
                computed=names(case, sorted(expected)),
                explanation=None if same else f"the difference is {names(case, sorted(present ^ expected))}",
            )
            if newcomers:
                allowed = rule_for(view.stage, numbers[number - 1])[2]
                yield at.to("new").check(
                    "field",
                    f"new candidates{name}",
                    "agrees" if allowed else "disagrees",
                    published=names(case, sorted(newcomers)),
                    computed="the rules let new candidates in"
                    if allowed
                    else "the rules let nobody in after the first ballot",
                )
            if before.withdrawn:
                again = set(before.withdrawn) & present
                yield at.check(
                    "field",
                    f"who withdrew stays away{name}",
                    "disagrees" if again else "agrees",
                    published=names(case, before.withdrawn),
                    computed=f"back: {names(case, sorted(again))}" if again else "not in this round",
                )
