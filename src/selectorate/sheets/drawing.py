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
from collections.abc import Iterable, Mapping
from html import escape
from typing import Any

from ..errors import MissingPartError
from . import words
from .blocks import Picture

FONT = "Helvetica, Arial, 'Liberation Sans', 'DejaVu Sans', sans-serif"


INK, SOFT, RULE, PAPER = "#111111", "#5a5a5a", "#c9c9c9", "#ffffff"


SHADES = ("#1d2b3a", "#9fb2c4", "#56718c", "#d5dde4", "#38506a", "#bcc9d4", "#6a849c", "#e8ecf0")
"""Fills by place: neighbours differ in lightness by far, so that a grey copy keeps them apart."""


DASHES: tuple[tuple[int, ...], ...] = ((1, 0), (7, 3), (2, 2), (9, 3, 2, 3), (4, 2), (1, 3), (12, 4), (6, 2, 1, 2))


WIDTH = 700


CHARACTER = 0.56
"""The mean width of a character, as a part of the size of its type."""


FAINT = "#8f8f8f"
Values = list[dict[str, object]]
Layer = dict[str, object]


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
    named = f'<title id="{mark}-title">{escape(title, quote=False)}</title>'
    told = f'<desc id="{mark}-desc">{escape(description, quote=False)}</desc>'
    return head + named + told + body


def layer(values: Iterable[Mapping[str, object]], mark: Mapping[str, object], **encoding: object) -> Layer:
    """One layer of a chart with its own data."""
    return {"data": {"values": [dict(value) for value in values]}, "mark": dict(mark), "encoding": encoding}


def labels(values: Iterable[Mapping[str, object]], mark: Mapping[str, object], **encoding: object) -> Layer:
    """A layer of type: what stands in ``text`` of each value."""
    return layer(values, {"type": "text", **mark}, text={"field": "text", "type": "nominal"}, **encoding)


def text_layers(values: Iterable[Mapping[str, object]], mark: Mapping[str, object], **encoding: object) -> list[Layer]:
    """Type with a rim of paper around it, so that a line behind it does not cross it out."""
    shown = list(values)
    rim = {"stroke": PAPER, "strokeWidth": 4, "strokeJoin": "round", "color": PAPER}
    return [labels(shown, {**mark, **extra}, **encoding) for extra in (rim, {})]


def at(field: str, low: float, high: float, **more: object) -> dict[str, object]:
    """A quantitative channel from ``low`` to ``high`` without an axis of its own."""
    return {
        "field": field,
        "type": "quantitative",
        "scale": {"domain": [low, high], "nice": False, "zero": False},
        "axis": None,
        **more,
    }


def foot(text: str, size: int = 11) -> dict[str, object]:
    """What stands under a picture to read it by."""
    return {"text": text, "orient": "bottom", "fontSize": size, "fontWeight": "normal", "color": SOFT, "offset": 10}


def width_of(text: str, size: float = 12) -> float:
    """About how wide ``text`` is in type of ``size``: an estimate that is the same on every machine."""
    return len(text) * size * CHARACTER


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


def dark(colour: str) -> bool:
    """Whether white type is the legible one on ``colour``."""
    red, green, blue = (int(colour[place : place + 2], 16) for place in (1, 3, 5))
    return 299 * red + 587 * green + 114 * blue < 128_000


def png_of(svg: str) -> bytes:
    """An SVG as a PNG of its own size. Raises MissingPartError where ``selectorate[pictures]`` is not installed."""
    try:
        import vl_convert
    except ImportError:
        raise MissingPartError(
            "pictures need a part that is not installed", hint="Install it with: pip install 'selectorate[pictures]'"
        ) from None
    made: bytes = vl_convert.svg_to_png(svg)
    return made
