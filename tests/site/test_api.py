"""The JSON API: what it tells, that it is what its schema says, and that nothing makes it fall over."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
import schemathesis
from django.core.exceptions import ImproperlyConfigured
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.test import Client
from django.urls import path
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from ninja import NinjaAPI
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from tests.site.public_world import played
from tests.site.world import World, at

from selectorate.office.access import PUBLIC, guard, may
from selectorate.office.models import Act, Office, Person, Tenure, Unit
from selectorate.office.wsgi import application

ROUTES = (
    "contests",
    "contests/{contest}",
    "contests/{contest}/timetable",
    "contests/{contest}/rules",
    "contests/{contest}/nominations",
    "contests/{contest}/candidates",
    "contests/{contest}/acts",
    "contests/{contest}/declaration",
    "contests/{contest}/mandate",
    "gallery",
    "gallery/{shown}/declaration",
    "gallery/{shown}/mandate",
    "organisation",
    "units",
    "offices",
    "holders",
)
TRUSTEES = (
    "contests/{contest}/ceremony",
    "contests/{contest}/ceremony/me",
    "contests/{contest}/boxes/{uuid}/contributions/{kind}",
)
"""What trustees' own tools use: test_ceremony.py."""
BOARDS = ("contests/{contest}/board", "contests/{contest}/boxes/{box}/events")
"""The boxes of votes online: test_board.py."""


