"""Ballots: made with a secret credential, and checked by what they say alone.

Source: Belenios specification 3.1, sections 4.11 and 4.17.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias, TypedDict

from ...errors import InputError, ProtocolError
from .. import canonical
from ..groups import Group, random_scalar
from ..public import Element, Pool, Product
from ..shapes import HASH_64, Fields, Items, Pair, Shape, exact_text, require
from . import proofs
from .credentials import secret_exponent
from .elections import UUID, Election, HomomorphicQuestion, ListsQuestion, Question, RankingQuestion
from .hashes import base64_hash
from .proofs import Branch, Check, Ciphertext, CiphertextElements, Elements, Proof

__all__ = [
    "Ballot",
    "BallotReader",
    "ballot_alphas",
    "ballot_checks",
    "ballot_points",
    "make_ballot",
    "read_ballot",
    "tracker",
]

Choices: TypeAlias = Sequence[int]
"""What a voter answers to one question: 0 or 1 for each answer (with blank: first 1 if blank), or a number each."""


class Signature(TypedDict):
    """The signature of a ballot as it stands in JSON."""

    hash: str
    proof: Proof


class BallotJson(TypedDict):
    """A ballot as it stands in JSON."""

    election_uuid: str
    election_hash: str
    credential: str
    answers: list[Any]
    signature: Signature


@dataclass(frozen=True)
class Ballot:
    """A ballot that was read: its bytes and what they say."""

    raw: bytes
    content: BallotJson

    @property
    def credential(self) -> str:
        """The public credential under which it was cast."""
        return self.content["credential"]


def tracker(raw: bytes) -> str:
    """The tracker by which a voter finds the ballot ``raw``: its hash in Base64."""
    return base64_hash(raw)


# --- its shape -------------------------------------------------------------------------------------------


def _proof_shape(group: Group) -> Fields:
    return Fields((("challenge", group.scalar), ("response", group.scalar)))


def _ciphertext_shape(group: Group) -> Fields:
    return Fields((("alpha", group.point), ("beta", group.point)))


def answer_shape(group: Group, question: Question) -> Shape:
    """What an answer to ``question`` looks like: how many ciphertexts, how many proofs."""
    proof, ciphertext = _proof_shape(group), _ciphertext_shape(group)
    bit = Items(proof, 2)
    match question:
        case RankingQuestion():
            return Fields((("choices", ciphertext), ("proof", proof)))
        case HomomorphicQuestion(least=least, most=most, blank=blank):
            overall = Items(proof, most - least + 1 + blank)
            fields: list[tuple[str, Shape]] = [
                ("choices", Items(ciphertext, question.width)),
                ("individual_proofs", Items(bit, question.width)),
                ("overall_proof", overall),
            ]
            if blank:
                fields.append(("blank_proof", Items(proof, 2)))
            return Fields(tuple(fields))
        case ListsQuestion(lists=lists):
            nonzero = Fields(
                (("commitment", group.point), ("challenge", group.scalar), ("response", Items(group.scalar, 2)))
            )
            return Fields(
                (
                    ("choices", Pair(tuple(Items(ciphertext, len(names)) for names in lists))),
                    ("individual_proofs", Pair(tuple(Items(bit, len(names)) for names in lists))),
                    ("overall_proof", proof),
                    ("list_proofs", Items(Items(proof, 2), len(lists))),
                    ("nonzero_proof", nonzero),
                )
            )


def unsigned_shape(election: Election) -> Fields:
    """What a ballot of ``election`` looks like before it is signed."""
    group = election.group
    return Fields(
        (
            ("election_uuid", UUID),
            ("election_hash", HASH_64),
            ("credential", group.point),
            ("answers", Pair(tuple(answer_shape(group, question) for question in election.questions))),
        )
    )


def ballot_shape(election: Election) -> Fields:
    """What a ballot of ``election`` looks like."""
    signature = Fields((("hash", HASH_64), ("proof", _proof_shape(election.group))))
    return Fields((*unsigned_shape(election).fields, ("signature", signature)))


class BallotReader:
    """Reads ballots of one election: their shape is made once, and a pattern for it where there can be one."""

    def __init__(self, election: Election) -> None:
        self.election = election
        self.shape = ballot_shape(election)
        self._exact = exact_text(self.shape)

    def read(self, raw: bytes) -> Ballot:
        """The ballot whose bytes are ``raw``, of the right shape and bound to the election; no proof is checked yet.

        Raises ProtocolError with the checks ``ballot.canonical``, ``ballot.shape``, ``ballot.election`` or
        ``ballot.hash``.
        """
        if len(raw) > MOST_BYTES:
            raise ProtocolError(f"a ballot is longer than {MOST_BYTES:,} bytes", check="ballot.canonical")
        content = self._content(raw)
        election = self.election
        if content["election_uuid"] != election.uuid or content["election_hash"] != election.phi:
            raise ProtocolError("the ballot is for another election", check="ballot.election")
        unsigned = raw[: raw.rindex(b',"signature":{"hash":')] + b"}"
        if content["signature"]["hash"] != base64_hash(unsigned):
            raise ProtocolError("the hash that is signed is not that of the ballot", check="ballot.hash")
        return Ballot(raw, content)

    def _content(self, raw: bytes) -> BallotJson:
        """The JSON value of a ballot, which has its shape and the one form that is allowed."""
        match = self._exact.fullmatch(raw) if self._exact is not None else None
        if match is not None and all(int(number) < self.election.group.q for number in match.groups()):
            matched: BallotJson = json.loads(raw)
            return matched
        content: BallotJson = canonical.loads(raw, what="the ballot", check="ballot.canonical")
        require(self.shape, content, "ballot", check="ballot.shape")
        return content


def read_ballot(raw: bytes, election: Election) -> Ballot:
    """One ballot, as `BallotReader.read` reads it."""
    return BallotReader(election).read(raw)


MOST_BYTES = 4 * 1024 * 1024
"""Bytes of one ballot: more than a question of a thousand choices in the larger group needs."""


# --- checking --------------------------------------------------------------------------------------------


def ballot_points(ballot: Ballot, election: Election) -> list[str]:
    """The texts of all points of the answers, in the order in which `ballot_checks` takes them."""
    texts: list[str] = []
    for question, answer in zip(election.questions, ballot.content["answers"], strict=True):
        for ciphertext in _ciphertexts(question, answer):
            texts += (ciphertext["alpha"], ciphertext["beta"])
        if isinstance(question, ListsQuestion):
            texts.append(answer["nonzero_proof"]["commitment"])
    return texts


def ballot_alphas(ballot: Ballot) -> list[str]:
    """The texts of the alphas of all ciphertexts: each tells the randomness with which it was made."""
    return [str(ciphertext["alpha"]) for answer in ballot.content["answers"] for ciphertext in _flat(answer["choices"])]


def _flat(choices: Any) -> list[Any]:
    """Ciphertexts in lists to any depth, in one list."""
    return [one for row in choices for one in _flat(row)] if isinstance(choices, list) else [choices]


def _ciphertexts(question: Question, answer: Any) -> list[Ciphertext]:
    """The ciphertexts of an answer in one list."""
    match question:
        case RankingQuestion():
            return [answer["choices"]]
        case HomomorphicQuestion():
            return list(answer["choices"])
        case ListsQuestion():
            return [ciphertext for row in answer["choices"] for ciphertext in row]


def ballot_checks(
    pool: Pool, ballot: Ballot, election: Election, *, y: Element, credential: Element, points: Sequence[Element]
) -> list[Check]:
    """The checks of the signature and of all proofs of a ballot.

    ``y``: the election's key, ``credential``: the ballot's, ``points``: those of `ballot_points`, all read into
    ``pool``. Source: section 4.11.
    """
    signature = ballot.content["signature"]
    signed = proofs.check_signature(pool, credential, signature["hash"], signature["proof"])
    return [signed, *answer_checks(pool, ballot, election, y=y, points=points)]


def answer_checks(
    pool: Pool, ballot: Ballot, election: Election, *, y: Element, points: Sequence[Element]
) -> list[Check]:
    """The checks of the proofs of a ballot's answers, without its signature. Arguments as for `ballot_checks`."""
    content = ballot.content
    checks: list[Check] = []
    s0 = f"{election.phi}|{content['credential']}"
    remaining = iter(points)
    for question, answer in zip(election.questions, content["answers"], strict=True):
        texts = _ciphertexts(question, answer)
        read = [CiphertextElements(next(remaining), next(remaining)) for _ in texts]
        match question:
            case RankingQuestion():
                checks.append(
                    proofs.check_raw_encryption(
                        pool, read[0].alpha, s=s0, y=election.public_key, c=texts[0], proof=answer["proof"]
                    )
                )
            case HomomorphicQuestion():
                checks += _bit_checks(pool, s0, texts, read, answer["individual_proofs"], y)
                checks += _homomorphic_checks(pool, question, _bound(s0, texts), read, answer, y)
            case ListsQuestion():
                flat = [proof for row in answer["individual_proofs"] for proof in row]
                checks += _bit_checks(pool, s0, texts, read, flat, y)
                checks += _lists_checks(pool, question, _bound(s0, texts), read, answer, y, next(remaining))
    return checks


