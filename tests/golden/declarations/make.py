"""Writes the golden declarations: ``python -m tests.golden.declarations.make``. Read what changed before it is kept."""

from pathlib import Path

from selectorate import contest, sheets

HERE = Path(__file__).parent
CASES = (("labour-2015", 80), ("labour-2016", 80), ("labour-2010", 100), ("canada-conservative-2017", 100))


def text(name: str, width: int) -> str:
    """The declaration of a contest as it is kept."""
    return sheets.declaration_text(contest.declare(contest.load(name)), width)


def path(name: str, width: int) -> Path:
    """Where it is kept."""
    return HERE / f"{name}-{width}.txt"


if __name__ == "__main__":
    for case in CASES:
        path(*case).write_text(text(*case), encoding="utf-8")
