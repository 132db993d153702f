"""A contest with its rulebook, loaded and held together: what every other module of this room works on."""

from __future__ import annotations

import csv
import functools
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from .. import documents, gallery, rules
from ..documents import MAX_COUNT, Document
from ..errors import ContestError, InputError, Problem, RulebookError, Where
from ..rules import BallotStage, MotionStage, NominationStage, Rulebook
from .model import MOTION, REOPEN, TOTAL, BallotFigures, Contest, Round

MAX_UNITS = 100_000
"""Rows of a file of units: more than any country has polling districts."""


@dataclass(frozen=True)
class UnitVotes:
    """The votes of every unit: by round (from 0), then unit, then candidate. ``names``: of the units."""

    rounds: tuple[Mapping[str, Mapping[str, int]], ...] = field(repr=False)
    names: Mapping[str, str] = field(repr=False)


@dataclass(frozen=True, eq=False)
class Case:
    """A contest, the rulebook it was held under (its parameters filled in), and what stands in files beside it."""

    contest: Contest
    rulebook: Rulebook
    document: Document = field(repr=False)
    units: Mapping[str, UnitVotes] = field(repr=False)

    def ballot(self, stage: str) -> BallotFigures | None:
        """The figures of the ballot or motion ``stage``."""
        return next((ballot for ballot in self.contest.ballot if ballot.stage == stage), None)

    def body_size(self, body: str) -> int | None:
        """How large a body was."""
        found = self.contest.bodies.get(body)
        return found.size if found else None

    def body_name(self, body: str) -> str:
        """The name of a body's members at this contest."""
        found = self.contest.bodies.get(body)
        return (found.name if found else None) or self.rulebook.bodies[body].name

    def section_name(self, section: str) -> str:
        """The name of a segment; "all" for the total."""
        if section in self.rulebook.segments:
            return self.rulebook.segments[section].name
        return "all" if section == TOTAL else section


def load(name: str) -> Case:
    """The contest with the id or short name ``name``, or in the file or folder at the path ``name``.

    Raises ContestError (or RulebookError, for its rulebook) with every problem found.
    """
    folder = gallery.find(name)
    if folder is not None:
        return _shipped(name)
    if "/" not in name and "\\" not in name and not name.endswith(".toml") and not Path(name).exists():
        known = [*gallery.contest_ids(), *map(gallery.short_name, gallery.contest_ids())]
        hint = documents.nearest(name, known) or 'See "selectorate contests", or give the path of a contest file.'
        raise ContestError(f'there is no contest "{name}"', hint=hint)
    path = Path(name)
    return load_file(path / "contest.toml" if path.is_dir() else path)


@functools.lru_cache(maxsize=256)
def _shipped(name: str) -> Case:
    folder = gallery.find(name)
    if folder is None:  # pragma: no cover - the caller has looked
        raise ContestError(f'there is no contest "{name}"')
    return load_file(folder / "contest.toml", folder)


def load_file(path: Path | Traversable, folder: Path | Traversable | None = None) -> Case:
    """The contest in the file at ``path``; the files that it names are looked for in ``folder`` (its own)."""
    document = documents.read(path, ContestError)
    here = folder if folder is not None else (path.parent if isinstance(path, Path) else None)
    return from_document(document, here)


def from_document(document: Document, folder: Path | Traversable | None) -> Case:
    """The contest that ``document`` holds. Raises ContestError with every problem found."""
    contest = documents.check(document, Contest, ContestError)
    rulebook = _rulebook(contest, document, folder)
    problems = list(_misfits(contest, rulebook, document))
    if problems:
        raise ContestError.of(sorted(problems, key=lambda problem: problem.where.line or 0))
    units = {}
    for index, ballot in enumerate(contest.ballot):
        for key in ("ballots", "units"):
            named = getattr(ballot, key)
            if named is not None:
                file = _beside(named, folder, document.where("ballot", index, key))
                if key == "units":
                    units[ballot.stage] = read_units(file, contest)
    return Case(contest, rulebook, document, units)


def _rulebook(contest: Contest, document: Document, folder: Path | Traversable | None) -> Rulebook:
    where = document.where("rulebook")
    if contest.rulebook.endswith(".toml"):
        rulebook = rules.load_file(_beside(contest.rulebook, folder, where))
    else:
        try:
            rulebook = rules.load(contest.rulebook)
        except RulebookError as fault:
            if fault.where.file is not None:
                raise
            raise ContestError(fault.message, where=where, hint=fault.hint) from None
    given: dict[str, Any] = {
        key: list(value) if isinstance(value, tuple) else value for key, value in contest.parameters.items()
    }
    return rules.with_parameters(rulebook, given, document.where("parameters"))


