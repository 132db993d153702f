"""Processes that cast into one box: killed, run against one another, out of room. For tests and `tools.box_writers`."""

from __future__ import annotations

import multiprocessing
import os
import random
import resource
import signal
import time
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.boxes import RANK, Made, new_box

from selectorate.box.v1.ballots import make_ballot, tracker
from selectorate.box.v1.box import Box
from selectorate.box.v1.reading import read_box
from selectorate.errors import SelectorateError

_CONTEXT = multiprocessing.get_context("forkserver")
_CONTEXT.set_forkserver_preload(["tests.box_writers"])


def started(function: Callable[..., None], *arguments: Any) -> Any:
    """A process of its own that runs ``function``."""
    process = _CONTEXT.Process(target=function, args=arguments, daemon=True)
    process.start()
    return process


def ballots(made: Made, voter: int, count: int) -> list[bytes]:
    """Ballots of one voter, all different."""
    return [make_ballot(made.election, made.credentials[voter], [[1, 2, 3]]) for _ in range(count)]


# --- what the processes do -------------------------------------------------------------------------------


def cast_all(path: Path, raws: Sequence[bytes], told: Path, ready: Any) -> None:
    """Cast all, and tell the tracker of each when it was acknowledged."""
    box = Box(path, "libsodium")
    ready.wait()
    with told.open("ab", buffering=0) as file:
        for raw in raws:
            file.write(f"{box.cast(raw).tracker}\n".encode())


def cast_and_wait(path: Path, raws: Sequence[bytes], told: Path, ready: Any) -> None:
    """The same, and then wait to be killed: who kills it knows that it is still there."""
    cast_all(path, raws, told, ready)
    time.sleep(600)


def cast_without_lock(path: Path, raws: Sequence[bytes], told: Path, ready: Any) -> None:
    """The same with the lock off, and with time between looking and writing."""
    append = Box._append

    def slowly(self: Box, *arguments: Any) -> Any:
        time.sleep(0.02)
        return append(self, *arguments)

    Box._append = slowly  # type: ignore[method-assign]
    box = Box(path, "libsodium")
    box._lock = nullcontext()  # type: ignore[assignment]
    ready.wait()
    with told.open("ab", buffering=0) as file:
        for raw in raws:
            try:
                file.write(f"{box.cast(raw).tracker}\n".encode())
            except SelectorateError:
                return


def cast_without_room(path: Path, raw: bytes, room: int, answer: Any) -> None:
    """Cast one where no file may become larger than ``room`` bytes; what is said then is sent back."""
    box = Box(path, "libsodium")
    resource.setrlimit(resource.RLIMIT_FSIZE, (room, room))
    try:
        answer.send(box.cast(raw).tracker)
    except SelectorateError as error:
        answer.send(f"{type(error).__name__}: {error.message}")
    except BaseException as error:
        answer.send(f"stray: {error!r}")


# --- killed ----------------------------------------------------------------------------------------------


@dataclass
class Killed:
    """What came of many kills. ``cut``: tails that were torn and kept aside."""

    kills: int = 0
    acknowledged: int = 0
    recorded: int = 0
    cut: int = 0


def kill(folder: Path, times: int, rng: random.Random) -> Killed:
    """Kill a casting process so many times. AssertionError if a box is not what it has to be afterwards."""
    made = new_box(folder, (RANK,), voters=1)
    told, found = folder / "told", Killed()
    told.touch()
    for _ in range(times):
        ready = _CONTEXT.Event()
        before = told.stat().st_size
        process = started(cast_and_wait, made.path, ballots(made, 0, 30), told, ready)
        ready.set()
        while told.stat().st_size == before and process.is_alive():
            time.sleep(0.0005)
        time.sleep(rng.random() * 0.04)
        process.kill()
        process.join()
        assert process.exitcode == -signal.SIGKILL
        found.kills += 1
        found = _sound_after(made, told, found)
    reading = read_box(made.path, "libsodium")
    assert not reading.faults
    return found


def _sound_after(made: Made, told: Path, found: Killed) -> Killed:
    """The box opens, takes one ballot more, and has every ballot that was acknowledged exactly once."""
    # Who was killed while telling has told nothing: what is left of the line must not run into the next one.
    whole = told.read_bytes().rpartition(b"\n")[0::2]
    os.truncate(told, told.stat().st_size - len(whole[1]))
    acknowledged = whole[0].decode().split()
    before = len(list(made.path.parent.glob("*.torn-*")))
    box = Box(made.path, "libsodium")
    more = ballots(made, 0, 1)[0]
    assert box.cast(more).tracker == tracker(more)
    with told.open("ab") as file:
        file.write(f"{tracker(more)}\n".encode())
    acknowledged.append(tracker(more))
    again = Box(made.path, "libsodium")
    heights = [again.height_of(one) for one in acknowledged]
    lost = [one for one, height in zip(acknowledged, heights, strict=True) if height is None]
    assert not lost, f"acknowledged and not there: {lost}; torn: {list(made.path.parent.glob('*.torn-*'))}"
    assert len(set(heights)) == len(acknowledged) == len(set(acknowledged))
    found.acknowledged, found.recorded = len(acknowledged), again.count("Ballot")
    found.cut += len(list(made.path.parent.glob("*.torn-*"))) - before
    return found


# --- against one another ---------------------------------------------------------------------------------


def race(
    folder: Path, processes: int, each: int, function: Callable[..., None] = cast_all
) -> tuple[Path, list[str], int]:
    """So many processes casting into one box: its file, the trackers that were acknowledged, and how many were cast."""
    made = new_box(folder, (RANK,), voters=processes)
    ready = _CONTEXT.Event()
    tolds = [folder / f"told-{number}" for number in range(processes)]
    for told in tolds:
        told.touch()
    running = [
        started(function, made.path, ballots(made, number, each), tolds[number], ready) for number in range(processes)
    ]
    ready.set()
    for process in running:
        process.join()
    acknowledged = [line for told in tolds for line in told.read_text().split("\n") if line]
    return made.path, acknowledged, processes * each
