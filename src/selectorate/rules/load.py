"""Reading rulebooks: the shipped ones by id, others from a file, parameters filled in for a contest."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from pydantic_core import PydanticCustomError

from .. import documents
from ..documents import Document, FileModel
from ..errors import InputError, Problem, RulebookError, Where
from .consistency import contradictions
from .grammar import ParameterRef, Quantity
from .model import Rulebook

PRESETS = files(__package__) / "presets"


@functools.cache
def preset_ids() -> tuple[str, ...]:
    """The ids of the rulebooks that are shipped, in alphabetical order."""
    return tuple(sorted(item.name.removesuffix(".toml") for item in PRESETS.iterdir() if item.name.endswith(".toml")))


def load(name: str) -> Rulebook:
    """The rulebook with the id ``name`` among those shipped, or in the file ``name`` (ending in .toml).

    Raises RulebookError with every problem found.
    """
    if name.endswith(".toml"):
        return load_file(Path(name))
    if name in preset_ids():
        return _preset(name)
    near = documents.nearest(name, preset_ids())
    raise RulebookError(
        f"there is no rulebook {documents.shown(name)}",
        hint=near or 'See "selectorate rules list", or give the path of a file that ends in .toml.',
    )


@functools.cache
def _preset(name: str) -> Rulebook:
    return load_file(PRESETS / f"{name}.toml")


def preset_text(name: str) -> str:
    """The file of a shipped rulebook, to copy and change. Raises RulebookError if there is none with this id."""
    load(name)
    return (PRESETS / f"{name}.toml").read_text(encoding="utf-8")


def load_file(path: Path | Traversable) -> Rulebook:
    """The rulebook in the file at ``path``. Raises RulebookError with every problem found."""
    raw = documents.bytes_of(path, RulebookError)
    try:
        return _of_bytes(raw)
    except InputError:
        return from_document(documents.read(path, RulebookError))  # told again, with the file's name


@functools.lru_cache(maxsize=64)
def _of_bytes(raw: bytes) -> Rulebook:
    # An office reads the same rulebook for every contest that closes at one instant, and it is a value.
    return from_document(documents.parse(raw, "", RulebookError))


def from_document(document: Document) -> Rulebook:
    """The rulebook that ``document`` holds. Raises RulebookError with every problem found."""
    rulebook = documents.check(document, Rulebook, RulebookError)
    problems = [Problem(found.message, document.where(*found.key), found.hint) for found in contradictions(rulebook)]
    if problems:
        raise RulebookError.of(sorted(problems, key=lambda problem: problem.where.line or 0))
    return rulebook


def _nowhere(*path: str | int) -> Where:
    return Where()


def with_parameters(
    rulebook: Rulebook, given: Mapping[str, object], where: Callable[..., Where] = _nowhere
) -> Rulebook:
    """``rulebook`` with its parameters replaced by what a contest has ``given``, or by their defaults.

    ``where``: the place of a parameter in the contest file, by its name; of all of them without one.
    Raises RulebookError if one is given that the rulebook does not have, or is missing and has no default.
    """
    problems = []
    for name in given:
        if name not in rulebook.parameters:
            problems.append(
                Problem(
                    f'the rulebook "{rulebook.id}" has no parameter "{name}"',
                    where(name),
                    documents.nearest(name, list(rulebook.parameters)) or _has(rulebook),
                )
            )
    values: dict[str, object] = {}
    for name, parameter in rulebook.parameters.items():
        if name in given:
            values[name] = given[name]
        elif parameter.default is not None:
            values[name] = parameter.default
        else:
            hint = f"The rulebook leaves it to each contest: {parameter.says}."
            problems.append(Problem(f'the parameter "{name}" is missing', where(name), hint))
    if problems:
        raise RulebookError.of(problems)
    if not rulebook.parameters:
        return rulebook
    filled = rulebook.model_copy(update={"stage": tuple(_filled(stage, values, where) for stage in rulebook.stage)})
    wrong = [found for found in contradictions(filled) if found.key[:1] != ("parameters",)]
    if wrong:
        said = [Problem(f"with these parameters {item.message}", where(), item.hint) for item in wrong]
        raise RulebookError.of(said)
    return filled


def _has(rulebook: Rulebook) -> str:
    if not rulebook.parameters:
        return "It leaves nothing to be fixed."
    return f"It has: {', '.join(rulebook.parameters)}."


def _filled(table: Any, values: Mapping[str, object], where: Callable[..., Where]) -> Any:
    """``table`` (a stage, or something inside one) with its references to parameters replaced by values."""
    if isinstance(table, tuple):
        return tuple(_filled(item, values, where) for item in table)
    if not isinstance(table, FileModel):
        return table
    update = {}
    for key in type(table).model_fields:
        value = getattr(table, key)
        if isinstance(value, ParameterRef):
            update[key] = _value(key, value.parameter, values[value.parameter], where)
        elif isinstance(value, FileModel | tuple):
            update[key] = _filled(value, values, where)
    return table.model_copy(update={key: value for key, value in update.items() if value != getattr(table, key)})


def _value(key: str, name: str, given: object, where: Callable[..., Where]) -> object:
    """What was given for the parameter ``name``, as the ``key`` that refers to it wants it."""
    items = list(given) if isinstance(given, list | tuple) else [given]
    try:
        quantities = tuple(Quantity.read(item) if not isinstance(item, Quantity) else item for item in items)
    except PydanticCustomError as fault:
        hint = str((fault.context or {}).get("hint", ""))
        raise RulebookError(f'the parameter "{name}": {fault.message()}', where=where(name), hint=hint) from None
    if key == "minimum":
        return quantities
    if len(quantities) != 1:
        raise RulebookError(
            f'the parameter "{name}" is one value, not {len(quantities)}',
            where=where(name),
            hint="Write it without brackets.",
        )
    if key == "places":
        if quantities[0].share is not None:
            raise RulebookError(
                f'the parameter "{name}" must be a whole number',
                where=where(name),
                hint="Write it as a number: 2, not as a share.",
            )
        return quantities[0].number
    return quantities[0]


def json_schema() -> dict[str, Any]:
    """The JSON Schema of a rulebook."""
    return documents.json_schema(Rulebook, "A selectorate rulebook")
