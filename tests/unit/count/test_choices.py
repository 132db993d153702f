"""Choosing: how many, what spoils a paper, what the result must contain, ties, and questions."""

from __future__ import annotations

from fractions import Fraction

import pytest

from selectorate.ballots import Option, Profile, profile_of
from selectorate.count.choices import (
    APPROVAL,
    BLOCK_VOTE,
    MOST_VOTES,
    ChoiceRule,
    count_choices,
    count_question,
)
from selectorate.count.constraints import Constraints, Group
from selectorate.count.lot import Lot
from selectorate.count.ties import Ties
from selectorate.errors import CountError
from selectorate.rules import Requirement


def chosen(names: str, papers: dict[str, int]) -> Profile:
    """Papers as the letters of whom they choose, all at the first rank."""
    rows = [
        (number, [tuple(names.index(who) + 1 for who in paper)] if paper else []) for paper, number in papers.items()
    ]
    return profile_of(list(names), rows)


def letters(count: object, people: tuple[int, ...]) -> str:
    return "".join("ABCDEFGH"[who - 1] for who in people)


def test_most_votes_elects_one() -> None:
    count = count_choices(chosen("ABC", {"A": 4, "B": 5, "C": 3, "": 2}), 1)
    assert (letters(count, count.elected), count.valid, count.blank, count.spoilt) == ("B", 12, 2, 0)
    assert count.rounds[0].totals == {1: 4, 2: 5, 3: 3}
    assert count.rounds[0].say == ("B (5): elected.",)


def test_two_chosen_on_a_paper_for_one_spoil_it() -> None:
    count = count_choices(chosen("ABC", {"A": 1, "BC": 7}), 1, MOST_VOTES)
    assert (letters(count, count.elected), count.spoilt_by) == ("A", {"too many chosen": 7})


def test_block_vote_allows_as_many_as_places_and_limited_vote_fewer() -> None:
    profile = chosen("ABCD", {"AB": 5, "CD": 4, "ABC": 3, "A": 1})
    block = count_choices(profile, 2, BLOCK_VOTE)
    assert (letters(block, block.elected), block.valid, block.spoilt) == ("AB", 10, 3)
    limited = count_choices(profile, 2, ChoiceRule("limited-vote", most=1))
    assert (letters(limited, limited.elected), limited.valid, limited.tied) == ("A", 1, (2, 3, 4))


def test_a_choice_written_as_ranks_is_a_choice() -> None:
    profile = profile_of(list("ABC"), [(3, [1, 2]), (2, [3])])
    count = count_choices(profile, 1, APPROVAL)
    assert count.rounds[0].totals == {1: 3, 2: 3, 3: 2}
    assert count.tied == (1, 2)


def test_not_approved_in_a_second_category_is_not_approved() -> None:
    profile = profile_of(list("ABC"), [(3, [1, (2, 3)]), (2, [(1, 2), 3])])
    assert count_choices(profile, 1, APPROVAL).rounds[0].totals == {1: 5, 2: 2, 3: 0}


def test_a_paper_without_enough_of_a_group_is_spoilt() -> None:
    women, men = Group("women", frozenset({1, 2}), 1), Group("men", frozenset({3, 4}), 1)
    rule = ChoiceRule("shadow-cabinet", most="places", paper=(women, men))
    count = count_choices(chosen("ABCD", {"AC": 5, "CD": 6, "AB": 4, "BD": 1}), 2, rule)
    assert count.spoilt_by == {"fewer than 1 women": 6, "fewer than 1 men": 4}
    assert letters(count, count.elected) == "AC"


def test_a_result_with_enough_of_a_group_passes_others_over() -> None:
    women = Constraints((Group("women", frozenset({3, 4}), 2),))
    count = count_choices(
        chosen("ABCD", {"A": 9, "B": 8, "C": 3, "D": 2}), 3, ChoiceRule("block", most=1, result=women)
    )
    assert letters(count, count.elected) == "ACD"
    assert any("B has 8 votes and is passed over" in said for said in count.rounds[0].say)


def test_a_result_that_cannot_be_reached_is_refused() -> None:
    women = Constraints((Group("women", frozenset({4}), 2),))
    with pytest.raises(CountError, match="women"):
        count_choices(chosen("ABCD", {"A": 9}), 3, ChoiceRule("block", most=1, result=women))


def test_a_tie_for_the_last_place_is_reported_and_not_broken_by_order() -> None:
    profile = chosen("ABCD", {"A": 5, "B": 3, "C": 3, "D": 1})
    count = count_choices(profile, 2)
    assert (count.elected, count.tied) == ((1,), (2, 3))
    broken = count_choices(profile, 2, ties=Ties(("lot",), Lot("a seed")))
    assert (len(broken.elected), broken.tied, len(broken.rounds[0].ties)) == (2, (), 1)
    assert not count_choices(profile, 3).tied


