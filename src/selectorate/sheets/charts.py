"""The pictures of a declaration, and which of them its page shows beside which table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from ..contest.declaration import BallotSheet, Declaration, RoundSheet
from . import declared, numbers, reading, words
from .blocks import Figure, Item, Picture, Sheet, Table
from .drawing import SHADES, SOFT, WIDTH, Values, at, cut, draw, foot, layer, text_layers, width_of, wrapped
from .drawn import (
    Shares,
    drawable,
    label,
    result_description,
    rounds_description,
    rounds_title,
    sections_of,
    share_of,
)
from .lines import lines_picture
from .stacks import rounds_picture


def result_picture(declaration: Declaration, ballot: BallotSheet, item: RoundSheet | None = None) -> Picture | None:
    """The shares of every candidate, over all and in each section: a panel each, bars beside each other.

    ``item``: the round; the last that counted where it is left out. None where there is nothing to draw.
    """
    item = item or reading.last_round(ballot)
    if item is None or item.others or ballot.places > 1:
        return None
    sections = sections_of(declaration, ballot, item)
    people = [row.candidate for row in item.rows if sections and row.candidate in sections[0].shares]
    if not people:
        return None
    several = len(ballot.rounds) > 1
    title = f"{declaration.title}: {item.label.lower() if several else 'shares of the votes'}" + (
        " by section" if len(sections) > 1 else ""
    )
    return panels(declaration, ballot, sections, people, title, result_description(declaration, item, sections))


def ballots_picture(declaration: Declaration, ballot: BallotSheet) -> Picture | None:
    """A few rounds or repeated ballots beside each other, a panel each. None for a single one, or for very many."""
    rounds = drawable(ballot)
    if not 2 <= len(rounds) <= MANY_PANELS:
        return None
    printing = ballot.printing
    found = []
    for item in rounds:
        shares = {row.candidate: share_of(row) or Fraction(0) for row in item.rows}
        texts = {row.candidate: reading.row_share(row, printing) for row in item.rows}
        date = f", {numbers.short_day(item.date)}" if item.date else ""
        found.append(Shares(str(item.number), words.clean(item.label) + date, shares, texts))
    people = [row.candidate for row in reading.finishing_order(ballot)]
    return panels(
        declaration,
        ballot,
        found,
        people,
        rounds_title(declaration, ballot),
        rounds_description(declaration, rounds, ballot),
    )


def panels(
    declaration: Declaration,
    ballot: BallotSheet,
    sections: Sequence[Shares],
    people: Sequence[str],
    title: str,
    description: str,
) -> Picture:
    """A panel for each of ``sections``, in it a bar for each of ``people``, its figure at its end."""
    names = [cut(label(declaration, who)) for who in people]
    gutter = min(190, 12 + max(width_of(name, 13) for name in names))
    gap = 22
    panel = (WIDTH - gutter - gap * (len(sections) - 1)) / len(sections)
    step = 30 if len(people) <= 8 else 24
    top = max(0.5, *(float(share) for section in sections for share in section.shares.values())) / (
        1 - min(0.45, 56 / panel)
    )
    leading = () if ballot.motion is not None and ballot.motion.tied else people[:1]
    first = set(ballot.elected or ballot.qualified or leading)
    charts: list[dict[str, object]] = []
    x = at("x", 0, top)
    y = at("y", -0.5, len(people) - 0.5, scale={"domain": [len(people) - 0.5, -0.5], "nice": False, "zero": False})
    for number, section in enumerate(sections):
        rows: Values = [
            {
                "y": place,
                "y0": place - 0.33,
                "y1": place + 0.33,
                "x0": 0,
                "x": float(section.shares[who]),
                "text": section.texts[who],
                "fill": SHADES[0] if who in first else SHADES[1],
                "w": "bold" if who in first else "normal",
            }
            for place, who in enumerate(people)
            if who in section.shares
        ]
        half: Values = [{"x": 0.5, "y": -0.5, "y2": len(people) - 0.5}]
        layers = [
            layer(
                half,
                {"type": "rule", "color": SOFT, "strokeDash": [3, 3], "strokeWidth": 1},
                x=x,
                y=y,
                y2={"field": "y2"},
            ),
            layer(
                rows,
                {"type": "rect"},
                x={**x, "field": "x0"},
                x2={"field": "x"},
                y={**y, "field": "y0"},
                y2={"field": "y1"},
                fill={"field": "fill", "type": "nominal", "scale": None},
            ),
        ]
        for weight in ("bold", "normal"):
            layers += text_layers(
                [row for row in rows if row["w"] == weight], {"align": "left", "dx": 5, "fontWeight": weight}, x=x, y=y
            )
            if not number:
                shown: Values = [
                    {"y": place, "text": names[place]}
                    for place, who in enumerate(people)
                    if (who in first) == (weight == "bold")
                ]
                layers.append(
                    layer(
                        shown,
                        {"type": "text", "align": "right", "dx": -8, "fontSize": 13, "fontWeight": weight},
                        x={"value": 0},
                        y=y,
                        text={"field": "text", "type": "nominal"},
                    )
                )
        heading = {"text": wrapped(section.name, max(10, int(panel / 7))), "offset": 8, "frame": "group"}
        charts.append({"layer": layers, "width": panel, "height": step * len(people), "title": heading})
    return draw({"hconcat": charts, "spacing": gap, "title": foot("Dashed line: half")}, title, description)


def pictures(declaration: Declaration, ballot: BallotSheet) -> dict[str, Picture]:
    """The pictures that a page shows of ``ballot``: by ``result`` and ``rounds``, where there are any."""
    made: dict[str, Picture] = {}
    if len(ballot.rounds) > 1:
        found = rounds_drawn(declaration, ballot)
        if found is not None:
            made["rounds"] = found
    final = reading.last_round(ballot)
    if final is not None and (len(ballot.rounds) == 1 or len(sections_of(declaration, ballot, final)) > 1):
        result = result_picture(declaration, ballot, final)
        if result is not None:
            made["result"] = result
    return made


def rounds_drawn(declaration: Declaration, ballot: BallotSheet) -> Picture | None:
    """The rounds of ``ballot`` in the way that suits them.

    Shared bars for few candidates with short names; panels for two or three ballots of many, or with long names;
    lines for the rest.
    """
    people = {row.candidate for item in ballot.rounds for row in item.rows}
    long = any(len(label(declaration, who)) > LONG_NAME for who in people)
    dated = any(item.date for item in ballot.rounds)
    if len(ballot.rounds) <= MANY_PANELS and (long or dated or len(people) > MANY):
        return ballots_picture(declaration, ballot)
    if len(people) > MANY or long:
        return lines_picture(declaration, ballot)
    return rounds_picture(declaration, ballot)


LONG_NAME = 14


MANY_PANELS = 3


MANY = 8
"""More candidates than a bar can be shared among legibly."""


def illustrated(declaration: Declaration) -> Sheet:
    """The sheet of ``declaration`` with each picture beside the table that holds its figures."""
    sheet = declared.declaration_sheet(declaration)
    beside: dict[str, Picture] = {}
    for ballot in declaration.ballots:
        made = pictures(declaration, ballot)
        final = reading.last_round(ballot)
        if "rounds" in made:
            beside[words.slug(f"{ballot.stage}-rounds")] = made["rounds"]
        if "result" in made and final is not None:
            beside[words.slug(f"{ballot.stage}-votes-{final.number}")] = made["result"]

    def shown(item: Item) -> Item:
        return Figure(beside[item.id], item) if isinstance(item, Table) and item.id in beside else item

    return replace(sheet, parts=tuple(replace(part, items=tuple(map(shown, part.items))) for part in sheet.parts))
