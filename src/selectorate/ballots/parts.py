"""The ballots of several files (wards, segments) as one profile that remembers where each came from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from ..errors import InputError
from .profile import SKIPPED, Profile, set_code


def in_parts(profiles: Mapping[str, Profile]) -> Profile:
    """The ballots of ``profiles`` as one, each of them a part of it by its name.

    Title and places are those of the first that says them. Raises InputError if the candidates are not the same in the
    same order, if places differ, or if weights are in decimals.
    """
    named = list(profiles.items())
    first_name, first = named[0]
    for name, profile in named:
        profile.require_whole_ballots()
        if profile.candidates != first.candidates:
            raise InputError(
                f'"{name}" and "{first_name}" cannot be counted together: {_difference(profile, first)}',
                hint="The same candidates have to stand in the same order.",
            )
    seats = {profile.seats for _, profile in named if profile.seats is not None}
    if len(seats) > 1:
        raise InputError(f"the files say different numbers of places: {', '.join(map(str, sorted(seats)))}")
    sets = sorted({group for _, profile in named for group in profile.sets})
    code = {group: set_code(index) for index, group in enumerate(sets)}
    width = max(profile.papers.shape[1] for _, profile in named)
    stacked, numbers, parts = [], [], []
    for index, (_, profile) in enumerate(named):
        papers = np.zeros((profile.papers.shape[0], width), dtype=np.int16)
        papers[:, : profile.papers.shape[1]] = profile.papers
        if profile.sets:
            recoded = np.array([code[group] for group in profile.sets], dtype=np.int16)
            over = papers < SKIPPED
            papers[over] = recoded[set_code(0) - papers[over].astype(np.int64)]
        stacked.append(papers)
        numbers.append(profile.number)
        parts.append(np.full(papers.shape[0], index, dtype=np.int16))
    return replace(
        first,
        papers=np.concatenate(stacked),
        number=np.concatenate(numbers),
        sets=tuple(sets),
        seats=seats.pop() if seats else None,
        title=next((profile.title for _, profile in named if profile.title), ""),
        parts=np.concatenate(parts),
        part_names=tuple(name for name, _ in named),
    )


def part(profile: Profile, index: int) -> Profile:
    """One part of a profile that has some, alone."""
    assert profile.parts is not None
    rows = profile.parts == index
    return replace(profile, papers=profile.papers[rows], number=profile.number[rows], parts=None, part_names=())


def _difference(one: Profile, other: Profile) -> str:
    if len(one.candidates) != len(other.candidates):
        return f"they have {len(one.candidates)} and {len(other.candidates)} candidates"
    index = next(i for i, option in enumerate(one.candidates) if option != other.candidates[i])
    mine, theirs = one.candidates[index], other.candidates[index]
    if mine.name == theirs.name:
        return f"what they say of {mine.name} differs (party, withdrawn, written in)"
    return f'candidate {index + 1} is "{mine.name}" and "{theirs.name}"'
