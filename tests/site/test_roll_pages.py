"""The registrar's pages: a roll imported, closed and changed on screen; who may see what."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from tests.site import rolled
from tests.site.rolled import applied, contest_with_roll, csv_of, member
from tests.site.world import World, at

from selectorate.office.acts import amending, confirm
from selectorate.office.models import ClosedRoll, DuplicatePair, Entitlement, RollEntry, RollImport, RollJob, RollStep
from selectorate.office.rolls import files, working
from selectorate.office.rolls.store import load

HOSTILE = "<script>alert(1)</script>\"'>"


def uploaded(browser: Client, content: bytes, name: str = "list.csv") -> RollImport:
    """A file taken in through the page."""
    browser.post(reverse("roll-imports"), {"file": SimpleUploadedFile(name, content)})
    return RollImport.objects.first()


def answered(form: Any, **more: Any) -> dict[str, Any]:
    """What a browser sends of a form that is shown, with what a person fills in."""
    shown = {field.html_name: field.value() if field.value() is not None else "" for field in form}
    return {**shown, **more}


def test_an_import_on_screen_from_the_file_to_undone(office: World) -> None:
    browser = office.client(office.registrar)
    rows = [
        {"Membership no": "007", "Full name": "Ann Able", "Member since": "13/04/2010", "Suspended": ""},
        {"Membership no": "008", "Full name": "Bea Best", "Member since": "never", "Suspended": "yes"},
    ]
    made = uploaded(browser, csv_of(rows))
    page = browser.get(reverse("roll-import", args=[made.pk]))
    assert "13/04/2010" in page.content.decode()
    sent = answered(page.context["form"], capacity="member", flag_suspended="blank")
    browser.post(reverse("roll-import", args=[made.pk]), sent)
    page = browser.get(reverse("roll-import", args=[made.pk]))
    made.refresh_from_db()
    assert made.status == "dry run", made.questions
    assert (made.counts["new"], made.counts["refused"]) == (1, 1)
    assert "Nothing has changed yet" in page.content.decode()
    refused = browser.get(reverse("roll-import-list", args=[made.pk, "refused"])).content.decode()
    assert "never" in refused
    assert "Member since" in refused
    csv = browser.get(reverse("roll-import-refusals", args=[made.pk]))
    assert csv.content.decode("utf-8-sig").splitlines()[1].startswith("3,Member since,")
    assert "Ann Able" in browser.get(reverse("roll-import-list", args=[made.pk, "new"])).content.decode()
    browser.post(reverse("roll-import-apply", args=[made.pk]), {"plan": "1" * 64})
    assert not RollEntry.objects.exists()
    assert "not the plan that was shown" in browser.get(reverse("roll-import", args=[made.pk])).content.decode()
    browser.post(reverse("roll-import-apply", args=[made.pk]), {"plan": made.plan})
    entry = RollEntry.objects.get()
    assert (entry.number, entry.joined.isoformat(), entry.suspended) == ("007", "2010-04-13", False)
    assert "Undo this import" in browser.get(reverse("roll-import", args=[made.pk])).content.decode()
    browser.post(reverse("roll-import-undo", args=[made.pk]))
    assert not RollEntry.objects.exists()
    assert "undone" in browser.get(reverse("roll-import", args=[made.pk])).content.decode()


def test_what_the_file_leaves_open_is_asked(office: World) -> None:
    browser = office.client(office.registrar)
    rows = [{"number": "1", "name": "Ann Able", "joined": "03/04/2010"}]
    made = uploaded(browser, csv_of(rows))
    address = reverse("roll-import", args=[made.pk])
    browser.post(address, answered(browser.get(address).context["form"]))
    page = browser.get(address)
    assert "in which capacity" in page.content.decode()
    browser.post(address, answered(page.context["form"], capacity="member"))
    page = browser.get(address)
    assert "day or the month" in page.content.decode()
    browser.post(address, answered(page.context["form"], day_first="yes"))
    made.refresh_from_db()
    assert made.status == "dry run"


def test_looked_at_otherwise(office: World) -> None:
    browser = office.client(office.registrar)
    text = "number;name;capacity\n1;Zoë Müller;member\n"
    made = uploaded(browser, text.encode("cp1252"))
    browser.post(
        reverse("roll-import-look", args=[made.pk]), {"encoding": "iso-8859-15", "separator": ";", "header": ""}
    )
    made.refresh_from_db()
    assert (made.looked["encoding"], made.looked["separator"]) == ("iso8859-15", ";")
    assert "Müller" in browser.get(reverse("roll-import", args=[made.pk])).content.decode()
    broken = uploaded(browser, b"\x00\x01\x02")
    page = browser.get(reverse("roll-import", args=[broken.pk])).content.decode()
    assert 'class="fault"' in page
    browser.post(reverse("roll-import-drop", args=[broken.pk]))
    broken.refresh_from_db()
    assert broken.status == "dropped"
    assert not files.path(broken.folder).exists()


def test_words_and_columns_are_checked(office: World) -> None:
    browser = office.client(office.registrar)
    rows = [{"number": "1", "name": "Ann Able", "kind": "Full", "kind2": "x"}]
    made = uploaded(browser, csv_of(rows))
    address = reverse("roll-import", args=[made.pk])
    form = browser.get(address).context["form"]
    page = browser.post(address, answered(form, h2="capacity", h3="capacity", words="nonsense"))
    assert "is that already" in page.content.decode()
    assert "not understood" in page.content.decode()
    browser.post(address, answered(form, h2="capacity", h3="", words="capacity: Full = member"))
    made.refresh_from_db()
    assert made.counts["capacities"] == {"member": 1}


def test_find_and_correct(office: World) -> None:
    applied(office, csv_of([member("007", "Ann Mary Able", email="Ann@X.org"), member("008", "Zoë O'Brien-Müller")]))
    browser = office.client(office.registrar)
    for asked, who in (
        ("007", "007"),
        ("able", "007"),
        ("ann abl", "007"),
        ("Ann Able", "007"),
        ("ann@x", "007"),
        ("obrien muller", "008"),
        ("ZOE", "008"),
    ):
        found = browser.post(reverse("roll-find"), {"asked": asked}).context["entries"]
        assert [entry.person for entry in found] == [who], asked
    for asked in ("nobody", "%", "_", "07", "a"):
        assert browser.post(reverse("roll-find"), {"asked": asked}).context["entries"] == []
    entry = RollEntry.objects.get(person="007")
    address = reverse("roll-correct", args=[entry.pk])
    form = browser.get(address).context["form"]
    refused = browser.post(address, answered(form, joined="yesterday", reason="card"))
    assert "not a day" in refused.content.decode()
    browser.post(address, answered(form, phone="12345", suspended="yes", reason="wrote in"))
    page = browser.get(reverse("roll-entry", args=[entry.pk])).content.decode()
    assert "wrote in" in page
    assert "12345" in page
    entry.refresh_from_db()
    assert entry.suspended is True
    browser.post(reverse("roll-remove", args=[entry.pk]), {"reason": "left"})
    assert not RollEntry.objects.filter(person="007").exists()
    browser.post(reverse("roll-enter"), {"number": "9", "name": "New Person", "capacity": "member", "reason": "form"})
    assert RollEntry.objects.get(person="9").since.kind == "enter"


def test_nothing_that_somebody_wrote_is_run(office: World) -> None:
    row = member("1", f"Eve {HOSTILE}", address=HOSTILE, unit=HOSTILE, source=HOSTILE)
    twin = member("2", f"Eve {HOSTILE}", address=HOSTILE)
    bad = member("3", "X Y", born=HOSTILE)
    browser = office.client(office.registrar)
    made = rolled.taken_in(office, csv_of([row, twin, bad]), name=f"{HOSTILE}.csv")
    pages = [
        browser.get(reverse("roll-import", args=[made.pk])),
        browser.get(reverse("roll-import", args=[made.pk]) + "?map=1"),
    ]
    pages += [
        browser.get(reverse("roll-import-list", args=[made.pk, what])) for what in ("new", "refused", "changed", "gone")
    ]
    browser.post(reverse("roll-import-apply", args=[made.pk]), {"plan": made.plan})
    rolled.done(working.start("find_duplicates", office.registrar, small=True))
    entry = RollEntry.objects.get(person="1")
    pages += [
        browser.get(reverse("roll-entry", args=[entry.pk])),
        browser.get(reverse("roll-correct", args=[entry.pk])),
    ]
    pages += [
        browser.get(reverse(name)) for name in ("roll", "roll-imports", "roll-statistics", "roll-steps", "roll-pairs")
    ]
    pages += [browser.get(reverse("roll-pair", args=[DuplicatePair.objects.first().pk]))]
    pages += [
        browser.post(reverse("roll-find"), {"asked": "eve"}),
        browser.post(reverse("roll-find"), {"asked": HOSTILE}),
    ]
    for page in pages:
        assert page.status_code == 200
        text = page.content.decode()
        assert "<script" not in text
    assert any("&lt;script&gt;" in page.content.decode() for page in pages)


def test_pairs_are_decided_by_a_person(office: World) -> None:
    rows = [
        member("1", "Ann Able", address="1 High St"),
        member("2", "Ann Able", address="1 High St", capacity="affiliated supporter", body="Union"),
        member("3", "Bea Best"),
        member("4", "Bea Best"),
    ]
    applied(office, csv_of(rows))
    browser = office.client(office.registrar)
    browser.post(reverse("roll-pairs-search"))
    assert RollEntry.objects.count() == 4, "nothing is merged by looking"
    pair = DuplicatePair.objects.get(a="1", b="2")
    page = browser.get(reverse("roll-pair", args=[pair.pk])).content.decode()
    assert "same name and date of birth" in page
    browser.post(reverse("roll-pair", args=[pair.pk]), {"decision": "same", "keep": "1", "reason": ""})
    pair.refresh_from_db()
    assert pair.status == "open", "no reason, no decision"
    browser.post(reverse("roll-pair", args=[pair.pk]), {"decision": "same", "keep": "1", "reason": "she says so"})
    assert sorted(RollEntry.objects.filter(person="1").values_list("capacity", flat=True)) == [
        "affiliated supporter",
        "member",
    ]
    assert not RollEntry.objects.filter(person="2").exists()
    other = DuplicatePair.objects.get(a="3", b="4")
    browser.post(reverse("roll-pair", args=[other.pk]), {"decision": "different", "reason": "mother and daughter"})
    browser.post(reverse("roll-pairs-search"))
    assert not DuplicatePair.objects.filter(status="open").exists(), "what was decided is not asked again"
    again = rolled.taken_in(office, csv_of(rows))
    assert (again.counts["new"], again.counts["changed"], again.counts["gone"]) == (0, 0, 0)
    assert again.counts["unchanged"] == 4, "the next list means the same person under both numbers"


def test_closing_and_changing_on_screen(office: World) -> None:
    with at("2016-07-01T10:00"):
        applied(office, csv_of([member("1", "Ann Able"), member("3", "Cy Cole", joined="2016-03-01")]))
        contest = rolled.contest(office)
    browser = office.client(office.registrar)
    home = reverse("contest-roll", args=[contest.slug])
    with at("2016-07-02T10:00"):
        assert "once these dates have passed" in browser.get(home).content.decode()
    with at("2016-08-10T10:00"):
        browser = office.client(office.registrar)
        browser.post(reverse("contest-roll-prepare", args=[contest.slug]))
        page = browser.get(home).content.decode()
        assert "Nothing is closed yet" in page
        assert "joined on or before the freeze date" in page
        prepared = ClosedRoll.objects.get()
        given = {"prepared": prepared.pk, "fingerprint": prepared.fingerprint}
        browser.post(reverse("contest-roll-close", args=[contest.slug]), given)
        closed = ClosedRoll.of(contest)
        assert closed is not None
        listed = browser.get(reverse("contest-roll-entitled", args=[contest.slug]) + "?stage=ballot&segment=members")
        assert [row.person for row in listed.context["rows"]] == ["1"]
        refused = (
            reverse("contest-roll-entitled", args=[contest.slug])
            + "?stage=ballot&reason=not so: joined on or before the freeze date"
        )
        assert [row.person for row in browser.get(refused).context["rows"]] == ["3"]
        found = browser.post(reverse("contest-roll-find", args=[contest.slug]), {"asked": "Cole"})
        vote = found.context["rows"][0]
        person = reverse("contest-roll-person", args=[contest.slug, vote.pk])
        assert "joined on or before" in browser.get(person).content.decode()
        change = reverse("contest-roll-change", args=[contest.slug, vote.pk, 0])
        form = browser.get(change).context["form"]
        browser.post(change, answered(form, joined="2015-01-01", reason="card seen"))
        proposal = contest.proposals.get()
        assert "card seen" in browser.get(home).content.decode()
        confirm(office.alice, proposal)
        page = browser.get(person).content.decode()
        assert "card seen" in page
        admit = {"number": "7", "name": "Di Dunn", "capacity": "member", "joined": "2016-07-01", "reason": "asks"}
        page = browser.post(reverse("contest-roll-admit", args=[contest.slug]), {**admit, "suspended": "no"})
        assert "gives them no vote" in page.content.decode()
        browser.post(
            reverse("contest-roll-admit", args=[contest.slug]), {**admit, "suspended": "no", "segment": "members"}
        )
        confirm(office.alice, contest.proposals.get(status="open"))
        browser.post(
            reverse("contest-roll-strike", args=[contest.slug, vote.pk]), {"strike-reason": "left", "row": "0"}
        )
        confirm(office.alice, contest.proposals.get(status="open"))
        changes = reverse("contest-roll-changes", args=[contest.slug, closed.pk])
        page = browser.get(changes).content.decode()
        assert page.count("Rita Registrar, Alice Officer") == 3
        browser.post(reverse("contest-roll-court", args=[contest.slug, closed.pk]), {"reason": "order of 1 August"})
        job = RollJob.objects.get(kind="court")
        file = browser.get(reverse("contest-roll-job-file", args=[contest.slug, job.pk]))
        assert b"".join(file.streaming_content).startswith(b"PK")
        browser.post(reverse("contest-roll-dates", args=[contest.slug]), _dates(browser, contest))
        assert "1 would gain a vote" in browser.get(reverse("contest-roll-dates", args=[contest.slug])).content.decode()


def _dates(browser: Client, contest: Any) -> dict[str, Any]:
    form = browser.get(reverse("contest-roll-dates", args=[contest.slug])).context["form"]
    return answered(form, freeze="2016-08-01")


def test_the_sum_on_screen_and_in_public(office: World) -> None:
    rows = [member(str(n), f"Voter {chr(65 + n % 26)} Able{n}") for n in range(40)]
    rows += [member("90", "Cy Cole", joined="2016-03-01"), member("91", "Di Dunn", suspended="yes")]
    closed = contest_with_roll(office, csv_of(rows))
    slug = closed.contest.slug
    with at("2016-08-11T10:00"):
        browser = office.client(office.registrar)
        address = reverse("contest-roll-sum", args=[slug])
        browser.post(address, {"announce": "1", "a-number": "45", "a-source": "press", "a-on": "2016-07-30"})
        assert "off by -3" in browser.get(address).content.decode()
        line = {"l-side": "refused", "l-number": "3", "l-reason": "no name", "l-source": "import 1"}
        browser.post(address, line)
        assert "The sum holds" in browser.get(address).content.decode()
        public = office.client().get(reverse("contest-roll-public", args=[slug])).content.decode()
    assert "Everybody is accounted for" in public
    assert closed.published in public
    assert closed.fingerprint not in public
    assert "fewer than 10" in public
    for name in ("Able", "Cole", "Dunn"):
        assert name not in public


PAGES = (
    ("roll", {"registrar", "returning-officer", "scrutineer"}),
    ("roll-statistics", {"registrar", "returning-officer", "scrutineer"}),
    ("roll-steps", {"registrar", "returning-officer", "scrutineer"}),
    ("roll-find", {"registrar"}),
    ("roll-enter", {"registrar"}),
    ("roll-export", {"registrar"}),
    ("roll-imports", {"registrar"}),
    ("roll-import", {"registrar"}),
    ("roll-import-list", {"registrar"}),
    ("roll-import-refusals", {"registrar"}),
    ("roll-entry", {"registrar"}),
    ("roll-correct", {"registrar"}),
    ("roll-pairs", {"registrar"}),
    ("contest-roll", {"registrar", "returning-officer", "scrutineer"}),
    ("contest-roll-changes", {"registrar", "returning-officer", "scrutineer"}),
    ("contest-roll-sum", {"registrar", "returning-officer", "scrutineer"}),
    ("contest-roll-dates", {"registrar", "returning-officer", "scrutineer"}),
    ("contest-roll-entitled", {"registrar"}),
    ("contest-roll-person", {"registrar"}),
    ("contest-roll-change", {"registrar"}),
    ("contest-roll-admit", {"registrar"}),
    ("contest-roll-appeals", {"registrar"}),
    ("contest-roll-public", {"registrar", "returning-officer", "scrutineer", "charlie", "nobody"}),
    ("contest-roll-ask", {"registrar", "returning-officer", "scrutineer", "charlie", "nobody"}),
    ("contest-roll-appeal-form", {"registrar", "returning-officer", "scrutineer", "charlie", "nobody"}),
)


def test_who_may_see_what(office: World) -> None:
    closed = contest_with_roll(office, csv_of([member("1", "Ann Able")]))
    with at("2016-08-11T10:00"):
        proposal = amending.change_entry(
            office.registrar,
            closed.contest,
            key=["1", "member", None, 1],
            values={"phone": "555"},
            reason="SECRETREASON",
        )
        confirm(office.bob, proposal)
    slug, entry = closed.contest.slug, RollEntry.objects.get()
    made = RollImport.objects.get()
    args: dict[str, list[Any]] = {
        "roll-import": [made.pk],
        "roll-import-list": [made.pk, "new"],
        "roll-import-refusals": [made.pk],
        "roll-entry": [entry.pk],
        "roll-correct": [entry.pk],
        "contest-roll-changes": [slug, closed.pk],
        "contest-roll-person": [slug, Entitlement.objects.get().pk],
        "contest-roll-change": [slug, Entitlement.objects.get().pk, 0],
    }
    people = {
        "registrar": office.registrar,
        "returning-officer": office.alice,
        "scrutineer": office.scrutineer,
        "charlie": office.nobody,
        "nobody": None,
    }
    for name, allowed in PAGES:
        where = reverse(name, args=args.get(name, [slug] if name.startswith("contest-") else []))
        for who, user in people.items():
            with at("2016-08-11T11:00"):
                answer = office.client(user).get(where)
            expected = 200 if who in allowed else 302 if user is None else 403
            assert answer.status_code == expected, (name, who, answer.status_code)
            if expected == 200 and who != "registrar":
                for secret in ("Able", "SECRETREASON", "555", "1@example.org"):
                    assert secret not in answer.content.decode(), (name, who, secret)


def test_a_file_is_fetched_by_who_gave_its_reason_alone(office: World) -> None:
    applied(office, csv_of([member("1", "Ann Able", address="=1+1")]))
    browser = office.client(office.registrar)
    assert browser.post(reverse("roll-export"), {"reason": ""}).status_code == 200
    assert not RollJob.objects.filter(kind="export").exists()
    browser.post(reverse("roll-export"), {"reason": "for the auditor"})
    job = RollJob.objects.get(kind="export")
    answer = browser.get(reverse("roll-job-file", args=[job.pk]))
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    assert "'=1+1" in text
    assert "no-store" in answer.headers["Cache-Control"]
    from selectorate.office.acts import people

    people.appoint(office.alice, None, email="bob@example.org", name="Bob Officer", role="registrar")
    assert office.client(office.bob).get(reverse("roll-job-file", args=[job.pk])).status_code == 403
    assert office.client(office.alice).get(reverse("roll-job-file", args=[job.pk])).status_code == 403


def test_no_address_serves_the_folder_of_rolls(office: World) -> None:
    made = applied(office, csv_of([member("1", "Ann Able")]))
    for name in (
        f"/media/rolls/{made.folder}/file",
        f"/media/rolls/{made.folder}/added",
        f"/static/rolls/{made.folder}/file",
    ):
        assert office.client(office.registrar).get(name).status_code == 404
    assert files.path(f"{made.folder}/file").stat().st_mode & 0o077 == 0
    assert files.root().stat().st_mode & 0o077 == 0
    with pytest.raises(ValueError, match="outside"):
        files.path("../office.sqlite3")


def test_no_page_reads_more_for_more_people(office: World) -> None:
    applied(office, rolled.invented(50))
    browser = office.client(office.registrar)
    entry = RollEntry.objects.order_by("pk").first()

    def queries() -> list[int]:
        made = []
        for name, args in (("roll", []), ("roll-statistics", []), ("roll-entry", [entry.pk]), ("roll-steps", [])):
            with CaptureQueriesContext(connection) as held:
                assert browser.get(reverse(name, args=args)).status_code == 200
            made.append(len(held))
        with CaptureQueriesContext(connection) as held:
            browser.post(reverse("roll-find"), {"asked": "a"})
        return [*made, len(held)]

    few = queries()
    applied(office, rolled.invented(600))
    assert max(queries()) <= max(few) + 1
    assert max(few) < 20


def test_a_job_that_fails_says_so_and_no_more(office: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(job: RollJob) -> None:
        raise RuntimeError("Ann Able, born 1970")

    monkeypatch.setitem(working.KINDS, "export", broken)
    job = working.start("export", office.registrar, small=True)
    assert job.status == "failed"
    assert "Ann" not in job.says
    page = office.client(office.registrar).get(reverse("roll-job", args=[job.pk])).content.decode()
    assert "It was not done" in page


def test_a_job_under_way_is_not_started_twice(office: World) -> None:
    first = RollJob.objects.create(kind="export", by=office.registrar, status="running")
    assert working.start("export", office.registrar, small=True) == first
    page = office.client(office.registrar).get(reverse("roll-job", args=[first.pk])).content.decode()
    assert 'http-equiv="refresh"' in page


def test_the_roll_stays_as_it_was_through_every_get(office: World) -> None:
    applied(office, rolled.invented(30))
    before, steps = load().rows, RollStep.objects.count()
    browser = office.client(office.registrar)
    made = RollImport.objects.get()
    for name in ("apply", "undo", "drop", "delete-files", "look"):
        assert browser.get(reverse(f"roll-import-{name}", args=[made.pk])).status_code == 405
    assert load().rows.sort("person").equals(before.sort("person"))
    assert RollStep.objects.count() == steps
