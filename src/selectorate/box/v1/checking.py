"""Ballots checked many at a time: shape, election, credential, points, signature, proofs.

The same code checks one ballot on its way into a box and all ballots of an archive.
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from dataclasses import dataclass

from ...errors import ProtocolError
from ..public import Element, Pool
from . import proofs
from .ballots import Ballot, BallotReader, ballot_alphas, ballot_checks, ballot_points, tracker
from .distinct import Marker
from .elections import Election, ListsQuestion, RankingQuestion, width
from .roll import Roll

__all__ = ["BallotChecker", "CheckedBallot"]


@dataclass(frozen=True)
class CheckedBallot:
    """What is known of a ballot after its check.

    ``fault``: the first thing that is wrong with it, or None. ``credential`` and ``rankings`` are there unless it
    could not be read at all. ``rankings``: alpha and beta of each ranking question, packed. ``alphas``: the marks of
    the alphas of all ciphertexts; None if a point may not stand where it does, so that nothing can be computed of it.
    """

    tracker: str
    fault: ProtocolError | None
    credential: str = ""
    rankings: bytes = b""
    alphas: array[int] | None = None


class BallotChecker:
    """Checks ballots of one election. ``roll``: the public credentials that may vote; ``marker``: marks alphas."""

    def __init__(self, pool: Pool, election: Election, roll: Roll, marker: Marker) -> None:
        self.pool, self.election, self.roll, self.marker = pool, election, roll, marker
        self.reader = BallotReader(election)
        (y,) = pool.read([election.public_key])
        if y is None:
            raise ProtocolError("the election's public key is not in the group", check="setup.key")
        pool.keep(y)
        self._y: Element = y
        self._alphas, self._ranked = _places(election)

    def check(self, raws: Sequence[bytes]) -> list[CheckedBallot]:
        """Check ballots of these bytes, in order."""
        found: list[CheckedBallot | None] = [None] * len(raws)
        readable: list[tuple[int, Ballot]] = []
        for number, raw in enumerate(raws):
            try:
                ballot = self.reader.read(raw)
                self._require_listed(ballot)
            except ProtocolError as fault:
                found[number] = CheckedBallot(tracker(raw), fault)
            else:
                readable.append((number, ballot))
        for number, checked in self._with_points(readable):
            found[number] = checked
        self.pool.clear()
        return [one for one in found if one is not None]

    def _require_listed(self, ballot: Ballot) -> None:
        weight = self.roll.weight(ballot.credential)
        if weight is None:
            raise ProtocolError(
                "the ballot is signed with a credential that is not on the list", check="ballot.credential"
            )
        if self.election.rankings and weight != 1:
            raise ProtocolError("a ranking cannot be cast with a weight other than one", check="ballot.credential")

    def _with_points(self, readable: Sequence[tuple[int, Ballot]]) -> list[tuple[int, CheckedBallot]]:
        """Read all points at once, then check all proofs at once."""
        texts = [[ballot.credential, *ballot_points(ballot, self.election)] for _, ballot in readable]
        elements = iter(self.pool.read([text for row in texts for text in row]))
        checked: list[tuple[int, CheckedBallot]] = []
        good: list[tuple[int, Ballot, Sequence[Element]]] = []
        for (number, ballot), row in zip(readable, texts, strict=True):
            read = [next(elements) for _ in row]
            points = [element for element in read if element is not None]
            if len(points) < len(row) or self._has_identity(points):
                fault = ProtocolError("a point of the ballot is not one that may stand there", check="ballot.points")
                checked.append((number, CheckedBallot(tracker(ballot.raw), fault, ballot.credential)))
            else:
                good.append((number, ballot, points))
        checks = [
            ballot_checks(self.pool, ballot, self.election, y=self._y, credential=points[0], points=points[1:])
            for _, ballot, points in good
        ]
        verdicts = iter(proofs.run(self.pool, [check for row in checks for check in row]))
        packed = self._packed([points for _, _, points in good])
        for (number, ballot, _), asked, rankings in zip(good, checks, packed, strict=True):
            signature, *others = [next(verdicts) for _ in asked]
            verdict = self._verdict(signature, all(others))
            alphas = self.marker.marks(ballot_alphas(ballot))
            checked.append((number, CheckedBallot(tracker(ballot.raw), verdict, ballot.credential, rankings, alphas)))
        return checked

    def _packed(self, rows: Sequence[Sequence[Element]]) -> list[bytes]:
        """The rankings of each ballot, packed; all in one call of the pool."""
        places = [place for start in self._ranked for place in (start, start + 1)]
        if not places:
            return [b""] * len(rows)
        packed = self.pool.pack([row[place] for row in rows for place in places])
        step = len(packed) // len(rows) if rows else 1
        return [packed[start : start + step] for start in range(0, len(packed), step)]

    def _has_identity(self, points: Sequence[Element]) -> bool:
        """Whether a point is the identity that may not be: an alpha would leave the vote in clear."""
        return any(self.pool.is_identity(points[place]) for place in (0, *self._alphas))

    def _verdict(self, signed: bool, proven: bool) -> ProtocolError | None:
        if not signed:
            return ProtocolError("the ballot's signature is not of its credential", check="ballot.signature")
        if not proven:
            return ProtocolError("a proof of the ballot does not hold", check="ballot.proofs")
        return None


def _places(election: Election) -> tuple[list[int], list[int]]:
    """Where in a ballot's points (the credential first) the alphas stand, and those of rankings among them."""
    alphas: list[int] = []
    ranked: list[int] = []
    place = 1
    for question in election.questions:
        if isinstance(question, RankingQuestion):
            ranked.append(place)
        for _ in range(width(question)):
            alphas.append(place)
            place += 2
        if isinstance(question, ListsQuestion):
            place += 1
    return alphas, ranked