def _beside(name: str, folder: Path | Traversable | None, where: Where) -> Path | Traversable:
    """The file called ``name`` in ``folder``. Raises ContestError if it is elsewhere or not there."""
    parts = Path(name).parts
    if folder is None or Path(name).is_absolute() or ".." in parts or not parts:
        raise ContestError(
            f'"{name}" is not a file beside this one',
            where=where,
            hint="Put the file into the same folder and give its name alone.",
        )
    path = folder.joinpath(*parts)
    if not path.is_file():
        raise ContestError(f'there is no file "{name}" beside this one', where=where)
    return path


# -- what does not fit ------------------------------------------------------------------------------------------

Found = Iterator[Problem]


def _misfits(contest: Contest, rulebook: Rulebook, document: Document) -> Found:
    """Everything in the contest that refers to what neither it nor its rulebook has."""
    yield from _bodies(contest, rulebook, document)
    yield from _people(contest, rulebook, document)
    yield from _nominations(contest, rulebook, document)
    seen: set[str] = set()
    for index, ballot in enumerate(contest.ballot):
        at = ("ballot", index)
        stage = rulebook.stage_named(ballot.stage)
        if not isinstance(stage, BallotStage | MotionStage):
            names = [s.id for s in rulebook.stage if not isinstance(s, NominationStage)]
            yield Problem(
                f'the rulebook "{rulebook.id}" has no ballot "{ballot.stage}"',
                document.where(*at, "stage"),
                f"It has: {', '.join(names)}.",
            )
            continue
        if ballot.stage in seen:
            yield Problem(
                f'the ballot "{ballot.stage}" is given twice',
                document.where(*at, "stage"),
                "Put its rounds under one [[ballot]].",
            )
        seen.add(ballot.stage)
        yield from _figures(contest, stage, ballot, document, at)
    yield from _readings(contest, rulebook, document)


def _bodies(contest: Contest, rulebook: Rulebook, document: Document) -> Found:
    for name, body in contest.bodies.items():
        if name not in rulebook.bodies:
            yield Problem(
                f'the rulebook "{rulebook.id}" has no body "{name}"',
                document.where("bodies", name),
                documents.nearest(name, list(rulebook.bodies), "It has"),
            )
        elif body.size is not None and sum(body.parts.values()) > body.size:
            yield Problem(
                f"the parts add up to {sum(body.parts.values()):,}, more than the {body.size:,} there are",
                document.where("bodies", name, "parts"),
            )


def _people(contest: Contest, rulebook: Rulebook, document: Document) -> Found:
    names: dict[str, str] = {}
    for key, candidate in contest.candidates.items():
        folded = " ".join(candidate.name.casefold().split())
        if key in (*MOTION, REOPEN, TOTAL):
            yield Problem(
                f'a candidate cannot be called "{key}"',
                document.where("candidates", key),
                "Choose another key: the name that is shown is under name.",
            )
        if folded in names:
            yield Problem(
                f'"{candidate.name}" is also the name of "{names[folded]}"',
                document.where("candidates", key, "name"),
                "Two candidates must be told apart on the paper.",
            )
        names[folded] = key
        for group in candidate.groups:
            if group not in rulebook.groups:
                yield Problem(
                    f'the rulebook "{rulebook.id}" has no group "{group}"',
                    document.where("candidates", key, "groups"),
                    documents.nearest(group, list(rulebook.groups), "It has"),
                )
    for number, who in enumerate(contest.elected):
        if who not in contest.candidates:
            yield _nobody(contest, who, document, "elected", number)
    if contest.holder is not None and contest.holder not in contest.candidates:
        yield _nobody(contest, contest.holder, document, "holder")


def _nobody(contest: Contest, who: str, document: Document, *path: str | int) -> Problem:
    return Problem(
        f'there is no candidate "{who}"',
        document.where(*path),
        documents.nearest(who, list(contest.candidates), "The candidates are"),
    )


