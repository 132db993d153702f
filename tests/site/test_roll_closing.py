"""The roll of a contest: closed at its date, then changed by two officials with a reason."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

import pytest
from tests.site import rolled
from tests.site.rolled import applied, contest_with_roll, csv_of, member
from tests.site.world import World, at

from selectorate import roll
from selectorate.errors import RefusedError
from selectorate.office import preflight
from selectorate.office.acts import amending, confirm, contests, entries, reconciling, verify_log
from selectorate.office.acts import closing as acts
from selectorate.office.models import ClosedRoll, Entitlement, Log, RollEntry
from selectorate.office.rolls import closing, figures, files, working

LATER = "2016-08-20T10:00"


def votes(closed: ClosedRoll, stage: str = "ballot") -> set[tuple[str, str]]:
    """Who votes where, as the database has it."""
    rows = Entitlement.objects.filter(closed=closed, stage=stage, ended=None).exclude(segment="")
    return set(rows.values_list("person", "segment"))


def small(office: World) -> ClosedRoll:
    """A roll of a few persons: two with a vote, one who joined too late."""
    rows = [
        member("1", "Ann Able"),
        member("2", "Bea Best"),
        member("3", "Cy Cole", joined="2016-03-01"),
    ]
    return contest_with_roll(office, csv_of(rows))


def changed(office: World, act: Any, closed: ClosedRoll, **given: Any) -> ClosedRoll:
    """A change of a closed roll, by two officials."""
    with at(LATER):
        confirm(office.alice, act(office.registrar, closed.contest, **given))
    closed.refresh_from_db()
    return closed


def test_the_entitlement_is_the_room_s(office: World) -> None:
    closed = contest_with_roll(office)
    rows = roll.invented(300, 1)
    found = roll.entitlement(closed.contest.rulebook, "ballot", rows, roll.INVENTED_DATES)
    assert votes(closed) == set(found.votes.select("person", "segment").iter_rows())
    stored = Entitlement.objects.filter(closed=closed, segment="")
    assert {(row.person, tuple(closing.reasons_of(row))) for row in stored} == {
        (row["person"], tuple(row["reasons"])) for row in found.persons.to_dicts() if not row["segments"]
    }
    assert closed.counts["ballot"]["by_segment"] == dict(found.by_segment)
    assert closed.counts["ballot"]["by_reason"] == dict(found.by_reason)
    assert closed.fingerprint == roll.fingerprint(rows)
    assert closed.published == roll.fingerprint(rows, bytes.fromhex(closed.salt)) != closed.fingerprint
    several = Entitlement.objects.filter(closed=closed, several=True).values("person").distinct().count()
    assert several == roll.in_several_segments(found).height > 0
    assert closing.same_as_stored(closed)


def test_it_is_not_closed_before_its_last_date(office: World) -> None:
    with at("2016-07-01T10:00"):
        applied(office, rolled.invented())
        made = rolled.contest(office)
    with at("2016-08-08T10:59"), pytest.raises(RefusedError, match="has not passed"):
        rolled.closed(office, made)
    with at("2016-08-08T11:00"):
        assert rolled.closed(office, made).closed


def test_what_is_closed_is_what_was_shown(office: World) -> None:
    with at("2016-07-01T10:00"):
        applied(office, csv_of([member("1", "Ann Able")]))
        made = rolled.contest(office)
    with at("2016-08-10T10:00"):
        job = working.start("prepare", office.registrar, contest=made, small=True)
        prepared = ClosedRoll.objects.get(pk=job.result["prepared"])
        with pytest.raises(RefusedError, match="not the roll that was shown"):
            acts.close_roll(office.registrar, made, prepared=prepared.pk, fingerprint="0" * 64)
        entries.enter_entry(office.registrar, None, values=member("2", "Bea Best"), reason="late form")
        with pytest.raises(RefusedError, match="has changed since"):
            acts.close_roll(office.registrar, made, prepared=prepared.pk, fingerprint=prepared.fingerprint)
        assert rolled.closed(office, made).persons == 2
        with pytest.raises(RefusedError, match="closed already"):
            rolled.closed(office, made)


def test_a_ballot_waits_for_its_roll(office: World) -> None:
    with at("2016-07-01T10:00"):
        applied(office, csv_of([member("1", "Ann Able")]))
        made = rolled.contest(office)
    with at("2016-08-10T10:00"):
        assert "the roll is closed" in {item.name for item in preflight.blocking(made, "ballot")}
        assert "the roll is closed" not in {item.name for item in preflight.checklist(made, "nomination")}
        rolled.closed(office, made)
        assert "the roll is closed" not in {item.name for item in preflight.blocking(made, "ballot")}


def test_open_pairs_and_appeals_warn_and_do_not_block(office: World) -> None:
    closed = small(office)
    twin = member("4", "Ann Able")
    applied(office, csv_of([member("1", "Ann Able"), twin]))
    rolled.done(working.start("find_duplicates", office.registrar, small=True))
    line = next(item for item in preflight.checklist(closed.contest, "ballot") if "duplicates" in item.name)
    assert not line.done
    assert line.name not in {item.name for item in preflight.blocking(closed.contest, "ballot")}


def test_later_imports_do_not_touch_it(office: World) -> None:
    closed = small(office)
    before = votes(closed)
    applied(office, csv_of([member("9", "Zed Zulu")]))
    assert list(RollEntry.objects.values_list("person", flat=True)) == ["9"]
    assert votes(closed) == before
    assert closing.before(closed).persons == 3


def test_a_change_takes_two_officials_and_a_reason(office: World) -> None:
    closed = small(office)
    with at(LATER):
        with pytest.raises(RefusedError, match="reason"):
            amending.strike_person(office.registrar, closed.contest, person="1", reason=" ")
        with pytest.raises(RefusedError, match="another role"):
            amending.strike_person(office.scrutineer, closed.contest, person="1", reason="left")
        proposal = amending.strike_person(office.registrar, closed.contest, person="1", reason="left in May")
        assert ("1", "members") in votes(closed)
        assert not closed.amendments.exists()
        with pytest.raises(RefusedError, match="second official"):
            confirm(office.registrar, proposal)
        with pytest.raises(RefusedError, match="another role"):
            confirm(office.scrutineer, proposal)
        confirm(office.alice, proposal)
    closed.refresh_from_db()
    assert votes(closed) == {("2", "members")}
    one = closed.amendments.get()
    assert (one.kind, one.reason, one.officials) == ("strike", "left in May", ["Rita Registrar", "Alice Officer"])
    assert closed.standing["ballot"]["entitled"] == 1
    assert closed.standing["ballot"]["by_segment"]["members"] == 1
    assert closed.counts["ballot"]["entitled"] == 2
    assert verify_log(Log.objects.get(name=f"contest:{closed.contest.pk}")) == []


def test_admitted_by_the_rulebook_or_by_a_ruling(office: World) -> None:
    closed = changed(
        office, amending.admit_person, small(office), values=member("7", "Di Dunn"), reason="form was lost"
    )
    assert ("7", "members") in votes(closed)
    late = member("8", "Ed East", joined="2016-05-01")
    with at(LATER), pytest.raises(RefusedError, match="joined on or before") as refused:
        amending.admit_person(office.registrar, closed.contest, values=late, reason="asks for it")
    assert refused.value.field == "segment"
    changed(office, amending.admit_person, closed, values=late, reason="order of the court", segment="members")
    assert ("8", "members") in votes(closed)
    assert closed.standing["ballot"]["entitled"] == 4
    changed(
        office, amending.change_entry, closed, key=["8", "member", None, 1], values={"email": "e@x.org"}, reason="typo"
    )
    assert ("8", "members") in votes(closed), "a ruling stands when the entry changes"
    changed(office, amending.strike_person, closed, person="8", reason="order was lifted")
    assert ("8", "members") not in votes(closed)
    assert closing.same_as_stored(closed)


def test_a_correction_is_decided_again(office: World) -> None:
    closed = small(office)
    assert ("3", "members") not in votes(closed)
    key = ["3", "member", None, 1]
    changed(office, amending.change_entry, closed, key=key, values={"joined": "2015-03-01"}, reason="card seen")
    assert ("3", "members") in votes(closed)
    changed(office, amending.change_entry, closed, key=key, values={"suspended": True}, reason="since 1 May")
    assert ("3", "members") not in votes(closed)
    history = list(
        Entitlement.objects.filter(closed=closed, person="3").order_by("pk").values_list("segment", "reason")
    )
    assert history == [
        ("", "not so: joined on or before the freeze date"),
        ("members", ""),
        ("", "not so: is not suspended"),
    ]
    with at(LATER), pytest.raises(RefusedError, match="does not change"):
        amending.change_entry(office.registrar, closed.contest, key=key, values={"person": "4"}, reason="x")
    assert closing.same_as_stored(closed)


def test_two_keys_are_one_person_with_one_vote(office: World) -> None:
    rows = [
        member("1", "Ann Able"),
        member(
            "u1",
            "Ann Able",
            capacity="affiliated supporter",
            body="Union",
            consented="yes",
            registered="2016-05-01 10:00:00",
        ),
    ]
    closed = contest_with_roll(office, csv_of(rows))
    assert len(votes(closed)) == 2
    changed(
        office, amending.join_persons, closed, keep="1", other="u1", reason="same address and birthday; she says so"
    )
    assert votes(closed) == {("1", "members")}
    assert Entitlement.objects.get(closed=closed, person="1", ended=None).also == "affiliated"
    assert closed.standing["ballot"]["entitled"] == 1
    changed(
        office,
        amending.change_entry,
        closed,
        key=["1", "affiliated supporter", "Union", 1],
        values={"phone": "1"},
        reason="x",
    )
    assert closing.same_as_stored(closed)
    assert closing.after(closed, closing.before(closed)).persons == 1


def test_the_rolls_before_and_after_for_a_court(office: World) -> None:
    closed = small(office)
    before = closed.fingerprint
    changed(
        office, amending.admit_person, closed, values=member("7", "Di Dunn", address="=1+1"), reason="form was lost"
    )
    changed(office, amending.strike_person, closed, person="1", reason="left in May")
    job = rolled.done(working.start("court", office.registrar, contest=closed.contest, small=True, closed=closed.pk))
    assert job.result["before"] == before != job.result["after"]
    assert (job.result["added"], job.result["gone"]) == (1, 1)
    packed = zipfile.ZipFile(io.BytesIO(files.path(job.file).read_bytes()))
    text = packed.read("court.txt").decode()
    for told in (
        before,
        job.result["after"],
        "Rita Registrar and Alice Officer",
        "left in May",
        "form was lost",
        "Ann Able",
    ):
        assert told in text
    assert packed.read("court.pdf").startswith(b"%PDF")
    table = roll.look(packed.read("after.csv"), "after.csv")
    again = roll.read(table, roll.CSV_MAPPING)
    assert roll.fingerprint(again.roll) == job.result["after"]
    assert packed.read("difference.csv").decode("utf-8-sig").splitlines()[1].startswith("added,7")


def test_a_closed_roll_whose_file_was_exchanged_is_noticed(office: World) -> None:
    closed = small(office)
    path = files.path(closed.file)
    rows = files.rows_of(closed.file)
    rows[:2].write_parquet(path)
    job = working.start("court", office.registrar, contest=closed.contest, small=True, closed=closed.pk)
    assert job.status == "failed"
    assert "fingerprint" in job.says


def test_other_freeze_dates(office: World) -> None:
    closed = small(office)
    job = rolled.done(
        working.start("compare", office.registrar, contest=closed.contest, small=True, dates={"freeze": "2016-06-24"})
    )
    (stage,) = job.result["stages"]
    assert (stage["gained"], stage["lost"], stage["moved"]) == (1, 0, 0)
    assert stage["entitled"] == [2, 3]
    assert "Cy Cole" in files.path(job.file).read_text("utf-8-sig")
    wrong = working.start("compare", office.registrar, contest=closed.contest, small=True, dates={"freeze": "June"})
    assert wrong.status == "failed"


def test_opened_again_for_another_date(office: World) -> None:
    closed = small(office)
    with at(LATER):
        proposal = acts.reopen_roll(office.registrar, closed.contest, reason="order of the court")
        confirm(office.bob, proposal)
        assert ClosedRoll.of(closed.contest) is None
        again = rolled.closed(office, closed.contest)
    assert again.pk != closed.pk
    assert ClosedRoll.objects.filter(contest=closed.contest, closed__isnull=False).count() == 2


def test_the_sum(office: World) -> None:
    closed = small(office)
    contest = closed.contest
    assert figures.reconciliation(contest, "ballot", closed) is None
    with at(LATER):
        reconciling.announce_figure(office.registrar, contest, number=5, source="letter to branches", on="2016-07-30")
    found = figures.reconciliation(contest, "ballot", closed)
    assert (found.announced, found.final, found.gap, found.holds) == (5, 2, -2, False)
    with at(LATER):
        reconciling.account_for(
            office.registrar, contest, side="refused", reason="no address", number=2, source="import of 1 July"
        )
    assert figures.reconciliation(contest, "ballot", closed).holds
    changed(office, amending.admit_person, closed, values=member("7", "Di Dunn"), reason="form was lost")
    changed(office, amending.strike_person, closed, person="1", reason="left in May")
    found = figures.reconciliation(contest, "ballot", closed)
    assert (sum(found.added.values()), sum(found.struck.values()), found.final) == (1, 1, 2)
    assert found.holds


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        ({"a": 30, "b": 20}, [(("a",), 30), (("b",), 20)]),
        ({"a": 30, "b": 2}, [(("a", "b"), 32)]),
        ({"a": 300, "b": 30, "c": 2, "d": 1}, [(("a",), 300), (("b", "c", "d"), 33)]),
        ({"a": 300, "b": 8, "c": 7}, [(("a",), 300), (("b", "c"), 15)]),
        ({"a": 3, "b": 2}, [(("a", "b"), None)]),
        ({"a": 30, "b": 0}, [(("a",), 30), (("b",), 0)]),
    ],
)
def test_small_counts_are_told_together(counts: dict[str, int], expected: list[Any]) -> None:
    assert [(line.names, line.number) for line in figures.pooled(counts, 10)] == expected


def test_nothing_of_a_closed_roll_changes_after_the_ballot(office: World) -> None:
    closed = small(office)
    closed.contest.stages.filter(stage="ballot").update(status="closed")
    with at(LATER), pytest.raises(RefusedError, match="is over"):
        amending.strike_person(office.registrar, closed.contest, person="1", reason="left")


def test_in_the_log_stand_the_reasons(office: World) -> None:
    closed = changed(office, amending.strike_person, small(office), person="1", reason="left in May")
    act = Log.objects.get(name=f"contest:{closed.contest.pk}").acts.get(kind="strike_person")
    assert act.second_role == "returning-officer"
    assert "left in May" in json.dumps(act.details)
    assert contests is not None
