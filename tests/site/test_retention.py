"""What is kept of people: every model in one table, one person's data in a file, and the end of the time of keeping."""

from __future__ import annotations

import io
import json
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.apps import apps
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from tests.site import everywhere
from tests.site.everywhere import all_routes, small_party
from tests.site.world import World

from selectorate.errors import RefusedError
from selectorate.office import outbox, retention
from selectorate.office.acts import keeping, people, verify_log
from selectorate.office.models import Act, Candidate, Contest, Letter, Log, Mail, Organisation, Person, User


def test_every_model_is_in_the_table_once() -> None:
    kept = [line.model for line in retention.KEPT]
    assert len(kept) == len(set(kept))
    there = {model._meta.label for model in apps.get_models()}
    assert {*kept} | retention.NOTHING_PERSONAL == there, "a model is in retention.KEPT or in NOTHING_PERSONAL"
    assert not {*kept} & retention.NOTHING_PERSONAL


def test_every_model_that_names_an_account_or_a_person_is_personal() -> None:
    for model in apps.get_models():
        if any(field.related_model in (User, Person) for field in model._meta.concrete_fields):
            exceptions = {"office.Contest"}  # the holder who is challenged: a public fact of the contest
            assert model._meta.label not in retention.NOTHING_PERSONAL - exceptions, model


def test_the_page_on_privacy_has_every_line(office: World) -> None:
    page = Client().get(reverse("privacy")).content.decode()
    for line in retention.KEPT:
        assert str(line.what).split(",")[0] in page
    assert "180 days" in page


# -- one person's data ------------------------------------------------------------------------------------------------


def test_somebody_gets_everything_about_them_and_nothing_about_others() -> None:
    world = everywhere.build()
    contest = world.contests["adopted"]
    user = world.people["adopted", "nominator"]
    assert user is not None
    seat = user.seats.get()
    Letter.objects.create(contest=contest, stage="nomination", seat=seat)
    Mail.objects.create(to=user.email, subject="Your code", body="1234")
    EmailAddress.objects.create(user=user, email=user.email, verified=True)
    answer = world.client("adopted", "nominator").post(reverse("my-data"))
    found = json.loads(answer.content)
    assert set(found) == {line.model for line in retention.KEPT if line.of}
    assert found["office.User"][0]["email"] == user.email
    assert found["office.BodySeat"][0]["name"] == seat.name
    assert len(found["office.Letter"]) == len(found["office.Mail"]) == len(found["account.EmailAddress"]) == 1
    text = answer.content.decode()
    for other in User.objects.exclude(pk=user.pk):
        assert other.email not in text
    assert "attachment" in answer.headers["Content-Disposition"]


def test_a_registrar_gives_a_person_their_data_but_never_sees_letters() -> None:
    world = everywhere.build()
    candidate = world.people["declared", "candidate"]
    assert candidate is not None
    one = Candidate.objects.get(user=candidate)
    client = world.client(None, "registrar")
    answer = client.post(reverse("person-data", args=[one.person.slug]))
    found = json.loads(answer.content)
    assert found["office.Person"][0]["name"] == one.name and found["office.Candidate"][0]["name"] == one.name
    assert "office.Letter" not in found
    assert world.client(None, "scrutineer").post(reverse("person-data", args=[one.person.slug])).status_code == 403


# -- the end of the time of keeping -----------------------------------------------------------------------------------


@pytest.fixture
def declared() -> Contest:
    """A contest of the demonstration that is declared, with everything in it that a contest can know of people."""
    small_party("_two_years_ago", "_nominations_open")
    contest = Contest.objects.get(slug="leadership-election-first")
    link = contest.bodies.get(key="plp")
    seat = link.body.seats.first()
    Letter.objects.create(contest=contest, stage="nomination", seat=seat)
    contest.disputes.create(about="other", says="Somebody named Secret Name")
    person = Person.objects.create(name="Never Stood", slug="never-stood")
    contest.candidates.create(person=person, key="never", name="Never Stood", statement="Secret", order=9)
    return contest


