"""``selectorate office demo``: the invented party in a folder of its own, looked over, and served to who sits there."""

from __future__ import annotations

import shutil
import socket
import time
from collections.abc import Callable
from pathlib import Path

from ...errors import InputError
from .. import environment
from .serving import serve
from .starting import prepare, started

MARK = "made-by-selectorate-office-demo"
"""A file that says that a folder is a demonstration's, and may be made anew."""
PORTS = range(8000, 8020)


def made_anew(home: Path, option: str) -> Path:
    """An office of its own in ``home``, empty: what an earlier demonstration left there goes. The whole path.

    Raises InputError if there is something else in ``home``, which ``option`` names.
    """
    home = home.absolute()
    if home.exists() and any(home.iterdir()) and not (home / MARK).exists():
        raise InputError(f"{home} holds something else", hint=f"Name a folder that is not there yet: {option} FOLDER.")
    shutil.rmtree(home, ignore_errors=True)
    home.mkdir(parents=True)
    (home / MARK).touch()
    environment.for_a_demonstration(home)
    started(check=False)
    prepare(migrate=True)
    return home


def demonstrate(home: Path, *, serving: bool, port: int, say: Callable[[str], None]) -> int:
    """Make the demonstration in ``home``, look it over, say where to look, and serve it; the status to end with.

    Raises InputError if there is something else in ``home``.
    """
    made_anew(home, "--home")
    from ..demo import seed, tour

    begin = time.monotonic()
    seed(lambda what: say(f"  {time.monotonic() - begin:5.1f} s  {what}"))
    say("")
    say("A visitor's way through it:")
    tour(lambda line: say(f"  {line}"))
    say("")
    if not serving:
        say("To walk through it yourself: selectorate office demo --serve, then http://127.0.0.1:8000/demo/")
        return 0
    found = port or _free_port()
    say(f"http://127.0.0.1:{found}/       what everybody may read")
    say(f"http://127.0.0.1:{found}/demo/  people to sign in as, and the mails that would have been sent")
    return serve("127.0.0.1", found, 2, 4, migrate=False, say=say)


def _free_port() -> int:
    """The first port at which nobody listens. Raises InputError if there is none."""
    for port in PORTS:
        with socket.socket() as one:
            one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                one.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise InputError("no port is free", hint="Name one: --port 9000.")
