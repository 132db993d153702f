"""A whole timetable proposed from the day of the declaration backwards: something to correct, instead of nothing.

The spans are usual ones, not rules: what a rulebook asks of its dates stands in its words, which the officer reads.
"""

from __future__ import annotations

from datetime import datetime, time, timedelta

from ..rules import BallotStage, NominationStage, Rulebook
from .timetable import DECLARED

OPENS, CLOSES, EVENING = time(9), time(12), time(17)
LONG_BALLOT, MANY_BALLOTS = timedelta(days=30), timedelta(days=7)
"""How long a selectorate votes; how long a body takes that votes again and again."""
NOMINATIONS = timedelta(days=3)
COUNT = timedelta(days=3)
"""From the close of a selectorate's ballot to what follows: the count, and a day to spare."""
PAPERS = timedelta(days=28)
"""From the close of nominations to the opening of a selectorate's ballot: statements, sign-off, the roll, papers."""
SHORT = timedelta(days=2)
SUPPORT_ENDS = timedelta(days=7)
"""Before the ballot opens, so that it can be printed who is supported by whom."""
MEMBERSHIP = timedelta(days=182)
"""How long before the first stage somebody must have joined."""


def proposed(rulebook: Rulebook, declared: datetime) -> dict[str, str]:
    """Every date of the timetable, as ``timetable.moment`` reads it. ``declared``: by the organisation's clock."""
    declared = declared.replace(tzinfo=None)
    found: dict[str, str] = {DECLARED: _text(declared)}
    spans = _stages_backwards(rulebook, declared)
    for stage in rulebook.stage:
        opens, closes = spans[stage.id]
        found |= {f"{stage.id}_opens": _text(opens), f"{stage.id}_closes": _text(closes)}
    first = min(opens for opens, _ in spans.values())
    nominated = [spans[stage.id][1] for stage in rulebook.stage if isinstance(stage, NominationStage)]
    for key, words in rulebook.timetable.items():
        if "freeze" in key or "joined" in words:
            found[key] = (first - MEMBERSHIP).date().isoformat()
        else:
            found[key] = _text(nominated[0] if nominated else first)
    return {key: found[key] for key in (*rulebook.timetable, *(k for k in found if k not in rulebook.timetable))}


def _stages_backwards(rulebook: Rulebook, declared: datetime) -> dict[str, tuple[datetime, datetime]]:
    """When every stage opens and closes, worked out from the last to the first."""
    spans: dict[str, tuple[datetime, datetime]] = {}
    following, next_opens = None, declared
    for stage in reversed(rulebook.stage):
        if isinstance(stage, NominationStage) and stage.effect == "none":
            continue
        closes, opens = _span(stage, following, next_opens)
        spans[stage.id] = (opens, closes)
        following, next_opens = stage, opens
    for index, stage in enumerate(rulebook.stage):
        if stage.id in spans:
            continue
        before = [spans[one.id][1] for one in rulebook.stage[:index] if one.id in spans and one.id != stage.id]
        after = [spans[one.id][0] for one in rulebook.stage[index + 1 :] if one.id in spans]
        end = after[0] if after else declared
        opens = before[-1] if before else end - PAPERS
        closes = datetime.combine((end - SUPPORT_ENDS).date(), CLOSES)
        spans[stage.id] = (opens, closes if closes > opens else end)
    return spans


def _span(stage, following, next_opens: datetime) -> tuple[datetime, datetime]:
    """When a stage closes and opens that is followed by one (or the declaration) which opens at ``next_opens``."""
    if isinstance(stage, NominationStage):
        gap = PAPERS if isinstance(following, BallotStage) and following.segments else SHORT
        closes = datetime.combine((next_opens - gap).date(), CLOSES)
        return closes, datetime.combine((closes - NOMINATIONS).date(), OPENS)
    if getattr(stage, "segments", ()):
        closes = datetime.combine((next_opens - COUNT).date(), CLOSES)
        return closes, datetime.combine((closes - LONG_BALLOT).date(), OPENS)
    closes = datetime.combine((next_opens - timedelta(days=1)).date(), EVENING)
    lasts = MANY_BALLOTS if getattr(stage, "count", "") == "repeated ballots" else timedelta()
    return closes, datetime.combine((closes - lasts).date(), OPENS)


def _text(when: datetime) -> str:
    return when.strftime("%Y-%m-%dT%H:%M")
