"""Shares: that printed ones follow from the votes, and that they add up."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from ... import exact
from ...rules import BallotStage
from ..case import Case
from ..figures import BallotView
from ..model import TOTAL
from .base import At, Check, round_label, round_name, views, worst
from .printed import Column, add_up, columns_of, compare_printed

Bases = Mapping[str, Fraction | int | None]


@dataclass(frozen=True)
class _Row:
    """The printed shares of one section (or the total) in one round (from 0)."""

    case: Case
    view: BallotView
    number: int
    section: str
    at: At

    @property
    def printed(self) -> Mapping[str, tuple[Decimal, ...]]:
        return self.view.figures.round[self.number].shares[self.section]

    @property
    def name(self) -> str:
        """Of which segment and round, as the checks say it."""
        where = "" if self.section == TOTAL else f" among {self.case.section_name(self.section)}"
        return where + round_name(self.case, self.view, self.number)


def shares(case: Case) -> Iterator[Check]:
    """Every published share, of the rulebook's base and cut as it says; and that a column adds up."""
    for index, view in views(case):
        for number, figures in enumerate(view.figures.round):
            for section in figures.shares:
                marks = worst(figures.certainty("shares", section), figures.certainty("votes", section))
                at = At(case, ("ballot", index, "round", number, "shares", section), marks)
                row = _Row(case, view, number, section, at)
                yield from _columns(row)
                yield from _of_each(row)


def _of_each(row: _Row) -> Iterator[Check]:
    """The share of every candidate; one line for all where none of them can be worked out."""
    missing = _row_missing(row)
    if missing is not None:
        what = f"shares of {len(row.printed)} candidates{row.name}"
        shown = "; ".join(f"{row.case.contest.label(who)} {p[-1]}%" for who, p in row.printed.items())
        yield row.at.cannot("share", what, missing, shown)
        return
    everybody = len(row.printed) == len(row.view.section_votes(row.number, row.section) or row.printed)
    for who, printed in row.printed.items():
        for place, figure in enumerate(printed):
            others = [other for name, other in row.printed.items() if name != who]
            complete = everybody and all(len(other) == len(printed) for other in others)
            yield _share(row, who, figure, Column([other[place] for other in others]) if complete else None)


def _row_missing(row: _Row) -> str | None:
    """What is missing to work out any share of a section in a round; None if nothing is."""
    if row.section != TOTAL:
        known = row.view.section_votes(row.number, row.section) is not None
        return None if known else f"the votes of {row.case.section_name(row.section)}"
    item = row.view.round(row.number)
    if item.standing is None or item.basis == "published shares":
        return item.missing or "the votes of every section"
    return None


def _share(row: _Row, who: str, printed: Decimal, column: Column | None) -> Check:
    at, what = row.at.to(who), f"{row.case.contest.label(who)}: share{row.name}"
    own = _value(row, who)
    if own is None:
        missing = f"the votes of {row.case.section_name(row.section)}"
        if row.section == TOTAL:
            missing = row.view.round(row.number).missing or "the votes by segment"
        return at.cannot("share", what, missing, f"{printed}%")
    value, base_name, bases = own
    standing = row.view.round(row.number).standing
    parts = None
    if row.section == TOTAL and standing is not None and standing.unit == "college":
        parts = [given[who] for given in standing.parts.values() if who in given]
    return compare_printed(
        at,
        "share",
        what,
        printed,
        value,
        base_name,
        bases,
        row.view.stage.shares.cut,
        column=column,
        parts=parts,
        elsewhere=lambda: _elsewhere(row, who),
    )


def _value(row: _Row, who: str) -> tuple[Fraction, str, Bases] | None:
    """What the share of ``who`` is of, the rulebook's base, and every base that it could have been taken of."""
    view, number = row.view, row.number
    if row.section != TOTAL:
        votes = view.section_votes(number, row.section)
        if votes is None or who not in votes:
            return None
        bases: dict[str, Fraction | int | None] = {
            "votes": sum(votes.values()),
            "ballots returned": view.figure("returned", row.section, number),
            "those entitled": view.figure("entitled", row.section, number),
        }
        return Fraction(votes[who]), "votes", bases
    item = view.round(number)
    if item.standing is None or who not in item.standing.total or item.basis == "published shares":
        return None
    return item.standing.total[who], _base_name(view, number), _bases(view, number)


