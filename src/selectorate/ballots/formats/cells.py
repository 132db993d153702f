"""Tables of ballots: a column a rank with a name in the cell, or a column a candidate with the rank in the cell.

Shared by the formats that are tables. Cells are merged as text first, so that memory follows the distinct rows.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from ..profile import MAX_CANDIDATES, SKIPPED, Option, Profile
from .base import MAX_RANKS, Options, Tally, fault, lookup, name_of, shown, weight_of, whole
from .segments import Segments, segment_column

OVERVOTE = frozenset({"overvote", "over vote", "over-vote", "overvoted"})
UNDERVOTE = frozenset({"", "undervote", "under vote", "under-vote", "skipped", "skip", "-"})
WRITE_IN = frozenset({"uwi", "write-in", "write in", "writein", "undeclared write-ins", "undeclared write-in"})
SEVERAL = "|"
"""Between candidates that stand at one rank, in one cell."""

_ORDINALS = "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth"
_FIRST = {word: rank for rank, word in enumerate(_ORDINALS, 1)}
_WORDS = r"(?:ranks?|ranking|choices?|pref(?:erence)?s?|votes?)"
_RANK_HEADINGS = (
    re.compile(rf"{_WORDS}[ _.#-]*([0-9]{{1,4}})\b", re.IGNORECASE),
    re.compile(rf"([0-9]{{1,4}})(?:st|nd|rd|th)?(?:[ _.-]*{_WORDS}\b.*)?\Z", re.IGNORECASE),
    re.compile(rf".*\b{_WORDS}[ _.#-]*([0-9]{{1,4}})\b", re.IGNORECASE),
)
_RANK_WORD = re.compile(rf"({'|'.join(_FIRST)})(?:[ _.-]*{_WORDS}\b.*)?\Z", re.IGNORECASE)
_COUNT = re.compile(r"(?:ballots|count|number|number of ballots|weight|voters)\Z", re.IGNORECASE)
_ASIDE = re.compile(
    r"(?:.*[ _-])?id|row ?number|ballot.*|cvr.*|cast vote record|precinct.*|batch.*|box.*|ward|district|timestamp"
    r"|date|time|tabulator.*|tracking|.*style.*|voter",
    re.IGNORECASE,
)

Row = tuple[int, Sequence[str]]
"""A line's number, and its cells."""


def rank_heading(text: str) -> int | None:
    """The rank that a heading such as "rank 1", "2nd choice", "For Mayor Choice 3 (45)" or "4" stands for."""
    plain = text.strip()
    if len(plain) > 300:
        return None
    for pattern in _RANK_HEADINGS:
        match = pattern.match(plain)
        if match is not None:
            return int(match[1])
    word = _RANK_WORD.match(plain)
    return _FIRST[word[1].lower()] if word is not None else None


@dataclass(frozen=True)
class Columns:
    """Which columns of a table are what, counted from 0. ``ranked``: a column a rank, else a column a candidate.

    ``segment``: the one that says the segment of each ballot, if it is to be told.
    """

    ranked: bool
    votes: tuple[int, ...]
    count: int | None = None
    segment: int | None = None

    def segments(self, heading: str, name: str) -> Segments | None:
        """What numbers the segments, if they are to be told."""
        return None if self.segment is None else Segments(name, heading)


def columns_of(heading: Sequence[str], options: Options, name: str, line: int, ranked: bool | None = None) -> Columns:
    """What the columns under ``heading`` are; ``ranked``: known beforehand to be ranks, or to be candidates.

    Raises InputError if none is a rank or a candidate, and if that of segments is not there.
    """
    segment = segment_column(heading, options, name, line)
    if segment is None:
        return _votes(heading, options, name, line, ranked)
    if _COUNT.match(heading[segment].strip()) or rank_heading(heading[segment]) is not None:
        raise fault(
            name, line, f"the column {shown(heading[segment])} is one of votes", "Name the column with the segments."
        )
    found = _votes([*heading[:segment], "", *heading[segment + 1 :]], options, name, line, ranked)
    return replace(found, votes=tuple(index for index in found.votes if index != segment), segment=segment)


