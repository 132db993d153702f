"""The record of a declared contest, for whoever wants to check it all again."""

from __future__ import annotations

from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.views.decorators.http import require_safe
from filelock import Timeout

from .. import recording
from ..access import PUBLIC, may
from .downloads import Part

WAIT = 20
"""Seconds to wait for a record that is being made; then the browser is asked to come again."""


@may(PUBLIC)
@require_safe
def record_zip(request: HttpRequest, contest: str) -> HttpResponseBase:
    """The record as a ZIP file: made once, when it is first asked for."""
    here = request.contest  # type: ignore[attr-defined]
    if recording.why_none(here):
        raise Http404
    etag = f'"{recording.kept(here).stem[:32]}"'
    if request.headers.get("If-None-Match", "") == etag:
        answer: HttpResponseBase = HttpResponse(status=304)
    else:
        try:
            path = recording.record_file(here, WAIT)
        except Timeout:
            busy = HttpResponse(status=503)
            busy.headers["Retry-After"] = "30"
            return busy
        size = path.stat().st_size
        answer = FileResponse(
            Part(path, 0, size), content_type="application/zip", as_attachment=True, filename=f"{here.slug}-record.zip"
        )
        answer.headers["Content-Length"] = str(size)
    answer.headers["ETag"] = etag
    return answer
