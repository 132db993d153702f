"""What the votes would have come to otherwise: without a segment, at another turnout, under another rulebook.

None of this is the declared result, and every answer says so; it lists what it assumes, in sentences. The votes are
never guessed: where another course of the count would need papers that the figures do not hold, the answer is that it
cannot be known.
"""

from __future__ import annotations

from collections.abc import Sequence

from .. import rules
from ..contest import TOTAL, BallotRound, Case
from ..rules import BallotStage, MotionStage
from .answers import KEYS, SAME_VOTERS, WhatIf, answer, ballot_of, need_segments, segment_name, summed, unanswered
from .cells import CannotBeKnown, listed
from .played import Decisive, decisive, rebuilt, without_figures


def nothing_changed(case: Case) -> WhatIf:
    """The same votes under the same rulebook: the declaration again. For tables beside the others, and for tests."""
    found = decisive(case)
    return answer(found, "nothing changed", "nothing had been changed", (), found.stage, found.rounds)


def segment_left_out(case: Case, *segments: str) -> WhatIf:
    """The result without the votes of ``segments``: one answer, all of them left out together.

    In a weighted college the weights of the others are scaled up to the whole. Raises InputError if the ballot that
    decided has no such segment.
    """
    found = ballot_of(case)
    out = tuple(dict.fromkeys(segments))
    names = tuple(segment_name(found, segment) for segment in out)
    who = f"neither {names[0]} nor {names[1]}" if len(names) == 2 else listed(names)
    title = f"{who} had voted" if len(names) == 2 else f"{who} had not voted"
    try:
        need_segments(found)
        rest = [other for other in found.view.sections if other not in out]
        if not rest:
            raise CannotBeKnown(f"{listed(names)} are {'the only segment' if len(names) == 1 else 'all there are'}")
        found.refuse_hidden(out)
        stage, told = _without_weight(found, out, listed(names))
        rounds = [_left_out(found, stage, item, out, rest) for item in found.rounds]
    except CannotBeKnown as why:
        return unanswered(found, "a segment left out", title, why)
    together = ", all of them together" if len(names) > 1 else ""
    assumptions = (f"The votes of {listed(names)} are left out{together}.", *told, SAME_VOTERS)
    return answer(found, "a segment left out", title, assumptions, stage, rounds, left_out=names)


def _without_weight(
    found: Decisive, out: Sequence[str], names: str
) -> tuple[BallotStage | MotionStage, tuple[str, ...]]:
    stage = found.stage
    if not isinstance(stage, BallotStage) or stage.combine != "weighted-college":
        return stage, ()
    rest = 1 - sum(stage.weights[segment] for segment in out)
    weights = {other: weight / rest for other, weight in stage.weights.items() if other not in out}
    shown = ", ".join(f"{segment_name(found, other)} {rules.share_text(weight)}" for other, weight in weights.items())
    told = f"The weight of {names} goes to the other sections in proportion to theirs: {shown}."
    return stage.model_copy(update={"weights": weights}), (told,)


def _left_out(
    found: Decisive, stage: BallotStage | MotionStage, item: BallotRound, out: Sequence[str], rest: Sequence[str]
) -> BallotRound:
    if item.sections is None or any(segment not in item.sections for segment in out):
        return without_figures(item, f"the votes of {listed([found.case.section_name(s) for s in out])} by themselves")
    sections = {other: item.sections[other] for other in rest}
    figures = {key: summed(found, key, rest, item.number) for key in KEYS}
    if not found.view.repeated and item.number > 1:
        figures["valid"] = None
    return rebuilt(stage, item, sections, **figures)


# -- answers --------------------------------------------------------------------------------------------------------


def what_ifs(case: Case) -> tuple[WhatIf, ...]:
    """What can be asked without saying more: each segment of the ballot that decided left out in turn."""
    found = ballot_of(case)
    segments = found.view.sections
    if segments == (TOTAL,) or len(segments) < 2:
        return ()
    return tuple(segment_left_out(case, segment) for segment in segments)
