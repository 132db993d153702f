"""``python -m tools.agreement``: compare, and write docs/agreement.md.

The results of each comparison are kept in build/agreement, so that a part can be run again alone (``--only``).
"""

from __future__ import annotations

import argparse
import dataclasses
import importlib
import json
import os
import re
import sys
import time
from pathlib import Path

from .cases import CASES
from .compare import Comparison, Found, compare, explained, shrunk
from .model import Election
from .report import page

LIBRARIES = ("pref_voting", "stvpoll", "pyrankvote", "votelib", "votekit", "abcvoting")
NUMBER = 5000
ROOT = Path(__file__).resolve().parents[2]
KEPT = ROOT / "build" / "agreement"
PAGE = ROOT / "docs" / "agreement.md"


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tools.agreement", description=__doc__)
    parser.add_argument("--number", type=int, default=NUMBER, help="elections for every comparison")
    parser.add_argument("--only", default="", help="comparisons with this in their label")
    parser.add_argument("--smallest", action="store_true", help="shrink an example of every difference")
    given = parser.parse_args()
    # Some libraries go through sets of names: with hashes that change, so would what they do at a tie.
    if os.environ.get("PYTHONHASHSEED") != "0":
        print("set PYTHONHASHSEED=0, or run `make agree`", file=sys.stderr)
        return 2
    comparisons = [
        comparison
        for library in LIBRARIES
        for comparison in importlib.import_module(f".by_{library}", __package__).COMPARISONS
    ]
    bad = wrong_examples(comparisons, given.only)
    for comparison in comparisons:
        if given.only in comparison.label:
            start = time.process_time()
            found = compare(comparison, given.number, f"{comparison.title} {comparison.method}")
            tell(comparison, found, time.process_time() - start, shrink=given.smallest)
            keep(comparison, found)
            bad += len(found.wrong) + len(found.unexplained)
    if bad:
        print(f"{bad} differences or examples are not explained", file=sys.stderr)
        return 1
    results = [(comparison, kept(comparison)) for comparison in comparisons]
    if all(found is not None and found.number == NUMBER and not found.bad for _, found in results):
        PAGE.write_text(page([(one, found) for one, found in results if found is not None]), encoding="utf-8")
        print(f"written: {PAGE.relative_to(ROOT)}")
    return 0


def wrong_examples(comparisons: list[Comparison], only: str) -> int:
    """How many of the examples that were counted by hand no longer hold."""
    wrong = 0
    for key, case in CASES.items():
        example = case.example
        for comparison in comparisons:
            if example is None or example.called not in comparison.label or only not in comparison.label:
                continue
            election = example.election
            ours, theirs = comparison.ours(election), comparison.theirs(election)
            why = explained(comparison, election, theirs)
            if (ours.told(), theirs.told()) != (example.ours, example.theirs) or key not in (why or ()):
                wrong += 1
                print(f"!! example of {key!r}: ours {ours.told()}, theirs {theirs.told()}, explained by {why}")
            break
    return wrong


def tell(comparison: Comparison, found: Found, seconds: float, *, shrink: bool) -> None:
    print(
        f"{comparison.title} ~ {comparison.method}: {found.same} of {found.number} the same, {seconds:.0f} s",
        flush=True,
    )
    for why, (elected, others) in sorted(found.why.items()):
        print(f"    {' + '.join(why)}: {elected} elected, {others} tables")
        if shrink:
            shown(comparison, shrunk(comparison, found.smallest[why], why))
    for what, elections in (("our twin counts otherwise", found.wrong), ("unexplained", found.unexplained)):
        if elections:
            print(f" !! {what}: {len(elections)}")
            shown(comparison, min(elections, key=lambda election: sum(number for number, _ in election.papers)))


def shown(comparison: Comparison, election: Election) -> None:
    ours, theirs = comparison.ours(election), comparison.theirs(election)
    print(f"        {election.seats} of {election.candidates}: {election.told()}: {ours.told()} / {theirs.told()}")


def _place(comparison: Comparison) -> Path:
    return KEPT / (re.sub(r"\W+", "-", f"{comparison.title} {comparison.method}") + ".json")


def keep(comparison: Comparison, found: Found) -> None:
    KEPT.mkdir(parents=True, exist_ok=True)
    bad = len(found.wrong) + len(found.unexplained)
    told = {"number": found.number, "same": found.same, "tables": found.tables, "bad": bad}
    told["why"] = [[list(why), counts] for why, counts in sorted(found.why.items())]  # type: ignore[assignment]
    _place(comparison).write_text(json.dumps(told), encoding="utf-8")


def kept(comparison: Comparison) -> Found | None:
    if not _place(comparison).exists():
        return None
    told = json.loads(_place(comparison).read_text(encoding="utf-8"))
    why = {tuple(keys): counts for keys, counts in told.pop("why")}
    return dataclasses.replace(Found(**told), why=why)


if __name__ == "__main__":
    sys.exit(main())
