"""``python -m tools.agreement``."""

from __future__ import annotations

import argparse
import importlib
import sys
import time

from .compare import compare, shrunk

LIBRARIES = ("pref_voting", "stvpoll", "pyrankvote", "votelib", "votekit", "abcvoting")


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--number", type=int, default=5000)
    parser.add_argument("--only", default="")
    parser.add_argument("--smallest", action="store_true")
    given = parser.parse_args()
    bad = 0
    for library in LIBRARIES:
        if given.only and not given.only.startswith(library):
            continue
        for comparison in importlib.import_module(f".by_{library}", __package__).COMPARISONS:
            if given.only not in comparison.title:
                continue
            start = time.process_time()
            found = compare(comparison, given.number, f"{comparison.title} {comparison.method}")
            print(
                f"{comparison.title} ~ {comparison.method}: {found.same} same of {found.number}",
                f"{time.process_time() - start:.0f} s",
            )
            for why, counts in sorted(found.why.items()):
                print("   ", " + ".join(why), counts)
                if given.smallest:
                    small = shrunk(comparison, found.smallest[why], why)
                    print(
                        "       ",
                        small.seats,
                        "of",
                        small.candidates,
                        small.told(),
                        "ours",
                        comparison.ours(small),
                        "theirs",
                        comparison.theirs(small),
                    )
            for what, elections in (("twin", found.wrong), ("unexplained", found.unexplained)):
                bad += len(elections)
                if elections:
                    small = min(elections, key=lambda e: sum(n for n, _ in e.papers))
                    print(
                        "   !!",
                        what,
                        len(elections),
                        small.seats,
                        small.candidates,
                        small.told(),
                        "ours",
                        comparison.ours(small),
                        "theirs",
                        comparison.theirs(small),
                    )
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
