"""Forty hostile strings in every text field, kept in the database and typed into every form, shown everywhere.

Both tests grow by themselves: fields come from the models, pages from the routes, forms from the pages.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
import tomlkit
from django.apps import apps
from django.core import mail
from django.db import models, transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import Resolver404, resolve, reverse
from tests.site import everywhere
from tests.site.everywhere import Everywhere, Route, all_routes
from tests.site.hostile import KEPT, STRINGS
from tests.site.pages_read import Form, read

from selectorate.office.models import Act, Contest, Declaration, Organisation, StageState

ROUTES = all_routes()
LOOKERS = ("anonymous", "returning-officer", "scrutineer", "letter-keeper", "candidate", "nominator", "registrar")
NOT_TEXT = {
    # What programs read, not people: a change of it is a change of what the record means.
    "Contest.rulebook_text",
    "Contest.rulebook_id",
    "Contest.against",
    "Declaration.contest_text",
    "Office.rulebook",
    "BodySeat.part",
    "Act.kind",
    "Act.role",
    "Act.second_role",
    "Proposal.kind",
    "Proposal.by_role",
    "Unit.path",
    "Log.name",
    "Body.listing",
}
WORDS = frozenset(
    {"name", "title", "about", "says", "reason", "organisation", "office", "by", "second", "text", "note"}
)
"""Keys of JSON under which there is text for people."""


def packed(longest: int | None) -> list[str]:
    """The strings, as many together as a field takes."""
    if longest is None:
        return ["\n".join(KEPT)]
    groups, rest = [], [text[:longest] for text in KEPT]
    while rest:
        group = rest.pop(0)
        while rest and len(group) + 1 + len(rest[0]) <= longest:
            group += " " + rest.pop(0)
        groups.append(group)
    return groups


def text_fields(model: type[models.Model]) -> list[models.Field[Any, Any]]:
    """The fields of a model in which there is text for people."""
    return [
        one
        for one in model._meta.concrete_fields
        if type(one) in (models.CharField, models.TextField)
        and not one.choices
        and not one.primary_key
        and not one.unique
        and one.name not in _keys(model)
        and f"{model.__name__}.{one.name}" not in NOT_TEXT
        and not re.search(
            r"hash|head|salt|commitment|previous|password|code|key$|_id$|slug|seed|digest|fingerprint|^file$|^folder$",
            one.name,
        )
    ]


def _keys(model: type[models.Model]) -> set[str]:
    """The fields by which rows are told apart."""
    return {name for one in model._meta.constraints if isinstance(one, models.UniqueConstraint) for name in one.fields}


def poison(turn: int) -> int:
    """Put hostile strings into every text field of every row; how many fields there are."""
    number = 0
    for model in apps.get_app_config("office").get_models():
        fields = text_fields(model)
        number += len(fields)
        for place, row in enumerate(model.objects.order_by("pk") if fields else []):
            values = {}
            for column, one in enumerate(fields):
                choices = packed(one.max_length)
                if getattr(row, one.attname):
                    values[one.attname] = choices[(place + column + turn) % len(choices)]
            if values:
                model.objects.filter(pk=row.pk).update(**values)
    for model, name in ((Act, "details"), (StageState, "result"), (Declaration, "data")):
        for place, row in enumerate(model.objects.order_by("pk")):
            model.objects.filter(pk=row.pk).update(**{name: worded(getattr(row, name), place + turn)})
    for place, contest in enumerate(Contest.objects.order_by("pk")):
        document = tomlkit.parse(contest.rulebook_text)
        named(document, place + turn)
        Contest.objects.filter(pk=contest.pk).update(rulebook_text=tomlkit.dumps(document))
    return number


def worded(value: Any, place: int, key: str = "") -> Any:
    """A JSON value whose texts for people are hostile."""
    if isinstance(value, dict):
        return {name: worded(item, place + number, name) for number, (name, item) in enumerate(value.items())}
    if isinstance(value, list):
        return [worded(item, place + number, key) for number, item in enumerate(value)]
    return KEPT[place % 40] if isinstance(value, str) and key in WORDS else value


def named(table: Any, place: int) -> None:
    """Give what is called something in a rulebook a hostile name."""
    for key, value in list(table.items()):
        if isinstance(value, dict):
            named(value, place + 1)
        elif key == "name" and isinstance(value, str):
            table[key] = "".join(c for c in KEPT[place % 40] if c.isprintable())


# -- kept and shown ---------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[Everywhere]:
    """The world, made once for this module and undone after it."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield everywhere.build()
        transaction.set_rollback(True)


