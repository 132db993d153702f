"""What a public board serves, fetched without trusting it: only by HTTP, only from one place, never without end."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from http.client import HTTPException
from typing import Any
from urllib.parse import urlsplit

from ..errors import InputError, Where

__all__ = ["Site", "UnreachableError"]

SECONDS = 60
"""How long an answer may keep us waiting."""
MOST_JSON = 64 * 1024 * 1024
MOST_FILE = 256 * 1024 * 1024
CHUNK = 1 << 18


class UnreachableError(InputError):
    """What was asked for was not answered: no proof of anything."""


class _NoElsewhere(urllib.request.HTTPRedirectHandler):
    """Follows nobody to another place: what is watched is what the address names."""

    def redirect_request(self, *_: Any) -> None:
        return None


@dataclass(frozen=True)
class Piece:
    """A part of a file: ``start`` in it, how long the ``whole`` is (None if it is not said), and its bytes."""

    start: int
    whole: int | None
    content: Iterator[bytes]


class Site:
    """A site at an address (``https://vote.example.org``). Raises InputError if that is none."""

    def __init__(self, address: str) -> None:
        parts = urlsplit(address if "//" in address else f"https://{address}")
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.username or parts.query:
            hint = "Give it as in https://vote.example.org"
            raise InputError(f"{address!r} is not the address of a site", hint=hint)
        self.root = f"{parts.scheme}://{parts.netloc}{parts.path.rstrip('/')}"
        self._opener = urllib.request.OpenerDirector()
        for handler in (
            urllib.request.ProxyHandler(),
            urllib.request.HTTPHandler(),
            urllib.request.HTTPSHandler(),
            urllib.request.HTTPDefaultErrorHandler(),
            urllib.request.HTTPErrorProcessor(),
            _NoElsewhere(),
        ):
            self._opener.add_handler(handler)

    def _answer(self, path: str, headers: dict[str, str]) -> Any:
        request = urllib.request.Request(self.root + path, headers={"User-Agent": "selectorate-watch", **headers})
        try:
            return self._opener.open(request, timeout=SECONDS)
        except urllib.error.HTTPError as fault:
            with fault:
                raise UnreachableError(f"answers {fault.code}", where=Where(self.root + path)) from None
        except (OSError, HTTPException, ValueError) as fault:
            why = getattr(fault, "reason", None) or fault
            raise UnreachableError(f"does not answer: {why}", where=Where(self.root + path)) from None

    def whole(self, path: str, most: int = MOST_FILE) -> bytes:
        """A whole file of at most ``most`` bytes."""
        with self._answer(path, {}) as answer:
            try:
                found: bytes = answer.read(most + 1)
            except (OSError, HTTPException) as fault:
                raise UnreachableError(f"broke off: {fault}", where=Where(self.root + path)) from None
        if len(found) > most:
            raise UnreachableError("serves more than there can be", where=Where(self.root + path))
        return found

    def json(self, path: str) -> Any:
        """A JSON value."""
        try:
            return json.loads(self.whole(path, MOST_JSON))
        except (ValueError, RecursionError):
            raise UnreachableError("serves no JSON", where=Where(self.root + path)) from None

    def piece(self, path: str, start: int) -> Piece:
        """A file from byte ``start`` on; all of it from a site that serves no parts. Its bytes can be read once."""
        headers = {"Range": f"bytes={start}-"} if start else {}
        answer = self._answer_to_range(path, headers)
        if answer is None:
            return Piece(start, None, iter(()))
        said = answer.headers.get("Content-Range", "") if answer.status == 206 else ""
        begins, whole = 0, None
        if said.startswith("bytes ") and "/" in said:
            first, _, rest = said.removeprefix("bytes ").partition("-")
            total = rest.partition("/")[2]
            begins = int(first) if first.isascii() and first.isdigit() else 0
            whole = int(total) if total.isascii() and total.isdigit() else None
        elif (length := answer.headers.get("Content-Length", "")).isascii() and length.isdigit():
            whole = int(length)
        return Piece(begins, whole, self._pieces(answer, path))

    def _answer_to_range(self, path: str, headers: dict[str, str]) -> Any:
        """An answer; None where there is nothing (more) from there on."""
        try:
            return self._answer(path, headers)
        except UnreachableError as fault:
            if headers and fault.message == "answers 416":
                return None
            raise

    def _pieces(self, answer: Any, path: str) -> Iterator[bytes]:
        with answer:
            while True:
                try:
                    piece = answer.read(CHUNK)
                except (OSError, HTTPException) as fault:
                    raise UnreachableError(f"broke off: {fault}", where=Where(self.root + path)) from None
                if not piece:
                    return
                yield piece
