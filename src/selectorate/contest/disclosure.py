"""Which figures of our own declarations are not shown, so that nobody's vote can be inferred from them.

A segment or unit is *unsafe* in a round if

1. it has fewer valid votes than the rulebook's floor (but some), or
2. it is small, and all who voted in it, or all but one, voted alike (the one could tell how each other voted).

Unsafe parts are shown together. A part that is hidden alone could be had by subtracting the others from the total,
so the smallest others join until what is hidden together is itself safe: not under the floor, and of any size without
unanimity, because what all of it did is known of the unsafe part inside it. Then any voter of the part could be
exchanged for one outside it who voted otherwise, and nobody could tell. Where that would hide every part, only the
total is shown. What was public before is not touched: this is for figures that we declare.

In a college, or where units give points, the deciding figure itself weighs a small part by its own number of votes.
There a hidden part makes the deciding figures coarse (cut to the decimals that the rulebook prints), and the sums of
votes beside them are left out; see ``declaration``.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from ..rules import Disclosure

Table = Mapping[str, Mapping[str, int]]


@dataclass(frozen=True)
class Hidden:
    """The parts that are not shown apart, and the sentence that states the rule; no names where all are safe.

    ``coarse``: whether what decides has to be made coarse, and sums of votes left out.
    """

    names: frozenset[str]
    note: str
    coarse: bool = False


def is_safe(votes: Mapping[str, int], rule: Disclosure) -> bool:
    """Whether ``votes``, by candidate, of a part may be shown by itself."""
    cast = sum(votes.values())
    if cast == 0:
        return True
    if cast < rule.floor:
        return False
    return cast >= rule.unanimity_below or cast - max(votes.values()) > 1


def safe_partition(rounds: Sequence[Table], rule: Disclosure, *, what: str, weighed: bool = False) -> Hidden:
    """The parts to hide in all of ``rounds``, each a table by part, then candidate.

    The same parts are hidden in every round, or one round would tell another. ``weighed``: whether parts count by
    weights or points of their own, so that what is hidden cannot be shown together either.
    """
    parts = list(dict.fromkeys(name for table in rounds for name in table))
    hidden = {name for table in rounds for name, votes in table.items() if not is_safe(votes, rule)}
    size = {name: max(sum(table.get(name, {}).values()) for table in rounds) for name in parts}
    others = sorted(
        (name for name in parts if name not in hidden and size[name] > 0), key=lambda name: (size[name], name)
    )
    while hidden and others and not _safe_together(rounds, hidden, rule):
        hidden.add(others.pop(0))
    if hidden and not others:
        hidden = set(parts)
    note = _note(hidden, parts, rule, what, weighed=weighed)
    return Hidden(frozenset(hidden), note, coarse=weighed and bool(hidden))


def _safe_together(rounds: Sequence[Table], hidden: set[str], rule: Disclosure) -> bool:
    if len(hidden) < 2:
        return False
    for table in rounds:
        pooled = together(table, hidden)
        cast = sum(pooled.values())
        if cast and (cast < rule.floor or cast - max(pooled.values()) < 2):
            return False
    return True


def together(table: Table, names: Collection[str]) -> dict[str, int]:
    """The votes of the parts called ``names`` added up, by candidate."""
    pooled: dict[str, int] = {}
    for name, votes in table.items():
        if name in names:
            for who, number in votes.items():
                pooled[who] = pooled.get(who, 0) + number
    return pooled


def _note(hidden: set[str], parts: Sequence[str], rule: Disclosure, what: str, *, weighed: bool) -> str:
    stated = (
        f"A {what} with fewer than {rule.floor} valid votes, or with fewer than {rule.unanimity_below} of which all or "
        f"all but one went one way, is not shown apart, nor is another from which it could be subtracted."
    )
    if not hidden:
        return f"{stated} No {what} had to be hidden."
    coarse = ""
    if weighed:
        coarse = " Votes over all are left out, and what decides is cut to the decimals that are printed."
    if len(hidden) == len(parts):
        return f"{stated} That leaves the total alone.{coarse}"
    if weighed:
        return f"{stated} {len(hidden)} of {len(parts)} are not shown, nor any from which they could be told.{coarse}"
    return f"{stated} {len(hidden)} of {len(parts)} are not shown apart."
