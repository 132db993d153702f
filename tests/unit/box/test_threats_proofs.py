"""THREATS A3, A4, A12 and A13: what each proof is about is hashed, and nobody chooses the generators of a shuffle.

A table for each type of proof: what is hashed, part by part. A prover who hashes anything else makes a proof whose
equations hold and whose challenge is another; it is refused, whichever part was changed, left out, or moved.
"""

from __future__ import annotations

import copy
import hashlib
import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from tests.box_mutations import ChosenGenerators, with_data
from tests.box_subjects import pedersen_trustees, prove_nonzero, seeded, subject
from tests.boxes import put_together, single_trustees

from selectorate.box import canonical
from selectorate.box.ed25519 import ED25519
from selectorate.box.finite import RFC_3526_2048
from selectorate.box.groups import Group, random_scalar
from selectorate.box.pools import new_pool
from selectorate.box.public import Pool
from selectorate.box.v1 import proofs, shuffles
from selectorate.box.v1.hashes import challenge
from selectorate.box.v1.packed import Ciphertexts
from selectorate.box.v1.proofs import Branch, CiphertextElements
from selectorate.box.v1.trustees import read_trustees, trustee_faults

GROUP = ED25519
PHI = "p" * 43
MS = (1, 2)
X = 1234567
"""The secret of who proves: a trustee's key, a credential, the randomness of a ciphertext."""
Y_PRIVATE = 7654321

Parts = list[str]
"""What is hashed: the parts between the bars."""


def text(parts: Parts) -> str:
    return "|".join(parts)


def points(*names: str) -> str:
    return ",".join(names)


@dataclass(frozen=True)
class Statement:
    """One type of proof. ``prove``: makes a proof in which ``hashed`` turns the commitments into what is hashed.
    ``hashes``: the parts that the specification hashes. ``check``: whether a proof holds."""

    name: str
    prove: Callable[[Callable[[str], str]], Any]
    hashes: Callable[[str], Parts]
    check: Callable[[Any], bool]


def pool_and(*texts: str) -> tuple[Pool, list[Any]]:
    pool = new_pool(GROUP, "libsodium")
    return pool, [element for element in pool.read(texts) if element is not None]


def holds(pool: Pool, check: proofs.Check) -> bool:
    return proofs.run(pool, [check])[0]


Y = GROUP.power_g(Y_PRIVATE)
KEY = GROUP.power_g(X)
BETA = GROUP.multiply(GROUP.power(Y, X), GROUP.generator)  # KEY, BETA: one, encrypted
ZERO = GROUP.power(Y, X)  # KEY, ZERO: zero, encrypted
CREDENTIAL = GROUP.power_g(99)
S0 = [PHI, CREDENTIAL]
S = [PHI, CREDENTIAL, points(KEY, BETA)]
RAW = {"alpha": KEY, "beta": BETA}
ALPHA = GROUP.power_g(424242)
FACTOR = GROUP.power(ALPHA, X)


def exponent(hashes: Callable[[str], Parts], check: Callable[[Pool, Any, Any], proofs.Check], name: str) -> Statement:
    """A proof of knowledge of one exponent, that of KEY."""

    def checked(proof: Any) -> bool:
        pool, (key,) = pool_and(KEY)
        return holds(pool, check(pool, key, proof))

    return Statement(name, lambda hashed: proofs._prove_exponent(GROUP, X, hashed), hashes, checked)


def one_of(
    name: str,
    branches: Sequence[Branch],
    true: int,
    hashes: Callable[[str], Parts],
    check: Callable[..., proofs.Check],
) -> Statement:
    """A proof that one of several holds; those that do not are simulated."""

    def checked(proof: Any) -> bool:
        pool, (alpha, beta, y, zero) = pool_and(KEY, BETA, Y, ZERO)
        c, rest = CiphertextElements(alpha, beta), CiphertextElements(alpha, zero)
        return holds(pool, check(pool, c, rest, y, proof))

    def prove(hashed: Callable[[str], str]) -> Any:
        return proofs.prove_one_of(GROUP, branches, true, X, y=Y, hashed=hashed)

    return Statement(name, prove, hashes, checked)


