"""Contests declared from the ballots themselves: counted under the rulebook, by segment, as published figures are."""

from __future__ import annotations

import random
from fractions import Fraction
from pathlib import Path

import pytest
from tests.strategies import ours

from selectorate import gallery, mandate, sheets
from selectorate.ballots import formats
from selectorate.contest import Case, declare, load, load_file
from selectorate.contest.audit import audit
from selectorate.count.registry import METHODS, Options
from selectorate.rules import BY_METHOD, MANY_PLACES

RULES = """
id = "society"
name = "A society"
organisation = "A society"
office = "Chair"
{more}
[[stage]]
kind = "ballot"
id = "ballot"
{stage}
"""
CONTEST = """
id = "made-up"
title = "Chair"
organisation = "A society"
office = "Chair"
rulebook = "rules.toml"
date = 2026-11-01
[candidates.ada]
name = "Ada Lovelace"
groups = {groups}
[candidates.ben]
name = "Ben Franklin"
[candidates.cy]
name = "Cy Twombly"
on_paper = "C. T."
[[ballot]]
stage = "ballot"
"""
TWO = '[segments.town]\nname = "town members"\n[segments.country]\nname = "country members"\n'
PREFERENCES = (
    'segments = ["town", "country"]\npaper = "rank"\ncount = "alternative vote"\nelected = "majority of votes"\n'
)
MEMBERS = '[segments.town]\nname = "members"\n'
NAMES = '"Ada Lovelace"\n"Ben Franklin"\n"C. T."\n'


def case(
    folder: Path, figures: str, stage: str = PREFERENCES, more: str = TWO, groups: str = "[]", **files: str
) -> Case:
    rules = RULES.format(more=more, stage=stage)
    (folder / "rules.toml").write_text(rules)
    (folder / "contest.toml").write_text(CONTEST.format(groups=groups) + figures)
    for name, text in files.items():
        (folder / name.replace("_", ".")).write_text(text)
    return load_file(folder / "contest.toml")


def blt(*ballots: str) -> str:
    return "3 1\n" + "".join(f"{line} 0\n" for line in ballots) + "0\n" + NAMES + '"Chair"\n'


def test_segments_are_counted_apart_and_decide_together(tmp_path: Path) -> None:
    town = blt("10 1 2", "8 2", "6 3 2", "4 3")
    country = "ballots,rank 1,rank 2\n9,Franklin,Lovelace\n7,Lovelace,\n3,C. T.,Lovelace\n2,,\n"
    found = case(
        tmp_path, 'ballots = { town = "town.blt", country = "country.csv" }\n', town_blt=town, country_csv=country
    )
    (ballot,) = declare(found).ballots
    first, second = ballot.rounds
    assert {row.candidate: row.by_section for row in first.rows} == {
        "ada": {"town": 10, "country": 7},
        "ben": {"town": 8, "country": 9},
        "cy": {"town": 10, "country": 3},
    }
    assert [(row.candidate, row.votes, row.fate) for row in second.rows] == [("ben", 23, "elected"), ("ada", 20, "")]
    assert second.exhausted == 4
    sheets = {sheet.section: sheet for sheet in ballot.sections}
    assert (sheets["country"].returned, sheets["country"].spoilt, sheets["country"].valid) == (21, 2, 19)
    assert declare(found).derived and ballot.exact


def test_a_handful_who_each_choose_several_are_not_shown_apart(tmp_path: Path) -> None:
    """Six in the country give twelve votes, and all of them chose Cy: that is six voters, under the floor of ten."""
    stage = (
        'segments = ["town", "country"]\npaper = "choose up to"\nchoose_up_to = 2\nplaces = 2\n'
        'count = "most votes"\nelected = "most votes"\n'
    )
    town = "ballots,rank 1\n20,Ada Lovelace|Ben Franklin\n14,C. T.|Ada Lovelace\n"
    country = "ballots,rank 1\n6,C. T.|Ben Franklin\n"
    figures = 'ballots = { town = "town.csv", country = "country.csv" }\n'
    (ballot,) = declare(ours(case(tmp_path, figures, stage, town_csv=town, country_csv=country))).ballots
    assert all(number is None for row in ballot.rounds[0].rows for number in row.by_section.values())


