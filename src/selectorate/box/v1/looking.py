"""What is in a box, looked at without checking its proofs: for who looks for a tracker, or lists them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ...errors import InputError, ProtocolError, Where
from .. import canonical
from ..archive import Archive
from .ballots import MOST_BYTES, Ballot, BallotReader, tracker
from .credentials import read_credentials
from .elections import Election, HomomorphicQuestion, RankingQuestion, read_election
from .events import Chain, Phase, Step, steps
from .report import PHASES
from .roll import Roll

__all__ = ["Seen", "election_in", "look"]

MOST_SETUP = 200 * 1024 * 1024


@dataclass
class Seen:
    """What was seen in an archive. ``heights``: of every ballot, by tracker."""

    election: Election
    chain: Chain
    roll: Roll
    heights: dict[str, int]
    result: Any = None

    @property
    def phase(self) -> Phase:
        """The phase of the box."""
        return self.chain.phase

    @property
    def trackers(self) -> Iterator[str]:
        """The trackers of the ballots that count, in the order of their credentials."""
        return (of_ballot for _, _, of_ballot, _ in self.roll.used())

    def said_of(self, of_ballot: str) -> tuple[str, bool]:
        """What is to be said of a tracker, and whether its ballot counts."""
        height = self.heights.get(of_ballot)
        if height is None:
            return "There is no ballot with this tracker in the box.", False
        counts = any(last == height for _, last, _, _ in self.roll.used())
        if counts:
            return f"The ballot with this tracker is in the box (event {height}), and it counts.", True
        return f"The ballot with this tracker is in the box (event {height}); a later one of its voter counts.", False

    def lines(self) -> list[str]:
        """The box in sentences."""
        election = self.election
        used = sum(1 for _ in self.trackers)
        found = [
            f"{election.name} ({election.uuid}), {election.group.name}: {PHASES[self.phase]}.",
            f"Fingerprint: {election.phi}. Last event: {self.chain.height}, {self.chain.head}.",
            f"{len(self.heights):,} ballots of {used:,} voters; {len(self.roll):,} may vote.",
        ]
        for number, question in enumerate(election.questions):
            match question:
                case RankingQuestion(answers=answers):
                    kind = f"rank {len(answers)} names, shuffled and opened"
                case HomomorphicQuestion(answers=answers, least=least, most=most, blank=blank):
                    kind = f"choose {least} to {most} of {len(answers)}{', or blank' if blank else ''}, summed"
                case _:
                    kind = "choose a list and its candidates, summed"
            found.append(f"Question {number + 1}: {question.question} ({kind})")
        return found


def record(roll: Roll, ballot: Ballot, height: int) -> None:
    """Note in ``roll`` the ballot that stands at ``height``. Raises ProtocolError if its credential is not listed."""
    if roll.weight(ballot.credential) is None:
        raise ProtocolError(
            f"the ballot of event {height} has a credential that is not listed", check="ballot.credential"
        )
    roll.record(ballot.credential, height, tracker(ballot.raw), b"")


def election_in(path: Path) -> Election:
    """The election of the archive at ``path``; nothing behind its setup is read.

    Raises ProtocolError if it is no chain of events, InputError if there is no setup in it.
    """
    with Archive(path) as archive:
        found: list[Election] = []
        chain = Chain()

        def on_setup(step: Step) -> None:
            found.append(read_election(archive.read(step.data[0], MOST_SETUP)))
            chain.shuffles = bool(found[0].rankings)

        for _ in steps(archive, chain, on_setup=on_setup):
            if found:
                return found[0]
        raise InputError("there is no setup in this archive", where=Where(str(path)))


def look(path: Path) -> Seen:
    """Look at the archive at ``path``. Raises ProtocolError if it is no chain of events."""
    with Archive(path) as archive:
        chain = Chain()
        seen: list[Seen] = []
        readers: list[BallotReader] = []

        def on_setup(step: Step) -> None:
            election_raw, _, credentials = (archive.read(member, MOST_SETUP) for member in step.data)
            election = read_election(election_raw)
            chain.shuffles = bool(election.rankings)
            readers.append(BallotReader(election))
            seen.append(Seen(election, chain, Roll(read_credentials(credentials, election.group)), {}))

        for step in steps(archive, chain, on_setup=on_setup):
            if step.event.type == "Ballot":
                ballot = readers[0].read(archive.read(step.data[0], MOST_BYTES))
                of_ballot = tracker(ballot.raw)
                seen[0].heights[of_ballot] = step.event.height
                record(seen[0].roll, ballot, step.event.height)
            elif step.event.type == "Result":
                content = archive.read(step.data[0], MOST_SETUP)
                seen[0].result = canonical.loads(content, what="the result", check="result.content")
        if not seen:
            raise InputError("there is no setup in this archive", where=Where(str(path)))
        return seen[0]
