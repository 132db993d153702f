"""The voter's pages: the code, the session, the papers in the booth, the mail on every ballot, and finding a ballot."""

from __future__ import annotations

import io
import json
import re
from base64 import b64decode
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from itertools import permutations
from typing import Any

import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.core import mail
from django.core.cache import cache
from django.db import connection, transaction
from django.http import HttpRequest
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from tests.site import boxed, rolled, stages
from tests.site.test_signing_in import everything, without_secrets
from tests.site.world import World, at

from selectorate.office.acts import amending, confirm
from selectorate.office.boxes import board, booths, casting, codes, sessions, store, voters
from selectorate.office.models import (
    BoxVoter,
    Contest,
    Mail,
    PaperVote,
    SealedBox,
    Trustee,
    VoterCode,
)

OUTBOX = "selectorate.office.outbox.OutboxBackend"
WHEN = "2016-08-23T10:00"
EASY = "is not prevented"


@dataclass
class Voting:
    """A contest whose roll is closed and whose box is open."""

    office: World
    made: boxed.Boxed
    contest: Contest
    electorate: list[voters.Voter]

    @property
    def box(self) -> SealedBox:
        """The box as it is now."""
        return SealedBox.objects.get(pk=self.made.box.pk)

    @property
    def vote(self) -> Any:
        """The online vote."""
        return self.made.box.vote

    def who(self, place: int) -> str:
        """The keyed hash of a voter."""
        return voters.who(self.vote, self.electorate[place].voter)

    def at(self, name: str = "vote", *more: str) -> str:
        """The address of a page."""
        return reverse(name, args=[self.contest.slug, *more])

    def ask(self, client: Client, named: str, **more: Any) -> Any:
        """Ask for a code."""
        return client.post(self.at(), {"named": named}, **more)

    def enter(self, client: Client, code: str) -> Any:
        """Enter a code."""
        return client.post(self.at("vote-code"), {"code": code})

    def signed_in(self, place: int = 0, client: Client | None = None) -> Client:
        """A browser in which a voter has entered their code."""
        client = client or Client()
        self.ask(client, self.electorate[place].email)
        assert self.enter(client, code()).status_code == 302
        assert "voter" in client.session
        return client

    def cast(self, place: int, answers: list[list[int]]) -> dict[str, Any]:
        """A ballot of a voter, cast with their address."""
        raw = self.made.ballot(place, answers)
        return casting.cast(self.box, raw, who=self.who(place), email=self.electorate[place].email)


def code() -> str:
    """The code of the last mail."""
    found = re.search(r"^[B-Z]{4}-[B-Z]{4}$", str(mail.outbox[-1].body), re.M)
    assert found is not None, mail.outbox[-1].body
    return found.group()


def made_of(office: World, content: bytes | None = None) -> Voting:
    """A contest with a closed roll and an open box, in which everybody of the roll has a credential."""
    rows = [rolled.member(f"m{number}", name) for number, name in enumerate(("Ada Able", "Ben Bold", "Cyd Cool"))]
    closed = rolled.contest_with_roll(office, content or rolled.csv_of(rows))
    contest = closed.contest
    electorate = list(voters.electorate(contest, "ballot"))
    with at(WHEN):
        made = boxed.box_of(contest, len(electorate))
    for row, voter in zip(BoxVoter.objects.filter(box=made.box).order_by("pk"), electorate, strict=True):
        row.who = voters.who(made.box.vote, voter.voter)
        row.save()
    return Voting(office, made, contest, electorate)


@pytest.fixture
def voting(office: World) -> Iterator[Voting]:
    cache.clear()
    made = made_of(office)
    with at(WHEN):
        yield made


