"""The page in which the booth runs, and the booth's files."""

from __future__ import annotations

import base64
import gzip
from functools import lru_cache
from pathlib import Path

from csp.constants import NONE, SELF
from csp.decorators import csp_replace, csp_update
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from .. import booth
from ..access import PUBLIC, may
from ..models import Contest

WASM = "'wasm-unsafe-eval'"
"""libsodium is WebAssembly; this lets it run, and no text that becomes script."""
FOR_EVER = "public, max-age=31536000, immutable"
TYPES = {".mjs": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8"}


def _address(name: str) -> str:
    return reverse("booth-file", args=[name])


def _integrity(sha256: str) -> str:
    """A hash as a page writes it: a browser then runs no other file in its place."""
    return "sha256-" + base64.b64encode(bytes.fromhex(sha256)).decode("ascii")


@never_cache
@csp_update({"script-src": [WASM], "worker-src": [SELF]})
def booth_page(
    request: HttpRequest, contest: Contest, stage: str, *, data: str | None = None, again: str | None = None
) -> HttpResponse:
    """The booth for a stage of a contest. For a view to call that has seen to who asks.

    ``data``: the address of the voter's booth.json; ``again``: where one signs in again. Status 503 where the booth is
    not built.
    """
    there = booth.manifest()
    context = {
        "contest": contest,
        "stage": stage,
        "data": data or f"/vote/{contest.slug}/{stage}/booth.json",
        "again": again or f"/vote/{contest.slug}/",
        "booth": there
        and {
            kind: {"address": _address(there.entry[kind]), "integrity": _integrity(there.files[there.entry[kind]])}
            for kind in ("script", "style", "worker")
        },
    }
    return render(request, "office/voting/booth.html", context, status=200 if there else 503)


def carry_script() -> str:
    """The address of the script that carries a credential in the address past a sign-in; "" if there is no booth."""
    there = booth.manifest()
    return _address(there.entry["carry"]) if there else ""


@may(PUBLIC)
@require_safe
# The worker is held to the policy of its own file, not to that of the page.
@csp_replace({"default-src": [NONE], "script-src": [SELF, WASM], "connect-src": [SELF]})
def booth_file(request: HttpRequest, name: str) -> HttpResponse:
    """One of the booth's files. Its name has its hash in it: it never changes."""
    there = booth.manifest()
    if there is None or name not in there.files:
        raise Http404
    plain, packed = _content(there.folder / name, there.files[name])
    takes_gzip = "gzip" in request.headers.get("Accept-Encoding", "")
    answer = HttpResponse(packed if takes_gzip else plain, content_type=TYPES[Path(name).suffix])
    if takes_gzip:
        answer.headers["Content-Encoding"] = "gzip"
    answer.headers["Vary"] = "Accept-Encoding"
    answer.headers["Cache-Control"] = FOR_EVER
    return answer


@lru_cache(maxsize=16)
def _content(path: Path, sha256: str) -> tuple[bytes, bytes]:
    """A file, and compressed."""
    plain = path.read_bytes()
    return plain, gzip.compress(plain, 9, mtime=0)


@may(PUBLIC)
@require_safe
def booth_list(request: HttpRequest) -> HttpResponse:
    """The list of the booth's files with their hashes, as it was built."""
    there = booth.manifest()
    if there is None:
        raise Http404
    answer = HttpResponse((there.folder / booth.MANIFEST).read_bytes(), content_type="application/json")
    answer.headers["Cache-Control"] = "public, max-age=60"
    return answer
