"""Every contest of the gallery loads, says where it comes from, and has the figures that were collected."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from tools.make_ridings_2017 import OUTPUT, converted

from selectorate import contest, gallery, rules
from selectorate.contest.figures import BallotView
from selectorate.contest.model import Round
from selectorate.contest.replay import winners
from selectorate.rules import BallotStage

HERE = Path(__file__).parent
ROOT = HERE.parents[2]
SHARED = ROOT.parent / "shared" / "contests"
"""What the figures were collected in; not part of the project."""

CONTESTS = gallery.contest_ids()
RIDINGS = "canada-conservative-leadership-2017"
SECTIONS = {
    "mps_meps": "plp",
    "affiliates": "affiliated",
    "parliamentary_party": "parliamentary-party",
}
"""Segments that are called otherwise there; underscores are hyphens here."""
UNDECIDED = {"uk-labour-shadow-cabinet-2010": "the votes of 26 further candidates are not known"}
"""Contests whose figures do not decide them, and why."""
PRINTED = ("share_published", "share_of_votes_cast_published", "share_of_electorate_published")

needs_shared = pytest.mark.skipif(not SHARED.is_dir(), reason="the collected figures are not here")


# --- the files ------------------------------------------------------------------------------------------


def test_there_are_contests() -> None:
    assert len(CONTESTS) >= 30


@pytest.mark.parametrize("name", CONTESTS)
def test_a_contest_loads(name: str) -> None:
    case = contest.load(name)
    assert case.contest.id == name
    assert case.contest.rulebook in rules.preset_ids()
    assert case.rulebook.id == case.contest.rulebook
    assert case.contest.source
    assert case.contest.about or case.contest.outcome
    assert contest.load(gallery.short_name(name)).contest == case.contest


def test_short_names_are_unique() -> None:
    short = [gallery.short_name(name) for name in CONTESTS]
    assert len(set(short)) == len(short)
    assert not set(short) & set(CONTESTS) - {name for name in CONTESTS if gallery.short_name(name) == name}


@pytest.mark.parametrize("name", CONTESTS)
def test_names_in_tables_are_unique(name: str) -> None:
    labels = [candidate.label for candidate in contest.load(name).contest.candidates.values()]
    assert len(set(labels)) == len(labels)


@pytest.mark.parametrize("name", CONTESTS)
def test_the_last_round_elects_who_was_elected(name: str) -> None:
    case = contest.load(name)
    if case.contest.elected:
        assert set(case.contest.ballot[-1].round[-1].elected) == set(case.contest.elected)


@pytest.mark.parametrize("name", CONTESTS)
def test_the_figures_give_the_published_outcome(name: str) -> None:
    case = contest.load(name)
    replays = contest.replay(case)
    if name in UNDECIDED:
        assert UNDECIDED[name] in (replays[-1].stopped or "")
    elif case.contest.elected:
        assert winners(replays) == case.contest.elected
    else:
        assert [replayed.outcome == "carried" for replayed in replays] == [
            ballot.carried for ballot in case.contest.ballot
        ]


# --- the figures that were collected --------------------------------------------------------------------


def collected(name: str) -> list[list[dict[str, Any]]]:
    """The rounds of every stage of the collected contest ``name``."""
    data = tomllib.loads((SHARED / f"{name}.toml").read_text(encoding="utf-8"), parse_float=Decimal)
    return [stage["round"] for stage in data["stage"]]


def votes_of(figures: dict[str, Any]) -> Iterator[tuple[str, str, int]]:
    """The votes of a collected round: section, candidate, number, named as in our files."""
    tables: dict[str, dict[str, Any]] = {"total": {}}
    for key, section in (
        ("total", "total"),
        ("elected_votes", "total"),
        ("not_elected_votes", "total"),
        ("mps_votes", "plp"),
    ):
        tables.setdefault(section, {}).update(figures.get(key, {}))
    for key, value in figures.get("votes", {}).items():
        if isinstance(value, dict):
            tables.setdefault(SECTIONS.get(key, key), {}).update(value)
        else:
            tables["total"][key] = value
    for section, table in tables.items():
        for who, number in table.items():
            yield section, who.replace("_", "-"), number


def shared_contests() -> list[str]:
    return [name for name in CONTESTS if (SHARED / f"{name}.toml").is_file()]


@needs_shared
def test_every_collected_contest_is_here() -> None:
    others = {"claim-check-2016-vs-2015", "uk-labour-leadership-2010-mp-ballots"}
    assert {path.stem for path in SHARED.glob("*.toml")} - others == set(CONTESTS)


@needs_shared
@pytest.mark.parametrize("name", shared_contests())
def test_every_collected_vote_is_here(name: str) -> None:
    ours = contest.load(name).contest.ballot
    theirs = collected(name)
    assert len(ours) == len(theirs)
    for ballot, rounds in zip(ours, theirs, strict=True):
        assert len(ballot.round) == len(rounds)
        for number, (figures, source) in enumerate(zip(ballot.round, rounds, strict=True), 1):
            for section, who, votes in votes_of(source):
                where = f"{name}, {ballot.stage}, round {number}, {section}, {who}"
                if who.endswith("confidence"):  # a side of a motion, which here are "for" and "against"
                    assert votes in figures.votes[section].values(), where
                else:
                    assert figures.votes[section][who] == votes, where


@needs_shared
@pytest.mark.parametrize("name", shared_contests())
def test_every_collected_share_and_point_is_here(name: str) -> None:
    found = contest.load(name).contest
    for ballot, rounds in zip(found.ballot, collected(name), strict=True):
        for number, (figures, source) in enumerate(zip(ballot.round, rounds, strict=True), 1):
            beside = {also.candidate or "": (also.figure,) for also in found.also_published if also.round == number}
            assert_printed(source.get("points", {}), figures.points)
            for key in PRINTED:
                assert_printed(source.get(key, {}), {**beside, **figures.shares.get("total", {})})
            for key, table in source.get("segment_share_published", {}).items():
                assert_printed(table, figures.shares[SECTIONS.get(key, key)])


def assert_printed(source: dict[str, Decimal], ours: dict[str, tuple[Decimal, ...]]) -> None:
    for who, figure in source.items():
        assert figure in ours[who.replace("_", "-")], who


@pytest.mark.parametrize("name", CONTESTS)
def test_a_column_is_printed_to_one_number_of_decimals(name: str) -> None:
    """7.0 stands for what was printed as 7.0, so a zero that was printed must not get lost."""
    for ballot in contest.load(name).contest.ballot:
        for figures in ballot.round:
            for table in columns(figures):
                decimals = {tuple(figure.as_tuple().exponent for figure in printed) for printed in table}
                assert len(decimals) <= 1, f"{name}, {ballot.stage}: {table}"


def columns(figures: Round) -> Iterator[list[tuple[Decimal, ...]]]:
    yield list(figures.points.values())
    for table in figures.shares.values():
        yield list(table.values())
    for table in figures.weighted.values():
        yield list(table.values())


# --- Canada 2017: 338 ridings ---------------------------------------------------------------------------


@needs_shared
def test_the_file_of_ridings_is_what_its_script_makes() -> None:
    made = converted(SHARED / f"{RIDINGS}-ridings.csv")
    assert [",".join(row) for row in made] == OUTPUT.read_text(encoding="utf-8").splitlines()


def test_the_ridings_give_the_official_points_exactly() -> None:
    case = contest.load(RIDINGS)
    ballot = case.contest.ballot[0]
    stage = case.rulebook.stage_named(ballot.stage)
    assert isinstance(stage, BallotStage)
    rounds = BallotView(case, stage, ballot).rounds()
    assert len(rounds) == 13
    for item in rounds:
        assert item.standing is not None and item.basis == "votes"
        official = {who: Fraction(printed[0]) for who, printed in item.figures.points.items()}
        assert item.standing.total == official
        summed: dict[str, int] = {}
        for row in case.units[ballot.stage].rounds[item.number - 1].values():
            for who, votes in row.items():
                summed[who] = summed.get(who, 0) + votes
        assert summed == item.figures.votes["total"]
