"""pyrankvote: the alternative vote and the single transferable vote."""

from __future__ import annotations

import random

import pyrankvote
from pyrankvote.helpers import ElectionResults

from . import ours
from .compare import Comparison, Departure
from .model import Answer, Election, Table, name, tables
from .transfers import Transfer


def _given(election: Election) -> tuple[list[pyrankvote.Candidate], list[pyrankvote.Ballot]]:
    random.seed(1)
    people = [pyrankvote.Candidate(name(who)) for who in election.people]
    return people, [pyrankvote.Ballot([people[who - 1] for who in paper]) for paper in election.ballots]


def _answer(results: ElectionResults, people: list[pyrankvote.Candidate]) -> Answer:
    number = {person: at for at, person in enumerate(people, 1)}
    decided: set[int] = set()
    states: list[Table] = []
    for shown in results.rounds:
        rows = [(number[row.candidate], row.number_of_votes, row.status) for row in shown.candidate_results]
        states.append({who: votes for who, votes, _ in rows if who not in decided})
        decided |= {who for who, _, status in rows if status != "Hopeful"}
    return Answer(frozenset(number[who] for who in results.get_winners()), tables(states))


def _irv(election: Election) -> Answer:
    people, ballots = _given(election)
    return _answer(pyrankvote.instant_runoff_voting(people, ballots), people)


def _stv(election: Election) -> Answer:
    people, ballots = _given(election)
    return _answer(pyrankvote.single_transferable_vote(people, ballots, election.seats), people)


COMPARISONS = (
    Comparison(
        "pyrankvote",
        "instant_runoff_voting",
        "alternative-vote",
        _irv,
        lambda election: ours.transferred(election, "alternative-vote"),
        Transfer("majority"),
        (
            Departure("ties by second choices", {"ties": "free"}),
            Departure("hopeless together", {"out": "hopeless"}),
            Departure("one more than a majority", {"half": True}),
        ),
    ),
    Comparison(
        "pyrankvote",
        "single_transferable_vote",
        "wigm-exact",
        _stv,
        lambda election: ours.transferred(election, "wigm-exact"),
        Transfer("exact"),
        (
            Departure("ties by second choices", {"ties": "free"}),
            Departure("hopeless together", {"out": "hopeless"}),
            Departure("surpluses together", {"several": "together"}),
            Departure("papers at one value", {"unweighted": True}),
        ),
        seats=True,
    ),
)
