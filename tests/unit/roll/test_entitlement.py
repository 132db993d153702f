"""Entitlement: the rulebook decides, or refuses with a reason; nobody votes twice where it says one."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from selectorate import documents, rules
from selectorate import roll as R
from selectorate.errors import InputError, RulebookError
from selectorate.rules.load import from_document

DATES = R.INVENTED_DATES
OLD = dt.date(2010, 5, 1)
MEMBER = {"capacity": "member", "joined": OLD, "suspended": False}
SUPPORTER = {
    "capacity": "affiliated supporter", "body": "Makers", "joined": OLD, "suspended": False,
    "registered": dt.datetime(2016, 8, 1),
}  # fmt: skip
REGISTERED = {
    "capacity": "registered supporter", "suspended": False, "paid": True, "registered": dt.datetime(2016, 7, 19, 9),
}  # fmt: skip


def roll(**persons: Any) -> R.Roll:
    """A roll of persons by key, each with one row or a list of rows."""
    made = []
    for person, rows in persons.items():
        made += [{"person": person, "name": person, **row} for row in (rows if isinstance(rows, list) else [rows])]
    return R.Roll.of(made)


def labour(of: R.Roll, **dates: Any) -> R.Entitlement:
    return R.entitlement(rules.load("labour-2014"), None, of, {**DATES, **dates})


def told(found: R.Entitlement) -> dict[str, tuple[list[str], list[str]]]:
    return {person: (segments, reasons) for person, segments, _, reasons in found.persons.iter_rows()}


# -- labour-2014 -----------------------------------------------------------------------------------------------------


def test_persons_in_two_segments_vote_once_in_the_first() -> None:
    found = labour(roll(ada=[MEMBER, SUPPORTER], bo=SUPPORTER, cy=[REGISTERED, SUPPORTER]))
    assert told(found) == {"ada": (["members"], []), "bo": (["affiliated"], []), "cy": (["affiliated"], [])}
    assert found.by_segment == {"members": 1, "affiliated": 2, "registered": 0}
    several = R.in_several_segments(found).rows()
    assert several == [("ada", ["members", "affiliated"], 1), ("cy", ["affiliated", "registered"], 1)]


def test_every_reason_is_told() -> None:
    late = dt.date(2016, 1, 13)
    found = labour(
        roll(
            late={**MEMBER, "joined": late},
            out={**MEMBER, "suspended": True, "joined": late},
            when={**MEMBER, "joined": None},
            which={**MEMBER, "suspended": None},
            broke={**REGISTERED, "paid": False},
            gone={**MEMBER, "left": dt.date(2016, 3, 1)},
            friend={"capacity": "friend"},
        )
    )
    freeze = "not so: joined on or before the freeze date"
    assert told(found) == {
        "late": ([], [freeze]),
        "out": ([], [freeze, "not so: is not suspended"]),
        "when": ([], ["date of joining not known"]),
        "which": ([], ["whether suspended not known"]),
        "broke": ([], ["not so: paid the fee"]),
        "gone": ([], ["no longer holds this capacity"]),
        "friend": ([], ['no segment is for the capacity "friend"']),
    }
    assert found.entitled == 0 and sum(found.by_reason.values()) == 7
    assert found.by_reason[freeze] == 2


def test_who_is_refused_in_one_capacity_may_vote_in_another() -> None:
    found = labour(roll(ada=[{**MEMBER, "joined": dt.date(2016, 5, 1)}, SUPPORTER]))
    assert told(found) == {"ada": (["affiliated"], [])}
    assert found.refused.height == 0


def test_a_day_includes_the_whole_of_it_and_a_moment_is_one() -> None:
    five = dt.datetime(2016, 7, 20, 17)
    persons = roll(
        a={**REGISTERED, "registered": five},
        b={**REGISTERED, "registered": five + dt.timedelta(seconds=1)},
        c={**REGISTERED, "registered": dt.datetime(2016, 7, 21)},
    )
    assert [bool(s) for s, _ in told(labour(persons)).values()] == [True, False, False]
    by_day = labour(persons, registration_deadline=dt.date(2016, 7, 20))
    assert [bool(s) for s, _ in told(by_day).values()] == [True, True, False]


def test_two_freeze_dates_and_their_difference() -> None:
    persons = roll(
        old=MEMBER, new={**MEMBER, "joined": dt.date(2016, 6, 1)}, newer={**MEMBER, "joined": dt.date(2016, 8, 1)}
    )
    early, late = labour(persons), labour(persons, freeze=dt.date(2016, 7, 12))
    assert R.compare_entitlement(early, late).rows() == [
        ("new", [], ["members"], ["not so: joined on or before the freeze date"], [])
    ]
    assert R.compare_entitlement(early, early).height == 0


def test_somebody_who_came_back_is_judged_by_each_time() -> None:
    first = {**MEMBER, "joined": dt.date(2001, 1, 1), "left": dt.date(2009, 1, 1)}
    back = roll(ada=[first, {**MEMBER, "joined": dt.date(2015, 1, 1), "spell": 2}])
    late = roll(bo=[first, {**MEMBER, "joined": dt.date(2016, 5, 1), "spell": 2}])
    assert told(labour(back)) == {"ada": (["members"], [])}
    reasons = told(labour(late))["bo"][1]
    assert reasons == ["not so: joined on or before the freeze date", "no longer holds this capacity"]


def test_one_in_each_segment_and_in_no_segment_two() -> None:
    book = rules.load("labour-2014")
    stages = tuple(
        s.model_copy(update={"votes": "one in each segment"}) if s.kind == "ballot" else s for s in book.stage
    )
    book = book.model_copy(update={"stage": stages})
    second = {**SUPPORTER, "body": "Clerks", "joined": dt.date(2005, 1, 1), "unit": "North"}
    found = R.entitlement(book, None, roll(ada=[MEMBER, SUPPORTER, second]), DATES)
    assert told(found) == {"ada": (["members", "affiliated"], [])}
    assert found.votes.filter(segment="affiliated").select("body", "unit").rows() == [("Clerks", "North")]


@pytest.mark.parametrize(
    ("dates", "said"),
    [
        ({"freeze": dt.date(2016, 1, 12)}, "is missing"),
        ({**DATES, "freze": dt.date(2016, 1, 12)}, 'Did you mean "freeze"'),
    ],
)
def test_dates_that_do_not_fit(dates: Any, said: str) -> None:
    with pytest.raises(InputError, match=said):
        R.entitlement(rules.load("labour-2014"), None, roll(ada=MEMBER), dates)


def test_a_stage_that_is_not_there() -> None:
    with pytest.raises(InputError, match="no ballot or motion"):
        R.entitlement(rules.load("labour-2014"), "balot", roll(ada=MEMBER), DATES)


# -- every preset, and rulebooks of one's own ------------------------------------------------------------------------


@pytest.mark.parametrize("name", rules.preset_ids())
def test_the_tests_of_every_preset_run(name: str) -> None:
    book = rules.load(name)
    R.check_tests(book)
    everybody = R.invented(300)
    dates = dict.fromkeys(book.timetable, dt.datetime(2016, 7, 12, 12))
    for stage in book.stage:
        if isinstance(stage, rules.BallotStage | rules.MotionStage):
            found = R.entitlement(book, stage.id, everybody, dates, on=dt.date(2016, 9, 1))
            assert found.persons.height == 300
            assert found.entitled + sum(found.by_reason.values()) == 300


def test_a_segment_without_tests_is_for_who_is_listed_in_it() -> None:
    found = R.entitlement(
        rules.load("fine-gael-2017"), None,
        roll(ann=[MEMBER, {"capacity": "representatives"}], bo={"capacity": "local public representatives"}),
        {"freeze": dt.date(2017, 5, 1)},
    )  # fmt: skip
    votes = {segments for _, segments in found.votes.select("person", "segment").iter_rows()}
    assert "representatives" in votes and found.entitled == 2


BOOK = """id = "mine"
name = "Mine"
organisation = "We"
office = "Chair"
[segments.all]
name = "members"
[segments.all.entitled]
"is of age" = {test}
[timetable]
freeze = "the day"
other = "another"
[[stage]]
kind = "ballot"
id = "ballot"
segments = ["all"]
paper = "rank"
count = "alternative vote"
elected = "majority of votes"
"""


def book(test: str) -> rules.Rulebook:
    import json

    return from_document(documents.parse(BOOK.replace("{test}", json.dumps(test)).encode(), "mine.toml"))


@pytest.mark.parametrize(
    ("test", "said"),
    [
        ("shoe_size > 40", '"shoe_size", which is neither a column'),
        ("joined < freeze; DROP TABLE roll", "is not a test"),
        ("(SELECT 1) = 1", ""),
        ("joined <= freeze AND person IN (SELECT person FROM roll)", ""),
        ("RANDOM() < joined", ""),
        ("REPEAT(unit, 1000000000) = 'x'", ""),
        ("REGEXP_LIKE(unit, '(a+)+$')", "which a test cannot"),
        ("COUNT(*) > 1 AND suspended", "which a test cannot"),
        ("suspended IS NOT TRUE", "IS TRUE"),
        ("ROW_NUMBER() OVER (ORDER BY joined) < 10", ""),
        ("unit ~ 'x'", ""),
    ],
)
def test_what_a_test_cannot_do_is_refused_at_set_up_with_its_line(test: str, said: str) -> None:
    with pytest.raises(RulebookError) as told:
        book(test)
    assert str(told.value).startswith('mine.toml:8: segments.all.entitled."is of age": ') and said in str(told.value)


@pytest.mark.parametrize(
    "test",
    [
        "born <= freeze - INTERVAL '14 years'",
        "EXTRACT(YEAR FROM born) < 2000",
        "LOWER(unit) = 'north'",
        "capacity IN ('member', 'friend') AND NOT COALESCE(arrears, FALSE)",
        "CASE WHEN paid THEN TRUE ELSE FALSE END",
        "joined BETWEEN DATE '2010-01-01' AND freeze",
        "unit LIKE 'N%' OR body IS NULL",
    ],
)
def test_what_a_test_can_do(test: str) -> None:
    dates = {"freeze": dt.date(2016, 1, 12), "other": dt.date(2016, 1, 13)}
    found = R.entitlement(book(test), None, R.invented(50), dates)
    assert found.entitled + sum(found.by_reason.values()) == 50


def test_a_test_that_fails_on_this_roll_is_told_as_one() -> None:
    dates = {"freeze": dt.date(2016, 1, 12), "other": dt.date(2016, 1, 13)}
    with pytest.raises(RulebookError, match="cannot be run on this roll"):
        R.entitlement(book("CAST(unit AS DATE) < freeze"), None, roll(ada={**MEMBER, "unit": "North"}), dates)


def test_a_day_is_not_compared_with_a_moment() -> None:
    dates = {"freeze": dt.date(2016, 1, 12), "other": dt.datetime(2016, 1, 13, 12)}
    with pytest.raises(InputError, match="compares a day with a moment"):
        R.entitlement(book("joined <= freeze AND registered <= other"), None, roll(ada=MEMBER), dates)


def test_a_rulebook_that_was_not_loaded_is_checked_at_set_up() -> None:
    good = book("joined <= freeze")
    segment = good.segments["all"].model_copy(update={"entitled": {"is": "shoe > 4"}})
    with pytest.raises(RulebookError, match="shoe"):
        R.check_tests(good.model_copy(update={"segments": {"all": segment}}))


# -- reconciliation, and who asks ------------------------------------------------------------------------------------


def test_a_sum_that_holds_and_one_that_does_not() -> None:
    found = labour(roll(ada=MEMBER, bo={**MEMBER, "joined": None}))
    sums = R.reconciliation(5, found, refused={"duplicate": 2}, added={"court order": 1}, struck={"died": 2})
    assert (sums.expected, sums.final, sums.gap, sums.holds) == (1, 1, 0, True)
    assert sums.refused == {"duplicate": 2, "date of joining not known": 1}
    assert sums.text().endswith("The sum holds.\n")
    wrong = R.reconciliation(7, found, refused={"duplicate": 2})
    assert wrong.gap == -3 and "has 3 fewer than can be accounted for" in wrong.text()
    with pytest.raises(InputError, match="negative"):
        R.reconciliation(5, found, added={"x": -1})


ADA = {
    **MEMBER,
    "number": "00123",
    "family": "Ünal-Lee",
    "born": dt.date(1970, 1, 1),
    "postcode": "ZZ1 1AA",
    "email": "ada@example.org",
}


def test_who_asks_is_told_the_same_words_whoever_is_on_the_roll() -> None:
    persons = roll(ada=ADA, bo={**ADA, "number": "00124", "email": None, "address": "1 High St"})
    found = labour(persons)
    right = R.ask(persons, found, number="00123", family="unal lee", born=dt.date(1970, 1, 1))
    assert right.to == "ada@example.org" and right.person == "ada"
    assert right.letter is not None and "You may vote in: members." in right.letter and "00124" not in right.letter
    by_post = R.ask(persons, found, number="00124", family="Ünal-Lee", postcode="zz11aa")
    assert by_post.to == "bo, 1 High St, ZZ1 1AA"
    for wrong in (
        {"number": "00123", "family": "Lee", "born": dt.date(1970, 1, 1)},
        {"number": "123", "family": "Ünal-Lee", "born": dt.date(1970, 1, 1)},
        {"number": "00123", "family": "Ünal-Lee"},
        {"number": "00123", "family": "Ünal-Lee", "born": dt.date(1970, 1, 2), "postcode": "ZZ9 9ZZ"},
        {"number": "", "family": "", "postcode": ""},
    ):
        answer = R.ask(persons, found, **wrong)  # type: ignore[arg-type]
        assert (answer.public, answer.to, answer.letter, answer.person) == (right.public, None, None, None)
    assert "ada@example.org" not in repr(right)


def test_a_letter_says_why_not() -> None:
    persons = roll(ada={**ADA, "suspended": True})
    letter = R.entry(persons, labour(persons), "ada").letter
    assert letter is not None and "You may not vote:\n  not so: is not suspended" in letter and "appeal" in letter
