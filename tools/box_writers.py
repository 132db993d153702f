"""``python -m tools.box_writers``: kill processes that cast into a box, and run eight against one another.

A tenth of it is in `make test`. Prints one line of figures; any loss ends it with an error.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path

from tests.box_writers import kill, race

from selectorate.box.v1.box import Box
from selectorate.box.v1.reading import read_box


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tools.box_writers", description=__doc__)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--processes", type=int, default=8)
    parser.add_argument("--each", type=int, default=500, help="ballots of each process")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as other:
        killed = kill(Path(one), given.kills, random.Random(given.seed))
        path, acknowledged, cast = race(Path(other), given.processes, given.each)
        box = Box(path)
        heights = {box.height_of(tracker) for tracker in acknowledged}
        contiguous = heights == set(range(1, cast + 1)) and len(acknowledged) == cast
        faults = len(read_box(path).faults)
    print(json.dumps({"killed": asdict(killed), "at once": cast, "contiguous": contiguous, "faults": faults}))
    return 0 if contiguous and not faults else 1


if __name__ == "__main__":
    sys.exit(main())
