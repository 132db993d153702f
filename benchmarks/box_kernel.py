"""Measure the arithmetic of a sealed box on public values: the compiled pool beside PyNaCl, in one run on one machine.

    python benchmarks/box_kernel.py [COUNT]

Best of five, in microseconds an item, with what Python adds: processor time on one core (a busy machine disturbs it
less) and clock time with all threads. COUNT (20,000) is how many items each call has; PyNaCl does a hundredth of
them, one by one. Where the processor has AVX-512 IFMA a second table is of the pool that works in lanes.
"""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np
from nacl import bindings
from rich.console import Console
from rich.table import Table

from selectorate.box.kernel import KernelPool, lanes, threads
from selectorate.box.kernel.compiling import compiled
from selectorate.box.kernel.limbs import mul, sqr
from selectorate.box.kernel.memory import store
from selectorate.box.kernel.points import add_cached, add_niels, cached, double, read_row
from selectorate.box.kernel.tables import niels, store_niels
from selectorate.box.public import Element, Product

TIMES = 5
ROUNDS = 100_000


@compiled
def multiply_often(rows: Any, times: int) -> None:
    """``times`` multiplications, each with the result of the last."""
    a = b = read_row(rows, 0, False)[0]
    for _ in range(times):
        a = mul(a, b)
    store(rows, 8, a)


@compiled
def square_often(rows: Any, times: int) -> None:
    """``times`` squares of squares."""
    a = read_row(rows, 0, False)[0]
    for _ in range(times):
        a = sqr(a)
    store(rows, 8, a)


@compiled
def add_often(rows: Any, times: int) -> None:
    """``times`` additions of a point in cached form."""
    p = read_row(rows, 0, False)
    q = cached(p)
    for _ in range(times):
        p = add_cached(p, q)
    store(rows, 8, p[0])


@compiled
def add_niels_often(rows: Any, times: int) -> None:
    """``times`` additions of an affine point."""
    p = read_row(rows, 0, False)
    store_niels(rows, 0, False, rows, 8)
    for _ in range(times):
        p = add_niels(p, niels(rows, 8, False))
    store(rows, 8, p[0])


@compiled
def double_often(rows: Any, times: int) -> None:
    """``times`` doublings."""
    x, y, z, _ = read_row(rows, 0, False)
    store(rows, 8, double(x, y, z, times)[0])


def best(work: Callable[[], object], clock: Callable[[], float] = time.process_time) -> float:
    """Seconds by ``clock`` of the quickest of `TIMES` runs, after one that is not counted."""
    work()
    taken = []
    for _ in range(TIMES):
        begin = clock()
        work()
        taken.append(clock() - begin)
    return min(taken)


