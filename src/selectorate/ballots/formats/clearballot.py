"""Clear Ballot's exports: CSV with a column for each candidate at each rank, and 1 where there is a mark.

    RowNumber,BoxID,...,Choice_1_1:Democratic Primary:1:Vote For 1:Michael Bennet:Democratic,...

A heading holds, parted by colons, the column, the contest, the rank, how many may be chosen, the candidate and the
party. A row whose cells of the contest are all empty is a ballot on which the contest did not stand.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from itertools import chain
from typing import IO

from ..profile import END, SKIPPED, Option, Profile
from .base import (
    MAX_RANKS,
    Format,
    Options,
    Source,
    Tally,
    ballots_with,
    cannot_say,
    check_candidates,
    check_one_a_row,
    fault,
    name_of,
    one_line,
    shown,
    title_of,
)
from .cells import WRITE_IN
from .table import rows_of

_HEADING = re.compile(r"Choice_[0-9]+_[0-9]+:")
_BEGINS = re.compile(rb"(?:\xef\xbb\xbf)?[^\n]{0,4000}?Choice_[0-9]{1,9}_[0-9]{1,9}:")


def read(source: Source, options: Options) -> Profile:
    """The profile of one contest. Raises InputError, with the line, for what is no such export."""
    tally = Tally(source.name)
    rows = rows_of(source, chain(source.lines()), ",")
    number, heading = next(rows, (1, []))
    marks, names, contest = _columns(heading, options.contest, source.name, number)
    width = len(heading)
    known: dict[tuple[str, ...], tuple[int, ...] | None] = {}
    for line, cells in rows:
        if not cells:
            continue
        if len(cells) != width:
            raise fault(source.name, line, f"{len(cells)} cells under a heading of {width}", "Is the file complete?")
        of_contest = tuple([cells[index] for index, _, _ in marks])
        if of_contest not in known:
            if len(known) > 100_000:
                known.clear()
            known[of_contest] = _ballot(of_contest, marks, tally, line)
        paper = known[of_contest]
        if paper is not None:
            tally.add(paper, 1, line)
    write_ins = WRITE_IN if options.write_in is None else WRITE_IN | {options.write_in.strip().lower()}
    candidates = [Option(who, party, write_in=who.lower() in write_ins) for who, party in names]
    return tally.profile(candidates, title=contest)


def _columns(
    heading: Sequence[str], wanted: str | None, name: str, line: int
) -> tuple[list[tuple[int, int, int]], list[tuple[str, str | None]], str]:
    """The contest's columns as (index, rank, candidate), its candidates with their parties, and its name."""
    contests: dict[str, list[tuple[int, list[str]]]] = {}
    for index, text in enumerate(heading):
        if _HEADING.match(text):
            parts = text.split(":")
            if len(parts) < 5:
                raise fault(name, line, f"{shown(text)} is not: column, contest, rank, how many, candidate, party")
            contests.setdefault(parts[1].strip(), []).append((index, parts))
    listed = ", ".join(shown(contest) for contest in list(contests)[:20])
    if wanted is not None and wanted not in contests:
        raise fault(name, line, f"there is no contest {shown(wanted)}", f"There are: {listed}.")
    if wanted is None and len(contests) != 1:
        raise fault(name, line, f"{len(contests)} contests", f"Name one: {listed}." if contests else None)
    contest = wanted if wanted is not None else next(iter(contests))
    names: dict[tuple[str, str | None], int] = {}
    marks: list[tuple[int, int, int]] = []
    seen: set[tuple[int, int]] = set()
    for index, parts in contests[contest]:
        rank = int(parts[2]) if parts[2].isascii() and parts[2].isdigit() and len(parts[2]) < 6 else 0
        if not 1 <= rank <= MAX_RANKS:
            raise fault(name, line, f"{shown(parts[2])} is not a rank", key=f"column {index + 1}")
        who = name_of(parts[4], name, line)
        party = parts[5].strip() or None if len(parts) > 5 else None
        candidate = names.setdefault((who, party), len(names) + 1)
        if (rank, candidate) in seen:
            raise fault(name, line, f"two columns for {shown(who)} at rank {rank}", key=f"column {index + 1}")
        seen.add((rank, candidate))
        marks.append((index, rank, candidate))
    check_candidates(len(names), name, line)
    return marks, list(names), title_of(contest, name, line)


def _ballot(
    cells: tuple[str, ...], marks: list[tuple[int, int, int]], tally: Tally, line: int
) -> tuple[int, ...] | None:
    """The marks of a ballot, None if the contest did not stand on it."""
    at: dict[int, list[int]] = {}
    empty = True
    for cell, (index, rank, candidate) in zip(cells, marks, strict=True):
        plain = cell.strip()
        empty &= not plain
        if plain == "1":
            at.setdefault(rank, []).append(candidate)
        elif plain not in ("", "0"):
            raise fault(tally.name, line, f"{shown(cell)} is neither 0 nor 1", key=f"column {index + 1}")
    if empty:
        return None
    return tuple(tally.code(at[rank], line) if rank in at else SKIPPED for rank in range(1, max(at, default=0) + 1))


def write(profile: Profile, file: IO[str], name: str) -> None:
    """Write ``profile`` with a column for each candidate at each rank and a row a ballot; a blank one has 0 in all.

    Raises InputError for what such an export has no room for.
    """
    target = "a Clear Ballot export"
    check_one_a_row(profile, target)
    unknown = ballots_with(profile, {index for index, group in enumerate(profile.sets) if not group})
    if unknown:
        raise cannot_say(profile, target, "that several were marked without saying who", unknown, "csv")
    names = [(one_line(option.name), one_line(option.party or "")) for option in profile.candidates]
    title = one_line(profile.title) or "Contest"
    if ":" in title or any(":" in who + party for who, party in names) or len(set(names)) < len(names):
        raise cannot_say(profile, target, "names with colons, or two that are the same", profile.total, "csv")
    width = max(1, profile.papers.shape[1])
    columns = [(rank, candidate) for rank in range(1, width + 1) for candidate in range(1, len(names) + 1)]
    headings = [
        f"Choice_1_{number}:{title}:{rank}:Vote For 1:{names[candidate - 1][0]}:{names[candidate - 1][1]}"
        for number, (rank, candidate) in enumerate(columns, 1)
    ]
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(["RowNumber", *headings])
    row = 0
    for marks, number in zip(profile.papers.tolist(), profile.number.tolist(), strict=True):
        marked = set()
        for rank, mark in enumerate(marks, 1):
            group = () if mark in (END, SKIPPED) else (mark,) if mark > 0 else profile.sets[-2 - mark]
            marked |= {(rank, candidate) for candidate in group}
        cells = ["1" if column in marked else "0" for column in columns]
        for _ in range(number):
            row += 1
            writer.writerow([row, *cells])


def looks(head: bytes, name: str) -> bool:
    """Whether the heading has such columns."""
    return _BEGINS.match(head) is not None


FORMAT = Format(
    id="clear-ballot",
    name="Clear Ballot CSV",
    extensions=(".csv",),
    description="Clear Ballot's cast vote records: a column for each candidate at each rank.",
    looks=looks,
    read=read,
    write=write,
)
