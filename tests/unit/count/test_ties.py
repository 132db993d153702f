"""Ties: what breaks them, in which order, and what an officer's decisions come to."""

from __future__ import annotations

import hashlib
from fractions import Fraction

import pytest

from selectorate.ballots import profile_of
from selectorate.count.lot import Lot
from selectorate.count.registry import METHODS, Options
from selectorate.count.ties import Decisions, TiedError, Ties
from selectorate.errors import CountError, InputError

NAMES = ("Ann", "Bob", "Cyd", "Dan")


def test_the_draw_is_the_one_that_is_documented() -> None:
    lot = Lot("seed", ("12", "7"))
    assert lot.commitment() == hashlib.sha256(b"seed").hexdigest()
    drawn = {
        number: hashlib.sha256(f"seed\x1f12\x1f7\x1f{number}\x1f{name}".encode()).hexdigest()
        for number, name in enumerate(NAMES, 1)
    }
    assert list(lot.order(NAMES)) == sorted(drawn, key=lambda number: drawn[number])


def test_a_seed_is_held_to_its_commitment() -> None:
    lot = Lot("seed")
    assert lot.kept(f" {lot.commitment().upper()}\n")
    assert not lot.kept(Lot("sead").commitment())
    assert not lot.kept("")
    assert not lot.kept("ä")


def test_numbers_change_the_order_and_so_does_their_order() -> None:
    many = [str(number) for number in range(20)]
    orders = {Lot("seed", numbers).order(many) for numbers in ((), ("1",), ("1", "2"), ("2", "1"), ("12",))}
    assert len(orders) == 5


@pytest.mark.parametrize(
    ("orders", "tied", "up", "down"),
    [
        ([(1, 2)], (1, 2), 1, 2),
        ([(1, 2)], (2, 1), 1, 2),
        ([(1, 2), (2, 3)], (1, 3), 1, 3),
        ([(1, 2), (1, 3)], (1, 2, 3), 1, None),
        ([(1, 3), (2, 3)], (1, 2, 3), None, 3),
        ([(3, 1, 2)], (1, 2, 3), 3, 2),
        ([(1, 2)], (3, 4), None, None),
        ([], (1, 2), None, None),
    ],
)
def test_what_follows_from_decisions(
    orders: list[tuple[int, ...]], tied: tuple[int, ...], up: int | None, down: int | None
) -> None:
    decisions = Decisions.of(orders)
    assert decisions.taken(tied, least=False) == up
    assert decisions.taken(tied, least=True) == down


@pytest.mark.parametrize("orders", [[(1, 2), (2, 1)], [(1, 2, 1)], [(1, 2), (2, 3), (3, 1)]])
def test_decisions_that_contradict_each_other(orders: list[tuple[int, ...]]) -> None:
    with pytest.raises(InputError, match="contradicts"):
        Decisions.of(orders)


def test_rules_are_asked_in_their_order() -> None:
    earlier = [{1: Fraction(5), 2: Fraction(4), 3: Fraction(4)}]
    ties = Ties(("latest difference", "officer", "lot"), Lot("x"), decisions=Decisions.of([(2, 3)]))
    assert ties.choose((1, 2), "exclusion", earlier, NAMES).how == "fewest votes in round 1, where they differed"
    decided = ties.choose((2, 3), "exclusion", earlier, NAMES)
    assert (decided.chosen, decided.how, decided.draw) == (3, "by the officer's decision", None)
    drawn = ties.choose((2, 4), "exclusion", [], NAMES)
    assert (drawn.how, drawn.draw) == ("by lot", Lot("x"))
    asked = Ties(("latest difference", "stop", "lot"), Lot("x"))
    with pytest.raises(TiedError) as stopped:
        asked.choose((2, 3), "election", earlier, NAMES)
    assert stopped.value.say(NAMES) == "Bob, Cyd are tied for election, and nothing that was given breaks the tie."


# -- limited vote, and weights --------------------------------------------------------------------------------------


def test_a_limited_vote() -> None:
    profile = profile_of(NAMES, [(5, [(1, 2)]), (4, [(3, 4)]), (3, [(1, 2, 3)]), (1, [4])])
    count = METHODS["limited-vote"].run(profile, 3, Options(lot=Lot("x")))
    assert count.spoilt == 3, "two may be chosen for three places"
    assert (count.rounds[0].totals, set(count.elected)) == ({1: 5, 2: 5, 3: 4, 4: 5}, {1, 2, 4})
    assert METHODS["limited-vote"].run(profile, 3, Options(most=1, lot=Lot("x"))).spoilt == 12
    for most in (3, 4):
        with pytest.raises(CountError, match="fewer are chosen"):
            METHODS["limited-vote"].run(profile, 3, Options(most=most))
