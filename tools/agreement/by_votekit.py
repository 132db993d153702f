"""votekit."""

from __future__ import annotations

import contextlib
import io
import random
from collections.abc import Callable
from typing import Any

from votekit.ballot import RankBallot, ScoreBallot
from votekit.elections import Approval, BlockPlurality, FastSTV, Plurality, Schulze, TopTwo
from votekit.pref_profile import RankProfile, ScoreProfile

from . import ours
from .compare import Comparison, Departure
from .model import Answer, Election, name, tables
from .others import Most, Pairs, TwoRounds
from .transfers import Transfer


def _names(election: Election) -> tuple[str, ...]:
    return tuple(name(who) for who in election.people)


def _ranked(election: Election) -> RankProfile:
    random.seed(1)
    ballots = [
        RankBallot(ranking=tuple(frozenset({name(who)}) for who in paper), weight=number)
        for number, paper in election.papers
    ]
    return RankProfile(ballots=tuple(ballots), candidates=_names(election))


def _chosen(election: Election) -> ScoreProfile:
    ballots = [ScoreBallot(scores={name(who): 1 for who in paper}, weight=number) for number, paper in election.papers]
    return ScoreProfile(ballots=tuple(ballots), candidates=_names(election))


def _number(who: Any) -> int:
    return ord(str(who)) - ord("A") + 1


def _elected(election: Any) -> frozenset[int]:
    return frozenset(_number(who) for group in election.get_elected() for who in group)


def _transfer(election: Election) -> Answer:
    try:
        # It tells of every tie on standard output.
        with contextlib.redirect_stdout(io.StringIO()):
            count = FastSTV(_ranked(election), n_seats=election.seats, rng_seed=1)
    except (ValueError, IndexError, TypeError) as error:
        return _refused(error)
    states = [{_number(who): votes for who, votes in state.scores.items()} for state in count.election_states]
    return Answer(_elected(count), tables(states[:-1]))


def _made(make: Callable[[Election], Any]) -> Callable[[Election], Answer]:
    def answer(election: Election) -> Answer:
        try:
            with contextlib.redirect_stdout(io.StringIO()):
                return Answer(_elected(make(election)))
        except (ValueError, IndexError, TypeError) as error:
            return _refused(error)

    return answer


def _refused(error: Exception) -> Answer:
    known = {
        "Cannot elect correct number of candidates without breaking ties.": "a tie",
        "Not enough candidates received votes to be elected.": "too few have votes",
    }
    return Answer(refused=known.get(str(error), f"{type(error).__name__}: {error}"))


_ENOUGH = Departure("too few with votes", {"enough": True})
_REFUSES = Departure("refuses ties", {"refuses": True})
_TRANSFERS = (
    Departure("ties by first preferences", {"ties": "first table"}),
    Departure("surpluses together", {"several": "together", "fills": "after"}),
    Departure("values not cut", {"cut": None}),
    Departure("forgets candidates", {"forgets": True}),
    Departure("floating point", {"floats": True}),
)

COMPARISONS = (
    Comparison(
        "votekit",
        "FastSTV, one place",
        "alternative-vote",
        _transfer,
        lambda election: ours.transferred(election, "alternative-vote"),
        Transfer("majority"),
        (Departure("majority of all", {"quota": "first majority"}), _TRANSFERS[0], _TRANSFERS[3]),
        blank=False,
    ),
    Comparison(
        "votekit",
        "FastSTV",
        "scottish",
        _transfer,
        lambda election: ours.transferred(election, "scottish"),
        Transfer("integer", cut=5),
        _TRANSFERS,
        seats=True,
        blank=False,
    ),
    Comparison(
        "votekit",
        "Schulze",
        "schulze-margins",
        _made(lambda election: Schulze(_ranked(election))),
        lambda election: ours.undecided(election, "schulze-margins"),
        Pairs("margins"),
        (
            Departure("picks one", {"elects": "one unbeaten"}),
            Departure("first tier", {"elects": "tier"}),
        ),
        blank=False,
    ),
    Comparison(
        "votekit",
        "TopTwo",
        "two-rounds",
        _made(lambda election: TopTwo(_ranked(election))),
        lambda election: ours.settled(election, "two-rounds"),
        TwoRounds(),
        (_REFUSES, Departure("a majority does not end it", {"to_the_end": True})),
        blank=False,
    ),
    Comparison(
        "votekit",
        "Plurality",
        "most-votes",
        _made(lambda election: Plurality(_ranked(election), election.seats)),
        lambda election: ours.undecided(election, "most-votes"),
        Most(all_marks=False),
        (_REFUSES, _ENOUGH),
        seats=True,
        blank=False,
    ),
    Comparison(
        "votekit",
        "Approval",
        "approval",
        _made(lambda election: Approval(_chosen(election), election.seats)),
        lambda election: ours.undecided(election, "approval", chosen=True),
        Most(all_marks=True),
        (_REFUSES, _ENOUGH),
        kind="chosen",
        seats=True,
        blank=False,
    ),
    Comparison(
        "votekit",
        "BlockPlurality",
        "block-vote",
        _made(lambda election: BlockPlurality(_chosen(election), election.seats)),
        lambda election: ours.undecided(election, "block-vote", chosen=True),
        Most(all_marks=True),
        (_REFUSES, _ENOUGH),
        kind="up to the places",
        seats=True,
        blank=False,
    ),
)
