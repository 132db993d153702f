"""The roll imported: a dry run first, then one act, undone until a roll is closed with it."""

from __future__ import annotations

import polars as pl
import pytest
from tests.site import rolled
from tests.site.rolled import applied, csv_of, invented, member, taken_in
from tests.site.world import World, at

from selectorate import roll
from selectorate.errors import RefusedError
from selectorate.office.acts import entries, rolls, verify_log
from selectorate.office.models import Log, RollEntry, RollImport, RollPast, RollStep
from selectorate.office.rolls import files, importing, store


def fingerprint() -> str:
    """Of the roll as it is in the database."""
    return roll.fingerprint(store.load())


def test_what_is_imported_is_what_the_room_read(office: World) -> None:
    made = applied(office, invented(400, 7))
    assert (
        store.load()
        .rows.sort(roll.KEY, nulls_last=False)
        .equals(roll.invented(400, 7).rows.sort(roll.KEY, nulls_last=False))
    )
    step = RollStep.last()
    assert step.fingerprint == made.result == fingerprint()
    assert (step.rows, step.persons) == (len(roll.invented(400, 7)), 400)
    assert sum(step.counts["capacity"].values()) == step.rows


def test_a_second_import_and_its_undoing(office: World) -> None:
    first = [member("001", "Ann Able"), member("002", "Bea Best"), member("003", "Cy Cole", email="")]
    applied(office, csv_of(first))
    before = fingerprint()
    pks = dict(RollEntry.objects.values_list("person", "pk"))
    second = [member("001", "Ann Able", email="new@example.org"), member("003", "Cy Cole"), member("004", "Di Dunn")]
    made = applied(office, csv_of(second))
    assert {key: made.counts[key] for key in ("new", "changed", "gone", "unchanged", "refused")} == {
        "new": 1,
        "changed": 2,
        "gone": 1,
        "unchanged": 0,
        "refused": 0,
    }
    assert fingerprint() == made.result == RollStep.last().fingerprint
    assert RollEntry.objects.get(person="001").pk == pks["001"], "an entry that changes is the same entry"
    past = RollPast.objects.get(person="001")
    assert (past.kind, past.data) == ("changed", {"email": ["001@example.org", "new@example.org"]})
    gone = RollPast.objects.get(person="002")
    assert (gone.kind, gone.data["name"], gone.since) == ("gone", "Bea Best", RollStep.objects.get(number=1).pk)
    rolls.undo_import(office.registrar, None, imported=made.pk)
    assert fingerprint() == before
    assert not RollPast.objects.exists()
    assert RollEntry.objects.get(person="002").since.number == 1
    rolls.undo_import(office.registrar, None, imported=RollImport.objects.get(step__number=1).pk)
    assert len(store.load()) == 0
    assert [step.kind for step in RollStep.objects.order_by("number")] == ["import", "import", "undo", "undo"]
    assert verify_log(Log.objects.get(name="organisation")) == []


def test_a_dry_run_changes_nothing_and_says_what_is_wrong(office: World) -> None:
    rows = [member("1", "Ann Able"), member("2", "Bea Best", born="32/13/1980"), member("", "No Number")]
    made = taken_in(office, csv_of(rows))
    assert not RollEntry.objects.exists()
    assert (made.counts["new"], made.counts["refused"]) == (1, 2)
    page, more = files.page_of(f"{made.folder}/refusals", 1)
    assert not more
    assert {(row["row"], row["column"]) for row in page} == {(3, "born"), (4, "number")}
    assert all(row["what"] and row["todo"] for row in page)


def test_what_is_applied_is_what_was_shown(office: World) -> None:
    shown = taken_in(office, csv_of([member("1", "Ann Able")]))
    with pytest.raises(RefusedError, match="not the plan that was shown"):
        rolls.apply_import(office.registrar, None, imported=shown.pk, plan="0" * 64)
    applied(office, csv_of([member("2", "Bea Best")]))
    with pytest.raises(RefusedError, match="has changed since"):
        rolls.apply_import(office.registrar, None, imported=shown.pk, plan=shown.plan)
    assert list(RollEntry.objects.values_list("person", flat=True)) == ["2"]


