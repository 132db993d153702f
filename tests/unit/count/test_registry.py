"""Every method of the registry counts, says what it did, and can be told from the others."""

from __future__ import annotations

import re

import pytest

from selectorate.ballots import profile_of
from selectorate.count.lot import Lot
from selectorate.count.registry import METHODS, Method, Options
from selectorate.count.ties import Ties
from selectorate.errors import CountError

PROFILE = profile_of(["Ann", "Bob", "Cat", "None"], [(9, [1, 2]), (6, [2, 3]), (4, [3, 2]), (1, [4])])


@pytest.mark.parametrize("method", METHODS.values(), ids=list(METHODS))
def test_every_method_counts(method: Method) -> None:
    count = method.run(PROFILE, 1, Options(lot=Lot("seed"), entitled=25))
    assert count.candidates == ("Ann", "Bob", "Cat", "None")
    assert count.valid + count.blank + count.spoilt == PROFILE.total
    assert len(count.elected) == 1 or count.reopened or "yes-no" in method.id
    assert all(round_.say for round_ in count.rounds[-1:])
    assert [round_.number for round_ in count.rounds] == list(range(1, len(count.rounds) + 1))


@pytest.mark.parametrize("method", METHODS.values(), ids=list(METHODS))
def test_a_method_fills_several_places_or_says_that_it_does_not(method: Method) -> None:
    if method.many:
        assert len(method.run(PROFILE, 2, Options(lot=Lot("seed"), entitled=25)).elected) == 2
    else:
        with pytest.raises(CountError, match=r"one place|one answer"):
            method.run(PROFILE, 2, Options())


def test_methods_are_told_apart() -> None:
    assert all(method.id == key and method.name and method.source for key, method in METHODS.items())
    assert len({method.name for method in METHODS.values()}) == len(METHODS)
    assert all(method.proved_by != "" for method in METHODS.values())


@pytest.mark.parametrize("method", ["alternative-vote", "scottish", "wigm-exact", "bottoms-up"])
@pytest.mark.parametrize("seed", [str(number) for number in range(12)])
def test_a_lot_is_drawn_only_among_those_whom_earlier_rounds_leave_tied(method: str, seed: str) -> None:
    # A goes out and makes B, C and D level; D had more than both at the only round in which they differed.
    papers = [(4, [2]), (4, [3]), (5, [4]), (1, [1, 2]), (1, [1, 3])]
    lot = Options(ties=Ties(("latest difference", "lot"), Lot(seed)))
    count = METHODS[method].run(profile_of(list("ABCD"), papers), 1, lot)
    tie = next(tie for shown in count.rounds for tie in shown.ties if len(tie.between) == 3)
    assert tie.chosen in (2, 3)
    assert tie.how == "by lot between B and C, who had fewest votes in round 1"


def test_an_order_that_was_given_decides_only_what_earlier_rounds_leave_tied() -> None:
    papers = [(4, [2]), (4, [3]), (5, [4]), (1, [1, 2]), (1, [1, 3])]
    ties = Ties(("latest difference", "order"), order=(3, 2, 4, 1), by="the order of the chair")
    count = METHODS["alternative-vote"].run(profile_of(list("ABCD"), papers), 1, Options(ties=ties))
    assert count.rounds[2].excluded == (2,)


def test_the_clauses_of_scotland_are_those_of_2011() -> None:
    """The order of 2011 has one rule more before the count than that of 2007; the last places are rule 53 (1)."""
    profile = profile_of(["Ann", "Bob", "Cat", "Dan"], [(9, [1, 2]), (2, [2]), (3, [3]), (1, [4])])
    said = [line for round_ in METHODS["scottish"].run(profile, 2, Options()).rounds for line in round_.say]
    assert re.findall(r"\(rule (\d+)\)", " ".join(said)) == ["47", "48", "49", "51", "51", "53"]


def test_a_supplementary_vote_that_is_level_at_the_end_is_for_the_lot_alone() -> None:
    """Local Government Act 2000, Schedule 2, paragraph 3 (8): by lots, whoever had more first preferences."""
    profile = profile_of(["Ann", "Bob", "Cat"], [(4, [1]), (3, [2]), (1, [3, 2])])
    method = METHODS["supplementary-vote"]
    assert method.ties == ("lot",)
    assert method.run(profile, 1, Options()).tied == (1, 2)
    drawn = {method.run(profile, 1, Options(lot=Lot(seed))).elected for seed in "abcdefgh"}
    assert drawn == {(1,), (2,)}
    assert METHODS["two-rounds"].run(profile, 1, Options()).elected == (1,)
