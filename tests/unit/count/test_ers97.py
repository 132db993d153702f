"""The Electoral Reform Society's rules of 1997, against the figures that are public of the booklet's model election.

The booklet does not print its ballots, and the file of ballots in circulation was withdrawn by its author. The papers
here are our own: made so that whatever is published of the election (first preferences, the votes of stage 2, both
transfer values, who was elected and went out when) has to come out if the rules are followed. They prove the
narrative, and no more: what lies between the published figures is free, and was chosen.
"""

from __future__ import annotations

from fractions import Fraction

import pytest

from selectorate.ballots import profile_of, rankings
from selectorate.count.constraints import Constraints, Group
from selectorate.count.ers97 import ERS97
from selectorate.count.lot import Lot
from selectorate.count.parcels import count_parcels
from selectorate.count.result import Count
from selectorate.count.ties import Ties

NAMES = ("Smith", "Carpenter", "Wright", "Glazier", "Duke", "Prince", "Baron", "Abbot", "Vicar", "Monk", "Freeman")
SMITH, CARPENTER, WRIGHT, GLAZIER, DUKE, PRINCE, BARON, ABBOT, VICAR, MONK, FREEMAN = range(1, 12)

PAPERS: list[tuple[int, tuple[int, ...]]] = [
    # Smith 134, of which 125 go on: 25 to Wright and 31 to Glazier, who go out later.
    (35, (SMITH, CARPENTER)),
    (10, (SMITH, WRIGHT, PRINCE)),
    (15, (SMITH, WRIGHT, FREEMAN)),
    (5, (SMITH, GLAZIER, FREEMAN)),
    (10, (SMITH, GLAZIER, VICAR)),
    (6, (SMITH, GLAZIER, BARON)),
    (5, (SMITH, GLAZIER, ABBOT)),
    (5, (SMITH, GLAZIER)),
    (8, (SMITH, DUKE)),
    (3, (SMITH, PRINCE)),
    (1, (SMITH, BARON)),
    (4, (SMITH, VICAR)),
    (18, (SMITH, FREEMAN)),
    (9, (SMITH,)),
    (81, (CARPENTER,)),
    # Wright 27 and Glazier 24: 34 of them to Carpenter, of which 25 go on.
    (14, (WRIGHT, CARPENTER, PRINCE)),
    (2, (WRIGHT, CARPENTER, FREEMAN)),
    (4, (WRIGHT, CARPENTER, VICAR)),
    (5, (WRIGHT, PRINCE)),
    (2, (WRIGHT, FREEMAN)),
    (3, (GLAZIER, CARPENTER, VICAR)),
    (2, (GLAZIER, CARPENTER, ABBOT)),
    (9, (GLAZIER, CARPENTER)),
    (4, (GLAZIER, FREEMAN)),
    (4, (GLAZIER, VICAR)),
    (2, (GLAZIER, ABBOT)),
    (105, (DUKE,)),
    (91, (PRINCE,)),
    (40, (BARON, VICAR)),
    (10, (BARON, ABBOT)),
    (1, (BARON, FREEMAN)),
    (13, (BARON,)),
    (59, (ABBOT,)),
    (55, (VICAR,)),
    (2, (MONK, DUKE)),
    (6, (MONK, ABBOT)),
    (12, (MONK, VICAR)),
    (2, (MONK, PRINCE)),
    (1, (MONK,)),
    (90, (FREEMAN,)),
]


def count(
    names: tuple[str, ...],
    papers: list[tuple[int, tuple[int, ...]]],
    seats: int,
    ties: Ties | None = None,
    constraints: Constraints | None = None,
) -> Count:
    done = count_parcels(rankings(profile_of(names, papers)), names, seats, ERS97, ties, constraints)
    for shown in done.rounds:
        assert sum(shown.totals.values()) + shown.exhausted + shown.lost == done.valid
    return done


@pytest.fixture(scope="module")
def model() -> Count:
    return count(NAMES, PAPERS, 6)


def votes(text: str) -> Fraction:
    return Fraction(text)


def test_first_stage_and_quota(model: Count) -> None:
    first = model.rounds[0]
    assert model.valid == 753
    assert first.quota == votes("107.58")
    assert [first.totals[who] for who in range(1, 12)] == [134, 81, 27, 24, 105, 91, 64, 59, 55, 23, 90]
    assert first.elected == (SMITH,)


def test_surplus_at_a_value_cut_to_two_places(model: Count) -> None:
    second = model.rounds[1]
    assert (second.action, second.of) == ("surplus", (SMITH,))
    assert second.moved[0].value == votes("0.21")
    assert second.totals[CARPENTER] == votes("88.35")
    assert second.totals[WRIGHT] == votes("32.25")
    assert second.totals[GLAZIER] == votes("30.51")
    assert second.totals[DUKE] == votes("106.68")
    assert second.totals[FREEMAN] == votes("93.78")
    assert second.totals[SMITH] == second.quota
    assert second.lost == votes("26.42") - 125 * votes("0.21")


def test_monk_goes_out_and_duke_is_elected(model: Count) -> None:
    third = model.rounds[2]
    assert third.excluded == (MONK,)
    assert third.elected == (DUKE,)
    assert third.totals[DUKE] == votes("108.68")
    assert "waits" in third.say[-1]  # Duke's surplus, 1.10, against the 1.74 between Glazier and Wright