def test_what_is_published_beside_the_ballots_is_held_to_them(tmp_path: Path) -> None:
    figures = """
ballots = "all.blt"
[[ballot.round]]
votes.total = { ada = 10, ben = 9, cy = 10 }
"""
    found = case(tmp_path, figures, all_blt=blt("10 1 2", "8 2", "6 3 2", "4 3"))
    checks = [check for check in audit(found).checks if check.topic == "ballots"]
    assert [(check.status, check.published, check.computed) for check in checks] == [
        ("disagrees", "Franklin 9", "Franklin 8")
    ]
    assert found.contest.ballot[0].round[0].votes["total"] == {"ada": 10, "ben": 8, "cy": 10}


def test_a_tie_is_broken_as_the_file_says_and_not_without(tmp_path: Path) -> None:
    stage = PREFERENCES + 'tie = ["lot"]\n'
    open_ = declare(
        case(
            tmp_path,
            'ballots = "all.blt"\n',
            stage,
            all_blt=blt("5 1", "5 2", "6 3"),
        )
    )
    assert open_.ballots[0].stopped is not None and "tied" in open_.ballots[0].stopped
    assert open_.elected == ()
    drawn = '[[ballot.round]]\nout = ["ben"]\ntie = "by lot, drawn by the scrutineers"\n'
    found = declare(case(tmp_path, f'ballots = "all.blt"\n{drawn}', stage, all_blt=blt("5 1", "5 2 1", "6 3")))
    assert found.elected == ("ada",)
    assert "by lot, drawn by the scrutineers" in " ".join(found.ballots[0].rounds[0].say)


def test_points_are_given_by_the_ballots_of_each_unit(tmp_path: Path) -> None:
    stage = """
segments = ["members"]
paper = "rank"
count = "alternative vote"
combine = "points-by-unit"
points = { unit = "branch", each = 100, units = 2 }
elected = "majority of points"
declare = ["total", "unit"]
"""
    found = case(
        tmp_path,
        'ballots = { north = "north.blt", south = "south.blt" }\n',
        stage,
        '[segments.members]\nname = "members"\n',
        north_blt=blt("6 1", "3 2", "1 3 2"),
        south_blt=blt("1 1", "50 2", "49 3 2"),
    )
    (ballot,) = declare(found).ballots
    assert [item.rows[0].value for item in ballot.rounds] == [Fraction(80), Fraction(139)]
    assert {unit.unit: unit.winner for unit in ballot.units} == {"north": "ada", "south": "ben"}
    assert declare(found).elected == ("ben",)


def test_repeated_ballots_have_a_file_each(tmp_path: Path) -> None:
    stage = 'segments = ["town"]\npaper = "choose one"\ncount = "repeated ballots"\nelected = "majority of votes"\n'
    figures = '[[ballot.round]]\nballots = "one.blt"\n[[ballot.round]]\nballots = "two.blt"\n'
    two = '2 1\n14 1 0\n11 2 0\n0\n"Ada Lovelace"\n"Ben Franklin"\n"Chair"\n'
    found = case(
        tmp_path, figures, stage, '[segments.town]\nname = "members"\n', one_blt=blt("9 1", "10 2", "6 3"), two_blt=two
    )
    declared = declare(found)
    assert declared.elected == ("ada",)
    assert [item.cast for item in declared.ballots[0].rounds] == [25, 25]


