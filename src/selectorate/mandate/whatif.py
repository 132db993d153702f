"""What the votes would have come to otherwise: without a segment, at another turnout, under another rulebook.

None of this is the declared result, and every answer says so; it lists what it assumes, in sentences. The votes are
never guessed: where another course of the count would need papers that the figures do not hold, the answer is that it
cannot be known.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Literal

from .. import contest, rules
from ..contest import TOTAL, BallotRound, Case
from ..documents import nearest
from ..errors import InputError, RulebookError
from ..rules import BallotStage, MotionStage, Rulebook
from .cells import CannotBeKnown, frozen, number_text, percent_text
from .mapped import Mapping_, Plan, plans
from .played import NOT_DECLARED, Amounts, Decisive, Result, decisive, play, rebuilt, without_figures
from .rivals import Loader

SAME_VOTERS = "Everybody is taken to vote as they did."


@frozen
class WhatIf:
    """An answer to "what if".

    ``title``: the question in words. ``assumptions``: sentences. ``declared``: the declared result; ``result``: what
    the votes would have come to, as far as they tell; ``cannot``: why who would have won cannot be known.
    ``changes_winner``: None where that is so. ``left_out``: segments whose votes do not count in it.
    """

    kind: Literal["nothing changed", "a segment left out", "another turnout", "another rulebook"]
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


Kind = Literal["nothing changed", "a segment left out", "another turnout", "another rulebook"]


def nothing_changed(case: Case) -> WhatIf:
    """The same votes under the same rulebook: the declaration again. For tables beside the others, and for tests."""
    found = decisive(case)
    return _answer(found, "nothing changed", "nothing had been changed", (), found.stage, found.rounds)


def segment_left_out(case: Case, segment: str) -> WhatIf:
    """The result without the votes of ``segment``.

    In a weighted college the weights of the others are scaled up to the whole. Raises InputError if the ballot that
    decided has no such segment.
    """
    found = _decisive(case)
    name = _segment(found, segment)
    title = f"{name} had not voted"
    try:
        _by_segments(found)
        rest = [other for other in found.view.sections if other != segment]
        if not rest:
            raise CannotBeKnown(f"{name} are the only segment")
        found.refuse_hidden([segment])
        stage, told = _without_weight(found.stage, segment, name)
        rounds = [_left_out(found, stage, item, segment, rest) for item in found.rounds]
    except CannotBeKnown as why:
        return _unanswered(found, "a segment left out", title, why)
    assumptions = (f"The votes of {name} are left out.", *told, SAME_VOTERS)
    return _answer(found, "a segment left out", title, assumptions, stage, rounds, left_out=(name,))


def _without_weight(
    stage: BallotStage | MotionStage, segment: str, name: str
) -> tuple[BallotStage | MotionStage, tuple[str, ...]]:
    if not isinstance(stage, BallotStage) or stage.combine != "weighted-college":
        return stage, ()
    rest = 1 - stage.weights[segment]
    weights = {other: weight / rest for other, weight in stage.weights.items() if other != segment}
    shown = ", ".join(f"{other} {rules.share_text(weight)}" for other, weight in weights.items())
    told = f"The weight of {name} goes to the other sections in proportion to theirs: {shown}."
    return stage.model_copy(update={"weights": weights}), (told,)


def _left_out(
    found: Decisive, stage: BallotStage | MotionStage, item: BallotRound, segment: str, rest: Sequence[str]
) -> BallotRound:
    if item.sections is None or segment not in item.sections:
        return without_figures(item, f"the votes of {found.case.section_name(segment)} by themselves")
    sections = {other: item.sections[other] for other in rest}
    figures = {key: _summed(found, key, rest, item.number) for key in _KEYS}
    if not found.view.repeated and item.number > 1:
        figures["valid"] = None
    return rebuilt(stage, item, sections, **figures)


_KEYS = ("valid", "returned", "entitled")
"""The figures of a roll that a share can be a share of."""


def _summed(found: Decisive, key: str, sections: Sequence[str], number: int) -> int | None:
    at = number - 1 if found.view.repeated else 0
    parts = [found.view.figure(key, section, at) for section in sections]
    return sum(part for part in parts if part is not None) if None not in parts else None


# -- another turnout ------------------------------------------------------------------------------------------------


def turnout_at(case: Case, segment: str, *, share: Fraction | None = None, valid: int | None = None) -> WhatIf:
    """The result if more or fewer of ``segment`` had voted, and had voted in the same proportions.

    Either ``share``: valid votes as a share of the segment's roll, which must be known; or ``valid``: so many valid
    votes. The segment's votes are scaled exactly and need not stay whole. Raises InputError if the ballot has no such
    segment, or the number is more than were entitled.
    """
    if (share is None) == (valid is None):
        raise InputError("say either a turnout or a number of valid votes", hint="Give one of the two.")
    if share is not None and not 0 <= share <= 1:
        raise InputError(f"{percent_text(share)} is not a turnout", hint="It is between 0% and 100%.")
    found = _decisive(case)
    name = _segment(found, segment)
    level = percent_text(share) if share is not None else f"{number_text(valid or 0)} valid votes"
    title = f"{name} had voted at {level}" if share is not None else f"{name} had cast {level}"
    last = found.rounds[-1].number - 1 if found.view.repeated else 0
    entitled = found.view.figure("entitled", segment, last)
    if entitled is not None and valid is not None and valid > entitled:
        raise InputError(f"{valid:,} is more than the {entitled:,} {name} who were entitled")
    try:
        _by_segments(found)
        found.refuse_hidden([segment])
        if share is not None and entitled is None:
            raise CannotBeKnown(
                f"how many {name} were entitled is not known, so that a turnout says no number of votes: say a number"
                " of valid votes instead"
            )
        aim = share * (entitled or 0) if share is not None else Fraction(valid or 0)
        rounds = [_scaled(found, item, segment, aim) for item in found.rounds]
    except CannotBeKnown as why:
        return _unanswered(found, "another turnout", title, why)
    cast = found.view.figure("valid", segment, last)
    before = f" instead of {number_text(cast)}" if cast is not None else ""
    assumptions = (
        f"{name[:1].upper()}{name[1:]} cast {number_text(aim)} valid votes{before}.",
        "Those who vote more or less are taken to divide as those did who voted: every candidate's votes in the segment"
        " are multiplied by the same number, and need not stay whole.",
        "Everybody else is taken to vote as they did.",
    )
    return _answer(found, "another turnout", title, assumptions, found.stage, rounds)


def _scaled(found: Decisive, item: BallotRound, segment: str, aim: Fraction) -> BallotRound:
    name = found.case.section_name(segment)
    if item.sections is None or segment not in item.sections:
        return without_figures(item, f"the votes of {name} by themselves")
    at = item.number - 1 if found.view.repeated else 0
    now = found.view.figure("valid", segment, at)
    if now is None:
        now = sum(item.sections[segment].values()) if found.view.repeated or item.number == 1 else None
    if not now:
        raise CannotBeKnown(f"no vote of {name} is there to be multiplied")
    factor = aim / now
    sections: Amounts = {
        section: {who: number * factor for who, number in row.items()} if section == segment else row
        for section, row in item.sections.items()
    }
    base = item.bases["valid votes"]
    return rebuilt(
        found.stage,
        item,
        sections,
        valid=base + aim - now if base is not None else None,
        returned=item.bases["ballots returned"] if factor == 1 else None,
        entitled=item.bases["those entitled"],
    )


# -- another rulebook -----------------------------------------------------------------------------------------------


def another_rulebook(
    case: Case,
    rulebook: str | Rulebook,
    mapping: Mapping_ | None = None,
    loader: Loader = contest.load,
) -> tuple[WhatIf, ...]:
    """The result if the same votes had been counted under another rulebook; several answers where it can be read
    in several ways.

    ``mapping``: for sections of the other rulebook, where their votes come from (see ``mapped``): names of segments,
    which are added up; ``nominations``; ``nominations+rest``; ``contest:<id>``. A section that is not mapped takes the
    segment of the same name, else the nominations of the body of the same name, and these in two readings: those who
    nominated alone, and with those who nominated nobody counted for the holder. Raises InputError or RulebookError if
    the rulebook, or something that is mapped, is not there.
    """
    found = _decisive(case)
    other = _filled(rules.load(rulebook) if isinstance(rulebook, str) else rulebook)
    title = f"it had been counted under {other.name}"
    wanted = MotionStage if isinstance(found.stage, MotionStage) else BallotStage
    stages = [stage for stage in other.stage if isinstance(stage, wanted)]
    if not stages:
        what = "motion" if wanted is MotionStage else "ballot"
        why = CannotBeKnown(f"that rulebook knows no {what}")
        return (_unanswered(found, "another rulebook", title, why, other),)
    stage = stages[-1]
    return tuple(_under(found, other, stage, plan, title) for plan in plans(found, other, stage, mapping, loader))


def _under(found: Decisive, other: Rulebook, stage: BallotStage | MotionStage, plan: Plan, title: str) -> WhatIf:
    asked = f"{title}, {plan.reading}" if plan.reading else title
    told = [*plan.assumptions, SAME_VOTERS]
    try:
        if plan.cannot is not None:
            raise CannotBeKnown(plan.cannot)
        if isinstance(stage, BallotStage) and stage.places != 1:
            raise CannotBeKnown("that rulebook fills several places")
        rounds = _mapped_rounds(found, stage, plan)
    except CannotBeKnown as why:
        return _unanswered(found, "another rulebook", asked, why, other, tuple(told), plan.left_out)
    if len(rounds) < len(found.rounds):
        told.append("Only the first round is used: what follows from it under these rules was not voted on.")
    if other.id != found.case.rulebook.id and not isinstance(stage, MotionStage):
        told.append("Whether the same candidates would have been on the paper is not asked.")
    return _answer(found, "another rulebook", asked, tuple(told), stage, rounds, other, plan.left_out)


def _mapped_rounds(found: Decisive, stage: BallotStage | MotionStage, plan: Plan) -> list[BallotRound]:
    if isinstance(stage, BallotStage) and stage.combine != "one-person-one-vote":
        # Votes that weigh by themselves could be told from what they weigh.
        found.refuse_hidden(plan.used if plan.used is not None else found.view.sections)
    rounds = []
    for item in found.rounds[: plan.rounds]:
        if plan.identical and item.sections is not None:
            rounds.append(
                rebuilt(
                    stage,
                    item,
                    item.sections,
                    valid=item.bases["valid votes"],
                    returned=item.bases["ballots returned"],
                    entitled=item.bases["those entitled"],
                )
            )
            continue
        sections: Amounts | None = plan.sections(item.number)
        if sections is None:
            rounds.append(without_figures(item, "the votes by segment"))
            continue
        figures = item.figures.model_copy(
            update={"withdrawn": (), "out": (), "void": False, "tie": None, "elected": (), "others": None}
        )
        bases = {key: _summed(found, key, plan.used, item.number) for key in _KEYS} if plan.used else {}
        if not found.view.repeated and item.number > 1:
            bases["valid"] = None
        rounds.append(replace(rebuilt(stage, item, sections, **bases), figures=figures))
    return rounds


def _filled(rulebook: Rulebook) -> Rulebook:
    """``rulebook`` with the defaults of its parameters; as it is where one has none."""
    try:
        return rules.with_parameters(rulebook, {})
    except RulebookError:
        return rulebook


# -- answers --------------------------------------------------------------------------------------------------------


def what_ifs(case: Case) -> tuple[WhatIf, ...]:
    """What can be asked without saying more: each segment of the ballot that decided left out in turn."""
    found = _decisive(case)
    segments = found.view.sections
    if segments == (TOTAL,) or len(segments) < 2:
        return ()
    return tuple(segment_left_out(case, segment) for segment in segments)


def _decisive(case: Case) -> Decisive:
    try:
        return decisive(case)
    except CannotBeKnown as why:
        raise InputError(f'nothing can be asked of "{case.contest.id}": {why.reason}') from None


def _segment(found: Decisive, segment: str) -> str:
    """The name of a segment. Raises InputError if the ballot has none of that id."""
    segments = [section for section in found.view.sections if section != TOTAL]
    if segment not in segments:
        hint = nearest(segment, segments, "The segments are") or "This ballot has no segments."
        raise InputError(f'there is no segment "{segment}" in the ballot that decided', hint=hint)
    return found.case.section_name(segment)


def _by_segments(found: Decisive) -> None:
    if found.by_units:
        raise CannotBeKnown("it is counted by units, and the votes of a unit are not known by segment")
    if isinstance(found.stage, BallotStage) and found.stage.places != 1:
        raise CannotBeKnown("several places were filled")
    if any(item.figures.others for item in found.rounds):
        raise CannotBeKnown("the votes of some candidates are not known")


def _answer(
    found: Decisive,
    kind: Kind,
    title: str,
    assumptions: tuple[str, ...],
    stage: BallotStage | MotionStage,
    rounds: Sequence[BallotRound],
    rulebook: Rulebook | None = None,
    left_out: tuple[str, ...] = (),
) -> WhatIf:
    try:
        result = found.result(play(stage, rounds), rounds, stage)
    except CannotBeKnown as why:
        return _unanswered(found, kind, title, why, rulebook, assumptions, left_out)
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


def _unanswered(
    found: Decisive,
    kind: Kind,
    title: str,
    why: CannotBeKnown,
    rulebook: Rulebook | None = None,
    assumptions: tuple[str, ...] = (),
    left_out: tuple[str, ...] = (),
) -> WhatIf:
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


__all__ = [
    "SAME_VOTERS",
    "WhatIf",
    "another_rulebook",
    "nothing_changed",
    "segment_left_out",
    "turnout_at",
    "what_ifs",
]
