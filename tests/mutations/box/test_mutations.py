"""A tenth of the changes of `python -m tools.box_mutations`: what alters a box is refused, and by which check."""

from __future__ import annotations

import random
import re
from pathlib import Path

import pytest
from tests.box_mutations import (
    ALLOWED,
    ARITHMETICS,
    Allowed,
    Change,
    changes,
    flipped,
    reason,
    sampled,
    unchanged,
    verdict,
)
from tests.box_subjects import SUBJECTS, Subject, subject
from tests.boxes import put_together

from selectorate.box.v1.reading import CHECKS

pytestmark = pytest.mark.slow

OF_EACH = 100
FLIPS = 25
NO_BOX = ("no archive", "archive.final")


@pytest.fixture(scope="module", params=SUBJECTS)
def of(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Subject:
    return subject(request.param, tmp_path_factory.mktemp("box"))


@pytest.fixture(scope="module")
def every(of: Subject) -> list[Change]:
    return list(changes(of, random.Random(1)))


@pytest.fixture(scope="module")
def threshold(tmp_path_factory: pytest.TempPathFactory) -> list[Change]:
    return list(changes(subject("threshold", tmp_path_factory.mktemp("box")), random.Random(1)))


def test_the_box_itself_is_sound_and_always_the_same(of: Subject, tmp_path: Path) -> None:
    data = of.made.path.read_bytes()
    assert verdict(data, tmp_path / "box.bel")[0] is None
    assert put_together(of.parts) == data
    assert subject(of.name, tmp_path).made.path.read_bytes() == data


def test_what_alters_it_is_refused(of: Subject, every: list[Change], tmp_path: Path) -> None:
    """By both arithmetics in turn. What is accepted stands on the list of what may be, and has the same result."""
    sound, before = put_together(of.parts), of.made.read()
    for number, change in enumerate(sampled(every, OF_EACH, random.Random(2))):
        data = change.make()
        check, after = verdict(data, tmp_path / "box.bel", ARITHMETICS[number % len(ARITHMETICS)])
        if check is None:
            assert after is not None
            assert data == sound or (reason(change) and unchanged(before, after)), str(change)
        else:
            assert check in CHECKS or check in NO_BOX, str(change)


def test_a_bit_the_other_way_is_refused(of: Subject, tmp_path: Path) -> None:
    data, rng = of.made.path.read_bytes(), random.Random(3)
    for _ in range(FLIPS):
        bit = rng.randrange(8 * len(data))
        check, _ = verdict(flipped(data, bit), tmp_path / "box.bel")
        assert check, f"bit {bit}"


@pytest.mark.parametrize("line", ALLOWED, ids=lambda line: line.told)
def test_every_reason_is_needed(line: Allowed, threshold: list[Change], tmp_path: Path) -> None:
    """For each something is accepted that would not be otherwise."""
    of_line = [one for one in threshold if line.fits(one)]
    assert any(verdict(one.make(), tmp_path / "box.bel")[0] is None for one in of_line)


def test_every_kind_of_event_and_of_data_is_changed(every: list[Change], of: Subject) -> None:
    places = {re.sub(r"[\[. ].*", "", change.place) for change in every}
    assert places >= {part.type for part in of.parts}
