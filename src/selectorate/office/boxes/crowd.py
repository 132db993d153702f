"""How many casts are in hand at once: what comes beyond that is told at once to come again.

A process works on few casts at a time (more gain nothing: one lock for each box, one processor for each process), lets
some wait, and answers everybody else 503 before the database is asked anything. So a crowd is told quickly, what is in
hand is finished, and nobody waits for an answer that comes too late. A voter loses nothing by it: the same ballot sent
again is the same ballot.
"""

from __future__ import annotations

import random
import re
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, JsonResponse, UnreadablePostError
from django.utils.translation import gettext as _

AT_ONCE = 4
"""Casts that a process works on at a time."""
WAITING = 12
"""Casts that wait for those; ``selectorate serve`` has more threads than both, so that some are free to say no."""
PATIENCE = 5.0
"""Seconds for which one of them waits, at the most."""
AGAIN = 2
"""Seconds after which who was sent away is asked to come again; up to twice as many, so that not all come at once."""
PER_VOTER = 30
"""Casts of one voter that a process takes in a minute: a voter who changes their mind does not do it every second."""
MINUTE = 60
CAST = re.compile(r"/vote/[-a-zA-Z0-9_]+/cast/")
"""The address to which ballots are sent."""


class BusyError(Exception):
    """There is no place: come again."""


class Crowd:
    """Places for ``at_once`` and a bench for ``waiting``."""

    def __init__(self, at_once: int = AT_ONCE, waiting: int = WAITING, patience: float = PATIENCE) -> None:
        self._places = threading.BoundedSemaphore(at_once)
        self._bench = threading.BoundedSemaphore(at_once + waiting)
        self._patience = patience

    @contextmanager
    def place(self) -> Iterator[None]:
        """A place for one cast. Raises BusyError if the bench is full, or none becomes free in time."""
        if not self._bench.acquire(blocking=False):
            raise BusyError
        try:
            if not self._places.acquire(timeout=self._patience):
                raise BusyError
            try:
                yield
            finally:
                self._places.release()
        finally:
            self._bench.release()


class Rate:
    """Counts how often each of many does something in a minute, in the memory of this process."""

    def __init__(self, most: int = PER_VOTER, seconds: float = MINUTE) -> None:
        self._most, self._seconds = most, seconds
        self._lock = threading.Lock()
        self._began = time.monotonic()
        self._counts: dict[str, int] = {}

    def allows(self, who: str) -> bool:
        """Count ``who`` once more; whether they may."""
        with self._lock:
            if time.monotonic() - self._began > self._seconds:
                self._began, self._counts = time.monotonic(), {}
            self._counts[who] = self._counts.get(who, 0) + 1
            return self._counts[who] <= self._most


crowd = Crowd()
rate = Rate()
recent: deque[float] = deque(maxlen=1)
"""When somebody was last sent away, for who looks after the site."""


def is_cast(request: HttpRequest) -> bool:
    """Whether a ballot is being sent."""
    return request.method == "POST" and CAST.fullmatch(request.path_info) is not None


def busy() -> JsonResponse:
    """The answer to who is to come again: 503, with the seconds to wait."""
    recent.append(time.monotonic())
    message = _("The office is busy. Your ballot was not lost: it is sent again in a moment.")
    response = JsonResponse({"code": "busy", "message": message}, status=503)
    response.headers["Retry-After"] = str(AGAIN + random.randrange(AGAIN + 1))
    response.headers["Cache-Control"] = "no-store"
    response.headers["Content-Length"] = str(len(response.content))
    response._has_been_logged = True  # type: ignore[attr-defined]  # a crowd does not fill the log, too
    return response


class CrowdMiddleware:
    """Lets casts in as long as there are places, before anything is asked of the database for them."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer; everything but a cast passes as if we were not there."""
        if not is_cast(request):
            return self.get_response(request)
        with suppress(RequestDataTooBig, UnreadablePostError):  # the view meets them again, and answers
            # Read whole before it takes a place: who sends slowly keeps nobody else from voting.
            _whole = request.body
        try:
            with crowd.place():
                return self.get_response(request)
        except BusyError:
            return busy()
