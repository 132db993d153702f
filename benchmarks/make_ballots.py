"""Make large ballot files, the same ones from the same seed, to measure reading and counting with.

    python benchmarks/make_ballots.py FOLDER [NAME ...]

``av``: a million ballots of five candidates, one a line. ``stv``: half a million, nearly all distinct, of 40
candidates, 15 ranks on average, nine places. ``wards``: 1,100 of Scotland's kind, of 5,000 ballots each: six to eleven
candidates who are liked differently in each ward, three or four places, three ranks on average, one ballot a line.
``millions``: five million ballots like those of ``av``, and the first one, two, three and four million of them.
Nothing here is real, and nothing of it is in the repository.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

BATCH = 100_000
MILLION = 1_000_000
WARDS = 1_100

Liked = NDArray[np.float64]
"""How well each candidate is liked. A voter's own liking is this and something random (Gumbel's distribution): so the
chance to stand next on a paper follows the exponential of it, as in the model of Plackett and Luce."""


def rankings(random: np.random.Generator, ballots: int, liked: Liked, mean: int) -> Iterator[list[NDArray[np.int64]]]:
    """Batches of rankings; their lengths vary about ``mean``, by Poisson's distribution."""
    for start in range(0, ballots, BATCH):
        size = min(BATCH, ballots - start)
        order = np.argsort(-(liked + random.gumbel(size=(size, liked.size))), axis=1) + 1
        length = np.clip(random.poisson(mean, size), 1, liked.size)
        yield [row[:cut] for row, cut in zip(order, length, strict=True)]


def blt(path: Path, random: np.random.Generator, ballots: int, liked: Liked, seats: int, mean: int) -> None:
    """A BLT file with one ballot a line."""
    with path.open("w", encoding="ascii", newline="\n") as file:
        file.write(f"{liked.size} {seats}\n")
        for batch in rankings(random, ballots, liked, mean):
            file.write("".join(f"1 {' '.join(map(str, row.tolist()))} 0\n" for row in batch))
        file.write(end(liked.size))


def end(candidates: int) -> str:
    """What stands in a BLT file after the ballots."""
    names = "".join(f'"Candidate {number}"\n' for number in range(1, candidates + 1))
    return f'0\n{names}"Made up"\n'


def falling(candidates: int) -> Liked:
    """The first candidate is liked best, the last least."""
    liked: Liked = np.log(np.arange(candidates, 0, -1))
    return liked


def wards(folder: Path) -> None:
    """A folder of wards, in each of which other candidates are liked."""
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(1, WARDS + 1):
        random = np.random.default_rng(1_000 + number)
        liked = random.normal(0, 0.8, 6 + number % 6)
        blt(folder / f"{number:04}.blt", random, 5_000, liked, 3 + number % 2, 3)


def millions(folder: Path, most: int = 5) -> None:
    """Files of so many million ballots, each the beginning of the next."""
    folder.mkdir(parents=True, exist_ok=True)
    whole = folder / f"{most}.blt"
    blt(whole, np.random.default_rng(5), most * MILLION, falling(5), 1, 4)
    for number in range(1, most):
        with whole.open(encoding="ascii") as source, (folder / f"{number}.blt").open("w", encoding="ascii") as part:
            for _ in range(number * MILLION + 1):
                part.write(source.readline())
            part.write(end(5))


MADE: dict[str, Callable[[Path], None]] = {
    "av.blt": lambda path: blt(path, np.random.default_rng(1), MILLION, falling(5), 1, 4),
    "stv.blt": lambda path: blt(path, np.random.default_rng(2), MILLION // 2, falling(40), 9, 15),
    "wards": wards,
    "millions": millions,
}
"""What is made, by the name of the file or folder."""


def make(folder: Path, name: str) -> Path:
    """The file or folder ``name``, made unless it is there; what was made in part is made again."""
    path = folder / name
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        part = folder / f"part-{name}"
        MADE[name](part)
        part.rename(path)
    return path


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    for wanted in sys.argv[2:] or MADE:
        found = [name for name in MADE if name.removesuffix(".blt") == wanted.removesuffix(".blt")]
        if not found:
            sys.exit(f"{wanted} is not made here; these are: {', '.join(MADE)}")
        print(make(Path(sys.argv[1]), found[0]))
