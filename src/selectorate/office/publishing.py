"""What is published of a contest's log of acts."""

from __future__ import annotations

from typing import Any

from ..contest.published_log import FIELDS, GENESIS
from ..rules import NominationStage
from .acts.core import log_of
from .models import Contest, Log, StageState

BOARD_ACTS = ("nominate", "withdraw_nomination", "rule_invalid")
"""Acts that tell how nominations go on."""


def published_log(contest: Contest) -> dict[str, Any]:
    """The log as everybody may see it: ``log``, ``head`` and ``entries``, as ``verify_published`` reads them.

    While nominations run on a hidden board, the number and times of entries would tell how they go on: the log is
    published up to the first of them, and the rest when they have closed (``withheld`` says that there may be more).
    """
    log = Log.objects.filter(name=log_of(contest)).first()
    found: list[dict[str, Any]] = []
    withheld = _hidden(contest)
    if log is not None:
        entries = log.acts.order_by("number")
        if withheld:
            first = entries.filter(kind__in=BOARD_ACTS).order_by("number").first()
            entries = entries.filter(number__lt=first.number) if first else entries
        entries = entries.defer("details", "salt")
        for entry in entries.iterator():
            entry.log = log
            found.append(entry.published())
    return {
        "contest": contest.slug,
        "log": log_of(contest),
        "head": found[-1]["hash"] if found else GENESIS,
        "withheld": withheld,
        "entries": found,
    }


def _hidden(contest: Contest) -> bool:
    """Whether nominations run that are shown when they have closed."""
    if contest.board != "hidden" or contest.status != Contest.Status.ADOPTED:
        return False
    running = set(contest.stages.filter(status=StageState.Status.OPEN).values_list("stage", flat=True))
    return any(stage.id in running for stage in contest.rulebook.stage if isinstance(stage, NominationStage))


__all__ = ["FIELDS", "published_log"]
