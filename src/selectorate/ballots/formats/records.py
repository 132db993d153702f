"""Ballots as a list of JSON objects, as counties and vendors put them on their pages.

    [ { "tracking": "6795-4986-8088", "vote_1": "Jeff Marshall", "vote_2": "Maleah Bliss" }, ... ]

Under ``vote_1``, ``vote_2`` and so on stand the candidates that were approved, in no order: they share the first rank.
Under ``rank_1`` (``choice_1``, ``preference_1``) and so on stand the candidates of each rank.
"""

from __future__ import annotations

import re

from ..profile import MAX_CANDIDATES, SKIPPED, Option, Profile
from .base import MAX_RANKS, Format, Options, Source, Tally, fault, name_of, shown
from .cells import OVERVOTE, UNDERVOTE, WRITE_IN
from .jsons import elements

_KEY = re.compile(r"(vote|approval|approved|rank|choice|preference|pref)[ _-]?([0-9]{1,5})\Z", re.IGNORECASE)
_APPROVAL = ("vote", "approval", "approved")


def read(source: Source, options: Options) -> Profile:
    """The profile that the list holds. Raises InputError, with the line, for what is none."""
    distinct: dict[tuple[tuple[str, ...] | None, ...], tuple[int, int]] = {}
    seen: set[str] = set()
    approval: bool | None = None
    total = 0
    for line, key, record in elements(source):
        if key or not isinstance(record, dict):
            raise fault(source.name, line, "this is not a list of ballots", 'Such as: [{"vote_1": "Ann"}, ...]')
        votes: dict[int, str] = {}
        for name, value in record.items():
            match = _KEY.match(name)
            if match is None or value is None:
                continue
            if not isinstance(value, str):
                raise fault(
                    source.name, line, f"{shown(str(value))} is not a name", key=name_of(name, source.name, line)
                )
            kind = match[1].lower() in _APPROVAL
            if approval is not None and kind != approval:
                raise fault(source.name, line, "both approved candidates and ranks", "One of the two in a file.")
            approval = kind
            place = int(match[2])
            if place in votes or not 1 <= place <= MAX_RANKS:
                raise fault(source.name, line, f"{shown(name)} is there twice, or is no place")
            votes[place] = value.strip()
        ranks: list[tuple[str, ...] | None] = []
        for place in range(1, max(votes, default=0) + 1):
            cell = votes.get(place, "")
            plain = cell.lower()
            ranks.append(
                None if plain in UNDERVOTE else () if plain in OVERVOTE else (name_of(cell, source.name, line),)
            )
        if approval:
            ranks = [tuple(sorted({who for group in ranks for who in group or ()}))] if any(ranks) else []
        seen.update(who for group in ranks for who in group or ())
        if len(seen) > MAX_CANDIDATES:
            raise fault(source.name, line, f"more than {MAX_CANDIDATES} different names")
        known = distinct.get(tuple(ranks), (0, line))
        distinct[tuple(ranks)] = known[0] + 1, known[1]
        total += 1
    if approval is None:
        raise fault(
            source.name,
            1,
            "no ballot names a candidate" if total else "there are no ballots",
            'Keys such as "vote_1" (approved) or "rank_1".',
        )
    names = sorted(seen, key=lambda who: (who.lower() in WRITE_IN, who))
    number_of = {who: index for index, who in enumerate(names, 1)}
    tally = Tally(source.name)
    for paper, (number, line) in distinct.items():
        marks = [SKIPPED if group is None else tally.code([number_of[who] for who in group], line) for group in paper]
        tally.add(marks, number, line)
    return tally.profile([Option(who, write_in=who.lower() in WRITE_IN) for who in names])


def looks(head: bytes, name: str) -> bool:
    """Whether it is a list."""
    return head.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] == b"["


FORMAT = Format(
    id="json-records",
    name="JSON list of ballots",
    extensions=(".json",),
    description='A list of objects with "vote_1" (approved candidates) or "rank_1" (preferences), as in Utah.',
    looks=looks,
    read=read,
)