def _base_name(view: BallotView, number: int) -> str:
    """What a share of the total is of, by the rulebook."""
    standing = view.round(number).standing
    default = {"college": "the college", "points": "points"}.get(standing.unit if standing else "", "votes")
    return view.stage.shares.of or default


def _bases(view: BallotView, number: int) -> Bases:
    """Every base that a share of the total in a round could be taken of."""
    stage = view.stage
    combined = isinstance(stage, BallotStage) and stage.combine != "one-person-one-vote"
    bases = {
        name: base
        for name, base in view.round(number).bases.items()
        if base is not None and (not combined or name in ("points", "points allotted", "the college"))
    }
    if isinstance(stage, BallotStage) and stage.points is not None and stage.points.units is not None:
        bases["all points there could be"] = stage.points.each * stage.points.units
    cast = view.cast(number)
    if cast is not None and not combined:
        bases["votes"] = cast  # also where the votes of some candidates are not known, but how many were valid
    return bases


def _elsewhere(row: _Row, who: str) -> Iterator[tuple[str, Fraction]]:
    """The shares for which that of ``who`` may have been taken: of other rounds, other segments, other candidates."""
    rounds = row.view.figures.round
    for number in range(len(rounds)):
        if number != row.number:
            yield from _named(round_label(row.view, number), _Row(row.case, row.view, number, row.section, row.at), who)
    for section in (*row.view.sections, TOTAL):
        if section != row.section:
            name = "the total" if section == TOTAL else row.case.section_name(section)
            yield from _named(name, _Row(row.case, row.view, row.number, section, row.at), who)
    for other in row.printed:
        if other != who:
            yield from _named(row.case.contest.label(other), row, other)


def _named(name: str, row: _Row, who: str) -> Iterator[tuple[str, Fraction]]:
    own = _value(row, who)
    base = own[2].get(own[1]) if own is not None else None
    if own is not None and base:
        yield name, own[0] / base


# -- columns ------------------------------------------------------------------------------------------------------


def _columns(row: _Row) -> Iterator[Check]:
    """That the shares of all candidates add up to what they have together of the base: to 100, if that is the votes."""
    votes = row.view.section_votes(row.number, row.section)
    partial = votes is not None and set(votes) != set(row.printed)
    if partial or len(row.printed) < 2 or row.view.figures.round[row.number].others:
        return
    what = f"shares add up{row.name}"
    columns = columns_of(row.printed.values())
    base = _base_name(row.view, row.number)
    together = _together(row, votes)
    for column in columns:
        if together is None:
            missing = f"the number of {base}, and the votes: of these the shares are taken"
            yield row.at.cannot("sum", what, missing, f"{sum(column)}%")
            continue
        cut, why = row.view.stage.shares.cut, _another_base(row, votes, column)
        yield add_up(row.at, "sum", what, column, together, cut, why=why)


def _together(row: _Row, votes: Mapping[str, int] | None) -> Fraction | None:
    """What the shares of all candidates have to add up to, in per cent; None where it is not known."""
    base_name = _base_name(row.view, row.number)
    if row.section != TOTAL or base_name in ("votes", "the college", "points allotted"):
        return Fraction(100)
    item = row.view.round(row.number)
    base = item.bases.get(base_name)
    if base_name == "points":
        exactly = item.standing is not None and item.basis == "votes"
        return item.standing.given / base * 100 if exactly and item.standing is not None and base else Fraction(100)
    if votes is not None and base:
        return Fraction(sum(votes.values()), base) * 100
    first = row.number == 0 or row.view.repeated
    simple = base_name == "valid votes" and first and not row.view.abstentions_are_valid
    return Fraction(100) if simple else None  # valid votes are then the votes, however many


def _another_base(row: _Row, votes: Mapping[str, int] | None, column: list[Decimal]) -> str | None:
    """The base of which the shares add up to what they do, where they do not add up on the rulebook's."""
    item = row.view.round(row.number)
    if votes is None or row.section != TOTAL:
        return None
    cut, total = row.view.stage.shares.cut, sum(column)
    for name in ("votes", "ballots returned", "valid votes", "those entitled"):
        base = item.bases.get(name)
        if base and name != _base_name(row.view, row.number):
            share = Fraction(sum(votes.values()), base) * 100
            if add_up(row.at, "sum", "", column, share, cut).status == "agrees":
                shown = exact.cut_to(share, exact.decimals_of(Decimal(total)), cut)
                return f"another base: all candidates together have {shown}% of {name}"
    return None
