"""One box followed as it grows: a copy that only grows, every new event tied to the last, every new ballot checked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from ..box.archive import TRUNCATED, Archive
from ..box.pools import Arithmetic, new_pool
from ..box.v1.ballots import MOST_BYTES
from ..box.v1.checking import BallotChecker
from ..box.v1.credentials import read_credentials
from ..box.v1.distinct import Marker
from ..box.v1.elections import Election, read_election
from ..box.v1.events import Chain, Step, steps
from ..box.v1.reading import SMALL, read_box
from ..box.v1.roll import Roll
from ..errors import InputError, ProtocolError

__all__ = ["Box", "Fault", "digests_in"]

BATCH = 256
"""Ballots that are checked together."""
MOST_SETUP = 200 * 1024 * 1024


@dataclass(frozen=True)
class Fault:
    """Something wrong with what a box has been given: the ``check`` that it fails, what, and at which height."""

    check: str
    says: str
    height: int | None = None

    def __str__(self) -> str:
        at = "" if self.height is None else f"event {self.height}: "
        return f"{at}{self.says} ({self.check})"


@dataclass
class Box:
    """A copy of a box at ``path``: ``size`` bytes of it hold, up to the event ``head`` of ``height``.

    ``digests``: the hash of every event. ``setup``: that of the first.
    """

    path: Path
    chain: Chain = field(default_factory=Chain)
    size: int = 0
    digests: list[str] = field(default_factory=list)
    trackers: dict[str, int] = field(default_factory=dict, repr=False)
    election: Election | None = None
    _checker: BallotChecker | None = field(default=None, repr=False)
    _alphas: dict[int, str] = field(default_factory=dict, repr=False)

    @property
    def height(self) -> int:
        """The height of the last event; -1 without one."""
        return self.chain.height

    @property
    def head(self) -> str:
        """The hash of the last event."""
        return self.chain.head or ""

    def take(self) -> list[Fault]:
        """Look at what the file has beyond ``size``: what is whole and holds is taken in; the first fault ends it.

        What is behind the last event that was taken in is left in the file: the caller cuts it off, or keeps it.
        """
        if not self.path.is_file() or self.path.stat().st_size <= self.size:
            return []
        faults: list[Fault] = []
        ended = False
        waiting: list[tuple[Step, bytes, str]] = []
        try:
            with Archive(self.path) as archive:
                chain = Chain(self.chain.height, self.chain.head, self.chain.phase, self.chain.shuffles)
                chain._counts = dict(self.chain._counts)
                for step in self._steps(archive, chain):
                    if step.event.type == "Ballot":
                        waiting.append((step, archive.read(step.data[0], MOST_BYTES), step.event.digest))
                        if len(waiting) == BATCH:
                            faults = self._ballots(waiting)
                            waiting = []
                    else:
                        faults = self._ballots(waiting)
                        waiting = []
                        if not faults:
                            self._took(step, step.event.digest)
                            ended |= step.event.type != "Setup"
                    if faults:
                        break
        except InputError as fault:
            faults = [Fault("archive.header", fault.message)]
        except ProtocolError as fault:
            faults = self._ballots(waiting)
            waiting = []
            if not faults and fault.check != TRUNCATED:  # what is torn is on its way: it is fetched again
                faults = [Fault(fault.check, fault.message, self.height + 1)]
        faults = faults or self._ballots(waiting)
        if ended and not faults:
            faults = self._whole()
        return faults

    def _steps(self, archive: Archive, chain: Chain) -> Iterator[Step]:
        """The steps behind ``size``, the setup read on the way."""

        def on_setup(step: Step) -> None:
            election_raw, _, credentials = (archive.read(member, MOST_SETUP) for member in step.data)
            election = read_election(election_raw)
            chain.shuffles = bool(election.rankings)
            roll = Roll(read_credentials(credentials, election.group))
            self.election = election
            arithmetic: Arithmetic = "libsodium" if archive.size < SMALL else "auto"
            self._checker = BallotChecker(new_pool(election.group, arithmetic), election, roll, Marker())

        return steps(archive, chain, start=self.size or None, on_setup=on_setup)

    def _took(self, step: Step, digest: str) -> None:
        """Take in an event that holds."""
        shuffles = bool(self.election.rankings) if self.election is not None else True
        self.chain.shuffles = shuffles
        self.chain.phase = self.chain.next_phase(step.event.type)
        self.chain._counts[step.event.type] = self.chain.count(step.event.type) + 1
        self.chain.height, self.chain.head = step.event.height, digest
        self.digests.append(digest)
        self.size = step.end

    def _ballots(self, waiting: list[tuple[Step, bytes, str]]) -> list[Fault]:
        """Check ballots whole, and take them in up to the first that does not hold."""
        if not waiting or self._checker is None:
            return []
        for (step, _raw, digest), ballot in zip(
            waiting, self._checker.check([raw for _, raw, _ in waiting]), strict=True
        ):
            height = step.event.height
            if ballot.fault is not None:
                return [Fault(ballot.fault.check, ballot.fault.message, height)]
            if ballot.tracker in self.trackers:
                before = self.trackers[ballot.tracker]
                return [Fault("ballot.distinct", f"it is the ballot of event {before} again", height)]
            for alpha in ballot.alphas or ():
                if self._alphas.setdefault(alpha, ballot.credential) != ballot.credential:
                    return [Fault("ballot.distinct", "it has the randomness of another voter's ballot", height)]
            self.trackers[ballot.tracker] = height
            self._took(step, digest)
        return []

    def _whole(self) -> list[Fault]:
        """Every check of the whole box, once what follows the ballots has begun."""
        reading = read_box(self.path)
        return [Fault(fault.check, fault.message, fault.height) for fault in reading.faults if fault.check != TRUNCATED]


def digests_in(path: Path) -> list[str]:
    """The hash of every event of an archive, as far as it is a chain that can be read."""
    found: list[str] = []
    chain = Chain()
    try:
        with Archive(path) as archive:

            def on_setup(step: Step) -> None:
                chain.shuffles = bool(read_election(archive.read(step.data[0], MOST_SETUP)).rankings)

            found.extend(step.event.digest for step in steps(archive, chain, on_setup=on_setup))
    except (InputError, ProtocolError):
        pass
    return found
