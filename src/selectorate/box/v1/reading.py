"""An archive read from its first byte to its last, every check of it made: what `verify` reports and trustees rely on.

The checks are named; :data:`CHECKS` lists them in the order of the report. Reading goes on after a fault wherever what
follows can still be read, so that a report is whole; what cannot be reached is said to be so.
"""

from __future__ import annotations

import hashlib
import os
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from ...errors import ProtocolError
from ..archive import Archive, Member
from ..pools import Arithmetic, new_pool
from ..public import Pool
from . import results
from .ballots import MOST_BYTES, Ballot, BallotReader
from .checking import BallotChecker, CheckedBallot
from .credentials import read_credentials, require_in_group
from .decryptions import PartialDecryption, read_decryption
from .distinct import Marks, repeated
from .elections import Election, read_election
from .events import Chain, Event, Phase, Step, steps
from .hashes import hex_hash
from .packed import Ciphertexts, Packed, chunked
from .roll import Roll
from .shuffles import check_shuffle_proof, read_shuffle
from .tallies import Tally, pieces
from .trustees import Trustees, read_trustees, trustee_faults

__all__ = ["CHECKS", "Fault", "Progress", "Reading", "read_box"]

CHECKS: dict[str, str] = {
    "archive.header": "the archive begins with a header of version 1",
    "archive.container": "the container has the one form that is allowed, and nothing between its members",
    "archive.truncated": "the archive ends where an event ends",
    "archive.size": "no member is larger than what it holds can be",
    "archive.hash": "every member has the hash that its name promises",
    "archive.order": "the data of each event stands before it, and no other",
    "events.shape": "every event is of the form of the protocol",
    "events.chain": "every event names the one before it",
    "events.order": "the events come in the order of the protocol",
    "setup.election": "the election can be read, and its questions can be answered",
    "setup.group": "its group is one that is implemented",
    "setup.trustees": "the trustees' keys are proven and no two are the same",
    "setup.key": "the election's key is made of the trustees' keys",
    "setup.credentials": "the public credentials are in the group and no two are the same",
    "ballot.canonical": "every ballot is written in the one form that is allowed",
    "ballot.shape": "every ballot answers the questions that are asked",
    "ballot.election": "every ballot is for this election",
    "ballot.hash": "every ballot signs its own hash",
    "ballot.credential": "every ballot has a credential of the list",
    "ballot.points": "every point of a ballot is in the group",
    "ballot.signature": "every ballot is signed by its credential",
    "ballot.proofs": "every ballot proves that its answers are allowed",
    "ballot.distinct": "no ballot stands in the box twice, and no two voters share their randomness",
    "tally.content": "the tally is made of the last ballot of each voter",
    "tally.numbers": "the numbers of ballots and of votes tallied are right",
    "shuffle.owner": "each shuffle is by a trustee, and none by the same",
    "shuffle.shape": "each shuffle has as many ballots as went in",
    "shuffle.points": "every point of a shuffle is in the group",
    "shuffle.proof": "each shuffle proves that it only shuffled",
    "decryption.owner": "each decryption is by a trustee",
    "decryption.shape": "each decryption is of this tally",
    "decryption.points": "every decryption factor is in the group",
    "decryption.proof": "each decryption that is needed proves itself",
    "decryption.enough": "enough trustees have decrypted",
    "result.range": "no sum is larger than all votes together",
    "result.content": "the result is what the decryptions make of the tally",
}
"""Every check by name, with what it says when it is passed."""

SECTIONS: tuple[str, ...] = ("archive", "events", "setup", "ballot", "tally", "shuffle", "decryption", "result")

MOST_ELECTION = 16 * 1024 * 1024
MOST_CREDENTIALS_BYTES = 200 * 1024 * 1024
BATCH = 1024
"""Ballots that are checked together."""
SMALL = 1 << 20
"""Bytes of an archive below which the compiled arithmetic costs more to load, or to compile, than it saves."""
MOST_FAULTS = 100
"""Faults that are kept; the rest are counted."""

Progress = Callable[[str, float], None]
"""Called with what is being looked at and how much of the archive is done, from 0 to 1."""
OnEvent = Callable[[Event], None]
"""Called with each event as it was read."""


