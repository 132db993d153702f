"""A document held to a pydantic model: every fault as a problem with file, line, key, and what would be right.

pydantic names a fault by its way through the model, and where a value may be of several kinds it tells what is
wrong with it as each of them. Here the way is followed again to the key in the file, and of the several kinds the
one is told that was most likely meant.
"""

from __future__ import annotations

import re
import types
import typing
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, TypeAdapter, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from ..errors import InputError, Problem, SelectorateError, Where
from .fields import nearest, shown
from .reading import DEEP, FLATTER, Document, Path_

M = TypeVar("M", bound=BaseModel)


def check(document: Document, model: type[M], error: type[SelectorateError] = InputError) -> M:
    """``document`` as a ``model``. Raises ``error`` with every problem found, in the order of their lines."""
    try:
        return model.model_validate(document.data)
    except ValidationError as fault:
        faults = [_located(item, document.data, model) for item in fault.errors(include_url=False)]
        problems = [_problem(item, document) for item in _meant(_without_echoes(faults))]
    except RecursionError:
        problems = [Problem(DEEP, Where(document.name), FLATTER)]
    unique = {(p.message, p.where.line, p.where.key): p for p in problems}
    raise error.of(sorted(unique.values(), key=lambda problem: problem.where.line or 0)) from None


def json_schema(model: type[BaseModel], title: str) -> dict[str, Any]:
    """The JSON Schema of ``model``, for editors and other programs."""
    schema = TypeAdapter(model).json_schema()
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema, "title": title}


# -- where a fault is ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Fault:
    """What pydantic says (``item``), and the ``path`` of the key in the file.

    ``tables``: the models of the table that the key stands in; ``options``: what can stand there. ``kinds``: for
    each place on the way where a value may be of several kinds, its path and the kind as which it was tried.
    ``about``: what the key is for, or the nearest one around it that the model describes.
    """

    item: ErrorDetails
    path: Path_
    tables: tuple[type[BaseModel], ...]
    options: tuple[Any, ...]
    kinds: tuple[tuple[Path_, str], ...]
    about: str | None

    @property
    def of_type(self) -> bool:
        """Whether the value is of the wrong type altogether."""
        return _type_of(self.item["type"]) is not None

    @property
    def of_keys(self) -> bool:
        """Whether a key is missing or unknown."""
        return self.item["type"] in ("missing", "extra_forbidden")


def _located(item: ErrorDetails, data: object, model: type[BaseModel]) -> _Fault:
    options: tuple[Any, ...] = (model,)
    path: Path_ = ()
    tables: tuple[type[BaseModel], ...] = ()
    kinds: list[tuple[Path_, str]] = []
    chosen, about = True, None
    for number, part in enumerate(item["loc"]):
        if part == "[key]":
            break
        if len(options) > 1 and not chosen:  # pydantic puts the name of the kind here
            kinds.append((path, str(part)))
            options, chosen = _named(options, part), True
            continue
        tables = tuple(option for option in options if _is_model(option))
        about = next((described for table in tables if (described := _described(table, part))), about)
        options, chosen = tuple(inner for option in options for inner in _inside(option, part)), False
        here = isinstance(data, dict) and part in data
        if here or (isinstance(data, list) and isinstance(part, int) and part < len(data)):
            data = data[part]  # type: ignore[index]  # looked at in the line above
            path = (*path, part)
        elif item["type"] == "missing" and number == len(item["loc"]) - 1:
            path = (*path, part)
    return _Fault(item, path, tables, options, tuple(kinds), about)


def _is_model(option: object) -> bool:
    return isinstance(option, type) and not isinstance(option, types.GenericAlias) and issubclass(option, BaseModel)


def _options(annotation: object) -> Iterator[Any]:
    """The kinds of values that ``annotation`` allows, without None."""
    if typing.get_origin(annotation) is Annotated:
        yield from _options(typing.get_args(annotation)[0])
    elif typing.get_origin(annotation) in (typing.Union, types.UnionType):
        for inner in typing.get_args(annotation):
            yield from _options(inner)
    elif annotation is not type(None):
        yield annotation


def _named(options: Sequence[Any], name: str | int) -> tuple[Any, ...]:
    """Those of ``options`` that pydantic may call ``name``."""
    models = [option for option in options if _is_model(option)]
    exact = [model for model in models if model.__name__ == name or name in _tags(model)]
    return tuple(exact or [option for option in options if option not in models])


