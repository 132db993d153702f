"""The clock of ``selectorate serve``: what happens because time passes, whether or not anybody looks.

It does what the timetables say (``office.clock``), sends every second the mail that waits, and clears away every hour
what has had its time (``retention``). One clock runs, however many times the site is served: it
holds a lock in the database (or, with SQLite, on a file), and another waits until that is free.
"""

from __future__ import annotations

import logging
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

log = logging.getLogger(__name__)

LOCK = 0x5E1EC70A
"""The number of the advisory lock of PostgreSQL: any, but always the same."""


@dataclass
class Duty:
    """Something that is done every so many seconds."""

    name: str
    every: float
    does: Callable[[], object]
    next: float = 0


def duties() -> list[Duty]:
    """What the clock does beside the timetables."""
    from .. import outbox, retention

    return [Duty("mail", 1, outbox.deliver), Duty("clearing away", 3600, retention.clear_away)]


def run(stopping: threading.Event, found: list[Duty]) -> None:
    """Do the duties until ``stopping`` is set. A duty that fails is logged, and done again at its next time."""
    from django.db import close_old_connections, connections

    while not stopping.is_set():
        for duty in found:
            if time.monotonic() >= duty.next and not stopping.is_set():
                try:
                    close_old_connections()
                    duty.does()
                except Exception:
                    log.exception("the clock could not do: %s", duty.name)
                    connections.close_all()
                duty.next = time.monotonic() + duty.every
        stopping.wait(0.5)


@contextmanager
def alone(stopping: threading.Event) -> Iterator[bool]:
    """Hold the lock of the one clock, once it is free; False if we are to stop before that."""
    from django.conf import settings
    from django.db import connections

    if connections["default"].vendor == "postgresql":
        # A connection of its own: the lock is the session's, and must outlive what the duties do to theirs.
        connection = connections.create_connection("default")
        try:
            while not stopping.is_set():
                with connection.cursor() as cursor:
                    cursor.execute("SELECT pg_try_advisory_lock(%s)", [LOCK])
                    if cursor.fetchone()[0]:
                        yield True
                        return
                stopping.wait(2)
            yield False
        finally:
            connection.close()
    else:
        from filelock import FileLock, Timeout

        lock = FileLock(settings.HOME / "clock.lock")
        while not stopping.is_set():
            try:
                lock.acquire(timeout=1)
            except Timeout:
                continue
            try:
                yield True
            finally:
                lock.release()
            return
        yield False


def main() -> None:
    """Tick until a signal says to stop, or whoever started us is gone."""
    import django

    django.setup()
    from .. import clock
    from ..boxes import counting

    stopping = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopping.set())
    parent = os.getppid()

    def orphaned() -> None:
        if os.getppid() != parent:
            stopping.set()

    with alone(stopping) as ours:
        if ours:
            # In a thread of its own: a server of mail that hangs does not keep a ballot from closing.
            timetables = threading.Thread(target=clock.run_forever, args=(stopping,), name="timetables")
            timetables.start()
            # Reading a whole box takes minutes; neither mail nor timetables wait for it.
            boxes = threading.Thread(target=run, args=(stopping, [Duty("boxes", 2, counting.advance)]), name="boxes")
            boxes.start()
            run(stopping, [Duty("parent", 1, orphaned), *duties()])
            timetables.join()
            boxes.join()


if __name__ == "__main__":
    main()
