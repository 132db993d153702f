"""Pictures as SVG, drawn by Altair and vl-convert without a browser: for print, for black and white, for everybody.

What tells candidates apart is position, lightness, dashes and a label that stands at the thing itself; never a hue.
Every picture carries its title and a description that says its figures in sentences, has ids of its own, loads
nothing, and comes out the same, byte for byte, from the same figures.

``altair`` and ``vl_convert`` belong to the optional part ``selectorate[pictures]`` and are imported in ``draw`` alone.
Floating point is used here and nowhere else: to place ink. What is printed as a figure comes from ``numbers``.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from html import escape
from itertools import pairwise
from typing import Any

from ..contest import TOTAL
from ..contest.declaration import BallotSheet, Declaration, PrintingSheet, RoundSheet
from ..contest.declaration import Row as CandidateRow
from ..errors import InputError, MissingPartError
from . import declared, numbers, words
from .blocks import Figure, Item, Picture, Sheet, Table

FONT = "Helvetica, Arial, 'Liberation Sans', 'DejaVu Sans', sans-serif"
INK, SOFT, RULE, PAPER = "#111111", "#5a5a5a", "#c9c9c9", "#ffffff"
SHADES = ("#1d2b3a", "#9fb2c4", "#56718c", "#d5dde4", "#38506a", "#bcc9d4", "#7891a8", "#e8ecf0")
"""Fills by place: neighbours differ in lightness by far, so that a grey copy keeps them apart."""
DASHES: tuple[tuple[int, ...], ...] = ((1, 0), (7, 3), (2, 2), (9, 3, 2, 3), (4, 2), (1, 3), (12, 4), (6, 2, 1, 2))
WIDTH = 700
CHARACTER = 0.56
"""The mean width of a character, as a part of the size of its type."""

Values = list[dict[str, object]]


@dataclass(frozen=True)
class _Section:
    """A section as it is drawn: its name, and the share of each candidate with its text."""

    key: str
    name: str
    shares: dict[str, Fraction]
    texts: dict[str, str]


# -- from a specification to a picture --------------------------------------------------------------------------


def draw(specification: dict[str, Any], title: str, description: str) -> Picture:
    """The picture of a Vega-Lite ``specification`` (without its schema). Raises MissingPartError.

    The chart goes through Altair, which holds it to the schema of Vega-Lite, and through vl-convert to SVG.
    """
    try:
        import altair
        import vl_convert
    except ImportError:
        raise MissingPartError(
            "pictures need altair and vl-convert, which are not installed", hint='pip install "selectorate[pictures]"'
        ) from None
    chart = altair.Chart.from_dict({"$schema": altair.SCHEMA_URL, **specification, "config": CONFIG})
    plain = json.dumps(chart.to_dict(format="vega-lite"), sort_keys=True)
    svg = vl_convert.vegalite_to_svg(plain, allowed_base_urls=[])
    return Picture(
        finished(svg, words.clean(title), words.clean(description)), words.clean(title), words.clean(description)
    )


CONFIG: dict[str, Any] = {
    "background": PAPER,
    "font": FONT,
    "view": {"stroke": None},
    "padding": {"left": 12, "right": 16, "top": 8, "bottom": 8},
    "axis": {
        "domain": False,
        "grid": False,
        "ticks": False,
        "labelColor": INK,
        "labelFontSize": 12,
        "labelFont": FONT,
        "titleFont": FONT,
        "labelLimit": 0,
    },
    "text": {"font": FONT, "fontSize": 12, "color": INK},
    "title": {"font": FONT, "fontSize": 13, "fontWeight": 600, "anchor": "start", "color": INK},
    "header": {"labelFont": FONT, "labelFontSize": 12, "title": None},
}


def finished(svg: str, title: str, description: str) -> str:
    """``svg`` with role, title and description, ids of its own, and without what only a script would use."""
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r' (?:aria-[a-z]+|role|class)="[^"]*"', "", svg)
    svg = re.sub(
        r"<(\w+)([^>]*)></\1>", lambda found: f"<{found[1]}{found[2]}/>" if found[1] == "path" else found[0], svg
    )
    mark = "p" + hashlib.sha256(f"{title}\0{description}\0{svg}".encode()).hexdigest()[:10]
    svg = re.sub(r'id="([^"]+)"', rf'id="{mark}-\1"', svg)
    svg = re.sub(r"url\(#([^)]+)\)", rf"url(#{mark}-\1)", svg)
    svg = re.sub(r'href="#([^"]+)"', rf'href="#{mark}-\1"', svg)
    head, body = svg[: svg.index(">")], svg[svg.index(">") + 1 :]
    head += f' role="img" aria-labelledby="{mark}-title" aria-describedby="{mark}-desc">'
    return f'{head}<title id="{mark}-title">{escape(title, quote=False)}</title><desc id="{mark}-desc">{escape(description, quote=False)}</desc>{body}'


def layer(values: Iterable[dict[str, object]], mark: dict[str, object], **encoding: object) -> dict[str, object]:
    """One layer of a chart with its own data."""
    return {"data": {"values": list(values)}, "mark": mark, "encoding": encoding}


def text_layers(
    values: Iterable[dict[str, object]], mark: dict[str, object], **encoding: object
) -> list[dict[str, object]]:
    """Type in ``text`` with a rim of paper around it, so that a line behind it does not cross it out."""
    shown = list(values)
    channel = {"field": "text", "type": "nominal"}
    rim = {"stroke": PAPER, "strokeWidth": 4, "strokeJoin": "round", "color": PAPER}
    return [layer(shown, {"type": "text", **mark, **extra}, text=channel, **encoding) for extra in (rim, {})]


def at(field: str, low: float, high: float, **more: object) -> dict[str, object]:
    """A quantitative channel from ``low`` to ``high`` without an axis of its own."""
    return {
        "field": field,
        "type": "quantitative",
        "scale": {"domain": [low, high], "nice": False, "zero": False},
        "axis": None,
        **more,
    }


def width_of(text: str, size: float = 12) -> float:
    """About how wide ``text`` is in type of ``size``: an estimate that is the same on every machine."""
    return len(text) * size * CHARACTER


def label(declaration: Declaration, who: str) -> str:
    """The short name of a candidate, as it stands at a line or in a bar."""
    return words.clean(declaration.names.get(who, declared.SIDES.get(who, who)))


def cut(text: str, limit: int = 28) -> str:
    """``text`` with an ellipsis where it is longer than a picture has room for."""
    return text if len(text) <= limit else f"{text[: limit - 1].rstrip()}…"


def wrapped(text: str, room: int) -> list[str]:
    """``text`` in lines of about ``room`` characters."""
    lines: list[str] = []
    for word in text.split():
        if lines and len(lines[-1]) + 1 + len(word) <= room:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return [cut(line, room + 4) for line in lines[:3]] or [""]


# -- the result of one round, by section ------------------------------------------------------------------------


def sections_of(declaration: Declaration, ballot: BallotSheet, item: RoundSheet) -> list[_Section]:
    """All together first, then every section whose votes are shown."""
    printing = ballot.printing
    everybody = {row.candidate: share for row in item.rows if (share := share_of(row)) is not None}
    texts = {row.candidate: declared.row_share(row, printing) for row in item.rows if row.candidate in everybody}
    total = "The college" if item.unit == "college" else ("Points" if item.unit == "points" else "All")
    found = [_Section(TOTAL, total, everybody, texts)] if everybody else []
    for section in ballot.sections:
        cast = declared.section_cast(item, section.section)
        if section.section == TOTAL or not cast:
            continue
        shares = {
            row.candidate: Fraction(row.by_section[section.section] or 0, cast)
            for row in item.rows
            if section.section in row.by_section
        }
        shown = {who: numbers.percent(share, printing.decimals, printing.cut) for who, share in shares.items()}
        found.append(_Section(section.section, words.clean(words.capital(section.name)), shares, shown))
    if len(found) == 2:  # one section alone is all there is
        return found[:1] if item.unit == "votes" else [found[0], replace(found[1], name="Votes")]
    return found


def share_of(row: CandidateRow) -> Fraction | None:
    """The share of a candidate, exact or as it was published."""
    if row.share is not None:
        return row.share
    return Fraction(row.published) / 100 if row.published is not None else None


def result_picture(declaration: Declaration, ballot: BallotSheet, item: RoundSheet | None = None) -> Picture | None:
    """The shares of every candidate, over all and in each section: a panel each, bars beside each other.

    ``item``: the round; the last that counted where it is left out. None where there is nothing to draw.
    """
    item = item or declared.last_round(ballot)
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
        texts = {row.candidate: declared.row_share(row, printing) for row in item.rows}
        date = f", {numbers.short_day(item.date)}" if item.date else ""
        found.append(_Section(str(item.number), words.clean(item.label) + date, shares, texts))
    people = [row.candidate for row in declared.finishing_order(ballot)]
    return panels(
        declaration,
        ballot,
        found,
        people,
        rounds_title(declaration, ballot),
        rounds_description(declaration, ballot, rounds),
    )


def drawable(ballot: BallotSheet) -> list[RoundSheet]:
    """The rounds that can be drawn beside each other; none where a share of any is missing."""
    rounds = [item for item in ballot.rounds if item.rows and not item.others]
    return [] if ballot.places > 1 or any(share_of(row) is None for item in rounds for row in item.rows) else rounds


def rounds_title(declaration: Declaration, ballot: BallotSheet) -> str:
    """The title of a picture of several rounds."""
    what = ballot.name[:1].lower() + ballot.name[1:] if len(declaration.ballots) > 1 else "the count"
    return f"{declaration.title}: {what}, round by round"


def panels(
    declaration: Declaration,
    ballot: BallotSheet,
    sections: Sequence[_Section],
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
    first = set(ballot.elected or ballot.qualified or people[:1])
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


def foot(text: str, size: int = 11) -> dict[str, object]:
    """What stands under a picture to read it by."""
    return {"text": text, "orient": "bottom", "fontSize": size, "fontWeight": "normal", "color": SOFT, "offset": 10}


def result_description(declaration: Declaration, item: RoundSheet, sections: Sequence[_Section]) -> str:
    """The figures of a round, in sentences."""
    said = []
    for section in sections:
        figures = [f"{declaration.name(who)} {section.texts[who]}" for who in section.shares]
        said.append(f"{section.name}: {words.listed(figures)}.")
    return " ".join(said)


# -- rounds ------------------------------------------------------------------------------------------------------


def rounds_picture(declaration: Declaration, ballot: BallotSheet) -> Picture | None:
    """A bar for each round, shared by the candidates in it, with who went out at its end. None for a single round."""
    rounds = drawable(ballot)
    if len(rounds) < 2:
        return None
    order = [row.candidate for row in declared.finishing_order(ballot)]
    shade = {who: SHADES[place % len(SHADES)] for place, who in enumerate(order)}
    left = 12 + max(width_of(item.label) for item in rounds)
    right = 150
    wide = WIDTH - left - right
    parts: Values = []
    texts: dict[tuple[str, str], Values] = {}
    step = 44 if len(rounds) <= 6 else 36
    for place, item in enumerate(rounds):
        by_person = {row.candidate: row for row in item.rows}
        edge = Fraction(0)
        for who in order:
            if who not in by_person:
                continue
            row = by_person[who]
            share = share_of(row) or Fraction(0)
            parts.append(
                {
                    "x0": float(edge),
                    "x1": float(edge + share),
                    "y0": place - 0.39,
                    "y1": place + 0.39,
                    "fill": shade[who],
                }
            )
            lines = fitting(
                cut(label(declaration, who), 20), declared.row_share(row, ballot.printing), float(share) * wide - 8
            )
            colour = PAPER if dark(shade[who]) else INK
            for number, line in enumerate(lines):
                offset = (number - (len(lines) - 1) / 2) * 13
                texts.setdefault((colour, f"{offset}"), []).append(
                    {"x": float(edge + share / 2), "y": place, "text": line}
                )
            edge += share
    x, y = (
        at("x0", 0, 1),
        at(
            "y0", -0.61, len(rounds) - 0.39, scale={"domain": [len(rounds) - 0.39, -0.61], "nice": False, "zero": False}
        ),
    )
    layers = [
        layer(
            parts,
            {"type": "rect", "stroke": PAPER, "strokeWidth": 1.5},
            x=x,
            x2={"field": "x1"},
            y=y,
            y2={"field": "y1"},
            fill={"field": "fill", "type": "nominal", "scale": None},
        )
    ]
    for (colour, offset), values in sorted(texts.items()):
        layers.append(
            layer(
                values,
                {"type": "text", "fontSize": 11, "color": colour, "dy": float(offset)},
                x={**x, "field": "x"},
                y={**y, "field": "y"},
                text={"field": "text", "type": "nominal"},
            )
        )
    heads: Values = [{"y": place, "text": item.label} for place, item in enumerate(rounds)]
    layers.append(
        layer(
            heads,
            {"type": "text", "align": "right", "dx": -8},
            x={"value": 0},
            y={**y, "field": "y"},
            text={"field": "text", "type": "nominal"},
        )
    )
    ends: Values = [
        {"y": place, "text": cut(text, 30), "dy": number}
        for place, item in enumerate(rounds)
        for number, text in enumerate(endings(declaration, item))
    ]
    for number in range(3):
        shown = [value for value in ends if value["dy"] == number]
        of = {value["y"]: sum(1 for other in ends if other["y"] == value["y"]) for value in shown}
        for count in sorted(set(of.values())):
            layers.append(
                layer(
                    [value for value in shown if of[value["y"]] == count],
                    {
                        "type": "text",
                        "align": "left",
                        "dx": 8,
                        "fontSize": 11,
                        "dy": (number - (min(count, 3) - 1) / 2) * 13,
                    },
                    x={"value": wide},
                    y={**y, "field": "y"},
                    text={"field": "text", "type": "nominal"},
                )
            )
    between: Values = [{"x0": 0.5, "y0": place - 0.61, "y1": place - 0.39} for place in range(len(rounds) + 1)]
    layers.append(layer(between, {"type": "rule", "color": INK, "strokeWidth": 1.5}, x=x, y=y, y2={"field": "y1"}))
    under = foot(
        f"Shares {declared.SHARES_OF.get(ballot.printing.of, ballot.printing.of)}. Between the bars, a stroke at half"
    )
    return draw(
        {"layer": layers, "width": wide, "height": step * len(rounds), "title": under},
        rounds_title(declaration, ballot),
        rounds_description(declaration, ballot, rounds),
    )


def fitting(name: str, figure: str, room: float) -> list[str]:
    """What of a name and a figure fits into ``room``: both on a line, under each other, one of them, or nothing."""
    if width_of(f"{name} {figure}", 11) <= room:
        return [f"{name} {figure}"]
    if max(width_of(name, 11), width_of(figure, 11)) <= room:
        return [name, figure]
    return [name] if width_of(name, 11) <= room else ([figure] if width_of(figure, 11) <= room else [])


def dark(colour: str) -> bool:
    """Whether white type is the legible one on ``colour``."""
    red, green, blue = (int(colour[place : place + 2], 16) for place in (1, 3, 5))
    return 299 * red + 587 * green + 114 * blue < 128_000


def endings(declaration: Declaration, item: RoundSheet) -> list[str]:
    """What became of whom after a round, in at most three lines."""
    lines = []
    for fate, verb in (("elected", "elected"), ("qualified", "goes on"), ("out", "out"), ("withdrawn", "withdrew")):
        lines += [f"{label(declaration, row.candidate)} {verb}" for row in item.rows if row.fate == fate]
    if item.void:
        lines.insert(0, "void")
    return lines if len(lines) <= 3 else [*lines[:2], f"and {len(lines) - 2} more"]


def rounds_description(declaration: Declaration, ballot: BallotSheet, rounds: Sequence[RoundSheet]) -> str:
    """The figures of every round, in sentences."""
    said = []
    for item in rounds:
        figures = [f"{row.name} {shown_value(row, item, ballot.printing)}" for row in item.rows]
        ends = endings(declaration, item)
        said.append(f"{item.label}: {words.listed(figures)}." + (f" {words.capital('; '.join(ends))}." if ends else ""))
    return " ".join(said)


def shown_value(row: CandidateRow, item: RoundSheet, printing: PrintingSheet) -> str:
    """A candidate's figure in a sentence: the value and its share."""
    share = declared.row_share(row, printing)
    if item.unit == "college" or row.value is None:
        return share
    value = numbers.value(row.value, item.unit, printing.decimals, printing.cut)
    return f"{value} {item.unit} ({share})" if share != numbers.ABSENT else f"{value} {item.unit}"


