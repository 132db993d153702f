"""The segments of a plain count of ballots under the rule of disclosure: those too small or too unanimous to be told
apart are told together, or the count is marked.

The rule is that of a contest's own figures (``disclosure``), and the same parts are kept together in every round.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from ..count.result import Count
from ..count.segments import Segment, SegmentRound
from ..rules import Disclosure
from .disclosure import Hidden, is_safe, safe_partition

FEW = 5
"""So many names are listed; of more only their number is told."""


def kept_together(count: Count, rule: Disclosure) -> Count:
    """``count`` with its unsafe segments, and those from which they could be had, told as one; and the rule stated."""
    hidden = _hidden(count, rule)
    together = [segment for segment in count.segments if segment.name in hidden.names]
    apart = [segment for segment in count.segments if segment.name not in hidden.names]
    said = hidden.note
    if together and apart:
        said += f" Told together: {', '.join(segment.name for segment in together)}."
        apart.append(_pooled(together))
    return replace(count, segments=tuple(apart), disclosure=said)


def marked(count: Count, rule: Disclosure) -> Count:
    """``count`` as it is, saying of which segments it can be told how somebody voted."""
    ballots = {segment.name: segment.valid for segment in count.segments}
    unsafe = [
        name
        for name, voted in ballots.items()
        if any(not is_safe(table[name], rule, voted) for table in _tables(count))
    ]
    if not unsafe:
        return count
    of = ", ".join(unsafe) if len(unsafe) <= FEW else f"{len(unsafe)} of {len(ballots)} segments"
    said = (
        f"Not to be published as it stands, for it can tell how somebody voted in {of}: fewer than {rule.floor} voted "
        f"there, or fewer than {rule.unanimity_below} of whom all or all but one went one way. With --floor "
        f"{rule.floor} such segments are told together."
    )
    return replace(count, disclosure=said)


def _hidden(count: Count, rule: Disclosure) -> Hidden:
    ballots = {segment.name: segment.valid for segment in count.segments}
    return safe_partition(_tables(count), rule, what="segment", ballots=ballots)


def _tables(count: Count) -> list[dict[str, dict[str, int]]]:
    """By round, the papers of each segment by candidate.

    That all papers lie with nobody is no vote of one mind: where places are filled and surpluses go on, they all do.
    """
    people = range(1, len(count.candidates) + 1)
    return [
        {item.name: {str(who): item.rounds[at].papers.get(who, 0) for who in people} for item in count.segments}
        for at in range(max((len(item.rounds) for item in count.segments), default=0))
    ]


def _pooled(segments: Sequence[Segment]) -> Segment:
    """``segments`` as one."""
    rounds = []
    for at in range(len(segments[0].rounds)):
        papers: dict[int, int] = {}
        votes: dict[int, Fraction] = {}
        for segment in segments:
            for who, number in segment.rounds[at].papers.items():
                papers[who] = papers.get(who, 0) + number
            for who, amount in segment.rounds[at].votes.items():
                votes[who] = votes.get(who, Fraction(0)) + amount
        rounds.append(SegmentRound(dict(sorted(papers.items())), dict(sorted(votes.items()))))
    name = f"{len(segments)} segments together"
    return Segment(name, sum(segment.valid for segment in segments), tuple(rounds))