def test_as_many_candidates_as_places_are_unopposed() -> None:
    count = count_choices(chosen("AB", {"": 0}), 2)
    assert (count.elected, count.rounds[0].say) == ((1, 2), ("A, B are elected unopposed.",))
    held = count_choices(chosen("A", {"A": 3}), 1, ChoiceRule("held", unopposed=False))
    assert held.rounds[0].say == ("A (3): elected.",)


def test_nobody_below_reopen_nominations_is_elected() -> None:
    profile = chosen("ABCD", {"A": 5, "B": 2, "C": 1, "D": 4})
    count = count_choices(profile, 3, reopen=4)
    assert (count.elected, count.reopened) == ((1,), 2)
    alone = count_choices(chosen("AD", {"A": 2, "D": 5}), 1, reopen=2)
    assert (alone.elected, alone.reopened) == ((), 1)


def test_withdrawn_candidates_have_no_votes() -> None:
    profile = profile_of([Option("A", withdrawn=True), "B", "C"], [(5, [1]), (2, [2]), (1, [3])])
    count = count_choices(profile, 1)
    assert (count.elected, count.spoilt_by) == ((2,), {"nobody chosen who stands": 5})


def test_a_majority_can_be_required() -> None:
    rule = ChoiceRule("majority", requires=(Requirement("majority", base="votes"),))
    assert count_choices(chosen("ABC", {"A": 5, "B": 3, "C": 2}), 1, rule).elected == ()
    assert count_choices(chosen("ABC", {"A": 6, "B": 3, "C": 2}), 1, rule).elected == (1,)


def test_marks_for_somebody_who_has_withdrawn_are_counted() -> None:
    people = [Option("Ann"), Option("Bob", withdrawn=True), Option("Cyd")]
    profile = profile_of(people, [(5, [(1, 2)]), (3, [(2,)]), (2, [(1, 3)])])
    count = count_choices(profile, 2, BLOCK_VOTE)
    assert (count.met, count.valid, count.spoilt) == ({"withdrawn": 8}, 7, 3)


# -- questions -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("yes", "no", "requirement", "entitled", "carried"),
    [
        (51, 50, Requirement("majority", base="votes"), None, True),
        (50, 50, Requirement("majority", base="votes"), None, False),
        (66, 34, Requirement("share", Fraction(2, 3), "votes"), None, False),
        (67, 33, Requirement("share", Fraction(2, 3), "votes"), None, True),
        (60, 30, Requirement("majority", base="those entitled"), 120, False),
        (61, 30, Requirement("majority", base="those entitled"), 120, True),
        (30, 10, Requirement("turnout", Fraction(1, 2), "those entitled"), 80, True),
        (30, 9, Requirement("turnout", Fraction(1, 2), "those entitled"), 80, False),
    ],
)
def test_a_question(yes: int, no: int, requirement: Requirement, entitled: int | None, carried: bool) -> None:
    profile = profile_of(["Yes", "No"], [(yes, [1]), (no, [2])])
    count = count_question(profile, (requirement,), entitled=entitled)
    assert bool(count.elected) is carried
    assert count.rounds[0].say[-1] == ("Carried." if carried else "Not carried.")


def test_abstentions_count_where_the_rulebook_says_so() -> None:
    profile = profile_of(["Yes", "No", "Abstain"], [(5, [1]), (4, [2]), (3, [3])])
    majority = (Requirement("majority", base="valid votes"),)
    assert count_question(profile, majority).elected == (1,)
    assert count_question(profile, majority, abstentions="valid").elected == ()


def test_a_share_of_those_entitled_asks_for_their_number() -> None:
    profile = profile_of(["Yes", "No"], [(5, [1]), (4, [2])])
    with pytest.raises(CountError, match="those entitled"):
        count_question(profile, (Requirement("majority", base="those entitled"),))


@pytest.mark.parametrize("names", [("No", "Yes"), ("Abstain", "No", "Yes"), ("Against", "For"), ("yes", "no")])
def test_the_sides_of_a_question_are_told_by_their_names(names: tuple[str, ...]) -> None:
    """A file that knows names only gives the options in any order: "No" before "Yes", by the alphabet."""
    votes = {"yes": 60, "for": 60, "no": 40, "against": 40, "abstain": 30}
    profile = profile_of(names, [(votes[name.lower()], [number]) for number, name in enumerate(names, 1)])
    count = count_question(profile)
    assert [count.name(who).lower() for who in count.elected] == [names[-1].lower() if names[0] != "yes" else "yes"]
    assert "60 of 100 had" in count.rounds[0].say[0]


def test_sides_that_are_called_otherwise_are_told_by_their_places() -> None:
    profile = profile_of(["Keep the dues", "Raise the dues"], [(6, [1]), (4, [2])])
    assert count_question(profile).elected == (1,)
    assert count_question(profile, yes=2).elected == ()