def test_a_plan_whose_file_was_exchanged_is_refused(office: World) -> None:
    shown = taken_in(office, csv_of([member("1", "Ann Able")]))
    other = taken_in(office, csv_of([member("9", "Eve Evil")]))
    path = files.path(f"{shown.folder}/{importing.PLAN}")
    path.write_bytes(files.path(f"{other.folder}/{importing.PLAN}").read_bytes())
    with pytest.raises(RefusedError, match="not the one that was shown"):
        rolls.apply_import(office.registrar, None, imported=shown.pk, plan=shown.plan)
    path.write_bytes(b"nothing")
    with pytest.raises(RefusedError, match="cannot be read"):
        rolls.apply_import(office.registrar, None, imported=shown.pk, plan=shown.plan)


def test_only_the_last_import_is_undone(office: World) -> None:
    first = applied(office, csv_of([member("1", "Ann Able")]))
    applied(office, csv_of([member("1", "Ann Able"), member("2", "Bea Best")]))
    with pytest.raises(RefusedError, match="only the last"):
        rolls.undo_import(office.registrar, None, imported=first.pk)


def test_a_roll_that_is_closed_keeps_its_imports(office: World) -> None:
    rolled.contest_with_roll(office)
    made = RollImport.objects.get()
    assert rolls.undoable() is None
    with pytest.raises(RefusedError, match="closed with this import"):
        rolls.undo_import(office.registrar, None, imported=made.pk)


def test_a_single_entry_stops_the_undoing_and_keeps_the_figures(office: World) -> None:
    made = applied(office, csv_of([member("1", "Ann Able"), member("2", "Bea Best")]))
    entries.enter_entry(office.registrar, None, values=member("3", "Cy Cole"), reason="form of 3 June")
    entries.correct_entry(
        office.registrar,
        None,
        key=["1", "member", None, 1],
        values={"email": None, "joined": "2011-02-03"},
        reason="wrote in",
    )
    entries.remove_entry(office.registrar, None, key=["2", "member", None, 1], reason="died")
    with pytest.raises(RefusedError, match="nothing was changed after"):
        rolls.undo_import(office.registrar, None, imported=made.pk)
    step = RollStep.last()
    assert (step.rows, step.persons, step.counts["no mail"]) == (2, 2, 1)
    counted = store.figures()
    assert step.counts == counted
    assert RollEntry.objects.get(person="1").joined.isoformat() == "2011-02-03"
    with pytest.raises(RefusedError, match="hold this capacity"):
        entries.enter_entry(office.registrar, None, values=member("1", "Ann Able"), reason="again")
    with pytest.raises(RefusedError, match="say why"):
        entries.remove_entry(office.registrar, None, key=["1", "member", None, 1], reason=" ")
    with pytest.raises(RefusedError, match="not a day") as refused:
        entries.enter_entry(office.registrar, None, values=member("8", "X Y", born="tomorrow"), reason="x")
    assert refused.value.field == "born"


def test_a_mapping_is_remembered(office: World) -> None:
    rows = [{"Membership no": "007", "Full name": "Ann Able", "Since": "03/04/2010"}]
    made = taken_in(office, csv_of(rows))
    assert {question["key"] for question in made.questions} == {"fixed.capacity"}
    made.mapping |= {"fixed": {"capacity": "member"}, "columns": {**made.mapping["columns"], "joined": "Since"}}
    made.save()
    rolled.done(rolled.working.start("dry_run", office.registrar, imported=made, small=True))
    made.refresh_from_db()
    assert [question["key"] for question in made.questions] == ["day_first"]
    made.mapping |= {"day_first": True}
    made.save()
    rolled.done(rolled.working.start("dry_run", office.registrar, imported=made, small=True))
    made.refresh_from_db()
    rolls.apply_import(office.registrar, None, imported=made.pk, plan=made.plan)
    assert RollEntry.objects.get().joined.isoformat() == "2010-04-03"
    assert RollEntry.objects.get().number == "007"
    again = taken_in(office, csv_of([*rows, {**rows[0], "Membership no": "008", "Full name": "Bea Best"}]))
    assert again.questions == []
    assert (again.counts["new"], again.counts["unchanged"]) == (1, 1)


