"""What it would have taken: worked out by hand for contests that were held."""

from __future__ import annotations

import time
from dataclasses import replace
from fractions import Fraction

import pytest
from tests.strategies import case_of, college, contest_text, motion, omov, points, rulebook

from selectorate import mandate, sheets
from selectorate.contest import declare, load
from selectorate.errors import InputError
from selectorate.mandate import Swing, SwingIn


def over_all(swing: Swing) -> SwingIn:
    assert swing.over_all is not None, swing.cannot
    return swing.over_all


def test_2016() -> None:
    swing = mandate.swing(load("labour-2016"))
    total = over_all(swing)
    # A lead of 119,980 among 506,438: half of it makes a tie, one more elects.
    assert (total.denies.votes, total.denies.at_least, total.denies.then) == (
        59_990,
        59_990,
        "a tie for the first place",
    )
    assert (total.elects.votes, total.elects.then) == (59_991, "the challenger is elected")
    assert {place.place: (place.available, place.elects.votes) for place in swing.sections} == {
        "members": (168_216, 59_991),
        "registered": (84_918, 59_991),
        "affiliated": (60_075, 59_991),
    }
    assert total.denies.moved == {}
    assert swing.uniform is not None and swing.uniform.elects.points == Fraction(11_846, 100_000)
    assert swing.winner_name == "Jeremy Corbyn" and swing.to_name == "Owen Smith"


def test_2015_needs_far_more_to_elect_than_to_deny() -> None:
    swing = mandate.swing(load("labour-2015"))
    total = over_all(swing)
    # A majority is 211,333: 251,417 - 40,085 is one short of it; Burnham's 80,462 need 130,871.
    assert (total.denies.votes, total.elects.votes) == (251_417 - 211_332, 211_333 - 80_462)
    assert total.denies.then == "nobody has what the rules ask for; what would follow is not in the figures"
    assert all(not place.elects.possible for place in swing.sections)
    assert swing.sections[0].elects.cannot == "no swing there does it"
    assert over_all(mandate.swing(load("labour-2015"), "kendall")).elects.votes == 211_333 - 18_857


def test_2010_six_members_of_parliament() -> None:
    swing = mandate.swing(load("labour-2010"))
    total = over_all(swing)
    # Of the college 50.654% to 49.346%: a lead of 1.31 points. One of the 262 is worth 1/786, two thirds of which make
    # 0.25 points of lead, so five are not enough and six are.
    assert (total.denies.votes, total.elects.votes) == (6, 6)
    assert total.elects.moved == {"plp": 6}
    assert {place.place: place.elects.votes for place in swing.sections} == {
        "plp": 6,
        "members": 2_407,
        "affiliated": 3_913,
    }
    assert swing.uniform is not None and swing.uniform.elects.points == Fraction(654, 100_000)  # half the lead
    assert any("Round 4, which decided" in sentence for sentence in swing.assumptions)


def test_canada_2017_is_sixty_six_votes_in_eight_ridings_and_quick() -> None:
    case = load("canada-conservative-leadership-2017")
    start = time.perf_counter()
    swing = mandate.swing(case)
    assert time.perf_counter() - start < 10  # a second on a free machine; never minutes
    total = over_all(swing)
    assert (total.denies.votes, total.denies.at_least) == (66, 66)
    assert (total.elects.votes, total.elects.at_least) == (66, 66)
    assert len(total.elects.moved) == 8 and sum(total.elects.moved.values()) == 66
    assert (swing.unit_count, swing.unit_name, swing.units) == (338, "riding", ())
    assert swing.section_names["62001"]
    assert swing.uniform is not None and swing.uniform.elects.points == Fraction(954, 100_000)  # half of 1.91 points


def test_motions() -> None:
    plp = over_all(mandate.swing(load("uk-labour-plp-confidence-2016")))
    # 172 to 40: at 106 to 106 it is not carried.
    assert (plp.denies.votes, plp.elects.votes, plp.elects.then) == (66, 66, "the motion would have been lost")
    lost = mandate.swing(motion(10, 15))
    assert (lost.winner, lost.to) == ("against", "for")
    assert over_all(lost).elects.votes == 3
    assert over_all(lost).elects.then == "the motion would have been carried"
    assert lost.assumptions[0].startswith('Votes move from "Against" to "For"')


