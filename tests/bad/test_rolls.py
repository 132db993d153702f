"""Every nasty list of persons comes out as it stands beside it, and is made again byte by byte by its generator."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.bad.rolls import make
from tests.bad.rolls.make import CASES, DOCS, HERE, Case

from selectorate import roll
from selectorate.errors import InputError

pytest.importorskip("python_calamine")


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_it_comes_out_as_expected(case: Case) -> None:
    assert make.outcome(case) == case.expected.read_text(encoding="utf-8")


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_the_generator_still_makes_it(case: Case) -> None:
    assert case.make() == case.path.read_bytes()


def test_there_are_enough_and_none_that_nobody_made() -> None:
    assert len(CASES) >= 60
    there = {path.name for path in (HERE / "files").iterdir()}
    assert there == {name for case in CASES.values() for name in (case.name, f"{case.name}.expected")}


def test_the_page_has_the_table() -> None:
    assert make.table() in DOCS.read_text(encoding="utf-8"), "python -m tests.bad.rolls.make --docs writes it again"


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_a_file_reads_the_same_by_its_path(case: Case, tmp_path: Path) -> None:
    path = tmp_path / case.name
    path.write_bytes(case.make())
    told = []
    for source in (path, case.make()):
        try:
            told.append(repr(roll.look(source, "it").headings))
        except InputError as error:
            told.append(str(error))
    assert told[0] == told[1]


PRIVATE = ("Ada", "Müller", "O'Hara", "O’Hara", "José")


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_no_error_tells_who_is_in_the_file(case: Case) -> None:
    first = case.expected.read_text(encoding="utf-8").splitlines()[0]
    assert not first.startswith("error: ") or not any(name in first for name in PRIVATE)
