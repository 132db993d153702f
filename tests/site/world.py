"""A small invented organisation for the tests, made by the same acts that pages call."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import time_machine
from allauth.mfa.models import Authenticator
from django.test import Client

from selectorate.office.acts import people
from selectorate.office.models import Office, Unit, User

START = datetime(2016, 6, 1, 9, tzinfo=UTC)


class World:
    """The organisation, its two returning officers (Alice, Bob), and a clock that tests turn."""

    def __init__(self) -> None:
        self.alice = people.set_up_organisation("Party of the Test", "Alice Officer", "alice@example.org")
        people.appoint(self.alice, None, email="bob@example.org", name="Bob Officer", role="returning-officer")
        people.appoint(self.alice, None, email="reg@example.org", name="Rita Registrar", role="registrar")
        people.appoint(self.alice, None, email="scrut@example.org", name="Sid Scrutineer", role="scrutineer")
        self.bob = User.objects.get(email="bob@example.org")
        self.registrar = User.objects.get(email="reg@example.org")
        self.scrutineer = User.objects.get(email="scrut@example.org")
        self.nobody = User.objects.create_user("charlie@example.org", name="Charlie Nobody")
        self.national = Unit.objects.create(kind="national", name="Party of the Test", slug="party")
        self.leader = Office.objects.create(unit=self.national, name="Leader", slug="leader")
        for user in (self.alice, self.bob, self.registrar, self.scrutineer):
            second_factor(user)

    def client(self, user: User | None = None) -> Client:
        """A browser, in which ``user`` is signed in."""
        client = Client()
        if user is not None:
            client.force_login(user)
        return client

    def body(self, name: str, size: int, *, began: str = "2015-05-07", **more: Any) -> str:
        """A body with ``size`` members who can sign in; its slug."""
        body = people.make_body(self.alice, None, name=name)
        for number in range(1, size + 1):
            people.seat(
                self.alice,
                None,
                body=body.slug,
                name=f"{name} {number}",
                email=f"{body.slug}{number}@example.org",
                began=began,
                **more,
            )
        return body.slug


def second_factor(user: User) -> None:
    """Give somebody a second factor, so that pages for officials let them in."""
    Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={"secret": "JBSWY3DPEHPK3PXP"})


def at(moment: str) -> Any:
    """The clock at a moment of UTC, for a ``with``."""
    return time_machine.travel(datetime.fromisoformat(moment).replace(tzinfo=UTC), tick=False)
