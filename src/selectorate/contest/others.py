"""The files that a contest file names beside itself, and the other contests that its claims and rivals refer to."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib.resources.abc import Traversable
from pathlib import Path

from .. import documents, gallery
from ..documents import Document, nearest, shown
from ..errors import ContestError, InputError, Problem, Where
from .model import MOTION, Contest

Folder = Path | Traversable | None


def beside(name: str, folder: Folder, where: Where) -> Path | Traversable:
    """The file called ``name`` in ``folder``. Raises ContestError if it is elsewhere or not there."""
    parts = Path(name).parts
    if folder is None or Path(name).is_absolute() or ".." in parts or not parts:
        raise ContestError(
            f"{shown(name)} is not a file beside this one",
            where=where,
            hint="Put the file into the same folder and give its name alone.",
        )
    path = folder.joinpath(*parts)
    if not is_so(path.is_file):
        hint = "Put it into the folder of this file, and write its name as it is there."
        raise ContestError(f"there is no file {shown(name)} beside this one", where=where, hint=hint)
    return path


def is_so(asked: Callable[[], bool]) -> bool:
    """What is ``asked`` of a path; no, if its name is too long for the file system."""
    try:
        return asked()
    except OSError:
        return False


def strangers(contest: Contest, document: Document, folder: Folder) -> Iterator[Problem]:
    """Other contests, and candidates of them, that claims and rivals name and that are not there.

    They are looked at, not loaded: two files may name each other. What else is wrong with one is said when its figures
    are asked for.
    """
    for index, claim in enumerate(contest.claims):
        for number, reading in enumerate(claim.reading):
            at = ("claims", index, "reading", number)
            yield from _stranger(contest, reading.contest, reading.candidate, document, folder, (*at, "contest"))
            if isinstance(reading.than, str) and reading.fact is None:
                yield from _stranger(contest, reading.than, None, document, folder, (*at, "than"))
    for index, rival in enumerate(contest.rivals):
        yield from _stranger(contest, rival.contest, rival.candidate, document, folder, ("rivals", index, "contest"))


def _stranger(
    contest: Contest,
    name: str | None,
    candidate: str | None,
    document: Document,
    folder: Folder,
    at: tuple[str | int, ...],
) -> Iterator[Problem]:
    """What is wrong with the contest ``name``, named at ``at``, or with the ``candidate`` who should be in it."""
    if name is None or name == contest.id:
        people = list(contest.candidates)
    else:
        try:
            candidates = _raw(name, folder, document.where(*at)).get("candidates")
            people = list(candidates) if isinstance(candidates, dict) else []
        except InputError as fault:
            yield from fault.problems
            return
    if name is not None and candidate is not None and candidate not in (*people, *MOTION):
        where = document.where(*at[:-1], "candidate")
        yield Problem(f'there is no candidate "{candidate}"', where, nearest(candidate, people, "The candidates are"))


def _raw(name: str, folder: Folder, where: Where) -> dict[str, object]:
    """The tables of the contest file ``name``, unchecked. Raises ContestError if there is none, or it is no TOML."""
    if name.endswith(".toml"):
        return documents.read(beside(name, folder, where), ContestError).data
    found = gallery.find(name)
    if found is None:
        known = [*gallery.contest_ids(), *map(gallery.short_name, gallery.contest_ids())]
        hint = nearest(name, known) or 'See "selectorate contests", or name a file beside this one: "2015.toml".'
        raise ContestError(f"there is no contest {shown(name)}", where=where, hint=hint)
    return documents.read(found / "contest.toml", ContestError).data
