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
from ..errors import ContestError, InputError, RulebookError
from ..rules import Rulebook
from .misfits import misfits
from .misread import misread
from .model import TOTAL, BallotFigures, Contest
from .others import beside, is_so, strangers
from .units import UnitVotes, read_units


@dataclass(frozen=True, eq=False)
class Case:
    """A contest, the rulebook it was held under (its parameters filled in), and what stands in files beside it.

    ``folder``: where these files are; None where the contest was not read from a file.
    """

    contest: Contest
    rulebook: Rulebook
    document: Document = field(repr=False)
    units: Mapping[str, UnitVotes] = field(repr=False)
    folder: Path | Traversable | None = field(default=None, repr=False)

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
    if "/" not in name and "\\" not in name and not name.endswith(".toml") and not is_so(Path(name).exists):
        known = [*gallery.contest_ids(), *map(gallery.short_name, gallery.contest_ids())]
        hint = nearest(name, known) or 'See "selectorate contests", or give the path of a contest file.'
        raise ContestError(f"there is no contest {shown(name)}", hint=hint)
    path = Path(name)
    return load_file(path / "contest.toml" if is_so(path.is_dir) else path)


@functools.lru_cache(maxsize=256)
def _shipped(name: str) -> Case:
    folder = gallery.find(name)
    if folder is None:  # pragma: no cover - the caller has looked
        raise ContestError(f'there is no contest "{name}"')
    return load_file(folder / "contest.toml", folder)


def load_other(case: Case, name: str, loader: Callable[[str], Case], *at: str | int) -> Case:
    """The contest that ``case`` names at the key ``at``: itself, a file beside it (ending in .toml), or by ``loader``.

    Raises ContestError with the place where it is named; for what is wrong inside another file, with the place there.
    """
    if name == case.contest.id:
        return case
    if name.endswith(".toml"):
        return load_file(beside(name, case.folder, case.document.where(*at)))
    try:
        return loader(name)
    except InputError as fault:
        raise ContestError(fault.message, where=case.document.where(*at), hint=fault.hint) from None


def load_file(path: Path | Traversable, folder: Path | Traversable | None = None) -> Case:
    """The contest in the file at ``path``; the files that it names are looked for in ``folder`` (its own)."""
    document = documents.read(path, ContestError)
    here = folder if folder is not None else (path.parent if isinstance(path, Path) else None)
    return from_document(document, here)


def from_document(document: Document, folder: Path | Traversable | None) -> Case:
    """The contest that ``document`` holds. Raises ContestError with every problem found."""
    contest = documents.check(document, Contest, ContestError)
    rulebook = _rulebook(contest, document, folder)
    problems = [*misfits(contest, rulebook, document), *misread(contest, rulebook, document)]
    if folder is not None:
        problems += strangers(contest, document, folder)
    if problems:
        raise ContestError.of(sorted(problems, key=lambda problem: problem.where.line or 0))
    units = {}
    for index, ballot in enumerate(contest.ballot):
        for key in ("ballots", "units"):
            named = getattr(ballot, key)
            if named is not None:
                file = beside(named, folder, document.where("ballot", index, key))
                if key == "units":
                    units[ballot.stage] = read_units(file, contest)
    return Case(contest, rulebook, document, units, folder)


def _rulebook(contest: Contest, document: Document, folder: Path | Traversable | None) -> Rulebook:
    where = document.where("rulebook")
    if contest.rulebook.endswith(".toml"):
        rulebook = rules.load_file(beside(contest.rulebook, folder, where))
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
