"""Who is nominated: the numbers of a contest, ruled on by the thresholds of its rulebook."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from ..rules import Gate, NominationStage, Quantity, held
from .case import Case
from .model import NominationFigures

Result = Literal["nominated", "not nominated", "automatic", "withdrew", "refused", "supporting", "not known"]


@dataclass(frozen=True)
class Ruling:
    """What a candidate's nominations by one body come to.

    ``needed``: the threshold as a number; ``computed``: whether it was worked out from the rulebook (else it is the
    published one, or not known). ``reason``: one sentence.
    """

    stage: NominationStage
    body: str
    size: int | None
    candidate: str
    count: int | None
    needed: int | None
    result: Result
    reason: str
    parts: Mapping[str, int] = field(default_factory=dict)
    certainty: str | None = None


def gates(stage: NominationStage) -> tuple[Gate, ...]:
    """The ways to be nominated at ``stage``."""
    if stage.any:
        return stage.any
    if stage.by is not None and stage.threshold is not None:
        return (Gate(by=stage.by, threshold=stage.threshold),)
    return ()


def gate_of(stage: NominationStage, figures: NominationFigures) -> Gate | None:
    """The gate that ``figures`` belong to."""
    body = figures.by or stage.by
    return next((gate for gate in gates(stage) if gate.by == body), None)


def threshold(case: Case, gate: Gate) -> Quantity | None:
    """The threshold of ``gate`` on the occasion of this contest; None where it is left open."""
    value = gate.threshold
    if isinstance(value, Quantity):
        return value
    asked = getattr(value, "challenge" if case.contest.occasion == "challenge" else "vacancy", None)
    return asked if isinstance(asked, Quantity) else None


def needed(case: Case, gate: Gate) -> int | None:
    """The number of nominations that ``gate`` needs at this contest; None where the body's size is not known."""
    quantity = threshold(case, gate)
    if quantity is None:
        return None
    if quantity.share is None:
        return quantity.number
    size = case.body_size(gate.by)
    return quantity.of(size) if size is not None else None


def rule_on(case: Case) -> Iterator[Ruling]:
    """Every candidate at every nomination stage for which the contest has figures, in their order."""
    for figures in case.contest.nomination:
        stage = case.rulebook.stage_named(figures.stage)
        if not isinstance(stage, NominationStage):  # pragma: no cover - refused on loading
            continue
        people = dict.fromkeys((*figures.counts, *figures.automatic, *figures.withdrew, *figures.refused))
        for who in people:
            yield _ruling(case, stage, figures, who)


def _ruling(case: Case, stage: NominationStage, figures: NominationFigures, who: str) -> Ruling:
    body = figures.by or stage.by or ""
    gate = gate_of(stage, figures)
    count = figures.counts.get(who)
    asked = needed(case, gate) if gate else None
    if asked is None:
        asked = figures.needed
    size = case.body_size(body)

    def ruling(result: Result, reason: str) -> Ruling:
        marks = figures.certainty("counts", who) or (
            figures.certainty("parts", who) if figures.parts.get(who) else None
        )
        return Ruling(stage, body, size, who, count, asked, result, reason, figures.parts.get(who, {}), marks)

    if who in figures.refused:
        return ruling("refused", figures.refused[who])
    if who in figures.withdrew:
        return ruling("withdrew", "withdrew before nominations closed")
    if held(stage.incumbent) == "may not stand" and case.contest.occasion == "challenge" and who == case.contest.holder:
        return ruling("refused", "the rulebook says that a holder who is challenged may not stand")
    if who in figures.automatic:
        return ruling(
            "automatic",
            "on the paper without nominations: the rulebook gives the incumbent a place"
            if held(stage.incumbent) == "automatic"
            else "on the paper without nominations",
        )
    if stage.effect == "none":
        return ruling("supporting", "supporting nominations, which decide nothing")
    if count is None or asked is None or gate is None:
        return ruling("not known", "the number, or what was needed, is not known")
    return ruling(*_by_the_gate(case, figures, gate, who, count, asked))


def _by_the_gate(
    case: Case, figures: NominationFigures, gate: Gate, who: str, count: int, asked: int
) -> tuple[Result, str]:
    """What ``count`` nominations come to where ``asked`` are needed: by their number, and by whom and where from."""
    body, known = gate.by, f"{count:,} of the {asked:,} needed"
    if count < asked:
        return "not nominated", known
    for part, least in gate.including.items():
        had = figures.parts.get(who, {}).get(part)
        if had is None:
            return "not known", f"{known}, but how many of them are {_part(case, body, part)} is not known"
        if had < least:
            return "not nominated", f"{had:,} {_part(case, body, part)}, where {least:,} are needed"
    if gate.together is not None:
        whole = case.contest.bodies[body].measured if body in case.contest.bodies else None
        amount = figures.measured.get(who)
        if whole is None or amount is None:
            return "not known", f"{known}, but how many {gate.together.of} they have together is not known"
        least = gate.together.share.of(whole)
        if amount < least:
            return "not nominated", f"{amount:,} {gate.together.of} together, where {least:,} are needed"
    if gate.spread is not None:
        least, places, came = gate.spread.at_least, gate.spread.of, figures.spread.get(who)
        if came is None:
            return "not known", f"{known}, but from how many {places} they came is not known"
        if came < least:
            return "not nominated", f"from {came:,} {places}, where {least:,} are needed"
    return "nominated", f"{count:,}, where {asked:,} were needed"


def on_the_paper(case: Case) -> list[str]:
    """The candidates who got on the paper: nominated at every stage that decides, or there by right."""
    deciding = [s for s in case.rulebook.stage if isinstance(s, NominationStage) and s.effect != "none"]
    if not deciding:
        return list(case.contest.candidates)
    through: dict[str, set[str]] = {stage.id: set() for stage in deciding}
    barred: set[str] = set()
    for ruling in rule_on(case):
        if ruling.result in ("nominated", "automatic"):
            through.get(ruling.stage.id, set()).add(ruling.candidate)
        elif ruling.result == "withdrew":
            barred.add(ruling.candidate)
    return [
        who
        for who in case.contest.candidates
        if who not in barred and all(who in people for people in through.values())
    ]


def field_of(case: Case) -> tuple[str, ...] | None:
    """Who goes into the first ballot, where the nominations of the contest decide it; None where they do not.

    They decide it when every stage that decides is closed and nothing that it rests on is unknown.
    """
    deciding = {s.id for s in case.rulebook.stage if isinstance(s, NominationStage) and s.effect != "none"}
    closed = {figures.stage for figures in case.contest.nomination}
    if not deciding or not deciding <= closed:
        return None
    if any(ruling.result == "not known" and ruling.stage.id in deciding for ruling in rule_on(case)):
        return None
    return tuple(on_the_paper(case))


def _part(case: Case, body: str, part: str) -> str:
    return case.rulebook.bodies[body].parts.get(part, part)