def lines_picture(declaration: Declaration, ballot: BallotSheet) -> Picture | None:
    """A line for each candidate over the rounds, named where it ends; under each round, who went out. None for one."""
    rounds = [item for item in drawable(ballot) if not item.void]
    if len(rounds) < 2:
        return None
    order = [row.candidate for row in declared.finishing_order(ballot)]
    tracks: dict[str, list[tuple[int, Fraction, str]]] = {who: [] for who in order}
    for place, item in enumerate(rounds):
        for row in item.rows:
            tracks[row.candidate].append((place, share_of(row) or Fraction(0), line_figure(row, item, ballot.printing)))
    high = max(share for track in tracks.values() for _, share, _ in track)
    top, height = float(max(high, Fraction(1, 2))) * 1.06, 420
    small = {
        who
        for who, track in tracks.items()
        if max(share for _, share, _ in track) * height < 26 * Fraction(top).limit_denominator(1000) and len(order) > 6
    }
    ends = {
        who: label(declaration, who)
        if track[-1][0] < len(rounds) - 1
        else f"{cut(label(declaration, who), 20)} {track[-1][2]}"
        for who, track in tracks.items()
    }
    left, right = (
        30,
        16 + max([width_of(ends[who], 13) for who in order if tracks[who][-1][0] == len(rounds) - 1], default=40),
    )
    wide = WIDTH - left - right
    x = at("x", 0, max(len(rounds) - 1, 1))
    y = at("y", 0, top)
    layers = [
        layer([{"y": 0.5}], {"type": "rule", "color": SOFT, "strokeDash": [3, 3], "strokeWidth": 1}, y=y),
        layer(
            [{"y": 0.5, "text": "half"}],
            {"type": "text", "align": "left", "dy": -7, "fontSize": 11, "color": SOFT},
            x={"value": 0},
            y=y,
            text={"field": "text", "type": "nominal"},
        ),
    ]
    for place, who in reversed(list(enumerate(order))):
        mark = {
            "type": "line",
            "strokeWidth": 3 if place == 0 else (2 if who not in small else 1),
            "color": INK if place < 3 else (SOFT if who not in small else "#9a9a9a"),
            "strokeDash": list(DASHES[place % len(DASHES)]),
        }
        values = [{"x": at_round, "y": float(share)} for at_round, share, _ in tracks[who]]
        layers.append(layer(values, mark, x=x, y=y))
        layers.append(
            layer(
                values[-1:] if place else values,
                {
                    "type": "point",
                    "filled": True,
                    "size": 30 if who not in small else 14,
                    "color": mark["color"],
                    "opacity": 1,
                },
                x=x,
                y=y,
            )
        )
    pixels = {
        who: [(place * wide / max(len(rounds) - 1, 1), height * (1 - float(share) / top)) for place, share, _ in track]
        for who, track in tracks.items()
    }
    for who, (px, py), inside in placed(order, small, pixels, ends, wide):
        mark: dict[str, object] = {
            "align": "center" if inside else "left",
            "fontSize": 11 if inside else 12,
            "fontWeight": "bold" if who == order[0] else "normal",
        }
        layers += text_layers([{"text": ends[who]}], mark, x={"value": px}, y={"value": py})
    step = wide / max(len(rounds) - 1, 1)
    for place, item in enumerate(rounds):
        layers.append(
            layer(
                [{"x": place, "text": str(item.number) if step < 60 else item.label}],
                {"type": "text", "baseline": "top", "dy": 8, "fontWeight": "bold"},
                x=x,
                y={"value": height},
                text={"field": "text", "type": "nominal"},
            )
        )
        gone = [row for row in item.rows if row.fate in ("out", "withdrawn")]
        for number, row in enumerate(gone[:4]):
            shown = cut(label(declaration, row.candidate), max(5, int(step / 5)))
            layers.append(
                layer(
                    [{"x": place, "text": shown}],
                    {
                        "type": "text",
                        "baseline": "top",
                        "dy": 25 + 12 * number,
                        "fontSize": 10 if step < 60 else 11,
                        "color": SOFT,
                    },
                    x=x,
                    y={"value": height},
                    text={"field": "text", "type": "nominal"},
                )
            )
    what = {"votes": "Votes", "points": "Points", "college": "The college"}[rounds[-1].unit]
    title = f"{declaration.title}: {what.lower()} of each candidate in every round"
    under = foot(
        f"Height: share {declared.SHARES_OF.get(ballot.printing.of, ballot.printing.of)}. Under each round: who went out or withdrew after it"
    )
    return draw(
        {"layer": layers, "width": wide, "height": height, "title": under},
        title,
        rounds_description(declaration, ballot, rounds),
    )


