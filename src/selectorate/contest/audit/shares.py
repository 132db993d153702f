"""Shares: that printed ones follow from the votes, and that they add up."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction

from ... import exact
from ...rules import BallotStage
from ..case import Case
from ..figures import BallotView
from ..model import TOTAL
from .base import At, Check, round_name, views, worst
from .printed import compare_printed, within_rounding


def shares(case: Case) -> Iterator[Check]:
    """Every published share, of the rulebook's base and cut as it says; and that a column adds up."""
    for index, view in views(case):
        for number, figures in enumerate(view.figures.round):
            for section, row in figures.shares.items():
                at = At(
                    case,
                    ("ballot", index, "round", number, "shares", section),
                    worst(figures.certainty("shares", section), figures.certainty("votes", section)),
                )
                yield from _column(case, view, number, section, at)
                missing = _row_missing(case, view, number, section)
                if missing is not None:
                    where = "" if section == TOTAL else f" among {case.section_name(section)}"
                    what = f"shares of {len(row)} candidates{where}{round_name(case, view, number)}"
                    yield at.cannot(
                        "share",
                        what,
                        missing,
                        "; ".join(f"{case.contest.label(who)} {p[-1]}%" for who, p in row.items()),
                    )
                    continue
                for who, printed in row.items():
                    for figure in printed:
                        rest = [
                            other[printed.index(figure)]
                            for name, other in row.items()
                            if name != who and len(other) == len(printed)
                        ]
                        complete = (
                            len(row) == len(view.section_votes(number, section) or row) and len(rest) == len(row) - 1
                        )
                        yield _share(case, view, number, section, who, figure, at.to(who), rest if complete else None)


def _row_missing(case: Case, view: BallotView, number: int, section: str) -> str | None:
    """What is missing to work out any share of a section in a round; None if nothing is."""
    if section != TOTAL:
        return None if view.section_votes(number, section) is not None else f"the votes of {case.section_name(section)}"
    item = view.round(number)
    if item.standing is None or item.basis == "published shares":
        return item.missing or "the votes of every section"
    return None


def _share(
    case: Case,
    view: BallotView,
    number: int,
    section: str,
    who: str,
    printed: Decimal,
    at: At,
    rest: list[Decimal] | None,
) -> Check:
    name = round_name(case, view, number)
    where = "" if section == TOTAL else f" among {case.section_name(section)}"
    what = f"{case.contest.label(who)}: share{where}{name}"
    item = view.round(number)
    cut = view.stage.shares.cut
    if section != TOTAL:
        votes = view.section_votes(number, section)
        if votes is None or who not in votes:
            return at.cannot("share", what, f"the votes of {case.section_name(section)}", f"{printed}%")
        bases: dict[str, Fraction | int | None] = {
            "votes": sum(votes.values()),
            "ballots returned": view.figure("returned", section, number),
            "those entitled": view.figure("entitled", section, number),
        }
        return compare_printed(at, "share", what, printed, Fraction(votes[who]), "votes", bases, cut, rest=rest)
    combined = isinstance(view.stage, BallotStage) and view.stage.combine != "one-person-one-vote"
    if item.standing is None or who not in item.standing.total or item.basis == "published shares":
        return at.cannot("share", what, item.missing or "the votes by segment", f"{printed}%")
    default = {"college": "the college", "points": "points"}.get(item.standing.unit, "votes")
    base_name = view.stage.shares.of or default
    value = item.standing.total[who]
    bases = {
        name: base
        for name, base in item.bases.items()
        if base and (not combined or name in ("points", "points allotted", "the college"))
    }
    if (
        isinstance(view.stage, BallotStage)
        and view.stage.combine == "points-by-unit"
        and view.stage.points
        and view.stage.points.units
    ):
        bases["all points there could be"] = view.stage.points.each * view.stage.points.units
    if view.figures.round[number].others:
        bases.pop("votes", None)
    parts = (
        [row[who] for row in item.standing.parts.values() if who in row] if item.standing.unit == "college" else None
    )
    return compare_printed(at, "share", what, printed, value, base_name, bases, cut, rest=rest, parts=parts)


def _column(case: Case, view: BallotView, number: int, section: str, at: At) -> Iterator[Check]:
    """That the shares of all candidates can add up to 100."""
    row = view.figures.round[number].shares[section]
    votes = view.section_votes(number, section)
    base = view.stage.shares.of
    if base in ("those entitled", "ballots returned", "valid votes") or view.figures.round[number].others:
        return
    if votes is not None and set(votes) != set(row):
        return
    if len(row) < 2:
        return
    columns = [printed[0] for printed in row.values()]
    possible, total = within_rounding(columns, Fraction(100), view.stage.shares.cut)
    where = "" if section == TOTAL else f" among {case.section_name(section)}"
    what = f"shares add up{where}{round_name(case, view, number)}"
    if possible:
        yield at.check(
            "sum",
            what,
            "agrees",
            published=f"{total}%",
            computed="100%",
            explanation=None if total == 100 else "as near as their decimals allow",
        )
    else:
        yield at.check(
            "sum",
            what,
            "disagrees",
            published=f"{total}%",
            computed="100%",
            explanation=_short_column(case, view, number, total),
        )


def _short_column(case: Case, view: BallotView, number: int, total: Decimal) -> str:
    votes = view.section_votes(number, TOTAL)
    bases = view.round(number).bases
    for name in ("ballots returned", "valid votes", "those entitled"):
        base = bases.get(name)
        if votes is not None and base and base != sum(votes.values()):
            share = exact.cut_to(Fraction(sum(votes.values())) / base * 100, 1)
            if str(share) == str(total):
                return f"another base: all candidates together have {share}% of {name}"
    return "more than their decimals can explain"
