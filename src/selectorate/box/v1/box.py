"""A box as a file that is written to: opened by one setup, filled by many, closed, shuffled, decrypted.

What is acknowledged is on the disk: an event is appended with its data in one write, and the file is flushed to the
disk before the caller is told. A writer that was killed leaves at most a torn tail, which the next one cuts off (and
keeps beside the box); an event in it was never acknowledged. Two processes may write to one box: each takes the lock,
reads what the other has appended, and only then decides.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock

from ...errors import InputError, ProtocolError, Where
from .. import canonical
from ..archive import TRUNCATED, Archive, Kind, create, member_bytes
from ..pools import Arithmetic, new_pool
from .ballots import MOST_BYTES, BallotReader, ballot_alphas, tracker
from .checking import BallotChecker
from .credentials import read_credentials, require_in_group
from .distinct import Marker
from .elections import Election, read_election
from .events import MOST_EVENT, POINTERS, Chain, Event, EventType, Phase, Step, steps
from .hashes import hex_hash
from .looking import record
from .results import require_findable
from .roll import Roll
from .trustees import read_trustees, trustee_faults

__all__ = ["Box", "Receipt", "checked_setup", "open_box"]

MOST_SETUP = 200 * 1024 * 1024


@dataclass(frozen=True)
class Receipt:
    """What a voter can hold a box to: the ballot's tracker, and the event that recorded it."""

    election_uuid: str
    tracker: str
    event: str
    height: int


def checked_setup(
    *, election: bytes, trustees: bytes, credentials: bytes, points_checked: bool = False
) -> tuple[Election, bytes]:
    """The election of a box to be opened with these three, and the payload of its setup.

    ``points_checked``: whoever calls has looked already whether the credentials are in the group, and is not made to
    wait for it again.

    Raises ProtocolError if the three do not go together, InputError if rankings are asked of voters with weights.
    """
    read = read_election(election)
    held, entries = read_trustees(trustees, read.group), read_credentials(credentials, read.group)
    pool = new_pool(read.group)
    for check, fault in trustee_faults(pool, held, read.public_key):
        raise ProtocolError(fault, check=check)
    if not points_checked:
        require_in_group(pool, entries)
    require_findable(read, sum(entry.weight for entry in entries))
    if read.rankings and any(entry.weight != 1 for entry in entries):
        raise InputError(
            "a ranking cannot be cast with a weight other than one, and the list of credentials has such a weight",
            hint="Ask in a box of its own what is ranked, with credentials that count once",
        )
    setup = canonical.dumps(
        {"election": hex_hash(election), "trustees": hex_hash(trustees), "credentials": hex_hash(credentials)}
    ).encode("ascii")
    return read, setup


def open_box(path: Path, *, election: bytes, trustees: bytes, credentials: bytes, timestamp: int) -> None:
    """Write a new box that is open for voting. ``timestamp``: seconds since 1970.

    Raises as `checked_setup` does, and InputError if ``path`` is there already.
    """
    read, setup = checked_setup(election=election, trustees=trustees, credentials=credentials)
    if path.name != f"{read.uuid}.bel":
        raise InputError(
            "the file of a box is named by the election", where=Where(str(path)), hint=f"Name it {read.uuid}.bel"
        )
    event = Chain().link("Setup", hex_hash(setup))
    parts: list[tuple[Kind, bytes]] = [("data", part) for part in (election, trustees, credentials, setup)]
    create(path, 1, timestamp, [*parts, ("event", event)])