def decryption() -> Statement:
    def prove(hashed: Callable[[str], str]) -> Any:
        w = random_scalar(GROUP)
        c = challenge(hashed(points(GROUP.power_g(w), GROUP.power(ALPHA, w))), GROUP.q)
        return c, (w - X * c) % GROUP.q

    def check(proof: Any) -> bool:
        pool, (key, alpha, factor) = pool_and(KEY, ALPHA, FACTOR)
        c, r = proof
        return holds(
            pool,
            proofs.check_decryption(pool, phi=PHI, key=key, public=KEY, alpha=alpha, factor=factor, c=c, r=r),
        )

    return Statement("decrypt", prove, lambda a: ["decrypt", PHI, KEY, a], check)


def nonzero() -> Statement:
    def prove(hashed: Callable[[str], str]) -> Any:
        """As `prove_nonzero`, line by line, with what is hashed left open."""
        blind, w1, w2 = (random_scalar(GROUP) for _ in range(3))
        a0 = GROUP.multiply(GROUP.power(BETA, blind), GROUP.power(Y, -blind * X))
        a1 = GROUP.multiply(GROUP.power(KEY, w1), GROUP.power_g(w2))
        a2 = GROUP.multiply(GROUP.power(BETA, w1), GROUP.power(Y, w2))
        e = challenge(hashed(points(a0, a1, a2)), GROUP.q)
        response = [str((w1 - blind * e) % GROUP.q), str((w2 + blind * X * e) % GROUP.q)]
        return {"commitment": a0, "challenge": str(e), "response": response}

    def check(proof: Any) -> bool:
        pool, (alpha, beta, y, commitment) = pool_and(KEY, BETA, Y, proof["commitment"])
        c = CiphertextElements(alpha, beta)
        return holds(pool, proofs.check_nonzero(pool, text(S), c=c, y=y, proof=proof, commitment=commitment))

    return Statement("nonzero", prove, lambda a: ["nonzero", *S, a], check)


def _branch(beta: str, shift: int) -> Branch:
    return Branch(KEY, beta, shift)


STATEMENTS = [
    exponent(
        lambda a: ["pok", GROUP.name, KEY, a],
        lambda pool, key, proof: proofs.check_possession(pool, GROUP.name, key, KEY, proof),
        "pok",
    ),
    exponent(
        lambda a: ["sig", "h" * 43, a],
        lambda pool, key, proof: proofs.check_signature(pool, key, "h" * 43, proof),
        "sig",
    ),
    exponent(
        lambda a: ["sigmsg", "a message", a],
        lambda pool, key, proof: proofs.check_signed_message(pool, key, "a message", proof),
        "sigmsg",
    ),
    exponent(
        lambda a: ["raweg", *S0, points(Y, KEY, BETA), a],
        lambda pool, key, proof: proofs.check_raw_encryption(pool, key, s=text(S0), y=Y, c=RAW, proof=proof),  # type: ignore[arg-type]
        "raweg",
    ),
    one_of(
        "iprove",
        [_branch(BETA, m) for m in MS],
        0,
        lambda a: ["prove", *S, points(KEY, BETA), a],
        lambda pool, c, rest, y, proof: proofs.check_interval(
            pool, text(S), MS, c=c, text=points(KEY, BETA), y=y, proofs=proof
        ),
    ),
    one_of(
        "bproof0",
        [_branch(BETA, 0), _branch(ZERO, 0)],
        1,
        lambda a: ["bproof0", *S, a],
        lambda pool, c, rest, y, proof: proofs.check_blank(pool, text(S), first=c, rest=rest, y=y, proofs=proof),
    ),
    one_of(
        "bproof1",
        [_branch(BETA, 1), *(_branch(ZERO, m) for m in MS)],
        0,
        lambda a: ["bproof1", *S, a],
        lambda pool, c, rest, y, proof: proofs.check_overall_with_blank(
            pool, text(S), MS, first=c, rest=rest, y=y, proofs=proof
        ),
    ),
    one_of(
        "lproof",
        [_branch(BETA, 1), _branch(ZERO, 0)],
        0,
        lambda a: ["lproof", *S, a],
        lambda pool, c, rest, y, proof: proofs.check_list(pool, text(S), chosen=c, rest=rest, y=y, proofs=proof),
    ),
    decryption(),
    nonzero(),
]
EACH = pytest.mark.parametrize("statement", STATEMENTS, ids=lambda statement: statement.name)


