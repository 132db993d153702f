"""Rules on a result: who must be, and who cannot be, elected; against every result there could be."""

from __future__ import annotations

import itertools
import random

import pytest

from selectorate.ballots import profile_of
from selectorate.count.constraints import Constraints, Group
from selectorate.count.lot import Lot
from selectorate.count.registry import METHODS, Options
from selectorate.errors import CountError

STV = ("scottish", "wigm", "wigm-exact", "ers97", "northern-ireland", "meek-1987", "meek-nz", "meek-prf")


def brute_force(rules: Constraints, elected: list[int], continuing: list[int], seats: int) -> tuple[set[int], set[int]]:
    """Who is in every, and who in no, result that keeps the rules."""
    results = [
        {*elected, *more}
        for more in itertools.combinations(continuing, min(seats, len(elected) + len(continuing)) - len(elected))
        if rules.kept_by({*elected, *more})
    ]
    if not results:
        raise CountError("none")
    return set.intersection(*results) & set(continuing), set(continuing) - set.union(*results)


@pytest.mark.parametrize("seed", range(120))
def test_guard_and_doom_are_what_all_results_say(seed: int) -> None:
    rng = random.Random(seed)
    people = list(range(1, rng.randint(3, 9) + 1))
    seats = rng.randint(1, len(people))
    groups = []
    for number in range(rng.randint(1, 3)):
        members = frozenset(rng.sample(people, rng.randint(1, len(people))))
        least = rng.randint(0, 2)
        groups.append(Group(f"g{number}", members, least, rng.choice([None, rng.randint(least, 4)])))
    rules = Constraints(tuple(groups))
    elected = rng.sample(people, rng.randint(0, seats))
    continuing = [who for who in people if who not in elected and rng.random() < 0.9]
    try:
        guarded, doomed = brute_force(rules, elected, continuing, seats)
    except CountError:
        with pytest.raises(CountError, match="no result"):
            rules.verdict(elected, continuing, seats)
        assert not rules.possible(elected, continuing, seats)
        return
    verdict = rules.verdict(elected, continuing, seats)
    assert (set(verdict.guarded), set(verdict.doomed)) == (guarded, doomed)


def test_hills_example() -> None:
    """Voting matters 9 and 13: 7 English, 6 Scottish and 1 Welsh, 7 men and 7 women, two Scottish women left."""
    kinds = ["EM"] * 6 + ["EW"] * 6 + ["SM"] * 6 + ["SW"] * 2 + ["WM"] * 2 + ["WW"] * 2
    people = list(range(1, len(kinds) + 1))

    def group(name: str, letter: str, number: int) -> Group:
        members = frozenset(who for who in people if letter in kinds[who - 1])
        return Group(name, members, number, number)

    rules = Constraints(
        (
            group("English", "E", 7),
            group("Scottish", "S", 6),
            Group("Welsh", frozenset(who for who in people if kinds[who - 1][0] == "W"), 1, 1),
            Group("men", frozenset(who for who in people if kinds[who - 1][1] == "M"), 7, 7),
            Group("women", frozenset(who for who in people if kinds[who - 1][1] == "W"), 7, 7),
        )
    )
    english_men = [who for who in people if kinds[who - 1] == "EM"]
    scottish_women = [who for who in people if kinds[who - 1] == "SW"]
    # Three English men elected: at least four Scottish men have to be, so exactly four, and both women.
    left = [who for who in people if who not in english_men[:3]]
    verdict = rules.verdict(english_men[:3], left, 14)
    assert set(scottish_women) <= verdict.guarded
    assert set(english_men[3:]) <= verdict.doomed


def test_too_few_of_a_group_is_said_before_the_count() -> None:
    rules = Constraints((Group("women", frozenset({1}), least=2),))
    for method in STV:
        with pytest.raises(CountError, match="at least 2 of women"):
            METHODS[method].run(profile_of("ABC", [(5, (1,)), (4, (2,))]), 2, Options(result=rules, lot=Lot("x")))


def test_two_at_the_quota_and_one_place_for_their_group() -> None:
    profile = profile_of("ABCD", [(40, (1,)), (35, (2, 3)), (15, (3,)), (10, (4,))])
    rules = Constraints((Group("north", frozenset({1, 2}), most=1),))
    for method in STV:
        done = METHODS[method].run(profile, 2, Options(result=rules, lot=Lot("x")))
        assert sorted(done.elected) == [1, 3], method
        assert any("most 1 of north" in said for shown in done.rounds for said in shown.say), method


@pytest.mark.parametrize("method", STV)
@pytest.mark.parametrize("seed", range(15))
def test_results_keep_the_rules(method: str, seed: int) -> None:
    rng = random.Random(seed)
    people = list(range(1, 9))
    seats = rng.randint(2, 5)
    women = frozenset(rng.sample(people, 4))
    young = frozenset(rng.sample(people, 4))
    rules = Constraints((Group("women", women, seats // 2), Group("young", young, 1, 2)))
    if not rules.possible([], people, seats):
        return
    papers = [(rng.randint(1, 40), rng.sample(people, rng.randint(1, 8))) for _ in range(30)]
    done = METHODS[method].run(profile_of([str(p) for p in people], papers), seats, Options(result=rules, lot=Lot("x")))
    assert len(done.elected) == seats
    assert rules.kept_by(done.elected)
