"""Names and parameters: each is there once, and used."""

from __future__ import annotations

from ...documents import FileModel
from ..grammar import ParameterRef
from ..model import BallotStage, Rulebook
from .found import Contradiction, Found, known_names


def ids_are_unique(rulebook: Rulebook) -> Found:
    """Stages with the same id."""
    seen: set[str] = set()
    for index, stage in enumerate(rulebook.stage):
        if stage.id in seen:
            yield Contradiction(
                ("stage", index, "id"),
                f'there are two stages "{stage.id}"',
                "Give each stage an id of its own.",
            )
        seen.add(stage.id)


def parameters(rulebook: Rulebook) -> Found:
    """References to parameters that are not there, and parameters that nothing refers to."""
    used: set[str] = set()

    def walk(value: object, path: tuple[str | int, ...]) -> Found:
        if isinstance(value, ParameterRef):
            used.add(value.parameter)
            if value.parameter not in rulebook.parameters:
                yield Contradiction(
                    path,
                    f'there is no parameter "{value.parameter}"',
                    known_names(value.parameter, rulebook.parameters, "parameters"),
                )
        elif isinstance(value, dict):
            for key, item in value.items():
                yield from walk(item, (*path, key))
        elif isinstance(value, tuple):
            for number, item in enumerate(value):
                yield from walk(item, (*path, number))
        elif isinstance(value, FileModel):
            for name, spec in type(value).model_fields.items():
                yield from walk(getattr(value, name), (*path, spec.alias or name))

    yield from walk(rulebook.stage, ("stage",))
    for name in rulebook.parameters:
        if name not in used:
            yield Contradiction(
                ("parameters", name),
                f'the parameter "{name}" is used nowhere',
                f'Write {{ parameter = "{name}" }} where it belongs.',
            )


def unused(rulebook: Rulebook) -> Found:
    """Segments that vote nowhere."""
    voting = {name for stage in rulebook.stage if isinstance(stage, BallotStage) for name in stage.segments}
    for name in rulebook.segments:
        if name not in voting:
            yield Contradiction(
                ("segments", name),
                f'the segment "{name}" votes in no ballot',
                "Name it in the segments of a ballot, or leave it out.",
            )
