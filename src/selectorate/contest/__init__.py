"""One contest, from its file to its declaration.

``load`` reads a contest with its rulebook into a ``Case``; ``replay`` plays it again from its votes; ``audit`` holds
every published figure to the rulebook; ``declare`` makes the ``Declaration``.
"""

from .case import Case
from .declaration import Declaration, to_json
from .declaring import declare, withholds
from .figures import BallotRound, BallotView
from .loading import load, load_file, load_other
from .model import TOTAL, Contest
from .replay import Replay, ReplayedRound, replay, replay_ballot, winners
from .units import UnitVotes

__all__ = [
    "TOTAL",
    "BallotRound",
    "BallotView",
    "Case",
    "Contest",
    "Declaration",
    "Replay",
    "ReplayedRound",
    "UnitVotes",
    "declare",
    "load",
    "load_file",
    "load_other",
    "replay",
    "replay_ballot",
    "to_json",
    "winners",
    "withholds",
]
