"""The three ways to the same answer: the compiled pool, libsodium, and plain integers; on values that Hypothesis
picks."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests import box_oracle as oracle

from selectorate.box.kernel import KernelPool, available, lanes
from selectorate.box.sodium import SodiumPool

pytestmark = pytest.mark.skipif(not available(), reason="Numba is not installed")

P, Q = oracle.P, oracle.Q

numbers = st.one_of(
    st.integers(0, 2**256 - 1),
    st.integers(0, 40).map(lambda n: P - 20 + n),
    st.integers(0, 40).map(lambda n: 2**255 + P - 20 + n),
    st.integers(0, 40),
)
exponents = st.one_of(
    st.integers(0, Q - 1),
    st.integers(0, 300),
    st.integers(1, 300).map(lambda n: Q - n),
    st.integers(0, 251).map(lambda n: 1 << n),
    st.integers(-3, 3).map(lambda n: Q // 2 + n),
)
logs = st.one_of(st.integers(0, Q - 1), st.sampled_from([0, 1, 2, Q - 1]))


@pytest.fixture(scope="module", params=["scalar", *(["lanes"] if available() and lanes.usable() else [])])
def kernel(request: pytest.FixtureRequest) -> KernelPool:
    return KernelPool(in_lanes=request.param == "lanes")


@pytest.fixture(scope="module")
def sodium() -> SodiumPool:
    return SodiumPool()


@given(st.lists(numbers, min_size=1, max_size=20))
def test_reading_any_number(kernel: KernelPool, sodium: SodiumPool, given: list[int]) -> None:
    texts = [f"{number:064x}" for number in given]
    read = [element is not None for element in kernel.read(texts)]
    assert read == [element is not None for element in sodium.read(texts)]
    point = oracle.decode(texts[0])
    assert read[0] == (point is not None and oracle.in_subgroup(point))


@given(st.integers(0, Q - 1), st.integers(0, 7))
@settings(max_examples=60)
def test_the_subgroup_is_what_q_takes_to_the_identity(kernel: KernelPool, log: int, small: int) -> None:
    point = oracle.add(oracle.multiply(oracle.G, log), oracle.SMALL[small])
    (element,) = kernel.read([oracle.encode(point)])
    assert (element is not None) == oracle.in_subgroup(point) == (small == 0)


@given(st.lists(st.tuples(logs, exponents), max_size=6), st.booleans())
def test_a_product_of_powers_is_the_power_of_a_sum(
    kernel: KernelPool, sodium: SodiumPool, terms: list[tuple[int, int]], together: bool
) -> None:
    answers = []
    for pool in (kernel, sodium):
        bases = pool.products([[(pool.generator, log)] for log, _ in terms])
        pairs = [(base, exponent) for base, (_, exponent) in zip(bases, terms, strict=True)]
        if together:
            value = pool.total([base for base, _ in pairs], [exponent for _, exponent in pairs])
        else:
            (value,) = pool.products([[*pairs, (pool.generator, 0)]])
        log = sum(log * exponent for log, exponent in terms) % Q
        (want,) = pool.products([[(pool.generator, log)]])
        assert pool.texts([value]) == pool.texts([want])
        assert pool.is_identity(value) == (log == 0)
        answers.append(pool.texts([*bases, value]))
    assert answers[0] == answers[1]


@given(st.lists(st.tuples(logs, exponents), min_size=49, max_size=90))
@settings(max_examples=30)
def test_a_long_total_is_the_power_of_a_sum(kernel: KernelPool, terms: list[tuple[int, int]]) -> None:
    bases = kernel.products([[(kernel.generator, log)] for log, _ in terms])
    total = kernel.total(bases, [exponent for _, exponent in terms])
    (want,) = kernel.products([[(kernel.generator, sum(a * b for a, b in terms) % Q)]])
    assert kernel.texts([total]) == kernel.texts([want])


@given(st.integers(-1, 10**9))
@settings(max_examples=40)
def test_a_generator_of_any_number(kernel: KernelPool, sodium: SodiumPool, number: int) -> None:
    want = [oracle.encode(oracle.generator(number))]
    assert kernel.texts(kernel.generators(number, 1)) == want
    assert sodium.texts(sodium.generators(number, 1)) == want
