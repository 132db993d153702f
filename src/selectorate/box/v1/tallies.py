"""The encrypted tally: what is opened in the end, made of the last ballot of each voter.

Its bytes follow from the ballots alone, so it is checked by making it again. Source: Belenios specification 3.1,
section 4.18; the order of rankings (by alpha, then beta, least significant byte first) as the reference tool writes it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from .. import canonical
from ..public import Element, Pool
from .elections import Election, ListsQuestion, Question, RankingQuestion, width
from .packed import CHUNK, Ciphertexts, put_read

__all__ = ["Tally"]


class Tally:
    """A tally that the last ballots are added to, chunk by chunk; then its text and its ciphertexts.

    Rankings keep two packed elements a ballot; sums keep one ciphertext a choice.
    """

    def __init__(self, election: Election, pool: Pool) -> None:
        self.election, self.pool = election, pool
        self.count = 0
        self.weight = 0
        self._rankings: dict[int, bytearray] = {i: bytearray() for i in election.rankings}
        self._sums: dict[int, list[tuple[str, str]]] = {
            i: [(election.group.identity,) * 2] * width(question)
            for i, question in enumerate(election.questions)
            if not isinstance(question, RankingQuestion)
        }

    def add_rankings(self, rankings: bytes) -> None:
        """Add the rankings of a ballot that was checked: alpha and beta, packed, of each ranking question."""
        size = len(rankings) // len(self._rankings)
        for number, rows in enumerate(self._rankings.values()):
            rows += rankings[number * size : (number + 1) * size]

    def add_sums(self, answers: Sequence[Sequence[Any]], weights: Sequence[int]) -> None:
        """Add what is summed of ballots that were checked: all ``answers`` of each, as in JSON, and its weight."""
        for position, sums in self._sums.items():
            columns = [flat_choices(self.election.questions[position], ballot[position]) for ballot in answers]
            for number in range(len(sums)):
                sums[number] = self._summed(sums[number], [column[number] for column in columns], weights)
        self.pool.clear()

    def add_count(self, weight: int) -> None:
        """Count a ballot of this weight."""
        self.count += 1
        self.weight += weight

    def _summed(
        self, so_far: tuple[str, str], column: Sequence[dict[str, str]], weights: Sequence[int]
    ) -> tuple[str, str]:
        """One sum with the ciphertexts of a chunk added, each as often as its ballot weighs."""
        totals = []
        for text, side in zip(so_far, ("alpha", "beta"), strict=True):
            elements: list[Element] = []
            for element in self.pool.read([text, *(ciphertext[side] for ciphertext in column)]):
                if element is None:
                    raise ValueError("a ciphertext was not checked before it was added")
                elements.append(element)
            totals.append(self.pool.total(elements, [1, *weights]))
        alpha, beta = self.pool.texts(totals)
        return alpha, beta

    def finished(self) -> list[Ciphertexts]:
        """The ciphertexts of each question, in the order of the tally."""
        found = []
        for position in range(len(self.election.questions)):
            ciphertexts = Ciphertexts.none(self.pool)
            if position in self._rankings:
                self._sorted(self._rankings[position], ciphertexts)
            else:
                for texts, packed in zip(zip(*self._sums[position], strict=True), ciphertexts.both(), strict=True):
                    put_read(self.pool, packed, texts, what="a sum", check="tally.content")
            found.append(ciphertexts)
        return found

    def _sorted(self, rows: bytearray, into: Ciphertexts) -> None:
        """Put the rankings ``rows``, which are used up, into the order of the tally."""
        size = 2 * len(self.pool.pack([self.pool.generator]))
        group = self.election.group
        keys: list[tuple[bytes, int]] = []
        for start in range(0, len(rows), size * CHUNK):
            texts = self.pool.texts(self.pool.unpack(bytes(rows[start : start + size * CHUNK])))
            self.pool.clear()
            for number, (alpha, beta) in enumerate(zip(texts[::2], texts[1::2], strict=True)):
                keys.append((group.sort_key(alpha) + group.sort_key(beta), start + number * size))
        keys.sort()
        half = size // 2
        for _, at in keys:
            into.alphas.put_packed(rows[at : at + half])
            into.betas.put_packed(rows[at + half : at + size])
        rows.clear()


def pieces(election: Election, ciphertexts: Sequence[Ciphertexts]) -> Iterator[str]:
    """The JSON text of a tally (``encrypted_tally``), in pieces; ``ciphertexts``: by question, in its order."""
    separator = "["
    for question, theirs in zip(election.questions, ciphertexts, strict=True):
        yield separator
        separator = ","
        if isinstance(question, ListsQuestion):
            flat = [{"alpha": alpha, "beta": beta} for alpha, beta in theirs.texts()]
            yield canonical.dumps(unflattened(question, flat))
            continue
        yield "["
        comma = ""
        for alpha, beta in theirs.texts():
            yield f'{comma}{{"alpha":"{alpha}","beta":"{beta}"}}'
            comma = ","
        yield "]"
    yield "]"


def flat_choices(question: Question, answer: Any) -> list[dict[str, str]]:
    """The ciphertexts of an answer to a question that is summed, in one list."""
    if isinstance(question, ListsQuestion):
        return [ciphertext for row in answer["choices"] for ciphertext in row]
    return list(answer["choices"])


def unflattened(question: Question, flat: Sequence[Any]) -> list[list[Any]]:
    """A list by choice as a list by list and name, for a lists question."""
    if not isinstance(question, ListsQuestion):
        return [list(flat)]
    rows, start = [], 0
    for names in question.lists:
        rows.append(list(flat[start : start + len(names)]))
        start += len(names)
    return rows
