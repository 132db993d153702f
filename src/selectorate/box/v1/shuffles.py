"""Shuffles of rankings: made with a proof, and checked.

Names of steps and symbols are those of the specification's tables, so that a reader can go through both side by side.
Source: Belenios specification 3.1, sections 4.19 and 6 (CHVote specification 1.3.2).

A check in one equation. Step 22 of table 5 compares N + 5 group elements. They are compared all at once: each
equation ``t = t'`` is raised to a random exponent of 128 bits of its own, drawn after the proof is fixed, and the
product of all is compared with the identity. If one equation is false, its quotient ``t / t'`` is not the identity; the
group has prime order q > 2^252 and every element is known to be in it, so for any choice of the other exponents at most
one value of this one modulo q makes the product the identity, and a false proof passes with probability at most
2^-128. That all elements are in the prime-order group is tested for each by itself beforehand.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from ...errors import ProtocolError
from .. import canonical
from ..groups import Group, random_scalar
from ..public import Element, Pool
from .hashes import challenge
from .packed import CHUNK, Ciphertexts, Numbers, Packed, ahead, chunked, in_threads, put_read
from .scan import Scanner

__all__ = ["ReadShuffle", "check_shuffle_proof", "gen_shuffle", "gen_shuffle_proof", "read_shuffle"]

WEIGHT_BITS = 128
"""Bits of the random exponents by which equations are combined."""


# --- reading ---------------------------------------------------------------------------------------------


@dataclass
class ShuffleProof:
    """A proof of a shuffle that was read; symbols as in table 5."""

    t: tuple[str, str, str, str, str]
    t_hat: Packed
    s: tuple[int, int, int, int]
    s_hat: Numbers
    s_prime: Numbers
    c: Packed
    c_hat: Packed


@dataclass
class ReadShuffle:
    """A shuffle that was read: for each ranking question its ciphertexts and its proof. Points are checked."""

    ciphertexts: list[Ciphertexts]
    proofs: list[ShuffleProof]


def read_shuffle(pieces: Iterable[bytes], pool: Pool, group: Group, counts: Sequence[int]) -> ReadShuffle:
    """Read a shuffle of as many ciphertexts a ranking question as ``counts`` says.

    Raises ProtocolError: ``shuffle.shape`` or ``shuffle.points``.
    """
    scanner = Scanner(pieces, group, what="the shuffle", check="shuffle.shape")
    scanner.literal('{"ciphertexts":[')
    ciphertexts = []
    for number, count in enumerate(counts):
        scanner.literal("," if number else "")
        ciphertexts.append(read_ciphertexts(scanner, pool, count, check="shuffle"))
    scanner.literal('],"proofs":[')
    proofs = []
    for number, count in enumerate(counts):
        scanner.literal("," if number else "")
        proofs.append(_read_proof(scanner, pool, group, count))
    scanner.literal("]}")
    scanner.end()
    return ReadShuffle(ciphertexts, proofs)


def read_ciphertexts(scanner: Scanner, pool: Pool, count: int, *, check: str) -> Ciphertexts:
    """Read a list of exactly ``count`` ciphertexts."""
    read = Ciphertexts.none(pool)
    for chunk in ahead(chunked(scanner.ciphertexts())):
        for packed, side in ((read.alphas, 0), (read.betas, 1)):
            texts = [pair[side] for pair in chunk]
            put_read(pool, packed, texts, what=("an alpha", "a beta")[side], check=f"{check}.points")
        if len(read) > count:
            break
    _require_length(len(read), count, "ciphertexts", f"{check}.shape")
    return read


def _require_length(length: int, count: int, what: str, check: str) -> None:
    if length != count:
        more = "more" if length > count else length
        raise ProtocolError(f"there should be {count} {what}, and there are {more}", check=check)


def _read_points(scanner: Scanner, pool: Pool, count: int, what: str) -> Packed:
    packed = Packed(pool)
    for chunk in ahead(chunked(scanner.points())):
        put_read(pool, packed, chunk, what=what, check="shuffle.points")
        if len(packed) > count:
            break
    _require_length(len(packed), count, what, "shuffle.shape")
    return packed


def _read_numbers(scanner: Scanner, group: Group, count: int, what: str) -> Numbers:
    numbers = Numbers(group.q)
    for number in scanner.numbers():
        numbers.put(number)
        if len(numbers) > count:
            break
    _require_length(len(numbers), count, what, "shuffle.shape")
    return numbers


def _read_proof(scanner: Scanner, pool: Pool, group: Group, count: int) -> ShuffleProof:
    """One ``shuffle_proof``: commitments, responses, permutation commitment, chained challenges."""
    scanner.literal("[[")
    t = []
    for separator in ("", ",", ",", ",[", ","):
        scanner.literal(separator)
        t.append(scanner.point())
    scanner.literal("],")
    if any(not group.is_element(text) for text in t):
        raise ProtocolError("a commitment of the proof is not an element of the group", check="shuffle.points")
    t_hat = _read_points(scanner, pool, count, "commitments of the chain")
    scanner.literal("],[")
    s = []
    for separator in ("", ",", ",", ","):
        scanner.literal(separator)
        s.append(scanner.number())
    scanner.literal(",")
    s_hat = _read_numbers(scanner, group, count, "responses of the chain")
    scanner.literal(",")
    s_prime = _read_numbers(scanner, group, count, "responses of the permutation")
    scanner.literal("],")
    c = _read_points(scanner, pool, count, "commitments to the permutation")
    scanner.literal(",")
    c_hat = _read_points(scanner, pool, count, "chained challenges")
    scanner.literal("]")
    t1, t2, t3, t41, t42 = t
    s1, s2, s3, s4 = s
    return ShuffleProof((t1, t2, t3, t41, t42), t_hat, (s1, s2, s3, s4), s_hat, s_prime, c, c_hat)


# --- challenges (tables 11, 12 and 14) -------------------------------------------------------------------


def _hash_points(packed: Packed, *digests: Any) -> None:
    """Feed ⟦c⟧ to the hashes: each text and a comma (table 11)."""
    for start in range(0, len(packed), CHUNK):
        texts = packed.texts(start, min(start + CHUNK, len(packed)))
        piece = "".join(f"{text}," for text in texts).encode("ascii")
        for digest in digests:
            digest.update(piece)


def _hash_ciphertexts(ciphertexts: Ciphertexts, *digests: Any) -> None:
    """Feed ⟦e⟧ to the hashes: alpha, comma, beta, comma (table 11)."""
    for chunk in chunked(ciphertexts.texts()):
        piece = "".join(f"{a},{b}," for a, b in chunk).encode("ascii")
        for digest in digests:
            digest.update(piece)


def get_nizkp_challenges(digest: str, start: int, stop: int, q: int) -> list[int]:
    """Challenges number ``start`` to ``stop`` of table 12; ``digest``: the hash H there, in hexadecimal."""
    head = digest.encode("ascii")
    found = []
    for i in range(start, stop):
        t = hashlib.sha256(str(i).encode("ascii")).hexdigest().encode("ascii")
        found.append(int.from_bytes(hashlib.sha256(head + t).digest(), "big") % q)
    return found


def _challenges(
    pool: Pool, e: Ciphertexts, e_prime: Ciphertexts, proof: ShuffleProof, pk: str, phi: str
) -> tuple[str, int]:
    """Steps 6 to 10 of table 5: the hash from which the u_i come, and the challenge c."""
    first = hashlib.sha256(f"shuffle-challenges|{phi}|".encode())
    second = hashlib.sha256(f"shuffle-challenge|{phi}|".encode())
    second.update("".join(f"{text}," for text in proof.t).encode())
    _hash_points(proof.t_hat, second)
    _hash_ciphertexts(e, first, second)
    _hash_ciphertexts(e_prime, first, second)
    _hash_points(proof.c, first, second)
    _hash_points(proof.c_hat, second)
    second.update(pk.encode())
    return first.hexdigest(), int.from_bytes(second.digest(), "big") % pool.q


# --- checking (table 5) ----------------------------------------------------------------------------------


def check_shuffle_proof(
    pool: Pool, proof: ShuffleProof, e: Ciphertexts, e_prime: Ciphertexts, *, pk: str, phi: str
) -> bool:
    """Whether ``proof`` shows that ``e_prime`` is a shuffle of ``e`` under the key ``pk`` (table 5).

    Everything has been read: points are in the group, numbers below q, lists of one length. See the module's
    docstring for why one equation is enough.
    """
    q, n = pool.q, len(e)
    digest, c = _challenges(pool, e, e_prime, proof, pk, phi)
    rho1, rho2, rho3, rho41, rho42 = (secrets.randbits(WEIGHT_BITS) for _ in range(5))
    s1, s2, s3, s4 = proof.s
    # Exponents of the fixed bases, over all equations; those of g and pk grow with the chain.
    of_g = -(rho1 * s1 + rho2 * s2 + rho3 * s3) + rho42 * s4
    of_pk = rho41 * s4
    of_h = 0
    product_u = 1
    totals: list[str] = []
    rho_hat = secrets.randbits(WEIGHT_BITS)
    for start in range(0, n, CHUNK):
        stop = min(start + CHUNK, n)
        count = stop - start
        u = get_nizkp_challenges(digest, start, stop, q)
        for u_i in u:  # (12)
            product_u = product_u * u_i % q
        s_hat, s_prime = proof.s_hat.take(start, stop), proof.s_prime.take(start, stop)
        # Of the chain: t̂_i × ĉ_i^c × g^-ŝ_i × ĉ_(i-1)^-s'_i, with weight ρ̂_i; the term of ĉ_i joins that of i + 1.
        rhos = [rho_hat, *(secrets.randbits(WEIGHT_BITS) for _ in range(count))]
        rho_hat = rhos[count]
        if start == 0:
            of_h -= rhos[0] * s_prime[0]
        later = proof.s_prime.take(stop, stop + 1) if stop < n else [0]
        of_c_hat = [(c * rhos[k] - rhos[k + 1] * s_next) % q for k, s_next in enumerate([*s_prime[1:], *later])]
        if stop == n:  # (14): ĉ is ĉ_N / h^u
            of_c_hat[-1] = (of_c_hat[-1] + rho2 * c) % q
        of_g -= sum(rho * s for rho, s in zip(rhos, s_hat, strict=False))
        generators = pool.generators(start, count)
        bases: list[Element] = []
        exponents: list[int] = []
        for elements, powers in (
            (proof.c.take(start, stop), [c * (rho1 + rho3 * u_i) % q for u_i in u]),  # (11), (15)
            (generators, [(-c * rho1 - rho3 * s) % q for s in s_prime]),  # (11), (19)
            (e.betas.take(start, stop), [c * rho41 * u_i % q for u_i in u]),  # (16)
            (e.alphas.take(start, stop), [c * rho42 * u_i % q for u_i in u]),
            (e_prime.betas.take(start, stop), [-rho41 * s % q for s in s_prime]),  # (20)
            (e_prime.alphas.take(start, stop), [-rho42 * s % q for s in s_prime]),
            (proof.c_hat.take(start, stop), of_c_hat),  # (21)
            (proof.t_hat.take(start, stop), rhos[:count]),
        ):
            bases += elements
            exponents += powers
        totals += pool.texts([pool.total(bases, exponents)])
        pool.clear()
    if n:
        of_h -= rho2 * c * product_u
    else:  # ĉ_0 = h stands for ĉ_N, and the empty product for u
        of_h += rho2 * c - rho2 * c * product_u
    fixed = _read_all(pool, [*proof.t, pk, *totals])
    (h,) = pool.generators(-1, 1)
    weights = [rho1, rho2, rho3, rho41, rho42, of_pk, *([1] * len(totals)), of_h, of_g]
    product = pool.total([*fixed, h, pool.generator], [weight % q for weight in weights])
    verdict = pool.is_identity(product)
    pool.clear()
    return verdict


def _read_all(pool: Pool, texts: Sequence[str]) -> list[Element]:
    """Elements that are known to be in the group, read again."""
    elements = [element for element in pool.read(texts) if element is not None]
    if len(elements) != len(texts):
        raise ProtocolError("an element is not in the group", check="shuffle.points")
    return elements


# --- making (tables 1 to 4, 10 and 13) -------------------------------------------------------------------


@dataclass(frozen=True)
class Shuffled:
    """A shuffle with its secrets: ``e_prime`` public; ``r_prime`` and the permutation ``psi`` never to be shown."""

    e_prime: list[tuple[str, str]]
    r_prime: list[int]
    psi: list[int]

    def __repr__(self) -> str:
        return f"<shuffle of {len(self.e_prime)}>"


def gen_permutation(n: int) -> list[int]:
    """A permutation of 0 to n - 1, uniform, from the operating system's generator. Source: table 2."""
    order = list(range(n))
    secrets.SystemRandom().shuffle(order)
    return order


