"""What holds of every mandate, whatever the votes."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from fractions import Fraction

from hypothesis import assume, given, settings
from hypothesis import strategies as st
from tests.strategies import (
    Votes,
    case_of,
    cases,
    college,
    contest_text,
    omov,
    points_cases,
    rulebook,
    tables,
    weights_for,
)

from selectorate import mandate
from selectorate.contest import Case, declare
from selectorate.contest.figures import combined
from selectorate.mandate import MEASURES, Turn
from selectorate.mandate.board import Board, smallest
from selectorate.mandate.cells import CannotBeKnown
from selectorate.mandate.played import decisive
from selectorate.mandate.swings import _board
from selectorate.mandate.turns import UNIFORM_STEP


def figures(case: Case) -> dict[str, dict[str, Fraction | None]]:
    """Every measure of everybody, by segment."""
    declaration = declare(case)
    ballot = declaration.deciding
    assert ballot is not None
    return {
        f"{who} {sheet.section}": {
            name: measure.of(declaration, who, sheet.section).value for name, measure in MEASURES.items()
        }
        for who in (row.candidate for row in ballot.rounds[0].rows)
        for sheet in ballot.sections
    }


@given(tables(), st.randoms(use_true_random=False))
def test_the_order_of_the_candidates_changes_nothing(votes: Votes, random: object) -> None:
    order = list(votes.people)
    random.shuffle(order)  # type: ignore[attr-defined]  # random.Random, made by Hypothesis
    turned = {section: {who: row[who] for who in order} for section, row in votes.table.items()}
    one, other = omov(votes.table), omov(turned)
    assert figures(one) == figures(other)
    assert declare(one).elected == declare(other).elected
    assert mandate.to_json(mandate.swing(one)) == mandate.to_json(mandate.swing(other))


@given(tables(("members",)))
def test_a_college_of_one_section_is_one_person_one_vote(votes: Votes) -> None:
    plain, weighted = omov(votes.table), college(votes.table, {"members": "100%"})
    assert declare(plain).elected == declare(weighted).elected
    one, other = figures(plain), figures(weighted)
    assert one == other
    swings = mandate.swing(plain), mandate.swing(weighted)
    for swing in swings:
        assert (swing.cannot is None) == bool(declare(plain).elected)
    if swings[0].over_all is not None and swings[1].over_all is not None:
        assert swings[0].over_all.denies.votes == swings[1].over_all.denies.votes
        assert swings[0].over_all.elects.votes == swings[1].over_all.elects.votes


@given(tables(), st.data())
def test_a_segment_split_in_two_and_added_is_the_whole(votes: Votes, data: st.DataObject) -> None:
    whole = omov(votes.table)
    section = next(iter(votes.table))
    first = {who: data.draw(st.integers(0, number)) for who, number in votes.table[section].items()}
    second = {who: votes.table[section][who] - first[who] for who in first}
    rest = {name: row for name, row in votes.table.items() if name != section}
    split = omov({"one": first, "two": second, **rest})
    who = next(iter(votes.people))
    one, other = mandate.mandate(declare(whole), who), mandate.mandate(declare(split), who)
    counts = ("segments-first", "segments-majority")
    assert {k: v for k, v in one.total.items() if k not in counts} == {
        k: v for k, v in other.total.items() if k not in counts
    }
    # And by an explicit mapping back to the segments as they were.
    mapping = {section: ["one", "two"], **{name: [name] for name in rest}}
    (back,) = mandate.another_rulebook(split, whole.rulebook, mapping)
    declared = mandate.nothing_changed(whole)
    assert back.result is not None and declared.result is not None
    assert back.result.rows == declared.result.rows
    assert back.result.elected == declared.result.elected


@given(cases())
def test_a_what_if_with_nothing_changed_is_the_declaration(case: Case) -> None:
    declaration = declare(case)
    ballot = declaration.deciding
    assert ballot is not None
    standing = {row.candidate: row.value for row in ballot.rounds[-1].rows}
    answers = [mandate.nothing_changed(case), *mandate.another_rulebook(case, case.rulebook)]
    segments = [sheet for sheet in ballot.sections if sheet.section != "total" and sheet.valid]
    if not ballot.units:
        answers += [mandate.turnout_at(case, sheet.section, valid=sheet.valid) for sheet in segments]
    for answer in answers:
        assert answer.result is not None, answer.cannot
        assert {row.candidate: row.value for row in answer.result.rows} == standing
        assert answer.result.rows == answer.declared.rows if answer.declared else False
        if ballot.kind == "ballot":
            assert answer.result.elected == declaration.elected
        assert answer.changes_winner in (False, None)


@given(tables(), st.data())
def test_a_segment_left_out_is_a_contest_without_it(votes: Votes, data: st.DataObject) -> None:
    assume(len(votes.table) > 1)
    section = data.draw(st.sampled_from(sorted(votes.table)))
    rest = {name: row for name, row in votes.table.items() if name != section}
    weights = data.draw(weights_for(tuple(votes.table)))
    share = {name: Fraction(weight) for name, weight in weights.items()}
    left = 1 - share[section]
    again = {name: str(share[name] / left) for name in rest}
    for case, other in (
        (omov(votes.table), omov(rest)),
        (college(votes.table, weights), college(rest, again)),
    ):
        answer = mandate.segment_left_out(case, section)
        assert answer.result is not None
        assert answer.result.elected == declare(other).elected
        ballot = declare(other).deciding
        assert ballot is not None
        assert {row.candidate: row.value for row in answer.result.rows} == {
            row.candidate: row.value for row in ballot.rounds[0].rows
        }


@given(tables(), st.integers(1, 5), st.integers(1, 5))
def test_turnout_is_a_contest_with_more_votes(votes: Votes, more: int, per: int) -> None:
    # As many votes by multiplying: whole numbers again, so that it can be counted as a contest of its own.
    section = next(iter(votes.table))
    small = {name: {who: n * per for who, n in row.items()} for name, row in votes.table.items()}
    scaled = {**small, section: {who: n * more for who, n in votes.table[section].items()}}
    answer = mandate.turnout_at(omov(small), section, valid=sum(scaled[section].values()))
    declared = mandate.nothing_changed(omov(scaled))
    assert answer.result is not None and declared.result is not None
    assert answer.result.rows == declared.result.rows
    assert answer.result.elected == declared.result.elected


@given(cases())
def test_every_result_is_plain_json_without_a_float(case: Case) -> None:
    results: list[object] = [mandate.nothing_changed(case), mandate.swing(case), *mandate.what_ifs(case)]
    declaration = declare(case)
    if mandate.winner(declaration) is not None:
        results += [mandate.mandate(declaration), mandate.compare(declaration, declaration)]
    for result in results:
        text = json.dumps(mandate.to_json(result))
        assert not [value for value in flat(json.loads(text)) if isinstance(value, float)]


def flat(value: object) -> Iterator[object]:
    if isinstance(value, dict | list):
        for item in value.values() if isinstance(value, dict) else value:
            yield from flat(item)
    else:
        yield value


@given(cases())
def test_a_contest_beside_itself_has_not_changed(case: Case) -> None:
    declaration = declare(case)
    assume(mandate.winner(declaration) is not None)
    compared = mandate.compare(declaration, declaration)
    for line in compared.total:
        assert (line.change is None) == (line.cannot is not None) == (line.now.value is None)
        assert line.change in (None, 0)


# -- the smallest swing, beside a twin that tries every way ----------------------------------------------------------


def board_of(case: Case) -> Board | None:
    try:
        return _board(decisive(case), None)
    except CannotBeKnown:
        return None


def ways(available: dict[str, int], votes: int) -> Iterator[dict[str, int]]:
    """Every way to take ``votes`` votes from the sections."""
    names = list(available)
    for parts in itertools.product(*(range(min(available[name], votes) + 1) for name in names)):
        if sum(parts) == votes:
            yield dict(zip(names, parts, strict=True))


def turned(board: Board, moved: dict[str, int], test: str) -> bool:
    """The twin of the board: all sections combined anew, and decided."""
    sections = {
        name: {
            who: votes
            - (moved.get(name, 0) if who == board.winner else 0)
            + (moved.get(name, 0) if who == board.to else 0)
            for who, votes in row.items()
        }
        for name, row in board.sections.items()
    }
    standing = combined(board.stage, sections)
    assert standing.total == board.with_moved(moved).total
    decision = board.decided(standing)
    return decision.elected != (board.winner,) if test == "denies" else decision.elected == (board.to,)


def fewest(board: Board, available: dict[str, int], test: str) -> int | None:
    for votes in range(sum(available.values()) + 1):
        if any(turned(board, moved, test) for moved in ways(available, votes)):
            return votes
    return None


def agrees(turn: Turn, brute: int | None, *, exact: bool) -> None:
    if turn.votes is None:
        assert brute is None
        return
    assert brute is not None
    assert brute <= turn.votes
    if turn.at_least is not None:
        assert turn.at_least <= brute
    if exact:
        assert turn.votes == brute


@settings(max_examples=60)
@given(cases(most=7))
def test_the_smallest_swing_is_the_smallest(case: Case) -> None:
    board, swing = board_of(case), mandate.swing(case)
    assert (board is None) == (swing.cannot is not None)
    if board is None or swing.over_all is None:
        return
    exact = not board.blur
    for test, turn in (("denies", swing.over_all.denies), ("elects", swing.over_all.elects)):
        agrees(turn, fewest(board, board.available, test), exact=exact)
    for place in swing.sections:
        here = {place.place: board.available[place.place]}
        agrees(place.denies, fewest(board, here, "denies"), exact=exact)
        agrees(place.elects, fewest(board, here, "elects"), exact=exact)


@given(cases())
def test_the_smallest_swing_changes_the_winner_and_one_vote_less_does_not(case: Case) -> None:
    board, swing = board_of(case), mandate.swing(case)
    if board is None or swing.over_all is None:
        return
    for test, turn in (("denies", swing.over_all.denies), ("elects", swing.over_all.elects)):
        if turn.votes is None:
            assert not turned(board, board.available, test)
            continue
        assert turned(board, board.dearest(turn.votes), test)
        assert turn.votes > 0
        assert not turned(board, board.dearest(turn.votes - 1), test)
    denies, elects = swing.over_all.denies.votes, swing.over_all.elects.votes
    assert elects is None or (denies is not None and denies <= elects)


@given(points_cases())
def test_a_unit_that_is_listed_does_it_alone_and_no_other_does(case: Case) -> None:
    board, swing = board_of(case), mandate.swing(case)
    if board is None:
        return
    listed = {place.place for place in swing.units}
    for unit, votes in board.available.items():
        assert turned(board, {unit: votes}, "denies") == (unit in listed)


@given(cases())
def test_the_same_swing_everywhere_is_the_smallest_to_its_step(case: Case) -> None:
    board, swing = board_of(case), mandate.swing(case)
    if board is None or swing.uniform is None:
        return
    for test, turn in (("denies", swing.uniform.denies), ("elects", swing.uniform.elects)):
        if turn.points is None:
            continue
        for points, expected in ((turn.points, True), (turn.points - UNIFORM_STEP, False)):
            moved = {
                section: min(Fraction(board.available[section]), points * sum(row.values()))
                for section, row in board.sections.items()
            }
            assert turned(board, moved, test) is expected


@given(st.integers(0, 50), st.integers(0, 60), st.none() | st.integers(-5, 60))
def test_bisection_finds_the_first(most: int, first: int, near: int | None) -> None:
    assert smallest(lambda number: number >= first, most, near) == (first if first <= most else None)


@given(st.integers(2, 60), st.integers(1, 3), st.data())
def test_preferential_rounds_are_measured_by_the_last(behind: int, ahead: int, data: st.DataObject) -> None:
    # A third goes out first and their papers are exhausted: the last round is as if they had not stood.
    exhausted = data.draw(st.integers(ahead, max(ahead, behind - 1)))
    assume(exhausted < behind)
    last = {"ada": behind + ahead, "ben": behind}
    rules = rulebook(("members",))
    first = {"members": {**last, "cyd": exhausted}}
    two = declare(case_of(rules, contest_text(("ada", "ben", "cyd"), [first, {"members": last}])))
    one = declare(case_of(rules, contest_text(("ada", "ben"), [{"members": last}])))
    assert two.elected == one.elected == ("ada",)
    now, then = mandate.mandate(two), mandate.mandate(one)
    assert (now.rounds, then.rounds) == (2, 1)
    assert now.first_round["votes"] == now.total["votes"]
    assert now.first_round["share-of-votes"].value == Fraction(behind + ahead, 2 * behind + ahead + exhausted)
    for name in ("votes", "share-of-votes", "lead-votes", "lead-points", "majority-votes", "segments-first"):
        assert now.total[name] == then.total[name]