def _bound(s0: str, texts: Sequence[Ciphertext]) -> str:
    """The string S of section 4.11.1: S0 with all ciphertexts of the answer."""
    return f"{s0}|" + ",".join(f"{c['alpha']},{c['beta']}" for c in texts)


def _bit_checks(
    pool: Pool,
    s0: str,
    texts: Sequence[Ciphertext],
    read: Sequence[CiphertextElements],
    bit_proofs: Sequence[Sequence[Proof]],
    y: Element,
) -> Iterator[Check]:
    """That each ciphertext encrypts 0 or 1."""
    for text, c, pair in zip(texts, read, bit_proofs, strict=True):
        yield proofs.check_interval(pool, s0, (0, 1), c=c, text=f"{text['alpha']},{text['beta']}", y=y, proofs=pair)


def _sums(parts: Sequence[CiphertextElements]) -> list[Product]:
    """The products that make the sum of encrypted numbers: of all alphas, of all betas."""
    return [[(c.alpha, 1) for c in parts], [(c.beta, 1) for c in parts]]


def _homomorphic_checks(
    pool: Pool,
    question: HomomorphicQuestion,
    s: str,
    read: Sequence[CiphertextElements],
    answer: Any,
    y: Element,
) -> Iterator[Check]:
    """That the sum is within bounds, or that the vote is blank. Source: sections 4.11.1 and 4.13."""
    ms = range(question.least, question.most + 1)
    overall = answer["overall_proof"]
    if not question.blank:

        def in_bounds() -> Check:
            elements, texts = yield Elements(_sums(read))
            total = CiphertextElements(*elements)
            check = proofs.check_interval(pool, s, ms, c=total, text=",".join(texts), y=y, proofs=overall)
            return (yield from check)

        yield in_bounds()
        return

    def blank_or_none() -> Check:
        elements, _ = yield Elements(_sums(read[1:]))
        rest = CiphertextElements(*elements)
        check = proofs.check_blank(pool, s, first=read[0], rest=rest, y=y, proofs=answer["blank_proof"])
        return (yield from check)

    def blank_or_in_bounds() -> Check:
        elements, _ = yield Elements(_sums(read[1:]))
        rest = CiphertextElements(*elements)
        check = proofs.check_overall_with_blank(pool, s, ms, first=read[0], rest=rest, y=y, proofs=overall)
        return (yield from check)

    yield blank_or_none()
    yield blank_or_in_bounds()


