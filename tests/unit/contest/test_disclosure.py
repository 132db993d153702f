"""The rule of disclosure, held to an attacker who tries everything that the declaration leaves open."""

from __future__ import annotations

import io
import itertools
import json
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction

import pypdf
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from tests.strategies import case_of, college, contest_text, omov, ours, points, rulebook

from selectorate import mandate, sheets
from selectorate.contest import Case, Declaration, declare, to_json
from selectorate.contest.disclosure import is_safe, safe_partition, stays_open
from selectorate.contest.model import TOTAL
from selectorate.exact import cut_fraction
from selectorate.rules import Disclosure

Votes = Mapping[str, Mapping[str, int]]
RULE = Disclosure(floor=3, unanimity_below=7)
PEOPLE = "abcd"


def declared_by(case: Case, rule: Disclosure = RULE) -> Declaration:
    rules = case.rulebook.model_copy(update={"disclosure": rule})
    return declare(replace(ours(case), rulebook=rules))


# -- the attacker -----------------------------------------------------------------------------------------------


def splits(pool: Sequence[int], sizes: Sequence[range]) -> Iterator[tuple[tuple[int, ...], ...]]:
    """Every way to give ``pool`` (votes by candidate) to parts whose numbers of votes are within ``sizes``."""
    if len(sizes) == 1:
        if sum(pool) in sizes[0]:
            yield (tuple(pool),)
        return
    for mine in itertools.product(*(range(number + 1) for number in pool)):
        if sum(mine) in sizes[0]:
            left = [number - taken for number, taken in zip(pool, mine, strict=True)]
            for others in splits(left, sizes[1:]):
                yield (mine, *others)


def known_to_all(
    declaration: Declaration,
) -> tuple[list[dict[str, int]], list[dict[str, dict[str, int]]], list[str], dict[str, int | None]]:
    """By round the totals, and the parts that are shown; the names of the hidden parts; how many are entitled."""
    (ballot,) = declaration.ballots
    names = [section.section for section in ballot.sections if section.section != TOTAL]
    hidden = [
        name
        for name in names
        if any(row.by_section.get(name, 0) is None for item in ballot.rounds for row in item.rows)
    ]
    totals, shown = [], []
    for item in ballot.rounds:
        totals.append({row.candidate: row.votes or 0 for row in item.rows})
        shown.append(
            {
                name: {row.candidate: row.by_section[name] or 0 for row in item.rows}
                for name in names
                if name not in hidden
            }
        )
    entitled = {section.section: section.entitled for section in ballot.sections}
    return totals, shown, hidden, entitled


def what_is_learnt(declaration: Declaration) -> dict[str, list[list[tuple[int, ...]]]]:
    """By hidden part and round, everything that it can have been, as far as anybody can tell."""
    totals, shown, hidden, entitled = known_to_all(declaration)
    possible: dict[str, list[list[tuple[int, ...]]]] = {name: [] for name in hidden}
    for total, parts in zip(totals, shown, strict=True):
        pool = [total[who] - sum(part[who] for part in parts.values()) for who in total]
        sizes = []
        for name in hidden:
            most = entitled[name]
            sizes.append(range((most if most is not None else sum(pool)) + 1))
        found = list(splits(pool, sizes)) if hidden else []
        for index, name in enumerate(hidden):
            possible[name].append(sorted({way[index] for way in found}))
    return possible


def unsafe(votes: Votes, rule: Disclosure) -> set[str]:
    return {name for name, row in votes.items() if not is_safe(row, rule)}


# -- generated contests -----------------------------------------------------------------------------------------


@st.composite
def counts(draw: st.DrawFn) -> tuple[list[dict[str, dict[str, int]]], dict[str, int]]:
    """Rounds of a count of real ballots (each with its part and its preferences), and the entitled of each part."""
    people = PEOPLE[: draw(st.integers(2, 4))]
    parts = [f"p{number}" for number in range(draw(st.integers(2, 6)))]
    ballots: list[tuple[str, tuple[str, ...]]] = []
    for part in parts:
        size = draw(st.integers(0, 9 if len(parts) < 4 else 5))
        for _ in range(size):
            order = draw(st.permutations(people))
            ballots.append((part, tuple(order[: draw(st.integers(1, len(people)))])))
    assume(ballots)
    rounds = []
    standing = list(people)
    for _ in range(draw(st.integers(1, 3))):
        table = {part: dict.fromkeys(standing, 0) for part in parts}
        for part, order in ballots:
            first = next((who for who in order if who in standing), None)
            if first is not None:
                table[part][first] += 1
        rounds.append(table)
        total = {who: sum(row[who] for row in table.values()) for who in standing}
        lowest = sorted(standing, key=lambda who: (total[who], who))
        if len(standing) == 2 or total[lowest[0]] == total[lowest[1]] or 2 * max(total.values()) > sum(total.values()):
            break
        standing.remove(lowest[0])
    more = draw(st.integers(0, 2))
    entitled = {part: sum(1 for where, _ in ballots if where == part) + more for part in parts}
    return rounds, entitled


