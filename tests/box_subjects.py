"""Boxes to attack: four finished ones, each with a twin and all their secrets; always the same bytes."""

from __future__ import annotations

import os
import random
import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest.mock import patch

from tests.boxes import RANK, WITH_BLANK, YES_NO, Made, Part, new_box, parts_of, single_trustees

from selectorate.box import canonical
from selectorate.box.ed25519 import ED25519
from selectorate.box.groups import Group, random_scalar
from selectorate.box.v1 import proofs
from selectorate.box.v1.channels import Channel, Seed
from selectorate.box.v1.credentials import secret_exponent, token
from selectorate.box.v1.elections import Election, ListsQuestion, Question
from selectorate.box.v1.hashes import base64_hash, challenge
from selectorate.box.v1.proofs import Branch

LISTS = ListsQuestion("Which list?", (("Red", "Ada", "Ben"), ("Blue", "Cyd")))
Trustees = tuple[bytes, str, dict[int, tuple[int, str]]]
"""Their structure, the election's key, and the private and public key of each by number."""


@contextmanager
def seeded(seed: int) -> Iterator[random.Random]:
    """Secrets from a generator with a seed, on one thread: what is made here is made again, byte for byte."""
    rng = random.Random(seed)
    with (
        patch.object(secrets, "randbelow", rng.randrange),
        patch.object(secrets, "choice", rng.choice),
        patch.object(secrets, "SystemRandom", lambda: rng),
        patch.object(os, "cpu_count", lambda: 1),
    ):
        yield rng


# --- what the package does not make ----------------------------------------------------------------------


def lists_answer(election: Election, bits: Sequence[Sequence[int]], s0: str) -> dict[str, Any]:
    """An answer to a lists question (specification 3.1, sections 4.11.3, 4.14, 4.15); ``bits`` by list and name."""
    group, y = election.group, election.public_key
    rows = [[_encrypted(group, y, bit) for bit in row] for row in bits]
    s = f"{s0}|" + ",".join(f"{c['alpha']},{c['beta']}" for row in rows for c, _ in row)
    individual = [
        [proofs.iprove(group, s0, r, bit, (0, 1), c=c, y=y) for (c, r), bit in zip(row, bit_row, strict=True)]
        for row, bit_row in zip(rows, bits, strict=True)
    ]
    heads, r_heads = summed(group, [row[0] for row in rows])
    list_proofs = []
    for row, bit_row in zip(rows, bits, strict=True):
        rest, r_rest = summed(group, row[1:])
        branches = [Branch(row[0][0]["alpha"], row[0][0]["beta"], 1), Branch(rest["alpha"], rest["beta"], 0)]
        true, r = (0, row[0][1]) if bit_row[0] else (1, r_rest)
        list_proofs.append(proofs.prove_one_of(group, branches, true, r, y=y, hashed=lambda a: f"lproof|{s}|{a}"))
    c, r = summed(group, [pair for row in rows for pair in row[1:]])
    return {
        "choices": [[c for c, _ in row] for row in rows],
        "individual_proofs": individual,
        "overall_proof": proofs.iprove(group, s, r_heads, 0, (1,), c=heads, y=y)[0],
        "list_proofs": list_proofs,
        "nonzero_proof": prove_nonzero(group, s, c, r, y),
    }


def prove_nonzero(group: Group, s: str, c: Any, r: int, y: str) -> dict[str, Any]:
    """That ``c``, of randomness ``r``, does not encrypt zero. Source: section 4.15."""
    blind, w1, w2 = (random_scalar(group) for _ in range(3))
    a0 = group.multiply(group.power(c["beta"], blind), group.power(y, -blind * r))
    a1 = group.multiply(group.power(c["alpha"], w1), group.power_g(w2))
    a2 = group.multiply(group.power(c["beta"], w1), group.power(y, w2))
    e = challenge(f"nonzero|{s}|{a0},{a1},{a2}", group.q)
    response = [str((w1 - blind * e) % group.q), str((w2 + blind * r * e) % group.q)]
    return {"commitment": a0, "challenge": str(e), "response": response}


def _encrypted(group: Group, y: str, bit: int) -> tuple[Any, int]:
    r = random_scalar(group)
    plain = group.generator if bit else group.identity
    return {"alpha": group.power_g(r), "beta": group.multiply(group.power(y, r), plain)}, r


def summed(group: Group, pairs: Sequence[tuple[Any, int]]) -> tuple[Any, int]:
    """The product of ciphertexts, each with its randomness, and the sum of the randomness."""
    alpha, beta, r = group.identity, group.identity, 0
    for c, of_c in pairs:
        alpha, beta, r = group.multiply(alpha, c["alpha"]), group.multiply(beta, c["beta"]), r + of_c
    return {"alpha": alpha, "beta": beta}, r % group.q


def signed(group: Group, secret: int, content: dict[str, Any]) -> bytes:
    """A ballot of this content, its hash and signature made anew with the secret exponent of a credential."""
    unsigned = {name: value for name, value in content.items() if name != "signature"}
    digest = base64_hash(canonical.dumps(unsigned).encode())
    unsigned["signature"] = {"hash": digest, "proof": proofs.prove_signature(group, secret, digest)}
    return canonical.dumps(unsigned).encode()


def lists_ballot(election: Election, credential: str, bits: Sequence[Sequence[int]]) -> bytes:
    """A ballot for an election of one lists question."""
    group = election.group
    secret = secret_exponent(group, election.uuid, credential)
    public = group.power_g(secret)
    answer = lists_answer(election, bits, f"{election.phi}|{public}")
    content = {
        "election_uuid": election.uuid,
        "election_hash": election.phi,
        "credential": public,
        "answers": [answer],
    }
    return signed(group, secret, content)


