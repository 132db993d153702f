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
DATES = {
    "freeze": "2016-01-12",
    "registration_deadline": "2016-07-20T17:00",
    "affiliated_deadline": "2016-08-08T12:00",
    "nomination_opens": "2016-07-18T19:00",
    "nomination_closes": "2016-07-20T17:00",
    "supporting-clps_opens": "2016-07-20T17:00",
    "supporting-clps_closes": "2016-08-15T12:00",
    "supporting-affiliates_opens": "2016-07-20T17:00",
    "supporting-affiliates_closes": "2016-08-15T12:00",
    "ballot_opens": "2016-08-22T09:00",
    "ballot_closes": "2016-09-21T12:00",
    "declared": "2016-09-24T11:45",
}
"""The timetable of the leadership election of 2016, by the clock of London: an hour before UTC in these months."""
VOTES = {
    "members": {"corbyn": 168216, "smith": 116960},
    "registered": {"corbyn": 84918, "smith": 36599},
    "affiliated": {"corbyn": 60075, "smith": 39670},
}
ROLL = {"total": {"entitled": 654006, "returned": 507480, "spoilt": 1042, "valid": 506438}}
"""Its result as published."""


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