def counted(rounds: list[dict[str, dict[str, int]]], entitled: Mapping[str, int]) -> Case:
    people, parts = list(next(iter(rounds[0].values()))), list(rounds[0])
    roll = "\n".join(f"roll.{part}.entitled = {number}" for part, number in entitled.items())
    return case_of(rulebook(parts), contest_text(people, rounds, ballot=roll))


@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
@given(counts())
def test_no_hidden_part_is_learnt(given_: tuple[list[dict[str, dict[str, int]]], dict[str, int]]) -> None:
    rounds, entitled = given_
    declaration = declared_by(counted(rounds, entitled))
    (ballot,) = declaration.ballots
    assume(ballot.rounds)
    totals, _, hidden, _ = known_to_all(declaration)
    for name, row in ((name, row) for table in rounds for name, row in table.items()):
        assert is_safe(row, RULE) or name in hidden, "an unsafe part is shown"
    if set(hidden) == set(rounds[0]):
        return  # the total alone: what is learnt is learnt from the result
    for name, ways in what_is_learnt(declaration).items():
        for number, found in enumerate(ways):
            true = tuple(rounds[number][name][who] for who in totals[number])
            assert true in found
            if not is_safe(rounds[number][name], RULE):
                assert len(found) > 1, f"{name} is known in round {number + 1}"
                everybody = [way for way in found if sum(way)]
                for index in range(len(true)):
                    assert not all(way[index] == sum(way) for way in everybody), f"everybody in {name} is known"


def test_the_attacker_finds_what_is_hidden_alone() -> None:
    """That the test above can fail: a single hidden part is had by subtraction."""
    votes = {"p0": {"a": 1, "b": 0}, "p1": {"a": 9, "b": 9}, "p2": {"a": 9, "b": 9}}
    shown = declare(omov(votes))
    rows = tuple(replace(row, by_section={**row.by_section, "p0": None}) for row in shown.ballots[0].rounds[0].rows)
    ballot = replace(shown.ballots[0], rounds=(replace(shown.ballots[0].rounds[0], rows=rows),))
    assert what_is_learnt(replace(shown, ballots=(ballot,)))["p0"] == [[(1, 0)]]
    assert len(what_is_learnt(declared_by(omov(votes)))["p0"][0]) > 1


def test_a_unanimous_pool_of_any_size_tells_of_the_part_inside() -> None:
    """Found by the attacker: sixty who all voted alike are a safe part, but no safe company."""
    rule = Disclosure(floor=10, unanimity_below=50)
    table = {
        "tiny": {"a": 2, "b": 0},
        "big": {"a": 60, "b": 0},
        "mixed": {"a": 70, "b": 70},
        "other": {"a": 80, "b": 80},
    }
    assert is_safe(table["big"], rule)
    assert safe_partition([table], rule, what="segment").names == {"tiny", "big", "mixed"}


def test_a_part_that_is_empty_in_the_first_round_only() -> None:
    rule = Disclosure(floor=3, unanimity_below=3)
    rounds = [{"x": {"a": 0, "b": 0}, "y": {"a": 5, "b": 5}}, {"x": {"a": 1, "b": 0}, "y": {"a": 5, "b": 5}}]
    assert safe_partition(rounds, rule, what="segment").names == {"x", "y"}


tables = st.dictionaries(
    st.sampled_from("pqrstu"),
    st.fixed_dictionaries({who: st.integers(0, 30) for who in "abc"}),
    min_size=1,
    max_size=6,
)