def _tags(model: type[BaseModel]) -> tuple[object, ...]:
    kind = model.model_fields.get("kind")
    return typing.get_args(kind.annotation) if kind and typing.get_origin(kind.annotation) is Literal else ()


def _inside(option: Any, part: str | int) -> Iterator[Any]:
    """The kinds of values that ``option``, a table or a list, has at ``part``."""
    if _is_model(option):
        found = _fields(option).get(str(part))
        yield from _options(found.annotation) if found else ()
    elif typing.get_origin(option) is dict:
        yield from _options(typing.get_args(option)[1])
    elif typing.get_origin(option) in (tuple, list):
        yield from _options(typing.get_args(option)[0])


def _fields(model: type[BaseModel]) -> dict[str, FieldInfo]:
    return {field.alias or name: field for name, field in model.model_fields.items()}


def _described(model: type[BaseModel], key: str | int) -> str | None:
    found = _fields(model).get(str(key))
    return found.description if found else None


# -- what was meant -----------------------------------------------------------------------------------------


def _without_echoes(faults: Sequence[_Fault]) -> list[_Fault]:
    """``faults`` without those that another one explains.

    A key is missing that is there under a misspelt name: the misspelt one is told. A list is called empty because
    none of its items can be used: what is wrong with these is told.
    """
    unknown = [fault for fault in faults if fault.item["type"] == "extra_forbidden"]
    slips = {(fault.path[:-1], fault.kinds, _known_key(fault)) for fault in unknown}
    missing = [fault for fault in faults if fault.item["type"] == "missing"]
    misspelt = [fault for fault in missing if (fault.path[:-1], fault.kinds, _hint(fault.path[-1])) in slips]
    above = {fault.path[:depth] for fault in faults for depth in range(len(fault.path))}
    hollow = [fault for fault in faults if fault.item["type"] == "too_short" and fault.path in above]
    return [fault for fault in faults if fault not in misspelt and fault not in hollow]


def _hint(key: str | int) -> str:
    return f'Did you mean "{key}"?'


def _known_key(fault: _Fault) -> str | None:
    """What is said of an unknown key: the one that was meant, or which there are."""
    known = sorted({name for table in fault.tables for name in _fields(table)})
    return nearest(str(fault.path[-1]), known, "Known keys here")


def _meant(faults: Sequence[_Fault], depth: int = 0) -> list[_Fault]:
    """``faults`` without those that are only there because a value may be of several kinds."""
    meant: list[_Fault] = []
    several: dict[Path_, dict[str, list[_Fault]]] = {}
    for fault in faults:
        if len(fault.kinds) > depth:
            path, kind = fault.kinds[depth]
            several.setdefault(path, {}).setdefault(kind, []).append(fault)
        else:
            meant.append(fault)
    for path, kinds in several.items():
        if len(kinds) == 1:
            meant += _meant(next(iter(kinds.values())), depth + 1)
            continue
        inside = [found for found in kinds.values() if all(len(fault.path) > len(path) for fault in found)]
        if inside:  # it has the shape of these, so one of them was meant: that with the fewest keys amiss
            best = min(inside, key=lambda found: (sum(f.of_keys for f in found), len(found)))
            meant += _meant(best, depth + 1)
            continue
        here = [fault for found in kinds.values() for fault in _meant(found, depth + 1)]
        meant += [fault for fault in here if not fault.of_type][:1] or [_joined(here)]
    return meant


def _joined(faults: Sequence[_Fault]) -> _Fault:
    """One fault that says all types that a value could have had, tables aside where there are others."""
    names = list(dict.fromkeys(_type_of(fault.item["type"]) or "" for fault in faults))
    names = [name for name in names if name != "model"] or names
    item = faults[0].item.copy()
    item["type"] = "|".join(names) + "_type"
    return replace(faults[0], item=item)


# -- how it is told -----------------------------------------------------------------------------------------

_TYPES = {
    "string": ("text", 'Write it in "quotes".'),
    "int": ("a whole number", "Write it without quotes, separators or decimals: 506438"),
    "bool": ("true or false", "Write it without quotes."),
    "date": ("a date", "Write it as 2016-09-24, without quotes."),
    "datetime": ("a date and time", "Write it as 2016-09-24T11:45:00, without quotes."),
    "tuple": ("a list", 'Write it as ["one", "two"].'),
    "dict": ("a table", "Write it as { key = value }, or under a heading of its own."),
    "model": ("a table", "Write it as { key = value }, or under a heading of its own."),
}


