"""The page on the reference tool has a row for every kind of election that is tried, and says yes to all."""

from __future__ import annotations

from pathlib import Path

from tests.interop.box.cases import CASES, GROUPS, KEYS, MAKERS, ODD
from tools.box_interop.page import KEYS_SAID, SAID, Outcome, Work, page, rows, table

PAGE = Path(__file__).parents[3] / "docs" / "interoperability.md"


def test_the_page_has_every_row() -> None:
    text = PAGE.read_text(encoding="utf-8")
    row = " | ".join(["yes"] * len(MAKERS))
    for name in CASES:
        for keys in KEYS:
            assert text.count(f"| {SAID[name]} | {KEYS_SAID[keys]} | {row} |") == len(GROUPS)
    for name in ODD:
        assert f"- {name[0].upper()}{name[1:]}." in text
    assert "3.3.0" in text and "**no**" not in text


def test_what_did_not_agree_is_not_passed_over() -> None:
    work = Work("matrix", "ranking")
    (first, *others) = rows([Outcome(work, failure="!")], "Ed25519")
    assert first[2:] == ["**no**", "-", "-", "-"] and all(row[2:] == ["-"] * 4 for row in others)
    outcomes = [Outcome(Work("odd", "x")), Outcome(Work("odd", "y"), failure="!"), Outcome(Work("random", "1"))]
    assert "odd: 1 of 2 elections agree" in table(outcomes)
    assert "belenios-tool 9.9" in page([Outcome(Work("random", "1"))], "9.9", "2026-01-01")