@given(tables, st.integers(1, 12), st.integers(1, 40), st.randoms())
def test_the_partition_keeps_its_promises(
    table: dict[str, dict[str, int]], floor: int, unanimity: int, shuffle: random.Random
) -> None:
    rule = Disclosure(floor=floor, unanimity_below=unanimity)
    hidden = safe_partition([table], rule, what="unit").names
    assert all(is_safe(row, rule) for name, row in table.items() if name not in hidden)
    if hidden and hidden != set(table):
        assert len([name for name in hidden if sum(table[name].values())]) > 1
        pool = [sum(table[name][who] for name in hidden) for who in "abc"]
        assert sum(pool) >= floor
        assert sum(pool) - max(pool) > 1
    order = list(table)
    shuffle.shuffle(order)
    assert safe_partition([{name: table[name] for name in order}], rule, what="unit").names == hidden


# -- nowhere else -----------------------------------------------------------------------------------------------

SECRET = {"members": {"ada": 61, "ben": 52}, "friends": {"ada": 40, "ben": 33}, "staff": {"ada": 1, "ben": 2}}
ROLL = "\n".join(
    f"roll.{name} = {{ entitled = {entitled}, returned = {returned}, spoilt = {spoilt} }}"
    for name, entitled, returned, spoilt in (("members", 400, 113, 0), ("friends", 200, 74, 1), ("staff", 7, 5, 2))
)


def everywhere(declaration: Declaration) -> dict[str, str]:
    return {
        "text": sheets.declaration_text(declaration),
        "html": sheets.declaration_html(declaration),
        "csv": sheets.declaration_csv(declaration),
        "json": json.dumps(to_json(declaration)),
    }


def test_what_is_hidden_is_nowhere_else() -> None:
    case = omov(SECRET, ballot=ROLL)
    declaration = declared_by(case, Disclosure(floor=10, unanimity_below=50))
    (ballot,) = declaration.ballots
    sections = {section.section: section for section in ballot.sections}
    assert sections["members"].valid == 113
    assert sections["total"].spoilt == 3
    for name in ("friends", "staff"):
        hidden = sections[name]
        for key in (
            "returned",
            "spoilt",
            "rejected",
            "valid",
            "lead",
            "majority",
            "first",
            "turnout_valid",
            "turnout_returned",
            "abstentions",
            "not_voting",
        ):
            assert getattr(hidden, key) is None, (name, key)
        assert all(row.by_section[name] is None for row in ballot.rounds[0].rows)
    assert sections["staff"].entitled == 7
    pages = pypdf.PdfReader(io.BytesIO(sheets.declaration_pdf(declaration))).pages
    pdf = {"pdf": "\n".join(page.extract_text() for page in pages)}
    for kind, text in (everywhere(declaration) | pdf).items():
        plain = " ".join(text.split())
        assert "fewer than 10 valid votes" in plain or kind == "csv", kind
        assert "71.4" not in plain and "42.9" not in plain, kind  # the turnout of the staff
        assert "54.8" not in plain, kind  # 40 of 73


def test_published_figures_are_untouched() -> None:
    (ballot,) = declare(omov(SECRET, ballot=ROLL)).ballots
    assert ballot.disclosure is None
    assert ballot.rounds[0].rows[0].by_section == {"members": 61, "friends": 40, "staff": 1}


@pytest.mark.parametrize("text", ["declare = ['total']", ""])
def test_segments_that_the_rulebook_does_not_declare(text: str) -> None:
    rules = rulebook(tuple(SECRET), more=text)
    case = case_of(rules, contest_text(("ada", "ben"), [{**SECRET, "staff": {"ada": 40, "ben": 50}}]))
    (ballot,) = declared_by(case, Disclosure()).ballots
    shown = {votes for row in ballot.rounds[0].rows for votes in row.by_section.values()}
    assert (shown == {None}) == bool(text)
    assert ballot.disclosure


def test_a_segment_whose_votes_are_not_known_hides_all() -> None:
    """Else the total less the one that is known would be the other."""
    votes = {"members": {"ada": 61, "ben": 52}, "total": {"ada": 62, "ben": 53}}
    case = case_of(rulebook(("members", "staff")), contest_text(("ada", "ben"), [votes]))
    (ballot,) = declared_by(case).ballots
    assert {votes for row in ballot.rounds[0].rows for votes in row.by_section.values()} == {None}
    assert "not known in every round" in str(ballot.disclosure)


WEIGHTS = {"members": "1/3", "friends": "1/3", "staff": "1/3"}


LARGE = {**SECRET, "members": {"ada": 6107, "ben": 5209}, "friends": {"ada": 4001, "ben": 3307}}


