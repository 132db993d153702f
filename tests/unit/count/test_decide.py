"""Who is elected by a standing and who goes out: every requirement, every place for a tie."""

from __future__ import annotations

import random
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from selectorate.count import Bases, Decision, Standing, decide, fill_places, one_person_one_vote, passes
from selectorate.errors import CountError
from selectorate.rules import GoingOut, Quantity, Requirement

F = Fraction
LOWEST, NOBODY = GoingOut("lowest"), GoingOut("nobody")


def standing(**votes: int) -> Standing:
    return one_person_one_vote({"total": votes})


def decided(
    votes: dict[str, int],
    *asked: str,
    out: str = "lowest",
    minimum: int | str | None = None,
    until: int | None = None,
    **bases: int | None,
) -> Decision:
    given_: Bases = {"votes": sum(votes.values()), "valid votes": sum(votes.values())} | {
        key.replace("_", " "): value for key, value in bases.items()
    }
    least = Quantity.read(minimum) if minimum is not None else None
    requirements = [Requirement.read(text) for text in asked]
    return decide(standing(**votes), requirements, given_, out=GoingOut.read(out), minimum=least, until=until)


# -- what elects ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("a", "b", "elects"),
    [
        (50, 50, False),
        (51, 50, True),
        (51, 49, True),
        (50, 49, True),
        (1, 0, True),
        (0, 0, False),
        (500_000, 499_999, True),
    ],
)
def test_a_majority_is_more_than_half(a: int, b: int, elects: bool) -> None:
    assert (decided({"a": a, "b": b}, "majority of votes").outcome == "elected") == elects


@pytest.mark.parametrize(("whole", "needed"), [(0, 1), (1, 1), (2, 2), (3, 2), (99, 50), (100, 51), (101, 51)])
def test_the_number_that_is_a_majority(whole: int, needed: int) -> None:
    requirement = Requirement.read("majority of votes")
    assert requirement.needed(whole) == needed
    assert requirement.met(needed, whole)
    assert not requirement.met(needed - 1, whole)


@pytest.mark.parametrize(
    ("entitled", "lead", "met"),
    [(372, 56, True), (372, 55, False), (320, 48, True), (320, 47, False), (276, 42, True), (276, 41, False)],
)
def test_a_lead_of_fifteen_per_cent_is_rounded_up(entitled: int, lead: int, met: bool) -> None:
    """15% of 372 are 55.8: 56 in 1990, when 52 were not enough."""
    first = (entitled + lead) // 2
    votes = {"a": first, "b": first - lead}
    found = decided(
        votes,
        "majority of those entitled",
        "lead of at least 15% of those entitled",
        out="nobody",
        those_entitled=entitled,
    )
    majority = 2 * first > entitled
    assert (found.outcome == "elected") == (met and majority)
    assert f"{-(-entitled * 15 // 100)} needed, {lead} of {entitled} had" in found.reasons[1]


def test_thatcher_1990() -> None:
    votes = {"thatcher": 204, "heseltine": 152}
    asked = ("majority of those entitled", "lead of at least 15% of those entitled")
    assert decided(votes, *asked, out="nobody", those_entitled=372).outcome == "open"


@pytest.mark.parametrize(("votes", "met"), [(66, False), (67, True), (200, True)])
def test_two_thirds(votes: int, met: bool) -> None:
    requirement = Requirement.read("at least 2/3 of valid votes")
    assert passes(requirement, standing(a=votes, b=0), "a", {"valid votes": 100})[0] == met
    assert requirement.needed(100) == 67


def test_turnout_is_of_ballots_returned_even_if_nobody_returned_one() -> None:
    requirement = Requirement.read("turnout of at least 50%")
    bases: Bases = {"ballots returned": 50, "valid votes": 49, "those entitled": 100}
    assert passes(requirement, standing(a=49), "a", bases)[0]
    assert not passes(requirement, standing(a=49), "a", {**bases, "ballots returned": None})[0]
    assert not passes(requirement, standing(a=0), "a", {"ballots returned": 0, "those entitled": 100})[0]
    with pytest.raises(CountError, match="number of ballots is not known"):
        passes(requirement, standing(a=49), "a", {"those entitled": 100})


