"""The pool: checks what comes from Python, puts it into arrays, and has compiled code work on them."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from itertools import accumulate, chain

import numpy as np

from selectorate.box.kernel import lanes
from selectorate.box.kernel.generating import generate
from selectorate.box.kernel.lanes import totals as lanes_totals
from selectorate.box.kernel.lanes.products import multiply_out as multiply_out_in_lanes
from selectorate.box.kernel.lanes.reading import TOGETHER
from selectorate.box.kernel.lanes.reading import read_points as read_points_in_lanes
from selectorate.box.kernel.lanes.vectors import COUNT
from selectorate.box.kernel.products import ALONE, SHARED, multiply_out
from selectorate.box.kernel.reading import read_points
from selectorate.box.kernel.scalars import Q, all_below_q
from selectorate.box.kernel.store import ROW, Positions, Store, Words
from selectorate.box.kernel.tables import TABLE_WORDS, WINDOW, WINDOWS, make_table
from selectorate.box.kernel.texts import from_texts, to_texts
from selectorate.box.kernel.threads import spread
from selectorate.box.kernel.totals import combine, prepare, sum_windows, window_size
from selectorate.box.public import Element, Product
from selectorate.errors import SelectorateError

__all__ = ["KernelPool"]

GENERATOR = "6666666666666666666666666666666666666666666666666666666666666658"
IDENTITY = "0" * 63 + "1"

FEW = 48
"""A product of more powers than this is made like a total."""
FEW_IN_LANES = 12
"""A total of more powers than this is not made like a product: in lanes a single one has no gain."""
BLOCK = 1 << 17
"""Terms of a total that are in memory at a time: 120 bytes each, and two for each of 21 windows or more."""
MOST_TABLES = 32
"""Kept elements that get a table, of half a megabyte each; later ones do without."""


def _exponents(numbers: Sequence[int]) -> Words:
    """Four words for each exponent. Raises ValueError if one is not in [0, q)."""
    try:
        packed = b"".join([number.to_bytes(32, "little") for number in numbers])
    except OverflowError:
        raise ValueError("an exponent is not in [0, q)") from None
    words = np.frombuffer(bytearray(packed), np.uint64)  # writable, as compiled code expects arrays to be
    if not all_below_q(words, len(numbers)):
        raise ValueError("an exponent is not in [0, q)")
    return words


def _spread_groups(work: Callable[[int, int], object], count: int, size: int, least: int) -> None:
    """The same as `spread`, but ranges begin at multiples of ``size``: what is worked on together stays together."""
    groups = -(-count // size)
    spread(lambda first, end: work(size * first, min(size * end, count)), groups, max(least // size, 1))


def _by_shared_base(bases: Positions, kinds: Positions, starts: Positions) -> Positions:
    """The numbers of the products, those with the same shared base one after the other.

    A product is placed by the lowest of its shared bases, the others where they are.
    """
    count = len(starts) - 1
    shared = np.flatnonzero(kinds == SHARED)
    if not len(shared):
        return np.arange(count)
    product = np.searchsorted(starts, shared, side="right") - 1
    key = np.full(count, np.iinfo(np.int64).max)
    np.minimum.at(key, product, bases[shared])
    return np.argsort(key, kind="stable")


def _by_shape(kinds: Positions, exponents: Words, lengths: Sequence[int]) -> Positions:
    """The numbers of the products, those with as many free and as many kept bases one after the other.

    Lanes take eight at a time, and as long as the longest of them. Exponents 0 and 1 are of no weight.
    """
    count = len(lengths)
    words = exponents.reshape(-1, 4)
    small = (words[:, 0] <= 1) & ~words[:, 1:].any(axis=1)
    weights = np.where(small, 0, np.where(kinds >= 0, 1, FEW + 1))
    shape = np.bincount(np.repeat(np.arange(count), lengths), weights, count)
    return np.argsort(shape, kind="stable")


class KernelPool:
    """A `Pool` on Ed25519, compiled: fast, on all cores, in a time that depends on the values.

    An element takes 64 bytes. Element names are never used twice; one that was cleared away is refused (IndexError).
    Not to be used by two threads at a time; its own calls spread their work over threads.
    """

    q = Q
    generator: Element

    def __init__(self, *, in_lanes: bool | None = None) -> None:
        """``in_lanes``: whether to work in lanes; None for doing so if this machine can. The answers are the same."""
        self._in_lanes = lanes.usable() if in_lanes is None else in_lanes
        self._store = Store()
        self._tables: Words = np.empty(0, np.uint64)
        self._table_of: dict[Element, int] = {}
        self._kept: set[Element] = set()
        (generator,) = self.read([GENERATOR])
        if generator is None:
            raise SelectorateError("the compiled arithmetic refuses the group's own generator", hint="Do without it")
        self.generator = generator
        self.keep(generator)

    # --- in and out ---------------------------------------------------------------------------------------

    def read(self, texts: Sequence[str], /) -> list[Element | None]:
        """The elements written as ``texts``; None for each that is not the canonical text of one."""
        encoded, count = from_texts(texts), len(texts)
        rows, good = np.empty(ROW * count, np.uint64), np.empty(count, np.uint8)
        if self._in_lanes:
            _spread_groups(
                lambda first, end: read_points_in_lanes(encoded, first, end, rows, good), count, TOGETHER, least=16
            )
        else:
            spread(lambda first, end: read_points(encoded, first, end, rows, good), count, 16)
        right = good.astype(np.bool_)
        if right.all():
            return list(self._enter(rows))
        names = iter(self._enter(rows.reshape(-1, ROW)[right].reshape(-1)))
        return [next(names) if is_right else None for is_right in right.tolist()]

    def texts(self, elements: Sequence[Element], /) -> list[str]:
        """The canonical texts of ``elements``."""
        return to_texts(self._store.gather(elements))

    def is_identity(self, element: Element, /) -> bool:
        """Whether this is the neutral element."""
        return self._store.is_identity(element)

    def pack(self, elements: Sequence[Element], /) -> bytes:
        """Elements as 64 bytes each."""
        return self._store.gather(elements).tobytes()

    def unpack(self, packed: bytes, /) -> list[Element]:
        """Elements put aside by :meth:`pack`. Raises ValueError if their length is not a whole number of elements."""
        if len(packed) % (8 * ROW):
            raise ValueError(f"{len(packed)} bytes are not a whole number of packed elements")
        return self._enter(np.frombuffer(packed, np.uint64))

    # --- what lasts ---------------------------------------------------------------------------------------

    def keep(self, element: Element, /) -> None:
        """Say that ``element`` will be the base of very many powers."""
        (row,) = self._store.positions([element]).tolist()
        if element in self._kept:
            return
        self._kept.add(element)
        number = len(self._table_of)
        if number < MOST_TABLES:
            tables = np.empty(TABLE_WORDS * (number + 1), np.uint64)
            tables[: len(self._tables)] = self._tables
            make_table(self._store.rows, row, tables, TABLE_WORDS * number)
            self._tables = tables
            self._table_of[element] = number

    def clear(self) -> None:
        """Forget all elements but the generator and those that are kept."""
        self._store.clear(sorted(self._kept))

    # --- arithmetic ---------------------------------------------------------------------------------------

    def products(self, requests: Sequence[Product], /) -> list[Element]:
        """The value of each product, in order."""
        lengths = list(map(len, requests))
        widest = max(lengths, default=0)
        if widest > FEW:
            return self._with_long(requests)
        flat = list(chain.from_iterable(requests))
        bases, exponents = self._store.positions([base for base, _ in flat]), _exponents([e for _, e in flat])
        starts = np.array([0, *accumulate(lengths)], np.int64)
        kinds = self._kinds(bases)
        order = _by_shape(kinds, exponents, lengths) if self._in_lanes else _by_shared_base(bases, kinds, starts)
        rows, tables, results = self._store.rows, self._tables, np.empty(ROW * len(requests), np.uint64)

        def work(first: int, end: int) -> None:
            multiply = multiply_out_in_lanes if self._in_lanes else multiply_out
            multiply(rows, tables, bases, kinds, exponents, starts, order, first, end, max(widest, 1), results)

        _spread_groups(work, len(requests), COUNT if self._in_lanes else 1, least=16)
        in_order = np.empty((len(requests), ROW), np.uint64)
        in_order[order] = results.reshape(-1, ROW)
        return self._enter(in_order.reshape(-1))

    def total(self, elements: Sequence[Element], exponents: Sequence[int], /) -> Element:
        """The product of all ``elements``, each raised to its exponent. Raises ValueError if they differ in length."""
        if len(elements) != len(exponents):
            raise ValueError(f"{len(elements)} elements and {len(exponents)} exponents")
        if len(elements) <= (FEW_IN_LANES if self._in_lanes else FEW):
            return self.products([list(zip(elements, exponents, strict=True))])[0]
        bases, words = self._store.positions(elements), _exponents(exponents)
        blocks = -(-len(bases) // BLOCK)
        sums = np.empty(ROW * blocks, np.uint64)
        for block in range(blocks):
            first = block * BLOCK
            part = self._total(bases[first : first + BLOCK], words[4 * first : 4 * (first + BLOCK)])
            sums[ROW * block : ROW * (block + 1)] = part
        names = self._enter(sums)
        return names[0] if blocks == 1 else self.products([[(name, 1) for name in names]])[0]

    def generators(self, start: int, count: int, /) -> list[Element]:
        """The independent generators number ``start`` to ``start + count - 1``.

        Raises SelectorateError if one of them is the identity, the generator or another of them (it never happened to
        anyone).
        """
        numbers = np.empty(4 * count, np.uint64)
        for place in range(count):
            state = hashlib.sha256(f"ggen|{start + place}".encode())
            number = int.from_bytes(state.digest(), "big") >> 2
            numbers[4 * place : 4 * place + 4] = np.frombuffer(number.to_bytes(32, "little"), np.uint64)
        rows = np.empty(ROW * count, np.uint64)
        spread(lambda first, end: generate(numbers, first, end, rows), count, 16)
        texts = set(to_texts(rows.reshape(-1, ROW)))
        if len(texts) < count or texts & {IDENTITY, GENERATOR}:
            raise SelectorateError(
                f"among the generators {start} to {start + count - 1} are some that are not independent"
            )
        return self._enter(rows)

    # --- inside -------------------------------------------------------------------------------------------

    def _enter(self, rows: Words) -> list[Element]:
        return list(map(Element, self._store.append(rows)))

    def _kinds(self, bases: Positions) -> Positions:
        """For each base of a call to `products` the number of its table, or `ALONE`, or `SHARED`."""
        rows = self._store.positions(list(self._table_of))
        sorter = np.argsort(rows)
        place = np.minimum(np.searchsorted(rows, bases, sorter=sorter), len(rows) - 1)
        number = sorter[place]  # tables are numbered as they were made, as is the dictionary
        _, back, uses = np.unique(bases, return_inverse=True, return_counts=True)
        kinds: Positions = np.where(rows[number] == bases, number, np.where(uses[back] > 1, SHARED, ALONE))
        return kinds

    def _total(self, bases: Positions, exponents: Words) -> Words:
        """The row of a total of at most ``BLOCK`` terms."""
        if self._in_lanes:
            return self._total_in_lanes(bases, exponents)
        count = len(bases)
        size = window_size(count)
        windows = -(-252 // size)
        digits, forms = np.empty((windows, count), np.int16), np.empty(15 * count, np.uint64)
        rows = self._store.rows
        spread(lambda first, end: prepare(rows, bases, exponents, first, end, size, digits, forms), count, 1024)
        sums, result = np.empty(20 * windows, np.uint64), np.empty(ROW, np.uint64)
        spread(lambda first, end: sum_windows(forms, digits, first, end, size, sums), windows, 1)
        combine(sums, 1, windows, size, result)
        return result

    def _total_in_lanes(self, bases: Positions, exponents: Words) -> Words:
        """The same; terms with exponent 0 fill up the last eight."""
        more = -len(bases) % COUNT
        bases = np.append(bases, np.zeros(more, np.int64))
        exponents = np.append(exponents, np.zeros(4 * more, np.uint64))
        count = len(bases)
        words, forms, rows = np.empty(4 * count, np.uint64), np.empty(15 * count, np.uint64), self._store.rows
        spread(
            lambda first, end: lanes_totals.prepare(rows, bases, exponents, first, end, words, forms),
            count // COUNT,
            128,
        )
        parts = -(-count // lanes_totals.PART)
        bounds = [count * i // parts for i in range(parts + 1)]
        sums, result = np.empty(20 * WINDOWS * parts, np.uint64), np.empty(ROW, np.uint64)

        def work(first: int, end: int) -> None:
            for number in range(first, end):
                place, group = divmod(number, lanes_totals.GROUPS)
                begin, stop = bounds[place], bounds[place + 1]
                lanes_totals.sum_group(forms, words, begin, stop, group, sums, 20 * COUNT * number)

        spread(work, parts * lanes_totals.GROUPS, 1)
        combine(sums, parts, WINDOWS, WINDOW, result)
        return result

    def _with_long(self, requests: Sequence[Product]) -> list[Element]:
        """The products when some are long: these one by one, the others together."""
        short = iter(self.products([request for request in requests if len(request) <= FEW]))
        return [
            next(short)
            if len(request) <= FEW
            else self.total([base for base, _ in request], [exponent for _, exponent in request])
            for request in requests
        ]
