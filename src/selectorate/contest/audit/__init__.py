"""Published figures, held to the rulebook: every sum, share, threshold and decision recomputed and compared.

``audit`` lists every check that the figures of a contest allow: it agrees, it disagrees (and then both figures stand
there, and what would explain it), or it cannot be made (and then what is missing). Nothing is tuned until it agrees:
published tables contradict themselves, and that is reported.

A kind of check is one function of a ``Case`` in one of the modules beside this one, and one line in ``KINDS``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from ..case import Case
from ..model import Conflict
from . import (
    ballots,
    beside,
    dates,
    decisions,
    fields,
    needed,
    nominations,
    points,
    results,
    rolls,
    shares,
    transfers,
    turnout,
    votes,
    weighted,
)
from .base import Check, Status

KINDS: tuple[Callable[[Case], Iterator[Check]], ...] = (
    dates.dates,
    nominations.thresholds,
    nominations.numbers,
    nominations.places_on_the_paper,
    ballots.ballots,
    rolls.sums,
    turnout.turnout,
    votes.sums,
    transfers.transfers,
    shares.shares,
    weighted.weighted,
    points.points,
    needed.needed,
    decisions.decisions,
    fields.fields,
    fields.finalists,
    results.rules_on_papers_and_results,
    results.outcome,
    beside.also_published,
)
"""Every kind of check, in the order in which they are listed."""


@dataclass(frozen=True)
class Audit:
    """All checks of one contest. ``conflicts``: where its sources disagree, and which reading its file uses."""

    contest: str
    title: str
    rulebook: str
    checks: tuple[Check, ...]
    conflicts: tuple[Conflict, ...] = ()

    def count(self, status: Status) -> int:
        """How many checks came out as ``status``."""
        return sum(check.status == status for check in self.checks)


def audit(case: Case) -> Audit:
    """All checks that the figures of ``case`` allow, in the order of ``KINDS``."""
    checks = tuple(check for kind in KINDS for check in kind(case))
    return Audit(case.contest.id, case.contest.title, case.rulebook.id, checks, case.contest.conflict)


__all__ = ["KINDS", "Audit", "Check", "Status", "audit"]
