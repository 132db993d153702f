"""What the marks on a paper come to under the rules: one ranking, each candidate once, and why it ends where it does.

Skipped and repeated ranks, several marks at one rank, withdrawn candidates: each is settled by a rule, and counted.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import IntEnum
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from .profile import END, SKIPPED, Marks, Numbers, Profile, merged, set_code


class Ends(IntEnum):
    """Why a ranking ends."""

    CHOICES = 0
    """Nobody further was ranked."""
    OVERVOTE = 1
    """Several stood at one rank, and the rule ends the paper there."""
    SKIPPED = 2
    """Too many ranks in a row were left empty."""
    REPEATED = 3
    """A candidate stood a second time, and the rule ends the paper there."""


@dataclass(frozen=True)
class MarkRules:
    """What becomes of unusual marks.

    ``skipped``: the number of ranks in a row that may be left empty before the paper ends (None: any). ``repeated``: a
    second mark for the same candidate is passed over, or ends the paper. ``overvote``: a rank with several candidates
    ends the paper, is passed over, or ends the paper "if several" of them are in the count when it is reached: then it
    goes to the one who is, and is passed over where none is. ``ranks``: how many ranks count (None: all). A withdrawn
    candidate is passed over.
    """

    skipped: int | None = None
    repeated: Literal["pass over", "end"] = "pass over"
    overvote: Literal["end", "pass over", "end if several"] = "end"
    ranks: int | None = None


@dataclass(frozen=True, eq=False)
class Rankings:
    """Strict rankings, equal ones merged.

    ``papers``: rows of candidates' numbers (from 1), best first, then 0. ``number``: ballots like each. ``ends``: why
    each ends (``Ends``). ``candidates``: how many candidates the numbers go up to. ``valid``: ballots with at least one
    candidate; ``blank``: ballots without any mark; ``spoilt``: ballots with marks of which none counts, and
    ``spoilt_by`` why (``Ends``). ``met``: how many ballots had each kind of unusual mark, whatever became of it.

    ``sets``: only where a rank with several is settled during the count: who stands there. The mark of it in
    ``papers`` is ``set_code`` of the place in ``sets``. ``parts``, ``part_names``: as in the profile.
    """

    papers: Marks = field(repr=False)
    number: Numbers = field(repr=False)
    ends: NDArray[np.int8] = field(repr=False)
    candidates: int
    valid: int
    blank: int
    spoilt: int
    met: dict[str, int]
    sets: tuple[tuple[int, ...], ...] = ()
    spoilt_by: dict[Ends, int] = field(default_factory=dict)
    parts: Marks | None = field(default=None, repr=False)
    part_names: tuple[str, ...] = ()


def rankings(profile: Profile, rules: MarkRules | None = None) -> Rankings:
    """The rankings that the papers of ``profile`` come to under ``rules``.

    Raises InputError for ballots with decimal weights.
    """
    profile.require_whole_ballots()
    rules = rules or MarkRules()
    marks = profile.papers[:, : rules.ranks] if rules.ranks is not None else profile.papers
    size, width = marks.shape
    withdrawn = np.zeros(len(profile.candidates) + 1, dtype=bool)
    for index, option in enumerate(profile.candidates):
        withdrawn[index + 1] = option.withdrawn
    out = np.zeros((size, width), dtype=np.int16)
    length = np.zeros(size, dtype=np.int64)
    ends = np.full(size, Ends.CHOICES, dtype=np.int8)
    seen = np.zeros((size, len(profile.candidates) + 1), dtype=bool)
    open_ = np.ones(size, dtype=bool)
    gap = np.zeros(size, dtype=np.int64)
    met = {name: np.zeros(size, dtype=bool) for name in ("overvote", "skipped", "repeated", "withdrawn")}
    rows = np.arange(size)
    # Who stands at a rank with several, and whether anybody there can still be chosen.
    several = np.zeros((len(profile.sets), len(profile.candidates) + 1), dtype=bool)
    for index, people in enumerate(profile.sets):
        several[index, list(people)] = True
    usable: NDArray[np.bool_] = np.array((several & ~withdrawn).any(axis=1))
    for rank in range(width):
        mark = marks[:, rank].astype(np.int64)
        met["skipped"] |= mark == SKIPPED
        met["overvote"] |= mark < SKIPPED
        gap = np.where(mark == SKIPPED, gap + 1, 0)
        if rules.skipped is not None:
            late = open_ & (gap > rules.skipped)
            ends[late], open_ = Ends.SKIPPED, open_ & ~late
        who = np.where(mark > 0, mark, 0)
        again = seen[rows, who] & (who > 0)
        met["repeated"] |= again
        met["withdrawn"] |= withdrawn[who]
        over = mark < SKIPPED
        code = np.where(over, set_code(0) - mark, 0)
        if rules.repeated == "end":
            stop = np.array(again, dtype=np.bool_)
            if over.any():
                stop[over] |= (seen[over] & several[code[over]]).any(axis=1)
                seen[over] |= several[code[over]]
            stop &= open_
            ends[stop], open_ = Ends.REPEATED, open_ & ~stop
        if rules.overvote == "end":
            stop = open_ & over
            ends[stop], open_ = Ends.OVERVOTE, open_ & ~stop
        take = open_ & (who > 0) & ~again & ~withdrawn[who]
        seen[rows, who] |= who > 0
        if rules.overvote == "end if several" and over.any():
            take |= open_ & over & usable[code]
            who = np.where(over, mark, who)
        out[rows[take], length[take]] = who[take]
        length[take] += 1
    settled = _Settled(out, length > 0, ends, met)
    sets = tuple(tuple(who for who in people if not withdrawn[who]) for people in profile.sets)
    return _gathered(profile, settled, sets if rules.overvote == "end if several" else ())


@dataclass(frozen=True, eq=False)
class _Settled:
    """What each paper came to: its ranking, whether that has anybody, why it ends, and which unusual marks it had."""

    papers: Marks
    valid: NDArray[np.bool_]
    ends: NDArray[np.int8]
    met: dict[str, NDArray[np.bool_]]


def _gathered(profile: Profile, settled: _Settled, sets: tuple[tuple[int, ...], ...]) -> Rankings:
    """The rankings of all papers, equal ones merged, and the papers counted by what became of them."""
    number, valid, ends = profile.number, settled.valid, settled.ends
    size = number.size
    marked = (profile.papers != END).any(axis=1) if profile.papers.shape[1] else np.zeros(size, dtype=bool)
    columns = [settled.papers, ends[:, None].astype(np.int16) + 1]
    if profile.parts is not None:
        columns.append(profile.parts[:, None] + np.int16(1))
    joined = np.concatenate(columns, axis=1)[valid]
    # Reason and part are merged with the ranking: two papers that end for different reasons stay two.
    kept, added = merged(joined, number[valid]) if valid.any() else (joined, number[valid])
    width = kept.shape[1] - len(columns) + 1
    return Rankings(
        papers=np.ascontiguousarray(kept[:, :width]),
        number=added,
        ends=(kept[:, width] - 1).astype(np.int8),
        candidates=len(profile.candidates),
        valid=int(number[valid].sum()),
        blank=int(number[~marked].sum()),
        spoilt=int(number[marked & ~valid].sum()),
        met={name: int(number[rows].sum()) for name, rows in settled.met.items()},
        sets=sets,
        spoilt_by={end: int(number[marked & ~valid & (ends == end)].sum()) for end in Ends},
        parts=np.ascontiguousarray(kept[:, width + 1] - 1) if profile.parts is not None else None,
        part_names=profile.part_names,
    )


def parts_of(papers: Rankings) -> list[Rankings]:
    """The rankings of each part alone, where they come from several; of what was not counted nothing is said."""
    if papers.parts is None:
        return []
    found = []
    for index in range(len(papers.part_names)):
        rows = papers.parts == index
        number = papers.number[rows]
        found.append(
            replace(
                papers,
                papers=papers.papers[rows],
                number=number,
                ends=papers.ends[rows],
                valid=int(number.sum()),
                parts=None,
                part_names=(),
            )
        )
    return found