def _lists_checks(
    pool: Pool,
    question: ListsQuestion,
    s: str,
    read: Sequence[CiphertextElements],
    answer: Any,
    y: Element,
    commitment: Element,
) -> Iterator[Check]:
    """One list, its candidates only, at least one of them. Source: sections 4.11.3, 4.14 and 4.15."""
    rows: list[Sequence[CiphertextElements]] = []
    start = 0
    for names in question.lists:
        rows.append(read[start : start + len(names)])
        start += len(names)

    def one_list() -> Check:
        elements, texts = yield Elements(_sums([row[0] for row in rows]))
        total, text = CiphertextElements(*elements), ",".join(texts)
        proof = [answer["overall_proof"]]
        return (yield from proofs.check_interval(pool, s, (1,), c=total, text=text, y=y, proofs=proof))

    def chosen_or_none(row: Sequence[CiphertextElements], pair: Sequence[Proof]) -> Check:
        elements, _ = yield Elements(_sums(row[1:]))
        rest = CiphertextElements(*elements)
        return (yield from proofs.check_list(pool, s, chosen=row[0], rest=rest, y=y, proofs=pair))

    def some_candidate() -> Check:
        elements, _ = yield Elements(_sums([c for row in rows for c in row[1:]]))
        total = CiphertextElements(*elements)
        proof = answer["nonzero_proof"]
        return (yield from proofs.check_nonzero(pool, s, c=total, y=y, proof=proof, commitment=commitment))

    yield one_list()
    yield from (chosen_or_none(row, pair) for row, pair in zip(rows, answer["list_proofs"], strict=True))
    yield some_candidate()


