"""The figures of a ballot, made ready to be counted with: votes by section, bases, standings.

What was published is taken as it is; what follows from it by a sum (valid and spoilt ballots are those returned)
is worked out. Where something is not known the answer is None, never a guess.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Literal

from .. import count
from ..count import SectionVotes, Standing
from ..rules import BallotStage, MotionStage
from .case import Case
from .model import TOTAL, BallotFigures, Roll, Round

Basis = Literal["votes", "published shares", "published points"]
"""What a standing was worked out from: the votes themselves, or figures that were published with cut decimals."""


@dataclass(frozen=True)
class BallotRound:
    """One round, ready to be counted with.

    ``sections``: votes by section, then candidate, where all of them are known. ``votes``: by candidate over all
    sections, where known. ``standing``: where everybody stands under the rulebook; None where figures are missing, and
    then ``missing`` says which. ``bases``: what a share can be a share of, by the rulebook's words. ``names``: of
    candidates, for sentences. ``groups``: to which each of them belongs.
    """

    number: int
    figures: Round
    sections: SectionVotes | None = field(repr=False)
    votes: Mapping[str, int] | None
    standing: Standing | None = field(repr=False)
    basis: Basis | None
    missing: str | None
    bases: Mapping[str, Fraction | int | None] = field(repr=False)
    names: Mapping[str, str] = field(default_factory=dict, repr=False)
    groups: Mapping[str, tuple[str, ...]] = field(default_factory=dict, repr=False)

    def named(self, people: Iterable[str]) -> list[str]:
        """The names for tables of ``people``."""
        return [self.names.get(who, who) for who in people]

    @property
    def candidates(self) -> tuple[str, ...]:
        """Everybody whose figures are in this round."""
        return tuple(self.standing.total) if self.standing else ()


def sections_of(stage: BallotStage | MotionStage) -> tuple[str, ...]:
    """The sections whose votes are counted apart: the segments, or ``total`` where there are none."""
    return (stage.segments if isinstance(stage, BallotStage) else ()) or (TOTAL,)


def roll_figure(roll: Roll | None, key: str, *, abstentions_are_valid: bool = False) -> int | None:
    """A figure of a roll: as given, or worked out from the others of the same roll.

    Papers that say abstention are returned; whether they are valid depends on the rulebook.
    """
    if roll is None:
        return None
    given: int | None = getattr(roll, key)
    if given is not None:
        return given
    rejected, spoilt = roll.rejected or 0, roll.spoilt
    if spoilt is None and roll.rejected is not None:
        spoilt = 0  # all that were not counted stand under one name
    aside = rejected + (0 if abstentions_are_valid else roll.abstentions or 0)
    if key == "returned":
        if roll.valid is not None and spoilt is not None:
            return roll.valid + spoilt + aside
        if roll.entitled is not None and roll.not_voting is not None:
            return roll.entitled - roll.not_voting
    if key == "valid":
        if roll.returned is not None and spoilt is not None:
            return roll.returned - spoilt - aside
        if roll.entitled is not None and roll.not_voting_or_spoilt is not None:
            return roll.entitled - roll.not_voting_or_spoilt
    if key == "spoilt" and roll.returned is not None and roll.valid is not None:
        return roll.returned - roll.valid - aside
    if key == "entitled" and roll.not_voting is not None:
        returned = roll_figure(roll, "returned", abstentions_are_valid=abstentions_are_valid)
        return returned + roll.not_voting if returned is not None else None
    return None


class BallotView:
    """The figures of one ballot or motion under its stage of the rulebook."""

    def __init__(self, case: Case, stage: BallotStage | MotionStage, figures: BallotFigures) -> None:
        self.case, self.stage, self.figures = case, stage, figures
        self.sections = sections_of(stage)
        self._rounds: dict[int, BallotRound] = {}

    def roll(self, section: str, number: int = 0) -> Roll | None:
        """The roll of a section in round ``number`` (from 0): the round's own, or that of the whole ballot."""
        for name in self._same(section):
            own = self.figures.round[number].roll.get(name) if number < len(self.figures.round) else None
            found = own or self.figures.roll.get(name)
            if found is not None:
                return found
        return None

    def _same(self, section: str) -> tuple[str, ...]:
        """The names under which the figures of ``section`` can stand: a single segment is also the total."""
        if len(self.sections) == 1 and self.sections != (TOTAL,) and section in (TOTAL, *self.sections):
            return (section, TOTAL if section != TOTAL else self.sections[0])
        return (section,)

    def complete(self, number: int) -> bool:
        """Whether the votes of every candidate of round ``number`` are known."""
        figures = self.figures.round[number]
        votes = self.section_votes(number, TOTAL)
        named = {*figures.points, *figures.shares.get(TOTAL, {})}
        return votes is not None and not figures.others and named <= set(votes)

    def cast(self, number: int) -> int | None:
        """The votes in the count in round ``number`` (from 0); None where they are not known.

        Where the votes of some candidates are not known, they are the valid votes of a ballot in which each paper is
        one vote; after the first round of a preferential count papers have left that nobody counted.
        """
        votes, stage = self.section_votes(number, TOTAL), self.stage
        if votes is not None and self.complete(number):
            return sum(votes.values())
        several = isinstance(stage, BallotStage) and stage.paper == "choose up to"
        if several or self.abstentions_are_valid or (number and not self.repeated):
            return None
        return self.figure("valid", number=number) if self.figures.round[number].others else None

    def figure(self, key: str, section: str = TOTAL, number: int = 0) -> int | None:
        """A figure of the roll of ``section`` in a round; for the total also as the sum of all segments.

        For a ballot of a body, those entitled are the body. Valid votes are at last the votes themselves.
        """
        rounds = self.figures.round
        for name in self._same(section):
            own = rounds[number].roll.get(name) if number < len(rounds) else None
            for roll in (own, self.figures.roll.get(name)):
                found = roll_figure(roll, key, abstentions_are_valid=self.abstentions_are_valid)
                if found is not None:
                    return found
        if key == "returned":
            roll = self.roll(section, number)
            valid = self.figure("valid", section, number) if roll is not None and roll.valid is None else None
            if roll is not None and valid is not None and (roll.spoilt is not None or roll.rejected is not None):
                aside = 0 if self.abstentions_are_valid else roll.abstentions or 0
                return valid + (roll.spoilt or 0) + (roll.rejected or 0) + aside
        if section == TOTAL and len(self.sections) > 1 and self.addable:
            parts = [self.figure(key, part, number) for part in self.sections]
            if all(part is not None for part in parts):
                return sum(part for part in parts if part is not None)
        if key == "entitled" and section == TOTAL and self.stage.by is not None:
            return self.case.body_size(self.stage.by)
        if key == "valid" and (number == 0 or self.repeated):
            votes = self.section_votes(number, section)
            if votes is not None and (self.complete(number) or section != TOTAL):
                roll = self.roll(section, number)
                abstained = (roll.abstentions or 0) if roll and self.abstentions_are_valid else 0
                return sum(votes.values()) + abstained
        return None

    @property
    def repeated(self) -> bool:
        """Whether every round is a ballot of its own."""
        return isinstance(self.stage, BallotStage) and self.stage.count in ("repeated ballots", "two rounds")

    @property
    def addable(self) -> bool:
        """Whether votes of different sections are votes of one kind: a delegation's block is not a person's vote."""
        segments = self.case.rulebook.segments
        kinds = {segments[section].voters for section in self.sections if section != TOTAL}
        return len(kinds) == 1 and (kinds == {"persons"} or len(self.sections) == 1)

    @property
    def abstentions_are_valid(self) -> bool:
        """Whether a paper that says abstention is a valid vote."""
        return isinstance(self.stage, BallotStage) and self.stage.abstentions == "valid"

    def section_votes(self, number: int, section: str) -> Mapping[str, int] | None:
        """The votes of a section (or the total, added up if need be) in round ``number`` (from 0), by candidate."""
        if number >= len(self.figures.round):
            return None
        votes = self.figures.round[number].votes
        for name in self._same(section):
            if name in votes:
                return votes[name]
        units = self.case.units.get(self.stage.id)
        if section == TOTAL and units is not None and number < len(units.rounds):
            return added(units.rounds[number].values())
        if section == TOTAL and self.addable and all(part in votes for part in self.sections):
            return added([votes[part] for part in self.sections])
        return None

    def counted_sections(self, number: int) -> SectionVotes | None:
        """The votes that are combined in round ``number``: by unit, by segment, or the total alone."""
        units = self.case.units.get(self.stage.id)
        if isinstance(self.stage, BallotStage) and self.stage.combine == "points-by-unit":
            return units.rounds[number] if units is not None and number < len(units.rounds) else None
        votes = self.figures.round[number].votes
        if all(section in votes for section in self.sections):
            return {section: votes[section] for section in self.sections}
        if isinstance(self.stage, BallotStage) and self.stage.combine == "weighted-college":
            return None
        total = self.section_votes(number, TOTAL)
        only = self.sections[0] if len(self.sections) == 1 else TOTAL  # a single segment is also the total
        return {only: total} if total is not None else None

    def round(self, number: int) -> BallotRound:
        """Round ``number`` (from 0), ready to be counted with."""
        if number not in self._rounds:
            self._rounds[number] = self._round(number)
        return self._rounds[number]

    def _round(self, number: int) -> BallotRound:
        figures = self.figures.round[number]
        sections = self.counted_sections(number)
        votes = self.section_votes(number, TOTAL)
        if sections is not None and _uneven(sections):
            sections = _filled(sections)
        standing, basis = self._standing(sections, figures)
        counted = self.case.counts.get(self.stage.id)
        if counted is not None:
            standing, basis = counted.standing(counted.count.rounds[number]), "votes"
        missing = None if standing is not None else self._missing(number)
        bases: dict[str, Fraction | int | None] = {
            "votes": sum(votes.values()) if votes is not None and self.complete(number) else None,
            "valid votes": self.figure("valid", number=number if self.repeated else 0),
            "ballots returned": self.figure("returned", number=number if self.repeated else 0),
            "those entitled": self.figure("entitled", number=number if self.repeated else 0),
            "points": standing.whole if standing is not None and standing.unit == "points" else None,
            "points allotted": standing.given if standing is not None and standing.unit == "points" else None,
            "the college": Fraction(1),
        }
        names = {who: self.case.contest.label(who) for who in self.case.contest.candidates}
        groups = {who: candidate.groups for who, candidate in self.case.contest.candidates.items()}
        return BallotRound(number + 1, figures, sections, votes, standing, basis, missing, bases, names, groups)

    def rounds(self) -> list[BallotRound]:
        """All rounds that were published."""
        return [self.round(number) for number in range(len(self.figures.round))]

    def _standing(self, sections: SectionVotes | None, figures: Round) -> tuple[Standing | None, Basis | None]:
        if sections is not None:
            return combined(self.stage, sections), "votes"
        if isinstance(self.stage, BallotStage) and self.stage.points is not None and figures.points:
            total = {who: Fraction(printed[-1]) for who, printed in figures.points.items()}
            given = sum(total.values(), Fraction(0))
            points = self.stage.points
            whole = Fraction(points.each * points.units) if points.units and not points.at_most_votes else given
            return Standing("points", total, whole, given, {}), "published points"
        published = figures.shares.get(TOTAL)
        college = isinstance(self.stage, BallotStage) and self.stage.combine == "weighted-college"
        if college and not published and set(figures.weighted) == set(self.sections):
            added: dict[str, Fraction] = {}
            for row in figures.weighted.values():
                for who, printed in row.items():
                    added[who] = added.get(who, Fraction(0)) + Fraction(max(printed, key=_decimals)) / 100
            return Standing("college", added, Fraction(1), sum(added.values(), Fraction(0)), {}), "published shares"
        if college and published:
            total = {who: Fraction(max(printed, key=_decimals)) / 100 for who, printed in published.items()}
            return Standing("college", total, Fraction(1), sum(total.values(), Fraction(0)), {}), "published shares"
        return None, None

    def _missing(self, number: int) -> str:
        figures = self.figures.round[number]
        if isinstance(self.stage, BallotStage) and self.stage.combine == "points-by-unit":
            return f"the votes in every {self.stage.points.unit if self.stage.points else 'unit'}, or the points"
        absent = [section for section in self.sections if section not in figures.votes]
        return "the votes of " + " and ".join(self.case.section_name(section) for section in absent)