class Box:
    """A box opened for writing, or to look at what is in it. Nothing in it is checked again: `read_box` does that.

    Many processes may write to one box, each with a `Box` of its own. One `Box` is not for several threads: what it
    knows of the file is changed without a lock, so let each thread open its own.
    """

    def __init__(self, path: Path, arithmetic: Arithmetic = "libsodium") -> None:
        self.path, self._arithmetic = path, arithmetic
        self._own: Event | None = None
        self._forget()
        self._lock = FileLock(f"{path}.lock")
        if not path.is_file():
            raise InputError("there is no box", where=Where(str(path)))
        self.refresh()

    def _forget(self) -> None:
        """Know nothing of what is in the box."""
        self._chain = Chain()
        self._last: Step | None = None
        self._trackers: dict[str, int] = {}
        self._digests = bytearray()  # of all events, 32 bytes each
        self._marker = Marker()
        self._marks: set[int] = set()  # of all alphas of all ballots
        self._checker: BallotChecker | None = None
        self._election: Election | None = None
        self.roll = Roll(())

    # --- looking -----------------------------------------------------------------------------------------

    @property
    def election(self) -> Election:
        """The election that the box is for."""
        if self._election is None:
            raise ProtocolError("the box has no setup", check="events.order")
        return self._election

    @property
    def phase(self) -> Phase:
        """The phase after the last event that was read."""
        return self._chain.phase

    @property
    def head(self) -> str:
        """The hash of the last event: who holds it can tell later whether anything before it was changed."""
        return self._chain.head or ""

    @property
    def height(self) -> int:
        """The height of the last event."""
        return self._chain.height

    def count(self, kind: EventType) -> int:
        """How many events of a type there are."""
        return self._chain.count(kind)

    def height_of(self, of_tracker: str) -> int | None:
        """The height at which the ballot with a tracker stands; None if it is not in the box."""
        return self._trackers.get(of_tracker)

    def refresh(self) -> None:
        """Take in what has been appended since. An event that is still being written is left for the next time.

        Raises ProtocolError as `steps` does, and (``events.chain``) if an event is gone that was acknowledged here.
        """
        with Archive(self.path) as archive:
            if not self._stands(archive):
                self._forget()
            start = None if self._last is None else self._last.end
            try:
                for step in steps(archive, self._chain, start, lambda first: self._setup(archive, first)):
                    self._take(archive, step)
                    self._last = step
            except ProtocolError as fault:
                if self._chain.height != (-1 if self._last is None else self._last.event.height):
                    self._forget()  # half of a step is worse than nothing
                if fault.check != TRUNCATED:
                    raise
        if self._own is not None and self._chain.height < self._own.height:
            raise self._gone()

    def _stands(self, archive: Archive) -> bool:
        """Whether the last event that was read is still where it was.

        Another process may have taken it back: it was on the disk for a moment, and then the disk was full.
        """
        try:
            return self._last is None or bool(archive.read(self._last.member, MOST_EVENT))
        except ProtocolError:
            return False

    def _gone(self) -> ProtocolError:
        height = None if self._own is None else self._own.height
        return ProtocolError(
            f"the box is not the one it was: event {height}, which was acknowledged, is gone",
            check="events.chain",
            hint="Is the file an older copy? Nothing is written to it",
        )

    def _setup(self, archive: Archive, step: Step) -> None:
        election, _, credentials = (archive.read(member, MOST_SETUP) for member in step.data)
        self._election = read_election(election)
        self._reader = BallotReader(self._election)
        self._chain.shuffles = bool(self._election.rankings)
        self.roll = Roll(read_credentials(credentials, self._election.group))

    def _take(self, archive: Archive, step: Step) -> None:
        if self._own is not None and step.event.height == self._own.height and step.event != self._own:
            raise self._gone()
        self._digests += bytes.fromhex(step.event.digest)
        if step.event.type != "Ballot":
            return
        ballot = self._reader.read(archive.read(step.data[0], MOST_BYTES))
        self._trackers[tracker(ballot.raw)] = step.event.height
        self._marks.update(self._marker.marks(ballot_alphas(ballot)))
        record(self.roll, ballot, step.event.height)

    # --- writing -----------------------------------------------------------------------------------------

    @contextmanager
    def _writing(self) -> Iterator[int]:
        """Hold the lock, with all that others have written taken in and no torn tail; where the box ends.

        Raises InputError if the file cannot be written to: there is no room, or no leave.
        """
        try:
            with self._lock:
                self.refresh()
                if self._last is None:
                    raise ProtocolError("the box has no setup", check="events.order")
                self._cut_torn_tail(self._last.end)
                yield self._last.end
        except OSError as fault:
            why = fault.strerror or type(fault).__name__
            raise InputError(f"the box cannot be written to: {why}", where=Where(str(self.path))) from None

    def _cut_torn_tail(self, end: int) -> None:
        """Cut off what a killed writer left behind the last event, and keep it beside the box."""
        with self.path.open("r+b") as file:
            file.seek(0, os.SEEK_END)
            if file.tell() == end:
                return
            file.seek(end)
            with tempfile.NamedTemporaryFile(
                dir=self.path.parent, prefix=f"{self.path.name}.torn-{end}-", delete=False
            ) as aside:
                try:
                    shutil.copyfileobj(file, aside)
                    aside.flush()
                    os.fsync(aside.fileno())
                except BaseException:
                    Path(aside.name).unlink()
                    raise
            file.truncate(end)
            os.fsync(file.fileno())

    def _append(self, end: int, kind: EventType, data: Sequence[bytes], payload: bytes | None) -> tuple[str, int]:
        """Append an event with its data at ``end``; its hash and height. On the disk then, or not there at all."""
        with Archive(self.path) as archive:
            timestamp = archive.timestamp
        self._chain.next_phase(kind)
        event = self._chain.link(kind, None if payload is None else hex_hash(payload))
        parts = [*data, *([] if payload is None else [payload])]
        block = b"".join(member_bytes("data", part, timestamp) for part in parts)
        block += member_bytes("event", event, timestamp)
        with self.path.open("r+b", buffering=0) as file:
            file.seek(end)
            try:
                written = 0
                while written < len(block):
                    written += file.write(block[written:])
                os.fsync(file.fileno())
            except BaseException:
                file.truncate(end)
                raise
        self.refresh()
        self._own = None if self._last is None else self._last.event
        return hex_hash(event), self.height

    def cast(self, raw: bytes, *, revote: bool = True) -> Receipt:
        """Check a ballot and put it into the box. The receipt is given when the ballot is on the disk.

        ``revote``: whether a voter may vote again, so that only the last ballot counts. The same ballot sent again,
        byte for byte, gets the receipt it had. Raises ProtocolError with the check that the ballot fails.
        """
        with self._writing() as end:
            of_ballot = tracker(raw)
            before = self._trackers.get(of_ballot)
            if before is not None:
                return Receipt(self.election.uuid, of_ballot, self._event_at(before), before)
            self._chain.next_phase("Ballot")
            if self._checker is None:
                pool = new_pool(self.election.group, self._arithmetic)
                self._checker = BallotChecker(pool, self.election, self.roll, self._marker)
            (checked,) = self._checker.check([raw])
            if checked.fault is not None:
                raise checked.fault
            marks = checked.alphas or ()
            if len(set(marks)) < len(marks) or not self._marks.isdisjoint(marks):
                raise ProtocolError(
                    "the ballot was made with randomness that was used before",
                    check="ballot.distinct",
                    hint="The device that made it has no good source of randomness; use another",
                )
            if not revote and self.roll.last(checked.credential) is not None:
                raise ProtocolError("this credential has voted, and here nobody votes twice", check="ballot.revote")
            event, height = self._append(end, "Ballot", [], raw)
            return Receipt(self.election.uuid, of_ballot, event, height)

    def _event_at(self, height: int) -> str:
        """The hash of the event at ``height``."""
        return self._digests[32 * height : 32 * (height + 1)].hex()

    def add(
        self, kind: EventType, data: Sequence[bytes] = (), payload: bytes | None = None, *, after: str | None = None
    ) -> tuple[str, int]:
        """Append an event of another kind; its hash and height.

        ``data``: what ``payload`` points to. ``after``: the hash of the last event of the box from which it was made;
        it is compared under the lock, so that nothing can come between. Raises InputError if something has, and
        ProtocolError (``events.order``) if the event may not come now.
        """
        with self._writing() as end:
            if after is not None and after != self.head:
                raise InputError(
                    "somebody has added to the box since this was made from it",
                    where=Where(str(self.path)),
                    hint="Do it again.",
                )
            return self._append(end, kind, data, payload)

    def add_owned(self, kind: EventType, owner: int, content: bytes, *, after: str | None = None) -> tuple[str, int]:
        """Append a shuffle or a partial decryption of trustee ``owner``; ``after``: as for `add`."""
        if POINTERS.get(kind) is not POINTERS["Shuffle"]:
            raise ValueError(f"an event {kind} has no owner")
        payload = canonical.dumps({"owner": owner, "payload": hex_hash(content)}).encode("ascii")
        return self.add(kind, [content], payload, after=after)
