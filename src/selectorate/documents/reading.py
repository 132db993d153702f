"""TOML read from a file: its values, and the line of every key.

``tomllib`` reads the values (its decimals as ``Decimal``, so that ``7.0`` keeps its decimal); tree-sitter's grammar
of TOML is used for nothing but line numbers, which neither ``tomllib`` nor pydantic knows.
"""

from __future__ import annotations

import re
import stat
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

import tree_sitter_toml
from tree_sitter import Language, Node, Parser

from ..errors import InputError, SelectorateError, Where
from .fields import shown
from .plainly import plainly

MAX_BYTES = 8_000_000
"""No file that a person writes by hand is larger; a larger one is refused before it is parsed."""
MAX_DEPTH = 100
"""Tables in tables in tables: a key of more parts than this is refused before it costs time and memory."""
MAX_DIGITS = 4300
"""Digits of a whole number, as Python limits them."""

DEEP, FLATTER = "is nested too deeply", "Put fewer tables and lists inside each other."
GONE = "Look whether its name is right, and whether it may be read."

Path_ = tuple[str | int, ...]

_BARE = re.compile(r"[A-Za-z0-9_-]+")
_ODD = {
    "\0": "is not plain text: there are NUL characters in it",
    "\r": "is not plain text: a line ends with a lone carriage return",
}
_DEEP = re.compile(rf"(?<![\w\"'-])(?:[\w\"'-]+[ \t]*\.[ \t]*){{{MAX_DEPTH}}}")


@dataclass(frozen=True)
class Document:
    """A TOML file as read: its ``name`` for messages, its ``data``, and the line of every key (from 1)."""

    name: str
    data: dict[str, Any]
    lines: Mapping[Path_, int] = field(repr=False)

    def where(self, *path: str | int) -> Where:
        """The place of the key at ``path``, or of the nearest table around it."""
        told = ""
        for part in path:
            if isinstance(part, int):
                told += f"[{part + 1}]"
            else:
                told += ("." if told else "") + (part if _BARE.fullmatch(part) else shown(part))
        known = tuple(path)
        while known and known not in self.lines:
            known = known[:-1]
        return Where(self.name, self.lines.get(known, 1), told or None)


def read(source: Path | Traversable, error: type[SelectorateError] = InputError) -> Document:
    """The document at ``source``. Raises ``error`` if it is not there, too large, not UTF-8 or not TOML."""
    return parse(bytes_of(source, error), _name(source), error)


def bytes_of(source: Path | Traversable, error: type[SelectorateError] = InputError) -> bytes:
    """What is in the file at ``source``. Raises ``error`` if it is not there or too large."""
    where = Where(_name(source))
    try:
        kind = not_a_file(source) if isinstance(source, Path) else None
        if kind is not None:
            raise error(f"is {kind}, not a file", where=where, hint="Name a file.")
        with source.open("rb") as file:
            raw: bytes = file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        raise error("there is no such file", where=where, hint=GONE) from None
    except IsADirectoryError:
        raise error("is a folder, not a file", where=where, hint="Name a file in it.") from None
    except OSError as fault:
        raise error(f"cannot be read: {fault.strerror}", where=where, hint=GONE) from None
    except ValueError:  # a name with a NUL in it
        raise error("there is no such file", where=where, hint=GONE) from None
    if len(raw) > MAX_BYTES:
        raise error(f"is larger than {MAX_BYTES:,} bytes", where=where, hint="Is it the right file?")
    return raw


def not_a_file(path: Path) -> str | None:
    """What ``path`` is, if it is there but neither a file nor a folder: "a device"; None if it may be opened.

    A pipe that nobody writes into would be waited for without end, and a device may have no end. What this program was
    started with is no such thing: standard input, and the pipes that a shell makes, are read. Raises OSError as
    ``stat`` does.
    """
    mode = path.stat().st_mode
    if stat.S_ISREG(mode) or stat.S_ISDIR(mode) or _GIVEN.fullmatch(str(path)):
        return None
    kinds = ((stat.S_ISFIFO, "a pipe"), (stat.S_ISSOCK, "a socket"))
    return next((name for is_kind, name in kinds if is_kind(mode)), "a device")


_GIVEN = re.compile(r"/dev/stdin|/dev/fd/\d+|/proc/self/fd/\d+")


def _name(source: Path | Traversable) -> str:
    return str(source) if isinstance(source, Path) else source.name


def parse(raw: bytes, name: str, error: type[SelectorateError] = InputError) -> Document:
    """The document whose bytes are ``raw``, called ``name`` in messages. Raises ``error`` as ``read`` does."""
    if len(raw) > MAX_BYTES:
        raise error(f"is larger than {MAX_BYTES:,} bytes", where=Where(name), hint="Is it the right file?")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        line = raw[: fault.start].count(b"\n") + 1
        raise error("is not UTF-8 text", where=Where(name, line), hint="Save the file as UTF-8.") from None
    text = text.replace("\r\n", "\n")
    for odd, what in _ODD.items():
        if odd in text:
            where = Where(name, _line(text, text.index(odd)))
            raise error(what, where=where, hint="Save the file as plain text, in UTF-8.")
    deep = _DEEP.search(text)
    if deep:
        raise error(DEEP, where=Where(name, _line(text, deep.start())), hint=FLATTER)
    decimals: list[str] = []

    def decimal(said: str) -> Decimal:
        decimals.append(said)
        return Decimal(said)

    try:
        data = tomllib.loads(text, parse_float=decimal)
        return Document(name, data, _lines(text.encode()))
    except tomllib.TOMLDecodeError as fault:
        line, message, hint = plainly(str(fault), text)
        raise error(f"is not valid TOML: {message}", where=Where(name, line), hint=hint) from None
    except RecursionError:
        raise error(DEEP, where=Where(name), hint=FLATTER) from None
    except ArithmeticError:
        at = text.find(decimals[-1])
        hint = "Write it as it was published: 61.8"
        raise error("has a number that cannot be read", where=Where(name, _line(text, at)), hint=hint) from None
    except ValueError:  # Python's limit on digits
        digits = re.search(rf"[0-9_]{{{MAX_DIGITS},}}", text)
        where = Where(name, _line(text, digits.start()) if digits else None)
        hint = "Write it as it was published: 506438"
        raise error("has a number of thousands of digits", where=where, hint=hint) from None


def _line(text: str, position: int) -> int:
    return text.count("\n", 0, position) + 1


# -- lines --------------------------------------------------------------------------------------------------


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
