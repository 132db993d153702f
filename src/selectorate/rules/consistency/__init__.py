"""What two keys of a rulebook can get wrong together: references to what is not there, rules that contradict.

``contradictions`` yields every one. A check is a function of the rulebook in one of the modules beside this one, and
one line in ``CHECKS``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from ..model import Rulebook
from . import ballots, entitlement, motions, names, nominations, online, papers
from .entitlement import ROLL_COLUMNS
from .found import Contradiction, Found

CHECKS: tuple[Callable[[Rulebook], Found], ...] = (
    names.ids_are_unique,
    nominations.nominations,
    nominations.thresholds,
    motions.motions,
    ballots.ballots,
    papers.pairs,
    online.online,
    names.parameters,
    names.unused,
    entitlement.entitlement,
)
"""Every check, in the order in which what it finds is listed."""


def contradictions(rulebook: Rulebook) -> Iterator[Contradiction]:
    """Everything in ``rulebook`` that refers to what is not there or contradicts itself."""
    for check in CHECKS:
        yield from check(rulebook)


__all__ = ["CHECKS", "ROLL_COLUMNS", "Contradiction", "contradictions"]