@EACH
def test_what_the_specification_hashes_is_accepted(statement: Statement) -> None:
    assert statement.check(statement.prove(lambda a: text(statement.hashes(a))))


def other_hashes(parts: Parts) -> Iterator[tuple[str, str]]:
    """What else could be hashed: each part changed, left out, empty, twice; two exchanged; another bar; in the parts
    made of points each of them changed, left out, moved."""
    for number, part in enumerate(parts):
        rest = (parts[:number], parts[number + 1 :])
        yield f"part {number} of another text", text([*rest[0], part + "x", *rest[1]])
        yield f"part {number} left out", text([*rest[0], *rest[1]])
        yield f"part {number} empty", text([*rest[0], "", *rest[1]])
        yield f"part {number} twice", text([*rest[0], part, part, *rest[1]])
        inner = part.split(",")
        if len(inner) > 1 or GROUP.is_element(part):
            for place, point in enumerate(inner):
                if GROUP.is_element(point):
                    moved = GROUP.multiply(point, GROUP.generator)
                    changed = points(*inner[:place], moved, *inner[place + 1 :])
                    yield f"point {place} of part {number}", text([*rest[0], changed, *rest[1]])
                if len(inner) > 1:
                    fewer = points(*inner[:place], *inner[place + 1 :])
                    yield f"part {number} without its point {place}", text([*rest[0], fewer, *rest[1]])
            for a, b in itertools.combinations(range(len(inner)), 2):
                if inner[a] != inner[b]:
                    turned = list(inner)
                    turned[a], turned[b] = turned[b], turned[a]
                    yield f"points {a} and {b} of part {number} exchanged", text([*rest[0], points(*turned), *rest[1]])
    for a, b in itertools.combinations(range(len(parts)), 2):
        turned = list(parts)
        turned[a], turned[b] = turned[b], turned[a]
        if turned != parts:
            yield f"parts {a} and {b} exchanged", text(turned)
    for bar in (",", "||", ""):
        yield f"with {bar!r} for a bar", bar.join(parts)
    yield "in capitals", text(parts).upper()


@EACH
def test_a3_every_part_is_hashed(statement: Statement) -> None:
    """A proof in which anything else is hashed is refused, though its equations hold."""
    names = [name for name, _ in other_hashes(statement.hashes("A,B"))]
    assert len(names) == len(set(names)) > 10
    tried = 0
    for number in range(len(list(other_hashes(statement.hashes(points(Y, Y, Y, Y)))))):

        def hashed(a: str, chosen: int = number) -> str:
            others = list(other_hashes(statement.hashes(a)))
            return others[min(chosen, len(others) - 1)][1]

        proof = statement.prove(hashed)
        assert not statement.check(proof), number
        tried += 1
    assert tried > 10


@EACH
def test_a3_a_proof_of_one_type_is_none_of_another(statement: Statement) -> None:
    for other in STATEMENTS:
        if other.name != statement.name:
            proof = statement.prove(lambda a, o=other: text(o.hashes(a)))  # type: ignore[misc]
            assert not statement.check(proof)


