"""A contest with its rulebook, loaded and held together: what every other module of this room works on."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from .. import documents, gallery, rules
from ..documents import Document, nearest, shown
from ..errors import ContestError, RulebookError, Where
from ..rules import Rulebook
from .misfits import misfits
from .model import TOTAL, BallotFigures, Contest
from .units import UnitVotes, read_units


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
    if "/" not in name and "\\" not in name and not name.endswith(".toml") and not _is(Path(name).exists):
        known = [*gallery.contest_ids(), *map(gallery.short_name, gallery.contest_ids())]
        hint = nearest(name, known) or 'See "selectorate contests", or give the path of a contest file.'
        raise ContestError(f"there is no contest {shown(name)}", hint=hint)
    path = Path(name)
    return load_file(path / "contest.toml" if _is(path.is_dir) else path)


def _is(asked: Callable[[], bool]) -> bool:
    """What is ``asked`` of a path; no, if its name is too long for the file system."""
    try:
        return asked()
    except OSError:
        return False


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
    problems = list(misfits(contest, rulebook, document))
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
    return rules.with_parameters(rulebook, given, functools.partial(document.where, "parameters"))


def _beside(name: str, folder: Path | Traversable | None, where: Where) -> Path | Traversable:
    """The file called ``name`` in ``folder``. Raises ContestError if it is elsewhere or not there."""
    parts = Path(name).parts
    if folder is None or Path(name).is_absolute() or ".." in parts or not parts:
        raise ContestError(
            f"{shown(name)} is not a file beside this one",
            where=where,
            hint="Put the file into the same folder and give its name alone.",
        )
    path = folder.joinpath(*parts)
    if not _is(path.is_file):
        hint = "Put it into the folder of this file, and write its name as it is there."
        raise ContestError(f"there is no file {shown(name)} beside this one", where=where, hint=hint)
    return path
