"""A count as one tidy table for a spreadsheet: a line is one candidate in one round.

The columns:

``method``, ``segment``, ``round``, ``action``, ``of``
    the method; a part of the ballots, where they come from several (empty for all of them together); the round from 1;
    what was done in it; whose surplus, or who went out, by name.
``kind``
    ``candidate``; ``exhausted``: votes not transferable up to the round; ``lost``: lost to cutting; ``quota``.
``candidate``, ``candidate_name``
    the number on the paper, and who.
``papers``
    of a part: how many of its papers lie with the candidate.
``votes``, ``votes_numerator``, ``votes_denominator``
    the votes after the round, a plain number with a full stop; exactly, in two whole numbers, where the method counts
    in fractions that no decimal says.
``transfer``, ``transfer_numerator``, ``transfer_denominator``
    what was received in the round, negative what was given away; empty in a round of first preferences.
``status``
    ``continuing``, ``elected``, ``out`` or ``withdrawn``, after the round.

For a count of pairs (Schulze) ``kind`` is ``pair``: ``votes`` of the ballots put the candidate above ``of``.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from .. import exact
from ..count.result import EXHAUSTED, Count
from ..count.schulze import PairwiseCount
from .csvs import DECIMALS, Line, table_csv
from .rounds import changes, counted, statuses

COLUMNS = (
    "method",
    "segment",
    "round",
    "action",
    "of",
    "kind",
    "candidate",
    "candidate_name",
    "papers",
    "votes",
    "votes_numerator",
    "votes_denominator",
    "transfer",
    "transfer_numerator",
    "transfer_denominator",
    "status",
)


def count_csv(count: Count) -> str:
    """``count`` as CSV (RFC 4180: lines end with CR LF, UTF-8 when it is written)."""
    if isinstance(count, PairwiseCount):
        return table_csv(COLUMNS, _pairs(count))
    return table_csv(COLUMNS, [*_lines(count), *_segments(count)])


def _lines(count: Count) -> Iterator[Line]:
    moved, status = changes(count), statuses(count)
    standing = sorted(counted(count))
    before: dict[str, Fraction] = {}
    for index, item in enumerate(count.rounds):
        of = "; ".join(count.name(who) for who in item.of)
        place: Line = {"method": count.method, "round": item.number, "action": item.action, "of": of}
        for who in standing:
            name: Line = {"kind": "candidate", "candidate": who, "candidate_name": count.name(who)}
            votes = _number("votes", item.totals.get(who, Fraction(0)), count.decimals)
            transfer = _number("transfer", moved[index].get(who), count.decimals)
            yield place | name | votes | transfer | {"status": status[index][who]}
        fresh = item.action == "first preferences"
        for kind, value in (("exhausted", item.exhausted), ("lost", item.lost)):
            change = None if fresh else value - before.get(kind, Fraction(0))
            before[kind] = value
            votes, transfer = _number("votes", value, count.decimals), _number("transfer", change, count.decimals)
            yield place | {"kind": kind} | votes | transfer
        if item.quota is not None:
            yield place | {"kind": "quota"} | _number("votes", item.quota, count.decimals)


def _segments(count: Count) -> Iterator[Line]:
    status = statuses(count)
    for segment in count.segments:
        for item, standing, lying in zip(count.rounds, status, segment.rounds, strict=True):
            place: Line = {"method": count.method, "segment": segment.name, "round": item.number, "action": item.action}
            for who in sorted({*lying.papers, *lying.votes}):
                papers: Line = {"papers": lying.papers.get(who, 0)}
                votes = _number("votes", lying.votes.get(who, Fraction(0)), count.decimals)
                name: Line = {"kind": "exhausted"}
                if who != EXHAUSTED:
                    name = {"candidate": who, "candidate_name": count.name(who), "status": standing[who]}
                    name["kind"] = "candidate"
                yield place | name | papers | votes


def _pairs(count: PairwiseCount) -> Iterator[Line]:
    place: Line = {"method": count.method, "round": 1, "action": count.rounds[0].action, "kind": "pair"}
    status = statuses(count)[-1]
    for (one, other), votes in sorted(count.pairs.items()):
        who: Line = {"candidate": one, "candidate_name": count.name(one), "of": count.name(other)}
        yield place | who | {"votes": votes, "status": status[one]}


def _number(key: str, value: Fraction | None, decimals: int | None) -> Line:
    """A value in decimals, with the exact one where they do not say it."""
    if value is None:
        return {}
    if value.denominator == 1:
        return {key: value.numerator}
    cut = exact.cut_to(value, decimals or DECIMALS, "down")
    if Fraction(cut) == value:
        return {key: cut}
    return {key: cut, f"{key}_numerator": value.numerator, f"{key}_denominator": value.denominator}
