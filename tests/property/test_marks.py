"""Merging papers, and what their marks come to, beside twins that take paper by paper."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from selectorate.ballots import MarkRules, Option, merged, profile_of, rankings
from selectorate.ballots.marks import Ends

WIDE = 130
"""More candidates than fit in two words of bits."""

# Few different marks, so that papers are often equal for a while; and ones at the edges of bytes and words.
marks = st.sampled_from([1, 2, 3, 15, 16, 63, 64, 65, 127, 128, 129, 130])
rows = st.lists(st.tuples(st.integers(1, 9), st.lists(marks, max_size=20)), max_size=40)


@given(rows, st.sampled_from([np.int16, np.uint8]))
def test_merged_papers_are_those_of_a_dictionary_in_order(papers: list[tuple[int, list[int]]], kind: type) -> None:
    width = max((len(ranks) for _, ranks in papers), default=0)
    table = np.zeros((len(papers), width), dtype=kind)
    found: Counter[tuple[int, ...]] = Counter()
    for row, (number, ranks) in zip(table, papers, strict=True):
        row[: len(ranks)] = ranks
        found[tuple(row.tolist())] += number
    kept, added = merged(table, np.array([number for number, _ in papers], dtype=np.int64))
    length = kept.shape[1]
    assert [(tuple(row), number) for row, number in zip(kept.tolist(), added.tolist(), strict=True)] == [
        (row[:length], number) for row, number in sorted(found.items())
    ]


@pytest.mark.parametrize("kind", [np.int16, np.uint8])
@pytest.mark.parametrize("width", range(1, 18))
def test_papers_that_differ_only_in_their_last_mark_stay_apart(width: int, kind: type) -> None:
    """The last bits of a word are not in what is sorted first: they must be looked at all the same."""
    table = np.ones((5, width), dtype=kind)
    table[:, -1] = [2, 1, 3, 2, 130]
    kept, added = merged(table, np.array([1, 10, 100, 1000, 10000], dtype=np.int64))
    assert kept[:, -1].tolist() == [1, 2, 3, 130]
    assert added.tolist() == [10, 1001, 100, 10000]


def settled(ranks: list[int | None], withdrawn: set[int], rules: MarkRules) -> tuple[tuple[int, ...], Ends]:
    """What one paper without over-votes comes to, mark by mark."""
    kept: list[int] = []
    seen: set[int] = set()
    gap = 0
    while ranks and ranks[-1] is None:
        ranks = ranks[:-1]
    for who in ranks[: rules.ranks]:
        gap = gap + 1 if who is None else 0
        if rules.skipped is not None and gap > rules.skipped:
            return tuple(kept), Ends.SKIPPED
        if who is None:
            continue
        if who in seen and rules.repeated == "end":
            return tuple(kept), Ends.REPEATED
        if who not in seen and who not in withdrawn:
            kept.append(who)
        seen.add(who)
    return tuple(kept), Ends.CHOICES


@given(
    st.lists(st.tuples(st.integers(1, 9), st.lists(st.none() | marks, max_size=9)), max_size=30),
    st.sets(marks, max_size=3),
    st.builds(
        MarkRules,
        skipped=st.none() | st.integers(0, 2),
        repeated=st.sampled_from(["pass over", "end"]),
        ranks=st.none() | st.integers(1, 5),
    ),
)
def test_rankings_are_those_of_each_paper_by_itself(
    papers: list[tuple[int, list[int | None]]], withdrawn: set[int], rules: MarkRules
) -> None:
    people = [Option(f"c{number}", withdrawn=number in withdrawn) for number in range(1, WIDE + 1)]
    wanted: Counter[tuple[tuple[int, ...], Ends]] = Counter()
    spoilt: Counter[Ends] = Counter()
    blank = 0
    for number, ranks in papers:
        kept, end = settled(list(ranks), withdrawn, rules)
        if kept:
            wanted[kept, end] += number
        elif any(who is not None for who in ranks):
            spoilt[end] += number
        else:
            blank += number
    found = rankings(profile_of(people, papers), rules)
    assert {
        (tuple(who for who in row if who), Ends(end)): number
        for row, end, number in zip(found.papers.tolist(), found.ends.tolist(), found.number.tolist(), strict=True)
    } == wanted
    assert len(found.number) == len(wanted)  # equal ones are merged
    assert (found.valid, found.blank, found.spoilt) == (wanted.total(), blank, spoilt.total())
    assert +Counter(found.spoilt_by) == spoilt
