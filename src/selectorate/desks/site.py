"""How a tool speaks with an office: over HTTPS, with checked certificates, to that one host and to no other."""

from __future__ import annotations

import http.client
import json
import shutil
import ssl
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from ..errors import InputError, SelectorateError, Where

__all__ = ["OfficeError", "Site"]

TIMEOUT = 60
"""Seconds without a byte."""
MOST_JSON = 64 * 1024 * 1024
MOST_ARCHIVE = 8 * 1024 * 1024 * 1024
LOOPBACK = ("localhost", "127.0.0.1", "::1")


class OfficeError(SelectorateError):
    """What an office answered instead of what was asked: it refuses, or cannot be reached."""

    exit_status = 1


class _SameHost(urllib.request.HTTPRedirectHandler):
    """Follows nothing that leads to another host, and nothing that was sent."""

    def redirect_request(
        self,
        req: urllib.request.Request,
        fp: IO[bytes],
        code: int,
        msg: str,
        headers: http.client.HTTPMessage,
        newurl: str,
    ) -> urllib.request.Request | None:
        here, there = urllib.parse.urlsplit(req.full_url), urllib.parse.urlsplit(newurl)
        if (here.scheme, here.netloc) != (there.scheme, there.netloc) or req.get_method() != "GET":
            raise OfficeError(
                f"the office's site sends elsewhere, to {there.netloc}",
                where=Where(req.full_url),
                hint="Give the address that it has now.",
            )
        return super().redirect_request(req, fp, code, msg, headers, newurl)


@dataclass(frozen=True)
class Site:
    """An office's site at ``address`` (scheme and host). ``token``: the trustee's code, if it is to be shown."""

    address: str
    token: str = field(default="", repr=False)

    def __post_init__(self) -> None:
        parts = urllib.parse.urlsplit(self.address)
        local = parts.hostname in LOOPBACK
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.username or parts.query:
            raise InputError("this is no address of a site", where=Where(self.address), hint="Like https://example.org")
        if parts.scheme == "http" and not local:
            raise InputError(
                "this address is not encrypted",
                where=Where(self.address),
                hint="The address of an office begins with https://; http:// is for a trial on your own machine only.",
            )

    def json(self, path: str, *, send: Any = None) -> dict[str, Any]:
        """What the site answers at ``path``, an object of JSON; ``send``: what is sent to it, as JSON."""
        data = None if send is None else json.dumps(send).encode("utf-8")
        return self._object(path, data, "application/json")

    def post(self, path: str, content: bytes) -> dict[str, Any]:
        """Send ``content`` as it is, which may be long."""
        return self._object(path, content, "application/octet-stream")

    def download(self, path: str, to: Path) -> None:
        """Write what is at ``path`` to the file ``to``, over what was there."""
        with self._opened(path, None, "") as answer, to.open("wb") as out:
            said = answer.headers.get("Content-Length", "0")
            if said.isdigit() and int(said) > MOST_ARCHIVE:
                raise OfficeError("this is larger than any box", where=Where(self.address + path))
            shutil.copyfileobj(answer, out, 1 << 20)

    def _object(self, path: str, data: bytes | None, kind: str) -> dict[str, Any]:
        with self._opened(path, data, kind) as answer:
            raw = answer.read(MOST_JSON + 1)
        try:
            value = json.loads(raw) if len(raw) <= MOST_JSON else None
        except (ValueError, RecursionError):
            value = None
        if not isinstance(value, dict):
            raise OfficeError("the office's answer cannot be read", where=Where(self.address + path))
        return value

    def _opened(self, path: str, data: bytes | None, kind: str) -> http.client.HTTPResponse:
        if not path.startswith("/") or path.startswith("//"):
            raise OfficeError("the office names an address that is none", where=Where(path[:200]))
        url = self.address.rstrip("/") + urllib.parse.quote(path, safe="/?=&%")
        headers = {"Accept": "*/*", "User-Agent": "selectorate-desk"}
        if data is not None:
            headers["Content-Type"] = kind
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        request = urllib.request.Request(url, data, headers)
        handlers = [_SameHost(), urllib.request.HTTPSHandler(context=ssl.create_default_context())]
        if urllib.parse.urlsplit(url).hostname in LOOPBACK:
            handlers.append(urllib.request.ProxyHandler({}))
        try:
            answer: http.client.HTTPResponse = urllib.request.build_opener(*handlers).open(request, timeout=TIMEOUT)
        except urllib.error.HTTPError as fault:
            with fault:
                raise OfficeError(_said(fault), where=Where(url)) from None
        except urllib.error.URLError as fault:
            raise OfficeError(f"the office cannot be reached: {fault.reason}", where=Where(url)) from None
        except (OSError, http.client.HTTPException) as fault:
            raise OfficeError(f"the office cannot be reached: {fault}", where=Where(url)) from None
        return answer


def _said(fault: urllib.error.HTTPError) -> str:
    """What the office says for a person; else the status."""
    try:
        detail = json.loads(fault.read(100_000))["detail"]
    except (ValueError, KeyError, TypeError, OSError, RecursionError):
        detail = None
    if isinstance(detail, str):
        return detail
    return {
        404: "there is no such contest, or nothing of it is held online",
        429: "too much was sent: wait a minute",
    }.get(fault.code, f"the office answers with status {fault.code}")
