"""Rank matrices (.dat), as Denis Mollison publishes the ballots of Scottish councils.

    10 Morningside              the ward
    4 7 1107 13547              seats, candidates, lines of ballots, and a number that is not used here
    Mairianna CLYDE, SNP        the candidates, with their parties
    ...
    2 3 1 0 0 0 0 2             a number of ballots, then the rank that each candidate was given, 0 for none

A ward with no ballots was not contested. Two candidates at one rank stand there together; a rank given to nobody was
skipped.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import IO

from ..profile import END, SKIPPED, Option, Profile
from .base import (
    MAX_RANKS,
    Format,
    Options,
    Source,
    Tally,
    cannot_say,
    check_candidates,
    fault,
    name_of,
    number_text,
    one_line,
    seats_of,
    shown,
    title_of,
    weight_of,
    whole,
)

_BOTH = re.compile(r'"([^"]*)"\s*"([^"]*)"\s*(?:,\s*)?\Z')


def read(source: Source, options: Options) -> Profile:
    """The profile that a rank matrix holds. Raises InputError, with the line, for what is none."""
    tally = Tally(source.name)
    lines = source.lines()
    title = ""
    for number, text in lines:
        if text.strip():
            title = title_of(text, source.name, number)
        break
    seats, count, expected, number = _heading(lines, source.name)
    candidates: list[Option] = []
    while len(candidates) < count:
        found_line = next(lines, None)
        if found_line is None:
            raise fault(source.name, number, f"{count} candidates, but {len(candidates)} names")
        number, text = found_line
        if text.strip():
            candidates.append(_option(text, source.name, number))
    known: dict[str, tuple[tuple[int, ...], int]] = {}
    found = 0
    for number, text in lines:
        if not text.strip():
            continue
        found += 1
        if text not in known or tally.scale != 1:
            known[text] = _ballot(text, count, tally, number)
        tally.add(*known[text], number)
        if len(known) > 100_000:
            known.clear()
    if expected is not None and found != expected:
        raise fault(
            source.name, number, f"{found} lines of ballots, where line 2 says {expected}", "Is the file complete?"
        )
    return tally.profile(candidates, seats=seats, title=title)


def _heading(lines: Iterator[tuple[int, str]], name: str) -> tuple[int, int, int | None, int]:
    """Seats, candidates, lines of ballots if they are given, and the line where that stands."""
    number = 1
    for number, text in lines:
        if not text.strip():
            continue
        parts = text.split()
        if not 2 <= len(parts) <= 4 or any(whole(part) is None for part in parts):
            raise fault(
                name,
                number,
                f"{shown(text.strip())} is not: seats, candidates, lines of ballots, electorate",
                "The second line of a rank matrix is these numbers, such as: 4 7 1107 13547",
            )
        seats = seats_of(parts[0], name, number)
        count = check_candidates(whole(parts[1]) or 0, name, number)
        return seats, count, whole(parts[2]) if len(parts) > 2 else None, number
    raise fault(name, number, "the file ends before the numbers of seats and of candidates")


def _option(text: str, name: str, line: int) -> Option:
    """A candidate: the name, a comma, the party; or both in quotes."""
    both = _BOTH.match(text.strip())
    if both is not None:
        return Option(name_of(both[1], name, line), both[2].strip() or None)
    who, comma, party = text.rpartition(",")
    if not comma:
        return Option(name_of(text, name, line))
    return Option(name_of(who, name, line), one_line(party) or None)


def _ballot(text: str, count: int, tally: Tally, line: int) -> tuple[tuple[int, ...], int]:
    """The marks of a line, and the number of ballots."""
    first, *ranks = text.split()
    weight = weight_of(first, tally, line)
    if weight is None or weight == 0:
        raise fault(tally.name, line, f"{shown(first)} is not a number of ballots", "It must be above 0.")
    if len(ranks) != count:
        raise fault(tally.name, line, f"{len(ranks)} ranks for {count} candidates", "One for each, 0 for none.")
    at: dict[int, list[int]] = {}
    for candidate, text_of_rank in enumerate(ranks, 1):
        rank = whole(text_of_rank)
        if rank is None or rank > MAX_RANKS:
            raise fault(tally.name, line, f"{shown(text_of_rank)} is not a rank", f"From 1 to {count}, or 0 for none.")
        if rank:
            at.setdefault(rank, []).append(candidate)
    return tuple(
        tally.code(at[rank], line) if rank in at else SKIPPED for rank in range(1, max(at, default=0) + 1)
    ), weight


def ranks_of(profile: Profile, target: str, instead: str) -> list[list[int]]:
    """The rank that each distinct paper gives each candidate, 0 for none.

    Raises InputError where a candidate stands at two ranks, or several stand at one and are not known.
    """
    rows: list[list[int]] = []
    for row, number in zip(profile.papers.tolist(), profile.number.tolist(), strict=True):
        given = [0] * len(profile.candidates)
        for rank, mark in enumerate(row, 1):
            if mark == END:
                break
            if mark == SKIPPED:
                continue
            group = (mark,) if mark > 0 else profile.sets[-2 - mark]
            if not group:
                raise cannot_say(profile, target, "that several were marked without saying who", number, instead)
            for candidate in group:
                if given[candidate - 1]:
                    raise cannot_say(profile, target, "that a candidate has two ranks", number, instead)
                given[candidate - 1] = rank
        rows.append(given)
    return rows


def write(profile: Profile, file: IO[str], name: str) -> None:
    """Write ``profile``; the electorate, which it does not know, as 0. Write-ins are left out."""
    ranks = ranks_of(profile, "a rank matrix", "blt")
    file.write(f"{one_line(profile.title)}\n")
    file.write(f"{profile.seats or 1} {len(profile.candidates)} {len(ranks)} 0\n")
    for option in profile.candidates:
        who, party = one_line(option.name), one_line(option.party or "")
        if "," in party and '"' not in who + party:
            file.write(f'"{who}" "{party}"\n')
        elif party or "," in who or _BOTH.match(who) is not None:
            file.write(f"{who}, {party.replace(',', ' ')}".rstrip() + "\n")
        else:
            file.write(f"{who}\n")
    for given, number in zip(ranks, profile.number.tolist(), strict=True):
        file.write(" ".join([number_text(number, profile.scale), *map(str, given)]) + "\n")


_SECOND = re.compile(rb"[^\n]*\n\s*[0-9]+[ \t]+[0-9]+[ \t]+[0-9]+(?:[ \t]+[0-9]+)?[ \t\r]*(?:\n|\Z)")
_HILL = re.compile(rb"\s*[0-9]+[ \t,]+[0-9]+[ \t,]*\n(?:\s*(?:[0-9]+[ \t,]+)*0[ \t,]*\n){2}")
"""Two numbers, and two lines that 0 ends: a BLT file. Hill's own were called .dat too."""
_TWO = re.compile(rb"\s*[0-9]+[ \t]+[0-9]+[ \t\r]*\n")


def looks(head: bytes, name: str) -> bool:
    """Whether the second line is three or four numbers, and nothing speaks for a BLT file."""
    head = head.removeprefix(b"\xef\xbb\xbf")
    return (_SECOND.match(head) is not None and _HILL.match(head) is None) and (
        name.lower().endswith(".dat") or (not name.lower().endswith(".blt") and _TWO.match(head) is None)
    )


FORMAT = Format(
    id="dat",
    name="Rank matrix",
    extensions=(".dat",),
    description="The rank that each candidate was given, a line a ballot: Denis Mollison's Scottish files.",
    looks=looks,
    read=read,
    write=write,
    by_name=True,
)
