"""What every format stands on: where ballots are read from, the papers as they add up, limits, and how a fault is told.

Files come from strangers. Every limit has a name and its reason; whatever goes beyond one, or cannot be read, ends in
one ``InputError`` that says the file, the line, what is wrong and what would be right.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import chain
from math import gcd, lcm
from pathlib import Path
from typing import IO, BinaryIO

import numpy as np
from numpy.typing import NDArray

from ...documents import not_a_file
from ...errors import InputError, Where
from ..profile import MAX_CANDIDATES, SKIPPED, Marks, Numbers, Option, Profile, merged, set_code

MAX_LINE = 4 << 20
"""Bytes in a line. A heading of 500 candidates at ten ranks has half a megabyte; a line without an end is not read."""
MAX_PIPED = 1 << 30
"""Bytes that are taken from a pipe, which has no size that could be looked at first."""
MAX_RANKS = 10_000
"""Ranks on a paper: as many as there may be candidates."""
MAX_MARKS = 300_000_000
"""Distinct papers times ranks: 600 MB. Three million distinct papers of a hundred ranks are below it."""
MAX_SETS = 32_000
"""Different groups of candidates at one rank: what a mark of 16 bits can tell apart."""
MAX_BALLOTS = 10**12
"""Ballots in a file: a hundred times mankind. Sums of votes stay exact in 64 bits."""
MAX_ROWS = 10**8
"""Ballots that are written one a row. A merged file says a number in a few digits; written out, that fills a disk."""
MAX_SCALE = 10**6
"""Decimals of a weight: six."""
MAX_NAME = 500
"""Characters of a name or a title, so that a broken file does not fill a page."""
MAX_SEATS = 10_000
"""Places to fill: no more than candidates."""

_KEEP = 1 << 24
"""Bytes of an array that is made and dropped, untouched, before the pieces of a file are read. From then on glibc's
allocator keeps what is freed, up to twice as much, where it had given it back after each piece and asked for it anew:
that took as long as reading a million lines does. Other allocators do not mind."""
_PENDING = 200_000
"""Papers that are kept as tuples before they are packed into rows."""


# --- faults -----------------------------------------------------------------------------------------------


def fault(name: str, line: int | None, message: str, hint: str | None = None, key: str | None = None) -> InputError:
    """The error for what is wrong in ``line`` of the file ``name``."""
    return InputError(message, where=Where(name, line, key), hint=hint)


def shown(text: str, length: int = 40) -> str:
    """``text`` from a file as it may stand in a message: printable, quoted, not long."""
    plain = "".join(letter if letter.isprintable() else "\ufffd" for letter in text)
    return f'"{plain[:length]}..."' if len(plain) > length else f'"{plain}"'


def decoded(raw: bytes) -> str:
    """The text of a line: UTF-8, or else what Windows wrote before it (each line by itself)."""
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("cp1252", errors="replace").replace("\ufffd", "?")


def name_of(text: str, name: str, line: int | None, what: str = "the name of a candidate") -> str:
    """A name or title as it is kept: no control characters, no blanks around it, not empty, not endless."""
    plain = one_line(text)
    if not plain:
        raise fault(name, line, f"{what} is empty")
    if len(plain) > MAX_NAME:
        raise fault(name, line, f"{what} has {len(plain)} characters: {shown(plain)}", f"At most {MAX_NAME}.")
    return plain


def title_of(text: str, name: str, line: int | None) -> str:
    """A title as it is kept; it may be empty."""
    return name_of(text, name, line, "the title") if text.strip() else ""


def one_line(text: str) -> str:
    """A name or title as it may stand in a line of a file."""
    if text.isprintable():
        return text.strip()
    return "".join(letter if letter.isprintable() else " " for letter in text).strip()


_WHOLE = re.compile(r"[0-9]{1,18}\Z")


def whole(text: str) -> int | None:
    """The number that ``text`` writes in plain digits, or None."""
    return int(text) if _WHOLE.match(text) else None


def seats_of(text: str, name: str, line: int | None) -> int:
    """A number of seats: at least one."""
    seats = whole(text)
    if seats is None or not 1 <= seats <= MAX_SEATS:
        raise fault(name, line, f"{shown(text)} is not a number of seats", f"From 1 to {MAX_SEATS}.")
    return seats


def check_candidates(count: int, name: str, line: int | None) -> int:
    """``count``, if so many candidates can be."""
    if count < 1:
        raise fault(name, line, "there are no candidates", "At least one is needed to count anything.")
    if count > MAX_CANDIDATES:
        raise fault(name, line, f"{count} candidates", f"At most {MAX_CANDIDATES}: no paper has room for more.")
    return count


# --- where ballots are read from --------------------------------------------------------------------------


def _piped(path: Path, name: str) -> bytes | None:
    """What comes through a pipe that this program was started with, which can be read only once; None for a file."""
    try:
        if not path.exists() or path.is_file() or path.is_dir() or not_a_file(path) is not None:
            return None
        with path.open("rb") as file:
            data = file.read(MAX_PIPED + 1)
    except OSError:
        return None  # opening it again says what is wrong
    if len(data) > MAX_PIPED:
        raise fault(name, None, f"more than {MAX_PIPED:,} bytes come through this pipe", "Write them to a file first.")
    return data


@dataclass(frozen=True)
class Source:
    """A file of ballots: its name for messages, and its bytes. ``path`` is None for what is not on a disk."""

    name: str
    path: Path | None
    data: bytes | None = None

    @classmethod
    def of(cls, where: str | Path | bytes | BinaryIO, name: str | None = None) -> Source:
        """The source for a path, for bytes, or for an open binary file (which is read to its end)."""
        if isinstance(where, str | Path):
            return cls(name or str(where), Path(where), _piped(Path(where), name or str(where)))
        if isinstance(where, bytes):
            return cls(name or "ballots", None, where)
        return cls(name or str(getattr(where, "name", "ballots")), None, where.read())

    @contextmanager
    def open(self) -> Iterator[BinaryIO]:
        """The bytes, from the beginning. Raises InputError if the file is not there or cannot be read."""
        if self.data is not None:
            yield io.BytesIO(self.data)
            return
        assert self.path is not None
        try:
            kind = not_a_file(self.path)
            if kind is not None:
                raise fault(self.name, None, f"this is {kind}, not a file")
            with self.path.open("rb") as file:
                yield file
        except FileNotFoundError:
            raise fault(self.name, None, "there is no such file") from None
        except IsADirectoryError:
            raise fault(self.name, None, "this is a folder, not a file") from None
        except OSError as error:
            raise fault(self.name, None, f"the file cannot be read: {error.strerror or error}") from None

    def head(self, size: int) -> bytes:
        """The first bytes."""
        with self.open() as file:
            return file.read(size)

    def chunks(self, size: int) -> Iterator[bytes]:
        """Pieces of whole lines, each ended by a line feed; carriage returns and a byte order mark are gone."""
        np.empty(_KEEP, dtype=np.uint8)
        rest, first = b"", True
        with self.open() as file:
            while piece := file.read(size):
                if first:
                    check_encoding(piece, self.name)
                    piece, first = piece.removeprefix(b"\xef\xbb\xbf"), False
                if b"\r" in piece:
                    while piece.endswith(b"\r") and (more := file.read(1)):  # do not part CR from LF
                        piece += more
                    piece = piece.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
                cut = piece.rfind(b"\n") + 1
                if cut:
                    yield rest + piece[:cut]
                    rest = piece[cut:]
                else:
                    rest += piece
                if len(rest) > MAX_LINE:
                    raise fault(
                        self.name, None, f"a line has more than {MAX_LINE} bytes", "This is no file of ballots."
                    )
        if rest:
            yield rest + b"\n"

    def lines(self) -> Iterator[tuple[int, str]]:
        """The lines as text, numbered from 1, without their ends."""
        number = 0
        for chunk in self.chunks(1 << 20):
            for raw in chunk[:-1].split(b"\n"):
                number += 1
                yield number, decoded(raw)


def check_encoding(head: bytes, name: str) -> None:
    """Raise InputError for a text file of two bytes a letter."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise fault(name, 1, "the file is encoded in UTF-16", "Save it as UTF-8 and try again.")