# --- making ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Encryption:
    """A ciphertext with its secret: the randomness ``r``."""

    ciphertext: Ciphertext
    r: int

    def __repr__(self) -> str:
        return "<encryption>"


def _encrypt(group: Group, y: str, plaintext: str) -> _Encryption:
    """Encrypt an element under the key ``y``."""
    r = random_scalar(group)
    beta = group.multiply(group.power(y, r), plaintext)
    return _Encryption({"alpha": group.power_g(r), "beta": beta}, r)


def plaintexts(group: Group, question: Question, choices: Choices) -> list[str]:
    """The elements that are encrypted for ``choices``: one for a ranking, else one for each choice.

    Raises InputError if they are not an answer that ``question`` allows.
    """
    match question:
        case RankingQuestion():
            _require_numbers(question, choices)
            return [group.encode(choices)]
        case HomomorphicQuestion():
            _require_legal(question, choices)
            return [group.generator if bit else group.identity for bit in choices]
        case ListsQuestion():
            raise InputError("this program reads and checks answers to lists questions, but does not make them")


def _answer(election: Election, question: Question, choices: Choices, s0: str) -> dict[str, Any]:
    match question:
        case RankingQuestion():
            return _ranking_answer(election, question, choices, s0)
        case HomomorphicQuestion():
            return _homomorphic_answer(election, question, choices, s0)
        case ListsQuestion():
            raise InputError("this program reads and checks answers to lists questions, but does not make them")


def _ranking_answer(election: Election, question: RankingQuestion, values: Choices, s0: str) -> dict[str, Any]:
    """Source: section 4.11.2."""
    group, y = election.group, election.public_key
    encrypted = _encrypt(group, y, *plaintexts(group, question, values))
    proof = proofs.prove_raw_encryption(group, encrypted.r, s=s0, y=y, c=encrypted.ciphertext)
    return {"choices": encrypted.ciphertext, "proof": proof}


