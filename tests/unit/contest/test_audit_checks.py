"""Single checks of the audit, each by a contest made up for it: what agrees, what does not, and what it says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
from tests.strategies import Table, case_of, rulebook
from typer.testing import CliRunner

from selectorate import contest, gallery
from selectorate.cli import app
from selectorate.contest.audit import Check, audit
from selectorate.rules import Rulebook

MEMBERS = rulebook(("members",), count="alternative vote")


def checks(case: contest.Case, words: str) -> list[Check]:
    return [check for check in audit(case).checks if words in check.what]


def one(case: contest.Case, words: str) -> Check:
    (found,) = checks(case, words)
    return found


def contest_text(people: Sequence[str], rounds: Sequence[Table], *, roll: str = "", extra: Sequence[str] = ()) -> str:
    """A contest file. ``roll`` stands in its ballot; ``extra``, for each round, behind its votes."""
    lines = ['id = "made-up"\ntitle = "Made up"\norganisation = "S"\noffice = "Chair"\nrulebook = "made-up"']
    lines += ["date = 2026-01-01", *(f'[candidates.{who}]\nname = "{who.title()}"' for who in people)]
    lines += ['[[ballot]]\nstage = "ballot"', roll]
    for number, table in enumerate(rounds):
        lines.append("[[ballot.round]]")
        for section, row in table.items():
            lines.append(f"votes.{section} = {{ {', '.join(f'{who} = {votes}' for who, votes in row.items())} }}")
        lines += extra[number : number + 1]
    return "\n".join(lines)


def made(text: str, rules: Rulebook = MEMBERS) -> contest.Case:
    return case_of(rules, text)


def dated(timetable: str = "", date: str = "2026-05-30", rounds: tuple[str, ...] = ()) -> contest.Case:
    """A contest with a timetable and the days of its rounds."""
    rules = rulebook(("members",), count="repeated ballots")
    body = "".join(
        f"[[ballot.round]]\ndate = {day}\nvotes.members = {{ ada = 5, ben = 4 }}\n" for day in rounds or ("2026-05-20",)
    )
    return case_of(
        rules,
        'id = "made-up"\ntitle = "Made up"\norganisation = "S"\noffice = "Chair"\nrulebook = "r.toml"\n'
        f'date = {date}\n[timetable]\n{timetable}\n[candidates.ada]\nname = "Ada"\n[candidates.ben]\nname = "Ben"\n'
        f'[[ballot]]\nstage = "ballot"\n{body}',
    )


# -- dates --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("timetable", "words", "status"),
    [
        ("opens = 2026-05-01\ncloses = 2026-05-10", "the ballot opens before it closes", "agrees"),
        ("opens = 2026-05-11\ncloses = 2026-05-10", "the ballot opens before it closes", "disagrees"),
        ("opens = 2026-05-10\ncloses = 2026-05-10", "the ballot opens before it closes", "agrees"),
        ("opens = 2026-05-10T12:00:00\ncloses = 2026-05-10", "the ballot opens before it closes", "agrees"),
        ("opens = 2026-05-10T12:00:00\ncloses = 2026-05-10T11:59:59", "the ballot opens", "disagrees"),
        (
            "nominations_close = 2026-05-12\nopens = 2026-05-10",
            "nominations close before the ballot opens",
            "disagrees",
        ),
        ("closes = 2026-05-31", "the ballot closes before the result", "disagrees"),
        ("closes = 2026-05-30", "the ballot closes before the result", "agrees"),
        ("freeze = 2026-06-01\ncloses = 2026-05-30", "the freeze date is before the ballot closes", "disagrees"),
        ("nominations_close = 2026-05-25", "nominations close before ballot 1", "disagrees"),
        ('opens = "early May"\ncloses = 2026-05-10', "the ballot opens before it closes", "cannot be checked"),
    ],
)
def test_the_timetable_is_in_order(timetable: str, words: str, status: str) -> None:
    (found, *_) = checks(dated(timetable), words)
    assert found.status == status
    assert found.topic == "date"
    assert (found.explanation is not None) == (status == "disagrees")
    assert (found.missing is not None) == (status == "cannot be checked")


def test_a_round_before_the_one_before_it() -> None:
    case = dated("", "2026-05-30", ("2026-05-20", "2026-05-13"))
    found = one(case, "ballot 1 is not after ballot 2")
    assert (found.status, found.published) == ("disagrees", "2026-05-20, then 2026-05-13")
    assert found.line is not None
    assert one(case, "ballot 2 is not after the result").status == "agrees"


def test_a_result_before_its_last_round() -> None:
    assert one(dated(date="2026-05-19"), "ballot 1 is not after the result").status == "disagrees"


# -- transfers by unit --------------------------------------------------------------------------------------------


def with_units(rows: Mapping[int, Mapping[str, Mapping[str, int]]]) -> contest.Case:
    rounds = [dict(rows[number]) for number in sorted(rows)]
    votes = [{who: sum(unit.get(who, 0) for unit in row.values()) for who in ("ada", "ben", "cyd")} for row in rounds]
    votes[1].pop("cyd")
    text = contest_text(("ada", "ben", "cyd"), [{"members": row} for row in votes])
    return case_of(rulebook(("members",), count="alternative vote"), text, rounds)


FIRST = {"north": {"ada": 10, "ben": 5, "cyd": 2}, "south": {"ada": 4, "ben": 6, "cyd": 3}}


def test_transfers_balance_in_every_unit() -> None:
    case = with_units({1: FIRST, 2: {"north": {"ada": 11, "ben": 6}, "south": {"ada": 5, "ben": 7}}})
    found = one(case, "transfers balance in every unit")
    assert (found.status, found.published, found.computed) == ("agrees", "2 of 2", "votes leave the count in 1")


def test_what_two_units_hide_from_the_total_is_seen() -> None:
    """South gains what North loses: over both nobody loses a vote."""
    case = with_units({1: FIRST, 2: {"north": {"ada": 9, "ben": 6}, "south": {"ada": 7, "ben": 7}}})
    assert one(case, "transfers balance (round 2)").status == "agrees"
    found = one(case, "transfers balance in every unit")
    assert found.status == "disagrees"
    assert found.published == "North: Ada 9 after 10; South: 14 votes after 13"


def test_a_unit_without_a_line_is_missing() -> None:
    case = with_units({1: FIRST, 2: {"north": {"ada": 11, "ben": 6}}})
    found = one(case, "transfers balance in every unit")
    assert found.status == "cannot be checked"
    assert found.missing is not None and "South" in found.missing


# -- columns ------------------------------------------------------------------------------------------------------


def shares(rows: str, rules: Rulebook = MEMBERS) -> contest.Case:
    return made(contest_text(("ada", "ben", "cyd"), [{"members": {"ada": 1, "ben": 1, "cyd": 1}}], extra=[rows]), rules)


def test_a_tick_beside_unequal_figures_says_why() -> None:
    found = one(shares("shares.total = { ada = 33.3, ben = 33.3, cyd = 33.3 }\n"), "shares add up")
    assert (found.status, found.published, found.computed) == ("agrees", "99.9%", "100%")
    assert found.explanation == "within rounding to 1 decimal (3 figures, each off by up to 0.05)"


def test_each_precision_is_a_column() -> None:
    case = shares("shares.total = { ada = [33, 33.33], ben = [33, 33.33], cyd = [33, 33.33] }\n")
    assert [check.published for check in checks(case, "shares add up")] == ["99%", "99.99%"]
    assert [check.status for check in checks(case, "shares add up")] == ["agrees", "agrees"]
    assert "whole numbers (3 figures, each off by up to 0.5)" in str(checks(case, "shares add up")[0].explanation)


def test_a_column_is_held_to_how_its_figures_are_cut() -> None:
    """Three figures that were cut off can lack nearly three last places; three that were rounded, half as much."""
    row = "shares.total = { ada = 33.2, ben = 33.3, cyd = 33.3 }\n"
    rounded = one(shares(row), "shares add up")
    assert rounded.status == "disagrees"
    assert "figures that were cut in another way could give it" in str(rounded.explanation)
    cutting = 'shares = { of = "votes", cut = "down" }'
    cut = one(shares(row, rulebook(("members",), count="alternative vote", more=cutting)), "shares add up")
    assert cut.status == "agrees"
    assert cut.explanation == "within cutting off to 1 decimal (3 figures, each off by up to 0.1)"


def test_shares_of_valid_votes_add_up_to_the_votes_among_them() -> None:
    rules = rulebook(("members",), count="alternative vote", more='shares = { of = "valid votes" }')
    more = "[ballot.roll.total]\nvalid = 4\n"
    text = contest_text(("ada", "ben"), [{"members": {"ada": 2, "ben": 1}}], roll=more, extra=["{}"])
    for row, status in (("ada = 50.0, ben = 25.0", "agrees"), ("ada = 66.7, ben = 33.3", "disagrees")):
        found = one(made(text.replace("{}", f"shares.total = {{ {row} }}\n"), rules), "shares add up")
        assert found.status == status
        assert found.computed == "75%"
    assert "another base" in str(found.explanation)


def test_weighted_columns_use_the_decimals_that_are_printed() -> None:
    votes = {"mps": {"ada": 1, "ben": 1, "cyd": 1}, "members": {"ada": 1, "ben": 1, "cyd": 1}}
    row = "weighted.mps = { ada = 16.66, ben = 16.66, cyd = 16.66 }\n"
    weights = {"mps": "1/2", "members": "1/2"}
    rules = rulebook(("mps", "members"), combine="weighted-college", weights=weights)
    found = one(made(contest_text(("ada", "ben", "cyd"), [votes], extra=[row]), rules), "give their full weight")
    assert found.status == "disagrees"  # each would have been rounded to 16.67: 0.005 of error each is too little
    assert found.computed == "50%"
    assert "rounding to 2 decimals (3 figures, each off by up to 0.005)" in str(found.explanation)


# -- explanations -------------------------------------------------------------------------------------------------


def test_the_figure_of_another_round_is_named() -> None:
    text = contest_text(
        ("ada", "ben", "cyd"),
        [{"members": {"ada": 411, "ben": 389, "cyd": 200}}, {"members": {"ada": 513, "ben": 487}}],
        extra=["", "shares.total = { ada = 41.1, ben = 48.7 }\n"],
    )
    found = one(made(text), "Ada: share (round 2)")
    assert (found.status, found.explanation) == ("disagrees", "this is the figure of round 1")


def test_the_figure_of_another_candidate_is_named() -> None:
    rows = "shares.total = { ada = 51.3, ben = 51.3 }\n"
    text = contest_text(("ada", "ben"), [{"members": {"ada": 513, "ben": 487}}], extra=[rows])
    assert one(made(text), "Ben: share").explanation == "this is the figure of Ada"


def test_a_total_of_another_round_is_named() -> None:
    first, second = {"ada": 5, "ben": 3, "cyd": 1}, {"ada": 6, "ben": 3}
    votes = [{"a": first, "b": first}, {"a": second, "b": second}]
    text = contest_text(("ada", "ben", "cyd"), votes, extra=["", "votes.total = { ada = 10, ben = 6 }\n"])
    found = one(made(text, rulebook(("a", "b"), count="alternative vote")), "Ada: votes by segment add up (round 2)")
    assert (found.published, found.computed) == ("10", "12")
    assert found.explanation == "this is the figure of round 1"


def test_what_two_figures_leave_each_other_explains_nothing() -> None:
    rows = "shares.total = { ada = 56.4, ben = 43.6 }\n"
    two = made(contest_text(("ada", "ben"), [{"members": {"ada": 500, "ben": 400}}], extra=[rows]))
    assert "off by" in str(one(two, "Ben: share").explanation)
    assert "what the other figures" not in str(one(two, "Ben: share").explanation)


def test_what_two_of_three_figures_leave_is_said() -> None:
    rows = "shares.total = { ada = 55.8, ben = 33.3, cyd = 10.9 }\n"
    votes = {"members": {"ada": 500, "ben": 300, "cyd": 100}}
    three = made(contest_text(("ada", "ben", "cyd"), [votes], extra=[rows]))
    assert "what the other figures of its column leave" in str(one(three, "Cyd: share").explanation)


# -- bounds -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("roll", "status", "valid_status"),
    [("entitled = 10\nreturned = 9", "agrees", "agrees"), ("entitled = 8\nreturned = 8", "agrees", "disagrees")],
)
def test_bounds_are_listed_when_they_hold(roll: str, status: str, valid_status: str) -> None:
    text = contest_text(("ada", "ben"), [{"members": {"ada": 5, "ben": 4}}], roll=f"[ballot.roll.total]\n{roll}\n")
    assert one(made(text), "no more ballots than persons entitled").status == status
    assert one(made(text), "no more valid ballots than were returned").status == valid_status


def test_no_ballot_returned_is_a_number() -> None:
    """0 is known: it must not be taken for the votes beside it."""
    roll = "[ballot.roll.total]\nentitled = 8\nreturned = 0\n"
    text = contest_text(("ada", "ben"), [{"members": {"ada": 5, "ben": 4}}], roll=roll)
    assert one(made(text), "no more ballots than persons entitled").published == "0"


def test_a_roll_of_nobody_with_round_numbers_is_no_division() -> None:
    roll = '[ballot.roll.total]\nentitled = 0\nreturned = 9\nturnout = 90\napproximate = ["entitled"]\n'
    text = contest_text(("ada", "ben"), [{"members": {"ada": 5, "ben": 4}}], roll=roll)
    found = one(made(text), "turnout: ")
    assert found.status == "cannot be checked"
    assert found.missing is not None and "nobody was entitled" in found.missing


def test_votes_in_thousands_are_no_disagreement() -> None:
    rows = "votes.total = { ada = 4126004, ben = 1931003 }\nshares.a = { ada = 68.2, ben = 31.8 }\n"
    votes = [{"a": {"ada": 4126000, "ben": 1931000}, "b": {"ada": 1, "ben": 1}}]
    for mark, status in (("", "disagrees"), ('approximate = ["votes.a"]\n', "cannot be checked")):
        case = made(contest_text(("ada", "ben"), votes, extra=[rows + mark]), rulebook(("a", "b")))
        assert one(case, "Ada: share among a").status == status
        assert one(case, "Ada: votes by segment add up").status == status


# -- as it is printed ---------------------------------------------------------------------------------------------


def test_why_it_agrees_is_printed() -> None:
    result = CliRunner().invoke(app, ["audit", "labour-2010"])
    assert "within rounding to 3" in result.output


@pytest.mark.parametrize("name", gallery.contest_ids())
def test_every_agreement_of_unequal_figures_says_why(name: str) -> None:
    for check in audit(contest.load(name)).checks:
        plain = [str(text).rstrip("%").replace(",", "") for text in (check.published, check.computed)]
        if check.status == "agrees" and all(text.replace(".", "").isdigit() for text in plain):
            assert float(plain[0]) == float(plain[1]) or check.explanation, check


# -- spread -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("spread", "status", "said"),
    [
        ("spread = { ada = 20, ben = 25 }", "agrees", "200, where 200 were needed"),
        ("spread = { ada = 19, ben = 25 }", "disagrees", "from 19 local parties, where 20 are needed"),
        ("", "cannot be checked", "from how many local parties they came is not known"),
    ],
)
def test_nominators_must_come_from_so_many_places(tmp_path: Path, spread: str, status: str, said: str) -> None:
    (tmp_path / "contest.toml").write_text(
        'id = "made-up"\ntitle = "Made up"\norganisation = "Party"\noffice = "Leader"\nrulebook = "libdem"\n'
        'date = 2026-01-01\nelected = ["ada"]\n[candidates.ada]\nname = "Ada"\n[candidates.ben]\nname = "Ben"\n'
        '[bodies.mps]\nsize = 10\n[[nomination]]\nstage = "mps"\ncounts = { ada = 3, ben = 3 }\n'
        f'[[nomination]]\nstage = "supporters"\nby = "members"\ncounts = {{ ada = 200, ben = 300 }}\n{spread}\n'
        '[[ballot]]\nstage = "ballot"\n[[ballot.round]]\nvotes.total = { ada = 5, ben = 4 }\nelected = ["ada"]\n',
        encoding="utf-8",
    )
    words = "Ada: not on the paper by" if status == "disagrees" else "Ada: on the paper by"
    found = one(contest.load(str(tmp_path)), f"{words} the rules (Support")
    assert found.status == status
    assert said in f"{found.computed} {found.missing}"
