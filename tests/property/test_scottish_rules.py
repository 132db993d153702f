"""Scotland's rules, clause by clause, one paper in the hand at a time, beside the quick count.

The clauses are those of the Scottish Local Government Elections Order 2007 (SSI 2007/42), Schedule 1, rules 45 to 52,
and the definitions of its article 2; in the order of 2011 (SSI 2011/399) they are rules 46 to 53. Nothing here is taken
from ``selectorate.count``: votes are decimals that are credited and taken away parcel by parcel, papers are objects in
heaps, and a tie is looked up from stage to stage as the rule words it.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import ROUND_DOWN, Context, Decimal
from fractions import Fraction
from itertools import takewhile
from typing import Any

import pytest

from selectorate.ballots import Option, Profile, profile_of
from selectorate.count.registry import METHODS, Options
from selectorate.count.result import Count
from selectorate.count.ties import Ties

ONE, NONE = Decimal(1), Decimal(0)
EXACT = Context(prec=80, rounding=ROUND_DOWN)
"""A quotient is wrong by less than its eightieth digit, and never too large: cut to five decimals it is right."""

Marks = Sequence[int | tuple[int, ...] | None]
Papers = Sequence[tuple[int, Marks]]


@dataclass
class Paper:
    """A ballot paper: the preferences as they were given, and the value at which it was received."""

    preferences: Sequence[int]
    value: Decimal = ONE

    @classmethod
    def of(cls, marks: Marks) -> Paper:
        """Preferences stand "in consecutive order": none after a rank that nobody has, nor after one of several."""
        return cls(list(takewhile(lambda who: isinstance(who, int), marks)))  # type: ignore[arg-type]


@dataclass
class Stage:
    """A stage of the count, as article 2 defines it, and how the candidates stood at its end."""

    action: str
    of: int | None
    credited: dict[int, Decimal] = field(default_factory=dict)
    non_transferable: Decimal = NONE
    ignored: Decimal = NONE
    deemed_elected: set[int] = field(default_factory=set)
    parcels: dict[tuple[Decimal, int], int] = field(default_factory=dict)
    tied: set[int] = field(default_factory=set)
    by_lot: bool = False


class ByLotError(Exception):
    """Nobody has drawn the lot that the rules ask for."""


class TheRules:
    """A count by the order. ``lot``: the candidates as a lot, or an officer, has put them, best first; None: no lot."""

    def __init__(
        self, candidates: int, councillors: int, papers: Papers, withdrawn: set[int], lot: Sequence[int] | None
    ) -> None:
        self.listed = [who for who in range(1, candidates + 1) if who not in withdrawn]
        self.councillors, self.lot = councillors, lot
        self.held: dict[int, list[Paper]] = {who: [] for who in self.listed}
        self.credited = dict.fromkeys(self.listed, NONE)
        self.elected: list[int] = []
        self.excluded: list[int] = []
        self.non_transferable = self.ignored = NONE
        self.stages: list[Stage] = []
        self.stopped: tuple[set[int], str] | None = None
        self.papers = papers
        self.valid = 0
        self.quota = 0

    # Article 2.

    def continuing(self) -> list[int]:
        """Not deemed to be elected, and not excluded."""
        return [who for who in self.listed if who not in self.elected and who not in self.excluded]

    def next_available(self, paper: Paper) -> int | None:
        """The next preference for a continuing candidate, any for others being ignored.

        Whoever held the paper before is no continuing candidate any more, nor is anybody who was passed over.
        """
        continuing = self.continuing()
        for who in paper.preferences:
            if who in continuing:
                return who
        return None

    def surplus(self, who: int) -> Decimal:
        return max(NONE, self.credited[who] - self.quota)

    def vacancies(self) -> int:
        return self.councillors - len(self.elected)

    # Rules 45 to 47.

    def first_stage(self) -> None:
        for number, marks in self.papers:
            for _ in range(number):
                paper = Paper.of(marks)
                first = self.next_available(paper)
                if first is not None:
                    self.valid += 1
                    self.held[first].append(paper)
                    self.credited[first] += ONE
        self.quota = self.valid // (self.councillors + 1) + 1
        self.end_of(Stage("first preferences", None))

    def end_of(self, stage: Stage) -> None:
        """Rule 47 (1): who equals or exceeds the quota is deemed to be elected."""
        stage.credited = dict(self.credited)
        stage.non_transferable, stage.ignored = self.non_transferable, self.ignored
        stage.deemed_elected = {who for who in self.continuing() if self.credited[who] >= self.quota}
        self.elected += sorted(stage.deemed_elected)
        self.stages.append(stage)

    # Rules 48 and 49.

    def transfer_surplus(self) -> None:
        exceeding = [who for who in self.elected if self.surplus(who)]
        highest = max(self.surplus(who) for who in exceeding)
        stage = Stage("surplus", None)
        who = self.settled({who for who in exceeding if self.surplus(who) == highest}, stage, most=True)
        a_times, b = self.surplus(who), self.credited[who]
        sorted_by: dict[int | None, list[Paper]] = {}
        for paper in self.held[who]:
            sorted_by.setdefault(self.next_available(paper), []).append(paper)
        gone = NONE
        for to, parcel in sorted_by.items():
            for paper in parcel:
                value = EXACT.divide(EXACT.multiply(a_times, paper.value), b)
                paper.value = value.quantize(Decimal("0.00001"), rounding=ROUND_DOWN)
                gone += paper.value
                self.give(paper, to, stage)
        self.held[who] = []
        self.credited[who] -= a_times
        self.ignored += a_times - gone
        stage.of = who
        self.end_of(stage)

    def give(self, paper: Paper, to: int | None, stage: Stage) -> None:
        parcel = (paper.value, to or 0)
        stage.parcels[parcel] = stage.parcels.get(parcel, 0) + 1
        if to is None:
            self.non_transferable += paper.value
        else:
            self.held[to].append(paper)
            self.credited[to] += paper.value

    # Rules 50 and 51.

    def exclude(self) -> None:
        lowest = min(self.credited[who] for who in self.continuing())
        stage = Stage("exclusion", None)
        tied = {who for who in self.continuing() if self.credited[who] == lowest}
        who = self.settled(tied, stage, most=False)
        self.excluded.append(who)
        papers, self.held[who], self.credited[who] = self.held[who], [], NONE
        for paper in papers:
            self.give(paper, self.next_available(paper), stage)
        stage.of = who
        self.end_of(stage)

    def settled(self, tied: set[int], stage: Stage, *, most: bool) -> int:
        """The most recent stage at which they were unequal, then those who are still level; then the lot."""
        stage.tied = set(tied) if len(tied) > 1 else set()
        left = set(tied)
        for earlier in self.stages[::-1]:
            votes = {who: earlier.credited[who] for who in left}
            if len(set(votes.values())) > 1:
                edge = max(votes.values()) if most else min(votes.values())
                left = {who for who in left if votes[who] == edge}
        if len(left) == 1:
            return left.pop()
        if self.lot is None:
            self.stopped = (set(tied), "surplus" if most else "exclusion")
            raise ByLotError
        stage.by_lot = True
        return next(who for who in (self.lot if most else self.lot[::-1]) if who in left)

    # Rule 52.

    def last_vacancies(self) -> bool:
        """As many are continuing as there are vacancies (or fewer, which the order does not think of)."""
        if self.vacancies() and len(self.continuing()) <= self.vacancies():
            self.stages[-1].deemed_elected |= set(self.continuing())
            self.elected += self.continuing()
        return not self.vacancies() or not self.continuing()

    def count(self) -> TheRules:
        self.first_stage()
        try:
            while not self.last_vacancies():
                if any(self.surplus(who) for who in self.elected):
                    self.transfer_surplus()
                else:
                    self.exclude()
        except ByLotError:
            pass
        return self


def told_by_the_rules(rules: TheRules) -> list[tuple[object, ...]]:
    return [
        (
            stage.action,
            stage.of,
            {who: Fraction(votes) for who, votes in stage.credited.items()},
            Fraction(stage.non_transferable),
            Fraction(stage.ignored),
            stage.deemed_elected,
            {(Fraction(value), to): number for (value, to), number in stage.parcels.items()},
            stage.tied,
            stage.by_lot,
        )
        for stage in rules.stages
    ]


def told_by_the_count(count: Count) -> list[tuple[object, ...]]:
    found: list[tuple[object, ...]] = []
    for shown in count.rounds:
        parcels: dict[tuple[Fraction, int], int] = {}
        for moved in shown.moved:
            assert (moved.source,) == shown.of
            for to, number in moved.papers.items():
                assert moved.by[to] == moved.value * number
                parcels[moved.value, to] = parcels.get((moved.value, to), 0) + number
        assert len(shown.ties) <= 1
        found.append(
            (
                shown.action,
                shown.of[0] if shown.of else None,
                dict(shown.totals),
                shown.exhausted,
                shown.lost,
                set(shown.elected),
                parcels,
                {who for tie in shown.ties for who in tie.between},
                any(" the order that was given" in f" {tie.how}" for tie in shown.ties),
            )
        )
    return found


@dataclass(frozen=True)
class Ward:
    """A ward made up: ``papers`` as in a file of ballots."""

    candidates: int
    councillors: int
    papers: Papers
    withdrawn: frozenset[int]
    lot: tuple[int, ...]

    def profile(self) -> Profile:
        options = [Option(f"c{who}", withdrawn=who in self.withdrawn) for who in range(1, self.candidates + 1)]
        return profile_of(options, self.papers, seats=self.councillors)


def ward_of(seed: int) -> Ward:
    """A small ward, in which ties, candidates exactly on the quota, papers without a next preference and too few
    candidates are common."""
    rng = random.Random(seed)
    candidates = rng.randint(2, 8)
    councillors = rng.randint(1, 5 if rng.random() < 0.2 else min(5, candidates - 1))
    people = list(range(1, candidates + 1))
    leaning = rng.choice((0.0, 0.5, 1.5))  # how far the first names are liked better
    papers: list[tuple[int, list[Any]]] = []
    most = rng.choice((1, 2, 3, 12))
    for _ in range(rng.choice((1, 2, 4, 8, 16, 24, 32)) if rng.random() < 0.97 else 0):
        order = sorted(people, key=lambda who: rng.random() ** (1 + leaning * (candidates - who)))
        length = rng.choice((1, 2, 3, candidates, candidates)) if rng.random() < 0.95 else 0
        papers.append((rng.randint(1, most), order[:length]))
    if rng.random() < 0.3:  # the same again with two names exchanged: the two are level at every stage
        one, two = rng.sample(people, 2)
        swapped = {one: two, two: one}
        papers += [(number, [swapped.get(who, who) for who in order]) for number, order in papers]
    if rng.random() < 0.2:  # nearly level: one of the papers in other hands
        papers.append((1, rng.sample(people, candidates)))
    if rng.random() < 0.15:  # a rank left empty, one of two, or somebody a second time
        odd = rng.choice((None, tuple(rng.sample(people, 2)), rng.choice(people)))
        at = rng.randint(0, 2)
        papers = [
            (number, [*order[:at], odd, *order[at:]]) if rng.random() < 0.3 else (number, order)
            for number, order in papers
        ]
    withdrawn = frozenset(rng.sample(people, rng.randint(1, candidates - 1)) if rng.random() < 0.05 else ())
    return Ward(candidates, councillors, papers, withdrawn, tuple(rng.sample(people, candidates)))


def agree(ward: Ward) -> None:
    """Hold the count of a ward to the rules: with a lot, and as far as it goes without one."""
    for lot in (ward.lot, None):
        rules = TheRules(ward.candidates, ward.councillors, ward.papers, set(ward.withdrawn), lot).count()
        ties = Ties(("latest difference", "order"), order=ward.lot) if lot else None
        count = METHODS["scottish"].run(ward.profile(), ward.councillors, Options(ties=ties))
        assert count.valid == rules.valid
        assert {shown.quota for shown in count.rounds} == {rules.quota}
        assert told_by_the_count(count) == told_by_the_rules(rules)
        assert set(count.elected) == set(rules.elected)
        assert (set(count.tied), count.tied_for) == (rules.stopped or (set(), None))
        for shown in count.rounds:
            assert sum(shown.totals.values()) + shown.exhausted + shown.lost == count.valid


@pytest.mark.parametrize("start", range(0, 2000, 250))
def test_count_by_the_clauses(start: int) -> None:
    for seed in range(start, start + 250):
        ward = ward_of(seed)
        try:
            agree(ward)
        except AssertionError as error:
            raise AssertionError(f"seed {seed}: {ward}") from error
