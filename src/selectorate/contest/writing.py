"""How a step of a contest of one's own writes: names made plain, TOML changed in place, files whole or not at all."""

from __future__ import annotations

import contextlib
import os
import re
import secrets
import tomllib
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import tomlkit
from tomlkit.exceptions import TOMLKitError
from tomlkit.items import AoT, InlineTable, Table

from ..errors import ContestError, InputError, Where

MAX_NAME = 250
"""No name on a paper is longer; a longer one is a slip of the clipboard."""
UNSEEN = "\u200e\u200f\ufeff"
"""Marks that come along when a name is copied, and that nobody sees."""

Plain = dict[str, Any]


# -- names ------------------------------------------------------------------------------------------------------


def plain_name(text: str, what: str) -> str:
    """``text`` on one line, each character in its composed form. Raises InputError if it cannot be a name.

    ``what`` it is, for the message: "the name of a candidate".
    """
    name = " ".join(unicodedata.normalize("NFC", text).translate(dict.fromkeys(map(ord, UNSEEN))).split())
    for character in name:
        kind = unicodedata.category(character)
        steers = character in "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
        if kind in ("Cc", "Cs", "Cn", "Co") or steers:
            raise InputError(
                f"{what} has a character that cannot be printed (U+{ord(character):04X})",
                hint="Type it again instead of copying it.",
            )
    if not any(unicodedata.category(character)[0] in "LNPS" for character in name):
        raise InputError(f"{what} is empty")
    if len(name) > MAX_NAME:
        raise InputError(f"{what} is longer than {MAX_NAME} characters")
    return name


def same_name(text: str) -> str:
    """What two spellings of one name have in common."""
    return unicodedata.normalize("NFKC", " ".join(text.split())).casefold()


# -- TOML changed in place --------------------------------------------------------------------------------------


def read_text(path: Path) -> str:
    """The text of the TOML file at ``path``, which has been read as TOML before, with plain ends of lines."""
    return path.read_bytes().decode("utf-8-sig").replace("\r\n", "\n")


def changed_toml(path: Path, text: str, change: Callable[[Plain], None]) -> str:
    """``text``, the TOML of the file at ``path``, with its values as ``change`` leaves them.

    Comments and order stay. Raises ContestError if the file is laid out in a way that cannot be changed in place.
    """
    old, new = tomllib.loads(text), tomllib.loads(text)
    change(new)
    try:
        document = tomlkit.parse(text)
        _apply(document, old, new)
        result = tomlkit.dumps(document)
        if tomllib.loads(result) == new:
            return result
    except (TOMLKitError, tomllib.TOMLDecodeError, TypeError, ValueError, AttributeError, LookupError):
        pass
    raise ContestError(
        "is laid out in a way that cannot be changed here without harm to it",
        where=Where(str(path)),
        hint="Give every candidate, nomination and ballot a table of its own: [candidates.smith], [[ballot]].",
    )


def _apply(target: Any, old: Plain, new: Plain, depth: int = 0) -> None:
    """Make ``target`` (a document, or a table in it), whose values are ``old``, say ``new``."""
    inline = isinstance(target, InlineTable)
    for key in old.keys() - new.keys():
        del target[key]
    for key, value in new.items():
        before: Any = old.get(key)
        if key in old and before == value:
            continue
        if isinstance(before, dict) and isinstance(value, dict):
            _apply(target[key], before, value, depth + 1)
        elif _tables(before) and _tables(value) and len(before) <= len(value):
            for index, item in enumerate(before):
                _apply(target[key][index], item, value[index], depth + 1)
            for item in value[len(before) :]:
                rows = target[key]
                rows.append(_table(item) if isinstance(rows, AoT) else _inline(item))
        elif _tables(value) and not inline:
            rows = tomlkit.aot()
            for item in value:
                rows.append(_table(item))
            target[key] = rows
        elif isinstance(value, dict) and not inline and (_nested(value) or not depth):
            target[key] = _table(value, top=not depth)
        elif isinstance(value, dict) and not inline and _holds_tables(old):
            target[key] = _table(value)
        else:
            target[key] = _inline(value)


def _tables(value: Any) -> bool:
    """Whether ``value`` is a list of tables."""
    return isinstance(value, list) and bool(value) and all(isinstance(item, dict) for item in value)


def _nested(value: Plain) -> bool:
    return any(isinstance(item, dict) or _tables(item) for item in value.values())


def _holds_tables(old: Plain) -> bool:
    """Whether what is there already are tables of text: the candidates."""
    return bool(old) and all(isinstance(item, dict) and "name" in item for item in old.values())


def _table(value: Plain, *, top: bool = False) -> Table:
    table = tomlkit.table(is_super_table=True) if top and _nested(value) else tomlkit.table()
    for key, item in value.items():
        if _tables(item):
            rows = tomlkit.aot()
            for row in item:
                rows.append(_table(row))
            table.add(key, rows)
        elif isinstance(item, dict) and (_nested(item) or top):
            table.add(key, _table(item))
        else:
            table.add(key, _inline(item))
    if not _nested(value):
        table.add(tomlkit.nl())
    return table


def _inline(value: Any) -> Any:
    if isinstance(value, dict):
        row = tomlkit.inline_table()
        for key, item in value.items():
            row.append(key, _inline(item))
        return row
    if isinstance(value, list):
        rows = tomlkit.array()
        for item in value:
            rows.append(_inline(item))
        return rows
    return tomlkit.item(value)


# -- files ------------------------------------------------------------------------------------------------------


def write_all(contents: Mapping[Path, str | bytes], *, private: Iterable[Path] = ()) -> None:
    """Write every file, whole or not at all; none of them if one cannot be prepared.

    They take their places in the order of ``contents``. A file that is there keeps its permissions; ``private``
    ones that are new are for their owner alone. Raises InputError if one cannot be written.
    """
    ready: list[tuple[Path, Path]] = []
    path = Path()
    try:
        for path, content in contents.items():
            temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}.tmp")
            ready.append((temporary, path))
            _prepare(temporary, path, content, 0o600 if path in private else 0o666)
        for temporary, path in ready:
            temporary.replace(path)
    except OSError as fault:
        raise InputError(f"cannot be written: {fault.strerror or fault}", where=Where(str(path))) from None
    finally:
        for temporary, _ in ready:
            with contextlib.suppress(OSError):  # where the folder is gone, so is the file
                temporary.unlink(missing_ok=True)


def _prepare(temporary: Path, path: Path, content: str | bytes, mode: int) -> None:
    data = content.encode() if isinstance(content, str) else content
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(descriptor, "wb") as file:
        if path.exists():
            os.fchmod(file.fileno(), path.stat().st_mode & 0o777)
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def remove_remains(folder: Path, names: Iterable[str]) -> None:
    """Remove what a step that was killed left half-written beside the files called ``names``."""
    said = "|".join(map(re.escape, names))
    for path in folder.iterdir():
        if re.fullmatch(rf"\.({said})\.[0-9a-f]{{8}}\.tmp", path.name):
            path.unlink(missing_ok=True)
