"""What a result means: a declaration measured, compared, and asked "what if".

A *declaration* says who won. A *mandate* is what that amounts to, and it can be measured in many ways: by votes, by
shares, by the lead over the runner-up or over all others, by turnout, by segments. They do not all say the same, and
most quarrels about a result are quarrels about which one is meant. So this room never picks one:

``mandate``         every measure of a winner (or of another), over all and by segment
``compare``         two mandates side by side, with what changed
``rivals``          mandates of other kinds beside it, each with its own base, unranked
``check_claims``    what was said of a result, held to the figures on every measure that it could mean
``segment_left_out``, ``turnout_at``, ``another_rulebook``, ``swing``
                    what the votes would have come to otherwise, and what it would have taken to change the winner

``MEASURES`` defines each measure in one sentence. Every figure is a ``Cell``: an exact value, or the reason why it
cannot be known from these figures. Nothing is estimated. What is not the declared result says so.

    >>> from selectorate import contest, mandate
    >>> now, before = (contest.declare(contest.load(name)) for name in ("labour-2016", "labour-2015"))
    >>> compared = mandate.compare(now, before)
    >>> {line.name: str(line.change) for line in compared.total}["lead over the runner-up, votes"]
    '-50975'

Every result is a frozen dataclass; ``to_json`` writes it with exact fractions as strings.
"""

from .answers import WhatIf
from .cells import Cell, Unit, cell_text, change_text, percent_text, to_json, value_text
from .claims import ClaimResult, ReadingResult, Verdict, check_claims
from .compare import Change, Comparison, Mandate, SegmentChanges, compare, mandate
from .findings import Finding, SegmentFinding, precision
from .measures import MEASURES, Measure, measure, name_of_measure
from .played import NOT_DECLARED, Result, ResultRow
from .recounted import another_rulebook
from .rivals import BaseShare, RivalMandate, rivals
from .swings import Swing, swing
from .turnouts import turnout_at
from .turns import SwingIn, Turn
from .view import winner
from .whatif import nothing_changed, segment_left_out, what_ifs

__all__ = [
    "MEASURES",
    "NOT_DECLARED",
    "BaseShare",
    "Cell",
    "Change",
    "ClaimResult",
    "Comparison",
    "Finding",
    "Mandate",
    "Measure",
    "ReadingResult",
    "Result",
    "ResultRow",
    "RivalMandate",
    "SegmentChanges",
    "SegmentFinding",
    "Swing",
    "SwingIn",
    "Turn",
    "Unit",
    "Verdict",
    "WhatIf",
    "another_rulebook",
    "cell_text",
    "change_text",
    "check_claims",
    "compare",
    "mandate",
    "measure",
    "name_of_measure",
    "nothing_changed",
    "percent_text",
    "precision",
    "rivals",
    "segment_left_out",
    "swing",
    "to_json",
    "turnout_at",
    "value_text",
    "what_ifs",
    "winner",
]
