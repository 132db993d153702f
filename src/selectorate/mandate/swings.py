"""What it would have taken: the fewest votes that, given to another, would have changed the winner.

Votes move **from the winner W to a challenger C within a section** (a segment, a unit, or the whole where neither is
counted apart), in the round that elected W. Nobody else's votes change, nobody stays at home or comes along.

``denies``
    the smallest number of votes for which W is no longer elected by that round: somebody else is, or there is a tie,
    or nobody has what the rules ask for, so that further rounds would decide, which the figures do not tell.
``elects``
    the smallest number for which C is elected by that round.

They are asked for over all (the fewest votes anywhere), in each segment or unit alone, and as the same swing in
percentage points in every section. The answers are found by putting the changed votes to ``count.decide``, under the
requirements of the rulebook, as the count itself does.

Why bisection is enough: moving one more vote from W to C never adds to W's value and never takes from C's, and leaves
everybody else's alone; the bases are the same or fixed by the votes cast. Whatever W no longer meets with n votes moved
it does not meet with more; what C meets with n it meets with more. So both questions turn once from no to yes.

Why taking the dearest votes first is enough: within a section every vote moved is worth the same (its weight over the
votes in it), so n votes do most if they are the n that are worth most. Where points are cut to decimals this is off by
less than one last place in every unit and candidate, and monotone only to that degree; the answer is then checked
against the bound that this leaves, and ``at_least`` says below which number it certainly cannot be done.
"""

from __future__ import annotations

from ..contest import TOTAL, BallotRound, Case
from ..documents import nearest
from ..errors import CountError, InputError
from ..rules import BallotStage, MotionStage
from .board import Board
from .cells import CannotBeKnown, frozen
from .played import COARSE, NOT_DECLARED, Decisive, decisive, play
from .turns import SwingIn, alone, over_all_of, uniform_of, units_alone
from .view import name_of


@frozen
class Swing:
    """What it would have taken to change the winner, in the round that elected.

    ``over_all``: the fewest votes anywhere; None where blocks of delegations and votes of persons are not added up.
    ``uniform``: the same swing in points in every section, where there are several. ``sections``: each segment alone.
    ``units``: those units in which a swing alone would do it (of ``unit_count``, called ``unit_name``). ``cannot``: why
    nothing can be said. ``section_names``: for ``moved``.
    """

    contest: str
    title: str
    round: str | None
    unit: str | None
    winner: str | None
    winner_name: str | None
    to: str | None
    to_name: str | None
    over_all: SwingIn | None
    uniform: SwingIn | None
    sections: tuple[SwingIn, ...]
    units: tuple[SwingIn, ...]
    unit_count: int
    unit_name: str | None
    section_names: dict[str, str]
    assumptions: tuple[str, ...]
    cannot: str | None = None
    not_declared: str = NOT_DECLARED


# -- the question ---------------------------------------------------------------------------------------------------


def _addable(found: Decisive) -> bool:
    """Whether votes of different sections are votes of one kind."""
    return len(found.view.sections) == 1 or found.view.addable


def swing(case: Case, to: str | None = None) -> Swing:
    """What it would have taken to change the winner of ``case``.

    ``to``: to whom the votes go; the runner-up of the round that elected where it is left out. Raises InputError if
    there is no such candidate in that round.
    """
    try:
        found = decisive(case)
    except CannotBeKnown as why:
        return _unanswered(case, why.reason)
    try:
        board = _board(found, to)
    except CannotBeKnown as why:
        return _unanswered(case, why.reason)
    names = {section: _name(found, section) for section in board.sections}
    segments = [section for section in board.sections if section != TOTAL and not board.by_units]
    shown = [section for section in segments if section not in found.hidden]
    by_units = board.by_units and case.contest.figures == "published"
    try:
        return Swing(
            contest=case.contest.id,
            title=case.contest.title,
            round=_label(found, board.item.number),
            unit=board.standing.unit,
            winner=board.winner,
            winner_name=name_of(found.declaration, board.winner),
            to=board.to,
            to_name=name_of(found.declaration, board.to),
            over_all=over_all_of(board, found) if board.by_units or _addable(found) else None,
            uniform=uniform_of(board) if len(board.sections) > 1 else None,
            sections=tuple(alone(board, section, names[section]) for section in shown),
            units=tuple(units_alone(board, names)) if by_units else (),
            unit_count=len(board.sections) if board.by_units else 0,
            unit_name=board.stage.points.unit if isinstance(board.stage, BallotStage) and board.stage.points else None,
            section_names=names,
            assumptions=tuple(_assumptions(found, board)),
        )
    except CountError as fault:
        return _unanswered(case, fault.message)


