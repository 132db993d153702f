"""Ballots that are counted by a method of their own (``rules.BY_METHOD``): the count, as rounds of a ballot.

The method says who is elected and who goes out, and why; nothing of it is decided again here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction

import numpy as np

from ..ballots import Option, Profile, in_parts
from ..count import Standing
from ..count.constraints import Constraints
from ..count.lot import Lot
from ..count.registry import METHODS, Options
from ..count.result import Count, CountRound
from ..rules import BallotStage
from .cast import Cast, Casts, groups
from .model import REOPEN, TOTAL, BallotFigures, Contest, Round


@dataclass(frozen=True, eq=False)
class Counted:
    """A whole count, and who the candidates in it are, by their keys in the contest file."""

    count: Count = field(repr=False)
    people: tuple[str, ...]

    def keys(self, numbers: Sequence[int]) -> tuple[str, ...]:
        """The keys of candidates who are numbered from 1."""
        return tuple(self.people[number - 1] for number in numbers)

    def standing(self, item: CountRound) -> Standing:
        """Where everybody stands in a round who has not gone out in it or before."""
        gone = {who for other in self.count.rounds if other.number <= item.number for who in other.excluded}
        total = {self.people[who - 1]: votes for who, votes in item.totals.items() if who not in gone}
        return Standing("votes", total, Fraction(self.count.valid), sum(total.values(), Fraction(0)), {})


def count_by_method(
    contest: Contest, stage: BallotStage, ballot: BallotFigures, casts: Casts, people: Sequence[str]
) -> Counted:
    """The count of all ``casts`` together, between ``people``. Raises CountError if the method cannot count them."""
    gone = sorted({who for cast in casts.values() for who in cast.everybody} - set(people))
    profiles = {
        f"{section} {number}" if number else section: _between(part, people, gone, contest)
        for section, cast in casts.items()
        for number, part in enumerate(cast.parts)
    }
    together = in_parts(profiles).without_parts() if len(profiles) > 1 else next(iter(profiles.values()))
    options = Options(
        reopen=people.index(REOPEN) + 1 if REOPEN in people else None,
        result=Constraints(groups(stage.result_rules, contest, people)) if stage.result_rules else None,
        lot=Lot(ballot.lot.seed, ballot.lot.numbers) if ballot.lot else None,
    )
    places = stage.places if isinstance(stage.places, int) else 1
    return Counted(METHODS[stage.count].run(together, places, options), tuple(people))


def _between(cast: Cast, people: Sequence[str], gone: Sequence[str], contest: Contest) -> Profile:
    """The ballots of ``cast`` between ``people``, by their full names; those who are ``gone`` come after, withdrawn."""
    everybody = [*people, *gone]
    options = tuple(
        Option(
            contest.candidates[who].name if who in contest.candidates else "Re-open nominations", withdrawn=who in gone
        )
        for who in everybody
    )
    number = np.array([0, *(everybody.index(who) + 1 for who in cast.people)], dtype=np.int16)
    papers = cast.profile.papers
    moved = np.where(papers > 0, number[np.maximum(papers, 0)], papers)
    sets = tuple(tuple(sorted(int(number[who]) for who in group)) for group in cast.profile.sets)
    return replace(cast.profile, candidates=options, papers=moved, sets=sets)


def rounds_of(counted: Counted, casts: Casts) -> tuple[Round, ...]:
    """The rounds of a count as figures: whole votes where all are whole; in the first, those of each section.

    Who is excluded in a round goes out after the one before, as everywhere else in a contest.
    """
    rounds = []
    for index, item in enumerate(counted.count.rounds):
        total = counted.standing(item).total
        votes: dict[str, Mapping[str, int]] = {}
        if all(value.denominator == 1 for value in total.values()):
            votes[TOTAL] = {who: int(value) for who, value in total.items()}
        if index == 0 and TOTAL not in casts:
            votes = {section: cast.votes(counted.people)[0] for section, cast in casts.items()}
        later = counted.count.rounds[index + 1].excluded if index + 1 < len(counted.count.rounds) else ()
        rounds.append(
            Round.model_construct(
                **{
                    **Round().model_dump(),
                    "votes": votes,
                    "out": counted.keys(later),
                    "elected": counted.keys(item.elected),
                    "exhausted": int(item.exhausted) if item.exhausted.denominator == 1 else None,
                }
            )
        )
    return tuple(rounds)
