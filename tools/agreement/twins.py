"""Slow counts in exact fractions, with a switch for everything that a library is known to do otherwise.

Nothing here is shared with the program. Where a rule leaves a choice open (a lot), every choice is tried:
``outcomes`` gives all answers that the rule allows.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol

from .model import Answer, Election, Table, alike


class Rule(Protocol):
    """A way of counting, with its switches."""

    def count(self, election: Election, choose: Choices) -> Answer: ...


class RefusedError(Exception):
    """The count has no answer."""


class MissedError(Exception):
    """The count takes another way than the one that is wanted."""


class Choices:
    """Takes the choices that a count leaves open, in the order of ``script``, then the first of each."""

    def __init__(self, script: Sequence[int], wanted: Answer | None = None) -> None:
        self.script = list(script)
        self.made: list[int] = []
        self.sizes: list[int] = []
        self.wanted = wanted.tables if wanted is not None and not wanted.refused else None

    def expects(self, number: int, table: Table) -> None:
        """Give up as soon as a table is not the one that is wanted."""
        if self.wanted is not None and not (
            number <= len(self.wanted) and alike(self.wanted[number - 1], sorted(table.items()))
        ):
            raise MissedError

    def one_of(self, options: Sequence[int]) -> int:
        if len(options) == 1:
            return options[0]
        at = len(self.made)
        taken = self.script[at] if at < len(self.script) else 0
        self.made.append(taken)
        self.sizes.append(len(options))
        return options[taken]


LIMIT = 20_000
"""Ways through a count that are tried at most: elections as small as ours seldom have more than a few dozen."""


def outcomes(rule: Rule, election: Election, wanted: Answer | None = None) -> Iterator[Answer]:
    """Every answer that ``rule`` allows, each once; if one is ``wanted``, no others with tables that are not its."""
    scripts: list[list[int]] = [[]]
    seen: set[Answer] = set()
    for _ in range(LIMIT):
        if not scripts:
            return
        script = scripts.pop()
        choose = Choices(script, wanted)
        answer = None
        try:
            answer = rule.count(election, choose)
        except RefusedError as refused:
            answer = Answer(refused=str(refused))
        except MissedError:
            pass
        if answer is not None and answer not in seen:
            seen.add(answer)
            yield answer
        for at in range(len(script), len(choose.made)):
            scripts += [[*choose.made[:at], other] for other in range(1, choose.sizes[at])]