# -- the code ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("named", ["M0@Example.org ", "m0"])
def test_a_voter_comes_in_by_a_code_that_is_mailed_to_the_roll(voting: Voting, named: str) -> None:
    client = Client()
    asked = voting.ask(client, named)
    assert asked.url == voting.at()
    assert mail.outbox[-1].to == ["m0@example.org"]
    assert "Your code" in client.get(asked.url).content.decode()
    done = voting.enter(client, f" {code().lower().replace('-', ' ')} ")
    assert done.url == voting.at("vote-booth", "ballot"), "one stage is open: straight to the paper"
    assert client.get(done.url).status_code in (200, 503), "503: the booth is not built on this machine"
    assert client.session["voter"]["who"] == voting.who(0)


def test_a_code_is_for_its_browser_for_fifteen_minutes_and_once(voting: Voting) -> None:
    mine, theirs = Client(), Client()
    voting.ask(mine, "m0")
    right = code()
    voting.ask(theirs, "m0")
    voting.enter(theirs, right)
    assert "voter" not in theirs.session
    with time_machine.travel(timezone.now() + timedelta(minutes=15, seconds=1)):
        voting.enter(mine, right)
        assert "voter" not in mine.session
    voting.enter(mine, right)
    assert "voter" in mine.session
    mine.post(voting.at("vote-end"))
    voting.enter(mine, right)
    assert "voter" not in mine.session


def test_after_five_wrong_tries_the_right_code_is_gone(voting: Voting) -> None:
    client = Client()
    voting.ask(client, "m0")
    right = code()
    pages = [voting.enter(client, "BBBB-BBBB").content.decode() for _ in range(5)]
    assert "Ask for a new one" in pages[-1] and "Ask for a new one" not in pages[-2]
    voting.enter(client, right)
    assert "voter" not in client.session
    assert "Send me a code" in client.get(voting.at()).content.decode()


def test_of_two_codes_that_were_asked_for_in_one_browser_both_work(voting: Voting) -> None:
    client = Client()
    voting.ask(client, "m0")
    first = code()
    voting.ask(client, "m0")
    voting.enter(client, first)
    assert "voter" in client.session


def test_who_types_nothing_is_asked_again(voting: Voting) -> None:
    client = Client()
    assert voting.ask(client, "").status_code == 200
    voting.ask(client, "m0")
    assert voting.enter(client, "").status_code == 200
    assert client.get(voting.at("vote-code")).url == voting.at()
    assert VoterCode.objects.get().tries == 0


def asked(voting: Voting, settings: Any, named: str) -> tuple[Any, ...]:
    """What is seen, and what is done, when somebody asks for a code and enters a wrong one."""
    settings.EMAIL_BACKEND = OUTBOX
    client = Client()
    kinds = []
    pages = []
    for send in (
        lambda: voting.ask(client, named),
        lambda: client.get(voting.at()),
        lambda: voting.enter(client, "BBBB-BBBB"),
    ):
        with CaptureQueriesContext(connection) as queries:
            pages.append(send())
        kinds.append([" ".join(query["sql"].split()[:3]).partition("SAVEPOINT")[0] for query in queries])
    return (
        [page.status_code for page in pages],
        [without_secrets(page.content.decode(), named) for page in pages],
        [{**page.headers, "Expires": "now"} for page in pages],
        kinds,
    )


@pytest.mark.parametrize(
    "unknown", ["nobody-here@example.org", "m999", "m0@example.org.evil.example", "charlie@example.org"]
)
def test_known_and_unknown_are_answered_alike(voting: Voting, settings: Any, unknown: str) -> None:
    voting.ask(Client(), "m1")  # the roll is at hand from the first that asks on
    known = asked(voting, settings, "m0@example.org")
    other = asked(voting, settings, unknown)
    assert known[0] == other[0] == [302, 200, 200]
    assert known[1] == other[1]
    assert known[2] == other[2]
    assert known[3] == other[3], "the same statements to the database, the mail included"
    assert [one.to for one in Mail.objects.order_by("pk")] == ["m0@example.org", ""]


