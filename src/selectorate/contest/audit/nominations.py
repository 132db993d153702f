"""Nominations: the thresholds as numbers, that the numbers add up, and who is rightly on the paper."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ...rules import BallotStage, NominationStage, held
from ..case import Case
from ..model import MOTION, REOPEN, NominationFigures
from ..nominations import Ruling, gate_of, needed, rule_on, threshold
from .base import At, Check, views, worst


def thresholds(case: Case) -> Iterator[Check]:
    """The published number of nominations needed, from the rulebook's share and the size of the body."""
    for index, figures in enumerate(case.contest.nomination):
        stage = case.rulebook.stage_named(figures.stage)
        if not isinstance(stage, NominationStage) or figures.needed is None:
            continue
        at = At(case, ("nomination", index, "needed"), figures.certainty("needed"))
        gate = gate_of(stage, figures)
        what = f"nominations needed ({stage.name or stage.id})"
        if gate is None:
            yield at.cannot("threshold", what, "a threshold in the rulebook", f"{figures.needed:,}")
            continue
        number, quantity = needed(case, gate), threshold(case, gate)
        if number is None:
            yield at.cannot("threshold", what, f"how many {case.body_name(gate.by)} there were", f"{figures.needed:,}")
            continue
        size = case.body_size(gate.by)
        rule = (
            f"{quantity} of {size:,} {case.body_name(gate.by)}"
            if quantity and quantity.share is not None and size is not None
            else f"{quantity}"
        )
        body = case.contest.bodies.get(gate.by)
        yield at.to(certainty=worst(at.certainty, body.certainty("size") if body else None)).equal(
            "threshold",
            f"{what}: {rule}{', rounded up' if quantity and quantity.share is not None else ''}",
            figures.needed,
            number,
        )


def numbers(case: Case) -> Iterator[Check]:
    """Nominations and those who nominated nobody are the body; parts add up to the whole."""
    for index, figures in enumerate(case.contest.nomination):
        stage = case.rulebook.stage_named(figures.stage)
        if not isinstance(stage, NominationStage):
            continue
        yield from _sum(case, stage, figures, index)
        yield from _parts(case, stage, figures, index)


def _sum(case: Case, stage: NominationStage, figures: NominationFigures, index: int) -> Iterator[Check]:
    """All nominations of a stage, held to the size of the body; lower bounds count as far as they go."""
    at = At(case, ("nomination", index), worst(figures.certainty("counts"), figures.certainty("at_least")))
    body = figures.by or stage.by
    size = case.body_size(body) if body else None
    counted = sum(figures.counts.values())
    least = counted + sum(figures.at_least.values())
    shown = f"at least {least:,}" if figures.at_least else f"{least:,}"
    name = f" ({stage.name or stage.id})"
    if size is not None and figures.nobody is not None:
        what = f"nominations, and those who nominated nobody, are the {case.body_name(body or '')}{name}"
        if figures.at_least and least + figures.nobody <= size:
            missing = f"how many nominated {_labels(case, figures.at_least)}, of whom only a lower bound is known"
            yield at.to("nobody").cannot("sum", what, missing, f"{size:,}")
        elif figures.at_least:
            yield at.to("nobody").check(
                "sum", what, "disagrees", published=f"{size:,}", computed=f"at least {least + figures.nobody:,}"
            )
        else:
            yield at.to("nobody").equal("sum", what, size, least + figures.nobody)
    elif size is not None and stage.each_nominates == 1 and (figures.counts or figures.at_least):
        yield at.to("counts" if figures.counts else "at_least").check(
            "sum",
            f"no more nominations than {case.body_name(body or '')}{name}",
            "agrees" if least <= size else "disagrees",
            published=shown,
            computed=f"at most {size:,}",
        )


def _labels(case: Case, people: Iterable[str]) -> str:
    return " and ".join(case.contest.label(who) for who in people)


