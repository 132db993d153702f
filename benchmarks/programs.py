"""One count by one program, in a process of its own: how long it takes to read and to count, and who is elected.

    python benchmarks/programs.py PROGRAM COUNT FILE ...

PROGRAM is a name of ``PROGRAMS``; COUNT is "av", "stv" (by Scotland's rules, where the program has them) or "meek". The
program is imported before the clock starts. One line of JSON comes out.

The loops that read for other programs are what their users would write: a line, its numbers, a ballot. Where a program
has a reader of its own it is used, and where it takes numbers of equal ballots it is given them.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

Run = Callable[[str], list[int]]
"""Reads a file and counts it: who is elected, as numbers from 1."""


def heading(path: str) -> tuple[int, int]:
    """The numbers of candidates and of places that a BLT file begins with."""
    with Path(path).open(encoding="ascii") as file:
        candidates, seats = map(int, file.readline().split())
    return candidates, seats


def ballots(path: str) -> Iterator[tuple[int, tuple[int, ...]]]:
    """The ballots of a BLT file of plain lines: how many, and the candidates, best first."""
    with Path(path).open(encoding="ascii") as file:
        next(file)
        for line in file:
            number, *marks = map(int, line.split())
            if number == 0:
                return
            yield number, tuple(marks[:-1])


def merged(path: str) -> Counter[tuple[int, ...]]:
    """The same, equal ones merged."""
    found: Counter[tuple[int, ...]] = Counter()
    for number, marks in ballots(path):
        found[marks] += number
    return found


def selectorate(count: str) -> Run:
    """This program: its own reader, whatever the format."""
    from selectorate.ballots import formats
    from selectorate.count.registry import METHODS, Options
    from selectorate.count.ties import Lot

    method = METHODS[{"av": "alternative-vote", "stv": "scottish", "meek": "meek-nz"}[count]]
    options = Options() if count == "meek" else Options(lot=Lot("benchmark"))

    def run(path: str) -> list[int]:
        profile = formats.read(path)
        return list(method.run(profile, profile.seats or 1, options).elected)

    return run


def votelib(count: str) -> Run:
    """It has a reader of BLT files. Its transfers are Gregory's, all papers of a candidate, in fractions."""
    import votelib.evaluate.sequential
    import votelib.io.blt

    rule = votelib.evaluate.sequential.TransferableVoteSelector(transferer="Gregory", quota_function="droop")

    def run(path: str) -> list[int]:
        with Path(path).open(encoding="ascii") as file:
            votes, seats, _, _ = votelib.io.blt.load(file)
        return [person.number for person in rule.evaluate(votes, n_seats=seats)]

    return run


def pref_voting(count: str) -> Run:
    """It has no reader of BLT files, and takes numbers of equal ballots."""
    from pref_voting.iterative_methods import instant_runoff_for_truncated_linear_orders
    from pref_voting.profiles_with_ties import ProfileWithTies
    from pref_voting.proportional_methods import stv_scottish

    def run(path: str) -> list[int]:
        candidates, seats = heading(path)
        found = merged(path)
        profile = ProfileWithTies(
            [{who: rank for rank, who in enumerate(marks, 1)} for marks in found],
            rcounts=list(found.values()),
            candidates=list(range(1, candidates + 1)),
        )
        elected: list[int]
        if count == "av":
            elected = instant_runoff_for_truncated_linear_orders(profile)
        else:
            elected = stv_scottish(profile, num_seats=seats)
        return list(elected)

    return run


def pyrankvote(count: str) -> Run:
    """It has no reader and takes ballots one by one. Its quota is votes / (places + 1), its numbers floating point."""
    from pyrankvote import Ballot, Candidate, instant_runoff_voting, single_transferable_vote

    def run(path: str) -> list[int]:
        candidates, seats = heading(path)
        people = [Candidate(str(number)) for number in range(candidates + 1)]
        papers: list[Any] = []
        for number, marks in ballots(path):
            papers += [Ballot([people[who] for who in marks])] * number
        if count == "av":
            result = instant_runoff_voting(people[1:], papers)
        else:
            result = single_transferable_vote(people[1:], papers, number_of_seats=seats)
        return [int(person.name) for person in result.get_winners()]

    return run


def stvpoll(count: str) -> Run:
    """It has no reader, and takes numbers of equal ballots. Values of papers are rounded to five decimals."""
    from stvpoll.irv import IRV
    from stvpoll.scottish_stv import ScottishSTV

    def run(path: str) -> list[int]:
        candidates, seats = heading(path)
        people = range(1, candidates + 1)
        poll = IRV(candidates=people) if count == "av" else ScottishSTV(seats, people)
        for marks, number in merged(path).items():
            poll.add_ballot(marks, number)
        return list(poll.calculate().elected_as_tuple())

    return run


PROGRAMS: dict[str, Callable[[str], Run]] = {
    "selectorate": selectorate,
    "votelib": votelib,
    "pref_voting": pref_voting,
    "pyrankvote": pyrankvote,
    "stvpoll": stvpoll,
}
"""The programs by the names under which they are installed."""


def main(program: str, count: str, files: list[str]) -> None:
    """Print the measurements as a line of JSON: seconds by the clock and of work, peak memory in bytes."""
    run = PROGRAMS[program](count)
    clock, work = time.perf_counter(), time.process_time()
    elected = []
    for path in files:
        try:
            elected.append(run(path))
        except Exception:  # whatever another program stumbles over: it elects nobody there, and goes on
            elected.append([])
    clock, work = time.perf_counter() - clock, time.process_time() - work
    print(json.dumps({"clock": clock, "work": work, "memory": peak(), "elected": [sorted(who) for who in elected]}))


def peak() -> int:
    """The most memory that this process had, in bytes.

    Linux says it of the program itself; ``getrusage`` counts what the process that started it had before.
    """
    try:
        lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
        return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM:"))
    except (OSError, StopIteration):
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


if __name__ == "__main__":
    if len(sys.argv) < 4:
        sys.exit(__doc__)
    main(sys.argv[1], sys.argv[2], sys.argv[3:])
