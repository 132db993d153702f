"""Make large ballot files, the same ones from the same seed, to measure reading and counting with.

    python benchmarks/make_ballots.py FOLDER [NAME ...]

``av``: a million ballots of five candidates, one a line. ``av5``: five million. ``stv``: half a million, nearly all
distinct, of 40 candidates, 15 ranks on average, nine places. ``ward``: 5,000 ballots of eight candidates, one a line.
``wards``: 1,100 such wards. Nothing here is real, and nothing of it is in the repository.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

BATCH = 100_000


def rankings(
    random: np.random.Generator, ballots: int, candidates: int, mean: int
) -> Iterator[list[NDArray[np.int64]]]:
    """Batches of rankings: the earlier candidates are liked better, the lengths vary about ``mean``."""
    liked = np.log(np.arange(candidates, 0, -1))
    for start in range(0, ballots, BATCH):
        size = min(BATCH, ballots - start)
        order = np.argsort(-(liked + random.gumbel(size=(size, candidates))), axis=1) + 1
        length = np.clip(random.poisson(mean, size), 1, candidates)
        yield [row[:cut] for row, cut in zip(order, length, strict=True)]


def blt(path: Path, ballots: int, candidates: int, seats: int, mean: int, seed: int) -> None:
    """A BLT file with one ballot a line."""
    random = np.random.default_rng(seed)
    with path.open("w", encoding="ascii", newline="\n") as file:
        file.write(f"{candidates} {seats}\n")
        for batch in rankings(random, ballots, candidates, mean):
            file.write("".join(f"1 {' '.join(map(str, row.tolist()))} 0\n" for row in batch))
        names = "".join(f'"Candidate {number}"\n' for number in range(1, candidates + 1))
        file.write(f'0\n{names}"Made up, seed {seed}"\n')


def main(folder: Path, wanted: list[str]) -> None:
    """Write the files named, or all but ``av5``, to ``folder``."""
    folder.mkdir(parents=True, exist_ok=True)
    made = wanted or ["av", "stv", "ward", "wards"]
    if "av" in made:
        blt(folder / "av.blt", 1_000_000, 5, 1, 4, 1)
    if "av5" in made:
        blt(folder / "av5.blt", 5_000_000, 5, 1, 4, 5)
    if "stv" in made:
        blt(folder / "stv.blt", 500_000, 40, 9, 15, 2)
    if "ward" in made:
        blt(folder / "ward.blt", 5_000, 8, 4, 4, 3)
    if "wards" in made:
        (folder / "wards").mkdir(exist_ok=True)
        for number in range(1, 1101):
            blt(folder / "wards" / f"{number:04}.blt", 5_000, 6 + number % 6, 3 + number % 2, 4, 1000 + number)


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    main(Path(sys.argv[1]), sys.argv[2:])
