"""Ballots that are opened instead of cast: what the booth makes is confirmed, and every lie is found by name."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from tests.boxes import RANK, WITH_BLANK, YES_NO, Made, new_box
from typer.testing import CliRunner

from selectorate.box import canonical
from selectorate.box.groups import random_scalar
from selectorate.box.v1 import ballots
from selectorate.box.v1.audits import CHECKS, FORMAT, audit, read_opened
from selectorate.box.v1.ballots import make_ballot
from selectorate.box.v1.elections import Election, read_election
from selectorate.box.v1.hashes import base64_hash
from selectorate.cli import app
from selectorate.errors import InputError, ProtocolError

VECTORS = json.loads((Path(__file__).parents[2] / "vectors/box/audits.json").read_text())
ANSWERS = [[2, 0, 1], [0, 1], [0, 1, 0, 1]]


def failed(value: Any, election: Election, **more: Any) -> list[str]:
    found = audit(read_opened(json.dumps(value).encode(), election), election, **more)
    assert [one.check for one in found] == list(CHECKS)
    return [one.check for one in found if not one.passed]


def opened(made: Made, monkeypatch: pytest.MonkeyPatch, answers: list[list[int]] = ANSWERS) -> dict[str, Any]:
    """A ballot of the first voter, opened, with what its making drew."""
    drawn: list[int] = []

    def noted(group: Any) -> int:
        drawn.append(random_scalar(group))
        return drawn[-1]

    with monkeypatch.context() as patched:
        patched.setattr(ballots, "random_scalar", noted)
        content = json.loads(make_ballot(made.election, made.credentials[0], answers))
    content.pop("signature")
    rest = iter(map(str, drawn))
    counts = [len(one["choices"]) if isinstance(one["choices"], list) else 1 for one in content["answers"]]
    return {
        "format": FORMAT,
        "commitment": base64_hash(canonical.dumps(content).encode()),
        "answers": copy.deepcopy(answers),
        "randomness": [[next(rest) for _ in range(count)] for count in counts],
        "content": content,
    }


@pytest.fixture
def made(tmp_path: Path) -> Made:
    return new_box(tmp_path, (RANK, YES_NO, WITH_BLANK))


@pytest.mark.parametrize("vector", VECTORS, ids=range(len(VECTORS)))
def test_what_the_booth_opens_is_confirmed(vector: dict[str, Any]) -> None:
    election = read_election(vector["election"].encode())
    value = json.loads(vector["audit"])
    assert value["answers"] == vector["answers"]
    bad_ranking = any(
        isinstance(question, type(RANK)) and sorted(filter(None, answer)) != list(range(1, sum(map(bool, answer)) + 1))
        for question, answer in zip(election.questions, vector["answers"], strict=True)
    )
    assert failed(value, election) == (["audit.answer", "audit.encryption"] if bad_ranking else [])
    assert failed(value, election, shown="A" * 43)[0] == "audit.commitment"


def test_every_kind_of_question(made: Made, monkeypatch: pytest.MonkeyPatch) -> None:
    value = opened(made, monkeypatch)
    assert failed(value, made.election) == []
    assert failed(value, made.election, shown=value["commitment"] + "=") == []
    said = list(read_opened(json.dumps(value).encode(), made.election).said(made.election))
    assert said == ["Who?: 1. Cyd, 2. Ada", "Yes?: No", "Which?: a, c"]
    blank = opened(made, monkeypatch, [[0, 0, 0], [1, 0], [1, 0, 0, 0]])
    assert failed(blank, made.election) == []
    assert list(read_opened(json.dumps(blank).encode(), made.election).said(made.election))[2] == "Which?: blank"


@pytest.mark.parametrize("lie", [(0, [1, 0, 2]), (1, [1, 0]), (2, [0, 0, 1, 1])])
def test_a_booth_that_seals_something_else_is_found(
    made: Made, monkeypatch: pytest.MonkeyPatch, lie: tuple[int, list[int]]
) -> None:
    value = opened(made, monkeypatch)
    value["answers"][lie[0]] = lie[1]
    assert failed(value, made.election) == ["audit.encryption"]


def test_every_change_is_found(made: Made, monkeypatch: pytest.MonkeyPatch) -> None:
    value = opened(made, monkeypatch)

    def changed(*path: Any, to: Any) -> list[str]:
        other = copy.deepcopy(value)
        place: Any = other
        for key in path[:-1]:
            place = place[key]
        place[path[-1]] = to
        return failed(other, made.election)

    assert changed("commitment", to="A" * 43) == ["audit.commitment"]
    assert changed("randomness", 0, 0, to="7") == ["audit.encryption"]
    assert changed("answers", 1, to=[1, 1]) == ["audit.answer", "audit.encryption"]
    assert changed("answers", 0, to=[1, 1, 2]) == ["audit.answer", "audit.encryption"]
    alpha = made.group.generator
    assert changed("content", "answers", 0, "choices", "alpha", to=alpha) == [
        "audit.commitment",
        "audit.encryption",
        "audit.proofs",
    ]
    assert changed("content", "credential", to=alpha) == ["audit.commitment", "audit.proofs"]
    assert changed("content", "credential", to="9" * 63 + "5") == ["audit.commitment", "audit.proofs"]
    assert changed("content", "election_uuid", to="2" * 14) == ["audit.election", "audit.commitment"]


def test_what_is_no_audit_file_cannot_be_used(made: Made, monkeypatch: pytest.MonkeyPatch) -> None:
    value = opened(made, monkeypatch)
    for raw in (b"", b"{", b"[]", b"{}", b"\xff", json.dumps({**value, "format": "x"}).encode()):
        with pytest.raises(InputError):
            read_opened(raw, made.election)
    signed = copy.deepcopy(value)
    signed["content"]["signature"] = {"hash": value["commitment"], "proof": {"challenge": "1", "response": "1"}}
    short = {**value, "randomness": value["randomness"][:2]}
    for wrong in (signed, short, {**value, "answers": [[1]]}, {**value, "more": 1}):
        with pytest.raises(ProtocolError) as fault:
            read_opened(json.dumps(wrong).encode(), made.election)
        assert fault.value.check == "audit.shape"


def test_the_command(made: Made, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    value = opened(made, monkeypatch)
    file = tmp_path / "ballot.audit.json"
    file.write_text(json.dumps(value))
    run = CliRunner().invoke
    good = run(app, ["ballot", "audit", str(file), "--election", str(made.path), "--commitment", value["commitment"]])
    assert good.exit_code == 0 and "Who?: 1. Cyd, 2. Ada" in good.output and value["commitment"] in good.output
    told = json.loads(run(app, ["ballot", "audit", str(file), "--election", str(made.path), "--json"]).output)
    assert told["says"][1] == "Yes?: No" and all(one["passed"] for one in told["checks"])
    value["answers"][0] = [1, 2, 3]
    file.write_text(json.dumps(value))
    bad = run(app, ["ballot", "audit", str(file), "--election", str(made.path)])
    assert bad.exit_code == 1 and "audit.encryption" in bad.output
    file.write_text("{}")
    assert run(app, ["ballot", "audit", str(file), "--election", str(made.path)]).exit_code == 2
    assert run(app, ["ballot", "audit", str(file), "--election", str(file)]).exit_code == 2
    assert run(app, ["ballot", "audit", str(tmp_path / "none"), "--election", str(made.path)]).exit_code == 2
