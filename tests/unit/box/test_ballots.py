"""Ballots: any legal answer comes out as it went in, and what is not legal is not made."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.boxes import RANK, WITH_BLANK, YES_NO, Made, new_box
from tests.vectors.box.make import vector_ballot

from selectorate.box.ed25519 import ED25519
from selectorate.box.v1.ballots import make_ballot, read_ballot, tracker
from selectorate.box.v1.credentials import public
from selectorate.box.v1.elections import HomomorphicQuestion, ListsQuestion, Question, RankingQuestion
from selectorate.errors import InputError, ProtocolError

Election = tuple[tuple[Question, ...], list[tuple[int, list[Any]]], list[int]]
"""Questions; ballots, each of a voter with answers; the weight of each voter."""


@st.composite
def questions(draw: st.DrawFn) -> Question:
    kind = draw(st.sampled_from(("sums", "sums", "ranking", "lists")))
    if kind == "ranking":
        return RankingQuestion("?", ("x",) * draw(st.integers(1, 30)))
    if kind == "lists":
        return ListsQuestion(
            "?", tuple(("L", *["x"] * draw(st.integers(1, 3))) for _ in range(draw(st.integers(1, 3))))
        )
    count = draw(st.integers(1, 4))
    most = draw(st.integers(0, count))
    return HomomorphicQuestion("?", ("x",) * count, draw(st.integers(0, most)), most, draw(st.booleans()))


def answers_to(question: Question) -> st.SearchStrategy[Any]:
    """All legal answers."""
    if isinstance(question, RankingQuestion):
        count = len(question.answers)
        return st.lists(st.integers(0, 255), min_size=count, max_size=count)
    if isinstance(question, ListsQuestion):
        return lists_answers(question)
    count = len(question.answers)
    chosen = st.sets(st.integers(0, count - 1), min_size=question.least, max_size=question.most)
    bits = chosen.map(lambda places: [int(place in places) for place in range(count)])
    if not question.blank:
        return bits
    return bits.map(lambda some: [0, *some]) | st.just([1, *[0] * count])


@st.composite
def lists_answers(draw: st.DrawFn, question: ListsQuestion) -> list[list[int]]:
    rows = [[0] * len(names) for names in question.lists]
    row = draw(st.sampled_from(rows))
    row[0] = 1
    for place in draw(st.sets(st.integers(1, len(row) - 1), min_size=1)):
        row[place] = 1
    return rows


@st.composite
def elections(draw: st.DrawFn) -> Election:
    asked = tuple(draw(st.lists(questions(), min_size=1, max_size=3)))
    ranked = any(isinstance(question, RankingQuestion) for question in asked)
    weights = draw(st.lists(st.just(1) if ranked else st.sampled_from((1, 2, 500)), min_size=1, max_size=4))
    ballot = st.tuples(st.integers(0, len(weights) - 1), st.tuples(*map(answers_to, asked)).map(list))
    return asked, draw(st.lists(ballot, max_size=5)), weights


@pytest.mark.slow
@settings(max_examples=25)
@given(elections())
def test_any_legal_answer_comes_out_as_it_went_in(election: Election) -> None:
    asked, ballots, weights = election
    with tempfile.TemporaryDirectory() as folder:
        made = new_box(Path(folder), asked, voters=weights, trustees=1)
        box = made.box
        for voter, answers in ballots:
            raw = vector_ballot(made.election, made.credentials[voter], answers)
            assert box.cast(raw).tracker == tracker(raw)
        result = made.to_the_end()
        reading = made.read()
        assert reading.faults == [] and reading.phase == "final"
    last = dict(ballots)
    for position, question in enumerate(asked):
        given_answers = [(answers[position], weights[voter]) for voter, answers in last.items()]
        if isinstance(question, RankingQuestion):
            assert sorted(result[position]) == sorted(answer for answer, _ in given_answers)
        elif isinstance(question, ListsQuestion):
            for row, names in enumerate(question.lists):
                summed = [sum(answer[row][at] * weight for answer, weight in given_answers) for at in range(len(names))]
                assert result[position][row] == summed
        else:
            wide = range(question.width)
            assert result[position] == [sum(answer[at] * weight for answer, weight in given_answers) for at in wide]


# --- what is not made -------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def box(tmp_path_factory: pytest.TempPathFactory) -> Made:
    return new_box(tmp_path_factory.mktemp("box"), (RANK, YES_NO, WITH_BLANK), voters=1)


GOOD: list[Any] = [[1, 2, 3], [1, 0], [0, 1, 0, 0]]


@pytest.mark.parametrize(
    ("position", "answer", "message"),
    [
        (0, [1, 2], "2 values for 3 names"),
        (0, [1, 2, 3, 4], "4 values for 3 names"),
        (0, [1, 2, 256], "from 0 to 255"),
        (0, [1, 2, -1], "from 0 to 255"),
        (0, [1, 2, 3.0], "from 0 to 255"),
        (0, [1, 2, True], "from 0 to 255"),
        (0, [1, 2, "3"], "from 0 to 255"),
        (0, [1, 2, None], "from 0 to 255"),
        (1, [0, 0], "1 to 1 choices, not 0"),
        (1, [1, 1], "1 to 1 choices, not 2"),
        (1, [1], "2 times 0 or 1"),
        (1, [1, 0, 0], "2 times 0 or 1"),
        (1, [2, 0], "2 times 0 or 1"),
        (1, [1, -1], "2 times 0 or 1"),
        (1, [True, False], "2 times 0 or 1"),
        (1, [1.0, 0], "2 times 0 or 1"),
        (2, [1, 1, 0, 0], "blank vote chooses nothing"),
        (2, [0, 0, 0, 0], "1 to 2 choices, not 0"),
        (2, [0, 1, 1, 1], "1 to 2 choices, not 3"),
        (2, [1, 0, 0], "4 times 0 or 1"),
    ],
)
def test_an_answer_that_is_not_allowed_is_not_made(box: Made, position: int, answer: Any, message: str) -> None:
    answers = [answer if place == position else good for place, good in enumerate(GOOD)]
    with pytest.raises(InputError, match=message):
        make_ballot(box.election, box.credentials[0], answers)


def test_an_answer_for_each_question(box: Made) -> None:
    for answers in (GOOD[:2], [*GOOD, [1]], []):
        with pytest.raises(InputError, match=f"{len(answers)} answers for 3 questions"):
            make_ballot(box.election, box.credentials[0], answers)


def test_answers_to_lists_are_not_made_here(tmp_path: Path) -> None:
    made = new_box(tmp_path, (ListsQuestion("?", (("A", "a"),)),))
    with pytest.raises(InputError, match="lists questions"):
        make_ballot(made.election, made.credentials[0], [[[1, 1]]])


def test_a_ballot_says_whose_it_is_and_not_what(box: Made) -> None:
    raws = [make_ballot(box.election, box.credentials[0], GOOD) for _ in range(2)]
    assert raws[0] != raws[1] and tracker(raws[0]) != tracker(raws[1])
    ballot = read_ballot(raws[0], box.election)
    assert ballot.credential == public(ED25519, box.election.uuid, box.credentials[0])
    assert box.credentials[0].encode() not in raws[0]


def test_a_ballot_that_is_longer_than_any_is_not_read(box: Made) -> None:
    with pytest.raises(ProtocolError, match="longer than") as caught:
        read_ballot(b"[" * (4 * 1024 * 1024 + 1), box.election)
    assert caught.value.check == "ballot.canonical"
