"""abcvoting: approval voting, all committees that it allows."""

from __future__ import annotations

from abcvoting import abcrules
from abcvoting.preferences import Profile

from . import ours
from .compare import Comparison
from .model import Answer, Election
from .others import Most


def _approval(election: Election) -> Answer:
    profile = Profile(election.candidates)
    profile.add_voters([[who - 1 for who in paper] for paper in election.ballots])
    committees = abcrules.compute_av(profile, election.seats, resolute=False)
    return Answer(frozenset(who + 1 for committee in committees for who in committee))


COMPARISONS = (
    Comparison(
        "abcvoting",
        "compute_av, all committees",
        "approval",
        _approval,
        lambda election: ours.undecided(election, "approval", chosen=True),
        Most(all_marks=True),
        kind="chosen",
        seats=True,
    ),
)
