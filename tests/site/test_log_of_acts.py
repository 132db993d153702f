"""The log of acts: its page, what is published of it, tampering found, and the letters' log that nobody hears of."""

from __future__ import annotations

import copy
import csv
import io
import json
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from tests.site.contests_world import adopted, drafted, with_letters
from tests.site.test_contest_pages import text_of
from tests.site.world import World, at

from selectorate.contest.published_log import FIELDS, GENESIS, entry_hash, verify_published
from selectorate.office import wording
from selectorate.office.acts import ACTS, contests, core, definition_of, motions, nominations, people, verify_log
from selectorate.office.models import Act, Contest, Log
from selectorate.office.pages import acts_log

NOW = "2016-07-13T10:00"


def log_of(contest: Contest) -> Log:
    return Log.objects.get(name=f"contest:{contest.pk}")


def numbers(log: Log) -> list[tuple[int, str]]:
    return [(fault.number, fault.says) for fault in verify_log(log)]


def test_a_changed_row_is_found(office: World) -> None:
    log = log_of(adopted(office, members=1))
    assert numbers(log) == []
    for change, says in (
        ({"kind": "nominate"}, "it was changed after it was written"),
        ({"role": "clock"}, "it was changed after it was written"),
        ({"details": {"title": "x"}}, "its details were changed after it was written"),
        ({"details": {"title": "x"}, "salt": ""}, "its details were changed after it was written"),
        ({"salt": "zz"}, "its details were changed after it was written"),
        ({"details": None}, "its details were changed after it was written"),
    ):
        kept = Act.objects.filter(log=log, number=3).values(*change).get()
        Act.objects.filter(log=log, number=3).update(**change)
        assert numbers(log) == [(3, says)], change
        Act.objects.filter(log=log, number=3).update(**kept)
    assert numbers(log) == []
    # Personal data are deleted after their time, and the chain still holds.
    Act.objects.filter(log=log, number=3).update(details=None, salt="")
    assert numbers(log) == []


def test_a_dropped_row_and_a_missing_end_are_found(office: World) -> None:
    log = log_of(adopted(office, members=1))
    Act.objects.filter(log=log, number=3).delete()
    said = [says for _number, says in numbers(log)]
    assert "an entry is missing before it" in said and "it does not follow the entry before it" in said
    other = log_of(adopted(office, title="Other"))
    Act.objects.filter(log=other, number=other.height).delete()
    assert "the end of the log is missing, or is another" in [says for _number, says in numbers(other)]


def test_swapped_rows_are_found(office: World) -> None:
    log = log_of(adopted(office, members=1))
    third, fourth = Act.objects.get(log=log, number=3), Act.objects.get(log=log, number=4)
    Act.objects.filter(pk=third.pk).update(number=99)
    Act.objects.filter(pk=fourth.pk).update(number=3)
    Act.objects.filter(pk=third.pk).update(number=4)
    assert {number for number, _says in numbers(log)} == {3, 4, 5}


def test_the_database_takes_no_fork(office: World) -> None:
    log = log_of(adopted(office, members=1))
    last = log.acts.get(number=log.height)
    forked = copy.copy(last)
    forked.pk, forked.number, forked.hash = None, last.number + 1, "f" * 64
    with pytest.raises(IntegrityError), transaction.atomic():
        forked.save(force_insert=True)
    # Past the database's own rule, the check finds it.
    Act.objects.filter(pk=last.pk).update(previous="e" * 64)
    forked.save(force_insert=True)
    assert numbers(log)


def test_a_log_written_anew_is_found_by_who_kept_a_copy(office: World) -> None:
    contest = adopted(office, members=1)
    browser = office.client()
    kept = browser.get(f"/contests/{contest.slug}/acts.json").json()
    assert verify_published(kept["entries"], head=kept["head"]) == []
    log, previous = log_of(contest), GENESIS
    for entry in log.acts.order_by("number"):
        if entry.number >= 3:
            entry.kind = "nominate" if entry.number == 3 else entry.kind
            entry.previous = previous
            entry.hash = entry.computed_hash()
            Act.objects.filter(pk=entry.pk).update(kind=entry.kind, previous=f"{entry.number:064d}")
            Act.objects.filter(pk=entry.pk).update(previous=entry.previous, hash=entry.hash)
        previous = entry.hash
    Log.objects.filter(pk=log.pk).update(head=previous)
    log.refresh_from_db()
    assert numbers(log) == []  # whole by itself
    now = browser.get(f"/contests/{contest.slug}/acts.json").json()
    faults = verify_published(now["entries"], head=now["head"], kept=kept["entries"])
    assert [fault.number for fault in faults] == [3]
    assert "written anew" in faults[0].says