def pedersen_trustees(group: Group, size: int, threshold: int, *, with_single: bool = True) -> Trustees:
    """One trustee who is always needed, and ``size`` of whom ``threshold`` suffice, with all that they publish."""
    channels = [Channel.of(group, Seed.generate()) for _ in range(size)]
    certs = []
    for index, channel in enumerate(channels, 1):
        context = {"group": group.name, "size": size, "threshold": threshold, "index": index}
        keys = {
            "context": context,
            "verification": channel.verification_key,
            "encryption": channel.encryption_key,
        }
        certs.append(channel.sign(canonical.dumps(keys)))
    polynomials = [[random_scalar(group) for _ in range(threshold)] for _ in channels]
    points = [[group.power_g(a) for a in polynomial] for polynomial in polynomials]
    coefexps, signatures, keys_of = [], [], []
    private: dict[int, tuple[int, str]] = {}
    structure, y, first = [], group.identity, 1
    if with_single:
        raw, y, private = single_trustees(group, 1)
        structure, first = canonical.loads(raw, what="trustees"), 2
    for j, (channel, of_trustee) in enumerate(zip(channels, points, strict=True), 1):
        coefexps.append(channel.sign(canonical.dumps({"coefexps": of_trustee})))
        both = canonical.dumps({"certs": certs, "coefexps": of_trustee})
        signatures.append(channel.sign(f"certs_sig|{both}")["signature"])
        share = sum(a * j**k for polynomial in polynomials for k, a in enumerate(polynomial)) % group.q
        key = group.power_g(share)
        pok = proofs.prove_possession(group, share, key)
        signature = channel.sign(key)["signature"]
        keys_of.append({"pok": pok, "public_key": key, "signature": signature, "name": f"Trustee {first + j - 1}"})
        private[first + j - 1] = (share, key)
        y = group.multiply(y, of_trustee[0])
    parameters = {
        "threshold": threshold,
        "certs": certs,
        "coefexps": coefexps,
        "signatures": signatures,
        "verification_keys": keys_of,
    }
    return canonical.dumps([*structure, ["Pedersen", parameters]]).encode(), y, private


# --- the four --------------------------------------------------------------------------------------------


@dataclass
class Subject:
    """A finished box, taken apart. ``twin``: another of the same trustees, voters and questions. ``secrets``: the
    secret exponent of each public credential; ``foreign``: secrets of nobody on the list."""

    name: str
    made: Made
    parts: list[Part]
    twin: list[Part]
    secrets: dict[str, int]
    result: Any

    @property
    def group(self) -> Group:
        """The group of the box."""
        return self.made.group

    def of_type(self, kind: str) -> list[int]:
        """The positions of the events of a type."""
        return [number for number, part in enumerate(self.parts) if part.type == kind]


def _lists(made: Made, voter: int, answers: Any) -> None:
    made.receipts.append(made.box.cast(lists_ballot(made.election, made.credentials[voter], answers[0])))


_QUESTIONS: dict[str, tuple[Question, ...]] = {
    "ranking": (RANK,),
    "sums": (WITH_BLANK, YES_NO),
    "lists": (LISTS,),
    "threshold": (RANK, YES_NO),
}
# By box: which voter casts what, in order. One voter of each stays away.
_CAST: dict[str, list[tuple[int, Any]]] = {
    "ranking": [(0, [[1, 2, 3]]), (1, [[2, 1, 0]]), (2, [[0, 0, 1]])],
    "sums": [(0, [[0, 1, 0, 0], [1, 0]]), (1, [[1, 0, 0, 0], [0, 1]]), (2, [[0, 0, 1, 1], [1, 0]])],
    "lists": [(0, [[[1, 1, 0], [0, 0]]]), (1, [[[0, 0, 0], [1, 1]]])],
    "threshold": [
        (0, [[1, 2, 3], [1, 0]]),
        (1, [[3, 2, 1], [0, 1]]),
        (0, [[2, 1, 3], [0, 1]]),
        (2, [[1, 0, 0], [1, 0]]),
    ],
}
_WEIGHTS = {"ranking": (1, 1, 1, 1), "sums": (1, 2, 5, 1), "lists": (3, 1, 1), "threshold": (1, 1, 1, 1)}
_DECRYPT = {"threshold": (1, 2, 4)}
SUBJECTS = tuple(_QUESTIONS)


def subject(name: str, folder: Path) -> Subject:
    """The box of this name, made anew under ``folder``."""
    with seeded(SUBJECTS.index(name)):
        trustees = pedersen_trustees(ED25519, 3, 2) if name == "threshold" else single_trustees(ED25519, 2)
        folder.mkdir(parents=True, exist_ok=True)
        made, twin = (_filled(name, folder, trustees) for _ in range(2))
        finished = [_finished(one, name) for one in (made, twin)]
    election = made.election
    known = {}
    for credential in made.credentials:
        secret = secret_exponent(made.group, election.uuid, credential)
        known[made.group.power_g(secret)] = secret
    return Subject(name, made, parts_of(made.path), parts_of(twin.path), known, finished[0])


def _filled(name: str, folder: Path, trustees: Trustees) -> Made:
    made = new_box(folder, _QUESTIONS[name], voters=_WEIGHTS[name], trustees=trustees, uuid=token(14))
    for voter, answers in _CAST[name]:
        if name == "lists":
            _lists(made, voter, answers)
        else:
            made.cast(voter, answers)
    return made


def _finished(made: Made, name: str) -> Any:
    made.close()
    if made.election.rankings:
        made.shuffle(1, 2)
    made.decrypt(*_DECRYPT.get(name, (1, 2)))
    return made.finish()
