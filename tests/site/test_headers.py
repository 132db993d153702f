"""What every answer carries, what no answer tells, and that nothing comes from or goes to another host."""

from __future__ import annotations

import io
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import get_resolver, include, path, reverse
from django.views.static import serve
from ninja import NinjaAPI
from tests.site.everywhere import all_routes
from tests.site.world import World

import selectorate.office
from selectorate.office.access import PUBLIC, guard, may

OFFICE = Path(selectorate.office.__file__).parent
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    # Not no-referrer: with that, browsers send "Origin: null", and forms over https are refused.
    "Referrer-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
}
POLICY = {
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "form-action 'self'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
}


def has_headers(answer: HttpResponse) -> None:
    """Hold an answer to the headers that every one has."""
    for name, value in HEADERS.items():
        assert answer.headers.get(name) == value, name
    assert {item.strip() for item in answer.headers["Content-Security-Policy"].split(";")} == POLICY
    assert "Server" not in answer.headers


# -- a route that says nothing ------------------------------------------------------------------------------------


def silent(request: HttpRequest) -> HttpResponse:
    """A view that does not say who may use it."""
    return HttpResponse()


API = NinjaAPI(urls_namespace="silent-api")
API.get("/things")(silent)


@pytest.mark.parametrize(
    "patterns",
    [
        [path("silent/", silent)],
        [path("silent/", silent, name="silent")],
        [path("account/", silent, name="account_something")],
        [path("deep/", include([path("er/", include([path("silent/", silent)]))]))],
        [path("media/<path:path>", serve, {"document_root": "/"})],
        [path("api/", API.urls)],
    ],
    ids=["unnamed", "named", "like one of allauth", "deep", "files", "api"],
)
def test_a_route_that_does_not_say_who_may_use_it_stops_the_site(patterns: list[Any]) -> None:
    said = may(PUBLIC)(lambda request: HttpResponse())
    assert guard([path("said/", said)])
    with pytest.raises(ImproperlyConfigured, match="routes that do not say who may use them: "):
        guard([path("said/", said), *patterns])


def test_a_route_for_nobody_is_a_mistake() -> None:
    with pytest.raises(ImproperlyConfigured):
        may()


def test_the_site_itself_is_guarded() -> None:
    text = (OFFICE / "urls.py").read_text()
    assert re.search(r"urlpatterns: list\[Any\] = guard\(", text)


def test_a_silent_route_is_refused_even_where_nobody_guarded_it(office: World, settings: Any) -> None:
    settings.ROOT_URLCONF = "tests.site.silent_urls"
    assert office.client(office.alice).get("/silent/").status_code == 403


# -- headers ------------------------------------------------------------------------------------------------------


def test_every_answer_has_the_headers(office: World) -> None:
    for client in (office.client(), office.client(office.alice)):
        client.raise_request_exception = False
        for route in all_routes():
            if not route.keywords:
                has_headers(client.get(reverse(route.lookup)))
                has_headers(client.post(reverse(route.lookup)))
        has_headers(client.get("/nothing/here/"))
        has_headers(client.get("/", HTTP_HOST="evil.example"))
        style = client.get("/static/office/office.css")
        assert style.status_code == 200
        has_headers(style)
        style.close()


def test_pages_of_somebody_signed_in_are_kept_nowhere(office: World) -> None:
    assert office.client(office.alice).get(reverse("desk")).headers["Cache-Control"] == "no-store, private"


