"""Numbers modulo 2^255 - 19 in limbs, held to Python's integers: above all at the bounds that the comments promise."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from selectorate.box.kernel import available

if not available():
    pytest.skip("Numba is not installed", allow_module_level=True)

import numpy as np

from selectorate.box.kernel.compiling import compiled
from selectorate.box.kernel.field import expand, freeze, invert, is_one, is_zero, power_p58, same, square_root
from selectorate.box.kernel.limbs import add, carry, mul, sqr, sub
from selectorate.box.kernel.memory import load, load_words, store, store_words
from selectorate.box.kernel.scalars import Q, shorter

P = 2**255 - 19
TIGHT, LOOSE = 2**51 + 2**15 - 1, 2**54 - 1


@compiled
def calculate(given, results):
    """From loose a and b, tight c and d, and words w: the results of all operations, five words each."""
    a, b, c, d = load(given, 0), load(given, 5), load(given, 10), load(given, 15)
    w0, w1, w2, w3 = load_words(given, 20)
    store(results, 0, mul(a, b))
    store(results, 5, sqr(a))
    store(results, 10, carry(a))
    store(results, 15, add(c, d))
    store(results, 20, sub(c, d))
    store(results, 25, expand(w0, w1, w2, w3))
    store(results, 30, invert(a))
    store(results, 35, power_p58(a))
    good, root = square_root(a)
    store(results, 40, root)
    store_words(results, 45, freeze(a))
    results[50] = good
    results[51] = is_zero(a)
    results[52] = is_one(a)
    results[53] = same(c, d)


def limbs(largest: int) -> st.SearchStrategy[list[int]]:
    edge = st.sampled_from([0, 1, 18, 19, 2**51 - 20, 2**51 - 19, 2**51 - 1, 2**51, largest - 1, largest])
    return st.lists(st.one_of(st.integers(0, largest), edge), min_size=5, max_size=5)


def of_number(number: int) -> list[int]:
    return [number >> 51 * i & 2**51 - 1 for i in range(5)]


def value(words) -> int:
    return sum(int(word) << 51 * i for i, word in enumerate(words))


P_LIMBS = [2**51 - 19, *[2**51 - 1] * 4]
ANY = [1, 2, 3, 4, 5]


@given(limbs(LOOSE), limbs(LOOSE), limbs(TIGHT), limbs(TIGHT), st.integers(0, 2**255 - 1))
@example([LOOSE] * 5, [LOOSE] * 5, [TIGHT] * 5, [TIGHT] * 5, 2**255 - 1)
@example([0] * 5, [0] * 5, [0] * 5, [TIGHT] * 5, 0)
@example([LOOSE, 0, 0, 0, 0], [0, 0, 0, 0, LOOSE], ANY, ANY, 1)
@example(P_LIMBS, [2 * limb for limb in P_LIMBS], P_LIMBS, [0] * 5, P)
@example([4 * limb for limb in P_LIMBS], ANY, P_LIMBS, P_LIMBS, P - 1)
@example([P_LIMBS[0] + 1, *P_LIMBS[1:]], ANY, of_number(P - 1), of_number(0), P + 1)
@example(of_number(P - 1), ANY, of_number(0), P_LIMBS, P + 18)
def test_every_operation(a: list[int], b: list[int], c: list[int], d: list[int], w: int) -> None:
    given = np.array([*a, *b, *c, *d, *(w >> 64 * i & 2**64 - 1 for i in range(4))], np.uint64)
    results = np.zeros(54, np.uint64)
    calculate(given, results)
    product, square, carried, total, difference, expanded, inverse, power, root = (
        results[5 * i : 5 * i + 5] for i in range(9)
    )
    va, vb, vc, vd = value(a), value(b), value(c), value(d)
    assert value(product) % P == va * vb % P
    assert value(square) % P == va * va % P
    assert value(carried) % P == va % P
    assert value(total) == vc + vd
    assert value(difference) % P == (vc - vd) % P
    assert value(expanded) == w
    assert value(inverse) % P == pow(va, P - 2, P)
    assert value(power) % P == pow(va, (P - 5) // 8, P)
    for tight in (product, square, carried, expanded, inverse, power, root):
        assert max(tight.tolist()) <= TIGHT
    assert max(difference.tolist()) <= max(c) + 2**52
    assert max(difference.tolist()) <= LOOSE  # so nothing wrapped below zero
    assert sum(int(word) << 64 * i for i, word in enumerate(results[45:49])) == va % P
    is_square = pow(va, (P - 1) // 2, P) in (0, 1)
    assert bool(results[50]) == is_square
    if is_square:
        assert (value(root) ** 2 - va) % P == 0
    assert [bool(flag) for flag in results[51:54]] == [va % P == 0, va % P == 1, (vc - vd) % P == 0]


@compiled
def shorten(given, results):
    negative, words = shorter(load_words(given, 0))
    store_words(results, 0, words)
    results[4] = negative


near_q = st.integers(0, 3).map(lambda n: Q - 1 - n) | st.integers(-3, 3).map(lambda n: Q // 2 + n)
words_of_q = st.sampled_from([(Q >> 64 * i << 64 * i) % Q for i in range(4)] + [2**64, 2**128, 2**192, 2**252 - 1])


@given(st.integers(0, Q - 1) | near_q | words_of_q)
def test_an_exponent_or_its_opposite_is_short(exponent: int) -> None:
    given, results = np.array([exponent >> 64 * i & 2**64 - 1 for i in range(4)], np.uint64), np.zeros(5, np.uint64)
    shorten(given, results)
    short = sum(int(word) << 64 * i for i, word in enumerate(results[:4]))
    assert short <= (Q - 1) // 2 < 2**251 + 2**124
    assert exponent == (Q - short if results[4] else short)
