"""A little of ``make fuzz-box``, always the same: whatever is read, nothing comes out but an error of ours."""

from __future__ import annotations

import pytest
from tests.box_fuzz import Target, fuzz, targets

EXAMPLES = {
    "decryptions": 60,
    "decryptions of lists": 60,
    "archives": 120,
    "data of archives": 90,
    "events": 90,
}
PARTS = ("JSON", "elections", "trustees", "credentials", "shuffles", "decryptions", "decryptions of lists")
WHOLE = ("archives", "data of archives", "events")
BALLOTS = ("ballots: ranking", "ballots: sums", "ballots: lists", "ballots: threshold")


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Target]:
    return {target.name: target for target in targets(tmp_path_factory.mktemp("fuzz"))}


@pytest.mark.slow
def test_every_target_is_tried(found: dict[str, Target]) -> None:
    assert set(found) == {*PARTS, *WHOLE, *BALLOTS}
    for target in found.values():
        for raw in target.sound:
            target.take(raw)
        assert target.refused == 0 or target.name in ("data of archives", "events"), "what is sound is read"


@pytest.mark.slow
@pytest.mark.parametrize("name", (*PARTS, *WHOLE, *BALLOTS))
def test_nothing_but_errors_of_ours(found: dict[str, Target], name: str) -> None:
    fuzz(found[name], EXAMPLES.get(name, 300), 1)
    assert found[name].refused
