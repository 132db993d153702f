"""The segment of each ballot (ward, branch, polling place), told by a column of a table.

A segment goes ahead of the marks of a paper as one more mark, so that papers are merged segment by segment as they are
read: memory follows the distinct papers of each segment. Afterwards it is taken off again, and is the part of the
profile that the paper belongs to.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from ...documents import nearest
from ..profile import Profile
from .base import Options, fault, name_of, shown

MAX_SEGMENTS = 2_000
"""Different segments in a file: more than any country has constituencies. A column of numbers of ballots has more."""


def segment_column(heading: Sequence[str], options: Options, name: str, line: int) -> int | None:
    """Where the column is that ``options`` name, counted from 0; None if they name none.

    Raises InputError if there is no such column, or several.
    """
    if options.segments is None:
        return None
    wanted = options.segments.strip().casefold()
    plain = [text.strip().casefold() for text in heading]
    if plain.count(wanted) == 1:
        return plain.index(wanted)
    many = "several columns are" if wanted in plain else "no column is"
    names = [text.strip() for text in heading if text.strip()]
    raise fault(
        name,
        line,
        f"{many} called {shown(options.segments)}",
        nearest(options.segments, names) or f"The heading has: {shown(', '.join(names))}.",
    )


@dataclass
class Segments:
    """The segments of a file as they are met."""

    name: str
    column: str
    _numbers: dict[str, int] = field(default_factory=dict)

    def number(self, text: str, line: int) -> int:
        """The mark that stands for the segment called ``text``. Raises InputError if there is no name, or too many."""
        found = self._numbers.get(text)
        if found is not None:
            return found
        if not text:
            raise fault(
                self.name,
                line,
                f"the column {shown(self.column)} is empty",
                "Each ballot belongs to a segment: fill it in.",
            )
        if len(self._numbers) >= MAX_SEGMENTS:
            raise fault(
                self.name,
                line,
                f"more than {MAX_SEGMENTS} different segments under {shown(self.column)}",
                "Is this a column of segments?",
            )
        self._numbers[text] = len(self._numbers) + 1
        name_of(text, self.name, line)
        return self._numbers[text]

    def apart(self, profile: Profile) -> Profile:
        """``profile`` with the first mark of each paper taken off, and its segment told as a part.

        Parts stand in the order of their names, so that the order of the ballots changes nothing.
        """
        names = sorted(self._numbers, key=_natural)
        place = np.zeros(len(names) + 1, dtype=np.int16)
        for index, name in enumerate(names):
            place[self._numbers[name]] = index
        if not profile.papers.shape[1]:  # no ballots
            return replace(profile, parts=np.zeros(profile.number.shape, dtype=np.int16), part_names=tuple(names))
        parts = place[profile.papers[:, 0]]
        order = np.argsort(parts, kind="stable")
        return replace(
            profile,
            papers=np.ascontiguousarray(profile.papers[order, 1:]),
            number=profile.number[order],
            parts=parts[order],
            part_names=tuple(names),
        )


def _natural(name: str) -> tuple[list[tuple[int, str]], str]:
    """What puts Ward 2 before Ward 10."""
    pieces = re.split(r"([0-9]+)", name.casefold())
    return [(int(piece), "") if piece.isdigit() and piece.isascii() else (-1, piece) for piece in pieces], name
