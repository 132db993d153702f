"""Why a contest for an office is held, as far as it follows from who holds the office and from the rulebook."""

from __future__ import annotations

from datetime import date

from ..rules import NominationStage, Rulebook
from ..rules.model import ByOccasion
from .models import Contest, Office


def proposed(office: Office | None, rulebook: Rulebook, on: date) -> str:
    """The occasion to begin with: a vacancy where the office is vacant; else a challenge, where the rules know one."""
    if office is None or office.vacant(on):
        return Contest.Occasion.VACANCY
    return Contest.Occasion.CHALLENGE if knows_a_challenge(rulebook) else Contest.Occasion.REGULAR


def knows_a_challenge(rulebook: Rulebook) -> bool:
    """Whether the rules tell a challenge from a vacancy."""
    for stage in rulebook.stage:
        if isinstance(stage, NominationStage):
            thresholds = [stage.threshold, *(gate.threshold for gate in stage.any)]
            if stage.incumbent != "needs nominations" or any(isinstance(one, ByOccasion) for one in thresholds):
                return True
    return False
