"""How long a cast waits for a lock, and that what is committed is on the disk.

PostgreSQL is told inside the transaction. SQLite has one lock for all of a file, which those of one process take in
turns here first: its own way of waiting is to ask again every now and then, by which some wait for ever.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import OperationalError, connection

USUAL = 20
"""Seconds for which SQLite waits elsewhere (``settings``)."""

_writer = threading.Lock()

_PROMISE = (
    "SELECT set_config('lock_timeout', %s, true), set_config('synchronous_commit', "
    "CASE current_setting('synchronous_commit') WHEN 'off' THEN 'on' ELSE current_setting('synchronous_commit') END, "
    "true)"
)


@contextmanager
def of(seconds: float) -> Iterator[None]:
    """Around a transaction: it waits no longer than ``seconds`` for its locks. Raises OperationalError."""
    if connection.vendor != "sqlite":
        yield
        return
    connection.ensure_connection()
    if not _writer.acquire(timeout=seconds):
        raise OperationalError("database is locked")
    try:
        _wait(seconds)
        try:
            yield
        finally:
            if connection.connection is not None:
                _wait(USUAL)
    finally:
        _writer.release()


def inside(seconds: float) -> None:
    """At the beginning of a transaction: the same for PostgreSQL, and that it answers only when it is on the disk."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(_PROMISE, [f"{int(seconds * 1000)}ms"])


def _wait(seconds: float) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"PRAGMA busy_timeout = {int(seconds * 1000)}")
