"""The page of benchmarks says what was measured, and the programs that measure still run. Nothing here is timed."""

from __future__ import annotations

import importlib
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

ROOT = Path(__file__).parents[3]


@pytest.fixture
def bench(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.syspath_prepend(str(ROOT / "benchmarks"))
    return importlib.import_module("run")


def test_the_page_shows_the_figures_that_stand_beside_it(bench: Any) -> None:
    figures = json.loads((ROOT / "docs" / "benchmarks.json").read_text(encoding="utf-8"))
    text = (ROOT / "docs" / "benchmarks.md").read_text(encoding="utf-8")
    assert set(bench.CASES) <= set(figures)
    assert f"{bench.BEGIN}\n\n{bench.page(figures)}\n\n{bench.END}" in text, "benchmarks/run.py --docs writes it again"


def test_ballots_are_the_same_from_the_same_seed(bench: Any, tmp_path: Path) -> None:
    making = importlib.import_module("make_ballots")
    for name in ("a", "b"):
        making.blt(tmp_path / name, np.random.default_rng(7), 50, making.falling(4), 2, 3)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


@pytest.mark.parametrize("count", ["av", "stv", "meek"])
def test_this_program_is_run_as_it_is_measured(bench: Any, tmp_path: Path, count: str) -> None:
    file = tmp_path / "few.blt"
    seats = 1 if count == "av" else 2
    file.write_text(f'4 {seats}\n5 1 2 0\n3 2 1 0\n1 3 0\n1 4 3 0\n0\n"A"\n"B"\n"C"\n"D"\n"few"\n', encoding="ascii")
    found = bench.one("selectorate", count, [file, file])
    assert found["elected"] == [list(range(1, seats + 1))] * 2
    assert found["memory"] > 0


def test_another_result_is_told(bench: Any) -> None:
    assert bench.agreement("pyrankvote", {"differs": ["0009", "0014"]}) == "others in 2: 0009, 0014"
    assert bench.agreement("pyrankvote", {"differs": list("abcde")}) == "others in 5: a, b, c, d, ..."
    assert bench.agreement("pyrankvote", {"differs": []}) == "the same"


def test_the_straight_line_goes_through_points_on_it(bench: Any) -> None:
    assert bench.line([(1, 3), (2, 5), (4, 9)]) == (1, 2)
