"""The result: sums found, rankings opened, and papers that could be a mark named as void."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.boxes import RANK, WITH_BLANK, YES_NO, Made, new_box, single_trustees

from selectorate.box.ed25519 import ED25519, Ed25519
from selectorate.box.finite import RFC_3526_2048
from selectorate.box.groups import Group
from selectorate.box.pools import new_pool
from selectorate.box.public import Element, Product
from selectorate.box.sodium import SodiumPool
from selectorate.box.v1 import results
from selectorate.box.v1.ballots import make_ballot
from selectorate.box.v1.report import report
from selectorate.box.v1.results import logarithms, require_findable
from selectorate.contest.sealed import papers_of
from selectorate.errors import ProtocolError

GROUPS = pytest.mark.parametrize("group", [ED25519, RFC_3526_2048], ids=lambda group: group.name)

# --- sums -------------------------------------------------------------------------------------------------


def found(group: Group, exponents: Sequence[int], most: int) -> list[int]:
    return logarithms(new_pool(group, "libsodium"), [group.power_g(one) for one in exponents], most)


@GROUPS
@pytest.mark.parametrize("most", [0, 1, 2, 3, 4, 8, 9, 15, 16, 17, 99, 100])
def test_every_sum_is_found(group: Group, most: int) -> None:
    assert found(group, range(most + 1), most) == list(range(most + 1))
    assert found(group, [most, 0, most], most) == [most, 0, most]


@GROUPS
@pytest.mark.parametrize("most", [0, 1, 3, 4, 100])
def test_a_sum_larger_than_all_votes_is_refused(group: Group, most: int) -> None:
    for beyond in (most + 1, most + 2, group.q - 1, 12345678901234567890):
        with pytest.raises(ProtocolError) as caught:
            found(group, [0, beyond], most)
        assert caught.value.check == "result.range"


def test_of_nothing_there_are_no_sums() -> None:
    assert found(ED25519, [], 10) == []


def test_large_sums_are_found() -> None:
    assert found(ED25519, [999_999, 1_000_000, 1, 500_001], 1_000_000) == [999_999, 1_000_000, 1, 500_001]


def test_finding_a_sum_takes_no_memory_for_each_step() -> None:
    class Watched(SodiumPool):
        most = 0

        def products(self, requests: Sequence[Product], /) -> list[Element]:
            made = super().products(requests)
            self.most = max(self.most, len(self._points))
            return made

    pool, most = Watched(), 250_000
    sums = [most, most - 1, most - 2]
    assert logarithms(pool, [ED25519.power_g(one) for one in sums], most) == sums
    assert pool.most < 900  # small steps are made together, 867 of them; a large step needs what it goes on from


@GROUPS
def test_what_is_kept_and_what_is_done_to_find_a_sum_is_bounded(group: Group, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same sums are found with a table of any size; what is looked for in vain ends as well."""
    for kept in (1, 2, 7, 50):
        monkeypatch.setattr(results, "MOST_SMALL_STEPS", kept)
        assert found(group, [0, 1, 49, 50, 99, 100], 100) == [0, 1, 49, 50, 99, 100]
        with pytest.raises(ProtocolError):
            found(group, [100, 101], 100)


def test_weights_of_which_no_sum_could_be_found_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """When the box is opened, and by who reads one that another program opened; rankings have no sums."""
    for votes, questions in ((10**11, (YES_NO, YES_NO)), (200_000_000, (WITH_BLANK,) * 350)):
        with pytest.raises(ProtocolError, match=f"the weights make {votes:,} votes") as caught:
            new_box(tmp_path, questions, voters=[votes - 1, 1])
        assert caught.value.check == "setup.credentials"
    made = new_box(tmp_path, (YES_NO,), voters=[10**11 - 1, 1])
    assert made.read().sound
    require_findable(new_box(tmp_path, (RANK,)).election, 10**11)
    monkeypatch.setattr(results, "MOST_LARGE_STEPS", 1)
    assert [fault.check for fault in made.read().faults] == ["setup.credentials"]


@pytest.mark.slow
def test_large_weights_are_summed(tmp_path: Path) -> None:
    made = new_box(tmp_path, (YES_NO,), voters=[10**9, 3, 10**7])
    for voter, answer in enumerate(([1, 0], [1, 0], [0, 1])):
        made.cast(voter, [answer])
    assert made.to_the_end() == [[10**9 + 3, 10**7]]
    assert made.read().sound