@functools.lru_cache(maxsize=256)
def view_of(case: Case, stage: str) -> BallotView | None:
    """The figures of the ballot or motion ``stage`` of ``case``; None where there are none."""
    found, figures = case.rulebook.stage_named(stage), case.ballot(stage)
    if figures is None or not isinstance(found, BallotStage | MotionStage):
        return None
    return BallotView(case, found, figures)


def _decimals(figure: object) -> int:
    return len(str(figure))


def combined(stage: BallotStage | MotionStage, sections: SectionVotes) -> Standing:
    """The standing that the votes of ``sections`` give under ``stage``."""
    if isinstance(stage, BallotStage) and stage.combine == "weighted-college":
        return count.weighted_college(sections, stage.weights)
    if isinstance(stage, BallotStage) and stage.points is not None and stage.combine == "points-by-unit":
        points = stage.points
        return count.points_by_unit(
            sections,
            points.each,
            units=points.units,
            at_most_votes=points.at_most_votes,
            decimals=points.decimals,
            cut=points.cut,
        )
    return count.one_person_one_vote(sections)


def added(tables: Iterable[Mapping[str, int]]) -> dict[str, int]:
    """The votes of several tables added up, by candidate."""
    total: dict[str, int] = {}
    for table in tables:
        for who, number in table.items():
            total[who] = total.get(who, 0) + number
    return total


def _uneven(sections: SectionVotes) -> bool:
    rows = list(sections.values())
    return any(row.keys() != rows[0].keys() for row in rows[1:])


def _filled(sections: SectionVotes) -> SectionVotes:
    """Every candidate in every section, with 0 where none was written."""
    people = list(dict.fromkeys(who for row in sections.values() for who in row))
    return {name: {who: row.get(who, 0) for who in people} for name, row in sections.items()}
