"""RCTab's settings: what each of them does, and the random numbers of its Java library."""

from __future__ import annotations

from fractions import Fraction

import pytest

from selectorate.ballots import Option, Profile, profile_of
from selectorate.count.rctab import JavaRandom, RctabRules, count_rctab, java_hash, java_set_order
from selectorate.count.result import Count
from selectorate.errors import CountError

SETTINGS: dict[str, object] = {
    "tiebreakMode": "useCandidateOrder",
    "overvoteRule": "exhaustImmediately",
    "winnerElectionMode": "singleWinnerMajority",
    "numberOfWinners": "1",
    "decimalPlacesForVoteArithmetic": "4",
    "minimumVoteThreshold": "0",
    "maxSkippedRanksAllowed": "1",
    "maxRankingsAllowed": "max",
}


def rules(**more: object) -> RctabRules:
    return RctabRules.read({**SETTINGS, **more})


def ranked(names: str, papers: dict[str, int]) -> Profile:
    rows = [(number, [names.index(who) + 1 for who in paper]) for paper, number in papers.items()]
    return profile_of(list(names), rows)


def one(profile: Profile, **more: object) -> Count:
    (count,) = count_rctab(profile, rules(**more))
    return count


SEVEN = {"AB": 40, "BA": 25, "CB": 20, "DCB": 15}


# -- Java's random numbers --------------------------------------------------------------------------------------------


def test_the_random_numbers_are_javas() -> None:
    drawn = JavaRandom(42)  # nextInt(10): 0, 3, 8, 4
    assert [drawn.below(10) for _ in range(4)] == [0, 3, 8, 4]
    drawn = JavaRandom(42)  # nextInt(): -1170105035, 234785527
    assert [drawn.bits(32) for _ in range(2)] == [(1 << 32) - 1170105035, 234785527]
    # nextDouble() of new Random(0) is 0.730967787376657, then 0.24053641567148587
    drawn = JavaRandom(0)
    assert [drawn.share_of(10**15) for _ in range(2)] == [730_967_787_376_657, 240_536_415_671_485]
    assert sorted(JavaRandom(1).shuffled(range(9))) == list(range(9))


def test_a_set_is_in_the_order_of_javas() -> None:
    assert (java_hash("hello"), java_hash("")) == (99162322, 0)
    assert java_set_order(["Sneezy", "Dopey"]) in (["Sneezy", "Dopey"], ["Dopey", "Sneezy"])
    assert java_set_order(["b", "a", "c"]) == ["a", "b", "c"]


# -- settings ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("winnerElectionMode", "lottery"),
        ("tiebreakMode", ""),
        ("overvoteRule", "ask"),
        ("numberOfWinners", "many"),
        ("decimalPlacesForVoteArithmetic", "4.5"),
        ("multiSeatBottomsUpPercentageThreshold", "a lot"),
    ],
)
def test_what_is_not_understood_is_refused(key: str, value: str) -> None:
    with pytest.raises(CountError, match=key):
        rules(**{key: value})


def test_a_draw_needs_a_seed() -> None:
    with pytest.raises(CountError, match="randomSeed"):
        count_rctab(ranked("AB", {"A": 1}), rules(tiebreakMode="random"))
    assert count_rctab(ranked("AB", {"A": 1, "B": 1}), rules(tiebreakMode="random", randomSeed="7"))[0].elected


def test_marks() -> None:
    marks = rules(
        exhaustOnDuplicateCandidate=True, overvoteRule="exhaustIfMultipleContinuing", maxRankingsAllowed="3"
    ).marks()
    assert (marks.skipped, marks.repeated, marks.overvote, marks.ranks) == (1, "end", "end if several", 3)
    assert rules(maxSkippedRanksAllowed="unlimited").marks().skipped is None