def test_the_code_of_nobody_cannot_be_entered(voting: Voting, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(codes, "generate_user_code", lambda: "BCDF-GHJK")
    client = Client()
    voting.ask(client, "nobody-here@example.org")
    voting.enter(client, "BCDF-GHJK")
    assert "voter" not in client.session


def test_the_address_is_the_one_of_the_closed_roll(voting: Voting) -> None:
    from selectorate.office.models import RollEntry

    RollEntry.objects.filter(number="m0").update(email="thief@example.org")
    voting.ask(Client(), "m0")
    assert mail.outbox[-1].to == ["m0@example.org"]
    voting.ask(Client(), "thief@example.org")
    assert mail.outbox[-1].to == []


def test_later_changes_of_the_closed_roll_count(voting: Voting) -> None:
    """An address that two officials corrected is where the code goes; who was struck gets none."""

    def changed(act: Any, **given: Any) -> None:
        confirm(voting.office.alice, act(voting.office.registrar, voting.contest, **given))

    person = voting.electorate[0].voter.removeprefix("roll:")
    voting.ask(Client(), "m0")
    key = [person, "member", None, 1]
    changed(amending.change_entry, key=key, values={"email": "ada@example.org"}, reason="a typing error")
    for named, to in (("m0", ["ada@example.org"]), ("ada@example.org", ["ada@example.org"]), ("m0@example.org", [])):
        voting.ask(Client(), named)
        assert mail.outbox[-1].to == to
    assert next(iter(voters.electorate(voting.contest, "ballot"))).email == "ada@example.org"
    changed(amending.strike_person, person=person, reason="left in May")
    voting.ask(Client(), "m0")
    assert mail.outbox[-1].to == []


def test_several_with_one_address_give_their_number(office: World) -> None:
    rows = [
        rolled.member("m1", "Ada Able", email="home@example.org"),
        rolled.member("m2", "Ben Able", born="1971-03-04", email="home@example.org"),
    ]
    made = made_of(office, rolled.csv_of(rows))
    with at(WHEN):
        client = Client()
        made.ask(client, "home@example.org")
        assert mail.outbox[-1].to == ["home@example.org"]
        assert "membership number" in mail.outbox[-1].body and not re.search(r"[B-Z]{4}-[B-Z]{4}", mail.outbox[-1].body)
        made.ask(client, "m2")
        made.enter(client, code())
        assert client.session["voter"]["who"] == voters.who(
            made.vote, next(v.voter for v in made.electorate if v.name == "Ben Able")
        )


def test_who_has_no_credential_gets_no_code(voting: Voting) -> None:
    BoxVoter.objects.filter(who=voting.who(0)).delete()
    voting.ask(Client(), "m0")
    assert mail.outbox[-1].to == []


# -- limits ------------------------------------------------------------------------------------------------------


def test_an_attacker_neither_fills_a_mailbox_nor_locks_its_owner_out(voting: Voting, settings: Any) -> None:
    settings.LIMITS = True
    mine = Client(REMOTE_ADDR="192.0.2.200")
    voting.ask(mine, "m0")
    right = code()
    for number in range(40):
        thief = Client(REMOTE_ADDR=f"192.0.2.{number}")
        voting.ask(thief, "m0@example.org")
        for _ in range(6):
            voting.enter(thief, "BBBB-BBBB")
    sent = [one for one in mail.outbox if one.to]
    assert len(sent) == codes.MOST
    late = Client(REMOTE_ADDR="192.0.2.201")
    voting.ask(late, "m0")
    assert [one for one in mail.outbox if one.to] == sent, "no more mail"
    last = re.search(r"^[B-Z]{4}-[B-Z]{4}$", str(sent[-1].body), re.M)
    assert last is not None
    voting.enter(late, last.group())
    assert "voter" in late.session, "the last code that was mailed is good here"
    voting.enter(mine, right)
    assert "voter" in mine.session, "and the first in its own browser"


def test_who_asks_too_often_waits_and_it_does_not_matter_for_whom(voting: Voting, settings: Any) -> None:
    settings.LIMITS = True
    for named in ("m0", "nobody@example.org"):
        client = Client(REMOTE_ADDR=f"198.51.100.{len(named)}")
        answers = [voting.ask(client, named).status_code for _ in range(21)]
        assert answers == [302] * 20 + [429]
    assert voting.ask(Client(REMOTE_ADDR="198.51.100.99"), "m0").status_code == 302


# -- what only reads, and the session ----------------------------------------------------------------------------


def test_a_scanner_changes_nothing(voting: Voting) -> None:
    voting.ask(Client(), "m0")
    client = voting.signed_in(1)
    before, sessions_before = everything(), list(Session.objects.order_by("pk").values())
    scanner = Client()
    for _ in range(20):
        for one in (scanner, client, Client()):
            for name, more in (
                ("vote", ()),
                ("vote-code", ()),
                ("vote-end", ()),
                ("vote-find", ()),
                ("vote-promises", ()),
                ("vote-booth", ("ballot",)),
                ("vote-booth-json", ("ballot",)),
            ):
                one.get(voting.at(name, *more))
                one.head(voting.at(name, *more))
    assert everything() == before
    assert list(Session.objects.order_by("pk").values()) == sessions_before
    assert client.get(voting.at("vote-booth-json", "ballot")).status_code == 200


def test_the_key_of_the_session_changes_at_both_ends(voting: Voting) -> None:
    client = Client()
    voting.ask(client, "m0")
    planted = client.cookies["sessionid"].value
    token = client.cookies["csrftoken"].value if "csrftoken" in client.cookies else ""
    voting.enter(client, code())
    mine = client.cookies["sessionid"].value
    assert mine != planted
    assert client.cookies["csrftoken"].value != token
    thief = Client()
    thief.cookies["sessionid"] = planted
    assert thief.get(voting.at("vote-booth-json", "ballot")).status_code == 403
    client.post(voting.at("vote-end"))
    thief.cookies["sessionid"] = mine
    assert thief.get(voting.at("vote-booth-json", "ballot")).status_code == 403


def test_a_session_lasts_an_hour(voting: Voting) -> None:
    client = voting.signed_in()
    with time_machine.travel(timezone.now() + timedelta(minutes=59)):
        assert client.get(voting.at("vote-booth-json", "ballot")).status_code == 200
    with time_machine.travel(timezone.now() + timedelta(minutes=60)):
        assert client.get(voting.at("vote-booth-json", "ballot")).status_code == 403
        assert client.get(voting.at("vote-booth", "ballot")).url == voting.at()


def test_an_official_in_the_same_browser_stays_one_and_gains_nothing(voting: Voting) -> None:
    client = voting.signed_in(client=voting.office.client(voting.office.alice))
    assert client.get(reverse("desk")).status_code == 200
    assert client.session["_auth_user_id"] == str(voting.office.alice.pk)
    client.post(voting.at("vote-end"))
    assert "voter" not in client.session
    assert client.get(reverse("desk")).status_code == 200
    plain = voting.signed_in(1)
    assert plain.get(reverse("desk")).status_code == 302
    assert plain.get(voting.at()).context["roles"] == frozenset()


def test_a_session_is_of_one_contest(voting: Voting) -> None:
    client = voting.signed_in()
    session = client.session
    session["voter"] = {**session["voter"], "vote": "another"}
    session.save()
    assert client.get(voting.at("vote-booth-json", "ballot")).status_code == 403


def answered(client: Client, voting: Voting) -> HttpRequest:
    """A request of that browser, as the cast view has it."""
    request = HttpRequest()
    request.session = client.session  # type: ignore[assignment]
    return request


def test_the_session_ends_after_the_last_paper(voting: Voting) -> None:
    with transaction.atomic():
        second = boxed.box_of(voting.contest, 1, section="members")
    BoxVoter.objects.filter(box=second.box).update(who=voting.who(0))
    client = voting.signed_in()
    request = answered(client, voting)
    signed = sessions.current(request, voting.vote)
    assert signed is not None and signed.email == "m0@example.org"
    sessions.was_cast(request, voting.box)
    assert sessions.current(request, voting.vote) is not None
    sessions.was_cast(request, voting.box)
    assert sessions.current(request, voting.vote) is not None, "the same paper again is not the other one"
    sessions.was_cast(request, second.box)
    assert sessions.current(request, voting.vote) is None


# -- the booth ---------------------------------------------------------------------------------------------------


def test_the_booth_gets_the_papers_of_this_voter(voting: Voting) -> None:
    client = voting.signed_in()
    data = client.get(voting.at("vote-booth-json", "ballot")).json()
    (paper,) = data["papers"]
    assert b64decode(paper["election"]) == store.election_of(voting.box).raw
    assert paper["credential"] == BoxVoter.objects.get(who=voting.who(0)).credential
    assert paper["names"] == ["Ada", "Ben", "Cyd"] and sorted(paper["order"]) == [0, 1, 2]
    assert (paper["paper"], paper["least"], paper["most"], paper["blank"]) == ("rank", 0, 3, True)
    assert data["cast"] == f"/vote/{voting.contest.slug}/cast/" and data["csrf"]
    assert (data["revote"], data["easy"], paper["cast_before"]) == (True, False, False)
    voting.cast(0, [[1, 2, 3]])
    assert client.get(voting.at("vote-booth-json", "ballot")).json()["papers"][0]["cast_before"] is True


def test_names_are_in_an_order_of_their_own_for_each_voter_and_the_same_each_time(voting: Voting) -> None:
    names = ("Ada", "Ben", "Cyd", "Re-open nominations")
    orders = [tuple(booths.order_for(voting.box, f"{number:064x}", names)) for number in range(6_000)]
    assert orders[:50] == [tuple(booths.order_for(voting.box, f"{number:064x}", names)) for number in range(50)]
    counted = Counter(orders)
    assert set(counted) == {(*order, 3) for order in permutations(range(3))}
    assert all(850 < number < 1150 for number in counted.values()), counted
    client = voting.signed_in()
    address = voting.at("vote-booth-json", "ballot")
    assert client.get(address).json()["papers"][0]["order"] == client.get(address).json()["papers"][0]["order"]


def test_what_is_closed_or_voted_on_paper_is_not_put_before_anybody(voting: Voting) -> None:
    client = voting.signed_in()
    PaperVote.objects.create(box=voting.box, who=voting.who(0), outcome="counts")
    assert client.get(voting.at("vote-booth-json", "ballot")).status_code == 409
    assert "Your vote on paper is there" in client.get(voting.at()).content.decode()
    PaperVote.objects.all().delete()
    assert client.get(voting.at("vote-booth-json", "elsewhere")).status_code == 409
    SealedBox.objects.update(closes=timezone.now())
    assert client.get(voting.at("vote-booth-json", "ballot")).status_code == 409
    assert client.get(voting.at("vote-booth", "ballot")).status_code == 302


def test_a_voter_of_another_box_only_sees_theirs(voting: Voting) -> None:
    with transaction.atomic():
        boxed.box_of(voting.contest, 2, section="members")
    client = voting.signed_in()
    assert [one["box"] for one in client.get(voting.at("vote-booth-json", "ballot")).json()["papers"]] == [
        voting.box.uuid
    ]


# -- a body ------------------------------------------------------------------------------------------------------


def in_a_body(office: World) -> Voting:
    """A contest in which three members of a body vote in rounds; the box of the first is open."""
    office.body("MPs", 3)
    contest = stages.make(office, "labour-1922", bodies={"plp": "mps"}, adopt=False)
    Contest.objects.filter(pk=contest.pk).update(status=Contest.Status.ADOPTED, adopted=timezone.now())
    return in_round(Voting(office, boxed.box_of(contest, 3), contest, list(voters.electorate(contest, "ballots"))), 1)


def in_round(voting: Voting, number: int) -> Voting:
    """The box that was made last as that of a round, of the voters of the contest."""
    SealedBox.objects.filter(pk=voting.box.pk).update(stage="ballots", round=number)
    rows = BoxVoter.objects.filter(box=voting.box).order_by("pk")
    for place, row in enumerate(rows):
        row.who = voting.who(place)
        row.save()
    return voting


def test_a_member_of_a_body_votes_by_the_address_of_their_seat_in_every_round(office: World) -> None:
    voting = in_a_body(office)
    assert len(voting.electorate) == 3
    client = voting.signed_in(1)
    assert client.session["voter"]["who"] == voting.who(1)
    address = voting.at("vote-booth-json", "ballots")
    (paper,) = client.get(address).json()["papers"]
    assert (paper["box"], paper["section_name"]) == (voting.box.uuid, "all votes")
    first = voting.cast(1, [[1, 0, 0]])
    with transaction.atomic():
        store.append(store.locked(voting.box.pk), "EndBallots")
    assert client.get(address).status_code == 409
    second = in_round(Voting(office, boxed.box_of(voting.contest, 3), voting.contest, voting.electorate), 2)
    (paper,) = voting.signed_in(1).get(address).json()["papers"]
    assert (paper["box"], paper["cast_before"]) == (second.box.uuid, False)
    page = voting.signed_in(1).get(voting.at()).content.decode()
    assert first["tracker"] in page and "round 2" in page
    voting.ask(Client(), "charlie@example.org")
    assert mail.outbox[-1].to == []


# -- after casting -----------------------------------------------------------------------------------------------


def test_a_mail_goes_out_for_every_ballot_with_its_receipt(voting: Voting) -> None:
    given = [voting.cast(0, [[1, 2, 3]]), voting.cast(0, [[2, 1, 3]])]
    again = voting.cast(1, [[1, 2, 3]])
    kept = list(Mail.objects.order_by("pk"))
    assert [one.to for one in kept] == ["m0@example.org", "m0@example.org", "m1@example.org"]
    for one, receipt in zip(kept, [*given, again], strict=True):
        assert json.loads(one.body.split("-----")[1]) == receipt
        assert receipt["tracker"] in one.body
    assert "It is the first" in kept[0].body and "was there before" in kept[1].body


def test_from_the_code_to_the_receipt(voting: Voting) -> None:
    """The whole way over the pages, with the checks of forms on."""
    client = Client(enforce_csrf_checks=True)

    def field(page: Any) -> str:
        return str(re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page.content.decode()).group(1))  # type: ignore[union-attr]

    voting.ask(client, "m0", QUERY_STRING="")
    assert not mail.outbox, "no form without its token"
    client.post(voting.at(), {"named": "m0", "csrfmiddlewaretoken": field(client.get(voting.at()))})
    given = {"code": code(), "csrfmiddlewaretoken": field(client.get(voting.at()))}
    assert client.post(voting.at("vote-code"), given).status_code == 302
    data = client.get(voting.at("vote-booth-json", "ballot")).json()
    ballot = voting.made.ballot(0, [[1, 2, 3]]).decode()
    sent = {"box": data["papers"][0]["box"], "ballot": ballot}
    cast = client.post(data["cast"], sent, content_type="application/json", headers={"X-CSRFToken": data["csrf"]})
    receipt = cast.json()
    assert cast.status_code == 200 and receipt["credential"] == data["papers"][0]["credential"]
    (told,) = Mail.objects.all()
    assert told.to == "m0@example.org" and json.loads(told.body.split("-----")[1]) == receipt
    assert "voter" not in client.session, "the last paper is cast"
    assert client.get(voting.at("vote-booth-json", "ballot")).status_code == 403


