"""A trustee at a box: it is downloaded, checked whole, held to what was seen before, and only then anything is done.

The checks, in their order; the key is not touched before all are passed. (1) The office shows the key that the trustee
took part in. (2) The archive verifies whole. (3) The last event that was seen before still stands where it stood.
(4) The trustees in it are those of the ceremony, and its election is the box's. (5) Enough ballots count. (6) The key
has not been used in another contest, nor on another tally of this box.
"""

from __future__ import annotations

from collections.abc import Callable

from ..box.v1 import acts
from ..box.v1.events import Event
from ..box.v1.hashes import hex_hash
from ..box.v1.reading import Progress, Reading, read_box
from ..errors import InputError, ProtocolError, SelectorateError, Where
from .trustee import Desk, Passphrase
from .trustee_state import BoxSeen, CeremonySeen
from .used import noted

__all__ = ["Say", "decrypt", "heads_seen", "shuffle", "waiting_boxes"]

Say = Callable[[str], None]
"""Told what is going on, a sentence at a time."""
TRIES = 3
"""How often a step is done anew because somebody else added to the box meanwhile."""


def waiting_boxes(desk: Desk, seen: CeremonySeen, kind: str) -> list[BoxSeen]:
    """The boxes that may wait for this trustee's ``shuffle`` or ``decryption``."""
    phases = ("tallied",) if kind == "shuffle" else ("tallied", "shuffled", "decrypting")
    done = "shuffled" if kind == "shuffle" else "decrypted"
    return [one for one in seen.boxes if one.phase in phases and desk.memory.number not in getattr(one, done)]


def heads_seen(desk: Desk, seen: CeremonySeen) -> list[str]:
    """Remember the last events that the office says its boxes have; what is wrong with them, in sentences.

    What an office has said once binds it: a box never gets shorter.
    """
    wrong, heads = [], dict(desk.memory.heads)
    for box in seen.boxes:
        height, head = heads.get(box.uuid, (-1, ""))
        if box.height < height or (box.height == height >= 0 and box.head != head):
            wrong.append(f"{box.name}: the box had {height + 1:,} events, and the office shows fewer, or others")
        elif box.height > height:
            heads[box.uuid] = (box.height, box.head)
    desk.remember(heads=heads)
    return wrong


def shuffle(desk: Desk, say: Say, progress: Progress | None = None) -> int:
    """Shuffle every box that waits for it; how many were. The key is not needed for it."""
    return _each(desk, "shuffle", say, progress, lambda reading, seen: _shuffled(reading))


def decrypt(desk: Desk, ask: Passphrase, say: Say, progress: Progress | None = None) -> int:
    """Decrypt this trustee's part of every box that waits for it; how many were."""

    def made(reading: Reading, seen: CeremonySeen) -> bytes | None:
        election = reading.election
        if election is not None and election.rankings and reading.phase == "tallied":
            return None  # it is still being shuffled
        acts.require_decryptable(reading)
        public = desk.finished(seen)
        private, least = desk.private(public, ask)
        if reading.tallied < least:
            raise InputError(
                f"{reading.tallied:,} ballots count in this box, and the key opens none with fewer than {least:,}",
                where=Where(str(desk.key)),
                hint="That was set when the key was made.",
            )
        noted(desk.key, reading, desk.memory.boxes)
        return acts.partial_decryption(reading, private, public)

    return _each(desk, "decryption", say, progress, made)


def _shuffled(reading: Reading) -> bytes | None:
    if reading.election is None or not reading.election.rankings or reading.phase != "tallied":
        return None
    return acts.shuffle(reading)


def _each(
    desk: Desk,
    kind: str,
    say: Say,
    progress: Progress | None,
    make: Callable[[Reading, CeremonySeen], bytes | None],
) -> int:
    seen = desk.seen()
    count = 0
    for box in waiting_boxes(desk, seen, kind):
        for last in range(TRIES - 1, -1, -1):
            reading = checked(desk, box, seen, progress)
            say(
                f"{box.name}: the box is whole. {reading.tallied:,} ballots count, of {len(reading.roll):,} who may "
                f"vote; last event {reading.chain.height}, {reading.chain.head}."
            )
            content = make(reading, seen)
            if content is None:
                say(f"{box.name}: nothing is asked of you here now.")
                break
            try:
                desk.office.add(box, kind, content, reading.chain.head or "")
            except SelectorateError:
                if last == 0 or desk.office.state().model_dump(include={"boxes"}) == seen.model_dump(include={"boxes"}):
                    raise
                say(f"{box.name}: somebody else added to the box meanwhile; once more.")
                seen = desk.seen()
                continue
            say(f"{box.name}: your {kind} is handed in.")
            count += 1
            break
    return count


def checked(desk: Desk, box: BoxSeen, seen: CeremonySeen, progress: Progress | None = None) -> Reading:
    """The archive of a box, downloaded beside the key and checked: (1) to (4) above.

    Raises ProtocolError or InputError with what is wrong; then nothing is done with it.
    """
    memory = desk.memory
    # (1)
    desk.finished(seen)
    folder = desk.key.with_name(desk.key.name.removesuffix(".key") + ".boxes")
    folder.mkdir(mode=0o700, exist_ok=True)
    path = folder / f"{box.uuid}.bel"
    desk.office.archive(box, path)
    # (2)
    height, head = memory.heads.get(box.uuid, (-1, ""))
    found: list[str] = []

    def on_event(event: Event) -> None:
        if event.height == height:
            found.append(event.digest)

    reading = read_box(path, "auto", progress, on_event)
    try:
        acts.require_no_fault(reading)
    except ProtocolError as fault:
        raise ProtocolError(
            f"{box.name}: {fault.message}", check=fault.check, hint=f"{fault.hint}. The archive: {path}"
        ) from None
    # (3)
    if height >= 0 and found != [head]:
        raise ProtocolError(
            f"{box.name}: event {height}, which was seen before, is gone from the box or is another",
            check="events.chain",
            hint=f"Ballots may be lost. Nothing was done. Tell the scrutineers; the archive: {path}",
        )
    # (4)
    if reading.election is None or reading.election.uuid != box.uuid:
        raise ProtocolError(f"{box.name}: the archive is of another box", check="setup.election")
    if reading.trustees is None or hex_hash(reading.trustees.raw) != memory.trustees:
        raise ProtocolError(f"{box.name}: the box is under another key than yours", check="setup.trustees")
    desk.remember(
        boxes=sorted({*memory.boxes, box.uuid}),
        heads={**memory.heads, box.uuid: (reading.chain.height, reading.chain.head or "")},
    )
    return reading
