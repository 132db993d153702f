"""Which figures of our own declarations are not shown, so that nobody's vote can be inferred from them.

A segment or unit is *unsafe* in a round if

1. it has fewer valid votes than the rulebook's floor (but some), or
2. it is small, and all who voted in it, or all but one, voted alike (the one could tell how each other voted).

Unsafe parts are shown together. A part that is hidden alone could be had by subtracting the others from the total,
so the smallest others join until what is hidden together is itself safe. Where that would hide every part, only the
total is shown. What was public before is not touched: this is for figures that we declare.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ..rules import Disclosure

Table = Mapping[str, Mapping[str, int]]


@dataclass(frozen=True)
class Hidden:
    """The parts that are not shown apart, and the sentence that states the rule; no names where all are safe."""

    names: frozenset[str]
    note: str


def is_safe(votes: Mapping[str, int], rule: Disclosure) -> bool:
    """Whether ``votes``, by candidate, of a part may be shown by itself."""
    cast = sum(votes.values())
    if cast == 0:
        return True
    if cast < rule.floor:
        return False
    return cast >= rule.unanimity_below or cast - max(votes.values()) > 1


def safe_partition(rounds: Sequence[Table], rule: Disclosure, *, what: str) -> Hidden:
    """The parts to hide in all of ``rounds``, each a table by part, then candidate.

    The same parts are hidden in every round, or one round would tell another.
    """
    parts = list(dict.fromkeys(name for table in rounds for name in table))
    hidden = {name for table in rounds for name, votes in table.items() if not is_safe(votes, rule)}
    size = {name: sum(rounds[0].get(name, {}).values()) for name in parts} if rounds else {}
    others = sorted(
        (name for name in parts if name not in hidden and size[name] > 0), key=lambda name: (size[name], name)
    )
    while hidden and others and not _safe_together(rounds, hidden, rule):
        hidden.add(others.pop(0))
    if hidden and not others:
        hidden = set(parts)
    return Hidden(frozenset(hidden), _note(hidden, parts, rule, what))


def _safe_together(rounds: Sequence[Table], hidden: set[str], rule: Disclosure) -> bool:
    if len(hidden) < 2:
        return False
    for table in rounds:
        pooled: dict[str, int] = {}
        for name in hidden:
            for who, number in table.get(name, {}).items():
                pooled[who] = pooled.get(who, 0) + number
        if not is_safe(pooled, rule):
            return False
    return True


def _note(hidden: set[str], parts: Sequence[str], rule: Disclosure, what: str) -> str:
    stated = (
        f"A {what} with fewer than {rule.floor} valid votes, or with fewer than {rule.unanimity_below} of which all or "
        f"all but one went one way, is not shown apart, nor is another from which it could be subtracted."
    )
    if not hidden:
        return f"{stated} No {what} had to be hidden."
    if len(hidden) == len(parts):
        return f"{stated} That leaves the total alone."
    return f"{stated} {len(hidden)} are shown together."
