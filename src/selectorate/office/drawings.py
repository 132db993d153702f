"""Pictures of the organisation, as SVG that this module writes itself: no script, no style, nothing loaded.

Position, lightness and labels tell things apart, never a hue; beside every picture its page has the table.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from html import escape

from django.utils.formats import date_format
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from ..sheets.drawing import FONT, INK, PAPER, RULE, SHADES, SOFT, cut, dark, finished, width_of
from .holdings import Day
from .slates import Tally

WIDTH = 760
HIGH = 150
"""The room for the longest bar, each way."""
LEFT = 34
MOST_DAYS = 120
"""Days of one picture: more are narrower than a line."""


def _text(x: float, y: float, text: str, *, anchor: str = "start", size: int = 12, fill: str = INK) -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-size="{size}" fill="{fill}">{escape(text)}</text>'
    )


def _rect(x: float, y: float, wide: float, high: float, fill: str) -> str:
    return (
        f'<rect x="{x:.1f}" y="{y:.1f}" width="{wide:.1f}" height="{high:.1f}" fill="{fill}"'
        f' stroke="{INK}" stroke-width="0.75"/>'
    )


def _line(x: float, y: float, to_x: float, to_y: float, stroke: str = INK) -> str:
    return f'<line x1="{x:.1f}" y1="{y:.1f}" x2="{to_x:.1f}" y2="{to_y:.1f}" stroke="{stroke}" stroke-width="1"/>'


def _svg(parts: Sequence[str], high: float, title: str, description: str) -> SafeString:
    inside = "".join(parts)
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {high:.0f}" width="{WIDTH}"'
        f' height="{high:.0f}" font-family="{escape(FONT, quote=True)}">{inside}</svg>'
    )
    # Every text in it went through ``escape``; ``finished`` escapes the title and the description.
    return mark_safe(finished(svg, title, description))


# -- a wave --------------------------------------------------------------------------------------------------------


def wave(days: Sequence[Day], first: date, last: date, name: str) -> SafeString:
    """The days from ``first`` to ``last`` as a row of bars: above the line who came, below it who went.

    Below, who resigned is dark, and who went in another way is light.
    """
    number = min((last - first).days + 1, MOST_DAYS)
    most = max((max(len(one.began), len(one.ended)) for one in days), default=1)
    step = (WIDTH - LEFT - 8) / number
    wide = min(max(step * 0.72, 2), 36)
    unit = HIGH / most
    above = max(max((len(one.began) for one in days), default=0) * unit, 10)
    below = max(max((len(one.ended) for one in days), default=0) * unit, 10)
    base = above + 22
    parts = [_line(LEFT, base, WIDTH - 8, base)]
    parts += [_text(0, base - 8, _("came"), size=11, fill=SOFT), _text(0, base + 16, _("went"), size=11, fill=SOFT)]
    for one in days:
        place = (one.day - first).days
        if not 0 <= place < number:
            continue
        middle = LEFT + (place + 0.5) * step
        came, resigned = len(one.began), sum(t.ended_how == "resigned" for t in one.ended)
        other = len(one.ended) - resigned
        if came:
            parts.append(_rect(middle - wide / 2, base - came * unit, wide, came * unit, SHADES[3]))
            parts.append(_text(middle, base - came * unit - 4, str(came), anchor="middle", size=11))
        if resigned:
            parts.append(_rect(middle - wide / 2, base, wide, resigned * unit, SHADES[0]))
        if other:
            parts.append(_rect(middle - wide / 2, base + resigned * unit, wide, other * unit, PAPER))
        if one.ended:
            parts.append(
                _text(middle, base + len(one.ended) * unit + 12, str(len(one.ended)), anchor="middle", size=11)
            )
    foot = base + below + 34
    parts += _dates(first, number, step, foot)
    parts += _key([(SHADES[3], _("came")), (SHADES[0], _("resigned")), (PAPER, _("went in another way"))], foot + 26)
    went = sum(len(one.ended) for one in days)
    description = _("%(name)s, %(first)s to %(last)s: %(came)s came, %(went)s went.") % {
        "name": name,
        "first": date_format(first, "j F Y"),
        "last": date_format(last, "j F Y"),
        "came": sum(len(one.began) for one in days),
        "went": went,
    }
    told = "; ".join(
        _("%(day)s: %(came)s came, %(went)s went")
        % {"day": date_format(one.day, "j F"), "came": len(one.began), "went": len(one.ended)}
        for one in days[:40]
    )
    return _svg(
        parts, foot + 40, _("%(name)s: who came and who went, by day") % {"name": name}, f"{description} {told}"
    )


def _dates(first: date, number: int, step: float, y: float) -> list[str]:
    """Dates under the bars, as many as have room, and a short stroke at each."""
    every = max(1, round(56 / step + 0.49))
    parts = []
    for place in range(0, number, every):
        x = LEFT + (place + 0.5) * step
        parts.append(_text(x, y, date_format(first + timedelta(days=place), "j M"), anchor="middle", size=11))
        parts.append(_line(x, y - 17, x, y - 12, RULE))
    return parts


def _key(entries: Sequence[tuple[str, str]], y: float) -> list[str]:
    parts, x = [], float(LEFT)
    for fill, text in entries:
        parts += [_rect(x, y - 10, 12, 12, fill), _text(x + 18, y, text)]
        x += 18 + width_of(text) + 26
    return parts


# -- slates --------------------------------------------------------------------------------------------------------


def strips(tallies: Sequence[Tally], before: str, now: str, nameless: str) -> SafeString:
    """Two strips of equal length, one above the other: the seats of each slate last time, and now."""
    order = [one for one in tallies if one.seats or one.before]
    parts: list[str] = []
    y = 4.0
    for heading, numbers in ((now, [one.seats for one in order]), (before, [one.before for one in order])):
        whole = sum(numbers)
        parts.append(_text(0, y + 12, f"{heading}: {whole}", size=13))
        y += 20
        parts += _strip(order, numbers, whole, y, nameless)
        y += 62
    told = "; ".join(
        _("%(slate)s: %(now)s now, %(before)s last time")
        % {"slate": one.slate or nameless, "now": one.seats, "before": one.before}
        for one in order[:40]
    )
    return _svg(parts, y, _("Seats by slate, now and last time"), told)


def _strip(order: Sequence[Tally], numbers: Sequence[int], whole: int, y: float, nameless: str) -> list[str]:
    if not whole:
        return [_text(0, y + 20, _("none yet"), fill=SOFT)]
    parts, x = [], 0.0
    for place, (one, number) in enumerate(zip(order, numbers, strict=True)):
        wide = number / whole * (WIDTH - 1)
        if not number:
            continue
        fill = SHADES[place % len(SHADES)]
        parts.append(_rect(x + 0.5, y, wide, 40, fill))
        colour = PAPER if dark(fill) else INK
        label = cut(one.slate or nameless, 24)
        if width_of(label) + 10 <= wide:
            parts.append(_text(x + 6, y + 17, label, fill=colour))
        if width_of(str(number), 13) + 8 <= wide:
            parts.append(_text(x + 6, y + 33, str(number), size=13, fill=colour))
        x += wide
    return parts
