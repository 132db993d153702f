"""How stages and boxes are called where voters read of them."""

from __future__ import annotations

from django.utils.translation import gettext as _

from .. import telling
from ..models import Contest, SealedBox

TOTAL = "total"
"""The one section of a stage that has no segments, or whose segments are put together."""


def stage_name(contest: Contest, stage: str) -> str:
    """The name of a stage as a sentence begins with it."""
    found = contest.rulebook.stage_named(stage)
    return telling.stage_name(found) if found is not None else stage


def section_name(contest: Contest, box: SealedBox) -> str:
    """Whose votes a box takes: the name of its segment, or of those that are put together."""
    segments = contest.rulebook.segments
    names = [segments[key].name for key in (box.members or [box.section]) if key in segments]
    if names:
        return ", ".join(names)
    return _("all votes") if box.section == TOTAL else box.section
