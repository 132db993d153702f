"""The zero-knowledge proofs of version 1: made with secrets by a group, checked on public values with a pool.

Each proof stands here twice, once made (``prove_...``) and once checked (``check_...``), both line by line as in the
specification. A check is a generator: it yields the products of powers that it needs (:class:`Texts` or
:class:`Elements`), is sent their values, and returns whether the proof holds. `run` drives many checks at once, so that
a pool is asked for thousands of products in one call; for one ballot it drives one.

What a check is given has been read before: elements of a pool, numbers in [0, q). The commitments of most proofs are
not published; they are recomputed one by one and hashed, never combined.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias, TypedDict

from ..groups import Group, random_scalar
from ..public import Element, Pool, Product
from .hashes import challenge

__all__ = [
    "Check",
    "Ciphertext",
    "CiphertextElements",
    "Elements",
    "Proof",
    "Texts",
    "check_blank",
    "check_decryption",
    "check_interval",
    "check_list",
    "check_nonzero",
    "check_overall_with_blank",
    "check_possession",
    "check_raw_encryption",
    "check_signature",
    "check_signed_message",
    "run",
]


class Proof(TypedDict):
    """A proof as it stands in JSON: two numbers below q in decimal."""

    challenge: str
    response: str


class Ciphertext(TypedDict):
    """An ElGamal ciphertext as it stands in JSON: ``alpha = g^r``, ``beta = y^r × plaintext``."""

    alpha: str
    beta: str


@dataclass(frozen=True)
class CiphertextElements:
    """A ciphertext that was read into a pool."""

    alpha: Element
    beta: Element


@dataclass(frozen=True)
class Texts:
    """What a check asks for: the texts of these products."""

    products: Sequence[Product]


@dataclass(frozen=True)
class Elements:
    """What a check asks for: these products as elements to go on with, and their texts (two lists)."""

    products: Sequence[Product]


Check: TypeAlias = Generator[Texts | Elements, Any, bool]
"""A check under way: see `run`."""


def run(pool: Pool, checks: Iterable[Check]) -> list[bool]:
    """Drive all ``checks`` to their ends; whether each holds, in order.

    In each turn all that they ask for is computed in one call of the pool.
    """
    alive = list(enumerate(checks))
    verdicts = [False] * len(alive)
    answers: list[Any] = [None] * len(alive)
    while alive:
        asked: list[tuple[int, Check, Texts | Elements]] = []
        requests: list[Product] = []
        for (position, check), answer in zip(alive, answers, strict=True):
            try:
                question = check.send(answer)
            except StopIteration as end:
                verdicts[position] = end.value
            else:
                asked.append((position, check, question))
                requests.extend(question.products)
        values = pool.products(requests)
        texts = pool.texts(values)
        answers, start = [], 0
        for _, _, question in asked:
            part = slice(start, start + len(question.products))
            answers.append(texts[part] if isinstance(question, Texts) else (values[part], texts[part]))
            start = part.stop
        alive = [(position, check) for position, check, _ in asked]
    return verdicts


def as_json(challenge_: int, response: int) -> Proof:
    """A proof as it stands in JSON."""
    return {"challenge": str(challenge_), "response": str(response)}


def numbers(proof: Proof) -> tuple[int, int]:
    """Challenge and response of a proof whose shape was checked."""
    return int(proof["challenge"]), int(proof["response"])


# --- one secret exponent: keys, signatures, raw encryptions ----------------------------------------------


def _prove_exponent(group: Group, secret: int, hashed: Callable[[str], str]) -> Proof:
    """Prove knowledge of ``secret``; ``hashed`` makes the text that is hashed from the commitment ``A = g^w``."""
    w = random_scalar(group)
    c = challenge(hashed(group.power_g(w)), group.q)
    return as_json(c, (w - secret * c) % group.q)


def _check_exponent(pool: Pool, base: Element, proof: Proof, hashed: Callable[[str], str]) -> Check:
    """Check knowledge of the exponent of ``base``: ``A = g^response × base^challenge`` must hash to the challenge."""
    c, r = numbers(proof)
    (a,) = yield Texts([((pool.generator, r), (base, c))])
    return challenge(hashed(a), pool.q) == c


def prove_possession(group: Group, private: int, public: str) -> Proof:
    """Prove possession of a trustee's private key. Source: Belenios specification 3.1, section 4.5."""
    return _prove_exponent(group, private, lambda a: f"pok|{group.name}|{public}|{a}")


def check_possession(pool: Pool, group_name: str, key: Element, public: str, proof: Proof) -> Check:
    """Check a proof of possession. Source: section 4.5."""
    return _check_exponent(pool, key, proof, lambda a: f"pok|{group_name}|{public}|{a}")


