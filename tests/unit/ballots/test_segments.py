"""The column of a table that says the segment of each ballot: as if every segment had a file of its own."""

from __future__ import annotations

import io
import random

import pytest
from tests.bad.ballots.make_workbooks import SHEET, sheet, workbook

from selectorate.ballots import Profile, formats, in_parts, part
from selectorate.ballots.formats import Options
from selectorate.ballots.formats.segments import MAX_SEGMENTS
from selectorate.errors import InputError

NAMES = ["Ann", "Bob", "Cyd", "Dan"]
OURS = "".join(f"# candidate {number}: {name}\n" for number, name in enumerate(NAMES, 1))


def by_column(text: str, column: str = "branch", format: str | None = None) -> Profile:
    return formats.read(text.encode(), format=format, name="table.csv", options=Options(segments=column))


def same(one: Profile, other: Profile) -> bool:
    """Whether two profiles have the same parts, and in each the same papers."""
    names = list(one.part_names) == list(other.part_names) and one.candidates == other.candidates
    return names and all(
        sorted(map(repr, part(one, index).rankings())) == sorted(map(repr, part(other, index).rankings()))
        for index in range(len(one.part_names))
    )


def rows(drawn: random.Random, number: int) -> list[tuple[str, int, list[str]]]:
    """Branches, numbers of ballots and cells: gaps, over-votes and blank papers among them."""
    found = []
    for _ in range(number):
        cells = [drawn.choice([*NAMES, "", "overvote", "Ann|Cyd"]) for _ in range(drawn.randrange(1, 5))]
        found.append((f"Branch {drawn.choice([1, 2, 9, 10])}", drawn.randrange(1, 4), cells))
    return found


@pytest.mark.parametrize("seed", range(40))
def test_a_column_is_as_good_as_a_file_for_each_segment(seed: int) -> None:
    drawn = random.Random(seed)
    table = rows(drawn, drawn.randrange(1, 60))
    head = "rank 1,rank 2,rank 3,rank 4"
    lines = [f"{branch},{number},{','.join(cells)}" for branch, number, cells in table]
    mine = by_column(f"{OURS}branch,ballots,{head}\n" + "\n".join(lines) + "\n")
    branches = sorted({branch for branch, _, _ in table}, key=lambda branch: int(branch.split()[1]))
    files = {
        branch: formats.read(
            f"{OURS}ballots,{head}\n".encode()
            + "".join(f"{number},{','.join(cells)}\n" for own, number, cells in table if own == branch).encode(),
            format="csv",
        )
        for branch in branches
    }
    assert same(mine, in_parts(files))
    assert mine.total == sum(number for _, number, _ in table)
    drawn.shuffle(lines)
    again = by_column(f"{OURS}branch,ballots,{head}\n" + "\n".join(lines) + "\n")
    assert (again.papers.tolist(), again.number.tolist(), again.sets) == (
        mine.papers.tolist(),
        mine.number.tolist(),
        mine.sets,
    )
    assert again.parts is not None and mine.parts is not None and again.parts.tolist() == mine.parts.tolist()


def test_a_column_a_candidate() -> None:
    found = by_column("Branch,Ann,Bob\nNorth,1,2\nSouth,,1\nNorth,1,2\nNorth,2,1\n")
    assert (found.part_names, [option.name for option in found.candidates]) == (("North", "South"), ["Ann", "Bob"])
    assert [list(part(found, index).rankings()) for index in (0, 1)] == [[(2, (1, 2)), (1, (2, 1))], [(1, (2,))]]


def test_candidates_are_those_of_the_whole_file() -> None:
    found = by_column("branch,rank 1\nNorth,Bob\nSouth,Ann\n")
    assert [option.name for option in found.candidates] == ["Ann", "Bob"]


def test_a_workbook() -> None:
    rows_ = [["Precinct", "1st Choice", "2nd Choice"], ["W-2", "Ann", "Bob"], ["W-1", "Bob", "undervote"]]
    cells = "".join(
        f'<row r="{row}">'
        + "".join(f'<c r="{column}{row}" t="str"><v>{text}</v></c>' for column, text in zip("ABC", texts, strict=True))
        + "</row>"
        for row, texts in enumerate(rows_, 1)
    )
    book = workbook({SHEET: sheet(cells)})
    found = formats.read(book, format="ess", options=Options(segments="precinct"))
    assert found.part_names == ("W-1", "W-2")
    assert [list(part(found, index).rankings()) for index in (0, 1)] == [[(1, (2,))], [(1, (1, 2))]]


def test_equal_papers_of_a_segment_are_merged() -> None:
    text = io.StringIO()
    text.write("branch,rank 1\n")
    for number in range(20_000):
        text.write(f"{'NS'[number % 2]},{'Ann' if number % 3 else 'Bob'}\n")
    assert by_column(text.getvalue()).papers.shape == (4, 1)


@pytest.mark.parametrize(
    ("text", "column", "line", "said"),
    [
        ("branch,rank 1\nNorth,Ann\n", "brnch", 1, 'no column is called "brnch"'),
        ("branch,Branch,rank 1\nNorth,North,Ann\n", "branch", 1, 'several columns are called "branch"'),
        ("branch,rank 1\nNorth,Ann\n", "rank 1", 1, 'the column "rank 1" is one of votes'),
        ("ballots,rank 1\n3,Ann\n", "ballots", 1, 'the column "ballots" is one of votes'),
        ("branch,rank 1\nNorth,Ann\n,Bob\n", "branch", 3, 'the column "branch" is empty'),
        ("branch,Ann\nNorth,1\n,1\n", "branch", 3, 'the column "branch" is empty'),
        (
            "id,rank 1\n" + "".join(f"{n},Ann\n" for n in range(MAX_SEGMENTS + 1)),
            "id",
            2002,
            "more than 2000 different",
        ),
    ],
)
def test_what_is_no_column_of_segments(text: str, column: str, line: int, said: str) -> None:
    with pytest.raises(InputError, match=said) as caught:
        by_column(text, column)
    assert caught.value.where is not None and caught.value.where.line == line


def test_a_file_without_columns() -> None:
    with pytest.raises(InputError, match="BLT has no column"):
        by_column('2 1\n1 1 0\n0\n"Ann"\n"Bob"\n', format="blt")
