"""Declarations as JSON, held to the published schema."""

from __future__ import annotations

import json

import jsonschema
import pytest

from selectorate.contest.declaration import json_schema, to_json

from .samples import declared, gallery_names, hostile


@pytest.mark.parametrize("name", gallery_names())
def test_every_declaration_is_valid(name: str) -> None:
    jsonschema.validate(to_json(declared(name)), json_schema())


def test_a_hostile_one_is_too_and_survives_the_way() -> None:
    plain = to_json(hostile())
    jsonschema.validate(plain, json_schema())
    assert json.loads(json.dumps(plain)) == plain


def test_the_schema_is_one() -> None:
    jsonschema.Draft202012Validator.check_schema(json_schema())
