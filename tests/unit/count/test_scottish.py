"""Scotland: Edinburgh 2017 to the last digit of the council's sheets; who was elected in 158 wards in 2022."""

from __future__ import annotations

import json
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

import selectorate
from selectorate.ballots import Profile, profile_of
from selectorate.count.lot import Lot
from selectorate.count.registry import METHODS, Options

SHARED = Path(selectorate.__file__).resolve().parents[3] / "shared" / "ballots" / "scottish"
EDINBURGH = SHARED / "edinburgh-2017"
WARDS_2022 = SHARED / "2022"

pytestmark = pytest.mark.skipif(not SHARED.is_dir(), reason="../shared/ballots is not here")


def _sheets(file: Path) -> dict[str, Any]:
    return json.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}


def blt(path: Path) -> Profile:
    """An Edinburgh ward: number of candidates and seats, then one line for each kind of ballot."""
    lines = path.read_text(encoding="utf-8").splitlines()
    candidates, seats = map(int, lines[0].split())

    def papers() -> Iterator[tuple[int, list[int]]]:
        for line in lines[1:]:
            numbers = [int(part) for part in line.split()]
            if numbers == [0]:
                return
            yield numbers[0], list(numbers[1:-1])

    return profile_of([str(number) for number in range(1, candidates + 1)], papers(), seats=seats)


def matrix(path: Path) -> Profile:
    """A ward of 2022: the rank of each candidate on each kind of ballot, 0 for none."""
    lines = path.read_text(encoding="utf-8").splitlines()
    seats, candidates, kinds, _ = map(int, lines[1].split())
    names = [line.strip() for line in lines[2 : 2 + candidates]]
    papers = []
    for line in lines[2 + candidates : 2 + candidates + kinds]:
        number, *ranks = map(int, line.split())
        ranked = sorted((rank, who) for who, rank in enumerate(ranks, 1) if rank)
        papers.append((number, [who for _, who in ranked]))
    return profile_of(names, papers, seats=seats)


OFFICIAL = _sheets(EDINBURGH / "official_counts.json")
EXPECTED = _sheets(WARDS_2022 / "expected_winners.json")


@pytest.mark.parametrize("ward", sorted(OFFICIAL))
def test_edinburgh_2017_to_the_last_digit(ward: str) -> None:
    official = OFFICIAL[ward]
    profile = blt(EDINBURGH / ward)
    assert profile.seats is not None
    count = METHODS["scottish"].run(profile, profile.seats, Options(lot=Lot("not used")))
    assert not [tie for shown in count.rounds for tie in shown.ties if tie.lot], "no lot was drawn in Edinburgh"
    assert sorted(count.elected) == sorted(official["winners_1based"])
    assert [{str(who): votes for who, votes in shown.totals.items()} for shown in count.rounds] == [
        {who: Fraction(votes) for who, votes in column.items()} for column in official["counts"]
    ]
    assert count.rounds[0].quota == official["quota"]
    for shown in count.rounds:
        assert sum(shown.totals.values()) + shown.exhausted + shown.lost == count.valid


@pytest.mark.parametrize("ward", sorted(EXPECTED))
def test_winners_of_2022(ward: str) -> None:
    expected = EXPECTED[ward]
    profile = matrix(WARDS_2022 / ward)
    assert profile.seats == expected["seats"]
    assert len(profile.candidates) == expected["candidates"]
    assert profile.total == expected["ballots"]
    count = METHODS["scottish"].run(profile, expected["seats"], Options(lot=Lot("2022")))
    assert sorted(count.elected) == sorted(expected["winners_1based"])


def test_every_ward_is_here() -> None:
    assert (len(OFFICIAL), len(EXPECTED)) == (17, 158)
