"""A picture of rounds: a bar for each, shared by the candidates in it, and at its end what became of whom."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from ..contest.declaration import BallotSheet, Declaration, RoundSheet
from . import reading
from .blocks import Picture
from .drawing import INK, PAPER, SHADES, WIDTH, Layer, Values, at, cut, dark, draw, foot, labels, layer, width_of
from .drawn import drawable, endings, label, rounds_description, rounds_title, share_of

RIGHT = 150
"""Room at the right, for who went out."""
TYPE = 11


def rounds_picture(declaration: Declaration, ballot: BallotSheet) -> Picture | None:
    """A bar for each round, shared by the candidates in it, with who went out at its end. None for a single round."""
    rounds = drawable(ballot)
    if len(rounds) < 2:
        return None
    wide = WIDTH - RIGHT - 12 - max(width_of(item.label) for item in rounds)
    high = len(rounds) - 0.39
    x = at("x", 0, 1)
    y = at("y", -0.61, high, scale={"domain": [high, -0.61], "nice": False, "zero": False})
    heads: Values = [{"y": place, "text": item.label} for place, item in enumerate(rounds)]
    half: Values = [{"x": 0.5, "y": place - 0.61, "y1": place - 0.39} for place in range(len(rounds) + 1)]
    layers = bars(declaration, ballot, rounds, wide, x, y)
    layers.append(labels(heads, {"align": "right", "dx": -8}, x={"value": 0}, y=y))
    layers += round_ends(declaration, rounds, wide, y)
    layers.append(layer(half, {"type": "rule", "color": INK, "strokeWidth": 1.5}, x=x, y=y, y2={"field": "y1"}))
    under = foot(f"Shares {reading.share_words(ballot.printing)}. Between the bars, a stroke at half")
    step = 44 if len(rounds) <= 6 else 36
    specification = {"layer": layers, "width": wide, "height": step * len(rounds), "title": under}
    return draw(specification, rounds_title(declaration, ballot), rounds_description(declaration, rounds, ballot))


def bars(
    declaration: Declaration,
    ballot: BallotSheet,
    rounds: Sequence[RoundSheet],
    wide: float,
    x: dict[str, object],
    y: dict[str, object],
) -> list[Layer]:
    """The bars, in the order in which the candidates finished, and what fits into each part of them."""
    order = [row.candidate for row in reading.finishing_order(ballot)]
    shade = {who: SHADES[place % len(SHADES)] for place, who in enumerate(order)}
    parts: Values = []
    texts: dict[tuple[str, float], Values] = {}
    for place, item in enumerate(rounds):
        found = {row.candidate: row for row in item.rows}
        edge = Fraction(0)
        for who in (who for who in order if who in found):
            share = share_of(found[who]) or Fraction(0)
            ends = {"x": float(edge), "x1": float(edge + share), "y": place - 0.39, "y1": place + 0.39}
            parts.append({**ends, "fill": shade[who]})
            figure = reading.row_share(found[who], ballot.printing)
            lines = fitting(cut(label(declaration, who), 20), figure, float(share) * wide - 8)
            for number, line in enumerate(lines):
                key = (PAPER if dark(shade[who]) else INK, (number - (len(lines) - 1) / 2) * 13)
                texts.setdefault(key, []).append({"x": float(edge + share / 2), "y": place, "text": line})
            edge += share
    fill = {"field": "fill", "type": "nominal", "scale": None}
    mark = {"type": "rect", "stroke": PAPER, "strokeWidth": 1.5}
    made = [layer(parts, mark, x=x, x2={"field": "x1"}, y=y, y2={"field": "y1"}, fill=fill)]
    for (colour, offset), values in sorted(texts.items()):
        made.append(labels(values, {"fontSize": TYPE, "color": colour, "dy": offset}, x=x, y=y))
    return made


def fitting(name: str, figure: str, room: float) -> list[str]:
    """What of a name and a figure fits into ``room``: both on a line, under each other, one of them, or nothing."""
    if width_of(f"{name} {figure}", TYPE) <= room:
        return [f"{name} {figure}"]
    if max(width_of(name, TYPE), width_of(figure, TYPE)) <= room:
        return [name, figure]
    return [text for text in (name, figure) if width_of(text, TYPE) <= room][:1]


def round_ends(
    declaration: Declaration, rounds: Sequence[RoundSheet], wide: float, y: dict[str, object]
) -> list[Layer]:
    """At the end of each bar, in up to three lines, what became of whom."""
    by_offset: dict[float, Values] = {}
    for place, item in enumerate(rounds):
        said = endings(declaration, item)
        for number, text in enumerate(said):
            offset = (number - (len(said) - 1) / 2) * 13
            by_offset.setdefault(offset, []).append({"y": place, "text": cut(text, 30)})
    mark: dict[str, object] = {"align": "left", "dx": 8, "fontSize": TYPE}
    return [labels(by_offset[dy], {**mark, "dy": dy}, x={"value": wide}, y=y) for dy in sorted(by_offset)]