def _nominations(contest: Contest, rulebook: Rulebook, document: Document) -> Found:
    for index, figures in enumerate(contest.nomination):
        at = ("nomination", index)
        stage = rulebook.stage_named(figures.stage)
        if not isinstance(stage, NominationStage):
            names = [s.id for s in rulebook.stage if isinstance(s, NominationStage)]
            hint = f"It has: {', '.join(names)}." if names else "It knows no nominations."
            yield Problem(
                f'the rulebook "{rulebook.id}" has no nomination stage "{figures.stage}"',
                document.where(*at, "stage"),
                hint,
            )
            continue
        ways = [gate.by for gate in stage.any] if stage.any else [stage.by]
        if figures.by is None and stage.any:
            yield Problem(
                '"by" is missing: there are several ways to be nominated',
                document.where(*at),
                f"Write one of: {', '.join(str(way) for way in ways)}.",
            )
        elif figures.by is not None and figures.by not in ways:
            yield Problem(
                f'"{figures.by}" does not nominate at this stage',
                document.where(*at, "by"),
                f"It can be: {', '.join(str(way) for way in ways)}.",
            )
        groups: dict[str, Sequence[str]] = {
            "counts": list(figures.counts),
            "parts": list(figures.parts),
            "measured": list(figures.measured),
            "automatic": figures.automatic,
            "withdrew": figures.withdrew,
            "refused": list(figures.refused),
        }
        for key, people in groups.items():
            for number, who in enumerate(people):
                if who not in contest.candidates:
                    yield _nobody(contest, who, document, *at, key, who if isinstance(people, list) else number)


def _figures(
    contest: Contest,
    stage: BallotStage | MotionStage,
    ballot: BallotFigures,
    document: Document,
    at: tuple[str | int, ...],
) -> Found:
    segments = stage.segments if isinstance(stage, BallotStage) else ()
    sections = {*segments, TOTAL}
    motion = isinstance(stage, MotionStage)
    people = set(MOTION) if motion else set(contest.candidates)
    if not motion and isinstance(stage, BallotStage) and stage.reopen_nominations:
        people.add(REOPEN)
    if ballot.ballots and ballot.round:
        yield Problem(
            "a ballot has either a file of ballots or published rounds",
            document.where(*at, "ballots"),
            "Leave one of the two out.",
        )
    if not motion:
        for key in ("asked", "asked_needed", "carried"):
            if getattr(ballot, key) is not None:
                yield Problem(f'"{key}" is for motions', document.where(*at, key), "Leave it out here.")
    yield from _sections(ballot.roll, sections, document, (*at, "roll"))
    for number, figures in enumerate(ballot.round):
        yield from _round(contest, figures, sections, people, document, (*at, "round", number), motion=motion)


def _sections(table: Mapping[str, object], sections: set[str], document: Document, at: tuple[str | int, ...]) -> Found:
    for section in table:
        if section not in sections:
            hint = f"Figures stand under: {', '.join(sorted(sections))}."
            yield Problem(f'there is no segment "{section}" in this ballot', document.where(*at, section), hint)


def _round(
    contest: Contest,
    figures: Round,
    sections: set[str],
    people: set[str],
    document: Document,
    at: tuple[str | int, ...],
    *,
    motion: bool,
) -> Found:
    for key in ("votes", "shares", "weighted"):
        table: Mapping[str, Mapping[str, object]] = getattr(figures, key)
        yield from _sections(table, sections, document, (*at, key))
        for section, row in table.items():
            for who in row:
                if who not in people:
                    yield _stranger(contest, who, document, (*at, key, section, who), motion=motion)
    yield from _sections(figures.roll, sections, document, (*at, "roll"))
    for who in figures.points:
        if who not in people:
            yield _stranger(contest, who, document, (*at, "points", who), motion=motion)
    for key in ("out", "withdrawn", "new", "elected"):
        for number, who in enumerate(getattr(figures, key)):
            if who not in people:
                yield _stranger(contest, who, document, (*at, key, number), motion=motion)


def _stranger(contest: Contest, who: str, document: Document, at: tuple[str | int, ...], *, motion: bool) -> Problem:
    if motion:
        return Problem(
            f'"{who}" is not a side of a motion',
            document.where(*at),
            'Write "for" and "against" the motion as it is worded.',
        )
    return _nobody(contest, who, document, *at)


