"""Pictures for those who share an address: the title and the figures, drawn on the server."""

from __future__ import annotations

import hashlib
from xml.sax.saxutils import escape

from django.core.cache import caches
from django.http import HttpRequest, HttpResponse

from ...sheets.drawing import png_of
from ...sheets.words import clean
from .. import published, telling
from ..access import PUBLIC, may
from ..models import Organisation
from .downloads import file_answer
from .public_contest import first_figures
from .public_gallery import line_of

WIDTH, HEIGHT = 1200, 630
"""What sites that show previews ask for."""
SANS, SERIF = "Liberation Sans, Arial, sans-serif", "Liberation Serif, Georgia, serif"
INK, SOFT = "#14161a", "#50555e"
Figures = tuple[tuple[str, str, str], ...]


@may(PUBLIC)
def home(request: HttpRequest) -> HttpResponse:
    """The picture of the office itself."""
    there = Organisation.there()
    return _answer(request, there.name if there else "", "", (there.about if there else "")[:160], ())


@may(PUBLIC)
def contest(request: HttpRequest, contest: str) -> HttpResponse:
    """The picture of a contest: its result, or where it stands."""
    found, there = request.contest, Organisation.there()
    figures = tuple(first_figures(found))
    headline = telling.state_of(found).says
    if hasattr(found, "declaration"):
        headline = published.declaration_of(found).headline
    return _answer(request, there.name if there else "", found.title, headline, figures)


@may(PUBLIC)
def gallery(request: HttpRequest, shown: str) -> HttpResponse:
    """The picture of a real contest: its result."""
    line = line_of(shown)
    sheet = published.gallery_declaration(line.id)
    return _answer(request, line.organisation, line.title, sheet.headline, sheet.figures)


def _answer(request: HttpRequest, kicker: str, title: str, headline: str, figures: Figures) -> HttpResponse:
    svg = drawn(kicker, title or kicker, headline, figures)
    key = hashlib.sha256(svg.encode()).hexdigest()
    png: bytes | None = caches["sheets"].get(f"preview-{key}")
    if png is None:
        png = png_of(svg)
        caches["sheets"].set(f"preview-{key}", png)
    return file_answer(request, png, "png", etag=key[:32], seconds=60)


def drawn(kicker: str, title: str, headline: str, figures: Figures) -> str:
    """The picture as SVG. All text in it is escaped, and cut where there is no room for it."""
    said = [_text(80, 110, 28, kicker, fill=SOFT)]
    y = 190
    for line in _lines(title, 34, 2):
        said.append(_text(80, y, 62, line, weight="bold"))
        y += 72
    for line in _lines(headline, 58, 2):
        said.append(_text(80, y, 36, line, font=SERIF))
        y += 46
    shown = [figure for figure in figures if len(figure[1]) <= 18][:3]
    for place, (label, value, note) in enumerate(shown):
        x = 80 + place * 350
        said.append(_text(x, 458, 22, _cut(label, 30), fill=SOFT))
        said.append(_text(x, 520, 54 if len(value) <= 10 else 34, value, weight="bold"))
        said.append(_text(x, 556, 20, _cut(note, 36), fill=SOFT))
    rule = f'<path d="M80 404H1120" stroke="{INK}" stroke-width="4"/>' if shown else ""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" viewBox="0 0 {WIDTH} {HEIGHT}">'
        f'<path fill="#fff" d="M0 0H{WIDTH}V{HEIGHT}H0z"/><path fill="{INK}" d="M0 0H{WIDTH}V14H0z"/>'
        f"{rule}{''.join(said)}</svg>"
    )


def _text(x: int, y: int, size: int, text: str, *, fill: str = INK, weight: str = "normal", font: str = SANS) -> str:
    return (
        f'<text x="{x}" y="{y}" font-family="{font}" font-size="{size}" font-weight="{weight}" fill="{fill}">'
        f"{escape(clean(text))}</text>"
    )


def _cut(text: str, room: int) -> str:
    return text if len(text) <= room else f"{text[: room - 1].rstrip()}…"


def _lines(text: str, room: int, most: int) -> list[str]:
    lines: list[str] = []
    for word in text.split():
        if lines and len(lines[-1]) + 1 + len(word) <= room:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    if len(lines) > most:
        lines = [*lines[: most - 1], _cut(f"{lines[most - 1]} {lines[most]}", room)]
    return [_cut(line, room) for line in lines]
