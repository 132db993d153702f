"""The tables of a count by segment: how the ballots of each part stood in every round of the overall count."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

from ..count.result import EXHAUSTED, Count
from ..count.segments import Segment
from . import numbers, words
from .blocks import Column, Item, Row, Sentences, Table, cells

PARTS = (
    "All ballots are counted together; a part only shows how its own stood. Its votes with an elected candidate are"
    " what its papers left there when the surplus went on, and what is lost to cutting is counted there too."
)
WHOLE = "All ballots are counted together; a part only shows how its own stood."


def segment_items(count: Count, order: Sequence[int]) -> Iterator[Item]:
    """A table of papers for each segment, and one of votes where a paper can be worth less than one.

    ``order``: that of the candidates.
    """
    valued = any(
        segment_round.votes.get(who, 0) != segment_round.papers.get(who, 0)
        for segment in count.segments
        for segment_round in segment.rounds
        for who in {*segment_round.votes, *segment_round.papers}
    )
    said = [PARTS if valued else WHOLE] if count.segments else []
    yield Sentences((*said, *([count.disclosure] if count.disclosure else [])))
    for number, segment in enumerate(count.segments, 1):
        mark = f"segment-{number}"
        name = words.clean(segment.name)
        if valued:
            yield _table(count, segment, order, f"{mark}-papers", f"{name}: papers after every round", votes=False)
            yield _table(count, segment, order, f"{mark}-votes", f"{name}: votes after every round", votes=True)
        else:
            yield _table(count, segment, order, mark, f"{name}: votes after every round", votes=False)


def _table(count: Count, segment: Segment, order: Sequence[int], mark: str, caption: str, *, votes: bool) -> Table:
    columns = [Column("Candidate", numeric=False), *(Column(str(item.number)) for item in count.rounds)]
    rows: list[Row] = []
    for who in (*order, EXHAUSTED):
        values = [
            item.votes.get(who, Fraction(0)) if votes else Fraction(item.papers.get(who, 0)) for item in segment.rounds
        ]
        name = count.name(who) if who != EXHAUSTED else "Not transferable"
        texts = [numbers.votes(value, count.decimals) for value in values]
        if who != EXHAUSTED or any(values):
            rows.append(cells(name, *texts, strong=who in count.elected))
    sums = [
        sum(item.votes.values(), Fraction(0)) if votes else Fraction(sum(item.papers.values()))
        for item in segment.rounds
    ]
    rows.append(cells("All", *(numbers.votes(value, count.decimals) for value in sums)))
    return Table(mark, caption, tuple(columns), tuple(rows))