@dataclass(frozen=True)
class Fault:
    """A check that failed: its name, and what is wrong at which event (its height, if it is about one)."""

    check: str
    message: str
    height: int | None = None


@dataclass(frozen=True)
class Share:
    """A partial decryption that stands in the archive."""

    owner: int
    holds: bool
    decryption: PartialDecryption | None


@dataclass
class Reading:
    """What is known of an archive after it was read.

    ``faults``: in the order in which they were met. ``complete``: the sections that were read to their end.
    ``cast_again``: ballots that repeat the randomness of their own voter, which nobody forbids.
    ``timestamp``: of the archive's header. ``tally``: the hash of the encrypted tally.
    ``ciphertexts``: by question, as they stand after the last shuffle; what trustees decrypt.
    """

    path: Path
    timestamp: int = 0
    tally: str = ""
    pool: Pool = field(init=False)
    chain: Chain = field(default_factory=Chain)
    faults: list[Fault] = field(default_factory=list)
    more_faults: int = 0
    complete: set[str] = field(default_factory=set)
    election: Election | None = None
    trustees: Trustees | None = None
    roll: Roll = field(default_factory=lambda: Roll(()))
    setup: dict[str, str] = field(default_factory=dict)
    ballots: int = 0
    cast_again: int = 0
    tallied: int = 0
    total_weight: int = 0
    ciphertexts: list[Ciphertexts] = field(default_factory=list)
    shufflers: list[int] = field(default_factory=list)
    shares: list[Share] = field(default_factory=list)
    opened: results.Opened | None = None

    @property
    def phase(self) -> Phase:
        """The phase of the box after the last event that could be read."""
        return self.chain.phase

    @property
    def sound(self) -> bool:
        """Whether no check failed."""
        return not self.faults

    def failed(self, check: str, message: str, height: int | None = None) -> None:
        """Note that a check failed."""
        if len(self.faults) < MOST_FAULTS:
            self.faults.append(Fault(check, message, height))
        else:
            self.more_faults += 1


def read_box(
    path: Path,
    arithmetic: Arithmetic = "auto",
    progress: Progress | None = None,
    on_event: OnEvent | None = None,
) -> Reading:
    """Read the archive at ``path`` and make every check.

    ``on_event``: called with every event that was read, in order.

    Raises InputError if the file cannot be opened or is no archive; all else that is wrong is a fault in the reading.
    """
    try:
        archive = Archive(path)
    except ProtocolError as fault:
        reading = Reading(path)
        reading.failed(fault.check, fault.message)
        return reading
    with archive:
        if arithmetic == "auto" and archive.size < SMALL:
            arithmetic = "libsodium"
        reader = _Reader(archive, arithmetic, progress or (lambda what, share: None), on_event or (lambda event: None))
        reader.run()
        return reader.reading


