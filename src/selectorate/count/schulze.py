"""Schulze's method: every pair of options compared, and the strength of the strongest chain from one to another.

The rules that share these steps are data (``SchulzeRule``). Debian's are ``DEBIAN``: Constitution for the Debian
Project, appendix A.6 "Vote Counting" (A.5 since version 1.8), with its default option, quorum and majority.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from ..ballots import SKIPPED, Profile
from ..errors import CountError
from .result import Count, CountRound, TieBreak
from .ties import Ties

Strength = tuple[int, int]
"""How strong a defeat is: the greater tuple is the stronger."""
Pairs = Mapping[tuple[int, int], int]
"""How many ballots put one option above another, by (one, other)."""


@dataclass(frozen=True)
class SchulzeRule:
    """What differs between counts by this method.

    ``strength``: of a defeat: the "winning votes", and of equal ones that with fewer against it is the stronger; or the
    "margins" between both. ``unranked``: options that a ballot does not rank stand "last", below all others and level
    with each other, or are "not compared" with anything on it. ``default``: whether there is a default option, that
    every other must defeat to be considered. ``cites``: the clause for each step, for sentences.
    """

    name: str
    strength: Literal["winning votes", "margins"] = "winning votes"
    unranked: Literal["last", "not compared"] = "last"
    default: bool = False
    cites: tuple[tuple[str, str], ...] = ()

    def cite(self, step: str) -> str:
        """The clause that ``step`` follows, in brackets; nothing where none is given."""
        clause = dict(self.cites).get(step)
        return f" ({clause})" if clause else ""


DEBIAN = SchulzeRule(
    "debian",
    default=True,
    cites=(
        ("quorum", "A.6.2"),
        ("majority", "A.6.3"),
        ("defeats", "A.6.4"),
        ("chains", "A.6.5 to A.6.7"),
        ("winner", "A.6.8"),
    ),
)
SCHULZE = SchulzeRule("schulze")
MARGINS = SchulzeRule("schulze-margins", strength="margins")
COMPARED = SchulzeRule("schulze-not-compared", unranked="not compared")


@dataclass(frozen=True)
class PairwiseCount(Count):
    """A count of pairs.

    ``pairs``: how many ballots put one option above another. ``dropped``: options that were not considered.
    ``winners``: who is not beaten; with more than one, ``elected`` is who the tie-break chose, or nobody.
    """

    pairs: Pairs = field(default_factory=dict, repr=False)
    dropped: tuple[int, ...] = ()
    winners: tuple[int, ...] = ()


# -- comparing --------------------------------------------------------------------------------------------------------

_CHUNK = 1 << 18
"""Papers that are compared at once: keeps the memory of a large profile small."""


def compare(profile: Profile, unranked: Literal["last", "not compared"] = "last") -> dict[tuple[int, int], int]:
    """How many ballots put one option above another, for every pair of those that have not withdrawn.

    The first mark of an option on a paper is the one that counts. Raises InputError for ballots with decimal weights.
    """
    profile.require_whole_ballots()
    size = len(profile.candidates)
    standing = [number for number, option in enumerate(profile.candidates, 1) if not option.withdrawn]
    votes = {(one, other): 0 for one in standing for other in standing if one != other}
    # Most papers of a large profile are like no other: those are only counted, which is ten times as fast as adding.
    single = profile.number == 1
    for papers, number in (
        (profile.papers[single], None),
        (profile.papers[~single], profile.number[~single]),
    ):
        for start in range(0, papers.shape[0], _CHUNK):
            rank, none = _ranks(papers[start : start + _CHUNK], profile.sets, size)
            some = None if number is None else number[start : start + _CHUNK]
            ranked = [rank[who] < none for who in range(size + 1)] if unranked == "not compared" else []
            for one, other in votes:
                above = rank[one] < rank[other]
                if ranked:
                    above &= ranked[other]
                votes[one, other] += int(np.count_nonzero(above)) if some is None else int(some[above].sum())
    return votes


def _ranks(papers: NDArray[np.int16], sets: Sequence[Sequence[int]], size: int) -> tuple[NDArray[np.int16], int]:
    """The rank of every option (a row each, row 0 unused) on every paper, and the rank that means none."""
    rows, width = papers.shape
    none = width + 1
    rank = np.full((size + 1, rows), none, dtype=np.int16)
    for column in reversed(range(width)):  # from the last: the first mark is written over later ones
        marks = papers[:, column].astype(np.int64)
        single = np.flatnonzero(marks > 0)
        rank[marks[single], single] = column
        over = np.flatnonzero(marks < SKIPPED)
        if over.size:
            codes = -2 - marks[over]
            for code in np.unique(codes).tolist():
                here = over[codes == code]
                for who in sets[code]:
                    rank[who, here] = column
    return rank, none


def strengths(pairs: Pairs, options: Iterable[int], strength: str) -> dict[tuple[int, int], Strength]:
    """The defeats among ``options``, each with how strong it is."""
    people = list(options)
    found: dict[tuple[int, int], Strength] = {}
    for one in people:
        for other in people:
            if one != other and pairs[one, other] > pairs[other, one]:
                for_, against = pairs[one, other], pairs[other, one]
                found[one, other] = (for_ - against, 0) if strength == "margins" else (for_, -against)
    return found


def strongest_chains(
    defeats: Mapping[tuple[int, int], Strength], options: Iterable[int]
) -> dict[tuple[int, int], Strength]:
    """The strength of the strongest chain of defeats from one option to another: that of its weakest link.

    Where there is no chain the pair is not in it. (Floyd and Warshall's algorithm, on the greatest of the least.)
    """
    people = list(options)
    best = dict(defeats)
    for middle in people:
        for one in people:
            if (one, middle) not in best:
                continue
            for other in people:
                if other == one or (middle, other) not in best:
                    continue
                chain = min(best[one, middle], best[middle, other])
                if (one, other) not in best or best[one, other] < chain:
                    best[one, other] = chain
    return best


def unbeaten(chains: Mapping[tuple[int, int], Strength], options: Iterable[int]) -> list[int]:
    """Those to whom nobody has a stronger chain than they have back."""
    people = list(options)
    weakest: Strength = (-1, 0)  # no chain at all is weaker than any
    return [
        one
        for one in people
        if all(
            chains.get((one, other), weakest) >= chains.get((other, one), weakest) for other in people if other != one
        )
    ]


# -- the count --------------------------------------------------------------------------------------------------------


def count_schulze(
    profile: Profile,
    rule: SchulzeRule = SCHULZE,
    ties: Ties | None = None,
    *,
    default: int | None = None,
    quorum: int = 0,
    majorities: Mapping[int, Fraction] | None = None,
) -> PairwiseCount:
    """The count of ``profile`` under ``rule``.

    ``default``: the default option, for a rule that has one (None: the last on the paper). ``quorum``: how many must
    put an option above the default one. ``majorities``: the majority ratio of an option that needs more than 1.
    ``ties``: who chooses between several winners (None: nobody, and they are ``tied``). Raises CountError if there is
    nobody to elect.
    """
    names = tuple(option.name for option in profile.candidates)
    standing = [number for number, option in enumerate(profile.candidates, 1) if not option.withdrawn]
    if not standing:
        raise CountError("there is no candidate")
    pairs = compare(profile, rule.unranked)
    say: list[str] = []
    dropped: list[int] = []
    if rule.default:
        default = standing[-1] if default is None else default
        if default not in standing:
            raise CountError("the default option is not on the paper")
        dropped = _dropped(pairs, standing, default, rule, quorum, majorities or {}, names, say)
    considered = [who for who in standing if who not in dropped]
    defeats = strengths(pairs, considered, rule.strength)
    winners = unbeaten(strongest_chains(defeats, considered), considered)
    say += _explained(pairs, considered, defeats, winners, names, rule)
    broken = ties.find(winners, "election", (), names) if ties is not None and len(winners) > 1 else None
    if broken is not None:
        say.append(f"{names[broken.chosen - 1]} is chosen among them {broken.how}{rule.cite('winner')}.")
    tied = tuple(winners) if len(winners) > 1 and broken is None else ()
    winner = winners[0] if broken is None else broken.chosen
    empty = not tied and rule.default and winner == default
    if empty:
        say.append(f"{names[winner - 1]}, the default option, wins: nobody is elected.")
    note = _only_round(() if tied or empty else (winner,), dropped, broken, say)
    return PairwiseCount(
        method=rule.name,
        seats=1,
        candidates=names,
        rounds=(note,),
        elected=note.elected,
        valid=profile.total - profile.blank,
        blank=profile.blank,
        spoilt=0,
        decimals=0,
        tied=tied,
        tied_for="election" if tied else None,
        reopened=int(empty),
        pairs=pairs,
        dropped=tuple(dropped),
        winners=tuple(winners),
    )


def _only_round(
    elected: tuple[int, ...], dropped: Sequence[int], broken: TieBreak | None, say: Sequence[str]
) -> CountRound:
    """The one round of a count of pairs: nobody has votes in it, and nothing moves."""
    return CountRound(
        number=1,
        action="declaration",
        of=(),
        totals={},
        exhausted=Fraction(0),
        lost=Fraction(0),
        quota=None,
        elected=elected,
        excluded=tuple(dropped),
        ties=() if broken is None else (broken,),
        say=tuple(say),
    )


def _dropped(
    pairs: Pairs,
    standing: Sequence[int],
    default: int,
    rule: SchulzeRule,
    quorum: int,
    majorities: Mapping[int, Fraction],
    names: Sequence[str],
    say: list[str],
) -> list[int]:
    """The options that do not defeat the default one as they must; why, is added to ``say``."""
    dropped = []
    for who in standing:
        if who == default:
            continue
        above, below = pairs[who, default], pairs[default, who]
        versus = f"{names[who - 1]} is put above {names[default - 1]} by {above:,}, below by {below:,}"
        ratio = majorities.get(who, Fraction(1))
        if above < quorum:
            dropped.append(who)
            say.append(f"{versus}: the quorum of {quorum:,} is not reached, dropped{rule.cite('quorum')}.")
        elif above <= below or above < ratio * below:
            dropped.append(who)
            say.append(f"{versus}: no majority{_ratio(ratio)}, dropped{rule.cite('majority')}.")
        else:
            say.append(f"{versus}: a majority{_ratio(ratio)}{rule.cite('majority')}.")
    return dropped


def _ratio(ratio: Fraction) -> str:
    return "" if ratio == 1 else f" of {ratio.numerator} to {ratio.denominator}"


def _explained(
    pairs: Pairs,
    considered: Sequence[int],
    defeats: Mapping[tuple[int, int], Strength],
    winners: Sequence[int],
    names: Sequence[str],
    rule: SchulzeRule,
) -> list[str]:
    """Sentences on the pairs of those who won, and on why they did."""
    say = []
    for who in winners:
        for other in considered:
            if other == who or (other in winners and other < who):
                continue
            one, two = (who, other) if pairs[who, other] >= pairs[other, who] else (other, who)
            verb = "defeats" if (one, two) in defeats else "is level with"
            clause = rule.cite("defeats")
            say.append(f"{names[one - 1]} {verb} {names[two - 1]}, {pairs[one, two]:,} to {pairs[two, one]:,}{clause}.")
    listed = ", ".join(names[who - 1] for who in winners)
    if len(winners) > 1:
        say.append(f"Nobody has a stronger chain of defeats to {listed}: tied{rule.cite('winner')}.")
    elif all((winners[0], other) in defeats for other in considered if other != winners[0]):
        say.append(f"{listed} defeats every other option: the winner{rule.cite('winner')}.")
    else:
        say.append(
            f"{listed} has a chain of defeats to every option that is as strong as the one back: the winner"
            f"{rule.cite('chains')}."
        )
    return say
