"""Whole calls of the kernel that works in lanes, held to the scalar kernel, to libsodium and to the oracle."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nacl import bindings
from tests import box_oracle as oracle

from selectorate.box.kernel import available

if not available():
    pytest.skip("Numba is not installed", allow_module_level=True)

from selectorate.box.kernel import KernelPool, lanes

if not lanes.usable():
    pytest.skip("this processor has no AVX-512 IFMA", allow_module_level=True)

from selectorate.box.kernel.lanes import products, reading, totals
from selectorate.box.public import Element

P, Q = oracle.P, oracle.Q


@pytest.fixture(scope="module")
def quick() -> KernelPool:
    return KernelPool(in_lanes=True)


@pytest.fixture(scope="module")
def scalar() -> KernelPool:
    return KernelPool(in_lanes=False)


def read(pool: KernelPool, texts: list[str]) -> list[str | None]:
    return [None if element is None else pool.texts([element])[0] for element in pool.read(texts)]


def special_numbers() -> list[int]:
    """Encodings that a forger would try: small order, mixed order, y of p or more, edges, with both signs."""
    points = [oracle.multiply(oracle.G, k) for k in (1, 2, 3, 12345, Q - 1)]
    numbers = [int(oracle.encode(oracle.add(point, small)), 16) for point in points for small in oracle.SMALL]
    numbers += [int(oracle.encode(small), 16) for small in oracle.SMALL]
    numbers += [*range(30), *range(P - 30, 2**255)]
    return [number ^ sign for number in numbers for sign in (0, 2**255)]


SPECIAL = special_numbers()


def test_what_a_forger_would_try(quick: KernelPool, scalar: KernelPool) -> None:
    texts = [f"{number:064x}" for number in SPECIAL]
    want = [(p := oracle.decode(text)) is not None and oracle.in_subgroup(p) for text in texts]
    got = read(quick, texts)
    assert got == read(scalar, texts)
    assert got == [text if right else None for text, right in zip(texts, want, strict=True)]
    assert 10 <= sum(want) < 30


@given(st.data())
@settings(max_examples=60)
def test_reading_is_the_same_in_lanes(quick: KernelPool, scalar: KernelPool, data: st.DataObject) -> None:
    count = data.draw(st.sampled_from([0, 1, 7, 8, 9, 15, 16, 17, 31, 33, 70]))
    number = st.sampled_from(SPECIAL) | st.integers(0, 2**256 - 1)
    texts = [f"{n:064x}" for n in data.draw(st.lists(number, min_size=count, max_size=count))]
    assert read(quick, texts) == read(scalar, texts)


def test_random_and_tainted_encodings_as_libsodium_sees_them(quick: KernelPool, scalar: KernelPool) -> None:
    chance = random.Random(11)
    good = [
        bindings.crypto_scalarmult_ed25519_base_noclamp(chance.randrange(1, Q).to_bytes(32, "little"))
        for _ in range(300)
    ]
    small = [bytes.fromhex(oracle.encode(point))[::-1] for point in oracle.SMALL]
    encoded = [bindings.crypto_core_ed25519_add(point, taint) for point in good for taint in small]
    encoded += [chance.randbytes(32) for _ in range(5003)]
    chance.shuffle(encoded)
    texts = [point[::-1].hex() for point in encoded]
    want = [bindings.crypto_core_ed25519_is_valid_point(point) for point in encoded]
    got = quick.read(texts)
    assert [element is not None for element in got] == want
    assert quick.texts([e for e in got if e is not None]) == [t for t, w in zip(texts, want, strict=True) if w]
    assert [element is not None for element in scalar.read(texts)] == want


# Bases by their logarithms: the first four get tables (the identity among them), the others do not.
LOGS = [1, 77, Q - 5, 0, 1, Q - 1, 12345, 2**251, 0, Q // 2]
exponents = st.one_of(
    st.integers(0, Q - 1),
    st.sampled_from([0, 1, 2, 15, 16, 17, Q // 2, Q // 2 + 1, Q - 2, Q - 1, 2**251, 2**252 - 1, 2**252]),
    st.integers(0, 252).map(lambda n: (1 << n) - 1),
)
requests = st.lists(st.tuples(st.integers(0, len(LOGS) - 1), exponents), max_size=5)


@pytest.fixture(scope="module")
def bases(quick: KernelPool, scalar: KernelPool) -> list[list[Element]]:
    """The elements with these logarithms in both pools."""
    both = [pool.products([[(pool.generator, log)] for log in LOGS]) for pool in (quick, scalar)]
    for pool, elements in zip((quick, scalar), both, strict=True):
        for element in elements[:4]:
            pool.keep(element)
    return both


@given(st.data())
@settings(max_examples=60)
def test_products_of_mixed_shapes_are_the_same_in_lanes(
    quick: KernelPool, scalar: KernelPool, bases: list[list[Element]], data: st.DataObject
) -> None:
    count = data.draw(st.sampled_from([0, 1, 2, 7, 8, 9, 16, 17, 40]))
    chosen = data.draw(st.lists(requests, min_size=count, max_size=count))
    answers = []
    for pool, elements in zip((quick, scalar), bases, strict=True):
        values = pool.products([[(elements[i], exponent) for i, exponent in product] for product in chosen])
        answers.append(pool.texts(values))
    assert answers[0] == answers[1]
    logs = [sum(LOGS[i] * exponent for i, exponent in product) % Q for product in chosen]
    want = scalar.products([[(scalar.generator, log)] for log in logs])
    assert answers[0] == scalar.texts(want)


@pytest.mark.parametrize("count", [120, 127, 128, 129, 257])
def test_products_at_the_ends_of_a_block(quick: KernelPool, scalar: KernelPool, count: int) -> None:
    chance = random.Random(count)
    chosen = [(chance.randrange(8), chance.randrange(Q), chance.randrange(Q)) for _ in range(count)]
    answers = []
    for pool in (quick, scalar):
        elements = pool.generators(0, 8)
        answers.append(pool.texts(pool.products([[(elements[i], a), (pool.generator, b)] for i, a, b in chosen])))
    assert answers[0] == answers[1]


@given(st.data())
@settings(max_examples=40)
def test_totals_are_the_same_in_lanes(
    quick: KernelPool, scalar: KernelPool, bases: list[list[Element]], data: st.DataObject
) -> None:
    count = data.draw(st.sampled_from([0, 1, 7, 12, 13, 16, 17, 49, 64, 65, 120]))
    terms = data.draw(st.lists(st.tuples(st.integers(0, len(LOGS) - 1), exponents), min_size=count, max_size=count))
    answers = [
        pool.texts([pool.total([elements[i] for i, _ in terms], [exponent for _, exponent in terms])])
        for pool, elements in zip((quick, scalar), bases, strict=True)
    ]
    log = sum(LOGS[i] * exponent for i, exponent in terms) % Q
    assert answers[0] == answers[1] == scalar.texts(scalar.products([[(scalar.generator, log)]]))


def test_a_total_in_several_parts(quick: KernelPool, monkeypatch: pytest.MonkeyPatch) -> None:
    elements = quick.generators(0, 300)
    chance = random.Random(12)
    exponents = [chance.randrange(Q) for _ in elements]
    whole = quick.total(elements, exponents)
    monkeypatch.setattr("selectorate.box.kernel.lanes.totals.PART", 64)
    assert quick.texts([quick.total(elements, exponents)]) == quick.texts([whole])
    monkeypatch.setattr("selectorate.box.kernel.pool.BLOCK", 100)
    assert quick.texts([quick.total(elements, exponents)]) == quick.texts([whole])


def test_each_function_is_compiled_for_one_kind_of_array(quick: KernelPool) -> None:
    for count in (13, 16, 17, 24):
        elements = quick.generators(0, count)
        quick.read(quick.texts(elements))
        quick.products([[(element, count), (quick.generator, 5)] for element in elements])
        quick.total(elements, range(count))
    for function in (reading.read_points, products.multiply_out, totals.prepare, totals.sum_group):
        assert len(function.signatures) == 1
