"""votelib."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import votelib.convert
import votelib.evaluate.condorcet
import votelib.evaluate.core
import votelib.evaluate.sequential
from votelib.evaluate.core import Tie, VotingSystemError

from . import ours
from .compare import Comparison, Departure
from .model import Answer, Election, tables
from .others import Most, Pairs, TwoRounds
from .transfers import Transfer

Votes = dict[Any, int]


def _ranked(election: Election) -> Votes:
    return {paper: number for number, paper in election.papers}


def _chosen(election: Election) -> Votes:
    return {frozenset(paper): number for number, paper in election.papers}


def _answer(elected: list[Any]) -> Answer:
    return Answer(frozenset(who for one in elected for who in (one if isinstance(one, Tie) else [one])))


def _transfer(selector: Any) -> Callable[[Election], Answer]:
    def answer(election: Election) -> Answer:
        votes = _ranked(election)
        states = []
        try:
            for number in range(1, 40):
                totals, elected = selector.nth_count(votes, election.seats, number)
                states.append({who: total for who, total in totals.items() if who is not None})
                if len(elected) == election.seats:
                    break
            # The last is told twice: before who is elected by it, and as what is left.
            return Answer(frozenset(elected), tables(states))
        except (NotImplementedError, VotingSystemError, IndexError) as error:
            return _refused(error)

    return answer


def _refused(error: Exception) -> Answer:
    known = {"tie in STV elimination": "a tie", "tie in STV quota election": "a tie"}
    known["infinite loop in STV"] = "an endless loop"
    return Answer(refused=known.get(str(error), f"{type(error).__name__}: {error}"))


def _two_rounds(election: Election) -> Answer:
    selector = votelib.evaluate.sequential.TransferableVoteSelector(quota_function="droop", eliminate_step=2)
    try:
        return _answer(selector.evaluate(_ranked(election), election.seats))
    except (NotImplementedError, VotingSystemError, IndexError) as error:
        return _refused(error)


def _schulze(*, last: bool) -> Callable[[Election], Answer]:
    convert = votelib.convert.RankedToCondorcetVotes(unranked_at_bottom=last)
    return lambda election: _answer(
        votelib.evaluate.condorcet.Schulze().evaluate(convert.convert(_ranked(election)), 1)
    )


def _most(election: Election) -> Answer:
    votes = votelib.convert.RankedToFirstPreference().convert({k: v for k, v in _ranked(election).items() if k})
    return _answer(votelib.evaluate.core.Plurality().evaluate(votes, election.seats))


def _approval(election: Election) -> Answer:
    votes = votelib.convert.ApprovalToSimpleVotes().convert(_chosen(election))
    return _answer(votelib.evaluate.core.Plurality().evaluate(votes, election.seats))


_BLANK = Departure("blank papers in the quota", {"blank_in_quota": True})
_PAPERS = Departure("only who is on a paper", {"only_on_papers": True})
_REFUSED = Departure("refuses ties", {"ties": "refused"})
_EXHAUSTED = Departure("exhausted pile stays in", {"out": "beside the exhausted"})
_WINS = Departure("most wins", {"elects": "most wins"})
_AGAINST = Departure("winning votes alone", {"against": False})
_VOTED = Departure("only who has a vote", {"voted": True})

COMPARISONS = (
    Comparison(
        "votelib",
        "TransferableVoteSelector(quota_function='droop'), one place",
        "alternative-vote",
        _transfer(votelib.evaluate.sequential.TransferableVoteSelector(quota_function="droop")),
        lambda election: ours.transferred(election, "alternative-vote"),
        Transfer("majority"),
        (
            _REFUSED,
            Departure("majority of all", {"quota": "first majority"}),
            _EXHAUSTED,
            _BLANK,
            _PAPERS,
        ),
    ),
    Comparison(
        "votelib",
        "TransferableVoteSelector(quota_function='hagenbach_bischoff', accept_quota_equal=False)",
        "wigm-exact",
        _transfer(
            votelib.evaluate.sequential.TransferableVoteSelector(
                quota_function="hagenbach_bischoff", accept_quota_equal=False
            )
        ),
        lambda election: ours.transferred(election, "wigm-exact"),
        Transfer("exact"),
        (
            _REFUSED,
            Departure("surpluses together", {"several": "together", "fills": "first"}),
            _EXHAUSTED,
            Departure("twice the quota", {"twice_is_not": True}),
            _BLANK,
            _PAPERS,
        ),
        seats=True,
    ),
    Comparison(
        "votelib",
        "condorcet.Schulze",
        "schulze",
        _schulze(last=True),
        lambda election: ours.undecided(election, "schulze"),
        Pairs("winning votes"),
        (_AGAINST, _WINS, _PAPERS),
    ),
    Comparison(
        "votelib",
        "condorcet.Schulze, RankedToCondorcetVotes(unranked_at_bottom=False)",
        "schulze-not-compared",
        _schulze(last=False),
        lambda election: ours.undecided(election, "schulze-not-compared"),
        Pairs("winning votes", "not compared"),
        (_AGAINST, _WINS, _PAPERS),
    ),
    Comparison(
        "votelib",
        "TransferableVoteSelector(quota_function='droop', eliminate_step=2)",
        "two-rounds",
        _two_rounds,
        lambda election: ours.settled(election, "two-rounds"),
        TwoRounds(),
        (
            Departure("refuses ties", {"refuses": True}),
            Departure("exhausted pile stays in", {"exhausted": True}),
            _BLANK,
        ),
    ),
    Comparison(
        "votelib",
        "Plurality, RankedToFirstPreference",
        "most-votes",
        _most,
        lambda election: ours.undecided(election, "most-votes"),
        Most(all_marks=False),
        (_VOTED,),
        seats=True,
    ),
    Comparison(
        "votelib",
        "Plurality, ApprovalToSimpleVotes",
        "approval",
        _approval,
        lambda election: ours.undecided(election, "approval", chosen=True),
        Most(all_marks=True),
        (_VOTED,),
        kind="chosen",
        seats=True,
    ),
    Comparison(
        "votelib",
        "Plurality, ApprovalToSimpleVotes, papers of no more than the places",
        "block-vote",
        _approval,
        lambda election: ours.undecided(election, "block-vote", chosen=True),
        Most(all_marks=True),
        (_VOTED,),
        kind="up to the places",
        seats=True,
    ),
)
