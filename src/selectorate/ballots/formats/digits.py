"""Lines of plain numbers, read many at a time with NumPy.

A ballot file of a million lines has a few hundred different ones, or it has half a million and each is plain. Either
way a line is not worth a turn of a Python loop: equal lines are merged as bytes, and the digits of all lines that are
left become numbers at once. Whatever is not a plain line is only found here, and left to the careful reader.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..profile import Marks, Numbers

_ZERO, _BLANK, _LINE = ord("0"), ord(" "), ord("\n")
_DIGITS = 9
"""Digits of a number that the quick way reads: they fit in 32 bits."""
_WIDEST = 64
"""Bytes of a line that the quick merging takes; longer lines are hardly ever equal."""
_BUCKETS = 16
"""Bits of the table in which equal lines meet."""

_KEEP = np.array(
    [[(1 << (8 * min(8, max(0, size - first)))) - 1 for size in range(_WIDEST + 1)] for first in range(0, _WIDEST, 8)],
    dtype=np.uint64,
)
"""For each word of eight bytes of a line, by the size of the line: a mask for what belongs to the line."""
_MIX = np.uint64(0x9E3779B97F4A7C15)


@dataclass(frozen=True, eq=False)
class Numbered:
    """The lines of a chunk as numbers.

    ``start`` and ``end``: the bytes of each line. ``plain``: it is nothing but numbers of at most nine digits with
    one blank between them. ``first`` and ``last``: its first and last number in ``value``.
    """

    start: NDArray[np.int64]
    end: NDArray[np.int64]
    plain: NDArray[np.bool_]
    first: NDArray[np.int64]
    last: NDArray[np.int64]
    value: NDArray[np.int32]


def numbered(chunk: bytes) -> Numbered:
    """The numbers in ``chunk``, which ends with a line feed."""
    buffer = np.frombuffer(chunk, dtype=np.uint8)
    digit = buffer - np.uint8(_ZERO)
    stop = np.flatnonzero(digit > 9)  # what ends a number
    sign = buffer[stop]
    is_line = sign == _LINE
    size = np.empty_like(stop)
    size[0] = stop[0]
    np.subtract(stop[1:], stop[:-1] + 1, out=size[1:])
    value = digit[stop - 1].astype(np.int32)
    longer = np.flatnonzero(size > 1)
    power, place = 10, 2
    while longer.size and place <= _DIGITS:
        value[longer] += digit[stop[longer] - place].astype(np.int32) * power
        power, place = power * 10, place + 1
        longer = longer[size[longer] >= place]
    last = np.flatnonzero(is_line)
    first = np.empty_like(last)
    first[0] = 0
    first[1:] = last[:-1] + 1
    plain = np.ones(last.size, dtype=bool)
    odd = np.flatnonzero((size == 0) | (size > _DIGITS) | ((sign != _BLANK) & ~is_line))
    if odd.size:
        value[odd] = 0
        plain[np.searchsorted(last, odd)] = False
    end = stop[last]
    start = np.empty_like(end)
    start[0] = 0
    start[1:] = end[:-1] + 1
    return Numbered(start, end, plain, first, last, value)


def ballots(lines: Numbered, candidates: int) -> NDArray[np.bool_]:
    """Which lines are plain ballots: a weight above 0, candidates from 1 to ``candidates``, and 0."""
    good = lines.plain & (lines.last > lines.first) & (lines.value[lines.first] > 0)
    zero = np.flatnonzero(lines.value == 0)
    if zero.size != lines.last.size or not bool((zero == lines.last).all()):
        good &= lines.value[lines.last] == 0
        inside = np.ones(lines.value.size, dtype=bool)
        inside[lines.last] = False
        good[np.searchsorted(lines.last, zero[inside[zero]])] = False
    high = np.flatnonzero(lines.value > candidates)
    if high.size:
        # The first number of a line is a weight: it may be higher.
        begins = np.zeros(lines.value.size, dtype=bool)
        begins[lines.first] = True
        good[np.searchsorted(lines.last, high[~begins[high]])] = False
    return good


def papers(lines: Numbered, taken: NDArray[np.bool_], candidates: int) -> tuple[Marks | NDArray[np.uint8], Numbers]:
    """The marks and the weights of the lines ``taken``, which are plain ballots; as bytes if ``candidates`` are few."""
    first, last, value = lines.first, lines.last, lines.value
    if not taken.all():
        value = value[np.repeat(taken, last - first + 1)]
        first, last = first[taken], last[taken]
    number = lines.value[first].astype(np.int64)
    room = last - first + 1  # the weight, the marks, and the 0
    size = first.size, int(room.max(initial=2))
    rows: Marks | NDArray[np.uint8]
    rows = np.zeros(size, dtype=np.uint8) if candidates < 256 else np.zeros(size, dtype=np.int16)
    rows[np.arange(size[1]) < room[:, None]] = value
    return rows[:, 1:-1], number


def worth_merging(chunk: bytes) -> bool:
    """Whether many lines of ``chunk`` are likely to be equal, by the look of the first ones."""
    sample = chunk[: 1 << 15].split(b"\n")
    return len(set(sample)) * 2 < len(sample)


def merged_lines(chunk: bytes) -> tuple[bytes, Numbers] | None:
    """The different lines of ``chunk``, which ends with a line feed, and how often each stands there.

    Lines meet in a table by a hash of their bytes; each is compared with the line it is taken for. A line that meets
    another one goes into the next round, and after a few rounds stands for itself. None if a line is too long.
    """
    buffer = np.frombuffer(chunk, dtype=np.uint8)
    end = np.flatnonzero(buffer == _LINE)
    start = np.empty_like(end)
    start[0] = 0
    start[1:] = end[:-1] + 1
    size = end - start
    longest = int(size.max())
    if longest == 0 or longest > _WIDEST:
        return None
    count = -(-longest // 8)
    padded = np.zeros(buffer.size + 8 * count, dtype=np.uint8)
    padded[: buffer.size] = buffer
    windows: NDArray[np.void] = np.ndarray((buffer.size,), dtype=f"V{8 * count}", buffer=padded, strides=(1,))
    words = np.ascontiguousarray(windows[start].view("<u8").reshape(-1, count).T)
    hashed = np.zeros(start.size, dtype=np.uint64)
    for place in range(count):
        words[place] &= _KEEP[place].take(size)
        hashed = (hashed ^ words[place]) * _MIX
        hashed ^= hashed >> np.uint64(32)
    kept: list[NDArray[np.int64]] = []
    times: list[NDArray[np.int64]] = []
    rest = np.arange(start.size)
    for _ in range(4):
        hashed *= _MIX
        hashed ^= hashed >> np.uint64(29)
        bucket = (hashed >> np.uint64(64 - _BUCKETS)).astype(np.int64)
        table = np.zeros(1 << _BUCKETS, dtype=np.int64)
        table[bucket] = np.arange(rest.size)
        meets = table[bucket]
        same = size == size[meets]
        for place in range(count):
            same &= words[place] == words[place][meets]
        alone = bool(same.all())
        found = np.bincount(bucket if alone else bucket[same], minlength=1 << _BUCKETS)
        used = np.flatnonzero(found)
        kept.append(rest[table[used]])
        times.append(found[used])
        if alone:
            break
        left = ~same
        rest, size, hashed, words = rest[left], size[left], hashed[left], words[:, left]
    else:
        kept.append(rest)
        times.append(np.ones(rest.size, dtype=np.int64))
    lines = np.concatenate(kept)
    pieces = [chunk[a:b] for a, b in zip(start[lines].tolist(), (end[lines] + 1).tolist(), strict=True)]
    return b"".join(pieces), np.concatenate(times)
