"""One round with votes moved from the winner to a challenger, put to the count again. See ``swings``."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import cast

from .. import count
from ..contest import BallotRound
from ..contest.figures import combined
from ..contest.replay import minimum_for, rule_for
from ..count import Decision, SectionVotes, Standing
from ..rules import BallotStage, MotionStage


@dataclass(frozen=True)
class Board:
    """The round that elected ``winner``, in which votes can be moved to ``to``.

    ``parts``: what each section gives as it was declared; only sections with moved votes are combined anew.
    """

    stage: BallotStage | MotionStage
    item: BallotRound
    ballot: int
    winner: str
    to: str
    sections: Mapping[str, Mapping[str, int]] = field(repr=False)
    standing: Standing = field(repr=False)
    parts: Mapping[str, Mapping[str, Fraction]] = field(repr=False)

    @functools.cached_property
    def available(self) -> dict[str, int]:
        """The winner's votes in each section: all that can move."""
        return {section: row[self.winner] for section, row in self.sections.items()}

    @functools.cached_property
    def worth(self) -> dict[str, Fraction]:
        """What one vote in each section is worth in the value that decides, before anything is cut."""
        stage = self.stage
        worth = {}
        for section, row in self.sections.items():
            votes = sum(row.values())
            if not votes:
                worth[section] = Fraction(0)
            elif isinstance(stage, BallotStage) and stage.combine == "weighted-college":
                worth[section] = stage.weights[section] / votes
            elif self.by_units and isinstance(stage, BallotStage) and stage.points is not None:
                points = stage.points
                worth[section] = Fraction(min(points.each, votes) if points.at_most_votes else points.each, votes)
            else:
                worth[section] = Fraction(1)
        return worth

    @property
    def by_units(self) -> bool:
        """Whether points given by units decide."""
        return isinstance(self.stage, BallotStage) and self.stage.combine == "points-by-unit"

    @property
    def blur(self) -> Fraction:
        """By how much a candidate's total can differ from the exact one, because it was cut in every unit."""
        stage = self.stage
        if not self.by_units or not isinstance(stage, BallotStage) or stage.points is None:
            return Fraction(0)
        decimals = stage.points.decimals
        return Fraction(0) if decimals is None else Fraction(len(self.sections), 10**decimals)

    def with_moved(self, moved: Mapping[str, int] | Mapping[str, Fraction]) -> Standing:
        """The standing with ``moved`` votes, or parts of votes, by section, given by the winner to the challenger."""
        total = dict(self.standing.total)
        given = self.standing.given
        parts = dict(self.parts)
        for section, votes in moved.items():
            if not votes:
                continue
            row: dict[str, int | Fraction] = dict(self.sections[section])
            row[self.winner] -= votes
            row[self.to] += votes
            # Combined under the same stage, as exactly with parts of votes as with votes: what one section gives does
            # not depend on the others.
            part = combined(self.stage, cast(SectionVotes, {section: row})).parts[section]
            for who, value in part.items():
                before = parts[section][who]
                total[who] += value - before
                given += value - before
            parts[section] = part
        return Standing(self.standing.unit, total, self.standing.whole, given, parts)

    def decided(self, standing: Standing) -> Decision:
        """What the round decides with ``standing``. Raises CountError if a base that is needed is not known."""
        bases = dict(self.item.bases)
        if standing.unit == "points":
            bases["points allotted"] = standing.given
        if isinstance(self.stage, MotionStage):
            results = [count.passes(requirement, standing, "for", bases) for requirement in self.stage.carried]
            carried = all(met for met, _ in results)
            return Decision("elected", elected=("for",) if carried else ("against",))
        elected, out, _ = rule_for(self.stage, self.ballot)
        minimum = minimum_for(self.stage, self.ballot)
        return count.decide(standing, elected, bases, out=out, minimum=minimum, until=self.stage.until)

    def denied(self, standing: Standing) -> bool:
        """Whether the winner is no longer elected."""
        return self.decided(standing).elected != (self.winner,)

    def elected(self, standing: Standing) -> bool:
        """Whether the challenger is elected."""
        return self.decided(standing).elected == (self.to,)

    def dearest(self, votes: int) -> dict[str, int]:
        """``votes`` of the winner's votes, those worth most first: by section."""
        moved = {}
        for section in self._order:
            if not votes:
                break
            take = min(votes, self.available[section])
            if take and self.worth[section]:
                moved[section] = take
                votes -= take
        return moved

    @functools.cached_property
    def _order(self) -> list[str]:
        return sorted(self.available, key=lambda name: (-self.worth[name], name))


def smallest(holds: Callable[[int], bool], most: int, near: int | None = None) -> int | None:
    """The smallest number up to ``most`` for which ``holds``, which once true stays true; None if there is none.

    ``near``: where it is thought to be. It is found wherever it is, but sooner if it is near.
    """
    low, high, step = -1, most + 1, 1
    while near is not None and 0 <= near <= most and low < near < high:
        if holds(near):
            high, near = near, near - step
        else:
            low, near = near, near + step
        step *= 2
    if high > most:
        if most <= low or not holds(most):
            return None
        high = most
    while high - low > 1:
        middle = (low + high) // 2
        if holds(middle):
            high = middle
        else:
            low = middle
    return high


def blurred(board: Board, votes: int, *, help_to_deny: bool) -> Standing:
    """A standing that is at least as good for the challenge as any in which ``votes`` votes are moved.

    Exact points are linear in the votes, so that the dearest votes bound them; cutting moves a candidate's total by
    less than ``blur``. Everybody but the two is as declared. What was given together is taken as it suits.
    """
    # As declared, both are within ``blur`` of their exact points, and within it again after the move.
    best = shifted(board, board.dearest(votes), 2 * board.blur)
    given = best.given + (4 * board.blur if help_to_deny else -4 * board.blur)
    return replace(best, given=given)


def shifted(board: Board, moved: Mapping[str, int] | Mapping[str, Fraction], more: Fraction = Fraction(0)) -> Standing:
    """The standing with ``moved`` votes before anything is cut, and ``more`` on top of what they are worth."""
    worth = board.worth
    shift = sum((worth[section] * number for section, number in moved.items()), more)
    total = dict(board.standing.total)
    total[board.winner] -= shift
    total[board.to] += shift
    return replace(board.standing, total=total)
