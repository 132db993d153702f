"""From votes to a result.

``combine`` turns the votes of segments or units into one standing; ``decide`` says, under the rulebook's
requirements, who is elected by that standing and who goes out.
"""

from .combine import SectionVotes, Standing, one_person_one_vote, points_by_unit, weighted_college
from .decide import Bases, Decision, decide, fill_places, passes

__all__ = [
    "Bases",
    "Decision",
    "SectionVotes",
    "Standing",
    "decide",
    "fill_places",
    "one_person_one_vote",
    "passes",
    "points_by_unit",
    "weighted_college",
]
