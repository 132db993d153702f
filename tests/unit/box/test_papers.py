"""Which paper becomes which question, and which opened paper is void."""

from __future__ import annotations

from typing import Any

import pytest

from selectorate.box.ed25519 import ED25519
from selectorate.box.finite import RFC_3526_2048
from selectorate.box.v1.elections import MOST_CHOICES, HomomorphicQuestion, RankingQuestion
from selectorate.box.v1.papers import Paper, group_for, question_for, void_in, void_of
from selectorate.errors import InputError


def names(count: int) -> list[str]:
    return [f"Name {number}" for number in range(count)]


@pytest.mark.parametrize(
    ("paper", "given", "kind"),
    [
        ("yes or no", {}, (1, 1, True)),
        ("choose one", {}, (1, 1, True)),
        ("choose one", {"most": 3, "least": 0}, (1, 1, True)),
        ("choose one", {"blank": False}, (1, 1, False)),
        ("choose up to", {"most": 3}, (1, 3, True)),
        ("choose up to", {"most": 4, "least": 0, "blank": False}, (0, 4, False)),
        ("choose up to", {"most": 0, "least": 0}, (0, 0, True)),
    ],
)
def test_choices_are_summed(paper: Paper, given: dict[str, Any], kind: tuple[int, int, bool]) -> None:
    question = question_for(paper, "?", names(4), **given)
    least, most, blank = kind
    assert question == HomomorphicQuestion("?", tuple(names(4)), least, most, blank)


@pytest.mark.parametrize("blank", [True, False])
def test_rankings_are_shuffled(blank: bool) -> None:
    assert question_for("rank", "?", names(3), blank=blank) == RankingQuestion("?", tuple(names(3)))


def test_papers_with_rules_are_seen_one_by_one() -> None:
    question = question_for("choose up to", "?", names(19), most=12, paper_rules=True)
    assert question == RankingQuestion("?", tuple(names(19)), {"type": "ChooseUpTo", "most": 12})
    for vector, why in (
        ([1] * 12 + [0] * 7, None),
        ([0] * 19, None),
        ([1] * 13 + [0] * 6, "too many chosen"),
        ([*range(1, 20)], "not 0 or 1"),
    ):
        assert void_in(question, vector) == why
    for hint in (None, [], {"type": "STV"}, {"type": "ChooseUpTo"}, {"type": "ChooseUpTo", "most": "2"}):
        assert void_in(RankingQuestion("?", ("a", "b"), hint), [1, 1]) == "not a ranking"


@pytest.mark.parametrize(("count", "group"), [(1, ED25519), (30, ED25519), (31, RFC_3526_2048), (254, RFC_3526_2048)])
def test_the_group_that_holds_so_many_names(count: int, group: object) -> None:
    assert group_for(count) is group
    assert isinstance(question_for("rank", "?", names(count)), RankingQuestion)


def test_more_names_than_any_group_holds_are_refused_at_set_up() -> None:
    for given in ({"paper": "rank"}, {"paper": "choose up to", "paper_rules": True}):
        with pytest.raises(InputError, match="ranking of 255 names") as caught:
            question_for(question="?", names=names(255), **given)  # type: ignore[arg-type]
        assert "254" in str(caught.value.problems[0].hint)
    assert question_for("choose one", "?", names(MOST_CHOICES))
    with pytest.raises(InputError, match="too long"):
        question_for("choose one", "?", names(MOST_CHOICES + 1))


@pytest.mark.parametrize(("least", "most"), [(-1, 1), (2, 1), (1, 5), (5, 5)])
def test_what_nobody_can_choose_is_refused(least: int, most: int) -> None:
    with pytest.raises(InputError, match=f"nobody can choose {least} to {most} of 4"):
        question_for("choose up to", "?", names(4), least=least, most=most)


@pytest.mark.parametrize(
    "given", [["Ann", "ann"], ["Ann", " Ann "], ["Zoe\u0308", "Zoë"], ["Straße", "STRASSE"], ["a", "b", "a"]]
)
def test_two_names_that_nobody_can_tell_apart_are_refused(given: list[str]) -> None:
    for paper in ("rank", "choose one"):
        with pytest.raises(InputError, match="two names on the paper are the same"):
            question_for(paper, "?", given)  # type: ignore[arg-type]


@pytest.mark.parametrize("given", [[], [""], ["Ann", " "]])
def test_a_name_that_is_none_is_refused(given: list[str]) -> None:
    with pytest.raises(InputError, match="empty"):
        question_for("rank", "?", given)


@pytest.mark.parametrize(
    ("paper", "vector", "most", "why"),
    [
        ("rank", [1, 2, 3], 1, None),
        ("rank", [0, 0, 0], 1, None),
        ("rank", [2, 0, 1], 1, None),
        ("rank", [], 1, None),
        ("rank", [1, 1, 2], 1, "not a ranking"),
        ("rank", [2, 3, 4], 1, "not a ranking"),
        ("rank", [1, 3, 0], 1, "not a ranking"),
        ("rank", [255, 1, 2], 1, "not a ranking"),
        ("choose up to", [1, 0, 1], 2, None),
        ("choose up to", [0, 0, 0], 2, None),
        ("choose up to", [1, 1, 1], 2, "too many chosen"),
        ("choose up to", [2, 0, 0], 2, "not 0 or 1"),
        ("choose up to", [255, 1, 0], 2, "not 0 or 1"),
    ],
)
def test_void_papers(paper: Paper, vector: list[int], most: int, why: str | None) -> None:
    assert void_of(paper, vector, most) == why
