"""``python -m tools.box_mutations``: change four finished boxes, and write docs/box-mutations.md.

All single changes that there are, each chained anew (a quarter of an hour; ``--number 4000`` makes so many of them, of
all kinds in turn), and a thousand bits the other way. Ends with status 1 if anything is accepted that is not on the
list of what may be.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path

from tests.box_mutations import ALLOWED, ARITHMETICS, changes, flipped, reason, sampled, unchanged, verdict
from tests.box_subjects import SUBJECTS, Subject, subject
from tests.boxes import put_together

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "box-mutations.md"
FLIPS = "one bit the other way, nothing chained anew"
SEED = 1
ACCEPTED = "*accepted*"

Table = dict[str, Counter[str]]
"""By kind of change: how often each check was the first to refuse it."""

HEAD = """# What is refused, and by which check

Finished boxes are changed in one place at a time. Whoever holds the file can do that, and can compute every hash in it
anew; so all hashes are. In ballots the voter who cast them signs again. Four boxes are changed: one of rankings with
two shuffles; one of sums with blank votes and weights; one with a lists question; one with a threshold of trustees,
rankings beside a sum, and a voter who votes twice. Then single bits are changed, and nothing is chained anew.

`python -m tools.box_mutations` makes all the changes and writes this page; `make test-slow` makes some of them. What is
changed in a structure is found by walking it, so that new fields are changed too. Half of the archives are read with
the compiled arithmetic, half with libsodium.
"""


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tools.box_mutations", description=__doc__)
    parser.add_argument("--number", type=int, default=0, help="changes, over all boxes (0: all that there are)")
    parser.add_argument("--flips", type=int, default=1000, help="bits the other way, over all boxes")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--no-page", action="store_true", help="print the page and do not write it")
    given = parser.parse_args()
    begun = time.perf_counter()
    table: Table = defaultdict(Counter)
    allowed: Counter[str] = Counter()
    wrong: list[str] = []
    with tempfile.TemporaryDirectory() as folder:
        for number, name in enumerate(SUBJECTS):
            one = subject(name, Path(folder) / name)
            wrong += _changed(one, given.number // len(SUBJECTS), random.Random(given.seed + number), table, allowed)
            wrong += _flipped(one, given.flips // len(SUBJECTS), random.Random(given.seed - number), table)
            print(f"{name}: done after {time.perf_counter() - begun:.0f} s", file=sys.stderr)
    page = "\n".join([HEAD, *_rows(table), "", *_accepted(allowed), ""])
    if given.no_page:
        print(page)
    else:
        PAGE.write_text(page, encoding="utf-8")
    for line in wrong:
        print(f"ACCEPTED: {line}", file=sys.stderr)
    return 1 if wrong else 0


def _changed(one: Subject, number: int, rng: random.Random, table: Table, allowed: Counter[str]) -> Iterator[str]:
    """Make changes of one box; yields what was accepted and may not be."""
    sound, before, path = put_together(one.parts), one.made.read(), one.made.path.with_suffix(".changed")
    every = list(changes(one, rng))
    for count, change in enumerate(sampled(every, number or len(every), rng)):
        data = change.make()
        if data == sound:
            continue
        check, after = verdict(data, path, ARITHMETICS[count % len(ARITHMETICS)])
        table[change.kind][check or ACCEPTED] += 1
        if check is None:
            line = reason(change)
            allowed[line.told if line else ""] += 1
            if after is None or line is None or not unchanged(before, after):
                yield str(change)


def _flipped(one: Subject, number: int, rng: random.Random, table: Table) -> Iterator[str]:
    """Change single bits; yields what was accepted."""
    data, path = one.made.path.read_bytes(), one.made.path.with_suffix(".changed")
    for _ in range(number):
        bit = rng.randrange(8 * len(data))
        check, _ = verdict(flipped(data, bit), path)
        table[FLIPS][check or ACCEPTED] += 1
        if check is None:
            yield f"{one.name}: bit {bit}"


# --- the page --------------------------------------------------------------------------------------------


def _rows(table: Table) -> Iterator[str]:
    total = Counter[str]()
    for found in table.values():
        total += found
    tried = sum(total.values())
    yield f"{tried:,} changes were tried; {tried - total[ACCEPTED]:,} were refused, and {total[ACCEPTED]:,} accepted,"
    yield "each for a reason that stands below.\n"
    yield "| what is changed | tried | refused by |"
    yield "|---|--:|---|"
    for kind in sorted(table, key=lambda kind: (kind == FLIPS, kind)):
        yield f"| {kind} | {sum(table[kind].values()):,} | {_checks(table[kind])} |"
    yield f"| **all** | {tried:,} | {_checks(total)} |"


def _checks(found: Counter[str]) -> str:
    names = sorted(found.items(), key=lambda item: (item[0] == ACCEPTED, -item[1], item[0]))
    return ", ".join(f"{_code(name)} {count:,}" for name, count in names)


def _code(name: str) -> str:
    return f"`{name}`" if "." in name else name


def _accepted(allowed: Counter[str]) -> Sequence[str]:
    """What may be accepted, and why."""
    lines = ["## What is accepted, and why", ""]
    lines += [
        "In each of these the result, the ballots that count and the votes are what they were.",
        "",
        "| what is changed | accepted | why it may be |",
        "|---|--:|---|",
    ]
    return [*lines, *(f"| {line.told} | {allowed[line.told]:,} | {line.why} |" for line in ALLOWED)]


if __name__ == "__main__":
    sys.exit(main())
