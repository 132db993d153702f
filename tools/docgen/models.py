"""The tables of a format's reference, made from its pydantic model: every table, every key, nothing by hand."""

from __future__ import annotations

import datetime as dt
import types
import typing
from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Annotated, Any, Literal, TypeVar, Union, get_args, get_origin

from annotated_types import Ge, Le
from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from selectorate import documents
from selectorate.contest import model as contests
from selectorate.rules import grammar
from selectorate.rules import model as rulebooks

NAMED: tuple[tuple[object, str], ...] = (
    (documents.Id, "id"),
    (documents.Text, "text"),
    (documents.Count, "whole number"),
    (documents.Published, "figure"),
    (contests.Printed, "figure, or a list of figures"),
    (contests.OtherContest, "id, or the path of a file beside this one"),
    (grammar.Requirements, "[requirement](rulebook.md#requirements), or a list of them"),
    (grammar.Requirement, "[requirement](rulebook.md#requirements)"),
    (grammar.Weight, "weight in quotes"),
    (grammar.Quantity, "[quantity](rulebook.md#quantities)"),
    (grammar.GoingOut, "[who goes out](rulebook.md#who-goes-out)"),
    (grammar.ParameterRef, '`{ parameter = "…" }`'),
)
PLAIN: dict[object, str] = {
    str: "text",
    int: "whole number",
    bool: "`true` or `false`",
    dt.date: "date",
    dt.datetime: "date and time",
}

WITHOUT: dict[tuple[type[BaseModel], str], str] = {
    (grammar.ParameterRef, "parameter"): "The id of the parameter, as it stands under `[parameters]`.",
}


@dataclass
class Described:
    """One table of a format: its model, and the headings under which it can stand."""

    model: type[BaseModel]
    places: list[str] = field(default_factory=list)


def hints(model: type[BaseModel]) -> dict[str, Any]:
    """The annotations of a model's keys, with what pydantic would take out of them."""
    return typing.get_type_hints(model, include_extras=True)


def models_in(annotation: Any) -> Iterator[tuple[type[BaseModel], str]]:
    """The tables inside an annotation, each with how it stands there: "one", "list" or "by name"."""
    origin = get_origin(annotation)
    if isinstance(annotation, type) and origin is None and issubclass(annotation, BaseModel):
        yield annotation, "one"
    elif origin is Annotated or origin in (Union, types.UnionType):
        for inner in get_args(annotation)[: 1 if origin is Annotated else None]:
            yield from models_in(inner)
    elif origin is tuple:
        for found, _ in models_in(get_args(annotation)[0]):
            yield found, "list"
    elif origin is dict:
        for found, _ in models_in(get_args(annotation)[1]):
            yield found, "by name"


def tables(model: type[BaseModel], top: str) -> list[Described]:
    """All tables of the format whose whole is ``model``, outermost first, in the order of their keys."""
    found: dict[type[BaseModel], Described] = {model: Described(model, [top])}

    def walk(outer: type[BaseModel], path: str) -> None:
        for name, annotation in hints(outer).items():
            if name not in outer.model_fields:
                continue
            key = outer.model_fields[name].alias or name
            for inner, how in models_in(annotation):
                here = f"{path}.{key}" if path else key
                step = here + (f".{placeholder(key)}" if how == "by name" else "")
                heading = f"[[{step}]]" if how == "list" else f"[{step}]"
                base = generic(inner)
                known = found.setdefault(base, Described(base))
                if heading not in known.places:
                    known.places.append(heading)
                    walk(inner, step)

    walk(model, "")
    return list(found.values())


def generic(model: type[BaseModel]) -> type[BaseModel]:
    """The model without what it was filled in with: ``Interpretation`` for ``Interpretation[Ties]``."""
    origin = model.__pydantic_generic_metadata__["origin"]
    return origin if origin is not None else model


def placeholder(key: str) -> str:
    """What stands for a name of one's own in a heading: CANDIDATE, SEGMENT ..."""
    return {
        "candidates": "CANDIDATE",
        "bodies": "BODY",
        "roll": "SECTION",
        "facts": "FACT",
        "segments": "SEGMENT",
        "groups": "GROUP",
        "parameters": "PARAMETER",
    }.get(key, "NAME")


