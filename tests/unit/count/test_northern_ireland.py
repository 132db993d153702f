"""Northern Ireland's rules 47 to 52: small counts worked out by hand. No published count with its ballots is known."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import pytest

from selectorate.ballots import profile_of, rankings
from selectorate.count.constraints import Constraints, Group
from selectorate.count.lot import Lot
from selectorate.count.northern_ireland import NORTHERN_IRELAND_1985
from selectorate.count.parcels import count_parcels
from selectorate.count.result import Count
from selectorate.count.ties import Ties

from .test_ers97 import NAMES, PAPERS


def count(
    names: Sequence[str],
    papers: Sequence[tuple[int, Sequence[int]]],
    seats: int,
    constraints: Constraints | None = None,
) -> Count:
    ties = Ties(NORTHERN_IRELAND_1985.ties, Lot("x"))
    done = count_parcels(rankings(profile_of(names, papers)), names, seats, NORTHERN_IRELAND_1985, ties, constraints)
    for shown in done.rounds:
        assert sum(shown.totals.values()) + shown.exhausted + shown.lost == done.valid
    return done


def test_quota_is_whole_and_a_surplus_is_cut_to_two_places() -> None:
    # 100 papers, 2 places: quota 34. A has 50: 16 over 45 transferable papers is 0.35.
    done = count("ABCD", [(30, (1, 2)), (15, (1, 3)), (5, (1,)), (20, (2,)), (16, (3,)), (14, (4,))], 2)
    first, second, *_ = done.rounds
    assert first.quota == 34
    assert second.moved[0].value == Fraction("0.35")
    assert second.totals[2] == 20 + 30 * Fraction("0.35")
    assert second.totals[3] == 16 + 15 * Fraction("0.35")
    assert second.lost == 16 - 45 * Fraction("0.35")


def test_no_paper_gains_value() -> None:
    # 16 over the quota, but only 10 papers can move: at one each, the other six votes are not transferable.
    done = count("ABCD", [(10, (1, 2)), (40, (1,)), (20, (2,)), (16, (3,)), (14, (4,))], 2)
    second = done.rounds[1]
    assert second.moved[0].value == 1
    assert (second.exhausted, second.lost) == (6, 0)


def test_only_the_papers_received_last_are_examined() -> None:
    # B reaches the quota of 34 with E's papers; those go on to D, and none of B's first preferences to C.
    papers = [(28, (2, 3)), (32, (1,)), (16, (3,)), (14, (4,)), (10, (5, 2, 4))]
    done = count("ABCDE", papers, 2)
    assert done.rounds[1].excluded == (5,)
    assert done.rounds[1].elected == (2,)
    surplus = done.rounds[2]
    assert (surplus.action, surplus.of) == ("surplus", (2,))
    assert set(surplus.moved[0].by) == {4}
    assert surplus.moved[0].value == Fraction("0.40")
    assert (surplus.totals[3], surplus.totals[4]) == (16, 18)


def test_first_preferences_leave_before_transferred_papers_of_the_same_value() -> None:
    # D goes out (level with F, but with fewer at first) with papers of its own and with E's, all worth one: two
    # transfers, and A, whom the first elects, gets nothing of the second.
    papers = [(20, (1,)), (22, (2,)), (24, (3,)), (9, (4, 1)), (8, (5, 4, 1, 2)), (17, (6,))]
    done = count("ABCDEF", papers, 3)
    assert done.rounds[1].excluded == (5,)
    out = next(shown for shown in done.rounds if 4 in shown.excluded)
    assert [dict(moved.papers) for moved in out.moved if moved.source == 4] == [{1: 9}, {2: 8}]
    assert out.elected[:2] == (1, 2)
    assert out.ties[0].how == "fewest votes in round 1, where they differed"


def test_surplus_waits_only_if_it_is_less_than_the_gap() -> None:
    # Quota 26 of 100 for three places. A's surplus of 4; the lowest are 4 apart: not less, so it is transferred.
    papers = [(30, (1, 2)), (24, (2,)), (22, (3,)), (14, (4,)), (10, (5,))]
    assert count("ABCDE", papers, 3).rounds[1].action == "surplus"
    # With a gap of 5 it waits.
    papers = [(30, (1, 2)), (24, (2,)), (22, (3,)), (14, (4,)), (9, (5,)), (1, (3,))]
    assert count("ABCDE", papers, 3).rounds[1].excluded == (5,)


def test_no_fewer_than_all_others_together() -> None:
    # Quota 27 of 80. One place left after A: B has 20, C and D with A's surplus of 1 have 19 and 1 (rule 52(2)).
    papers = [(28, (1,)), (26, (2,)), (15, (3,)), (10, (4,)), (1, (3,))]
    done = count("ABCD", papers, 2)
    assert "52(2)" in " ".join(done.rounds[-1].say)
    assert done.elected == (1, 2)


def test_one_place_needs_an_exclusion_first() -> None:
    done = count("ABC", [(60, (1,)), (30, (2,)), (10, (3, 2))], 1)
    assert not done.rounds[0].elected
    assert (done.rounds[1].action, set(done.rounds[1].excluded)) == ("declaration", {2, 3})
    assert done.elected == (1,)


def test_the_model_election_of_1997_elects_the_same_six() -> None:
    done = count(NAMES, PAPERS, 6)
    assert set(done.elected) == {1, 2, 5, 6, 9, 11}
    assert done.rounds[0].quota == 108


@pytest.mark.parametrize("least", [1, 2, 3])
def test_constraints(least: int) -> None:
    rules = Constraints((Group("the low", frozenset({3, 4, 10}), least=least),))
    assert rules.kept_by(count(NAMES, PAPERS, 6, rules).elected)