def test_a_file_without_a_column_does_not_wipe_it(office: World) -> None:
    """A list without telephones made all telephones unknown: a file says nothing of columns that it lacks."""
    full = [member("1", "Ann Able", phone="555", suspended="yes"), member("2", "Bea Best", phone="556", address="1 St")]
    applied(office, csv_of(full))
    short = [
        {"number": "1", "name": "Ann Able", "capacity": "member", "email": ""},
        {"number": "2", "name": "Bea Bold", "capacity": "member", "email": "b@x.org"},
    ]
    made = applied(office, csv_of(short))
    ann, bea = RollEntry.objects.order_by("person")
    assert (ann.phone, ann.family, ann.suspended) == ("555", "Able", True)
    assert ann.email is None, "what the file has a column for is what the file says"
    assert (bea.phone, bea.address, bea.email) == ("556", "1 St", "b@x.org")
    assert bea.family is None, "the family name was of another name"
    assert fingerprint() == made.result


def test_a_file_that_is_none_is_told(office: World) -> None:
    with pytest.raises(RefusedError, match="empty"):
        rolls.take_in_roll_file(office.registrar, None, name="x.csv", content=[])
    made = rolls.take_in_roll_file(office.registrar, None, name="../../x.xlsx", content=[b"PK\x03\x04 no workbook"])
    assert made.name == "x.xlsx"
    job = rolled.working.start("look", office.registrar, imported=made, small=True)
    assert job.status == "failed"
    assert job.says


def test_too_large_a_file_leaves_nothing_behind(office: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rolls, "MAX_BYTES", 10)
    there = (
        {path.name for path in (files.root() / "imports").glob("*")} if (files.root() / "imports").is_dir() else set()
    )
    with pytest.raises(RefusedError, match="at most"):
        rolls.take_in_roll_file(office.registrar, None, name="x.csv", content=[b"12345", b"678901"])
    assert {path.name for path in (files.root() / "imports").glob("*")} == there


def test_only_the_registrar(office: World) -> None:
    for user in (office.alice, office.scrutineer, office.nobody, None):
        with pytest.raises(RefusedError):
            rolls.take_in_roll_file(user, None, name="x.csv", content=[b"a"])


def test_a_roll_changed_behind_the_office_is_noticed(office: World) -> None:
    applied(office, csv_of([member("1", "Ann Able")]))
    RollEntry.objects.update(name="Eve Evil")
    made = rolls.take_in_roll_file(office.registrar, None, name="x.csv", content=[csv_of([member("2", "Bea Best")])])
    rolled.done(rolled.working.start("look", office.registrar, imported=made, small=True))
    job = rolled.working.start("dry_run", office.registrar, imported=made, small=True)
    assert job.status == "failed"
    assert "looked into" in job.says


def test_times_and_texts_come_back_as_they_were(office: World) -> None:
    hard = 'O\'Neill "Ó" \\ ; ,\tŁ🙂'
    row = member(
        "1",
        "Ann Able",
        address=hard.replace("\t", " "),
        capacity="registered supporter",
        registered="2016-03-27 01:30:00",
    )
    applied(office, csv_of([row]))
    found = store.load().rows.row(0, named=True)
    assert found["address"] == hard.replace("\t", " ")
    assert found["registered"].isoformat() == "2016-03-27T01:30:00"
    assert found["body"] is None
    assert store.load().rows.schema == pl.Schema(roll.SCHEMA)


def test_the_clock(office: World) -> None:
    with at("2016-07-01T10:00"):
        applied(office, csv_of([member("1", "Ann Able")]))
    assert RollStep.last().at.year == 2016
