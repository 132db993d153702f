"""Loading a contest: its file, its rulebook, and the files of units and of ballots beside it."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from .. import documents, gallery, rules
from ..documents import Document, nearest, shown
from ..errors import ContestError, InputError, RulebookError
from ..rules import BallotStage, MotionStage, Rulebook
from . import counted
from .case import Case
from .cast import Casts, Sealed, joined, read_cast
from .misfits import misfits
from .misread import misread
from .model import TOTAL, Contest
from .others import beside, is_so, strangers
from .sealed import read_sealed
from .units import read_units


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


def from_document(document: Document, folder: Path | Traversable | None, sealed: Sealed = read_sealed) -> Case:
    """The contest that ``document`` holds. ``sealed``: what reads the archive of a box, and checks it.

    Raises ContestError with every problem found.
    """
    plain = without_ballots(document, folder)
    contest, rulebook = plain.contest, plain.rulebook
    units, casts = {}, {}
    for index, ballot in enumerate(contest.ballot):
        if ballot.units is not None:
            where = document.where("ballot", index, "units")
            units[ballot.stage] = read_units(beside(ballot.units, folder, where), contest)
        cast = _casts(contest, rulebook, document, folder, index, sealed)
        if any(cast):
            casts[ballot.stage] = cast
    case = Case(contest, rulebook, document, units, folder=folder)
    return counted.with_ballots(case, casts) if casts else case


def without_ballots(document: Document, folder: Path | Traversable | None) -> Case:
    """The contest that ``document`` holds, before the files of units and of ballots that it names are read.

    Raises ContestError with every problem found.
    """
    contest = documents.check(document, Contest, ContestError)
    rulebook = _rulebook(contest, document, folder)
    problems = [*misfits(contest, rulebook, document), *misread(contest, rulebook, document)]
    if folder is not None:
        problems += strangers(contest, document, folder)
    if problems:
        raise ContestError.of(sorted(problems, key=lambda problem: problem.where.line or 0))
    return Case(contest, rulebook, document, {}, folder=folder)


def _casts(
    contest: Contest,
    rulebook: Rulebook,
    document: Document,
    folder: Path | Traversable | None,
    index: int,
    sealed: Sealed,
) -> tuple[Casts, ...]:
    """The ballots of one ballot or motion, from the files that it names: of the whole ballot, or of each round."""
    ballot = contest.ballot[index]
    stage = rulebook.stage_named(ballot.stage)
    if not isinstance(stage, BallotStage | MotionStage):  # pragma: no cover - misfits has looked
        return ()
    places: list[tuple[tuple[str | int, ...], Mapping[str, tuple[str, ...]]]] = [(("ballot", index), ballot.ballots)]
    if not ballot.ballots:
        places = [(("ballot", index, "round", number), item.ballots) for number, item in enumerate(ballot.round)]
    return tuple(
        {
            section: joined([read_cast(beside(name, folder, where), contest, stage, where, sealed) for name in names])
            for section, names in files.items()
            for where in (document.where(*at, "ballots", *(() if section == TOTAL else (section,))),)
        }
        for at, files in places
    )


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
