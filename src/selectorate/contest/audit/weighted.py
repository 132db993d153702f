"""Weighted shares: what each section of a college gave, and that the sections add up to the whole."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from ... import exact
from ...rules import BallotStage
from ..case import Case
from ..figures import BallotView
from ..model import TOTAL, Round
from .base import At, Check, round_label, round_name, views, worst
from .printed import Column, add_up, columns_of, compare_printed, finest


@dataclass(frozen=True)
class _College:
    """A round (from 0) of a weighted college, with its place."""

    case: Case
    view: BallotView
    stage: BallotStage
    number: int
    at: At

    @property
    def figures(self) -> Round:
        return self.view.figures.round[self.number]

    @property
    def name(self) -> str:
        return round_name(self.case, self.view, self.number)

    def given(self, number: int, section: str, who: str) -> Fraction | None:
        """What ``section`` gave ``who`` in round ``number``, as a fraction of the college; None where not known."""
        votes = self.view.figures.round[number].votes.get(section)
        if votes is None or who not in votes or not sum(votes.values()):
            return None
        return self.stage.weights[section] * votes[who] / sum(votes.values())

    def elsewhere(self, section: str, who: str) -> Iterator[tuple[str, Fraction]]:
        """What that of ``who`` may have been taken for: of other rounds, other sections, other candidates."""
        for number in range(len(self.view.figures.round)):
            if number != self.number:
                yield from _named(round_label(self.view, number), self.given(number, section, who))
        for other in self.view.sections:
            if other != section:
                yield from _named(self.case.section_name(other), self.given(self.number, other, who))
        for person in self.figures.weighted[section]:
            if person != who:
                yield from _named(self.case.contest.label(person), self.given(self.number, section, person))


def _named(name: str, value: Fraction | None) -> Iterator[tuple[str, Fraction]]:
    if value is not None:
        yield name, value


def weighted(case: Case) -> Iterator[Check]:
    """What each section of a college gave each candidate, and that the sections add up to the whole."""
    for index, view in views(case):
        if not isinstance(view.stage, BallotStage) or view.stage.combine != "weighted-college":
            continue
        for number, figures in enumerate(view.figures.round):
            at = At(case, ("ballot", index, "round", number, "weighted"), figures.certainty("weighted"))
            college = _College(case, view, view.stage, number, at)
            for section in figures.weighted:
                marks = worst(figures.certainty("weighted", section), figures.certainty("votes", section))
                yield from _section(college, section, at.to(section, certainty=marks))
                yield from _full_weight(college, section)
            yield from _total(college)
            yield from _from_section_shares(college)


def _section(college: _College, section: str, at: At) -> Iterator[Check]:
    """The weighted share of each candidate, from the votes of the section."""
    case, row, votes = college.case, college.figures.weighted[section], college.figures.votes.get(section)
    missing = f"the votes of {case.section_name(section)}"
    if votes is None:
        shown = "; ".join(f"{case.contest.label(who)} {printed[-1]}%" for who, printed in row.items())
        what = f"weighted shares of {len(row)} candidates from {case.section_name(section)}{college.name}"
        yield at.cannot("weighted share", what, missing, shown)
        return
    weight = college.stage.weights[section]
    for who, printed in row.items():
        what = f"{case.contest.label(who)}: weighted share from {case.section_name(section)}{college.name}"
        if who not in votes:
            yield at.to(who).cannot("weighted share", what, missing, f"{printed[0]}%")
            continue
        others = [other for name, other in row.items() if name != who]
        alike = set(row) == set(votes) and all(len(other) == len(printed) for other in others)
        for place, figure in enumerate(printed):
            yield compare_printed(
                at.to(who),
                "weighted share",
                what,
                figure,
                weight * votes[who],
                "the college",
                {"the college": sum(votes.values())},
                college.stage.shares.cut,
                column=Column([other[place] for other in others], weight * 100) if alike else None,
                elsewhere=lambda who=who: college.elsewhere(section, who),  # type: ignore[misc]  # a default binds it
            )


def _full_weight(college: _College, section: str) -> Iterator[Check]:
    """That what a section gave adds up to its weight."""
    row, votes = college.figures.weighted[section], college.figures.votes.get(section)
    if college.figures.others or (votes is not None and set(votes) != set(row)):
        return
    what = f"{college.case.section_name(section)} give their full weight{college.name}"
    for column in columns_of(row.values()):
        weight = college.stage.weights[section] * 100
        yield add_up(college.at.to(section), "weighted share", what, column, weight, college.stage.shares.cut)


def _total(college: _College) -> Iterator[Check]:
    """That what the sections gave a candidate adds up to the published share of the whole college."""
    figures, published = college.figures, college.figures.shares.get(TOTAL, {})
    if set(figures.weighted) != set(college.view.sections):
        return
    for who, printed in published.items():
        rows = [figures.weighted[section] for section in college.view.sections]
        if any(who not in row for row in rows):
            continue
        parts = [row[who] for row in rows]
        what = f"{college.case.contest.label(who)}: the sections add up to the published total{college.name}"
        for place, figure in enumerate(printed):
            alike = all(len(part) == len(printed) for part in parts)
            column = [part[place] if alike else finest(part) for part in parts]
            yield add_up(college.at, "weighted share", what, column, figure, college.stage.shares.cut)


def _from_section_shares(college: _College) -> Iterator[Check]:
    """Where votes of a section are not known: its printed shares, weighted, beside what it is printed to have given."""
    figures, case, cut = college.figures, college.case, college.stage.shares.cut
    for section in college.view.sections:
        shares, given = figures.shares.get(section, {}), figures.weighted.get(section, {})
        if section in figures.votes:
            continue
        for who in shares:
            if who not in given:
                continue
            weight = college.stage.weights[section]
            share, part = finest(shares[who]), finest(given[who])
            low, high = (weight * edge for edge in exact.printable_range(share, cut))
            bottom, top = exact.printable_range(part, cut)
            fits = low <= top and bottom <= high
            decimals = exact.decimals_of(share)
            edges = f"{exact.cut_to(low, decimals + 2, 'down')} to {exact.cut_to(high, decimals + 2, 'up')}"
            yield college.at.to(section, who).check(
                "weighted share",
                f"{case.contest.label(who)}: share among {case.section_name(section)}, weighted{college.name}",
                "agrees" if fits else "disagrees",
                published=f"{part}%",
                computed=f"{exact.cut_to(weight * Fraction(share), 3)}% of {share}%",
                explanation=f"within the decimals of {share}%: it can have given {edges}%"
                if fits
                else f"more than the decimals of {share}% can explain: they give {edges}%",
            )
