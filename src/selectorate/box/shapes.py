"""The shape of every structure of the protocol, as data: which fields, in which order, holding what.

A :class:`Shape` checks a JSON value that was read (`selectorate.box.canonical`) and raises one clear error at the
first place that is wrong. Because shapes are data, tests walk them: a point-valued field that is added tomorrow is
tested with bad points tomorrow.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Protocol

from ..errors import ProtocolError
from . import canonical

__all__ = [
    "HASH",
    "HASH_64",
    "Bool",
    "Either",
    "Fields",
    "Items",
    "Nested",
    "Pair",
    "Pattern",
    "Shape",
    "Small",
    "Text",
    "exact_text",
    "require",
]

MAX_SMALL = 10**11
"""The largest small integer: a total weight that a browser's numbers and the reference tool's hold exactly."""


class Shape(Protocol):
    """What a JSON value has to look like."""

    def faults(self, value: Any, place: str) -> Iterator[str]:
        """A sentence for each thing that is wrong with ``value``, which stands at ``place``."""
        ...


def require(shape: Shape, value: Any, what: str, *, check: str) -> None:
    """Raise ProtocolError (``check``) with the first fault of ``value``, called ``what``, unless it has ``shape``."""
    for fault in shape.faults(value, what):
        raise ProtocolError(fault, check=check)


@dataclass(frozen=True)
class Pattern:
    """A string of a form. ``name``: what the form is called; ``kind``: ``point``, ``scalar``, ``hash`` or ``text``."""

    name: str
    pattern: re.Pattern[str]
    kind: str = "text"
    below: int | None = None

    def faults(self, value: Any, place: str) -> Iterator[str]:
        """At most one fault: not a string, not of the form, or a number that is not below the bound."""
        if type(value) is not str or not self.pattern.fullmatch(value):
            yield f"{place} is not {self.name}"
        elif self.below is not None and int(value) >= self.below:
            yield f"{place} is not {self.name}: it is not reduced"


@dataclass(frozen=True)
class Text:
    """Any string; ``options`` closes the list of what it may be."""

    options: tuple[str, ...] = ()

    def faults(self, value: Any, place: str) -> Iterator[str]:
        """At most one fault."""
        if type(value) is not str:
            yield f"{place} is not a string"
        elif self.options and value not in self.options:
            yield f"{place} is none of {', '.join(self.options)}"


@dataclass(frozen=True)
class Small:
    """A small whole number, ``least`` or more; true and false are none."""

    least: int = 0
    most: int = MAX_SMALL

    def faults(self, value: Any, place: str) -> Iterator[str]:
        """At most one fault."""
        if type(value) is not int or not self.least <= value <= self.most:
            yield f"{place} is not a whole number from {self.least} to {self.most}"


@dataclass(frozen=True)
class Bool:
    """True or false."""

    def faults(self, value: Any, place: str) -> Iterator[str]:
        """At most one fault."""
        if type(value) is not bool:
            yield f"{place} is neither true nor false"


@dataclass(frozen=True)
class Items:
    """A list, ``length`` items long where that is fixed, each of the shape ``item``."""

    item: Shape
    length: int | None = None
    least: int = 0

    def faults(self, value: Any, place: str) -> Iterator[str]:
        """The faults of the list, then those of its items."""
        if type(value) is not list:
            yield f"{place} is not a list"
            return
        if self.length is not None and len(value) != self.length:
            yield f"{place} has {len(value)} items, not {self.length}"
        if len(value) < self.least:
            yield f"{place} has {len(value)} items, fewer than {self.least}"
        for number, item in enumerate(value):
            yield from self.item.faults(item, f"{place}[{number}]")


@dataclass(frozen=True)
class Pair:
    """A list of fixed length whose items have shapes of their own (a tuple of the specification)."""

    shapes: tuple[Shape, ...]

    def faults(self, value: Any, place: str) -> Iterator[str]:
        """The fault of the length, or those of the items."""
        if type(value) is not list or len(value) != len(self.shapes):
            yield f"{place} is not a list of {len(self.shapes)} items"
            return
        for number, (shape, item) in enumerate(zip(self.shapes, value, strict=True)):
            yield from shape.faults(item, f"{place}[{number}]")


@dataclass(frozen=True)
class Fields:
    """An object with these fields in this order; those in ``optional`` may be missing."""

    fields: tuple[tuple[str, Shape], ...]
    optional: frozenset[str] = frozenset()

    def faults(self, value: Any, place: str) -> Iterator[str]:
        """The fault of the names and their order, or those of the fields."""
        if type(value) is not dict:
            yield f"{place} is not an object"
            return
        names = list(value)
        if names != [name for name, _ in self.fields if name in value or name not in self.optional]:
            wanted = ", ".join(name for name, _ in self.fields)
            yield f"{place} has the fields {', '.join(names) or '(none)'}, not {wanted} in this order"
            return
        for name, shape in self.fields:
            if name in value:
                yield from shape.faults(value[name], f"{place}.{name}")


@dataclass(frozen=True)
class Either:
    """An object of one of two shapes, told apart by whether it has ``field``."""

    field: str
    with_it: Shape
    without: Shape

    def faults(self, value: Any, place: str) -> Iterator[str]:
        """The faults of the shape that applies."""
        has = type(value) is dict and self.field in value
        yield from (self.with_it if has else self.without).faults(value, place)


@dataclass(frozen=True)
class Nested:
    """A string that is itself canonical JSON, of the shape ``inner``: what is signed is a text, not a value."""

    inner: Shape

    def faults(self, value: Any, place: str) -> Iterator[str]:
        """The fault of the string, or those of the value that it holds."""
        if type(value) is not str:
            yield f"{place} is not a string"
            return
        try:
            held = canonical.loads(value.encode("utf-8", "surrogatepass"), what=place)
        except ProtocolError as fault:
            yield fault.message
        else:
            yield from self.inner.faults(held, place)


def exact_text(shape: Shape) -> re.Pattern[bytes] | None:
    """A pattern that matches the canonical JSON of exactly those values that have ``shape``, or None if none can.

    It can where the shape has fixed fields, fixed lengths, and strings in which nothing is ever escaped: then a text
    that matches needs no parsing to be known as canonical and of the shape, but for its numbers. Each number that has
    to be below a bound is a group.
    """
    source = _source(shape)
    return None if source is None else re.compile(source.encode("ascii"))


MOST_REPEATS = 200
"""Items of a list up to which a pattern for all of them is worth its making."""


def _source(shape: Shape) -> str | None:
    """The source of the pattern of `exact_text`."""
    parts: list[str | None]
    match shape:
        case Pattern(pattern=pattern, below=below, kind=kind):
            group = "" if kind == "scalar" and below is not None else "?:"
            return f'"({group}{pattern.pattern})"' if kind != "text" else None
        case Fields(fields=fields, optional=optional) if not optional:
            parts = [_source(inner) for _, inner in fields]
            named = [f'"{name}":{part}' for (name, _), part in zip(fields, parts, strict=True)]
            return None if None in parts else r"\{" + ",".join(named) + r"\}"
        case Pair(shapes=shapes) if len(shapes) <= MOST_REPEATS:
            parts = [_source(inner) for inner in shapes]
        case Items(item=item, length=int(length)) if length <= MOST_REPEATS:
            parts = [_source(item)] * length
        case _:
            return None
    known = [part for part in parts if part is not None]
    return r"\[" + ",".join(known) + r"\]" if len(known) == len(parts) else None


HASH = Pattern("a SHA-256 hash in hexadecimal", re.compile("[0-9a-f]{64}", re.ASCII), "hash")
"""A SHA-256 hash in lower-case hexadecimal."""

HASH_64 = Pattern("a SHA-256 hash in Base64", re.compile("[0-9A-Za-z+/]{43}", re.ASCII), "hash")
"""A SHA-256 hash in Base64 without padding."""
