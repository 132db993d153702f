"""The first choices among those who are still in: where every paper at full value lies in a round."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..ballots import Rankings


def first_choices(papers: Rankings, standing: Sequence[int]) -> tuple[dict[int, int], int]:
    """Ballots by the candidate (number from 1) of ``standing`` whom they put first, and how many name none of them."""
    if papers.papers.size == 0:
        return dict.fromkeys(standing, 0), papers.valid
    still = np.zeros(papers.candidates + 1, dtype=bool)
    still[list(standing)] = True
    named = still[papers.papers]
    found = named.any(axis=1)
    first = papers.papers[np.flatnonzero(found), named[found].argmax(axis=1)].astype(np.int64)
    votes = dict.fromkeys(standing, 0)
    for who in standing:
        votes[who] = int(papers.number[found][first == who].sum())
    return votes, int(papers.number[~found].sum())
