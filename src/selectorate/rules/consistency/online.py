"""Contradictions between a ballot that is held online and what a sealed box can hold."""

from __future__ import annotations

from ..model import BallotStage, Rulebook
from .found import Contradiction, Found


def online(rulebook: Rulebook) -> Found:
    """Contradictions in every ballot that is held online."""
    for index, stage in enumerate(rulebook.stage):
        if isinstance(stage, BallotStage) and stage.online is not None:
            yield from _unit_figures(stage, ("stage", index))
            yield from _blocks(rulebook, stage, ("stage", index))


def _unit_figures(stage: BallotStage, at: tuple[str | int, ...]) -> Found:
    if stage.combine == "points-by-unit":
        yield Contradiction(
            (*at, "online"),
            "points are given by unit, and a ballot in a sealed box does not say of which unit it is",
            "Leave online out: such a ballot is held on paper.",
        )
    elif "unit" in stage.declare:
        yield Contradiction(
            (*at, "declare"),
            "figures by unit are declared, and a ballot in a sealed box does not say of which unit it is",
            'Write declare = ["total", "segment"], or leave online out.',
        )


def _blocks(rulebook: Rulebook, stage: BallotStage, at: tuple[str | int, ...]) -> Found:
    for name in stage.segments:
        segment = rulebook.segments.get(name)
        if segment is not None and segment.voters == "delegations":
            yield Contradiction(
                (*at, "online"),
                f'the delegations of "{name}" cast votes of different weight, and every ballot online weighs the same',
                "Leave online out: their votes are entered by an official.",
            )
