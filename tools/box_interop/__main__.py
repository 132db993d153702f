"""``python -m tools.box_interop``: hold elections with the reference tool, print a table, write the page.

What an election is put through stands in `tests.interop.box.elections`; the same cases, fewer of them, are among the
tests that every change runs.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
import traceback
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from random import Random

from tests.interop.box.cases import MAKERS, ODD, all_cells, matrix_case, random_case
from tests.interop.box.elections import Case, play
from tests.interop.box.tool import Tool, find

from .page import Outcome, Work, page, table

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "interoperability.md"
NUMBER = 200
SEED = 20240601
WAYS = {"ours": "o", "theirs": "t"}
"""Who makes random elections."""


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tools.box_interop", description=__doc__)
    parser.add_argument("--number", type=int, default=NUMBER, help="random elections each way")
    parser.add_argument("--seed", type=int, default=SEED, help="of the random elections")
    parser.add_argument("--if-there", action="store_true", help="end well where the tool is not there")
    given = parser.parse_args()
    path = find()
    if path is None:
        print("the reference tool is not here (SELECTORATE_BELENIOS_TOOL, or ../shared/tools/belenios-tool)")
        return 0 if given.if_there else 2
    with tempfile.TemporaryDirectory() as folder:
        release = Tool(path, Path(folder)).run("--version").decode().strip()
    start = time.monotonic()
    outcomes: list[Outcome] = []
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        for outcome in pool.map(held, works(given.number, given.seed), chunksize=1):
            outcomes.append(outcome)
            if outcome.failure:
                print(f"!! {outcome.work}:\n{outcome.failure}", flush=True)
            elif len(outcomes) % 25 == 0:
                print(f"{len(outcomes)} elections, {time.monotonic() - start:.0f} s", file=sys.stderr, flush=True)
    print(table(outcomes))
    if any(outcome.failure for outcome in outcomes):
        return 1
    if (given.number, given.seed) == (NUMBER, SEED):
        PAGE.write_text(page(outcomes, release, time.strftime("%Y-%m-%d")), encoding="utf-8")
        print(f"written: {PAGE.relative_to(ROOT)}")
    return 0


def works(number: int, seed: int) -> Iterator[Work]:
    """All elections to be held, the long ones first."""
    for place in range(number):
        for way in WAYS:
            yield Work("random", f"{seed}-{place}", makers=way)
    cells = [Work("matrix", *cell) for cell in all_cells()]
    yield from sorted(cells, key=lambda work: work.group == "Ed25519")
    for name in ODD:
        for makers in MAKERS:
            yield Work("odd", name, makers=makers)


def case_of(work: Work) -> Case:
    """The election that is meant."""
    if work.kind == "random":
        return random_case(Random(f"{work.name}-{work.makers}"))
    if work.kind == "odd":
        return ODD[work.name]
    return matrix_case(work.name, work.keys, work.group, ballots=4 if work.group == "Ed25519" else 2)


def held(work: Work) -> Outcome:
    """Hold one election; what came of it."""
    path = find()
    case = case_of(work)
    every = work.kind == "matrix" and work.group == "Ed25519"
    with tempfile.TemporaryDirectory(prefix="box-interop-") as name:
        folder = Path(name)
        try:
            assert path is not None
            made = play(Tool(path, folder), folder, case, MAKERS[work.makers], every_stage=every)
        except Exception:
            return Outcome(work, failure=traceback.format_exc(limit=-3))
    kinds = tuple(kind_of(question) for question in case.questions)
    revotes = len(case.ballots) - len(case.last_ballots())
    weighted = any(weight != 1 for _, weight in case.voters)
    return Outcome(work, made.checked, len(case.ballots), revotes, weighted, case.keys, case.group, kinds)


def kind_of(question: dict[str, object]) -> str:
    """What the page calls a question."""
    kind = {"NonHomomorphic": "ranking", "Lists": "lists"}.get(str(question.get("type")), "")
    return kind or ("blank" if question.get("blank") else "choice")


if __name__ == "__main__":
    sys.exit(main())