@EACH
def test_a3_numbers_of_a_proof(statement: Statement) -> None:
    """Each number of it changed by itself; alternatives exchanged, repeated, left out."""
    proof = statement.prove(lambda a: text(statement.hashes(a)))
    for change in (lambda n: n + 1, lambda n: n - 1, lambda n: 0, lambda n: -n, lambda n: n * 2):
        for changed in with_numbers(proof, change):
            assert not statement.check(changed)
    if isinstance(proof, list) and len(proof) > 1:
        assert not statement.check(proof[::-1])
        assert not statement.check([proof[0]] * len(proof))
        assert not statement.check(proof[:-1])


def with_numbers(proof: Any, change: Callable[[int], int]) -> Iterator[Any]:
    """``proof`` with each of its numbers changed in turn, where that changes it."""
    for path in list(numbers_in(proof)):
        new = copy.deepcopy(list(proof) if isinstance(proof, tuple) else proof)
        here = new
        for key in path[:-1]:
            here = here[key]
        old = int(here[path[-1]])
        value = change(old) % GROUP.q
        here[path[-1]] = str(value) if isinstance(here[path[-1]], str) else value
        if value != old:
            yield new


def numbers_in(proof: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    items = proof.items() if isinstance(proof, dict) else enumerate(proof)
    for key, value in items:
        if isinstance(value, int) or (isinstance(value, str) and value.isdecimal() and key != "commitment"):
            yield (*path, key)
        elif isinstance(value, (dict, list, tuple)):
            yield from numbers_in(value, (*path, key))


# --- commitments first, statement afterwards -------------------------------------------------------------


def test_a3_a_statement_solved_from_the_proof() -> None:
    """Where only commitments are hashed, who draws them, takes their hash and then solves the equations has a proof of
    something that he does not know. With what the specification hashes the challenge is another."""
    q = GROUP.q
    a, r = GROUP.power_g(random_scalar(GROUP)), random_scalar(GROUP)
    for name, with_statement, check in (
        (
            "raweg",
            lambda alpha: ["raweg", *S0, points(Y, alpha, BETA)],
            lambda pool, alpha, t, proof: proofs.check_raw_encryption(
                pool, alpha, s=text(S0), y=Y, c={"alpha": t, "beta": BETA}, proof=proof
            ),
        ),
        (
            "pok",
            lambda key: ["pok", GROUP.name, key],
            lambda pool, key, t, proof: proofs.check_possession(pool, GROUP.name, key, t, proof),
        ),
    ):
        weak = challenge(f"{name}|{a}", q)
        solved = GROUP.power(GROUP.multiply(a, GROUP.power_g(-r)), pow(weak, -1, q))
        assert GROUP.multiply(GROUP.power_g(r), GROUP.power(solved, weak)) == a, "the equation holds"
        proof = proofs.as_json(weak, r)
        pool, (element,) = pool_and(solved)
        assert not holds(pool, check(pool, element, solved, proof))
        # Nor with the challenge that belongs to the statement: then the equation does not hold.
        strong = challenge(text([*with_statement(solved), a]), q)
        assert not holds(pool, check(pool, element, solved, proofs.as_json(strong, r)))


def test_a3_a_ciphertext_solved_from_the_proof() -> None:
    """The same for a proof that a ciphertext is one of two: all branches simulated, the ciphertext solved from them."""
    q = GROUP.q
    commitments = [GROUP.power_g(random_scalar(GROUP)) for _ in range(4)]
    r0, r1 = random_scalar(GROUP), random_scalar(GROUP)
    total = challenge("prove|" + points(*commitments), q)
    c0 = random_scalar(GROUP)
    c1 = (total - c0) % q
    a0, b0, _, _ = commitments
    inverse = pow(c0, -1, q)
    alpha = GROUP.power(GROUP.multiply(a0, GROUP.power_g(-r0)), inverse)
    beta = GROUP.power(GROUP.multiply(b0, GROUP.power(Y, -r0)), inverse)
    pool, (alpha_element, beta_element, y) = pool_and(alpha, beta, Y)
    check = proofs.check_interval(
        pool,
        text(S),
        (0, 1),
        c=CiphertextElements(alpha_element, beta_element),
        text=points(alpha, beta),
        y=y,
        proofs=[proofs.as_json(c0, r0), proofs.as_json(c1, r1)],
    )
    assert not holds(pool, check)


def test_a_zero_proven_not_to_be_one() -> None:
    """The commitment is the identity then, which says it; any other does not fit."""
    c = {"alpha": KEY, "beta": ZERO}
    proof = prove_nonzero(GROUP, text(S), c, X, Y)
    assert proof["commitment"] == GROUP.identity
    for commitment in (GROUP.identity, GROUP.generator, KEY):
        changed = {**proof, "commitment": commitment}
        pool, (alpha, beta, y, element) = pool_and(KEY, ZERO, Y, commitment)
        check = proofs.check_nonzero(
            pool,
            text(S),
            c=CiphertextElements(alpha, beta),
            y=y,
            proof=changed,
            commitment=element,  # type: ignore[arg-type]
        )
        assert not holds(pool, check)


# --- A4: signatures without the key ----------------------------------------------------------------------


def test_a4_a_signature_is_of_no_other_key_of_the_roll() -> None:
    proof = proofs.prove_signed_message(GROUP, X, "a message")
    ballot = proofs.prove_signature(GROUP, X, "h" * 43)
    others = [GROUP.power_g(random_scalar(GROUP)) for _ in range(500)]
    pool, (own, *elements) = pool_and(KEY, *others)
    checks = [proofs.check_signed_message(pool, element, "a message", proof) for element in elements]
    checks += [proofs.check_signature(pool, element, "h" * 43, ballot) for element in elements]
    assert proofs.run(pool, checks) == [False] * 1000
    assert holds(pool, proofs.check_signed_message(pool, own, "a message", proof))


def test_a4_a_certificate_names_its_key() -> None:
    """Whoever moves a signature to a related key has to name that key in what is signed."""
    with seeded(5):
        raw, y, _ = pedersen_trustees(GROUP, 3, 2)
    value = canonical.loads(raw, what="trustees")
    d, certificate = 777, value[1][1]["certs"][0]
    said = canonical.loads(certificate["message"].encode(), what="it")
    related = GROUP.multiply(said["verification"], GROUP.power_g(d))
    signature = certificate["signature"]
    moved = str((int(signature["response"]) - d * int(signature["challenge"])) % GROUP.q)
    said["verification"] = related
    certificate["message"] = canonical.dumps(said)
    certificate["signature"] = {"challenge": signature["challenge"], "response": moved}
    trustees = read_trustees(canonical.dumps(value).encode(), GROUP)
    faults = list(trustee_faults(new_pool(GROUP, "libsodium"), trustees, y))
    assert ("setup.trustees", "the certificate of trustee 2 is not signed by its own key") in faults


# --- A12: generators -------------------------------------------------------------------------------------


def a_shuffle(pool: Pool, group: Group, generators: Any) -> tuple[Any, list[tuple[str, str]], Any, str]:
    pk = group.power_g(Y_PRIVATE)
    e = [(group.power_g(k), group.power_g(k + 1)) for k in range(3, 6)]
    shuffled = shuffles.gen_shuffle(group, e, pk)
    proof = shuffles.gen_shuffle_proof(group, generators, e, shuffled, pk, PHI)
    return proof, e, shuffled, pk


def checked(group: Group, proof: Any, e: list[tuple[str, str]], e_prime: Any, pk: str, phi: str = PHI) -> bool:
    pool = new_pool(group, "libsodium")
    raw = canonical.dumps({"ciphertexts": [[{"alpha": a, "beta": b} for a, b in e_prime]], "proofs": [proof]})
    read = shuffles.read_shuffle([raw.encode()], pool, group, [len(e)])
    before = Ciphertexts.none(pool)
    for packed, side in ((before.alphas, 0), (before.betas, 1)):
        packed.put([element for element in pool.read([pair[side] for pair in e]) if element is not None])
    return shuffles.check_shuffle_proof(pool, read.proofs[0], before, read.ciphertexts[0], pk=pk, phi=phi)


@pytest.mark.parametrize("group", [ED25519, RFC_3526_2048], ids=lambda group: group.name)
def test_a12_generators_of_ones_own(group: Group) -> None:
    """The secondary one, the first, the last, all: whoever knows a logarithm can open commitments as he likes."""
    pool = new_pool(group, "libsodium")
    proof, e, shuffled, pk = a_shuffle(pool, group, pool)
    assert checked(group, proof, e, shuffled.e_prime, pk)
    for only in (None, (-1,), (0,), (2,)):
        proof, e, shuffled, pk = a_shuffle(pool, group, ChosenGenerators(pool, lambda i: 1000 + i, only))
        assert not checked(group, proof, e, shuffled.e_prime, pk), only


def test_a12_generators_are_hashes() -> None:
    """Nobody knows their logarithms, since nobody chose them: the first ones, by another way."""
    pool = new_pool(ED25519, "libsodium")
    first, second = pool.texts([*pool.generators(0, 1), *pool.generators(-1, 1)])
    assert (first[:8], first[-8:]) == ("c95c81b4", "e0fd92fe")
    assert (second[:8], second[-8:]) == ("d6f7c1ea", "345f18c7")
    finite = new_pool(RFC_3526_2048)
    number = int(hashlib.sha256(b"ggen|0").hexdigest(), 16)
    assert finite.texts(finite.generators(0, 1)) == [str(number * number)]


def test_a3_every_part_of_a_shuffle_is_hashed() -> None:
    """Ciphertexts before and after, commitments, the key, the fingerprint: each changed after the proof was made."""
    group, pool = GROUP, new_pool(GROUP, "libsodium")
    proof, e, shuffled, pk = a_shuffle(pool, group, pool)
    e_prime = shuffled.e_prime
    assert checked(group, proof, e, e_prime, pk)

    def moved(pairs: list[tuple[str, str]], number: int, side: int) -> list[tuple[str, str]]:
        pair = list(pairs[number])
        pair[side] = group.multiply(pair[side], group.generator)
        return [*pairs[:number], (pair[0], pair[1]), *pairs[number + 1 :]]

    for number, side in itertools.product(range(3), (0, 1)):
        assert not checked(group, proof, moved(e, number, side), e_prime, pk)
        assert not checked(group, proof, e, moved(e_prime, number, side), pk)
    assert not checked(group, proof, e[::-1], e_prime, pk)
    assert not checked(group, proof, e, e_prime[::-1], pk)
    assert not checked(group, proof, e, e_prime, group.generator)
    assert not checked(group, proof, e, e_prime, pk, "q" * 43)
    for path, value in leaves(proof):
        changed_proof = copy.deepcopy(proof)
        here = changed_proof
        for key in path[:-1]:
            here = here[key]
        is_point = group.point.pattern.fullmatch(value)
        here[path[-1]] = group.multiply(value, group.generator) if is_point else str((int(value) + 1) % group.q)
        assert not checked(group, changed_proof, e, e_prime, pk), path


def leaves(value: Any, path: tuple[int, ...] = ()) -> Iterator[tuple[tuple[int, ...], str]]:
    if isinstance(value, str):
        yield path, value
    else:
        for number, item in enumerate(value):
            yield from leaves(item, (*path, number))


def test_a3_a_shuffle_that_exchanges_a_ballot() -> None:
    """The prover's own ballot for a voter's, one twice, one multiplied: with a proof made as if it were a shuffle."""
    group, pool = GROUP, new_pool(GROUP, "libsodium")
    pk = group.power_g(Y_PRIVATE)
    e = [(group.power_g(k), group.power_g(k + 1)) for k in range(3, 6)]
    for spoil in (
        lambda rows: [(group.power_g(5), group.multiply(group.power(pk, 5), group.encode([3, 2, 1]))), *rows[1:]],
        lambda rows: [rows[1], *rows[1:]],
        lambda rows: [(group.power(rows[0][0], 2), group.power(rows[0][1], 2)), *rows[1:]],
        lambda rows: [(group.multiply(rows[0][0], rows[1][0]), group.multiply(rows[0][1], rows[1][1])), *rows[1:]],
        lambda rows: [(rows[0][0], group.multiply(rows[0][1], group.generator)), *rows[1:]],
    ):
        honest = shuffles.gen_shuffle(group, e, pk)
        shuffled = shuffles.Shuffled(spoil(honest.e_prime), honest.r_prime, honest.psi)
        proof = shuffles.gen_shuffle_proof(group, pool, e, shuffled, pk, PHI)
        assert not checked(group, proof, e, shuffled.e_prime, pk)


def test_equations_are_weighed_anew_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two false equations that cancel out where both have the same weight: the weights are drawn, 128 bits each."""
    drawn: list[int] = []

    def watched(bits: int) -> int:
        drawn.append(bits)
        return original(bits)

    original = shuffles.secrets.randbits
    monkeypatch.setattr(shuffles.secrets, "randbits", watched)
    group, pool = GROUP, new_pool(GROUP, "libsodium")
    proof, e, shuffled, pk = a_shuffle(pool, group, pool)
    assert checked(group, proof, e, shuffled.e_prime, pk)
    assert len(drawn) >= 5 + len(e) and min(drawn) >= 128
    one, other = copy.deepcopy(proof), proof[0]
    one[0][0] = group.multiply(other[0], group.generator)
    one[0][1] = group.multiply(other[1], group.invert(group.generator))
    assert not checked(group, one, e, shuffled.e_prime, pk)


# --- A13: decryptions ------------------------------------------------------------------------------------


def test_a13_a_factor_shifted(tmp_path: Path) -> None:
    """By g, with the old proof, with one made anew, with every number of it moved by one."""
    box = subject("sums", tmp_path)
    group, election = box.group, box.made.election
    event = box.of_type("PartialDecryption")[0]
    owner = box.parts[event].value(1)["owner"]
    private, public = box.made.private[owner]
    tally = box.parts[box.of_type("EncryptedTally")[0]].value(0)
    alpha = tally[0][0]["alpha"]
    value = box.parts[event].value(0)
    value["decryption_factors"][0][0] = group.multiply(value["decryption_factors"][0][0], group.generator)
    old = value["decryption_proofs"][0][0]
    again = proofs.prove_decryption(group, private, phi=election.phi, public=public, alpha=alpha)
    tried = [old, again, {"challenge": "0", "response": "0"}]
    tried += [
        {**again, name: str((int(again[name]) + d) % group.q)} for name in ("challenge", "response") for d in (1, -1)
    ]  # type: ignore[literal-required]
    for proof in tried:
        value["decryption_proofs"][0][0] = proof
        raw = canonical.dumps(value).encode()
        box.made.path.write_bytes(put_together(with_data(box.parts, event, 0, raw)))
        assert box.made.read().faults[0].check == "decryption.proof"


def test_a15_the_election_key_is_the_trustees() -> None:
    """See tests/unit/box/test_trustees.py for all of it; here for one trustee."""
    raw, y, _ = single_trustees(GROUP, 1)
    trustees = read_trustees(raw, GROUP)
    pool = new_pool(GROUP, "libsodium")
    assert list(trustee_faults(pool, trustees, y)) == []
    assert [check for check, _ in trustee_faults(pool, trustees, GROUP.multiply(y, y))] == ["setup.key"]
