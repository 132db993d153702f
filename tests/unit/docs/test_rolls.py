"""What the pages say of tests of entitlement is what the program allows."""

from __future__ import annotations

from pathlib import Path

from selectorate.rules.consistency.entitlement import FUNCTIONS

PAGE = Path(__file__).parents[3] / "docs" / "reference" / "rulebook.md"


def test_every_function_is_named() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert all(f"`{name}`" in text for name in FUNCTIONS)
