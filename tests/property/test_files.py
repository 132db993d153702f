"""Counts of ballots that come from files: which files they lie in, and in which order, changes nothing."""

from __future__ import annotations

import io
import random
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.strategies import profiles

from selectorate.ballots import Profile, formats, profile_of
from selectorate.count.registry import METHODS, Options
from selectorate.count.result import Count
from selectorate.count.ties import Lot
from selectorate.errors import CountError

RANKED = sorted(id_ for id_ in METHODS if not id_.startswith("yes-no"))
WRITTEN = ("blt", "csv", "preflib", "dat", "csv-columns", "cdf", "clear-ballot", "debian", "ess", "rctab")


def counted(profile: Profile, method: str) -> Count | str:
    seats = 2 if METHODS[method].many else 1
    try:
        return METHODS[method].run(profile, seats, Options(lot=Lot("a seed", ("1", "2"))))
    except CountError as error:
        return error.message


def parts_of(profile: Profile, chance: random.Random, into: int) -> list[Profile]:
    """The same ballots dealt out to several profiles, one by one; some may have none."""
    dealt: list[list[tuple[int, object]]] = [[] for _ in range(into)]
    for number, ranks in profile.rankings():
        for _ in range(number):
            chance.choice(dealt).append((1, ranks))
    return [profile_of(profile.candidates, rows, seats=2) for rows in dealt]  # type: ignore[arg-type]


@pytest.mark.parametrize("format", WRITTEN)
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(profile=profiles(strict=True, papers=8, largest=6), chance=st.randoms(use_true_random=False))
def test_ballots_in_several_files_count_as_in_one(
    tmp_path: Path, format: str, profile: Profile, chance: random.Random
) -> None:
    parts = parts_of(profile, chance, chance.randint(2, 3))
    read = []
    for old in tmp_path.iterdir():
        old.unlink()  # of another example: a second file is not written over
    for number, part in enumerate([profile, *parts]):
        path = tmp_path / f"{number}{formats.known(format).extensions[0]}"
        formats.write(part, path, format)
        read.append(formats.read(path, format=format))
    whole, several = read[0], read[1:]
    for method in RANKED:
        count = counted(whole, method)
        assert counted(formats.joined(several), method) == count
        assert counted(formats.joined(several[::-1]), method) == count


@settings(max_examples=25)
@given(profile=profiles(strict=True, papers=8, largest=6), chance=st.randoms(use_true_random=False))
def test_the_order_of_lines_in_a_file_changes_no_count(profile: Profile, chance: random.Random) -> None:
    out = io.StringIO()
    formats.write(profile, out, "csv")
    lines = out.getvalue().splitlines(keepends=True)
    first = next(number for number, line in enumerate(lines) if line.startswith("ballots")) + 1
    head, rows = lines[:first], lines[first:]
    chance.shuffle(rows)
    read = formats.read("".join([*head, *rows]).encode(), format="csv")
    for method in RANKED:
        assert counted(read, method) == counted(profile, method)


@settings(max_examples=25)
@given(profile=profiles(strict=True, papers=8, largest=6))
def test_the_format_of_a_file_changes_no_count(profile: Profile) -> None:
    read = []
    for format in WRITTEN:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / f"x{formats.known(format).extensions[0]}"
            formats.write(profile, path, format)
            read.append(formats.read(path, format=format))
    for method in RANKED:
        counts = [counted(one, method) for one in read]
        assert all(count == counts[0] for count in counts)
