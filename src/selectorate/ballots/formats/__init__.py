"""Files of ballots: read into a profile, written from one.

    profile = formats.read("ward.blt")
    formats.write(profile, "ward.soi", "preflib")

A format is one module and one line in ``FORMATS``. ``read`` finds out by itself which it is.
"""

from __future__ import annotations

import io
import secrets
from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path, PurePath
from typing import IO, BinaryIO, cast

from ...errors import InputError, Where
from ..profile import Profile
from . import blt, cdf, clearballot, debian, ess, matrix, preflib, rctab, records, table
from .base import Format, Options, Source, Writer, check_encoding, fault, joined, shown

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


def write(
    profile: Profile,
    file: str | Path | IO[str] | IO[bytes],
    format: str | None = None,
    *,
    name: str | None = None,
) -> list[Path]:
    """Write ``profile`` to a path or an open file, in a format of ``FORMATS``: without one, by the extension.

    Gives the files that were written, if a path was given; a format of two files needs one, and the second is never
    written over a file that is there. Text is written to open files of either kind, a workbook only to one of bytes.
    Raises InputError, before anything is written, where the format cannot say what is on a ballot, or that a candidate
    has withdrawn. Names of parties and the like, which a format has no room for, are left out.
    """
    found = known(format) if format is not None else by_extension(str(file) if isinstance(file, str | Path) else "")
    if not found.writes:
        raise InputError(f"{found.name} is not written", hint=f"These are: {_listed(_writable())}.")
    gone = [option.name for option in profile.candidates if option.withdrawn]
    if gone and not found.withdrawn:
        able = _listed(item for item in _writable() if item.withdrawn)
        raise InputError(
            f"{found.name} cannot say that a candidate has withdrawn: {shown(', '.join(gone), 80)}",
            where=Where(profile.title or None),
            hint=f"Write one of these instead: {able}.",
        )
    if isinstance(file, str | Path):
        return _write_files(profile, Path(file), found, name)
    if found.beside is not None:
        raise InputError(
            f"{found.name} is a file that names a second one, which is written beside it",
            hint="Give the path of a file.",
        )
    name = name or "ballots" + found.extensions[0]
    if isinstance(file, io.RawIOBase | io.BufferedIOBase) or "b" in str(getattr(file, "mode", "")):
        _write_bytes(profile, cast(IO[bytes], file), found, name)
    elif found.write is not None:
        found.write(profile, cast(IO[str], file), name)
    else:
        raise InputError(f"{found.name} is no text", hint="Give a path, or an open file of bytes.")
    return []


def _write_bytes(profile: Profile, file: IO[bytes], found: Format, name: str) -> None:
    """Write ``profile`` to an open file of bytes."""
    if found.pack is not None:
        found.pack(profile, file, name)
    elif found.write is not None:
        _write_text(profile, file, found.write, name)


def _write_text(profile: Profile, file: IO[bytes], write: Writer, name: str) -> None:
    text = io.TextIOWrapper(cast(BinaryIO, file), encoding="utf-8", newline="\n")
    try:
        write(profile, text, name)
    finally:
        text.detach()  # which writes what is held; the file stays open


def _write_files(profile: Profile, path: Path, found: Format, name: str | None) -> list[Path]:
    """Write ``profile`` to ``path``, and beside it if the format has two files: all of them whole, or none."""
    name = name or path.name
    second = None if found.beside is None else path.with_name(PurePath(name).stem + found.beside[0])
    try:
        if path.is_dir():
            raise InputError("is a folder, not a file", where=Where(str(path)))
        place = path.resolve() if path.is_symlink() else path
        if place.exists() and not place.is_file():  # a device or a pipe is written to, not replaced
            with place.open("wb") as out:
                write(profile, out, found.id, name=name)
            return [path]
        if second is not None and (second.exists() or second.is_symlink()):
            raise InputError(
                f"the ballots would be written over {second}, which is there",
                where=Where(str(path)),
                hint="Give the configuration another name, or put that file elsewhere.",
            )
        with ExitStack() as parts:
            ready = []
            if found.beside is not None and second is not None:
                with _part(second, parts) as out:
                    _write_text(profile, out, found.beside[1], second.name)
                    ready.append((Path(out.name), second))
            with _part(place, parts) as out:
                _write_bytes(profile, out, found, name)
                ready.append((Path(out.name), place))
            for part, target in ready:
                part.replace(target)
    except BrokenPipeError:
        raise
    except (OSError, RuntimeError) as error:  # a RuntimeError is a loop of links
        said = (error.strerror if isinstance(error, OSError) else None) or error
        raise InputError(f"cannot be written: {said}", where=Where(str(path))) from None
    return [path] if second is None else [path, second]


def _part(path: Path, parts: ExitStack) -> BinaryIO:
    """A file that becomes ``path`` if all goes well, with the permissions of what is there; ``parts`` removes it."""
    part = path.with_name(f".{path.name}.{secrets.token_hex(4)}.tmp")
    out = part.open("xb")
    parts.callback(part.unlink, missing_ok=True)
    if path.exists():
        part.chmod(path.stat().st_mode & 0o777)
    return out


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
