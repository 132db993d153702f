"""What the rules of a contest come to, as values: thresholds as numbers, who is entitled, the rules in sentences."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from .. import rules
from ..contest.nominations import gates
from ..rules import BallotStage, MotionStage, NominationStage, Passage, Quantity, Rulebook, share_text
from .documents import body_sizes
from .models import Contest
from .telling import stage_name


@dataclass(frozen=True)
class Threshold:
    """How many of a body a stage needs. ``asked``: as the rules say it; ``needed``: the number it comes to."""

    stage: str
    stage_name: str
    body: str
    body_name: str
    on: date | None
    size: int | None
    asked: str
    needed: int | None


@dataclass(frozen=True)
class Entitled:
    """Who may vote in a segment: everybody for whom each of ``tests`` holds."""

    segment: str
    name: str
    delegations: bool
    tests: tuple[str, ...]


def rulebook_of(contest: Contest) -> Rulebook:
    """The rulebook with what it leaves to the contest filled in, as far as that is fixed."""
    return rules.with_parameters(contest.rulebook, dict(contest.parameters)) if contest.parameters else contest.rulebook


def passages(contest: Contest) -> list[Passage]:
    """The rules in sentences, thresholds worked out for the bodies of this contest."""
    sizes = {key: body["size"] for key, body in body_sizes(contest).items()}
    return rules.explain(rulebook_of(contest), sizes)


def entitlement(contest: Contest) -> list[Entitled]:
    """Who may vote, segment by segment, in the order in which the ballot takes them; none where a body votes."""
    rulebook = rulebook_of(contest)
    voting = dict.fromkeys(key for stage in rulebook.stage for key in getattr(stage, "segments", ()))
    return [
        Entitled(key, segment.name, segment.voters == "delegations", tuple(segment.entitled))
        for key in voting
        if (segment := rulebook.segments.get(key)) is not None
    ]


def thresholds(contest: Contest) -> list[Threshold]:
    """Every number of a body that a stage asks for, and the bodies that only vote or support, with their sizes."""
    rulebook, sizes = rulebook_of(contest), body_sizes(contest)
    days = {link.key: link.on for link in contest.bodies.all()}
    found = []
    for stage in rulebook.stage:
        for body, quantity in _asked(stage, contest.occasion):
            size = sizes.get(body, {}).get("size")
            found.append(
                Threshold(
                    stage=stage.id,
                    stage_name=stage_name(stage),
                    body=body,
                    body_name=sizes.get(body, {}).get("name") or rulebook.bodies[body].name,
                    on=days.get(body),
                    size=size,
                    asked=_words(quantity),
                    needed=_number(quantity, size),
                )
            )
    return found


def _asked(stage: NominationStage | MotionStage | BallotStage, occasion: str) -> list[tuple[str, Quantity | None]]:
    if isinstance(stage, NominationStage):
        ways = [(gate.by, _on_occasion(gate.threshold, occasion)) for gate in gates(stage)]
        return ways or ([(stage.by, None)] if stage.by else [])
    if isinstance(stage, MotionStage):
        asked = stage.asked_by
        before = [(asked.body, _on_occasion(asked.threshold, occasion))] if asked is not None else []
        return before or [(stage.by, None)]
    return [(stage.by, None)] if stage.by else []


def _on_occasion(threshold: object, occasion: str) -> Quantity | None:
    if isinstance(threshold, Quantity):
        return threshold
    chosen = getattr(threshold, "challenge" if occasion == "challenge" else "vacancy", None)
    return chosen if isinstance(chosen, Quantity) else None


def _number(quantity: Quantity | None, size: int | None) -> int | None:
    if quantity is None:
        return None
    if quantity.share is None:
        return quantity.number
    return quantity.of(size) if size is not None else None


def _words(quantity: Quantity | None) -> str:
    if quantity is None:
        return ""
    if quantity.share is None:
        return str(quantity.number)
    more = _(" and %(number)s more") % {"number": quantity.number} if quantity.number else ""
    return share_text(quantity.share) + more
