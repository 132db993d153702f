"""Our own answers."""

from __future__ import annotations

from selectorate.ballots import profile_of
from selectorate.count.registry import METHODS, Options
from selectorate.count.result import Count
from selectorate.count.ties import Lot

from .model import Answer, Election, name, tables


def counted(election: Election, method: str, *, chosen: bool = False, lot: bool = True) -> Count:
    """Our count. ``chosen``: papers without ranks."""
    papers = [(number, [paper] if chosen and paper else paper) for number, paper in election.papers]
    profile = profile_of([name(who) for who in election.people], papers)
    options = Options(lot=Lot("agreement", ("1", "2", "3"))) if lot else Options()
    return METHODS[method].run(profile, election.seats, options)


def transferred(election: Election, method: str) -> Answer:
    """With the tables."""
    count = counted(election, method)
    standing = set(election.people)
    states = []
    for shown in count.rounds:
        standing -= set(shown.excluded)
        states.append({who: shown.totals[who] for who in standing})
        standing -= set(shown.elected)
    return Answer(frozenset(count.elected), tables(states))


def settled(election: Election, method: str) -> Answer:
    """Without tables."""
    return Answer(frozenset(counted(election, method).elected))


def undecided(election: Election, method: str, *, chosen: bool = False) -> Answer:
    """One round and no lot: all who could be elected at a tie for the last places."""
    count = counted(election, method, chosen=chosen, lot=False)
    return Answer(frozenset({*count.elected, *count.tied}))
