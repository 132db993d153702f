"""The chain of a box in the database, and its archive as a file that only grows.

An event is appended under the lock of the box's row, in the transaction of whoever does it; the constraints of the
database refuse a fork, a gap and a tracker that is there. The archive is written from what is kept, event by event: two
processes that write it at the same height write the same bytes.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings
from django.db.models import Q
from django.utils.translation import gettext as _
from filelock import FileLock

from ...box import canonical
from ...box.archive import header_text, member_bytes
from ...box.v1.box import checked_setup
from ...box.v1.elections import Election, read_election
from ...box.v1.events import Chain, EventType
from ...box.v1.hashes import hex_hash
from ...errors import ProtocolError, RefusedError
from ..models import BoxEvent, BoxPart, Restoration, SealedBox

LONG = 1 << 20
"""Bytes of data from which on it is kept in a file, not in the database."""
AT_ONCE = 500
"""Events that are read from the database at once when an archive is written."""


def root() -> Path:
    """The folder of boxes: what is too long for the database, and the archives. No address serves it as it is."""
    found = Path(settings.MEDIA_ROOT) / "boxes"
    found.mkdir(mode=0o700, parents=True, exist_ok=True)
    return found


def locked(pk: int) -> SealedBox:
    """The box, with the lock of its row; inside a transaction."""
    return SealedBox.objects.select_for_update().get(pk=pk)


def chain_of(box: SealedBox) -> Chain:
    """The chain as it stands, to be continued."""
    chain = Chain(height=box.height, head=box.head or None, phase=box.phase)  # type: ignore[arg-type]
    chain.shuffles = box.phase == "empty" or bool(election_of(box).rankings)
    if box.phase == "tallied":
        chain._counts = {"Shuffle": box.events.filter(type="Shuffle").count()}
    return chain


def append(
    box: SealedBox,
    kind: EventType,
    *,
    data: Sequence[bytes] = (),
    payload: bytes | None = None,
    tracker: str | None = None,
    credential: str | None = None,
    counted: Sequence[str] = (),
) -> BoxEvent:
    """Append an event to ``box``, which the caller has locked. ``data``: what ``payload`` points to; ``counted``:
    further fields of the box that the caller has changed, saved with it.

    Raises ProtocolError (``events.order``) if such an event may not come now.
    """
    chain = chain_of(box)
    if kind == "Setup":
        chain.shuffles = bool(read_election(data[0]).rankings)
    phase = chain.next_phase(kind)
    text = chain.link(kind, None if payload is None else hex_hash(payload))
    made = BoxEvent.objects.create(
        box=box,
        height=box.height + 1,
        type=kind,
        digest=hex_hash(text),
        parent=box.head,
        text=text,
        content=payload,
        tracker=tracker,
        credential=credential,
    )
    for order, part in enumerate(data):
        _keep(made, order, part)
    box.height, box.head, box.phase = made.height, made.digest, phase
    box.save(update_fields=["height", "head", "phase", *counted])
    return made


def open_with(
    box: SealedBox,
    *,
    election: bytes,
    trustees: bytes,
    credentials: bytes,
    timestamp: int,
    points_checked: bool = False,
) -> BoxEvent:
    """Put the setup into a box, which the caller has locked: from then on ballots can be cast.

    ``timestamp``: seconds since 1970, the one time that the archive has. ``points_checked``: the credentials are known
    to be in the group. Raises as ``checked_setup`` does, and RefusedError if the
    database was put back and is not reconciled.
    """
    if Restoration.objects.filter(Q(contest=box.vote.contest_id) | Q(contest=None), reconciled=None).exists():
        raise RefusedError(_("the office was put back from a copy, and waits for being reconciled"))
    read, payload = checked_setup(
        election=election, trustees=trustees, credentials=credentials, points_checked=points_checked
    )
    if read.uuid != box.uuid:
        raise ProtocolError("the election is not the one of this box", check="setup.election")
    box.timestamp = timestamp
    box.save(update_fields=["timestamp"])
    return append(box, "Setup", data=[election, trustees, credentials], payload=payload)


def append_owned(box: SealedBox, kind: EventType, owner: int, content: bytes) -> BoxEvent:
    """Append a shuffle or a partial decryption of trustee ``owner``."""
    payload = canonical.dumps({"owner": owner, "payload": hex_hash(content)}).encode("ascii")
    return append(box, kind, data=[content], payload=payload)


def _keep(event: BoxEvent, order: int, part: bytes) -> None:
    digest = hex_hash(part)
    if len(part) < LONG:
        BoxPart.objects.create(event=event, order=order, digest=digest, content=part)
        return
    name = f"{event.box.uuid}/{digest}"
    path = root() / name
    path.parent.mkdir(mode=0o700, exist_ok=True)
    # Written whole under another name first: what is there under its hash is all of it.
    beside = path.with_name(f".{digest}.{os.getpid()}")
    with beside.open("wb") as out:
        out.write(part)
        out.flush()
        os.fsync(out.fileno())
    beside.replace(path)
    BoxPart.objects.create(event=event, order=order, digest=digest, file=name)


def part_bytes(part: BoxPart) -> bytes:
    """The bytes of a part. Raises RefusedError if its file is gone, or is not what it was."""
    if part.content is not None:
        return bytes(part.content)
    try:
        found = (root() / part.file).read_bytes()
    except OSError:
        found = b""
    if hashlib.sha256(found).hexdigest() != part.digest:
        raise RefusedError(_("a part of the box is gone from the folder of files, or was changed"), hint=part.file)
    return found


_elections: dict[str, Election] = {}


def election_of(box: SealedBox) -> Election:
    """The election that a box is for; read once in a process."""
    if box.uuid not in _elections:
        part = BoxPart.objects.get(event__box=box, event__height=0, order=0)
        _elections[box.uuid] = read_election(part_bytes(part))
    return _elections[box.uuid]


# -- the archive -------------------------------------------------------------------------------------------------


def members(box: SealedBox, after: int = -1) -> Iterator[tuple[BoxEvent, bytes]]:
    """Each event higher than ``after``, with the members of the archive that come with it."""
    while True:
        events = list(box.events.filter(height__gt=after).order_by("height").prefetch_related("parts")[:AT_ONCE])
        if not events:
            return
        for event in events:
            head = member_bytes("header", header_text(1, box.timestamp), box.timestamp) if event.height == 0 else b""
            yield event, head + b"".join(_members(event, box.timestamp))
        after = events[-1].height


def _members(event: BoxEvent, timestamp: int) -> Iterator[bytes]:
    for part in event.parts.all():
        yield member_bytes("data", part_bytes(part), timestamp)
    if event.content is not None:
        yield member_bytes("data", bytes(event.content), timestamp)
    yield member_bytes("event", bytes(event.text), timestamp)


def archive(box: SealedBox) -> Path:
    """The archive of ``box`` as a file, with everything that is in the box now; a file that is there only grows.

    Raises RefusedError if the file has what the database has not: then the database is an older copy.
    """
    path = root() / f"{box.uuid}.bel"
    note = path.with_suffix(".at")
    with FileLock(f"{path}.lock"):
        height, end, digest = written(path, note)
        if height >= 0 and not box.events.filter(height=height, digest=digest).exists():
            if reconciled_since(box, note):
                set_aside(box)
                return _grown(box, path, note, -1, 0, "")
            raise RefusedError(
                _("the archive of this box has events that the database has not: was it put back from an older copy?")
            )
        return _grown(box, path, note, height, end, digest)


def _grown(box: SealedBox, path: Path, note: Path, height: int, end: int, digest: str) -> Path:
    """Write to ``path``, which has the events up to ``height`` and ``end`` bytes, all that come after."""
    with path.open("r+b" if path.exists() else "w+b") as file:
        file.truncate(end)
        file.seek(end)
        for event, block in members(box, height):
            file.write(block)
            height, end, digest = event.height, end + len(block), event.digest
        file.flush()
        os.fsync(file.fileno())
    beside = note.with_suffix(f".at.{os.getpid()}")
    beside.write_text(f"{height} {end} {digest}", encoding="ascii")
    beside.replace(note)
    return path


def reconciled_since(box: SealedBox, note: Path) -> bool:
    """Whether a contest was reconciled after ``note`` was written: then what it says is of a database that is gone."""
    try:
        written = datetime.fromtimestamp(note.stat().st_mtime, UTC)
    except OSError:
        return False
    return Restoration.objects.filter(Q(contest=box.vote.contest_id) | Q(contest=None), reconciled__gt=written).exists()


def set_aside(box: SealedBox) -> None:
    """Keep the archive of a database that is gone under another name, and begin a new one."""
    path = root() / f"{box.uuid}.bel"
    path.with_suffix(".at").unlink(missing_ok=True)
    if path.exists():
        number = sum(1 for _one in root().glob(f"{box.uuid}.before-*.bel")) + 1
        path.rename(root() / f"{box.uuid}.before-{number}.bel")


def written(path: Path, note: Path) -> tuple[int, int, str]:
    """How high the archive is, where its last whole event ends, and that event's hash; from the note beside it."""
    try:
        height, end, digest = note.read_text(encoding="ascii").split()
        found = int(height), int(end), digest
    except (OSError, ValueError):
        return -1, 0, ""
    return found if path.is_file() and path.stat().st_size >= found[1] else (-1, 0, "")
