"""Shuffles: a permutation, encrypted anew, with a proof of which every part matters."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

import pytest

from selectorate.box import canonical
from selectorate.box.ed25519 import ED25519
from selectorate.box.finite import RFC_3526_2048
from selectorate.box.groups import Group, random_scalar
from selectorate.box.pools import new_pool
from selectorate.box.public import Pool
from selectorate.box.v1 import packed
from selectorate.box.v1.packed import Ciphertexts, put_read
from selectorate.box.v1.shuffles import (
    check_shuffle_proof,
    gen_permutation,
    gen_shuffle,
    gen_shuffle_proof,
    read_shuffle,
    shuffle_text,
)
from selectorate.errors import ProtocolError

GROUPS = pytest.mark.parametrize("group", [ED25519, RFC_3526_2048], ids=lambda group: group.name)
PHI = "f" * 43
PRIVATE = 987654321
Pairs = list[tuple[str, str]]


def encrypted(group: Group, count: int) -> Pairs:
    y = group.power_g(PRIVATE)
    pairs = []
    for number in range(count):
        r = random_scalar(group)
        pairs.append((group.power_g(r), group.multiply(group.power(y, r), group.encode((number, 7)))))
    return pairs


def decrypted(group: Group, pairs: Pairs) -> list[list[int]]:
    return [group.decode(group.multiply(beta, group.invert(group.power(alpha, PRIVATE))), 2) for alpha, beta in pairs]


def put(pool: Pool, pairs: Pairs) -> Ciphertexts:
    found = Ciphertexts.none(pool)
    for into, side in zip(found.both(), (0, 1), strict=True):
        put_read(pool, into, [pair[side] for pair in pairs], what="a text", check="test")
    return found


def made(group: Group, pairs: Pairs, phi: str = PHI) -> dict[str, Any]:
    pool = new_pool(group, "libsodium")
    raw = shuffle_text(group, pool, [pairs], pk=group.power_g(PRIVATE), phi=phi)
    value: dict[str, Any] = canonical.loads(raw, what="a shuffle")
    return value


def holds(group: Group, pairs: Pairs, shuffle: dict[str, Any], phi: str = PHI, pk: str = "") -> bool:
    """Whether it is accepted. Raises ProtocolError if it is not even a shuffle of so many."""
    pool = new_pool(group, "libsodium")
    read = read_shuffle([canonical.dumps(shuffle).encode()], pool, group, [len(pairs)])
    key = pk or group.power_g(PRIVATE)
    return check_shuffle_proof(pool, read.proofs[0], put(pool, pairs), read.ciphertexts[0], pk=key, phi=phi)


@GROUPS
@pytest.mark.parametrize("count", [0, 1, 2, 7])
def test_a_shuffle_holds_what_went_in(group: Group, count: int) -> None:
    pairs = encrypted(group, count)
    shuffle = made(group, pairs)
    assert holds(group, pairs, shuffle)
    out = [(c["alpha"], c["beta"]) for c in shuffle["ciphertexts"][0]]
    assert sorted(decrypted(group, out)) == decrypted(group, pairs) == [[number, 7] for number in range(count)]
    assert not {text for pair in pairs for text in pair} & {text for pair in out for text in pair}


def test_a_permutation_is_one_and_every_one_occurs() -> None:
    assert gen_permutation(0) == []
    found = {tuple(gen_permutation(3)) for _ in range(300)}
    assert len(found) == 6  # one is missing with a chance of 6 × (5/6)^300, about 10^-23
    assert sorted(gen_permutation(1000)) == list(range(1000))


def test_chunks_make_no_difference(monkeypatch: pytest.MonkeyPatch) -> None:
    """A box of half a million is looked at in parts; here parts are of three."""
    for module in ("packed", "shuffles"):
        monkeypatch.setattr(f"selectorate.box.v1.{module}.CHUNK", 3)
    monkeypatch.setattr(packed.chunked, "__defaults__", (3,))
    for count in (2, 3, 4, 6, 7):
        pairs = encrypted(ED25519, count)
        assert holds(ED25519, pairs, made(ED25519, pairs))


def test_a_proof_is_of_one_election_one_key_and_one_list() -> None:
    pairs = encrypted(ED25519, 3)
    shuffle = made(ED25519, pairs)
    assert not holds(ED25519, pairs, shuffle, phi="g" * 43)
    assert not holds(ED25519, pairs, shuffle, pk=ED25519.generator)
    assert not holds(ED25519, pairs[::-1], shuffle)
    assert not holds(ED25519, encrypted(ED25519, 3), shuffle)


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every text in a value."""
    if isinstance(value, str):
        yield path
        return
    for name, inner in value.items() if isinstance(value, dict) else enumerate(value):
        yield from places(inner, (*path, name))