def name_of(model: type[BaseModel]) -> str:
    """The anchor name of a table: its class in words."""
    words = "".join(f" {c.lower()}" if c.isupper() else c for c in generic(model).__name__)
    return words.strip()


def values(annotation: Any) -> str:
    """The closed list of values of a Literal."""
    return " \\| ".join(f'`"{value}"`' for value in get_args(annotation))


def say(annotation: Any, info: FieldInfo | None = None) -> str:
    """A type in plain words."""
    for known, words in NAMED:
        if annotation is known or annotation == known:
            return words
    origin = get_origin(annotation)
    if origin is Annotated:
        if annotation == rulebooks.Ties:
            return f"one of, or a list of: {values(rulebooks.TieRule)}"
        return say(get_args(annotation)[0], info)
    if origin is Literal:
        return values(annotation)
    if origin in (Union, types.UnionType):
        return ", or ".join(dict.fromkeys(say(part, info) for part in get_args(annotation) if part is not type(None)))
    if origin is tuple:
        return f"list of {plural(say(get_args(annotation)[0]))}"
    if origin is dict:
        return f"table: {say(get_args(annotation)[0])} = {say(get_args(annotation)[1])}"
    if isinstance(annotation, TypeVar):
        return "as the key itself"
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return f"table [{name_of(annotation)}](#{anchor(annotation)})"
    if annotation is int and info is not None:
        return "whole number" + limits(info)
    if annotation in PLAIN:
        return PLAIN[annotation]
    raise TypeError(f"no words for {annotation!r}")


def plural(words: str) -> str:
    """A type in the plural, where that is easy."""
    return {"id": "ids", "text": "texts", "whole number": "whole numbers", "figure": "figures"}.get(words, words)


def limits(info: FieldInfo) -> str:
    """The limits of a number: ", 0 to 9"."""
    low = next((item.ge for item in info.metadata if isinstance(item, Ge)), None)
    high = next((item.le for item in info.metadata if isinstance(item, Le)), None)
    if low is None:
        return ""
    return f", {low} to {high}" if high is not None else f", {low} or more"


def anchor(model: type[BaseModel]) -> str:
    """The anchor of a table's section."""
    return f"table-{name_of(model).replace(' ', '-')}"


def default(info: FieldInfo) -> str:
    """What holds where the key is left out."""
    if info.is_required():
        return "**required**"
    value = info.default
    if value in (None, (), {}, PydanticUndefined) or isinstance(value, BaseModel):
        return ""
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    if isinstance(value, int):
        return f"`{value}`"
    if isinstance(value, tuple):
        return ", ".join(f'`"{item}"`' for item in value)
    if isinstance(value, Fraction | grammar.GoingOut | str):
        return f'`"{value}"`'
    raise TypeError(f"no words for the default {value!r}")


def says(model: type[BaseModel], name: str) -> str:
    """What a key says: its description, or that of the few that have none in the model."""
    return model.model_fields[name].description or WITHOUT.get((model, name), "")


def cell(text: str) -> str:
    """Text for a cell of a table in Markdown."""
    return text.replace("|", "\\|").replace("\\\\|", "\\|").replace("\n", " ")


def section(described: Described) -> str:
    """The section of one table: where it stands, what it is, its keys."""
    model = described.model
    lines = [f'<a id="{anchor(model)}"></a>', "", f"### {name_of(model).capitalize()}", ""]
    places = ", ".join(f"`{place}`" for place in described.places)
    about = (model.__doc__ or "").strip().split("\n\n")[0]
    lines += [f"{' '.join(about.split())}", "", f"Stands at: {places}", ""]
    lines += ["| key | what it is written as | left out | what it says |", "| --- | --- | --- | --- |"]
    annotations = hints(model)
    for name, info in model.model_fields.items():
        key = info.alias or name
        words = cell(say(annotations[name], info))
        lines.append(f"| `{key}` | {words} | {default(info)} | {cell(says(model, name))} |")
    return "\n".join(lines)


def reference(model: type[BaseModel], top: str) -> str:
    """Every table of a format, one section each."""
    return "\n\n".join(section(described) for described in tables(model, top))


def every_key(model: type[BaseModel]) -> set[tuple[str, str]]:
    """Every key of a format, with the name of its table."""
    return {
        (name_of(described.model), info.alias or name)
        for described in tables(model, "")
        for name, info in described.model.model_fields.items()
    }
