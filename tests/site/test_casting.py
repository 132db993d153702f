"""The address to which ballots are sent: one of a few answers, whatever is sent and whatever breaks."""

from __future__ import annotations

import json
import threading
from typing import Any

import pytest
from django.db import OperationalError
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from tests.site import boxed, rolled
from tests.site.test_races import at_once
from tests.site.world import World, at

from selectorate.office.boxes import casting, crowd, store, voters
from selectorate.office.boxes.crowd import BusyError, Crowd, Rate
from selectorate.office.models import Restoration


@pytest.fixture
def made(office: World, transactional_db: None) -> boxed.Boxed:
    with at("2016-07-01T10:00"):
        return boxed.box_of(rolled.contest(office))


def voter(made: boxed.Boxed, number: int, **given: Any) -> Client:
    """The browser of voter ``number``, who has given their code."""
    client = Client(**given)
    session = client.session
    session["voter"] = {
        "vote": made.box.vote.uuid,
        "who": made.who(number),
        "at": timezone.now().timestamp(),
        "mail": voters.sealed(made.box.vote, "voter@example.org"),
        "cast": [],
    }
    session.save()
    return client


def address(made: boxed.Boxed) -> str:
    return reverse("vote-cast", args=[made.box.vote.contest.slug])


def send(client: Client, made: boxed.Boxed, raw: bytes, **more: Any) -> Any:
    return client.post(
        address(made), json.dumps({"box": made.box.uuid, "ballot": raw.decode()}), "application/json", **more
    )


def test_a_ballot_gets_its_receipt(made: boxed.Boxed) -> None:
    raw, mine = made.ballot(0, [[1, 2, 3]]), voter(made, 0)
    answer = send(mine, made, raw)
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-store")
    assert answer.json()["height"] == 1
    assert "voter" not in mine.session, "it ends with the last paper"
    for client in (mine, voter(made, 0), Client()):
        again = send(client, made, raw)
        assert (again.status_code, again.json()) == (200, answer.json())
    assert made.box.events.count() == 2


def test_what_goes_wrong_after_a_cast_takes_no_receipt_away(made: boxed.Boxed, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*args: Any) -> None:
        raise OperationalError("gone")

    monkeypatch.setattr("selectorate.office.boxes.sessions.was_cast", broken)
    assert send(voter(made, 0), made, made.ballot(0, [[1, 2, 3]])).status_code == 200


def test_refusals_have_their_codes(made: boxed.Boxed) -> None:
    mine, other = voter(made, 0), Client()
    raw = made.ballot(0, [[1, 2, 3]])
    answers = {
        "nobody": send(other, made, raw),
        "another's": send(mine, made, made.ballot(1, [[1, 2, 3]])),
        "spoilt": send(mine, made, raw[:-5] + b"0" + raw[-4:]),
        "long": mine.post(address(made), b"x" * 3_000_000, "application/json"),
    }
    for name, sent in {
        "no json": b"{",
        "no box": b"{}",
        "a list": b"[]",
        "deep": b"[" * 100_000,
        "a number": b'{"box": 1, "ballot": 2}',
        "half a character": b'{"box": "' + made.box.uuid.encode() + b'", "ballot": "\\ud800"}',
        "not utf-8": b"\xff\xfe{",
        "null": b'{"box": "\\u0000", "ballot": ""}',
        "empty": json.dumps({"box": made.box.uuid, "ballot": ""}).encode(),
    }.items():
        answers[name] = mine.post(address(made), sent, "application/json")
    answers["a form"] = mine.post(address(made), {"box": made.box.uuid, "ballot": "x"})
    got = {name: (answer.status_code, answer.json()["code"]) for name, answer in answers.items()}
    assert got.pop("long") == (413, "long")
    assert got.pop("nobody") == got.pop("another's") == (422, "credential")
    assert set(got.values()) == {(422, "invalid")}, got
    assert made.box.events.count() == 1
    assert mine.get(address(made)).status_code == 405
    Restoration.objects.create(why="a test")
    answer = send(mine, made, raw)
    assert (answer.status_code, answer.json()["code"]) == (409, "restored")


def test_a_cast_needs_the_token_of_the_page(made: boxed.Boxed) -> None:
    client = voter(made, 0, enforce_csrf_checks=True)
    assert send(client, made, made.ballot(0, [[1, 2, 3]])).status_code == 403


@pytest.mark.parametrize("where", ["lock", "session", "bug"])
def test_whatever_breaks_is_told_to_come_again(made: boxed.Boxed, monkeypatch: pytest.MonkeyPatch, where: str) -> None:
    def broken(*args: Any, **given: Any) -> Any:
        raise (KeyError("secret") if where == "bug" else OperationalError("database is locked"))

    client = voter(made, 0)
    client.raise_request_exception = False
    raw = made.ballot(0, [[1, 2, 3]])
    with monkeypatch.context() as patched:
        if where == "session":
            patched.setattr("django.contrib.sessions.backends.db.SessionStore.load", broken)
        else:
            patched.setattr(store, "locked", broken)
        answer = send(client, made, raw)
    assert (answer.status_code, answer.json()["code"]) == (503, "busy")
    assert int(answer.headers["Retry-After"]) >= 1 and b"secret" not in answer.content
    assert send(client, made, raw).status_code == 200


def test_a_crowd_is_sent_away_at_once(made: boxed.Boxed, monkeypatch: pytest.MonkeyPatch) -> None:
    full = Crowd(1, 0)
    monkeypatch.setattr(crowd, "crowd", full)
    with full.place():
        answer = send(voter(made, 0), made, made.ballot(0, [[1, 2, 3]]))
    assert (answer.status_code, answer.json()["code"]) == (503, "busy")
    assert send(voter(made, 0), made, made.ballot(0, [[1, 2, 3]])).status_code == 200


def test_places_are_few_and_waiting_is_short() -> None:
    small = Crowd(1, 1, patience=0.05)
    inside, out = threading.Event(), threading.Event()

    def hold() -> None:
        with small.place():
            inside.set()
            out.wait(5)

    thread = threading.Thread(target=hold)
    thread.start()
    inside.wait(5)
    with pytest.raises(BusyError), small.place():
        pass
    out.set()
    thread.join()
    with small.place():
        pass
    rate = Rate(2, 3600)
    assert [rate.allows("a"), rate.allows("a"), rate.allows("a"), rate.allows("b")] == [True, True, False, True]


def test_the_same_ballot_from_many_at_once_is_one_event(made: boxed.Boxed) -> None:
    raw = made.ballot(0, [[1, 2, 3]])
    found = at_once(*[lambda: casting.cast(made.box, raw, who=made.who(0))] * 8)
    assert all(one == found[0] for one in found) and found[0]["height"] == 1
    assert made.box.events.count() == 2


def test_ballots_of_one_voter_at_once_stand_one_after_another(made: boxed.Boxed) -> None:
    sent = [made.ballot(0, [[1, 2, 3]]) for _ in range(8)]
    does = [lambda raw=raw: casting.cast(made.box, raw, who=made.who(0)) for raw in sent]
    found = at_once(*does)
    assert sorted(one["height"] for one in found) == list(range(1, 9))
    made.box.refresh_from_db()
    assert (made.box.ballots, made.box.voted, made.box.height) == (8, 1, 8)