def test_what_is_published_says_nothing_of_what_an_act_was_about(office: World) -> None:
    contest = adopted(office, members=1)
    browser = office.client()
    answer = browser.get(f"/contests/{contest.slug}/acts.json")
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    data = answer.json()
    assert [set(entry) for entry in data["entries"]] == [set(FIELDS)] * 6
    assert [entry["kind"] for entry in data["entries"]] == [
        "create_contest", "name_body", "name_body", "name_body", "set_timetable", "adopt_contest",
    ]  # fmt: skip
    raw = answer.content.decode() + browser.get(f"/contests/{contest.slug}/acts.csv").content.decode()
    for secret in ("Alice", "alice@example.org", contest.title, "mps-and-meps", "salt", "details"):
        assert secret not in raw
    rows = list(csv.DictReader(io.StringIO(browser.get(f"/contests/{contest.slug}/acts.csv").content.decode())))
    assert [row["hash"] for row in rows] == [entry["hash"] for entry in data["entries"]]
    with at(NOW):
        draft = drafted(office, title="Draft")
    assert browser.get(f"/contests/{draft.slug}/acts.json").status_code == 404


def test_the_page_tells_each_what_they_may_see(office: World) -> None:
    contest = adopted(office, members=1)
    here = f"/contests/{contest.slug}/office/acts/"
    head = log_of(contest).head
    officer, scrutineer = (office.client(who).get(here) for who in (office.alice, office.scrutineer))
    for page in (officer, scrutineer):
        said = text_of(page)
        assert "rules and timetable adopted" in said and head in said and "The chain holds: 6 entries" in said
        assert log_of(contest).acts.get(number=2).commitment in said
    assert "Alice Officer" in text_of(officer)
    assert "Alice Officer" not in text_of(scrutineer)
    Act.objects.filter(log__name=f"contest:{contest.pk}", number=3).update(kind="nominate")
    assert "Entry 3: it was changed after it was written" in text_of(office.client(office.scrutineer).get(here))
    assert "role given" in text_of(office.client(office.scrutineer).get("/acts/"))
    assert "Bob Officer" not in text_of(office.client(office.scrutineer).get("/acts/"))
    assert "Bob Officer" in text_of(office.client(office.alice).get("/acts/"))


def test_a_long_log_has_pages_and_is_checked_when_asked(
    office: World, monkeypatch: pytest.MonkeyPatch, django_assert_max_num_queries: Any
) -> None:
    contest = adopted(office, members=1)
    with at(NOW):
        for number in range(60):
            contests.raise_dispute(office.alice, contest, about="other", says=f"Dispute {number}")
    here, browser = f"/contests/{contest.slug}/office/acts/", office.client(office.scrutineer)
    with django_assert_max_num_queries(16):
        first = browser.get(here)
    assert "Page 1 of 2" in text_of(first) and "66 entries" in text_of(first)
    assert "Page 2 of 2" in text_of(browser.get(f"{here}?page=2"))
    monkeypatch.setattr(acts_log, "CHECKED_AT_ONCE", 50)
    assert "Check the whole chain of 66 entries now" in text_of(browser.get(here))
    assert "The chain holds" in text_of(browser.get(f"{here}?check=1"))


def test_every_kind_of_act_has_a_name(office: World) -> None:
    definition_of("adopt_contest")
    assert [kind for kind in ACTS if wording.act(kind) == kind.replace("_", " ") and kind not in wording.KINDS] == []


