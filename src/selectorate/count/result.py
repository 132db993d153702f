"""What a count of ballots gives: every round with its totals, what moved, and why; the same value for every method.

Candidates are numbers from 1, as in the profile. Votes are exact: whole numbers, or fractions where papers are
transferred at less than full value; ``decimals`` says to how many places the rules count.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Literal, Protocol

from ..ballots import Rankings
from .lot import Lot
from .segments import Segment

EXHAUSTED = 0
"""Where a paper goes that ranks nobody who is still in the count."""


TieFor = Literal["surplus", "exclusion", "election", "staying"]
"""What a tie is for: whose surplus comes first, who goes out, who is elected, who stays in where all but two go out."""


@dataclass(frozen=True)
class TieBreak:
    """A tie and what broke it.

    ``between``: the candidates. ``chosen``: who was taken out of it, for ``what``. ``how``: the rule, in words.
    ``lot``: the order that was drawn, where a lot decided, and ``draw`` what it was drawn from.
    """

    between: tuple[int, ...]
    chosen: int
    what: TieFor
    how: str
    lot: tuple[int, ...] = ()
    draw: Lot | None = None


@dataclass(frozen=True)
class Moved:
    """Papers that moved in a round, out of one hand, at one value.

    ``by``: candidate to votes received (``EXHAUSTED`` for those that rank nobody further); ``papers``: the same in
    numbers of papers.
    """

    source: int
    value: Fraction
    by: Mapping[int, Fraction]
    papers: Mapping[int, int]


@dataclass(frozen=True)
class CountRound:
    """One round (a "stage" in the literature of the single transferable vote).

    ``action``: what was done: "first preferences", "surplus", "exclusion", "declaration" (places filled without a
    further transfer). ``of``: whose surplus, or who was excluded. ``totals``: after it, by candidate; those who left
    the count have 0. ``exhausted``, ``lost``: votes not transferable, and lost to cutting, up to it; with the totals
    they add up to the valid votes. ``why``: the exhausted votes by the reason why their papers ended. ``elected``,
    ``excluded``: in this round, in order. ``say``: what happened, by which clause, in sentences.
    """

    number: int
    action: Literal["first preferences", "surplus", "exclusion", "iteration", "declaration"]
    of: tuple[int, ...]
    totals: Mapping[int, Fraction]
    exhausted: Fraction
    lost: Fraction
    quota: Fraction | None
    moved: tuple[Moved, ...] = field(default=(), repr=False)
    elected: tuple[int, ...] = ()
    excluded: tuple[int, ...] = ()
    ties: tuple[TieBreak, ...] = ()
    say: tuple[str, ...] = ()
    why: Mapping[str, Fraction] = field(default_factory=dict, repr=False)


@dataclass(frozen=True)
class Count:
    """A whole count.

    ``elected``: in the order of their election. ``valid``: the votes that were counted; ``blank``, ``spoilt``: ballots
    that were not. ``tied``: between whom the rules and the draws given do not decide: the count stopped there, after
    the last of ``rounds``; ``tied_for``: what was to be decided. ``spoilt_by``: the spoilt ballots by reason.
    ``segments``: how the ballots of each part stood, where they come from several; ``disclosure``: what is to be known
    of them before they are published. ``reopened``: places that "re-open nominations" (or the default option) won, and
    that stay empty. ``say``: what holds of the whole count.
    """

    method: str
    seats: int
    candidates: tuple[str, ...]
    rounds: tuple[CountRound, ...]
    elected: tuple[int, ...]
    valid: int
    blank: int
    spoilt: int
    decimals: int | None
    met: Mapping[str, int] = field(default_factory=dict)
    tied: tuple[int, ...] = ()
    tied_for: TieFor | None = None
    spoilt_by: Mapping[str, int] = field(default_factory=dict)
    reopened: int = 0
    segments: tuple[Segment, ...] = ()
    say: tuple[str, ...] = ()
    disclosure: str = ""

    def name(self, candidate: int) -> str:
        """The name of a candidate by number."""
        return self.candidates[candidate - 1]


class Run(Protocol):
    """A count that has come to its end, or to a tie that nothing breaks."""

    rounds: list[CountRound]
    tied: tuple[int, ...]
    tied_for: TieFor | None


def count_of(
    run: Run,
    elected: Sequence[int],
    papers: Rankings,
    names: Sequence[str],
    seats: int,
    *,
    method: str,
    decimals: int | None,
    segments: tuple[Segment, ...] = (),
) -> Count:
    """What ``run`` has come to with the rankings ``papers``, as a whole count."""
    return Count(
        method=method,
        seats=seats,
        candidates=tuple(names),
        rounds=tuple(run.rounds),
        elected=tuple(elected),
        valid=papers.valid,
        blank=papers.blank,
        spoilt=papers.spoilt,
        decimals=decimals,
        met=papers.met,
        tied=run.tied,
        tied_for=run.tied_for,
        segments=segments,
        spoilt_by={end.name.lower(): number for end, number in papers.spoilt_by.items()},
    )
