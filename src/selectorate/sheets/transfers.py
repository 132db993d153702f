"""The picture of a count by rounds: who stood where, what everybody gained and gave away, drawn as plain SVG.

Candidates are rows and rounds are columns, a bar in each cell. So that thirty candidates and as many rounds stay
legible, a picture holds no more rounds than are readable beside each other; the next ones stand in the next picture,
where those who have gone out have no row any more. Lightness, dashes and frames tell things apart, never a hue. What is
printed is rounded: the exact figures are in the table of the sheet.

Floating point is used here to place ink, as in ``drawing``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from html import escape

from ..count.result import Count, CountRound
from . import numbers, words
from .blocks import Picture
from .drawing import CHARACTER, FONT, INK, PAPER, RULE, SOFT, WIDTH, cut, finished, wrapped
from .rounds import Status, changes, counted, statuses

NAMES = 160
"""The room for the names of candidates."""
MOST_ROUNDS, WITH_LONG_FIGURES = 6, 5
"""How many rounds can be read beside each other; and where votes have five digits or more."""
MOST_ROWS = 40
"""More rows than fit on a page, at a size that can be read."""
ROW, BAR, GAP = 25, 7, 12
TYPE, SMALL = 11.0, 10.0
HEAD = 66
WIDEST = 150
"""A column is no wider, however few there are."""
BOLD = 0.66
"""The mean width of a character in bold type, in the widest of the fonts that may stand in for each other."""
GREY = "#b4b4b4"
LEGEND = (
    "Grey: votes before the round. Black: received in it. Dashed: given away. Upright line: quota.",
    "Frame: elected in the round. Figures are rounded; the table has them exactly.",
)
Marks = list[str]


@dataclass(frozen=True)
class _Drawing:
    """What every part of the picture asks for: the scale of the bars, and how votes are printed."""

    count: Count
    status: Sequence[Mapping[int, Status]]
    change: Sequence[Mapping[int, Fraction]]
    top: Fraction
    decimals: int
    column: float = WIDEST

    @classmethod
    def of(cls, count: Count) -> _Drawing:
        """For all pictures of ``count``: their bars have one scale."""
        most = [votes for item in count.rounds for votes in (*item.totals.values(), item.exhausted, item.quota or 0)]
        top = Fraction(max(1, *most))
        return cls(count, statuses(count), changes(count), top, 1 if top < 1000 else 0)

    def gone(self, index: int, who: int) -> bool:
        """Whether a candidate who is out has no more place in a round."""
        return index > 0 and self.status[index - 1][who] == self.status[index][who] == "out"

    def length(self, votes: Fraction) -> float:
        return float(votes / self.top) * (self.column - GAP)

    def text(self, votes: Fraction) -> str:
        return numbers.decimal(votes, 0 if votes.denominator == 1 else self.decimals)


def transfer_pictures(count: Count) -> list[Picture]:
    """The pictures of ``count``, in the order of its rounds; none where there are no rounds with votes that move."""
    if len(count.rounds) < 2 or not any(item.totals for item in count.rounds):
        return []
    order = finishing_order(count)
    found = []
    drawing = _Drawing.of(count)
    long = any(votes >= 10_000 for item in count.rounds for votes in item.totals.values())
    for band in evenly(range(len(count.rounds)), WITH_LONG_FIGURES if long else MOST_ROUNDS):
        rows = [who for who in order if not drawing.gone(band[0], who)]
        groups = evenly(rows, MOST_ROWS)
        for number, group in enumerate(groups, 1):
            part = f", part {number}" if len(groups) > 1 else ""
            fitted = replace(drawing, column=min((WIDTH - NAMES) / len(band), WIDEST))
            found.append(_picture(fitted, band, group, part, last=number == len(groups)))
    return found


def finishing_order(count: Count) -> list[int]:
    """Those elected in their order, then the others by how long they stayed in."""

    def rank(who: int) -> tuple[int, int, Fraction, int]:
        if who in count.elected:
            return 0, count.elected.index(who), Fraction(0), who
        out = max((item.number for item in count.rounds if who in item.excluded), default=len(count.rounds) + 1)
        before = count.rounds[min(max(out - 2, 0), len(count.rounds) - 1)].totals.get(who, Fraction(0))
        return 1, -out, -before, who

    return sorted(counted(count), key=rank)


def evenly(items: Sequence[int], most: int) -> list[Sequence[int]]:
    """``items`` in as few parts as can be of no more than ``most``, all of about the same length."""
    parts = -(-len(items) // most) or 1
    return [items[len(items) * part // parts : len(items) * (part + 1) // parts] for part in range(parts)]


def _picture(drawing: _Drawing, band: Sequence[int], rows: Sequence[int], part: str, *, last: bool) -> Picture:
    count, column = drawing.count, drawing.column
    lost = any(item.lost for item in count.rounds)
    height = HEAD + ROW * (len(rows) + (1 + lost if last else 0)) + 34
    made: Marks = []
    for place, index in enumerate(band):
        made += _head(drawing, count.rounds[index], NAMES + place * column)
    for number, who in enumerate(rows):
        y = HEAD + number * ROW
        name = cut(words.clean(count.name(who)), int((NAMES - 8) / (TYPE * BOLD)))
        made += [_line(0, y, WIDTH, y), _text(0, y + 12, name, bold=who in count.elected)]
        for place, index in enumerate(band):
            made += _cell(drawing, index, who, NAMES + place * column, y)
    if last:
        made += _sums(drawing, band, HEAD + len(rows) * ROW, lost=lost)
    made += [_text(0, height - 18 + 12 * n, line, small=True) for n, line in enumerate(LEGEND)]
    numbers_ = f"{band[0] + 1} to {band[-1] + 1}" if len(band) > 1 else str(band[0] + 1)
    title = f"Votes and transfers, rounds {numbers_}{part}"
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}"'
    ground = f'<rect width="{WIDTH}" height="{height}" fill="{PAPER}"/>'
    svg = f'{head} font-family="{escape(FONT)}" fill="{INK}">{ground}{"".join(made)}</svg>'
    described = words.clean(_description(drawing, band))
    return Picture(finished(svg, title, described), title, described, dense=True)


def _head(drawing: _Drawing, item: CountRound, x: float) -> Marks:
    """What was done in a round, over its column."""
    room = int((drawing.column - 6) / (SMALL * CHARACTER))
    names = [words.clean(drawing.count.name(who)) for who in item.of]
    verb = {"surplus": "Surplus of", "exclusion": "Out:", "iteration": "Votes kept by", "declaration": "Out:"}
    if item.action == "first preferences":
        lines = wrapped("First preferences", room)
    elif not names:
        lines = ["Places filled"]
    else:
        who = names[0] if len(names) == 1 else f"{len(names)} candidates"
        lines = [verb[item.action], *wrapped(who, room)[:2]]
    values = {moved.value for moved in item.moved}
    if item.action == "surplus" and len(values) == 1 and any(values):
        lines.append(f"each at {numbers.decimal(values.pop(), 4, 'down')}")
    texts = [_text(x, 12, f"Round {item.number}", bold=True)]
    return texts + [_text(x, 25 + 12 * number, cut(line, room + 3), small=True) for number, line in enumerate(lines)]


def _cell(drawing: _Drawing, index: int, who: int, x: float, y: float) -> Marks:
    """A candidate in a round: votes, what was gained or given, and the bar of both."""
    item = drawing.count.rounds[index]
    if drawing.gone(index, who):
        return []
    votes, change = item.totals.get(who, Fraction(0)), drawing.change[index].get(who, Fraction(0))
    made: Marks = []
    if who in item.elected:
        made.append(
            f'<rect x="{x - 4:.1f}" y="{y + 1.5:.1f}" width="{drawing.column - 4:.1f}" height="{ROW - 3}" fill="none" '
            f'stroke="{INK}" stroke-width="1.4"/>'
        )
    out = who in item.excluded
    shown = "out" if out and not votes else drawing.text(votes)
    made.append(_text(x, y + 12, shown, bold=who in item.elected, small=True))
    if change:
        end = x + drawing.column - GAP
        made.append(_text(end, y + 12, _change(drawing, change), small=True, bold=change > 0, end=True))
    return made + _bar(drawing, votes, change, item.quota, x, y + 15)


def _bar(drawing: _Drawing, votes: Fraction, change: Fraction, quota: Fraction | None, x: float, y: float) -> Marks:
    kept, full = min(votes, votes - change), max(votes, votes - change)
    made = [_rect(x, y, drawing.length(kept), GREY)]
    more = drawing.length(full) - drawing.length(kept)
    if change > 0:
        made.append(_rect(x + drawing.length(kept), y, max(more, 1.0), INK))
    elif change < 0:
        made.append(
            f'<rect x="{x + drawing.length(kept):.1f}" y="{y + 0.5:.1f}" width="{max(more, 1.0):.1f}" '
            f'height="{BAR - 1}" fill="{PAPER}" stroke="{SOFT}" stroke-width="0.8" stroke-dasharray="2 2"/>'
        )
    if quota is not None:
        at = x + drawing.length(quota)
        made.append(_line(at, y - 2, at, y + BAR + 1, INK))
    return made


def _sums(drawing: _Drawing, band: Sequence[int], y: float, *, lost: bool) -> Marks:
    """The rows under the candidates: votes that are not with anybody."""
    made = [_line(0, y, WIDTH, y, INK), _text(0, y + 12, "Not transferable")]
    for place, index in enumerate(band):
        x = NAMES + place * drawing.column
        item = drawing.count.rounds[index]
        fresh = item.action == "first preferences"
        before = item.exhausted if fresh else drawing.count.rounds[index - 1].exhausted
        change = item.exhausted - before
        made.append(_text(x, y + 12, drawing.text(item.exhausted), small=True))
        if change:
            end = x + drawing.column - GAP
            made.append(_text(end, y + 12, _change(drawing, change), small=True, bold=True, end=True))
        made += _bar(drawing, item.exhausted, change, None, x, y + 15)
        if lost:
            value = numbers.decimal(item.lost, drawing.count.decimals or 5, "down") if item.lost else "0"
            made.append(_text(x, y + ROW + 12, value, small=True))
    if lost:
        made += [_line(0, y + ROW, WIDTH, y + ROW), _text(0, y + ROW + 12, "Lost to cutting")]
    return made


def _change(drawing: _Drawing, change: Fraction) -> str:
    return numbers.signed(drawing.text(change))


def _description(drawing: _Drawing, band: Sequence[int]) -> str:
    """What moved in each round, in sentences."""
    count, told = drawing.count, []
    for index in band:
        item = count.rounds[index]
        of = words.listed([count.name(who) for who in item.of])
        what = {"first preferences": "first preferences", "surplus": f"surplus of {of}", "exclusion": f"{of} out"}
        said = what.get(item.action, "places filled" if item.action == "declaration" else "votes kept")
        moved = [
            f"{count.name(who)} {_change(drawing, votes)}" for who, votes in drawing.change[index].items() if votes
        ]
        if item.action == "first preferences":
            moved = [f"{count.name(who)} {drawing.text(votes)}" for who, votes in item.totals.items()]
        elected = f"; elected: {words.listed([count.name(who) for who in item.elected])}" if item.elected else ""
        told.append(f"Round {item.number}, {said}: {', '.join(moved) or 'nothing moved'}{elected}.")
    return " ".join(told)


def _text(x: float, y: float, text: str, *, bold: bool = False, small: bool = False, end: bool = False) -> str:
    weight = ' font-weight="bold"' if bold else ""
    anchor = ' text-anchor="end"' if end else ""
    size = SMALL if small else TYPE
    return f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size:g}"{weight}{anchor}>{escape(text, quote=False)}</text>'


def _rect(x: float, y: float, width: float, fill: str) -> str:
    return f'<rect x="{x:.1f}" y="{y:.1f}" width="{max(width, 0):.1f}" height="{BAR}" fill="{fill}"/>'


def _line(x: float, y: float, x2: float, y2: float, colour: str = RULE) -> str:
    return f'<path d="M{x:.1f} {y:.1f}L{x2:.1f} {y2:.1f}" stroke="{colour}" stroke-width="0.8"/>'
