"""The result: what the trustees' decryptions together make of the tally.

Source: Belenios specification 3.1, section 4.21.

Rankings come out as plaintexts that the protocol does not hold to any form: a vector that is no legal paper, or a point
that is not the one encoding of its vector, could be a mark by which a sold vote is recognised. Such plaintexts are
named as void, so that the count leaves them out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from math import isqrt
from typing import Any

from ...errors import ProtocolError
from .. import canonical
from ..groups import Group
from ..public import Element, Pool, Product
from .elections import Election, ListsQuestion, RankingQuestion, width
from .packed import CHUNK, Ciphertexts, Packed
from .tallies import unflattened

__all__ = ["Opened", "open_tally", "require_findable", "result_text"]


MOST_KNOWN = 100_000
"""Encodings that are remembered: papers of few names are mostly alike, those of thirty are all different."""
MOST_SMALL_STEPS = 2**16
"""Powers that are kept while sums are looked for: some 40 MB in the larger group."""
MOST_LARGE_STEPS = 4_000_000
"""Steps by which sums are looked for, of all sums together: minutes, not days, whatever weights somebody wrote down."""


class Opened:
    """An opened tally. ``result``: by question, as it stands in the result's JSON.

    ``not_canonical``: by ranking question, the positions of plaintexts that are not the canonical encoding of their
    vector: void, whatever the vector says.
    """

    def __init__(self, result: list[Any], not_canonical: dict[int, list[int]]) -> None:
        self.result, self.not_canonical = result, not_canonical


def result_text(opened: Opened) -> bytes:
    """The bytes of a result."""
    return canonical.dumps({"result": opened.result}).encode("ascii")


def open_tally(
    pool: Pool,
    election: Election,
    tally: Sequence[Ciphertexts],
    shares: Sequence[tuple[int, Sequence[Packed]]],
    total_weight: int,
) -> Opened:
    """Open a tally with enough partial decryptions.

    ``tally``: by question. ``shares``: for each share that is used its exponent (1, or a Lagrange coefficient) and
    its factors by question. ``total_weight``: no sum can be larger. Raises ProtocolError (``result.range``) for a
    sum that is none of 0 to ``total_weight``, which no honest tally has.
    """
    result: list[Any] = []
    not_canonical: dict[int, list[int]] = {}
    to_find: dict[int, list[str]] = {}
    for position, question in enumerate(election.questions):
        chunks = _plaintexts(pool, tally[position], position, shares)
        if isinstance(question, RankingQuestion):
            vectors, marked = _vectors(election.group, len(question.answers), chunks)
            not_canonical[position] = marked
            result.append(vectors)
        else:
            to_find[position] = [text for texts in chunks for text in texts]
            result.append([])
    sums = iter(logarithms(pool, [text for texts in to_find.values() for text in texts], total_weight))
    for position, texts in to_find.items():
        question, theirs = election.questions[position], [next(sums) for _ in texts]
        result[position] = unflattened(question, theirs) if isinstance(question, ListsQuestion) else theirs
    return Opened(result, not_canonical)


def require_findable(election: Election, votes: int) -> None:
    """Raise ProtocolError (``setup.credentials``) if it would take too long to find sums of up to ``votes``.

    Decryption gives a sum only as an exponent, which has to be searched: the work grows with the votes that all weights
    make together and with the number of sums. It is refused before anybody votes.
    """
    sums = sum(width(question) for question in election.questions if not isinstance(question, RankingQuestion))
    most = MOST_SMALL_STEPS * MOST_LARGE_STEPS // max(sums, 1)
    if sums and votes > most:
        raise ProtocolError(
            f"the weights make {votes:,} votes; of {sums:,} choices, sums are found up to {most:,} votes",
            check="setup.credentials",
            hint="Divide all weights by what they have in common, or ask fewer questions in one box",
        )


def _plaintexts(
    pool: Pool, tally: Ciphertexts, position: int, shares: Sequence[tuple[int, Sequence[Packed]]]
) -> Iterator[list[str]]:
    """The texts of beta divided by the synthetic factor, for one question's ciphertexts, chunk by chunk."""
    for start in range(0, len(tally), CHUNK):
        stop = min(start + CHUNK, len(tally))
        columns = [(-exponent % pool.q, factors[position].take(start, stop)) for exponent, factors in shares]
        products: list[Product] = []
        for number, beta in enumerate(tally.betas.take(start, stop)):
            products.append([(beta, 1), *((column[number], exponent) for exponent, column in columns)])
        texts = pool.texts(pool.products(products))
        pool.clear()
        yield texts


def _vectors(group: Group, count: int, chunks: Iterable[list[str]]) -> tuple[list[list[int]], list[int]]:
    """The vectors of plaintexts, and the positions of those that are not what encoding their vector gives."""
    canonical_text: dict[tuple[int, ...], str] = {}
    vectors: list[list[int]] = []
    marked: list[int] = []
    for texts in chunks:
        for text in texts:
            vector = group.decode(text, count)
            key = tuple(vector)
            if key not in canonical_text:
                if len(canonical_text) == MOST_KNOWN:
                    canonical_text.clear()
                canonical_text[key] = group.encode(key)
            if canonical_text[key] != text:
                marked.append(len(vectors))
            vectors.append(vector)
    return vectors, marked


def logarithms(pool: Pool, texts: Sequence[str], most: int) -> list[int]:
    """The exponents from 0 to ``most`` of the generator that give ``texts``, by small and large steps.

    Takes some ``len(texts) * most / MOST_SMALL_STEPS`` steps: `require_findable` bounds it. Raises ProtocolError
    (``result.range``) if there is none.
    """
    wanted = set(texts)
    if not wanted:
        return []
    step = min(isqrt(len(wanted) * most) + 1, most + 1, MOST_SMALL_STEPS)
    table = {text: exponent for exponent, text in enumerate(_powers(pool, step))}
    known = {text: table[text] for text in wanted if text in table}
    if len(known) < len(wanted):
        known |= _by_large_steps(pool, wanted - set(known), table, step, most)
    if any(text not in known or known[text] > most for text in texts):
        raise ProtocolError("a sum of the result is larger than all votes together", check="result.range")
    return [known[text] for text in texts]


def _powers(pool: Pool, count: int) -> Iterator[str]:
    """The texts of g^0 to g^(count - 1)."""
    for start in range(0, count, CHUNK):
        exponents = range(start, min(start + CHUNK, count))
        texts = pool.texts(pool.products([[(pool.generator, exponent)] for exponent in exponents]))
        pool.clear()
        yield from texts


def _by_large_steps(pool: Pool, wanted: set[str], table: Mapping[str, int], step: int, most: int) -> dict[str, int]:
    """Logarithms of ``wanted``: each is divided by g^step until the table has it."""
    found: dict[str, int] = {}
    remaining = sorted(wanted)
    elements: list[Element] = [element for element in pool.read(remaining) if element is not None]
    (back,) = pool.products([[(pool.generator, pool.q - step)]])
    for turn in range(1, most // step + 1):
        packed = pool.pack([*elements, back])
        pool.clear()
        *elements, back = pool.unpack(packed)
        elements = pool.products([[(element, 1), (back, 1)] for element in elements])
        texts = pool.texts(elements)
        still = []
        for text, original, element in zip(texts, remaining, elements, strict=True):
            if text in table:
                found[original] = turn * step + table[text]
            else:
                still.append((original, element))
        remaining = [original for original, _ in still]
        elements = [element for _, element in still]
        if not remaining:
            break
    pool.clear()
    return found
