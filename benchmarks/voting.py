"""Measure casting: how many ballots a second are acknowledged, how long that takes, and what a crowd is told.

    make bench-voting                                         25 a second for ten minutes, both databases
    make bench-voting ARGS="--minutes 0.2 --database sqlite"  shorter

The site runs as ``selectorate serve`` runs it, with two processes that answer; each ballot comes from another voter,
who has a session and gets a mail, as they would. First a steady rate, whose answers are timed from the moment at which
the ballot was due (so that waiting behind others counts); then rates that rise until one is not held; then ten times
the steady rate, and how soon afterwards all is as before. Prints one line of JSON for each database.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tools.voting_faults import office  # noqa: E402
from tools.voting_faults.clients import Answer, Browser, sent  # noqa: E402
from tools.voting_faults.servers import Postgres, Site  # noqa: E402

RATE, MINUTES, OVER = 25.0, 10.0, 10
STEPS = (2, 3, 4, 6, 8)
"""Multiples of the steady rate that are tried, as long as they are held."""
HELD_P99 = 2.0
"""Seconds: a rate is held if nobody was sent away, and 99 of 100 were answered within."""
RECOVERED_P95 = 1.0
CONNECTIONS = 2000
"""Voters who wait for an answer at a time."""


@dataclass
class Measured:
    """Answers of one run. ``late``: seconds from when a ballot was due to its answer, of those acknowledged."""

    late: list[float] = field(default_factory=list)
    told_busy: list[float] = field(default_factory=list)
    answers: Counter[str] = field(default_factory=Counter)
    seconds: float = 0

    def figures(self) -> dict[str, Any]:
        """The run in a few numbers."""
        return {
            "acknowledged": len(self.late),
            "a_second": round(len(self.late) / self.seconds, 1) if self.seconds else 0,
            "p50": percentile(self.late, 50),
            "p95": percentile(self.late, 95),
            "p99": percentile(self.late, 99),
            "answers": dict(self.answers),
            "p95_of_503": percentile(self.told_busy, 95),
        }


def percentile(values: list[float], part: int) -> float | None:
    """The value below which so many of a hundred are, in seconds."""
    return round(sorted(values)[min(len(values) - 1, len(values) * part // 100)], 3) if values else None


class Ballots:
    """Ballots that were made beforehand, each with the session of its voter; each is sent once."""

    def __init__(self, voting: office.Voting, number: int) -> None:
        self.voting = voting
        election = __import__("selectorate.office.boxes.store", fromlist=["store"]).election_of(voting.made.box)
        with ProcessPoolExecutor(initializer=_keep, initargs=(election.raw,)) as processes:
            made = list(processes.map(_ballot, voting.made.credentials[:number], chunksize=200))
        self._left: Iterator[tuple[int, bytes]] = iter(enumerate(made))

    def next(self) -> tuple[bytes, dict[str, str]] | None:
        """What the next voter sends, and their headers; None when all have sent."""
        one = next(self._left, None)
        if one is None:
            return None
        return sent(self.voting.made.box.uuid, one[1]), self.voting.headers(one[0])


_raw: list[Any] = []


def _keep(raw: bytes) -> None:
    from selectorate.box.v1.elections import read_election

    _raw[:] = [read_election(raw)]


def _ballot(credential: str) -> bytes:
    from selectorate.box.v1.ballots import make_ballot

    return make_ballot(_raw[0], credential, [[1, 2, 3]])


async def run(ballots: Ballots, port: int, rate: float, seconds: float) -> Measured:
    """Send ``rate`` ballots a second, whether or not those before were answered."""
    found, idle, tasks = Measured(), [], set[asyncio.Task[None]]()
    places = asyncio.Semaphore(CONNECTIONS)

    async def one(due: float) -> None:
        given = ballots.next()
        if given is None:
            return
        async with places:
            browser = idle.pop() if idle else Browser(port)
            answer: Answer = await browser.post(ballots.voting.address, *given)
            idle.append(browser)
        taken = time.perf_counter() - due
        found.answers[str(answer.status)] += 1
        if answer.status == 200:
            found.late.append(taken)
        elif answer.status == 503:
            found.told_busy.append(taken)

    begun = time.perf_counter()
    for number in range(round(rate * seconds)):
        due = begun + number / rate
        await asyncio.sleep(max(0, due - time.perf_counter()))
        task = asyncio.create_task(one(due))
        tasks.add(task)
        task.add_done_callback(tasks.discard)
    await asyncio.gather(*tasks)
    found.seconds = time.perf_counter() - begun
    for browser in idle:
        browser.close()
    return found


def measure(database: str, rate: float, minutes: float, brief: float) -> dict[str, Any]:
    """All runs on one database. ``brief``: seconds of each run but the first."""
    folder = Path(tempfile.mkdtemp(prefix="bench-voting-"))
    postgres = Postgres(folder / "postgres") if database == "postgres" else None
    try:
        address = postgres.address if postgres else ""
        office.begin(folder / "home", address)
        steady = round(rate * minutes * 60)
        number = steady + round(rate * brief * (sum(STEPS) + OVER)) + round(rate * 60)
        voting = office.voting(office.contest(), number)
        site = Site(office.environment(folder / "home", address), folder, workers=2)
        site.environment["DJANGO_SETTINGS_MODULE"] = "selectorate.office.settings"
        ballots = Ballots(voting, number)
        site.start()
        try:
            return _runs(database, ballots, site, rate, minutes, brief)
        finally:
            site.kill()
    finally:
        if postgres is not None:
            postgres.server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


def _runs(database: str, ballots: Ballots, site: Site, rate: float, minutes: float, brief: float) -> dict[str, Any]:
    found: dict[str, Any] = {"database": database, "machine": machine(), "rate": rate, "minutes": minutes}
    found["steady"] = asyncio.run(run(ballots, site.port, rate, minutes * 60)).figures()
    print(f"{database}: steady {found['steady']}", file=sys.stderr, flush=True)
    found["held"] = rate if set(found["steady"]["answers"]) == {"200"} else 0
    found["rates"] = {}
    for times in STEPS:
        one = asyncio.run(run(ballots, site.port, rate * times, brief)).figures()
        found["rates"][str(rate * times)] = one
        print(f"{database}: {rate * times} a second {one}", file=sys.stderr, flush=True)
        if set(one["answers"]) != {"200"} or one["p99"] > HELD_P99:
            break
        found["held"] = rate * times
    found["overload"] = asyncio.run(run(ballots, site.port, rate * OVER, brief)).figures()
    print(f"{database}: overload {found['overload']}", file=sys.stderr, flush=True)
    begun = time.perf_counter()
    found["recovered_after"] = None
    while time.perf_counter() - begun < 60:
        one = asyncio.run(run(ballots, site.port, rate, 2)).figures()
        if set(one["answers"]) == {"200"} and one["p95"] < RECOVERED_P95:
            found["recovered_after"] = round(time.perf_counter() - begun - 2, 1)
            break
    found["faults"] = site.faults()[:3]
    return found


def machine() -> str:
    """What it was measured on, and how busy that was besides."""
    load = os.getloadavg()[0]
    return f"{os.cpu_count()} processors, {platform.machine()}, Python {platform.python_version()}, load {load:.1f}"


def main() -> int:
    """Each database in a process of its own."""
    parser = argparse.ArgumentParser(prog="make bench-voting", description=__doc__.splitlines()[0])
    parser.add_argument("--database", choices=("sqlite", "postgres"), action="append")
    parser.add_argument("--rate", type=float, default=RATE, help="ballots a second")
    parser.add_argument("--minutes", type=float, default=MINUTES, help="of the steady rate")
    parser.add_argument("--brief", type=float, default=30, help="seconds of each other run")
    parser.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    databases = given.database or ["postgres", "sqlite"]
    if given.here:
        print(json.dumps(measure(databases[0], given.rate, given.minutes, given.brief)), flush=True)
        return 0
    for database in databases:
        command = [sys.executable, __file__, "--here", "--database", database, "--rate", str(given.rate)]
        command += ["--minutes", str(given.minutes), "--brief", str(given.brief)]
        subprocess.run(command, check=True, cwd=ROOT)
    return 0


if __name__ == "__main__":
    sys.exit(main())
