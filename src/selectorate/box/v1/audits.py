"""A ballot that was opened instead of cast: does it hold what the voter chose?

The booth shows a commitment to the ballot (the hash that its signature would sign) before it knows whether the voter
will cast it or have it opened. Opened, it comes with the randomness of every ciphertext. Then everybody can encrypt the
same answers anew and compare. It carries no signature, so nobody can cast what is in such a file, and the booth
never casts a ballot whose randomness was shown. An addition outside the protocol; source of the encryption: Belenios
specification 3.1, sections 4.11.1 and 4.11.2.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ...errors import InputError
from .. import canonical
from ..pools import new_pool
from ..public import Element
from ..shapes import HASH_64, Fields, Items, Pair, Small, Text, require
from . import proofs
from .ballots import Ballot, answer_checks, ballot_points, plaintexts, unsigned_shape
from .elections import Election, HomomorphicQuestion, Question, RankingQuestion, width
from .hashes import base64_hash
from .papers import void_in

__all__ = ["CHECKS", "FORMAT", "AuditFinding", "Opened", "audit", "read_opened"]

FORMAT = "selectorate-audit-1"
MOST_BYTES = 8 * 1024 * 1024

CHECKS: dict[str, str] = {
    "audit.election": "The ballot was made for this election.",
    "audit.commitment": "The commitment that the booth showed is the hash of this ballot.",
    "audit.answer": "The answers are ones that the paper allows.",
    "audit.encryption": "Encrypting the answers with the randomness that is shown gives the ciphertexts of the ballot.",
    "audit.proofs": "The proofs of the ballot hold: it would have been taken, had it been signed.",
}
"""The checks by name, in their order."""


@dataclass(frozen=True)
class AuditFinding:
    """One check and its verdict; ``detail``: what failed. ``passed`` is None if it could not be reached."""

    check: str
    passed: bool | None
    detail: str = ""

    @property
    def what(self) -> str:
        """The check in a sentence."""
        return CHECKS[self.check]


@dataclass(frozen=True)
class Opened:
    """An audit file that was read. ``answers``, ``randomness``: a row for each question."""

    commitment: str
    answers: list[list[int]]
    randomness: list[list[str]]
    content: Any

    def said(self, election: Election) -> Iterator[str]:
        """What stands on the paper, in words, for the voter to compare with what they chose."""
        for question, answer in zip(election.questions, self.answers, strict=False):
            yield f"{question.question}: {_worded(question, answer)}"


def read_opened(raw: bytes, election: Election) -> Opened:
    """The audit file whose bytes are ``raw``.

    Raises InputError for what is no audit file, ProtocolError (``audit.shape``) for one that is not of the shape that
    one of this election has.
    """
    if len(raw) > MOST_BYTES:
        raise InputError(f"an audit file is not longer than {MOST_BYTES:,} bytes")
    try:
        value = json.loads(raw.decode("utf-8"))
    except (ValueError, RecursionError):
        raise InputError("this is not JSON") from None
    if not isinstance(value, dict) or value.get("format") != FORMAT:
        raise InputError("this is no audit file of a booth", hint=f'It says "format": "{FORMAT}".')
    if not all(isinstance(question, RankingQuestion | HomomorphicQuestion) for question in election.questions):
        raise InputError("a booth does not ask the questions of this election")
    rows = tuple(Items(election.group.scalar, width(question)) for question in election.questions)
    shape = Fields(
        (
            ("format", Text()),
            ("commitment", HASH_64),
            ("answers", Items(Items(Small(0, 255)), len(rows))),
            ("randomness", Pair(rows)),
            ("content", unsigned_shape(election)),
        )
    )
    require(shape, value, "the audit file", check="audit.shape")
    return Opened(value["commitment"], value["answers"], value["randomness"], value["content"])


def audit(opened: Opened, election: Election, *, shown: str | None = None) -> list[AuditFinding]:
    """Every check of an opened ballot. ``shown``: the commitment that the voter noted from the screen."""
    content = opened.content
    right = content["election_uuid"] == election.uuid and content["election_hash"] == election.phi
    found = [AuditFinding("audit.election", right, "" if right else "It names another election.")]
    found.append(_commitment(opened, shown))
    expected = _expected(opened, election)
    if isinstance(expected, str):
        found += [AuditFinding("audit.answer", False, expected), AuditFinding("audit.encryption", None)]
    else:
        found += [AuditFinding("audit.answer", True), _encryption(opened, election, expected)]
    found.append(_proofs(content, election))
    return found


def _commitment(opened: Opened, shown: str | None) -> AuditFinding:
    if shown is not None and shown.strip().rstrip("=") != opened.commitment:
        return AuditFinding("audit.commitment", False, "It is not the one that was noted.")
    same = base64_hash(canonical.dumps(opened.content).encode("utf-8")) == opened.commitment
    return AuditFinding("audit.commitment", same, "" if same else "The ballot has another hash.")


def _expected(opened: Opened, election: Election) -> list[list[str]] | str:
    """The elements that the answers stand for, or why they are no answers."""
    found: list[list[str]] = []
    for number, (question, answer) in enumerate(zip(election.questions, opened.answers, strict=True), 1):
        try:
            found.append(plaintexts(election.group, question, answer))
        except InputError as fault:
            return f"Question {number}: {fault.message}"
        void = void_in(question, answer) if isinstance(question, RankingQuestion) else None
        if void:
            return f"Question {number}: {void}"
    return found


def _encryption(opened: Opened, election: Election, expected: list[list[str]]) -> AuditFinding:
    """alpha = g^r and beta = y^r times the element of the answer, for every ciphertext."""
    group = election.group
    for number, (plain, row, answer) in enumerate(
        zip(expected, opened.randomness, opened.content["answers"], strict=True), 1
    ):
        choices = answer["choices"] if isinstance(answer["choices"], list) else [answer["choices"]]
        for place, (element, r, ciphertext) in enumerate(zip(plain, map(int, row), choices, strict=True), 1):
            beta = group.multiply(group.power(election.public_key, r), element)
            if (ciphertext["alpha"], ciphertext["beta"]) != (group.power_g(r), beta):
                detail = f"Question {number}, ciphertext {place}: it encrypts something else."
                return AuditFinding("audit.encryption", False, detail)
    return AuditFinding("audit.encryption", True)


def _proofs(content: Any, election: Election) -> AuditFinding:
    """The proofs, as a ballot box would check them."""
    pool = new_pool(election.group, "libsodium")
    ballot = Ballot(b"", content)
    read = pool.read([election.public_key, content["credential"], *ballot_points(ballot, election)])
    elements: list[Element] = [element for element in read if element is not None]
    if len(elements) < len(read):
        return AuditFinding("audit.proofs", False, "A point of the ballot is not in the group.")
    checks = answer_checks(pool, ballot, election, y=elements[0], points=elements[2:])
    holds = all(proofs.run(pool, checks))
    return AuditFinding("audit.proofs", holds, "" if holds else "A proof does not hold.")


def _worded(question: Question, answer: list[int]) -> str:
    """An answer in words."""
    names = getattr(question, "answers", ())
    offset = 1 if isinstance(question, HomomorphicQuestion) and question.blank else 0
    marked = [(mark, name) for mark, name in zip(answer[offset:], names, strict=False) if mark]
    if not marked:
        return "blank"
    if isinstance(question, RankingQuestion) and any(mark > 1 for mark, _ in marked):
        return ", ".join(f"{rank}. {name}" for rank, name in sorted(marked))
    return ", ".join(name for _, name in marked)
