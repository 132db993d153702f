"""What each measure is of contests that were held, and of ones in which something is not known."""

from __future__ import annotations

import json
from decimal import Decimal
from fractions import Fraction
from typing import get_args

import pytest
from tests.strategies import case_of, college, contest_text, motion, omov, ours, points, rulebook

from selectorate import exact, mandate
from selectorate.contest import declare, load
from selectorate.contest.declaration import Declaration, json_schema, to_json
from selectorate.contest.model import MeasureId
from selectorate.errors import InputError
from selectorate.mandate import MEASURES, Cell, cell_text


def of(declaration: Declaration, name: MeasureId, who: str, section: str = "total", **more: str) -> Cell:
    return mandate.measure(name, declaration, who, section, **more)  # type: ignore[arg-type]  # which, part


def test_there_is_one_measure_for_each_id() -> None:
    assert set(MEASURES) == set(get_args(MeasureId))
    for name, measure in MEASURES.items():
        assert measure.id == name
        assert measure.definition.endswith(".") and measure.definition.count(". ") == 0
        assert measure.unit in ("votes", "share", "points", "count")
    assert len({measure.name for measure in MEASURES.values()}) == len(MEASURES)
    assert len({measure.definition for measure in MEASURES.values()}) == len(MEASURES)


# From shared/contests/claim-check-2016-vs-2015.toml: by measure, 2015 and 2016, to the decimals printed there.
CHECKED: dict[MeasureId, tuple[str, str]] = {
    "share-of-votes": ("59.48", "61.85"),
    "votes": ("251417", "313209"),
    "lead-points": ("40.45", "23.69"),
    "lead-votes": ("170955", "119980"),
    "majority-votes": ("80170", "119980"),
    "majority-points": ("18.97", "23.69"),
    "turnout-published": ("76.3", "77.6"),
    "turnout-returned": ("76.29", "77.60"),
    "turnout-valid": ("76.26", "77.44"),
    "share-of-entitled": ("45.36", "47.89"),
    "segments-first": ("3", "3"),
    "segments-majority": ("2", "3"),
}
SEGMENTS: dict[tuple[MeasureId, str], tuple[str, str]] = {
    ("share-of-votes", "members"): ("49.59", "58.99"),
    ("share-of-votes", "registered"): ("83.76", "69.88"),
    ("share-of-votes", "affiliated"): ("57.61", "60.23"),
    ("lead-points", "members"): ("26.90", "17.97"),
    ("lead-points", "registered"): ("75.79", "39.76"),
    ("lead-points", "affiliated"): ("31.61", "20.46"),
    ("majority-votes", "members"): ("-2018", "51256"),
    ("majority-votes", "registered"): ("71300", "48319"),
    ("majority-votes", "affiliated"): ("10888", "20405"),
}


def prints_as(cell: Cell, name: MeasureId, figure: str) -> bool:
    assert cell.value is not None, cell.cannot
    scale = 100 if MEASURES[name].unit in ("share", "points") else 1
    printed = Decimal(figure)
    return exact.cut_to(cell.value * scale, exact.decimals_of(printed)) == printed


@pytest.mark.parametrize(("name", "figures"), CHECKED.items())
def test_2015_and_2016_are_as_was_checked(name: MeasureId, figures: tuple[str, str]) -> None:
    for contest, figure in zip(("labour-2015", "labour-2016"), figures, strict=True):
        assert prints_as(of(declare(load(contest)), name, "corbyn"), name, figure)


@pytest.mark.parametrize(("where", "figures"), SEGMENTS.items())
def test_their_segments_are_as_was_checked(where: tuple[MeasureId, str], figures: tuple[str, str]) -> None:
    name, segment = where
    for contest, figure in zip(("labour-2015", "labour-2016"), figures, strict=True):
        assert prints_as(of(declare(load(contest)), name, "corbyn", segment), name, figure)


def test_a_figure_that_rests_on_a_recalled_one_says_so() -> None:
    then = declare(load("labour-2015"))
    assert of(then, "share-of-entitled", "corbyn").certainty == {"those entitled": "recalled"}
    assert of(then, "turnout-valid", "corbyn", "members").certainty == {"those entitled": "recalled"}
    assert not of(declare(load("labour-2016")), "share-of-entitled", "corbyn").certainty


def test_what_is_not_known_has_a_reason() -> None:
    now = declare(load("labour-2016"))
    assert of(now, "turnout-valid", "corbyn", "members").cannot == "how many party members were entitled is not known"
    assert of(now, "share-of-entitled", "corbyn", "members").cannot is not None
    assert of(now, "units-won", "corbyn").cannot == "there are no figures by unit"
    assert "without nominations" in str(of(now, "nominations", "corbyn").cannot)
    assert of(now, "segments-first", "corbyn", "members").cannot == "it has no meaning for one segment"
    assert of(now, "votes", "corbyn", part="mps").cannot == "only nominations are known by parts of a body"
    assert of(now, "votes", "corbyn", "nobody").cannot == 'there is no segment "nobody"'
    assert "no figures in Round 1" in str(of(now, "votes", "eagle").cannot)
    assert of(now, "turnout-published", "corbyn", "members").cannot == "no turnout was published"


