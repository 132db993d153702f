"""How the ballots of each part (ward, segment) stood in every round of the overall count.

The parts are counted together: who goes in or out is decided by all ballots. A part's papers are only followed. Its
votes with an elected candidate are those that its papers left there when a surplus went on; what is lost to cutting
stays with the candidate from whom it was lost, because no paper alone loses it. So a part's votes add up to its valid
ballots in every round, and those of all parts to the overall votes and what was lost.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from ..ballots.marks import Rankings
from .piles import Piles


@dataclass(frozen=True)
class SegmentRound:
    """A part after a round, by candidate (``EXHAUSTED``: with nobody): its papers, and its votes."""

    papers: Mapping[int, int]
    votes: Mapping[int, Fraction]


@dataclass(frozen=True)
class Segment:
    """A part: its name, its valid ballots, and how they stood after each round of the overall count."""

    name: str
    valid: int
    rounds: tuple[SegmentRound, ...] = field(repr=False)


class Follower:
    """Follows the papers of a count that moves them between piles. ``note`` is called once after each round."""

    def __init__(self, papers: Rankings, scale: int) -> None:
        assert papers.parts is not None
        self.parts, self.names, self.scale = papers.parts.astype(np.int64), papers.part_names, scale
        self.number = papers.number
        self.holder: NDArray[np.int64] = np.zeros(papers.papers.shape[0], dtype=np.int64)
        self.value: NDArray[np.int64] = np.zeros(papers.papers.shape[0], dtype=np.int64)
        self.kept: list[dict[int, int | Fraction]] = [{} for _ in self.names]
        self.rounds: list[list[SegmentRound]] = [[] for _ in self.names]

    def note(self, piles: Piles) -> None:
        """Note where the papers lie now, and what those that moved left behind."""
        holder = np.zeros_like(self.holder)
        for who in range(len(piles.hands)):
            holder[piles.hand(who)] = who
        value = piles.value.astype(np.int64)
        changed = np.flatnonzero(value != self.value)
        for (part, who, old, new), number in self._sums(changed, self.holder, self.value, value).items():
            left = (piles.values[old] - piles.values[new]) * number
            self.kept[part][who] = self.kept[part].get(who, 0) + left
        self.holder, self.value = holder, value
        papers: list[dict[int, int]] = [{} for _ in self.names]
        votes: list[dict[int, int | Fraction]] = [dict(kept) for kept in self.kept]
        for (part, who, index), number in self._sums(np.arange(holder.size), holder, value).items():
            papers[part][who] = papers[part].get(who, 0) + number
            votes[part][who] = votes[part].get(who, 0) + piles.values[index] * number
        for part, rounds in enumerate(self.rounds):
            plain = {who: Fraction(amount) / self.scale for who, amount in sorted(votes[part].items())}
            rounds.append(SegmentRound(dict(sorted(papers[part].items())), plain))

    def _sums(self, rows: NDArray[np.int64], *columns: NDArray[np.int64]) -> dict[tuple[int, ...], int]:
        """Papers of ``rows``, added up by their part and what they have in ``columns``."""
        if not rows.size:
            return {}
        keys = np.stack([self.parts[rows], *(column[rows] for column in columns)])
        kinds, inverse = np.unique(keys, axis=1, return_inverse=True)
        sums = np.zeros(kinds.shape[1], dtype=np.int64)
        np.add.at(sums, inverse.reshape(-1), self.number[rows])
        return {tuple(kind): total for kind, total in zip(kinds.T.tolist(), sums.tolist(), strict=True)}

    def segments(self) -> tuple[Segment, ...]:
        """What was noted."""
        return segments_of(self.names, self.rounds)


def segments_of(names: Sequence[str], rounds: Sequence[Sequence[SegmentRound]]) -> tuple[Segment, ...]:
    """The parts by their names, each with its rounds; its valid ballots are all those of the first round."""
    return tuple(
        Segment(name, sum(own[0].papers.values()) if own else 0, tuple(own))
        for name, own in zip(names, rounds, strict=True)
    )
