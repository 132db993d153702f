"""A whole small vote, searched for what nobody but one person may know: it stands in nothing that the office keeps or
says, but in the one mail or the one cookie that brings it."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from django.conf import settings as site
from django.core import mail
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.urls import reverse
from tests.site.test_signing_in import everything
from tests.site.test_voting import WHEN, Voting, code, made_of
from tests.site.world import World, at

from selectorate.errors import RefusedError
from selectorate.office.acts import restoring
from selectorate.office.boxes import store, voters


class Heard:
    """Every answer that the site gives to any browser: its page and its headers, cookies apart."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.said: list[str] = []
        self.keys: set[str] = set()
        request = Client.request

        def heard(client: Client, **given: Any) -> Any:
            before = client.cookies.get(site.SESSION_COOKIE_NAME)
            answer = request(client, **given)
            headers = "\n".join(f"{name}: {value}" for name, value in answer.items())
            body = b"".join(answer.streaming_content) if answer.streaming else answer.content
            self.said.append(f"{headers}\n\n{body.decode('utf-8', 'replace')}")
            after = client.cookies.get(site.SESSION_COOKIE_NAME)
            self.keys |= {one.value for one in (before, after) if one is not None and one.value}
            return answer

        monkeypatch.setattr(Client, "request", heard)


def dumped() -> str:
    """The whole database as text."""
    if connection.vendor == "sqlite":
        return "\n".join(connection.connection.iterdump())
    return json.dumps(
        everything(), default=lambda value: bytes(value).hex() if isinstance(value, memoryview) else str(value)
    )


def forms(secret: str) -> set[str]:
    """A secret as it could stand somewhere: as it is, without its dashes, as bytes in a dump."""
    bare = secret.replace("-", "")
    return {secret, bare, secret.encode().hex(), secret.encode().hex().upper(), bare.encode().hex().upper()}


def hits(secret: str, text: str) -> list[str]:
    """Where ``secret`` stands in ``text``."""
    return [text[max(0, text.find(form) - 40) : text.find(form) + 20] for form in forms(secret) if form in text]


def play(office: World, voting: Voting) -> list[str]:
    """Three voters vote, one twice; officers and the public look; the codes that were mailed."""
    given: list[str] = []
    for place in (0, 1, 2, 0):
        client = Client()
        voting.ask(client, voting.electorate[place].email)
        given.append(code())
        voting.enter(client, "BBBB-BBBB")
        voting.enter(client, given[-1])
        client.get(voting.at())
        client.get(voting.at("vote-booth", "ballot"))
        client.get(voting.at("vote-booth-json", "ballot"))
        raw = voting.made.ballot(place, [[1, 2, 3]])
        sent = json.dumps({"box": voting.box.uuid, "ballot": raw.decode()})
        broken = json.dumps({"box": voting.box.uuid, "ballot": raw.decode()[:-9]})
        address = reverse("vote-cast", args=[voting.contest.slug])
        assert client.post(address, broken, "application/json").status_code == 422
        answer = client.post(address, sent, "application/json")
        assert answer.status_code == 200, answer.content
        Client().get(voting.at("vote-find"), {"tracker": answer.json()["tracker"]})
        client.get(voting.at())
    slug = voting.contest.slug
    for address in ("", "board/", "board.json", f"boxes/{voting.box.uuid}.bel", f"boxes/{voting.box.uuid}/events"):
        Client().get(f"/contests/{slug}/{address}")
    officer = office.client(office.alice)
    for name in ("contest-office", "contest-acts", "contest-restoration", "contest-proposals"):
        officer.get(reverse(name, args=[slug]))
    return given


def test_no_secret_stands_anywhere(
    office: World, settings: Any, log: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    cache.clear()
    voting = made_of(office)
    with at(WHEN):
        heard = Heard(monkeypatch)
        given = play(office, voting)
        with pytest.raises(RefusedError):
            restoring.hand_in_proof(office.alice, voting.contest, text=voting.made.credentials[0])
    archive = store.archive(voting.box).read_bytes().decode("latin-1")
    voters_keys = {key for key in heard.keys if len(key) > 20}
    places = {
        "log": log.getvalue(),
        "database": dumped(),
        "answers": "\n".join(heard.said),
        "archive": archive,
        "mail": "\n".join(f"{one.subject}\n{one.body}\n{one.attachments}" for one in mail.outbox),
    }
    assert len(heard.said) > 30 and len(set(given)) == 4 and len(voters_keys) >= 4
    for place in ("database", "answers", "archive"):
        assert hits(voting.box.uuid, places[place]), f"what is there is found: in the {place}"
    secrets = {"credential": voting.made.credentials, "code": given, "session": voters_keys}
    secrets["key"] = [site.SECRET_KEY, str(voting.made.private)]
    allowed = {("code", "mail"), ("session", "database")}
    for kind, ones in secrets.items():
        for one in ones:
            for place, text in places.items():
                assert (kind, place) in allowed or not hits(one, text), f"a {kind} in the {place}"
    for one in given:
        assert sum(one in str(message.body) for message in mail.outbox) == 1, "a code is in its own mail alone"
    # A session is in the table of sessions as long as it lasts: those of voters ended with their last paper.
    lasting = places["database"]
    assert sum(key in lasting for key in voters_keys) <= 1, "but for the officer who is signed in"
    names = [one.voter for one in voting.electorate] + [voters.who(voting.vote, one.voter) for one in voting.electorate]
    public = [text for text in heard.said if "board" in text.lower() or "/boxes/" in text]
    assert not any(name in text for name in names for text in [*public, archive, places["log"]])