@pytest.mark.parametrize("said", ["", 'elected = ["ben", "ada"]\n'])
def test_who_is_elected_on_transfers_or_by_a_rule_needs_no_most_first_preferences(tmp_path: Path, said: str) -> None:
    """Quota 24. Ben (30) is in; only a woman can have the other place: Cy (25) is doomed, and Ada (15) is elected."""
    stage = (
        'segments = ["town"]\npaper = "rank"\ncount = "scottish"\nplaces = 2\n'
        'result_rules = [{ group = "women", at_least = 1 }]\n'
    )
    more = MEMBERS + '[groups.women]\nname = "women"\n'
    papers = blt("15 1", "30 2", "25 3")
    case(tmp_path, 'ballots = "all.blt"\n', stage, more, '["women"]', all_blt=papers)
    path = tmp_path / "contest.toml"
    path.write_text(path.read_text().replace("date = ", f"{said}date = "))
    found = load_file(path)
    assert declare(found).elected == ("ben", "ada")
    checks = audit(found).checks
    assert [check.what for check in checks if check.status == "disagrees"] == []
    assert [check.published for check in checks if "among those elected" in check.what] == ["1"]


def test_a_paper_that_breaks_its_rule_is_spoilt(tmp_path: Path) -> None:
    stage = """
segments = ["town"]
paper = "choose up to"
choose_up_to = 2
places = 2
paper_rules = [{ group = "women", at_least = 1 }]
count = "most votes"
elected = "most votes"
"""
    more = MEMBERS + '[groups.women]\nname = "women"\n'
    cells = "ballots,Ada Lovelace,Ben Franklin,C. T.\n5,1,1,0\n4,0,1,1\n3,1,0,1\n1,1,1,1\n"
    found = case(tmp_path, 'ballots = "all.csv"\n', stage, more, '["women"]', all_csv=cells)
    (ballot,) = declare(found).ballots
    assert {row.candidate: row.votes for row in ballot.rounds[0].rows} == {"ada": 8, "ben": 5, "cy": 3}
    total = next(sheet for sheet in ballot.sections if sheet.section == "total")
    assert (total.returned, total.spoilt, total.valid) == (13, 5, 8)


def test_a_motion_is_counted(tmp_path: Path) -> None:
    rules = """
id = "confidence"
name = "Confidence"
organisation = "A society"
office = "Chair"
[bodies.council]
name = "members of the council"
[[stage]]
kind = "motion"
id = "ballot"
by = "council"
motion = "confidence"
carried = "majority of valid votes"
effect = "none"
"""
    (tmp_path / "rules.toml").write_text(rules)
    (tmp_path / "contest.toml").write_text(
        'id = "m"\ntitle = "M"\norganisation = "S"\noffice = "Chair"\nrulebook = "rules.toml"\ndate = 2026-01-01\n'
        '[bodies.council]\nsize = 40\n[[ballot]]\nstage = "ballot"\nballots = "papers.csv"\n'
    )
    (tmp_path / "papers.csv").write_text("ballots,rank 1\n21,Yes\n16,No\n1,\n")
    declared = declare(load_file(tmp_path / "contest.toml"))
    assert declared.ballots[0].outcome == "carried"
    assert [(row.candidate, row.votes) for row in declared.ballots[0].rounds[0].rows] == [("for", 21), ("against", 16)]


def test_the_mps_of_2010_and_the_published_sections_give_the_college(tmp_path: Path) -> None:
    """Without their published votes: the 266 ballots stand in for them, to the three decimals of the college."""
    published = declare(load("labour-2010"))
    folder = gallery.find("labour-2010")
    assert folder is not None
    text = (folder / "contest.toml").read_text(encoding="utf-8")
    kept = [line for line in text.splitlines() if not line.startswith("votes.plp")]
    assert len(kept) == len(text.splitlines()) - 4
    (tmp_path / "contest.toml").write_text("\n".join(kept))
    (tmp_path / "mps.blt").write_text((folder / "mps.blt").read_text(encoding="utf-8"))
    found = load_file(tmp_path / "contest.toml")
    assert declare(found).ballots == published.ballots
    checks = [check for check in audit(found).checks if check.topic == "weighted share"]
    assert len(checks) >= 15 and all(check.status == "agrees" for check in checks)
    last = published.ballots[0].rounds[-1]
    assert [f"{row.candidate} {row.by_section['plp']}" for row in last.rows] == [
        "ed-miliband 122",
        "david-miliband 140",
    ]


