"""The alternative vote and its relatives, rule by rule."""

from __future__ import annotations

from fractions import Fraction

import pytest

from selectorate.ballots import MarkRules, Option, Profile, profile_of
from selectorate.count.alternative import (
    ALTERNATIVE_VOTE,
    BATCH,
    BOTTOMS_UP,
    CONTINGENT_VOTE,
    STATIC_MAJORITY,
    SUPPLEMENTARY_VOTE,
    TO_THE_LAST_TWO,
    AlternativeRule,
    count_alternative,
    count_in_turn,
    joined,
)
from selectorate.count.lot import Lot
from selectorate.count.registry import METHODS, Options
from selectorate.count.result import Count
from selectorate.count.ties import Ties
from selectorate.errors import CountError


def ranked(names: str, papers: dict[str, int]) -> Profile:
    rows = [(number, [names.index(who) + 1 for who in paper]) for paper, number in papers.items()]
    return profile_of(list(names), rows)


def letters(count: Count, people: tuple[int, ...] | None = None) -> str:
    return "".join(count.name(who) for who in (count.elected if people is None else people))


def table(count: Count) -> list[dict[str, int]]:
    return [{count.name(who): int(votes) for who, votes in round_.totals.items()} for round_ in count.rounds]


FOUR = {"AD": 35, "BC": 33, "CB": 20, "DC": 12}


def test_it_stops_at_a_majority() -> None:
    count = count_alternative(ranked("ABCD", FOUR))
    assert table(count) == [
        {"A": 35, "B": 33, "C": 20, "D": 12},
        {"A": 35, "B": 33, "C": 32, "D": 0},
        {"A": 35, "B": 53, "C": 0, "D": 0},
    ]
    assert (letters(count), count.rounds[-1].exhausted) == ("B", 12)
    assert count.rounds[-1].say == (
        "C had fewest votes and went out.",
        "B has 53 of the 88 votes; 45 are needed: elected.",
    )


def test_a_majority_of_the_first_round_is_more_than_one_of_those_continuing() -> None:
    profile = ranked("ABC", {"A": 40, "B": 35, "C": 30})
    assert [round_.quota for round_ in count_alternative(profile).rounds] == [53, 38]
    static = count_alternative(profile, STATIC_MAJORITY)
    assert [round_.quota for round_ in static.rounds] == [53, 53]
    assert static.rounds[-1].say[-1] == "A has most votes of the last 2: elected."


def test_it_goes_on_to_the_last_two() -> None:
    profile = ranked("ABC", {"A": 60, "B": 20, "CB": 15})
    assert len(count_alternative(profile).rounds) == 1
    count = count_alternative(profile, TO_THE_LAST_TWO)
    assert (letters(count), table(count)[-1]) == ("A", {"A": 60, "B": 35, "C": 0})
    assert [round_.elected for round_ in count.rounds] == [(1,), ()]


def test_all_who_cannot_catch_up_go_out_together() -> None:
    profile = ranked("ABCDE", {"A": 40, "B": 35, "CB": 12, "DB": 5, "E": 4})
    count = count_alternative(profile, BATCH)
    assert letters(count, count.rounds[1].excluded) == "EDC"
    assert letters(count) == letters(count_alternative(profile)) == "B"


def test_all_but_two_go_out_in_two_rounds() -> None:
    profile = ranked("ABCD", {"A": 40, "B": 30, "CDB": 16, "DB": 14})
    assert (letters(count_alternative(profile, CONTINGENT_VOTE)), letters(count_alternative(profile))) == ("B", "B")
    supplementary = count_alternative(profile, SUPPLEMENTARY_VOTE)
    assert table(supplementary)[-1] == {"A": 40, "B": 44, "C": 0, "D": 0}  # only two preferences count


def test_those_level_with_the_second_stay_in_a_supplementary_vote() -> None:
    profile = ranked("ABCD", {"A": 40, "B": 20, "CB": 20, "DC": 10})
    count = count_alternative(profile, SUPPLEMENTARY_VOTE)
    assert letters(count, count.rounds[1].excluded) == "D"
    assert (letters(count), table(count)[-1]["C"]) == ("A", 30)
    assert count_alternative(profile, CONTINGENT_VOTE).tied == (2, 3)
    three = count_alternative(ranked("ABC", {"AB": 4, "BC": 3, "CB": 3}), SUPPLEMENTARY_VOTE)
    assert (letters(three), three.rounds[1].totals) == ("A", {1: 4, 2: 3, 3: 3})  # nobody's second preference counts


def test_the_last_ones_fill_the_places() -> None:
    count = count_alternative(ranked("ABCD", FOUR), BOTTOMS_UP, seats=2)
    assert letters(count) == "BA"
    with pytest.raises(CountError, match="one place"):
        count_alternative(ranked("ABCD", FOUR), ALTERNATIVE_VOTE, seats=2)


def test_a_share_elects_all_who_are_left() -> None:
    rule = AlternativeRule("share", elects="share", share=Fraction(3, 10), static=True)
    assert letters(count_alternative(ranked("ABCD", FOUR), rule)) == "ABC"


def test_one_place_after_another() -> None:
    counts = count_in_turn(ranked("ABCD", FOUR), 2)
    assert [letters(count) for count in counts] == ["B", "C"]
    whole = joined(counts, 2)
    assert (letters(whole), [round_.number for round_ in whole.rounds]) == ("BC", list(range(1, len(whole.rounds) + 1)))


