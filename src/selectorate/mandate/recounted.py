"""What the same votes would have come to under another rulebook."""

from __future__ import annotations

from dataclasses import replace

from .. import contest, rules
from ..contest import BallotRound, Case
from ..errors import RulebookError
from ..rules import BallotStage, MotionStage, Rulebook
from .answers import KEYS, SAME_VOTERS, WhatIf, answer, ballot_of, summed, unanswered
from .cells import CannotBeKnown
from .mapped import Plan, plans
from .played import Amounts, Decisive, rebuilt, without_figures
from .rivals import Loader
from .sources import VoteSources


def another_rulebook(
    case: Case,
    rulebook: str | Rulebook,
    mapping: VoteSources | None = None,
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
    found = ballot_of(case)
    other = _filled(rules.load(rulebook) if isinstance(rulebook, str) else rulebook)
    title = f"it had been counted under {other.name}"
    wanted = MotionStage if isinstance(found.stage, MotionStage) else BallotStage
    stages = [stage for stage in other.stage if isinstance(stage, wanted)]
    if not stages:
        what = "motion" if wanted is MotionStage else "ballot"
        why = CannotBeKnown(f"that rulebook knows no {what}")
        return (unanswered(found, "another rulebook", title, why, other),)
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
        return unanswered(found, "another rulebook", asked, why, other, tuple(told), plan.left_out)
    if len(rounds) < len(found.rounds):
        told.append("Only the first round is used: what follows from it under these rules was not voted on.")
    if other.id != found.case.rulebook.id and not isinstance(stage, MotionStage):
        told.append("Whether the same candidates would have been on the paper is not asked.")
    return answer(found, "another rulebook", asked, tuple(told), stage, rounds, other, plan.left_out)


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
        bases = {key: summed(found, key, plan.used, item.number) for key in KEYS} if plan.used else {}
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