@pytest.mark.parametrize("seed", range(12))
def test_a_contest_and_a_plain_count_of_the_same_ballots_agree(seed: int, tmp_path: Path) -> None:
    draw = random.Random(seed)
    lines = [
        f"{draw.randint(1, 9)} {' '.join(map(str, draw.sample((1, 2, 3), draw.randint(1, 3))))}" for _ in range(15)
    ]
    found = case(tmp_path, 'ballots = "all.blt"\n', all_blt=blt(*lines))
    counted = METHODS["alternative-vote"].run(formats.read(tmp_path / "all.blt"), 1, Options())
    (ballot,) = declare(found).ballots
    keys = ("ada", "ben", "cy")
    if not counted.tied and not any(item.ties for item in counted.rounds):
        assert ballot.elected == tuple(keys[who - 1] for who in counted.elected)
        totals = [{keys[who - 1]: votes for who, votes in item.totals.items() if votes} for item in counted.rounds]
        assert [{row.candidate: row.value for row in item.rows if row.value} for item in ballot.rounds] == totals


STV = """
segments = ["town", "country"]
paper = "rank"
count = "{count}"
places = {places}
"""


def test_a_committee_by_transferable_vote(tmp_path: Path) -> None:
    town = blt("10 1 2", "8 2", "6 3 2", "4 3")
    country = "ballots,rank 1,rank 2\n9,Franklin,Lovelace\n7,Lovelace,\n3,C. T.,Lovelace\n2,,\n"
    files = 'ballots = { town = "town.blt", country = "country.csv" }\n'
    stage = STV.format(count="scottish", places=2)
    found = case(tmp_path, files, stage, town_blt=town, country_csv=country)
    declared = declare(found)
    (ballot,) = declared.ballots
    assert declared.derived and set(declared.elected) == {"ada", "ben"}
    assert ballot.places == 2 and ballot.outcome == "elected"
    first = {row.candidate: (row.by_section, row.value, row.fate) for row in ballot.rounds[0].rows}
    assert first["ada"] == ({"town": 10, "country": 7}, 17, "elected")
    assert "quota" in " ".join(ballot.rounds[0].say).lower()
    text = sheets.declaration_text(declared, 100)
    assert "Elected: Ada Lovelace and Ben Franklin" in text
    assert sheets.sheet_html(sheets.illustrated(declared))
    assert all(check.status == "agrees" for check in audit(found).checks), audit(found).checks
    assert mandate.swing(found).over_all is None
    assert mandate.to_json(mandate.mandate(declared))


def test_a_transferable_vote_with_fractions_is_declared_to_five_decimals(tmp_path: Path) -> None:
    ballots = blt("10 1 2", "5 1 3", "4 2", "3 3 2")
    found = case(tmp_path, 'ballots = "all.blt"\n', STV.format(count="scottish", places=2), all_blt=ballots)
    counted = METHODS["scottish"].run(formats.read(tmp_path / "all.blt"), 2, Options())
    (ballot,) = declare(found).ballots
    keys = ("ada", "ben", "cy")
    values = [{row.candidate: row.value for row in item.rows if row.value} for item in ballot.rounds]
    assert values == [{keys[who - 1]: v for who, v in item.totals.items() if v} for item in counted.rounds]
    assert ballot.elected == tuple(keys[who - 1] for who in counted.elected)


def test_a_pairwise_method_elects_one(tmp_path: Path) -> None:
    ballots = blt("8 1 2 3", "7 2 3 1", "6 3 2 1")
    found = case(tmp_path, 'ballots = "all.blt"\n', STV.format(count="schulze", places=1), all_blt=ballots)
    assert declare(found).elected == ("ben",)


def test_a_tie_in_a_count_by_method_stops_it_and_a_lot_decides_it(tmp_path: Path) -> None:
    ballots = blt("5 1", "5 2", "4 3")
    stage = STV.format(count="scottish", places=1)
    open_ = declare(case(tmp_path, 'ballots = "all.blt"\n', stage, all_blt=ballots))
    assert open_.elected == () and "are tied" in str(open_.ballots[0].stopped)
    lot = 'ballots = "all.blt"\nlot = { seed = "a seed", numbers = ["4", "7"] }\n'
    assert len(declare(case(tmp_path, lot, stage, all_blt=ballots)).elected) == 1


