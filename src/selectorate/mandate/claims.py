"""What was said of a result, held to the figures: on every measure that it could mean.

A claim has *readings*, a reading has *measures*. Each measure holds, does not hold, or cannot be known; the verdict on
the claim is drawn from those that can be known, and how many cannot is said beside it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Literal

from .. import contest
from ..contest import TOTAL, Case
from ..contest.declaration import Declaration, Exact, declare
from ..contest.model import Claim, MeasureId, Reading
from ..errors import ContestError, InputError
from .cells import Cell, Unit, change_text, frozen, number_text, value_text
from .measures import MEASURES, Measure
from .rivals import Loader
from .view import name_of, people, person, segments_of

Verdict = Literal[
    "holds on every measure",
    "holds as far as can be known",
    "depends on the measure",
    "does not hold",
    "cannot be known from this",
]


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


@frozen
class ReadingResult:
    """One thing that a claim could mean.

    ``says``: the reading in words. ``contest`` and ``who``: whose figure it is; ``than``: what it is held against, in
    words. ``beside``: a further question that does not count for the claim's verdict. ``cannot``: why nothing of it can
    be known, by the author of the file.
    """

    says: str
    contest: str
    title: str
    who: str | None
    who_name: str | None
    than: str | None
    every_segment: bool
    beside: bool
    findings: tuple[Finding, ...]
    verdict: Verdict
    cannot: str | None = None
    note: str | None = None


@frozen
class ClaimResult:
    """What was said, and what the figures say to it.

    ``verdict``: over all readings but those put beside it. ``holds``, ``fails``, ``unknown``: on how many measures.
    ``comment``: what the author of the file says beside the figures.
    """

    quote: str
    by: str
    readings: tuple[ReadingResult, ...]
    verdict: Verdict
    holds: int
    fails: int
    unknown: int
    comment: str | None = None


def check_claims(case: Case, loader: Loader = contest.load) -> tuple[ClaimResult, ...]:
    """Every claim of the contest file, held to the figures.

    ``loader`` finds the other contests that readings refer to. Raises ContestError, with its line, if one of them or a
    candidate is not there.
    """
    return tuple(_claim(case, index, claim, loader) for index, claim in enumerate(case.contest.claims))


def _claim(case: Case, index: int, claim: Claim, loader: Loader) -> ClaimResult:
    readings = tuple(
        _reading(case, reading, loader, ("claims", index, "reading", number))
        for number, reading in enumerate(claim.reading)
    )
    counted = [item for item in readings if not item.beside] or readings
    answers = [answer for item in counted for answer in _answers(item)]
    return ClaimResult(
        quote=claim.quote,
        by=claim.by,
        readings=readings,
        verdict=verdict(answers),
        holds=answers.count(True),
        fails=answers.count(False),
        unknown=answers.count(None),
        comment=claim.verdict,
    )


def _answers(reading: ReadingResult) -> list[bool | None]:
    return [finding.holds for finding in reading.findings] or [None]


def verdict(answers: Sequence[bool | None]) -> Verdict:
    """The verdict on what holds (True), does not (False) or cannot be known (None): drawn from what can be known."""
    known = [answer for answer in answers if answer is not None]
    if not known:
        return "cannot be known from this"
    if all(known):
        return "holds on every measure" if len(known) == len(answers) else "holds as far as can be known"
    return "depends on the measure" if any(known) else "does not hold"


# -- one reading ----------------------------------------------------------------------------------------------------


class _Sides:
    """What a reading is about, and what it is held against."""

    def __init__(self, case: Case, reading: Reading, loader: Loader, at: tuple[str | int, ...]) -> None:
        self.reading = reading

        def find(name: str, key: str) -> Declaration:
            return declare(contest.load_other(case, name, loader, *at, key))

        self.own = find(reading.contest, "contest") if reading.contest else declare(case)
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


def _reading(case: Case, reading: Reading, loader: Loader, at: tuple[str | int, ...]) -> ReadingResult:
    if reading.cannot is not None:
        return ReadingResult(
            says="",
            contest=case.contest.id,
            title=case.contest.title,
            who=None,
            who_name=None,
            than=None,
            every_segment=False,
            beside=reading.beside,
            findings=(),
            verdict="cannot be known from this",
            cannot=reading.cannot,
            note=reading.note,
        )
    if reading.fact is not None:
        return _fact(case, reading)
    sides = _Sides(case, reading, loader, at)
    findings = tuple(_finding(sides, MEASURES[name]) for name in reading.measures)
    name = name_of(sides.own, sides.who)
    than = _than(sides)
    about = f"{name}{f' ({reading.part})' if reading.part else ''}, {sides.own.title}"
    every = ", in every segment" if reading.in_ == "every segment" else ""
    return ReadingResult(
        says=f"{about}: {reading.is_}{f' {than}' if than else ''}{every}",
        contest=sides.own.contest,
        title=sides.own.title,
        who=sides.who,
        who_name=name,
        than=than,
        every_segment=reading.in_ == "every segment",
        beside=reading.beside,
        findings=findings,
        verdict=verdict([finding.holds for finding in findings]),
        note=reading.note,
    )


def _than(sides: _Sides) -> str | None:
    if sides.other is not None:
        return f"{name_of(sides.other, str(sides.other_who))}, {sides.other.title}"
    return number_text(sides.reading.than) if isinstance(sides.reading.than, int) else None


def _fact(case: Case, reading: Reading) -> ReadingResult:
    fact = case.contest.facts[str(reading.fact)]
    figure = Cell(Fraction(fact.figure), of=fact.of)
    beside = _claimed(reading, "votes")
    holds = _holds(reading, figure, beside, "votes")
    finding = Finding(
        measure="fact",
        name=fact.name,
        unit="votes",
        holds=holds,
        figure=figure,
        beside=beside,
        change=_difference(figure, beside),
        say=_sentence(reading, figure, beside, holds, "votes"),
    )
    return ReadingResult(
        says=f"{fact.name}: {reading.is_} {_shown(beside, 'votes') if beside.known else reading.than}",
        contest=case.contest.id,
        title=case.contest.title,
        who=None,
        who_name=None,
        than=str(reading.than) if reading.than is not None else None,
        every_segment=False,
        beside=reading.beside,
        findings=(finding,),
        verdict=verdict([holds]),
        note=reading.note or f"Source: {fact.source}",
    )


# -- one measure ----------------------------------------------------------------------------------------------------


def _finding(sides: _Sides, measure: Measure) -> Finding:
    figure, beside = _pair(sides, measure, TOTAL)
    segments = tuple(_by_segment(sides, measure)) if sides.reading.in_ == "every segment" else ()
    if sides.reading.in_ == "every segment":
        holds = _every(segments)
        say = _every_sentence(segments)
    else:
        holds = _holds(sides.reading, figure, beside, measure.unit)
        say = _sentence(sides.reading, figure, beside, holds, measure.unit)
    return Finding(
        measure=measure.id,
        name=measure.name,
        unit=measure.unit,
        holds=holds,
        figure=figure,
        beside=beside,
        change=_difference(figure, beside),
        say=say,
        segments=segments,
    )


def _pair(sides: _Sides, measure: Measure, section: str) -> tuple[Cell, Cell]:
    """The figure of a section, and what it is held against."""
    figure = measure.of(sides.own, sides.who, section, part=sides.reading.part)
    if sides.other is not None and sides.other_who is not None:
        return figure, measure.of(sides.other, sides.other_who, section, part=sides.reading.part)
    return figure, _claimed(sides.reading, measure.unit, figure)


def _claimed(reading: Reading, unit: Unit, figure: Cell | None = None) -> Cell:
    """The number that is claimed; of shares and points it is in per cent. For "all": of how many."""
    if reading.is_ == "all":
        if figure is None or unit != "count":
            return Cell(cannot='"all" is said of segments or units')
        return Cell(Fraction(figure.of)) if figure.of is not None else Cell(cannot=figure.cannot or "of how many")
    if isinstance(reading.than, int):
        return Cell(Fraction(reading.than, 100 if unit in ("share", "points") else 1))
    return Cell(cannot=f'"{reading.than}" is a contest, and this is not a measure of one')


def _by_segment(sides: _Sides, measure: Measure) -> Iterator[SegmentFinding]:
    ballot = sides.own.deciding
    for sheet in segments_of(ballot) if ballot else ():
        figure, beside = _pair(sides, measure, sheet.section)
        yield SegmentFinding(
            segment=sheet.section,
            name=sheet.name,
            holds=_holds(sides.reading, figure, beside, measure.unit),
            figure=figure,
            beside=beside,
            change=_difference(figure, beside),
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


def _difference(figure: Cell, beside: Cell) -> Fraction | None:
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


def _holds(reading: Reading, figure: Cell, beside: Cell, unit: Unit) -> bool | None:
    if figure.value is None or beside.value is None:
        return None
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


def _sentence(reading: Reading, figure: Cell, beside: Cell, holds: bool | None, unit: Unit) -> str:
    if figure.value is None or beside.value is None:
        reasons = dict.fromkeys(cell.cannot for cell in (figure, beside) if cell.cannot)
        return f"Cannot be known: {'; '.join(reasons)}."
    word = "Holds" if holds else "Does not hold"
    mine, other = _shown(figure, unit), _shown(beside, unit)
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


def _shown(cell: Cell, unit: Unit) -> str:
    """A known cell in a sentence: as it was printed, where printed is all that it is."""
    return f"{cell.published}%" if cell.published is not None else value_text(cell.value or 0, unit)
