"""Arithmetic in lanes, held to Python's integers: above all at the bounds that the comments promise."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from selectorate.box.kernel import available

if not available():
    pytest.skip("Numba is not installed", allow_module_level=True)

from selectorate.box.kernel import lanes

if not lanes.usable():
    pytest.skip("this processor has no AVX-512 IFMA", allow_module_level=True)

import numpy as np

from selectorate.box.kernel.compiling import compiled
from selectorate.box.kernel.lanes.field import expand, freeze, invert, is_zero, power_p58, same, square_root
from selectorate.box.kernel.lanes.limbs import add, carry, choose_number, mul, plus, sqr, sub
from selectorate.box.kernel.lanes.memory import gather4, gather8, load, load_lanes, scatter8, store, store_lanes
from selectorate.box.kernel.lanes.products import MULTIPLES
from selectorate.box.kernel.lanes.terms import FREE_WINDOW, FREE_WINDOWS, SLOT, add_offset, digit
from selectorate.box.kernel.lanes.vectors import below, equal
from selectorate.box.kernel.scalars import Q
from selectorate.box.kernel.tables import ENTRIES, WINDOW, WINDOWS

P = 2**255 - 19
TIGHT, FACTOR, LOOSE = 2**51 + 2**11 - 1, 2**52 - 1, 2**57 - 1
COUNT = 8


@compiled
def calculate(given, results):
    """From factors a and b, loose c, tight d and e, and words w: the results of all operations, 40 words each."""
    a, b, c, d, e = load(given, 0), load(given, 40), load(given, 80), load(given, 120), load(given, 160)
    w = gather4(given, load_lanes(given, 232))
    store(results, 0, mul(a, b))
    store(results, 40, sqr(a))
    store(results, 80, carry(c))
    store(results, 120, add(d, e))
    store(results, 160, sub(d, e))
    store(results, 200, sub(d, plus(plus(e, e), e)))
    store(results, 240, expand(w[0], w[1], w[2], w[3]))
    first, second = invert(a, d)
    store(results, 280, first)
    store(results, 320, second)
    first, second = power_p58(a, d)
    store(results, 360, first)
    store(results, 400, second)
    good, root = square_root(d, second)
    store(results, 440, root)
    store(results, 480, choose_number(below(d[0], e[0]), d, e))
    words = freeze(d)
    for k in range(4):
        store_lanes(results, 520 + COUNT * k, words[k])
    store_lanes(results, 560, good)
    store_lanes(results, 568, is_zero(d))
    store_lanes(results, 576, same(d, e))
    store_lanes(results, 584, equal(d[0], e[0]))


def limbs(largest: int) -> st.SearchStrategy[list[int]]:
    edge = st.sampled_from([0, 1, 18, 19, 2**51 - 20, 2**51 - 19, 2**51 - 1, 2**51, largest - 1, largest])
    return st.lists(st.one_of(st.integers(0, largest), edge), min_size=5, max_size=5)


def of_number(number: int) -> list[int]:
    return [number >> 51 * i & 2**51 - 1 for i in range(5)]


def value(words) -> int:
    return sum(int(word) << 51 * i for i, word in enumerate(words))


P_LIMBS = [2**51 - 19, *[2**51 - 1] * 4]
ANY = [1, 2, 3, 4, 5]
lane = st.tuples(limbs(FACTOR), limbs(FACTOR), limbs(LOOSE), limbs(TIGHT), limbs(TIGHT), st.integers(0, 2**255 - 1))
EDGES = [
    ([FACTOR] * 5, [FACTOR] * 5, [LOOSE] * 5, [TIGHT] * 5, [TIGHT] * 5, 2**255 - 1),
    ([0] * 5, [0] * 5, [0] * 5, [0] * 5, [TIGHT] * 5, 0),
    ([FACTOR, 0, 0, 0, 0], [0, 0, 0, 0, FACTOR], [LOOSE, 0, 0, 0, 0], [TIGHT] * 5, [0] * 5, 1),
    (P_LIMBS, [2 * limb - 1 for limb in P_LIMBS], [0, 0, 0, 0, LOOSE], P_LIMBS, [0] * 5, P),
    (ANY, P_LIMBS, P_LIMBS, P_LIMBS, P_LIMBS, P - 1),
    ([P_LIMBS[0] + 1, *P_LIMBS[1:]], ANY, ANY, of_number(P - 1), of_number(0), P + 1),
    (of_number(P - 1), ANY, ANY, [P_LIMBS[0] + 1, *P_LIMBS[1:]], of_number(1), P + 18),
    (ANY, ANY, ANY, [2**51 - 1] * 5, [TIGHT, *[2**51 - 1] * 4], 2**254),
]


@given(st.lists(lane, min_size=COUNT, max_size=COUNT))
@example(EDGES)
@example(EDGES[::-1])
@settings(max_examples=60)
def test_every_operation_in_every_lane(problems: list[tuple[list[int], ...]]) -> None:
    given = np.zeros(240, np.uint64)
    for i, (a, b, c, d, e, w) in enumerate(problems):
        given[i:200:COUNT] = [*a, *b, *c, *d, *e]
        given[200 + 4 * i : 204 + 4 * i] = [w >> 64 * k & 2**64 - 1 for k in range(4)]
        given[232 + i] = 200 + 4 * i
    results = np.zeros(592, np.uint64)
    calculate(given, results)
    for i, (a, b, c, d, e, w) in enumerate(problems):
        numbers = [results[at + i : at + 40 : COUNT].tolist() for at in range(0, 520, 40)]
        for number in numbers:
            assert max(number) <= TIGHT
        va, vb, vc, vd, ve = map(value, (a, b, c, d, e))
        want = [va * vb, va * va, vc, vd + ve, vd - ve, vd - 3 * ve, w, pow(va, P - 2, P), pow(vd, P - 2, P)]
        want += [pow(va, (P - 5) // 8, P), pow(vd, (P - 5) // 8, P)]
        assert [value(number) % P for number in numbers[:11]] == [number % P for number in want]
        assert numbers[12] == (d if d[0] < e[0] else e)
        assert sum(int(word) << 64 * k for k, word in enumerate(results[520 + i : 552 : COUNT])) == vd % P
        flags = results[560 + i :: COUNT].tolist()
        is_square = pow(vd, (P - 1) // 2, P) in (0, 1)
        if is_square:
            assert (value(numbers[11]) ** 2 - vd) % P == 0
        assert flags == [
            2**64 - 1 if flag else 0 for flag in (is_square, vd % P == 0, (vd - ve) % P == 0, d[0] == e[0])
        ]


@compiled
def take_digits(slots, results, free):
    add_offset(slots, 0, free)
    windows, size = (FREE_WINDOWS, FREE_WINDOW) if free else (WINDOWS, WINDOW)
    for window in range(windows):
        value, negative = digit(slots, 0, size * window, size)
        store_lanes(results, 16 * window, value)
        store_lanes(results, 16 * window + COUNT, negative)


short = st.one_of(
    st.integers(0, Q // 2),
    st.integers(0, 3).map(lambda n: Q // 2 - n),
    st.integers(0, 251).map(lambda n: (1 << n) - 1),
    st.sampled_from([0, 1, 2**251, sum(16 << 5 * i for i in range(50)), sum(128 << 8 * i for i in range(31))]),
    st.sampled_from([sum(15 << 5 * i for i in range(50)), sum(127 << 8 * i for i in range(31))]),
)


@given(st.lists(st.tuples(short, st.booleans()), min_size=COUNT, max_size=COUNT), st.booleans())
def test_digits_add_up_to_the_exponent(terms: list[tuple[int, bool]], free: bool) -> None:
    slots, results = np.zeros(SLOT + COUNT, np.uint64), np.zeros(16 * 64, np.uint64)
    slots[SLOT:] = 2**64 - 1  # what lies behind does not matter
    for i, (exponent, negative) in enumerate(terms):
        slots[COUNT + i] = 2**64 - 1 if negative else 0
        for k in range(4):
            slots[COUNT * (2 + k) + i] = exponent >> 64 * k & 2**64 - 1
    take_digits(slots, results, free)
    windows, size, entries = (FREE_WINDOWS, FREE_WINDOW, MULTIPLES - 1) if free else (WINDOWS, WINDOW, ENTRIES)
    for i, (exponent, negative) in enumerate(terms):
        total = 0
        for window in range(windows):
            value, off = int(results[16 * window + i]), int(results[16 * window + COUNT + i])
            assert 0 <= value <= entries and off in (0, 2**64 - 1)
            total += (-value if off else value) << size * window
        assert total == (-exponent if negative else exponent)


@compiled
def turn(given, positions, results):
    at = load_lanes(positions, 0)
    words = gather8(given, at)
    for k in range(8):
        store_lanes(results, 8 * k, words[k])
    scatter8(results, load_lanes(positions, 8), words)


def test_rows_are_turned_and_turned_back() -> None:
    given, results = np.arange(1000, dtype=np.uint64), np.zeros(200, np.uint64)
    froms = [3, 900, 992, 0, 77, 78, 500, 8]
    places = [64 + 9 * i for i in (1, 0, 2, 3, 7, 5, 6, 4)]
    turn(given, np.array([*froms, *places], np.uint64), results)
    for i in range(8):
        row = list(range(froms[i], froms[i] + 8))
        assert results[i:64:8].tolist() == row
        assert results[places[i] : places[i] + 8].tolist() == row
