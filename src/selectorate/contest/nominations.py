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
    published one, or not known). ``at_least``: the lower bound, where no more of the number was published. ``reason``:
    one sentence. ``certainty``, ``parts_certainty``: of the number, and of its ``parts``.
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
    parts_certainty: str | None = None
    at_least: int | None = None


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
        for who in (*_named(figures), *_unmentioned(case, figures)):
            yield _ruling(case, stage, figures, who)


def _named(figures: NominationFigures) -> dict[str, None]:
    """Everybody of whom ``figures`` say something, in their order."""
    return dict.fromkeys((*figures.counts, *figures.at_least, *figures.automatic, *figures.withdrew, *figures.refused))


def _unmentioned(case: Case, figures: NominationFigures) -> list[str]:
    """Who was declared elected without a ballot and is in no figures of a stage: they stood, by a number not known.

    They are told of once a stage, with its first figures.
    """
    alike = [other for other in case.contest.nomination if other.stage == figures.stage]
    stage = case.rulebook.stage_named(figures.stage)
    held_somewhere = any(ballot.round or ballot.ballots for ballot in case.contest.ballot)
    if held_somewhere or alike[0] is not figures or not isinstance(stage, NominationStage) or stage.effect == "none":
        return []
    return [who for who in case.contest.elected if not any(who in _named(other) for other in alike)]


def _ruling(case: Case, stage: NominationStage, figures: NominationFigures, who: str) -> Ruling:
    body = figures.by or stage.by or ""
    gate = gate_of(stage, figures)
    asked = needed(case, gate) if gate else None
    if asked is None:
        asked = figures.needed
    result, reason = _outright(case, stage, figures, who) or _by_number(case, figures, gate, who, asked)
    return Ruling(
        stage=stage,
        body=body,
        size=case.body_size(body),
        candidate=who,
        count=figures.counts.get(who),
        needed=asked,
        result=result,
        reason=reason,
        parts=figures.parts.get(who, {}),
        certainty=figures.certainty("counts", who) or figures.certainty("at_least", who),
        parts_certainty=figures.certainty("parts", who) if figures.parts.get(who) else None,
        at_least=figures.at_least.get(who),
    )


def _outright(case: Case, stage: NominationStage, figures: NominationFigures, who: str) -> tuple[Result, str] | None:
    """What decides on ``who`` without looking at a number, and why; None where the number decides."""
    if who in figures.refused:
        return "refused", figures.refused[who]
    if who in figures.withdrew:
        return "withdrew", "withdrew before nominations closed"
    if held(stage.incumbent) == "may not stand" and case.contest.occasion == "challenge" and who == case.contest.holder:
        return "refused", "the rulebook says that a holder who is challenged may not stand"
    if who in figures.automatic:
        by_right = held(stage.incumbent) == "automatic"
        more = ": the rulebook gives the incumbent a place" if by_right else ""
        return "automatic", f"on the paper without nominations{more}"
    if stage.effect == "none":
        return "supporting", "supporting nominations, which decide nothing"
    return None


def _by_number(
    case: Case, figures: NominationFigures, gate: Gate | None, who: str, asked: int | None
) -> tuple[Result, str]:
    """What the number of nominations of ``who``, or the least that it was, comes to where ``asked`` are needed."""
    count, least = figures.counts.get(who), figures.at_least.get(who)
    had = count if count is not None else least
    if had is None:
        return "not known", "how many nominated them is not known"
    if asked is None or gate is None:
        return "not known", "how many were needed is not known"
    said = f"{had:,}" if count is not None else f"at least {had:,}"
    if had < asked and count is None:
        return "not known", f"{said} of the {asked:,} needed; whether there were more is not known"
    if had < asked:
        return "not nominated", f"{said} of the {asked:,} needed"
    return _further(case, figures, gate, who, f"{said} of the {asked:,} needed") or (
        "nominated",
        f"{said}, where {asked:,} were needed",
    )


def _further(case: Case, figures: NominationFigures, gate: Gate, who: str, said: str) -> tuple[Result, str] | None:
    """What else ``gate`` asks of the nominations of ``who``, where that is not met or not known; else None."""
    for part, least in gate.including.items():
        name, had = _part(case, gate.by, part), figures.parts.get(who, {}).get(part)
        if had is None:
            return "not known", f"{said}, but how many of them are {name} is not known"
        if had < least:
            return "not nominated", f"{had:,} {name}, where {least:,} are needed"
    if gate.together is not None:
        whole = case.contest.bodies[gate.by].measured if gate.by in case.contest.bodies else None
        amount, of = figures.measured.get(who), gate.together.of
        if whole is None or amount is None:
            return "not known", f"{said}, but how many {of} they have together is not known"
        if amount < gate.together.share.of(whole):
            return "not nominated", f"{amount:,} {of} together, where {gate.together.share.of(whole):,} are needed"
    if gate.spread is not None:
        least, places, came = gate.spread.at_least, gate.spread.of, figures.spread.get(who)
        if came is None:
            return "not known", f"{said}, but from how many {places} they came is not known"
        if came < least:
            return "not nominated", f"from {came:,} {places}, where {least:,} are needed"
    return None


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
