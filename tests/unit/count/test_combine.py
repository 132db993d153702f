"""Votes of segments and units become one standing, exactly."""

from __future__ import annotations

import random
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from selectorate.count import Standing, decide, one_person_one_vote, points_by_unit, weighted_college
from selectorate.rules import GoingOut, Requirement

Table = dict[str, dict[str, int]]
F = Fraction


@st.composite
def tables(draw: st.DrawFn, sections: int = 4) -> Table:
    people = "abcd"[: draw(st.integers(1, 4))]
    row = st.fixed_dictionaries({who: st.integers(0, 10**6) for who in people})
    return {f"s{number}": draw(row) for number in range(draw(st.integers(1, sections)))}


def shuffled(table: Table, by: random.Random) -> Table:
    sections = list(table)
    by.shuffle(sections)
    result = {}
    for section in sections:
        people = list(table[section])
        by.shuffle(people)
        result[section] = {who: table[section][who] for who in people}
    return result


def same(one: Standing, other: Standing) -> bool:
    """Equal, and equal in every order that anybody could see."""
    return one == other and one.ranked() == other.ranked()


def weights(table: Table) -> dict[str, Fraction]:
    return {section: F(number + 1, 10) for number, section in enumerate(sorted(table))}


@given(tables(), st.randoms())
def test_order_changes_nothing(table: Table, by: random.Random) -> None:
    other = shuffled(table, by)
    assert same(one_person_one_vote(table), one_person_one_vote(other))
    assert same(weighted_college(table, weights(table)), weighted_college(other, weights(table)))
    for decimals in (None, 0, 5):
        assert same(points_by_unit(table, 100, decimals=decimals), points_by_unit(other, 100, decimals=decimals))


@given(tables())
def test_parts_add_up_to_the_total_and_the_total_to_what_was_given(table: Table) -> None:
    for standing in (
        one_person_one_vote(table),
        weighted_college(table, weights(table)),
        points_by_unit(table, 100, decimals=3),
        points_by_unit(table, 100, at_most_votes=True),
    ):
        for who, value in standing.total.items():
            assert value == sum(part[who] for part in standing.parts.values())
        assert standing.given == sum(standing.total.values())
        assert standing.given <= standing.whole
        assert all(isinstance(value, Fraction) for value in standing.total.values())


@given(tables(sections=1))
def test_a_college_of_one_section_is_one_person_one_vote(table: Table) -> None:
    votes, whole = one_person_one_vote(table), sum(next(iter(table.values())).values())
    colleges = weighted_college(table, {"s0": F(1)})
    units = points_by_unit(table, 100)
    if not whole:
        assert not any(colleges.total.values())
        return
    assert votes.ranked() == colleges.ranked() == units.ranked()
    rules = {"votes": "majority of votes", "college": "majority of the college", "points": "majority of points"}
    decisions = []
    for standing in (votes, colleges, units):
        bases = {"votes": standing.whole, "the college": F(1), "points": standing.whole}
        asked = [Requirement.read(rules[standing.unit])]
        found = decide(standing, asked, bases, out=GoingOut("lowest"))
        decisions.append((found.outcome, found.elected, found.out, found.tied))
    assert decisions[0] == decisions[1] == decisions[2]


@given(tables(), st.data())
def test_splitting_a_section_is_the_whole(table: Table, data: st.DataObject) -> None:
    section = data.draw(st.sampled_from(sorted(table)))
    one = {who: data.draw(st.integers(0, number)) for who, number in table[section].items()}
    split = {name: row for name, row in table.items() if name != section}
    split |= {"x": one, "y": {who: table[section][who] - number for who, number in one.items()}}
    whole, parts = one_person_one_vote(table), one_person_one_vote(split)
    assert whole.total == parts.total
    assert whole.ranked() == parts.ranked()
    assert (whole.whole, whole.given) == (parts.whole, parts.given)


@given(tables(), st.integers(2, 1000))
def test_a_college_does_not_care_how_many_vote_in_a_section(table: Table, times: int) -> None:
    section = min(table)
    more = {**table, section: {who: number * times for who, number in table[section].items()}}
    assert weighted_college(table, weights(table)).total == weighted_college(more, weights(table)).total


def test_a_section_without_a_vote_gives_nothing() -> None:
    standing = weighted_college({"x": {"a": 0, "b": 0}, "y": {"a": 1, "b": 3}}, {"x": F(1, 3), "y": F(2, 3)})
    assert standing.total == {"a": F(1, 6), "b": F(1, 2)}
    assert (standing.whole, standing.given) == (F(1), F(2, 3))


def test_thirds_are_thirds() -> None:
    table = {"x": {"a": 1, "b": 2}, "y": {"a": 2, "b": 1}, "z": {"a": 1, "b": 1}}
    standing = weighted_college(table, dict.fromkeys("xyz", F(1, 3)))
    assert standing.total == {"a": F(1, 2), "b": F(1, 2)}
    assert standing.ranked() == ["a", "b"]


@pytest.mark.parametrize(
    ("options", "a", "b", "whole"),
    [
        ({}, F(100, 3) + 50, F(200, 3) + 50, 200),
        ({"decimals": 0}, F(83), F(116), 200),
        ({"decimals": 0, "cut": "half up"}, F(83), F(117), 200),
        ({"decimals": 5}, F("83.33333"), F("116.66666"), 200),
        ({"units": 5}, F(100, 3) + 50, F(200, 3) + 50, 500),
        ({"at_most_votes": True}, F(1) + 50, F(2) + 50, 103),
        ({"at_most_votes": True, "units": 5}, F(1) + 50, F(2) + 50, 103),
    ],
)
def test_points(options: dict[str, object], a: Fraction, b: Fraction, whole: int) -> None:
    table = {"small": {"a": 1, "b": 2}, "big": {"a": 70, "b": 70}}
    standing = points_by_unit(table, 100, **options)  # type: ignore[arg-type]
    assert standing.total == {"a": a, "b": b}
    assert standing.whole == whole
    assert standing.given == a + b


def test_a_unit_without_ballots_was_on_offer_unless_points_are_votes() -> None:
    table = {"empty": {"a": 0, "b": 0}, "big": {"a": 70, "b": 130}}
    assert points_by_unit(table, 100).whole == 200
    assert points_by_unit(table, 100, at_most_votes=True).whole == 100
