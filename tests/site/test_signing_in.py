"""Signing in: by a mailed code, with a second factor for officials, alike for known and unknown addresses."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import (
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.contrib.sessions.models import Session
from django.core import mail
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from tests.site.world import World

from selectorate.office.models import Appointment, User

LIMITS = {
    "request_login_code": "20/m/ip,3/m/key,20/h/key",
    "login": "20/m/ip",
    "login_failed": "10/m/ip,5/5m/key",
    "reset_password": "20/m/ip,3/m/key",
}
OUTBOX = "selectorate.office.outbox.OutboxBackend"


@pytest.fixture(autouse=True)
def _no_counts_left() -> None:
    cache.clear()


def ask(client: Client, email: str, **more: Any) -> Any:
    """Ask for a code."""
    return client.post(reverse("account_request_login_code"), {"email": email}, **more)


def code() -> str:
    """The code of the last mail."""
    return re.search(r"\b[B-Z]{4}-[B-Z]{4}\b", mail.outbox[-1].body).group()  # type: ignore[union-attr]


def answer(client: Client, given: str) -> Any:
    """Enter a code."""
    return client.post(reverse("account_confirm_login_code"), {"code": given})


def totp(secret: str) -> str:
    """What an authenticator app shows."""
    return format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time()))))


def who(client: Client) -> Any:
    """Who is signed in there, if anybody."""
    return client.session.get("_auth_user_id")


def without_secrets(page: str, email: str) -> str:
    """A page without what differs from one answer to the next: the token of the form, and the address itself."""
    return re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", page).replace(email, "ADDRESS")


# -- by a mailed code -------------------------------------------------------------------------------------------


def test_a_nominator_signs_in_by_a_mailed_code(office: World) -> None:
    client = Client()
    assert ask(client, "CHARLIE@example.org").status_code == 302
    assert mail.outbox[-1].to == ["charlie@example.org"]
    assert who(client) is None
    assert answer(client, code()).url == reverse("desk")
    assert who(client) == str(office.nobody.pk)


def test_a_code_works_once_and_in_its_own_browser_and_for_ten_minutes(office: World) -> None:
    mine, theirs = Client(), Client()
    ask(mine, "charlie@example.org")
    stolen = code()
    ask(theirs, "charlie@example.org")
    assert answer(theirs, stolen).status_code == 200
    assert who(theirs) is None
    late = Client()
    ask(late, "charlie@example.org")
    fresh = code()
    with time_machine.travel(timezone.now() + timedelta(minutes=11)):
        answer(late, fresh)
        assert who(late) is None
    answer(mine, stolen)
    assert who(mine)
    mine.post(reverse("account_logout"))
    answer(mine, stolen)
    assert who(mine) is None


def test_after_five_wrong_codes_the_right_one_is_gone(office: World) -> None:
    client = Client()
    ask(client, "charlie@example.org")
    right = code()
    for _ in range(5):
        answer(client, "BBBB-BBBB")
    answer(client, right)
    assert who(client) is None


def test_an_account_that_was_closed_gets_no_code(office: World) -> None:
    User.objects.filter(pk=office.nobody.pk).update(is_active=False)
    ask(Client(), "charlie@example.org")
    assert [message for message in mail.outbox if message.to] == []


def test_nobody_signs_up() -> None:
    page = Client().post(reverse("account_signup"), {"email": "new@example.org"})
    assert page.status_code == 200 and "nothing to register" in page.content.decode()
    assert not User.objects.exists()


# -- alike for everybody ----------------------------------------------------------------------------------------


def asked(settings: Any, name: str, email: str) -> tuple[Any, ...]:
    """What is seen, and what is done, when somebody asks for a code or for a new password."""
    settings.EMAIL_BACKEND = OUTBOX
    client, field = Client(), {"email": email}
    with CaptureQueriesContext(
        connection,
    ) as queries:
        first = client.post(reverse(name), field)
    second = client.get(first.url)
    wrong = client.post(first.url, {"code": "BBBB-BBBB"})
    pages = [without_secrets(page.content.decode(), email) for page in (second, wrong)]
    kinds = [re.sub(r"\s.*", "", query["sql"]) for query in queries]
    return (
        first.status_code,
        first.url,
        second.status_code,
        wrong.status_code,
        pages,
        kinds,
        {**first.headers, "Expires": "now"},
    )


@pytest.mark.parametrize("name", ["account_request_login_code", "account_reset_password"])
def test_known_and_unknown_addresses_are_answered_alike(office: World, settings: Any, name: str) -> None:
    known = asked(settings, name, "charlie@example.org")
    unknown = asked(settings, name, "nobody-here@example.org")
    assert known[:5] == unknown[:5]
    assert known[6] == unknown[6]
    if name == "account_request_login_code":
        assert known[5] == unknown[5], "the same statements to the database, the mail included"


def test_a_wrong_password_and_an_unknown_address_are_answered_alike(office: World) -> None:
    office.nobody.set_password("a long pass phrase")
    office.nobody.save()
    pages = [
        Client().post(reverse("account_login"), {"login": email, "password": "wrong"})
        for email in ("charlie@example.org", "nobody-here@example.org")
    ]
    seen = [
        without_secrets(page.content.decode(), email)
        for page, email in zip(pages, ("charlie@example.org", "nobody-here@example.org"), strict=True)
    ]
    assert seen[0] == seen[1]
    assert pages[0].status_code == pages[1].status_code == 200


# -- limits -----------------------------------------------------------------------------------------------------


def test_too_many_codes_for_one_address_are_refused(office: World, settings: Any) -> None:
    settings.ACCOUNT_RATE_LIMITS = LIMITS
    for number in range(3):
        ask(Client(), "charlie@example.org", REMOTE_ADDR=f"192.0.2.{number}")
    sent = len(mail.outbox)
    page = ask(Client(), "charlie@example.org", REMOTE_ADDR="192.0.2.9")
    assert page.status_code == 200 and "Too many" in page.content.decode()
    assert len(mail.outbox) == sent


def test_an_attacker_does_not_lock_the_owner_of_an_address_out(office: World, settings: Any) -> None:
    mine = Client()
    ask(mine, "charlie@example.org")
    answer(mine, code())
    mine.post(reverse("account_logout"))
    settings.ACCOUNT_RATE_LIMITS = LIMITS
    for number in range(30):
        ask(Client(), "charlie@example.org", REMOTE_ADDR=f"192.0.2.{number}")
        Client().post(
            reverse("account_login"),
            {"login": "charlie@example.org", "password": "guess"},
            REMOTE_ADDR=f"192.0.2.{number}",
        )
    assert ask(Client(), "charlie@example.org", REMOTE_ADDR="192.0.2.99").status_code == 200
    assert ask(mine, "charlie@example.org").status_code == 302
    answer(mine, code())
    assert who(mine)


def test_a_known_browser_is_known_for_its_owner_alone_and_not_by_a_forged_cookie(office: World, settings: Any) -> None:
    User.objects.create_user("eve@example.org", name="Eve")
    eves, forged = Client(), Client()
    ask(eves, "eve@example.org")
    answer(eves, code())
    eves.post(reverse("account_logout"))
    forged.cookies["known-browser"] = eves.cookies["known-browser"].value.replace(":", "x:", 1)
    settings.ACCOUNT_RATE_LIMITS = LIMITS
    for number in range(4):
        ask(Client(), "charlie@example.org", REMOTE_ADDR=f"192.0.2.{number}")
    assert ask(eves, "charlie@example.org").status_code == 200
    assert ask(forged, "charlie@example.org").status_code == 200


def test_too_many_forms_are_refused_and_reading_is_not(office: World, settings: Any) -> None:
    settings.LIMITS = True
    client = Client()
    with time_machine.travel(timezone.now(), tick=False):
        answers = [client.post(reverse("account_logout")).status_code for _ in range(61)]
        assert answers[:60] == [302] * 60
        last = client.post(reverse("account_logout"))
        assert last.status_code == 429 and last.headers["Retry-After"] == "60"
        assert client.get(reverse("home")).status_code == 200
        other = Client(REMOTE_ADDR="192.0.2.7")
        assert other.post(reverse("account_logout")).status_code == 302


# -- officials --------------------------------------------------------------------------------------------------


def test_an_official_sets_up_a_second_factor_before_anything_else(office: World) -> None:
    dora = User.objects.create_user("dora@example.org", name="Dora Officer")
    Appointment.objects.create(user=dora, role="returning-officer")
    client = Client()
    ask(client, "dora@example.org")
    answer(client, code())
    assert who(client) == str(dora.pk)
    page = client.get(reverse("mfa_index")).content.decode()
    assert "set up a second factor" in page
    client.get(reverse("mfa_activate_totp"))
    secret = client.session["mfa.totp.secret"]
    done = client.post(reverse("mfa_activate_totp"), {"code": totp(secret)})
    assert done.url == reverse("mfa_view_recovery_codes")
    assert Authenticator.objects.filter(user=dora, type="recovery_codes").exists()
    assert "second factor" not in client.get(done.url).content.decode().split("<main")[0]
    assert client.get(reverse("desk")).status_code == 200, "this session goes on"
    assert "dora@example.org" in mail.outbox[-1].to, "they are told of it"


def test_a_session_from_before_the_second_factor_ends(office: World) -> None:
    dora = User.objects.create_user("dora@example.org", name="Dora Officer")
    Appointment.objects.create(user=dora, role="returning-officer")
    stranger, hers = Client(), Client()
    for client in (stranger, hers):
        ask(client, "dora@example.org")
        answer(client, code())
        assert client.get(reverse("desk")).status_code == 200
    hers.get(reverse("mfa_activate_totp"))
    hers.post(reverse("mfa_activate_totp"), {"code": totp(hers.session["mfa.totp.secret"])})
    assert hers.get(reverse("desk")).status_code == 200
    assert stranger.get(reverse("desk")).status_code == 302
    assert "login" in stranger.get(reverse("desk")).url


def with_app(user: User) -> str:
    """Give somebody an authenticator app; its secret."""
    from allauth.mfa.totp.internal.auth import TOTP

    Authenticator.objects.filter(user=user).delete()
    secret = generate_totp_secret()
    TOTP.activate(user, secret)
    return secret


def test_a_mailed_code_alone_does_not_sign_an_official_in(office: World) -> None:
    secret = with_app(office.alice)
    client = Client()
    ask(client, "alice@example.org")
    step = answer(client, code())
    assert step.url == reverse("mfa_authenticate")
    assert who(client) is None
    assert client.get(reverse("desk")).status_code == 302
    assert client.post(step.url, {"code": "000000"}).status_code == 200
    assert who(client) is None
    client.post(step.url, {"code": totp(secret)})
    assert who(client) == str(office.alice.pk)


def test_a_code_of_the_app_works_once(office: World) -> None:
    secret = with_app(office.alice)
    with time_machine.travel(timezone.now(), tick=False):
        shown = totp(secret)
        for expected in (str(office.alice.pk), None):
            client = Client()
            ask(client, "alice@example.org")
            step = answer(client, code())
            client.post(step.url, {"code": shown})
            assert who(client) == expected


def test_an_official_sets_a_password_through_the_mailed_link_and_still_needs_the_app(office: World) -> None:
    secret = with_app(office.alice)
    client = Client()
    client.post(reverse("account_reset_password"), {"email": "alice@example.org"})
    link = re.search(r"http\S+", mail.outbox[-1].body).group()  # type: ignore[union-attr]
    form = client.get(link)
    assert client.post(form.url, {"password1": "short", "password2": "short"}).status_code == 200
    new = "correct horse battery staple"
    assert client.post(form.url, {"password1": new, "password2": new}).status_code == 302
    assert who(client) is None
    again = Client().get(link)
    assert again.status_code == 200 and 'type="password"' not in again.content.decode(), "the link worked once"
    step = client.post(reverse("account_login"), {"login": "alice@example.org", "password": new})
    assert step.url == reverse("mfa_authenticate")
    client.post(step.url, {"code": totp(secret)})
    assert who(client) == str(office.alice.pk)


def test_the_link_of_a_mail_leads_to_the_address_of_the_site(office: World, settings: Any) -> None:
    settings.ADDRESS = "https://elections.example.org"
    Client().post(reverse("account_reset_password"), {"email": "alice@example.org"}, HTTP_HOST="127.0.0.1")
    assert "https://elections.example.org/account/password/reset/key/" in mail.outbox[-1].body
    assert "127.0.0.1" not in mail.outbox[-1].body


def test_a_second_factor_is_removed_only_after_signing_in_again(office: World) -> None:
    secret = with_app(office.alice)
    client = Client()
    ask(client, "alice@example.org")
    step = answer(client, code())
    client.post(step.url, {"code": totp(secret)})
    with time_machine.travel(timezone.now() + timedelta(minutes=20)):
        asked_again = client.post(reverse("mfa_deactivate_totp"))
        assert asked_again.status_code == 302 and "reauthenticate" in asked_again.url
        assert Authenticator.objects.filter(user=office.alice, type="totp").exists()


def test_whoever_has_no_second_factor_holds_no_office_for_an_act(office: World) -> None:
    from selectorate.errors import RefusedError
    from selectorate.office.access import roles_of
    from selectorate.office.acts import people

    Authenticator.objects.filter(user=office.alice).delete()
    alice = User.objects.get(pk=office.alice.pk)
    alice.needs_second_factor = True  # as the middleware marks whoever comes by a page
    assert roles_of(alice, None) == frozenset()
    with pytest.raises(RefusedError, match="another role"):
        people.make_body(alice, None, name="X")


# -- sessions ---------------------------------------------------------------------------------------------------


def test_the_key_of_a_session_changes_when_somebody_signs_in_and_goes_when_they_sign_out(office: World) -> None:
    client = Client()
    ask(client, "charlie@example.org")
    planted = client.cookies["sessionid"].value
    answer(client, code())
    mine = client.cookies["sessionid"].value
    assert mine != planted
    thief = Client()
    thief.cookies["sessionid"] = planted
    assert thief.get(reverse("desk")).status_code == 302
    client.post(reverse("account_logout"))
    thief.cookies["sessionid"] = mine
    assert thief.get(reverse("desk")).status_code == 302
    assert not Session.objects.filter(session_key__in=[planted, mine]).exists()


def test_a_session_ends_after_eight_hours(office: World) -> None:
    client = office.client(office.nobody)
    assert client.get(reverse("desk")).status_code == 200
    with time_machine.travel(timezone.now() + timedelta(hours=8, minutes=1)):
        assert client.get(reverse("desk")).status_code == 302


def test_reading_signs_nobody_out(office: World) -> None:
    client = office.client(office.nobody)
    client.get(reverse("account_logout"))
    assert client.get(reverse("desk")).status_code == 200


@pytest.mark.parametrize(
    "where", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", "/\\evil.example"]
)
def test_nobody_is_sent_to_another_site(office: World, where: str) -> None:
    client = Client()
    client.post(
        reverse("account_request_login_code") + f"?next={where}", {"email": "charlie@example.org", "next": where}
    )
    done = client.post(reverse("account_confirm_login_code"), {"code": code(), "next": where})
    assert done.url == reverse("desk")
    assert client.post(reverse("account_logout"), {"next": where}).url == "/"
    assert Client().post(reverse("account_login"), {"login": "a", "password": "b", "next": where}).status_code == 200


# -- what only reads --------------------------------------------------------------------------------------------


def everything() -> dict[str, list[Any]]:
    """Every row of every table but sessions."""
    from django.apps import apps

    return {
        model._meta.label: list(model.objects.order_by("pk").values())
        for model in apps.get_models()
        if model is not Session
    }


def test_a_scanner_that_opens_mailed_links_changes_nothing(office: World) -> None:
    client = Client()
    client.post(reverse("account_reset_password"), {"email": "alice@example.org"})
    link = re.search(r"http\S+", mail.outbox[-1].body).group()  # type: ignore[union-attr]
    before = everything()
    scanner = Client()
    for _ in range(20):
        scanner.get(link, follow=True)
        scanner.head(link, follow=True)
        Client().get(link)
    assert everything() == before
    form = Client()
    page = form.get(link)
    assert "password1" in form.get(page.url).content.decode(), "the right link still works"


# -- how the pages look ------------------------------------------------------------------------------------------


def test_the_pages_of_signing_in_have_our_look_and_no_script_of_their_own(office: World) -> None:
    from allauth.account.internal.flows.login import record_authentication  # noqa: F401

    secret = with_app(office.alice)
    client = Client()
    pages = [
        client.get(reverse(name))
        for name in (
            "account_login",
            "account_request_login_code",
            "account_reset_password",
            "account_reset_password_done",
            "account_signup",
            "account_inactive",
        )
    ]
    ask(client, "alice@example.org")
    pages.append(client.get(reverse("account_confirm_login_code")))
    step = answer(client, code())
    pages.append(client.get(step.url))
    client.post(step.url, {"code": totp(secret)})
    client.post(reverse("mfa_generate_recovery_codes"))
    for name in (
        "mfa_index",
        "mfa_add_webauthn",
        "mfa_list_webauthn",
        "mfa_view_recovery_codes",
        "mfa_generate_recovery_codes",
        "mfa_deactivate_totp",
        "account_logout",
    ):
        pages.append(client.get(reverse(name), follow=True))
    pages.append(client.get(reverse("account_set_password"), follow=True))
    fresh = office.client(office.nobody)
    pages.append(fresh.get(reverse("mfa_index")))
    for page in pages:
        text = page.content.decode()
        assert page.status_code == 200, page.request["PATH_INFO"]
        assert 'class="skip"' in text and "office/office" in text, page.request["PATH_INFO"]
        assert len(re.findall(r"<h1", text)) == 1, page.request["PATH_INFO"]
        assert not re.search(r"\son\w+=|\sstyle=|<style", text), page.request["PATH_INFO"]
        for tag, body in re.findall(r"<script([^>]*)>(.*?)</script>", text, re.S):
            assert ("src=" in tag and not body.strip()) or "application/json" in tag, page.request["PATH_INFO"]
        for field in re.findall(r"<(?:input|textarea|select)[^>]*>", text):
            if 'type="hidden"' in field:
                continue
            name = re.search(r'id="([^"]+)"', field)
            assert name and f'for="{name.group(1)}"' in text, field