def test_a_fault_tells_the_visitor_and_the_log_nothing_that_somebody_typed(
    office: World, monkeypatch: pytest.MonkeyPatch, log: io.StringIO
) -> None:
    def broken(request: HttpRequest) -> HttpResponse:
        raise ValueError("no such person: Alice Officer alice@example.org")

    pattern = next(one for one in get_resolver().url_patterns if getattr(one, "name", "") == "home")
    monkeypatch.setattr(pattern, "callback", may(PUBLIC)(broken))
    answer = Client(raise_request_exception=False).get("/?q=bob@example.org")
    assert answer.status_code == 500
    has_headers(answer)
    shown, logged = answer.content.decode(), log.getvalue()
    assert "ValueError at" in logged, "the log says what and where"
    for text in (shown, logged):
        for private in ("Alice", "alice@", "bob@", "no such person"):
            assert private not in text
    assert "Traceback" not in shown


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "127.0.0.1:80:80", "a b"])
def test_another_host_name_is_refused_without_details(host: str) -> None:
    answer = Client(raise_request_exception=False).get("/", HTTP_HOST=host)
    assert answer.status_code == 400
    assert host not in answer.content.decode()


@pytest.mark.parametrize("where", ["/desk/?x=1", "//evil.example/desk/"])
def test_signing_in_leads_back_to_this_site_alone(where: str) -> None:
    answer = Client().get(where)
    assert answer.status_code in (302, 404)
    if answer.status_code == 302:
        assert answer.url.startswith("/account/login/?next=/")


def test_too_much_of_anything_is_refused(office: World) -> None:
    client = office.client(office.alice)
    client.raise_request_exception = False
    many = client.post(reverse("account_logout"), {f"field{number}": "x" for number in range(5001)})
    assert many.status_code == 400
    large = client.post(reverse("account_login"), {"login": "x" * (2 * 1024 * 1024 + 1)})
    assert large.status_code == 400


# -- no other host ------------------------------------------------------------------------------------------------

NAMES_ONLY = ("http://www.w3.org/",)
"""Not addresses that anybody fetches: names of formats."""
SHOWN_ONLY = re.compile(r"https?://(?:[\w.-]+\.)?example(?:\.(?:org|com))?\b")


def files_of_the_site() -> list[Path]:
    """Every template and static file of the office."""
    return sorted(
        file
        for folder in ("templates", "static")
        for file in (OFFICE / folder).rglob("*")
        if file.suffix in (".html", ".txt", ".css", ".js", ".svg")
    )


