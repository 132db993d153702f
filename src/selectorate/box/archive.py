"""The archive of a box, a ``.bel`` file: an old-style tar that only ever grows, read and written as a stream.

Members are a header (``BELENIOS``), data and events. The name of data and of an event is the SHA-256 of its bytes. The
container has one form for one content, to the last byte: what is read is held to that form, so that nothing can hide
between members.

Source: Belenios specification 3.1, section 4.4; the bytes of member headers as the reference tool writes them.
"""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import BinaryIO, Literal, TypeAlias

from ..errors import InputError, ProtocolError, Where
from . import canonical

__all__ = ["BLOCK", "Archive", "Kind", "Member", "header_text", "member_bytes"]

BLOCK = 512
CHUNK = 1 << 20
HEADER_NAME = "BELENIOS"
TRUNCATED = "archive.truncated"
"""The check that an archive fails which ends in the middle of something: a copy that was cut off, a torn tail."""
MOST_HEADER = 1000
MOST_SIZE = 8**11 - 1
"""Bytes of one member: what eleven octal digits can say."""

Kind: TypeAlias = Literal["header", "data", "event"]
_NAME = re.compile(r"([0-9a-f]{64})\.(data|event)\.json", re.ASCII)
_OCTAL = re.compile(rb"[0-7]{11}\0")