def test_ties_by_candidate_order() -> None:
    profile = ranked("ABC", {"A": 5, "B": 3, "C": 3})
    assert one(profile).rounds[1].excluded == (3,)  # of two level ones the later goes out
    assert one(ranked("AB", {"A": 1, "B": 1})).elected == (1,)  # and the earlier is elected
    asked = one(profile, tiebreakMode="stopCountingAndAsk")
    assert (asked.elected, asked.tied) == ((), (2, 3))
    generated = one(profile, tiebreakMode="generatePermutation", randomSeed="3")
    assert generated.rounds[1].ties[0].how == "by an order drawn from the seed 3"


def test_a_minimum_of_votes() -> None:
    count = one(ranked("ABCD", SEVEN), minimumVoteThreshold="21")
    assert count.rounds[1].excluded == (3, 4)


def test_a_non_integer_threshold_is_next_above_half() -> None:
    assert one(ranked("ABCD", SEVEN), nonIntegerWinningThreshold=True).rounds[0].quota == Fraction("50.0001")
    assert one(ranked("ABCD", SEVEN)).rounds[0].quota == 51


def test_stopping_early() -> None:
    count = one(ranked("ABCD", SEVEN), stopTabulationEarlyAfterRound="2")
    assert (len(count.rounds), count.elected) == (2, ())


# -- several winners --------------------------------------------------------------------------------------------------

ALL = {"winnerElectionMode": "multiWinnerAllowMultipleWinnersPerRound", "numberOfWinners": "2"}
ONE = {"winnerElectionMode": "multiWinnerAllowOnlyOneWinnerPerRound", "numberOfWinners": "2"}


def test_several_are_elected_in_a_round_or_one() -> None:
    profile = ranked("ABCD", {"AC": 50, "BD": 40, "C": 5, "D": 5})
    together = one(profile, **ALL)
    assert [round_.elected for round_ in together.rounds] == [(1, 2), ()]
    assert together.rounds[0].quota == 34
    assert together.rounds[1].why == {"last surplus": 22}  # 16 and 6, which go to nobody any more
    after = one(profile, **ONE)
    assert [round_.elected for round_ in after.rounds] == [(1,), (2,), ()]
    # A surplus of 16 of 50 votes: each paper at 0.32; one of 6 of 40: each at 0.15.
    assert [moved.value for moved in after.rounds[1].moved] == [Fraction("0.32")]
    assert after.rounds[1].totals == {1: 34, 2: 40, 3: 21, 4: 5}


def test_hare_quota() -> None:
    profile = ranked("ABCD", {"AC": 51, "BD": 40, "C": 5, "D": 5})
    assert one(profile, **ALL, hareQuota=True).rounds[0].quota == 51
    assert one(profile, **ALL, hareQuota=True, nonIntegerWinningThreshold=True).rounds[0].quota == Fraction("50.5")
    assert one(profile, **ALL, nonIntegerWinningThreshold=True).rounds[0].quota == Fraction("33.6667")


def test_bottoms_up() -> None:
    count = one(ranked("ABCD", SEVEN), winnerElectionMode="bottomsUp", numberOfWinners="2")
    assert set(count.elected) == {1, 2} or set(count.elected) == {1, 3}
    assert {round_.quota for round_ in count.rounds} == {Fraction(34)}
    share = one(
        ranked("ABCD", SEVEN),
        winnerElectionMode="bottomsUpUsingPercentageThreshold",
        multiSeatBottomsUpPercentageThreshold="30",
    )
    assert set(share.elected) == {1, 3}  # 40 and 35 of 100; B's 25 go to A


def test_a_pool_of_write_ins_keeps_others_from_being_elected() -> None:
    profile = profile_of(["A", "B", Option("Undeclared Write-ins", write_in=True)], [(9, [1]), (3, [2]), (1, [3, 2])])
    count = one(profile)
    assert [round_.elected for round_ in count.rounds] == [(), (1,)]
    assert count.rounds[1].of == (3,)


def test_more_winners_than_candidates() -> None:
    count = one(ranked("AB", {"A": 3, "B": 2}), **{**ALL, "numberOfWinners": "3"})
    assert count.elected == (1, 2)
    assert len(count.rounds) == 1
