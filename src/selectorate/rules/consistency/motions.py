"""Contradictions in motions."""

from __future__ import annotations

from ..model import MotionStage, Rulebook
from .found import Contradiction, Found, known_names


def motions(rulebook: Rulebook) -> Found:
    """Contradictions in every motion."""
    for index, stage in enumerate(rulebook.stage):
        if not isinstance(stage, MotionStage):
            continue
        at = ("stage", index)
        for key, body in (
            ("by", stage.by),
            ("asked_by", stage.asked_by.body if stage.asked_by else stage.by),
        ):
            if body not in rulebook.bodies:
                path = (*at, "asked_by", "body") if key == "asked_by" else (*at, "by")
                yield Contradiction(path, f'there is no body "{body}"', known_names(body, rulebook.bodies, "bodies"))
        if not stage.carried:
            yield Contradiction(
                (*at, "carried"),
                "nothing is said of what the motion needs",
                'Write "majority of valid votes".',
            )
        for requirement in stage.carried:
            if requirement.kind in ("most", "lead") or requirement.base in (
                "points",
                "points allotted",
                "the college",
            ):
                yield Contradiction(
                    (*at, "carried"),
                    f'a motion cannot need "{requirement}"',
                    'Write "majority of valid votes", "at least 2/3 of those entitled" or "turnout of at least 50%".',
                )
        if stage.effect == "none":
            for key in ("holder_may_stand", "safe_months"):
                if getattr(stage, key) is not None:
                    yield Contradiction(
                        (*at, key),
                        f'a motion without effect cannot have "{key}"',
                        f'Leave "{key}" out, or say the effect: effect = "vacancy".',
                    )
        if stage.motion == "resolution" and stage.holder_may_stand is not None:
            yield Contradiction(
                (*at, "holder_may_stand"),
                "a resolution is not about a holder",
                'Leave it out, or write motion = "confidence".',
            )