def gen_shuffle(group: Group, e: Sequence[tuple[str, str]], y: str) -> Shuffled:
    """Re-encrypt and permute the ciphertexts ``e``. Source: tables 1 to 3."""
    psi = gen_permutation(len(e))
    r = [random_scalar(group) for _ in e]

    def re_encrypted(i: int) -> tuple[str, str]:
        alpha, beta = e[i]
        return group.multiply(alpha, group.power_g(r[i])), group.multiply(beta, group.power(y, r[i]))

    again = in_threads(re_encrypted, range(len(e)))
    return Shuffled([again[j] for j in psi], r, psi)


def gen_shuffle_proof(
    group: Group, pool: Pool, e: Sequence[tuple[str, str]], shuffled: Shuffled, pk: str, phi: str
) -> list[Any]:
    """A proof that ``shuffled`` is a shuffle of ``e``, as it stands in JSON. Source: table 4.

    ``pool`` is asked for the public generators only. The chain of table 13 is computed from its exponents: ĉ_i is
    g^R_i × h^U_i with R_i = r̂_i + u'_i R_(i-1) and U_i = u'_i U_(i-1), so that its members can be computed apart.
    """
    q, n = group.q, len(e)
    e_prime, psi = shuffled.e_prime, shuffled.psi
    (h,) = pool.texts(pool.generators(-1, 1))  # (1)
    generators: list[str] = []
    for start in range(0, n, CHUNK):
        generators += pool.texts(pool.generators(start, min(CHUNK, n - start)))
        pool.clear()
    r = [0] * n  # (2): c_(j_i) = g^r_(j_i) × h_i
    c: list[str] = [""] * n
    for i, j in enumerate(psi):
        r[j] = random_scalar(group)
        c[j] = group.multiply(group.power_g(r[j]), generators[i])
    str_c = "".join(f"{a},{b}," for a, b in (*e, *e_prime)) + "".join(f"{text}," for text in c)  # (3)
    digest = hashlib.sha256(f"shuffle-challenges|{phi}|{str_c}".encode()).hexdigest()
    u = get_nizkp_challenges(digest, 0, n, q)  # (4)
    u_prime = [u[j] for j in psi]  # (5), (6)
    r_hat = [random_scalar(group) for _ in range(n)]  # (7)
    sums, products = [0], [1]
    for i in range(n):
        sums.append((r_hat[i] + u_prime[i] * sums[-1]) % q)
        products.append(u_prime[i] * products[-1] % q)

    def on_chain(exponents: tuple[int, int]) -> str:
        return group.multiply(group.power_g(exponents[0]), group.power(h, exponents[1]))

    c_hat: list[str] = in_threads(on_chain, list(zip(sums[1:], products[1:], strict=True)))
    omega = [random_scalar(group) for _ in range(4)]  # (8)
    omega_hat = [random_scalar(group) for _ in range(n)]  # (9)
    omega_prime = [random_scalar(group) for _ in range(n)]
    t_hat: list[str] = in_threads(  # (13)
        on_chain,
        [((omega_hat[i] + omega_prime[i] * sums[i]) % q, omega_prime[i] * products[i] % q) for i in range(n)],
    )

    def product(bases: Sequence[str], start: str) -> str:
        value = start
        for power in in_threads(lambda i: group.power(bases[i], omega_prime[i]), range(n)):
            value = group.multiply(value, power)
        return value

    t1, t2 = group.power_g(omega[0]), group.power_g(omega[1])  # (10)
    t3 = product(generators, group.power_g(omega[2]))
    t41 = product([beta for _, beta in e_prime], group.power(pk, -omega[3]))  # (11)
    t42 = product([alpha for alpha, _ in e_prime], group.power_g(-omega[3]))
    str_t = "".join(f"{text}," for text in (t1, t2, t3, t41, t42, *t_hat))  # (14)
    str_y = str_c + "".join(f"{text}," for text in c_hat) + pk  # (15)
    x = challenge(f"shuffle-challenge|{phi}|{str_t}{str_y}", q)  # (16)
    v = [1] * n  # (18), (19)
    for i in range(n - 2, -1, -1):
        v[i] = u_prime[i + 1] * v[i + 1] % q
    s1 = (omega[0] + x * sum(r)) % q  # (17)
    s2 = (omega[1] + x * sum(a * b for a, b in zip(r_hat, v, strict=True))) % q  # (20)
    s3 = (omega[2] + x * sum(a * b for a, b in zip(r, u, strict=True))) % q  # (21)
    s4 = (omega[3] + x * sum(a * b for a, b in zip(shuffled.r_prime, u, strict=True))) % q  # (22)
    s_hat = [(a + x * b) % q for a, b in zip(omega_hat, r_hat, strict=True)]  # (23)
    s_prime = [(a + x * b) % q for a, b in zip(omega_prime, u_prime, strict=True)]
    s = [str(s1), str(s2), str(s3), str(s4), [str(a) for a in s_hat], [str(a) for a in s_prime]]  # (24)
    return [[t1, t2, t3, [t41, t42], t_hat], s, c, c_hat]  # (25)


def shuffle_text(
    group: Group, pool: Pool, questions: Sequence[Sequence[tuple[str, str]]], *, pk: str, phi: str
) -> bytes:
    """The bytes of a shuffle of ``questions`` (the ciphertexts of each ranking question), with proofs."""
    shuffled = [gen_shuffle(group, e, pk) for e in questions]
    proofs = [gen_shuffle_proof(group, pool, e, one, pk, phi) for e, one in zip(questions, shuffled, strict=True)]
    ciphertexts = [[{"alpha": a, "beta": b} for a, b in one.e_prime] for one in shuffled]
    return canonical.dumps({"ciphertexts": ciphertexts, "proofs": proofs}).encode("ascii")
