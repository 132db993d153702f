"""Nominations of which no more is known than how many there were at least."""

from __future__ import annotations

import pytest
from tests.strategies import case_of, omov

from selectorate import documents, mandate, sheets
from selectorate.cli.declarations import replay_lines
from selectorate.contest import Case, declare, replay
from selectorate.contest import load as load_contest
from selectorate.rules.load import from_document

RULES = from_document(
    documents.parse(
        b"""
id = "made-up"
name = "Made up"
organisation = "Nobody"
office = "Leader"
[bodies.mps]
name = "MPs"
[segments.members]
name = "members"
[[stage]]
kind = "nomination"
id = "nomination"
by = "mps"
threshold = 100
[[stage]]
kind = "ballot"
id = "ballot"
segments = ["members"]
paper = "choose one"
count = "most votes"
elected = "majority of votes"
""",
        "rulebook.toml",
    )
)


def case(is_: str, than: int, measure: str = "nominations-share") -> Case:
    return case_of(
        RULES,
        f"""
id = "made-up"
title = "Made up"
organisation = "Nobody"
office = "Leader"
rulebook = "made-up"
date = 2022-10-24
elected = ["ada"]
[candidates.ada]
name = "Ada Longname"
[candidates.ben]
name = "Ben Longname"
[bodies.mps]
size = 357
[[nomination]]
stage = "nomination"
at_least = {{ ada = 197 }}
withdrew = ["ben"]
[[claims]]
quote = "so many"
by = "somebody"
[[claims.reading]]
measures = ["{measure}"]
is = "{is_}"
than = {than}
[[rivals]]
name = "the MPs"
nominations = "nomination"
candidate = "ada"
""",
    )


@pytest.mark.parametrize(
    ("is_", "than", "measure", "holds"),
    [
        ("higher than", 50, "nominations-share", True),
        ("higher than", 56, "nominations-share", None),
        ("at least", 197, "nominations", True),
        ("higher than", 197, "nominations", None),
        ("lower than", 197, "nominations", False),
        ("lower than", 198, "nominations", None),
        ("equal to", 196, "nominations", False),
        ("equal to", 197, "nominations", None),
        ("about", 200, "nominations", None),
    ],
)
def test_a_lower_bound_can_settle_a_claim(is_: str, than: int, measure: str, holds: bool | None) -> None:
    (claim,) = mandate.check_claims(case(is_, than, measure))
    ((finding,),) = (reading.findings for reading in claim.readings)
    assert finding.holds is holds and finding.figure.value is None


def test_what_it_is_at_least_is_shown() -> None:
    found = case("higher than", 50)
    text = sheets.sheet_text(
        sheets.mandate_sheet(
            mandate.mandate(declare(found)), claims=mandate.check_claims(found), rivals=mandate.rivals(found)
        ),
        100,
    )
    assert "holds on every measure" in text
    assert text.count("at least 55.18%") == 2 and "at least 197 " in text
    (claim,) = mandate.check_claims(found)
    assert claim.readings[0].findings[0].say == "Holds: at least 55.18% beside 50.00%."


def test_nothing_is_said_of_rounds_that_were_not_held() -> None:
    notes = mandate.compare(declare(case("higher than", 50)), declare(load_contest("conservative-2022"))).notes
    assert not any("nothing" in note or "no candidates" in note for note in notes)


def test_rivals_that_are_asked_for_and_not_there() -> None:
    found = mandate.mandate(declare(load_contest("labour-2015")))
    assert "no [[rivals]]" in sheets.sheet_text(sheets.mandate_sheet(found, rivals=()), 100)
    assert "MANDATES SIDE BY SIDE" not in sheets.sheet_text(sheets.mandate_sheet(found), 100)


def test_one_who_was_elected_without_a_ballot_is_not_said_to_have_been_elected_by_one() -> None:
    lines = replay_lines(case("higher than", 50), replay(case("higher than", 50))[0])
    assert lines == ["ballot: Longname elected without a ballot, as the only candidate."]


def test_one_vote_is_a_vote() -> None:
    found = omov({"members": {"ada": 2, "ben": 1}})
    text = sheets.declaration_text(declare(found), 100)
    assert "Ben Longname: 1 vote (" in text and "1  vote," in text and "1 votes" not in text


def test_turnout_that_was_published_by_segment_alone() -> None:
    votes = {"members": {"ada": 2, "ben": 1}, "affiliated": {"ada": 2, "ben": 1}}
    of_part, of_none = (omov(votes, ballot=roll) for roll in ("roll.members = { turnout = 72.6 }", ""))
    said = [mandate.mandate(declare(found)).total["turnout-published"].cannot for found in (of_part, of_none)]
    assert said == ["no turnout over all was published", "no turnout was published"]


def test_a_day_that_is_in_the_title_is_not_said_again() -> None:
    now, before = (declare(load_contest(f"conservative-confidence-{year}")) for year in (2003, 2018))
    text = sheets.sheet_text(sheets.mandate_sheet(mandate.mandate(now), mandate.compare(now, before)), 200)
    assert "12 December 2018, 12 December 2018" not in text