def _readings(contest: Contest, rulebook: Rulebook, document: Document) -> Found:
    stages = {stage.id for stage in rulebook.stage if not isinstance(stage, NominationStage)}
    for index, also in enumerate(contest.also_published):
        if also.stage is not None and also.stage not in stages:
            yield Problem(
                f'the rulebook "{rulebook.id}" has no ballot "{also.stage}"',
                document.where("also_published", index, "stage"),
            )
        if also.measure == "share" and also.candidate is None:
            yield Problem("a share is somebody's", document.where("also_published", index), 'Write candidate = "…".')
        if also.candidate is not None and also.candidate not in (*contest.candidates, *MOTION):
            yield _nobody(contest, also.candidate, document, "also_published", index, "candidate")
    for index, claim in enumerate(contest.claims):
        for number, reading in enumerate(claim.reading):
            at: tuple[str | int, ...] = ("claims", index, "reading", number)
            if reading.fact is not None and reading.fact not in contest.facts:
                yield Problem(
                    f'there is no fact "{reading.fact}"',
                    document.where(*at, "fact"),
                    documents.nearest(reading.fact, list(contest.facts), "The facts are"),
                )
            if (
                reading.candidate is not None
                and reading.contest is None
                and reading.candidate not in (*contest.candidates, *MOTION)
            ):
                yield _nobody(contest, reading.candidate, document, *at, "candidate")
    for index, rival in enumerate(contest.rivals):
        at = ("rivals", index)
        if sum(value is not None for value in (rival.contest, rival.nominations, rival.fact)) != 1:
            yield Problem(
                "a rival mandate comes from one place",
                document.where(*at),
                "Write one of contest, nominations, fact.",
            )
        if rival.nominations is not None and rival.nominations not in {n.stage for n in contest.nomination}:
            yield Problem(f'there are no nominations "{rival.nominations}"', document.where(*at, "nominations"))
        if rival.fact is not None and rival.fact not in contest.facts:
            yield Problem(f'there is no fact "{rival.fact}"', document.where(*at, "fact"))


# -- the file of units ------------------------------------------------------------------------------------------


def read_units(path: Path | Traversable, contest: Contest) -> UnitVotes:
    """The votes of every unit, from a CSV file with the columns ``unit``, ``name``, ``round`` and one a candidate.

    A candidate who is no longer in the count has an empty cell. Raises InputError with the line of a fault.
    """
    name = str(path) if isinstance(path, Path) else path.name
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InputError("is not UTF-8 text", where=Where(name), hint="Save the file as UTF-8.") from None
    rows = csv.reader(io.StringIO(text, newline=""))
    header = next(rows, [])
    if header[:3] != ["unit", "name", "round"]:
        raise InputError(
            "the columns are not right",
            where=Where(name, 1),
            hint="They are: unit, name, round, then one a candidate.",
        )
    people = header[3:]
    for who in people:
        if who not in contest.candidates:
            raise InputError(
                f'there is no candidate "{who}"',
                where=Where(name, 1),
                hint=documents.nearest(who, list(contest.candidates), "The candidates are"),
            )
    if len(set(people)) != len(people) or not people:
        raise InputError("every candidate has one column", where=Where(name, 1))
    rounds: dict[int, dict[str, dict[str, int]]] = {}
    names: dict[str, str] = {}
    for row in rows:
        where = Where(name, rows.line_num)
        if not row:
            continue
        if len(row) != len(header):
            raise InputError(f"has {len(row)} cells, not {len(header)}", where=where)
        unit, title, number, *cells = row
        if not number.isascii() or not number.isdigit() or not 1 <= int(number) <= 1000:
            raise InputError(
                f'"{number}" is not the number of a round', where=where, hint="Rounds are numbered from 1."
            )
        votes = {who: _cell(cell, where, who) for who, cell in zip(people, cells, strict=True) if cell.strip()}
        here = rounds.setdefault(int(number), {})
        if unit in here:
            raise InputError(f'the unit "{unit}" stands twice in round {number}', where=where)
        here[unit] = votes
        names[unit] = title
        if len(names) > MAX_UNITS:
            raise InputError(f"has more than {MAX_UNITS:,} units", where=where)
    if sorted(rounds) != list(range(1, len(rounds) + 1)):
        raise InputError(
            "rounds are missing", where=Where(name), hint=f"It has: {', '.join(map(str, sorted(rounds)))}."
        )
    return UnitVotes(tuple(rounds[number] for number in sorted(rounds)), names)


def _cell(cell: str, where: Where, who: str) -> int:
    text = cell.strip()
    if not (text.isascii() and text.isdigit()) or len(text) > 12 or int(text) > MAX_COUNT:
        raise InputError(
            f'"{cell}" is not a number of votes ({who})',
            where=where,
            hint="Write a whole number; leave the cell empty where a candidate is out.",
        )
    return int(text)
