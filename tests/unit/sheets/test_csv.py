"""Declarations as CSV."""

from __future__ import annotations

import csv
import io
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from selectorate import sheets
from selectorate.sheets.csvs import COLUMNS, cell, safe_text, table_csv

from .samples import HOSTILE, declared, gallery_names, hostile


def rows_of(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline="")))


@given(st.text())
def test_no_text_starts_a_formula(text: str) -> None:
    made = safe_text(text)
    assert not made.startswith(("=", "+", "-", "@", "\t", "\r"))
    assert made.removeprefix("'").replace("\N{REPLACEMENT CHARACTER}", "\0") == text.replace(
        "\N{REPLACEMENT CHARACTER}", "\0"
    ) or text.startswith("'")


@given(st.lists(st.text(), min_size=1, max_size=5))
def test_what_is_written_is_read_again(texts: list[str]) -> None:
    columns = tuple(f"c{number}" for number in range(len(texts)))
    made = table_csv(columns, [dict(zip(columns, texts, strict=True))])
    assert made.endswith("\r\n")
    (_, row) = list(csv.reader(io.StringIO(made, newline="")))
    assert row == [safe_text(text) for text in texts]


@given(st.integers())
def test_numbers_stay_numbers(value: int) -> None:
    assert cell(value) == str(value)


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", " =", "\N{NO-BREAK SPACE}+", "＝"])
def test_what_a_spreadsheet_takes_for_a_formula_gets_an_apostrophe(start: str) -> None:
    assert safe_text(f"{start}1+1") == f"'{start}1+1"


@pytest.mark.parametrize("name", gallery_names())
def test_the_votes_of_every_contest_are_in_its_table(name: str) -> None:
    declaration = declared(name)
    rows = rows_of(sheets.declaration_csv(declaration))
    assert rows and all(list(row) == list(COLUMNS) for row in rows)
    found = {
        (row["ballot"], row["round"], row["candidate"], row["value"])
        for row in rows
        if row["kind"] == "candidate" and row["section"] == "total" and row["measure"] == "votes"
    }
    for ballot in declaration.ballots:
        for item in ballot.rounds:
            for who in item.rows:
                value = "" if who.votes is None else str(who.votes)
                assert who.votes is None or (ballot.stage, str(item.number), who.candidate, value) in found


def test_shares_are_printed_and_exact() -> None:
    rows = rows_of(sheets.declaration_csv(declared("labour-2016")))
    (row,) = [r for r in rows if r["candidate"] == "corbyn" and r["section"] == "total" and r["kind"] == "candidate"]
    assert (row["value"], row["share"], row["published"]) == ("313209", "61.8", "61.85")
    assert Fraction(int(row["share_numerator"]), int(row["share_denominator"])) == Fraction(313209, 506438)


def test_points_are_decimals_and_exact() -> None:
    rows = rows_of(sheets.declaration_csv(declared("canada-conservative-2017")))
    (row,) = [r for r in rows if r["candidate"] == "scheer" and r["round"] == "13" and r["measure"] == "points"]
    assert row["value"] == "17222.199450000"
    assert Fraction(int(row["value_numerator"]), int(row["value_denominator"])) == Fraction(row["value"])


def test_a_name_that_is_a_formula_is_escaped() -> None:
    names = {row["candidate_name"] for row in rows_of(sheets.declaration_csv(hostile()))}
    assert f"'{HOSTILE[2]}" in names and HOSTILE[2] not in names