def _unknown_votes(stage: BallotStage | MotionStage, item: BallotRound) -> str:
    """Why votes cannot be moved in the last round."""
    if isinstance(stage, BallotStage) and stage.points is not None:
        return f"the votes in every {stage.points.unit} are not known, and points are given by them"
    why = item.missing or "only figures with cut decimals were published"
    return f"the votes of the last round are not known: {why}"


def _board(found: Decisive, to: str | None) -> Board:
    stage = found.stage
    if found.coarse:
        raise CannotBeKnown(COARSE)
    if isinstance(stage, BallotStage) and stage.places != 1:
        raise CannotBeKnown("several places were filled: there is no one winner whose votes could move")
    counted = [item for item in found.rounds if not item.figures.void]
    replay = play(stage, found.rounds)
    item = counted[-1]
    if item.figures.others:
        raise CannotBeKnown("the votes of some candidates are not known")
    if item.standing is None or item.basis != "votes" or item.sections is None:
        raise CannotBeKnown(_unknown_votes(stage, item))
    if isinstance(stage, MotionStage):
        if replay.outcome not in ("carried", "lost"):
            raise CannotBeKnown(replay.stopped or "whether the motion was carried does not follow from the figures")
        winner = "for" if replay.outcome == "carried" else "against"
    else:
        last = next((played for played in replay.rounds if played.number == item.number), None)
        if last is None and replay.stopped:
            raise CannotBeKnown(f"the figures alone do not decide who was elected: {replay.stopped}")
        if last is None or last.decision is None or len(last.decision.elected) != 1:
            raise CannotBeKnown(
                "nobody was elected by the votes of the last round alone; others withdrew, or another stage or the"
                " rules on ties decided"
            )
        winner = last.decision.elected[0]
    others = [who for who in item.standing.ranked() if who != winner]
    if not others:
        raise CannotBeKnown("nobody else was in the round")
    if to is not None and to not in others:
        hint = nearest(to, others, "They can go to")
        raise InputError(f'votes cannot move to "{to}" in the round that elected', hint=hint)
    people = list(dict.fromkeys(who for row in item.sections.values() for who in row))
    sections = {name: {who: row.get(who, 0) for who in people} for name, row in item.sections.items()}
    ballot = len(counted)
    standing = item.standing
    board = Board(stage, item, ballot, winner, to or others[0], sections, standing, standing.parts)
    if board.denied(standing):  # pragma: no cover - the replay has just elected them by the same test
        raise CannotBeKnown("the figures of the round do not elect the winner")
    return board


def _label(found: Decisive, number: int) -> str:
    ballot = found.declaration.deciding
    return next((item.label for item in ballot.rounds if item.number == number), "") if ballot else ""


def _name(found: Decisive, section: str) -> str:
    units = found.case.units.get(found.stage.id)
    if found.by_units and units is not None:
        return units.names.get(section, section)
    return found.case.section_name(section)


def _assumptions(found: Decisive, board: Board) -> list[str]:
    winner, other = name_of(found.declaration, board.winner), name_of(found.declaration, board.to)
    motion = isinstance(board.stage, MotionStage)
    told = [
        (
            f'Votes move from "{winner}" to "{other}" and nowhere else.'
            if motion
            else f"Votes move from {winner} to {other}, who was next, and nowhere else."
            if board.to == next(who for who in board.standing.ranked() if who != board.winner)
            else f"Votes move from {winner} to {other} and nowhere else."
        ),
        "As many vote as did vote, and in the same sections.",
    ]
    rounds = [item for item in found.rounds if not item.figures.void]
    if len(rounds) > 1:
        kind = "ballots" if found.view.repeated else "rounds"
        told.append(
            f"Votes move in {_label(found, board.item.number)}, which decided; the {kind} before it are left as they"
            " were."
        )
    if board.standing.unit == "college":
        told.append("The fewest votes are found where one vote weighs most: in the smallest sections.")
    if board.by_units:
        told.append("The fewest votes are found where one vote brings most points: in the units with fewest votes.")
    return told


def _unanswered(case: Case, why: str) -> Swing:
    return Swing(
        contest=case.contest.id,
        title=case.contest.title,
        round=None,
        unit=None,
        winner=None,
        winner_name=None,
        to=None,
        to_name=None,
        over_all=None,
        uniform=None,
        sections=(),
        units=(),
        unit_count=0,
        unit_name=None,
        section_names={},
        assumptions=(),
        cannot=why,
    )
