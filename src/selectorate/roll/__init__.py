"""The roll: who may vote. Import, entitlement, segments, duplicates, fingerprint, difference, reconciliation.

Values in, values out. Files are touched by ``look`` (given a path), ``read`` (of a table that was looked at by its path)
and the commands that write what ``csv_text`` and ``court_text`` return. Nothing here knows a database.

ONE ROW IS ONE CAPACITY OF ONE PERSON. A person has a key (``person``, text) and one row for each capacity they hold or
held: member, affiliated supporter through a body, registered supporter. The row's key is
``(person, capacity, body, spell)``; ``spell`` tells apart who left and joined again (1, 2, ...: the capacity's history).

The way of a file::

    look ──▶ Table ──▶ propose_mapping ──▶ Mapping ──▶ read ──▶ Reading ──▶ dry_run ──▶ Plan ──▶ apply ──▶ Roll
                                                                                        └──▶ undo ──▶ Roll
    Roll ──▶ entitlement ──▶ Entitlement ──▶ reconciliation
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping as MappingOf, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import polars as pl

from ..documents import FileModel
from ..rules import Rulebook

# ---- the roll -------------------------------------------------------------------------------------------------

KEY = ("person", "capacity", "body", "spell")


@dataclass(frozen=True)
class Column:
    """A column of the roll. ``holds``: its type; ``says``: what it is in words ("date of joining"), for messages."""

    name: str
    holds: Literal["text", "date", "date and time", "true or false", "number"]
    says: str


COLUMNS: MappingOf[str, Column]
"""Every column of a roll, in its order; all are always there, NULL where nothing is known.