@given(st.integers(0, 400), st.lists(st.integers(0, 400), max_size=4))
def test_sums_are_found_or_refused(most: int, exponents: list[int]) -> None:
    if all(one <= most for one in exponents):
        assert found(ED25519, exponents, most) == exponents
    else:
        with pytest.raises(ProtocolError):
            found(ED25519, exponents, most)


# --- papers that are void ---------------------------------------------------------------------------------


def next_encoding(values: Sequence[int]) -> str:
    """Another element that decodes to the same vector: the next one after the canonical one."""
    number = int(ED25519.encode(values), 16) + 1
    while not ED25519.is_element(f"{number:064x}"):
        number += 1
    return f"{number:064x}"


MARKS = {
    "the next encoding": next_encoding([1, 2, 3]),
    "the other sign": ED25519.invert(ED25519.encode([1, 2, 3])),
    "more before it": ED25519.encode([77, 1, 2, 3]),
}


def cast_marked(made: Made, voter: int, element: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(Ed25519, "encode", lambda self, values: element)
        raw = make_ballot(made.election, made.credentials[voter], [[1, 2, 3]])
    made.box.cast(raw)


@pytest.mark.parametrize("mark", MARKS)
def test_a_marked_paper_is_void(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mark: str) -> None:
    """It says 1, 2, 3 as others do; only its buyer could tell it from them."""
    assert ED25519.decode(MARKS[mark], 3) == [1, 2, 3] and MARKS[mark] != ED25519.encode([1, 2, 3])
    made = new_box(tmp_path, (RANK,), voters=3)
    cast_marked(made, 0, MARKS[mark], monkeypatch)
    made.cast(1, [[1, 2, 3]])
    made.cast(2, [[3, 2, 1]])
    assert sorted(made.to_the_end()[0]) == [[1, 2, 3], [1, 2, 3], [3, 2, 1]]
    reading = made.read()
    judged = report(reading, final=True)
    assert judged.sound and judged.void == {0: 1}
    assert reading.opened is not None and len(reading.opened.not_canonical[0]) == 1
    sealed = papers_of(reading)
    assert sealed.void == 1
    counted = dict(zip(map(tuple, sealed.profile.papers.tolist()), sealed.profile.number.tolist(), strict=True))
    assert counted == {(0, 0, 0): 1, (1, 2, 3): 1, (3, 2, 1): 1}


@pytest.mark.parametrize(
    "vector", [[1, 1, 2], [2, 3, 0], [1, 3, 0], [255, 0, 0], [0, 0, 2], [1, 2, 4], [3, 3, 3], [254, 255, 253]]
)
def test_a_vector_that_is_no_ranking_is_void(tmp_path: Path, vector: list[int]) -> None:
    made = new_box(tmp_path, (RANK,), voters=2, trustees=1)
    made.cast(0, [vector])
    made.cast(1, [[0, 1, 0]])
    assert sorted(made.to_the_end()[0]) == sorted([vector, [0, 1, 0]])
    judged = report(made.read(), final=True)
    assert judged.sound and judged.void == {0: 1}
    assert papers_of(made.read()).void == 1


def test_a_short_or_empty_ranking_is_not_void(tmp_path: Path) -> None:
    vectors = [[0, 0, 0], [0, 0, 1], [2, 0, 1], [2, 3, 1]]
    made = new_box(tmp_path, (RANK,), voters=4, trustees=1)
    for voter, vector in enumerate(vectors):
        made.cast(voter, [vector])
    made.to_the_end()
    assert report(made.read()).void == {0: 0}


def test_marks_are_told_by_question(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = new_box(tmp_path, (YES_NO, RANK), voters=2, trustees=single_trustees(ED25519, 1))
    with monkeypatch.context() as patched:
        patched.setattr(Ed25519, "encode", lambda self, values: MARKS["the other sign"])
        raw = make_ballot(made.election, made.credentials[0], [[1, 0], [1, 2, 3]])
    made.box.cast(raw)
    made.cast(1, [[0, 1], [2, 2, 0]])
    made.to_the_end()
    judged = report(made.read())
    assert judged.void == {1: 2}
