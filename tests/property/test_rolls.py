"""Rolls: what holds of every one. Entitlement has a naive twin in SQLite, duplicates one that compares every two."""

from __future__ import annotations

import datetime as dt
import itertools
import sqlite3
from collections.abc import Mapping
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.strategies_rolls import rolls

from selectorate import roll as R
from selectorate import rules
from selectorate.roll.alike import plain_text

DATES: Mapping[str, dt.date | dt.datetime] = {
    "freeze": dt.date(2016, 1, 12),
    "affiliated_deadline": dt.datetime(2016, 7, 20, 17),
    "registration_deadline": dt.date(2016, 7, 20),
}


def same(a: R.Roll, b: R.Roll) -> bool:
    """Whether two rolls hold the same rows, compared without the fingerprint."""
    return sorted(map(repr, a.rows.rows())) == sorted(map(repr, b.rows.rows()))


# -- files, plans ---------------------------------------------------------------------------------------------------


@given(rolls())
def test_what_is_written_is_read_again(roll: R.Roll) -> None:
    reading = R.read(R.look(R.csv_text(roll).encode("utf-8-sig"), "roll.csv"), R.CSV_MAPPING)
    births = roll.rows.group_by("person").agg(pl.col("born").drop_nulls().n_unique())
    wrong = roll.rows.filter((pl.col("left") < pl.col("joined")) | (pl.col("joined") < pl.col("born")))
    if births["born"].max() in (None, 0, 1) and not wrong.height:
        assert reading.refusals == ()
        assert same(reading.roll, roll)


@given(rolls())
def test_no_cell_is_a_formula(roll: R.Roll) -> None:
    for cell in itertools.chain(*R.safe(roll.rows).rows()):
        assert cell is None or not str(cell).startswith(("=", "+", "-", "@", "\t", "\r"))


def reading_of(roll: R.Roll, **mapping: Any) -> R.Reading:
    return R.Reading(
        name="made up",
        mapping=R.CSV_MAPPING.model_copy(update=mapping),
        roll=roll,
        numbers=pl.Series(range(2, len(roll) + 2), dtype=pl.Int64),
        refusals=(),
        remarks=(),
        questions=(),
        rows=len(roll),
        refused_rows=0,
        held=frozenset(),
        unnamed=0,
    )


COVERS = st.sampled_from(["the whole roll", "its capacities", "additions"])


@given(rolls(), rolls(), COVERS)
def test_applied_and_undone_is_as_before(current: R.Roll, coming: R.Roll, covers: str) -> None:
    plan = R.dry_run(current, reading_of(coming, covers=covers))
    after = R.apply(current, plan)
    assert R.fingerprint(after) == plan.result
    assert same(R.undo(after, plan), current)
    assert same(R.undo(after, R.Plan.from_bytes(plan.to_bytes())), current)
    assert plan.new + plan.changed + plan.unchanged + plan.refused == len(coming) + (
        0 if covers == "the whole roll" else len(after) - (plan.new + plan.changed + _as_it_is(current, coming, plan))
    )


def _as_it_is(current: R.Roll, coming: R.Roll, plan: R.Plan) -> int:
    """Rows of ``coming`` that are on the roll already, just so."""
    refused = {refusal.row - 2 for refusal in plan.refusals}
    rows = [row for number, row in enumerate(coming.rows.rows()) if number not in refused]
    return len({repr(row) for row in rows} & {repr(row) for row in current.rows.rows()})


@given(rolls(), rolls())
def test_a_plan_applied_gives_what_was_read(current: R.Roll, coming: R.Roll) -> None:
    plan = R.dry_run(current, reading_of(coming, covers="the whole roll"))
    if not plan.refusals:
        assert same(R.apply(current, plan), coming)


@given(rolls(), st.randoms(use_true_random=False))
def test_the_fingerprint_does_not_know_the_order(roll: R.Roll, random: Any) -> None:
    order = list(range(len(roll)))
    random.shuffle(order)
    assert R.fingerprint(R.Roll(roll.rows[order])) == R.fingerprint(roll)


@given(rolls(), rolls())
def test_equal_fingerprints_are_equal_rolls(a: R.Roll, b: R.Roll) -> None:
    assert (R.fingerprint(a) == R.fingerprint(b)) == same(a, b)


@given(rolls(), rolls())
def test_a_difference_leads_from_one_to_the_other(a: R.Roll, b: R.Roll) -> None:
    found = R.difference(a, b)
    assert found.added.height + found.changed_after.height + found.unchanged == len(b)
    assert found.gone.height + found.changed_before.height + found.unchanged == len(a)
    assert found.nothing == same(a, b)
    assert sum(found.by_column().values()) == len(found.changes())


# -- entitlement -----------------------------------------------------------------------------------------------------


def naive(roll: R.Roll, name: str, dates: Mapping[str, dt.date | dt.datetime], one: bool) -> dict[str, list[str]]:
    """The segments of every person, row by row, the tests answered by SQLite: true is 1, what is not known NULL."""
    book = rules.load(name)
    (stage,) = [s for s in book.stage if isinstance(s, rules.BallotStage) and s.segments]
    on = max(d.date() if isinstance(d, dt.datetime) else d for d in dates.values())
    base = sqlite3.connect(":memory:")

    def text(value: object, day: bool) -> object:
        if isinstance(value, dt.datetime):
            return value.strftime("%Y-%m-%d" if day else "%Y-%m-%d %H:%M:%S")
        if isinstance(value, dt.date):
            return value.strftime("%Y-%m-%d" if day else "%Y-%m-%d 00:00:00")
        return value

    found: dict[str, set[str]] = {person: set() for person in roll.rows["person"]}
    for row in roll.rows.iter_rows(named=True):
        for segment in stage.segments:
            passes = True
            for test in book.segments[segment].entitled.values():
                named = [date for date in dates if date in test]
                day = bool(named) and not isinstance(dates[named[0]], dt.datetime)
                values = {**row, **dates}
                columns = [f'? AS "{column}"' for column in values]
                (answer,) = base.execute(
                    f"SELECT {test} FROM (SELECT {', '.join(columns)})", [text(v, day) for v in values.values()]
                ).fetchone()
                passes = passes and answer == 1
            if passes and not (row["left"] is not None and row["left"] <= on):
                found[row["person"]].add(segment)
    order = {person: [s for s in stage.segments if s in segments] for person, segments in found.items()}
    return {person: segments[:1] if one else segments for person, segments in order.items()}