def _parts(case: Case, stage: NominationStage, figures: NominationFigures, index: int) -> Iterator[Check]:
    """The nominations of a candidate by part of the body, held to all of them."""
    body = figures.by or stage.by
    at = At(case, ("nomination", index), figures.certainty("counts"))
    for who, parts in figures.parts.items():
        if who not in figures.counts or not parts:
            continue
        whole, added = figures.counts[who], sum(parts.values())
        if added == whole or not _partial(case, body):
            marks = worst(figures.certainty("parts"), figures.certainty("counts", who))
            yield at.to("parts", who, certainty=marks).equal(
                "sum",
                f"{case.contest.label(who)}: nominations by part add up ({stage.name or stage.id})",
                whole,
                added,
            )


def _partial(case: Case, body: str | None) -> bool:
    """Whether the rulebook's parts of a body are not all of it."""
    return bool(body and body in case.rulebook.bodies and case.rulebook.bodies[body].parts)


def places_on_the_paper(case: Case) -> Iterator[Check]:
    """Everybody on the first paper got there by the rules, and nobody who did is missing."""
    first = next((view for _, view in views(case) if isinstance(view.stage, BallotStage)), None)
    if not case.contest.nomination:
        return
    if first is None or not first.figures.round:
        held_somewhere = any(ballot.round or ballot.ballots for ballot in case.contest.ballot)
        paper = set() if held_somewhere else set(case.contest.elected)  # nobody voted: who was declared stood
    else:
        item = first.round(0)
        paper = set(item.candidates) or set(item.votes or {})
    paper -= {*MOTION, REOPEN}
    if not paper:
        return
    index_of = {figures.stage: index for index, figures in enumerate(case.contest.nomination)}
    deciding = [stage for stage in case.rulebook.stage if isinstance(stage, NominationStage) and stage.effect != "none"]
    for stage in deciding:
        found = [ruling for ruling in rule_on(case) if ruling.stage.id == stage.id]
        if not found:
            continue
        at = At(case, ("nomination", index_of.get(stage.id, 0)))
        people = dict.fromkeys([*(r.candidate for r in found), *sorted(paper)])
        for who in people:
            mine = [ruling for ruling in found if ruling.candidate == who]
            yield from _place(case, stage, at, who, mine, on=who in paper, last=stage is deciding[-1])


def _place(
    case: Case, stage: NominationStage, at: At, who: str, found: list[Ruling], *, on: bool, last: bool
) -> Iterator[Check]:
    name = case.contest.label(who)
    what = f"{name}: on the paper by the rules ({stage.name or stage.id})"
    if not found:
        if on:
            yield at.cannot("nomination", what, "how many nominated them", "on the paper")
        return
    results = {ruling.result for ruling in found}
    reasons = "; ".join(dict.fromkeys(ruling.reason for ruling in found))
    figures = next(f for f in case.contest.nomination if f.stage == stage.id)
    marked = at.to(certainty=figures.certainty("counts", who) or figures.certainty("at_least", who))
    if "automatic" in results:
        right = (
            held(stage.incumbent) == "automatic" and case.contest.occasion == "challenge" and who == case.contest.holder
        )
        why = (
            "the rulebook gives a challenged holder a place"
            if right
            else "the rulebook gives no place without nominations to anybody but a challenged holder"
        )
        yield marked.check(
            "nomination",
            what,
            "agrees" if right and on else "disagrees",
            published="on the paper without nominations",
            computed=why,
        )
    elif "withdrew" in results or "refused" in results:
        yield marked.check(
            "nomination",
            f"{name}: not on the paper",
            "disagrees" if on else "agrees",
            published=reasons,
            computed="on the paper" if on else "not on the paper",
        )
    elif "nominated" in results:
        if not on and not last:
            return
        status = "agrees" if on else "disagrees"
        yield marked.check(
            "nomination",
            what,
            "agrees" if status == "agrees" else "disagrees",
            published="on the paper" if on else "not on the paper",
            computed=reasons,
            explanation=None if on else "nominated, and neither withdrawn nor on the paper",
        )
    elif "not known" in results:
        if on:
            yield marked.cannot("nomination", what, reasons, "on the paper")
    elif "not nominated" in results:
        yield marked.check(
            "nomination",
            f"{name}: not on the paper by the rules ({stage.name or stage.id})",
            "disagrees" if on else "agrees",
            published="on the paper" if on else "not on the paper",
            computed=reasons,
        )
