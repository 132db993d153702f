"""The JSON Schemas that are given to editors hold for every file that is shipped."""

from __future__ import annotations

import datetime as dt
import tomllib
from importlib.resources.abc import Traversable
from typing import Any

import jsonschema
import pytest

from selectorate import gallery, rules
from selectorate.contest import Contest
from selectorate.documents import json_schema


def plain(value: Any) -> Any:
    """What a TOML file holds, as an editor gives it to a schema: days are texts there."""
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    return value.isoformat() if isinstance(value, dt.date | dt.time) else value


def faults(schema: dict[str, Any], text: str) -> list[str]:
    found = jsonschema.Draft202012Validator(schema).iter_errors(plain(tomllib.loads(text)))
    return [f"{list(fault.absolute_path)}: {fault.message[:200]}" for fault in found]


@pytest.fixture(scope="module")
def contests() -> dict[str, Any]:
    return json_schema(Contest, "A selectorate contest")


@pytest.mark.parametrize("name", gallery.contest_ids())
def test_every_contest_of_the_gallery_fits_the_schema(name: str, contests: dict[str, Any]) -> None:
    folder = gallery.find(name)
    assert isinstance(folder, Traversable)
    assert not faults(contests, (folder / "contest.toml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", rules.preset_ids())
def test_every_shipped_rulebook_fits_the_schema(name: str) -> None:
    assert not faults(rules.json_schema(), rules.preset_text(name))


def test_what_is_wrong_does_not_fit(contests: dict[str, Any]) -> None:
    good = 'id = "a"\ntitle = "A"\norganisation = "A"\noffice = "A"\nrulebook = "a"\ndate = 2020-01-01\n'
    assert not faults(contests, good)
    assert faults(contests, good + "colour = 1\n")
    assert faults(contests, good + "[[ballot]]\nstage = 'b'\n[ballot.roll.total]\nturnout = 'high'\n")
