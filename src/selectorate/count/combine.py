"""The ways in which votes of segments or units become one standing, exactly.

``Votes`` are given by section (a segment or a unit), then by candidate. Every candidate in the count is named in
every section, with 0 where nobody voted for them there.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Literal

from .. import exact
from ..exact import Cut

SectionVotes = Mapping[str, Mapping[str, int]]
"""Votes by section, then by candidate."""


@dataclass(frozen=True)
class Standing:
    """Where every candidate stands in a round.

    ``unit``: what ``total`` is counted in. ``total``: by candidate; votes or points, or for a college the fraction
    of the whole (0 to 1). ``whole``: what there is to be had of it: votes in the count, points on offer, 1.
    ``given``: what was given to candidates together (less than ``whole`` where points are cut). ``parts``: what
    each section contributed, by section, then candidate; they add up to ``total``.
    """

    unit: Literal["votes", "points", "college"]
    total: Mapping[str, Fraction]
    whole: Fraction
    given: Fraction
    parts: Mapping[str, Mapping[str, Fraction]] = field(repr=False)

    def ranked(self) -> list[str]:
        """The candidates, highest first, equal ones in the order of their ids."""
        return sorted(self.total, key=lambda candidate: (-self.total[candidate], candidate))


def _added(parts: Mapping[str, Mapping[str, Fraction]]) -> dict[str, Fraction]:
    total: dict[str, Fraction] = {}
    for section in parts.values():
        for candidate, value in section.items():
            total[candidate] = total.get(candidate, Fraction(0)) + value
    return total


def one_person_one_vote(votes: SectionVotes) -> Standing:
    """Every vote counts the same, whichever section it was cast in."""
    parts = {name: {who: Fraction(number) for who, number in section.items()} for name, section in votes.items()}
    total = _added(parts)
    whole = sum(total.values(), Fraction(0))
    return Standing("votes", total, whole, whole, parts)


def weighted_college(votes: SectionVotes, weights: Mapping[str, Fraction]) -> Standing:
    """Each section is worth its weight, shared by the votes still in the count there, whatever their number.

    A section without a vote gives nothing to anybody; the whole stays the whole.
    Source: Labour Party Rule Book 2010, chapter 4B.2, as summarised in the contest of 2010.
    """
    parts = {}
    for name, section in votes.items():
        cast = sum(section.values())
        parts[name] = {who: weights[name] * number / cast if cast else Fraction(0) for who, number in section.items()}
    total = _added(parts)
    return Standing("college", total, sum(weights.values(), Fraction(0)), sum(total.values(), Fraction(0)), parts)


def points_by_unit(
    votes: SectionVotes,
    each: int,
    *,
    units: int | None = None,
    at_most_votes: bool = False,
    decimals: int | None = None,
    cut: Cut = "down",
) -> Standing:
    """Each unit gives ``each`` points, shared by the votes still in the count there.

    ``units``: how many units there are, if more than are named in ``votes`` (one without ballots gives no points,
    but they were on offer). ``at_most_votes``: a unit gives no more points than votes were cast in it, and then
    one without ballots has none to offer either.
    ``decimals``, ``cut``: how a candidate's points in a unit are cut; what is lost is given to nobody.
    Source: Conservative Party of Canada, tabulation report of 27 May 2017 ("Points IRV", five fixed decimals).
    """
    parts = {}
    on_offer = Fraction(each * (len(votes) if at_most_votes else len(votes) if units is None else units))
    for name, section in votes.items():
        cast = sum(section.values())
        points = min(each, cast) if at_most_votes else each
        on_offer -= each - points
        shared = {who: Fraction(points * number, cast) if cast else Fraction(0) for who, number in section.items()}
        if decimals is not None:
            shared = {who: exact.cut_fraction(value, decimals, cut) for who, value in shared.items()}
        parts[name] = shared
    total = _added(parts)
    return Standing("points", total, on_offer, sum(total.values(), Fraction(0)), parts)
