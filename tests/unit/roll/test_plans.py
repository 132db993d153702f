"""The dry run: what it shows is what is done, nobody vanishes for a slip, and what was done is undone."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from selectorate import roll as R
from selectorate.errors import InputError


def read(text: str, **mapping: Any) -> R.Reading:
    table = R.look(text.encode(), "members.csv")
    said = R.propose_mapping(table).model_copy(update={"fixed": {"capacity": "member"}, **mapping})
    return R.read(table, said)


def rows(*persons: str, **more: Any) -> R.Roll:
    return R.Roll.of([{"person": p, "name": f"Person {p}", "capacity": "member", **more} for p in persons])


def test_new_changed_gone_and_unchanged() -> None:
    plan = R.dry_run(rows("1", "2", "3"), read("Number,Name\n1,Person 1\n2,Person Two\n4,Person 4\n"))
    # Number is known now, so the first has changed too.
    assert (plan.new, plan.changed, plan.gone, plan.unchanged, plan.refused) == (1, 2, 1, 0, 0)
    assert plan.difference.by_column() == {"number": 2, "name": 1}
    key = ("2", "member", None, 1)
    assert plan.difference.changes() == [
        R.Change(("1", "member", None, 1), "number", None, "1"),
        R.Change(key, "number", None, "2"),
        R.Change(key, "name", "Person 2", "Person Two"),
    ]


def test_a_file_without_a_column_does_not_wipe_it() -> None:
    """A list without telephones made all telephones unknown: a file says nothing of columns that it lacks."""
    current = rows("1", "2", phone="555", family="Person", email="p@x.org", suspended=True)
    plan = R.dry_run(current, read("Number,Name,E-mail\n1,Person 1,\n2,Person Two,\n"))
    one, two = R.apply(current, plan).rows.sort("person").to_dicts()
    assert (one["phone"], one["family"], one["suspended"]) == ("555", "Person", True)
    assert one["email"] is None, "what the file has a column for is what the file says"
    assert (two["phone"], two["family"]) == ("555", None), "the family name was of another name"


def test_a_name_may_change_if_the_birthday_is_the_same() -> None:
    current = rows("1", born=dt.date(1970, 1, 1))
    plan = R.dry_run(current, read("Number,Name,Born\n1,Person Married,1970-01-01\n"))
    assert plan.changed == 1 and not plan.refusals


def test_an_equal_number_of_another_body_makes_nobody_one_person() -> None:
    current = rows("1")
    union = {"fixed": {"capacity": "affiliated supporter", "body": "Makers"}}
    plan = R.dry_run(current, read("Number,Name\n1,Somebody Else\n", **union))
    assert plan.refused == 1 and "prefix" in plan.refusals[0].todo and plan.gone == 0
    plan = R.dry_run(current, read("Number,Name\n1,Somebody Else\n", **union, prefix="makers-"))
    assert plan.new == 1 and not plan.refusals
    plan = R.dry_run(current, read("Number,Name\n1,person 1\n", **union))
    assert plan.new == 1, "the same name: the same person in a second capacity"


def test_a_refused_row_leaves_its_person_as_they_are() -> None:
    current = rows("1", "2")
    plan = R.dry_run(current, read("Number,Name,Joined\n1,Person 1,2015-01-01\n2,Person 2,soon\n"))
    assert plan.gone == 0 and plan.refused == 1
    after = R.apply(current, plan)
    assert after.persons == 2


def test_rows_of_nobody_are_warned_of() -> None:
    plan = R.dry_run(rows("1", "2"), read('Number,Name\n1,Person 1\n"2"x,Person 2\n'))
    assert plan.gone == 1
    assert any("nobody can tell whose they are" in remark.what for remark in plan.remarks)
    assert any("more than one in ten" in remark.what for remark in plan.remarks)


@pytest.mark.parametrize(("covers", "gone"), [("its capacities", 1), ("additions", 0), ("the whole roll", 2)])
def test_whom_a_file_makes_gone(covers: str, gone: int) -> None:
    others = R.Roll.of([{"person": "9", "name": "Nia", "capacity": "registered supporter"}])
    current = R.Roll.of([*rows("1", "2").rows.to_dicts(), *others.rows.to_dicts()])
    assert R.dry_run(current, read("Number,Name\n1,Person 1\n", covers=covers)).gone == gone


def test_only_what_was_shown_is_done() -> None:
    current = rows("1")
    plan = R.dry_run(current, read("Number,Name\n2,Bo\n"))
    with pytest.raises(InputError, match="has changed since the dry run"):
        R.apply(rows("1", "3"), plan)
    after = R.apply(current, plan)
    with pytest.raises(InputError, match="has changed since this import"):
        R.undo(rows("1"), plan)
    assert R.fingerprint(R.undo(after, plan)) == R.fingerprint(current)


def test_a_plan_is_kept_and_held_to_its_fingerprint() -> None:
    plan = R.dry_run(rows("1"), read("Number,Name,Joined\n2,Bo,2015-01-01\n3,Cy,never\n"))
    kept = R.Plan.from_bytes(plan.to_bytes())
    assert kept.fingerprint == plan.fingerprint and kept.refusals == plan.refusals
    for broken in (b"", b"PK", plan.to_bytes()[:-30]):
        with pytest.raises(InputError, match="no plan"):
            R.Plan.from_bytes(broken)
    other = R.dry_run(rows("1"), read("Number,Name\n2,Bea\n"))
    forged = R.Plan(other.difference, (), (), plan.base, plan.result, plan.fingerprint)
    with pytest.raises(InputError, match="fingerprint"):
        R.Plan.from_bytes(forged.to_bytes())
    with pytest.raises(InputError, match="not lead to the roll that was shown"):
        R.apply(rows("1"), forged)


def test_the_fingerprint_is_that_of_the_documented_form() -> None:
    import hashlib

    roll = R.Roll.of(
        [
            {"person": "2", "name": "Tab\there", "capacity": "member", "born": dt.date(1970, 1, 2)},
            {"person": "1", "name": "A\\B", "capacity": "member", "paid": True},
        ]
    )
    text = (
        "selectorate roll 1\tperson\tname\tborn\tcapacity\tspell\tpaid\n"
        "1\tA\\\\B\t\\N\tmember\t1\ttrue\n2\tTab\\there\t1970-01-02\tmember\t1\t\\N\n"
    )
    assert b"".join(R.canonical(roll)).decode() == text
    assert R.fingerprint(roll) == hashlib.sha256(text.encode()).hexdigest()
    assert R.fingerprint(roll, b"salt") == hashlib.sha256(b"salt" + text.encode()).hexdigest()


# -- after the roll is closed ------------------------------------------------------------------------------------------

NOW = dt.datetime(2016, 8, 1, 12)


def act(kind: Any, **more: Any) -> R.LaterChange:
    given = {"reason": "Court order 12", "officials": ("Ada Lee", "Bo Ode"), "on": NOW, **more}
    return R.LaterChange(kind, **given)


def test_later_changes() -> None:
    roll = rows("1", "2")
    key = ("1", "member", None, 1)
    assert R.change(roll, act("strike", key=key)).rows["person"].to_list() == ["2"]
    amended = R.change(roll, act("amend", key=key, values={"suspended": True}))
    assert R.difference(roll, amended).changes() == [R.Change(key, "suspended", None, True)]
    added = R.change(roll, act("add", values={"person": "3", "name": "Cy", "capacity": "member"}))
    assert added.persons == 3
    merged = R.change(roll, act("merge", person="1", other="2"))
    assert merged.persons == 1 and len(merged) == 1


def test_merging_keeps_capacities_of_both() -> None:
    other = R.Roll.of([{"person": "m-2", "name": "Ada", "capacity": "affiliated supporter", "body": "Makers"}])
    roll = R.Roll.of([*rows("1").rows.to_dicts(), *other.rows.to_dicts()])
    merged = R.merge(roll, "1", "m-2")
    assert merged.persons == 1 and sorted(merged.rows["capacity"]) == ["affiliated supporter", "member"]


@pytest.mark.parametrize(
    ("kind", "more", "said"),
    [
        ("strike", {"reason": " "}, "needs a reason"),
        ("strike", {"officials": ("Ada", " ada ")}, "needs two officials"),
        ("strike", {"officials": ("Ada", "")}, "needs two officials"),
        ("strike", {"key": ("9", "member", None, 1)}, "no such row"),
        ("strike", {}, "no such row"),
        ("amend", {"key": ("1", "member", None, 1), "values": {"person": "2"}}, "cannot be amended"),
        ("add", {"values": {"person": "1", "name": "Ada", "capacity": "member"}}, "on the roll already"),
        ("merge", {"person": "1", "other": "7"}, "no such person"),
        ("merge", {"person": "1", "other": "1"}, "the same person"),
    ],
)
def test_a_later_change_that_is_refused(kind: str, more: dict[str, Any], said: str) -> None:
    with pytest.raises(InputError, match=said):
        R.change(rows("1"), act(kind, **more))


def test_the_sheet_for_a_court() -> None:
    before = rows("1", "2", joined=dt.date(2015, 1, 1))
    strike = act("strike", key=("2", "member", None, 1))
    amend = act("amend", key=("1", "member", None, 1), values={"joined": dt.date(2016, 1, 1)})
    after = R.change(R.change(before, strike), amend)
    text = R.court_text(before, after, [strike, amend], title="Roll of members")
    assert R.fingerprint(before) in text and R.fingerprint(after) in text
    assert "2 - 1 gone + 0 added = 1" in text
    assert "1. 2016-08-01 12:00:00: struck 2, member, by Ada Lee and Bo Ode. Reason: Court order 12" in text
    assert "- 2, member: name: Person 2; date of joining: 2015-01-01" in text
    assert "- 1, member: date of joining was 2015-01-01, is 2016-01-01" in text
