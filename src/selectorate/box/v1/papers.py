"""Which paper becomes which question: decided when a box is set up, not when the first voter is refused.

=================================  =======================  =====================================================
paper                              question                 group
=================================  =======================  =====================================================
yes or no; choose one              homomorphic              any
choose up to n                     homomorphic              any
rank, up to 30 names               non-homomorphic          Ed25519
rank, up to 254 names              non-homomorphic          RFC-3526-2048
choose up to n, with a rule on     non-homomorphic: sums    by the number of names, as for rankings
what one paper must hold           would hide the papers
=================================  =======================  =====================================================

Anything else is refused. The returning officer writes the paper in the words of the rulebook, or the question itself.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from typing import Any, Literal, TypeAlias, get_args

from ...errors import InputError
from ..ed25519 import ED25519
from ..finite import RFC_3526_2048
from ..groups import Group
from ..shapes import Bool, Either, Fields, Items, Small, Text, require
from .elections import (
    MOST_CHOICES,
    QUESTION,
    HomomorphicQuestion,
    ListsQuestion,
    Question,
    RankingQuestion,
    questions_of,
)

__all__ = ["Paper", "group_for", "question_for", "questions_asked", "require_distinct", "void_in", "void_of"]

CHOOSE = "ChooseUpTo"
"""In the hint of a non-homomorphic question: its papers are choices, 0 or 1 a name, up to ``most``, not rankings."""

Paper: TypeAlias = Literal["rank", "choose one", "choose up to", "yes or no"]
"""What the voter is asked to fill in, as rulebooks call it."""


_FIELDS: Fields = Fields(
    (
        ("paper", Text(get_args(Paper))),
        ("question", Text()),
        ("answers", Items(Text())),
        ("most", Small()),
        ("least", Small()),
        ("blank", Bool()),
        ("paper_rules", Bool()),
    ),
    frozenset({"most", "least", "blank", "paper_rules"}),
)


class _InAnyOrder:
    """A paper as a person writes it: its fields may come in any order."""

    def faults(self, value: Any, place: str) -> Iterator[str]:
        known = {name: value[name] for name, _ in _FIELDS.fields if name in value}
        yield from _FIELDS.faults(known | value, place)


_ASKED = Items(Either("paper", _InAnyOrder(), QUESTION), least=1)


def questions_asked(value: Any) -> tuple[Question, ...]:
    """The questions of a template: each as it stands in an election or, with ``paper``, in the words of a rulebook.

    Raises ProtocolError (``setup.election``) if they are not of the shape, InputError for a paper that no box can hold.
    """
    require(_ASKED, value, "questions", check="setup.election")
    return tuple(map(_asked, value))


def _asked(value: dict[str, Any]) -> Question:
    if "paper" in value:
        given = {name: value[name] for name in value if name not in ("paper", "question", "answers")}
        return question_for(value["paper"], value["question"], value["answers"], **given)
    (question,) = questions_of([value])
    for names in question.lists if isinstance(question, ListsQuestion) else (question.answers,):
        require_distinct(names)
    return question


def question_for(
    paper: Paper,
    question: str,
    names: Sequence[str],
    *,
    most: int = 1,
    least: int = 1,
    blank: bool = True,
    paper_rules: bool = False,
) -> Question:
    """The question that a paper with ``names`` becomes.

    ``most``, ``least``: how many may be chosen. ``blank``: whether the paper may be left blank. ``paper_rules``:
    whether there are rules on what one paper must hold (six women and six men among nineteen): then papers have to be
    seen one by one. Raises InputError for what no box can hold.
    """
    require_distinct(names)
    if paper == "rank":
        group_for(len(names))
        return RankingQuestion(question, tuple(names))
    if paper in ("choose one", "yes or no"):
        least = most = 1
    if not 0 <= least <= most <= len(names):
        raise InputError(f"nobody can choose {least} to {most} of {len(names)} names")
    if paper == "choose up to" and paper_rules:
        group_for(len(names))
        return RankingQuestion(question, tuple(names), {"type": CHOOSE, "most": most})
    if len(names) > MOST_CHOICES:
        raise InputError(f"a paper of {len(names)} names is too long for a box", hint=f"It takes {MOST_CHOICES}.")
    return HomomorphicQuestion(question, tuple(names), least, most, blank)


def group_for(names: int) -> Group:
    """The group whose elements can hold a ranking of so many names. Raises InputError if there is none."""
    for group in (ED25519, RFC_3526_2048):
        if names <= group.most_values:
            return group
    raise InputError(
        f"a ranking of {names} names cannot be sealed",
        hint=f"A box takes rankings of up to {RFC_3526_2048.most_values} names; ask in parts, or vote on paper.",
    )


def require_distinct(names: Sequence[str]) -> None:
    """Raise InputError for a paper without names, or with two that a voter could not tell apart."""
    folded = [unicodedata.normalize("NFC", name).strip().casefold() for name in names]
    if not names or "" in folded:
        raise InputError("a name on the paper is empty, or there is none")
    if len(set(folded)) < len(folded):
        raise InputError("two names on the paper are the same", hint="Tell them apart, by a first name or a place.")


def void_in(question: RankingQuestion, vector: Sequence[int]) -> str | None:
    """Why a paper that answers ``question`` is void, or None: a ranking, unless the hint says that names are chosen."""
    hint = question.extra
    if isinstance(hint, dict) and hint.get("type") == CHOOSE and type(hint.get("most")) is int:
        return void_of("choose up to", vector, hint["most"])
    return void_of("rank", vector)


def void_of(paper: Paper, vector: Sequence[int], most: int = 1) -> str | None:
    """Why an opened paper is void, or None if it is legal.

    A ranking is legal if its ranks are 1, 2, 3 ..., each once, and 0 for names that are not ranked; a paper on which
    names are chosen, if each is 0 or 1 and at most ``most`` are 1.
    """
    if paper == "rank":
        ranks = sorted(rank for rank in vector if rank)
        return None if ranks == list(range(1, len(ranks) + 1)) else "not a ranking"
    if any(value not in (0, 1) for value in vector):
        return "not 0 or 1"
    return None if sum(vector) <= most else "too many chosen"