def test_a_college_with_a_small_section_is_declared_coarsely() -> None:
    exact = declare(college(LARGE, WEIGHTS)).ballots[0].rounds[0].rows
    declaration = declared_by(college(LARGE, WEIGHTS), Disclosure(floor=10, unanimity_below=50))
    (ballot,) = declaration.ballots
    for row, true in zip(ballot.rounds[0].rows, exact, strict=True):
        assert not row.weighted
        assert row.votes is None
        assert set(row.by_section.values()) == {None}
        assert row.value is not None and true.value is not None
        assert row.value != true.value
        assert (row.value * 1000).denominator == 1
        assert abs(row.value - true.value) <= Fraction(1, 1000)
        assert row.share is not None and (row.share * 1000).denominator == 1
    assert ballot.elected == declare(college(LARGE, WEIGHTS)).ballots[0].elected
    assert {(section.lead, section.majority, section.first) for section in ballot.sections} == {(None, None, None)}
    for kind, text in everywhere(declaration).items():
        assert str(exact[0].value) not in text, kind
        assert f"{float(exact[0].value or 0) * 100:.3f}" not in text, kind
        assert "left out" in " ".join(text.split()) or kind == "csv", kind


QUARTERS = {"members": "1/2", "friends": "1/4", "staff": "1/4"}
ONE_FOR_ALL = {"members": {"ada": 60, "ben": 52099}, "friends": {"ada": 1, "ben": 7307}, "staff": {"ada": 0, "ben": 3}}
TWO_SMALL = {"members": {"ada": 3, "ben": 1}, "staff": {"ada": 1, "ben": 2}}
CLOSED = {
    "few elsewhere": (SECRET, WEIGHTS),  # 113 and 73 votes: only some shares can come of them
    "one for all": (ONE_FOR_ALL, QUARTERS),
    "too heavy": (LARGE, {"members": "1/10", "friends": "1/10", "staff": "4/5"}),
    "all small": (TWO_SMALL, {"members": "1/2", "staff": "1/2"}),
}


@pytest.mark.parametrize("name", CLOSED)
def test_shares_of_a_college_that_tell_of_a_small_section_are_not_shown(name: str) -> None:
    votes, weights = CLOSED[name]
    case = college(votes, weights)
    exact = declare(case).ballots[0].rounds[0].rows
    declaration = declared_by(case, Disclosure(floor=10, unanimity_below=50))
    (ballot,) = declaration.ballots
    assert [row.candidate for row in ballot.rounds[0].rows] == [row.candidate for row in exact]
    assert {(row.votes, row.value, row.share) for row in ballot.rounds[0].rows} == {(None, None, None)}
    assert ballot.elected == declare(case).ballots[0].elected
    for kind, text in everywhere(declaration).items():
        assert f"{float(exact[0].value or 0) * 100:.1f}" not in text, kind
        assert "so are shares of the college" in " ".join(text.split()) or kind == "csv", kind
    assert sheets.declaration_pdf(declaration)
    found = mandate.mandate(declaration)
    assert found.total["share-of-votes"].value is None and found.total["share-of-votes"].published is None
    private = replace(case, rulebook=case.rulebook.model_copy(update={"disclosure": Disclosure(floor=10)}))
    assert mandate.swing(ours(private)).cannot


@settings(max_examples=200, deadline=None)
@given(
    small=st.tuples(st.integers(0, 3), st.integers(0, 3)).filter(any),
    large=st.tuples(st.integers(0, 90), st.integers(0, 90)).filter(lambda votes: sum(votes) >= 10),
    weight=st.sampled_from([Fraction(1, 10), Fraction(1, 4), Fraction(1, 3), Fraction(1, 2), Fraction(2, 3)]),
    decimals=st.integers(1, 3),
)
def test_shares_that_stay_open_can_come_of_either(
    small: tuple[int, int], large: tuple[int, int], weight: Fraction, decimals: int
) -> None:
    """Everything that the small section can have done is tried, by somebody who knows how many voted where."""
    rule = Disclosure(floor=10, unanimity_below=1)
    table = {"s": dict(zip("xy", small, strict=True)), "l": dict(zip("xy", large, strict=True))}
    weights = {"s": weight, "l": 1 - weight}

    def shown(share: Fraction) -> Fraction:
        return cut_fraction(share, decimals, "down")

    def share(in_small: int, in_large: int) -> Fraction:
        return weight * Fraction(in_small, sum(small)) + (1 - weight) * Fraction(in_large, sum(large))

    printed = [shown(share(one, two)) for one, two in zip(small, large, strict=True)]
    possible = {
        one
        for one in range(sum(small) + 1)
        for two in range(sum(large) + 1)
        if [shown(share(one, two)), shown(share(sum(small) - one, sum(large) - two))] == printed
    }
    assert small[0] in possible
    if stays_open([(table, weights)], rule, shown):
        assert {0, sum(small)} <= possible
    if len(possible) == 1:
        assert not stays_open([(table, weights)], rule, shown)


