"""How often somebody may send something: nobody types faster, and a script is told to wait."""

from __future__ import annotations

import ipaddress
import re
import time
from collections.abc import Callable

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from .boxes.crowd import is_cast

PER_PERSON = 120
"""Forms a minute of somebody who is signed in: an official who types in a list sends one every other second."""
PER_ADDRESS = 60
"""Forms a minute from an address without a sign-in: a whole hall may be behind one."""
WINDOW = 60
"""Seconds."""
OWN = re.compile(r"/vote/[-\w]+/(code/)?")
"""Where voters ask for a code and enter it: limited there (``pages.voting``), for a whole meeting may vote from behind
one address within minutes."""
SAFE = ("GET", "HEAD", "OPTIONS")


class LimitMiddleware:
    """Answers 429 to who sends more than that."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Count what changes something; what only reads is not counted."""
        # Casts and codes have limits of their own (``boxes.crowd``): a whole meeting may be behind one address.
        own = is_cast(request) or OWN.fullmatch(request.path)
        counted = settings.LIMITS and request.method not in SAFE and not own
        if counted and not self._allowed(request):
            return too_many(request)
        return self.get_response(request)

    def _allowed(self, request: HttpRequest) -> bool:
        if request.user.is_authenticated:
            return count(f"person:{request.user.pk}") <= PER_PERSON
        return count(f"address:{network(request)}") <= PER_ADDRESS


def count(who: str, window: int = WINDOW) -> int:
    """The number of times that ``who`` was counted in this minute (or ``window`` of seconds), this one included."""
    key = f"limit:{who}:{int(time.time() // window)}"
    cache.add(key, 0, 2 * window)
    try:
        return cache.incr(key)
    except ValueError:  # it went between the two lines
        return 1


def network(request: HttpRequest) -> str:
    """From where a request comes: the address, or the /64 that one household has in version 6."""
    address = get_adapter(request).get_client_ip(request)
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    # One that reaches us by version 6 although it is of version 4 is alone, not one of the "network" of all of them.
    found = getattr(found, "ipv4_mapped", None) or found
    return str(ipaddress.ip_network((found, 64), strict=False)) if found.version == 6 else str(found)


def too_many(request: HttpRequest) -> HttpResponse:
    """The page that asks to wait a minute."""
    response = render(request, "429.html", status=429)
    response.headers["Retry-After"] = str(WINDOW)
    return response
