"""Browsers that somebody has signed in with before.

Guesses and requests for codes are limited by address, so that a code cannot be guessed; but then anybody could keep
the owner of an address from signing in, by asking for codes in their name. So a browser in which somebody has once
signed in carries a signed cookie, and has limits of its own for that person's address (OWASP, "Slow Down Online
Guessing Attacks with Device Cookies").
"""

from __future__ import annotations

import secrets

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

from .models import User

COOKIE = "known-browser"
SALT = "selectorate.office.browsers"
AGE = 180 * 24 * 3600
"""Seconds for which a browser is known: half a year, from one contest to the next."""


def remember(response: HttpResponse, user: User) -> HttpResponse:
    """``response``, with the cookie that makes this a known browser of ``user``."""
    value = signing.dumps([user.pk, secrets.token_urlsafe(12)], salt=SALT)
    response.set_cookie(
        COOKIE, value, max_age=AGE, httponly=True, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE
    )
    return response


def sender(request: HttpRequest, email: str, user: User | None) -> str:
    """Under which name tries for ``email`` are counted: of this known browser of theirs, or of everybody else's."""
    try:
        known, nonce = signing.loads(request.COOKIES.get(COOKIE, ""), salt=SALT, max_age=AGE)
    except (signing.BadSignature, ValueError, TypeError):
        return f"any:{email}"
    return f"known:{nonce}" if user is not None and known == user.pk else f"any:{email}"