def prove_signed_message(group: Group, signing_key: int, message: str) -> Proof:
    """Sign ``message`` as a trustee of the threshold protocol.

    Source: section 4.6.1, "Signing". The challenge is reduced modulo q as all others are: JSON holds numbers below q.
    """
    return _prove_exponent(group, signing_key, lambda a: f"sigmsg|{message}|{a}")


def check_signed_message(pool: Pool, verification_key: Element, message: str, proof: Proof) -> Check:
    """Check the signature of a message. Source: section 4.6.1."""
    return _check_exponent(pool, verification_key, proof, lambda a: f"sigmsg|{message}|{a}")


def prove_signature(group: Group, credential: int, ballot_hash: str) -> Proof:
    """Sign a ballot by its hash with a secret credential. Source: section 4.16."""
    return _prove_exponent(group, credential, lambda a: f"sig|{ballot_hash}|{a}")


def check_signature(pool: Pool, credential: Element, ballot_hash: str, proof: Proof) -> Check:
    """Check the signature of a ballot. Source: section 4.16."""
    return _check_exponent(pool, credential, proof, lambda a: f"sig|{ballot_hash}|{a}")


def prove_raw_encryption(group: Group, r: int, *, s: str, y: str, c: Ciphertext) -> Proof:
    """Prove knowledge of the randomness ``r`` of ``c``. Source: section 4.11.2. ``s``: the string S there."""
    return _prove_exponent(group, r, lambda a: f"raweg|{s}|{y},{c['alpha']},{c['beta']}|{a}")


def check_raw_encryption(pool: Pool, alpha: Element, *, s: str, y: str, c: Ciphertext, proof: Proof) -> Check:
    """Check knowledge of the randomness of ``c``. Source: section 4.11.2."""
    return _check_exponent(pool, alpha, proof, lambda a: f"raweg|{s}|{y},{c['alpha']},{c['beta']}|{a}")


# --- decryption ------------------------------------------------------------------------------------------


def prove_decryption(group: Group, private: int, *, phi: str, public: str, alpha: str) -> Proof:
    """Prove that ``alpha^private`` is the decryption factor of ``alpha``. Source: section 4.20."""
    w = random_scalar(group)
    c = challenge(f"decrypt|{phi}|{public}|{group.power_g(w)},{group.power(alpha, w)}", group.q)
    return as_json(c, (w - private * c) % group.q)


def check_decryption(
    pool: Pool, *, phi: str, key: Element, public: str, alpha: Element, factor: Element, c: int, r: int
) -> Check:
    """Check one decryption factor; ``c`` and ``r``: challenge and response of its proof. Source: section 4.20."""
    a, b = yield Texts([((pool.generator, r), (key, c)), ((alpha, r), (factor, c))])
    return challenge(f"decrypt|{phi}|{public}|{a},{b}", pool.q) == c


# --- one of several values, without saying which ---------------------------------------------------------


@dataclass(frozen=True)
class Branch:
    """One alternative of a disjunction: that ``(alpha, beta / g^shift)`` is an encryption of zero."""

    alpha: str
    beta: str
    shift: int


def prove_one_of(
    group: Group, branches: Sequence[Branch], true: int, r: int, *, y: str, hashed: Callable[[str], str]
) -> list[Proof]:
    """Prove that one of ``branches`` holds: number ``true``, whose ciphertext has the randomness ``r``.

    ``hashed`` makes the text that is hashed from the commitments, which are joined by commas. Each other branch gets a
    random challenge and response first, and commitments that fit them. Returns a proof a branch, in order.
    Source: section 4.12, and 4.13 and 4.14, which use the same steps with other ciphertexts.
    """
    proofs: list[Proof | None] = [None] * len(branches)
    commitments: list[str] = []
    others = 0
    w = random_scalar(group)
    for number, branch in enumerate(branches):
        if number == true:
            commitments += [group.power_g(w), group.power(y, w)]
            continue
        c, response = random_scalar(group), random_scalar(group)
        beta = branch.beta
        if branch.shift:
            beta = group.multiply(beta, group.power_g(-branch.shift))
        commitments += [
            group.multiply(group.power_g(response), group.power(branch.alpha, c)),
            group.multiply(group.power(y, response), group.power(beta, c)),
        ]
        proofs[number] = as_json(c, response)
        others += c
    c = (challenge(hashed(",".join(commitments)), group.q) - others) % group.q
    proofs[true] = as_json(c, (w - r * c) % group.q)
    return [proof for proof in proofs if proof is not None]


