"""Two contests in one picture."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from ..contest import TOTAL
from ..contest.declaration import Declaration
from . import numbers, reading, words
from .blocks import Picture
from .drawing import (
    INK,
    PAPER,
    RULE,
    SOFT,
    WIDTH,
    Layer,
    Values,
    at,
    cut,
    draw,
    foot,
    labels,
    layer,
    text_layers,
    width_of,
)
from .drawn import label, sections_of


def compare_picture(earlier: Declaration, later: Declaration) -> Picture | None:
    """The share of the one elected, and the turnout, in two contests: over all and in each section they share.

    None where neither can be set beside the other.
    """
    pairs = [deciding_figures(earlier), deciding_figures(later)]
    if None in pairs:
        return None
    (first_shares, first_turnouts), (second_shares, second_turnouts) = (pair for pair in pairs if pair is not None)
    panels = []
    said = []
    counted = [found.deciding for found in (earlier, later)]
    ranked = any(ballot is not None and ballot.paper == "rank" and len(ballot.rounds) > 1 for ballot in counted)
    what = "the first preferences" if ranked else "the votes"
    years = (cut(contest_name(earlier, later), 40), cut(contest_name(later, earlier), 40))
    for heading, before, after in (
        (f"Share of {what} of the one elected", first_shares, second_shares),
        ("Turnout (valid votes of those entitled)", first_turnouts, second_turnouts),
    ):
        both = [name for name in before if name in after]
        if both:
            panels.append((heading, [(name, before[name], after[name]) for name in both]))
            said.append(
                f"{heading}: "
                + "; ".join(f"{name} {before[name][1]} in {years[0]}, {after[name][1]} in {years[1]}" for name in both)
                + "."
            )
    if not panels:
        return None
    left = 12 + max(width_of(name, 12) for _, rows in panels for name, _, _ in rows)
    left = min(left, 210)
    charts = [panel(heading, rows, left) for heading, rows in panels]
    under = foot(f"○ {years[0]}  ·  ■ {years[1]}  ·  dashed line: half", 12)
    title = f"{words.clean(years[0])} and {words.clean(years[1])} beside each other"
    return draw({"vconcat": charts, "spacing": 26, "title": under}, title, " ".join(said))


Measured = dict[str, tuple[Fraction, str]]
Pairs = Sequence[tuple[str, tuple[Fraction, str], tuple[Fraction, str]]]


def panel(heading: str, rows: Pairs, left: float) -> Layer:
    """One measure: a row for each section, a ring for the earlier contest, a square for the later."""
    y = at("y", -0.5, len(rows) - 0.5, scale={"domain": [len(rows) - 0.5, -0.5], "nice": False, "zero": False})
    x, x2 = at("x", 0, 1), {"field": "x2"}
    values: Values = [
        {"y": place, "x": float(before[0]), "x2": float(after[0]), "text": cut(name, 32)}
        for place, (name, before, after) in enumerate(rows)
    ]
    whole: Values = [{"x": 0, "y": place, "x2": 1} for place in range(len(rows))]
    half: Values = [{"x": 0.5, "y": -0.5, "y2": len(rows) - 0.5}]
    squares: Values = [{"y": value["y"], "x": value["x2"]} for value in values]
    dot: dict[str, object] = {"type": "point", "filled": True, "size": 110, "opacity": 1}
    ring = {**dot, "shape": "circle", "fill": PAPER, "stroke": INK, "strokeWidth": 2}
    layers = [
        layer(whole, {"type": "rule", "color": RULE, "strokeWidth": 1}, x=x, x2=x2, y=y),
        layer(half, {"type": "rule", "color": SOFT, "strokeDash": [3, 3]}, x=x, y=y, y2={"field": "y2"}),
        layer(values, {"type": "rule", "color": INK, "strokeWidth": 3}, x=x, x2=x2, y=y),
        layer(values, ring, x=x, y=y),
        layer(squares, {**dot, "shape": "square", "color": INK}, x=x, y=y),
        labels(values, {"align": "right", "dx": -10}, x={"value": 0}, y=y),
    ]
    for place, (_, before, after) in enumerate(rows):
        rising = after[0] >= before[0]
        for (share, text), right, weight in ((before, not rising, "normal"), (after, rising, "bold")):
            side = {"align": "left" if right else "right", "dx": 10 if right else -10, "fontWeight": weight}
            layers += text_layers([{"y": place, "x": float(share), "text": text}], side, x=x, y=y)
    title = {"text": heading, "offset": 10, "frame": "group", "dx": -left}
    return {"layer": layers, "width": WIDTH - left - 20, "height": 36 * len(rows), "title": title}


def deciding_figures(declaration: Declaration) -> tuple[Measured, Measured] | None:
    """The shares of the one elected and the turnouts, by the name of the section, of the ballot that decided."""
    ballot = declaration.deciding
    if ballot is None or not ballot.rounds or len(ballot.elected or declaration.elected) != 1 or ballot.places > 1:
        return None
    winner = (ballot.elected or declaration.elected)[0]
    item = ballot.rounds[0] if ballot.paper == "rank" else reading.last_round(ballot)
    printing = ballot.printing
    shares: Measured = {}
    turnouts: Measured = {}
    if item is not None and not item.others:
        for section in sections_of(declaration, ballot, item):
            if winner in section.shares:
                shares[section.name] = (section.shares[winner], section.texts[winner])
    for sheet in sorted(ballot.sections, key=lambda sheet: sheet.section != TOTAL):
        if sheet.turnout_valid is not None:
            name = "All" if sheet.section == TOTAL else words.clean(words.capital(sheet.name))
            turnouts[name] = (
                sheet.turnout_valid,
                numbers.percent(sheet.turnout_valid, printing.turnout_decimals, printing.turnout_cut),
            )
    return shares, turnouts


def contest_name(one: Declaration, other: Declaration) -> str:
    """What one of two contests is called beside the other: winner and year, or the title."""
    winner = label(one, one.elected[0]) if len(one.elected) == 1 else ""
    if one.organisation == other.organisation and one.date.year != other.date.year and winner:
        return f"{winner} {one.date.year}"
    return words.clean(f"{winner}, {one.title}" if winner else one.title)
