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
    cut = rules.ranks is not None and rules.ranks < profile.papers.shape[1]
    papers, number = profile.papers[:, : rules.ranks] if cut else profile.papers, profile.number
    withdrawn = np.array([False, *(option.withdrawn for option in profile.candidates)])
    ends = np.full(papers.shape[0], Ends.CHOICES, dtype=np.int8)
    met = dict.fromkeys(("overvote", "skipped", "repeated", "withdrawn"), 0)
    # Almost all papers are strict rankings as they stand; only the others are looked at rank by rank.
    odd = _unusual(papers, withdrawn).nonzero()[0]
    if odd.size:
        papers = np.array(papers)
        papers[odd], ends[odd], found = _settled(papers[odd], profile.sets, withdrawn, rules)
        met = {name: int(number[odd[rows]].sum()) for name, rows in found.items()}
    # What is left at the end of a row is END, so that a row without a first mark has none.
    marked, valid = (marks[:, :1].any(axis=1) for marks in (profile.papers, papers))
    spoilt = marked & ~valid
    kept, added, why, parts = papers, number, ends, profile.parts
    if not valid.all():
        kept, added, why = papers[valid], number[valid], ends[valid]
        parts = parts[valid] if parts is not None else None
    if (odd.size or cut) and added.size:
        kept, added, why, parts = _merged_for_good(kept, added, why, parts)
    return Rankings(
        papers=kept,
        number=added,
        ends=why,
        candidates=len(profile.candidates),
        valid=int(added.sum()),
        blank=int(number[~marked].sum()),
        spoilt=int(number[spoilt].sum()),
        met=met,
        sets=tuple(tuple(who for who in people if not withdrawn[who]) for people in profile.sets)
        if rules.overvote == "end if several"
        else (),
        spoilt_by={end: int(number[spoilt][ends[spoilt] == end].sum()) if odd.size else 0 for end in Ends},
        parts=parts,
        part_names=profile.part_names,
    )


def _merged_for_good(
    papers: Marks, number: Numbers, ends: NDArray[np.int8], parts: Marks | None
) -> tuple[Marks, Numbers, NDArray[np.int8], Marks | None]:
    """Equal rows merged. Reason and part are merged with the ranking: two that end for different reasons stay two."""
    columns = [papers, ends[:, None].astype(np.int16) + 1]
    if parts is not None:
        columns.append(parts[:, None] + np.int16(1))
    both, added = merged(np.concatenate(columns, axis=1), number)
    width = both.shape[1] - len(columns) + 1
    kept, why = np.ascontiguousarray(both[:, :width]), (both[:, width] - 1).astype(np.int8)
    return kept, added, why, np.ascontiguousarray(both[:, width + 1] - 1) if parts is not None else None


_BLOCK = 1 << 13
"""Rows that are looked at together: with what is made of them, they fit in the caches."""


def _unusual(papers: Marks, withdrawn: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Which rows are no strict rankings of candidates who stand: all others count as they are.

    A row is one if it has no mark but candidates', none of somebody who has withdrawn, and as many different
    candidates as marks. These are told by bits, a word for 64 numbers at a time.
    """
    size = papers.shape[0]
    unusual = np.zeros(size, dtype=bool)
    if papers.size == 0:
        return unusual
    negative = bool(papers.min() < 0)
    bits = np.zeros((-(-withdrawn.size // 64), withdrawn.size), dtype=np.uint64)
    people = np.arange(1, withdrawn.size)
    bits[people // 64, people] = np.uint64(1) << (people % 64).astype(np.uint64)
    bits[:, withdrawn] = 0  # one who has withdrawn is no different candidate, and the row comes out one short
    for start in range(0, size, _BLOCK):
        block = np.ascontiguousarray(papers[start : start + _BLOCK].T)  # rank by rank: longer rows are quicker
        if negative:
            block = np.maximum(block, END)
        different = np.zeros(block.shape[1], dtype=np.int16)
        for word in bits:
            different += np.bitwise_count(np.bitwise_or.reduce(word.take(block), axis=0))
        unusual[start : start + _BLOCK] = different != np.add.reduce(block != END, axis=0, dtype=np.int16)
    if negative:
        unusual |= (papers < END).any(axis=1)
    return unusual


def _settled(
    marks: Marks, sets: tuple[tuple[int, ...], ...], withdrawn: NDArray[np.bool_], rules: MarkRules
) -> tuple[Marks, NDArray[np.int8], dict[str, NDArray[np.bool_]]]:
    """What ``marks`` come to under ``rules``: rankings, why each ends, and which rows had each kind of unusual mark."""
    size, width = marks.shape
    out = np.zeros((size, width), dtype=np.int16)
    length = np.zeros(size, dtype=np.int64)
    ends = np.full(size, Ends.CHOICES, dtype=np.int8)
    seen = np.zeros((size, withdrawn.size), dtype=bool)
    open_ = np.ones(size, dtype=bool)
    gap = np.zeros(size, dtype=np.int64)
    met = {name: np.zeros(size, dtype=bool) for name in ("overvote", "skipped", "repeated", "withdrawn")}
    rows = np.arange(size)
    # Who stands at a rank with several, and whether anybody there can still be chosen.
    several = np.zeros((len(sets), withdrawn.size), dtype=bool)
    for index, people in enumerate(sets):
        several[index, list(people)] = True
    usable: NDArray[np.bool_] = np.array((several & ~withdrawn).any(axis=1))
    # Over-votes of which it is not known between whom are one name, nobody's: a second one is a repetition.
    several[:, 0] = ~several.any(axis=1)
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
    return out, ends, met


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
