"""RCTab's settings: what each of them does, and the random numbers of its Java library."""

from __future__ import annotations

from fractions import Fraction

import pytest

from selectorate.ballots import Option, Profile, profile_of
from selectorate.count.rctab import JavaRandom, RctabRules, count_rctab, java_hash, java_set_order
from selectorate.count.result import Count
from selectorate.errors import CountError
from selectorate.sheets import rctab_summary

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
        ("decimalPlacesForVoteArithmetic", ""),
        ("decimalPlacesForVoteArithmetic", "21"),
        ("maxSkippedRanksAllowed", ""),
        ("maxRankingsAllowed", "0"),
        ("minimumVoteThreshold", "-1"),
        ("randomSeed", "-999999999999999"),
    ],
)
def test_what_is_not_understood_is_refused(key: str, value: str) -> None:
    with pytest.raises(CountError, match=key):
        rules(**{key: value})


@pytest.mark.parametrize(
    ("settings", "key"),
    [
        ({"numberOfWinners": "2"}, "numberOfWinners"),
        ({"winnerElectionMode": "bottomsUp"}, "numberOfWinners"),
        ({"winnerElectionMode": "multiPassIrv", "numberOfWinners": "0"}, "numberOfWinners"),
        (
            {"winnerElectionMode": "bottomsUpUsingPercentageThreshold", "numberOfWinners": "0"},
            "multiSeatBottomsUpPercentageThreshold",
        ),
        ({"winnerElectionMode": "bottomsUp", "numberOfWinners": "2", "batchElimination": True}, "batchElimination"),
        (
            {
                "winnerElectionMode": "multiWinnerAllowOnlyOneWinnerPerRound",
                "numberOfWinners": "2",
                "continueUntilTwoCandidatesRemain": True,
            },
            "continueUntilTwoCandidatesRemain",
        ),
        (
            {
                "winnerElectionMode": "multiWinnerAllowMultipleWinnersPerRound",
                "numberOfWinners": "2",
                "doesFirstRoundDetermineThreshold": True,
            },
            "doesFirstRoundDetermineThreshold",
        ),
    ],
)
def test_what_does_not_go_together_is_refused(settings: dict[str, object], key: str) -> None:
    with pytest.raises(CountError, match=key):
        rules(**settings)


@pytest.mark.parametrize(
    ("former", "now"),
    [
        ({"winnerElectionMode": "standard"}, {}),
        (
            {"winnerElectionMode": "standard", "numberOfWinners": "2"},
            {"winnerElectionMode": "multiWinnerAllowMultipleWinnersPerRound", "numberOfWinners": "2"},
        ),
        (
            {"winnerElectionMode": "singleSeatContinueUntilTwoCandidatesRemain"},
            {"continueUntilTwoCandidatesRemain": True},
        ),
        (
            {"winnerElectionMode": "multiSeatBottomsUp", "numberOfWinners": "3"},
            {"winnerElectionMode": "bottomsUp", "numberOfWinners": "3"},
        ),
        (
            {
                "winnerElectionMode": "multiSeatBottomsUp",
                "numberOfWinners": "0",
                "multiSeatBottomsUpPercentageThreshold": "15",
            },
            {
                "winnerElectionMode": "bottomsUpUsingPercentageThreshold",
                "numberOfWinners": "0",
                "multiSeatBottomsUpPercentageThreshold": "15",
            },
        ),
        (
            {"winnerElectionMode": "multiSeatSequentialWinnerTakesAll", "numberOfWinners": "2"},
            {"winnerElectionMode": "multiPassIrv", "numberOfWinners": "2"},
        ),
        ({"tiebreakMode": "usePermutationInConfig"}, {}),
        ({"tiebreakMode": "interactive"}, {"tiebreakMode": "stopCountingAndAsk"}),
        ({"tiebreakMode": "previousRoundCountsThenInteractive"}, {"tiebreakMode": "previousRoundCountsThenAsk"}),
        ({"maxRankingsAllowed": "MAX", "maxSkippedRanksAllowed": "Unlimited"}, {"maxSkippedRanksAllowed": "unlimited"}),
    ],
)
def test_what_was_called_otherwise(former: dict[str, object], now: dict[str, object]) -> None:
    assert rules(**former) == rules(**now)


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


