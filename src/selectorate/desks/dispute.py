"""A receipt held to an archive of its box: a proof, either way, that a third person can run.

The office signed that it had recorded a ballot at a height of the box. Either the archive has that event there, with
that ballot; or it has not, and then the two files together show that the office broke its word, whoever runs this.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias

from ..box.archive import Archive
from ..box.v1.ballots import MOST_BYTES, BallotReader, tracker
from ..box.v1.elections import Election, read_election
from ..box.v1.events import Chain, Step, steps
from ..errors import InputError, ProtocolError, Where
from .receipts import Receipt

__all__ = ["Settled", "Verdict", "dispute"]

MOST_ELECTION = 16 * 1024 * 1024
Verdict: TypeAlias = Literal["there", "superseded", "another", "missing", "too early"]


@dataclass(frozen=True)
class Settled:
    """What came of it.

    ``there``: the event is in the box, with the ballot. ``superseded``: the same, and a later ballot of the same voter
    counts in its place. ``another``: another event stands at that height. ``missing``: the ballots end before it.
    ``too early``: the archive ends before it while voting goes on, as any older copy does: it settles nothing.
    ``height``, ``head``: of the archive's last event. ``found``: the hash of the event at the receipt's height.
    ``elsewhere``: where else in the box the ballot stands.
    """

    verdict: Verdict
    height: int
    head: str
    phase: str
    found: str | None = None
    elsewhere: int | None = None
    later: int | None = None

    @property
    def kept(self) -> bool:
        """Whether the office kept its word."""
        return self.verdict in ("there", "superseded")


def dispute(receipt: Receipt, archive: Path) -> Settled:
    """Hold ``receipt``, whose signature the caller has checked, to an archive of its box.

    Raises InputError for the archive of another box, ProtocolError if it is no chain of events in itself.
    """
    found: str | None = None
    ballot = holds = False
    elsewhere = later = None
    with Archive(archive) as file:
        chain = Chain()
        elections: list[Election] = []

        def on_setup(step: Step) -> None:
            elections.append(read_election(file.read(step.data[0], MOST_ELECTION)))
            chain.shuffles = bool(elections[0].rankings)

        for step in steps(file, chain, on_setup=on_setup):
            event = step.event
            if event.type == "Setup" and elections[0].uuid != receipt.box:
                hint = f"The receipt is for the box {receipt.box}."
                raise InputError("this is the archive of another box", where=Where(str(archive)), hint=hint)
            here = event.height == receipt.height
            if here:
                found, ballot = event.digest, event.type == "Ballot"
            if event.type != "Ballot":
                continue
            raw = file.read(step.data[0], MOST_BYTES)
            if tracker(raw) == receipt.tracker:
                holds |= here and event.digest == receipt.event
                elsewhere = None if here else event.height
            elif holds and _credential(elections[0], raw) == receipt.credential:
                later = event.height
    if chain.head is None:
        raise InputError("there is no setup in this archive", where=Where(str(archive)))
    verdict: Verdict = "another" if ballot else "missing"
    if found is None and chain.phase == "voting":
        verdict = "too early"
    if holds:
        verdict = "superseded" if later is not None else "there"
    return Settled(verdict, chain.height, chain.head, chain.phase, found, elsewhere, later)


def _credential(election: Election, raw: bytes) -> str:
    """Whose a ballot is; nobody's where it cannot be read."""
    try:
        return BallotReader(election).read(raw).credential
    except ProtocolError:
        return ""