def _check_one_of(
    pool: Pool,
    branches: Sequence[tuple[CiphertextElements, int]],
    proofs: Sequence[Proof],
    *,
    y: Element,
    hashed: Callable[[str], str],
) -> Check:
    """Check a disjunction; ``branches``: a ciphertext and a shift each, see :class:`Branch`. Source: section 4.12."""
    if len(proofs) != len(branches):
        return False
    products: list[Product] = []
    total = 0
    for (ciphertext, shift), proof in zip(branches, proofs, strict=True):
        c, r = numbers(proof)
        products.append(((pool.generator, r), (ciphertext.alpha, c)))
        if shift:
            products.append(((y, r), (ciphertext.beta, c), (pool.generator, -shift * c % pool.q)))
        else:
            products.append(((y, r), (ciphertext.beta, c)))
        total += c
    commitments = yield Texts(products)
    return challenge(hashed(",".join(commitments)), pool.q) == total % pool.q


def iprove(group: Group, s: str, r: int, i: int, ms: Sequence[int], *, c: Ciphertext, y: str) -> list[Proof]:
    """Prove that ``c`` encrypts ``ms[i]`` without revealing which.

    ``r``: the encryption's randomness, in Z_q. ``i``: index into ``ms``. ``y``: election public key.
    Returns ``len(ms)`` proofs, in the order of ``ms``. Raises IndexError if ``i`` is outside ``ms``.
    Source: Belenios specification 3.1, section 4.12, "Proofs of interval membership".
    """
    branches = [Branch(c["alpha"], c["beta"], m) for m in ms]
    branches[i]
    return prove_one_of(group, branches, i, r, y=y, hashed=lambda a: f"prove|{s}|{c['alpha']},{c['beta']}|{a}")


def check_interval(
    pool: Pool,
    s: str,
    ms: Sequence[int],
    *,
    c: CiphertextElements,
    text: str,
    y: Element,
    proofs: Sequence[Proof],
) -> Check:
    """Check that ``c`` encrypts one of ``ms``. ``text``: its alpha and beta with a comma. Source: section 4.12."""
    return _check_one_of(pool, [(c, m) for m in ms], proofs, y=y, hashed=lambda a: f"prove|{s}|{text}|{a}")


def check_blank(
    pool: Pool, s: str, *, first: CiphertextElements, rest: CiphertextElements, y: Element, proofs: Sequence[Proof]
) -> Check:
    """Check that ``first`` (blank or not) or ``rest`` (the sum of the choices) encrypts zero. Source: section 4.13."""
    return _check_one_of(pool, [(first, 0), (rest, 0)], proofs, y=y, hashed=lambda a: f"bproof0|{s}|{a}")


def check_overall_with_blank(
    pool: Pool,
    s: str,
    ms: Sequence[int],
    *,
    first: CiphertextElements,
    rest: CiphertextElements,
    y: Element,
    proofs: Sequence[Proof],
) -> Check:
    """Check that ``first`` encrypts one (blank), or ``rest`` one of ``ms``. Source: section 4.13."""
    branches = [(first, 1), *((rest, m) for m in ms)]
    return _check_one_of(pool, branches, proofs, y=y, hashed=lambda a: f"bproof1|{s}|{a}")


def check_list(
    pool: Pool, s: str, *, chosen: CiphertextElements, rest: CiphertextElements, y: Element, proofs: Sequence[Proof]
) -> Check:
    """Check that a list is chosen (``chosen`` encrypts one) or none of its candidates (``rest``: zero).

    Source: section 4.14.
    """
    return _check_one_of(pool, [(chosen, 1), (rest, 0)], proofs, y=y, hashed=lambda a: f"lproof|{s}|{a}")


class NonzeroProof(TypedDict):
    """A proof that a ciphertext encrypts something else than zero, as it stands in JSON."""

    commitment: str
    challenge: str
    response: list[str]


def check_nonzero(
    pool: Pool, s: str, *, c: CiphertextElements, y: Element, proof: NonzeroProof, commitment: Element
) -> Check:
    """Check that ``c`` does not encrypt zero. ``commitment``: ``proof['commitment']``, read. Source: section 4.15."""
    if pool.is_identity(commitment):
        return False
    e = int(proof["challenge"])
    t1, t2 = (int(part) for part in proof["response"])
    a1, a2 = yield Texts(
        [((c.alpha, t1), (pool.generator, t2)), ((c.beta, t1), (y, t2), (commitment, e))],
    )
    return challenge(f"nonzero|{s}|{proof['commitment']},{a1},{a2}", pool.q) == e
