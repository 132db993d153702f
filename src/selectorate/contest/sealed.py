"""What a sealed box gives: a profile to count, made of papers that nobody can connect with a voter; or sums of votes.

The box is read and checked whole first; one that fails a check, or is not opened yet, gives nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

import numpy as np

from ..ballots import Profile
from ..ballots.profile import Option, set_code
from ..box.v1.elections import Election, HomomorphicQuestion, ListsQuestion, RankingQuestion
from ..box.v1.papers import void_in
from ..box.v1.reading import Reading, read_box
from ..errors import ContestError, Where

__all__ = ["SealedPapers", "opened_papers", "papers_of", "read_sealed"]

SUFFIX = ".bel"
"""How the name of a box's archive ends."""


@dataclass(frozen=True, eq=False)
class SealedPapers:
    """The papers of one question of a box.

    ``profile``: all ballots that were opened; a void one stands in it as a blank paper, so that it is counted among
    those returned. ``void``: how many are. ``blank``: papers left blank.

    ``sums``: the votes of each name, where several may be chosen and only sums are opened: then nobody knows the
    papers, and the profile has none. ``total``: all ballots.
    """

    profile: Profile
    void: int
    blank: int = 0
    total: int = 0
    sums: tuple[int, ...] | None = None


def papers_of(reading: Reading, position: int = 0) -> SealedPapers:
    """The papers of the question at ``position`` of a box that was read and is sound and final.

    Raises ContestError if it is not, or if the question is about lists.
    """
    where = Where(str(reading.path))
    if reading.faults:
        fault = reading.faults[0]
        hint = "selectorate box verify lists all that is wrong."
        raise ContestError(f"the box fails the check {fault.check}: {fault.message}", where=where, hint=hint)
    if reading.election is None or reading.opened is None or reading.phase != "final":
        raise ContestError("the box has not been opened yet", where=where, hint="Its phase is shown by box show.")
    if isinstance(reading.election.questions[position], ListsQuestion):
        raise ContestError("this question of the box is about lists, which no contest counts", where=where)
    marked = frozenset(reading.opened.not_canonical.get(position, ()))
    return opened_papers(reading.election, reading.opened.result[position], marked, reading.tallied, position)


def opened_papers(
    election: Election, result: Sequence[Any], marked: AbstractSet[int], ballots: int, position: int = 0
) -> SealedPapers:
    """The papers that a ``result`` says, of a box that was checked. ``marked``: positions that are not canonical.

    ``ballots``: how many were tallied.
    """
    question = election.questions[position]
    if isinstance(question, HomomorphicQuestion):
        return _summed(election, question, result, ballots)
    assert isinstance(question, RankingQuestion)
    found: Counter[tuple[tuple[int, ...], ...]] = Counter()
    void = blank = 0
    for number, vector in enumerate(result):
        if number in marked or void_in(question, vector) is not None:
            void += 1
            found[()] += 1
        else:
            blank += not any(vector)
            found[_ranks(vector)] += 1
    return SealedPapers(_profile(question.answers, found, election.name), void, blank, ballots)


def _summed(election: Election, question: HomomorphicQuestion, sums: Sequence[int], ballots: int) -> SealedPapers:
    """Where one name is chosen, each vote is a paper. Where several are, the papers stay unknown."""
    votes = tuple(sums[1:] if question.blank else sums)
    found: Counter[tuple[tuple[int, ...], ...]] = Counter()
    if question.most > 1:
        blank = sums[0] if question.blank else 0
        return SealedPapers(_profile(question.answers, found, election.name), 0, blank, ballots, votes)
    for name, number in enumerate(votes, 1):
        found[((name,),)] += number
    blank = ballots - sum(votes)
    found[()] += blank
    return SealedPapers(_profile(question.answers, +found, election.name), 0, blank, ballots)


def _profile(names: Sequence[str], found: Counter[tuple[tuple[int, ...], ...]], title: str) -> Profile:
    rows = sorted(found)
    sets = sorted({names for row in rows for names in row if len(names) > 1})
    codes = {names: set_code(index) for index, names in enumerate(sets)}
    papers = np.zeros((len(rows), max(map(len, rows), default=0)), dtype=np.int16)
    for number, row in enumerate(rows):
        papers[number, : len(row)] = [codes.get(names, names[0]) for names in row]
    numbers = np.array([found[row] for row in rows], dtype=np.int64)
    return Profile(tuple(Option(name) for name in names), papers, numbers, sets=tuple(sets), title=title)


def _ranks(vector: Sequence[int]) -> tuple[tuple[int, ...], ...]:
    """The names, numbered from 1, at each rank of a legal paper. Names that are chosen, not ranked, stand at one."""
    ranked = sorted((rank, name) for name, rank in enumerate(vector, 1) if rank)
    return tuple(tuple(name for _, name in at) for _, at in groupby(ranked, key=lambda pair: pair[0]))


def read_sealed(path: Path) -> SealedPapers:
    """The papers of the box whose archive is at ``path``, which must have one question."""
    reading = read_box(path)
    if reading.election is not None and len(reading.election.questions) != 1:
        raise ContestError("a box that is declared from has one question", where=Where(str(path)))
    return papers_of(reading)
