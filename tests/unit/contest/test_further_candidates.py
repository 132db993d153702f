"""Rounds in which the votes of some candidates are not known: what follows from the others, and what does not."""

from __future__ import annotations

from tests.strategies import case_of, contest_text, rulebook

from selectorate import contest, mandate
from selectorate.contest.audit import Check, audit

ROUNDS = [{"total": {"ada": 50, "ben": 30, "cyd": 10}}, {"total": {"ada": 55, "ben": 35}}]
RULES = rulebook(("members",), more='shares = { of = "votes", decimals = 1 }')


def case(roll: str) -> contest.Case:
    """Two rounds; in the first the votes of two further candidates are not known."""
    text = contest_text(("ada", "ben", "cyd"), ROUNDS, ballot=roll)
    first = "votes.total = { ada = 50, ben = 30, cyd = 10 }"
    more = "\nshares.total = { ada = 47.6, ben = 28.6 }\nothers = 2\nout = ['cyd']"
    return case_of(RULES, text.replace(first, first + more))


def check(found: contest.Case, words: str) -> Check:
    (one,) = [item for item in audit(found).checks if words in item.what]
    return one


def shares(found: contest.Case) -> list[Check]:
    return [item for item in audit(found).checks if "share (round 1)" in item.what]


def test_the_votes_in_the_count_are_not_those_that_happen_to_be_known() -> None:
    first, last = contest.declare(case("")).ballots[0].rounds
    assert (first.cast, last.cast, last.exhausted) == (None, 90, None)
    assert check(case(""), "transfers balance").status == "cannot be checked"
    assert {item.status for item in shares(case(""))} == {"cannot be checked"}


def test_the_valid_votes_of_the_first_round_are_the_votes_in_it() -> None:
    found = case("roll.total = { valid = 105 }")
    first, last = contest.declare(found).ballots[0].rounds
    assert (first.cast, last.exhausted) == (105, 15)
    assert check(found, "transfers balance").published == "90 of 105 votes stay in"
    assert [item.status for item in shares(found)] == ["agrees", "agrees"]


def test_what_cannot_be_tested_is_said_in_a_sentence() -> None:
    (played,) = contest.replay(case(""))
    assert played.stopped is not None and played.stopped.endswith("the number of votes is not known")


def test_a_swing_is_not_asked_of_a_count_that_stopped_before() -> None:
    found = mandate.swing(case(""))
    assert found.cannot is not None and found.cannot.startswith("the figures alone do not decide who was elected")
