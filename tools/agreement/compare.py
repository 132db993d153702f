"""One method of ours beside one library's, and what explains their differences."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from .elections import elections
from .model import Answer, Election, same
from .twins import Rule, outcomes


@dataclass(frozen=True)
class Departure:
    """What a library does otherwise. ``key``: of ``cases.CASES``; ``switch``: what it is in the twin."""

    key: str
    switch: dict[str, Any]


@dataclass(frozen=True)
class Comparison:
    """``called``: what is called of the library. ``kind``, ``seats``, ``blank``, ``small``: see ``elections``.

    ``checked``: the twin counts every election; else, being slow, only where there is a difference.
    """

    library: str
    called: str
    method: str
    theirs: Callable[[Election], Answer]
    ours: Callable[[Election], Answer]
    twin: Rule
    departures: tuple[Departure, ...] = ()
    kind: str = "ranked"
    seats: bool = False
    blank: bool = True
    small: bool = False
    lot: str = "lot"
    checked: bool = True

    @property
    def title(self) -> str:
        return f"{self.library} {self.called}"

    @property
    def label(self) -> str:
        return f"{self.title} ~ {self.method}"


@dataclass
class Found:
    """What came of a comparison. ``why``: by the departures, how often the elected differ, and the tables alone.

    ``bad``: of results that were kept, how many differences are not explained, or our twin does not count like us.
    """

    number: int = 0
    same: int = 0
    tables: bool = False
    bad: int = 0
    why: dict[tuple[str, ...], list[int]] = field(default_factory=dict)
    unexplained: list[Election] = field(default_factory=list)
    wrong: list[Election] = field(default_factory=list)
    smallest: dict[tuple[str, ...], Election] = field(default_factory=dict)


def explained(comparison: Comparison, election: Election, theirs: Answer) -> tuple[str, ...] | None:
    """The fewest departures with which the twin answers as the library does."""
    departures = comparison.departures
    for size in range(len(departures) + 1):
        for chosen in itertools.combinations(departures, size):
            rule = comparison.twin
            for departure in chosen:
                rule = replace(rule, **departure.switch)  # type: ignore[type-var]
            if any(same(theirs, answer) for answer in outcomes(rule, election, theirs)):
                return tuple(departure.key for departure in chosen) or (comparison.lot,)
    return None


def compare(comparison: Comparison, number: int, seed: str) -> Found:
    """``number`` random elections."""
    found = Found()
    drawn = elections(
        number,
        seed,
        kind=comparison.kind,
        seats=comparison.seats,
        blank=comparison.blank,
        small=comparison.small,
    )
    for election in drawn:
        ours, theirs = comparison.ours(election), comparison.theirs(election)
        found.number += 1
        found.tables |= ours.tables is not None and theirs.tables is not None
        if (comparison.checked or not same(ours, theirs)) and not any(
            same(ours, answer) for answer in outcomes(comparison.twin, election, ours)
        ):
            found.wrong.append(election)
        if same(ours, theirs):
            found.same += 1
            continue
        why = explained(comparison, election, theirs)
        if why is None:
            found.unexplained.append(election)
            continue
        elected = ours.winners != theirs.winners or bool(theirs.refused)
        found.why.setdefault(why, [0, 0])[0 if elected else 1] += 1
        kept = found.smallest.get(why)
        if kept is None or size(election) < size(kept):
            found.smallest[why] = election
    return found


def size(election: Election) -> tuple[int, int, int]:
    """What makes an election long to count by hand."""
    return election.candidates, sum(len(paper) for _, paper in election.papers), len(election.ballots)


def shrunk(comparison: Comparison, election: Election, why: tuple[str, ...]) -> Election:
    """A smaller election with the same difference: of those who are elected, if it was one."""
    elected = _elected_differ(comparison, election)

    def still(smaller: Election) -> bool:
        if not smaller.valid or smaller.seats >= smaller.candidates:
            return False
        if comparison.kind == "complete" and any(len(paper) < smaller.candidates for _, paper in smaller.papers):
            return False
        theirs = comparison.theirs(smaller)
        if same(comparison.ours(smaller), theirs) or (elected and not _elected_differ(comparison, smaller)):
            return False
        return explained(comparison, smaller, theirs) == why

    going = True
    while going:
        going = False
        for smaller in _smaller(election):
            if size(smaller) < size(election) and still(smaller):
                election, going = smaller, True
                break
    return election


def _elected_differ(comparison: Comparison, election: Election) -> bool:
    theirs = comparison.theirs(election)
    return bool(theirs.refused) or comparison.ours(election).winners != theirs.winners


def _smaller(election: Election) -> list[Election]:
    found = []
    for gone in election.people:
        new = {who: who - (who > gone) for who in election.people if who != gone}
        papers = [(number, tuple(new[who] for who in paper if who != gone)) for number, paper in election.papers]
        found.append(_made(election.candidates - 1, min(election.seats, election.candidates - 2), papers))
    for at, (number, paper) in enumerate(election.papers):
        rest = [row for index, row in enumerate(election.papers) if index != at]
        found.append(_made(election.candidates, election.seats, rest))
        if number > 1:
            found.append(_made(election.candidates, election.seats, [*rest, (number - 1, paper)]))
        found += [
            _made(election.candidates, election.seats, [*rest, (number, paper[:cut] + paper[cut + 1 :])])
            for cut in range(len(paper) if len(paper) > 1 else 0)
        ]
    return [one for one in found if one.seats >= 1 and one.candidates >= 2]


def _made(candidates: int, seats: int, papers: list[tuple[int, tuple[int, ...]]]) -> Election:
    counted: Counter[tuple[int, ...]] = Counter()
    for number, paper in papers:
        counted[paper] += number
    return Election(candidates, seats, tuple((number, paper) for paper, number in sorted(counted.items())))
