"""An office with an open box, its voters, and a session for each of them."""

from __future__ import annotations

import json
import os
import random
import secrets
import string
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.site.boxed import Boxed

    from selectorate.office.models import Contest

KEY = "a secret key for offices that are broken on purpose, and for nothing else"


def environment(home: Path, database: str) -> dict[str, str]:
    """What the site is told of its home and its database; nothing else of an office that is there."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("SELECTORATE_")}
    kept.pop("DATABASE_URL", None)
    more = {"DATABASE_URL": database} if database else {}
    return {
        **kept,
        **more,
        "SELECTORATE_HOME": str(home),
        "SELECTORATE_SECRET_KEY": KEY,
        "DJANGO_SETTINGS_MODULE": "tools.voting_faults.settings",
    }


def begin(home: Path, database: str) -> None:
    """Make this process one of the office in ``home``, its database ready."""
    for name in [name for name in os.environ if name.startswith("SELECTORATE_") or name == "DATABASE_URL"]:
        del os.environ[name]
    os.environ.update(environment(home, database))
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)


def contest() -> Contest:
    """A contest that has been adopted."""
    from tests.site import rolled
    from tests.site.world import World, at

    with at("2016-07-01T10:00"):
        return rolled.contest(World())


def beside(of: Contest, voters: int) -> None:
    """A box in which nobody casts: the session of a voter, which ends with the last paper, goes on."""
    from tests.site import boxed

    boxed.box_of(of, voters, section="beside")


@dataclass
class Voting:
    """An open box, with a session of each voter: cookies to send, and the address to send to."""

    made: Boxed
    address: str
    cookies: list[str] = field(repr=False)
    token: str = field(repr=False)

    def ballot(self, number: int, drawn: random.Random) -> bytes:
        """A ballot of voter ``number``."""
        order = [1, 2, 3]
        drawn.shuffle(order)
        return self.made.ballot(number, [order])

    def headers(self, number: int) -> dict[str, str]:
        """What the browser of voter ``number`` sends along."""
        return {"Cookie": f"sessionid={self.cookies[number]}; csrftoken={self.token}", "X-CSRFToken": self.token}


def voting(of: Contest, voters: int, *, section: str = "total") -> Voting:
    """A new open box of ``of``."""
    from tests.site import boxed

    from selectorate.office.boxes import store

    made = boxed.box_of(of, voters, section=section)
    store.election_of(made.box)  # kept: voters who make ballots ask the database nothing
    return Voting(made, f"/vote/{of.slug}/cast/", sessions(made, voters), token())


def token() -> str:
    """A token against requests that another site makes, as the site itself draws them."""
    return "".join(secrets.choice(string.ascii_letters + string.digits) for _ in range(32))


def sessions(made: Any, voters: int) -> list[str]:
    """The keys of new sessions of all voters, as if each had given their code."""
    return new_sessions(made.box.vote, [made.who(number) for number in range(voters)])


def new_sessions(vote: Any, whose: Sequence[str]) -> list[str]:
    """The keys of new sessions of these voters."""
    from django.contrib.sessions.backends.db import SessionStore
    from django.db import transaction
    from django.utils import timezone

    from selectorate.office.boxes import voters

    keys = []
    with transaction.atomic():
        for number, who in enumerate(whose):
            session = SessionStore()
            mail = voters.sealed(vote, f"voter{number}@example.org")
            at = timezone.now().timestamp()
            session["voter"] = {"vote": vote.uuid, "who": who, "at": at, "mail": mail, "cast": []}
            session.create()
            keys.append(session.session_key)
    return keys


def as_text(receipt: dict[str, Any]) -> str:
    """A receipt on one line."""
    return json.dumps(receipt)


def take(lines: str, told: Any) -> None:
    """Take down what ``caster`` printed: trackers that it sent, and receipts."""
    for line in lines.splitlines():
        kind, _, rest = line.partition(" ")
        if kind == "sent":
            told.sent.add(rest)
        elif kind == "receipt":
            told.receipts.append(json.loads(rest))
            told.answers["200"] += 1
        else:
            told.answers[line] += 1
