"""pref_voting. Its candidates are numbers from 0, as in its own examples."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

from pref_voting.grade_methods import approval
from pref_voting.grade_profiles import GradeProfile
from pref_voting.iterative_methods import instant_runoff_for_truncated_linear_orders, plurality_with_runoff_put
from pref_voting.margin_based_methods import beat_path
from pref_voting.profiles import Profile
from pref_voting.profiles_with_ties import ProfileWithTies
from pref_voting.proportional_methods import stv_meek, stv_scottish, stv_wig
from pref_voting.scoring_methods import plurality

from . import ours
from .compare import Comparison, Departure
from .model import Answer, Election
from .others import Meek, Most, Pairs, TwoRounds
from .transfers import Transfer


def _profile(election: Election, *, last: bool = False) -> ProfileWithTies:
    """``last``: candidates who are not ranked stand below those who are."""
    random.seed(1)
    rankings = [{who - 1: rank for rank, who in enumerate(paper, 1)} for _, paper in election.papers]
    numbers = [number for number, _ in election.papers]
    profile = ProfileWithTies(rankings, numbers, candidates=[who - 1 for who in election.people])
    if last:
        profile.use_extended_strict_preference()
    return profile


def _answer(winners: list[Any]) -> Answer:
    return Answer(frozenset(int(who) + 1 for who in winners))


def _runoff(election: Election) -> Answer:
    return _answer(instant_runoff_for_truncated_linear_orders(_profile(election)))


def _places(method: Callable[..., list[Any]]) -> Callable[[Election], Answer]:
    return lambda election: _answer(method(_profile(election), num_seats=election.seats))


def _beat_path(*, last: bool, margins: bool) -> Callable[[Election], Answer]:
    def answer(election: Election) -> Answer:
        profile = _profile(election, last=last)
        return _answer(beat_path(profile, strength_function=None if margins else profile.support))

    return answer


def _two_rounds(election: Election) -> Answer:
    rankings = [[who - 1 for who in paper] for _, paper in election.papers]
    return _answer(plurality_with_runoff_put(Profile(rankings, [number for number, _ in election.papers])))


def _plurality(election: Election) -> Answer:
    return _answer(plurality(_profile(election)))


def _approval(election: Election) -> Answer:
    grades = [{who - 1: int(who in paper) for who in election.people} for _, paper in election.papers]
    return _answer(approval(GradeProfile(grades, [0, 1], gcounts=[number for number, _ in election.papers])))


def _pairs(method: str) -> Callable[[Election], Answer]:
    return lambda election: ours.undecided(election, method)


_BY_NUMBER = Departure("ties by number", {"ties": "free"})
_BLANK = Departure("blank papers in the quota", {"blank_in_quota": True})
_AGAINST = Departure("winning votes alone", {"against": False})

COMPARISONS = (
    Comparison(
        "pref_voting",
        "instant_runoff_for_truncated_linear_orders",
        "alternative-vote",
        _runoff,
        lambda election: ours.settled(election, "alternative-vote"),
        Transfer("majority"),
        (Departure("all lowest together", {"out": "all lowest"}),),
    ),
    Comparison(
        "pref_voting",
        "stv_scottish",
        "scottish",
        _places(stv_scottish),
        lambda election: ours.settled(election, "scottish"),
        Transfer("integer", cut=5),
        (_BLANK, Departure("lot among all", {"ties": "free"})),
        seats=True,
    ),
    Comparison(
        "pref_voting",
        "stv_wig",
        "wigm-exact",
        _places(stv_wig),
        lambda election: ours.settled(election, "wigm-exact"),
        Transfer("exact"),
        (
            _BLANK,
            _BY_NUMBER,
            Departure("exactly the quota", {"exactly": True}),
            Departure("surpluses together", {"several": "together"}),
        ),
        seats=True,
    ),
    Comparison(
        "pref_voting",
        "stv_meek",
        "meek-1987",
        _places(stv_meek),
        lambda election: ours.settled(election, "meek-1987"),
        Meek(),
        (_BLANK,),
        seats=True,
        small=True,
        checked=False,
    ),
    Comparison(
        "pref_voting",
        "beat_path, extended strict preference, strength by support",
        "schulze",
        _beat_path(last=True, margins=False),
        _pairs("schulze"),
        Pairs("winning votes"),
        (_AGAINST,),
    ),
    Comparison(
        "pref_voting",
        "beat_path, extended strict preference",
        "schulze-margins",
        _beat_path(last=True, margins=True),
        _pairs("schulze-margins"),
        Pairs("margins"),
    ),
    Comparison(
        "pref_voting",
        "beat_path, strength by support",
        "schulze-not-compared",
        _beat_path(last=False, margins=False),
        _pairs("schulze-not-compared"),
        Pairs("winning votes", "not compared"),
        (_AGAINST,),
    ),
    Comparison(
        "pref_voting",
        "plurality_with_runoff_put",
        "two-rounds",
        _two_rounds,
        lambda election: ours.settled(election, "two-rounds"),
        TwoRounds(),
        (Departure("everybody who could", {"everybody": True}),),
        kind="complete",
        blank=False,
    ),
    Comparison(
        "pref_voting",
        "plurality",
        "most-votes",
        _plurality,
        lambda election: ours.undecided(election, "most-votes"),
        Most(all_marks=False),
        blank=False,
    ),
    Comparison(
        "pref_voting",
        "approval",
        "approval",
        _approval,
        lambda election: ours.undecided(election, "approval", chosen=True),
        Most(all_marks=True),
        kind="chosen",
    ),
)
