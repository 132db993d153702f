"""What is decided without a ballot, and who is left when somebody withdraws after a ballot that is held again."""

from __future__ import annotations

from pathlib import Path

import pytest

from selectorate import contest as contests

HEAD = 'id = "rules"\nname = "Rules"\norganisation = "Society"\noffice = "Member"\n'
COUNCIL = '[bodies.council]\nname = "councillors"\n'
NOMINATION = '[[stage]]\nkind = "nomination"\nid = "nomination"\nby = "council"\nthreshold = 1\n'
CANDIDATES = ("ada", "ben", "cleo")


def case(tmp_path: Path, rules: str, figures: str, number: int = 3) -> contests.Case:
    (tmp_path / "rulebook.toml").write_text(HEAD + COUNCIL + rules)
    people = "".join(f'[candidates.{who}]\nname = "{who.title()} Person"\n' for who in CANDIDATES[:number])
    (tmp_path / "contest.toml").write_text(
        'id = "contest"\ntitle = "Contest"\norganisation = "Society"\noffice = "Member"\nrulebook = "rulebook.toml"\n'
        'date = 2026-01-01\nfigures = "ours"\n' + people + "[bodies.council]\nsize = 9\n" + figures
    )
    return contests.load_file(tmp_path / "contest.toml")


def ballot(places: int, count: str, paper: str, more: str = "") -> str:
    return (
        f'[[stage]]\nkind = "ballot"\nid = "ballot"\nby = "council"\npaper = "{paper}"\ncount = "{count}"\n'
        f"places = {places}\n{more}"
    )


NOMINATED = '[[nomination]]\nstage = "nomination"\ncounts = { ada = 2, ben = 1 }\n'


@pytest.mark.parametrize(
    ("count", "paper", "more"),
    [("scottish", "rank", ""), ("most votes", "choose up to", 'choose_up_to = 3\nelected = "most votes"\n')],
)
@pytest.mark.parametrize("places", [2, 3])
def test_no_more_candidates_than_places_are_elected(
    tmp_path: Path, count: str, paper: str, more: str, places: int
) -> None:
    made = contests.declare(case(tmp_path, NOMINATION + ballot(places, count, paper, more), NOMINATED, 2))
    assert made.elected == ("ada", "ben") and made.derived
    assert made.ballots[0].notes[0] == (
        "No ballot was held: Ada Person and Ben Person were the only candidates, and there are places for all of them."
    )


def test_one_more_candidate_than_places_needs_a_ballot(tmp_path: Path) -> None:
    figures = NOMINATED.replace("ben = 1", "ben = 1, cleo = 1")
    played = contests.replay(case(tmp_path, NOMINATION + ballot(2, "scottish", "rank"), figures))
    assert played[0].outcome == "stopped" and played[0].elected == ()


def test_a_single_candidate_for_a_place_that_a_method_fills_is_elected(tmp_path: Path) -> None:
    figures = NOMINATED.replace(", ben = 1", "")
    assert contests.declare(case(tmp_path, NOMINATION + ballot(1, "scottish", "rank"), figures, 1)).elected == ("ada",)


def test_a_ballot_is_held_where_the_rulebook_says_so(tmp_path: Path) -> None:
    rules = NOMINATION + ballot(2, "scottish", "rank", 'unopposed = "ballot held"\n')
    assert contests.replay(case(tmp_path, rules, NOMINATED, 2))[0].outcome == "stopped"


REPEATED = (
    '[[stage]]\nkind = "ballot"\nid = "ballot"\nby = "council"\npaper = "choose one"\ncount = "repeated ballots"\n'
    'elected = "majority of valid votes"\ntie = ["vote again", "all out"]\n'
)


@pytest.mark.parametrize("void", ["", "void = true\n"])
def test_who_withdraws_after_a_tie_is_not_in_the_ballot_that_is_held_again(tmp_path: Path, void: str) -> None:
    first = (
        '[[ballot]]\nstage = "ballot"\n[[ballot.round]]\nvotes.total = { ada = 3, ben = 3, cleo = 3 }\n'
        f'withdrawn = ["cleo"]\n{void}'
    )
    after = contests.replay(case(tmp_path, REPEATED, first))[0]
    assert after.rounds[0].left == ("ada", "ben")
    second = first + "[[ballot.round]]\nvotes.total = { ada = 5, ben = 4 }\n"
    assert contests.replay(case(tmp_path, REPEATED, second))[0].elected == ("ada",)
