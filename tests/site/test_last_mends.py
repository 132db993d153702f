"""What was mended last before the office was closed as an issue: each test failed before its mend."""

from __future__ import annotations

import logging

import pytest
from django.db import IntegrityError
from django.http import HttpRequest
from django.test import RequestFactory
from tests.site.contests_world import adopted
from tests.site.world import World, at, second_factor

from selectorate.errors import RefusedError
from selectorate.office.acts import confirm, contests, core, motions, nominations, people
from selectorate.office.limits import network
from selectorate.office.models import Contest, Log, Mail, Proposal, User

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
