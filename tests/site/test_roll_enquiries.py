"""Somebody asks which entry they have, and appeals: nobody else learns who is on the roll."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core import mail
from django.core.cache import cache
from django.db import connection
from django.http import HttpResponse
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from tests.site import rolled
from tests.site.rolled import applied, contest_with_roll, csv_of, member
from tests.site.world import World, at

from selectorate.office.acts import enquiries as acts
from selectorate.office.acts import verify_log
from selectorate.office.models import Log, RollAppeal, RollEnquiry
from selectorate.office.pages import roll_public
from selectorate.office.rolls import asking

ANN = {"number": "1", "family": "Able", "born": "1970-01-02"}
NOW = "2016-08-11T10:00"


@pytest.fixture(autouse=True)
def _no_memory() -> None:
    cache.clear()


@pytest.fixture
def slug(office: World) -> str:
    """A contest whose roll is closed: one with a mail address, one without, one refused."""
    rows = [
        member("1", "Ann Able"),
        member("2", "Bea Best", email="", address="2 High St", postcode="ZZ1 1AA"),
        member("3", "Cy Cole", joined="2016-03-01"),
    ]
    return contest_with_roll(office, csv_of(rows)).contest.slug


def asked(office: World, slug: str, **given: str) -> HttpResponse:
    """A question, as a stranger's browser sends it."""
    with at(NOW):
        return office.client().post(reverse("contest-roll-ask", args=[slug]), given, follow=True)


def test_the_answer_goes_to_the_address_on_the_roll(office: World, slug: str) -> None:
    page = asked(office, slug, **ANN)
    assert "1@example.org" not in page.content.decode()
    (sent,) = mail.outbox
    assert sent.to == ["1@example.org"]
    assert "Ann Able" in sent.body
    assert "you may vote, in" in sent.body
    asked(office, slug, number="3", family="cole", email="3@EXAMPLE.org")
    assert "you may not vote: not so: joined on or before the freeze date" in mail.outbox[-1].body
    assert RollEnquiry.objects.filter(status="mailed").count() == 2
    assert all(one.given == {} for one in RollEnquiry.objects.all()), "what was given is wiped"


@pytest.mark.parametrize(
    "given",
    [
        {**ANN, "number": "77"},
        {**ANN, "family": "Best"},
        {**ANN, "born": "1970-01-03"},
        {"number": "1", "family": "Able", "email": "other@example.org"},
        {"number": "' OR 1=1 --", "family": "%", "born": "1970-01-02"},
        {"number": "2", "family": "Best", "email": "x@example.org"},
    ],
)
def test_known_and_unknown_are_told_the_same(office: World, slug: str, given: dict[str, Any]) -> None:
    known, unknown = asked(office, slug, **ANN), asked(office, slug, **given)
    assert len(mail.outbox) == 1
    assert known.redirect_chain == unknown.redirect_chain
    assert known.status_code == unknown.status_code == 200
    assert known.content == unknown.content
    assert dict(known.headers) == dict(unknown.headers)


