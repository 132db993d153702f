"""The pool on libsodium, held to the oracle; and the places where libsodium by itself would be wrong."""

from __future__ import annotations

import random

import pytest
from nacl import bindings
from tests import box_oracle as oracle

from selectorate.box.sodium import SodiumPool
from selectorate.errors import SelectorateError

G = oracle.encode(oracle.G)
IDENTITY = "0" * 63 + "1"
EDGES = [0, 1, 2, oracle.Q - 1]


@pytest.fixture
def pool() -> SodiumPool:
    return SodiumPool()


def test_the_generator_and_the_identity(pool: SodiumPool) -> None:
    generator, identity = pool.read([G, IDENTITY])
    assert generator is not None and identity is not None
    assert pool.texts([pool.generator, generator, identity]) == [G, G, IDENTITY]
    assert pool.is_identity(identity) and not pool.is_identity(generator)
    assert pool.q == oracle.Q


def test_reading_as_the_oracle_does(pool: SodiumPool) -> None:
    small = [oracle.encode(point) for point in oracle.SMALL]
    tainted = [oracle.encode(oracle.add(oracle.G, point)) for point in oracle.SMALL]
    large = [f"{y + sign:064x}" for y in range(oracle.P - 3, 2**255) for sign in (0, 2**255)]
    zero = [f"{y + 2**255:064x}" for y in (1, oracle.P - 1)]
    other = ["", G[:-1], G + "0", G.upper().replace("6", "A"), " " + G[1:], G[:-1] + "\n", G[:-1] + "８"]
    random_texts = [f"{random.Random(seed).getrandbits(256):064x}" for seed in range(200)]
    texts = small + tainted + large + zero + other + random_texts
    want = [(point := oracle.decode(text)) is not None and oracle.in_subgroup(point) for text in texts]
    assert [element is not None for element in pool.read(texts)] == want


def test_products_and_totals(pool: SodiumPool) -> None:
    chance = random.Random(1)
    points = [oracle.generator(0), oracle.G, oracle.IDENTITY]
    elements = [element for element in pool.read([oracle.encode(point) for point in points]) if element is not None]
    requests, want = [[]], [IDENTITY]
    for _ in range(25):
        picked = [chance.randrange(3) for _ in range(chance.randrange(1, 4))]
        exponents = [chance.choice([*EDGES, chance.randrange(oracle.Q)]) for _ in picked]
        value = oracle.IDENTITY
        for i, e in zip(picked, exponents, strict=True):
            value = oracle.add(value, oracle.multiply(points[i], e))
        requests.append([(elements[i], e) for i, e in zip(picked, exponents, strict=True)])
        want.append(oracle.encode(value))
    assert pool.texts(pool.products(requests)) == want
    totals = [pool.total([base for base, _ in request], [e for _, e in request]) for request in requests]
    assert pool.texts(totals) == want


@pytest.mark.parametrize("exponent", [-1, oracle.Q, 2**256])
def test_an_exponent_outside_the_field_is_refused(pool: SodiumPool, exponent: int) -> None:
    with pytest.raises(ValueError, match=r"\[0, q\)"):
        pool.products([[(pool.generator, exponent)]])
    with pytest.raises(ValueError, match=r"\[0, q\)"):
        pool.total([pool.generator], [exponent])
    with pytest.raises(ValueError, match="1 elements and 0 exponents"):
        pool.total([pool.generator], [])


def test_the_generators_that_the_reference_tool_has(pool: SodiumPool) -> None:
    secondary, first = pool.texts(pool.generators(-1, 2))
    assert first == "c95c81b40c41366b2e62e68fec3c5fa4dbb93f0c3c242ac2fe7a07c0e0fd92fe"
    assert (secondary[:8], secondary[-8:]) == ("d6f7c1ea", "345f18c7")
    assert pool.texts(pool.generators(0, 20)) == [oracle.encode(oracle.generator(i)) for i in range(20)]


def test_names_packing_and_clearing(pool: SodiumPool) -> None:
    elements = pool.generators(0, 10)
    texts = pool.texts(elements)
    assert pool.texts(pool.unpack(pool.pack(elements))) == texts
    with pytest.raises(ValueError, match="whole number"):
        pool.unpack(bytes(31))
    pool.keep(elements[4])
    pool.clear()
    assert pool.texts([pool.generator, elements[4]]) == [G, texts[4]]
    assert not set(pool.generators(0, 3)) & set(elements)
    with pytest.raises(IndexError, match="not in this pool"):
        pool.texts([elements[3]])


def test_a_failure_of_the_library_is_told_as_one(pool: SodiumPool, monkeypatch: pytest.MonkeyPatch) -> None:
    def crypto_core_ed25519_add(a: bytes, b: bytes) -> bytes:
        raise RuntimeError("Unexpected library error")

    monkeypatch.setattr(bindings, "crypto_core_ed25519_add", crypto_core_ed25519_add)
    with pytest.raises(SelectorateError, match="libsodium refused crypto_core_ed25519_add"):
        pool.products([[(pool.generator, 2), (pool.generator, 3)]])


def test_a_libsodium_with_the_old_fault_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    tainted = oracle.add(oracle.G, oracle.SMALL[4])
    assert oracle.encode(tainted) == "9" * 63 + "5"
    monkeypatch.setattr(bindings, "crypto_core_ed25519_is_valid_point", lambda point: True)
    with pytest.raises(SelectorateError, match="CVE"):
        SodiumPool()
