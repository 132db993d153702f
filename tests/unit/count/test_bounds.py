"""Counts at the edge of 64 bits: exact to the last ballot, or refused; never wrong."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from selectorate.ballots import Profile, profile_of
from selectorate.count.registry import METHODS, Options
from selectorate.count.result import Count
from selectorate.count.ties import Lot

MOST = 2**63 - 1
"""Ballots of which a sum still fits in 64 bits."""
NAMES = ["Ann", "Bob", "Cid", "Dot", "Eve"]


def shapes(total: int) -> Profile:
    """``total`` ballots of six kinds, none with a round number."""
    kinds = [[1, 2, 3], [2, 3], [3, 1, 4], [4, 5, 2], [5], [1, 5, 4, 3]]
    parts = [total // 3, total // 7, total // 11, total // 13, total // 17]
    return profile_of(NAMES, list(zip([*parts, total - sum(parts)], kinds, strict=True)), seats=2)


def votes(count: Count) -> list[Fraction]:
    """All votes of each round, wherever they are."""
    return [sum(item.totals.values(), item.exhausted + item.lost) for item in count.rounds]


@pytest.mark.parametrize("method", ["scottish", "minneapolis", "wigm", "wigm-exact", "ers97", "northern-ireland"])
def test_votes_at_the_edge_of_64_bits_add_up_exactly(method: str) -> None:
    count = METHODS[method].run(shapes(MOST), 2, Options(lot=Lot("1")))
    assert count.valid == MOST
    assert len(count.rounds) > 1
    assert set(votes(count)) == {Fraction(MOST)}


@pytest.mark.parametrize("method", ["meek-1987", "meek-nz", "meek-prf"])
@pytest.mark.parametrize("total", [9_223_372_036, 9_223_372_037, MOST])
def test_meek_is_exact_where_scaled_votes_leave_64_bits(method: str, total: int) -> None:
    """With nine decimals the scaled votes fit up to 9,223,372,036 ballots; beyond, Python's integers take over."""
    count = METHODS[method].run(shapes(total), 2, Options(lot=Lot("1")))
    assert set(votes(count)) == {Fraction(total)}


@pytest.mark.parametrize("method", ["alternative-vote", "alternative-vote-batch", "bottoms-up", "two-rounds"])
def test_whole_votes_at_the_edge_add_up_exactly(method: str) -> None:
    count = METHODS[method].run(shapes(MOST), 1, Options(lot=Lot("1")))
    assert set(votes(count)) == {Fraction(MOST)}


def test_a_count_scales_to_the_edge() -> None:
    """A thousand million times the ballots: the same rounds, a thousand million times the votes."""
    kinds = [(300, [1, 2]), (200, [2, 3]), (150, [3, 1]), (70, [4, 2]), (21, [5, 4])]
    few = METHODS["wigm-exact"].run(profile_of(NAMES, kinds), 2, Options())
    many = METHODS["wigm-exact"].run(profile_of(NAMES, [(n * 10**16, ranks) for n, ranks in kinds]), 2, Options())
    assert many.elected == few.elected
    assert [round_.totals for round_ in many.rounds] == [
        {who: value * 10**16 for who, value in round_.totals.items()} for round_ in few.rounds
    ]


def test_more_ballots_than_64_bits_hold_are_refused() -> None:
    with pytest.raises(ValueError, match="does not fit in 64 bits"):
        profile_of(NAMES, [(MOST, [1]), (1, [2])])


def test_so_they_are_in_a_profile_that_is_put_together() -> None:
    fits = profile_of(NAMES, [(MOST - 1, [1]), (1, [2])])
    assert fits.total == MOST
    with pytest.raises(ValueError, match="does not fit in 64 bits"):
        replace(fits, number=np.array([MOST, 1], dtype=np.int64))
    with pytest.raises(ValueError, match="-1 ballots"):
        replace(fits, number=np.array([2, -1], dtype=np.int64))
