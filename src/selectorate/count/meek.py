"""The single transferable vote by Meek's method: elected candidates keep the part of every paper that gives them a
quota, and the rest passes on; all of it worked out again until it settles, and again whenever somebody goes out.

What differs between the rules is data (``MeekRule``). Whole numbers throughout, scaled by the rule's decimals: a part
that is kept of a paper is rounded up, what is left of the paper is the exact difference, so that no vote is lost.

- ``MEEK_1987``: I. D. Hill, B. A. Wichmann and D. R. Woodall, "Algorithm 123: Single transferable vote by Meek's
  method", The Computer Journal 30 (1987). It has real numbers and no decimals; ours has nine.
- ``MEEK_NZ``: New Zealand, Local Electoral Regulations 2001, Schedule 1A, as I. D. Hill's program for it counts
  (version 6.7.7). Two things are as in the program, by which elections are counted, and not as in the text: what is
  left of a paper is a difference (clause 10 would round up both parts, so that a paper could come to more than one
  vote; Dunedin's Cargill ward in 2004 had 0.018467626 where the text gives 0.018467627), and candidates may go out at
  the first iteration, all who have no votes together. Ties: clauses 19 and 40 to 48.
- ``MEEK_PRF``: Proportional Representation Foundation, "Reference rule: Meek's method", steps A to C.

A round of the count ends whenever somebody is elected or goes out; the iterations between are told, not listed. The
totals of a round are those of its last iteration.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Literal

from .. import exact
from ..ballots.marks import Rankings, parts_of
from .constraints import Constraints, Verdict, Watch
from .kept import KeptPapers
from .result import EXHAUSTED, Count, CountRound, TieBreak, TieFor, count_of
from .segments import SegmentRound, segments_of
from .ties import TiedError, TieRule, Ties, narrow


@dataclass(frozen=True)
class MeekRule:
    """What differs between counts by this method.

    ``decimals``: of keep values and votes. ``quota``: active votes / (places + 1), "rounded up", or "cut, plus one" in
    the last place. ``electing``: "at once" when somebody reaches the quota, or only when it has "settled".
    ``settled``: when it has: the "total surplus" is less than ``tolerance``, or "each" elected candidate's votes are
    within ``tolerance`` (a fraction) of the quota. ``early``: who cannot catch up, for their votes and the total
    surplus are less than the next candidate's votes, goes out before it has settled. ``empty_together``: all without
    any votes go out together. ``near``: who is within the surplus of the lowest is tied with them. ``stalled``: what
    shows that it settles no further: keep values that were there before, "repeated", or also a surplus "not less" than
    at the iteration before.
    ``updating``: keep values change also in the iteration in which somebody goes out. ``ties``: how ties are broken;
    ``numbers``: and then by the pseudo-random numbers of New Zealand. ``cites``: the clause for each step.
    """

    name: str
    decimals: int
    quota: Literal["rounded up", "cut, plus one"]
    electing: Literal["at once", "settled"]
    settled: Literal["total surplus", "each"]
    tolerance: Fraction
    early: bool = False
    empty_together: bool = False
    near: bool = False
    stalled: Literal["repeated", "not less"] = "repeated"
    updating: bool = False
    ties: tuple[TieRule, ...] = ("lot",)
    numbers: bool = False
    cites: tuple[tuple[str, str], ...] = ()

    def cite(self, step: str) -> str:
        """The clause that ``step`` follows, in brackets; nothing where none is given."""
        clause = dict(self.cites).get(step)
        return f" ({clause})" if clause else ""


MEEK_1987 = MeekRule(
    "meek-1987",
    decimals=9,
    quota="rounded up",
    electing="settled",
    settled="each",
    tolerance=Fraction(1, 100_000),
    ties=("lot",),
)

MEEK_NZ = MeekRule(
    "meek-nz",
    decimals=9,
    quota="cut, plus one",
    electing="at once",
    settled="total surplus",
    tolerance=Fraction(1, 10_000),
    early=True,
    empty_together=True,
    updating=True,
    ties=("first difference",),
    numbers=True,
    cites=(
        ("quota", "clause 5"),
        ("elected", "clauses 6 and 12"),
        ("exclusion", "clause 13"),
        ("early", "clause 13"),
        ("stalled", "clause 23"),
        ("last", "clause 3"),
    ),
)

MEEK_PRF = MeekRule(
    "meek-prf",
    decimals=9,
    quota="cut, plus one",
    electing="at once",
    settled="total surplus",
    tolerance=Fraction(1, 1_000_000),
    near=True,
    stalled="not less",
    ties=("lot",),
    cites=(
        ("quota", "B.2.b"),
        ("elected", "B.2.c"),
        ("exclusion", "B.3"),
        ("stalled", "B.2.e"),
        ("last", "C.1"),
    ),
)


def pseudo_random(candidates: int, seats: int, votes: int) -> list[int]:
    """New Zealand's numbers to break ties with, one for each candidate in the order of their numbers.

    Source: Schedule 1A, clauses 41 to 47, in the reading of Hill's program: seeds from the numbers of candidates, of
    places and of votes, four numbers thrown away, and none that occurred before.
    """
    x, y, z = candidates + 5, seats, (votes + 10_000 * (votes % 10)) % 30_323
    drawn: list[int] = []
    skip = 4
    while len(drawn) < candidates:
        x, y, z = 171 * x % 30_269, 172 * y % 30_307, 170 * z % 30_323
        number = (10_000 * x // 30_269 + 10_000 * y // 30_307 + 10_000 * z // 30_323) % 10_000
        if skip:
            skip -= 1
        elif number not in drawn:
            drawn.append(number)
    return drawn


class MeekCount:
    """One count, iteration by iteration. Amounts inside are whole numbers, scaled by ``scale``."""

    def __init__(
        self,
        papers: Rankings,
        names: Sequence[str],
        seats: int,
        rule: MeekRule,
        ties: Ties | None,
        constraints: Constraints | None = None,
        standing: Collection[int] | None = None,
    ) -> None:
        self.rule, self.seats, self.names, self.papers = rule, seats, tuple(names), papers
        self.ties = ties or Ties(rule.ties)
        self.scale: int = 10**rule.decimals
        people = range(1, papers.candidates + 1)
        self.standing = [who for who in people if standing is None or who in standing]
        out = set(people).difference(self.standing)
        self.kept = KeptPapers(papers, self.scale, out)
        # A part of the ballots shares itself out by the same keep values: its sums are its share of the whole.
        self.shadows = [KeptPapers(one, self.scale, out) for one in parts_of(papers)]
        self.shares: list[list[int]] = []
        self.followed: list[list[SegmentRound]] = [[] for _ in self.shadows]
        self.keep = [0, *(self.scale if who in self.standing else 0 for who in people)]
        self.hopeful = list(self.standing)
        self.elected: list[int] = []
        self.votes: list[int] = [0] * (papers.candidates + 1)
        self.quota = 0
        self.iteration = 0
        self.seen: set[tuple[int, ...]] = set()
        self.before: int | None = None
        self.history: list[list[int]] = []
        self.numbers = pseudo_random(papers.candidates, seats, papers.valid) if rule.numbers and ties is None else []
        self.watch = Watch(constraints, seats)
        self.watch.begin(self.hopeful)
        self.rounds: list[CountRound] = []
        # What belongs to the round that is under way.
        self.action: Literal["first preferences", "iteration", "exclusion"] = "first preferences"
        self.of: tuple[int, ...] = ()
        self.out: tuple[int, ...] = ()
        self.now_ties: list[TieBreak] = []
        self.now_say: list[str] = []
        self.since = 0
        self.tied: tuple[int, ...] = ()
        self.tied_for: TieFor | None = None

    # -- steps ----------------------------------------------------------------------------------------------------

    def run(self) -> list[int]:
        """Count to the end, or to a tie that nothing breaks; the elected in order."""
        try:
            self._iterate()
        except TiedError as tie:
            self.tied, self.tied_for = tie.tied, tie.what
            if self.since < self.iteration:
                self._close([], "")
            last = self.rounds[-1]
            say = (*last.say, *self.now_say, tie.say(self.names))
            self.rounds[-1] = replace(last, ties=(*last.ties, *self.now_ties), say=say)
        return self.elected

    def _iterate(self) -> None:
        """Iteration by iteration, until all places are filled."""
        while True:
            self._distribute()
            fresh = self._elect() if self.rule.electing == "at once" else []
            if self._complete():
                break
            gone = self._doomed() or self._exclusion(fresh)
            if self._complete():
                break
            if (not gone or self.rule.updating) and not self._update() and not gone:
                if not (self.rule.electing == "settled" and self._elect()):
                    gone = self._exclude(self._lowest(), "stalled", "Nothing changes any more")
                if self._complete():
                    break
            self.before = None if gone else self._surplus()

    def _distribute(self) -> None:
        """Share the papers out by the keep values, and work out the quota."""
        self.votes = self.kept.share(self.keep)
        self.shares = [shadow.share(self.keep) for shadow in self.shadows]
        self.iteration += 1
        self.history.append(self.votes)
        active = self.papers.valid * self.scale - self.votes[EXHAUSTED]
        if self.rule.quota == "rounded up":
            self.quota = -(-active // (self.seats + 1))
        else:
            self.quota = active // (self.seats + 1) + 1

    def _elect(self) -> list[int]:
        """Elect whoever has reached the quota."""
        totals = dict(enumerate(self.votes))
        reached = [who for who in self.hopeful if self.votes[who] >= self.quota]
        # Nobody is elected by a quota of nothing; for a quota that is not above votes / (places + 1), see _room_for.
        reached = self._room_for([who for who in reached if self.votes[who] > 0])
        fresh, breaks = self.watch.admit(
            reached, totals, self.elected, self.hopeful, lambda tied: self._break(tied, "election")
        )
        if not fresh:
            return []
        self.now_ties += breaks
        for who in fresh:
            self.hopeful.remove(who)
            self.elected.append(who)
        self._close(fresh, f"{self._names(fresh)} reached the quota: elected{self.rule.cite('elected')}.")
        for who in fresh:
            for kept in (self.kept, *self.shadows):
                kept.elect(who)
        self.action, self.of, self.out = "iteration", tuple(self.elected), ()
        self.seen.clear()
        return fresh

    def _room_for(self, reached: list[int]) -> list[int]:
        """Those of ``reached`` for whom there are places: all, unless they share all the votes equally."""
        left = self.seats - len(self.elected)
        ranked = sorted(reached, key=lambda who: -self.votes[who])
        if len(ranked) <= left:
            return ranked
        edge = self.votes[ranked[left]]
        return [who for who in ranked if self.votes[who] > edge]

    def _complete(self) -> bool:
        left = self.seats - len(self.elected)
        if left > 0 and len(self.hopeful) <= left:
            self._fill()
        return len(self.elected) >= self.seats or not self.hopeful

    def _fill(self) -> None:
        filled = sorted(self.hopeful, key=lambda who: -self.votes[who])
        self.hopeful = []
        self.elected += filled
        say = f"As many are left as there are places: {self._names(filled)} elected{self.rule.cite('last')}."
        if self.out or not self.rounds:
            self._close(filled, say, declaration=bool(self.rounds))
        else:
            last = self.rounds[-1]
            self.rounds[-1] = replace(last, elected=(*last.elected, *filled), say=(*last.say, say))

    def _surplus(self) -> int:
        over = [self.votes[who] - self.quota for who in self.elected]
        return max(0, sum(over)) if self.rule.near else sum(amount for amount in over if amount > 0)

    # -- who goes out ---------------------------------------------------------------------------------------------

    def _doomed(self) -> list[int]:
        doomed = [who for who in self.hopeful if who in self._verdict().doomed]
        if doomed:
            self._exclude(doomed, "", f"The result has to have {self.watch.constraints}: they cannot be elected")
        return doomed

    def _exclusion(self, fresh: Sequence[int]) -> list[int]:
        """Exclude whoever goes out now; who that is, if anybody."""
        surplus = self._surplus()
        if self.rule.settled == "each":
            if not self._each_settled() or self._elect():
                return []
            return self._exclude(self._lowest(), "exclusion", "No surplus is left to transfer")
        free = sorted(self.watch.free(self.elected, self.hopeful), key=lambda who: self.votes[who])
        if self.rule.early and len(free) > 1 and self.votes[free[0]] + surplus < self.votes[free[1]]:
            return self._exclude(free[:1], "early", "The lowest cannot catch up with the next, whatever is transferred")
        if surplus < self.rule.tolerance * self.scale:
            return self._exclude(self._lowest(), "exclusion", "No surplus is left to transfer")
        if self.rule.stalled == "not less" and not fresh and self.before is not None and surplus >= self.before:
            return self._exclude(self._lowest(), "stalled", "The surplus does not fall any more")
        return []

    def _each_settled(self) -> bool:
        low, high = 1 - self.rule.tolerance, 1 + self.rule.tolerance
        return all(low * self.votes[who] <= self.quota <= high * self.votes[who] for who in self.elected)

    def _lowest(self) -> list[int]:
        """Who has fewest votes, and may go out."""
        free = self.watch.free(self.elected, self.hopeful)
        room = len(self.hopeful) - (self.seats - len(self.elected))
        empty = [who for who in free if not self.votes[who]]
        if self.rule.empty_together and 1 < len(empty) <= room:
            return self.watch.leaving(empty, self.elected, self.hopeful)
        least = min(self.votes[who] for who in free)
        within = least + self._surplus() if self.rule.near else least
        tied = [who for who in free if self.votes[who] <= within]
        if len(tied) == 1:
            return tied
        found = self._break(tied, "exclusion")
        self.now_ties.append(found)
        return [found.chosen]

    def _exclude(self, group: Sequence[int], step: str, why: str) -> list[int]:
        """Let ``group`` go out: the round so far ends, and one begins that they go out in."""
        breaks, self.now_ties = self.now_ties, []
        if self.since < self.iteration:
            self._close([], "")
        for who in group:
            self.hopeful.remove(who)
            self.keep[who] = 0
            for kept in (self.kept, *self.shadows):
                kept.exclude(who)
        goes = "goes" if len(group) == 1 else "go"
        self.action, self.of, self.out = "exclusion", tuple(group), (*self.out, *group)
        self.now_ties = breaks
        self.seen.clear()
        self.now_say.append(f"{why}: {self._names(group)} {goes} out{self.rule.cite(step)}.")
        return list(group)

    def _break(self, tied: Sequence[int], what: Literal["exclusion", "election"]) -> TieBreak:
        earlier = [self._totals(votes) for votes in self.history]
        points = [f"iteration {number}" for number in range(1, len(earlier) + 1)]
        if not self.numbers:
            return self.ties.choose(tied, what, earlier, self.names, points)
        found = self.ties.find(tied, what, earlier, self.names, points)
        if found is not None:
            return found
        between = tuple(tied)
        _, tied = narrow(tied, what, earlier, latest=False)
        # The numbers are turned round at every iteration (clause 48).
        turned = self.iteration % 2 == 1
        number = {who: 10_000 - self.numbers[who - 1] if turned else self.numbers[who - 1] for who in tied}
        order = sorted(tied, key=lambda who: number[who], reverse=what == "election")
        listed = ", ".join(f"{self._name(who)} {number[who]}" for who in order)
        return TieBreak(between, order[0], what, f"by pseudo-random numbers (clauses 41 to 48): {listed}")

    # -- keep values ----------------------------------------------------------------------------------------------

    def _update(self) -> bool:
        """Give elected candidates new keep values; False if they are none that were not there before.

        Where the quota is close to nothing, because almost all papers have run out, rounding can make the values go
        round in a circle for ever.
        """
        self.seen.add(tuple(self.keep))
        for who in self.elected:
            votes = self.votes[who]
            if votes and (votes > self.quota or self.rule.stalled == "not less" or self.rule.settled == "each"):
                # Twice rounded up: keep value times quota, and that divided by votes.
                product = -(-self.keep[who] * self.quota // self.scale)
                self.keep[who] = min(self.scale, -(-product * self.scale // votes))
        return tuple(self.keep) not in self.seen

    # -- bookkeeping ----------------------------------------------------------------------------------------------

    def _verdict(self) -> Verdict:
        return self.watch.verdict(self.elected, self.hopeful)

    def _close(self, elected: Sequence[int], say: str, *, declaration: bool = False) -> None:
        """Note the round that is under way, with the votes of the last iteration."""
        told = [*self.now_say]
        if not self.rounds or (self.rounds[-1].quota or 0) * self.scale != self.quota:
            told.append(f"The quota is {self._shown(self.quota)}{self.rule.cite('quota')}.")
        keepers = [who for who in self.elected if who not in elected]
        if keepers and not declaration:
            values = ", ".join(f"{self._name(who)} {self._shown(self.keep[who])}" for who in keepers)
            number = self.iteration - self.since
            word = "iteration" if number == 1 else "iterations"
            told.append(f"After {number} {word}: keep values {values}; surplus left {self._shown(self._surplus())}.")
        told += [say] if say else []
        self.rounds.append(
            CountRound(
                number=len(self.rounds) + 1,
                action="declaration" if declaration else self.action,
                of=self.of,
                totals=self._totals(self.votes),
                exhausted=self._plain(self.votes[EXHAUSTED]),
                lost=Fraction(0),
                quota=self._plain(self.quota),
                elected=tuple(elected),
                excluded=self.out,
                ties=tuple(self.now_ties),
                say=tuple(told),
            )
        )
        for shadow, share, followed in zip(self.shadows, self.shares, self.followed, strict=True):
            votes = {who: self._plain(share[who]) for who in (EXHAUSTED, *self.standing)}
            followed.append(SegmentRound(shadow.lying(), votes))
        self.now_ties, self.now_say, self.out = [], [], ()
        self.since = self.iteration

    def _totals(self, votes: Sequence[int]) -> Mapping[int, Fraction]:
        return {who: self._plain(votes[who]) for who in self.standing}

    # -- words ----------------------------------------------------------------------------------------------------

    def _plain(self, amount: int) -> Fraction:
        return Fraction(amount, self.scale)

    def _shown(self, amount: int) -> str:
        value = self._plain(amount)
        return f"{value.numerator:,}" if value.denominator == 1 else f"{exact.cut_to(value, self.rule.decimals):,f}"

    def _name(self, who: int) -> str:
        return self.names[who - 1]

    def _names(self, people: Sequence[int]) -> str:
        return ", ".join(self._name(who) for who in people)


def count_meek(
    papers: Rankings,
    names: Sequence[str],
    seats: int,
    rule: MeekRule,
    ties: Ties | None = None,
    constraints: Constraints | None = None,
    standing: Collection[int] | None = None,
) -> Count:
    """The count of ``papers`` for ``seats`` places under ``rule``.

    ``ties``: None for the rule's own, without a lot. ``standing``: who has not withdrawn (None: all). A tie that
    nothing breaks is in the result (``tied``).
    """
    run = MeekCount(papers, names, seats, rule, ties, constraints, standing)
    elected = run.run()
    segments = segments_of(papers.part_names, run.followed)
    return count_of(run, elected, papers, names, seats, method=rule.name, decimals=rule.decimals, segments=segments)
