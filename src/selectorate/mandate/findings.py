"""One measure of one reading of a claim: whether it holds, and the figures that say so."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Literal

from ..contest import TOTAL, Case, load_other
from ..contest.declaration import Declaration, Exact
from ..contest.declaring import declare
from ..contest.model import MeasureId, Reading
from ..errors import ContestError, InputError
from .cells import Cell, Unit, change_text, frozen, number_text, value_text
from .measures import Measure, name_of_measure
from .rivals import Loader
from .view import people, person, seen_at, segments_of


@frozen
class SegmentFinding:
    """A measure in one segment: whether the claim ``holds`` there (None: cannot be known), with the figures."""

    segment: str
    name: str
    holds: bool | None
    figure: Cell
    beside: Cell
    change: Exact | None = None


@frozen
class Finding:
    """One measure of one reading.

    ``measure``: its id, or "fact". ``holds``: None where it cannot be known. ``figure``: what it is; ``beside``: what
    it is held against (the other contest's figure, the number claimed, or for "all" how many there are). ``change``:
    the one less the other. ``segments``: where every segment is claimed, each of them. ``say``: one sentence.
    """

    measure: MeasureId | Literal["fact"]
    name: str
    unit: Unit
    holds: bool | None
    figure: Cell
    beside: Cell
    change: Exact | None
    say: str
    segments: tuple[SegmentFinding, ...] = ()

    @property
    def holds_in(self) -> tuple[str, ...]:
        """The names of the segments in which it holds."""
        return tuple(item.name for item in self.segments if item.holds)


class Sides:
    """What a reading is about, and what it is held against."""

    def __init__(self, case: Case, reading: Reading, loader: Loader, at: tuple[str | int, ...]) -> None:
        self.reading = reading

        def find(name: str, key: str) -> Declaration:
            return seen(declare(load_other(case, name, loader, *at, key)))

        def seen(declaration: Declaration) -> Declaration:
            try:
                return seen_at(declaration, reading.stage, reading.round)
            except InputError as fault:
                where = case.document.where(*at, "stage")
                raise ContestError(fault.message, where=where, hint=fault.hint) from None

        self.own = find(reading.contest, "contest") if reading.contest else seen(declare(case))
        self.other = find(reading.than, "than") if isinstance(reading.than, str) else None
        try:
            self.who = person(self.own, reading.candidate)
            self.other_who: str | None = None
            if self.other is not None:
                # The same candidate, if one is named and stood there too; else whoever was elected there.
                named = reading.candidate if reading.candidate in people(self.other) else None
                self.other_who = person(self.other, named)
        except InputError as fault:
            where = case.document.where(*at, "candidate")
            raise ContestError(fault.message, where=where, hint=fault.hint) from None


def finding_of(sides: Sides, measure: Measure) -> Finding:
    """What ``measure`` says to the reading that ``sides`` are of."""
    figure, beside = _pair(sides, measure, TOTAL)
    segments = tuple(_by_segment(sides, measure)) if sides.reading.in_ == "every segment" else ()
    if sides.reading.in_ == "every segment":
        holds = _every(segments)
        say = _every_sentence(segments)
    else:
        holds = holds_of(sides.reading, figure, beside, measure.unit)
        say = sentence(sides.reading, figure, beside, holds, measure.unit)
    return Finding(
        measure=measure.id,
        name=_name(sides, measure),
        unit=measure.unit,
        holds=holds,
        figure=figure,
        beside=beside,
        change=difference(figure, beside),
        say=say,
        segments=segments,
    )


def _name(sides: Sides, measure: Measure) -> str:
    """The name of a measure beside these figures; in every segment shares are of its own votes."""
    if sides.reading.in_ == "every segment":
        return measure.name
    ballots = [found.deciding for found in (sides.own, sides.other) if found is not None]
    rounds = [next((item for item in reversed(b.rounds) if not item.void), None) for b in ballots if b]
    motion = all(ballot is not None and ballot.motion is not None for ballot in ballots)
    return name_of_measure(measure.id, *(item.unit for item in rounds if item), motion=motion)


def _pair(sides: Sides, measure: Measure, section: str) -> tuple[Cell, Cell]:
    """The figure of a section, and what it is held against."""
    figure = measure.of(sides.own, sides.who, section, part=sides.reading.part)
    if sides.other is not None and sides.other_who is not None:
        return figure, measure.of(sides.other, sides.other_who, section, part=sides.reading.part)
    return figure, claimed(sides.reading, measure.unit, figure)


def claimed(reading: Reading, unit: Unit, figure: Cell | None = None) -> Cell:
    """The number that is claimed; of shares and points it is in per cent. For "all": of how many."""
    if reading.is_ == "all":
        if figure is None or unit != "count":
            return Cell(cannot='"all" is said of segments or units')
        return Cell(Fraction(figure.of)) if figure.of is not None else Cell(cannot=figure.cannot or "of how many")
    if isinstance(reading.than, int):
        return Cell(Fraction(reading.than, 100 if unit in ("share", "points") else 1))
    return Cell(cannot=f'"{reading.than}" is a contest, and this is not a measure of one')


def _by_segment(sides: Sides, measure: Measure) -> Iterator[SegmentFinding]:
    ballot = sides.own.deciding
    for sheet in segments_of(ballot) if ballot else ():
        figure, beside = _pair(sides, measure, sheet.section)
        yield SegmentFinding(
            segment=sheet.section,
            name=sheet.name,
            holds=holds_of(sides.reading, figure, beside, measure.unit),
            figure=figure,
            beside=beside,
            change=difference(figure, beside),
        )


def _every(segments: Sequence[SegmentFinding]) -> bool | None:
    """One segment where it fails settles it; without one, every segment must be known."""
    answers = [item.holds for item in segments]
    if False in answers:
        return False
    return None if not answers or None in answers else True


def _every_sentence(segments: Sequence[SegmentFinding]) -> str:
    if not segments:
        return "Cannot be known: this ballot has no segments."
    holds = [item.name for item in segments if item.holds]
    fails = [item.name for item in segments if item.holds is False]
    unknown = [item.name for item in segments if item.holds is None]
    parts = [
        f"{label} {', '.join(names)}"
        for label, names in (("holds for", holds), ("not for", fails), ("cannot be known for", unknown))
        if names
    ]
    text = "; ".join(parts)
    return f"{text[:1].upper()}{text[1:]}."


def difference(figure: Cell, beside: Cell) -> Fraction | None:
    """The figure less what it is held against; None where one of the two is not known."""
    return figure.value - beside.value if figure.value is not None and beside.value is not None else None


def precision(claimed: int) -> int:
    """The precision in which a number is claimed: 9,000,000 to the million, 120,000 to ten thousand, 172 to one."""
    step = 1
    while claimed and claimed % (step * 10) == 0:
        step *= 10
    return step


def rounded(value: Fraction, step: Fraction) -> Fraction:
    """``value`` to the nearest multiple of ``step``; a half goes up."""
    scaled = value / step + Fraction(1, 2)
    return (scaled.numerator // scaled.denominator) * step


def _step(reading: Reading, unit: Unit) -> Fraction:
    """The precision of an "about": of a share or of points a whole per cent."""
    if unit in ("share", "points"):
        return Fraction(1, 100)
    return Fraction(precision(reading.than if isinstance(reading.than, int) else 1))


def holds_of(reading: Reading, figure: Cell, beside: Cell, unit: Unit) -> bool | None:
    """Whether ``figure`` is to ``beside`` as the reading says; None where one of the two is not known.

    Of a figure of which no more is known than what it is at least, that can be enough.
    """
    if figure.value is None or beside.value is None:
        return _by_bound(reading, figure.at_least, beside.value)
    mine, other = figure.value, beside.value
    if reading.is_ == "about":
        step = _step(reading, unit)
        return rounded(mine, step) == rounded(other, step)
    return {
        "higher than": mine > other,
        "lower than": mine < other,
        "equal to": mine == other,
        "at least": mine >= other,
        "all": mine == other,
    }[str(reading.is_)]


def _by_bound(reading: Reading, least: Fraction | None, other: Fraction | None) -> bool | None:
    """Whether what a figure is at least settles the reading; None where it does not."""
    if least is None or other is None:
        return None
    if reading.is_ == "higher than":
        return True if least > other else None
    if reading.is_ == "at least":
        return True if least >= other else None
    if reading.is_ == "lower than":
        return False if least >= other else None
    return False if reading.is_ == "equal to" and least > other else None


def sentence(reading: Reading, figure: Cell, beside: Cell, holds: bool | None, unit: Unit) -> str:
    """Whether it holds, with the figures, in one sentence."""
    if figure.at_least is not None and beside.value is not None and holds is not None:
        word = "Holds" if holds else "Does not hold"
        return f"{word}: at least {value_text(figure.at_least, unit)} beside {shown(beside, unit)}."
    if figure.value is None or beside.value is None:
        reasons = dict.fromkeys(cell.cannot for cell in (figure, beside) if cell.cannot)
        return f"Cannot be known: {'; '.join(reasons)}."
    word = "Holds" if holds else "Does not hold"
    mine, other = shown(figure, unit), shown(beside, unit)
    if reading.is_ == "all":
        return f"{word}: {mine} of {other}."
    if reading.is_ == "about":
        step = _step(reading, unit)
        near = value_text(rounded(figure.value, step), unit)
        to = "whole per cents" if unit in ("share", "points") else f"the nearest {number_text(step)}"
        to = "whole numbers" if step == 1 else to
        return f"{word}: {mine} is {near}, rounded to {to} as the {other} claimed."
    change = change_text(figure.value - beside.value, unit)
    return f"{word}: {mine} beside {other} ({change})."


def shown(cell: Cell, unit: Unit) -> str:
    """A known cell in a sentence: as it was printed, where printed is all that it is."""
    return f"{cell.published}%" if cell.published is not None else value_text(cell.value or 0, unit)
