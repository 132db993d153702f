"""A picture of rounds: a line for each candidate, named where it ends; under each round, who went out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from ..contest.declaration import BallotSheet, Declaration, PrintingSheet, RoundSheet
from ..contest.declaration import Row as CandidateRow
from . import numbers, reading
from .blocks import Picture
from .drawing import (
    DASHES,
    FAINT,
    INK,
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
from .drawn import drawable, label, rounds_description, share_of

HEIGHT = 420
SMALL = 26
"""A line that never rises higher than this is thin, and is named under the rounds alone."""
FEW = 6
"""Up to so many candidates every line is named at its end."""
Point = tuple[float, float]


@dataclass(frozen=True)
class Track:
    """The line of a candidate: its points on the picture, its name at the end, and whether it is a small one."""

    name: str
    place: int
    points: tuple[Point, ...]
    small: bool

    @property
    def mark(self) -> dict[str, object]:
        """How the line is drawn."""
        colour = INK if self.place < 3 else (FAINT if self.small else SOFT)
        width = 3 if self.place == 0 else (1 if self.small else 2)
        dash = list(DASHES[self.place % len(DASHES)])
        return {"type": "line", "strokeWidth": width, "color": colour, "strokeDash": dash}


def lines_picture(declaration: Declaration, ballot: BallotSheet) -> Picture | None:
    """The share of each candidate over the rounds that counted. None for a single one."""
    rounds = [item for item in drawable(ballot) if not item.void]
    if len(rounds) < 2:
        return None
    highest = max(float(share_of(row) or 0) for item in rounds for row in item.rows)
    top = max(highest, 0.5) * 1.06
    last = {
        row.candidate: f"{name_of(declaration, row)} {figure(row, rounds[-1], ballot.printing)}"
        for row in rounds[-1].rows
    }
    wide = WIDTH - 46 - max(width_of(text, 13) for text in last.values())
    tracks = tracks_of(declaration, ballot, rounds, last, wide, top)
    step = wide / (len(rounds) - 1)
    half = HEIGHT * (1 - 0.5 / top)
    small_type: dict[str, object] = {"align": "left", "dy": -7, "fontSize": 11, "color": SOFT}
    layers = [
        layer([{"y": half}], {"type": "rule", "color": SOFT, "strokeDash": [3, 3], "strokeWidth": 1}, y=down()),
        labels([{"y": half, "text": "half"}], small_type, x={"value": 0}, y=down()),
    ]
    for track in reversed(tracks):
        layers += track_layers(track, wide)
    for name, spot, inside, first in placed(tracks, wide):
        mark = {"align": "center" if inside else "left", "fontSize": 11 if inside else 12}
        weight = {"fontWeight": "bold" if first else "normal"}
        layers += text_layers([{"text": name}], {**mark, **weight}, x={"value": spot[0]}, y={"value": spot[1]})
    for place, item in enumerate(rounds):
        layers += under_round(declaration, item, place * step, step)
    what = {"votes": "votes", "points": "points", "college": "the college"}[rounds[-1].unit]
    said = f"Height: share {reading.share_words(ballot.printing)}. Under each round: who went out or withdrew after it"
    specification = {"layer": layers, "width": wide, "height": HEIGHT, "title": foot(said)}
    title = f"{declaration.title}: {what} of each candidate in every round"
    return draw(specification, title, rounds_description(declaration, rounds, ballot))


def down() -> dict[str, object]:
    """The channel of heights: points on the picture, downwards."""
    return at("y", 0, HEIGHT, scale={"domain": [HEIGHT, 0], "nice": False, "zero": False})


def name_of(declaration: Declaration, row: CandidateRow) -> str:
    """The name at the end of a line."""
    return cut(label(declaration, row.candidate), 20)


def figure(row: CandidateRow, item: RoundSheet, printing: PrintingSheet) -> str:
    """The figure at the end of a line: the value, or the share of a college."""
    if item.unit == "college" or row.value is None:
        return reading.row_share(row, printing)
    return numbers.whole(row.value)


def tracks_of(
    declaration: Declaration,
    ballot: BallotSheet,
    rounds: Sequence[RoundSheet],
    last: dict[str, str],
    wide: float,
    top: float,
) -> list[Track]:
    """The lines, in the order in which the candidates finished."""
    points: dict[str, list[Point]] = {}
    for place, item in enumerate(rounds):
        for row in item.rows:
            spot = (place * wide / (len(rounds) - 1), HEIGHT * (1 - float(share_of(row) or 0) / top))
            points.setdefault(row.candidate, []).append(spot)
    made = []
    for place, row in enumerate(row for row in reading.finishing_order(ballot) if row.candidate in points):
        track = points[row.candidate]
        small = len(points) > FEW and row.candidate not in last and all(HEIGHT - y < SMALL for _, y in track)
        made.append(Track(last.get(row.candidate, name_of(declaration, row)), place, tuple(track), small))
    return made


def track_layers(track: Track, wide: float) -> Iterator[Layer]:
    """A line, and a dot where it ends; the winner's has one in every round."""
    values: Values = [{"x": x, "y": y} for x, y in track.points]
    x, y = at("x", 0, wide), down()
    yield layer(values, track.mark, x=x, y=y)
    dot = {"type": "point", "filled": True, "size": 14 if track.small else 30, "opacity": 1}
    yield layer(values[-1:] if track.place else values, {**dot, "color": track.mark["color"]}, x=x, y=y)