def test_the_mail_is_there_if_and_only_if_the_ballot_is(voting: Voting, monkeypatch: pytest.MonkeyPatch) -> None:
    raw = voting.made.ballot(0, [[1, 2, 3]])
    for _ in range(2):
        casting.cast(voting.box, raw, who=voting.who(0), email="m0@example.org")
    assert Mail.objects.count() == 1, "the same ballot again is no other ballot"
    SealedBox.objects.update(revote=False)
    with pytest.raises(casting.CastRefusedError):
        voting.cast(0, [[2, 1, 3]])
    assert Mail.objects.count() == 1

    def fails(*args: Any, **given: Any) -> int:
        raise OSError("no room")

    monkeypatch.setattr("selectorate.office.outbox.OutboxBackend.send_messages", fails)
    with pytest.raises(OSError, match="no room"):
        voting.cast(1, [[2, 1, 3]])
    assert voting.box.ballots == 1, "no ballot without its mail"


def test_finding_a_ballot_tells_no_more_than_the_board(voting: Voting, monkeypatch: pytest.MonkeyPatch) -> None:
    """That a later one was cast is on the board, and said so; the second in which it was cast is not."""
    first = voting.cast(0, [[1, 2, 3]])

    def page() -> str:
        return Client().post(voting.at("vote-find"), {"tracker": first["tracker"]}).content.decode()

    monkeypatch.setattr(board, "FRESH", -(10**10))
    assert "of 1" in page()
    monkeypatch.setattr(board, "FRESH", 3600)
    voting.cast(0, [[2, 1, 3]])
    assert "of 1" in page() and "a later ballot stands" not in page()
    monkeypatch.setattr(board, "FRESH", -(10**10))
    assert "of 2" in page() and "a later ballot stands at height 2" in page()
    assert "can see that a later one was cast under the same credential" in page()