def _homomorphic_answer(election: Election, question: HomomorphicQuestion, bits: Choices, s0: str) -> dict[str, Any]:
    """Source: sections 4.11.1 and 4.13."""
    group, y = election.group, election.public_key
    encrypted = [_encrypt(group, y, plaintext) for plaintext in plaintexts(group, question, bits)]
    choices = [one.ciphertext for one in encrypted]
    individual = [
        proofs.iprove(group, s0, one.r, bit, (0, 1), c=one.ciphertext, y=y)
        for one, bit in zip(encrypted, bits, strict=True)
    ]
    s = _bound(s0, choices)
    ms = range(question.least, question.most + 1)
    counted = encrypted[question.blank :]
    total = sum(bits[question.blank :])
    summed = _sum_of(group, [one.ciphertext for one in counted])
    r_sum = sum(one.r for one in counted) % group.q
    answer: dict[str, Any] = {"choices": choices, "individual_proofs": individual}
    if not question.blank:
        answer["overall_proof"] = proofs.iprove(group, s, r_sum, total - question.least, ms, c=summed, y=y)
        return answer
    blank, first = bits[0] == 1, encrypted[0]
    zero = [
        Branch(first.ciphertext["alpha"], first.ciphertext["beta"], 0),
        Branch(summed["alpha"], summed["beta"], 0),
    ]
    bounds = [
        Branch(first.ciphertext["alpha"], first.ciphertext["beta"], 1),
        *(Branch(summed["alpha"], summed["beta"], m) for m in ms),
    ]
    answer["overall_proof"] = proofs.prove_one_of(
        group,
        bounds,
        0 if blank else 1 + total - question.least,
        first.r if blank else r_sum,
        y=y,
        hashed=lambda a: f"bproof1|{s}|{a}",
    )
    answer["blank_proof"] = proofs.prove_one_of(
        group,
        zero,
        1 if blank else 0,
        r_sum if blank else first.r,
        y=y,
        hashed=lambda a: f"bproof0|{s}|{a}",
    )
    return answer


def _sum_of(group: Group, parts: Sequence[Ciphertext]) -> Ciphertext:
    """The encryption of the sum of encrypted numbers."""
    alpha, beta = group.identity, group.identity
    for part in parts:
        alpha, beta = group.multiply(alpha, part["alpha"]), group.multiply(beta, part["beta"])
    return {"alpha": alpha, "beta": beta}


def _require_numbers(question: RankingQuestion, values: Choices) -> None:
    """Raise InputError unless ``values`` is a number for each name."""
    if len(values) != len(question.answers):
        raise InputError(f"the answer has {len(values)} values for {len(question.answers)} names")
    if any(type(value) is not int or not 0 <= value <= 255 for value in values):
        raise InputError("an answer to this question is a whole number from 0 to 255 for each name")


def _require_legal(question: HomomorphicQuestion, bits: Choices) -> None:
    """Raise InputError unless ``bits`` is an answer that ``question`` allows."""
    if len(bits) != question.width or any(type(bit) is not int or bit not in (0, 1) for bit in bits):
        raise InputError(f"an answer to this question is {question.width} times 0 or 1")
    blank = bool(question.blank and bits[0])
    total = sum(bits[question.blank :])
    if blank and total:
        raise InputError("a blank vote chooses nothing")
    if not blank and not question.least <= total <= question.most:
        raise InputError(f"this question wants {question.least} to {question.most} choices, not {total}")


def make_ballot(election: Election, credential: str, answers: Sequence[Choices]) -> bytes:
    """A ballot with ``answers`` (one a question), signed with the secret ``credential``.

    Raises InputError if an answer is not one that the question allows, or the credential has not the form. Whether
    the credential is on the list is for the caller to see to: `credentials.public` says which entry it is.
    """
    group = election.group
    if len(answers) != len(election.questions):
        raise InputError(f"{len(answers)} answers for {len(election.questions)} questions")
    secret = secret_exponent(group, election.uuid, credential)
    public = group.power_g(secret)
    s0 = f"{election.phi}|{public}"
    content: dict[str, Any] = {
        "election_uuid": election.uuid,
        "election_hash": election.phi,
        "credential": public,
        "answers": [
            _answer(election, question, choices, s0)
            for question, choices in zip(election.questions, answers, strict=True)
        ],
    }
    unsigned = base64_hash(canonical.dumps(content).encode("utf-8"))
    content["signature"] = {"hash": unsigned, "proof": proofs.prove_signature(group, secret, unsigned)}
    return canonical.dumps(content).encode("utf-8")
