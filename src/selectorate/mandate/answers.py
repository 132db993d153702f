"""An answer to "what if", and what every question of that kind begins and ends with."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from ..contest import TOTAL, BallotRound, Case
from ..documents import nearest
from ..errors import InputError
from ..rules import BallotStage, MotionStage, Rulebook
from .cells import CannotBeKnown, frozen
from .played import NOT_DECLARED, Decisive, Result, decisive, play

SAME_VOTERS = "Everybody is taken to vote as they did."

Kind = Literal["nothing changed", "a segment left out", "another turnout", "another rulebook"]
"""What was asked."""


@frozen
class WhatIf:
    """An answer to "what if".

    ``title``: the question in words. ``assumptions``: sentences. ``declared``: the declared result; ``result``: what
    the votes would have come to, as far as they tell; ``cannot``: why who would have won cannot be known.
    ``changes_winner``: None where that is so. ``left_out``: segments whose votes do not count in it.
    """

    kind: Kind
    title: str
    contest: str
    contest_title: str
    rulebook: str
    rulebook_name: str
    assumptions: tuple[str, ...]
    declared: Result | None
    result: Result | None
    cannot: str | None
    changes_winner: bool | None
    left_out: tuple[str, ...] = ()
    not_declared: str = NOT_DECLARED


KEYS = ("valid", "returned", "entitled")
"""The figures of a roll that a share can be a share of."""


def summed(found: Decisive, key: str, sections: Sequence[str], number: int) -> int | None:
    """The figure ``key`` of the roll of ``sections`` together, in a round (from 1); None if one's is not known."""
    at = number - 1 if found.view.repeated else 0
    parts = [found.view.figure(key, section, at) for section in sections]
    return sum(part for part in parts if part is not None) if None not in parts else None


def ballot_of(case: Case) -> Decisive:
    """The ballot that decided ``case``. Raises InputError if there is none to be asked about."""
    try:
        return decisive(case)
    except CannotBeKnown as why:
        raise InputError(f'nothing can be asked of "{case.contest.id}": {why.reason}') from None


def segment_name(found: Decisive, segment: str) -> str:
    """The name of a segment. Raises InputError if the ballot has none of that id."""
    segments = [section for section in found.view.sections if section != TOTAL]
    if segment not in segments:
        hint = nearest(segment, segments, "The segments are") or "This ballot has no segments."
        raise InputError(f'there is no segment "{segment}" in the ballot that decided', hint=hint)
    return found.case.section_name(segment)


def need_segments(found: Decisive) -> None:
    """Raises CannotBeKnown where the votes that decided are not known by segment, or not of everybody."""
    if found.by_units:
        raise CannotBeKnown("it is counted by units, and the votes of a unit are not known by segment")
    if isinstance(found.stage, BallotStage) and found.stage.places != 1:
        raise CannotBeKnown("several places were filled")
    if any(item.figures.others for item in found.rounds):
        raise CannotBeKnown("the votes of some candidates are not known")


def answer(
    found: Decisive,
    kind: Kind,
    title: str,
    assumptions: tuple[str, ...],
    stage: BallotStage | MotionStage,
    rounds: Sequence[BallotRound],
    rulebook: Rulebook | None = None,
    left_out: tuple[str, ...] = (),
) -> WhatIf:
    """The answer that ``rounds`` give when they are played under ``stage``, beside the declared result."""
    try:
        result = found.result(play(stage, rounds), rounds, stage)
    except CannotBeKnown as why:
        return unanswered(found, kind, title, why, rulebook, assumptions, left_out)
    declared = found.declared()
    return WhatIf(
        kind=kind,
        title=title,
        contest=found.case.contest.id,
        contest_title=found.case.contest.title,
        rulebook=(rulebook or found.case.rulebook).id,
        rulebook_name=(rulebook or found.case.rulebook).name,
        assumptions=assumptions,
        declared=declared,
        result=result,
        cannot=result.stopped if result.outcome == "stopped" else None,
        changes_winner=result.elected != declared.elected if result.elected else None,
        left_out=left_out,
    )


def unanswered(
    found: Decisive,
    kind: Kind,
    title: str,
    why: CannotBeKnown,
    rulebook: Rulebook | None = None,
    assumptions: tuple[str, ...] = (),
    left_out: tuple[str, ...] = (),
) -> WhatIf:
    """The answer that it cannot be known, and why."""
    try:
        declared = found.declared()
    except CannotBeKnown:
        declared = None
    return WhatIf(
        kind=kind,
        title=title,
        contest=found.case.contest.id,
        contest_title=found.case.contest.title,
        rulebook=(rulebook or found.case.rulebook).id,
        rulebook_name=(rulebook or found.case.rulebook).name,
        assumptions=assumptions,
        declared=declared,
        result=None,
        cannot=why.reason,
        changes_winner=None,
        left_out=left_out,
    )
