"""The ballot that decided, ready to be played again with other votes: shared by what-ifs and swings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import cast

from ..contest import TOTAL, BallotRound, BallotView, Case
from ..contest.declaration import Declaration, Exact
from ..contest.declaring import declare
from ..contest.figures import combined, view_of
from ..contest.replay import Replay, replay_ballot, replay_motion
from ..count import SectionVotes, Standing
from ..rules import BallotStage, MotionStage
from .cells import CannotBeKnown, frozen
from .view import is_coarse, name_of

NOT_DECLARED = "This is not the declared result."
"""Stands in every result that is not what was declared, and is shown wherever it is shown."""

COARSE = "small parts of the vote are not shown, so that nobody's vote can be inferred: exact results would show them"
"""Why nothing is worked out from a declaration of ours that hides a part whose votes weigh by themselves."""

Amounts = Mapping[str, Mapping[str, Fraction | int]]
"""Votes by section, then candidate, that need not be whole."""


@frozen
class ResultRow:
    """A candidate in a result that may not be the declared one.

    ``votes``: raw votes; a fraction where they were scaled. ``value``: what decides, in votes, points or a fraction of
    the college. ``share``: of the base in which the rulebook prints shares. ``parts``: for a college, what each section
    gave.
    """

    candidate: str
    name: str
    votes: Exact | None
    value: Exact
    share: Exact | None
    parts: dict[str, Exact]


@frozen
class Result:
    """Where a ballot comes out: who is ``elected``, and the ``rows`` of the last round played, highest first.

    ``outcome``: as of a replay ("elected", "qualified", "carried", "lost", "stopped"); ``stopped`` says why it
    stopped. ``unit``: of ``value``; ``share_of``: of what ``share`` is a share; ``whole``: what there was to be had.
    ``round``: the number of that round. ``say``: what it decided, in sentences.
    """

    outcome: str
    elected: tuple[str, ...]
    elected_names: tuple[str, ...]
    unit: str
    whole: Exact
    share_of: str
    round: int
    rows: tuple[ResultRow, ...]
    say: tuple[str, ...] = ()
    stopped: str | None = None


@dataclass(frozen=True)
class Decisive:
    """The ballot that decided a contest: its stage, its figures, its rounds.

    ``hidden``: segments that our own declaration does not show apart; nothing may be worked out from them alone.
    ``coarse``: whether it shows what decides only as printed, for the same reason; then nothing exact may be shown.
    """

    case: Case
    declaration: Declaration
    stage: BallotStage | MotionStage
    view: BallotView
    rounds: tuple[BallotRound, ...]
    hidden: frozenset[str]
    coarse: bool = False

    @property
    def preferential(self) -> bool:
        """Whether its rounds are transfers of the same papers."""
        return isinstance(self.stage, BallotStage) and self.stage.count in ("alternative vote", "supplementary vote")

    @property
    def by_units(self) -> bool:
        """Whether units, not segments, are combined."""
        return isinstance(self.stage, BallotStage) and self.stage.combine == "points-by-unit"

    def refuse_hidden(self, segments: Sequence[str]) -> None:
        """Raises where one of ``segments`` is not shown apart."""
        names = [self.case.section_name(segment) for segment in segments if segment in self.hidden]
        if names:
            raise CannotBeKnown(f"{', '.join(names)} are not shown apart, so that nobody's vote can be inferred")

    def result(self, replay: Replay, rounds: Sequence[BallotRound], stage: BallotStage | MotionStage) -> Result:
        """``replay`` of ``rounds`` under ``stage``, as a result.

        Raises CannotBeKnown where not even one round can be played, or where an exact result would tell of votes that
        the declaration does not show.
        """
        if self.coarse:
            raise CannotBeKnown(COARSE)
        played = [item for item in replay.rounds if item.standing is not None]
        if not played:
            raise CannotBeKnown(replay.stopped or "there are no figures")
        last = played[-1]
        figures = next(item for item in rounds if item.number == last.number)
        standing = cast(Standing, last.standing)
        of, base = share_base(stage, figures, standing)
        votes = figures.votes or {}
        elected = replay.elected
        if isinstance(stage, MotionStage) and replay.outcome in ("carried", "lost"):
            elected = ("for",) if replay.outcome == "carried" else ("against",)
        return Result(
            outcome=replay.outcome,
            elected=elected,
            elected_names=tuple(name_of(self.declaration, who) for who in elected),
            unit=standing.unit,
            whole=standing.whole,
            share_of=of,
            round=last.number,
            rows=tuple(
                ResultRow(
                    candidate=who,
                    name=name_of(self.declaration, who),
                    votes=Fraction(votes[who]) if who in votes else None,
                    value=standing.total[who],
                    share=standing.total[who] / base if base else None,
                    parts=self._parts(standing, who),
                )
                for who in standing.ranked()
            ),
            say=last.say,
            stopped=replay.stopped,
        )

    def _parts(self, standing: Standing, who: str) -> dict[str, Fraction]:
        if standing.unit != "college":
            return {}
        shown = {section: row for section, row in standing.parts.items() if section not in self.hidden}
        return {section: row[who] for section, row in shown.items() if who in row}

    def declared(self) -> Result:
        """The declared result, in the same form: who is elected is what was declared."""
        result = self.result(play(self.stage, self.rounds), self.rounds, self.stage)
        elected = self.declaration.elected or result.elected
        return replace(result, elected=elected, elected_names=tuple(name_of(self.declaration, w) for w in elected))


def decisive(case: Case) -> Decisive:
    """The ballot that decided ``case``. Raises CannotBeKnown where none was held or its figures are not here."""
    declaration = declare(case)
    sheet = declaration.deciding
    stage = case.rulebook.stage_named(sheet.stage) if sheet is not None else None
    figures = case.ballot(sheet.stage) if sheet is not None else None
    if sheet is None or figures is None or not isinstance(stage, BallotStage | MotionStage):
        raise CannotBeKnown("no ballot was held, or its figures are not here")
    hidden = {
        section
        for item in sheet.rounds
        for row in item.rows
        for section, votes in row.by_section.items()
        if votes is None
    }
    view = view_of(case, stage.id) or BallotView(case, stage, figures)
    coarse = any(is_coarse(declaration, item) for item in sheet.rounds)
    return Decisive(case, declaration, stage, view, tuple(view.rounds()), frozenset(hidden), coarse)


def play(stage: BallotStage | MotionStage, rounds: Sequence[BallotRound]) -> Replay:
    """``rounds`` played again under ``stage``, as far as they tell.

    Stops where a round was held with somebody whom the rules had put out: it is not a round of this count.
    """
    if isinstance(stage, MotionStage):
        return replay_motion(stage, rounds)
    found = replay_ballot(stage, rounds)
    for index, item in enumerate(found.rounds):
        figures = next(figures for figures in rounds if figures.number == item.number)
        strangers = [who for who in item.entered if who not in figures.figures.new]
        if index and strangers and not found.rounds[index - 1].void:
            why = f"round {item.number} was held with {', '.join(strangers)}, who would have been out by then"
            return Replay(found.stage, found.rounds[:index], "stopped", stopped=why, exact=found.exact)
    return found


def rebuilt(
    stage: BallotStage | MotionStage,
    item: BallotRound,
    sections: Amounts,
    *,
    valid: Fraction | int | None = None,
    returned: Fraction | int | None = None,
    entitled: Fraction | int | None = None,
) -> BallotRound:
    """``item`` with other votes, combined under ``stage``; what shares are measured of is given, or the votes."""
    # The combining of votes is rational arithmetic throughout, and as exact with fractions of votes as with votes.
    whole = cast(SectionVotes, sections)
    standing = combined(stage, whole)
    votes: dict[str, Fraction | int] = {}
    for row in sections.values():
        for who, number in row.items():
            votes[who] = votes.get(who, 0) + number
    cast_ = sum(votes.values())
    points = standing.unit == "points"
    bases: dict[str, Fraction | int | None] = {
        "votes": cast_,
        "valid votes": valid if valid is not None else cast_,
        "ballots returned": returned,
        "those entitled": entitled,
        "points": standing.whole if points else None,
        "points allotted": standing.given if points else None,
        "the college": Fraction(1),
    }
    return replace(
        item,
        sections=whole,
        votes=cast(Mapping[str, int], votes),
        standing=standing,
        basis="votes",
        missing=None,
        bases=bases,
    )


def without_figures(item: BallotRound, missing: str) -> BallotRound:
    """``item`` as a round of which nothing is known: a replay stops at it, for the reason ``missing``."""
    return replace(item, sections=None, votes=None, standing=None, basis=None, missing=missing)


def share_base(
    stage: BallotStage | MotionStage, item: BallotRound, standing: Standing
) -> tuple[str, Fraction | int | None]:
    """What shares under ``stage`` are printed of, in the rulebook's words, and how much that is."""
    default = {"college": "the college", "points": "points"}.get(
        standing.unit, "valid votes" if isinstance(stage, MotionStage) else "votes"
    )
    of = stage.shares.of or default
    return of, item.bases.get(of)


__all__ = [
    "NOT_DECLARED",
    "TOTAL",
    "Amounts",
    "Decisive",
    "Result",
    "ResultRow",
    "decisive",
    "play",
    "rebuilt",
    "share_base",
    "without_figures",
]
