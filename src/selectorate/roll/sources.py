"""The bytes of a file, and what kind of file they are: told by what is in them, never by the name."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import BinaryIO, Literal

from ..documents import not_a_file
from ..errors import InputError, Where
from .limits import MAX_BYTES

Kind = Literal["csv", "xlsx"]
_PIECE = 1 << 20

_SAVE = "Save it as CSV (UTF-8) or as an Excel workbook (.xlsx)."
_OTHERS: tuple[tuple[bytes, str, str], ...] = (
    (
        b"\xd0\xcf\x11\xe0",
        "is a workbook of the old kind (.xls), or one with a password",
        "Save it as .xlsx, without a password.",
    ),
    (b"%PDF", "is a PDF, not a table", _SAVE),
    (b"{\\rtf", "is a letter (RTF), not a table", _SAVE),
    (b"SQLite format 3", "is a database, not a table", _SAVE),
    (b"\x1f\x8b", "is packed (gzip)", "Unpack it first."),
    (b"7z\xbc\xaf", "is packed (7z)", "Unpack it first."),
)


@dataclass(frozen=True)
class Source:
    """A file: ``name`` for messages, and its bytes or the path of it."""

    name: str
    content: Path | bytes

    def open(self) -> BinaryIO:
        """The bytes, to be read. Raises InputError if the file is not there or may not be read."""
        if isinstance(self.content, bytes):
            return BytesIO(self.content)
        hint = "Look whether its name is right, and whether it may be read."
        try:
            kind = not_a_file(self.content)
            if kind is not None:
                raise InputError(f"is {kind}, not a file", where=self.where(), hint="Name a file.")
            return self.content.open("rb")
        except FileNotFoundError:
            raise InputError("there is no such file", where=self.where(), hint=hint) from None
        except IsADirectoryError:
            raise InputError("is a folder, not a file", where=self.where(), hint="Name a file in it.") from None
        except OSError as fault:
            raise InputError(f"cannot be read: {fault.strerror}", where=self.where(), hint=hint) from None
        except ValueError:  # a name with a NUL in it
            raise InputError("there is no such file", where=self.where(), hint=hint) from None

    def where(self, row: int | None = None, column: str | None = None) -> Where:
        """A place in it."""
        return Where(self.name, row, column)

    def pieces(self) -> Iterator[bytes]:
        """Its bytes, piece by piece. Raises InputError when there are more than ``MAX_BYTES``."""
        size = 0
        with self.open() as file:
            while piece := file.read(_PIECE):
                size += len(piece)
                if size > MAX_BYTES:
                    raise InputError(
                        f"is larger than {MAX_BYTES >> 20} MB", where=self.where(), hint="Is it the right file?"
                    )
                yield piece

    def start(self, size: int = 1 << 16) -> bytes:
        """Its first bytes."""
        with self.open() as file:
            return file.read(size)


def kind_of(source: Source) -> Kind:
    """What kind of table it is. Raises InputError for what is none."""
    start = source.start()
    for magic, what, todo in _OTHERS:
        if start.startswith(magic):
            raise InputError(what, where=source.where(), hint=todo)
    if start.startswith(b"PK\x03\x04") or start.startswith(b"PK\x05\x06"):
        return "xlsx"
    bare = start.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if bare.startswith((b"<html", b"<!doctype", b"<?xml", b"<table")):
        raise InputError("is a web page or XML, not a table", where=source.where(), hint=_SAVE)
    if not start.strip(b"\xef\xbb\xbf \t\r\n,;\x00\xff\xfe"):
        raise InputError("there is nothing in it", where=source.where(), hint="Is it the right file?")
    if utf16_of(start) is None and b"\0" in start and not start.startswith(_MARKS):
        raise InputError("is not a table: there are NUL bytes in it", where=source.where(), hint=_SAVE)
    return "csv"


# -- encodings ------------------------------------------------------------------------------------------------

_MARKS = (codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE, codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_NAMES = ("utf-32", "utf-32", "utf-8-sig", "utf-16", "utf-16")


def encoding_of(source: Source) -> str:
    """The encoding of a text: by its mark, as UTF-8 if it is, else Windows-1252 (or Latin-1 where that cannot be).

    The whole file is looked at: the first name with an accent may stand in the last row.
    """
    start = source.start()
    for mark, name in zip(_MARKS, _NAMES, strict=True):
        if start.startswith(mark):
            return name
    without_mark = utf16_of(start)
    if without_mark:
        return without_mark
    decode = codecs.getincrementaldecoder("utf-8")()
    windows = True
    utf8 = True
    for piece in source.pieces():
        if utf8:
            try:
                decode.decode(piece)
            except UnicodeDecodeError:
                utf8 = False
        windows = windows and not any(byte in piece for byte in _NOT_WINDOWS)
    if utf8:
        try:
            decode.decode(b"", True)
            return "utf-8"
        except UnicodeDecodeError:
            pass
    return "cp1252" if windows else "latin-1"


_NOT_WINDOWS = (b"\x81", b"\x8d", b"\x8f", b"\x90", b"\x9d")
"""Bytes that Windows-1252 does not have."""


def utf16_of(start: bytes) -> str | None:
    """UTF-16 without its mark, known by the noughts that every second byte is in Western text."""
    part = start[: len(start) // 2 * 2][:4096]
    if len(part) < 4:
        return None
    half = len(part) // 2
    even, odd = part[0::2].count(0), part[1::2].count(0)
    if odd > half * 0.6 and even == 0:
        return "utf-16-le"
    if even > half * 0.6 and odd == 0:
        return "utf-16-be"
    return None


def checked_encoding(said: str, source: Source) -> str:
    """The name of an encoding that a clerk gave. Raises InputError if there is none of this name."""
    try:
        info = codecs.lookup(said)
        "x".encode(info.name)
    except (LookupError, UnicodeError, TypeError, ValueError):
        raise InputError(
            "there is no encoding of the name that was given",
            where=source.where(),
            hint="For example: utf-8, utf-16, windows-1252, latin-1, iso8859-2, mac-roman.",
        ) from None
    return "utf-8-sig" if info.name == "utf-8" and source.start(3) == codecs.BOM_UTF8 else info.name
