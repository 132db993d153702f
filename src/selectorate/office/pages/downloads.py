"""Files that a page offers: named, typed, and known to a cache by what they were made from."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response, patch_cache_control

TYPES = {
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
    "jpg": "image/jpeg",
    "pdf": "application/pdf",
    "png": "image/png",
    "toml": "application/toml",
    "txt": "text/plain; charset=utf-8",
    "zip": "application/zip",
}


def file_answer(
    request: HttpRequest,
    content: bytes | str,
    kind: str,
    *,
    name: str = "",
    etag: str = "",
    seconds: int = 60,
) -> HttpResponse:
    """``content`` as a file of a ``kind``; with a ``name`` it is saved under that, without one it is shown."""
    response = HttpResponse(content, content_type=TYPES[kind])
    if name:
        response.headers["Content-Disposition"] = f'attachment; filename="{name}.{kind}"'
    if not request.user.is_authenticated:
        patch_cache_control(response, public=True, max_age=seconds)
    if etag:
        response.headers["ETag"] = f'W/"{etag}"'
        return get_conditional_response(request, etag=response.headers["ETag"], response=response) or response
    return response