def _type_of(kind: str) -> str | None:
    """The type in ``_TYPES`` that a value should have had, if ``kind`` of error says that it has not."""
    found = re.match(r"([a-z|]+)_(type|parsing|from|attributes)", kind)
    return found[1] if found and set(found[1].split("|")) <= set(_TYPES) else None


def _problem(fault: _Fault, document: Document) -> Problem:
    item, path, where = fault.item, fault.path, document.where(*fault.path)
    context: Mapping[str, Any] = item.get("ctx") or {}
    kind, value = item["type"], item["input"]
    if kind == "selectorate":
        return Problem(context["message"], document.where(*path, *context["key"]), context["hint"] or None)
    if kind == "missing":
        table = document.where(*path[:-1])
        return Problem(f'"{path[-1]}" is missing', Where(where.file, table.line, where.key), fault.about)
    if kind == "extra_forbidden":
        return Problem(f"unknown key {shown(path[-1])}", where, _known_key(fault))
    if kind == "literal_error":
        expected = re.findall(r"'([^']*)'", context["expected"])
        hint = nearest(value, expected, "It can be") if isinstance(value, str) else f"It can be: {', '.join(expected)}."
        return Problem(f"{shown(value)} is not a value this key can have", where, hint)
    if kind in ("union_tag_invalid", "union_tag_not_found"):
        return _of_kind(fault, document, context)
    named = _type_of(kind)
    if named is not None:
        return Problem(*_of_type(named.split("|"), fault, where))
    message, hint = _plain(kind, context, value)
    return Problem(message, where, hint)


def _of_kind(fault: _Fault, document: Document, context: Mapping[str, Any]) -> Problem:
    """The problem of a table whose kind is missing or unknown."""
    tag = str(context["discriminator"]).strip("'")
    table, value = document.where(*fault.path), fault.item["input"]
    where = Where(table.file, table.line, document.where(*fault.path, tag).key)
    kinds = [str(name) for model in fault.options for name in _tags(model)]
    if not isinstance(value, dict) or tag not in value:
        return Problem(f'"{tag}" is missing', where, f"It can be: {', '.join(kinds)}.")
    found = value[tag]
    hint = nearest(found, kinds, "It can be") if isinstance(found, str) else f"It can be: {', '.join(kinds)}."
    return Problem(f"{shown(found)} is not a value this key can have", document.where(*fault.path, tag), hint)


def _of_type(types_: Sequence[str], fault: _Fault, where: Where) -> tuple[str, Where, str]:
    """What is said of a value that is of none of the ``types_``: the arguments of its problem."""
    value = fault.item["input"]
    *others, last = dict.fromkeys(_TYPES[name][0] for name in types_)
    said = f"must be {', '.join(others)} or {last}" if others else f"must be {last}"
    first = "int" if "int" in types_ and isinstance(value, int | Decimal) else types_[0]
    hint = _TYPES[first][1]
    if first == "tuple" and isinstance(value, str):
        hint = f"Write it in brackets: [{shown(value)}]."
    if first == "tuple" and isinstance(value, dict):
        heading = ".".join(str(part) for part in fault.path if isinstance(part, str))
        hint = f"Write it in brackets, [{{ … }}], or under a heading in double brackets, [[{heading}]]."
    if first in ("dict", "model") and fault.about:
        hint = f"{fault.about} {hint}"
    return said, where, hint


def _plain(kind: str, context: Mapping[str, Any], value: object) -> tuple[str, str | None]:
    if kind == "string_pattern_mismatch":
        if context.get("pattern") == r"\S":
            return "is empty", "Fill it in or leave the key out."
        return f"{shown(value)} is not an id", 'Use small letters, digits, "-" and "_": "labour-2016".'
    if kind in ("greater_than_equal", "greater_than"):
        return f"{shown(value)} is too small", f"It must be at least {context.get('ge', context.get('gt')):,}."
    if kind in ("less_than_equal", "less_than"):
        return f"{shown(value)} is too large", f"It must be at most {context.get('le', context.get('lt')):,}."
    if kind in ("string_too_short", "too_short"):
        return "is empty", "Fill it in or leave the key out."
    if kind in ("string_too_long", "too_long"):
        limit = context.get("max_length")
        return "is too long", f"It may have {limit:,} characters." if limit else None
    return "cannot be used", None