@pytest.fixture
def same_connection() -> Iterator[None]:
    """The site, called as a WSGI application, stays on the connection of the test."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


def get(address: str, **query: str) -> Any:
    answer = Client().get(f"/api/v1/{address}", query)
    assert answer.status_code == 200, (address, answer.content)
    return answer.json()


def test_the_routes_are_those_that_were_promised() -> None:
    assert set(get("openapi.json")["paths"]) == {f"/api/v1/{route}" for route in (*ROUTES, *TRUSTEES, *BOARDS)}


def test_a_contest_is_told_from_its_rules_to_its_mandate(office: World) -> None:
    contest = played(office, "declared", against="labour-2015")
    at_contest = f"contests/{contest.slug}"
    (line,) = get("contests")["items"]
    assert line["elected"] == ["Jeremy Corbyn"] and line["declared"] == "2016-09-24T11:45:00+01:00"
    found = get(at_contest)
    assert found["thresholds"][0] | {"size": 30, "asked": "20%", "needed": 6} == found["thresholds"][0]
    assert [segment["id"] for segment in found["segments"]] == ["members", "affiliated", "registered"]
    assert found["holder"] == "Jeremy Corbyn"
    dates = {item["key"]: item["at"] for item in get(f"{at_contest}/timetable")["dates"]}
    assert dates["freeze"] == "2016-01-12" and dates["ballot_closes"] == "2016-09-21T12:00:00+01:00"
    assert "Among the party members" in str(get(f"{at_contest}/rules"))
    board = get(f"{at_contest}/nominations")[0]
    assert {line["candidate"]: (line["count"], line["result"]) for line in board["lines"]} == {
        "smith": (7, "nominated"),
        "corbyn": (0, "automatic"),
    }
    assert {one["id"]: one["status"] for one in get(f"{at_contest}/candidates")} == {
        "corbyn": "standing",
        "smith": "standing",
    }
    row = get(f"{at_contest}/declaration")["ballots"][0]["rounds"][0]["rows"][0]
    assert row["votes"] == 313209 and row["share"] == "313209/506438"
    assert get(f"{at_contest}/mandate")["comparison"] is not None


def test_the_published_log_names_nobody_and_holds(office: World) -> None:
    import hashlib
    import json

    contest = played(office, "declared")
    entries, number = [], 1
    while True:
        page = get(f"contests/{contest.slug}/acts", page=str(number))
        entries += page["items"]
        if page["next"] is None:
            break
        number += 1
    hashed = set(Act.objects.first().published()) - {"hash"}
    previous = "0" * 64
    for entry in entries:
        assert entry["previous"] == previous
        kept = {key: entry[key] for key in hashed}
        plain = json.dumps(kept, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
        previous = hashlib.sha256(plain).hexdigest()
        assert entry["hash"] == previous
    assert entries[-1]["kind"] == "declare_result"
    assert "Alice" not in str(entries) and "example.org" not in str(entries)


def test_no_answer_carries_an_address_of_mail(office: World) -> None:
    contest = played(office, "declared")
    for route in ROUTES:
        if "{shown}" not in route and route != "organisation":
            assert "@" not in Client().get(f"/api/v1/{route.format(contest=contest.slug)}").content.decode(), route


def test_who_held_an_office_on_a_day(office: World) -> None:
    person = Person.objects.create(name="Ann Holder", slug="ann")
    Tenure.objects.create(
        office=office.leader,
        person=person,
        began=date(2015, 9, 12),
        began_how="elected",
        ended=date(2020, 4, 4),
        ended_how="resigned",
    )
    assert [line["name"] for line in get("holders", on="2016-06-01")["items"]] == ["Ann Holder"]
    assert get("holders", on="2020-04-04")["items"] == []  # who goes on a day held it until that day began
    assert get("holders", on="2015-09-11")["items"] == []
    assert get("holders", on="2016-06-01", unit="elsewhere")["count"] == 0


def test_six_hundred_units_are_read_in_pages_with_two_questions_each(
    office: World, django_assert_max_num_queries: Any
) -> None:
    for number in range(600):
        unit = Unit.objects.create(
            kind="constituency", name=f"Seat {number}", slug=f"s{number:03}", parent=office.national
        )
        Office.objects.create(unit=unit, name="Member", slug="member")
    with django_assert_max_num_queries(2):
        page = get("units", kind="constituency")
    assert (page["count"], page["pages"], len(page["items"])) == (600, 12, 50)
    assert page["next"].endswith("/api/v1/units?kind=constituency&page=2")
    with django_assert_max_num_queries(2):
        assert len(get("offices", page="13")["items"]) == 1
    assert Client().get("/api/v1/units?page=99").status_code == 404


def test_faults_are_told_as_json_and_do_not_repeat_what_was_sent() -> None:
    answer = Client().get("/api/v1/contests", {"page": "secret@example.org"})
    assert answer.status_code == 422 and "secret" not in answer.content.decode()
    assert Client().get("/api/v1/nothing").json() == {"detail": "Not found"}
    assert Client().get("/api/v1/contests/nothing").json() == {"detail": "Not found"}
    assert Client().post("/api/v1/contests").status_code == 405


def test_an_operation_that_says_nothing_stops_the_site() -> None:
    api = NinjaAPI(urls_namespace="silent", openapi_url=None, docs_url=None)

    @api.get("spoken")
    @may(PUBLIC)
    def spoken(request: Any) -> str:
        return ""

    @api.get("silent")
    def silent(request: Any) -> str:
        return ""

    with pytest.raises(ImproperlyConfigured, match=r"api/silent$"):
        guard([path("api/", api.urls)])


def test_nothing_that_is_asked_makes_it_fall_over(office: World, same_connection: None) -> None:
    """Schemathesis, on the site itself: no 5xx, and every answer is what the schema says."""
    contest = played(office, "declared", against="labour-2015")
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", application)
    checks = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
    known = {"contest": [contest.slug], "shown": ["uk-labour-leadership-2016", "uk-labour-shadow-cabinet-2010"]}
    asked = 0
    for found in schema.get_all_operations():
        operation = found.ok()

        @settings(
            max_examples=12,
            deadline=None,
            database=None,
            derandomize=True,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy(), data=st.data())
        def ask(case: Any, data: Any) -> None:
            nonlocal asked
            for name, values in known.items():  # a made-up name is nobody's: half of them are real ones
                if name in (case.path_parameters or {}) and data.draw(st.booleans()):
                    case.path_parameters[name] = data.draw(st.sampled_from(values))
            asked += 1
            case.call_and_validate(checks=checks, headers={"Host": "localhost", "Accept-Encoding": "identity"})

        with at("2016-09-25T12:00"):
            ask()
    assert asked >= 12 * len(ROUTES) // 2