class _Reader:
    """The reading of one archive under way."""

    def __init__(self, archive: Archive, arithmetic: Arithmetic, progress: Progress, on_event: OnEvent) -> None:
        self.archive, self.arithmetic, self._progress, self._on_event = archive, arithmetic, progress, on_event
        self.reading = Reading(archive.path, archive.timestamp)
        self._batch: list[tuple[int, bytes]] = []
        self._under_way: deque[tuple[list[int], Future[list[CheckedBallot]]]] = deque()
        self._workers: ThreadPoolExecutor | None = None
        self._marks: Marks | None = None
        self._last: dict[int, Member] = {}  # by height, where sums are made of ballots that have to be read again
        self._tally: Tally | None = None
        self._local = threading.local()

    def run(self) -> None:
        """Read all steps; what is wrong becomes a fault."""
        reading, done = self.reading, -1
        try:
            for step in steps(self.archive, reading.chain, on_setup=self._setup):
                if step.event.type != "Setup":
                    self._take(step)
                done = step.event.height
                self._on_event(step.event)
                self._progress(step.event.type, step.end / max(self.archive.size, 1))
            reading.complete |= {"archive", "events"}
        except ProtocolError as fault:
            # The chain may have taken in the event already when something of it was found wrong.
            reading.failed(fault.check, fault.message, done + 1)
        finally:
            self._guarded(self._drain)
            self._guarded(self._compare)
            if reading.phase == "closed":
                self._guarded(self._make_tally)
            if self._workers is not None:
                self._workers.shutdown()
        if reading.phase != "empty" and reading.election is not None and "archive" in reading.complete:
            reading.complete.add("ballot")

    def _guarded(self, action: Callable[[], None]) -> None:
        try:
            action()
        except ProtocolError as fault:
            self.reading.failed(fault.check, fault.message)

    def _take(self, step: Step) -> None:
        kind = step.event.type
        if kind != "Ballot":
            self._drain()
            self._compare()
        match kind:
            case "Ballot":
                self._ballot(step)
            case "EncryptedTally":
                self._tallied(step)
            case "Shuffle":
                self._shuffle(step)
            case "PartialDecryption":
                self._decryption(step)
            case "Result":
                self._result(step)
            case _:
                pass

    # --- setup -------------------------------------------------------------------------------------------

    def _setup(self, step: Step) -> None:
        """Read election, trustees and credentials. Without them nothing else can be checked, so faults end it here."""
        reading = self.reading
        reading.setup = dict(step.pointer)
        election = read_election(self.archive.read(step.data[0], MOST_ELECTION))
        reading.election = election
        reading.chain.shuffles = bool(election.rankings)
        reading.pool = new_pool(election.group, self.arithmetic)
        reading.trustees = read_trustees(self.archive.read(step.data[1], MOST_ELECTION), election.group)
        for check, message in trustee_faults(reading.pool, reading.trustees, election.public_key):
            reading.failed(check, message, 0)
        entries = read_credentials(self.archive.read(step.data[2], MOST_CREDENTIALS_BYTES), election.group)
        require_in_group(reading.pool, entries)
        reading.roll = Roll(entries)
        results.require_findable(election, reading.roll.total_weight)
        self._tally, self._marks = Tally(election, reading.pool), Marks(election)
        self._workers = ThreadPoolExecutor(os.cpu_count() or 1)
        reading.complete.add("setup")

    # --- ballots -----------------------------------------------------------------------------------------

    def _ballot(self, step: Step) -> None:
        (member,) = step.data
        raw = self.archive.read(member, MOST_BYTES)
        self.reading.ballots += 1
        self._batch.append((step.event.height, raw))
        if len(self._rankings_only) == 0:
            self._last[step.event.height] = member
        if len(self._batch) == BATCH:
            self._send()

    @property
    def _rankings_only(self) -> tuple[int, ...]:
        """The questions, if all are rankings."""
        election = self.reading.election
        if election is None or len(election.rankings) < len(election.questions):
            return ()
        return election.rankings

    def _send(self) -> None:
        """Have the batch checked beside what is being read; wait if too much is under way."""
        if not self._batch or self._workers is None:
            return
        heights = [height for height, _ in self._batch]
        raws = [raw for _, raw in self._batch]
        self._batch = []
        self._under_way.append((heights, self._workers.submit(self._check, raws)))
        if len(self._under_way) > 2 * (os.cpu_count() or 1):
            self._receive()

    def _check(self, raws: list[bytes]) -> list[CheckedBallot]:
        """Check a batch with a pool of this thread's own."""
        checker = getattr(self._local, "checker", None)
        if checker is None:
            election, marks = self.reading.election, self._marks
            if election is None or marks is None:
                raise ProtocolError("there is a ballot before the setup", check="events.order")
            pool = new_pool(election.group, self.arithmetic)
            checker = BallotChecker(pool, election, self.reading.roll, marks.marker)
            self._local.checker = checker
        checked: list[CheckedBallot] = checker.check(raws)
        return checked

    def _drain(self) -> None:
        """Wait for all ballots that were read."""
        self._send()
        while self._under_way:
            self._receive()

    def _receive(self) -> None:
        heights, future = self._under_way.popleft()
        for height, ballot in zip(heights, future.result(), strict=True):
            if ballot.fault is not None:
                self.reading.failed(ballot.fault.check, ballot.fault.message, height)
            if self._marks is not None:
                self._marks.add(ballot.tracker, ballot.alphas)
            if ballot.alphas is not None:
                before = self.reading.roll.last(ballot.credential)
                if before is not None:
                    self._last.pop(before[0], None)
                self.reading.roll.record(ballot.credential, height, ballot.tracker, ballot.rankings)
            else:
                self._last.pop(height, None)

    def _compare(self) -> None:
        """Look for what stands in the box twice, once all ballots were read."""
        marks, self._marks = self._marks, None
        if marks is None:
            return
        numbers, twice = marks.alike()
        if not numbers:
            return
        for one in repeated(self._again(numbers), twice, marks.marker):
            if one.why is None:
                self.reading.cast_again += 1
            else:
                self.reading.failed("ballot.distinct", one.why, 1 + one.number)

    def _again(self, numbers: frozenset[int]) -> Iterator[tuple[int, Ballot | bytes]]:
        """Those of the ballots, by their number from 0, read once more; as bytes where they cannot be read."""
        if self.reading.election is None:
            return
        reader, chain = BallotReader(self.reading.election), Chain()
        for step in steps(self.archive, chain):
            number = step.event.height - 1
            if number in numbers:
                raw = self.archive.read(step.data[0], MOST_BYTES)
                try:
                    yield number, reader.read(raw)
                except ProtocolError:
                    yield number, raw
            if number >= max(numbers):
                return

    # --- what follows the ballots ------------------------------------------------------------------------

    def _make_tally(self) -> None:
        """Make the tally of the last ballot of each voter."""
        reading, tally = self.reading, self._tally
        if tally is None or reading.election is None:
            return
        for _, _, _, weight in reading.roll.used():
            tally.add_count(weight)
        if reading.election.rankings:
            for rankings in reading.roll.take_rankings():
                tally.add_rankings(rankings)
        reader = BallotReader(reading.election)
        for chunk in chunked(self._last.values(), BATCH):
            ballots = [reader.read(self.archive.read(member, MOST_BYTES)) for member in chunk]
            weights = [reading.roll.weight(ballot.credential) or 0 for ballot in ballots]
            tally.add_sums([ballot.content["answers"] for ballot in ballots], weights)
        reading.ciphertexts = tally.finished()
        reading.tallied, reading.total_weight = tally.count, tally.weight

    def _tallied(self, step: Step) -> None:
        """Compare the tally of the archive with the one that the ballots make."""
        reading, height = self.reading, step.event.height
        self._make_tally()
        reading.tally = step.data[0].digest
        digest = hashlib.sha256()
        for piece in tally_pieces(reading):
            digest.update(piece)
        if digest.hexdigest() != step.data[0].digest:
            reading.failed("tally.content", "the tally is another than the last ballots of the voters make", height)
        for _ in self.archive.stream(step.data[0]):
            pass  # its bytes are those that its name promises
        said = (step.pointer["num_tallied"], step.pointer["total_weight"])
        are = (reading.tallied, reading.total_weight)
        if said != are:
            reading.failed(
                "tally.numbers",
                f"it says {said[0]} ballots with {said[1]} votes; there are {are[0]} with {are[1]}",
                height,
            )
        reading.complete.add("tally")

    def _owner(self, step: Step, check: str) -> int | None:
        """The trustee whose step this is; None with a fault if there is no such trustee."""
        owner: int = step.pointer["owner"]
        trustees = self.reading.trustees
        if trustees is not None and 1 <= owner <= len(trustees.keys):
            return owner
        self.reading.failed(check, f"there is no trustee {owner}", step.event.height)
        return None

    def _shuffle(self, step: Step) -> None:
        reading, election = self.reading, self.reading.election
        if election is None:
            return
        height = step.event.height
        owner = self._owner(step, "shuffle.owner")
        if owner in reading.shufflers:
            reading.failed("shuffle.owner", f"trustee {owner} has shuffled before", height)
        counts = [len(reading.ciphertexts[position]) for position in election.rankings]
        shuffle = read_shuffle(self.archive.stream(step.data[0]), reading.pool, election.group, counts)
        for number, position in enumerate(election.rankings):
            before, after = reading.ciphertexts[position], shuffle.ciphertexts[number]
            proof = shuffle.proofs[number]
            if not check_shuffle_proof(reading.pool, proof, before, after, pk=election.public_key, phi=election.phi):
                reading.failed("shuffle.proof", f"the proof for question {position + 1} does not hold", height)
            reading.ciphertexts[position] = after
        reading.shufflers.append(owner or 0)
        reading.complete.add("shuffle")

    def _decryption(self, step: Step) -> None:
        """Read a partial decryption. A bad one of a group that needs not all is set aside; see `_result`."""
        reading, election, trustees = self.reading, self.reading.election, self.reading.trustees
        owner = self._owner(step, "decryption.owner")
        if election is None or trustees is None or owner is None:
            return
        pieces = self.archive.stream(step.data[0])
        try:
            read = read_share(reading, owner, pieces)
        except ProtocolError as fault:
            if fault.check.startswith("archive."):
                raise
            for _ in pieces:
                pass  # its hash is checked all the same
            self._set_aside(owner, fault.check, fault.message, step.event.height)
            reading.shares.append(Share(owner, False, None))
        else:
            if not read.holds:
                self._set_aside(owner, "decryption.proof", "a proof does not hold", step.event.height)
            reading.shares.append(Share(owner, read.holds, read))
        reading.complete.add("decryption")

    def _set_aside(self, owner: int, check: str, message: str, height: int) -> None:
        """A fault if the trustee is one without whom nothing opens; else only a share that is not used."""
        trustees = self.reading.trustees
        if trustees is None or trustees.mandatory(owner):
            self.reading.failed(check, f"trustee {owner}: {message}", height)

    def _sums_unproven(self) -> bool:
        """Whether sums are to be opened of which ballots and tally do not prove that they are among the votes cast.

        Such a sum may be any number at all: the search for it would go through all votes, and find nothing.
        """
        reading = self.reading
        at_fault = {fault.check.partition(".")[0] for fault in reading.faults}
        return not self._rankings_only and not at_fault.isdisjoint({"setup", "ballot", "tally"})

    def _result(self, step: Step) -> None:
        reading, election = self.reading, self.reading.election
        if election is None or reading.trustees is None:
            return
        if self._sums_unproven():
            for _ in self.archive.stream(step.data[0]):
                pass  # its hash is checked all the same
            return
        shares = usable_shares(reading)
        opened = results.open_tally(reading.pool, election, reading.ciphertexts, shares, reading.total_weight)
        if hex_hash(results.result_text(opened)) != step.data[0].digest:
            reading.failed("result.content", "the result is another than the decryptions make", step.event.height)
        for _ in self.archive.stream(step.data[0]):
            pass
        reading.opened = opened
        reading.complete.add("result")


