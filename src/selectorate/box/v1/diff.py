"""An archive beside an earlier copy of it: it may have grown, and nothing else.

A chain proves nothing about its tail: who holds an earlier copy, or only the hash of its last event, holds the box to
what was in it then. Source: Belenios specification 3.1, section 3.5.1, step 2.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path

from ..archive import Archive
from .elections import read_election
from .events import Chain, Event, Step, steps

__all__ = ["Difference", "compare"]

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


def compare(old: Path, new: Path) -> Difference:
    """Compare the archive ``new`` with an earlier copy ``old`` of it, event by event.

    Raises ProtocolError if either of the two is no chain in itself, or has other data than its events name.
    """
    with Archive(old) as before, Archive(new) as after:
        fork: int | None = None
        lost = 0
        added: Counter[str] = Counter()
        count = 0
        for was, now in zip_longest(_events(before), _events(after)):
            count += was is not None
            if was is None and now is not None:
                added[now.type] += 1
            elif was is not None and now is None:
                lost += 1
            elif was is not None and now is not None and was.digest != now.digest and fork is None:
                fork = was.height
        return Difference(fork, lost, dict(added), count, before.timestamp == after.timestamp)


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
