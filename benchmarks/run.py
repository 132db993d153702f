"""Measure this program beside others, in one run on one machine, and write docs/benchmarks.md with what came of it.

    make bench                                   all of it, in a virtual environment of its own
    python benchmarks/run.py [CASE ...]          some cases; the figures of the others stay as they were
    python benchmarks/run.py --docs              only write the page again, from docs/benchmarks.json

Each program counts in a process of its own (``programs.py``), three times, and the least is taken: what else the
machine does makes a run longer, never shorter. A program that takes longer than twenty seconds runs once; after ten
minutes it is ended. Reading is included, the start of the process and its imports are not.
"""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from make_ballots import make
from programs import PROGRAMS

HERE = Path(__file__).resolve().parent
DATA = HERE / "data"
DOCS = HERE.parent / "docs"
FIGURES, PAGE = DOCS / "benchmarks.json", DOCS / "benchmarks.md"
BEGIN, END = "<!-- figures: written by benchmarks/run.py -->", "<!-- end of the figures -->"

OURS = "selectorate"
TIMES = 3
PATIENCE = 20
"""Seconds of work after which a run is not repeated."""
LIMIT = 600
"""Seconds after which a run is ended."""


@dataclass(frozen=True)
class Case:
    """What is measured: ``data`` of ``make_ballots``, counted as ``count`` says; ``goal`` in words, as it was set."""

    title: str
    data: str
    count: str
    programs: tuple[str, ...]
    goal: str


CASES = {
    "av": Case(
        "(a) Alternative vote: a million ballots of five candidates, one a line",
        "av.blt",
        "av",
        tuple(PROGRAMS),
        "under a tenth of the fastest other, and under 300 MB",
    ),
    "stv": Case(
        "(b) Single transferable vote: 500,000 ballots, nearly all distinct, 40 candidates, 15 ranks, 9 places",
        "stv.blt",
        "stv",
        (OURS, "pyrankvote", "stvpoll"),
        "under a tenth of the fastest other",
    ),
    "wards": Case(
        "(c) 1,100 Scottish-style wards of 5,000 ballots, one a line, one after another",
        "wards",
        "stv",
        tuple(PROGRAMS),
        "under a tenth of the fastest other that elects the right candidates in all of them",
    ),
    "meek": Case(
        "(d) Meek's method (New Zealand) on the ballots of (b)", "stv.blt", "meek", (OURS,), "under 20 seconds"
    ),
    "millions": Case(
        "(e) Alternative vote: one to five million ballots of five candidates, one a line",
        "millions",
        "av",
        (OURS,),
        "time and memory along a straight line",
    ),
}

Measured = dict[str, Any]
"""As it stands in the JSON file: of one program ``clock``, ``work`` (seconds), ``memory`` (bytes), ``elected``."""


# -- measuring ----------------------------------------------------------------------------------------------------


def one(program: str, count: str, files: list[Path]) -> Measured:
    """One run; only ``ended`` where it did not come to an end in time, ``failed`` where it broke."""
    command = [sys.executable, "-W", "ignore", str(HERE / "programs.py"), program, count, *map(str, files)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=LIMIT)
    except subprocess.TimeoutExpired:
        return {"ended": LIMIT}
    if done.returncode:
        return {"failed": done.stderr.strip().splitlines()[-1]}
    found: Measured = json.loads(done.stdout.splitlines()[-1])
    return found


def best(program: str, count: str, files: list[Path], told: Console) -> Measured:
    """The least of several runs, of each figure by itself."""
    runs: list[Measured] = []
    while len(runs) < TIMES:
        runs.append(one(program, count, files))
        said = f"{runs[-1]['work']:.2f} s of work" if "work" in runs[-1] else str(runs[-1])
        told.print(f"  {program} ({files[0].stem}), {len(runs)} of {TIMES}: {said}")
        if "work" not in runs[-1]:
            return runs[-1]
        if runs[-1]["work"] > PATIENCE:
            break
    return {**runs[0], **{key: min(run[key] for run in runs) for key in ("clock", "work", "memory")}, "runs": len(runs)}


def measured(case: Case, told: Console) -> Measured:
    """All programs of a case, or all sizes where there are several; held to what this program elects."""
    told.print(f"[bold]{case.title}[/bold]")
    if not (DATA / case.data).exists():
        told.print(f"  making {case.data}")
    data = make(DATA, case.data)
    files = sorted(data.iterdir()) if data.is_dir() else [data]
    if case.data == "millions":
        return {file.stem: best(OURS, case.count, [file], told) for file in files}
    found = {program: best(program, case.count, files, told) for program in case.programs}
    right = found[OURS]["elected"]
    for program in found.values():
        theirs = program.pop("elected", None)
        if theirs is not None:
            program["differs"] = [
                file.stem for file, who, ours in zip(files, theirs, right, strict=True) if who != ours
            ]
    return found


