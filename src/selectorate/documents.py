"""TOML files that people write: read, checked against a model, every fault told with its line.

``read`` gives a ``Document`` (the data, with the line of every key); ``check`` holds it to a pydantic model and
raises one error that carries all problems, each with file, line, key and what would be right.

``tomllib`` reads the values (its decimals as ``Decimal``, so that ``7.0`` keeps its decimal); tree-sitter's grammar
of TOML is used for nothing but line numbers, which neither ``tomllib`` nor pydantic knows.
"""

from __future__ import annotations

import difflib
import re
import tomllib
import types
import typing
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

import tree_sitter_toml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, TypeAdapter, ValidationError
from pydantic_core import ErrorDetails, PydanticCustomError
from tree_sitter import Language, Node, Parser

from .errors import InputError, Problem, SelectorateError, Where

MAX_BYTES = 8_000_000
"""No file that a person writes by hand is larger; a larger one is refused before it is parsed."""
MAX_COUNT = 10**12
"""More votes than people who have ever lived: a larger whole number is a slip of the keyboard."""

Path_ = tuple[str | int, ...]


@dataclass(frozen=True)
class Document:
    """A TOML file as read: its ``name`` for messages, its ``data``, and the line of every key (from 1)."""

    name: str
    data: dict[str, Any]
    lines: Mapping[Path_, int] = field(repr=False)

    def where(self, *path: str | int) -> Where:
        """The place of the key at ``path``, or of the nearest table around it."""
        shown = ""
        for part in path:
            shown += f"[{part + 1}]" if isinstance(part, int) else ("." if shown else "") + part
        known = tuple(path)
        while known and known not in self.lines:
            known = known[:-1]
        return Where(self.name, self.lines.get(known, 1), shown or None)


class FileModel(BaseModel):
    """A table of a file: no unknown keys, nothing changes once it is read."""

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)


def wrong(message: str, hint: str = "", key: str | None = None) -> PydanticCustomError:
    """The error for a validator to raise: ``message`` what is wrong, ``hint`` what would be right, ``key`` in the
    table that is being checked."""
    return PydanticCustomError("selectorate", "{message}", {"message": message, "hint": hint, "key": key})


def _no_float(value: object) -> object:
    if isinstance(value, Decimal) and (not value.is_finite() or "E" in str(value)):
        raise wrong("must be a plain number with its decimals", "Write it as it was published: 61.8")
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise wrong("must be a number", "Write it as it was published, without quotes or separators: 61.8")
    return Decimal(value)


Id = Annotated[str, Field(pattern=r"^[a-z0-9]+([_-][a-z0-9]+)*$", max_length=80)]
"""A name used inside files: small letters, digits, ``-`` and ``_``."""
Text = Annotated[str, Field(min_length=1, max_length=4000)]
Count = Annotated[int, Field(strict=True, ge=0, le=MAX_COUNT)]
"""A number of votes, persons or places."""
Published = Annotated[Decimal, BeforeValidator(_no_float), Field(ge=-(10**12), le=10**12)]
"""A figure as it was printed: the decimals that are written are the decimals that were printed."""

M = TypeVar("M", bound=BaseModel)


# -- reading ----------------------------------------------------------------------------------------------------


def read(source: Path | Traversable, error: type[SelectorateError] = InputError) -> Document:
    """The document at ``source``. Raises ``error`` if it is not there, too large, not UTF-8 or not TOML."""
    name = str(source) if isinstance(source, Path) else source.name
    try:
        raw = source.read_bytes()
    except FileNotFoundError:
        raise error("there is no such file", where=Where(name)) from None
    except IsADirectoryError:
        raise error("is a folder, not a file", where=Where(name)) from None
    except OSError as fault:
        raise error(f"cannot be read: {fault.strerror}", where=Where(name)) from None
    return parse(raw, name, error)


def parse(raw: bytes, name: str, error: type[SelectorateError] = InputError) -> Document:
    """The document whose bytes are ``raw``, called ``name`` in messages. Raises ``error`` as ``read`` does."""
    if len(raw) > MAX_BYTES:
        raise error(f"is larger than {MAX_BYTES:,} bytes", where=Where(name))
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        line = raw[: fault.start].count(b"\n") + 1
        raise error("is not UTF-8 text", where=Where(name, line), hint="Save the file as UTF-8.") from None
    text = text.replace("\r\n", "\n")
    try:
        data = tomllib.loads(text, parse_float=Decimal)
    except tomllib.TOMLDecodeError as fault:
        said = re.match(r"(.*) \(at (?:line (\d+), column \d+|end of document)\)$", str(fault))
        line = int(said[2]) if said and said[2] else text.count("\n") + 1
        raise error(
            f"is not valid TOML: {said[1] if said else fault}",
            where=Where(name, line),
            hint='TOML wants key = value, text in "quotes", dates as 2016-09-24.',
        ) from None
    except RecursionError:
        raise error("is nested too deeply", where=Where(name)) from None
    except (ValueError, ArithmeticError) as fault:  # a number of thousands of digits, a date like 2016-02-31
        raise error(f"is not valid TOML: {fault}", where=Where(name)) from None
    return Document(name, data, _lines(text.encode()))


