"""The matrix: every kind of question, under every kind of key, in both groups, made by us, by the tool, by both in
turn. What runs here goes through every pair; all cells, and hundreds of random elections: `make interop-box`."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.interop.box.cases import MAKERS, ODD, matrix_case, usual_cells
from tests.interop.box.elections import Keys, play
from tests.interop.box.tool import Tool


@pytest.mark.parametrize(("questions", "keys", "group", "makers"), list(usual_cells()))
def test_the_matrix(tool: Tool, tmp_path: Path, questions: str, keys: Keys, group: str, makers: str) -> None:
    small = group == "Ed25519"
    case = matrix_case(questions, keys, group, ballots=4 if small else 2)
    play(tool, tmp_path, case, MAKERS[makers], every_stage=small)


@pytest.mark.parametrize(("name", "makers"), [(name, ("ot", "to")[n % 2]) for n, name in enumerate(ODD)])
def test_something_odd(tool: Tool, tmp_path: Path, name: str, makers: str) -> None:
    play(tool, tmp_path, ODD[name], makers, every_stage=False)
