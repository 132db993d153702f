"""Schulze's method: chains, ties of the winner, and Debian's default option."""

from __future__ import annotations

from fractions import Fraction

import pytest

from selectorate.ballots import Option, Profile, profile_of
from selectorate.count.schulze import COMPARED, DEBIAN, MARGINS, SCHULZE, compare, count_schulze
from selectorate.count.ties import Ties
from selectorate.errors import CountError


def ranked(names: str, papers: dict[str, int]) -> Profile:
    """Papers as letters, "=" between those who are level: "A=BC"."""
    rows = []
    for paper, number in papers.items():
        ranks: list[list[int]] = []
        level = False
        for letter in paper:
            if letter == "=":
                level = True
                continue
            if level:
                ranks[-1].append(names.index(letter) + 1)
            else:
                ranks.append([names.index(letter) + 1])
            level = False
        rows.append((number, ranks))
    return profile_of(list(names), rows)


# The example of Schulze's own paper: 45 voters, five candidates, E wins.
SCHULZES = {"ACBED": 5, "ADECB": 5, "BEDAC": 8, "CABED": 3, "CAEBD": 7, "CBADE": 2, "DCEBA": 7, "EBADC": 8}


def test_schulzes_own_example() -> None:
    count = count_schulze(ranked("ABCDE", SCHULZES))
    assert (count.elected, count.winners) == ((5,), (5,))
    assert (count.pairs[1, 2], count.pairs[2, 1]) == (20, 25)
    assert "chain of defeats" in count.rounds[0].say[-1]


def test_levels_and_unranked_options_are_compared_as_the_rule_says() -> None:
    profile = ranked("ABC", {"A=B": 3, "C": 1, "": 2})
    last = compare(profile)
    assert (last[1, 2], last[2, 1], last[1, 3], last[3, 1]) == (0, 0, 3, 1)
    assert set(compare(profile, "not compared").values()) == {0}


def test_the_first_mark_of_an_option_counts() -> None:
    profile = profile_of(list("AB"), [(1, [1, 2, 1])])
    assert compare(profile) == {(1, 2): 1, (2, 1): 0}


def test_unranked_last_and_not_compared_have_different_winners() -> None:
    profile = ranked("AB", {"A": 3, "BA": 2})
    assert count_schulze(profile, SCHULZE).elected == (1,)
    assert count_schulze(profile, COMPARED).elected == (2,)


def test_winning_votes_and_margins_have_different_winners() -> None:
    profile = ranked("ABC", {"A": 3, "B": 1, "BC": 3, "CAB": 2})
    assert count_schulze(profile, SCHULZE).elected == (3,)
    assert count_schulze(profile, MARGINS).elected == (2,)


def test_a_tie_of_the_winner_is_a_set() -> None:
    profile = ranked("ABC", {"ABC": 1, "BCA": 1, "CAB": 1})
    count = count_schulze(profile)
    assert (count.elected, count.tied, count.winners) == ((), (1, 2, 3), (1, 2, 3))
    chair = Ties(("order",), order=(3, 1, 2), by="the casting vote")
    broken = count_schulze(profile, ties=chair)
    assert (broken.elected, broken.tied, broken.rounds[0].ties[0].chosen) == ((3,), (), 3)


def test_debian_drops_whoever_does_not_defeat_the_default() -> None:
    # N is the last on the paper: the default option. A defeats B, but half put N above A.
    profile = ranked("ABN", {"ANB": 3, "BNA": 2, "NAB": 1, "BN": 0})
    count = count_schulze(profile, DEBIAN)
    assert count.dropped == (1, 2)
    assert (count.elected, count.reopened) == ((), 1)
    assert count.rounds[0].say[0] == "A is put above N by 3, below by 3: no majority, dropped (A.6.3)."


def test_debian_quorum_and_majority() -> None:
    profile = ranked("ABN", {"ANB": 5, "BAN": 4, "BNA": 2})
    assert count_schulze(profile, DEBIAN).elected == (2,)
    assert count_schulze(profile, DEBIAN, quorum=7).elected == (1,)  # only 6 put B above N
    assert count_schulze(profile, DEBIAN, quorum=10).dropped == (1, 2)
    assert count_schulze(profile, DEBIAN, majorities={2: Fraction(2)}).elected == (1,)
    assert count_schulze(profile, DEBIAN, majorities={1: Fraction(5)}).dropped == (1,)
    assert count_schulze(profile, DEBIAN, default=1).elected == (2,)


def test_withdrawn_options_are_not_compared() -> None:
    profile = profile_of([Option("A", withdrawn=True), "B", "C"], [(3, [1, 2, 3]), (1, [3])])
    assert set(compare(profile)) == {(2, 3), (3, 2)}
    assert count_schulze(profile).elected == (2,)
    with pytest.raises(CountError, match="no candidate"):
        count_schulze(profile_of([Option("A", withdrawn=True)], []))