def test_nominations_are_of_the_body_and_can_be_asked_by_part() -> None:
    now = declare(load("labour-2016"))
    nominations = of(now, "nominations", "smith")
    assert nominations.value == 172 and nominations.of == 251
    assert of(now, "nominations-share", "smith").value == Fraction(172, 251)
    assert of(now, "nominations", "smith", part="mps").value == 162
    assert of(now, "nominations", "smith", part="lords").cannot == 'how many of them were "lords" is not known'
    assert of(now, "nominations-share", "smith", part="mps").cannot is not None
    assert of(declare(motion(3, 2)), "nominations", "for").cannot is not None


def test_the_loser_has_negative_leads() -> None:
    now = declare(load("labour-2016"))
    assert of(now, "lead-votes", "smith").value == -119_980
    assert of(now, "majority-votes", "smith").value == -119_980
    assert of(now, "segments-first", "smith").value == 0


def test_points_are_of_points_and_votes_are_raw() -> None:
    canada = declare(load("canada-conservative-leadership-2017"))
    assert prints_as(of(canada, "share-of-votes", "scheer"), "share-of-votes", "50.95")
    assert of(canada, "votes", "scheer").value == 62_593
    assert of(canada, "lead-votes", "scheer").value == 62_593 - 55_544
    # Behind on points until the last round, while ahead in votes before it.
    first = of(canada, "lead-points", "scheer", which="first")
    assert first.value is not None and first.value < 0
    won = of(canada, "units-won", "scheer")
    assert won.value == 174 and won.of == 338
    assert of(canada, "units-won", "bernier").value == 159


def test_a_college_is_measured_in_the_college() -> None:
    votes = {"mps": {"ada": 10, "ben": 90}, "members": {"ada": 600, "ben": 400}}
    case = declare(college(votes, {"mps": "1/2", "members": "1/2"}))
    assert of(case, "share-of-votes", "ben").value == Fraction(65, 100)
    assert of(case, "lead-points", "ben").value == Fraction(30, 100)
    assert of(case, "majority-points", "ben").value == Fraction(30, 100)
    assert of(case, "votes", "ben").value == 490
    assert of(case, "lead-votes", "ben").value == -120
    assert of(case, "share-of-votes", "ben", "mps").value == Fraction(9, 10)
    assert of(case, "segments-first", "ben").value == 1


def test_shares_that_were_only_published_stay_published() -> None:
    deputy = declare(load("uk-labour-deputy-1981"))
    cell = of(deputy, "share-of-votes", "healey")
    assert cell.value is None
    assert cell.cannot is not None and cell.published is not None
    assert of(deputy, "votes", "healey").cannot == "blocks of delegations and votes of persons are not added up"


def test_votes_of_unknown_candidates_leave_leads_unknown() -> None:
    text = contest_text(("ada", "ben"), [{"members": {"ada": 60, "ben": 40}}], ballot="roll.total.valid = 110")
    text = text.replace("votes.members", "others = 2\nvotes.members")
    case = declare(case_of(rulebook(("members",), elected="most votes", count="most votes"), text))
    assert of(case, "votes", "ada").value == 60
    assert of(case, "share-of-votes", "ada").value == Fraction(60, 110)
    for name in ("lead-votes", "lead-points", "majority-votes", "majority-points"):
        assert of(case, name, "ada").cannot == "the votes of 2 further candidates are not known"
    assert of(case, "segments-first", "ada").cannot == "this ballot has one segment, members, which is all of it"


def test_abstentions_that_are_valid_are_in_the_base() -> None:
    text = contest_text(
        ("ada", "ben"),
        [{"members": {"ada": 50, "ben": 40}}],
        ballot="roll.members = { abstentions = 10, entitled = 200 }",
    )
    for rule, base in (("valid", 100), ("not votes", 90)):
        rules = rulebook(
            ("members",),
            elected="most votes",
            count="most votes",
            more=f'abstentions = "{rule}"\nshares = {{ of = "votes" }}',
        )
        case = declare(case_of(rules, text))
        assert case.deciding is not None and case.deciding.rounds[0].valid == base
        for section in ("total", "members"):
            assert of(case, "share-of-votes", "ada", section).value == Fraction(50, base)
            assert of(case, "lead-points", "ada", section).value == Fraction(10, base)
            assert of(case, "majority-votes", "ada", section).value == 10