def tally_pieces(reading: Reading) -> Iterator[bytes]:
    """The bytes of the encrypted tally, in pieces, of a box whose ballots have been read to their end."""
    if reading.election is not None:
        for piece in pieces(reading.election, reading.ciphertexts):
            yield piece.encode("ascii")


def read_share(reading: Reading, owner: int, pieces: Iterable[bytes]) -> PartialDecryption:
    """Read the partial decryption of trustee ``owner`` of the tally as it stands.

    Raises ProtocolError (``decryption.owner``) if there is no such trustee, and as `read_decryption` does.
    """
    election, trustees = reading.election, reading.trustees
    if election is None or trustees is None:
        raise ProtocolError("there is no setup", check="events.order")
    if not 1 <= owner <= len(trustees.keys):
        raise ProtocolError(f"there is no trustee {owner}", check="decryption.owner")
    public = trustees.keys[owner - 1].public_key
    (key,) = reading.pool.read([public])
    if key is None:
        raise ProtocolError("a trustee's key is not in the group", check="setup.trustees")
    reading.pool.keep(key)
    alphas = [ciphertexts.alphas for ciphertexts in reading.ciphertexts]
    return read_decryption(pieces, reading.pool, election, key=key, public=public, alphas=alphas)


def usable_shares(reading: Reading) -> list[tuple[int, Sequence[Packed]]]:
    """The shares that open the tally, each with its exponent: the first good ones of each group of trustees.

    Raises ProtocolError (``decryption.enough``), which says who is still needed.
    """
    if reading.trustees is None:
        raise ProtocolError("there are no trustees", check="decryption.enough")
    good: dict[int, PartialDecryption] = {}
    for share in reading.shares:
        if share.holds and share.decryption is not None:
            good.setdefault(share.owner, share.decryption)
    exponents = reading.trustees.exponents(sorted(good))
    return [(exponent, good[owner].factors) for owner, exponent in exponents.items()]
