"""Which figures of our own declarations are not shown, so that nobody's vote can be inferred from them.

A segment or unit is *unsafe* in a round if

1. fewer voted in it than the rulebook's floor (but some), or
2. it is small, and all who voted in it, or all but one, voted alike (the one could tell how each other voted). Where a
   paper gives several votes: if there is somebody for whom all of them, or all but one, voted.

Unsafe parts are shown together. A part that is hidden alone could be had by subtracting the others from the total,
so the smallest others join until what is hidden together is itself safe: not under the floor, and of any size without
unanimity, because what all of it did is known of the unsafe part inside it. Then any voter of the part could be
exchanged for one outside it who voted otherwise, and nobody could tell. Where that would hide every part, only the
total is shown. What was public before is not touched: this is for figures that we declare.

In a college, or where units give points, the deciding figure itself weighs a small part by its own number of votes.
There a hidden part makes the deciding figures coarse (cut to the decimals that the rulebook prints), and the sums of
votes beside them are left out; see ``declaration``.

In a college even that can tell too much: a section of three members that weighs a third moves the share by eleven
points with each of them. So the shares of a college are shown only if they *stay open*: if there are two candidates for
each of whom everybody in all unsafe sections can have voted, in every round, with the same shares printed. Then nobody
in them can be told to have voted for one rather than the other. Otherwise only who is elected, who goes out and the
order are shown. Rounds are looked at one by one; see ``docs/decisions/disclosure.md``.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from ..rules import Disclosure

Table = Mapping[str, Mapping[str, int]]
Weights = Mapping[str, Fraction]


@dataclass(frozen=True)
class Hidden:
    """The parts that are not shown apart, and the sentence that states the rule; no names where all are safe.

    ``coarse``: whether what decides has to be made coarse, and sums of votes left out.
    """

    names: frozenset[str]
    note: str
    coarse: bool = False


COARSE = " Votes over all are left out, and what decides is cut to the decimals that are printed."
CLOSED = (
    " Votes over all are left out, and so are shares of the college: from them it could be told how the voters of a"
    " small section voted. Candidates stand in the order of their shares."
)


def closed(hidden: Hidden) -> Hidden:
    """``hidden``, saying that the shares of the college are not shown either."""
    return replace(hidden, note=hidden.note.replace(COARSE, CLOSED))


def is_safe(votes: Mapping[str, int], rule: Disclosure, ballots: int | None = None) -> bool:
    """Whether ``votes``, by candidate, of a part may be shown by itself.

    ``ballots``: how many voted in it, where a paper can give several votes (None: each gave one).
    """
    cast = sum(votes.values()) if ballots is None else ballots
    if cast == 0:
        return True
    if cast < rule.floor:
        return False
    return cast >= rule.unanimity_below or cast - max(votes.values()) > 1


def safe_partition(
    rounds: Sequence[Table],
    rule: Disclosure,
    *,
    what: str,
    weighed: bool = False,
    ballots: Mapping[str, int] | None = None,
) -> Hidden:
    """The parts to hide in all of ``rounds``, each a table by part, then candidate.

    The same parts are hidden in every round, or one round would tell another. ``weighed``: whether parts count by
    weights or points of their own, so that what is hidden cannot be shown together either. ``ballots``: how many voted
    in each part, where a paper can give several votes.
    """
    parts = list(dict.fromkeys(name for table in rounds for name in table))
    voted = ballots or {}
    hidden = {name for table in rounds for name, votes in table.items() if not is_safe(votes, rule, voted.get(name))}
    size = {name: max(sum(table.get(name, {}).values()) for table in rounds) for name in parts} | dict(voted)
    others = sorted(
        (name for name in parts if name not in hidden and size[name] > 0), key=lambda name: (size[name], name)
    )
    while hidden and others and not _safe_together(rounds, hidden, rule, ballots):
        hidden.add(others.pop(0))
    if hidden and not others:
        hidden = set(parts)
    note = _note(hidden, parts, rule, what, weighed=weighed)
    return Hidden(frozenset(hidden), note, coarse=weighed and bool(hidden))


def _safe_together(
    rounds: Sequence[Table], hidden: set[str], rule: Disclosure, ballots: Mapping[str, int] | None
) -> bool:
    if len(hidden) < 2:
        return False
    for table in rounds:
        pooled = together(table, hidden)
        cast = sum(pooled.values()) if ballots is None else sum(ballots[name] for name in hidden if name in table)
        if cast and (cast < rule.floor or cast - max(pooled.values()) < 2):
            return False
    return True


def stays_open(
    rounds: Sequence[tuple[Table, Weights]], rule: Disclosure, shown: Callable[[Fraction], Fraction]
) -> bool:
    """Whether the shares of a college leave open how its unsafe sections voted.

    ``rounds``: of each the votes by section, then candidate, and what each section weighs of the whole. ``shown``: a
    share of the college as it is printed. An attacker is taken to know everything else: how many voted in each section.
    """
    unsafe = {name for table, _ in rounds for name, votes in table.items() if not is_safe(votes, rule)}
    if not unsafe:
        return True
    possible = [
        {who for who in people_of(table) if _can_have_voted(who, table, weights, unsafe, shown)}
        for table, weights in rounds
    ]
    return len(set.intersection(*possible)) > 1


def people_of(table: Table) -> list[str]:
    """Everybody for whom there are votes in ``table``, in their order."""
    return list(dict.fromkeys(who for votes in table.values() for who in votes))


def _can_have_voted(
    who: str, table: Table, weights: Weights, unsafe: Collection[str], shown: Callable[[Fraction], Fraction]
) -> bool:
    """Whether all ``unsafe`` sections can have voted for ``who`` alone, with the same shares printed.

    Looks for votes of the other sections that make it so, those first in which a vote weighs most; what it finds is
    proof, what it does not find may still be there.
    """
    people = people_of(table)
    casts = {name: sum(votes.values()) for name, votes in table.items() if any(votes.values())}
    worth = {name: weights[name] / cast for name, cast in casts.items()}
    exact = {c: sum((worth[name] * table[name].get(c, 0) for name in casts), Fraction(0)) for c in people}
    heavy = sum((weights[name] for name in casts if name in unsafe), Fraction(0))
    others = sorted((name for name in casts if name not in unsafe), key=lambda name: (-worth[name], name))
    if exact[who] < heavy or not others:
        return False
    made = dict.fromkeys(people, Fraction(0)) | {who: heavy}
    given: dict[str, int] = {}
    for name in others:
        given = _divided(casts[name], {c: max(exact[c] - made[c], Fraction(0)) for c in people})
        made = {c: made[c] + worth[name] * given[c] for c in people}
    return _fits(made, given, worth[others[-1]], {c: shown(exact[c]) for c in people}, shown)


def _fits(
    made: dict[str, Fraction],
    given: dict[str, int],
    worth: Fraction,
    printed: Mapping[str, Fraction],
    shown: Callable[[Fraction], Fraction],
) -> bool:
    """Whether shares ``made`` are ``printed`` as they are, or once a few votes worth ``worth`` each change sides.

    ``given``: how many votes of that worth each has. A share near the edge of what is printed alike needs it.
    """

    def room(c: str, step: Fraction) -> bool:
        return shown(made[c] + step) == printed[c] and (step > 0 or given[c] > 0)

    for _ in range(2 * len(made)):
        short = [c for c in made if shown(made[c]) < printed[c]]
        over = [c for c in made if shown(made[c]) > printed[c]]
        if not short and not over:
            return True
        gains = short or [c for c in made if c not in over and room(c, worth)]
        loses = over or [c for c in made if c not in short and room(c, -worth)]
        if not gains or not loses or not given[loses[0]]:
            return False
        for c, votes in ((gains[0], 1), (loses[0], -1)):
            made[c] += votes * worth
            given[c] += votes
    return False


def _divided(number: int, by: Mapping[str, Fraction]) -> dict[str, int]:
    """``number`` votes in proportion to ``by``, by the largest remainders."""
    whole = sum(by.values())
    quotas = {c: number * share / whole for c, share in by.items()}
    given = {c: quota.numerator // quota.denominator for c, quota in quotas.items()}
    ranked = sorted(by, key=lambda c: (given[c] - quotas[c], c))
    for c in ranked[: number - sum(given.values())]:
        given[c] += 1
    return given


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
        coarse = COARSE
    if len(hidden) == len(parts):
        return f"{stated} That leaves the total alone.{coarse}"
    if weighed:
        return f"{stated} {len(hidden)} of {len(parts)} are not shown, nor any from which they could be told.{coarse}"
    return f"{stated} {len(hidden)} of {len(parts)} are not shown apart."