def _votes(heading: Sequence[str], options: Options, name: str, line: int, ranked: bool | None) -> Columns:
    """The columns with votes, and that with numbers of ballots."""
    if options.first_column is not None:
        first = options.first_column - 1
        last = len(heading) if options.ranks is None else min(len(heading), first + options.ranks)
        votes = tuple(range(first, last))
        if not votes:
            raise fault(name, line, f"there is no column {options.first_column}", f"The heading has {len(heading)}.")
        if ranked is None:
            ranked = any(rank_heading(heading[index]) is not None for index in votes)
        return Columns(ranked, votes)
    count = next((index for index, text in enumerate(heading) if _COUNT.match(text.strip())), None)
    ranks = [(rank, index) for index, text in enumerate(heading) if index != count and (rank := rank_heading(text))]
    if ranks and ranked is not False:
        order = [rank for rank, _ in ranks]
        if len(set(order)) != len(order):
            twice = next(rank for rank in order if order.count(rank) > 1)
            raise fault(name, line, f"two columns for rank {twice}", "Name the contest, or split the file.")
        return Columns(True, tuple(index for _, index in sorted(ranks)), count)
    votes = tuple(
        index
        for index, text in enumerate(heading)
        if index != count and text.strip() and not _ASIDE.fullmatch(text.strip())
    )
    if not votes:
        raise fault(
            name,
            line,
            "no column is a rank or a candidate",
            "Headings such as: rank 1, rank 2; or the candidates' names.",
        )
    return Columns(False, votes, count)


def taken(
    rows: Iterable[Row], columns: Columns, width: int, tally: Tally
) -> Iterator[tuple[int, tuple[str, ...], int]]:
    """Of each row its line, the cells with votes (ahead of them the segment's, if it is told), and how many ballots."""
    wanted = columns.votes if columns.segment is None else (columns.segment, *columns.votes)
    for line, cells in rows:
        if not cells:
            continue
        if len(cells) > width and any(cell.strip() for cell in cells[width:]):
            raise fault(
                tally.name, line, f"{len(cells)} cells under a heading of {width}", "Is a name with a comma quoted?"
            )
        number = tally.scale
        if columns.count is not None:
            text = cells[columns.count].strip() if columns.count < len(cells) else ""
            weight = weight_of(text, tally, line)
            if weight is None:
                raise fault(tally.name, line, f"{shown(text)} is not a number of ballots")
            number = weight
        have = len(cells)
        yield line, tuple([cells[index].strip() if index < have else "" for index in wanted]), number


def by_rank(
    rows: Iterable[Row],
    columns: Columns,
    width: int,
    options: Options,
    tally: Tally,
    declared: Sequence[Option] | None = None,
    title: str = "",
    seats: int | None = None,
) -> Profile:
    """The profile of a table with a column a rank. Candidates are those ``declared``, or else all names, sorted."""
    label = _labels(options)
    segments = columns.segments(options.segments or "", tally.name)
    begins = 0 if segments is None else 1
    distinct: dict[tuple[str, ...], tuple[int, int]] = {}
    scale = tally.scale
    seen: set[str] = set()
    for line, cells, number in taken(rows, columns, width, tally):
        if tally.scale != scale:
            times, scale = tally.scale // scale, tally.scale
            distinct = {key: (given * times, where) for key, (given, where) in distinct.items()}
        known = distinct.get(cells)
        if known is None:
            distinct[cells] = number, line
            for cell in cells[begins:]:
                if label(cell) is None:
                    seen.update(_split(cell, options, tally.name, line))
            if declared is None and len(seen) > MAX_CANDIDATES:
                raise fault(
                    tally.name, line, f"more than {MAX_CANDIDATES} different names", "Is this a column of ranks?"
                )
        else:
            distinct[cells] = known[0] + number, known[1]
    if declared is None:
        uninvited = _is_write_in(options)
        candidates = [
            Option(who, write_in=uninvited(who)) for who in sorted(seen, key=lambda who: (uninvited(who), who))
        ]
        number_of = {option.name: index for index, option in enumerate(candidates, 1)}
    else:
        candidates = list(declared)
        number_of = dict(lookup([option.name for option in candidates]))
        number_of |= {f"#{index}": index for index in range(1, len(candidates) + 1)}
    for cells, (number, line) in distinct.items():
        marks = [segments.number(cells[0], line)] if segments is not None else []
        for cell in cells[begins:]:
            mark = label(cell)
            if mark is None:
                group = []
                for who in _split(cell, options, tally.name, line):
                    if who not in number_of:
                        raise fault(tally.name, line, f"{shown(who)} is not a candidate", "Is the name spelt as above?")
                    group.append(number_of[who])
                mark = tally.code(group, line)
            marks.append(tally.code((), line) if mark == _OVER else mark)
        tally.add(marks, number, line)
    profile = tally.profile(candidates, seats=seats, title=title)
    return profile if segments is None else segments.apart(profile)