def line_figure(row: CandidateRow, item: RoundSheet, printing: PrintingSheet) -> str:
    """The figure at the end of a line: the value, or the share of a college."""
    if item.unit == "college" or row.value is None:
        return declared.row_share(row, printing)
    return numbers.whole(row.value)


Point = tuple[float, float]


def placed(
    order: Sequence[str], small: set[str], pixels: dict[str, list[Point]], ends: dict[str, str], wide: float
) -> list[tuple[str, Point, bool]]:
    """Where the name of each line stands: at the right of the last round, or over or under the end of its line.

    A name keeps off the other names, and if it can off the lines; ``True``: it stands inside the picture.
    """
    made: list[tuple[str, Point, bool]] = []
    boxes: list[tuple[float, float, float, float]] = []
    last = [who for who in order if pixels[who][-1][0] >= wide - 1]
    level = float("-inf")
    for who in sorted(last, key=lambda who: pixels[who][-1][1]):
        level = max(pixels[who][-1][1], level + 16)
        made.append((who, (wide + 10, level), False))
    dots = [
        (x0 + (x1 - x0) * step / 12, y0 + (y1 - y0) * step / 12)
        for track in pixels.values()
        for (x0, y0), (x1, y1) in pairwise(track)
        for step in range(13)
    ]
    dots += [track[-1] for track in pixels.values()]
    for who in order:
        if who in small or who in last:
            continue
        end, half = pixels[who][-1], width_of(ends[who], 11) / 2
        middle = max(end[0], half - 24)
        spots = [(middle, end[1] + offset) for offset in (-12, 14, -25, 27, -38, 40, -51)]
        free = [
            spot
            for spot in spots
            if not any(abs(spot[0] - x) < half + other + 4 and abs(spot[1] - y) < 13 for x, y, other, _ in boxes)
        ] or spots[:1]
        clear = [spot for spot in free if not any(abs(spot[0] - x) < half and abs(spot[1] - y) < 7 for x, y in dots)]
        spot = (clear or free)[0]
        boxes.append((*spot, half, 0))
        made.append((who, spot, True))
    return made