def test_a_round_that_is_named_is_that_of_the_sheet() -> None:
    """The count of the third place begins in round 6, with C at 20 (5 of them by way of A) and D at 12."""
    papers = {"AB": 40, "AC": 5, "B": 20, "CD": 15, "DC": 12, "ED": 8}
    count = METHODS["alternative-vote-in-turn"].run(ranked("ABCDE", papers), 5, Options())
    assert (letters(count), count.rounds[5].action) == ("ABCDE", "first preferences")
    assert count.rounds[6].ties[0].how == "most votes in round 6, where they differed"
    assert "level with D: most votes in round 6, where they differed" in count.rounds[6].say[-1]


# -- ties ------------------------------------------------------------------------------------------------------------


def test_a_tie_that_nothing_breaks_stops_the_count() -> None:
    count = count_alternative(ranked("ABC", {"A": 5, "B": 3, "C": 3}))
    assert (count.elected, count.tied, len(count.rounds)) == ((), (2, 3), 1)
    assert "B, C are tied for exclusion" in count.rounds[-1].say[-1]


def test_a_tie_for_the_last_two_is_not_called_one_for_election() -> None:
    count = count_alternative(ranked("ABCD", {"A": 5, "B": 4, "C": 4, "D": 2}), CONTINGENT_VOTE)
    assert (count.tied, count.tied_for) == ((2, 3), "staying")
    assert "B, C are tied for a place among the last two" in count.rounds[-1].say[-1]


def test_an_earlier_round_breaks_a_tie() -> None:
    count = count_alternative(ranked("ABCD", {"A": 9, "B": 5, "C": 4, "DC": 1, "BC": 0}))
    assert count.rounds[2].ties[0].how == "fewest votes in round 1, where they differed"
    assert letters(count, count.rounds[2].excluded) == "C"


def test_a_tie_of_the_last_two_is_for_election() -> None:
    profile = ranked("AB", {"A": 5, "B": 5})
    assert count_alternative(profile).tied == (1, 2)
    drawn = count_alternative(profile, ties=Ties(lot=Lot("seed")))
    assert (len(drawn.elected), drawn.rounds[0].ties[0].what) == (1, "election")
    chair = Ties(("order",), order=(2, 1), by="the casting vote of the chair")
    assert count_alternative(profile, ties=chair).elected == (2,)


# -- marks, write-ins, single candidates -------------------------------------------------------------------------------


def test_a_rank_with_several_waits_until_one_is_left() -> None:
    profile = profile_of(list("ABC"), [(4, [1]), (3, [2]), (2, [3, 2]), (1, [(2, 3)]), (1, [3, (1, 3)])])
    waiting = count_alternative(profile, TO_THE_LAST_TWO, marks=MarkRules(overvote="end if several"))
    assert table(waiting) == [{"A": 4, "B": 3, "C": 3}]  # tied: B and C
    assert (waiting.rounds[0].exhausted, waiting.rounds[0].why) == (1, {"overvote": 1})
    broken = count_alternative(
        profile, TO_THE_LAST_TWO, Ties(("order",), order=(1, 2, 3)), marks=MarkRules(overvote="end if several")
    )
    assert table(broken)[-1] == {"A": 5, "B": 5, "C": 0}  # of A and C only A is left, and has the paper


def test_a_pool_of_write_ins_never_wins() -> None:
    profile = profile_of(["A", "B", Option("written", write_in=True)], [(3, [1]), (1, [2]), (6, [3]), (1, [3, 2])])
    assert count_alternative(profile).elected == (3,)
    pool = AlternativeRule("pool", pool=True)
    count = count_alternative(profile, pool)
    assert (count.rounds[1].of, letters(count)) == ((3,), "A")


def test_under_a_minimum_all_go_out_together() -> None:
    rule = AlternativeRule("minimum", minimum=15)
    count = count_alternative(ranked("ABCDE", {"A": 40, "B": 35, "CB": 12, "DB": 5, "E": 4}), rule)
    assert letters(count, count.rounds[1].excluded) == "CDE"
    with pytest.raises(CountError, match="nobody has the 99 votes"):
        count_alternative(ranked("AB", {"A": 3, "B": 3}), AlternativeRule("minimum", minimum=99))


def test_a_single_candidate_is_unopposed() -> None:
    count = count_alternative(ranked("A", {"A": 0}))
    assert (letters(count), count.rounds[0].say) == ("A", ("A is unopposed: elected.",))


def test_reopen_nominations_can_win() -> None:
    profile = profile_of(["A", "B", "Re-open nominations"], [(3, [1, 3]), (4, [2, 3]), (5, [3])])
    count = count_alternative(profile, reopen=3)
    assert (count.elected, count.reopened) == ((), 1)
    assert count.say == ("Re-open nominations won: nominations are opened again.",)


def test_nobody_to_elect() -> None:
    with pytest.raises(CountError, match="no candidate"):
        count_alternative(profile_of([Option("A", withdrawn=True)], [(1, [1])]))


def test_it_can_be_stopped_after_a_round() -> None:
    assert len(count_alternative(ranked("ABCD", FOUR), AlternativeRule("stopped", stop_after=2)).rounds) == 2


def test_no_ballots_at_all() -> None:
    count = count_alternative(ranked("ABC", {}))
    assert (count.elected, count.tied, count.valid) == ((), (1, 2, 3), 0)
