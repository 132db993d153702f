"""The election: written and read to the same bytes; what cannot be answered is refused before anybody votes."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from selectorate.box import canonical
from selectorate.box.ed25519 import ED25519
from selectorate.box.finite import RFC_3526_2048
from selectorate.box.groups import Group
from selectorate.box.v1.elections import (
    MOST_CHOICES,
    HomomorphicQuestion,
    ListsQuestion,
    Question,
    RankingQuestion,
    election_text,
    questions_of,
    read_election,
)
from selectorate.box.v1.hashes import phi_of_hex
from selectorate.errors import ProtocolError

UUID = "Jj6XtWgU3b5Qcv"
CHOICE: dict[str, Any] = {"answers": ["a", "b"], "min": 0, "max": 1, "question": "?"}
RANKING: dict[str, Any] = {"type": "NonHomomorphic", "value": {"answers": ["a", "b"], "question": "?"}}
LISTS: dict[str, Any] = {"type": "Lists", "value": {"answers": [["A", "a"], ["B", "b", "c"]], "question": "?"}}
GOOD: dict[str, Any] = {
    "version": 1,
    "description": "",
    "name": "",
    "group": "Ed25519",
    "public_key": ED25519.generator,
    "questions": [CHOICE, RANKING, LISTS],
    "uuid": UUID,
}


def raw_of(value: Any) -> bytes:
    return canonical.dumps(value).encode()


def refused(value: Any, check: str = "setup.election") -> str:
    with pytest.raises(ProtocolError) as caught:
        read_election(raw_of(value))
    assert caught.value.check == check
    return caught.value.message


texts = st.text(st.characters(codec="utf-8"), max_size=20)
names = st.lists(texts, min_size=1, max_size=5).map(tuple)
anything = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**9), 10**9) | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=5,
)


@st.composite
def questions(draw: st.DrawFn) -> Question:
    kind = draw(st.sampled_from(("sums", "ranking", "lists")))
    if kind == "ranking":
        return RankingQuestion(draw(texts), draw(names), draw(anything))
    if kind == "lists":
        rows = st.lists(st.lists(texts, min_size=2, max_size=4).map(tuple), min_size=1, max_size=3)
        return ListsQuestion(draw(texts), tuple(draw(rows)))
    answers = draw(names)
    most = draw(st.integers(0, len(answers)))
    return HomomorphicQuestion(draw(texts), answers, draw(st.integers(0, most)), most, draw(st.booleans()))


@given(st.lists(questions(), min_size=1, max_size=4), texts, texts, st.none() | texts, st.none() | texts)
def test_what_is_written_is_read(
    asked: list[Question], name: str, description: str, administrator: str | None, authority: str | None
) -> None:
    raw = election_text(
        uuid=UUID,
        name=name,
        description=description,
        group=ED25519,
        public_key=ED25519.generator,
        questions=asked,
        administrator=administrator,
        credential_authority=authority,
        language=("de", "ltr"),
    )
    read = read_election(raw)
    assert (read.name, read.description, read.uuid, read.raw) == (name, description, UUID, raw)
    assert read.questions == tuple(asked) == questions_of([question.to_json() for question in asked])
    assert read.rankings == tuple(i for i, question in enumerate(asked) if isinstance(question, RankingQuestion))
    assert read.phi == phi_of_hex(read.digest)


def test_the_fingerprint_is_of_the_bytes_as_they_are() -> None:
    one, other = read_election(raw_of(GOOD)), read_election(raw_of(GOOD | {"name": "x"}))
    assert one.phi != other.phi and len(one.phi) == 43 and one.digest != other.digest


@pytest.mark.parametrize("language", [["fr", "ltr"], ["he", "rtl"], ["", "ltr"]])
def test_a_language_may_be_named(language: list[str]) -> None:
    about = {"administrator": "A", "credential_authority": "C", "language": language}
    assert read_election(raw_of(GOOD | about)).uuid == UUID


@pytest.mark.parametrize(
    "change",
    [
        {"language": ["fr"]},
        {"language": ["fr", "up"]},
        {"language": "fr"},
        {"language": ["fr", "ltr", "x"]},
        {"version": 2},
        {"version": True},
        {"version": "1"},
        {"name": None},
        {"uuid": "x"},
        {"uuid": "0" * 14},
        {"uuid": UUID + "\n"},
        {"uuid": "1" * 65},
        {"public_key": ED25519.generator[1:]},
        {"public_key": ED25519.generator[:-1] + "G"},
        {"questions": []},
        {"questions": {}},
        {"questions": ["?"]},
        {"more": 1},
    ],
)
def test_another_shape_is_refused(change: dict[str, Any]) -> None:
    refused(GOOD | change)


@pytest.mark.parametrize("field", GOOD)
def test_every_field_is_needed(field: str) -> None:
    refused({name: value for name, value in GOOD.items() if name != field})


def test_fields_have_one_order() -> None:
    refused(dict(reversed(GOOD.items())))
    refused(GOOD | {"questions": [dict(reversed(CHOICE.items()))]})


@pytest.mark.parametrize(
    "question",
    [
        CHOICE | {"min": 2},
        CHOICE | {"max": 3},
        CHOICE | {"min": -1},
        CHOICE | {"min": 0.0},
        CHOICE | {"max": True},
        CHOICE | {"answers": []},
        CHOICE | {"answers": [1]},
        {"answers": ["a"], "blank": 1, "min": 0, "max": 1, "question": "?"},
        {"answers": ["a"], "blank": None, "min": 0, "max": 1, "question": "?"},
        RANKING | {"type": "Homomorphic"},
        RANKING | {"type": None},
        RANKING | {"value": CHOICE},
        RANKING | {"more": 1},
        {"type": "NonHomomorphic"},
        {"type": "NonHomomorphic", "value": {"answers": [], "question": "?"}},
        {"type": "NonHomomorphic", "value": {"answers": ["a"] * 31, "question": "?"}},
        {"type": "Lists", "value": {"answers": [], "question": "?"}},
        {"type": "Lists", "value": {"answers": [["A"]], "question": "?"}},
        {"type": "Lists", "value": {"answers": ["A", "B"], "question": "?"}},
        {"answers": ["a"] * (MOST_CHOICES + 1), "min": 0, "max": 1, "question": "?"},
    ],
)
def test_what_nobody_could_answer_is_refused(question: dict[str, Any]) -> None:
    refused(GOOD | {"questions": [CHOICE, question]})
    if type(question.get("blank", True)) is bool:
        with pytest.raises(ProtocolError):
            election_text(
                uuid=UUID,
                name="",
                description="",
                group=ED25519,
                public_key=ED25519.generator,
                questions=questions_of([question]),
            )


@pytest.mark.parametrize(("group", "most"), [(ED25519, 30), (RFC_3526_2048, 254)])
def test_as_many_names_are_ranked_as_the_group_encodes(group: Group, most: int) -> None:
    about = {"group": group.name, "public_key": group.generator}
    for count, allowed in ((most, True), (most + 1, False)):
        value = GOOD | about | {"questions": [RankingQuestion("?", ("x",) * count).to_json()]}
        if allowed:
            assert read_election(raw_of(value)).group is group
        else:
            assert f"ranks {count} names" in refused(value)


@pytest.mark.parametrize("name", ["BELENIOS-2048", "ed25519", "", "Ed25519\n"])
def test_another_group_is_refused(name: str) -> None:
    refused(GOOD | {"group": name}, "setup.group")


@pytest.mark.parametrize("raw", [b"", b"[]", b"1", b"null", b'{"group":1}', b'{"group": "Ed25519"}', b"{}"])
def test_what_is_no_election_is_refused(raw: bytes) -> None:
    with pytest.raises(ProtocolError) as caught:
        read_election(raw)
    assert caught.value.check == "setup.election"


@pytest.mark.parametrize("value", [None, {}, [], "?", [1], [None], [{"question": "?"}], [[]]])
def test_a_template_without_questions_is_refused(value: Any) -> None:
    with pytest.raises(ProtocolError):
        questions_of(value)
