"""Files that a page offers: named, typed, and known to a cache by what they were made from."""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO

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


class Part:
    """A part of a file, read once: the archive grows while it is served, and what is served has the length said.

    The file is opened when it is first read: of an answer that nobody reads (HEAD) nothing stays open.
    """

    def __init__(self, path: Path, start: int, length: int) -> None:
        self._path, self._start, self._left = path, start, length
        self._file: BinaryIO | None = None

    def read(self, size: int = -1) -> bytes:
        """The next bytes."""
        if not self._left:
            self.close()
            return b""
        if self._file is None:
            self._file = self._path.open("rb")
            self._file.seek(self._start)
        found = self._file.read(self._left if size < 0 else min(size, self._left))
        self._left -= len(found)
        return found

    def close(self) -> None:
        """Close the file."""
        if self._file is not None:
            self._file.close()
