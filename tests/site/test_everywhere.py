"""Who may use which route in which status: the table ``access.txt``, held to the site and to what the routes say.

A new route fails here until it has its lines. ``WRITE_ACCESS=1 pytest tests/site/test_everywhere.py -k table``
writes those that are missing; read them before you commit them.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from tests.site import everywhere
from tests.site.everywhere import PEOPLE, Everywhere, Route, all_routes

from selectorate.office.access import CANDIDATE, NOMINATOR, OFFICERS, PUBLIC, SIGNED_IN, who_may

TABLE = Path(__file__).with_name("access.txt")
ROUTES = all_routes()
HEAD = """\
# Who gets what answer where: one line for a route and the statuses of a contest in which it is the same.
# ok: the page. to: it leads on. no: 405, not this way (the route takes what is sent, not what is read).
# in: to sign in first. 2f: to set up a second factor first. 403, 404: no. Others: the number itself.
# elsewhere: returning officer of another contest. one-factor: returning officer here, without a second factor.
"""


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: object) -> Iterator[Everywhere]:
    """The world, made once for this module and undone after it."""
    with django_db_blocker.unblock(), transaction.atomic():  # type: ignore[attr-defined]
        yield everywhere.build()
        transaction.set_rollback(True)


@pytest.fixture
def db(world: Everywhere) -> Iterator[None]:
    """In place of pytest-django's, which would make the world anew for every test: what a test changes is undone."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def cell(answer: HttpResponse) -> str:
    """An answer as it is written in the table."""
    if answer.status_code == 302:
        return {reverse("account_login"): "in", reverse("mfa_index"): "2f"}.get(answer.url.partition("?")[0], "to")
    return {200: "ok", 405: "no", 301: "to"}.get(answer.status_code, str(answer.status_code))


def asked(world: Everywhere, route: Route, status: str | None) -> list[str]:
    """What everybody is answered."""
    address = world.address(route, status)
    found = []
    for who in PEOPLE:
        with transaction.atomic():
            found.append(cell(world.client(status, who).get(address)))
            transaction.set_rollback(True)
    return found


# -- the table --------------------------------------------------------------------------------------------------


def table() -> dict[tuple[str, str | None], list[str]]:
    """The table, by route and status."""
    found: dict[tuple[str, str | None], list[str]] = {}
    for line in TABLE.read_text(encoding="utf-8").splitlines() if TABLE.exists() else []:
        if line and not line.startswith(("#", "route ")):
            name, statuses, *cells = line.split()
            assert len(cells) == len(PEOPLE), line
            for status in statuses.split(","):
                key = (name, None if status == "-" else status)
                assert key not in found, f"twice in the table: {name} {status}"
                found[key] = cells
    return found


def write(found: dict[tuple[str, str | None], list[str]]) -> None:
    """Write the table: in the order of the routes, statuses with the same answers on one line."""
    order = {route.name: number for number, route in enumerate(ROUTES)}
    lines: dict[tuple[str, tuple[str, ...]], list[str]] = {}
    for (name, status), cells in sorted(found.items(), key=lambda item: order.get(item[0][0], -1)):
        lines.setdefault((name, tuple(cells)), []).append(status or "-")
    rows = [["route", "in", *PEOPLE], *([name, ",".join(places), *cells] for (name, cells), places in lines.items())]
    widths = [max(len(row[number]) for row in rows) for number in range(len(rows[0]))]
    text = "\n".join(
        "  ".join(value.ljust(width) for value, width in zip(row, widths, strict=True)).rstrip() for row in rows
    )
    TABLE.write_text(HEAD + text + "\n", encoding="utf-8")


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.name)
def test_the_table_says_what_is_so(world: Everywhere, route: Route) -> None:
    said = table()
    for status in route.statuses:
        found = asked(world, route, status)
        if os.environ.get("WRITE_ACCESS") and (route.name, status) not in said:
            write({**table(), (route.name, status): found})
            continue
        assert (route.name, status) in said, f"{route.name} has no line for {status or '-'} in tests/site/access.txt"
        assert dict(zip(PEOPLE, found, strict=True)) == dict(zip(PEOPLE, said[route.name, status], strict=True)), (
            f"{route.name} ({status})"
        )


def test_the_table_has_no_route_that_is_gone() -> None:
    assert {name for name, _status in table()} <= {route.name for route in ROUTES}


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.name)
def test_the_table_agrees_with_what_the_route_says(route: Route) -> None:
    """The same answers, found another way: from what the view says of itself."""
    who = who_may(route.pattern.callback, route.pattern.name)
    assert who
    roles = {
        "anonymous": set(),
        "nominator": {NOMINATOR},
        "candidate": {CANDIDATE},
        "agent": {CANDIDATE},
        **{role: {role} for role in OFFICERS},
    }
    for (name, status), cells in table().items():
        if name != route.name:
            continue
        for person, answered in zip(PEOPLE, cells, strict=True):
            let_in = answered in ("ok", "no", "to")
            having = roles.get(person, set())
            if PUBLIC in who:
                assert let_in or answered in ("404", "403", "in"), (status, person)
            elif person == "anonymous":
                assert answered in ("in", "404"), (status, person)
            elif SIGNED_IN not in who and not having & who:
                assert answered in ("403", "404", "2f"), (status, person)
            if status in ("draft",) and person in ("anonymous", "nobody", "elsewhere"):
                assert answered == "404", f"{person} learns of a contest in preparation"


# -- what changes something needs a token -------------------------------------------------------------------------


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.name)
@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_nothing_is_changed_without_a_token(world: Everywhere, route: Route, method: str) -> None:
    for status in route.statuses:
        client = Client(enforce_csrf_checks=True, raise_request_exception=False)
        client.force_login(world.people[status, "returning-officer"])  # type: ignore[arg-type]
        answer = getattr(client, method)(world.address(route, status))
        assert answer.status_code in (403, 405), f"{method} {route.written}: {answer.status_code}"
        if method == "post" and answer.status_code == 405:
            # Nothing is taken there at all, with a token as little.
            assert world.client(status, "returning-officer").post(world.address(route, status)).status_code == 405
