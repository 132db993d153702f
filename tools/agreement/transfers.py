"""The twin of transferable votes: the inclusive Gregory method, and with one place the alternative vote."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from .model import Answer, Election, Paper, Table, fresh, tables
from .twins import Choices, RefusedError


@dataclass(frozen=True)
class Transfer:
    """What is counted, and the switches.

    ``quota``: "integer" (votes / (places + 1), cut, plus one), "exact" (more than votes / (places + 1)), "majority"
    (more than half of the votes still in the count), "first majority" (more than half of the first table's).
    ``cut``: places to which a paper's value is cut. All others are departures, off in the rules that we follow:
    ``ties``: "latest": the latest earlier table in which those tied differed decides, and then a lot. ``several``:
    what is done about several surpluses; "in turn", the largest first, new ones among them. ``fills``: when it is seen
    that no more are left than places: "before" surpluses are transferred; only after that, and then "first" of all; or
    "after" it is seen who has a quota. ``last``: whoever is left last is
    elected without a quota.
    """

    quota: Literal["integer", "exact", "majority", "first majority"]
    cut: int | None = None
    ties: Literal["latest", "first table", "free", "refused"] = "latest"
    several: Literal["in turn", "together", "serially"] = "in turn"
    fills: Literal["before", "first", "after"] = "before"
    last: bool = True
    rounded: bool = False
    blank_in_quota: bool = False
    only_on_papers: bool = False
    exactly: bool = False
    twice_is_not: bool = False
    half: bool = False
    unweighted: bool = False
    out: Literal["lowest", "all lowest", "hopeless", "beside the exhausted"] = "lowest"
    forgets: bool = False
    floats: bool = False

    def count(self, election: Election, choose: Choices) -> Answer:
        return Count(self, election, choose).run()


@dataclass
class Pile:
    """Papers that are alike, at one value each (held by None: exhausted)."""

    number: int
    paper: Paper
    holder: int | None
    value: Fraction = Fraction(1)


class Count:
    """One count."""

    def __init__(self, rule: Transfer, election: Election, choose: Choices) -> None:
        self.rule, self.election, self.choose = rule, election, choose
        self.piles = [Pile(number, paper, paper[0]) for number, paper in election.papers if paper]
        on_papers = {who for pile in self.piles for who in pile.paper}
        self.hopeful = [who for who in election.people if not rule.only_on_papers or who in on_papers]
        self.elected: list[int] = []
        self.pending: list[int] = []
        self.history: list[dict[int, Fraction]] = []
        self.states: list[Table] = []
        self.held: dict[int | None, Fraction] = {}
        self.under: dict[tuple[int, int], int] = {}
        self.start = len(election.ballots) if rule.blank_in_quota else election.valid

    # -- what holds at a moment

    def total(self, who: int | None) -> Fraction:
        if not self.held:
            for pile in self.piles:
                self.held[pile.holder] = self.held.get(pile.holder, Fraction(0)) + pile.number * pile.value
        return self.held.get(who, Fraction(0))

    def need(self) -> Fraction:
        """The quota; who has more, or for whole quotas as many, is elected."""
        seats = self.election.seats
        if self.rule.quota == "integer":
            return Fraction(self.start // (seats + 1) + 1)
        if self.rule.quota == "exact":
            return Fraction(self.start, seats + 1)
        if self.rule.quota == "first majority":
            return Fraction(self.start // 2 + 1)
        return sum((self.total(who) for who in self.hopeful), Fraction(0)) / 2

    def enough(self, who: int) -> bool:
        total, need = self.total(who), self.need()
        if total == need and self.added([who]):
            # Read off once a table: the sum is a little under the quota, or not.
            key = (len(self.history), who)
            if key not in self.under:
                self.under[key] = self.choose.one_of([0, 1])
            if self.under[key]:
                return False
        if self.rule.twice_is_not and need and total % need == 0:
            return False
        if self.rule.quota in ("integer", "first majority") or self.rule.exactly:
            return total >= need
        if self.rule.half:
            return total > -(-need // 1)
        return total > need

    def added(self, people: Sequence[int]) -> bool:
        """Whether floating point can tell: votes of ``people`` are a sum of parts."""
        return self.rule.floats and any(pile.holder in people and pile.value != 1 for pile in self.piles)

    def left(self) -> int:
        return self.election.seats - len(self.elected)

    def full(self) -> bool:
        """No more are left than places."""
        if self.rule.out == "beside the exhausted":
            return len(self.hopeful) == self.left()
        return len(self.hopeful) <= self.left() and self.rule.last

    def note(self) -> None:
        self.held.clear()
        self.history.append({who: self.total(who) for who in self.election.people})
        state = {who: self.total(who) for who in self.hopeful}
        if fresh(self.states, state):
            self.states.append(state)
            self.choose.expects(len(self.states), state)

    def pick(self, tied: list[int], *, least: bool) -> int:
        if len(tied) == 1:
            return tied[0]
        if self.rule.ties == "refused":
            raise RefusedError("a tie")
        if self.added(tied):
            return self.choose.one_of(tied)  # equal votes differ in the last binary digit
        looked = {"latest": self.history[::-1], "first table": self.history[:1]}.get(self.rule.ties, [])
        for table in looked:
            edge = (min if least else max)(table[who] for who in tied)
            tied = [who for who in tied if table[who] == edge]
        return self.choose.one_of(tied)

    def ranked(self, people: Sequence[int], *, key: Callable[[int], Fraction]) -> list[int]:
        """Most first."""
        left, order = list(people), []
        while left:
            most = max(key(who) for who in left)
            tied = [who for who in left if key(who) == most]
            # stvpoll puts those level in the order of their names here.
            serially = self.rule.several == "serially"
            order.append(self.choose.one_of(tied) if serially else self.pick(tied, least=False))
            left.remove(order[-1])
        return order

    # -- what is done

    def run(self) -> Answer:
        self.forget()
        self.note()
        while self.left() > 0 and self.hopeful:
            if self.rule.several == "in turn":
                self.elect()
                if not self.one_thing():
                    break
            elif not self.stage():
                break
            self.forget()
            self.note()
        if self.left() > 0 and self.rule.out == "beside the exhausted":
            raise RefusedError("an endless loop")
        return Answer(frozenset(self.elected), tables(self.states))

    def one_thing(self) -> bool:
        """The largest surplus, or the lowest out. False at the end."""
        if self.left() <= 0:
            return False
        if self.full():
            self.elected += self.hopeful
            return False
        if not self.pending:
            return self.exclude()
        most = max(self.total(who) for who in self.pending)
        who = self.pick([who for who in self.pending if self.total(who) == most], least=False)
        self.pending.remove(who)
        self.surplus(who)
        return True

    def stage(self) -> bool:
        """All surpluses of those who have enough now, or else the lowest out. False at the end."""
        if self.full() and (self.rule.fills == "first" or not any(self.enough(who) for who in self.hopeful)):
            self.elected += self.hopeful
            return False
        if not self.elect():
            return self.exclude()
        if self.left() <= 0:
            return False
        if self.rule.fills == "before" and self.full():
            self.elected += self.hopeful
            return False
        waiting, self.pending = self.pending, []
        if self.rule.several == "serially":
            self.serially(waiting)
        else:
            for who in waiting:
                self.surplus(who)
        return True

    def forget(self) -> None:
        """Who is on no paper any more that is still in somebody's hands is not seen either."""
        if self.rule.forgets:
            held = [pile for pile in self.piles if pile.holder in self.hopeful and pile.value > 0]
            self.hopeful = [who for who in self.hopeful if any(who in pile.paper for pile in held)]

    def elect(self) -> bool:
        reached = self.best([who for who in self.hopeful if self.enough(who)])
        for who in reached:
            keeps = self.total(who) <= self.need() and self.rule.several == "in turn"
            self.elected.append(who)
            if not keeps:
                self.pending.append(who)
        self.hopeful = [who for who in self.hopeful if who not in reached]
        return bool(reached)

    def best(self, reached: list[int]) -> list[int]:
        """Most first; the order of those level is open only where it matters."""
        if self.rule.several == "serially" or len(reached) > self.left():
            return self.ranked(reached, key=self.total)[: self.left()]
        return sorted(reached, key=self.total, reverse=True)

    def worth(self, value: Fraction) -> Fraction:
        if self.rule.cut is None:
            return value
        scale = 10**self.rule.cut
        return Fraction(round(value * scale) if self.rule.rounded else int(value * scale), scale)

    def surplus(self, who: int) -> None:
        total, quota = self.total(who), self.need()
        moving = [pile for pile in self.piles if pile.holder == who]
        papers = sum(pile.number for pile in moving)
        for pile in moving:
            pile.value = self.worth(
                (total - quota) / papers if self.rule.unweighted else pile.value * (total - quota) / total
            )
            pile.holder = self.next(pile, self.hopeful)

    def serially(self, queue: list[int]) -> None:
        """stvpoll: one after the other, to those after them in the queue too, and with those others' papers."""
        totals = {who: self.total(who) for who in [*queue, *self.hopeful]}
        while queue:
            who = queue.pop(0)
            part = (totals[who] - self.need()) / totals[who]
            given = dict.fromkeys(totals, Fraction(0))
            for pile in self.piles:
                if self.next(pile, [who, *self.hopeful]) != who:
                    continue
                pile.value = self.worth(pile.value * part)
                to = self.next(pile, [*self.hopeful, *queue])
                if to is not None:
                    given[to] += pile.number * pile.value
            totals = {other: votes + given[other] for other, votes in totals.items()}
        for pile in self.piles:
            pile.holder = self.next(pile, self.hopeful)

    @staticmethod
    def next(pile: Pile, among: Sequence[int]) -> int | None:
        return next((who for who in pile.paper if who in among), None)

    # -- who goes out

    def exclude(self) -> bool:
        """Somebody goes out. False if the count is at its end instead."""
        least = min(self.total(who) for who in self.hopeful)
        lowest = [who for who in self.hopeful if self.total(who) == least]
        if self.rule.out == "all lowest":
            if len(lowest) == len(self.hopeful):
                self.elected += lowest
                return False
            gone = lowest
        elif self.rule.out == "hopeless":
            gone = self.hopeless()
        elif self.rule.out == "beside the exhausted":
            gone = self.not_retained()
        elif self.rule.quota == "majority" and len(self.hopeful) == 2:
            self.elected.append(self.pick(lowest, least=False))
            return False
        else:
            gone = [self.pick(lowest, least=True)]
        self.hopeful = [who for who in self.hopeful if who not in gone]
        if self.rule.out == "hopeless" and self.full():
            self.elected += self.hopeful
            return False
        for who in gone:
            moving = [pile for pile in self.piles if pile.holder == who]
            papers = sum(pile.number for pile in moving)
            value = sum((pile.number * pile.value for pile in moving), Fraction(0)) / (papers or 1)
            for pile in moving:
                pile.value = value if self.rule.unweighted else pile.value
                pile.holder = self.next(pile, self.hopeful)
        return True

    def hopeless(self) -> list[int]:
        """pyrankvote: from the top, whoever together with all below has no more than the one above."""
        totals = sorted((self.total(who) for who in self.hopeful), reverse=True)
        out = [at >= self.left() and sum(totals[at:]) <= (totals[at - 1] if at else 0) for at in range(len(totals))]
        gone: list[int] = []
        for votes in sorted(set(totals)):
            level = [who for who in self.hopeful if self.total(who) == votes]
            first = totals.index(votes)
            number = sum(out[first : first + len(level)])
            if self.rule.ties == "free":
                # Who of those level stands where is open: only how many of them go out is not.
                several = list(itertools.combinations(level, number))
                gone += several[self.choose.one_of(range(len(several)))]
            else:
                order = self.ranked(level, key=self.total)
                gone += [who for at, who in enumerate(order, first) if out[at]]
        return gone

    def not_retained(self) -> list[int]:
        """votelib: all but so many of the highest stay in; but the pile of exhausted papers is ranked among them."""
        held: dict[int | None, Fraction] = {who: self.total(who) for who in self.hopeful}
        if any(pile.holder is None for pile in self.piles):
            held[None] = self.total(None)
        order = sorted(held, key=lambda who: held[who], reverse=True)
        keep = max(len(self.hopeful) - 1, 1)
        if len(order) > keep and held[order[keep - 1]] == held[order[keep]]:
            raise RefusedError("a tie")
        gone = [who for who in order[keep:] if who is not None]
        if not gone:
            raise RefusedError("an endless loop")
        return gone
