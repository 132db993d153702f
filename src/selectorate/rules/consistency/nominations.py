"""Contradictions in nominations: bodies, ways to be nominated, thresholds."""

from __future__ import annotations

from collections.abc import Iterator

from ...documents import nearest, shown
from ..grammar import ParameterRef, Quantity
from ..model import ByOccasion, Gate, MotionStage, NominationStage, Rulebook, held
from .found import Contradiction, Found, known_names


def gates(stage: NominationStage) -> Iterator[tuple[Gate, tuple[str | int, ...]]]:
    """Every way to be nominated at ``stage``, with its path inside it."""
    if stage.by is not None and stage.threshold is not None:
        yield Gate(by=stage.by, threshold=stage.threshold), ()
    for index, gate in enumerate(stage.any):
        yield gate, ("any", index)


def nominations(rulebook: Rulebook) -> Found:
    """Contradictions in every nomination stage."""
    for index, stage in enumerate(rulebook.stage):
        if not isinstance(stage, NominationStage):
            continue
        at = ("stage", index)
        yield from _ways(stage, at)
        if stage.by is not None and stage.by not in rulebook.bodies:
            yield Contradiction(
                (*at, "by"), f'there is no body "{stage.by}"', known_names(stage.by, rulebook.bodies, "bodies")
            )
        yield from _gates_of(rulebook, stage, at)
        incumbent = held(stage.incumbent)
        if stage.effect == "none" and incumbent != "needs nominations":
            yield Contradiction(
                (*at, "incumbent"),
                "nominations that decide nothing give the incumbent nothing",
                'Leave "incumbent" out here.',
            )


def _ways(stage: NominationStage, at: tuple[str | int, ...]) -> Found:
    """One way to be nominated, or several, and each said once."""
    if stage.any and (stage.by or stage.threshold is not None):
        yield Contradiction(
            (*at, "any"),
            'a nomination has either "by" and "threshold" or "any"',
            "With several ways to be nominated put each under [[stage.any]].",
        )
    if not stage.any and stage.effect != "none" and (stage.by is None or stage.threshold is None):
        missing = "by" if stage.by is None else "threshold"
        yield Contradiction(
            (*at, missing),
            f'"{missing}" is missing',
            "A nomination says by whom, and how many of them are needed.",
        )
    if len(stage.any) == 1 and stage.any[0] == Gate(by=stage.any[0].by, threshold=stage.any[0].threshold):
        yield Contradiction(
            (*at, "any"),
            "there is one way to be nominated, not several",
            'Write it as "by" and "threshold" of the stage itself.',
        )


def _gates_of(rulebook: Rulebook, stage: NominationStage, at: tuple[str | int, ...]) -> Found:
    """Ways to be nominated by bodies, parts or measures that are not there."""
    for gate, inside in gates(stage):
        body = rulebook.bodies.get(gate.by)
        if body is None:
            if inside:
                yield Contradiction(
                    (*at, *inside, "by"),
                    f'there is no body "{gate.by}"',
                    known_names(gate.by, rulebook.bodies, "bodies"),
                )
            continue
        for part in gate.including:
            if part not in body.parts:
                yield Contradiction(
                    (*at, *inside, "including", part),
                    f'the body "{gate.by}" has no part "{part}"',
                    nearest(part, list(body.parts), "It has") or f"Name its parts under [bodies.{gate.by}.parts].",
                )
        if gate.together and gate.together.of != body.measure:
            hint = (
                f"Write {shown(body.measure)}."
                if body.measure
                else (
                    f"Say in [bodies.{gate.by}] what its members are counted by: measure = {shown(gate.together.of)}."
                )
            )
            yield Contradiction(
                (*at, *inside, "together", "of"),
                f'the body "{gate.by}" is not counted by {shown(gate.together.of)}',
                hint,
            )


def thresholds(rulebook: Rulebook) -> Found:
    """Thresholds that ask for nobody at all."""
    for index, stage in enumerate(rulebook.stage):
        if isinstance(stage, NominationStage):
            for gate, inside in gates(stage):
                given = gate.threshold
                if isinstance(given, ByOccasion):
                    yield from _nobody(given.vacancy, ("stage", index, *inside, "threshold", "vacancy"))
                    yield from _nobody(given.challenge, ("stage", index, *inside, "threshold", "challenge"))
                else:
                    yield from _nobody(given, ("stage", index, *inside, "threshold"))
        if isinstance(stage, MotionStage) and stage.asked_by:
            yield from _nobody(stage.asked_by.threshold, ("stage", index, "asked_by", "threshold"))


def _nobody(threshold: Quantity | ParameterRef, at: tuple[str | int, ...]) -> Found:
    if isinstance(threshold, Quantity) and threshold.of(100) == 0:
        hint = "A threshold is 1 or more; without one, leave the stage out."
        yield Contradiction(at, "nobody at all would be needed", hint)
