"""What is broken, and what must hold then: what was acknowledged is in the box, once, where the receipt says."""

from __future__ import annotations

import asyncio
import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

from . import office
from .clients import Answer, Browser, sent
from .servers import Postgres, Site

VOTERS = 8


@dataclass
class Setting:
    """What a drill has at hand. ``part``: which part of the full number it does, at least once."""

    contest: Any
    folder: Path
    environment: dict[str, str]
    postgres: Postgres | None
    part: float
    seed: int

    def number(self, full: int) -> int:
        """The number of times, where the full number is ``full``."""
        return max(1, round(full * self.part))

    sites: list[Site] = field(default_factory=list)

    def site(self, workers: int = 2) -> Site:
        """The site, not started."""
        self.sites.append(Site(self.environment, self.folder, workers=workers))
        return self.sites[-1]


@dataclass
class Told:
    """What voters sent and were told. ``sent``: every tracker; ``receipts``; ``answers``: status and code, counted."""

    sent: set[str] = field(default_factory=set)
    receipts: list[dict[str, Any]] = field(default_factory=list)
    answers: Counter[str] = field(default_factory=Counter)

    def note(self, answer: Answer) -> None:
        """Take an answer down."""
        self.answers[f"{answer.status} {answer.content.get('code', '')}".strip()] += 1
        if answer.status == 200:
            self.receipts.append(answer.content)