@dataclass(frozen=True)
class Member:
    """One member of an archive: where its content stands in the file, and the hash that its name promises."""

    kind: Kind
    digest: str
    start: int
    size: int

    @property
    def end(self) -> int:
        """Where the next member begins."""
        return self.start + -(-self.size // BLOCK) * BLOCK


def header_text(version: int, timestamp: int) -> bytes:
    """The content of the first member. ``timestamp``: seconds since 1970, a string in the JSON."""
    return canonical.dumps({"version": version, "timestamp": str(timestamp)}).encode("ascii")


def _tar_header(name: str, size: int, timestamp: int) -> bytes:
    """The 512 bytes before a member's content."""
    before, total, after = _header_rest(size, timestamp)
    letters = name.encode("ascii")
    return letters.ljust(100, b"\0") + before + f"{total + sum(letters):06o}\0 ".encode("ascii") + after


@lru_cache(maxsize=4096)
def _header_rest(size: int, timestamp: int) -> tuple[bytes, int, bytes]:
    """What stands in a member's header after its name: before the checksum, their sum, and behind it."""
    before = ("0000644\0" + "0000000\0" * 2 + f"{size:011o}\0{timestamp:011o}\0").encode("ascii")
    after = b"0".ljust(BLOCK - 156, b"\0")
    return before, sum(before) + 8 * ord(" ") + sum(after), after


def member_bytes(kind: Kind, content: bytes, timestamp: int) -> bytes:
    """A member as it stands in the file: header, content, zeros up to a full block."""
    name = HEADER_NAME if kind == "header" else f"{hashlib.sha256(content).hexdigest()}.{kind}.json"
    padding = b"\0" * (-len(content) % BLOCK)
    return _tar_header(name, len(content), timestamp) + content + padding


class Archive:
    """An archive opened for reading. Close it, or use it in a ``with`` statement.

    Opening reads the header; `members` goes through the rest, and again from where a caller says. Raises InputError if
    the file cannot be opened or is no archive at all, ProtocolError (``archive.header``, ``archive.container``,
    ``archive.hash``) for what is wrong in it.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self._file: BinaryIO = path.open("rb", buffering=CHUNK)
        except OSError as fault:
            raise InputError(fault.strerror or "cannot be opened", where=Where(str(path))) from None
        if not self._file.seekable():
            self._file.close()
            raise InputError("an archive is read from a file, not from a pipe", where=Where(str(path)))
        try:
            self._read_header()
        except BaseException:
            self._file.close()
            raise

    def _read_header(self) -> None:
        block = self._file.read(BLOCK)
        if not block.startswith(HEADER_NAME.encode() + b"\0"):
            raise InputError(
                "this is not an archive of a box",
                where=Where(str(self.path)),
                hint=f"Such a file begins with {HEADER_NAME}",
            )
        self.timestamp = int(block[136:147], 8) if _OCTAL.fullmatch(block[136:148]) else 0
        member = self._member(block, 0)
        if member.kind != "header" or member.size > MOST_HEADER:
            raise ProtocolError("the archive does not begin with its header", check="archive.header")
        content = self._content(member)
        value = canonical.loads(content, what="the header of the archive", check="archive.header")
        self.version = value.get("version") if type(value) is dict else None
        if content != header_text(1, self.timestamp):
            raise ProtocolError("the archive's header is not one of version 1", check="archive.header")
        self.first = member.end

    def __enter__(self) -> Archive:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    @property
    def size(self) -> int:
        """Bytes of the file as it is now; an open box grows."""
        return os.fstat(self._file.fileno()).st_size

    def _member(self, block: bytes, position: int) -> Member:
        """The member whose 512-byte header is ``block`` and stands at ``position``."""
        if len(block) < BLOCK:
            raise ProtocolError(f"the archive ends inside a member header, at byte {position}", check=TRUNCATED)
        name = block[:100].rstrip(b"\0").decode("ascii", "replace")
        form = _NAME.fullmatch(name)
        sound = form or (position == 0 and name == HEADER_NAME)
        if not sound or not _OCTAL.fullmatch(block[124:136]):
            raise ProtocolError(f"what stands at byte {position} is no member of an archive", check="archive.container")
        size = int(block[124:135], 8)
        if block != _tar_header(name, size, self.timestamp):
            raise ProtocolError(
                f"the member header at byte {position} is not in the one form that is allowed",
                check="archive.container",
            )
        kind: Kind = "header" if not form else "data" if form[2] == "data" else "event"
        return Member(kind, form[1] if form else "", position + BLOCK, size)

    def members(self, start: int | None = None) -> Iterator[Member]:
        """The members from ``start`` (by default the first after the header) to the end of the file.

        Their content is not read; a member that the file ends in is an error.
        """
        position = self.first if start is None else start
        while True:
            self._file.seek(position)
            block = self._file.read(BLOCK)
            if not block:
                return
            if not block.strip(b"\0") and self._zeros_from(position):
                raise ProtocolError(f"the archive ends with zeros from byte {position}", check=TRUNCATED)
            member = self._member(block, position)
            if member.end > self.size:
                raise ProtocolError(f"the archive ends inside the member at byte {position}", check=TRUNCATED)
            yield member
            position = member.end

    def _zeros_from(self, position: int) -> bool:
        """Whether there is nothing but zeros from ``position`` on: what a power cut leaves of a write."""
        self._file.seek(position)
        while piece := self._file.read(CHUNK):
            if piece.strip(b"\0"):
                return False
        return True

    def read(self, member: Member, most: int) -> bytes:
        """The content of ``member``; its hash and its padding are checked. Refuses more than ``most`` bytes."""
        if member.size > most:
            raise ProtocolError(
                f"the member at byte {member.start - BLOCK} has {member.size:,} bytes, more than {most:,}",
                check="archive.size",
            )
        content = self._content(member)
        if hashlib.sha256(content).hexdigest() != member.digest:
            raise self._other_hash(member)
        return content

    def _content(self, member: Member) -> bytes:
        self._file.seek(member.start)
        content = self._file.read(member.end - member.start)
        if len(content) < member.end - member.start:
            raise ProtocolError("the archive ends inside a member", check=TRUNCATED)
        if content[member.size :].strip(b"\0"):
            raise ProtocolError(
                f"there is something behind the member at byte {member.start - BLOCK}", check="archive.container"
            )
        return content[: member.size]

    def stream(self, member: Member) -> Iterator[bytes]:
        """The content of ``member`` in pieces; after the last, its hash and padding have been checked."""
        digest = hashlib.sha256()
        position, remaining = member.start, member.size
        while remaining:
            self._file.seek(position)
            piece = self._file.read(min(CHUNK, remaining))
            if not piece:
                raise ProtocolError("the archive ends inside a member", check=TRUNCATED)
            digest.update(piece)
            position, remaining = position + len(piece), remaining - len(piece)
            yield piece
        self._file.seek(position)
        if self._file.read(member.end - position).strip(b"\0"):
            raise ProtocolError(
                f"there is something behind the member at byte {member.start - BLOCK}", check="archive.container"
            )
        if digest.hexdigest() != member.digest:
            raise self._other_hash(member)

    def _other_hash(self, member: Member) -> ProtocolError:
        return ProtocolError(
            f"the member at byte {member.start - BLOCK} is not what its name promises: its hash is another",
            check="archive.hash",
        )


def create(path: Path, version: int, timestamp: int, contents: Iterable[tuple[Kind, bytes]]) -> None:
    """Write a new archive with its first members, whole or not at all.

    Raises InputError if ``path`` is there already, or cannot be written.
    """
    parts = [member_bytes("header", header_text(version, timestamp), timestamp)]
    parts += [member_bytes(kind, content, timestamp) for kind, content in contents]
    try:
        with tempfile.NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.") as file:
            file.write(b"".join(parts))
            file.flush()
            os.fsync(file.fileno())
            Path(file.name).chmod(0o644)
            os.link(file.name, path)
        sync_folder(path.parent)
    except FileExistsError:
        raise InputError("this file is there already; a box is never overwritten", where=Where(str(path))) from None
    except OSError as fault:
        why = fault.strerror or type(fault).__name__
        raise InputError(f"the box cannot be written: {why}", where=Where(str(path))) from None


def sync_folder(folder: Path) -> None:
    """Make sure that a new name in ``folder`` outlives a power cut, where the system can."""
    if os.name == "posix":
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
