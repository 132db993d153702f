"""How long it takes to read large files of ballots, and how much memory.

    python benchmarks/make_ballots.py FOLDER
    python benchmarks/read_ballots.py FOLDER [TIMES]

Each file is read in a process of its own, once, as a command would; the start of the process and its imports are not
counted. Of several times the least is shown: what else the machine does makes it longer, never shorter.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

ONE = """
import json, resource, sys, time
from selectorate.ballots import formats
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
clock, work = time.perf_counter_ns(), time.process_time_ns()
profile = formats.read(sys.argv[1])
clock, work = time.perf_counter_ns() - clock, time.process_time_ns() - work
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(json.dumps([clock, work, before, peak, profile.total, *profile.papers.shape]))
"""


def measured(path: Path) -> list[int]:
    """Nanoseconds by the clock and of work, kilobytes before and at most, ballots, distinct papers, ranks."""
    done = subprocess.run([sys.executable, "-c", ONE, str(path)], check=True, capture_output=True, text=True)
    out: list[int] = json.loads(done.stdout)
    return out


def main(folder: Path, times: int) -> None:
    """Print a line for each file."""
    print(f"{'file':<12}{'ballots':>10}{'distinct':>10}{'ms':>9}{'ms of work':>12}{'MB before':>11}{'MB at most':>12}")
    for path in sorted(folder.glob("*.blt")):
        runs = [measured(path) for _ in range(times)]
        clock, work = min(run[0] for run in runs), min(run[1] for run in runs)
        _, _, before, peak, total, distinct, _ = runs[0]
        print(
            f"{path.stem:<12}{total:>10}{distinct:>10}{clock / 1e6:>9.1f}{work / 1e6:>12.1f}"
            f"{before >> 10:>11}{peak >> 10:>12}"
        )


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    main(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 5)
