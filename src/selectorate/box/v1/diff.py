"""An archive beside an earlier copy of it: it may have grown, and nothing else.

A chain proves nothing about its tail: who holds an earlier copy, or only the hash of its last event, holds the box to
what was in it then. Source: Belenios specification 3.1, section 3.5.1, step 2.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ...errors import ProtocolError
from ..archive import Archive
from .elections import read_election
from .events import Chain, Event, Step, steps

__all__ = ["Against", "Difference", "compare"]

MOST_ELECTION = 16 * 1024 * 1024


@dataclass(frozen=True)
class Difference:
    """Two archives beside one another.

    ``fork``: the height of the first event that differs, or None. ``lost``: events of the old one that the new one no
    longer has; ``added``: events by type that it has besides.
    """

    fork: int | None
    lost: int
    added: dict[str, int]
    old_events: int
    same_header: bool

    @property
    def only_grown(self) -> bool:
        """Whether everything that was there still stands where it stood."""
        return self.fork is None and self.lost == 0 and self.same_header

    def lines(self) -> list[str]:
        """The difference in sentences."""
        found = []
        if not self.same_header:
            found.append("NOT THE SAME: the header of the archive is another.")
        if self.fork is not None:
            found.append(f"NOT THE SAME: event {self.fork} is another than it was.")
        if self.lost:
            found.append(f"LOST: {self.lost:,} events that were there are gone.")
        if self.only_grown:
            found.append(f"All {self.old_events:,} events that were there still stand where they stood.")
        added = ", ".join(f"{count:,} {kind}" for kind, count in self.added.items())
        found.append(f"Added: {added or 'nothing'}.")
        return found


class Against:
    """An earlier copy of an archive, to which the events of the archive are held as they are read, once and in order.

    So what is compared is what was read, even if somebody changes the file meanwhile. Use it in a ``with`` statement.
    """

    def __init__(self, old: Path) -> None:
        self._archive = Archive(old)
        self._events = _events(self._archive)
        self._fork: int | None = None
        self._added: Counter[str] = Counter()
        self._count = 0
        self._fault: ProtocolError | None = None

    def __enter__(self) -> Against:
        return self

    def __exit__(self, *_: object) -> None:
        self._archive.close()

    def take(self, now: Event) -> None:
        """Hold the next event to the earlier copy."""
        try:
            was = next(self._events, None)
        except ProtocolError as fault:  # of the copy, not of the archive that is being read: `found` tells it
            was, self._fault = None, fault
        if was is None:
            self._added[now.type] += 1
            return
        self._count += 1
        if was.digest != now.digest and self._fork is None:
            self._fork = was.height

    def found(self, timestamp: int) -> Difference:
        """What came of it, when all events have been read of an archive with ``timestamp`` in its header.

        Raises ProtocolError if the earlier copy is no chain in itself.
        """
        if self._fault is not None:
            raise self._fault
        lost = sum(1 for _ in self._events)
        count = self._count + lost
        return Difference(self._fork, lost, dict(self._added), count, self._archive.timestamp == timestamp)


def compare(old: Path, new: Path) -> Difference:
    """Compare the archive ``new`` with an earlier copy ``old`` of it, event by event.

    Raises ProtocolError if either of the two is no chain in itself, or has other data than its events name.
    """
    with Against(old) as before, Archive(new) as after:
        for event in _events(after):
            before.take(event)
        return before.found(after.timestamp)


def _events(archive: Archive) -> Iterator[Event]:
    """The events of an archive; each carries the hash of what came before it, and its data has the hash it names."""
    chain = Chain()

    def on_setup(step: Step) -> None:
        chain.shuffles = bool(read_election(archive.read(step.data[0], MOST_ELECTION)).rankings)

    for step in steps(archive, chain, on_setup=on_setup):
        for member in step.data:
            for _ in archive.stream(member):
                pass
        yield step.event
