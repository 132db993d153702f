"""Figures that sources print beside others, on the base that they claim."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from fractions import Fraction

from ... import exact
from ..case import Case
from ..figures import BallotView
from ..model import TOTAL, AlsoPublished
from .base import At, Check, views, worst
from .printed import CUT_NAMES, compare_printed


def also_published(case: Case) -> Iterator[Check]:
    """Figures that sources print beside others, on the base that they claim."""
    by_stage = {view.stage.id: view for _, view in views(case)}
    for index, also in enumerate(case.contest.also_published):
        at = At(case, ("also_published", index, "figure"))
        view = by_stage.get(also.stage) if also.stage is not None else next(reversed(by_stage.values()), None)
        if view is None:
            yield at.cannot("share", also.source, "the figures of the ballot", f"{also.figure}%")
            continue
        number = len(view.figures.round) - 1 if view.repeated else 0
        if also.round is not None:
            number = also.round - 1
        if also.round is not None and also.round > len(view.figures.round):
            what = f"{also.measure} in round {also.round}, as printed by {also.source}"
            yield at.cannot(also.measure, what, f"the figures of round {also.round}", f"{also.figure}%")
        elif also.measure == "turnout":
            yield _turnout(at, also, view, number)
        else:
            yield _share(case, at, also, view, number)


def _bases(also: AlsoPublished, view: BallotView, number: int) -> dict[str, Fraction | int | None]:
    """What the figure could be of, in round ``number`` (from 0)."""
    votes = view.section_votes(number, also.section)
    complete = also.section != TOTAL or (votes is not None and view.complete(number))
    return {
        "ballots returned": view.figure("returned", also.section, number),
        "valid votes": view.figure("valid", also.section, number),
        "those entitled": view.figure("entitled", also.section, number),
        "votes": sum(votes.values()) if votes is not None and complete else None,
    }


def _marks(also: AlsoPublished, view: BallotView, number: int, *keys: str) -> str | None:
    """How certain the figures of the roll under ``keys`` are."""
    roll = view.roll(also.section, number)
    return worst(*(roll.certainty(key) for key in keys)) if roll is not None else None


def _turnout(at: At, also: AlsoPublished, view: BallotView, number: int) -> Check:
    what = f"turnout counting {also.of}, as printed by {also.source}"
    bases = _bases(also, view, number)
    entitled = bases.pop("those entitled")
    values = {name: value for name, value in bases.items() if value is not None}
    here = at.to(certainty=_marks(also, view, number, "entitled", "returned", "valid"))
    if not entitled or also.of not in values:
        return here.cannot("turnout", what, "how many were entitled, or came back", f"{also.figure}%")
    return _other_numerator(here, what, also.figure, values, also.of, entitled, view)


def _share(case: Case, at: At, also: AlsoPublished, view: BallotView, number: int) -> Check:
    what = f"{case.contest.label(also.candidate or '')}: share of {also.of}, as printed by {also.source}"
    votes = view.section_votes(number, also.section)
    if votes is None or also.candidate is None or also.candidate not in votes:
        return at.cannot("share", what, "the votes", f"{also.figure}%")
    figures = view.figures.round[number]
    section = (also.section,) if also.section in figures.votes else ()
    marks = worst(
        figures.certainty("votes", *section),
        None if also.of == "votes" else _marks(also, view, number, "entitled", "returned", "valid"),
    )
    return compare_printed(
        at.to(certainty=marks),
        "share",
        what,
        also.figure,
        Fraction(votes[also.candidate]),
        also.of,
        _bases(also, view, number),
        view.stage.shares.cut,
    )


def _other_numerator(
    at: At,
    what: str,
    printed: Decimal,
    values: Mapping[str, Fraction | int],
    counts: str,
    entitled: Fraction | int,
    view: BallotView,
) -> Check:
    decimals, cut = exact.decimals_of(printed), view.stage.turnout.cut
    computed = Fraction(values[counts]) / entitled * 100
    if exact.cut_to(computed, decimals, cut) == printed:
        return at.check(
            "turnout",
            what,
            "agrees",
            published=f"{printed}%",
            computed=f"{exact.cut_to(computed, decimals, cut)}%",
        )
    ways = [CUT_NAMES[way] for way in exact.CUTS if exact.cut_to(computed, decimals, way) == printed]
    ways += [
        f"it counts {name}"
        for name, value in values.items()
        if exact.cut_to(Fraction(value) / entitled * 100, decimals, cut) == printed
    ]
    why = "; or ".join(ways[:2]) or "no base that we know gives it"
    return at.check(
        "turnout",
        what,
        "disagrees",
        published=f"{printed}%",
        computed=f"{exact.cut_to(computed, decimals + 2)}%",
        explanation=why,
    )
