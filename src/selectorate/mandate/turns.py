"""The smallest number of votes that turns a result: anywhere, in one section, or the same swing in each.

See ``swings``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import field
from fractions import Fraction

from .. import exact
from ..contest import TOTAL
from ..contest.declaration import Exact
from ..count import Standing
from ..rules import MotionStage
from .board import Board, blurred, shifted, smallest
from .cells import frozen
from .played import Decisive

UNIFORM_STEP = Fraction(1, 100_000)
"""A swing that is the same everywhere is found to a thousandth of a percentage point."""
NO_SWING = "no swing there does it"


@frozen
class Turn:
    """A number of votes that turns the result, or why there is none.

    ``votes``: the smallest number found. ``at_least``: with fewer than this it is certainly impossible. It is
    ``votes`` itself but where points are cut to decimals and the last place leaves a doubt, and None where only that
    kind of swing was looked at (the same everywhere, or in one unit whose points are cut). ``moved``: how many of them
    in each section, where that matters. ``points``: for the same swing everywhere, the swing as a share of the votes
    cast in each section; ``votes`` is then what it comes to in all, rounded up. ``then``: what the round would have
    come to.
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


def over_all_of(board: Board, found: Decisive) -> SwingIn:
    """The fewest votes anywhere that turn the result: those that are worth most."""
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


def alone(board: Board, section: str, name: str) -> SwingIn:
    """The fewest votes that turn the result if votes move in ``section`` alone."""
    available = board.available[section]

    def turn(test: Callable[[Standing], bool]) -> Turn:
        votes = smallest(lambda n: test(board.with_moved({section: n})), available)
        if votes is None:
            return Turn(None, cannot=NO_SWING)
        return Turn(
            votes, at_least=None if board.blur else votes, then=_then(board, board.with_moved({section: votes}))
        )

    return SwingIn(section, name, available, turn(board.denied), turn(board.elected))


def units_alone(board: Board, names: Mapping[str, str]) -> list[SwingIn]:
    """The units in which a swing alone would deny the winner: most often none."""
    return [
        alone(board, section, names[section])
        for section, available in board.available.items()
        if available and board.denied(board.with_moved({section: available}))
    ]


def uniform_of(board: Board) -> SwingIn:
    """The smallest swing that turns the result if it is the same, of the votes cast, in every section."""
    available = board.available
    cast = {section: sum(row.values()) for section, row in board.sections.items()}

    def moved(steps: int) -> dict[str, Fraction]:
        """The swing in parts of votes: made whole in each section, it would be larger in the small ones.

        No more than the winner's votes move.
        """
        swung = steps * UNIFORM_STEP
        return {section: min(Fraction(available[section]), swung * cast[section]) for section in available}

    def turn(test: Callable[[Standing], bool]) -> Turn:
        most = UNIFORM_STEP.denominator
        near = smallest(lambda number: test(shifted(board, moved(number))), most) if board.blur else None
        steps = smallest(lambda number: test(board.with_moved(moved(number))), most, near)
        if steps is None:
            return Turn(None, cannot="no swing does it")
        taken = moved(steps)
        return Turn(
            exact.ceil(sum(taken.values(), Fraction(0))),
            at_least=None,
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