def test_shares_have_to_stay_open_in_every_round_for_the_same_two() -> None:
    def shown(share: Fraction) -> Fraction:
        return cut_fraction(share, 3, "down")

    rule, weights = Disclosure(floor=10), {"s": Fraction(1, 5), "l": Fraction(4, 5)}
    first = {"s": {"x": 1, "y": 1, "z": 1}, "l": {"x": 4003, "y": 4001, "z": 3001}}
    last = {"s": {"x": 2, "y": 1}, "l": {"x": 5503, "y": 5502}}
    other = {"s": {"x": 1, "z": 2}, "l": {"x": 5503, "z": 5502}}
    assert stays_open([(first, weights)], rule, shown)
    assert stays_open([(first, weights), (last, weights)], rule, shown)
    assert not stays_open([(last, weights), (other, weights)], rule, shown)  # x alone is in both
    assert stays_open([({"l": last["l"]}, {"l": Fraction(1)})], rule, shown)  # no small section


def test_a_college_without_a_small_section_is_declared_exactly() -> None:
    votes = {**SECRET, "staff": {"ada": 21, "ben": 22}}
    (ballot,) = declared_by(college(votes, WEIGHTS), Disclosure(floor=10, unanimity_below=50)).ballots
    assert ballot.rounds[0].rows[0].weighted.keys() == set(SECRET)
    assert "No segment had to be hidden" in str(ballot.disclosure)


UNITS = {
    "north": {"ada": 61, "ben": 52},
    "east": {"ada": 40, "ben": 33},
    "tiny": {"ada": 0, "ben": 3},
    "west": {"ada": 30, "ben": 29},
}


def test_units_that_give_points() -> None:
    rule = Disclosure(floor=10, unanimity_below=50)
    exact = declare(points(UNITS, '{ unit = "riding", each = 100 }')).ballots[0]
    declaration = declared_by(points(UNITS, '{ unit = "riding", each = 100 }'), rule)
    (ballot,) = declaration.ballots
    assert ballot.units == ()  # what is shown could be taken from the points of all
    assert ballot.units_won == {}
    for row, true in zip(ballot.rounds[0].rows, exact.rounds[0].rows, strict=True):
        assert row.votes is None
        assert set(row.by_section.values()) <= {None}
        assert row.value != true.value
        assert row.value is not None and (row.value * 10).denominator == 1
    assert {(section.lead, section.majority, section.first) for section in ballot.sections} == {(None, None, None)}
    for kind, text in everywhere(declaration).items():
        assert "tiny" not in text.casefold(), kind
        assert "west" not in text.casefold(), kind
        assert str(exact.rounds[0].rows[0].value) not in text, kind


def test_units_of_one_person_one_vote_are_pooled() -> None:
    case = omov({"members": {who: sum(row[who] for row in UNITS.values()) for who in ("ada", "ben")}})
    from selectorate.contest import UnitVotes

    case = replace(case, units={"ballot": UnitVotes((UNITS,), {name: name.title() for name in UNITS})})
    (ballot,) = declared_by(case, Disclosure(floor=10, unanimity_below=50)).ballots
    assert {unit.unit: dict(unit.votes) for unit in ballot.units} == {
        "north": UNITS["north"],
        "east": UNITS["east"],
        "pooled": {"ada": 30, "ben": 32},
    }
    assert [unit.winner for unit in ballot.units] == ["ada", "ada", None]


@pytest.mark.parametrize(("size", "apart"), [(4, False), (9, False), (10, False), (60, True)])
def test_papers_that_give_several_votes_are_told_by_voters_and_not_by_votes(size: int, apart: bool) -> None:
    """Four who each choose three give twelve votes: they are four voters all the same, and all chose Cyd."""
    ballots = {"members": 40, "staff": size}
    votes = {"members": {"a": 22, "b": 14, "c": 19}, "staff": {"b": size // 2, "c": size, "d": size}}
    found = safe_partition([votes], Disclosure(), what="segment", ballots=ballots)
    assert ("staff" not in found.names) == apart