def personal(contest: Contest) -> str:
    """Everything that the rows of a contest say, on one string."""
    out = io.StringIO()
    for model in apps.get_app_config("office").get_models():
        names = {field.name for field in model._meta.concrete_fields}
        if "contest" in names and model is not Contest:
            print(list(model.objects.filter(contest=contest).values()), file=out)
    print(list(Act.objects.filter(log__name=f"contest:{contest.pk}").values()), file=out)
    return out.getvalue()


def test_personal_data_go_when_their_time_is_over_and_the_logs_still_hold(declared: Contest) -> None:
    officer = User.objects.get(email="ruth@commonwealth.example")
    before = {act.number: act.hash for act in Act.objects.filter(log__name=f"contest:{declared.pk}")}
    nominated = declared.nominations.filter(withdrawn=None, invalid="").count()
    data = declared.declaration.data
    Contest.objects.filter(pk=declared.pk).update(declared=timezone.now())
    with pytest.raises(RefusedError, match="is not over"):
        keeping.delete_personal_data(officer, declared)
    with time_machine.travel(timezone.now() + timedelta(days=181)):
        rows = keeping.delete_personal_data(officer, declared)
    assert rows["Letter"] == rows["Dispute"] == 1 and rows["Candidate"] >= 1 and rows["Act"] > 30
    text = personal(declared)
    for gone in ("Secret Name", "Never Stood", "Ruth Langstaff", "Dan Okafor"):
        assert gone not in text.replace(str(Act.objects.latest("pk").details), ""), gone
    declared.refresh_from_db()
    assert declared.personal_data_deleted
    log = Log.objects.get(name=f"contest:{declared.pk}")
    assert verify_log(log) == []
    after = {act.number: act.hash for act in log.acts.all()}
    assert {number: after[number] for number in before} == before, "the published part of every act is as it was"
    assert declared.nominations.count() == nominated, "what was public stays"
    assert declared.declaration.data == data
    assert {one.name for one in declared.candidates.filter(status="standing")} == {
        "Rosa Marlowe",
        "Theo Cairncross",
        "Nadia Fenwick",
        "Hugh Tattersall",
    }
    with pytest.raises(RefusedError, match="already"):
        keeping.delete_personal_data(officer, declared)


def test_every_public_page_is_still_there_afterwards(declared: Contest) -> None:
    def seen() -> dict[str, int]:
        found = {}
        for route in all_routes():
            if route.keywords == ("contest",):
                found[route.name] = Client().get(reverse(route.lookup, args=[declared.slug])).status_code
        return found

    before = seen()
    with time_machine.travel(timezone.now() + timedelta(days=181)):
        keeping.delete_personal_data(None, declared)
        assert seen() == before


def test_the_clock_does_it_by_itself(declared: Contest) -> None:
    Mail.objects.create(to="a@example.org", subject="s", body="b")
    running = Contest.objects.get(slug="election-of-the-deputy-leader")
    Contest.objects.filter(pk=declared.pk).update(declared=timezone.now())
    with time_machine.travel(timezone.now() + timedelta(days=100)):
        retention.clear_away()
        declared.refresh_from_db()
        assert declared.personal_data_deleted is None
        assert not Mail.objects.exists()
    with time_machine.travel(timezone.now() + timedelta(days=181)):
        retention.clear_away()
    declared.refresh_from_db()
    running.refresh_from_db()
    assert declared.personal_data_deleted and running.personal_data_deleted is None
    assert all(verify_log(log) == [] for log in Log.objects.all())


