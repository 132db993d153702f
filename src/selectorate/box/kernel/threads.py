"""Work that is shared out among threads. Compiled code does without the interpreter's lock, so threads are enough."""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

__all__ = ["spread"]

THREADS = os.cpu_count() or 1
PIECES = 4
"""Pieces of work for each thread, so that none waits long for a slower one."""


def _new_executor() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(THREADS, thread_name_prefix="selectorate-box")


_executor = _new_executor()


def _after_fork() -> None:
    """A forked process has no threads but the one that forked: it gets new ones."""
    global _executor
    _executor = _new_executor()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)


def spread(work: Callable[[int, int], object], count: int, least: int) -> None:
    """Call ``work(first, end)`` for ranges that together are ``range(count)``; inline if they would be shorter than
    ``least``.

    Returns when all of it is done; an error in one of the calls is raised here.
    """
    pieces = min(PIECES * THREADS, count // least)
    if pieces <= 1 or THREADS == 1:
        work(0, count)
        return
    bounds = [count * i // pieces for i in range(pieces + 1)]
    futures = [_executor.submit(work, first, end) for first, end in itertools.pairwise(bounds)]
    for future in futures:
        future.result()
