"""What stands in a box twice: the marks of half a million ballots, held to a plain count of all of them."""

from __future__ import annotations

from array import array
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.boxes import RANK, WITH_BLANK, YES_NO, Made, new_box

from selectorate.box.v1.distinct import PARTS, Marker, Marks


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """One ciphertext and a tracker make two marks a ballot."""
    return new_box(tmp_path_factory.mktemp("box"), (RANK,), voters=1)


EDGES = [part * (2**64 // PARTS) + shift for part in range(PARTS + 1) for shift in (-1, 0, 1)]
MARKS = st.sampled_from([mark for mark in EDGES if 0 < mark < 2**64])
"""Few of them, so that many are alike; those at the bounds of the parts that are sorted one by one."""


@given(st.lists(st.tuples(MARKS, st.one_of(st.none(), MARKS)), max_size=60))
def test_it_finds_what_counting_finds(made: Made, ballots: list[tuple[int, int | None]]) -> None:
    marks = Marks(made.election)
    for of_tracker, alpha in ballots:
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(Marker, "mark", lambda self, text: int(text))
            marks.add(str(of_tracker), None if alpha is None else array("Q", [alpha]))
    counted = Counter(mark for row in ballots for mark in row if mark is not None)
    twice = {mark for mark, times in counted.items() if times > 1}
    numbers = {number for number, row in enumerate(ballots) if not twice.isdisjoint(row)}
    assert marks.alike() == (numbers, twice)


def test_of_ballots_that_cannot_be_read_only_the_tracker_is_compared(made: Made) -> None:
    marks = Marks(made.election)
    for of_tracker in ("a", "b", "c"):
        marks.add(of_tracker, None)
    assert marks.alike() == (frozenset(), frozenset())


def test_nobody_can_know_marks_beforehand() -> None:
    assert Marker().mark("alpha") != Marker().mark("alpha")


def test_a_mark_takes_eight_bytes(tmp_path: Path) -> None:
    """Eight ciphertexts and a tracker: 72 bytes a ballot."""
    election = new_box(tmp_path, (RANK, YES_NO, WITH_BLANK, RANK), voters=1).election
    marks, marker = Marks(election), Marker()
    for number in range(1000):
        marks.add(f"t{number}", marker.marks(f"{number} {place}" for place in range(8)))
    assert marks._marks.itemsize * len(marks._marks) == 72_000
    assert marks.alike() == (frozenset(), frozenset())
