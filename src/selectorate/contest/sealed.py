"""What a sealed box gives: a profile to count, made of papers that nobody can connect with a voter.

The box is read and checked whole first; one that fails a check, or is not opened yet, gives nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

import numpy as np

from ..ballots import Profile
from ..ballots.profile import Option, set_code
from ..box.v1.elections import RankingQuestion
from ..box.v1.papers import void_in
from ..box.v1.reading import Reading, read_box
from ..errors import ContestError, Where

__all__ = ["SealedPapers", "papers_of", "read_sealed"]

SUFFIX = ".bel"
"""How the name of a box's archive ends."""


@dataclass(frozen=True, eq=False)
class SealedPapers:
    """The papers of one ranking question of a box.

    ``profile``: all ballots that were opened; a void one stands in it as a blank paper, so that it is counted among
    those returned. ``void``: how many are.
    """

    profile: Profile
    void: int


def papers_of(reading: Reading, position: int = 0) -> SealedPapers:
    """The papers of the ranking question at ``position`` of a box that was read and is sound and final.

    Raises ContestError if it is not, or if the question is not a ranking.
    """
    where = Where(str(reading.path))
    if reading.faults:
        fault = reading.faults[0]
        hint = "selectorate box verify lists all that is wrong."
        raise ContestError(f"the box fails the check {fault.check}: {fault.message}", where=where, hint=hint)
    if reading.election is None or reading.opened is None or reading.phase != "final":
        raise ContestError("the box has not been opened yet", where=where, hint="Its phase is shown by box show.")
    question = reading.election.questions[position]
    if not isinstance(question, RankingQuestion):
        raise ContestError("this question of the box is summed, not ranked: it has no papers", where=where)
    marked = set(reading.opened.not_canonical[position])
    found: Counter[tuple[tuple[int, ...], ...]] = Counter()
    void = 0
    for number, vector in enumerate(reading.opened.result[position]):
        if number in marked or void_in(question, vector) is not None:
            void += 1
            found[()] += 1
        else:
            found[_ranks(vector)] += 1
    rows = sorted(found)
    sets = sorted({names for row in rows for names in row if len(names) > 1})
    codes = {names: set_code(index) for index, names in enumerate(sets)}
    papers = np.zeros((len(rows), max(map(len, rows), default=0)), dtype=np.int16)
    for number, row in enumerate(rows):
        papers[number, : len(row)] = [codes.get(names, names[0]) for names in row]
    numbers = np.array([found[row] for row in rows], dtype=np.int64)
    options = tuple(Option(name) for name in question.answers)
    return SealedPapers(Profile(options, papers, numbers, sets=tuple(sets), title=reading.election.name), void)


def _ranks(vector: Sequence[int]) -> tuple[tuple[int, ...], ...]:
    """The names, numbered from 1, at each rank of a legal paper. Names that are chosen, not ranked, stand at one."""
    ranked = sorted((rank, name) for name, rank in enumerate(vector, 1) if rank)
    return tuple(tuple(name for _, name in at) for _, at in groupby(ranked, key=lambda pair: pair[0]))


def read_sealed(path: Path) -> SealedPapers:
    """The papers of the box whose archive is at ``path``, which must have one question, a ranking."""
    reading = read_box(path)
    if reading.election is not None and len(reading.election.questions) != 1:
        raise ContestError("a box that is declared from has one question", where=Where(str(path)))
    return papers_of(reading)