@pytest.fixture
def db(world: Everywhere) -> Iterator[None]:
    """In place of pytest-django's: what a test changes is undone, the world stays."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def harmless(answer: HttpResponse, where: str) -> None:
    """Hold an answer to what no hostile string may bring about in it."""
    assert answer.status_code < 500, where
    kind = answer.headers.get("Content-Type", "").partition(";")[0]
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content  # type: ignore[attr-defined]
    if kind in ("text/html", "image/svg+xml", "application/xhtml+xml"):
        assert read(body.decode()).faults == [], where
    elif kind == "application/json":
        json.loads(body)
    elif kind == "text/csv":
        for row in csv.reader(io.StringIO(body.decode())):
            for cell in row:
                assert not re.match(r"[=+@\t\r]|-(?!\d+(\.\d+)?%?$)", cell.lstrip("\ufeff")), (where, cell)
    for name, value in answer.headers.items():
        assert "\n" not in value and "\r" not in value, (where, name)


def test_text_fields_are_found() -> None:
    found = {
        f"{model.__name__}.{one.name}"
        for model in apps.get_app_config("office").get_models()
        for one in text_fields(model)
    }
    assert {"Candidate.name", "Candidate.statement", "Contest.title", "Organisation.name", "Proposal.says"} <= found


@pytest.mark.parametrize("turn", [0, 7])
def test_what_is_kept_does_no_harm_where_it_is_shown(world: Everywhere, turn: int) -> None:
    addresses = {(route, status): world.address(route, status) for route in ROUTES for status in route.statuses}
    assert poison(turn) > 20
    shown = 0
    for (route, status), address in addresses.items():
        for who in LOOKERS:
            with transaction.atomic():
                answer = world.client(status, who).get(address)
                harmless(answer, f"{address} as {who} ({route.name})")
                shown += not answer.streaming and b"zq" in answer.content
                transaction.set_rollback(True)
    assert shown > 10, "hostile strings are shown at all"


@pytest.mark.parametrize("number", range(40))
def test_the_name_of_the_organisation_does_no_harm_in_pages_and_mails(world: Everywhere, number: int) -> None:
    Organisation.objects.update(name=KEPT[number], about=KEPT[number])
    for name in ("home", "account_login"):
        harmless(Client().get(reverse(name)), name)
    Client().post(reverse("account_request_login_code"), {"email": "rita@commonwealth.example"})
    message = mail.outbox[-1].message()
    assert message["To"] == "rita@commonwealth.example" and message["Bcc"] is None
    assert "\n" not in mail.outbox[-1].subject


# -- typed --------------------------------------------------------------------------------------------------------


def forms_of(world: Everywhere, route: Route) -> list[tuple[str | None, str, Form]]:
    """The forms of a route's page that send something, each once, with somebody who is shown it."""
    found: dict[tuple[str, str, tuple[str, ...]], tuple[str | None, str, Form]] = {}
    for status in route.statuses:
        address = world.address(route, status)
        for who in LOOKERS:
            answer = world.client(status, who).get(address)
            if answer.status_code != 200 or answer.streaming or "html" not in answer.headers["Content-Type"]:
                continue
            for form in read(answer.content.decode()).forms:
                form.action = form.action.partition("#")[0] or address
                try:
                    name = resolve(form.action.partition("?")[0]).view_name
                except Resolver404:
                    pytest.fail(f"a form of {address} goes to {form.action}")
                if form.method == "post" and form.typed:
                    found.setdefault((name, who, tuple(sorted(form.values))), (status, who, form))
    return list(found.values())


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.name)
def test_what_is_typed_does_no_harm(world: Everywhere, route: Route) -> None:
    for status, who, form in forms_of(world, route):
        for number in range(len(STRINGS)):
            values = dict(form.values)
            for column, name in enumerate(form.typed):
                values[name] = STRINGS[(number + column) % len(STRINGS)]
            with transaction.atomic():
                client = world.client(status, who)
                answer = client.post(form.action, values)
                harmless(answer, f"{form.action} as {who}: {values}")
                if answer.status_code == 302:
                    assert answer.url.startswith("/") and not answer.url.startswith("//")
                    harmless(client.get(answer.url), answer.url)
                transaction.set_rollback(True)
