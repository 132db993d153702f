"""What was said of a result, held to the figures: on every measure that it could mean.

A claim has *readings*, a reading has *measures*. Each measure holds, does not hold, or cannot be known; the verdict on
the claim is drawn from those that can be known, and how many cannot is said beside it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import field
from fractions import Fraction
from typing import Literal

from .. import contest
from ..contest import Case
from ..contest.declaration import Declaration
from ..contest.model import MOTION, Claim, Reading
from .cells import Cell, frozen, number_text
from .findings import Finding, Sides, claimed, difference, finding_of, holds_of, sentence, shown
from .measures import MEASURES
from .rivals import Loader
from .view import name_of

Verdict = Literal[
    "holds on every measure",
    "holds as far as can be known",
    "depends on the measure",
    "does not hold",
    "cannot be known from this",
]


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
    ``comment``: what the author of the file says beside the figures. ``certainty``: of the figures that the verdict
    rests on, those that are not confirmed: ``{"nominations": "recalled"}``.
    """

    quote: str
    by: str
    readings: tuple[ReadingResult, ...]
    verdict: Verdict
    holds: int
    fails: int
    unknown: int
    comment: str | None = None
    certainty: dict[str, str] = field(default_factory=dict)


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
        certainty=dict(mark for item in counted for finding in item.findings for mark in _marks(finding)),
    )


def _marks(finding: Finding) -> Iterator[tuple[str, str]]:
    """The marks of all figures that ``finding`` rests on."""
    pairs = finding.segments or (finding,)
    if finding.holds is not None:
        for pair in pairs:
            yield from (*pair.figure.certainty.items(), *pair.beside.certainty.items())


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
    sides = Sides(case, reading, loader, at)
    findings = tuple(finding_of(sides, MEASURES[name]) for name in reading.measures)
    name = name_of(sides.own, sides.who)
    than = _than(sides)
    about = f"{_whose(sides.own, sides.who)}{f' ({reading.part})' if reading.part else ''}, {sides.own.title}"
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


def _whose(declaration: Declaration, who: str) -> str:
    """Whose figure it is: a candidate's name, or "Votes for the motion"."""
    motion = declaration.deciding is not None and declaration.deciding.motion is not None
    return f"Votes {who} the motion" if motion and who in MOTION else name_of(declaration, who)


def _than(sides: Sides) -> str | None:
    if sides.other is not None:
        return f"{_whose(sides.other, str(sides.other_who))}, {sides.other.title}"
    return number_text(sides.reading.than) if isinstance(sides.reading.than, int) else None


def _fact(case: Case, reading: Reading) -> ReadingResult:
    fact = case.contest.facts[str(reading.fact)]
    figure = Cell(Fraction(fact.figure), of=fact.of)
    beside = claimed(reading, "votes")
    holds = holds_of(reading, figure, beside, "votes")
    finding = Finding(
        measure="fact",
        name=fact.name,
        unit="votes",
        holds=holds,
        figure=figure,
        beside=beside,
        change=difference(figure, beside),
        say=sentence(reading, figure, beside, holds, "votes"),
    )
    return ReadingResult(
        says=f"{fact.name}: {reading.is_} {shown(beside, 'votes') if beside.known else reading.than}",
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