def placed(tracks: Sequence[Track], wide: float) -> Iterator[tuple[str, Point, bool, bool]]:
    """Where the name of each line stands: right of the last round, or over or under the end of its line.

    A name keeps off the other names, and if it can off the lines. The first truth: it stands inside the picture;
    the second: it is the winner's.
    """
    level = float("-inf")
    ended = [track for track in tracks if track.points[-1][0] >= wide - 1]
    for track in sorted(ended, key=lambda track: track.points[-1][1]):
        level = max(track.points[-1][1], level + 16)
        yield track.name, (wide + 10, level), False, track.place == 0
    dots = [dot for track in tracks for dot in along(track.points)]
    taken: list[tuple[float, float, float]] = []
    for track in tracks:
        if track.small or track in ended:
            continue
        (x, y), half = track.points[-1], width_of(track.name, 11) / 2
        x = max(x, half - 24)
        spots = [(x, y + offset) for offset in (-12, 14, -25, 27, -38, 40, -51)]
        free = [
            spot
            for spot in spots
            if not any(abs(x - other) < half + wide_ + 4 and abs(spot[1] - at_) < 13 for other, at_, wide_ in taken)
        ] or spots[:1]
        clear = [spot for spot in free if not any(abs(x - dx) < half and abs(spot[1] - dy) < 7 for dx, dy in dots)]
        spot = (clear or free)[0]
        taken.append((*spot, half))
        yield track.name, spot, True, track.place == 0


def along(points: Sequence[Point]) -> Iterator[Point]:
    """Points close together along a line, its end among them."""
    for (x0, y0), (x1, y1) in pairwise(points):
        for step in range(12):
            yield x0 + (x1 - x0) * step / 12, y0 + (y1 - y0) * step / 12
    yield points[-1]


def under_round(declaration: Declaration, item: RoundSheet, x: float, step: float) -> Iterator[Layer]:
    """The number of a round under the picture, and up to four who went out or withdrew after it."""
    narrow = step < 60
    where: dict[str, dict[str, object]] = {"x": {"value": x}, "y": {"value": HEIGHT}}
    head = str(item.number) if narrow else item.label
    yield labels([{"text": head}], {"baseline": "top", "dy": 8, "fontWeight": "bold"}, **where)
    gone = [
        cut(label(declaration, row.candidate), max(5, int(step / 5)))
        for row in item.rows
        if row.fate in ("out", "withdrawn")
    ]
    shown = gone if len(gone) <= 4 else [*gone[:3], f"and {len(gone) - 3} more"]
    for number, name in enumerate(shown):
        mark = {"baseline": "top", "dy": 25 + 12 * number, "fontSize": 10 if narrow else 11, "color": SOFT}
        yield labels([{"text": name}], mark, **where)
