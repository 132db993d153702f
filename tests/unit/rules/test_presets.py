"""The rulebooks that are shipped: each loads, says where it was read, and can be read aloud."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from tests.golden.rules import make

from selectorate.errors import RulebookError
from selectorate.rules import (
    BallotStage,
    NominationStage,
    Quantity,
    Rulebook,
    explain,
    load,
    preset_ids,
    with_parameters,
)
from selectorate.rules.load import PRESETS

GOLDEN = Path(make.__file__).parent
PROPER = {"plp", "mps", "clps", "affiliates"}


@pytest.mark.parametrize("name", preset_ids())
def test_it_loads_under_its_own_name_and_says_where_it_was_read(name: str) -> None:
    rulebook = load(name)
    assert rulebook.id == name
    assert rulebook.source
    for source in rulebook.source:
        assert source.address
        assert source.address.startswith("http")
        assert source.says


@pytest.mark.parametrize("name", preset_ids())
def test_what_is_recalled_is_said_to_be(name: str) -> None:
    """A comment in the file would be lost: what is uncertain stands in `about` or in an amendment."""
    text = (PRESETS / f"{name}.toml").read_text(encoding="utf-8")
    assert "#" not in re.sub(r'"[^"]*"', "", text)


@pytest.mark.parametrize("name", preset_ids())
def test_it_can_be_read_aloud(name: str) -> None:
    for passage in explain(load(name)):
        assert passage.sentences, passage.heading
        for sentence in passage.sentences:
            plain = re.sub(r"\(https?://\S*\)", "", sentence)
            assert not re.search(r"[{}_<>|]|None|Fraction|Quantity|\bid\b|\s{2}|\.\.|,,", plain), sentence
            assert re.match(r"[A-Z0-9“\"]", plain), sentence
            assert sentence.endswith((".", "?", "!")), sentence
        said = list(passage.sentences)
        assert len(said) == len(set(said)), f"{passage.heading}: said twice"


@pytest.mark.parametrize("name", preset_ids())
def test_every_body_segment_and_group_is_spoken_of(name: str) -> None:
    rulebook = load(name)
    text = "\n".join(sentence for passage in explain(rulebook) for sentence in passage.sentences)
    for table in (rulebook.bodies, rulebook.segments):
        for id_, entry in table.items():
            assert entry.name in text, id_
    for id_, group in rulebook.groups.items():
        assert group.name in text or (group.one and group.one in text), id_
    for body in rulebook.bodies.values():
        assert all(part in text for part in body.parts.values())
        assert body.measure is None or body.measure in text


@pytest.mark.parametrize("name", make.CASES)
def test_the_golden_text(name: str) -> None:
    golden = (GOLDEN / f"{name}.txt").read_text(encoding="utf-8")
    assert make.text(name) == golden, "read the difference, then: python -m tests.golden.rules.make"


def test_no_golden_text_without_a_case() -> None:
    assert {path.stem for path in GOLDEN.glob("*.txt")} == set(make.CASES)


def test_the_threshold_of_2016_is_worked_out() -> None:
    sentences = [s for passage in explain(load("labour-2014"), {"plp": 251}) for s in passage.sentences]
    assert "A challenger needs nominations from 20% of the 251 MPs and MEPs, rounded up: 51." in sentences
    vacant = "When the post is vacant, a candidate needs nominations from 15% of the 251 MPs and MEPs"
    assert f"{vacant}, rounded up: 38." in sentences


def test_the_body_of_a_contest_has_its_own_name() -> None:
    said = explain(load("labour-2014"), names={"plp": "Labour members of the House of Commons"})[1].sentences
    assert said[1] == (
        "A challenger needs nominations from 20% of the Labour members of the House of Commons, rounded up."
    )


def test_what_a_contest_fixes_is_filled_in() -> None:
    rulebook = with_parameters(load("conservatives-1998"), {"nominations": 8, "minimum": [17, "10% + 1"]})
    nomination, ballot = rulebook.stage_named("nomination"), rulebook.stage_named("mps")
    assert isinstance(nomination, NominationStage)
    assert nomination.threshold == Quantity(None, 8)
    assert isinstance(ballot, BallotStage)
    assert isinstance(ballot.minimum, tuple)
    assert [quantity.of(313) for quantity in ballot.minimum] == [17, 33]
    text = "\n".join(s for passage in explain(rulebook, {"mps": 313}) for s in passage.sentences)
    assert "A candidate needs nominations from eight of the 313 Conservative MPs." in text
    assert "For this contest it has been fixed by the executive of the 1922 Committee how many MPs" in text
    assert "fixes for each contest" not in text


def test_what_a_contest_does_not_fix_falls_to_the_default() -> None:
    rulebook = with_parameters(load("conservatives-1998"), {})
    nomination, ballot = rulebook.stage_named("nomination"), rulebook.stage_named("mps")
    assert isinstance(nomination, NominationStage)
    assert nomination.threshold == Quantity(None, 2)
    assert isinstance(ballot, BallotStage)
    assert ballot.minimum == ()


def test_a_parameter_that_is_not_there_is_named() -> None:
    with pytest.raises(RulebookError, match='has no parameter "letters"'):
        with_parameters(load("conservatives-1998"), {"letters": 25})


def test_ids_are_the_same_in_all_rulebooks() -> None:
    for name in preset_ids():
        rulebook = load(name)
        if rulebook.organisation.startswith(("Labour", "Parliamentary Labour")):
            assert set(rulebook.bodies) <= PROPER | {"supporters"}, name
        if rulebook.organisation.startswith("Conservative Party (UK)"):
            assert set(rulebook.bodies) == {"mps"}, name


@pytest.mark.parametrize("name", preset_ids())
def test_it_can_be_written_down_and_read_back(name: str) -> None:
    rulebook = load(name)
    plain = rulebook.model_dump(mode="json", by_alias=True, exclude_unset=True)
    assert Rulebook.model_validate_json(json.dumps(plain)) == rulebook
