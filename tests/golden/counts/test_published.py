"""Counts of real ballots against what was published of them."""

from __future__ import annotations

import json
from fractions import Fraction

import pytest

from selectorate.ballots import MarkRules
from selectorate.count.alternative import ALTERNATIVE_VOTE, BATCH, TO_THE_LAST_TWO, count_alternative
from selectorate.count.choices import APPROVAL, count_choices
from selectorate.count.result import Count
from selectorate.count.schulze import COMPARED, DEBIAN, MARGINS, SCHULZE, count_schulze

from .sources import SHARED, debian, needs_shared, people, preflib, utah

pytestmark = needs_shared
PREFLIB = SHARED / "preflib"


def winners(count: Count) -> list[str]:
    return people(count.candidates, count.elected)


def last_two(count: Count) -> dict[str, int]:
    last = count.rounds[-1].totals
    return {count.name(who): int(votes) for who, votes in last.items() if votes}


# -- Schulze -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sheet", "winner", "second", "votes", "ballots"),
    [
        ("leader2007_tally.txt", "Sam Hocevar", "Steve McIntyre", (211, 203), 482),
        ("leader2020_tally.txt", "Jonathan Carter", "Sruthi Chandran", (258, 57), 339),
    ],
)
def test_debian(sheet: str, winner: str, second: str, votes: tuple[int, int], ballots: int) -> None:
    profile = debian(SHARED / "debian" / sheet)
    count = count_schulze(profile, DEBIAN)
    assert profile.total == ballots
    assert winners(count) == [winner]
    one, two = count.candidates.index(winner) + 1, count.candidates.index(second) + 1
    assert (count.pairs[one, two], count.pairs[two, one]) == votes
    assert f"{winner} defeats {second}, {votes[0]} to {votes[1]} (A.6.4)." in count.rounds[0].say


@pytest.mark.parametrize("rule", [SCHULZE, MARGINS, COMPARED], ids=lambda rule: rule.name)
def test_burlington_has_a_winner_of_every_pair(rule: object) -> None:
    profile = preflib(PREFLIB / "00005-burlington" / "00005-00000002.toi")
    assert winners(count_schulze(profile, rule)) == ["Andy Montroll"]  # type: ignore[arg-type]


# -- alternative vote --------------------------------------------------------------------------------------------------


def test_oakland_2010() -> None:
    profile = preflib(PREFLIB / "00019-oakland" / "00019-00000002.toi")
    for rule in (ALTERNATIVE_VOTE, TO_THE_LAST_TWO, BATCH):
        count = count_alternative(profile, rule)
        first = count.rounds[0].totals
        assert count.name(max(first, key=lambda who: first[who])) == "Don Perata"
        assert winners(count) == ["Jean Quan"]
    assert profile.total == 119_256


def test_burlington_2009() -> None:
    profile = preflib(PREFLIB / "00005-burlington" / "00005-00000002.toi")
    count = count_alternative(profile)
    first = count.rounds[0].totals
    assert count.name(max(first, key=lambda who: first[who])) == "Kurt Wright"
    assert winners(count) == ["Bob Kiss"]
    # A rank with several waits until one of them is left: so the published totals come out to the last vote.
    count = count_alternative(profile, TO_THE_LAST_TWO, marks=MarkRules(overvote="end if several"))
    assert sorted(count.rounds[0].totals.values()) == [35, 36, 1306, 2063, 2585, 2951]
    assert last_two(count) == {"Bob Kiss": 4313, "Kurt Wright": 4061}
    assert count.rounds[-1].exhausted == 606


@pytest.mark.parametrize(("number", "winner"), [(1, 3), (3, 5), (5, 5), (7, 4), (9, 3), (11, 2)])
def test_american_psychological_association(number: int, winner: int) -> None:
    profile = preflib(PREFLIB / "00028-apa" / f"00028-{number:08}.soi")
    assert count_alternative(profile).elected == (winner,)


def nsw() -> list[str]:
    path = PREFLIB / "00058-nswla" / "expected.json"
    return sorted(json.loads(path.read_text(encoding="utf-8"))) if path.is_file() else []


@pytest.mark.parametrize("file", nsw())
def test_new_south_wales(file: str) -> None:
    folder = PREFLIB / "00058-nswla"
    expected = json.loads((folder / "expected.json").read_text(encoding="utf-8"))[file]
    profile = preflib(folder / file)
    count = count_alternative(profile, TO_THE_LAST_TWO)
    assert winners(count) == [expected["winner"]]
    assert last_two(count) == {
        expected["winner"]: expected["winner_2cp"],
        expected["runner_up"]: expected["runner_up_2cp"],
    }
    assert profile.total == expected["ballots"]
    assert winners(count_alternative(profile, BATCH)) == [expected["winner"]]


def test_labour_2010_members_of_parliament() -> None:
    profile = preflib(PREFLIB / "00030-uklabor" / "00030-00000001.soi")
    count = count_alternative(profile, TO_THE_LAST_TWO)
    assert sorted(count.rounds[0].totals.values(), reverse=True) == [111, 84, 40, 24, 7]
    assert sorted(last_two(count).values(), reverse=True) == [140, 122]
    assert count.rounds[-1].exhausted == 4


# -- approval ----------------------------------------------------------------------------------------------------------


def test_utah_senate_district_11() -> None:
    count = count_choices(utah(SHARED / "approval" / "utah_senate_11_cvr.json"), 1, APPROVAL)
    totals = {count.name(who): votes for who, votes in count.rounds[0].totals.items()}
    assert totals == {
        "Emily Buss": 615,
        "Maleah Bliss": 430,
        "Tynley Bean": 419,
        "Jeff Marshall": 407,
        "Jeff Saunders": 395,
    }
    assert winners(count) == ["Emily Buss"]
    assert count.valid + count.blank + count.spoilt == 1301


# -- every set of ballots ----------------------------------------------------------------------------------------------

SETS = sorted(path.name for path in (PREFLIB / "00007-ers").glob("*.soi"))


@pytest.mark.parametrize("file", SETS)
def test_votes_are_conserved(file: str) -> None:
    profile = preflib(PREFLIB / "00007-ers" / file)
    for rule in (ALTERNATIVE_VOTE, TO_THE_LAST_TWO, BATCH):
        count = count_alternative(profile, rule, marks=MarkRules())
        for round_ in count.rounds:
            assert sum(round_.totals.values()) + round_.exhausted == Fraction(count.valid)
            assert sum(round_.why.values()) == round_.exhausted
