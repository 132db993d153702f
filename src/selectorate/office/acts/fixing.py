"""What an act fixes of a contest that votes online, said in the open right after it.

The details of an act have names in them and stay inside; published is a commitment to them. What scrutineers have to
know (which rulebook was adopted, how a box began, what was declared) is therefore said again, without a name, in an
entry of its own. Its details and salt come with the record of the contest, so that everybody can hold them to the log.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from ...contest.verifying import TOLD
from ..models import Act, BoxEvent, Contest, OnlineVote

if TYPE_CHECKING:
    from .core import Entry


KINDS = ("adopt_contest", "open_stage", "open_round", "declare_result")
"""Kinds of acts that fix something, among those that are done on many contests at once too."""


def those_online(contests: Iterable[Contest]) -> frozenset[int]:
    """Those of ``contests`` whose ballots are held online, by their keys."""
    there = list(contests)
    by_rules = {one.pk for one in there if any(getattr(stage, "online", None) for stage in one.rulebook.stage)}
    return frozenset(by_rules | set(OnlineVote.objects.filter(contest__in=there).values_list("contest", flat=True)))


def fixed(kind: str, contest: Contest, details: dict[str, Any]) -> dict[str, Any]:
    """What the act ``kind`` fixed; nothing for most."""
    if kind == "adopt_contest":
        return {key: details[key] for key in ("rulebook_hash", "timetable")}
    if kind == "declare_result":
        return {"declaration": details["hash"]}
    boxes = details.get("boxes") if kind in ("open_stage", "open_round") else None
    if boxes:  # by their identifiers
        found = BoxEvent.objects.filter(box__vote__contest=contest, box__uuid__in=list(boxes), height=0)
        return {"boxes": dict(found.order_by("box__uuid").values_list("box__uuid", "digest"))}
    return {}


def say(made: Act, contest: Contest | None, entry: Entry) -> Act | None:
    """Enter in the open what the act ``made`` fixed, in its transaction; None where there is nothing to be said."""
    from .core import CLOCK, Entry, write

    says = fixed(made.kind, contest, entry.details) if contest is not None else {}
    if contest is None or not says or not those_online([contest]):
        return None
    details = {"of": made.number, "kind": made.kind, **says}
    return write(made.log.name, TOLD, Entry(None, CLOCK, None, "", entry.at, details))


def told(contest: Contest, log_name: str) -> list[dict[str, Any]]:
    """What was said in the open, with the salts, as a record has it."""
    found = Act.objects.filter(log__name=log_name, kind=TOLD, details__isnull=False).order_by("number")
    return [{"number": one.number, "salt": one.salt, "details": one.details} for one in found]
