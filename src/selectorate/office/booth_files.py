"""The booth's files, answered before anything of a session or of a language: every cache may keep them for all.

The worker is held to the policy of its own file, not to that of the page in which it works.
"""

from __future__ import annotations

import gzip
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

from csp.constants import NONE, SELF
from csp.decorators import csp
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseNotFound

from . import booth

PREFIX = "/booth/"
WASM = "'wasm-unsafe-eval'"
"""libsodium is WebAssembly; this lets it run, and no text that becomes script."""
FOR_EVER = "public, max-age=31536000, immutable"
FOR_A_MINUTE = "public, max-age=60"
TYPES = {
    ".mjs": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".json": "application/json",
}


class BoothMiddleware:
    """Answers what is asked of ``/booth/``: the files, and their list."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer a file of the booth, or pass the request on."""
        if not request.path_info.startswith(PREFIX):
            return self.get_response(request)
        if request.method not in ("GET", "HEAD"):
            return HttpResponseNotAllowed(["GET", "HEAD"])
        answer: HttpResponse = answer_file(request, request.path_info.removeprefix(PREFIX))
        return answer


@csp({"default-src": [NONE], "script-src": [SELF, WASM], "connect-src": [SELF]})
def answer_file(request: HttpRequest, name: str) -> HttpResponse:
    """One of the booth's files, or their list. A file has its hash in its name, and never changes."""
    there = booth.manifest()
    if there is None or (name not in there.files and name != booth.MANIFEST):
        return HttpResponseNotFound("There is no such file.\n", content_type="text/plain; charset=utf-8")
    listed = name == booth.MANIFEST
    plain, packed = _content(there.folder / name, there.files.get(name) or str(sorted(there.files)))
    takes_gzip = "gzip" in request.headers.get("Accept-Encoding", "")
    answer = HttpResponse(packed if takes_gzip else plain, content_type=TYPES[Path(name).suffix])
    if takes_gzip:
        answer.headers["Content-Encoding"] = "gzip"
    answer.headers["Content-Length"] = str(len(answer.content))
    answer.headers["Vary"] = "Accept-Encoding"
    answer.headers["Cache-Control"] = FOR_A_MINUTE if listed else FOR_EVER
    return answer


@lru_cache(maxsize=16)
def _content(path: Path, version: str) -> tuple[bytes, bytes]:
    """A file, and compressed."""
    plain = path.read_bytes()
    return plain, gzip.compress(plain, 9, mtime=0)
