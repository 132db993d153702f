"""What a declaration says where figures are of several kinds, or not all there."""

from __future__ import annotations

from pathlib import Path

import pytest

from selectorate import sheets
from selectorate.contest import Declaration, declare, load_file

HEAD = """
title = "A college"
organisation = "A society"
office = "Leader"
date = 2020-05-01
[candidates.ada]
name = "Ada"
[candidates.ben]
name = "Ben"
[candidates.cy]
name = "Cy"
[[ballot]]
stage = "ballot"
"""

COLLEGE = """
id = "blocks"
name = "A college of blocks and members"
organisation = "A society"
office = "Leader"
[segments.unions]
name = "affiliated unions"
voters = "delegations"
[segments.mps]
name = "MPs"
[[stage]]
kind = "ballot"
id = "ballot"
segments = ["unions", "mps"]
paper = "choose one"
count = "repeated ballots"
combine = "weighted-college"
weights = { unions = "1/2", mps = "1/2" }
elected = "majority of the college"
"""

POINTS = """
id = "ridings"
name = "Points by riding"
organisation = "A society"
office = "Leader"
[segments.members]
name = "members"
[[stage]]
kind = "ballot"
id = "ballot"
segments = ["members"]
paper = "rank"
count = "alternative vote"
combine = "points-by-unit"
points = { unit = "riding", each = 100, units = 100, at_most_votes = true }
elected = "majority of points allotted"
shares = { of = "points allotted", decimals = 2 }
declare = ["total", "unit"]
"""


@pytest.fixture
def declared(tmp_path: Path):  # type: ignore[no-untyped-def]  # a function of two texts
    def of(rules: str, figures: str) -> Declaration:
        (tmp_path / "rules.toml").write_text(rules)
        (tmp_path / "contest.toml").write_text(f'id = "made-up"\nrulebook = "rules.toml"\n{HEAD}{figures}')
        return declare(load_file(tmp_path / "contest.toml"))

    return of


def test_blocks_and_votes_of_persons_are_not_added_up(declared) -> None:  # type: ignore[no-untyped-def]
    found = declared(
        COLLEGE,
        "[[ballot.round]]\nvotes.unions = { ada = 4000, ben = 1000 }\nvotes.mps = { ada = 40, ben = 60 }\n",
    )
    (ballot,) = found.ballots
    assert not ballot.addable
    assert [row.votes for row in ballot.rounds[0].rows] == [None, None]
    assert ballot.rounds[0].cast is None
    total = next(sheet for sheet in ballot.sections if sheet.section == "total")
    assert (total.valid, total.lead, total.majority) == (None, None, None)
    assert "4,040" not in sheets.declaration_text(found, 100)
    assert found.elected == ("ada",)


def test_points_without_units_keep_votes_leavers_and_the_decimals_published(declared) -> None:  # type: ignore[no-untyped-def]
    found = declared(
        POINTS,
        """
[[ballot.round]]
votes.total = { ada = 520, ben = 510, cy = 120 }
points = { ada = 4091, ben = 4187, cy = 2107 }
[[ballot.round]]
out = ["cy"]
[[ballot.round]]
votes.total = { ada = 600, ben = 540 }
points = { ada = 6202, ben = 6049 }
elected = ["ada"]
""",
    )
    (ballot,) = found.ballots
    assert [row.candidate for row in ballot.rounds[1].rows] == ["cy"]
    assert ballot.rounds[1].rows[0].fate == "out"
    text = sheets.declaration_text(found, 100)
    assert "6,202" in text and "6,202.00" not in text
    assert any(line.split()[:3] == ["Cy", "2,107", "–"] and line.endswith("out, round 2") for line in text.splitlines())
    assert "Votes by round" in text and "540" in text


def test_a_published_figure_that_does_not_follow_is_named_in_the_declaration(declared) -> None:  # type: ignore[no-untyped-def]
    found = declared(
        COLLEGE,
        "[[ballot.round]]\nvotes.unions = { ada = 4000, ben = 1000 }\nvotes.mps = { ada = 40, ben = 60 }\n"
        'elected = ["ada"]\n'
        "shares.total = { ada = 61.0, ben = 40.0 }\n",
    )
    assert any("published 61.0%, but 60.000% of the college follows" in text for text in found.disagreements), (
        found.disagreements
    )
    assert "not follow from the others" in sheets.declaration_text(found, 100)


def test_what_should_be_known_of_a_candidate_is_in_the_declaration(declared) -> None:  # type: ignore[no-untyped-def]
    text = "[[ballot.round]]\nvotes.unions = { ada = 4000, ben = 1000 }\nvotes.mps = { ada = 40, ben = 60 }\n"
    found = declared(COLLEGE, text + '[candidates.dan]\nname = "Dan"\nnote = "Withdrew before the ballot."\n')
    assert found.remarks == {"dan": "Withdrew before the ballot."}
    assert "Dan: Withdrew before the ballot." in sheets.declaration_text(found, 100)
