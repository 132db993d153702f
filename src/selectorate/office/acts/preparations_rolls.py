"""The rolls of contests held together: each the part of its unit, prepared and shown, then closed exactly as shown."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from ...errors import RefusedError
from ..models import ClosedRoll, Contest, Preparation, Role
from ..rolls import closing as working
from . import closing as _closing  # noqa: F401 - the act that is done on each
from .core import Entry, act, sha256
from .preparations import _noted, contests_of, preparation_of
from .together import Outcome, on_each

OFFICER, REGISTRAR = Role.RETURNING_OFFICER, Role.REGISTRAR


@dataclass(frozen=True)
class UnitRoll:
    """The roll of one contest: what was prepared, or closed; None where neither is."""

    contest: Contest
    roll: ClosedRoll | None

    @property
    def closed(self) -> bool:
        """Whether it is closed."""
        return self.roll is not None and self.roll.closed is not None

    @property
    def entitled(self) -> int:
        """How many are entitled at the ballot that comes first."""
        return next(iter((self.roll.counts if self.roll else {}).values()), {}).get("entitled", 0)


def rolls_of(preparation: Preparation) -> list[UnitRoll]:
    """The roll of every contest under way in which segments of the roll vote; two queries."""
    contests = Contest.objects.filter(preparation=preparation, status=Contest.Status.ADOPTED)
    contests = contests.select_related("unit").order_by("unit__name", "pk")
    by_contest: dict[int, ClosedRoll] = {}
    for one in ClosedRoll.objects.filter(contest__preparation=preparation, ended=None).order_by("pk"):
        known = by_contest.get(one.contest_id)
        if known is None or known.closed is None:
            by_contest[one.contest_id] = one
    return [UnitRoll(one, by_contest.get(one.pk)) for one in contests if working.stages(one)]


def prepare_rolls(preparation: Preparation) -> list[tuple[Contest, str]]:
    """Work out the roll of every contest that is not closed; in which it could not be, and why. Nothing is decided."""
    faults = []
    for one in rolls_of(preparation):
        if one.closed:
            continue
        try:
            working.prepare(one.contest)
        except RefusedError as fault:
            faults.append((one.contest, fault.message))
    return faults


def prepared(preparation: Preparation) -> QuerySet[ClosedRoll]:
    """What is prepared and not closed."""
    return ClosedRoll.objects.filter(contest__preparation=preparation, closed=None, ended=None).order_by("contest_id")


def prepared_hash(preparation: Preparation) -> str:
    """One hash of all that is prepared: what somebody says they have been shown."""
    pairs = prepared(preparation).values_list("contest_id", "pk", "fingerprint")
    return sha256("\n".join(" ".join(map(str, pair)) for pair in pairs).encode())


@act(REGISTRAR, OFFICER)
def close_rolls_together(entry: Entry, contest: None, *, preparation: str, seen: str) -> Outcome:
    """Close the rolls of all contests for which one is prepared: exactly those that were shown (``seen``)."""
    found = preparation_of(preparation)
    ready = {one.contest_id: one for one in prepared(found)}
    if not ready:
        raise RefusedError(_("no roll is prepared"))
    if seen != prepared_hash(found):
        raise RefusedError(_("a roll has been prepared anew since they were shown: look again"))
    rows = [one for one in contests_of(found, Contest.Status.ADOPTED) if one.pk in ready]
    outcome = on_each(
        entry,
        rows,
        "close_roll",
        lambda one: {"prepared": ready[one.pk].pk, "fingerprint": ready[one.pk].fingerprint},
    )
    return _noted(entry, outcome)