def machine() -> Measured:
    """What it was measured on."""
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return {
        "processor": names[0] if names else platform.processor() or platform.machine(),
        "cores": os.cpu_count(),
        "load": round(os.getloadavg()[0], 1),
        "python": platform.python_version(),
        "versions": {name: version(name) for name in ("numpy", *PROGRAMS)},
    }


# -- telling ------------------------------------------------------------------------------------------------------

Row = tuple[str, ...]

_LISTED = 4
"""Files that are named, of those in which a program elects others."""


def rows(name: str, found: Measured) -> tuple[Row, list[Row]]:
    """The table of a case: its heading, and its lines."""
    if name == "millions":
        head: Row = ("million ballots", "seconds", "of work", "MB at most", "work on the straight line")
        fit = line([(int(size), one["work"]) for size, one in found.items()])
        return head, [
            (size, f"{one['clock']:.2f}", f"{one['work']:.3f}", mb(one), f"{fit[0] + fit[1] * int(size):.3f}")
            for size, one in found.items()
        ]
    ours = found[OURS]
    lines: list[Row] = []
    for program, one in found.items():
        if "work" not in one:
            said = f"more than {one['ended']}" if "ended" in one else one["failed"]
            lines.append((program, said, "", "", "", ""))
            continue
        times = "1" if program == OURS else f"{one['work'] / ours['work']:.1f}"
        lines.append((program, f"{one['clock']:.2f}", f"{one['work']:.2f}", mb(one), times, agreement(program, one)))
    return ("program", "seconds", "of work", "MB at most", "times ours", "elects"), lines


def agreement(program: str, one: Measured) -> str:
    """Whether a program elects the same candidates."""
    if program == OURS:
        return ""
    if not one["differs"]:
        return "the same"
    more = ", ..." if len(one["differs"]) > _LISTED else ""
    return f"others in {len(one['differs'])}: {', '.join(one['differs'][:_LISTED])}{more}"


def mb(one: Measured) -> str:
    """Memory in megabytes."""
    return f"{one['memory'] / 1e6:.0f}"


def line(points: list[tuple[int, float]]) -> tuple[float, float]:
    """The straight line closest to ``points`` (least squares): where it begins, and how steep it is."""
    size = len(points)
    x, y = sum(point[0] for point in points) / size, sum(point[1] for point in points) / size
    steep = sum((a - x) * (b - y) for a, b in points) / sum((a - x) ** 2 for a, _ in points)
    return y - steep * x, steep


def shown(figures: Measured, out: Console) -> None:
    """Print the tables."""
    for name, case in CASES.items():
        if name in figures:
            head, lines = rows(name, figures[name])
            table = Table(*head, title=case.title, caption=f"Goal: {case.goal}.", title_justify="left")
            for row in lines:
                table.add_row(*row)
            out.print(table)


def page(figures: Measured) -> str:
    """The figures as Markdown."""
    on = figures["machine"]
    versions = ", ".join(f"{name} {number}" for name, number in on["versions"].items())
    parts = [
        f"Measured on {on['processor']}, {on['cores']} cores, with Python {on['python']}: {versions}. "
        f"Load when it began: {on['load']}."
    ]
    for name, case in CASES.items():
        if name in figures:
            head, lines = rows(name, figures[name])
            parts += [f"### {case.title}", f"Goal: {case.goal}."]
            table = [head, tuple("---:" if place else "---" for place in range(len(head))), *lines]
            parts.append("\n".join(f"| {' | '.join(row)} |" for row in table))
    return "\n\n".join(parts)


def written(figures: Measured) -> None:
    """Put the figures into the page, between their marks."""
    text = PAGE.read_text(encoding="utf-8")
    before, after = text.partition(BEGIN)[0], text.partition(END)[2]
    PAGE.write_text(f"{before}{BEGIN}\n\n{page(figures)}\n\n{END}{after}", encoding="utf-8")


def main(wanted: list[str]) -> None:
    """Measure, print and write."""
    unknown = [name for name in wanted if name not in CASES and name != "--docs"]
    if unknown:
        sys.exit(f"there is no case {unknown[0]}; there are: {', '.join(CASES)}")
    told, out = Console(stderr=True, highlight=False), Console()
    figures: Measured = json.loads(FIGURES.read_text(encoding="utf-8")) if FIGURES.exists() else {}
    if "--docs" not in wanted:
        figures["machine"] = machine()
        for name in wanted or CASES:
            figures[name] = measured(CASES[name], told)
            FIGURES.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
        shown(figures, out)
    written(figures)
    out.print(f"Written: {PAGE.relative_to(HERE.parent)}, {FIGURES.relative_to(HERE.parent)}")


if __name__ == "__main__":
    main(sys.argv[1:])
