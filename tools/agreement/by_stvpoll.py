"""stvpoll: Scottish STV and the alternative vote."""

from __future__ import annotations

import random
from fractions import Fraction

from stvpoll.irv import calculate_irv
from stvpoll.result import ElectionResult
from stvpoll.scottish_stv import calculate_scottish_stv

from . import ours
from .compare import Comparison, Departure
from .model import Answer, Election, name, tables
from .transfers import Transfer


def _names(election: Election) -> tuple[str, ...]:
    return tuple(name(who) for who in election.people)


def _ballots(election: Election) -> list[tuple[tuple[str, ...], int]]:
    random.seed(1)
    return [(tuple(name(who) for who in paper), number) for number, paper in election.papers]


def _number(who: str) -> int:
    return ord(who) - ord("A") + 1


def _answer(result: ElectionResult) -> Answer:
    # Decimals, of five places at most: exact as fractions.
    states = [{_number(who): _fraction(votes) for who, votes in one.votes.items()} for one in result.rounds]
    return Answer(frozenset(_number(who) for who in result), tables(states))


def _fraction(votes: object) -> Fraction:
    return Fraction(str(votes))


def _scottish(election: Election) -> Answer:
    return _answer(calculate_scottish_stv(_names(election), _ballots(election), election.seats))


def _irv(election: Election) -> Answer:
    return _answer(calculate_irv(_names(election), _ballots(election)))


COMPARISONS = (
    Comparison(
        "stvpoll",
        "calculate_scottish_stv",
        "scottish",
        _scottish,
        lambda election: ours.transferred(election, "scottish"),
        Transfer("integer", cut=5),
        (
            Departure("goes on", {"fills": "first", "several": "together"}),
            Departure("rounds values", {"rounded": True}),
            Departure("surpluses serially", {"fills": "first", "several": "serially"}),
        ),
        seats=True,
    ),
    Comparison(
        "stvpoll",
        "calculate_irv",
        "alternative-vote",
        _irv,
        lambda election: ours.transferred(election, "alternative-vote"),
        Transfer("majority"),
        (Departure("majority of all", {"quota": "first majority", "last": False}),),
    ),
)
