"""Dates: that the timetable, the rounds and the result follow one another."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterator
from dataclasses import dataclass

from ..case import Case
from .base import At, Check, round_label, views

ORDER: tuple[tuple[str, str, str], ...] = (
    ("nominations_open", "nominations_close", "nominations open before they close"),
    ("nominations_close", "opens", "nominations close before the ballot opens"),
    ("registration_opens", "registration_deadline", "registration opens before it closes"),
    ("registration_deadline", "closes", "registration closes before the ballot does"),
    ("affiliated_deadline", "closes", "the deadline of affiliated supporters is before the ballot closes"),
    ("supporting_nominations_close", "closes", "supporting nominations close before the ballot does"),
    ("freeze_announced", "opens", "the freeze date is announced before the ballot opens"),
    ("freeze", "closes", "the freeze date is before the ballot closes"),
    ("opens", "closes", "the ballot opens before it closes"),
)
"""Keys of the timetable of which the first is not after the second, and that in words."""


@dataclass(frozen=True)
class _Dated:
    """A date of the file: when, or roughly when in words; how the checks call it; where it stands; of which ballot."""

    on: dt.date | str
    called: str
    at: At
    ballot: str = ""

    @property
    def shown(self) -> str:
        return self.on if isinstance(self.on, str) else self.on.isoformat()


def dates(case: Case) -> Iterator[Check]:
    """What comes first is dated first: nominations, the ballot, its rounds, the result. One day for two is allowed."""
    given = case.contest.timetable
    named = {key: _Dated(value, key, At(case, ("timetable", key))) for key, value in given.items()}
    for first, second, words in ORDER:
        if first in named and second in named:
            yield _in_order(named[first], named[second], words)
    result = _Dated(case.contest.date, "the result", At(case, ("date",)))
    rounds = list(_rounds(case))
    for one, other in itertools.pairwise(rounds):
        if one.ballot == other.ballot:
            words = f"{one.called} is not after {other.called}" + (f" ({one.ballot})" if one.ballot else "")
        else:
            words = f"{one.called} ({one.ballot}) is not after {other.called} ({other.ballot})"
        yield _in_order(one, other, words)
    if rounds and "nominations_close" in named:
        yield _in_order(named["nominations_close"], rounds[0], f"nominations close before {rounds[0].called}")
    last = case.contest.ballot[-1].stage if case.contest.ballot else None
    deciding = next(_rounds(case, last), None)  # the timetable is that of the ballot that decides
    if deciding is not None and "opens" in named:
        yield _in_order(named["opens"], deciding, f"the ballot opens before {deciding.called}")
    for key, words in (
        ("nominations_close", "nominations close before the result"),
        ("closes", "the ballot closes before the result"),
    ):
        if key in named and (key == "closes" or "opens" not in named):
            yield _in_order(named[key], result, words)
    if rounds:
        yield _in_order(rounds[-1], result, f"{rounds[-1].called} is not after the result")


def _rounds(case: Case, stage: str | None = None) -> Iterator[_Dated]:
    """Every round that has a date, of all ballots or of one, in the order of the file."""
    for index, view in views(case):
        for number, figures in enumerate(view.figures.round) if stage in (None, view.stage.id) else ():
            if figures.date is not None:
                ballot = (view.stage.name or view.stage.id) if len(case.contest.ballot) > 1 else ""
                at = At(case, ("ballot", index, "round", number, "date"))
                yield _Dated(figures.date, round_label(view, number), at, ballot)


def _in_order(first: _Dated, second: _Dated, what: str) -> Check:
    for date in (first, second):
        if isinstance(date.on, str):
            missing = f'the day of "{date.called}": the file says "{date.on}"'
            return date.at.cannot("date", what, missing, f"{first.shown}, then {second.shown}")
    right = _not_after(first.on, second.on)
    return second.at.check(
        "date",
        what,
        "agrees" if right else "disagrees",
        published=f"{first.shown}, then {second.shown}",
        computed=f"{first.shown} or later",
        explanation=None if right else "one of the two dates is wrong, or they have changed places",
    )


def _not_after(first: dt.date | str, second: dt.date | str) -> bool:
    """Whether ``first`` is not after ``second``: to the minute where both say it in the same clock, else by the day."""
    if isinstance(first, str) or isinstance(second, str):  # pragma: no cover - the caller has looked
        return False
    if isinstance(first, dt.datetime) and isinstance(second, dt.datetime) and bool(first.tzinfo) == bool(second.tzinfo):
        return first <= second
    return _day(first) <= _day(second)


def _day(date: dt.date) -> dt.date:
    return date.date() if isinstance(date, dt.datetime) else date
