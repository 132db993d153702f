"""Declarations as text."""

from __future__ import annotations

import pytest
from rich.cells import cell_len
from rich.console import Console
from tests.golden.declarations.make import CASES, path, text

from selectorate import sheets
from selectorate.sheets.blocks import Column, Part, Sentences, Sheet, Table, cells

from .samples import declared, gallery_names, hostile


@pytest.mark.parametrize("case", CASES)
def test_the_golden_declarations_are_the_same(case: tuple[str, int]) -> None:
    assert text(*case) == path(*case).read_text(encoding="utf-8")


@pytest.mark.parametrize("width", [40, 80, 100])
@pytest.mark.parametrize("name", gallery_names())
def test_no_line_is_wider_than_asked(name: str, width: int) -> None:
    lines = sheets.declaration_text(declared(name), width).splitlines()
    assert all(cell_len(line) <= width for line in lines)
    assert lines[0].strip()


def test_everything_that_must_be_said_is_said() -> None:
    said = sheets.declaration_text(declared("labour-2016"), 100)
    for text_ in (
        "Elected: Jeremy Corbyn",
        "24 September 2016",
        "labour-2014",
        "the holder, Jeremy Corbyn, was challenged",
        "313,209",
        "61.8%",
        "116,960",
        "506,438",
        "654,006",
        "507,480‡",
        "77.6%",
        "77.4%",
        "119,980 votes (23.7 percentage points)",
        "253,220 needed",
        "172",
        "251 MPs and MEPs",
        "automatic place",
        "‡ worked out from other figures.",
        "worked out here, exactly, from the votes",
    ):
        assert text_ in said


def test_a_result_that_was_only_published_says_so() -> None:
    said = sheets.declaration_text(declared("uk-labour-shadow-cabinet-2010"))
    assert "The result is the published one" in said
    assert "26 further candidates are not known" in said


def test_a_missing_majority_has_a_real_minus_sign() -> None:
    assert "−2,018" in sheets.declaration_text(declared("labour-2015"))


def test_names_steer_no_terminal() -> None:
    said = sheets.declaration_text(hostile(), 100)
    assert "\x1b" not in said and "\x07" not in said and "\u202e" not in said
    assert "[bold]x[/bold]" in " ".join(said.split())


def test_colour_is_only_for_terminals_that_have_it() -> None:
    console = Console(force_terminal=True, color_system="standard", width=80, record=True, file=None, _environ={})
    with console.capture() as caught:
        console.print(*sheets.renderables(sheets.declaration_sheet(declared("labour-2016")), 80))
    assert "\x1b[" in caught.get()
    assert "\x1b" not in sheets.declaration_text(declared("labour-2016"))


def test_a_table_too_wide_is_told_in_blocks_with_every_column() -> None:
    columns = (Column("Name", numeric=False), *(Column(f"Column{number}") for number in range(20)))
    table = Table("wide", "Wide", columns, (cells("somebody", *(str(number * 1000) for number in range(20))),))
    sheet = Sheet("T", "K", "H", declared("labour-2016").date, parts=(Part("P", (table, Sentences(("done",)))),))
    said = sheets.sheet_text(sheet, 60)
    assert all(f"Column{number}" in said and f" {number * 1000}" in said for number in range(1, 20))
    assert said.count("somebody") == said.count("continued") + 1 > 1


def test_a_row_with_the_wrong_number_of_cells_is_refused() -> None:
    with pytest.raises(ValueError, match="table t: 1 cells for 2 columns"):
        Table("t", "T", (Column("A"), Column("B")), (cells("x"),))
