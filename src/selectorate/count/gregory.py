"""The single transferable vote by the weighted inclusive Gregory method: all of a candidate's papers move with the
surplus, each at its own value times the surplus over the candidate's total.

The rules that share these steps are data (``GregoryRule``). Scotland's are ``SCOTTISH_2011``: Scottish Local
Government Elections Order 2011 (SSI 2011/399), Schedule 1, rules 45 to 52.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from .. import exact
from ..ballots.marks import Rankings
from .piles import Piles
from .result import EXHAUSTED, Count, CountRound, Moved, TieBreak
from .ties import Ties


@dataclass(frozen=True)
class GregoryRule:
    """What differs between counts by this method.

    ``decimals``: to how many places a paper's value is cut (None: not at all, exact fractions). ``quota``: "droop
    integer" (votes / (places + 1), cut, plus one) or "droop exact" (more than votes / (places + 1)). ``batch``:
    candidates who cannot catch up together are excluded together. ``cites``: the clause for each step, for sentences.
    """

    name: str
    decimals: int | None
    quota: Literal["droop integer", "droop exact"] = "droop integer"
    batch: bool = False
    cites: tuple[tuple[str, str], ...] = ()

    def cite(self, step: str) -> str:
        """The clause that ``step`` follows, in brackets; nothing where none is given."""
        clause = dict(self.cites).get(step)
        return f" ({clause})" if clause else ""


SCOTTISH_2011 = GregoryRule(
    "scottish",
    decimals=5,
    cites=(
        ("quota", "rule 46"),
        ("elected", "rule 47"),
        ("surplus", "rule 48"),
        ("exclusion", "rule 50"),
        ("last", "rule 51"),
    ),
)


class GregoryCount:
    """One count, step by step. Amounts inside are whole numbers scaled by ``scale``, or fractions (scale 1)."""

    def __init__(self, papers: Rankings, names: Sequence[str], seats: int, rule: GregoryRule, ties: Ties) -> None:
        self.rule, self.ties, self.seats, self.names = rule, ties, seats, tuple(names)
        self.scale = 10**rule.decimals if rule.decimals is not None else 1
        unit: int | Fraction = self.scale if rule.decimals is not None else Fraction(1)
        self.piles = Piles(papers, unit)
        self.papers = papers
        people = range(1, papers.candidates + 1)
        self.totals: dict[int, int | Fraction] = dict.fromkeys(people, 0)
        self.exhausted: int | Fraction = 0
        self.lost: int | Fraction = 0
        self.continuing: list[int] = list(people)
        self.elected: list[int] = []
        self.pending: list[int] = []
        self.rounds: list[CountRound] = []
        self.history: list[dict[int, Fraction]] = []
        valid = papers.valid * self.scale
        self.quota: int | Fraction
        if rule.quota == "droop integer":
            self.quota = (papers.valid // (seats + 1) + 1) * self.scale
        elif rule.decimals is None:
            self.quota = Fraction(papers.valid, seats + 1)
        else:
            self.quota = -(-valid // (seats + 1))

    # -- steps ----------------------------------------------------------------------------------------------------

    def run(self) -> list[int]:
        """Count to the end; the elected in order."""
        self._first()
        while len(self.elected) < self.seats:
            if len(self.continuing) <= self.seats - len(self.elected):
                self._fill()
                break
            if self.pending:
                self._surplus()
            else:
                self._exclude()
        return self.elected

    def _first(self) -> None:
        dealt = self.piles.deal_all()
        for (who, value), number in dealt.items():
            self._credit(who, self.piles.values[value] * number)
        self._round("first preferences", (), say=[f"The quota is {self._shown(self.quota)}{self.rule.cite('quota')}."])

    def _credit(self, who: int, amount: int | Fraction) -> None:
        if who == EXHAUSTED:
            self.exhausted += amount
        else:
            self.totals[who] += amount

    def _surplus(self) -> None:
        most = max(self.totals[who] for who in self.pending)
        tied = [who for who in self.pending if self.totals[who] == most]
        breaks: list[TieBreak] = []
        who = tied[0]
        if len(tied) > 1:
            breaks.append(self.ties.choose(tied, "surplus", self.history, self.names))
            who = breaks[0].chosen
        self.pending.remove(who)
        total, surplus = self.totals[who], self.totals[who] - self.quota
        rows = self.piles.take(who)
        new: dict[int, int] = {}
        for index in self.piles.values_of(rows):
            new[index] = self.piles.new_value(self._cut(surplus * self.piles.values[index], total))
        self.piles.revalue(rows, new)
        dealt = self.piles.deal(rows)
        moved = self._received(who, dealt)
        given = sum((self.piles.values[value] * number for (_, value), number in dealt.items()), 0)
        self.lost += surplus - given
        self.totals[who] = self.quota
        say = [
            f"The surplus of {self._name(who)}, {self._shown(surplus)}, is transferred: each paper at "
            f"{self._shown(surplus)} / {self._shown(total)} of its value{self.rule.cite('surplus')}."
        ]
        self._round("surplus", (who,), moved=moved, ties=breaks, say=say)

    def _cut(self, product: int | Fraction, total: int | Fraction) -> int | Fraction:
        if self.rule.decimals is None:
            return Fraction(product) / total
        return int(product) // int(total)

    def _exclude(self) -> None:
        least = min(self.totals[who] for who in self.continuing)
        tied = [who for who in self.continuing if self.totals[who] == least]
        breaks: list[TieBreak] = []
        who = tied[0]
        if len(tied) > 1:
            breaks.append(self.ties.choose(tied, "exclusion", self.history, self.names))
            who = breaks[0].chosen
        leaving = self._hopeless() if self.rule.batch else []
        leaving = leaving if len(leaving) > 1 else [who]
        self.piles.close(leaving)
        moved: list[Moved] = []
        for gone in leaving:
            self.continuing.remove(gone)
            moved += self._received(gone, self.piles.deal(self.piles.take(gone)))
            self.totals[gone] = 0
        say = [f"{self._names(leaving)} had fewest votes and went out{self.rule.cite('exclusion')}."]
        self._round("exclusion", tuple(leaving), moved=moved, ties=breaks, excluded=tuple(leaving), say=say)

    def _hopeless(self) -> list[int]:
        """The lowest who together have less than the next: whoever of them led, the next would stay ahead."""
        ranked = sorted(self.continuing, key=lambda who: self.totals[who])
        room = len(self.continuing) - (self.seats - len(self.elected))
        running: int | Fraction = 0
        best: list[int] = []
        for index in range(min(room, len(ranked) - 1)):
            running += self.totals[ranked[index]]
            if running < self.totals[ranked[index + 1]]:
                best = ranked[: index + 1]
        return best

    def _received(self, source: int, dealt: dict[tuple[int, int], int]) -> list[Moved]:
        by_value: dict[int, dict[int, int]] = {}
        for (who, value), number in dealt.items():
            by_value.setdefault(value, {})[who] = number
            self._credit(who, self.piles.values[value] * number)
        return [
            Moved(
                source,
                self._plain(self.piles.values[value]),
                {who: self._plain(self.piles.values[value] * number) for who, number in numbers.items()},
                numbers,
            )
            for value, numbers in sorted(by_value.items())
        ]

    def _fill(self) -> None:
        filled = sorted(self.continuing, key=lambda who: -self.totals[who])
        say = [f"As many are left as there are places: {self._names(filled)} elected{self.rule.cite('last')}."]
        self.elected += filled
        self.continuing = []
        last = self.rounds[-1]
        # No votes move, so it is told with the round that made it so.
        self.rounds[-1] = CountRound(
            **{**last.__dict__, "elected": (*last.elected, *filled), "say": (*last.say, *say)}
        )

    def _round(
        self,
        action: Literal["first preferences", "surplus", "exclusion"],
        of: tuple[int, ...],
        *,
        moved: Sequence[Moved] = (),
        ties: Sequence[TieBreak] = (),
        excluded: tuple[int, ...] = (),
        say: Sequence[str] = (),
    ) -> None:
        """Note a round, after finding who has reached the quota in it."""
        reached = [who for who in self.continuing if self.totals[who] >= self.quota]
        reached.sort(key=lambda who: -self.totals[who])
        told = list(say)
        if reached:
            told.append(f"{self._names(reached)} reached the quota: elected{self.rule.cite('elected')}.")
        for who in reached:
            self.continuing.remove(who)
            self.elected.append(who)
            if self.totals[who] > self.quota:
                self.pending.append(who)
        self.piles.close(reached)
        totals = {who: self._plain(amount) for who, amount in self.totals.items()}
        self.rounds.append(
            CountRound(
                number=len(self.rounds) + 1,
                action=action,
                of=of,
                totals=totals,
                exhausted=self._plain(self.exhausted),
                lost=self._plain(self.lost),
                quota=self._plain(self.quota),
                moved=tuple(moved),
                elected=tuple(reached),
                excluded=excluded,
                ties=tuple(ties),
                say=tuple(told),
            )
        )
        self.history.append(totals)

    # -- words ----------------------------------------------------------------------------------------------------

    def _plain(self, amount: int | Fraction) -> Fraction:
        return Fraction(amount) / self.scale

    def _shown(self, amount: int | Fraction) -> str:
        value = self._plain(amount)
        return f"{value.numerator:,}" if value.denominator == 1 else f"{exact.cut_to(value, 5, 'down'):,}"

    def _name(self, who: int) -> str:
        return self.names[who - 1]

    def _names(self, people: Sequence[int]) -> str:
        return ", ".join(self._name(who) for who in people)


def count_gregory(papers: Rankings, names: Sequence[str], seats: int, rule: GregoryRule, ties: Ties) -> Count:
    """The count of ``papers`` for ``seats`` places under ``rule``. Raises CountError at a tie that nothing breaks."""
    run = GregoryCount(papers, names, seats, rule, ties)
    elected = run.run()
    return Count(
        method=rule.name,
        seats=seats,
        candidates=tuple(names),
        rounds=tuple(run.rounds),
        elected=tuple(elected),
        valid=papers.valid,
        blank=papers.blank,
        spoilt=papers.spoilt,
        decimals=rule.decimals,
        met=papers.met,
    )
