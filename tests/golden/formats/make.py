"""Writes a small file of each format: ``python -m tests.golden.formats.make``. Read the diff before it is kept."""

import tempfile
from pathlib import Path

from selectorate.ballots import Option, Profile, formats, profile_of
from selectorate.ballots.profile import Rank

HERE = Path(__file__).parent
PEOPLE = [Option("Ann Archer", "Red"), Option("Bob O'Neil"), Option("Smith, Cyd")]
PAPERS: list[tuple[int, list[Rank]]] = [(3, [1, 2]), (2, [2, None, 1]), (1, [3, 1, 2]), (1, [])]


def _board(*more: tuple[int, list[Rank]]) -> Profile:
    return profile_of(PEOPLE, [*PAPERS, *more], seats=2, title="A board of two")


STRICT = _board()
BOARD = _board((2, [3, (1, 2)]))
"""With several at one rank, which most formats can say."""
CASES = {
    "preflib-cat": profile_of(PEOPLE, [(3, [(1, 2)]), (2, [3]), (1, [])], seats=2, title="A board of two"),
    "ess": _board((1, [2, (), 3])),
    "rctab": BOARD,
}


def profile_for(format: str) -> Profile:
    """The ballots that are written in ``format``."""
    return CASES.get(format, BOARD)


def files_of(format: str, folder: Path) -> list[Path]:
    """The files of ``format``, written to ``folder``."""
    path = folder / f"{format}{formats.FORMATS[format].extensions[0]}"
    return formats.write(profile_for(format), path, format)


def main() -> None:
    """Write all of them."""
    for found in formats.FORMATS.values():
        if found.writes:
            with tempfile.TemporaryDirectory() as folder:
                for path in files_of(found.id, Path(folder)):
                    (HERE / path.name).write_bytes(path.read_bytes())


if __name__ == "__main__":
    main()
