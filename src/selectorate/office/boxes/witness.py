"""What has been acknowledged, noted outside the database: so that one that was put back by hand is found out.

Beside the archives lies a small file for each box, with the height and the hash of the last event that was answered
for. A database that has less, or another event there, is an older copy: from then on nothing is cast until two
returning officers have held it to what voters and scrutineers have (``acts.restoring``).

The file is a help, not a promise: who puts back a whole machine puts the file back too. Then receipts and the heads
that scrutineers keep are what is left. Machines that do not share the folder of files have a note each.
"""

from __future__ import annotations

import fcntl
import logging
import os
import re
from pathlib import Path

from django.db.models import Q
from django.utils.translation import gettext as _

from ..models import Restoration, SealedBox
from . import store

_NOTE = re.compile(r"(0|[1-9][0-9]{0,15}) ([0-9a-f]{64})\n")
_held: set[tuple[str, int]] = set()
"""Boxes and heights that this process has held to the note; from then on it is enough to compare heights."""

log = logging.getLogger(__name__)


class RolledBackError(Exception):
    """The database has less of a box than was acknowledged. ``height``: up to where that was."""

    def __init__(self, height: int) -> None:
        super().__init__(f"acknowledged up to {height}")
        self.height = height


def restored(contest: int) -> bool:
    """Whether a contest waits for being reconciled after the database was put back."""
    return Restoration.objects.filter(Q(contest=contest) | Q(contest=None), reconciled=None).exists()


def note_of(box: SealedBox) -> Path:
    """The file in which the last acknowledged event of a box is noted."""
    return store.root() / f"{box.uuid}.seen"


def seen(box: SealedBox) -> tuple[int, str]:
    """Height and hash of the last event of ``box`` that was acknowledged; -1 and nothing if none was."""
    try:
        with note_of(box).open(encoding="ascii") as file:
            fcntl.flock(file, fcntl.LOCK_SH)
            return _read(file.read(128))
    except (OSError, ValueError):
        return -1, ""


def _read(text: str) -> tuple[int, str]:
    match = _NOTE.match(text)
    return (int(match[1]), match[2]) if match else (-1, "")


def saw(box: SealedBox, height: int, digest: str) -> None:
    """Note an event as acknowledged, if it is the highest so far. A note that cannot be written stops no receipt."""
    try:
        descriptor = os.open(note_of(box), os.O_RDWR | os.O_CREAT, 0o600)
        with os.fdopen(descriptor, "r+b") as file:
            fcntl.flock(file, fcntl.LOCK_EX)  # until it is closed
            if _read(file.read(128).decode("ascii", "replace"))[0] < height:
                file.seek(0)
                file.write(f"{height} {digest}\n".encode("ascii"))
    except OSError as fault:
        log.warning("what was acknowledged cannot be noted: %s", fault.strerror)


def require_not_before(box: SealedBox) -> None:
    """Raise RolledBackError if ``box``, which the caller has locked, has less than was acknowledged."""
    height, digest = seen(box)
    if height < 0 or (height, digest) == (box.height, box.head):
        return
    if (box.uuid, os.getpid()) in _held and height < box.height:
        return
    here = height <= box.height and box.events.filter(height=height, digest=digest).exists()
    if not here:
        if not store.reconciled_since(box, note_of(box)):
            raise RolledBackError(height)
        forget(box)
    _held.add((box.uuid, os.getpid()))


def refuse_from_now_on(box: SealedBox, fault: RolledBackError) -> None:
    """Let nothing be cast in the contest of ``box`` until it is reconciled."""
    why = _("the database has fewer events of a box than were acknowledged (%(height)s)") % {"height": fault.height}
    contest = box.vote.contest_id
    if not restored(contest):
        Restoration.objects.create(contest_id=contest, why=why, found={box.uuid: fault.height})
        log.error("the database was put back: casting stops until it is reconciled")


def forget(box: SealedBox) -> None:
    """Begin the note anew from what the database has, and the archive too: it is reconciled."""
    note_of(box).unlink(missing_ok=True)
    if box.height >= 0:
        saw(box, box.height, box.head)
    note = store.root() / f"{box.uuid}.at"
    height, _end, digest = store.written(note.with_suffix(".bel"), note)
    if height >= 0 and not box.events.filter(height=height, digest=digest).exists():
        store.set_aside(box)
