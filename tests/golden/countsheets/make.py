"""Writes the golden sheets of counts: ``python -m tests.golden.countsheets.make``. Read the diff before it is kept."""

from collections.abc import Callable
from pathlib import Path

from selectorate import sheets
from selectorate.ballots import Profile, formats, profile_of
from selectorate.count.lot import Lot
from selectorate.count.registry import METHODS, Options
from selectorate.count.result import Count

HERE = Path(__file__).parent
WARD = HERE.parent / "counts" / "edinburgh-2017-ward10.blt"
BOARD = profile_of(
    ["Ann Archer", "Bob Baker", "Cyd Cook", "Dan Dyer", "Eve Elder"],
    [
        (9, [1, 2]),
        (6, [2, 3, 1]),
        (6, [3, 2]),
        (2, [4, 5]),
        (2, [5, 4, 3]),
        (1, [(1, 2)]),
        (3, [4, None, 1]),
        (1, []),
    ],
    seats=2,
    title="A board of two",
)


def counted(profile: Profile, method: str) -> Count:
    """The count, with a lot of which everything is known."""
    return METHODS[method].run(profile, profile.seats or 1, Options(lot=Lot("a seed", ("12", "45", "7"))))


def text(profile: Profile, method: str) -> str:
    """The sheet as text."""
    return sheets.sheet_text(sheets.count_sheet(counted(profile, method), METHODS[method], profile.title), 100)


def table(profile: Profile, method: str) -> str:
    """The table for a spreadsheet."""
    return sheets.count_csv(counted(profile, method)).replace("\r\n", "\n")


CASES: dict[str, Callable[[], str]] = {
    "edinburgh-2017-ward10.txt": lambda: text(formats.read(WARD), "scottish"),
    "board-scottish.txt": lambda: text(BOARD, "scottish"),
    "board-scottish.csv": lambda: table(BOARD, "scottish"),
    "board-schulze.txt": lambda: text(profile_of(BOARD.candidates, BOARD.rankings(), title=BOARD.title), "schulze"),
}

if __name__ == "__main__":
    for name, make in CASES.items():
        (HERE / name).write_text(make(), encoding="utf-8")
