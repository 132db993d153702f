"""What holds of every count, whatever the ballots; and slow twins that say the same in another way."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.strategies import profiles

from selectorate.ballots import MarkRules, Profile, profile_of, rankings
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
)
from selectorate.count.choices import APPROVAL, BLOCK_VOTE, MOST_VOTES, ChoiceRule, count_choices
from selectorate.count.constraints import Constraints, Group
from selectorate.count.gregory import MINNEAPOLIS, GregoryRule, count_gregory
from selectorate.count.lot import Lot
from selectorate.count.result import Count
from selectorate.count.schulze import (
    COMPARED,
    DEBIAN,
    MARGINS,
    SCHULZE,
    SchulzeRule,
    compare,
    count_schulze,
    strengths,
)
from selectorate.count.ties import Ties
from selectorate.errors import CountError

LOT = Ties(("latest difference", "lot"), Lot("a seed", ("12", "7")))
RULES = (
    ALTERNATIVE_VOTE,
    TO_THE_LAST_TWO,
    BATCH,
    STATIC_MAJORITY,
    SUPPLEMENTARY_VOTE,
    CONTINGENT_VOTE,
    AlternativeRule("waiting", marks=MarkRules(overvote="end if several"), until="two", own_round=True),
    AlternativeRule("strict marks", marks=MarkRules(skipped=0, repeated="end", overvote="end", ranks=3)),
)


def several_winners(profile: Profile, seats: int, rule: GregoryRule, ties: Ties = LOT) -> Count:
    names = [option.name for option in profile.candidates]
    return count_gregory(rankings(profile, rule.marks), names, seats, rule, ties)


def conserved(count: Count) -> None:
    for round_ in count.rounds:
        assert sum(round_.totals.values()) + round_.exhausted + round_.lost == count.valid
        assert sum(round_.why.values()) == round_.exhausted
        assert all(votes >= 0 for votes in (*round_.totals.values(), round_.exhausted, round_.lost))


# -- alternative vote -------------------------------------------------------------------------------------------------


@given(rule=st.sampled_from(RULES), profile=profiles())
def test_votes_are_conserved_and_one_is_elected(rule: AlternativeRule, profile: Profile) -> None:
    count = count_alternative(profile, rule, LOT)
    conserved(count)
    assert count.valid + count.blank + count.spoilt == profile.total
    assert sum(count.spoilt_by.values()) == count.spoilt
    assert len(count.elected) == 1 and not count.tied


@given(rule=st.sampled_from(RULES), profile=profiles())
def test_without_a_draw_a_tie_is_in_the_result(rule: AlternativeRule, profile: Profile) -> None:
    count = count_alternative(profile, rule)
    assert bool(count.tied) or len(count.elected) == 1
    if count.elected and not any(round_.ties for round_ in count.rounds):
        assert count.elected == count_alternative(profile, rule, LOT).elected


@given(rule=st.sampled_from(RULES), profile=profiles(), data=st.data())
def test_the_order_of_ballots_and_candidates_changes_nothing(
    rule: AlternativeRule, profile: Profile, data: st.DataObject
) -> None:
    plain = count_alternative(profile, rule)
    other, names = shuffled(profile, data)
    mixed = count_alternative(other, rule)
    assert {names[who] for who in mixed.elected} == set(plain.elected)
    assert {names[who] for who in mixed.tied} == set(plain.tied)
    assert len(mixed.rounds) == len(plain.rounds)
    for one, two in zip(plain.rounds, mixed.rounds, strict=True):
        assert one.totals == {names[who]: votes for who, votes in two.totals.items()}
        assert (one.exhausted, one.why) == (two.exhausted, two.why)


def shuffled(profile: Profile, data: st.DataObject) -> tuple[Profile, dict[int, int]]:
    """The same ballots in another order, split at random, with the candidates in another order; new number to old."""
    order = data.draw(st.permutations(range(1, len(profile.candidates) + 1)))
    new = {old: number for number, old in enumerate(order, 1)}
    rows = []
    for number, ranks in profile.rankings():
        moved = [
            None if rank is None else new[rank] if isinstance(rank, int) else tuple(new[who] for who in rank)
            for rank in ranks
        ]
        cut = data.draw(st.integers(0, number))
        rows += [(cut, moved), (number - cut, moved)]
    mixed = data.draw(st.permutations(rows))
    names = [profile.candidates[old - 1].name for old in order]
    return profile_of(names, mixed), dict(enumerate(order, 1))


@given(rule=st.sampled_from(RULES), profile=profiles(least=2, strict=True), who=st.integers(1, 2))
def test_a_majority_of_first_preferences_wins(rule: AlternativeRule, profile: Profile, who: int) -> None:
    profile = with_majority(profile, who)
    assert count_alternative(profile, rule, LOT).elected == (who,)
    for schulze in (SCHULZE, MARGINS):
        assert count_schulze(profile, schulze).elected == (who,)


def with_majority(profile: Profile, who: int) -> Profile:
    rows: list[tuple[int, Sequence[int]]] = [(number, ranks) for number, ranks in profile.rankings()]  # type: ignore[misc]
    rows.append((profile.total + 1, [who]))
    return profile_of(profile.candidates, rows)


def naive_alternative(profile: Profile, *, to_two: bool) -> tuple[list[dict[int, int]], set[int], set[int]]:
    """The alternative vote, read from the ballots anew in every round; the tables, who is elected, and who is tied.

    For papers without unusual marks, and ties broken by earlier rounds alone.
    """
    left = set(range(1, len(profile.candidates) + 1))
    tables: list[dict[int, int]] = []
    while True:
        table = dict.fromkeys(left, 0)
        for number, ranks in profile.rankings():
            choice = next((who for who in ranks if who in left), None)
            if choice is not None:
                table[choice] += number  # type: ignore[index]
        tables.append(table)
        top = [who for who in left if table[who] == max(table.values())]
        if len(left) == 1 or (2 * table[top[0]] > sum(table.values()) and (len(left) == 2 or not to_two)):
            return tables, {top[0]}, set()
        if len(left) == 2:
            won = by_earlier_rounds(top, tables, max)
            return (tables, {won}, set()) if won else (tables, set(), set(top))
        low = [who for who in left if table[who] == min(table.values())]
        gone = by_earlier_rounds(low, tables, min)
        if gone is None:
            return tables, ({top[0]} if 2 * table[top[0]] > sum(table.values()) else set()), set(low)
        left.remove(gone)


def by_earlier_rounds(tied: Sequence[int], tables: list[dict[int, int]], edge: Callable[..., int]) -> int | None:
    for table in reversed(tables):
        tied = [who for who in tied if table[who] == edge(table[other] for other in tied)]
        if len(tied) == 1:
            return tied[0]
    return None


@pytest.mark.parametrize("to_two", [False, True])
@given(profile=profiles(strict=True))
def test_alternative_vote_and_its_twin(to_two: bool, profile: Profile) -> None:
    tables, elected, tied = naive_alternative(profile, to_two=to_two)
    count = count_alternative(profile, TO_THE_LAST_TWO if to_two else ALTERNATIVE_VOTE)
    assert [
        {who: votes for who, votes in round_.totals.items() if who in table}
        for round_, table in zip(count.rounds, tables, strict=True)
    ] == tables
    assert set(count.tied) == tied
    if not to_two:
        assert set(count.elected) == elected


@given(profile=profiles())
def test_putting_all_out_who_cannot_catch_up_elects_the_same(profile: Profile) -> None:
    one, together = count_alternative(profile), count_alternative(profile, BATCH)
    if one.elected and together.elected and not any(round_.ties for round_ in one.rounds):
        assert one.elected == together.elected


@given(profile=profiles(least=2), seats=st.integers(1, 4))
def test_places_are_filled(profile: Profile, seats: int) -> None:
    people = len(profile.candidates)
    assert len(count_alternative(profile, BOTTOMS_UP, LOT, seats=seats).elected) == min(seats, people)
    for electing in ("all", "one a round"):
        rule = replace(MINNEAPOLIS, electing=electing)
        count = several_winners(profile, seats, rule)
        assert len(count.elected) == len(set(count.elected)) == min(seats, people)
        conserved(count)


@given(profile=profiles(), seats=st.integers(1, 4))
def test_one_place_after_another_fills_them_all(profile: Profile, seats: int) -> None:
    counts = count_in_turn(profile, seats, ties=lambda: LOT)
    elected = [who for count in counts for who in count.elected]
    assert len(elected) == len(set(elected)) == min(seats, len(profile.candidates))
    for count in counts:
        conserved(count)


# -- choices ----------------------------------------------------------------------------------------------------------


@given(profile=profiles(), seats=st.integers(1, 3), data=st.data())
def test_choices_do_not_depend_on_order(profile: Profile, seats: int, data: st.DataObject) -> None:
    other, names = shuffled(profile, data)
    for rule in (APPROVAL, BLOCK_VOTE, ChoiceRule("one", read="first rank")):
        one, two = count_choices(profile, seats, rule), count_choices(other, seats, rule)
        assert set(one.elected) == {names[who] for who in two.elected}
        assert set(one.tied) == {names[who] for who in two.tied}
        assert one.valid + one.blank + one.spoilt == profile.total
        assert bool(one.tied) or len(one.elected) == min(seats, len(profile.candidates))


@given(
    rule=st.sampled_from((APPROVAL, BLOCK_VOTE, MOST_VOTES)),
    profile=profiles(least=3),
    seats=st.integers(2, 4),
    group=st.sets(st.integers(1, 5), min_size=1),
    data=st.data(),
)
def test_what_a_result_must_contain_it_contains(
    rule: ChoiceRule, profile: Profile, seats: int, group: set[int], data: st.DataObject
) -> None:
    people = len(profile.candidates)
    least = data.draw(st.integers(0, 2))
    most = data.draw(st.none() | st.integers(least, 3))
    constraints = Constraints((Group("them", frozenset(group), least, most),))
    rule = replace(rule, result=constraints)
    fits = any(
        constraints.kept_by(chosen) for chosen in itertools.combinations(range(1, people + 1), min(seats, people))
    )
    if people <= seats:
        return
    if not fits:
        with pytest.raises(CountError):
            count_choices(profile, seats, rule, LOT)
        return
    count = count_choices(profile, seats, rule, LOT)
    assert len(count.elected) == seats
    assert constraints.kept_by(count.elected)


# -- Schulze ----------------------------------------------------------------------------------------------------------


def naive_pairs(profile: Profile, rule: SchulzeRule) -> dict[tuple[int, int], int]:
    people = range(1, len(profile.candidates) + 1)
    votes = {(one, other): 0 for one in people for other in people if one != other}
    for number, ranks in profile.rankings():
        place: dict[int, int] = {}
        for index, rank in enumerate(ranks):
            for who in () if rank is None else (rank,) if isinstance(rank, int) else rank:
                place.setdefault(who, index)
        for one, other in votes:
            if one in place and (place[one] < place[other] if other in place else rule.unranked == "last"):
                votes[one, other] += number
    return votes


def naive_winners(profile: Profile, rule: SchulzeRule) -> list[int]:
    """Who is not beaten, by looking at every path from one option to another."""
    people = range(1, len(profile.candidates) + 1)
    defeats = strengths(naive_pairs(profile, rule), people, rule.strength)

    def strongest(one: int, other: int) -> tuple[int, int]:
        rest = [who for who in people if who not in (one, other)]
        paths = (
            list(itertools.pairwise((one, *middle, other)))
            for size in range(len(rest) + 1)
            for middle in itertools.permutations(rest, size)
        )
        return max(
            (min(defeats[link] for link in path) for path in paths if all(link in defeats for link in path)),
            default=(-1, 0),
        )

    return [
        one for one in people if all(strongest(one, other) >= strongest(other, one) for other in people if other != one)
    ]


def by_dropping_the_weakest(defeats: dict[tuple[int, int], tuple[int, int]], people: Sequence[int]) -> list[int]:
    """The winners as the constitution of Debian has them, A.6.4 to A.6.8, to the letter."""
    while True:
        reach = set(defeats)
        for middle, one, other in itertools.product(people, repeat=3):
            if (one, middle) in reach and (middle, other) in reach:
                reach.add((one, other))
        schwartz = [
            one for one in people if all((one, other) in reach or (other, one) not in reach for other in people)
        ]
        inside = {pair: strength for pair, strength in defeats.items() if set(pair) <= set(schwartz)}
        if not inside:
            return schwartz
        weakest = min(inside.values())
        defeats = {pair: strength for pair, strength in defeats.items() if pair not in inside or strength != weakest}


@given(rule=st.sampled_from((SCHULZE, MARGINS, COMPARED)), profile=profiles())
def test_schulze_and_its_twins(rule: SchulzeRule, profile: Profile) -> None:
    count = count_schulze(profile, rule)
    assert compare(profile, rule.unranked) == naive_pairs(profile, rule)
    assert list(count.winners) == naive_winners(profile, rule)
    people = range(1, len(profile.candidates) + 1)
    assert list(count.winners) == by_dropping_the_weakest(strengths(count.pairs, people, rule.strength), people)
    assert (count.elected or count.tied) == count.winners


@given(profile=profiles(least=2), quorum=st.integers(0, 12), data=st.data())
def test_debian_and_its_twin(profile: Profile, quorum: int, data: st.DataObject) -> None:
    people = range(1, len(profile.candidates) + 1)
    default = data.draw(st.sampled_from(people))
    pairs = naive_pairs(profile, DEBIAN)
    # A.6.2 and A.6.3: quorum and majority over the default option, before anything else is looked at.
    standing = [
        who
        for who in people
        if who == default or (pairs[who, default] >= quorum and pairs[who, default] > pairs[default, who])
    ]
    defeats = strengths(pairs, standing, DEBIAN.strength)
    kept = by_dropping_the_weakest(defeats, standing)
    count = count_schulze(profile, DEBIAN, default=default, quorum=quorum)
    assert list(count.winners) == kept
    assert set(count.dropped) == set(people) - set(standing)
    assert count.elected == ((kept[0],) if len(kept) == 1 and kept != [default] else ())
    assert bool(count.reopened) == (kept == [default])


@given(rule=st.sampled_from((SCHULZE, MARGINS, COMPARED)), profile=profiles(), data=st.data())
def test_schulze_does_not_depend_on_order(rule: SchulzeRule, profile: Profile, data: st.DataObject) -> None:
    other, names = shuffled(profile, data)
    assert {names[who] for who in count_schulze(other, rule).winners} == set(count_schulze(profile, rule).winners)


@given(profile=profiles())
def test_whoever_defeats_everybody_wins(profile: Profile) -> None:
    pairs = compare(profile)
    people = range(1, len(profile.candidates) + 1)
    for one in people:
        if all(pairs[one, other] > pairs[other, one] for other in people if other != one):
            assert count_schulze(profile).elected == (one,)
            assert count_schulze(profile, MARGINS).elected == (one,)


def test_exact_values_are_fractions() -> None:
    profile = profile_of(list("ABC"), [(7, [1, 2]), (2, [2]), (1, [3])])
    rule = replace(MINNEAPOLIS, decimals=None, quota="droop integer")
    count = several_winners(profile, 2, rule)
    assert count.rounds[1].moved[0].value == Fraction(3, 7)
    conserved(count)