_OVER = 0
"""What ``_labels`` gives for a cell that only says that several were marked."""


def _labels(options: Options) -> Callable[[str], int | None]:
    """What a cell says that names nobody: a skipped rank, an over-vote; None if it names somebody."""
    overvote = _told(options.overvote, OVERVOTE)
    skipped = _told(options.skipped, UNDERVOTE) | {""}
    if options.blank_is_write_in:
        skipped = skipped - {""}

    def label(cell: str) -> int | None:
        plain = cell.strip().lower()
        return SKIPPED if plain in skipped else _OVER if plain in overvote else None

    return label


def _told(label: str | None, usual: frozenset[str]) -> frozenset[str]:
    """The label that was told, as it is compared; the ``usual`` ones if nothing was."""
    return usual if label is None else frozenset({label.strip().lower()} - {""})


def _is_write_in(options: Options) -> Callable[[str], bool]:
    labels = _told(options.write_in, WRITE_IN)
    return lambda who: who.lower() in labels


def _split(cell: str, options: Options, name: str, line: int) -> list[str]:
    """The names in a cell."""
    if not cell and options.blank_is_write_in:
        return [options.write_in or "Write-in"]
    delimiter = SEVERAL if options.delimiter is None else options.delimiter
    parts = cell.split(delimiter) if delimiter and delimiter in cell else [cell]
    return [name_of(part, name, line) for part in parts]


def by_candidate(
    rows: Iterable[Row], columns: Columns, heading: Sequence[str], options: Options, tally: Tally, line: int
) -> Profile:
    """The profile of a table with a column a candidate: cells are ranks, empty or 0 where there is none."""
    uninvited = _is_write_in(options)
    segments = columns.segments(options.segments or "", tally.name)
    candidates = []
    for index in columns.votes:
        who = name_of(heading[index], tally.name, line)
        candidates.append(Option(who, write_in=uninvited(who)))
    known: dict[tuple[str, ...], tuple[int, ...]] = {}
    for line, cells, number in taken(rows, columns, len(heading), tally):
        marks = known.get(cells)
        if marks is None:
            if segments is None:
                marks = _ranks(cells, candidates, tally, line)
            else:
                marks = (segments.number(cells[0], line), *_ranks(cells[1:], candidates, tally, line))
            if len(known) < 200_000:
                known[cells] = marks
        tally.add(marks, number, line)
    profile = tally.profile(candidates)
    return profile if segments is None else segments.apart(profile)


def _ranks(cells: Sequence[str], candidates: Sequence[Option], tally: Tally, line: int) -> tuple[int, ...]:
    """The marks of a row of ranks."""
    at: dict[int, list[int]] = {}
    for index, cell in enumerate(cells):
        if not cell or cell == "-":
            continue
        rank = whole(cell.removesuffix(".0"))
        if rank is None or rank > MAX_RANKS:
            raise fault(
                tally.name,
                line,
                f"{shown(cell)} is not a rank",
                "A number from 1, or nothing; a column that is no candidate must be left out.",
                key=f"column {shown(candidates[index].name)}",
            )
        if rank:
            at.setdefault(rank, []).append(index + 1)
    return tuple(tally.code(at[rank], line) if rank in at else SKIPPED for rank in range(1, max(at, default=0) + 1))