def test_wright_and_glazier_go_out_together(model: Count) -> None:
    fourth = model.rounds[3]
    assert set(fourth.excluded) == {WRIGHT, GLAZIER}
    assert fourth.elected == (CARPENTER,)
    assert fourth.totals[CARPENTER] == votes("122.35")
    # Elected by papers of full value, Carpenter gets none of the papers of 0.21 that follow.
    assert [moved.value for moved in fourth.moved] == [1, 1, votes("0.21"), votes("0.21")]
    assert all(CARPENTER not in moved.by for moved in fourth.moved[2:])


def test_carpenters_surplus_is_taken_from_the_last_papers(model: Count) -> None:
    fifth = model.rounds[4]
    assert (fifth.action, fifth.of) == ("surplus", (CARPENTER,))
    assert fifth.moved[0].value == votes("0.59")
    assert sum(number for to, number in fifth.moved[0].papers.items() if to) == 25
    assert fifth.elected == (PRINCE,)


def test_result(model: Count) -> None:
    assert [model.name(who) for who in model.elected] == ["Smith", "Duke", "Carpenter", "Prince", "Vicar", "Freeman"]


def test_elected_by_the_active_vote_below_the_quota(model: Count) -> None:
    last = model.rounds[-1]
    assert FREEMAN in last.elected
    assert last.totals[FREEMAN] < last.quota
    assert any("5.4.9(b)" in said for said in last.say)


def test_quota_falls_until_somebody_is_elected() -> None:
    papers = [(10, (1, 2)), (9, (2, 1)), (8, (3, 4)), (5, (4,))]
    done = count(("A", "B", "C", "D"), papers, 2)
    assert done.rounds[0].quota == votes("10.67")
    assert done.rounds[1].excluded == (4,)
    assert done.rounds[1].quota == 9  # 27 of 32 votes are left
    assert done.rounds[1].elected == (1, 2)


def test_no_papers_move_when_as_many_are_left_as_places() -> None:
    done = count(("A", "B", "C"), [(5, (1,)), (4, (2, 3)), (3, (3, 2))], 2)
    assert done.rounds[-1].action in ("first preferences", "declaration")
    assert done.elected == (1, 2)


def test_votes_at_the_earliest_batch_break_a_tie() -> None:
    # C and D are level at 7 when one of them has to go out; C had fewer first preferences.
    papers = [(20, (1,)), (9, (2,)), (5, (3,)), (6, (4,)), (2, (5, 3)), (1, (5, 4))]
    done = count(("A", "B", "C", "D", "E"), papers, 1)
    (broken,) = [tie for shown in done.rounds for tie in shown.ties]
    assert (broken.between, broken.chosen) == ((3, 4), 3)
    assert broken.how == "fewest votes in round 1, where they differed"


def test_votes_after_a_batch_decide_between_equals_for_the_last_place() -> None:
    # 5.6.2: two reach the votes that are needed together, with one place left; they were level before stage 3.
    papers = [
        (15, (4,)),
        (6, (3,)),
        (6, (5, 3, 2)),
        (2, (4, 5)),
        (17, (2, 5)),
        (6, (5, 1, 4)),
        (19, (5, 3)),
        (14, (5, 1)),
    ]
    done = count(("A", "B", "C", "D", "E"), papers, 2)
    assert done.rounds[-1].totals[2] == done.rounds[-1].totals[4] == votes("19.22")
    (broken,) = done.rounds[-1].ties
    assert (broken.between, broken.chosen, broken.what) == ((2, 4), 4, "election")
    assert broken.how == "most votes in round 3 when papers of 0.37 had moved, where they differed"
    assert done.elected == (5, 4)


def test_a_tie_from_the_start_needs_a_lot() -> None:
    papers = [(4, (1,)), (4, (2,)), (7, (3,))]
    stopped = count(("A", "B", "C"), papers, 2)
    assert (stopped.tied, stopped.tied_for, stopped.elected) == ((1, 2), "exclusion", (3,))
    assert len(stopped.rounds) == 2, "the surplus of C has moved, and nobody has gone out"
    assert stopped.rounds[-1].say[-1] == "A, B are tied for exclusion, and nothing that was given breaks the tie."
    done = count(("A", "B", "C"), papers, 2, Ties(ERS97.ties, Lot("seed", ("1", "2"))))
    assert done.rounds[-1].ties[0].how == "by lot"


def test_equal_votes_and_too_few_places_elect_nobody() -> None:
    # Three with a third of the votes each, two places: nobody is elected on the active vote (5.6.2).
    done = count(("A", "B", "C"), [(4, (1,)), (4, (2,)), (4, (3,))], 2)
    assert (done.elected, done.tied, done.tied_for) == ((), (1, 2, 3), "exclusion")


def test_constraints_guard_and_doom() -> None:
    men = Constraints((Group("women", frozenset({MONK, BARON}), least=1), Group("guild", frozenset({1, 2, 3}), most=1)))
    done = count(NAMES, PAPERS, 6, constraints=men)
    assert men.kept_by(done.elected)
    assert SMITH in done.elected
    assert {CARPENTER, WRIGHT} <= set(done.rounds[1].excluded)
