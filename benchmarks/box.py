"""Measure sealed boxes beside the reference tool, in one run on one machine, and write what came of it into the docs.

    make bench-box
    python benchmarks/box.py [--sizes 1000,2000] [--beside 2000]     smaller
    python benchmarks/box.py --docs                                  only write the page again

Whole processes, start and imports included; the least of three runs is taken, and one run is enough that takes longer
than thirty seconds. The reference tool is `belenios-tool` as `../shared/tools` runs it; without it only ours is
measured.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from rich.console import Console

from make_box import Prepared, prepare
from selectorate.box.archive import Archive
from selectorate.box.keyfile import KeyFile, write_key_file
from selectorate.box.pools import new_pool
from selectorate.box.v1.box import Box
from selectorate.box.v1.checking import BallotChecker
from selectorate.box.v1.distinct import Marker
from selectorate.cli.box_keys import TRUSTEE_KEY

ROOT = Path(__file__).resolve().parent.parent
DATA = ROOT / "benchmarks" / "data"
TOOL = Path(os.environ.get("SELECTORATE_BELENIOS_TOOL", ROOT.parent / "shared" / "tools" / "belenios-tool"))
FIGURES, PAGE = ROOT / "docs" / "benchmarks-box.json", ROOT / "docs" / "benchmarks.md"
BEGIN, END = "<!-- box figures: written by benchmarks/box.py -->", "<!-- end of the box figures -->"
OURS = [str(Path(sys.executable).with_name("selectorate")), "box"]
OUR_NAME, TOOL_NAME = "selectorate", "belenios-tool"
WHOLE = 506_438
"""Ballots of the contest that this program is measured by."""
TIMES, PATIENCE = 3, 30.0
PASSPHRASE = "only for measuring speed"
STEPS = {
    "verify": "verify a final archive",
    "shuffle": "shuffle, with proof (after checking the archive)",
    "decrypt": "decrypt, with proofs (after checking the archive)",
}

Figures = dict[str, float]
"""Of one program that ran: ``seconds`` by the clock, ``processor`` seconds, ``memory`` in MB."""


def measured(commands: Sequence[Sequence[str | Path]]) -> Figures:
    """The least of each figure over ``commands``, which do the same. Stops if one fails."""
    runs: list[Figures] = []
    for command in commands:
        if runs and runs[-1]["seconds"] > PATIENCE:
            break
        runs.append(_run([str(part) for part in command]))
    return {name: min(run[name] for run in runs) for name in runs[0]}


# Linux counts as a process's most memory what its parent had before it: a small parent is put between.
_BETWEEN = """
import json, os, sys, time
begun = time.perf_counter()
child = os.fork()
if not child:
    os.execv(sys.argv[1], sys.argv[1:])
_, status, used = os.wait4(child, 0)
figures = {"seconds": time.perf_counter() - begun, "processor": used.ru_utime + used.ru_stime}
print(json.dumps({"status": os.waitstatus_to_exitcode(status), **figures, "memory": used.ru_maxrss / 1024}))
"""


def _run(command: list[str]) -> Figures:
    between = [sys.executable, "-I", "-S", "-c", _BETWEEN, *command]
    done = subprocess.run(between, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    told = json.loads((done.stdout.strip().splitlines() or ["{}"])[-1])
    if done.returncode or told.get("status"):
        sys.exit(f"{' '.join(command)} failed:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
    return {"seconds": round(told["seconds"], 3), "processor": round(told["processor"], 3), "memory": told["memory"]}


def beside(box: Prepared) -> dict[str, dict[str, Figures]]:
    """Each step: ours, and the reference tool's where it is there, on the same archive."""
    with tempfile.TemporaryDirectory() as scratch:
        here = Path(scratch)
        (here / "passphrase").write_text(PASSPHRASE)
        public = next(_trustee_keys(box))
        private = {"private": json.loads(box.keys[0].read_text())}
        write_key_file(here / "trustee.key", KeyFile(TRUSTEE_KEY, {"public_key": public}, private), PASSPHRASE)
        secret: list[str | Path] = ["--key", here / "trustee.key", "--passphrase-file", here / "passphrase"]
        turns = range(TIMES)
        ours: dict[str, list[Sequence[str | Path]]] = {
            "verify": [[*OURS, "verify", "--final", box.final] for _ in turns],
            "shuffle": [[*OURS, "shuffle", box.tallied, "--trustee", "1", "--out", here / f"s{n}"] for n in turns],
            "decrypt": [
                [*OURS, "decrypt", box.shuffled, "--trustee", "1", "--out", here / f"d{n}", *secret] for n in turns
            ],
        }
        theirs: dict[str, Sequence[str | Path]] = {
            "verify": [TOOL, "election", "verify", "--dir", box.final.parent],
            "shuffle": [TOOL, "election", "shuffle", "--trustee-id=1", "--dir", box.tallied.parent],
            "decrypt": [
                *(TOOL, "election", "decrypt", "--trustee-id", "1", "--dir", box.shuffled.parent),
                *("--privkey", box.keys[0]),
            ],
        }
        found: dict[str, dict[str, Figures]] = {}
        for step, commands in ours.items():
            found[step] = {OUR_NAME: measured(commands)}
            if TOOL.is_file():
                found[step][TOOL_NAME] = measured([theirs[step]] * TIMES)
        return found


