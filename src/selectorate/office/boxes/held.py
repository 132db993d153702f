"""A contest's own rulebook, changed so that a ballot is held online: what the officer wrote beside it stays."""

from __future__ import annotations

import tomlkit
from django.utils.translation import gettext as _

from ... import documents as files
from ... import rules
from ...errors import InputError, RefusedError
from ...rules import BallotStage, MotionStage, Online, Rulebook


def with_online(text: str, stage: str, online: Online | None) -> str:
    """The rulebook ``text`` in which ``stage`` is held online as ``online`` says, or (None) is not.

    Raises RefusedError if the rulebook has no such stage, or would contradict itself.
    """
    before = rules.from_document(files.parse(text.encode(), "rulebook.toml"))
    found = before.stage_named(stage)
    if not isinstance(found, BallotStage | MotionStage):
        raise RefusedError(_("only a ballot or a motion is held online"), field="stage")
    place = [one.id for one in before.stage].index(stage)
    document = tomlkit.parse(text)
    table = document["stage"][place]  # type: ignore[index]
    table.pop("online", None)
    if online is not None:
        value = tomlkit.inline_table()
        value.update({"revote": online.revote, "paper": online.paper})
        table["online"] = value
    changed = tomlkit.dumps(document)
    try:
        after = rules.from_document(files.parse(changed.encode(), "rulebook.toml"))
    except InputError as fault:
        raise RefusedError(
            _("this ballot cannot be held online: %(why)s") % {"why": fault.message}, field="stage", hint=fault.hint
        ) from None
    if after != _expected(before, place, online):
        raise RefusedError(_("the text of the rules could not be changed by itself: write the key online in it"))
    return changed


def _expected(before: Rulebook, place: int, online: Online | None) -> Rulebook:
    stages = list(before.stage)
    stages[place] = stages[place].model_copy(update={"online": online})
    return before.model_copy(update={"stage": tuple(stages)})