def test_several_places_have_no_one_runner_up() -> None:
    cabinet = declare(load("uk-labour-shadow-cabinet-2010"))
    assert of(cabinet, "votes", "cooper").value == 232
    assert "19 places" in str(of(cabinet, "lead-votes", "cooper").cannot)
    assert of(cabinet, "share-of-votes", "cooper").cannot is not None
    assert mandate.winner(cabinet) == "cooper"


def test_hidden_segments_stay_hidden() -> None:
    votes = {
        "members": {"ada": 500, "ben": 300},
        "affiliated": {"ada": 3, "ben": 1},
        "registered": {"ada": 40, "ben": 50},
    }
    case = declare(ours(omov(votes)))
    assert of(case, "votes", "ada").value == 543
    assert "not shown apart" in str(of(case, "votes", "ada", "affiliated").cannot)
    assert "not shown apart" in str(of(case, "segments-first", "ada").cannot)


def test_a_college_with_a_hidden_segment_is_shown_only_as_printed() -> None:
    votes = {
        "members": {"ada": 500, "ben": 300},
        "affiliated": {"ada": 3, "ben": 1},
        "registered": {"ada": 40, "ben": 50},
    }
    open_ = college(votes, {"members": "1/3", "affiliated": "1/3", "registered": "1/3"})
    assert of(declare(open_), "share-of-votes", "ada").known
    case = ours(open_)
    share = of(declare(case), "share-of-votes", "ada")
    assert share.value is None and share.published is not None and "only as printed" in str(share.cannot)
    assert share.published == exact.cut_to((Fraction(5, 8) + Fraction(3, 4) + Fraction(4, 9)) / 3 * 100, 1)
    for name in ("votes", "lead-points", "lead-votes", "majority-votes", "segments-first"):
        assert not of(declare(case), name, "ada").known
    # Nor does anything that is worked out from it tell more.
    assert mandate.nothing_changed(case).result is None
    assert mandate.swing(case).over_all is None


def test_pooled_units_are_not_counted_as_won() -> None:
    units = {
        "north": {"ada": 60, "ben": 50},
        "south": {"ada": 2, "ben": 1},
        "west": {"ada": 30, "ben": 40},
        "east": {"ada": 33, "ben": 60},
    }
    open_ = points(units, '{ unit = "riding", each = 100 }')
    assert of(declare(open_), "units-won", "ada").value == 2
    hidden = declare(ours(open_))
    assert of(hidden, "units-won", "ada").cannot == "there are no figures by unit"
    assert "not shown, so that nobody" in str(of(hidden, "votes", "ada").cannot)


def test_a_motion_has_sides() -> None:
    case = declare(load("uk-labour-plp-confidence-2016"))
    assert mandate.winner(case) == "for"
    assert of(case, "votes", "for").value == 172
    assert of(case, "share-of-votes", "for").value == Fraction(172, 212)
    assert of(case, "share-of-entitled", "for").value == Fraction(172, 230)
    assert of(case, "segments-first", "for").cannot == "this ballot has no segments"
    assert mandate.winner(declare(motion(3, 3))) == "against"


def test_a_contest_without_a_ballot_has_no_figures() -> None:
    text = contest_text(("ada", "ben"), [], top='elected = ["ada"]')
    case = declare(case_of(rulebook(("members",)), text))
    assert of(case, "votes", "ada").cannot == "no ballot was held, or its figures are not here"
    found = mandate.mandate(case)
    assert found.elected and found.round is None and found.standing == 0


def test_only_candidates_can_be_measured() -> None:
    with pytest.raises(InputError, match="there is no candidate"):
        mandate.mandate(declare(load("labour-2016")), "corbin")
    with pytest.raises(InputError, match="nobody is elected"):
        mandate.mandate(declare(omov({"members": {"ada": 1, "ben": 1}})))


def test_a_cell_in_words() -> None:
    assert cell_text(Cell(Fraction(313209, 506438)), "share") == "61.85%"
    assert cell_text(Cell(Fraction(-2018)), "votes") == "−2,018"
    assert cell_text(Cell(Fraction(172), of=251), "votes") == "172 of 251"
    assert cell_text(Cell(cannot="nobody knows"), "votes") == "cannot be known: nobody knows"
    assert cell_text(Cell(Fraction(776, 1000), published=Decimal("77.6")), "share") == "77.6%"
    assert mandate.change_text(Fraction(-1676, 10000), "points") == "−16.76 points"
    assert mandate.change_text(Fraction(61792), "votes") == "+61,792"
    assert mandate.change_text(Fraction(236, 10000), "share") == "+2.36 points"


def test_the_valid_votes_of_a_round_are_in_the_declaration() -> None:
    declaration = declare(load("labour-2016"))
    plain = json.loads(json.dumps(to_json(declaration)))
    assert plain["ballots"][0]["rounds"][0]["valid"] == 506_438
    assert "valid" in json_schema()["$defs"]["RoundSheet"]["properties"]
