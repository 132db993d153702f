"""What does not fit in the figures beside others, the claims and the rivals of a contest file."""

from __future__ import annotations

from ..documents import Document, nearest
from ..errors import Problem
from ..rules import BallotStage, NominationStage, Rulebook
from .misfits import Found, no_ballot, nobody
from .model import MOTION, TOTAL, Contest, Reading, Rival


def misread(contest: Contest, rulebook: Rulebook, document: Document) -> Found:
    """Everything in also_published, claims and rivals that refers to what neither contest nor rulebook has."""
    yield from _also_published(contest, rulebook, document)
    yield from _claims(contest, rulebook, document)
    yield from _rivals(contest, document)


def _also_published(contest: Contest, rulebook: Rulebook, document: Document) -> Found:
    stages = {stage.id for stage in rulebook.stage if not isinstance(stage, NominationStage)}
    for index, also in enumerate(contest.also_published):
        if also.stage is not None and also.stage not in stages:
            yield no_ballot(rulebook, also.stage, document, "also_published", index)
        elif also.section not in _sections_of(rulebook, also.stage):
            yield Problem(
                f'there is no segment "{also.section}" in this ballot',
                document.where("also_published", index, "section"),
                nearest(also.section, _sections_of(rulebook, also.stage), "It can be"),
            )
        if also.measure == "share" and also.candidate is None:
            yield Problem(
                "a share has to be somebody's", document.where("also_published", index), 'Write candidate = "…".'
            )
        if also.candidate is not None and also.candidate not in (*contest.candidates, *MOTION):
            yield nobody(contest, also.candidate, document, "also_published", index, "candidate")


def _claims(contest: Contest, rulebook: Rulebook, document: Document) -> Found:
    for index, claim in enumerate(contest.claims):
        for number, reading in enumerate(claim.reading):
            at: tuple[str | int, ...] = ("claims", index, "reading", number)
            if reading.fact is not None and reading.fact not in contest.facts:
                yield _no_fact(contest, reading.fact, document, *at)
            if (
                reading.candidate is not None
                and reading.contest is None
                and reading.candidate not in (*contest.candidates, *MOTION)
            ):
                yield nobody(contest, reading.candidate, document, *at, "candidate")
            yield from _part(contest, rulebook, reading, document, at)
            yield from _stage(contest, reading, document, at)


def _stage(contest: Contest, named: Reading | Rival, document: Document, at: tuple[str | int, ...]) -> Found:
    """A ballot of this contest that a claim or a rival names, and of which there are no figures."""
    if named.round is not None and named.stage is None:
        yield Problem(
            "a round is one of a ballot", document.where(*at, "round"), 'Say of which: stage = "mps", round = 2.'
        )
    given = [ballot.stage for ballot in contest.ballot]
    if named.stage is None or named.contest not in (None, contest.id) or named.stage in given:
        return
    hint = nearest(named.stage, given, "There are") or "Add it under [[ballot]]."
    yield Problem(f'there is no ballot "{named.stage}"', document.where(*at, "stage"), hint)


def _rivals(contest: Contest, document: Document) -> Found:
    for index, rival in enumerate(contest.rivals):
        at: tuple[str | int, ...] = ("rivals", index)
        if sum(value is not None for value in (rival.contest or rival.stage, rival.nominations, rival.fact)) != 1:
            yield Problem(
                "a rival mandate comes from one place",
                document.where(*at),
                "Write one of contest (with or without a stage of it), stage, nominations, fact.",
            )
        yield from _stage(contest, rival, document, at)
        if rival.candidate is not None and rival.nominations is not None and rival.candidate not in contest.candidates:
            yield nobody(contest, rival.candidate, document, *at, "candidate")
        if rival.nominations is not None and rival.nominations not in {n.stage for n in contest.nomination}:
            given = [nomination.stage for nomination in contest.nomination]
            yield Problem(
                f'there are no nominations "{rival.nominations}"',
                document.where(*at, "nominations"),
                nearest(rival.nominations, given, "There are") or "Add them under [[nomination]].",
            )
        if rival.fact is not None and rival.fact not in contest.facts:
            yield _no_fact(contest, rival.fact, document, *at)


def _part(
    contest: Contest, rulebook: Rulebook, reading: Reading, document: Document, at: tuple[str | int, ...]
) -> Found:
    """A part of a body that nobody in the contest is of, where the reading is about this contest."""
    if reading.part is None or reading.contest not in (None, contest.id):
        return
    named = [part for body in rulebook.bodies.values() for part in body.parts]
    named += [part for body in contest.bodies.values() for part in body.parts]
    counted = [part for figures in contest.nomination for row in figures.parts.values() for part in row]
    known = list(dict.fromkeys([*named, *counted]))
    if reading.part not in known:
        hint = nearest(reading.part, known, "The parts are") or "Say under [[nomination]] parts how many were of each."
        yield Problem(f'no body has a part "{reading.part}"', document.where(*at, "part"), hint)


def _sections_of(rulebook: Rulebook, name: str | None) -> list[str]:
    """The segments of the ballot ``name``, or of any where none is named; and the total."""
    stages = [stage for stage in rulebook.stage if isinstance(stage, BallotStage) and name in (None, stage.id)]
    return [*dict.fromkeys(segment for stage in stages for segment in stage.segments), TOTAL]


def _no_fact(contest: Contest, name: str, document: Document, *at: str | int) -> Problem:
    hint = nearest(name, list(contest.facts), "The facts are") or f"Add it under [facts.{name}]."
    return Problem(f'there is no fact "{name}"', document.where(*at, "fact"), hint)
