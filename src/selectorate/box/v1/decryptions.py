"""Partial decryptions: what one trustee takes off the encrypted tally, with a proof for each ciphertext.

Source: Belenios specification 3.1, section 4.20.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from ...errors import ProtocolError
from .. import canonical
from ..public import Element, Pool
from . import proofs
from .elections import Election, ListsQuestion, Question
from .packed import Packed, ahead, chunked, in_threads, put_read
from .scan import Scanner
from .tallies import unflattened

__all__ = ["PartialDecryption", "decryption_text", "read_decryption"]

_T = TypeVar("_T")


@dataclass(frozen=True)
class PartialDecryption:
    """A partial decryption that was read: its factors by question, and whether the proofs of all of them hold."""

    factors: list[Packed]
    holds: bool


def decryption_text(election: Election, private: int, public: str, alphas: Sequence[Sequence[str]]) -> bytes:
    """The bytes of a partial decryption with the key ``private``.

    ``alphas``: those of the tally, by question, in its order.
    """
    group, phi = election.group, election.phi

    def decrypted(alpha: str) -> tuple[str, proofs.Proof]:
        proof = proofs.prove_decryption(group, private, phi=phi, public=public, alpha=alpha)
        return group.power(alpha, private), proof

    factors, their_proofs = [], []
    for question, texts in zip(election.questions, alphas, strict=True):
        pairs = in_threads(decrypted, texts)
        factors.append(_nested(question, [factor for factor, _ in pairs]))
        their_proofs.append(_nested(question, [proof for _, proof in pairs]))
    return canonical.dumps({"decryption_factors": factors, "decryption_proofs": their_proofs}).encode("ascii")


def _nested(question: Question, flat: Sequence[Any]) -> list[Any]:
    return unflattened(question, flat) if isinstance(question, ListsQuestion) else list(flat)


def read_decryption(
    pieces: Iterable[bytes], pool: Pool, election: Election, *, key: Element, public: str, alphas: Sequence[Packed]
) -> PartialDecryption:
    """Read a partial decryption and check its proofs.

    ``key``: the trustee's public key, kept in ``pool``; ``alphas``: those of the tally, by question. Raises
    ProtocolError (``decryption.shape``, ``decryption.points``) if it is not of the form for this tally.
    """
    scanner = Scanner(pieces, election.group, what="the partial decryption", check=_SHAPE)
    scanner.literal('{"decryption_factors":[')
    factors = []
    for number, (question, theirs) in enumerate(zip(election.questions, alphas, strict=True)):
        scanner.literal("," if number else "")
        packed = Packed(pool)
        for texts in _exactly(len(theirs), _rows(scanner, question, scanner.points)):
            put_read(pool, packed, texts, what="a decryption factor", check="decryption.points")
        factors.append(packed)
    scanner.literal('],"decryption_proofs":[')
    holds = True
    for number, (question, theirs) in enumerate(zip(election.questions, alphas, strict=True)):
        scanner.literal("," if number else "")
        done = 0
        for chunk in _exactly(len(theirs), _rows(scanner, question, scanner.proofs)):
            stop = done + len(chunk)
            triples = zip(chunk, theirs.take(done, stop), factors[number].take(done, stop), strict=True)
            checks = [
                proofs.check_decryption(
                    pool, phi=election.phi, key=key, public=public, alpha=alpha, factor=factor, c=c, r=r
                )
                for (c, r), alpha, factor in triples
            ]
            holds = all(proofs.run(pool, checks)) and holds
            pool.clear()
            done = stop
    scanner.literal("]}")
    scanner.end()
    return PartialDecryption(factors, holds)


_SHAPE = "decryption.shape"


def _rows(scanner: Scanner, question: Question, read: Callable[[], Iterator[_T]]) -> Iterator[_T]:
    """The items of one question: a list, or for a lists question a list of lists."""
    if not isinstance(question, ListsQuestion):
        yield from read()
        return
    scanner.literal("[")
    for number, names in enumerate(question.lists):
        scanner.literal("," if number else "")
        for items in _exactly(len(names), read()):
            yield from items
    scanner.literal("]")


def _exactly(count: int, items: Iterator[_T]) -> Iterator[list[_T]]:
    """``items`` in chunks. Raises ProtocolError if they are not ``count``."""
    done = 0
    for chunk in ahead(chunked(items)):
        done += len(chunk)
        if done > count:
            break
        yield chunk
    if done != count:
        raise ProtocolError("the partial decryption is for another number of ciphertexts than the tally", check=_SHAPE)