def test_accounts_that_nobody_needs_are_forgotten(office: World) -> None:
    Organisation.objects.update(retention_days=30)
    people.seat(office.alice, None, body=office.body("MPs", 1), name="Mia", began="2016-01-01", email="mia@example.org")
    with time_machine.travel(timezone.now() + timedelta(days=31)):
        assert {user.email for user in keeping.unused_accounts(timezone.now())} == {"charlie@example.org"}
        assert keeping.forget_accounts(None, None) == 1
    assert not User.objects.filter(email="charlie@example.org").exists()
    assert User.objects.filter(email="mia@example.org").exists()


# -- mail -------------------------------------------------------------------------------------------------------------


class Server:
    """A server of mail that takes what it is given, or does what it is told to."""

    sent: list[Any]
    fault: Exception | None = None

    def __init__(self) -> None:
        self.sent = []

    def send_messages(self, messages: list[Any]) -> int:
        """Take messages."""
        if self.fault:
            raise self.fault
        self.sent += messages
        return len(messages)

    def close(self) -> None:
        """Nothing is open."""


@pytest.fixture
def server(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Server:
    """An office that has a server of mail."""
    made = Server()
    settings.MAIL_SERVER = True
    settings.EMAIL_BACKEND = "selectorate.office.outbox.OutboxBackend"
    monkeypatch.setattr(outbox, "get_connection", lambda *_: made)
    return made


def test_a_mail_is_sent_once_and_its_text_does_not_stay(office: World, server: Server) -> None:
    Client().post(reverse("account_request_login_code"), {"email": "charlie@example.org"})
    Client().post(reverse("account_request_login_code"), {"email": "unknown@example.org"})
    assert Mail.objects.count() == 2 and server.sent == [], "the page waits for no server"
    assert outbox.deliver() == 1
    assert outbox.deliver() == 0
    assert [message.to for message in server.sent] == [["charlie@example.org"]]
    kept = Mail.objects.get()
    assert kept.sent and (kept.to, kept.subject, kept.body) == ("", "", "")


def test_a_mail_is_tried_again_until_it_is_given_up(office: World, server: Server, log: io.StringIO) -> None:
    import smtplib

    server.fault = smtplib.SMTPServerDisconnected("charlie@example.org: go away")
    Client().post(reverse("account_request_login_code"), {"email": "charlie@example.org"})
    start = timezone.now()
    for hour in range(40):
        with time_machine.travel(start + timedelta(hours=hour)):
            for _ in range(6):
                outbox.deliver()
    one = Mail.objects.get()
    assert one.tries == len(outbox.WAITS) + 1 and one.next is None and one.fault == "SMTPServerDisconnected"
    assert "charlie" not in log.getvalue() and "was not taken" in log.getvalue()
    server.fault = None
    Client().post(reverse("account_request_login_code"), {"email": "charlie@example.org"})
    assert outbox.deliver() == 1


def test_a_mail_that_is_refused_for_good_is_not_tried_again(office: World, server: Server) -> None:
    import smtplib

    server.fault = smtplib.SMTPRecipientsRefused({"charlie@example.org": (550, b"unknown")})
    Client().post(reverse("account_request_login_code"), {"email": "charlie@example.org"})
    outbox.deliver()
    assert Mail.objects.get().next is None


# -- logs -------------------------------------------------------------------------------------------------------------


def test_no_name_and_no_address_of_anybody_comes_into_the_log(log: io.StringIO) -> None:
    world = everywhere.build()
    private = {user.email for user in User.objects.all()} | {user.name for user in User.objects.all()}
    private |= set(Person.objects.values_list("name", flat=True))
    for route in all_routes():
        for status in set(route.statuses) & {None, "adopted"}:
            for who in ("anonymous", "returning-officer"):
                client, address = world.client(status, who), world.address(route, status)
                with transaction.atomic():
                    client.get(address, {"q": "Theo Cairncross", "email": "ruth@commonwealth.example"})
                    client.post(address, {"email": "ruth@commonwealth.example", "name": "Theo Cairncross"})
                    transaction.set_rollback(True)
    written = log.getvalue()
    assert "Not Found" in written or "Forbidden" in written, "something was logged at all"
    for one in private:
        assert one not in written
