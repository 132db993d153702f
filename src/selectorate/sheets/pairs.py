"""The tables of a count of pairs (Schulze): who was put above whom by how many, and what became of everybody."""

from __future__ import annotations

from ..count.schulze import PairwiseCount
from .blocks import Cell, Column, Item, Table, cells
from .rounds import counted


def pair_tables(count: PairwiseCount) -> tuple[Item, ...]:
    """Pairs won and lost by everybody, and every pair."""
    order = sorted(counted(count), key=lambda who: _rank(count, who))
    return _summary(count, order), _matrix(count, order)


def _rank(count: PairwiseCount, who: int) -> tuple[bool, bool, int, int]:
    won, _, lost = _record(count, who)
    return who not in count.winners, who in count.dropped, lost - won, who


def _record(count: PairwiseCount, who: int) -> tuple[int, int, int]:
    """Pairs that ``who`` won, that are level, and that were lost, of all that were on the paper."""
    others = [other for other in counted(count) if other != who]
    won = sum(count.pairs[who, other] > count.pairs[other, who] for other in others)
    lost = sum(count.pairs[who, other] < count.pairs[other, who] for other in others)
    return won, len(others) - won - lost, lost


def _summary(count: PairwiseCount, order: list[int]) -> Table:
    rows = []
    for who in order:
        won, level, lost = _record(count, who)
        rows.append(
            cells(count.name(who), str(won), str(level), str(lost), _outcome(count, who), strong=who in count.elected)
        )
    columns = (
        Column("Option", numeric=False),
        Column("Pairs won"),
        Column("Level"),
        Column("Lost"),
        Column("Outcome", numeric=False),
    )
    return Table("pairs", "Pairs won and lost", columns, tuple(rows))


def _outcome(count: PairwiseCount, who: int) -> str:
    if who in count.elected:
        return "elected"
    if who in count.dropped:
        return "not considered"
    if who in count.winners:
        return "tied" if len(count.winners) > 1 else "wins"
    return ""


def _matrix(count: PairwiseCount, order: list[int]) -> Table:
    """How many ballots put the option of the row above that of the column; strong where those are more."""
    columns = [Column("Above", numeric=False), *(Column(str(who)) for who in order)]
    rows = []
    for who in order:
        texts = []
        for other in order:
            if other == who:
                texts.append(Cell(("",)))
            else:
                votes, back = count.pairs[who, other], count.pairs[other, who]
                texts.append(Cell((f"{votes:,}",), strong=votes > back))
        rows.append(cells(f"{who} {count.name(who)}", *texts))
    notes = (
        "A figure is the number of ballots that put the option of its row above the one of its column; of the two"
        " figures of a pair the greater one is bold.",
    )
    return Table("matrix", "Every pair", tuple(columns), tuple(rows), notes)