def _lines(text: bytes) -> dict[Path_, int]:
    """The line of every key of the TOML in ``text``, by its path; items of arrays have their index as key."""
    tree = Parser(Language(tree_sitter_toml.language())).parse(text)
    lines: dict[Path_, int] = {}
    lengths: dict[Path_, int] = {}  # of arrays of tables

    def resolve(start: Path_, keys: Sequence[str]) -> Path_:
        path = start
        for key in keys:
            path = (*path, key)
            if path in lengths:
                path = (*path, lengths[path] - 1)
        return path

    def note(path: Path_, node: Node) -> None:
        for depth in range(1, len(path) + 1):
            lines.setdefault(path[:depth], node.start_point[0] + 1)
        lines[path] = node.start_point[0] + 1

    def value(node: Node, path: Path_) -> None:
        if node.type == "inline_table":
            pairs(node, path)
        elif node.type == "array":
            items = [item for item in node.named_children if item.type != "comment"]
            for index, item in enumerate(items):
                note((*path, index), item)
                value(item, (*path, index))

    def pairs(table: Node, path: Path_) -> None:
        for pair in table.named_children:
            if pair.type == "pair":
                parts = [part for part in pair.named_children if part.type != "comment"]
                here = (*path, *_keys(parts[0]))
                note(here, pair)
                value(parts[-1], here)

    for node in tree.root_node.named_children:
        if node.type == "table":
            here = resolve((), _keys(node.named_children[0]))
            note(here, node)
            pairs(node, here)
        elif node.type == "table_array_element":
            *parents, last = _keys(node.named_children[0])
            array = (*resolve((), parents), last)
            lengths[array] = lengths.get(array, 0) + 1
            lines.setdefault(array, node.start_point[0] + 1)
            here = (*array, lengths[array] - 1)
            note(here, node)
            pairs(node, here)
    pairs(tree.root_node, ())
    return lines


def _keys(node: Node) -> list[str]:
    """The parts of a bare, quoted or dotted key."""
    if node.type == "dotted_key":
        return [key for part in node.named_children for key in _keys(part)]
    text = (node.text or b"").decode()
    if node.type == "quoted_key":
        return list(tomllib.loads(f"{text} = 0"))
    return [text]


# -- checking ---------------------------------------------------------------------------------------------------


def check(document: Document, model: type[M], error: type[SelectorateError] = InputError) -> M:
    """``document`` as a ``model``. Raises ``error`` with every problem found, in the order of their lines."""
    try:
        return model.model_validate(document.data)
    except ValidationError as fault:
        problems = [problem for item in fault.errors() for problem in _problems(item, document, model)]
    except RecursionError:
        problems = [Problem("is nested too deeply", Where(document.name))]
    unique = {(p.message, p.where.line, p.where.key): p for p in problems}
    ordered = sorted(unique.values(), key=lambda problem: problem.where.line or 0)
    raise error.of(ordered) from None


def _problems(item: ErrorDetails, document: Document, model: type[BaseModel]) -> Iterator[Problem]:
    context = item.get("ctx") or {}
    kind = item["type"]
    path = _path_in(document.data, item["loc"], missing=kind == "missing")
    if kind == "selectorate":
        key = context.get("key")
        inner = (*path, *str(key).split(".")) if key else path
        inner = tuple(int(part) if isinstance(part, str) and part.isdigit() else part for part in inner)
        yield Problem(context["message"], document.where(*inner), context["hint"] or None)
        return
    where = document.where(*path)
    if kind == "missing":
        table = document.where(*path[:-1])
        yield Problem(
            f'"{path[-1]}" is missing', Where(where.file, table.line, where.key), _purpose(model, item["loc"])
        )
    elif kind == "extra_forbidden":
        known = sorted(_known_keys(model, item["loc"][:-1]))
        yield Problem(f'unknown key "{path[-1]}"', where, nearest(str(path[-1]), known, "Known keys here"))
    elif kind in ("literal_error", "enum"):
        expected = re.findall(r"'([^']*)'", context.get("expected", ""))
        yield Problem(
            f'"{_short(item["input"])}" is not a value this key can have',
            where,
            nearest(str(item["input"]), expected, "It can be"),
        )
    elif kind in ("union_tag_invalid", "union_tag_not_found"):
        expected = re.findall(r"'([^']*)'", context.get("expected_tags", ""))
        tag = str(context.get("discriminator", "'kind'")).strip("'")
        if kind == "union_tag_not_found":
            yield Problem(f'"{tag}" is missing', document.where(*path, tag), "It says what kind of table this is")
        else:
            found = str(context.get("tag"))
            yield Problem(
                f'"{found}" is not a value this key can have',
                document.where(*path, tag),
                nearest(found, expected, "It can be"),
            )
    else:
        message, hint = _plain(kind, context, item)
        yield Problem(message, where, hint)