def wrong(voting: office.Voting, told: Told) -> list[str]:
    """Everything that does not hold; nothing, if all does."""
    from django.db import connections

    from selectorate.box.v1.box import Box
    from selectorate.box.v1.reading import read_box
    from selectorate.office.boxes import store

    connections.close_all()
    box = voting.made.box
    box.refresh_from_db()
    found: list[str] = []
    rows = list(box.events.order_by("height").values_list("height", "digest", "parent", "tracker", "credential"))
    if [row[0] for row in rows] != list(range(len(rows))):
        found.append("the heights have a gap or a fork")
    if any(after[2] != before[1] for before, after in pairwise(rows)):
        found.append("the chain is broken")
    ballots = [row for row in rows if row[3] is not None]
    counted = Counter(row[3] for row in ballots)
    found += [f"{tracker} is there {times} times" for tracker, times in counted.items() if times > 1]
    found += [f"{tracker} was sent by nobody" for tracker in counted if tracker not in told.sent]
    by_height = {row[0]: row for row in rows}
    for receipt in told.receipts:
        row = by_height.get(receipt["height"])
        if row is None or (row[1], row[3]) != (receipt["event"], receipt["tracker"]):
            found.append(f"the receipt for height {receipt['height']} is false")
    if (box.ballots, box.voted) != (len(ballots), len({row[4] for row in ballots})):
        found.append(f"the box says {box.ballots} ballots of {box.voted} voters")
    reading = read_box(store.archive(box))
    found += [f"the archive: {fault}" for fault in reading.faults]
    archive = Box(reading.path)
    if any(
        archive.height_of(one["tracker"]) != one["height"] for one in told.receipts[:: max(1, len(told.receipts) // 50)]
    ):
        found.append("the archive has a ballot elsewhere than its receipt says")
    return found


def of_site(site: Site, told: Told, allowed: set[str]) -> list[str]:
    """What the site should not have answered, or written to its log."""
    odd = {answer: number for answer, number in told.answers.items() if answer not in allowed and answer[0] != "0"}
    if "0" not in allowed:
        odd |= {answer: number for answer, number in told.answers.items() if answer[0] == "0"}
    return ([f"answers: {odd}"] if odd else []) + site.faults()[:3]


async def voter(
    voting: office.Voting, port: int, number: int, told: Told, stop: Callable[[], bool], drawn: random.Random
) -> None:
    """Cast again and again. A ballot without an answer is sent again, or given up for another."""
    from selectorate.box.v1.ballots import tracker

    browser = Browser(port)
    while not stop():
        raw = voting.ballot(number, drawn)
        told.sent.add(tracker(raw))
        while not stop():
            answer = await browser.post(voting.address, sent(voting.made.box.uuid, raw), voting.headers(number))
            told.note(answer)
            if answer.status not in (0, 503):
                break
            await asyncio.sleep(0.2)
            if drawn.random() < 0.3:
                break
    browser.close()


def while_voting(
    voting: office.Voting, port: int, seed: int, does: Callable[[Told], Awaitable[None]], voters: int = VOTERS
) -> Told:
    """Let voters cast while ``does`` runs, and a second longer."""
    told, over = Told(), [False]

    async def run() -> None:
        tasks = [
            asyncio.create_task(voter(voting, port, number, told, lambda: over[0], random.Random(f"{seed} {number}")))
            for number in range(voters)
        ]
        try:
            await does(told)
            await _under_way(told)
            await asyncio.sleep(1)
        finally:
            over[0] = True
        await asyncio.gather(*tasks)

    asyncio.run(run())
    return told


async def _under_way(told: Told, within: float = 60) -> None:
    """Wait until somebody's ballot is acknowledged."""
    before, until = len(told.receipts), time.monotonic() + within
    while len(told.receipts) == before:
        if time.monotonic() > until:
            raise RuntimeError(f"no ballot is acknowledged any more: {dict(told.answers)}")
        await asyncio.sleep(0.01)


# -- the drills ----------------------------------------------------------------------------------------------------


def _killed(
    here: Setting, section: str, full: int, kill: Callable[[Site, random.Random], Awaitable[None]]
) -> dict[str, Any]:
    """Do ``kill`` at ``full`` random instants (or the part of them that is asked for) while eight voters cast."""
    voting, drawn, times = (
        office.voting(here.contest, VOTERS, section=section),
        random.Random(here.seed),
        here.number(full),
    )
    site = here.site()
    site.start()

    async def again_and_again(told: Told) -> None:
        for _one in range(times):
            await _under_way(told)
            await asyncio.sleep(drawn.uniform(0, 0.6))
            await kill(site, drawn)

    told = while_voting(voting, site.port, here.seed, again_and_again)
    faults = wrong(voting, told) + of_site(site, told, {"200", "0", "503 busy"})
    site.kill()
    return _result(told, faults, kills=times)


def server_killed(here: Setting) -> dict[str, Any]:
    """The site killed (SIGKILL) at 200 random instants while eight voters cast."""

    async def kill(site: Site, drawn: random.Random) -> None:
        site.kill()
        await asyncio.to_thread(site.start)

    return _killed(here, "killed", 200, kill)


def database_killed(here: Setting) -> dict[str, Any]:
    """The database stopped at once 50 times while eight voters cast."""
    if here.postgres is None:
        return {"skipped": "SQLite has no server: it is killed with the site"}
    postgres = here.postgres

    async def kill(site: Site, drawn: random.Random) -> None:
        await asyncio.to_thread(postgres.stop_at_once)
        await asyncio.sleep(drawn.uniform(0, 0.3))
        await asyncio.to_thread(postgres.start)

    return _killed(here, "database", 50, kill)


def disk_full(here: Setting) -> dict[str, Any]:
    """No room in the middle of a write, 10 times, while eight voters cast."""
    voting, drawn, times = (
        office.voting(here.contest, VOTERS, section="full"),
        random.Random(here.seed),
        here.number(10),
    )
    site = here.site()
    site.start()
    postgres = here.postgres

    def full() -> None:
        if postgres is None:
            # The write-ahead log is written from its beginning again and again: the end comes within some ballots.
            site.longest_file(drawn.randrange(4096, 60_000))
        else:
            postgres.stop_at_once()
            postgres.start_short_of_room(drawn.randrange(2_000_000, 17_000_000))

    def room() -> None:
        if postgres is None:
            site.longest_file(-1)
        else:
            postgres.stop_at_once()
            postgres.start()

    short = [0]

    async def fill(told: Told) -> None:
        for _one in range(times):
            await _under_way(told)
            await asyncio.sleep(drawn.uniform(0, 0.5))
            before = told.answers["503 busy"]
            await asyncio.to_thread(full)
            await asyncio.sleep(1.5)
            short[0] += told.answers["503 busy"] > before
            await asyncio.to_thread(room)

    told = while_voting(voting, site.port, here.seed, fill)
    faults = wrong(voting, told) + of_site(site, told, {"200", "0", "503 busy"})
    site.kill()
    return _result(told, faults, times=times, seen=short[0])


async def _until_answered(browser: Browser, voting: office.Voting, number: int, raw: bytes, told: Told) -> Answer:
    """Send a ballot as often as it takes; the first answer that is not "come again"."""
    while True:
        answer = await browser.post(voting.address, sent(voting.made.box.uuid, raw), voting.headers(number))
        told.note(answer)
        if answer.status not in (0, 503):
            return answer
        await asyncio.sleep(0.2)


def _all_at_once(voting: office.Voting, port: int, ballots: list[tuple[int, bytes]], told: Told) -> list[Answer]:
    from selectorate.box.v1.ballots import tracker

    told.sent |= {tracker(raw) for _number, raw in ballots}

    async def run() -> list[Answer]:
        browsers = [Browser(port) for _one in ballots]
        await asyncio.gather(*(browser.connect() for browser in browsers))
        found = await asyncio.gather(
            *(
                _until_answered(browser, voting, number, raw, told)
                for browser, (number, raw) in zip(browsers, ballots, strict=True)
            )
        )
        for browser in browsers:
            browser.close()
        return list(found)

    return asyncio.run(run())


def one_credential(here: Setting) -> dict[str, Any]:
    """200 different ballots of one voter at once, then 200 times the same one."""
    voting, drawn, number = office.voting(here.contest, 2, section="one"), random.Random(here.seed), here.number(200)
    site = here.site()
    site.start()
    told = Told()
    found = _all_at_once(voting, site.port, [(0, voting.ballot(0, drawn)) for _one in range(number)], told)
    heights = sorted(answer.content.get("height", -1) for answer in found)
    faults = [] if heights == list(range(1, number + 1)) else [f"heights {heights[:3]} to {heights[-3:]}"]
    faults += wrong(voting, told)
    if voting.made.box.voted != 1:
        faults.append("one voter was counted more than once")
    same = voting.ballot(1, drawn)
    receipts = [answer.content for answer in _all_at_once(voting, site.port, [(1, same)] * number, told)]
    if any(one != receipts[0] for one in receipts) or receipts[0].get("height") != number + 1:
        faults.append("the same ballot had different receipts")
    faults += wrong(voting, told) + of_site(site, told, {"200", "503 busy"})
    site.kill()
    return _result(told, faults, at_once=number)


def closing(here: Setting) -> dict[str, Any]:
    """500 ballots sent around the closing instant, from two seconds before to half a second after it; 20 times."""
    from datetime import timedelta

    from django.db import connections, transaction

    from selectorate.box.v1.ballots import tracker
    from selectorate.office.boxes import casting, store

    drawn, runs, number = random.Random(here.seed), here.number(20), 500
    site = here.site()
    site.start()
    whole, faults = Told(), []
    for run in range(runs):
        voting = office.voting(here.contest, number, section=f"closing-{run}")
        raws = [voting.ballot(one, drawn) for one in range(number)]
        told = Told(sent={tracker(raw) for raw in raws})
        box = voting.made.box
        begun = time.monotonic() + 4
        closes = casting.clock() + timedelta(seconds=begun - time.monotonic())
        box.closes = closes
        box.save(update_fields=["closes"])

        async def one(place: int, voting: Any = voting, raws: Any = raws, told: Any = told, begun: Any = begun) -> None:
            browser = Browser(site.port)
            await browser.connect()
            await asyncio.sleep(max(0, begun + drawn.uniform(-2, 0.5) - time.monotonic()))
            await _until_answered(browser, voting, place, raws[place], told)
            browser.close()

        def close(box: Any = box, closes: Any = closes) -> None:
            try:
                while (left := (closes - casting.clock()).total_seconds()) > 0:
                    time.sleep(min(left, 0.05))
                with transaction.atomic():
                    store.append(store.locked(box.pk), "EndBallots")
            finally:
                connections.close_all()

        async def everybody(one: Any = one, close: Any = close) -> None:
            await asyncio.gather(asyncio.to_thread(close), *(one(place) for place in range(number)))

        asyncio.run(everybody())
        faults += wrong(voting, told) + of_site(site, told, {"200", "409 closed", "503 busy"})
        end = box.events.get(type="EndBallots").height
        if any(receipt["height"] >= end for receipt in told.receipts) or box.events.filter(height__gt=end).exists():
            faults.append("a ballot came after the end")
        if box.ballots != len(told.receipts) or told.answers["200"] + told.answers["409 closed"] != number:
            faults.append(f"{told.answers} for {number} voters and {box.ballots} ballots")
        whole.receipts += told.receipts
        whole.answers += told.answers
    site.kill()
    if not 0 < len(whole.receipts) < runs * number:
        faults.append("everybody came too late, or nobody: nothing is shown")
    return _result(whole, faults, runs=runs)


def many_processes(here: Setting) -> dict[str, Any]:
    """8 processes that cast 500 ballots each, without the site before them."""
    processes, each = 8, here.number(500)
    voting = office.voting(here.contest, processes, section="processes")
    running = []
    for number in range(processes):
        command = [sys.executable, "-m", "tools.voting_faults.caster", voting.made.box.uuid, str(each)]
        command += [voting.made.credentials[number], voting.made.who(number)]
        running.append(subprocess.Popen(command, env=here.environment, stdout=subprocess.PIPE, text=True))
    told, faults = Told(), []
    for process in running:
        out, _err = process.communicate()
        if process.returncode:
            faults.append(f"a process ended with {process.returncode}")
        office.take(out, told)
    faults += wrong(voting, told)
    if voting.made.box.ballots != processes * each:
        faults.append(f"{voting.made.box.ballots} ballots of {processes * each}")
    return _result(told, faults, processes=processes, each=each)


def put_back(here: Setting) -> dict[str, Any]:
    """An office put back from a copy: nothing is cast until it is reconciled, and then it goes on."""
    from selectorate.office import copies

    voting, drawn = office.voting(here.contest, VOTERS, section="put-back"), random.Random(here.seed)
    site = here.site()
    site.start()
    told, faults = Told(), []

    def cast(number: int) -> list[Answer]:
        return _all_at_once(voting, site.port, [(one, voting.ballot(one, drawn)) for one in range(number)], told)

    cast(VOTERS)
    copy = here.folder / "copy.zip"
    copies.back_up(copy)
    lost = [answer.content for answer in cast(5)]
    site.kill()
    home = here.folder / "again"
    database = here.postgres.another("again") if here.postgres else ""
    environment = office.environment(home, database)
    subprocess.run(
        [sys.executable, "-c", "from selectorate.cli import main; main()", "restore", str(copy)],
        env=environment,
        check=True,
        stdout=subprocess.DEVNULL,
    )

    def there(*words: str) -> str:
        command = [sys.executable, "-m", "tools.voting_faults.put_back", voting.made.box.uuid, *words]
        return subprocess.run(command, env=environment, check=True, capture_output=True, text=True).stdout

    voting.cookies = there("sessions", *(voting.made.who(one) for one in range(VOTERS))).split()
    site = Site(environment, here.folder)
    here.sites.append(site)
    site.start()
    refused = Counter(answer.content.get("code", str(answer.status)) for answer in cast(5))
    if refused != {"restored": 5}:
        faults.append(f"before it was reconciled: {dict(refused)}")
    (here.folder / "receipts.json").write_text("\n".join(office.as_text(one) for one in lost), encoding="ascii")
    found = there("reconcile", str(here.folder / "receipts.json")).strip()
    if found != str(len(lost)):
        faults.append(f"{found} lost ballots of {len(lost)} were found out")
    again = sorted(answer.content.get("height", -1) for answer in cast(5))
    if again != list(range(VOTERS + 1, VOTERS + 6)):
        faults.append(f"after it was reconciled: {again}")
    faults += of_site(site, told, {"200", "409 restored", "503 busy"})
    site.kill()
    return _result(told, faults, lost=len(lost))


def _result(told: Told, faults: list[str], **more: Any) -> dict[str, Any]:
    return {**more, "acknowledged": len(told.receipts), "answers": dict(told.answers), "faults": faults[:10]}


DRILLS: dict[str, Callable[[Setting], dict[str, Any]]] = {
    "server-killed": server_killed,
    "database-killed": database_killed,
    "disk-full": disk_full,
    "one-credential": one_credential,
    "closing": closing,
    "many-processes": many_processes,
    "put-back": put_back,
}
"""Every drill, by its name."""
