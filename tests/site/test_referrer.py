"""A form that a browser sends under our policy passes the check of its origin."""

from __future__ import annotations

from django.test import Client
from django.urls import reverse


def test_the_policy_lets_browsers_say_where_a_form_comes_from() -> None:
    """Under ``no-referrer`` a browser sends ``Origin: null`` with every form, and Django refuses it."""
    client = Client(enforce_csrf_checks=True)
    page = client.get(reverse("account_login"))
    assert page.headers["Referrer-Policy"] == "same-origin"
    token = client.cookies["csrftoken"].value
    given = {"login": "nobody@example.org", "csrfmiddlewaretoken": token}
    refused = client.post(reverse("account_login"), given, headers={"origin": "null"})
    assert refused.status_code == 403
    taken = client.post(reverse("account_login"), given, headers={"origin": "http://testserver"})
    assert taken.status_code != 403
