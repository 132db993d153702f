"""Which paper becomes which question, and which opened paper is void."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from selectorate.box.ed25519 import ED25519
from selectorate.box.finite import RFC_3526_2048
from selectorate.box.v1.elections import MOST_CHOICES, HomomorphicQuestion, ListsQuestion, RankingQuestion
from selectorate.box.v1.papers import Paper, group_for, question_for, questions_asked, void_in, void_of
from selectorate.errors import InputError, ProtocolError


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


def test_a_template_says_papers_or_questions() -> None:
    """Both beside one another; the fields of a paper in any order."""
    asked = [
        {"paper": "rank", "question": "Who?", "answers": ["a", "b"]},
        {"answers": ["a", "b"], "most": 2, "question": "Who?", "blank": False, "paper": "choose up to", "least": 0},
        {"paper": "choose up to", "question": "Who?", "answers": names(19), "most": 12, "paper_rules": True},
        {"answers": ["Yes", "No"], "min": 1, "max": 1, "question": "?"},
        {"type": "Lists", "value": {"answers": [["L", "a"], ["M", "a"]], "question": "?"}},
    ]
    rank, upto, rules, yes_no, lists = questions_asked(asked)
    assert rank == RankingQuestion("Who?", ("a", "b"))
    assert upto == HomomorphicQuestion("Who?", ("a", "b"), 0, 2, False)
    assert rules == question_for("choose up to", "Who?", names(19), most=12, paper_rules=True)
    assert (yes_no, lists) == (
        HomomorphicQuestion("?", ("Yes", "No"), 1, 1),
        ListsQuestion("?", (("L", "a"), ("M", "a"))),
    )


def test_a_template_that_says_neither_is_refused() -> None:
    for asked in (None, [], [5], [{}], [{"paper": "rank"}], [{"paper": 5, "question": "?", "answers": ["a"]}]):
        with pytest.raises(ProtocolError, match="questions") as caught:
            questions_asked(asked)
        assert caught.value.check == "setup.election"


def test_the_table_of_the_documentation_is_what_papers_become() -> None:
    text = (Path(__file__).parents[3] / "docs" / "sealed-boxes.md").read_text(encoding="utf-8")
    table = text.partition("## Which paper")[2].partition("\n## ")[0]
    rows = [[cell.strip() for cell in row.strip("| ").split("|")] for row in re.findall(r"^\|.*\|$", table, re.M)[2:]]
    told = {row[0]: row[1:] for row in rows}
    summed, seen = "the sums", "every paper, shuffled"
    cases: dict[str, tuple[Paper, int, dict[str, Any]]] = {
        "yes or no; choose one": ("choose one", 2, {"blank": False}),
        "choose up to n": ("choose up to", 5, {"most": 3, "blank": False}),
        "the same, may be left blank": ("choose up to", 5, {"most": 3}),
        "rank, up to 30 names": ("rank", 30, {}),
        "rank, 31 to 254 names": ("rank", 254, {}),
        "choose up to n, with a rule on what one paper must hold (six women and six men)": (
            "choose up to",
            19,
            {"most": 12, "paper_rules": True},
        ),
    }
    for paper, (kind, count, given) in cases.items():
        question = question_for(kind, "?", names(count), **given)
        ranked = isinstance(question, RankingQuestion)
        assert told[paper][0].startswith("non-homomorphic" if ranked else "homomorphic"), paper
        assert told[paper][1].startswith(seen if ranked else summed), paper
        if kind == "rank":
            assert told[paper][2] == f"`{group_for(count).name}`"
    assert set(told) - set(cases) == {"rank, 255 names or more", "one vote that counts several times (weights)"}


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
