"""Pages that everybody sees alike: answered as they were made for a moment, with what a cache needs to know.

For somebody who is not signed in, a page is kept for ``PAGES_KEPT`` seconds in this process, compressed, and comes
with an ETag. So a thousand people who look at one page cost one page every two seconds. A browser asks each time and is
told where it has the page already (304): who loads again at the minute of a declaration gets the declaration. A proxy
before the site may keep the page for a short time. For somebody who is signed in nothing is kept anywhere.
"""

from __future__ import annotations

import functools
import gzip
import hashlib
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response, patch_cache_control, patch_vary_headers
from django.utils.translation import get_language

View = Callable[..., HttpResponse]
MOST = 64
"""Pages that one process keeps: the pages that a moment is about, not the whole site."""


@dataclass(frozen=True)
class _Kept:
    until: float
    status: int
    content: bytes
    packed: bytes
    content_type: str
    etag: str
    headers: tuple[tuple[str, str], ...]


_pages: OrderedDict[tuple[str, ...], _Kept] = OrderedDict()


def for_everybody(seconds: int) -> Callable[[View], View]:
    """Make a view's page one that everybody sees alike; a proxy may keep it for so many ``seconds``."""

    def made(view: View) -> View:
        @functools.wraps(view)
        def answer(request: HttpRequest, *args: Any, **given: Any) -> HttpResponse:
            if request.method not in ("GET", "HEAD") or request.user.is_authenticated or _has_session(request):
                return view(request, *args, **given)
            key = (request.get_host(), request.scheme, get_language() or "", request.get_full_path(), _kind(request))
            found = _pages.get(key)
            if found is None or found.until < time.monotonic():
                response = view(request, *args, **given)
                if response.status_code not in (200, 204) or response.streaming or response.cookies:
                    return response
                found = _keep(key, response)
            return _answer(request, found, seconds)

        return answer

    return made


def _has_session(request: HttpRequest) -> bool:
    """Whether something was said to this browser (a message after signing out, say) that a page would show."""
    return settings.SESSION_COOKIE_NAME in request.COOKIES


def _kind(request: HttpRequest) -> str:
    return "part" if request.headers.get("HX-Request") else "page"


def _keep(key: tuple[str, ...], response: HttpResponse) -> _Kept:
    content = response.content
    etag = response.headers.get("ETag") or f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    left_out = {"Content-Type", "ETag", "Content-Length", "Cache-Control", "Vary"}
    found = _Kept(
        until=time.monotonic() + settings.PAGES_KEPT,
        status=response.status_code,
        content=content,
        packed=gzip.compress(content, 6, mtime=0) if len(content) > 200 else b"",
        content_type=response.headers.get("Content-Type", ""),
        etag=etag,
        headers=tuple((name, value) for name, value in response.headers.items() if name not in left_out),
    )
    if settings.PAGES_KEPT:
        _pages[key] = found
        while len(_pages) > MOST:
            _pages.popitem(last=False)
    return found


def _answer(request: HttpRequest, found: _Kept, seconds: int) -> HttpResponse:
    packs = bool(found.packed) and "gzip" in request.headers.get("Accept-Encoding", "")
    response = HttpResponse(
        found.packed if packs else found.content, content_type=found.content_type, status=found.status
    )
    for name, value in found.headers:
        response.headers[name] = value
    # Weak: the packed and the plain form are one page.
    response.headers["ETag"] = found.etag if found.etag.startswith("W/") else f"W/{found.etag}"
    if packs:
        response.headers["Content-Encoding"] = "gzip"
    patch_vary_headers(response, ("Accept-Encoding", "Cookie", "HX-Request"))
    patch_cache_control(response, public=True, max_age=0, s_maxage=seconds)
    if found.status != 200:
        return response
    return get_conditional_response(request, etag=response.headers["ETag"], response=response) or response


def forget() -> None:
    """Let go of every page that is kept."""
    _pages.clear()