@given(rolls(12), st.booleans())
def test_entitlement_is_that_of_the_naive_twin(roll: R.Roll, one: bool) -> None:
    book = rules.load("labour-2014")
    if not one:
        stages = tuple(
            s.model_copy(update={"votes": "one in each segment"}) if isinstance(s, rules.BallotStage) else s
            for s in book.stage
        )
        book = book.model_copy(update={"stage": stages})
    found = R.entitlement(book, None, roll, DATES)
    segments = dict(found.persons.select("person", "segments").iter_rows())
    assert segments == naive(roll, "labour-2014", DATES, one)
    reasons = dict(found.persons.select("person", "reasons").iter_rows())
    assert all(bool(segments[person]) != bool(reasons[person]) for person in segments)
    assert sum(found.by_segment.values()) == sum(map(len, segments.values())) == found.votes.height
    assert sum(found.by_reason.values()) + found.entitled == roll.persons


# -- duplicates --------------------------------------------------------------------------------------------------------


def brute_force(roll: R.Roll) -> dict[tuple[str, str], set[str]]:
    """The exact rules, every two persons held beside each other."""
    persons: dict[str, dict[str, Any]] = {}
    for row in roll.rows.sort("person", "capacity", "body", "spell", nulls_last=False).iter_rows(named=True):
        known = persons.setdefault(row["person"], {})
        for name, value in row.items():
            if value is not None:
                known.setdefault(name, value)

    def plain(value: str | None) -> str | None:
        return None if value is None else pl.select(plain_text(pl.lit(value))).item()

    def words(*names: str | None) -> tuple[str, ...] | None:
        return (
            None
            if any(n is None for n in names)
            else tuple(sorted(w for n in names for w in (plain(n) or "").split(" ")))
        )

    found: dict[tuple[str, str], set[str]] = {}
    for a, b in itertools.combinations(sorted(persons), 2):
        x, y = persons[a], persons[b]
        why = set()
        numbers = [(p.get("number") or "").replace("-", "").lstrip("0") for p in (x, y)]
        if numbers[0] and numbers[0] == numbers[1] and x.get("body") == y.get("body"):
            why.add("same number")
        born = x.get("born") is not None and x.get("born") == y.get("born")
        places = [
            None
            if p.get("address") is None
            else f"{plain(p['address'])} {(plain(p.get('postcode')) or '').replace(' ', '')}"
            for p in (x, y)
        ]
        place = places[0] is not None and places[0] == places[1]
        mail = x.get("email") is not None and x["email"].lower() == (y.get("email") or "").lower()
        if words(x["name"]) == words(y["name"]):
            why |= {w for w, holds in (("date of birth", born), ("address", place), ("e-mail", mail)) if holds}
            why = {w if w == "same number" else f"same name and {w}" for w in why}
            one, two = x.get("born"), y.get("born")
            if one and two and one != two and (one.year, one.day, one.month) == (two.year, two.month, two.day):
                why.add("same name, day and month of birth exchanged")
        for p, q in ((x, y), (y, x)):
            former = words(p.get("given"), p.get("former")) if p.get("family") else None
            if former is not None and former == words(q["name"]):
                why |= {f"former name and {w}" for w, holds in (("date of birth", born), ("address", place)) if holds}
        if why:
            found[a, b] = why
    return found


@given(rolls(10))
def test_exact_rules_find_what_brute_force_finds(roll: R.Roll) -> None:
    pytest.importorskip("rapidfuzz")
    found = {(pair.a, pair.b): {w for w in pair.why if not w.startswith("near")} for pair in R.duplicates(roll).pairs}
    assert {pair: why for pair, why in found.items() if why} == brute_force(roll)


@given(rolls(10))
def test_a_pair_that_the_desk_has_parted_stays_apart(roll: R.Roll) -> None:
    pytest.importorskip("rapidfuzz")
    pairs = [(pair.b, pair.a) for pair in R.duplicates(roll).pairs]
    assert R.duplicates(roll, different=pairs).pairs == ()


# -- anything at all -------------------------------------------------------------------------------------------------


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused_in_words(content: bytes) -> None:
    from selectorate.errors import SelectorateError

    try:
        table = R.look(content, "any")
        mapping = R.propose_mapping(table)
        R.read(table, mapping.model_copy(update={"fixed": {"capacity": "member"}}))
    except SelectorateError:
        pass


@given(st.text(alphabet="Number,Name\n1;\"'=\t\ufeff \r/-20156é", max_size=120))
def test_any_text_is_read_or_refused_in_words(text: str) -> None:
    from selectorate.errors import SelectorateError

    content = f"Number,Name,Joined,Paid\n{text}".encode()
    try:
        table = R.look(content, "any")
        columns = {"number": "Number", "name": "Name", "joined": "Joined", "paid": "Paid"}
        mapping = R.Mapping(
            columns=columns, fixed={"capacity": "member"}, day_first=True, serials="1900", separator=","
        )
        reading = R.read(table, mapping)
        assert reading.rows == len(reading.roll) + reading.refused_rows
    except SelectorateError:
        pass
