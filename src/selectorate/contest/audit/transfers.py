"""Transfers: that from one round of a preferential count to the next no votes appear, over all and in each unit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ...rules import BallotStage
from ..case import Case
from ..figures import BallotView
from ..model import TOTAL
from ..units import UnitVotes
from .base import At, Check, round_label, round_name, views

SHOWN = 5
"""As many units as a check names; it says how many there are."""
_WHY = "votes of different counts, or a misprint"


def transfers(case: Case) -> Iterator[Check]:
    """Under a preferential count nobody who stays in loses votes, the votes in the count never rise, and what leaves
    it is what was published as exhausted."""
    for index, view in views(case):
        preferential = isinstance(view.stage, BallotStage) and view.stage.count in (
            "alternative vote",
            "supplementary vote",
        )
        for number in range(1, len(view.figures.round)) if preferential else ():
            figures = view.figures.round[number]
            at = At(case, ("ballot", index, "round", number, "votes"), figures.certainty("votes"))
            yield from _by_section(case, view, number, at)
            yield from _by_unit(case, view, number, At(case, ("ballot", index, "units")))
            yield from _exhausted(case, view, number, At(case, ("ballot", index, "round", number, "exhausted")))


def _by_section(case: Case, view: BallotView, number: int, at: At) -> Iterator[Check]:
    name = round_name(case, view, number)
    for section in [*view.sections, TOTAL] if len(view.sections) > 1 else [TOTAL]:
        before, now = view.section_votes(number - 1, section), view.section_votes(number, section)
        where = "" if section == TOTAL else f", {case.section_name(section)}"
        first, then = _cast(view, number - 1, section), _cast(view, number, section)
        if before is not None and now is not None and first is not None and then is not None:
            yield _balance(case, at, f"transfers balance{where}{name}", before, now, (first, then))
        elif section == TOTAL:
            yield at.cannot("transfer", f"transfers balance{name}", "the votes of this round or of the one before")


def _cast(view: BallotView, number: int, section: str) -> int | None:
    """The votes in the count of a section in a round; None where those of some candidates are not known."""
    if section == TOTAL:
        return view.cast(number)
    votes = view.section_votes(number, section)
    return sum(votes.values()) if votes is not None and view.complete(number) else None


def _exhausted(case: Case, view: BallotView, number: int, at: At) -> Iterator[Check]:
    """What has left the count since the first round is what was published as exhausted."""
    figures = view.figures.round[number]
    gone = _left(view, number)
    if figures.exhausted is None or gone is None:
        return
    others = (other for other in range(1, len(view.figures.round)) if other != number)
    yield at.equal(
        "transfer",
        f"ballots exhausted{round_name(case, view, number)}",
        figures.exhausted,
        gone,
        elsewhere=lambda: [(round_label(view, other), _left(view, other)) for other in others],
    )


def _left(view: BallotView, number: int) -> int | None:
    """How many votes have left the count up to round ``number`` (from 0); None where they are not known."""
    first, now = view.cast(0), view.cast(number)
    return first - now if first is not None and now is not None else None


def _losers(before: Mapping[str, int], now: Mapping[str, int]) -> list[str]:
    """Who stays in, but with fewer votes."""
    return [who for who in now if who in before and now[who] < before[who]]


def _balance(
    case: Case, at: At, what: str, before: Mapping[str, int], now: Mapping[str, int], cast: tuple[int, int]
) -> Check:
    lost = _losers(before, now)
    cast_before, cast_now = cast
    if lost:
        return at.check(
            "transfer",
            what,
            "disagrees",
            published=", ".join(f"{case.contest.label(w)} {now[w]:,} after {before[w]:,}" for w in lost),
            computed="nobody who stays in loses votes",
            explanation=_WHY,
        )
    if cast_now > cast_before:
        return at.check(
            "transfer",
            what,
            "disagrees",
            published=f"{cast_now:,} votes after {cast_before:,}",
            computed=f"at most {cast_before:,}",
            explanation=_WHY,
        )
    return at.check(
        "transfer",
        what,
        "agrees",
        published=f"{cast_now:,} of {cast_before:,} votes stay in",
        computed=f"{cast_before - cast_now:,} leave the count",
    )


def _by_unit(case: Case, view: BallotView, number: int, at: At) -> Iterator[Check]:
    """The same in every unit, in one check a round: what is wrong in two units can cancel out over all of them."""
    units = case.units.get(view.stage.id)
    if units is None or number >= len(units.rounds):
        return
    points = view.stage.points if isinstance(view.stage, BallotStage) else None
    word = points.unit if points is not None else "unit"
    what = f"transfers balance in every {word}{round_name(case, view, number)}"
    before, now = units.rounds[number - 1], units.rounds[number]
    wrong = [said for unit in before if unit in now for said in _wrong(case, units, unit, number)]
    alone = sorted(before.keys() ^ now.keys())
    if wrong:
        more = f"; and {len(wrong) - SHOWN} more" if len(wrong) > SHOWN else ""
        yield at.check(
            "transfer",
            what,
            "disagrees",
            published="; ".join(wrong[:SHOWN]) + more,
            computed="nobody who stays in loses votes, and the votes in the count never rise",
            explanation=_WHY,
        )
    elif alone:
        named = ", ".join(units.names[unit] or unit for unit in alone[:SHOWN])
        more = f" and {len(alone) - SHOWN} more" if len(alone) > SHOWN else ""
        yield at.cannot("transfer", what, f"the votes of this round or of the one before in {named}{more}")
    else:
        fewer = sum(sum(before[unit].values()) > sum(now[unit].values()) for unit in now)
        yield at.check(
            "transfer",
            what,
            "agrees",
            published=f"{len(now):,} of {len(now):,}",
            computed=f"votes leave the count in {fewer:,}",
        )


def _wrong(case: Case, units: UnitVotes, unit: str, number: int) -> Iterator[str]:
    """What does not balance in a unit from the round before ``number`` (from 0) to it."""
    before, now = units.rounds[number - 1][unit], units.rounds[number][unit]
    name = units.names[unit] or unit
    lost = _losers(before, now)
    for who in lost:
        yield f"{name}: {case.contest.label(who)} {now[who]:,} after {before[who]:,}"
    if not lost and sum(now.values()) > sum(before.values()):
        yield f"{name}: {sum(now.values()):,} votes after {sum(before.values()):,}"
