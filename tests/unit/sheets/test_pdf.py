"""Declarations as PDF."""

from __future__ import annotations

import io
import re
import sys

import pytest
from pypdf import PdfReader

from selectorate import sheets
from selectorate.errors import MissingPartError

from .samples import HOSTILE, declared, gallery_names, hostile


def read(pdf: bytes) -> tuple[PdfReader, str]:
    reader = PdfReader(io.BytesIO(pdf))
    return reader, re.sub(r"\s+", " ", " ".join(page.extract_text() for page in reader.pages))


@pytest.mark.parametrize("name", gallery_names())
def test_every_contest_keeps_to_two_pages_and_has_its_figures(name: str) -> None:
    declaration = declared(name)
    reader, text = read(sheets.declaration_pdf(declaration))
    assert len(reader.pages) <= 2
    assert declaration.office in text and "Signature" in text
    for ballot in declaration.ballots:
        for item in ballot.rounds[-1:]:
            for row in item.rows:
                assert row.name in text
                assert row.votes is None or item.unit != "votes" or f"{row.votes:,}" in text
    assert reader.metadata is not None
    assert reader.metadata.title == declaration.title
    assert reader.metadata.creation_date is not None and reader.metadata.creation_date.date() == declaration.date
    root = reader.root_object
    assert root["/Lang"] == "en-GB" and root["/MarkInfo"]["/Marked"]


def test_all_thirteen_rounds_are_in_it() -> None:
    _, text = read(sheets.declaration_pdf(declared("canada-conservative-2017")))
    assert "Round 13" in text and "17,222.20" in text and "139.90" in text and "out, round 12" in text


def test_names_are_no_markup() -> None:
    _, text = read(sheets.declaration_pdf(hostile()))
    for name in (*HOSTILE, "{{ 7*7 }}"):
        assert re.sub(r"\s+", "", name) in re.sub(r"\s+", "", text)


def test_the_same_declaration_gives_the_same_bytes() -> None:
    assert sheets.declaration_pdf(declared("labour-2016")) == sheets.declaration_pdf(declared("labour-2016"))


def test_without_typst_it_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "typst", None)
    with pytest.raises(MissingPartError):
        sheets.declaration_pdf(declared("labour-2016"))
