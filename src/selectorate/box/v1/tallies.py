"""The encrypted tally: what is opened in the end, made of the last ballot of each voter.

Its bytes follow from the ballots alone, so it is checked by making it again. Source: Belenios specification 3.1,
section 4.18; the order of rankings (by alpha, then beta, least significant byte first) as the reference tool writes it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from .. import canonical
from ..public import Element, Pool
from .elections import Election, HomomorphicQuestion, ListsQuestion, Question, RankingQuestion

__all__ = ["Tally"]


class Tally:
    """A tally that ballots are added to, chunk by chunk.

    Rankings keep two texts a ballot; sums keep one ciphertext a choice.
    """

    def __init__(self, election: Election, pool: Pool) -> None:
        self.election, self.pool = election, pool
        self.count = 0
        self.weight = 0
        self._rankings: dict[int, list[tuple[bytes, str, str]]] = {i: [] for i in election.rankings}
        self._sums: dict[int, list[tuple[str, str]]] = {
            i: [(election.group.identity,) * 2] * width(question)
            for i, question in enumerate(election.questions)
            if not isinstance(question, RankingQuestion)
        }

    def add(self, answers: Sequence[Sequence[Any]], weights: Sequence[int]) -> None:
        """Add ballots that were checked: the ``answers`` of each (as in JSON) and its weight."""
        group = self.election.group
        self.count += len(answers)
        self.weight += sum(weights)
        for position, rows in self._rankings.items():
            for ballot in answers:
                choice = ballot[position]["choices"]
                rows.append((group.sort_key(choice["alpha"]) + group.sort_key(choice["beta"]), *choice.values()))
        for position, sums in self._sums.items():
            columns = [flat_choices(self.election.questions[position], ballot[position]) for ballot in answers]
            for number in range(len(sums)):
                sums[number] = self._summed(sums[number], [column[number] for column in columns], weights)

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

    def ciphertexts(self, position: int) -> Iterator[tuple[str, str]]:
        """The ciphertexts of the question at ``position``, in the order of the tally."""
        if position in self._rankings:
            rows = self._rankings[position]
            rows.sort()
            yield from ((alpha, beta) for _, alpha, beta in rows)
        else:
            yield from self._sums[position]

    def pieces(self) -> Iterator[str]:
        """The JSON text of the tally (``encrypted_tally``), in pieces."""
        separator = "["
        for position, question in enumerate(self.election.questions):
            yield separator
            separator = ","
            if isinstance(question, ListsQuestion):
                yield canonical.dumps(self.nested(position))
                continue
            yield "["
            comma = ""
            for alpha, beta in self.ciphertexts(position):
                yield f'{comma}{{"alpha":"{alpha}","beta":"{beta}"}}'
                comma = ","
            yield "]"
        yield "]"

    def nested(self, position: int) -> list[list[dict[str, str]]]:
        """The sums of a lists question, list by list."""
        question = self.election.questions[position]
        flat = [{"alpha": alpha, "beta": beta} for alpha, beta in self.ciphertexts(position)]
        return unflattened(question, flat)


def width(question: Question) -> int:
    """How many ciphertexts an answer to ``question`` has, or how many sums its tally."""
    match question:
        case RankingQuestion():
            return 1
        case HomomorphicQuestion():
            return question.width
        case ListsQuestion(lists=lists):
            return sum(map(len, lists))


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
