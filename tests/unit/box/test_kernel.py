"""The compiled pool, held to the oracle on what a box contains and on every edge that a forger would try."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from pathlib import Path

import pytest
from nacl import bindings
from tests import box_oracle as oracle

from selectorate.box.kernel import KernelPool, available, lanes

pytestmark = pytest.mark.skipif(not available(), reason="Numba is not installed")

WAYS = ["scalar", *(["lanes"] if available() and lanes.usable() else [])]
G = oracle.encode(oracle.G)
IDENTITY = "0" * 63 + "1"


@pytest.fixture(params=WAYS)
def pool(request: pytest.FixtureRequest) -> KernelPool:
    return KernelPool(in_lanes=request.param == "lanes")


def some_texts(count: int, seed: int) -> list[str]:
    """Texts of elements with known logarithms, quickly: libsodium makes them."""
    chance = random.Random(seed)
    scalars = [chance.randrange(1, oracle.Q).to_bytes(32, "little") for _ in range(count)]
    return [bindings.crypto_scalarmult_ed25519_base_noclamp(scalar)[::-1].hex() for scalar in scalars]


# --- reading ----------------------------------------------------------------------------------------------


def test_the_generator_is_an_element_of_every_pool(pool: KernelPool) -> None:
    assert pool.texts([pool.generator]) == [G] == ["6" * 62 + "58"]
    assert pool.q == oracle.Q


def test_constants_of_the_subgroup_test() -> None:
    def is_square(number: int) -> bool:
        return pow(number, (oracle.P - 1) // 2, oracle.P) == 1

    a = 486662
    assert not is_square(a * a - 4)
    assert not is_square(2 - a)
    assert not is_square(oracle.D)


def test_of_the_small_points_only_the_identity_is_an_element(pool: KernelPool) -> None:
    texts = [oracle.encode(small) for small in oracle.SMALL]
    assert len(set(texts)) == 8
    assert [element is not None for element in pool.read(texts)] == [True] + [False] * 7
    assert pool.is_identity(pool.read([IDENTITY])[0])
    assert not pool.is_identity(pool.generator)


def test_an_element_plus_a_small_point_is_none(pool: KernelPool) -> None:
    for text in some_texts(40, seed=1):
        point = oracle.decode(text)
        assert point is not None
        tainted = [oracle.encode(oracle.add(point, small)) for small in oracle.SMALL]
        assert [element is not None for element in pool.read(tainted)] == [True] + [False] * 7


def test_many_tainted_points_as_libsodium_sees_them(pool: KernelPool) -> None:
    small = [bytes.fromhex(oracle.encode(point))[::-1] for point in oracle.SMALL]
    encoded = [bytes.fromhex(text)[::-1] for text in some_texts(500, seed=2)]
    mixed = [bindings.crypto_core_ed25519_add(point, taint) for point in encoded for taint in small]
    want = [bindings.crypto_core_ed25519_is_valid_point(point) for point in mixed]
    assert [element is not None for element in pool.read([point[::-1].hex() for point in mixed])] == want
    assert sum(want) == 500


def test_random_numbers_as_libsodium_sees_them(pool: KernelPool) -> None:
    encoded = [random.Random(seed).randbytes(32) for seed in range(20_000)]
    want = [bindings.crypto_core_ed25519_is_valid_point(number) for number in encoded]
    assert [element is not None for element in pool.read([number[::-1].hex() for number in encoded])] == want
    assert 1000 < sum(want) < 1500  # one in sixteen


def test_a_number_that_is_not_below_p_is_no_y(pool: KernelPool) -> None:
    large = [y + sign for y in range(oracle.P, 2**255) for sign in (0, 2**255)]
    assert len(large) == 38
    assert pool.read([f"{number:064x}" for number in large]) == [None] * 38
    near = [f"{y:064x}" for y in range(oracle.P - 200, oracle.P)]
    want = [(point := oracle.decode(text)) is not None and oracle.in_subgroup(point) for text in near]
    assert [element is not None for element in pool.read(near)] == want


@pytest.mark.parametrize("y", [1, oracle.P - 1])
def test_zero_has_no_odd_form(pool: KernelPool, y: int) -> None:
    assert pool.read([f"{y + 2**255:064x}"]) == [None]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "6" * 63,
        G + "6",
        G[:-1],
        G.replace("5", "A"),
        G.upper().replace("6", "F"),
        " " + G[1:],
        G[:-1] + "\n",
        G[:-2] + "８" + G[-1],
        "0x" + G[2:],
        "é" * 64,
    ],
)
def test_a_text_of_another_form_is_none_and_leaves_its_neighbours_alone(pool: KernelPool, text: str) -> None:
    first, bad, last = pool.read([G, text, IDENTITY])
    assert bad is None
    assert first is not None and last is not None
    assert pool.texts([first, last]) == [G, IDENTITY]


def test_lengths_that_only_add_up_are_refused(pool: KernelPool) -> None:
    assert pool.read([G[:-1], G + G[-1]]) == [None, None]


def test_texts_are_what_was_read(pool: KernelPool) -> None:
    texts = some_texts(300, seed=3)
    elements = pool.read(texts)
    assert None not in elements
    assert pool.texts([e for e in elements if e is not None]) == texts
    assert pool.read([]) == [] and pool.texts([]) == []


# --- products ---------------------------------------------------------------------------------------------

EDGES = [
    0,
    1,
    2,
    15,
    16,
    17,
    31,
    128,
    129,
    255,
    256,
    (oracle.Q - 1) // 2,
    (oracle.Q + 1) // 2,
    oracle.Q - 2,
    oracle.Q - 1,
]


@pytest.mark.parametrize("exponent", [*EDGES, 2**251, 2**252 - 1, 2**252, sum(0x80 << 8 * i for i in range(31))])
def test_a_power_at_the_edges(pool: KernelPool, exponent: int) -> None:
    (free,) = pool.generators(0, 1)
    (kept,) = pool.generators(1, 1)
    pool.keep(kept)
    want = [oracle.multiply(oracle.generator(0), exponent), oracle.multiply(oracle.generator(1), exponent)]
    powers = pool.products([[(free, exponent)], [(kept, exponent)]])
    assert pool.texts(powers) == [oracle.encode(point) for point in want]


def test_products_of_all_shapes(pool: KernelPool) -> None:
    chance = random.Random(4)
    points = [oracle.generator(i) for i in range(4)] + [oracle.IDENTITY, oracle.G]
    texts = [oracle.encode(point) for point in points]
    elements = [element for element in pool.read(texts) if element is not None]
    pool.keep(elements[0])
    requests, want = [[]], [IDENTITY]
    for _ in range(60):
        picked = [chance.randrange(6) for _ in range(chance.randrange(1, 6))]
        exponents = [chance.choice([chance.choice(EDGES), chance.randrange(oracle.Q), 1]) for _ in picked]
        requests.append([(elements[i], e) for i, e in zip(picked, exponents, strict=True)])
        value = oracle.IDENTITY
        for i, e in zip(picked, exponents, strict=True):
            value = oracle.add(value, oracle.multiply(points[i], e))
        want.append(oracle.encode(value))
    assert pool.texts(pool.products(requests)) == want
    assert pool.products([]) == []


def test_an_element_and_its_inverse_vanish(pool: KernelPool) -> None:
    (point,) = pool.generators(7, 1)
    for request in ([(point, 1), (point, pool.q - 1)], [(point, 5), (point, pool.q - 5)], [(pool.generator, 0)]):
        (value,) = pool.products([request])
        assert pool.is_identity(value)


@pytest.mark.slow
def test_a_product_of_very_many_powers(pool: KernelPool) -> None:
    elements = pool.generators(0, 100)
    exponents = list(range(100))
    several = pool.products([list(zip(elements, exponents, strict=True)), [(elements[0], 3)], []])
    assert pool.texts(several[:1]) == pool.texts([pool.total(elements, exponents)])
    assert pool.texts(several[1:]) == [oracle.encode(oracle.multiply(oracle.generator(0), 3)), IDENTITY]


@pytest.mark.parametrize("exponent", [-1, oracle.Q, 2**253, 2**255, 2**256 - 1, 2**256, -(2**300)])
def test_an_exponent_outside_the_field_is_refused(pool: KernelPool, exponent: int) -> None:
    with pytest.raises(ValueError, match=r"\[0, q\)"):
        pool.products([[(pool.generator, 1)], [(pool.generator, exponent)]])
    with pytest.raises(ValueError, match=r"\[0, q\)"):
        pool.total([pool.generator] * 60, [1] * 59 + [exponent])


# --- totals -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [0, 1, 2, 48, 49, 200, 3000])
def test_a_total_is_the_sum_of_its_logarithms(pool: KernelPool, count: int) -> None:
    chance = random.Random(count)
    logs = [chance.randrange(pool.q) for _ in range(count)]
    exponents = [chance.choice([chance.randrange(pool.q), chance.choice(EDGES)]) for _ in range(count)]
    elements = pool.products([[(pool.generator, log)] for log in logs])
    total = pool.total(elements, exponents)
    log = sum(a * b for a, b in zip(logs, exponents, strict=True)) % pool.q
    assert pool.texts([total]) == pool.texts(pool.products([[(pool.generator, log)]]))


def test_a_total_of_repeated_and_opposite_elements(pool: KernelPool) -> None:
    (point,) = pool.generators(3, 1)
    (opposite,) = pool.products([[(point, pool.q - 1)]])
    (identity,) = pool.read([IDENTITY])
    assert identity is not None
    exponents = [random.Random(5).randrange(pool.q)] * 200
    assert pool.is_identity(pool.total([point, opposite] * 100, exponents))
    assert pool.is_identity(pool.total([identity] * 200, exponents))
    assert pool.is_identity(pool.total([point] * 200, [0] * 200))
    assert pool.texts([pool.total([point] * 200, exponents)]) == pool.texts(
        pool.products([[(point, 200 * exponents[0] % pool.q)]])
    )


def test_a_total_in_several_blocks(pool: KernelPool, monkeypatch: pytest.MonkeyPatch) -> None:
    elements = pool.generators(0, 250)
    exponents = [random.Random(6).randrange(pool.q) for _ in elements]
    whole = pool.total(elements, exponents)
    monkeypatch.setattr("selectorate.box.kernel.pool.BLOCK", 100)
    assert pool.texts([pool.total(elements, exponents)]) == pool.texts([whole])


def test_every_size_of_window_gives_the_same(pool: KernelPool, monkeypatch: pytest.MonkeyPatch) -> None:
    elements = pool.generators(0, 60)
    chance = random.Random(7)
    exponents = [*EDGES, *(chance.randrange(pool.q) for _ in range(60 - len(EDGES)))]
    totals = []
    for size in range(2, 16):
        monkeypatch.setattr("selectorate.box.kernel.pool.window_size", lambda count, size=size: size)
        totals.append(pool.total(elements, exponents))
    (want,) = {*pool.texts(totals)}
    separate = pool.products([[pair] for pair in zip(elements, exponents, strict=True)])
    assert pool.texts([pool.total(separate, [1] * 60)]) == [want]


def test_a_total_needs_an_exponent_for_each(pool: KernelPool) -> None:
    with pytest.raises(ValueError, match="1 elements and 2 exponents"):
        pool.total([pool.generator], [1, 2])


# --- generators, names, threads, the cache ----------------------------------------------------------------


def test_the_generators_that_the_reference_tool_has(pool: KernelPool) -> None:
    secondary, first = pool.texts(pool.generators(-1, 2))
    assert first == "c95c81b40c41366b2e62e68fec3c5fa4dbb93f0c3c242ac2fe7a07c0e0fd92fe"
    assert (secondary[:8], secondary[-8:]) == ("d6f7c1ea", "345f18c7")
    assert pool.texts(pool.generators(0, 20)) == [oracle.encode(oracle.generator(i)) for i in range(20)]
    assert pool.generators(5, 0) == []


def test_elements_put_aside_are_the_same_in_another_pool(pool: KernelPool) -> None:
    elements = pool.generators(0, 10)
    packed = pool.pack(elements)
    other = KernelPool()
    assert len(packed) == 640
    assert other.texts(other.unpack(packed)) == pool.texts(elements)
    assert other.unpack(b"") == []
    with pytest.raises(ValueError, match="whole number"):
        other.unpack(packed[:-1])


def test_what_is_kept_outlives_a_clearing_under_its_name(pool: KernelPool) -> None:
    elements = pool.generators(0, 100)
    texts = pool.texts(elements)
    kept = elements[40:43]
    for element in kept:
        pool.keep(element)
    powers = pool.texts(pool.products([[(element, 12345)] for element in kept]))
    for _ in range(3):
        pool.clear()
        new = pool.generators(0, 30)
        assert pool.texts([kept[2], pool.generator, kept[0]]) == [texts[42], G, texts[40]]
        assert pool.texts(new) == texts[:30]
        assert pool.texts(pool.products([[(element, 12345)] for element in kept])) == powers
        assert not set(new) & set(elements)
        for gone in (elements[0], elements[99], elements[43]):
            with pytest.raises(IndexError, match="not in this pool"):
                pool.texts([pool.generator, gone])


@pytest.mark.parametrize("name", [-1, 1, 10**9])
def test_a_name_of_no_element_is_refused(pool: KernelPool, name: int) -> None:
    for use in (
        lambda: pool.texts([name]),
        lambda: pool.pack([name]),
        lambda: pool.keep(name),
        lambda: pool.products([[(name, 1)]]),
        lambda: pool.total([name] * 60, [1] * 60),
        lambda: pool.is_identity(name),
    ):
        with pytest.raises(IndexError, match="not in this pool"):
            use()


def test_the_identity_is_known_wherever_it_comes_from(pool: KernelPool) -> None:
    (first,) = pool.read([IDENTITY])
    computed = pool.products([[(pool.generator, 0)], [(pool.generator, 1)], []])
    assert first is not None
    pool.keep(first)
    pool.clear()
    assert pool.is_identity(first) and not pool.is_identity(pool.generator)
    with pytest.raises(IndexError):
        pool.is_identity(computed[0])
    elements = pool.unpack(pool.pack([pool.generator, first]))
    assert [pool.is_identity(element) for element in elements] == [False, True]
    assert pool.is_identity(pool.products([[(first, 12345), (elements[1], 1)]])[0])


def test_without_numba_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "numba", None)
    assert not available()


def test_shared_bases_in_every_order(pool: KernelPool) -> None:
    """Neighbours in the pool, bases whose slots are the same (32 apart), and both in one product."""
    chance = random.Random(8)
    elements = pool.generators(0, 70)
    pairs = [(i, j) for i in (0, 1, 31, 32, 33, 64) for j in (0, 1, 32, 64, 65)]
    chance.shuffle(pairs)
    requests = [[(elements[i], chance.randrange(pool.q)), (elements[j], chance.choice(EDGES))] for i, j in pairs]
    together = pool.texts(pool.products(requests))
    alone = [pool.texts(pool.products([[term] for term in request])) for request in requests]
    sums = [pool.products([[(e, 1) for e in pool.read(texts) if e is not None]])[0] for texts in alone]
    assert pool.texts(sums) == together


def test_more_kept_elements_than_tables(pool: KernelPool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("selectorate.box.kernel.pool.MOST_TABLES", 2)
    elements = pool.generators(0, 3)
    want = pool.texts(pool.products([[(element, 99), (pool.generator, 5)] for element in elements]))
    for element in elements * 2:
        pool.keep(element)
    assert pool.texts(pool.products([[(element, 99), (pool.generator, 5)] for element in elements])) == want
    pool.clear()
    assert pool.texts(pool.products([[(element, 99), (pool.generator, 5)] for element in elements])) == want


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
def test_a_forked_process_has_threads_of_its_own() -> None:
    code = (
        "import os\n"
        "from selectorate.box.kernel import KernelPool\n"
        "pool = KernelPool(); pool.generators(0, 2000)\n"
        "child = os.fork()\n"
        "if child == 0:\n"
        "    pool.generators(0, 2000); os._exit(7)\n"
        "print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))\n"
    )
    done = subprocess.run([sys.executable, "-W", "ignore", "-c", code], capture_output=True, text=True, timeout=120)
    assert done.stdout.strip() == "7", done.stderr


def test_lanes_are_for_the_processor_that_numba_compiles_for() -> None:
    code = "from selectorate.box.kernel import lanes; print(lanes.usable())"
    for variable, value in (("NUMBA_ENABLE_AVX", "0"), ("NUMBA_CPU_FEATURES", "+sse2")):
        done = subprocess.run(
            [sys.executable, "-c", code],
            capture_output=True,
            text=True,
            timeout=60,
            env={**os.environ, variable: value},
        )
        assert done.stdout.strip() == "False", done.stderr


def test_compiled_code_is_kept_apart_for_other_sources(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import numba

    from selectorate.box.kernel import compiling

    monkeypatch.setattr(numba.config, "CACHE_DIR", str(tmp_path))
    assert compiling._folder() == tmp_path / f"kernel-{compiling._digest()}"
    blocked = tmp_path / "file"
    blocked.touch()
    monkeypatch.setattr(numba.config, "CACHE_DIR", str(blocked))
    assert compiling._folder() is None

    monkeypatch.setattr(compiling, "FOLDER", None)
    assert compiling.compiled(lambda number: number + 1)(41) == 42