def changed(value: Any, path: tuple[Any, ...], new: Any) -> Any:
    twin = copy.deepcopy(value)
    at = twin
    for step in path[:-1]:
        at = at[step]
    at[path[-1]] = new
    return twin


def at_path(value: Any, path: tuple[Any, ...]) -> Any:
    for step in path:
        value = value[step]
    return value


@GROUPS
def test_every_twin_of_a_shuffle_is_refused(group: Group) -> None:
    """Each element and each number of a shuffle of three replaced by another that is as good to look at."""
    kinds = 3 if group is ED25519 else 1  # of others; the larger group is slow
    pairs = encrypted(group, 3)
    shuffle = made(group, pairs)
    tried = 0
    for path in places(shuffle):
        text = at_path(shuffle, path)
        is_number = path[0] == "proofs" and path[2] == 1
        if is_number:
            others = [str((int(text) + 1) % group.q), "0" if text != "0" else "1"]
        else:
            others = [group.multiply(text, group.generator), group.invert(text), group.identity]
        for other in others[:kinds]:
            assert not holds(group, pairs, changed(shuffle, path, other)), path
            tried += 1
    assert tried == kinds * (6 + 5 + 3 + 3 + 3) + min(kinds, 2) * (4 + 3 + 3)


def test_two_of_a_list_exchanged_are_refused() -> None:
    pairs = encrypted(ED25519, 3)
    shuffle = made(ED25519, pairs)
    proof = shuffle["proofs"][0]
    lists = [("ciphertexts", 0), *(("proofs", 0, *place) for place in ((0, 4), (1, 4), (1, 5), (2,), (3,)))]
    assert all(len(at_path(shuffle, path)) == 3 for path in lists) and len(proof) == 4
    for path in lists:
        a, b, c = at_path(shuffle, path)
        for other in ([b, a, c], [a, c, b], [a, a, c]):
            assert not holds(ED25519, pairs, changed(shuffle, path, other)), path


def test_another_shape_is_refused() -> None:
    pairs = encrypted(ED25519, 2)
    shuffle = made(ED25519, pairs)

    def refused(value: Any, check: str = "shuffle.shape") -> None:
        with pytest.raises(ProtocolError) as caught:
            holds(ED25519, pairs, value)
        assert caught.value.check == check, value

    lists = [(), *(("proofs", 0, *place) for place in ((), (0,), (0, 3), (0, 4), (1,), (1, 4), (1, 5), (2,), (3,)))]
    lists += [("ciphertexts",), ("ciphertexts", 0), ("proofs",)]
    for path in lists:
        found = at_path(shuffle, path)
        if isinstance(found, dict):
            refused(found | {"more": []})
            refused({name: found[name] for name in reversed(found)})
            continue
        for other in (found[:-1], [*found, found[-1]], {}, None, "x"):
            refused(changed(shuffle, path, other))
    for path in places(shuffle):
        is_number = path[0] == "proofs" and path[2] == 1
        for other in (None, 1, "", "x", [], str(ED25519.q) if is_number else "f" * 63):
            refused(changed(shuffle, path, other))
        if not is_number:
            refused(changed(shuffle, path, "f" * 64), "shuffle.points")


@pytest.mark.parametrize("cut", [0, 1, 100, -1])
def test_what_is_cut_off_is_refused(cut: int) -> None:
    raw = canonical.dumps(made(ED25519, encrypted(ED25519, 1))).encode()
    for pieces in ([raw[:cut]], [raw, b"\n"], [raw, b"{}"], [b" ", raw]):
        with pytest.raises(ProtocolError) as caught:
            read_shuffle(pieces, new_pool(ED25519, "libsodium"), ED25519, [1])
        assert caught.value.check == "shuffle.shape"


def test_pieces_may_end_anywhere() -> None:
    pairs = encrypted(ED25519, 2)
    raw = canonical.dumps(made(ED25519, pairs)).encode()
    pool = new_pool(ED25519, "libsodium")
    pieces = [raw[at : at + 5] for at in range(0, len(raw), 5)]
    read = read_shuffle(pieces, pool, ED25519, [2])
    args = (pool, read.proofs[0], put(pool, pairs), read.ciphertexts[0])
    assert check_shuffle_proof(*args, pk=ED25519.power_g(PRIVATE), phi=PHI)


def test_secrets_of_a_shuffle_are_not_shown() -> None:
    pairs = encrypted(ED25519, 2)
    shuffled = gen_shuffle(ED25519, pairs, ED25519.power_g(PRIVATE))
    assert repr(shuffled) == "<shuffle of 2>"
    pool = new_pool(ED25519, "libsodium")
    proof = gen_shuffle_proof(ED25519, pool, pairs, shuffled, ED25519.power_g(PRIVATE), PHI)
    assert not {str(r) for r in shuffled.r_prime} & set(canonical.dumps(proof).split('"'))
