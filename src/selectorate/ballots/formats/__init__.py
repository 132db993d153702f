"""Files of ballots: read into a profile, written from one.

    profile = formats.read("ward.blt")
    formats.write(profile, "ward.soi", "preflib")

A format is one module and one line in ``FORMATS``. ``read`` finds out by itself which it is.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import IO, BinaryIO

from ...errors import InputError, Where
from ..profile import Profile
from . import blt, cdf, clearballot, debian, ess, matrix, preflib, rctab, records, table
from .base import Format, Options, Source, check_encoding, fault, joined, shown

FORMATS: dict[str, Format] = {
    found.id: found
    for found in (  # the order in which they are tried
        ess.FORMAT,
        rctab.FORMAT,
        cdf.FORMAT,
        records.FORMAT,
        preflib.CATEGORIES,
        preflib.ORDERS,
        debian.FORMAT,
        matrix.FORMAT,
        blt.FORMAT,
        clearballot.FORMAT,
        table.RANKS,
        table.COLUMNS,
    )
}
"""All formats, by their identifiers."""

_HEAD = 1 << 16
"""Bytes by which a format is recognised."""


def read(
    path: str | Path | bytes | BinaryIO,
    *,
    format: str | None = None,
    contest: str | None = None,
    name: str | None = None,
    options: Options | None = None,
) -> Profile:
    """The profile that a file of ballots holds.

    ``path``: a path, the bytes of a file, or an open binary file. ``format``: an identifier of ``FORMATS``, where it
    shall not be found out by the content and the name. ``contest``: which one, in a file of several. ``name``: what
    messages call the file. ``options``: what else a reader may be told.
    Raises InputError, with file and line, for whatever cannot be read.
    """
    source = Source.of(path, name)
    options = replace(options or Options(), contest=contest if contest is not None else (options or Options()).contest)
    found = known(format) if format is not None else detect(source)
    if found.read is None:
        raise InputError(
            f"{found.name} is not read", hint=f"These are: {_listed(item for item in FORMATS.values() if item.reads)}."
        )
    if options.segments is not None and not found.segments:
        tables = _listed(item for item in FORMATS.values() if item.segments)
        raise InputError(
            f"{found.name} has no column that says the segment of a ballot",
            where=Where(source.name),
            hint=f"Tables have: {tables}. Give a file for each segment.",
        )
    return found.read(source, options)


def write(profile: Profile, file: str | Path | IO[str], format: str | None = None, *, name: str | None = None) -> None:
    """Write ``profile`` to a path or to an open text file, in a format of ``FORMATS``: without one, by the extension.

    Raises InputError, before anything is written, where the format cannot say what is on a ballot. Names of parties
    and the like, which a format has no room for, are left out.
    """
    found = known(format) if format is not None else by_extension(str(file) if isinstance(file, str | Path) else "")
    if found.write is None:
        raise InputError(f"{found.name} is not written", hint=f"These are: {_listed(_writable())}.")
    if not isinstance(file, str | Path):
        found.write(profile, file, name or "ballots" + found.extensions[0])
        return
    path = Path(file)
    part = path.with_name(path.name + ".part")
    try:
        with part.open("w", encoding="utf-8", newline="\n") as out:
            found.write(profile, out, name or path.name)
        part.replace(path)
    except OSError as error:
        raise InputError(f"{path} cannot be written: {error.strerror or error}") from None
    finally:
        part.unlink(missing_ok=True)


def known(format: str) -> Format:
    """The format with this identifier. Raises InputError if there is none."""
    if format not in FORMATS:
        raise InputError(f'there is no format "{format}"', hint=f"There are: {_listed(FORMATS.values())}.")
    return FORMATS[format]


def by_extension(name: str) -> Format:
    """The format in which a file of this name is written. Raises InputError if the name does not say."""
    for found in _writable():
        if found.by_name and name.lower().endswith(found.extensions):
            return found
    raise InputError(
        f"{shown(name)} does not say in which format it shall be written", hint=f"Name one: {_listed(_writable())}."
    )


def _writable() -> list[Format]:
    return [found for found in FORMATS.values() if found.writes]


def detect(source: Source) -> Format:
    """The format of a file, by its content, and by its name where the content does not tell."""
    head = source.head(_HEAD)
    check_encoding(head, source.name)
    if not head.strip():
        raise fault(source.name, 1, "the file is empty")
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        raise fault(source.name, None, "this is a workbook of an old kind (.xls)", "Save it as .xlsx or CSV.")
    if not head.startswith(b"PK"):  # no workbook: lines end as readers see them end
        head = head.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    for found in FORMATS.values():
        if found.looks(head, source.name):
            return found
    by_name = [found for found in FORMATS.values() if found.by_name and source.name.lower().endswith(found.extensions)]
    if by_name:
        return by_name[0]
    raise fault(
        source.name,
        1,
        "this is no file of ballots that can be recognised",
        f"Say which format it is: {_listed(item for item in FORMATS.values() if item.reads)}.",
    )


def _listed(formats: Iterable[Format]) -> str:
    return ", ".join(item.id for item in formats)


__all__ = ["FORMATS", "Format", "Options", "Source", "by_extension", "detect", "joined", "known", "read", "write"]