def measure(count: int, in_lanes: bool) -> list[tuple[str, float, float | None, float | None]]:
    """Rows of: what, microseconds here on one core, on all cores, by PyNaCl. With or without lanes."""
    rows: list[tuple[str, float, float | None, float | None]] = []
    few = max(count // 100, 1)

    def both(what: str, items: int, work: Callable[[], object], beside: float | None = None) -> None:
        cores, threads.THREADS = threads.THREADS, 1
        try:
            one = best(work)
        finally:
            threads.THREADS = cores
        rows.append((what, one / items * 1e6, best(work, time.perf_counter) / items * 1e6, beside))

    def sodium(work: Callable[[], object]) -> float:
        return best(work) / few * 1e6

    pool = KernelPool(in_lanes=in_lanes)
    room = np.zeros(32, np.uint64)
    room[:8] = np.frombuffer(pool.pack([pool.generator]), np.uint64)
    for what, often in (
        ("field: multiplication", multiply_often),
        ("field: square", square_often),
        ("point: addition (extended)", add_often),
        ("point: addition (affine Niels)", add_niels_often),
        ("point: doubling", double_often),
    ):
        rows.append((what, best(lambda often=often: often(room, ROUNDS)) / ROUNDS * 1e6, None, None))

    def fresh(work: Callable[[], object]) -> Callable[[], None]:
        def run() -> None:
            work()
            pool.clear()

        return run

    exponents = [random.randrange(pool.q) for _ in range(count)]
    others = [random.randrange(pool.q) for _ in range(count)]
    begin = pool.products([[(pool.generator, exponent)] for exponent in exponents])
    texts = pool.texts(begin)
    packed = pool.pack(begin)
    y = begin[0]
    pool.keep(y)
    encoded = [bytes.fromhex(text)[::-1] for text in texts[:few]]
    scalars = [exponent.to_bytes(32, "little") for exponent in exponents[:few]]
    pool.clear()

    both(
        "read (decode, subgroup)",
        count,
        fresh(lambda: pool.read(texts)),
        sodium(lambda: [bindings.crypto_core_ed25519_is_valid_point(point) for point in encoded]),
    )
    g = pool.generator
    power = sodium(
        lambda: [bindings.crypto_scalarmult_ed25519_noclamp(s, p) for s, p in zip(scalars, encoded, strict=True)]
    )
    base = sodium(lambda: [bindings.crypto_scalarmult_ed25519_base_noclamp(s) for s in scalars])
    add = sodium(lambda: [bindings.crypto_core_ed25519_add(p, encoded[0]) for p in encoded])
    terms = list[tuple[int, int, Element, Element]]
    shapes: list[tuple[str, Callable[[terms], list[Product]], float]] = [
        ("g^a", lambda of: [[(g, a)] for a, b, p, r in of], base),
        ("y^a", lambda of: [[(y, a)] for a, b, p, r in of], power),
        ("P^b", lambda of: [[(p, b)] for a, b, p, r in of], power),
        ("g^a P^b", lambda of: [[(g, a), (p, b)] for a, b, p, r in of], base + power + add),
        ("y^a P^b g^c", lambda of: [[(y, a), (p, b), (g, a)] for a, b, p, r in of], base + 2 * power + 2 * add),
        ("P^a R^b", lambda of: [[(p, a), (r, b)] for a, b, p, r in of], 2 * power + add),
        (
            "g^a P^b and g^b P^a",
            lambda of: [[(g, a), (p, b)] for a, b, p, r in of for a, b in ((a, b), (b, a))],
            base + power + add,
        ),
        ("P R", lambda of: [[(p, 1), (r, 1)] for a, b, p, r in of], add),
    ]
    for what, shape, beside in shapes:
        pool.clear()
        points = pool.unpack(packed)
        requests = shape(list(zip(exponents, others, points, points[1:] + points[:1], strict=True)))
        both(f"products: {what}", len(requests), lambda requests=requests: pool.products(requests), beside)
    pool.clear()
    points = pool.unpack(packed)
    both("texts", count, lambda: pool.texts(points))
    both("pack", count, lambda: pool.pack(points))
    both("unpack", count, lambda: pool.unpack(packed))
    for size in (100, 1000, 10_000, 100_000):
        some = (points * (size // count + 1))[:size]
        factors = [random.randrange(pool.q) for _ in range(size)]
        both(f"total of {size:,}, a term", size, lambda some=some, f=factors: pool.total(some, f), power + add)
    both("generators", count, lambda: pool.generators(0, count))
    both("a new pool (with the table of g)", 1, lambda: KernelPool(in_lanes=in_lanes))
    return rows


def main() -> None:
    """Measure and print."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 20_000
    for in_lanes in (False, True) if lanes.usable() else (False,):
        show(count, in_lanes)


def show(count: int, in_lanes: bool) -> None:
    """Measure one kind of kernel and print."""
    kind = "in lanes (AVX-512 IFMA)" if in_lanes else "scalar"
    table = Table(title=f"Microseconds an item, {kind}, best of {TIMES}, {count:,} items a call")
    for heading in ("", "one core", f"{threads.THREADS} threads", "PyNaCl", "times"):
        table.add_column(heading, justify="left" if not heading else "right")
    for what, one, many, beside in measure(count, in_lanes):
        table.add_row(
            what,
            f"{one:.4f}" if one < 1 else f"{one:.2f}",
            "" if many is None else f"{many:.2f}",
            "" if beside is None else f"{beside:.1f}",
            "" if beside is None else f"{beside / one:.1f}",
        )
    Console(width=110).print(table)


if __name__ == "__main__":
    main()