def with_pool(papers: dict[str, int]) -> Profile:
    """Ballots of A, B, C and a pool of undeclared write-ins, U."""
    named = ["A", "B", "C", Option("Undeclared Write-ins", write_in=True)]
    return profile_of(named, [(number, ["ABCU".index(who) + 1 for who in paper]) for paper, number in papers.items()])


def test_the_pool_has_no_place_in_an_order() -> None:
    # C and the pool have no vote: C, who is in the order, goes out; the pool stays until nobody else is level with it.
    count = one(with_pool({"A": 5, "B": 4, "BA": 1}), continueUntilTwoCandidatesRemain=True)
    assert [round_.excluded for round_ in count.rounds] == [(), (3,), (4,)]
    # Nor does it change the order that is drawn of the others.
    drawn = [
        rules(tiebreakMode="generatePermutation", randomSeed="3").ties(names, pool).order
        for names, pool in ((["C", "A", "B"], frozenset[int]()), (["C", "A", "B", "Pool"], frozenset({4})))
    ]
    assert drawn[1] == (4, *drawn[0])


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


SHARE: dict[str, object] = {
    "winnerElectionMode": "bottomsUpUsingPercentageThreshold",
    "numberOfWinners": "0",
    "multiSeatBottomsUpPercentageThreshold": "20",
}


def test_a_share_must_be_exceeded() -> None:
    # C has 20 of 100, exactly the threshold, which RCTab asks to be passed: C goes out.
    count = one(ranked("ABC", {"A": 50, "B": 30, "CA": 20}), **SHARE)
    assert [round_.excluded for round_ in count.rounds] == [(), (3,)]
    assert (set(count.elected), count.rounds[0].quota, count.seats) == ({1, 2}, 20, 0)


def test_no_share_is_lower_than_the_minimum() -> None:
    count = one(ranked("ABC", {"A": 50, "B": 30, "CA": 21}), **SHARE, minimumVoteThreshold="25")
    assert count.rounds[0].quota == 25
    assert set(count.elected) == {1, 2}


def test_the_last_two_under_a_threshold_of_the_first_round() -> None:
    profile = ranked("ABC", {"A": 6, "B": 4, "C": 5})
    count = one(profile, doesFirstRoundDetermineThreshold=True, minimumVoteThreshold="5")
    assert [(round_.excluded, round_.elected) for round_ in count.rounds] == [((), ()), ((2,), (1,))]
    # Of the last two one may have less than the minimum: nobody goes out any more.
    low = one(ranked("AB", {"A": 6, "B": 4, "": 9}), doesFirstRoundDetermineThreshold=True, minimumVoteThreshold="7")
    assert [(round_.excluded, round_.elected) for round_ in low.rounds] == [((), (1,))]


def test_a_second_over_vote_is_a_repetition() -> None:
    over: tuple[int, ...] = ()
    profile = profile_of(["A", "B"], [(1, [over, over, 1]), (1, [over, 1]), (3, [2])])
    marks = {"overvoteRule": "alwaysSkipToNextRank", "exhaustOnDuplicateCandidate": True}
    count = one(profile, **marks)
    assert (count.spoilt_by["repeated"], count.rounds[0].totals) == (1, {1: 1, 2: 3})


def test_an_over_vote_of_nobody_known_cannot_wait() -> None:
    over: tuple[int, ...] = ()
    with pytest.raises(CountError, match="exhaustIfMultipleContinuing"):
        one(profile_of(["A", "B"], [(1, [over, 1])]), overvoteRule="exhaustIfMultipleContinuing")


def test_a_pool_of_write_ins_keeps_others_from_being_elected() -> None:
    profile = profile_of(["A", "B", Option("Undeclared Write-ins", write_in=True)], [(9, [1]), (3, [2]), (1, [3, 2])])
    count = one(profile)
    assert [round_.elected for round_ in count.rounds] == [(), (1,)]
    assert count.rounds[1].of == (3,)


def test_more_winners_than_candidates() -> None:
    count = one(ranked("AB", {"A": 3, "B": 2}), **{**ALL, "numberOfWinners": "3"})
    assert count.elected == (1, 2)
    assert len(count.rounds) == 1
    summary = rctab_summary(count)  # RCTab tells the last surplus wherever there could be one
    assert summary["results"][0]["inactiveBallots"]["finalRoundSurplus"] == "0"
    assert summary["summary"]["numWinners"] == 3
