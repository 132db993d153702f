"""What an election asks, under which key: the election structure and its questions.

Source: Belenios specification 3.1, sections 4.9 and 4.10.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeAlias

from ...errors import ProtocolError
from .. import canonical
from ..groups import Group, group_named
from ..shapes import Bool, Either, Fields, Items, Pair, Pattern, Shape, Small, Text, require
from .credentials import UUID_FORM
from .hashes import base64_hash, hex_hash

__all__ = [
    "QUESTION",
    "UUID",
    "Election",
    "HomomorphicQuestion",
    "ListsQuestion",
    "Question",
    "RankingQuestion",
    "election_text",
    "questions_of",
    "read_election",
]

VERSION = 1
"""The value of ``version`` in all structures of this version."""
UUID = Pattern("a Base58 identifier of 14 characters or more", UUID_FORM, "identifier")
MOST_CHOICES = 1000
"""Choices of one homomorphic question; each costs every ballot a ciphertext with two proofs."""
MOST_CIPHERTEXTS = 8_000
"""Choices of all questions together, a ranking being one: of more no ballot could be within its bounds."""


@dataclass(frozen=True)
class HomomorphicQuestion:
    """Choose from ``least`` to ``most`` of the answers; only the sums are ever opened. ``blank``: may be left blank."""

    question: str
    answers: tuple[str, ...]
    least: int
    most: int
    blank: bool = False

    @property
    def width(self) -> int:
        """How many ciphertexts an answer has."""
        return len(self.answers) + self.blank

    def to_json(self) -> dict[str, Any]:
        """As it stands in the election."""
        blank = {"blank": True} if self.blank else {}
        return {
            "answers": list(self.answers),
            **blank,
            "min": self.least,
            "max": self.most,
            "question": self.question,
        }


@dataclass(frozen=True)
class RankingQuestion:
    """Give each answer a number from 0 to 255 (a non-homomorphic question): shuffled, then opened one by one.

    ``extra``: a hint on how to count, kept as it was.
    """

    question: str
    answers: tuple[str, ...]
    extra: Any = None

    def to_json(self) -> dict[str, Any]:
        """As it stands in the election."""
        value = {"answers": list(self.answers), "question": self.question}
        extra = {} if self.extra is None else {"extra": self.extra}
        return {"type": "NonHomomorphic", "value": value, **extra}


@dataclass(frozen=True)
class ListsQuestion:
    """Choose one list and at least one of its candidates. ``lists``: the name of each list, then its candidates."""

    question: str
    lists: tuple[tuple[str, ...], ...]

    def to_json(self) -> dict[str, Any]:
        """As it stands in the election."""
        value = {"answers": [list(names) for names in self.lists], "question": self.question}
        return {"type": "Lists", "value": value}


Question: TypeAlias = HomomorphicQuestion | RankingQuestion | ListsQuestion


@dataclass(frozen=True)
class Election:
    """An election as it was read. ``raw``: its bytes, which are hashed as they are and never written anew."""

    raw: bytes
    uuid: str
    name: str
    description: str
    group: Group
    public_key: str
    questions: tuple[Question, ...]

    @cached_property
    def phi(self) -> str:
        """Its fingerprint, ``φ`` of the specification."""
        return base64_hash(self.raw)

    @property
    def digest(self) -> str:
        """Its hash in hexadecimal, by which the setup refers to it."""
        return hex_hash(self.raw)

    @cached_property
    def rankings(self) -> tuple[int, ...]:
        """The positions of the questions whose answers are shuffled."""
        return tuple(i for i, question in enumerate(self.questions) if isinstance(question, RankingQuestion))


class _Anything:
    """Any JSON value: the hint of a question, which nothing here depends on."""

    def faults(self, value: Any, place: str) -> Any:
        return iter(())


_HOMOMORPHIC: Shape = Fields(
    (("answers", Items(Text(), least=1)), ("blank", Bool()), ("min", Small()), ("max", Small()), ("question", Text())),
    frozenset({"blank"}),
)


class _General:
    """A question that names its type."""

    def faults(self, value: Any, place: str) -> Any:
        lists = value.get("type") == "Lists"
        answers = Items(Items(Text(), least=2) if lists else Text(), least=1)
        inner = Fields((("answers", answers), ("question", Text())))
        kinds = Text(("NonHomomorphic", "Lists"))
        fields = (("type", kinds), ("value", inner), ("extra", _Anything()))
        yield from Fields(fields, frozenset({"extra"})).faults(value, place)


QUESTION: Shape = Either("type", _General(), _HOMOMORPHIC)
_QUESTIONS = Items(QUESTION, least=1)


def _shape(group: Group) -> Fields:
    return Fields(
        (
            ("version", Small(VERSION, VERSION)),
            ("description", Text()),
            ("name", Text()),
            ("group", Text((group.name,))),
            ("public_key", group.point),
            ("questions", _QUESTIONS),
            ("uuid", UUID),
            ("administrator", Text()),
            ("credential_authority", Text()),
            ("language", Pair((Text(), Text(("ltr", "rtl"))))),  # of release 3.3.0, not in the specification
        ),
        frozenset({"administrator", "credential_authority", "language"}),
    )


def read_election(raw: bytes) -> Election:
    """The election whose bytes are ``raw``.

    Raises ProtocolError (``setup.election``, ``setup.group``) if it is not canonical, not of the shape, of a group
    that is not implemented, or asks what cannot be answered: more choices than there are, rankings of more names than
    the group can encode. Whether ``public_key`` is in the group is for the setup's checks.
    """
    check = "setup.election"
    value = canonical.loads(raw, what="the election", check=check)
    if type(value) is not dict or type(value.get("group")) is not str:
        raise ProtocolError("the election names no group", check=check)
    group = group_named(value["group"])
    asked = value.get("questions")
    if type(asked) is list and len(asked) > MOST_CIPHERTEXTS:
        raise ProtocolError(f"the election asks more than {MOST_CIPHERTEXTS:,} questions", check=check)
    require(_shape(group), value, "election", check=check)
    questions = tuple(_question(question) for question in value["questions"])
    for number, question in enumerate(questions):
        _require_answerable(question, group, f"question {number + 1}")
    if sum(map(width, questions)) > MOST_CIPHERTEXTS:
        raise ProtocolError(f"the questions have more than {MOST_CIPHERTEXTS:,} choices together", check=check)
    return Election(raw, value["uuid"], value["name"], value["description"], group, value["public_key"], questions)


def questions_of(value: Any) -> tuple[Question, ...]:
    """The questions ``value``, written as they stand in an election. Raises ProtocolError if they are not."""
    require(_QUESTIONS, value, "questions", check="setup.election")
    return tuple(_question(question) for question in value)


def _question(value: dict[str, Any]) -> Question:
    if "type" not in value:
        answers = tuple(value["answers"])
        return HomomorphicQuestion(value["question"], answers, value["min"], value["max"], value.get("blank", False))
    inner = value["value"]
    if value["type"] == "Lists":
        return ListsQuestion(inner["question"], tuple(tuple(names) for names in inner["answers"]))
    return RankingQuestion(inner["question"], tuple(inner["answers"]), value.get("extra"))


def width(question: Question) -> int:
    """How many ciphertexts an answer to ``question`` has, or how many sums its tally."""
    match question:
        case RankingQuestion():
            return 1
        case HomomorphicQuestion():
            return question.width
        case ListsQuestion(lists=lists):
            return sum(map(len, lists))


def _require_answerable(question: Question, group: Group, place: str) -> None:
    """Raise ProtocolError unless ``question`` can be answered in ``group``."""
    check = "setup.election"
    match question:
        case HomomorphicQuestion(answers=answers, least=least, most=most):
            if not least <= most <= len(answers):
                raise ProtocolError(
                    f"{place} asks for {least} to {most} of {len(answers)} answers, which nobody can give", check=check
                )
            if len(answers) > MOST_CHOICES:
                raise ProtocolError(f"{place} has {len(answers)} answers, more than {MOST_CHOICES}", check=check)
        case RankingQuestion(answers=answers):
            if len(answers) > group.most_values:
                hint = f"{group.name} takes up to {group.most_values}; RFC-3526-2048 takes up to 254"
                raise ProtocolError(f"{place} ranks {len(answers)} names", check=check, hint=hint)
        case ListsQuestion(lists=lists):
            if sum(map(len, lists)) > MOST_CHOICES:
                raise ProtocolError(f"{place} has more than {MOST_CHOICES} names", check=check)


def election_text(
    *,
    uuid: str,
    name: str,
    description: str,
    group: Group,
    public_key: str,
    questions: Sequence[Question],
    administrator: str | None = None,
    credential_authority: str | None = None,
    language: Sequence[str] | None = None,
) -> bytes:
    """The bytes of an election. ``language``: a tag, and ``ltr`` or ``rtl``; of release 3.3.0.

    Raises ProtocolError if it could not be read again.
    """
    value: dict[str, Any] = {
        "version": VERSION,
        "description": description,
        "name": name,
        "group": group.name,
        "public_key": public_key,
        "questions": [question.to_json() for question in questions],
        "uuid": uuid,
    }
    if administrator is not None:
        value["administrator"] = administrator
    if credential_authority is not None:
        value["credential_authority"] = credential_authority
    if language is not None:
        value["language"] = list(language)
    try:
        raw = canonical.dumps(value).encode("utf-8")
    except ValueError:  # no number, or half of a letter: JSON libraries read them, the protocol has none
        raise ProtocolError(
            "the election holds what cannot be written as the protocol writes it", check="setup.election"
        ) from None
    read_election(raw)
    return raw