def test_anybody_finds_a_ballot(voting: Voting) -> None:
    first, last = voting.cast(0, [[1, 2, 3]]), voting.cast(0, [[2, 1, 3]])
    with transaction.atomic():
        store.append(store.locked(voting.box.pk), "EndBallots")
    page = Client().post(voting.at("vote-find"), {"tracker": f" {last['tracker']}\n"}).content.decode()
    assert "It is in the box" in page and "the one that counts" in page and last["event"] in page
    assert f"/contests/{voting.contest.slug}/boxes/{voting.box.uuid}.bel" in page
    page = Client().post(voting.at("vote-find"), {"tracker": json.dumps(first, indent=1)}).content.decode()
    assert "a later ballot stands at height 2" in page
    missing = Client().post(voting.at("vote-find"), {"tracker": "A" * 43}).content.decode()
    assert "No ballot with this tracker" in missing and "selectorate dispute" in missing
    wrong = Client().post(voting.at("vote-find"), {"tracker": "<script>"})
    assert wrong.status_code == 200 and "This is no tracker" in wrong.content.decode()
    for voter in voting.electorate:
        assert voter.name not in page and voter.email not in page


def test_a_voter_sees_the_last_ballot_recorded_for_them_until_the_end_of_challenges(voting: Voting) -> None:
    voting.cast(0, [[1, 2, 3]])
    last = voting.cast(0, [[2, 1, 3]])
    with transaction.atomic():
        store.append(store.locked(voting.box.pk), "EndBallots")
    client = voting.signed_in()
    page = client.get(voting.at()).content.decode()
    assert last["tracker"] in page and "No box is open now" in page
    voting.vote.until = timezone.now() + timedelta(minutes=1)
    voting.vote.save()
    with time_machine.travel(timezone.now() + timedelta(minutes=2)):
        fresh = Client()
        assert "the time for challenges" in fresh.get(voting.at()).content.decode()
        sent = len(mail.outbox)
        voting.ask(fresh, "m0")
        assert len(mail.outbox) == sent


