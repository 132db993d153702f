"""Figures that sources print beside others, on the base that they claim."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from fractions import Fraction

from ... import exact
from ..case import Case
from ..figures import BallotView
from ..model import TOTAL
from .base import At, Check, views, worst
from .printed import CUT_NAMES, compare_printed


def also_published(case: Case) -> Iterator[Check]:
    """Figures that sources print beside others, on the base that they claim."""
    by_stage = {view.stage.id: view for _, view in views(case)}
    for index, also in enumerate(case.contest.also_published):
        at = At(case, ("also_published", index, "figure"))
        view = by_stage.get(also.stage or "") or (list(by_stage.values())[-1] if by_stage else None)
        if view is None:
            yield at.cannot("share", also.source, "the figures of the ballot", f"{also.figure}%")
            continue
        last = len(view.figures.round) - 1 if view.repeated else 0
        last = min(also.round - 1, len(view.figures.round) - 1) if also.round is not None else last
        bases: dict[str, Fraction | int | None] = {
            "ballots returned": view.figure("returned", also.section, last),
            "valid votes": view.figure("valid", also.section, last),
            "those entitled": view.figure("entitled", also.section, last),
        }
        votes = view.section_votes(last, also.section)
        bases["votes"] = sum(votes.values()) if votes and (view.complete(last) or also.section != TOTAL) else None
        roll = view.roll(also.section, last)
        at = at.to(
            certainty=worst(*(roll.certainty(key) for key in ("entitled", "returned", "valid"))) if roll else None
        )
        if also.measure == "turnout":
            what = f"turnout counting {also.of}, as printed by {also.source}"
            entitled = bases["those entitled"]
            values = {name: value for name, value in bases.items() if value and name != "those entitled"}
            if not entitled or also.of not in values:
                yield at.cannot("turnout", what, "how many were entitled, or came back", f"{also.figure}%")
                continue
            yield _other_numerator(at, what, also.figure, values, also.of, entitled, view)
            continue
        what = f"{case.contest.label(also.candidate or '')}: share of {also.of}, as printed by {also.source}"
        if votes is None or also.candidate is None or also.candidate not in votes:
            yield at.cannot("share", what, "the votes", f"{also.figure}%")
            continue
        yield compare_printed(
            at,
            "share",
            what,
            also.figure,
            Fraction(votes[also.candidate]),
            also.of,
            bases,
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
