"""What must not stand in a box twice: half a million ballots, each with any number of ciphertexts, in bounded memory.

The same ballot twice is a replay: only the voter can sign, but anybody could put an older ballot behind a newer one. An
``alpha`` (g to the power of the randomness) that two voters share means that the randomness of both is known to
whoever gave it to them. One voter may use an ``alpha`` again in a ballot that is signed anew: the protocol allows it.

Of each tracker and each ``alpha`` only eight bytes are kept while ballots are read: a hash under a key that who wrote
the box does not know. Where two are the same, which is hardly ever, the ballots are read again and compared exactly.
"""

from __future__ import annotations

import hashlib
import secrets
from array import array
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from .ballots import Ballot, ballot_alphas, tracker
from .elections import Election, width

__all__ = ["Marker", "Marks", "Repeated", "repeated"]

PARTS = 16
"""Parts in which marks are sorted, so that sorting takes a fraction of the memory that the marks take."""


class Marker:
    """Makes marks: 64 bits of a keyed hash, never 0. ``key``: random, so that nobody can make two that are the same."""

    def __init__(self) -> None:
        self._key = secrets.token_bytes(32)

    def mark(self, text: str) -> int:
        """The mark of a tracker or an element."""
        digest = hashlib.blake2b(text.encode("utf-8"), digest_size=8, key=self._key).digest()
        return int.from_bytes(digest, "little") or 1

    def marks(self, texts: Iterable[str]) -> array[int]:
        """The marks of many."""
        return array("Q", map(self.mark, texts))


class Marks:
    """The marks of all ballots of ``election``, in the order of the ballots: of each its tracker, then its alphas."""

    def __init__(self, election: Election) -> None:
        self.marker = Marker()
        self._each = 1 + sum(map(width, election.questions))
        self._marks = array("Q")

    def add(self, of_tracker: str, alphas: array[int] | None) -> None:
        """Take in the next ballot. ``alphas``: the marks of its alphas; None if it could not be read."""
        self._marks.append(self.marker.mark(of_tracker))
        self._marks.extend(array("Q", bytes(8 * (self._each - 1))) if alphas is None else alphas)

    def alike(self) -> tuple[frozenset[int], frozenset[int]]:
        """The numbers of the ballots, from 0, that have a mark which is there twice; and those marks."""
        marks = np.frombuffer(self._marks, dtype=np.uint64)
        ballots: set[int] = set()
        twice: set[int] = set()
        bounds = [part * (2**64 // PARTS) for part in range(PARTS)]
        for low, high in zip(bounds, [*(bound - 1 for bound in bounds[1:]), 2**64 - 1], strict=True):
            within = (marks >= np.uint64(max(low, 1))) & (marks <= np.uint64(high))
            chosen = np.sort(marks[within])
            same = np.unique(chosen[1:][chosen[1:] == chosen[:-1]])
            if len(same):
                places = np.flatnonzero(within)
                ballots.update((places[np.isin(marks[places], same)] // self._each).tolist())
                twice.update(same.tolist())
        return frozenset(ballots), frozenset(twice)


@dataclass(frozen=True)
class Repeated:
    """What a ballot repeats. ``number``: the ballot's, from 0; ``why``: what is wrong with that, or None if nothing."""

    number: int
    why: str | None


def repeated(
    ballots: Iterable[tuple[int, Ballot | bytes]], twice: frozenset[int], marker: Marker
) -> Iterator[Repeated]:
    """What each of ``ballots`` repeats of those before it, compared exactly.

    ``ballots``: those of `Marks.alike`, in order, by number; as bytes if they cannot be read.
    ``twice``: the marks that are there more than once.
    """
    trackers: set[str] = set()
    owners: dict[str, str] = {}
    for number, ballot in ballots:
        raw = ballot.raw if isinstance(ballot, Ballot) else ballot
        of_tracker = tracker(raw)
        if of_tracker in trackers:
            yield Repeated(number, "the ballot stands in the box twice")
            continue
        trackers.add(of_tracker)
        if not isinstance(ballot, Ballot):
            continue
        alphas = [alpha for alpha in ballot_alphas(ballot) if marker.mark(alpha) in twice]
        before = [owners[alpha] for alpha in alphas if alpha in owners]
        if any(owner != ballot.credential for owner in before):
            yield Repeated(number, "the ballot was made with the same randomness as that of another voter")
        elif before or len(set(alphas)) < len(alphas):
            yield Repeated(number, None)
        for alpha in alphas:
            owners.setdefault(alpha, ballot.credential)