person     text           key of the person (never NULL), unique to one person in the organisation
number     text           number that the organisation, or the body, gave them; leading zeros are kept
name       text           full name (never NULL)
given, family, former   text   given names, family name, family name before a change
born       date
email, phone, address, postcode   text, as written
unit       text           branch, constituency
capacity   text           "member", "affiliated supporter", "registered supporter", as rulebooks test it (never NULL)
body       text           affiliated body through which the capacity is held; NULL for the organisation itself
spell      number         1, 2, ...: which time in this capacity (never NULL)
joined, left            date
registered              date and time (local time of the organisation)
suspended, arrears, consented, paid, citizen, resident   true or false
source     text           where a registration came from
"""


@dataclass(frozen=True)
class Roll:
    """``rows``: a polars DataFrame with exactly ``COLUMNS`` (types of ``SCHEMA``), in no particular order."""

    rows: pl.DataFrame

    @classmethod
    def of(cls, rows: Iterable[MappingOf[str, object]] | pl.DataFrame) -> Roll:
        """A roll of dicts (or a frame) by column name; what is missing is NULL. Raises InputError for an unknown
        column, a wrong type, a key twice, a NULL in person, capacity or name."""
        raise NotImplementedError

    @classmethod
    def empty(cls) -> Roll:
        """The roll with nobody on it."""
        raise NotImplementedError

    @property
    def persons(self) -> int:
        """How many persons are on it."""
        raise NotImplementedError


# ---- reading a file -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Remark:
    """Something to look at that stops nothing. ``row``: as a spreadsheet counts, from 1; None for the whole file."""

    what: str
    todo: str = ""
    row: int | None = None
    column: str | None = None


@dataclass(frozen=True)
class Refusal:
    """A row that is not taken. ``row`` as a spreadsheet counts; ``column`` as the file calls it; ``value``: what
    stands there, for the clerk only (never in an exception or a log)."""

    row: int
    column: str | None
    what: str
    todo: str
    value: str | None = None


@dataclass(frozen=True)
class Question:
    """What the file leaves open and only the clerk can say. ``key``: the key of the Mapping that answers it
    ("day_first", "serials", "columns.person", "columns.capacity"); ``choices``: (value of the key, in words)."""

    key: str
    column: str | None
    what: str
    choices: tuple[tuple[object, str], ...]


@dataclass(frozen=True)
class Table:
    """A file as it was looked at: nothing is interpreted yet.

    ``kind``: "csv" or "xlsx"; ``header``: row of the headings (0: there are none, columns are called "column 1", ...);
    ``sample``: the first rows under it; ``letters``: words with letters beyond ASCII, to see whether the encoding is
    right; ``sheets``: names of a workbook's sheets, ``sheet`` the one that was looked at.
    """

    name: str
    source: Path | bytes = field(repr=False)
    kind: Literal["csv", "xlsx"]
    encoding: str | None
    separator: str | None
    sheets: tuple[str, ...]
    sheet: str | None
    header: int
    headings: tuple[str, ...]
    sample: tuple[tuple[str, ...], ...] = field(repr=False)
    letters: tuple[str, ...] = field(repr=False)
    remarks: tuple[Remark, ...]


def look(
    source: Path | bytes,
    name: str | None = None,
    *,
    encoding: str | None = None,
    separator: str | None = None,
    sheet: str | None = None,
    header: int | None = None,
) -> Table:
    """The table in a CSV or XLSX file. What is not given is found out. Raises InputError for what is no such file,
    is too large, or is packed to fill the memory; MissingPartError for a workbook without the extra ``office``."""
    raise NotImplementedError


class Mapping(FileModel):
    """How a file becomes rows: remembered from one import to the next (``to_toml``, ``model_dump(mode="json")``)."""

    columns: dict[str, str] = {}  # column of the roll -> heading in the file
    fixed: dict[str, str] = {}  # column of the roll -> the value of every row: { capacity = "member" }
    words: dict[str, dict[str, str]] = {}  # column -> what the file says -> what is meant
    blank: dict[str, str] = {}  # column -> what an empty cell means: { suspended = "no" }
    day_first: bool | None = None  # of dates such as 03/04/2016; None: as the column itself tells
    serials: Literal["1900", "1904"] | None = None  # dates that are numbers are Excel's days
    zone: str | None = None  # zone of the organisation ("Europe/London"), where times carry an offset
    prefix: str = ""  # put before every number to make the key of the person: "unite-"
    digits: int | None = None  # numbers are filled up with leading zeros to so many digits
    encoding: str | None = None
    separator: str | None = None
    sheet: str | None = None
    header: int | None = None
    covers: Literal["the whole roll", "its capacities", "additions"] = "its capacities"  # whom it makes "gone"

    def to_toml(self) -> str:
        """As a file; ``load_mapping`` and ``mapping_from`` read it again."""
        raise NotImplementedError


def load_mapping(path: Path) -> Mapping:
    """The mapping in a TOML file. Raises InputError with file, line and key."""
    raise NotImplementedError


def propose_mapping(table: Table, remembered: Sequence[Mapping] = ()) -> Mapping:
    """The remembered mapping that fits the headings, or a guess from the headings (English, German, French)."""
    raise NotImplementedError


@dataclass(frozen=True)
class Reading:
    """What a file says under a mapping. ``roll``: the rows that can be taken; ``row_numbers``: their rows in the file.
    If there are ``questions`` nothing was taken: answer them in the mapping and read again."""

    name: str
    mapping: Mapping
    roll: Roll
    refusals: tuple[Refusal, ...]
    remarks: tuple[Remark, ...]
    questions: tuple[Question, ...]
    rows: int  # rows with something in them, the headings aside: len(roll.rows) + refused rows
    refused_rows: int


def read(table: Table, mapping: Mapping) -> Reading:
    """The rows of ``table``. Raises InputError if a mapped heading is not there or a key of the mapping is unusable."""
    raise NotImplementedError


# ---- dry run, apply, undo --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Change:
    """One cell of one row that changes. ``key``: (person, capacity, body, spell)."""

    key: tuple[str, str, str | None, int]
    column: str
    before: object
    after: object


@dataclass(frozen=True)
class Difference:
    """From one roll to another. All frames have the columns of a roll; ``changed_before`` and ``changed_after`` have
    the same keys in the same order."""

    added: pl.DataFrame
    gone: pl.DataFrame
    changed_before: pl.DataFrame
    changed_after: pl.DataFrame
    unchanged: int

    def changes(self, limit: int | None = None) -> list[Change]:
        """Cell by cell."""
        raise NotImplementedError

    def by_column(self) -> dict[str, int]:
        """How many rows change in each column."""
        raise NotImplementedError


@dataclass(frozen=True)
class Plan:
    """What an import would do. ``base`` and ``result``: fingerprints of the roll before and after;
    ``fingerprint``: of the plan itself, so that what is applied is what was shown."""

    difference: Difference
    refusals: tuple[Refusal, ...]
    remarks: tuple[Remark, ...]
    base: str
    result: str
    fingerprint: str

    def to_bytes(self) -> bytes:
        """To be kept (for undo); ``Plan.from_bytes`` reads it again."""
        raise NotImplementedError

    @classmethod
    def from_bytes(cls, data: bytes) -> Plan:
        """What ``to_bytes`` gave. Raises InputError for anything else."""
        raise NotImplementedError


def dry_run(current: Roll, reading: Reading) -> Plan:
    """What would happen. A refused row leaves its person on the roll as they are. Raises InputError if the reading
    has questions."""
    raise NotImplementedError


def apply(roll: Roll, plan: Plan) -> Roll:
    """The new roll. Raises InputError if ``roll`` is not the one that the plan was made for."""
    raise NotImplementedError


def undo(roll: Roll, plan: Plan) -> Roll:
    """The roll before ``plan`` was applied. Raises InputError if it has been changed since."""
    raise NotImplementedError


# ---- fingerprint, difference, later changes --------------------------------------------------------------------


def fingerprint(roll: Roll, salt: bytes = b"") -> str:
    """SHA-256 (hex) of the canonical bytes; the order of the rows does not matter."""
    raise NotImplementedError


def difference(before: Roll, after: Roll) -> Difference:
    """From ``before`` to ``after``, row by row and cell by cell."""
    raise NotImplementedError


@dataclass(frozen=True)
class LaterChange:
    """A change after the roll was closed: an act with a reason and two officials.

    ``kind``: "add" (``values``: the whole row), "strike" (``key``), "amend" (``key``, ``values``: columns that change),
    "merge" (``key[0]`` is the person who is kept, ``other`` the person whose rows become theirs).
    """

    kind: Literal["add", "strike", "amend", "merge"]
    reason: str
    officials: tuple[str, str]
    on: dt.datetime
    key: tuple[str, str, str | None, int] | None = None
    values: MappingOf[str, object] = field(default_factory=dict)
    other: str | None = None


def change(roll: Roll, act: LaterChange) -> Roll:
    """The roll after ``act``. Raises InputError without a reason, with one official twice, or for a row not there."""
    raise NotImplementedError


def merge(roll: Roll, keep: str, other: str) -> Roll:
    """The roll with ``other`` and ``keep`` as one person (key ``keep``): decided at the desk, never by the program."""
    raise NotImplementedError


def csv_text(roll: Roll) -> str:
    """The roll as CSV that no spreadsheet takes for formulas, and that ``look`` and ``read`` read again."""
    raise NotImplementedError


def court_text(before: Roll, after: Roll, acts: Sequence[LaterChange] = (), *, title: str = "") -> str:
    """The sheet for a court: both fingerprints, the sums, and every row added, gone or changed, in full."""
    raise NotImplementedError


# ---- entitlement ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Entitlement:
    """Who may vote in a stage.

    ``persons``: one row a person: person, segments (list of segment ids: their votes), also (further segments they
    belong to, passed over by precedence), reasons (list of texts; empty for who has a vote).
    ``votes``: one row a vote: person, segment, capacity, body, spell, unit.
    ``by_segment``: votes of each segment, in order of precedence. ``by_reason``: refused persons by first reason.
    """

    rulebook: str
    stage: str
    dates: MappingOf[str, dt.date | dt.datetime]
    on: dt.date
    persons: pl.DataFrame
    votes: pl.DataFrame
    by_segment: MappingOf[str, int]
    by_reason: MappingOf[str, int]
    remarks: tuple[Remark, ...] = ()


def check_tests(rulebook: Rulebook) -> None:
    """Raises RulebookError if a test of entitlement could not be run: called at set-up, not at the freeze."""
    raise NotImplementedError


def entitlement(
    rulebook: Rulebook,
    stage: str | None,
    roll: Roll,
    dates: MappingOf[str, dt.date | dt.datetime],
    *,
    on: dt.date | None = None,
) -> Entitlement:
    """The segments of every person, or the reasons why they have none.

    ``stage``: id of a ballot (None: the only one with segments). ``dates``: all of the rulebook's timetable. A test that
    is neither true nor false because a value is not known refuses, and says which: "date of joining not known".
    ``on``: the day on which a capacity must not have ended (``left``); the latest of ``dates`` without it.
    Raises InputError for a missing or unknown date, or a stage that has no segments.
    """
    raise NotImplementedError


def in_several_segments(entitled: Entitlement) -> pl.DataFrame:
    """Persons who belong to two segments or more: person, segments, votes (D1)."""
    raise NotImplementedError


def compare_entitlement(before: Entitlement, after: Entitlement) -> pl.DataFrame:
    """Who is entitled under one set of dates and not under another: person, segments_before, segments_after, reasons."""
    raise NotImplementedError


# ---- duplicates ---------------------------------------------------------------------------------------------------

Why = Literal[
    "same number",
    "same name and date of birth",
    "same name and address",
    "same name and e-mail",
    "former name and date of birth",
    "former name and address",
    "same name, day and month of birth exchanged",
    "near spelling and date of birth",
    "near spelling and address",
    "near spelling and e-mail",
]


@dataclass(frozen=True)
class DuplicatePair:
    """Two keys that are probably one person. ``a < b``; ``score``: 0 to 100, how alike the names are; ``group``: pairs
    that hang together have the same number."""

    a: str
    b: str
    why: tuple[Why, ...]
    score: int
    group: int


@dataclass(frozen=True)
class Shared:
    """Persons who share an address or a mailbox and whose names differ: shown, and not called duplicates."""

    what: Literal["address", "e-mail"]
    persons: tuple[str, ...]


@dataclass(frozen=True)
class Duplicates:
    """``pairs`` for the desk; ``shared`` for information; ``remarks``: what was not compared, and why."""

    pairs: tuple[DuplicatePair, ...]
    shared: tuple[Shared, ...]
    remarks: tuple[Remark, ...]


def duplicates(roll: Roll, *, different: Iterable[tuple[str, str]] = (), near: int = 88) -> Duplicates:
    """Probable duplicates. ``different``: pairs that the desk has found to be two persons. Nothing is merged."""
    raise NotImplementedError


# ---- asking, reconciliation, an invented roll ----------------------------------------------------------------------


@dataclass(frozen=True)
class Answer:
    """``public``: what is shown to whoever asked: the same words in every case. ``letter``: what is sent to ``to``,
    the address that stands on the roll (e-mail or postal); None when nothing matches."""

    public: str
    to: str | None
    letter: str | None
    person: str | None


def ask(
    roll: Roll, entitled: Entitlement | None, *, number: str, family: str, born: dt.date | None = None,
    postcode: str | None = None,
) -> Answer:
    """Which entry somebody has. It takes the number, the family name, and date of birth or postcode, all right."""
    raise NotImplementedError


@dataclass(frozen=True)
class Reconciliation:
    """announced - refused + added - struck = final, in persons; ``gap``: by how much it does not hold."""

    announced: int
    refused: MappingOf[str, int]
    added: MappingOf[str, int]
    struck: MappingOf[str, int]
    final: int

    @property
    def gap(self) -> int:
        """final - (announced - refused + added - struck): 0 when it holds."""
        raise NotImplementedError

    @property
    def holds(self) -> bool:
        """Whether the sum holds exactly."""
        raise NotImplementedError

    def text(self) -> str:
        """The sum, line by line, and by how much it does not hold."""
        raise NotImplementedError


def reconciliation(
    announced: int,
    entitled: Entitlement,
    *,
    refused: MappingOf[str, int] | None = None,
    added: MappingOf[str, int] | None = None,
    struck: MappingOf[str, int] | None = None,
    final: int | None = None,
) -> Reconciliation:
    """From what was announced to the final roll. ``refused``: refused before they were on the roll (at import, as
    duplicates), by reason; those whom the rulebook refuses are added by their first reason. ``final``: those entitled
    without it."""
    raise NotImplementedError


def invented(n: int, seed: int = 1) -> Roll:
    """A roll of ``n`` persons who do not exist, the same for the same seed: some in two segments, some refused, some
    probable duplicates, couples at one address, shared mailboxes. Made for the dates of ``INVENTED_DATES``."""
    raise NotImplementedError
