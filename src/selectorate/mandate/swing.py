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

from collections.abc import Callable, Mapping
from dataclasses import field
from fractions import Fraction

from ..contest import TOTAL, Case
from ..contest.declaration import Exact
from ..count import Standing
from ..documents import nearest
from ..errors import CountError, InputError
from ..rules import BallotStage, MotionStage
from .board import Board, blurred, shifted, smallest
from .cells import CannotBeKnown, frozen
from .played import COARSE, NOT_DECLARED, Decisive, decisive, play
from .view import name_of

UNIFORM_STEP = Fraction(1, 100_000)
"""A swing that is the same everywhere is found to a thousandth of a percentage point."""
NO_SWING = "no swing there does it"


@frozen
class Turn:
    """A number of votes that turns the result, or why there is none.

    ``votes``: the smallest number found. ``at_least``: with fewer than this it is certainly impossible. It is
    ``votes`` itself but where points are cut to decimals and the last place leaves a doubt, and None where only that
    kind of swing was looked at (the same everywhere, or in one unit whose points are cut). ``moved``: how many of them
    in each section, where that matters. ``points``: for the same swing everywhere, the swing as a share. ``then``: what
    the round would have come to.
    """

    votes: int | None
    cannot: str | None = None
    at_least: int | None = None
    moved: dict[str, int] = field(default_factory=dict)
    points: Exact | None = None
    then: str | None = None

    @property
    def possible(self) -> bool:
        """Whether there is such a number."""
        return self.votes is not None


@frozen
class SwingIn:
    """What it would have taken in one place.

    ``place``: a section, "total" for anywhere, "everywhere" for the same swing in each. ``available``: the winner's
    votes there, which is all that can move.
    """

    place: str
    name: str
    available: int
    denies: Turn
    elects: Turn


@frozen
class Swing:
    """What it would have taken to change the winner, in the round that elected.

    ``over_all``: the fewest votes anywhere. ``uniform``: the same swing in points in every section, where there are
    several. ``sections``: each segment alone. ``units``: those units in which a swing alone would do it (of
    ``unit_count``, called ``unit_name``). ``cannot``: why nothing can be said. ``section_names``: for ``moved``.
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
            over_all=_over_all(board, found),
            uniform=_uniform(board, found) if len(board.sections) > 1 else None,
            sections=tuple(_alone(board, section, names[section]) for section in shown),
            units=tuple(_units_alone(board, names)) if by_units else (),
            unit_count=len(board.sections) if board.by_units else 0,
            unit_name=board.stage.points.unit if isinstance(board.stage, BallotStage) and board.stage.points else None,
            section_names=names,
            assumptions=tuple(_assumptions(found, board)),
        )
    except CountError as fault:
        return _unanswered(case, fault.message)


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
        why = item.missing or "only figures with cut decimals were published"
        raise CannotBeKnown(f"the votes of the last round are not known: {why}")
    if isinstance(stage, MotionStage):
        if replay.outcome not in ("carried", "lost"):
            raise CannotBeKnown(replay.stopped or "whether the motion was carried does not follow from the figures")
        winner = "for" if replay.outcome == "carried" else "against"
    else:
        last = next((played for played in replay.rounds if played.number == item.number), None)
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


def _over_all(board: Board, found: Decisive) -> SwingIn:
    available = board.available
    most = sum(votes for section, votes in available.items() if board.worth[section])
    show = _may_show(board, found)

    def turn(test: Callable[[Standing], bool], bound: Callable[[int], bool]) -> Turn:
        near = smallest(lambda n: test(shifted(board, board.dearest(n))), most) if board.blur else None
        votes = smallest(lambda n: test(board.with_moved(board.dearest(n))), most, near)
        if votes is None:
            return Turn(None, cannot=NO_SWING)
        # Cutting can make the test waver by one last place: look whether a few fewer do as well.
        while board.blur and votes and test(board.with_moved(board.dearest(votes - 1))):
            votes -= 1
        moved = board.dearest(votes)
        standing = board.with_moved(moved)
        sure = votes if not board.blur else smallest(bound, votes)
        return Turn(
            votes,
            at_least=votes if sure is None else sure,
            moved=moved if show else {},
            then=_then(board, standing),
        )

    return SwingIn(
        TOTAL,
        "over all",
        sum(available.values()),
        turn(board.denied, lambda n: board.denied(blurred(board, n, help_to_deny=True))),
        turn(board.elected, lambda n: board.elected(blurred(board, n, help_to_deny=False))),
    )


def _alone(board: Board, section: str, name: str) -> SwingIn:
    available = board.available[section]

    def turn(test: Callable[[Standing], bool]) -> Turn:
        votes = smallest(lambda n: test(board.with_moved({section: n})), available)
        if votes is None:
            return Turn(None, cannot=NO_SWING)
        return Turn(
            votes, at_least=None if board.blur else votes, then=_then(board, board.with_moved({section: votes}))
        )

    return SwingIn(section, name, available, turn(board.denied), turn(board.elected))


def _units_alone(board: Board, names: Mapping[str, str]) -> list[SwingIn]:
    """The units in which a swing alone would deny the winner: most often none."""
    return [
        _alone(board, section, names[section])
        for section, available in board.available.items()
        if available and board.denied(board.with_moved({section: available}))
    ]


def _uniform(board: Board, found: Decisive) -> SwingIn:
    available = board.available
    cast = {section: sum(row.values()) for section, row in board.sections.items()}
    show = _may_show(board, found)

    def moved(steps: int) -> dict[str, int]:
        """Votes are whole: in each section the swing is rounded up, and no more than the winner's votes move."""
        swung = steps * UNIFORM_STEP
        return {
            section: min(available[section], -((-swung.numerator * cast[section]) // swung.denominator))
            for section in available
        }

    def turn(test: Callable[[Standing], bool]) -> Turn:
        most = UNIFORM_STEP.denominator
        near = smallest(lambda number: test(shifted(board, moved(number))), most) if board.blur else None
        steps = smallest(lambda number: test(board.with_moved(moved(number))), most, near)
        if steps is None:
            return Turn(None, cannot="no swing does it")
        taken = {section: votes for section, votes in moved(steps).items() if votes}
        votes = sum(taken.values())
        return Turn(
            votes,
            at_least=None,
            moved=taken if show else {},
            points=steps * UNIFORM_STEP,
            then=_then(board, board.with_moved(taken)),
        )

    return SwingIn(
        "everywhere", "the same swing everywhere", sum(available.values()), turn(board.denied), turn(board.elected)
    )


def _may_show(board: Board, found: Decisive) -> bool:
    """Whether to say where votes move: not where they are worth the same anywhere, nor where parts are hidden."""
    alike = board.standing.unit == "votes"
    ours = found.case.contest.figures == "ours" and (board.by_units or bool(found.hidden))
    return not alike and not ours


def _then(board: Board, standing: Standing) -> str:
    """What the round would have come to, in words."""
    decision = board.decided(standing)
    if decision.outcome == "elected":
        (who,) = decision.elected
        if isinstance(board.stage, MotionStage):
            return "the motion would have been carried" if who == "for" else "the motion would have been lost"
        return "the challenger is elected" if who == board.to else "somebody else is elected"
    top = max(standing.total.values())
    if sum(value == top for value in standing.total.values()) > 1:
        return "a tie for the first place"
    return "nobody has what the rules ask for; what would follow is not in the figures"


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
