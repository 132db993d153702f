"""The tally: made of last ballots alone, sorted or summed; held to one made by hand."""

from __future__ import annotations

import json
from functools import reduce
from pathlib import Path
from typing import Any

import pytest
from tests.boxes import RANK, WITH_BLANK, YES_NO, Made, new_box, parts_of, put_together, repointed
from tests.vectors.box.make import LISTS, vector_ballot

from selectorate.box import canonical
from selectorate.box.v1 import acts
from selectorate.box.v1.elections import Question, RankingQuestion
from selectorate.errors import InputError, ProtocolError

GROUPS = pytest.mark.parametrize("group", ["Ed25519", "RFC-3526-2048"])
ANSWERS: list[list[Any]] = [
    [[1, 2, 3], [1, 0], [0, 1, 0, 0], [[1, 1, 0], [0, 0]]],
    [[3, 2, 1], [0, 1], [1, 0, 0, 0], [[0, 0, 0], [1, 1]]],
    [[0, 1, 0], [0, 1], [0, 0, 1, 1], [[1, 0, 1], [0, 0]]],
]
QUESTIONS: tuple[Question, ...] = (RANK, YES_NO, WITH_BLANK, LISTS)


def of_group(group: str) -> tuple[Question, ...]:
    """The questions; fewer in the group that is slow."""
    return QUESTIONS if group == "Ed25519" else QUESTIONS[:2]


def by_hand(made: Made, last: list[tuple[bytes, int]]) -> list[Any]:
    """The tally of last ballots, each with its weight, one element after the other."""
    group = made.group
    tally: list[Any] = []
    contents = [(json.loads(raw)["answers"], weight) for raw, weight in last]
    for position, question in enumerate(made.election.questions):
        choices = [(answers[position]["choices"], weight) for answers, weight in contents]
        if isinstance(question, RankingQuestion):
            keyed = [(group.sort_key(c["alpha"]), group.sort_key(c["beta"]), c) for c, _ in choices]
            tally.append([c for _, _, c in sorted(keyed, key=lambda item: item[:2])])
            continue
        flat = [([c for row in rows for c in row] if question == LISTS else rows, weight) for rows, weight in choices]
        width = sum(map(len, LISTS.lists)) if question == LISTS else question.width  # type: ignore[union-attr]
        summed = [
            {
                side: reduce(
                    group.multiply, [group.power(row[at][side], weight) for row, weight in flat], group.identity
                )
                for side in ("alpha", "beta")
            }
            for at in range(width)
        ]
        tally.append([summed[:3], summed[3:]] if question == LISTS else summed)
    return tally


def cast(made: Made, voter: int, answers: list[Any]) -> bytes:
    raw = vector_ballot(made.election, made.credentials[voter], answers[: len(made.election.questions)])
    made.box.cast(raw)
    return raw


@GROUPS
def test_the_tally_is_of_the_last_ballots(tmp_path: Path, group: str) -> None:
    made = new_box(tmp_path, of_group(group), voters=4, group=group)
    cast(made, 0, ANSWERS[1])
    last = [(cast(made, voter, answers), 1) for voter, answers in enumerate(ANSWERS)]
    made.box.add("EndBallots")
    content, payload = acts.encrypted_tally(made.read())
    assert content == canonical.dumps(by_hand(made, last)).encode()
    sized = json.loads(payload)
    assert (sized["num_tallied"], sized["total_weight"]) == (3, 3)


@GROUPS
def test_a_ballot_counts_as_often_as_it_weighs(tmp_path: Path, group: str) -> None:
    made = new_box(tmp_path, of_group(group)[1:], voters=[1, 9, 1203, 7], group=group)
    last = [(cast(made, voter, ANSWERS[voter][1:]), (1, 9, 1203)[voter]) for voter in range(3)]
    made.box.add("EndBallots")
    content, payload = acts.encrypted_tally(made.read())
    assert content == canonical.dumps(by_hand(made, last)).encode()
    assert (json.loads(payload)["num_tallied"], json.loads(payload)["total_weight"]) == (3, 1213)


@GROUPS
def test_the_tally_of_nothing(tmp_path: Path, group: str) -> None:
    made = new_box(tmp_path, QUESTIONS, group=group)
    made.box.add("EndBallots")
    content, payload = acts.encrypted_tally(made.read())
    nothing = {"alpha": made.group.identity, "beta": made.group.identity}
    assert json.loads(content) == [[], [nothing] * 2, [nothing] * 4, [[nothing] * 3, [nothing] * 2]]
    assert (json.loads(payload)["num_tallied"], json.loads(payload)["total_weight"]) == (0, 0)


def test_a_ranking_has_no_weight(tmp_path: Path) -> None:
    """It is told when the box is opened, and not to the first voter whose ballot would count twice."""
    with pytest.raises(InputError, match="weight other than one"):
        new_box(tmp_path, (YES_NO, RANK), voters=[1, 2])
    assert not list(tmp_path.iterdir())


def test_a_ranking_with_a_weight_is_refused(tmp_path: Path) -> None:
    """In a box that somebody else has opened."""
    made = new_box(tmp_path, (RANK,), voters=2)
    made.cast(0, [[1, 2, 3]])
    setup, ballot = parts_of(made.path)
    setup.data[2] = canonical.dumps([f"{key},2" for key in setup.value(2)]).encode()
    made.path.write_bytes(put_together([repointed(setup), ballot]))
    assert [(fault.check, fault.height) for fault in made.read().faults] == [("ballot.credential", 1)]


def test_a_tally_is_made_of_a_closed_box(tmp_path: Path) -> None:
    made = new_box(tmp_path, (YES_NO,))
    with pytest.raises(ProtocolError) as caught:
        acts.encrypted_tally(made.read())
    assert caught.value.check == "events.order"