@pytest.mark.parametrize("file", files_of_the_site(), ids=lambda file: str(file.relative_to(OFFICE)))
def test_no_file_names_another_host(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    for name in NAMES_ONLY:
        text = text.replace(name, "")
    assert not re.findall(r"(?:https?:)?//[a-z0-9-]+\.[a-z]", SHOWN_ONLY.sub("", text).replace("://user:", ""))


@pytest.mark.parametrize(
    "file",
    [file for file in files_of_the_site() if file.suffix in (".html", ".svg")],
    ids=lambda file: str(file.relative_to(OFFICE)),
)
def test_no_page_has_a_script_or_a_style_of_its_own(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    assert not re.search(r"<style|\sstyle\s*=|\son[a-z]+\s*=\s*[\"']|javascript:", text)
    for tag, body in re.findall(r"<script([^>]*)>(.*?)</script>", text, re.S):
        assert ("src=" in tag and not body.strip()) or "application/json" in tag


def test_no_template_turns_escaping_off_but_for_mails() -> None:
    for file in (OFFICE / "templates").rglob("*.html"):
        text = file.read_text(encoding="utf-8")
        assert "autoescape off" not in text and "|safeseq" not in text, file
        for found in re.findall(r"\{\{[^}]*\|safe[^}]*\}\}", text):
            assert f"{file.name}: {found}" in SAFE_BY_MAKING, f"{file}: {found}"


SAFE_BY_MAKING = frozenset(
    {
        # Sheets are made by the room ``sheets``, whose templates escape everything.
        "declaration_part.html: {{ sheet.header|safe }}",
        "declaration_part.html: {{ sheet.parts|safe }}",
        "mandate.html: {{ sheet.header|safe }}",
        "mandate.html: {{ sheet.parts|safe }}",
        "gallery_sheet.html: {{ sheet.header|safe }}",
        "gallery_sheet.html: {{ sheet.parts|safe }}",
    }
)
"""Values that are put into a page as they are, by file: because of where they are made."""


# -- the site on the net ------------------------------------------------------------------------------------------


def on_the_net(tmp_path: Path, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    """Run Django's own command as it would be run on a server."""
    given = {name: value for name, value in os.environ.items() if not name.startswith(("SELECTORATE_", "DATABASE"))}
    given |= {
        "SELECTORATE_HOME": str(tmp_path / "home"),
        "SELECTORATE_ADDRESS": "https://elections.example.org",
        "SELECTORATE_MAIL_FROM": "elections@example.org",
        "DJANGO_SETTINGS_MODULE": "selectorate.office.settings",
        **more,
    }
    return subprocess.run(
        [sys.executable, "-W", "ignore", *arguments], env=given, capture_output=True, text=True, check=False
    )


def test_check_deploy_has_nothing_to_say(tmp_path: Path) -> None:
    done = on_the_net(tmp_path, "-m", "django", "check", "--deploy", "--fail-level", "DEBUG")
    assert done.returncode == 0, done.stderr
    assert "no issues (0 silenced)" in done.stdout


COOKIES = """
import django; django.setup()
from django.conf import settings
from django.core.management import call_command
call_command("migrate", verbosity=0); call_command("createcachetable", verbosity=0)
call_command("collectstatic", interactive=False, verbosity=0)
from django.test import Client
from selectorate.office.acts import people
people.set_up_organisation("Party", "Alice", "alice@example.org")
client = Client(HTTP_HOST="elections.example.org", secure=True)
plain = Client(HTTP_HOST="elections.example.org").get("/", secure=False)
print("plain", plain.status_code, plain.url)
page = client.get("/account/login/", secure=True)
print("hsts", page.headers["Strict-Transport-Security"])
answer = client.post("/account/login/code/", {"email": "alice@example.org"}, secure=True)
for name, morsel in client.cookies.items():
    print("cookie", name, bool(morsel["secure"]), bool(morsel["httponly"]), morsel["samesite"])
print("foreign", Client(enforce_csrf_checks=True, HTTP_HOST="elections.example.org").post(
    "/account/login/code/", {"email": "a@b.example"}, secure=True, HTTP_ORIGIN="https://evil.example").status_code)
"""


def test_over_https_everything_is_https(tmp_path: Path) -> None:
    done = on_the_net(tmp_path, "-c", COOKIES)
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert "plain 301 https://elections.example.org/" in lines
    assert "hsts max-age=31536000; includeSubDomains; preload" in lines
    assert "cookie sessionid True True Lax" in lines
    assert "cookie csrftoken True True Strict" in lines
    assert "foreign 403" in lines


def test_nothing_dangerous_is_called_in_the_office() -> None:
    """What bandit would look for first, without bandit: no shell, no pickles, no eval, no raw SQL with values in it."""
    forbidden = re.compile(
        r"\b(?:eval|exec)\(|pickle|marshal\.loads|shell=True|os\.system|mark_safe\(|\.extra\(|"
        r"RawSQL|yaml\.load\(|verify=False|DEBUG = True|csrf_exempt|md5\(|sha1\(|random\.(?:random|choice|randint)"
    )
    allowed = {
        "statements.py": "mark_safe(made)",  # what nh3 lets through
        "markdown.py": "mark_safe(made)",  # the same
        "drawings.py": "mark_safe(finished(",  # a picture of ours, made by a library that escapes
        "pages/public_result.py": "random.randint(*EVERY)",  # spreads the load of readers
    }
    for file in OFFICE.rglob("*.py"):
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
            if forbidden.search(line) and not line.lstrip().startswith("#"):
                reason = allowed.get(str(file.relative_to(OFFICE)))
                assert reason and reason in line, f"{file}:{number}: {line.strip()}"