# -- two contests ------------------------------------------------------------------------------------------------


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
    years = (cut(contest_name(earlier, later), 40), cut(contest_name(later, earlier), 40))
    for heading, before, after in (
        ("Share of the votes of the one elected", first_shares, second_shares),
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
    wide = WIDTH - left - 20
    charts = []
    for heading, rows in panels:
        y = at("y", -0.5, len(rows) - 0.5, scale={"domain": [len(rows) - 0.5, -0.5], "nice": False, "zero": False})
        x = at("x", 0, 1)
        ends: Values = [
            {"y": place, "x": float(before[0]), "x2": float(after[0]), "name": cut(name, 32)}
            for place, (name, before, after) in enumerate(rows)
        ]
        layers = [
            layer(
                [{"x": 0, "y": row["y"], "x2": 1} for row in ends],
                {"type": "rule", "color": RULE, "strokeWidth": 1},
                x=x,
                x2={"field": "x2"},
                y=y,
            ),
            layer(
                [{"x": 0.5, "y": -0.5, "y2": len(rows) - 0.5}],
                {"type": "rule", "color": SOFT, "strokeDash": [3, 3]},
                x=x,
                y=y,
                y2={"field": "y2"},
            ),
            layer(ends, {"type": "rule", "color": INK, "strokeWidth": 3}, x=x, x2={"field": "x2"}, y=y),
            layer(
                ends,
                {
                    "type": "point",
                    "shape": "circle",
                    "filled": True,
                    "fill": PAPER,
                    "stroke": INK,
                    "strokeWidth": 2,
                    "size": 110,
                    "opacity": 1,
                },
                x=x,
                y=y,
            ),
            layer(
                [{"y": row["y"], "x": row["x2"]} for row in ends],
                {"type": "point", "shape": "square", "filled": True, "color": INK, "size": 110, "opacity": 1},
                x=x,
                y=y,
            ),
            layer(
                ends,
                {"type": "text", "align": "right", "dx": -10},
                x={"value": 0},
                y=y,
                text={"field": "name", "type": "nominal"},
            ),
        ]
        for index, (_, before, after) in enumerate(rows):
            rising = after[0] >= before[0]
            for (value, text), right in ((before, not rising), (after, rising)):
                side: dict[str, object] = {
                    "align": "left" if right else "right",
                    "dx": 10 if right else -10,
                    "fontWeight": "bold" if text is after[1] else "normal",
                }
                layers += text_layers([{"y": index, "x": float(value), "text": text}], side, x=x, y=y)
        charts.append(
            {
                "layer": layers,
                "width": wide,
                "height": 36 * len(rows),
                "title": {"text": heading, "offset": 10, "frame": "group", "dx": -left},
            }
        )
    under = foot(f"○ {years[0]}  ·  ■ {years[1]}  ·  dashed line: half", 12)
    title = f"{words.clean(years[0])} and {words.clean(years[1])} beside each other"
    return draw({"vconcat": charts, "spacing": 26, "title": under}, title, " ".join(said))


Measured = dict[str, tuple[Fraction, str]]


def deciding_figures(declaration: Declaration) -> tuple[Measured, Measured] | None:
    """The shares of the one elected and the turnouts, by the name of the section, of the ballot that decided."""
    ballot = declaration.deciding
    if ballot is None or not ballot.rounds or len(ballot.elected or declaration.elected) != 1 or ballot.places > 1:
        return None
    winner = (ballot.elected or declaration.elected)[0]
    item = ballot.rounds[0] if ballot.paper == "rank" else declared.last_round(ballot)
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


def pictures(declaration: Declaration, ballot: BallotSheet) -> dict[str, Picture]:
    """The pictures that a page of ``declaration`` shows of ``ballot``: by ``result`` and ``rounds``, where there are."""
    made: dict[str, Picture] = {}
    if len(ballot.rounds) > 1:
        found = rounds_drawn(declaration, ballot)
        if found is not None:
            made["rounds"] = found
    final = declared.last_round(ballot)
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
        final = declared.last_round(ballot)
        if "rounds" in made:
            beside[words.slug(f"{ballot.stage}-rounds")] = made["rounds"]
        if "result" in made and final is not None:
            beside[words.slug(f"{ballot.stage}-votes-{final.number}")] = made["result"]

    def shown(item: Item) -> Item:
        return Figure(beside[item.id], item) if isinstance(item, Table) and item.id in beside else item

    return replace(sheet, parts=tuple(replace(part, items=tuple(map(shown, part.items))) for part in sheet.parts))