def _trustee_keys(box: Prepared) -> Any:
    """The public keys of the trustees of a box."""
    with Archive(box.final) as archive:
        _, trustees = islice(archive.members(), 2)
        yield from (held["public_key"] for _, held in json.loads(archive.read(trustees, 10**7)))


def on_the_way_in(box: Prepared, count: int = 200) -> dict[str, float]:
    """Milliseconds to check one ballot that comes in, by each arithmetic: the median over ``count`` of them."""
    opened = Box(box.final)
    with Archive(box.final) as archive:
        members = [member for member in islice(archive.members(), 4, 4 + 4 * count) if member.kind == "data"]
        ballots = [archive.read(member, 10**6) for member in members if member.size < 5000][:count]
    found: dict[str, float] = {}
    for arithmetic in ("kernel", "libsodium"):
        pool = new_pool(opened.election.group, arithmetic)
        checker = BallotChecker(pool, opened.election, opened.roll, Marker())
        checker.check(ballots[:1])
        times = []
        for raw in ballots:
            started = time.perf_counter()
            (checked,) = checker.check([raw])
            times.append(time.perf_counter() - started)
            if checked.fault is not None:
                sys.exit(f"a ballot is not valid: {checked.fault}")
        found[arithmetic] = round(sorted(times)[len(times) // 2] * 1000, 3)
    return found


# --- the page --------------------------------------------------------------------------------------------


def line_through(points: dict[int, float]) -> tuple[float, float]:
    """The straight line through figures by size, by least squares: the part that is always there, and the slope."""
    n, sx, sy = len(points), sum(points), sum(points.values())
    sxx, sxy = sum(x * x for x in points), sum(x * y for x, y in points.items())
    slope = (n * sxy - sx * sy) / (n * sxx - sx * sx)
    return (sy - slope * sx) / n, slope


def page(figures: dict[str, Any]) -> str:
    """What stands between the marks of docs/benchmarks.md."""
    lines = [BEGIN, "", f"Measured on {figures['date']}: {figures['machine']}.", ""]
    for size, steps in figures["beside"].items():
        lines += [f"**{int(size):,} ballots**, five ranked names, two shuffles, two trustees:", ""]
        lines += ["| step | program | seconds | processor | |", "| --- | --- | --: | --: | --- |"]
        for step, runs in steps.items():
            for name, run in runs.items():
                times = ""
                if name == TOOL_NAME:
                    ours = runs[OUR_NAME]
                    times = f"ours is {run['seconds'] / ours['seconds']:.1f} times as fast"
                lines.append(f"| {STEPS[step]} | {name} | {run['seconds']:.2f} | {run['processor']:.2f} | {times} |")
        lines.append("")
    way = figures["on the way in"]
    lines += [
        f"**A ballot checked on its way in** (one at a time, median): {way['kernel']:.2f} ms by the kernel, "
        f"{way['libsodium']:.2f} ms by libsodium.",
        "",
        "**The straight line.** `box verify` of final archives:",
        "",
        "| ballots | seconds | memory |",
        "| --: | --: | --: |",
    ]
    sizes = {int(size): run for size, run in figures["sizes"].items()}
    lines += [f"| {size:,} | {run['seconds']:.2f} | {run['memory']:.0f} MB |" for size, run in sizes.items()]
    if len(sizes) > 1:
        start, slope = line_through({size: run["seconds"] for size, run in sizes.items()})
        base, per = line_through({size: run["memory"] for size, run in sizes.items()})
        lines += [
            "",
            f"The line: {start:.2f} s and {slope * 1000:.3f} ms a ballot; {base:.0f} MB and {per * 1024:.2f} kB a "
            f"ballot. For the {WHOLE:,} ballots of 2016 that is {(start + slope * WHOLE) / 60:.1f} minutes and "
            f"{base + per * WHOLE:.0f} MB; for 500,000, {base + per * 500_000:.0f} MB.",
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
    arguments.add_argument("--sizes", default="1000,2000,5000,10000,20000,50000")
    arguments.add_argument("--beside", default="2000,20000")
    arguments.add_argument("--docs", action="store_true")
    given = arguments.parse_args()
    if given.docs:
        write_page(json.loads(FIGURES.read_text()))
        return
    console = Console()
    sizes = [int(size) for size in given.sizes.split(",") if size]
    both = [int(size) for size in given.beside.split(",") if size]
    figures: dict[str, Any] = {
        "date": time.strftime("%Y-%m-%d"),
        "machine": f"{os.cpu_count()} cores, Python {platform.python_version()}, {platform.system()}",
        "beside": {},
        "sizes": {},
    }
    boxes: dict[int, Prepared] = {}
    for size in sorted({*sizes, *both}):
        console.print(f"a box of {size:,} ballots …")
        boxes[size] = prepare(DATA / f"box-{size}", size)
    for size in both:
        figures["beside"][str(size)] = beside(boxes[size])
        console.print(figures["beside"][str(size)])
    figures["on the way in"] = on_the_way_in(boxes[min(boxes)])
    for size in sizes:
        runs = [[*OURS, "verify", "--final", boxes[size].final]] * TIMES
        figures["sizes"][str(size)] = measured(runs)
        console.print(size, figures["sizes"][str(size)])
    FIGURES.write_text(json.dumps(figures, indent=1) + "\n")
    write_page(figures)


if __name__ == "__main__":
    main()
