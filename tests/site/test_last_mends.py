"""What was mended last before the office was closed as an issue: each test failed before its mend."""

from __future__ import annotations

import logging

import pytest
from django.db import IntegrityError
from django.http import HttpRequest
from django.test import RequestFactory
from tests.site.contests_world import adopted, drafted
from tests.site.world import World, at, second_factor

from selectorate.errors import RefusedError
from selectorate.office.acts import confirm, contests, core, motions, nominations, organisation, people, units
from selectorate.office.limits import network
from selectorate.office.models import Contest, Log, Mail, Organisation, Proposal, Tenure, User
from selectorate.office.templatetags.contest_office import written_day

OUTBOX = "selectorate.office.outbox.OutboxBackend"


@pytest.fixture
def one_only(office: World) -> tuple[Contest, User]:
    """A contest, and a returning officer of this one alone."""
    contest = adopted(office, members=1)
    people.appoint(office.alice, contest, email="one@example.org", name="Oona Only", role="returning-officer")
    user = User.objects.get(email="one@example.org")
    second_factor(user)
    return contest, user


def test_an_officer_of_one_contest_makes_no_other(office: World, one_only: tuple[Contest, User]) -> None:
    contest, oona = one_only
    with at("2017-05-01T10:00"):
        for does in (
            lambda: contests.clone_contest(oona, contest, title="Mine too"),
            lambda: motions.follow_up(oona, contest, title="Mine too", rulebook="labour-2014"),
        ):
            with pytest.raises(RefusedError, match="of the whole organisation"):
                does()
        here = f"/contests/{contest.slug}/office/"
        page = office.client(oona).post(f"{here}clone/", {"title": "Mine too"})
        assert "of the whole organisation" in page.content.decode()
        assert "Make another contest" not in office.client(oona).get(here).content.decode()
        assert "Make another contest" in office.client(office.alice).get(here).content.decode()
    assert not Contest.objects.filter(title="Mine too").exists()