# -- what pages say ----------------------------------------------------------------------------------------------


def voters_pages(voting: Voting) -> dict[str, str]:
    """Every page that a voter sees."""
    client = Client()
    pages = {"ask": client.get(voting.at()).content.decode()}
    voting.ask(client, "m0")
    pages["code"] = client.get(voting.at()).content.decode()
    voting.enter(client, code())
    pages["voter"] = client.get(voting.at()).content.decode()
    pages["booth"] = client.get(voting.at("vote-booth", "ballot")).content.decode()
    pages["find"] = client.get(voting.at("vote-find")).content.decode()
    pages["promises"] = client.get(voting.at("vote-promises")).content.decode()
    return pages


def test_in_the_easy_mode_every_page_and_mail_says_what_it_weakens(voting: Voting) -> None:
    assert not [name for name, page in voters_pages(voting).items() if EASY in page]
    voting.vote.easy = True
    voting.vote.save()
    voting.made.box.refresh_from_db()
    assert not [name for name, page in voters_pages(voting).items() if EASY not in page]
    voting.cast(0, [[1, 2, 3]])
    assert EASY in Mail.objects.latest("pk").body.replace("\n", " ")
    assert voting.signed_in(1).get(voting.at("vote-booth-json", "ballot")).json()["easy"] is True


