"""A count as one tidy table for a spreadsheet: a line is one candidate in one round.

The columns:

``method``, ``round``, ``action``, ``of``
    the method; the round from 1; what was done in it; whose surplus, or who went out, by name.
``kind``
    ``candidate``; ``exhausted``: votes not transferable up to the round; ``lost``: lost to cutting; ``quota``.
``candidate``, ``candidate_name``
    the number on the paper, and who.
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
from ..count.result import Count
from ..count.schulze import PairwiseCount
from .csvs import DECIMALS, Line, table_csv
from .rounds import changes, counted, statuses

COLUMNS = (
    "method",
    "round",
    "action",
    "of",
    "kind",
    "candidate",
    "candidate_name",
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
    return table_csv(COLUMNS, _pairs(count) if isinstance(count, PairwiseCount) else _lines(count))


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