@pytest.mark.parametrize("two", [False, True])
def test_what_the_database_does_not_let_stand_is_refused(
    office: World, two: bool, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Two who do the same at once have both looked before either has written: one of them came to a page of 500."""
    monkeypatch.setattr(core, "ACTS", dict(core.ACTS))
    height = Log.objects.get(name="organisation").height

    @core.act("returning-officer", two=two)
    def twice(entry: core.Entry, contest: None) -> None:
        User.objects.create_user("bob@example.org", name="Bob Again")

    with caplog.at_level(logging.WARNING), pytest.raises(RefusedError, match="somebody else has just done something"):
        twice(office.alice, None)
    assert "twice" in caplog.text and "bob@example.org" not in caplog.text and "Bob" not in caplog.text
    assert Log.objects.get(name="organisation").height == height and not Proposal.objects.exists()


def test_what_stands_against_a_confirmation_is_refused(office: World, monkeypatch: pytest.MonkeyPatch) -> None:
    contest = adopted(office, members=1)
    proposal = contests.abandon_contest(office.alice, contest, reason="A trial.")

    def fails(*given: object, **more: object) -> None:
        raise IntegrityError("UNIQUE constraint failed")

    monkeypatch.setattr(core, "_do", fails)
    with pytest.raises(RefusedError, match="look again"):
        confirm(office.bob, proposal)
    assert Proposal.objects.get(pk=proposal.pk).status == Proposal.Status.OPEN


@pytest.mark.parametrize(
    ("told", "found"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("203.0.113.7:4711", "203.0.113.7"),
        ("[2001:db8::7]:4711", "2001:db8::/64"),
        ("[2001:db8::7]", "2001:db8::/64"),
        ("2001:db8::7", "2001:db8::/64"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
    ],
)
def test_an_address_is_read_however_a_proxy_writes_it(told: str, found: str, settings) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    request: HttpRequest = RequestFactory().get("/", headers={"X-Forwarded-For": f"198.51.100.9, {told}"})
    assert network(request) == found


def test_a_mail_is_kept_with_what_it_tells_of(office: World, settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """It was kept after the act: a machine that fell between the two left a candidate whom nobody had asked."""
    settings.EMAIL_BACKEND = OUTBOX
    contest = adopted(office, members=1)

    def fails(*given: object) -> None:
        raise RuntimeError

    with at("2016-07-13T10:00"):
        nominations.propose_candidate(office.alice, contest, name="Owen Smith", email="os@example.org")
        assert [mail.to for mail in Mail.objects.all()] == ["os@example.org"]
        monkeypatch.setattr(core, "write", fails)
        with pytest.raises(RuntimeError):
            nominations.propose_candidate(office.alice, contest, name="Angela Eagle", email="ae@example.org")
    assert Mail.objects.count() == 1


def test_the_organisation_says_what_it_is_and_how_long_it_keeps(office: World) -> None:
    alice = office.client(office.alice)
    assert "change-organisation" not in office.client(office.scrutineer).get("/organisation/").content.decode()
    sent = {"name": "Party of the Mended", "about": "Two\nlines.", "contact": "ask@example.org"}
    refused = alice.post("/organisation/change/", {**sent, "retention_days": "3"})
    assert refused.status_code == 200 and Organisation.there().retention_days == 180
    with pytest.raises(RefusedError, match="30 to 3650 days"):
        people.describe_organisation(office.alice, None, **sent, retention_days=29)
    assert alice.post("/organisation/change/", {**sent, "retention_days": "365"}).url == "/organisation/"
    there = Organisation.there()
    assert (there.name, there.about, there.contact) == ("Party of the Mended", "Two\nlines.", "ask@example.org")
    assert "365 days" in office.client().get("/privacy/").content.decode()


def test_whether_nominators_are_named_is_chosen_and_stays(office: World) -> None:
    """The form had no such field, and whoever corrected a title named those who were to be numbers."""
    with at("2016-07-01T10:00"):
        contest, alice = drafted(office, members=1), office.client(office.alice)
        here = f"/contests/{contest.slug}/office/details/"
        sent = {"title": contest.title, "occasion": "vacancy", "board": "public", "nominators": "numbers"}
        assert alice.post(here, sent).status_code == 302
        assert 'value="numbers"' in alice.get(here).content.decode()
    contest.refresh_from_db()
    assert contest.nominators == "numbers"


def test_offices_are_listed_with_who_holds_them(office: World) -> None:
    person = people.person_named("Lea Leader")
    Tenure.objects.create(office=office.leader, person=person, began="2015-09-12", began_how="elected")
    page = office.client().get("/offices/").content.decode()
    assert "Lea Leader" in page and f"/offices/{office.national.path}/leader/" in page
    assert "Lea Leader" not in office.client().get("/offices/?q=treasurer").content.decode()


def test_who_is_moved_is_found_at_the_old_address(office: World) -> None:
    north, south = (units.make_unit(office.alice, None, name=name, kind="region", parent="party") for name in "NS")
    branch = units.make_unit(office.alice, None, name="Mill Lane", kind="branch", parent=north.path)
    organisation.make_office(office.alice, None, unit=branch.path, name="Chair", places=1, filled="elected")
    old = branch.path
    moved = units.move_unit(office.alice, None, unit=branch.pk, parent=south.path)
    browser = office.client()
    assert browser.get(f"/units/{old}/").url == f"/units/{moved.path}/"
    assert browser.get(f"/offices/{old}/chair/").url == f"/offices/{moved.path}/chair/"
    assert browser.get("/units/party/never/").status_code == 404
    units.make_unit(office.alice, None, name="Mill Lane", kind="branch", parent="party")
    assert browser.get(f"/units/{old}/").status_code == 404, "of two nobody can tell which"


def test_what_is_kept_of_somebody_is_a_button_away(office: World) -> None:
    people.person_named("Ann Able")
    for user, there in ((office.alice, True), (office.registrar, True), (office.scrutineer, False)):
        page = office.client(user).get("/organisation/people/").content.decode()
        assert ("/people/ann-able/data/" in page) == there
    assert "/privacy/#yours" in office.client(office.nobody).get("/desk/").content.decode()


def test_days_of_the_roll_are_written_in_words() -> None:
    assert written_day("2016-08-08T12:00:00") == "8 August 2016, 12:00"
    assert written_day("2016-01-12") == "12 January 2016" and written_day("soon") == "soon"


def test_the_roll_is_among_the_pages_of_a_contest(office: World) -> None:
    contest = adopted(office, members=1)
    page = office.client(office.alice).get(f"/contests/{contest.slug}/office/").content.decode()
    assert f'href="/contests/{contest.slug}/office/roll/"' in page
    roll = office.client(office.alice).get(f"/contests/{contest.slug}/office/roll/").content.decode()
    assert f'href="/contests/{contest.slug}/office/timetable/"' in roll