# --- papers as they add up --------------------------------------------------------------------------------

Rows = Marks | NDArray[np.uint8]
"""Rows of marks; of plain ones under 256 as bytes, to handle half as much."""


@dataclass
class Tally:
    """Papers as they are read, equal ones merged as it goes: memory follows the number of distinct papers.

    ``name`` is the file's, for messages. Marks are as in ``Profile``; numbers count in units of 1 / ``scale``.
    """

    name: str
    scale: int = 1
    total: int = 0
    _papers: dict[tuple[int, ...], int] = field(default_factory=dict)
    _sets: dict[tuple[int, ...], int] = field(default_factory=dict)
    _blocks: list[tuple[Rows, Numbers]] = field(default_factory=list)
    _loose: int = 0

    def code(self, several: Iterable[int], line: int | None = None) -> int:
        """The mark for a rank at which ``several`` stand; of one, the candidate; of none known, an over-vote."""
        group = tuple(sorted(set(several)))
        if len(group) == 1:
            return group[0]
        if len(self._sets) >= MAX_SETS and group not in self._sets:
            raise fault(self.name, line, f"more than {MAX_SETS} different groups of candidates at one rank")
        return set_code(self._sets.setdefault(group, len(self._sets)))

    def add(self, marks: Sequence[int], number: int, line: int | None = None) -> None:
        """``number`` papers with ``marks``; marks for skipped ranks at the end say nothing and are left off."""
        end = len(marks)
        while end and marks[end - 1] == SKIPPED:
            end -= 1
        if end > MAX_RANKS:
            raise fault(self.name, line, f"a ballot with {end} ranks", f"At most {MAX_RANKS}.")
        self._count(number, line)
        if number == 0:
            return
        key = tuple(marks[:end])
        self._papers[key] = self._papers.get(key, 0) + number
        if len(self._papers) > _PENDING:
            self._pack()

    def add_rows(self, papers: Rows, number: Numbers, line: int | None = None) -> None:
        """Rows of plain marks, no sets and no skipped ranks among them, with their numbers, none of them 0."""
        if papers.shape[0] == 0:
            return
        self._count(int(number.sum()), line)
        self._blocks.append((papers, number * self.scale if self.scale != 1 else number))
        self._loose += papers.size
        if self._loose > max(1 << 25, 2 * self._blocks[0][0].size):
            self._merge()

    def rescale(self, scale: int, line: int | None = None) -> None:
        """Count in units of 1 / ``scale``, a multiple of what it was."""
        times = scale // self.scale
        if scale > MAX_SCALE:
            raise fault(self.name, line, "a weight with more than six decimals")
        self.total *= times
        self.scale = scale
        self._papers = {key: number * times for key, number in self._papers.items()}
        self._blocks = [(papers, number * times) for papers, number in self._blocks]

    def _count(self, number: int, line: int | None) -> None:
        self.total += number
        if self.total > MAX_BALLOTS * self.scale:
            raise fault(self.name, line, f"more than {MAX_BALLOTS} ballots", "No electorate is that large.")

    def _pack(self) -> None:
        """Turn the papers that are tuples into rows."""
        if not self._papers:
            return
        keys = list(self._papers)
        length = np.fromiter(map(len, keys), dtype=np.int64, count=len(keys))
        width = int(length.max())
        self._check_size(len(keys), width)
        papers = np.zeros((len(keys), width), dtype=np.int16)
        flat = np.fromiter(chain.from_iterable(keys), dtype=np.int16, count=int(length.sum()))
        papers[np.arange(width) < length[:, None]] = flat
        number = np.fromiter(self._papers.values(), dtype=np.int64, count=len(keys))
        self._papers = {}
        self._blocks.append((papers, number))
        self._loose += papers.size

    def _merge(self) -> None:
        """Join the blocks of rows into one without equal rows."""
        if len(self._blocks) > 1:
            size = sum(papers.shape[0] for papers, _ in self._blocks)
            width = max(papers.shape[1] for papers, _ in self._blocks)
            self._check_size(size, width)
            small = all(papers.dtype == np.uint8 for papers, _ in self._blocks)
            shape = size, -(-width // 8) * 8
            joined: Rows = np.zeros(shape, dtype=np.uint8) if small else np.zeros(shape, dtype=np.int16)
            at = 0
            for papers, _ in self._blocks:
                joined[at : at + papers.shape[0], : papers.shape[1]] = papers
                at += papers.shape[0]
            number = np.concatenate([number for _, number in self._blocks])
            self._blocks = []
            self._blocks = [merged(joined, number)]
        elif self._blocks:
            self._blocks = [merged(*self._blocks[0])]
        self._loose = 0

    def _check_size(self, size: int, width: int) -> None:
        if size * width > MAX_MARKS:
            raise fault(
                self.name, None, f"{size} different papers of up to {width} ranks", f"At most {MAX_MARKS} marks in all."
            )

    def profile(self, candidates: Sequence[Option], *, seats: int | None = None, title: str = "") -> Profile:
        """The profile of all papers. Sets are numbered in an order of their own: the order of lines changes nothing."""
        check_candidates(len(candidates), self.name, None)
        self._pack()
        self._merge()
        if not self._blocks:
            nothing = np.zeros((0, 0), dtype=np.int16)
            return Profile(tuple(candidates), nothing, np.zeros(0, dtype=np.int64), (), seats, title)
        papers, number = self._blocks[0][0].astype(np.int16, copy=False), self._blocks[0][1]
        sets: list[tuple[int, ...]] = []
        if self._sets:
            used = {-2 - int(mark) for mark in np.unique(papers[papers < SKIPPED])}
            sets = sorted(group for group, index in self._sets.items() if index in used)
            recoded = np.zeros(len(self._sets) + 2, dtype=np.int16)  # by minus the mark
            recoded[1] = SKIPPED
            for index, group in enumerate(sets):
                recoded[-set_code(self._sets[group])] = set_code(index)
            papers = np.where(papers < 0, recoded[np.where(papers < 0, -papers, 0)], papers)
            papers, number = merged(papers, number)
        scale = self.scale
        if scale != 1:
            common = gcd(int(np.gcd.reduce(number)), scale)
            number, scale = number // common, scale // common
        return Profile(tuple(candidates), papers, number, tuple(sets), seats, title, scale)


def joined(profiles: Sequence[Profile], name: str = "") -> Profile:
    """The ballots of ``profiles`` as one profile; title and seats are the first's.

    Raises InputError if their candidates are not the same, in the same order.
    """
    first = profiles[0]
    tally = Tally(name)
    for profile in profiles:
        if profile.candidates != first.candidates:
            raise fault(name, None, f"{shown(profile.title)} and {shown(first.title)} have different candidates")
        tally.rescale(lcm(tally.scale, profile.scale))
        times = tally.scale // profile.scale
        for marks, number in marks_of(profile, tally):
            tally.add(marks, number * times)
    return tally.profile(first.candidates, seats=first.seats, title=first.title)


def marks_of(profile: Profile, tally: Tally) -> Iterator[tuple[list[int], int]]:
    """The papers of ``profile`` as marks that ``tally`` understands."""
    codes = [tally.code(group) for group in profile.sets]
    for row, number in zip(profile.papers.tolist(), profile.number.tolist(), strict=True):
        marks = [mark if mark >= SKIPPED else codes[-2 - mark] for mark in row]
        yield marks[: marks.index(0)] if 0 in marks else marks, number


# --- what a format is ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Options:
    """What a reader may be told about a file. Columns and rows count from 1.

    ``contest``: which one, in a file of several. ``overvote``, ``skipped``, ``write_in``: labels in cells;
    ``delimiter``: between candidates in one cell. Of these four None is what is usual, and "" is that there is none.
    ``first_column``, ``first_row``: where votes begin; ``ranks``: how many columns are ranks; ``id_column``: where each
    ballot must have an identifier. ``blank_is_write_in``: an empty cell is a vote for a write-in. ``current``: of a
    ballot with several snapshots, the one that it calls its current one. ``folder``: files that a file names must be in
    it. ``segments``: the heading of the column that says the segment of each ballot, where the parts of the profile are
    to be told by it.
    """

    contest: str | None = None
    overvote: str | None = None
    skipped: str | None = None
    write_in: str | None = None
    delimiter: str | None = None
    first_column: int | None = None
    first_row: int | None = None
    ranks: int | None = None
    id_column: int | None = None
    blank_is_write_in: bool = False
    current: bool = False
    folder: Path | None = None
    segments: str | None = None


Reader = Callable[[Source, Options], Profile]
Writer = Callable[[Profile, IO[str], str], None]
Packer = Callable[[Profile, IO[bytes], str], None]


@dataclass(frozen=True)
class Format:
    """A way to write ballots down.

    ``looks``: whether a file that begins with these bytes and has this name looks like it. ``write`` raises InputError
    where the format cannot say what is on a ballot; ``pack`` is the same for a format that is no text. ``beside``: what
    comes in place of the extension in the name of a second file, without which the first is nothing, and what writes
    it. ``by_name``: a file that looks like nothing is taken for this format if it has one of the extensions, so that
    its faults are told. ``segments``: whether a column can say the segment of each ballot. ``withdrawn``: whether it
    can say that a candidate has withdrawn.
    """

    id: str
    name: str
    extensions: tuple[str, ...]
    description: str
    looks: Callable[[bytes, str], bool]
    read: Reader | None = None
    write: Writer | None = None
    pack: Packer | None = None
    beside: tuple[str, Writer] | None = None
    by_name: bool = False
    segments: bool = False
    withdrawn: bool = False

    @property
    def reads(self) -> bool:
        """Whether files of this format can be read."""
        return self.read is not None

    @property
    def writes(self) -> bool:
        """Whether files of this format can be written."""
        return self.write is not None or self.pack is not None


def cannot_say(profile: Profile, target: str, what: str, number: int, instead: str) -> InputError:
    """The refusal of a writer to leave ballots out in silence."""
    return InputError(
        f"{target} cannot say {what}: {number} ballots",
        where=Where(profile.title or None),
        hint=f"Write {instead} instead.",
    )


def ballots_with(profile: Profile, sets: Collection[int]) -> int:
    """How many ballots have a rank at which one of these ``sets`` stands, told by their places in ``profile.sets``."""
    codes = np.array([set_code(index) for index in sets], dtype=np.int16)
    return int(profile.number[np.isin(profile.papers, codes).any(axis=1)].sum())


def check_one_a_row(profile: Profile, target: str, most: int = MAX_ROWS) -> None:
    """Raise InputError for ballots that cannot be written one a row: parts of one, or more than ``most``."""
    if profile.scale != 1:
        raise cannot_say(profile, target, "parts of a ballot", profile.total, "csv")
    if profile.total > most:
        raise InputError(
            f"{target} has a row a ballot, and room for {most:,}: {profile.total:,} ballots",
            where=Where(profile.title or None),
            hint="Write blt or csv instead, which merge equal ballots.",
        )


def number_text(number: int, scale: int) -> str:
    """A number of ballots, in decimals where ``scale`` says so; exact for a scale that divides a power of ten."""
    if scale == 1:
        return str(number)
    wholes, rest = divmod(number, scale)
    if not rest:
        return str(wholes)
    places = next(places for places in range(1, 20) if 10**places % scale == 0)
    return f"{wholes}.{rest * 10**places // scale:0{places}d}".rstrip("0")


_DECIMAL = re.compile(r"([0-9]{1,15})(?:\.([0-9]{0,20}))?\Z")


def weight_of(text: str, tally: Tally, line: int | None) -> int | None:
    """A number of ballots, whole or decimal, in units of ``tally``, which get finer if they must; or None."""
    match = _DECIMAL.match(text)
    if match is None:
        return None
    decimals = (match[2] or "").rstrip("0")
    if decimals:
        scale = lcm(tally.scale, int("1" + "0" * len(decimals))) if len(decimals) <= 6 else MAX_SCALE + 1
        if scale != tally.scale:
            tally.rescale(scale, line)
        return int(match[1]) * tally.scale + int(decimals) * (tally.scale // int("1" + "0" * len(decimals)))
    return int(match[1]) * tally.scale


def lookup(names: Sequence[str]) -> Mapping[str, int]:
    """The number (from 1) of each name that only one candidate has."""
    seen: dict[str, int] = {}
    twice = set()
    for index, name in enumerate(names, 1):
        if name in seen:
            twice.add(name)
        seen[name] = index
    return {name: index for name, index in seen.items() if name not in twice}