def test_the_same_work_is_done_while_they_wait(office: World, slug: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is looked up is looked up beside the page: a stopwatch at the page learns nothing."""
    waiting: list[int] = []
    monkeypatch.setattr(asking, "answer", type("Task", (), {"enqueue": staticmethod(waiting.append)}))

    def work(**given: str) -> list[str]:
        with CaptureQueriesContext(connection) as held:
            asked(office, slug, **given)
        return [re.sub(r"'[^']*'|\d+", "?", query["sql"]) for query in held]

    assert work(**ANN) == work(**{**ANN, "number": "77"}) == work(**{**ANN, "family": "Best"})
    assert not mail.outbox
    assert len(waiting) == 3
    for one in waiting:
        monkeypatch.undo()
        with at(NOW):
            asking.answer.func(one)
    assert len(mail.outbox) == 1


def test_nobody_s_mailbox_is_filled(office: World, slug: str) -> None:
    pages = {asked(office, slug, **ANN).content for _ in range(6)}
    assert len(pages) == 1
    assert len(mail.outbox) == asking.MAX_LETTERS


def test_an_address_that_asks_too_often_waits(office: World, slug: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(roll_public, "A_HOUR", 2)
    assert [asked(office, slug, **{**ANN, "number": str(n)}).status_code for n in (1, 70, 71)] == [200, 200, 429]
    assert "an hour" in asked(office, slug, **ANN).content.decode()


def test_without_a_mail_address_it_goes_by_post(office: World, slug: str) -> None:
    asked(office, slug, number="2", family="Best", born="1970-01-02")
    assert not mail.outbox
    one = RollEnquiry.objects.get()
    assert one.status == "by post"
    with at(NOW):
        browser = office.client(office.registrar)
        assert f"Letter {one.pk}" in browser.get(reverse("contest-roll-appeals", args=[slug])).content.decode()
        letter = browser.get(reverse("contest-roll-letter", args=[slug, one.pk])).content.decode()
        assert "2 High St" in letter
        browser.post(reverse("contest-roll-posted", args=[slug, one.pk]))
    one.refresh_from_db()
    assert one.status == "posted"


def test_before_the_roll_is_closed_the_organisation_s_answers(office: World) -> None:
    with at("2016-07-01T10:00"):
        applied(office, csv_of([member("1", "Ann Able")]))
        made = rolled.contest(office)
    asked(office, made.slug, **ANN)
    assert "decided when the roll is closed" in mail.outbox[0].body


def test_an_appeal_and_its_ruling(office: World, slug: str, django_capture_on_commit_callbacks: Any) -> None:
    given = {"name": "Ann A.", "email": "evil@example.org", "text": "I should be <b>on</b> it", **ANN}
    address = reverse("contest-roll-appeal-form", args=[slug])
    with at(NOW):
        on_the_roll = office.client().post(address, given, follow=True)
        stranger = office.client().post(address, {**given, "number": "", "email": "new@example.org"}, follow=True)
        assert on_the_roll.content == stranger.content
        known, unknown = RollAppeal.objects.order_by("pk")
        assert (known.person, unknown.person) == ("1", "")
        browser = office.client(office.registrar)
        page = browser.get(reverse("contest-roll-appeal", args=[slug, known.pk])).content.decode()
        assert "&lt;b&gt;on" in page
        assert "goes to the mail address that stands on the roll" in page
        page = browser.get(reverse("contest-roll-appeal", args=[slug, unknown.pk])).content.decode()
        assert "write nothing in it that stands on the roll" in page
        where = reverse("contest-roll-appeal", args=[slug, known.pk])
        assert "This field is required" in browser.post(where, {"upheld": "yes", "ruling": ""}).content.decode()
        with django_capture_on_commit_callbacks(execute=True):
            browser.post(where, {"upheld": "no", "ruling": "You joined late."})
            browser.post(reverse("contest-roll-appeal", args=[slug, unknown.pk]), {"upheld": "yes", "ruling": "Seen."})
    assert [sent.to for sent in mail.outbox] == [["1@example.org"], ["new@example.org"]]
    assert "refused" in mail.outbox[0].body
    assert "You joined late." in mail.outbox[0].body
    known.refresh_from_db()
    assert (known.status, known.ruling) == ("refused", "You joined late.")
    kinds = list(Log.objects.get(name=f"contest:{known.contest.pk}").acts.values_list("kind", "role"))
    assert kinds.count(("appeal", "public")) == 2
    assert kinds.count(("rule_on_appeal", "registrar")) == 2
    assert verify_log(Log.objects.get(name=f"contest:{known.contest.pk}")) == []


def test_an_appeal_needs_a_text_that_is_not_a_book(office: World, slug: str) -> None:
    address = reverse("contest-roll-appeal-form", args=[slug])
    with at(NOW):
        office.client().post(address, {"name": "A", "email": "a@example.org", "text": " "})
        office.client().post(address, {"name": "A", "email": "a@example.org", "text": "x" * (acts.LONGEST + 1)})
        office.client().post(address, {"name": "A", "email": "none", "text": "x"})
    assert not RollAppeal.objects.exists()


def test_a_contest_in_preparation_has_no_roll_for_anybody(office: World, slug: str) -> None:
    from selectorate.office.models import Contest

    Contest.objects.update(status="draft", adopted=None)
    for name in ("contest-roll-public", "contest-roll-ask", "contest-roll-appeal-form"):
        assert office.client().get(reverse(name, args=[slug])).status_code == 404