def test_figures_alone_do_not_decide_a_count_by_method(tmp_path: Path) -> None:
    figures = "[[ballot.round]]\nvotes.total = { ada = 17, ben = 17, cy = 13 }\n"
    declared = declare(case(tmp_path, figures, STV.format(count="meek-prf", places=2)))
    assert not declared.derived and "counts ballots" in str(declared.ballots[0].stopped)


def test_the_methods_of_a_rulebook_are_those_that_count() -> None:
    assert set(METHODS) >= BY_METHOD
    assert {name for name in BY_METHOD if METHODS[name].many} == MANY_PLACES


def test_a_segment_in_which_nobody_voted(tmp_path: Path) -> None:
    files = 'ballots = { town = "town.blt", country = "country.blt" }\n'
    found = case(tmp_path, files, town_blt=blt("5 1", "3 2"), country_blt=blt())
    (ballot,) = declare(found).ballots
    assert ballot.elected == ("ada",)
    assert {row.candidate: row.by_section for row in ballot.rounds[0].rows}["ada"] == {"town": 5, "country": 0}


def test_a_ballot_in_which_nobody_voted(tmp_path: Path) -> None:
    (ballot,) = declare(case(tmp_path, 'ballots = "all.blt"\n', all_blt=blt())).ballots
    assert ballot.elected == () and ballot.outcome == "stopped"


def test_a_small_segment_is_not_shown_apart_in_a_count_by_method(tmp_path: Path) -> None:
    """Three who all voted alike: neither their votes nor those of the others, from which they could be taken."""
    files = 'ballots = { town = "town.blt", country = "country.blt" }\n'
    country = blt("9 2 1", "7 1", "3 3 1")
    stage = STV.format(count="scottish", places=2)
    found = case(tmp_path, files, stage, town_blt=blt("3 1 2"), country_blt=country)
    text = (tmp_path / "contest.toml").read_text()
    (tmp_path / "contest.toml").write_text(text.replace("[candidates.ada]", 'figures = "ours"\n[candidates.ada]', 1))
    declared = declare(load_file(tmp_path / "contest.toml"))
    (ballot,) = declared.ballots
    assert ballot.disclosure is not None
    assert all(set(row.by_section.values()) <= {None} for item in ballot.rounds for row in item.rows)
    assert [sheet.valid for sheet in ballot.sections] == [None, None, 22]
    assert mandate.mandate(declared, "ada").segments["town"]["votes"].value is None
    assert declare(found).ballots[0].rounds[0].rows[0].by_section != {}


@pytest.mark.parametrize("stage", [PREFERENCES, STV.format(count="scottish", places=1)])
def test_who_stands_as_withdrawn_in_the_file_is_passed_over(stage: str, tmp_path: Path) -> None:
    ballots = f'3 1\n-1\n10 1 2 0\n4 2 0\n6 3 0\n0\n{NAMES}"Chair"\n'
    (ballot,) = declare(case(tmp_path, 'ballots = "all.blt"\n', stage, all_blt=ballots)).ballots
    assert {row.candidate: row.value for row in ballot.rounds[0].rows} == {"ben": 14, "cy": 6}
    assert ballot.elected == ("ben",)


@pytest.mark.parametrize(("method", "valid"), [("scottish", 17), ("minneapolis", 24), ("wigm", 22)])
def test_papers_are_valid_by_the_rules_of_the_method(method: str, valid: int, tmp_path: Path) -> None:
    """A rank left empty before the others, and several at the first: each method has its own word on that."""
    ballots = blt("10 1 2", "7 2 - 1", "5 - 2", "2 1=2 3", "1 1=3")
    found = case(tmp_path, 'ballots = "all.blt"\n', STV.format(count=method, places=1), all_blt=ballots)
    (ballot,) = declare(found).ballots
    assert [sheet.valid for sheet in ballot.sections if sheet.valid is not None] == [valid]
    assert sum(row.value or 0 for row in ballot.rounds[0].rows) == valid