_TYPES = {
    "string": ("must be text", 'Write it in "quotes".'),
    "int": ("must be a whole number", "Write it without quotes, separators or decimals: 506438"),
    "bool": ("must be true or false", "Write it without quotes."),
    "date": ("must be a date", "Write it as 2016-09-24, without quotes."),
    "datetime": ("must be a date and time", "Write it as 2016-09-24T11:45:00, without quotes."),
    "list": ("must be a list", 'Write it as ["one", "two"].'),
    "tuple": ("must be a list", 'Write it as ["one", "two"].'),
    "dict": ("must be a table", 'Write it as { key = "value" }.'),
    "model": ("must be a table", 'Write it as { key = "value" } or under a heading of its own.'),
    "mapping": ("must be a table", 'Write it as { key = "value" }.'),
}


def _plain(kind: str, context: Mapping[str, Any], item: ErrorDetails) -> tuple[str, str | None]:
    for name, (message, hint) in _TYPES.items():
        if kind in (
            f"{name}_type",
            f"{name}_parsing",
            f"{name}_from_date_parsing",
            f"{name}_from_datetime_inexact",
        ):
            return message, hint
    if kind == "string_pattern_mismatch":
        return (
            f'"{_short(item["input"])}" is not an id',
            'Use small letters, digits, "-" and "_": "labour-2016".',
        )
    if kind in ("greater_than_equal", "greater_than"):
        return "is too small", f"It must be at least {context.get('ge', context.get('gt'))}."
    if kind in ("less_than_equal", "less_than"):
        return "is too large", f"It must be at most {context.get('le', context.get('lt')):,}."
    if kind in ("string_too_short", "too_short"):
        return "is empty", "Fill it in or leave the key out."
    if kind in ("string_too_long", "too_long"):
        return "is too long", None
    message = item["msg"].removeprefix("Value error, ").removeprefix("Input should be ")
    return f"cannot be used ({message})", None


def _short(value: object) -> str:
    text = str(value)
    return text if len(text) <= 60 else text[:57] + "..."


def nearest(word: str, known: Sequence[str], otherwise: str = "") -> str | None:
    """A hint: the word of ``known`` nearest to ``word``, or after ``otherwise`` all of them."""
    near = difflib.get_close_matches(word, known, n=1, cutoff=0.6)
    if near:
        return f'Did you mean "{near[0]}"?'
    return f"{otherwise}: {', '.join(known)}." if known and otherwise else None


def _path_in(data: object, loc: Sequence[str | int], *, missing: bool) -> Path_:
    """``loc`` without the names of union members that pydantic puts between the keys."""
    path: Path_ = ()
    for number, part in enumerate(loc):
        last = number == len(loc) - 1
        if isinstance(data, dict) and part in data:
            data = data[part]
        elif isinstance(data, list) and isinstance(part, int) and part < len(data):
            data = data[part]
        elif not (missing and last):
            continue
        path = (*path, part)
    return path


def _known_keys(model: type[BaseModel], loc: Sequence[str | int]) -> set[str]:
    return {name for found in _models_at(model, loc) for name in found.model_fields}


def _models_at(model: type[BaseModel], loc: Sequence[str | int]) -> list[type[BaseModel]]:
    """The models that can stand at ``loc`` below ``model``."""
    here: list[type[BaseModel]] = [model]
    for part in loc:
        fields = [found.model_fields[part] for found in here if isinstance(part, str) and part in found.model_fields]
        if fields:
            here = [inner for found in fields for inner in _models_in(found.annotation)]
        else:
            tagged = [found for found in here if part in _tags(found) or part == found.__name__]
            here = tagged or here
    return here


def _tags(model: type[BaseModel]) -> tuple[object, ...]:
    kind = model.model_fields.get("kind")
    return typing.get_args(kind.annotation) if kind and typing.get_origin(kind.annotation) is Literal else ()


def _models_in(annotation: object) -> Iterator[type[BaseModel]]:
    if (
        isinstance(annotation, type)
        and not isinstance(annotation, types.GenericAlias)
        and issubclass(annotation, BaseModel)
    ):
        yield annotation
    for inner in typing.get_args(annotation):
        yield from _models_in(inner)


def _purpose(model: type[BaseModel], loc: Sequence[str | int]) -> str | None:
    """What the missing key at ``loc`` is for, from its description in the model."""
    for found in _models_at(model, loc[:-1]):
        if loc[-1] in found.model_fields and found.model_fields[str(loc[-1])].description:
            return str(found.model_fields[str(loc[-1])].description)
    return None


def json_schema(model: type[BaseModel], title: str) -> dict[str, Any]:
    """The JSON Schema of ``model``, for editors and other programs."""
    schema = TypeAdapter(model).json_schema()
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema, "title": title}
