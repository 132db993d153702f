"""Rehearse a vote in three segments, from credentials to the verified declaration, with each step's time and size.

    make rehearsal                                1,000, 10,000 and 50,000 voters (an hour and more), and the line
    make rehearsal ARGS="--voters 300"            one small one
    make rehearsal ARGS="--voters 300 --voters 900 --database postgres"

The office's own acts are used throughout; the trustees' work is done where they would do it, one after another, each
from an archive that they read and check whole first. Ballots are cast one after another in one process, without HTTP
(``make bench-voting`` measures that). The line through the sizes says what each step takes for 654,006 entitled and
506,438 ballots, as in the contest of 2016.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tools.voting_faults import office as offices  # noqa: E402
from tools.voting_faults.servers import Postgres  # noqa: E402

SIZES = (1_000, 10_000, 50_000)
ENTITLED, RETURNED = 654_006, 506_438
"""Of the contest of 2016, from its declaration."""
SHARES = {"members": 0.5, "affiliated": 0.3, "registered": 0.2}
CAPACITIES = {"members": "member", "affiliated": "affiliated supporter", "registered": "registered supporter"}

Steps = dict[str, dict[str, float]]


class Clock:
    """Times the steps: seconds by the clock, most memory so far in MB, and the bytes that came of it."""

    def __init__(self) -> None:
        self.steps: Steps = {}

    @contextmanager
    def step(self, name: str) -> Iterator[dict[str, float]]:
        """Time what is done within; what is put into the value given is kept beside it."""
        begun, more = time.perf_counter(), dict[str, float]()
        yield more
        memory = round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
        self.steps[name] = {"seconds": round(time.perf_counter() - begun, 2), "memory": memory, **more}
        print(f"  {name}: {self.steps[name]}", file=sys.stderr, flush=True)


# -- one size, in a process of its own -----------------------------------------------------------------------------


def rehearse(voters: int) -> dict[str, Any]:
    """A whole vote of so many, in the office that the environment names."""
    from django.conf import settings

    settings.ADDRESS = "https://vote.example.org"
    clock = Clock()
    world, made = _set_up(clock, voters)
    _open(clock, world, made)
    cast = _vote(clock, made)
    _count(clock, made)
    declared = _declare(clock, world, made)
    _verify(clock, made)
    return {"voters": voters, "cast": cast, "elected": declared["elected"], "steps": clock.steps}


def _set_up(clock: Clock, voters: int) -> tuple[Any, Any]:
    from tests.site import rolled
    from tests.site.stages import make, stand
    from tests.site.test_sealed_contest import BEFORE, DATES, NAMES, RANKED
    from tests.site.voted import online
    from tests.site.world import World, at

    from selectorate.office.acts import contests
    from selectorate.office.models import Candidate

    with at(BEFORE):
        world = World()
        rows = [
            rolled.member(f"{section[0]}{number:07}", f"Voter {section[0].upper()}{number}", capacity=capacity)
            for section, capacity in CAPACITIES.items()
            for number in range(round(voters * SHARES[section]))
        ]
        with clock.step("the roll is taken in") as more:
            content = rolled.csv_of(rows)
            more["bytes"] = len(content)
            rolled.applied(world, content)
        contest = make(world, "", text=RANKED, bodies={"mps": world.body("MPs", 5)}, dates=DATES, adopt=False)
        made = online(world, contest, least=10)
        contests.adopt_contest(world.alice, contest)
        contest.refresh_from_db()
        made.contest = contest
        stand(world, contest, *NAMES)
        contest.candidates.update(status=Candidate.Status.STANDING)
        with clock.step("the roll is closed"):
            rolled.ready(world, contest)
        with clock.step("credentials"):
            _credentials(made)
    return world, made


def _public(job: tuple[str, str]) -> str:
    from selectorate.box.ed25519 import ED25519
    from selectorate.box.v1.credentials import public

    return public(ED25519, *job)


def _credentials(made: Any) -> None:
    """As the registrar makes them, and the office takes them in."""
    from selectorate.box.v1.credentials import generate, token
    from selectorate.office.boxes import voters
    from selectorate.office.models import BoxVoter, SealedBox

    boxes = {
        section: SealedBox.objects.create(
            vote=made.vote, stage="ballot", section=section, members=[section], uuid=token()
        )
        for section in SHARES
    }
    entitled = list(voters.electorate(made.contest, "ballot"))
    made.secrets.update({one.voter: generate() for one in entitled})
    jobs = [(boxes[one.segments[0]].uuid, made.secrets[one.voter]) for one in entitled]
    with ProcessPoolExecutor() as processes:
        keys = list(processes.map(_public, jobs, chunksize=500))
    rows = (
        BoxVoter(box=boxes[one.segments[0]], who=voters.who(made.vote, one.voter), credential=key)
        for one, key in zip(entitled, keys, strict=True)
    )
    BoxVoter.objects.bulk_create(rows, batch_size=500)


def _open(clock: Clock, world: Any, made: Any) -> None:
    from tests.site.stages import ready
    from tests.site.test_sealed_contest import BEFORE, OPENS, tick
    from tests.site.world import at

    from selectorate.office.preflight import blocking

    with at(BEFORE):
        ready(world, made.contest, "ballot")
        blocks = [item.says for item in blocking(made.contest, "ballot")]
    if blocks:
        raise SystemExit(f"the ballot cannot open: {blocks}")
    with clock.step("the boxes are opened"):
        tick(OPENS)
    phases = {box.phase for box in made.boxes}
    if phases != {"voting"}:
        raise SystemExit(f"the boxes did not open: {phases}")


_elections: dict[bytes, Any] = {}


def _made_ballot(job: tuple[bytes, str, int]) -> bytes:
    from itertools import permutations

    from selectorate.box.v1.ballots import make_ballot
    from selectorate.box.v1.elections import read_election

    raw, credential, number = job
    if raw not in _elections:
        _elections[raw] = read_election(raw)
    return make_ballot(_elections[raw], credential, [list(list(permutations((1, 2, 3)))[number % 5])])


def _vote(clock: Clock, made: Any) -> int:
    from tests.site.test_sealed_contest import CLOSES, DURING, electorate, tick
    from tests.site.world import at

    from selectorate.office.boxes import casting, store, voters

    with at(DURING):
        jobs, whose = [], []
        for box in made.boxes:
            raw = store.election_of(box).raw
            entitled = electorate(made, box.section)
            for number, voter in enumerate(entitled[: round(len(entitled) * RETURNED / ENTITLED)]):
                jobs.append((raw, made.secrets[voter], number))
                whose.append((box, voters.who(made.vote, voter)))
        with clock.step("ballots are made (by voters' devices)") as more, ProcessPoolExecutor() as processes:
            ballots = list(processes.map(_made_ballot, jobs, chunksize=200))
            more["bytes"] = sum(map(len, ballots))
        with clock.step("ballots are cast"):
            for (box, who), raw in zip(whose, ballots, strict=True):
                casting.cast(box, raw, who=who)
    with clock.step("the boxes are closed"):
        tick(CLOSES)
    return len(ballots)


def _count(clock: Clock, made: Any) -> None:
    from tests.site.world import at

    from selectorate.office.boxes import counting, store

    with at("2016-09-21T12:00"):
        with clock.step("archives are written") as more:
            more["bytes"] = sum(store.archive(box).stat().st_size for box in made.boxes)
        with clock.step("tallies"):
            counting.advance()
        for number in (1, 2, 3):
            with clock.step(f"trustee {number} shuffles") as more:
                contents = [made.shuffled(box) for box in made.boxes]
                more["bytes"] = sum(map(len, contents))
            with clock.step(f"shuffle {number} is checked and taken"):
                for box, content in zip(made.boxes, contents, strict=True):
                    made.shuffle(box, number, content)
                counting.advance()
        for number in (1, 3):
            with clock.step(f"trustee {number} decrypts") as more:
                contents = [made.decrypted(box, number) for box in made.boxes]
                more["bytes"] = sum(map(len, contents))
            with clock.step(f"decryption {number} is checked and taken"):
                for box, content in zip(made.boxes, contents, strict=True):
                    made.decrypt(box, number, content)
                counting.advance()
    phases = {box.phase for box in made.boxes}
    if phases != {"final"}:
        raise SystemExit(f"the boxes were not opened: {phases}")


def _declare(clock: Clock, world: Any, made: Any) -> dict[str, Any]:
    from tests.site.test_sealed_contest import declared
    from tests.site.world import at

    with at("2016-09-21T12:30"), clock.step("the result is counted and declared"):
        return declared(world, made)


def _verify(clock: Clock, made: Any) -> None:
    from selectorate.box.v1.reading import read_box
    from selectorate.office.boxes import store

    with clock.step("a stranger verifies the boxes") as more:
        paths = [store.archive(box) for box in made.boxes]
        more["bytes"] = sum(path.stat().st_size for path in paths)
        faults = [fault for path in paths for fault in read_box(path).faults]
    if faults:
        raise SystemExit(f"an archive does not hold: {faults[0]}")


# -- all sizes -----------------------------------------------------------------------------------------------------


def line(sizes: Sequence[float], values: Sequence[float], at: float) -> float:
    """The straight line of least squares through the values, at another size; through nothing less than 0."""
    if len(set(sizes)) < 2:
        return values[0] / sizes[0] * at
    x, y = sum(sizes) / len(sizes), sum(values) / len(values)
    slope = sum((a - x) * (b - y) for a, b in zip(sizes, values, strict=True)) / sum((a - x) ** 2 for a in sizes)
    return max(0.0, y + slope * (at - x))


def beyond(runs: Sequence[dict[str, Any]]) -> dict[str, dict[str, float]]:
    """What the line through the runs says of each step for the contest of 2016."""
    sizes = [run["voters"] for run in runs]
    found = {}
    for name in runs[0]["steps"]:
        steps = [run["steps"][name] for run in runs]
        found[name] = {
            key: round(line(sizes, [step[key] for step in steps], ENTITLED), 1)
            for key in ("seconds", "bytes")
            if all(key in step for step in steps)
        }
    return found


def one(database: str, voters: int) -> dict[str, Any]:
    """One size on one database, in this process."""
    folder = Path(tempfile.mkdtemp(prefix="rehearsal-"))
    postgres = Postgres(folder / "postgres") if database == "postgres" else None
    try:
        offices.begin(folder / "home", postgres.address if postgres else "")
        return {"database": database, **rehearse(voters)}
    finally:
        if postgres is not None:
            postgres.server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


def main() -> int:
    """Each size in a process of its own; then the line through them."""
    parser = argparse.ArgumentParser(prog="make rehearsal", description=__doc__.splitlines()[0])
    parser.add_argument("--voters", type=int, action="append", help="this size only; again for another")
    parser.add_argument("--database", choices=("sqlite", "postgres"), default="sqlite")
    parser.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    sizes = sorted(given.voters or SIZES)
    if given.here:
        print(json.dumps(one(given.database, sizes[0])), flush=True)
        return 0
    runs = []
    for voters in sizes:
        print(f"{voters:,} voters", file=sys.stderr)
        command = [sys.executable, __file__, "--here", "--voters", str(voters), "--database", given.database]
        done = subprocess.run(command, check=True, cwd=ROOT, stdout=subprocess.PIPE, text=True)
        runs.append(json.loads(done.stdout.splitlines()[-1]))
    machine = f"{os.cpu_count()} processors, {platform.machine()}, load {os.getloadavg()[0]:.1f}"
    print(json.dumps({"machine": machine, "runs": runs, "entitled": ENTITLED, "line": beyond(runs)}, indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())
