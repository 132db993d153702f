"""``selectorate serve``: three processes beside each other, of which none is left behind.

``pages`` answers (granian), ``work`` does what takes long (the database worker of django-tasks), ``clock`` does what
the timetables say, and sends mail (``ticking``). One that ends is started again; if it ends again and again, all stop,
so that whoever watches over us (systemd, a container) notices. Where the system can (Linux), they end even when we are
killed outright.
"""

from __future__ import annotations

import contextlib
import ctypes
import functools
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from types import FrameType

from ...errors import InputError
from .doctor import durable
from .starting import prepare, started

GRACE = 25
"""Seconds in which what was begun is finished after we are told to stop: longer than any page may take."""
STEADY = 30
"""Seconds after which a process that was started counts as running well."""
MOST_STARTS = 5
"""How often in a row one is started that does not last so long."""

LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None
PR_SET_PDEATHSIG = 1


def _end_with(parent: int, number: signal.Signals) -> None:
    """Called in a new process: let the system send it the signal when its parent is gone, however that ended."""
    if LIBC is not None:
        LIBC.prctl(PR_SET_PDEATHSIG, int(number))
    if os.getppid() != parent:  # it went before we had asked
        os._exit(1)


@dataclass
class Part:
    """One of the processes."""

    name: str
    command: list[str]
    process: subprocess.Popen[bytes] | None = None
    begun: float = 0
    starts: int = 0

    def start(self) -> None:
        """Start it, in a session of its own: Ctrl-C is for us, and we pass it on."""
        self.begun, self.starts = time.monotonic(), self.starts + 1
        self.process = subprocess.Popen(
            self.command,
            env={**os.environ, "DJANGO_SETTINGS_MODULE": "selectorate.office.settings"},
            start_new_session=True,
            preexec_fn=functools.partial(_end_with, os.getpid(), self.stops_by) if LIBC else None,
        )

    @property
    def stops_by(self) -> signal.Signals:
        """The signal at which it finishes what it has begun, and ends."""
        return signal.SIGINT if self.name == "work" else signal.SIGTERM

    def ended(self) -> bool:
        """Whether it runs no more."""
        return self.process is None or self.process.poll() is not None

    def tell(self, number: signal.Signals) -> None:
        """Send it a signal, with whatever it has started."""
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, number)


def parts(host: str, port: int, workers: int, threads: int) -> list[Part]:
    """The processes, with their commands."""
    python = [sys.executable, "-m"]
    pages = [
        *(*python, "granian", "selectorate.office.wsgi:application", "--interface", "wsgi", "--no-ws"),
        *("--host", host, "--port", str(port), "--workers", str(workers), "--blocking-threads", str(threads)),
        *("--workers-kill-timeout", str(GRACE - 5), "--respawn-failed-workers", "--log-level", "warning"),
    ]
    return [
        Part("pages", pages),
        Part("work", [*python, "django", "db_worker", "--verbosity", "0", "--no-reload"]),
        Part("clock", [*python, "selectorate.office.commands.ticking"]),
    ]


def serve(host: str, port: int, workers: int, threads: int, *, migrate: bool, say: Callable[[str], None]) -> int:
    """Serve until a signal says to stop; the status to end with: 0, or 1 if a process would not run."""
    started(check=False)
    _free(host, port)
    prepare(migrate=migrate, say=say)
    from django.conf import settings
    from django.db import connections

    from .. import urls as urls  # a route that says nothing of who may use it stops us here
    from ..models import Organisation

    if Organisation.there() is None:
        raise InputError("the office is not set up", hint="Run: selectorate office init")
    durability = durable("durability")
    if durability.state != "good":
        say(durability.line())
    connections.close_all()
    stopping: list[int] = []

    def stop(number: int, frame: FrameType | None) -> None:
        stopping.append(number)

    before = {one: signal.signal(one, stop) for one in (signal.SIGINT, signal.SIGTERM)}
    running = parts(host, port, workers, threads)
    try:
        for part in running:
            part.start()
        _announce(host, port, settings.ADDRESS, stopping, running, say)
        return _watch(running, stopping, say)
    finally:
        _stop(running)
        for one, handler in before.items():
            signal.signal(one, handler)


def _free(host: str, port: int) -> None:
    """Raises InputError if nobody can listen there: said at once, and not by a process that is started in vain."""
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        with socket.socket(family, socket.SOCK_STREAM) as one:
            one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            one.bind((host, port))
    except OSError as fault:
        raise InputError(f"nobody can listen at {host}:{port}: {fault.strerror or 'no such address'}") from None


def _announce(
    host: str, port: int, address: str, stopping: list[int], running: list[Part], say: Callable[[str], None]
) -> None:
    """Say where the site is, once it answers."""
    reach = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)
    until = time.monotonic() + STEADY
    while time.monotonic() < until and not stopping and not any(part.ended() for part in running):
        try:
            socket.create_connection((reach, port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            say(f"serving at {address or f'http://{host}:{port}'} (stop with Ctrl-C)")
            return


def _watch(running: list[Part], stopping: list[int], say: Callable[[str], None]) -> int:
    """Start again what ends, until we are to stop or one does not run at all."""
    while not stopping:
        for part in running:
            if not part.ended():
                continue
            if time.monotonic() - part.begun > STEADY:
                part.starts = 0
            if part.starts >= MOST_STARTS:
                say(f"{part.name} does not run: it ended {part.starts} times; stopping")
                return 1
            say(f"{part.name} ended ({part.process.returncode if part.process else '?'}); starting it again")
            time.sleep(min(part.starts, 5))
            if not stopping:
                part.start()
        time.sleep(0.2)
    say("stopping")
    return 0


def _stop(running: list[Part]) -> None:
    """Let everything finish what it has begun, for a while; then end it."""
    for part in running:
        part.tell(part.stops_by)
    until = time.monotonic() + GRACE
    while time.monotonic() < until and not all(part.ended() for part in running):
        time.sleep(0.05)
    for part in running:
        part.tell(signal.SIGKILL)
        if part.process is not None:
            part.process.wait()
