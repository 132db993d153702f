"""What the rulebook requires cannot be got round: not by two candidates, a tie, or re-open nominations."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.strategies import case_of, contest_text, rulebook

from selectorate import contest
from selectorate.contest import replay
from selectorate.contest.audit import audit

RULEBOOK = """
id = "rules"
name = "Rules"
organisation = "Society"
office = "Chair"
[segments.members]
name = "members"
[[stage]]
kind = "ballot"
id = "ballot"
segments = ["members"]
{more}
"""
CONTEST = """
id = "made-up"
title = "Made up"
organisation = "Society"
office = "Chair"
rulebook = "rules.toml"
date = 2026-01-01
elected = [{elected}]
[candidates.ann]
name = "Ann"
[candidates.bob]
name = "Bob"
[[ballot]]
stage = "ballot"
[ballot.roll.total]
entitled = 1000
[[ballot.round]]
votes.total = {{ {votes} }}
elected = [{elected}]
"""


def case(folder: Path, more: str, votes: str, elected: str = '"ann"') -> contest.Case:
    (folder / "rules.toml").write_text(RULEBOOK.format(more=more))
    (folder / "contest.toml").write_text(CONTEST.format(votes=votes, elected=elected))
    return contest.load(str(folder))


FAILING = {
    "turnout": ('elected = ["majority of votes", "turnout of at least 50%"]', "ann = 51, bob = 49"),
    "majority of those entitled": ('elected = "majority of those entitled"', "ann = 60, bob = 40"),
    "lead": ('elected = ["majority of votes", "lead of at least 15% of votes"]', "ann = 51, bob = 49"),
}
COUNTS = {
    "most votes": 'paper = "choose one"\ncount = "most votes"',
    "alternative vote": 'paper = "rank"\ncount = "alternative vote"',
    "repeated ballots": 'paper = "choose one"\ncount = "repeated ballots"',
}


@pytest.mark.parametrize("count", COUNTS)
@pytest.mark.parametrize("requirement", FAILING)
def test_the_first_of_two_is_not_elected_without_what_is_required(tmp_path: Path, count: str, requirement: str) -> None:
    rule, votes = FAILING[requirement]
    found = case(tmp_path, f"{COUNTS[count]}\n{rule}", votes)
    assert contest.winners(contest.replay(found)) is None
    assert any(check.status == "disagrees" for check in audit(found).checks)


def test_a_tie_that_nobody_explains_is_no_election(tmp_path: Path) -> None:
    rule = 'paper = "choose one"\ncount = "repeated ballots"\nelected = "majority of votes"\ntie = "lot"'
    found = case(tmp_path, rule, "ann = 14, bob = 14")
    assert contest.winners(contest.replay(found)) is None
    assert all(check.topic != "winner" or check.status != "agrees" for check in audit(found).checks)
    declared = contest.declare(found)
    assert "by lot" not in " ".join(text for item in declared.ballots[0].rounds for text in item.say)


def test_reopen_nominations_is_nobody(tmp_path: Path) -> None:
    rule = 'paper = "choose one"\ncount = "most votes"\nelected = "most votes"\nreopen_nominations = true'
    declared = contest.declare(case(tmp_path, rule, "ann = 14, reopen = 30", elected=""))
    assert declared.elected == ()
    assert declared.outcome == "Nobody is elected: nominations are opened again."


def test_no_more_votes_than_the_body_has_members() -> None:
    from selectorate.documents import parse

    text = b"""
id = "made-up"
title = "Made up"
organisation = "Party"
office = "Leader"
rulebook = "labour-1922"
date = 1976-01-01
elected = ["ann"]
[candidates.ann]
name = "Ann"
[candidates.bob]
name = "Bob"
[bodies.plp]
size = 10
[[ballot]]
stage = "ballots"
[[ballot.round]]
votes.total = { ann = 200, bob = 113 }
elected = ["ann"]
"""
    found = contest.loading.from_document(parse(text, "made-up.toml"), None)
    failed = [check.what for check in audit(found).checks if check.status == "disagrees"]
    assert failed == ["no more ballots than Labour MPs"]


def test_an_unopposed_result_does_not_speak_of_votes() -> None:
    from dataclasses import replace

    from selectorate import sheets

    declared = contest.declare(contest.load("labour-2016"))
    unopposed = replace(declared, ballots=tuple(replace(ballot, rounds=()) for ballot in declared.ballots))
    text = " ".join(sheets.declaration_text(unopposed).split())
    assert "no votes were cast" in text
    assert "from the votes" not in text


def test_earlier_rounds_narrow_a_tie_down() -> None:
    """Who was ahead in the latest round in which they differ is out of the tie, and stays in."""
    rows = [
        {"ada": 9, "ben": 8, "cy": 7, "dan": 12, "eve": 2, "fay": 1},
        {"ada": 9, "ben": 9, "cy": 10, "dan": 12, "eve": 2},
        {"ada": 10, "ben": 10, "cy": 10, "dan": 12},
    ]
    rules = rulebook(("members",), elected="majority of votes", more='tie = ["earlier rounds"]')
    case = case_of(rules, contest_text(("ada", "ben", "cy", "dan", "eve", "fay"), [{"members": row} for row in rows]))
    (played,) = replay(case)
    decision = played.rounds[2].decision
    assert decision is not None and decision.out == ("ben",)  # not cy, who had fewest in round 1


RESULT = """
id = "council"
name = "Council"
organisation = "Society"
office = "Council"
[segments.members]
name = "members"
[groups.women]
name = "women"
[[stage]]
kind = "ballot"
id = "ballot"
segments = ["members"]
paper = "choose up to"
choose_up_to = 2
places = 2
result_rules = [{ group = "women", at_least = 1 }]
count = "most votes"
elected = "most votes"
"""


@pytest.mark.parametrize(
    ("women", "votes", "elected", "stopped"),
    [
        ("ann", "bob = 30, cy = 20, ann = 10", ("bob", "ann"), None),
        ("ann", "bob = 30, ann = 20, cy = 10", ("bob", "ann"), None),
        ("ann", "bob = 20, cy = 20, ann = 10", (), "are tied"),
        ("", "bob = 30, cy = 20, ann = 10", (), "which candidates are women is not in the figures"),
    ],
)
def test_what_a_result_must_contain_is_kept(
    women: str, votes: str, elected: tuple[str, ...], stopped: str | None, tmp_path: Path
) -> None:
    (tmp_path / "rules.toml").write_text(RESULT)
    people = "".join(
        f'[candidates.{who}]\nname = "{who.title()}"\n' + ('groups = ["women"]\n' if who == women else "")
        for who in ("ann", "bob", "cy")
    )
    figures = f'[[ballot]]\nstage = "ballot"\n[[ballot.round]]\nvotes.total = {{ {votes} }}\n'
    (tmp_path / "contest.toml").write_text(CONTEST.split("elected =")[0] + people + figures)
    (played,) = replay(contest.load_file(tmp_path / "contest.toml"))
    assert (played.elected if not stopped else ()) == elected
    assert stopped is None or stopped in str(played.stopped)
