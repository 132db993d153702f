"""That the cases reach everything that can be said: each place in the code that makes a problem makes one here.

Read from the source: every call of what makes a problem, in the modules that check rulebooks and contest files.
"""

from __future__ import annotations

import ast
import importlib
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from tests.bad.cases import broken

from selectorate.contest import misfits, misread
from selectorate.documents import plainly
from selectorate.errors import SelectorateError
from selectorate.rules import consistency

MAKERS = [
    ("rules.consistency.ballots", "Contradiction"),
    ("rules.consistency.entitlement", "Contradiction"),
    ("rules.consistency.motions", "Contradiction"),
    ("rules.consistency.names", "Contradiction"),
    ("rules.consistency.nominations", "Contradiction"),
    ("rules.consistency.online", "Contradiction"),
    ("rules.consistency.papers", "Contradiction"),
    ("rules.load", "Problem"),
    ("rules.load", "RulebookError"),
    ("rules.grammar", "wrong"),
    ("contest.misfits", "Problem"),
    ("contest.misread", "Problem"),
    ("contest.units", "ContestError"),
    ("contest.loading", "ContestError"),
    ("contest.cast", "ContestError"),
    ("contest.others", "ContestError"),
    ("contest.others", "Problem"),
    ("contest.model", "wrong"),
    ("documents.fields", "wrong"),
    ("documents.checking", "Problem"),
]
ELSEWHERE = {
    "there is no contest": "an id, not a file: test_a_contest_that_is_no_file",
    "case.document.where": "of another contest that a loader of the caller's does not find: mandate/test_claims",
    "has more than": "a hundred thousand units: test_units_without_end",
    "DEEP": "tomllib refuses earlier what is nested too deeply",
}
"""What no case can reach, by a part of its text, and why."""


def calls(module: ModuleType, name: str) -> Iterator[ast.Call]:
    assert module.__file__
    for node in ast.walk(ast.parse(Path(module.__file__).read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == name:
            yield node


class Recorder:
    """What makes problems, and remembers in which lines it was called."""

    def __init__(self, maker: Any) -> None:
        self.maker = maker
        self.lines: set[int] = set()

    def __call__(self, *args: Any, **named: Any) -> Any:
        self.lines.add(sys._getframe(1).f_lineno)
        return self.maker(*args, **named)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.maker, name)


def load_all() -> None:
    for item in broken():
        with pytest.raises(SelectorateError):
            item.load()


def test_everything_that_can_be_said_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    makers = [(importlib.import_module(f"selectorate.{module}"), name) for module, name in MAKERS]
    recorders = {(module, name): Recorder(getattr(module, name)) for module, name in makers}
    for (module, name), recorder in recorders.items():
        monkeypatch.setattr(module, name, recorder)
    load_all()
    unsaid = []
    for (module, name), recorder in recorders.items():
        for call in calls(module, name):
            said = any(call.lineno <= line <= (call.end_lineno or call.lineno) for line in recorder.lines)
            if not said and not any(text in ast.unparse(call) for text in ELSEWHERE):
                unsaid.append(f"{module.__file__}:{call.lineno}: {ast.unparse(call)[:100]}")
    assert not unsaid, "\n".join(unsaid)


def test_every_contradiction_is_looked_for() -> None:
    """Without this the test above could pass because nothing was found to count."""
    checks = {importlib.import_module(check.__module__) for check in consistency.CHECKS}
    listed = {importlib.import_module(f"selectorate.{module}") for module, name in MAKERS if name == "Contradiction"}
    assert listed == checks
    assert sum(len(list(calls(module, "Contradiction"))) for module in checks) >= 45
    assert sum(len(list(calls(module, "Problem"))) for module in (misfits, misread)) >= 20


def test_everything_that_tomllib_says_is_told_plainly() -> None:
    said = "\n".join(line for item in broken() for line in item.expected)
    for _, plain, hint in plainly._PLAIN:
        assert plain in said
        assert hint in said
    for _, _, plain, hint in plainly._SLIPS:
        assert f"{plain}. {hint}" in said