def test_a_base_that_is_not_known() -> None:
    why = '"majority of those entitled" cannot be tested: the number of those entitled is not known'
    with pytest.raises(CountError, match=why):
        decided({"a": 3, "b": 2}, "majority of those entitled")
    with pytest.raises(CountError, match="the minimum of 10% cannot be tested"):
        decided({"a": 3, "b": 2, "c": 1}, minimum="10%")


def test_most_votes_with_a_turnout_that_is_too_low_is_no_tie() -> None:
    found = decided({"a": 9, "b": 4, "c": 3}, "most votes", "turnout of at least 50%", those_entitled=100)
    assert found.outcome == "reduced"
    assert not found.tied
    level = decided({"a": 9, "b": 9, "c": 3}, "most votes", "turnout of at least 50%", those_entitled=100)
    assert (level.outcome, level.tied, level.staying, level.for_a_place) == ("tied", ("a", "b"), 1, True)


def test_one_candidate_alone() -> None:
    assert decided({"a": 5}, "majority of votes").elected == ("a",)
    assert decided({"a": 5}, "most votes").elected == ("a",)
    assert decided({"a": 5}, "lead of at least 50% of votes").elected == ("a",)
    assert decided({"a": 0}, "majority of votes").outcome == "open"


# -- who goes out -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("votes", "out", "outcome", "gone", "tied", "staying"),
    [
        ("5 4 3", "lowest", "reduced", "c", "", 0),
        ("5 4 4", "lowest", "tied", "", "bc", 1),
        ("4 4 4", "lowest", "tied", "", "abc", 2),
        ("5 5 3", "lowest", "reduced", "c", "", 0),
        ("5 5", "lowest", "tied", "", "ab", 1),
        ("5 4 3", "nobody", "open", "", "", 0),
        ("5 4 4", "nobody", "open", "", "", 0),
        ("5 4 3 2 1", "all but 2", "reduced", "edc", "", 0),
        ("5 4 4 2 1", "all but 2", "tied", "ed", "bc", 1),
        ("5 5 5 2 1", "all but 2", "tied", "ed", "abc", 2),
        ("9 4 4 4 1", "all but 3", "tied", "e", "bcd", 2),
        ("5 4", "all but 2", "open", "", "", 0),
        ("5", "lowest", "open", "", "", 0),
    ],
)
def test_who_goes_out(votes: str, out: str, outcome: str, gone: str, tied: str, staying: int) -> None:
    row = dict(zip("abcde", map(int, votes.split()), strict=False))
    found = decided(row, out=out)
    assert (found.outcome, "".join(found.out), "".join(found.tied), found.staying) == (outcome, gone, tied, staying)


@pytest.mark.parametrize(
    ("votes", "minimum", "gone"),
    [
        ("50 40 17 16 2", 17, "ed"),
        ("50 40 17 17 17", 17, None),  # nobody is under it, and three are lowest
        ("50 40 30 20 18", 17, "e"),  # nobody is under it: the lowest
        ("50 3 2 1 1", "5%", "edcb"),
        ("3 3 2 1 1", 17, None),  # all are under it, and somebody must stay: a tie for the lowest
    ],
)
def test_a_minimum(votes: str, minimum: int | str, gone: str | None) -> None:
    row = dict(zip("abcde", map(int, votes.split()), strict=True))
    found = decided(row, minimum=minimum, those_entitled=200)
    assert "".join(found.out) == (gone or "")
    assert (found.outcome == "tied") == (gone is None)


def test_a_minimum_never_leaves_fewer_than_go_on() -> None:
    found = decided({"a": 9, "b": 8, "c": 7, "d": 6}, minimum=9, until=2)
    assert (found.outcome, found.out) == ("reduced", ("d",))


