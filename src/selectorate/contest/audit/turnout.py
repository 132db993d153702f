"""The published turnout, on the rulebook's base."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from ... import exact
from ...exact import Cut
from ..case import Case
from ..figures import BallotView
from ..model import Roll
from .base import At, Check, worst
from .printed import compare_printed
from .rolls import every_roll, roll_name


@dataclass(frozen=True)
class _Numbers:
    """What a turnout can be reckoned from.

    ``cast``: what the rulebook counts (``counts`` in its words), ``other``: what it could count instead.
    """

    entitled: int | None
    cast: int | None
    other: int | None
    counts: str
    other_name: str
    cut: Cut

    def of(self, number: int, decimals: int) -> Decimal:
        """``number`` as a turnout in per cent."""
        return exact.cut_to(Fraction(number, self.entitled or 1) * 100, decimals, self.cut)


def _numbers(view: BallotView, section: str, number: int) -> _Numbers:
    figures = {
        "ballots returned": view.figure("returned", section, number),
        "valid votes": view.figure("valid", section, number),
    }
    counts = view.stage.turnout.counts
    other = next(name for name in figures if name != counts)
    entitled = view.figure("entitled", section, number)
    return _Numbers(entitled, figures[counts], figures[other], counts, other, view.stage.turnout.cut)


def turnout(case: Case) -> Iterator[Check]:
    """The published turnout, on the rulebook's base."""
    for at, view, section, roll, number in every_roll(case):
        numbers = _numbers(view, section, number or 0)
        what = f"turnout: {numbers.counts} of those entitled ({roll_name(case, view, section, number)})"
        for figure in () if roll.turnout is None else roll.turnout:
            yield _missing(at.to("turnout"), what, figure, roll, numbers) or _turnout(
                at.to("turnout", certainty=_marks(roll, numbers)),
                what,
                figure,
                numbers,
                [(other, _numbers(view, other, number or 0)) for other in view.figures.roll if other != section],
                case,
            )


def _marks(roll: Roll, numbers: _Numbers) -> str | None:
    return worst(
        roll.certainty("entitled"), roll.certainty("returned" if numbers.counts == "ballots returned" else "valid")
    )


def _missing(at: At, what: str, figure: Decimal, roll: Roll, numbers: _Numbers) -> Check | None:
    """The check that cannot be made, if it cannot."""
    cast = numbers.cast if numbers.cast is not None else numbers.other
    if numbers.entitled is None:
        return at.cannot("turnout", what, "how many were entitled", f"{figure}%")
    if numbers.entitled == 0:
        return at.cannot("turnout", what, "a roll: nobody was entitled, says the file", f"{figure}%")
    round_ones = [roll.certainty(part) for part in ("entitled", "returned", "valid", "spoilt", "rejected")]
    if "approximate" in round_ones:
        shown = f": with these round ones it is about {numbers.of(cast, 1)}%" if cast is not None else ""
        return at.to(certainty="approximate").cannot("turnout", what, f"exact figures{shown}", f"{figure}%")
    if cast is None:
        return at.cannot("turnout", what, "how many ballots came back", f"{figure}%")
    if numbers.cast is None:
        alone = numbers.of(cast, exact.decimals_of(figure))
        hint = f"; with {numbers.other_name} alone it is {alone}%" + (", as published" if alone == figure else "")
        marked = at.to(certainty=_marks(roll, numbers))
        return marked.cannot("turnout", what, f"the number of {numbers.counts}{hint}", f"{figure}%")
    return None


def _turnout(
    at: At, what: str, figure: Decimal, numbers: _Numbers, others: list[tuple[str, _Numbers]], case: Case
) -> Check:
    cut, entitled, other = numbers.cut, numbers.entitled, numbers.other
    check = compare_printed(
        at,
        "turnout",
        what,
        figure,
        Fraction(numbers.cast or 0),
        "those entitled",
        {"those entitled": entitled},
        cut,
        elsewhere=lambda: [
            (case.section_name(name), Fraction(found.cast, found.entitled))
            for name, found in others
            if found.cast is not None and found.entitled
        ],
    )
    if other is None or not entitled:
        return check
    explanation = check.explanation
    if check.status == "agrees" and other != numbers.cast:
        differs = numbers.of(other, exact.decimals_of(figure))
        same = f"counting {numbers.other_name} it is the same"
        explanation = same if differs == figure else f"counting {numbers.other_name} it would be {differs}%"
    if check.status == "disagrees":
        share = Fraction(other, entitled) * 100
        ways = [way for way in (cut, *exact.CUTS) if exact.cut_to(share, exact.decimals_of(figure), way) == figure]
        if ways:
            otherwise = "" if ways[0] == cut else ", cut otherwise"
            explanation = f"another base: it counts {numbers.other_name}{otherwise}"
    return at.check(
        "turnout", what, check.status, published=check.published, computed=check.computed, explanation=explanation
    )
