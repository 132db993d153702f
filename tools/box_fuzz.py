"""``python -m tools.box_fuzz``: what reads a box, given anything at all, for ten minutes.

A little of it is in `make test-slow`. Prints what was tried; an error that is not ours ends it, with the input.
"""

from __future__ import annotations

import argparse
import itertools
import json
import resource
import sys
import tempfile
import time
from pathlib import Path

from tests.box_fuzz import fuzz, targets

BATCH = 200


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tools.box_fuzz", description=__doc__)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--seed", type=int, default=1000)
    parser.add_argument("--only", default="", help="targets with this in their name")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        chosen = [target for target in targets(Path(folder)) if given.only in target.name]
        end = time.monotonic() + 60 * given.minutes
        for number in itertools.count(given.seed):
            for target in chosen:
                fuzz(target, BATCH, number)
            if time.monotonic() > end:
                break
    for target in chosen:
        told = {"tried": target.tried, "refused": target.refused, "slowest": round(target.slowest, 3)}
        print(json.dumps({"target": target.name, **told, "checks": sorted(target.checks)}))
    print(json.dumps({"megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
