"""One act on many contests: on each by its own rules, and entered in the log of each."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from ...errors import RefusedError, SelectorateError
from ..models import Act, Contest, Log
from . import fixing
from .core import ACTS, MANY, Entry, log_of, next_entry


@dataclass(frozen=True)
class Outcome:
    """On which contests something was done, and on which not, and why."""

    done: tuple[Contest, ...]
    refused: tuple[tuple[Contest, str], ...]

    @property
    def says(self) -> str:
        """The outcome in a sentence."""
        told = _("done in %(number)s contests") % {"number": len(self.done)}
        if self.refused:
            contest, why = self.refused[0]
            told += ". " + _("Not done in %(number)s: %(first)s (%(why)s)") % {
                "number": len(self.refused),
                "first": contest.title,
                "why": why,
            }
        return told


def write_many(kind: str, entries: Sequence[tuple[str, Entry]]) -> list[Act]:
    """Enter an act in many logs at once, once in each: (the log's name, the entry).

    As ``core.write``, but the number of statements hardly grows with the number of logs.
    """
    names = [name for name, _entry in entries]
    Log.objects.bulk_create([Log(name=name) for name in names], ignore_conflicts=True, batch_size=MANY)
    logs: dict[str, Log] = {}
    for start in range(0, len(names), MANY):
        batch = Log.objects.select_for_update().filter(name__in=names[start : start + MANY]).order_by("name")
        logs |= {log.name: log for log in batch}
    made = []
    for name, entry in entries:
        log = logs[name]
        made.append(next_entry(log, kind, entry))
        log.height, log.head = made[-1].number, made[-1].hash
    Act.objects.bulk_create(made, batch_size=MANY)
    Log.objects.bulk_update(logs.values(), ["height", "head"], batch_size=MANY)
    return made


def rehearsed(entry: Entry) -> bool:
    """Whether an act of two is only tried out, for its first official, and will be undone."""
    return entry.second is not None and entry.second == entry.by


def own(entry: Entry, details: dict[str, Any]) -> Entry:
    """The entry of a single contest, for an act on many: the same people, roles and time, details of its own."""
    return Entry(entry.by, entry.role, entry.second, entry.second_role, entry.at, details)


def on_each(
    entry: Entry, contests: Iterable[Contest], kind: str, given: Callable[[Contest], dict[str, Any]] | None = None
) -> Outcome:
    """Do the act ``kind`` on each of ``contests``, by its own rules; what one refuses does not stop the others.

    ``given``: what the act is given, by contest. Raises RefusedError if it was done on none.
    """
    definition = ACTS[kind]
    done, refused, entries = [], [], []
    for contest in contests:
        facts = given(contest) if given is not None else {}
        here = own(entry, {} if definition.silent else dict(facts))
        try:
            with transaction.atomic():
                definition.does(here, contest, **facts)
        except SelectorateError as fault:
            refused.append((contest, fault.message))
        else:
            done.append(contest)
            entries.append((definition.log(contest), here))
    if not done:
        raise RefusedError(refused[0][1] if refused else _("there is no contest in which it could be done"))
    made = write_many(kind, entries)
    online = fixing.those_online(done) if kind in fixing.KINDS else frozenset()
    for contest, act, (_name, here) in zip(done, made, entries, strict=True):
        if contest.pk in online:
            fixing.say(act, contest, here)
    return Outcome(tuple(done), tuple(refused))


__all__ = ["Outcome", "log_of", "on_each", "own", "rehearsed", "write_many"]