@pytest.mark.parametrize(
    ("votes", "out", "outcome", "qualified"),
    [
        ("5 4 3", "lowest", "qualified", "ab"),
        ("5 4 3 2", "lowest", "reduced", ""),
        ("5 4 3 2", "all but 2", "qualified", "ab"),
        ("5 4 3 2", "all but 1", "qualified", "ab"),  # never fewer than go on
        ("5 4", "lowest", "qualified", "ab"),
        ("5 4 4", "lowest", "tied", ""),
        ("5 5", "lowest", "qualified", "ab"),
        ("5", "lowest", "qualified", "a"),
    ],
)
def test_until_two_are_left(votes: str, out: str, outcome: str, qualified: str) -> None:
    row = dict(zip("abcd", map(int, votes.split()), strict=False))
    found = decided(row, out=out, until=2)
    assert (found.outcome, "".join(found.qualified)) == (outcome, qualified)


# -- several places ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("votes", "places", "elected", "tied", "staying"),
    [
        ("5 4 3 2", 2, "ab", "", 0),
        ("5 4 4 2", 2, "a", "bc", 1),
        ("5 5 4 2", 2, "ab", "", 0),
        ("4 4 4 4", 2, "", "abcd", 2),
        ("5 4 4 4", 3, "a", "bcd", 2),
        ("5 4", 2, "ab", "", 0),
        ("5 4", 5, "ab", "", 0),
        ("0 0 0", 1, "", "abc", 1),
    ],
)
def test_places(votes: str, places: int, elected: str, tied: str, staying: int) -> None:
    row = dict(zip("abcd", map(int, votes.split()), strict=False))
    found = fill_places(standing(**row), places)
    assert ("".join(found.elected), "".join(found.tied), found.staying) == (elected, tied, staying)
    assert found.outcome == ("tied" if tied else "elected")


# -- properties -------------------------------------------------------------------------------------------------

rows = st.dictionaries(st.sampled_from("abcdefgh"), st.integers(0, 6), min_size=1, max_size=8)
RULES = ["majority of votes", "most votes", "at least 1/3 of votes", "lead of at least 15% of votes"]


@given(
    rows,
    st.sampled_from(RULES),
    st.sampled_from(["lowest", "nobody", "all but 2"]),
    st.sampled_from([None, 2, 3]),
    st.randoms(),
)
def test_the_order_of_candidates_changes_nothing(
    row: dict[str, int], rule: str, out: str, until: int | None, by: random.Random
) -> None:
    people = list(row)
    by.shuffle(people)
    one = decided(row, rule, out=out, until=until)
    assert one == decided({who: row[who] for who in people}, rule, out=out, until=until)
    renamed = dict(zip(sorted(row), by.sample("ijklmnop", len(row)), strict=True))
    other = decided({renamed[who]: votes for who, votes in row.items()}, rule, out=out, until=until)
    for key in ("elected", "out", "qualified", "tied"):
        assert {renamed[who] for who in getattr(one, key)} == set(getattr(other, key)), key


@given(
    rows,
    st.sampled_from(["lowest", "all but 2", "all but 3"]),
    st.sampled_from([None, 2, 3]),
    st.sampled_from([None, 1, 3]),
)
def test_nobody_above_goes_out_before_somebody_below(
    row: dict[str, int], out: str, until: int | None, minimum: int | None
) -> None:
    found = decided(row, out=out, until=until, minimum=minimum)
    left = [who for who in row if who not in found.out and who not in found.tied]
    assert all(row[gone] < row[stays] for gone in found.out for stays in left)
    assert all(row[one] == row[found.tied[0]] for one in found.tied)
    assert len(row) - len(found.out) >= min(len(row), until or 1)
    if found.outcome == "tied":
        assert 0 < found.staying < len(found.tied)
        assert len(left) + found.staying >= (until or 1)


@given(rows, st.integers(1, 8))
def test_places_are_filled_from_the_top(row: dict[str, int], places: int) -> None:
    found = fill_places(standing(**row), places)
    others = [who for who in row if who not in found.elected and who not in found.tied]
    assert all(row[won] > row[lost] for won in found.elected for lost in (*others, *found.tied))
    assert len(found.elected) + found.staying == min(places, len(row))