def test_on_a_hidden_board_the_published_log_does_not_count_nominations(office: World) -> None:
    with at("2016-07-12T10:00"):
        contest = drafted(office)
        contests.set_details(office.alice, contest, title=contest.title, board="hidden")
        contests.adopt_contest(office.alice, contest)
        address = f"/contests/{contest.slug}/acts.json"
        adopted = office.client().get(address).json()
        nominations.propose_candidate(office.alice, contest, name="Owen Smith", email="os@example.org")
        nominations.propose_candidate(office.alice, contest, name="Angela Eagle", email="ae@example.org")
        proposed = office.client().get(address).json()
        assert proposed == adopted and proposed["withheld"], "how many are proposed is told as little"
    with at("2016-07-18T18:00"):
        contests.open_stage(office.alice, contest, stage="nomination")
        before = office.client().get(address).json()
        for seat in contest.bodies.get(key="plp").body.seats.all()[:3]:
            nominations.nominate(seat.user, contest, stage="nomination", candidate="smith")
        running = office.client().get(address).json()
        assert running == before and running["withheld"]
        assert verify_published(running["entries"], head=running["head"]) == []
    with at("2016-07-20T16:00"):
        nominations.close_nominations(office.alice, contest, stage="nomination")
        after = office.client().get(address).json()
        assert [entry["kind"] for entry in after["entries"]].count("nominate") == 3 and not after["withheld"]
        assert verify_published(after["entries"], head=after["head"], kept=before["entries"]) == []


def test_letters_are_known_to_their_keeper_alone(office: World) -> None:
    contest = with_letters(office)
    keeper = people.user_with("lena@example.org", "")
    from tests.site.world import second_factor

    second_factor(keeper)
    seats = list(contest.bodies.get(key="mps").body.seats.all())
    pages = [
        (office.alice, f"/contests/{contest.slug}/office/acts/"),
        (office.alice, f"/contests/{contest.slug}/office/"),
        (office.alice, f"/contests/{contest.slug}/office/checklist/motion/"),
        (office.alice, f"/contests/{contest.slug}/office/proposals/"),
        (office.scrutineer, f"/contests/{contest.slug}/office/acts/"),
        (office.alice, "/acts/"),
        (office.alice, "/desk/"),
        (None, f"/contests/{contest.slug}/acts.json"),
        (None, f"/contests/{contest.slug}/acts.csv"),
        (seats[3].user, "/desk/"),
    ]

    def seen() -> list[str]:
        return [office.client(who).get(address).content.decode().split("<main")[-1] for who, address in pages]

    def without_tokens(bodies: list[str]) -> list[str]:
        import re

        return [re.sub(r'value="[A-Za-z0-9]{64}"', "", body) for body in bodies]

    here = f"/contests/{contest.slug}/office/letters/log/"
    with at(NOW):
        before = without_tokens(seen())
        refused = [office.client(who).get(here).status_code for who in (office.alice, office.scrutineer, office.nobody)]
        assert refused == [403, 403, 403]
        assert text_of(office.client(keeper).get(here)).count("letter handed in") == 0
        motions.hand_in_letter(seats[0].user, contest, stage="motion")
        assert without_tokens(seen()) == before
        refused = [office.client(who).get(here).status_code for who in (office.alice, office.scrutineer, office.nobody)]
        assert refused == [403, 403, 403]
        assert text_of(office.client(keeper).get(here)).count("letter handed in") == 1
        motions.withdraw_letter(seats[0].user, contest, stage="motion")
        motions.hand_in_letter(seats[0].user, contest, stage="motion")
        assert without_tokens(seen()) == before
        motions.hand_in_letter(seats[1].user, contest, stage="motion")
        entries = office.client().get(f"/contests/{contest.slug}/acts.json").json()["entries"]
        assert [entry["kind"] for entry in entries][-1] == "threshold_reached"
        assert all("letter" not in entry["kind"] for entry in entries)
    assert verify_log(Log.objects.get(name=f"letters:{contest.pk}")) == []


def test_an_entry_cannot_be_moved_to_another_log(office: World) -> None:
    one, other = (log_of(adopted(office, members=1, title=title)) for title in ("One", "Other"))
    entries = [entry.published() for entry in one.acts.order_by("number")]
    moved = [{**entry, "log": other.name} for entry in entries]
    assert {fault.number for fault in verify_published(moved)} == set(range(1, 7))
    mixed = [*entries[:3], {**entries[3], "log": other.name}, *entries[4:]]
    assert "it is of another log than the first" in [fault.says for fault in verify_published(mixed)]
    assert entry_hash(entries[0]) == entries[0]["hash"]
    assert json.loads(json.dumps(entries)) == entries
    assert connection.vendor in ("sqlite", "postgresql") and core.log_of(None) == "organisation"
