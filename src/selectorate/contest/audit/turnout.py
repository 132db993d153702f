"""The published turnout, on the rulebook's base."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction

from ... import exact
from ..case import Case
from ..figures import BallotView
from .base import At, Check, worst
from .printed import compare_printed
from .rolls import every_roll, roll_name


def turnout(case: Case) -> Iterator[Check]:
    """The published turnout, on the rulebook's base."""
    for at, view, section, roll, number in every_roll(case):
        name = roll_name(case, view, section, number)
        for figure in roll.turnout or ():
            counts = view.stage.turnout.counts
            key = "returned" if counts == "ballots returned" else "valid"
            entitled = view.figure("entitled", section, number or 0)
            cast = view.figure(key, section, number or 0)
            other = view.figure("valid" if key == "returned" else "returned", section, number or 0)
            what = f"turnout: {counts} of those entitled ({name})"
            here = at.to("turnout")
            if entitled is None:
                yield here.cannot("turnout", what, "how many were entitled", f"{figure}%")
                continue
            marks = worst(roll.certainty("entitled"), roll.certainty(key))
            if "approximate" in [
                roll.certainty(part) for part in ("entitled", "returned", "valid", "spoilt", "rejected")
            ]:
                number_cast = cast if cast is not None else other
                shown = (
                    f": with these round ones it is about {exact.cut_to(Fraction(number_cast, entitled) * 100, 1)}%"
                    if number_cast is not None
                    else ""
                )
                yield here.to(certainty="approximate").cannot("turnout", what, f"exact figures{shown}", f"{figure}%")
                continue
            if (cast is None and other is None) or not entitled:
                missing = "how many ballots came back" if entitled else "a roll: nobody was entitled, says the file"
                yield here.cannot("turnout", what, missing, f"{figure}%")
                continue
            yield _turnout(here.to(certainty=marks), view, what, figure, cast, other, entitled, counts)


def _turnout(
    at: At,
    view: BallotView,
    what: str,
    figure: Decimal,
    cast: int | None,
    other: int | None,
    entitled: int,
    counts: str,
) -> Check:
    cut = view.stage.turnout.cut
    decimals = exact.decimals_of(figure)
    other_name = "valid votes" if counts == "ballots returned" else "ballots returned"
    if cast is None:
        agrees = other is not None and exact.cut_to(Fraction(other, entitled) * 100, decimals, cut) == figure
        hint = (
            f"; with {other_name} alone it is {exact.cut_to(Fraction(other or 0, entitled) * 100, decimals, cut)}%"
            + (", as published" if agrees else "")
        )
        return at.cannot("turnout", what, f"the number of {counts}{hint}", f"{figure}%")
    check = compare_printed(
        at, "turnout", what, figure, Fraction(cast), "those entitled", {"those entitled": entitled}, cut
    )
    if check.status == "agrees" and other is not None and other != cast:
        differs = exact.cut_to(Fraction(other, entitled) * 100, decimals, cut)
        note = (
            f"counting {other_name} it would be {differs}%"
            if differs != figure
            else f"counting {other_name} it is the same"
        )
        return at.check("turnout", what, "agrees", published=check.published, computed=check.computed, explanation=note)
    if check.status == "disagrees" and other is not None:
        for way in (cut, *exact.CUTS):
            if exact.cut_to(Fraction(other, entitled) * 100, decimals, way) == figure:
                return at.check(
                    "turnout",
                    what,
                    "disagrees",
                    published=check.published,
                    computed=check.computed,
                    explanation=f"another base: it counts {other_name}" + ("" if way == cut else ", cut otherwise"),
                )
    return check