def test_requirements_on_those_entitled() -> None:
    # 1995: a lead of 15% of 329 is 50; with 39 moved Major leads by 51, with 40 by 49.
    major = over_all(mandate.swing(load("uk-conservative-leadership-1995")))
    assert (major.denies.votes, major.elects.votes) == (40, 165 - 89 + 14)
    # 1997: a majority of 164 is 83.
    hague = over_all(mandate.swing(load("uk-conservative-leadership-1997")))
    assert (hague.denies.votes, hague.elects.votes) == (92 - 82, 83 - 70)


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("uk-conservative-leadership-1990", "others withdrew"),
        ("uk-conservative-leadership-2016", "others withdrew"),
        ("uk-labour-shadow-cabinet-2010", "several places"),
        ("uk-labour-deputy-1981", "only figures with cut decimals were published"),
        ("canada-conservative-leadership-2022", "votes in every riding are not known"),
    ],
)
def test_where_it_cannot_be_known(name: str, why: str) -> None:
    swing = mandate.swing(load(name))
    assert swing.over_all is None
    assert swing.cannot is not None and why in swing.cannot


def test_a_rule_whose_base_is_not_known() -> None:
    text = contest_text(("ada", "ben"), [{"members": {"ada": 6, "ben": 4}}])
    swing = mandate.swing(case_of(rulebook(("members",), elected="majority of those entitled"), text))
    assert swing.over_all is None and swing.cannot is not None


def test_unknown_candidates_leave_it_unknown() -> None:
    text = contest_text(("ada", "ben"), [{"members": {"ada": 6, "ben": 4}}])
    text = text.replace("votes.members", "others = 2\nvotes.members")
    swing = mandate.swing(case_of(rulebook(("members",)), text))
    assert swing.cannot == "the votes of some candidates are not known"


def test_one_unit_that_does_it_alone() -> None:
    units = {"north": {"ada": 60, "ben": 50}, "south": {"ada": 2, "ben": 1}, "west": {"ada": 30, "ben": 40}}
    swing = mandate.swing(points(units, '{ unit = "riding", each = 100, decimals = 5 }'))
    assert swing.winner == "ada"
    assert {place.place for place in swing.units} == {"north", "south", "west"}
    # One vote of three in the south is worth more than ten in the north.
    assert over_all(swing).elects.moved == {"south": 1}


def test_everything_that_is_cut_leaves_a_doubt_that_is_told() -> None:
    # Cut to whole points nobody has more than half of those on offer.
    units = {"north": {"ada": 2, "ben": 1}, "south": {"ada": 1, "ben": 2}, "west": {"ada": 2, "ben": 1}}
    swing = mandate.swing(points(units, '{ unit = "riding", each = 100, decimals = 0 }'))
    total = over_all(swing)
    assert total.denies.votes is not None and total.denies.at_least is not None
    assert total.denies.at_least <= total.denies.votes


def test_votes_can_only_move_to_somebody_in_the_round() -> None:
    with pytest.raises(InputError, match='cannot move to "eagle"'):
        mandate.swing(load("labour-2016"), "eagle")
    with pytest.raises(InputError, match='cannot move to "corbyn"'):
        mandate.swing(load("labour-2016"), "corbyn")
    alone = omov({"members": {"ada": 3}})
    assert mandate.swing(alone).cannot is not None


def test_blocks_and_votes_of_persons_are_not_moved_together() -> None:
    votes = {"unions": {"ada": 4000, "ben": 1000}, "mps": {"ada": 40, "ben": 60}}
    whole = college(votes, {"unions": "1/2", "mps": "1/2"})
    rules = whole.rulebook
    blocks = rules.segments["unions"].model_copy(update={"voters": "delegations"})
    mixed = replace(whole, rulebook=rules.model_copy(update={"segments": {**rules.segments, "unions": blocks}}))
    assert mandate.swing(whole).over_all is not None
    swing = mandate.swing(mixed)
    assert swing.over_all is None and swing.cannot is None
    assert [place.place for place in swing.sections] == ["unions", "mps"]
    text = sheets.sheet_text(sheets.what_if_sheet(declare(mixed), [], swing), 100)
    assert "Over all" not in text and "5,100" not in text