def test_no_page_promises_what_is_not_shown_yet(voting: Voting) -> None:
    for name, page in voters_pages(voting).items():
        assert not re.search(r"secret|verifiab|anonym", page, re.I), name


def test_the_page_of_promises_names_who_holds_the_keys(voting: Voting) -> None:
    Trustee.objects.create(vote=voting.vote, number=1, user=voting.office.bob, name="Bob <b>Officer</b>")
    page = Client().get(voting.at("vote-promises")).content.decode()
    assert "Bob &lt;b&gt;Officer" in page and "2 of whom are needed" in page


def test_the_page_of_the_contest_leads_to_the_vote_while_it_is_open(voting: Voting) -> None:
    address = reverse("contest", args=[voting.contest.slug])
    assert f'href="{voting.at()}"' in Client().get(address).content.decode()
    SealedBox.objects.update(closes=timezone.now())
    assert f'href="{voting.at()}"' not in Client().get(address).content.decode()


def test_a_contest_without_an_online_vote_has_none_of_these_pages(office: World) -> None:
    with at("2016-07-01T10:00"):
        contest = rolled.contest(office)
    for name in ("vote", "vote-find", "vote-promises"):
        assert Client().get(reverse(name, args=[contest.slug])).status_code == 404


# -- what is kept ------------------------------------------------------------------------------------------------


def test_no_code_and_no_session_stands_in_a_log_an_address_or_the_database(
    voting: Voting, settings: Any, log: io.StringIO
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    client = Client()
    voting.ask(client, "m0")
    given = code()
    voting.enter(client, "BBBB-BBBB")
    done = voting.enter(client, given)
    client.get(voting.at())
    key = client.cookies["sessionid"].value
    client.get(voting.at("vote-booth-json", "ballot"))
    written = log.getvalue()
    for secret in (given, given.replace("-", ""), key, "m0@example.org"):
        assert secret not in written and secret not in done.url
    rows = json.dumps(everything(), default=str)
    assert given not in rows
    session = Session.objects.get(pk=key).get_decoded()
    assert "m0@example.org" not in json.dumps(session) and "roll:" not in json.dumps(session)


def test_codes_are_cleared_away_after_a_day(voting: Voting) -> None:
    from selectorate.office import retention

    voting.ask(Client(), "m0")
    retention.clear_away()
    assert VoterCode.objects.count() == 1
    with time_machine.travel(timezone.now() + timedelta(days=1, minutes=1)):
        retention.clear_away()
    assert not VoterCode.objects.exists()
