"""The single transferable vote by the weighted inclusive Gregory method: all of a candidate's papers move with the
surplus, each at its own value times the surplus over the candidate's total.

The rules that share these steps are data (``GregoryRule``). Scotland's are ``SCOTTISH_2011``: Scottish Local
Government Elections Order 2011 (SSI 2011/399), Schedule 1, rules 46 to 53.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Literal

from .. import exact
from ..ballots.marks import MarkRules, Rankings
from ..errors import CountError
from .constraints import Constraints, Watch
from .piles import Piles
from .result import EXHAUSTED, Count, CountRound, Moved, TieBreak, TieFor, count_of
from .segments import Follower
from .ties import TiedError, Ties


@dataclass(frozen=True)
class GregoryRule:
    """What differs between counts by this method.

    ``decimals``: to how many places a paper's value is cut (None: not at all, exact fractions). ``quota``: "droop
    integer" (votes / (places + 1), cut, plus one), "droop exact" (more than votes / (places + 1)), "droop decimals"
    (the same cut to ``decimals``, plus one in the last place), "hare" (votes / places, rounded up to
    ``quota_decimals``). ``batch``: candidates who cannot catch up together are excluded together. ``cites``: the
    clause for each step, for sentences.

    ``cut``: what is cut to ``decimals``: the new "value" of a paper (surplus x value / total), or the "fraction"
    (surplus / total) and then the value times that. ``surpluses``: the "largest first", each a round of its own and
    none for somebody exactly on the quota, or "together": all who were elected in a round, in the next, whatever their
    surplus; a round then either elects or excludes. ``electing``: everybody who reaches the quota, or only the first
    in a round. ``settle``: surpluses are transferred to the last, though all places are filled. ``pool``: write-ins
    (``Option.write_in``) are a pool that goes out first, keeps others from being elected while it has votes, and never
    wins. ``minimum``: everybody with fewer votes goes out together; no quota is lower. ``stop_after``: the round after
    which the count stops, whatever is left to do. ``marks``: what becomes of unusual marks.
    """

    name: str
    decimals: int | None
    quota: Literal["droop integer", "droop exact", "droop decimals", "hare"] = "droop integer"
    batch: bool = False
    cites: tuple[tuple[str, str], ...] = ()
    quota_decimals: int = 0
    cut: Literal["value", "fraction"] = "value"
    surpluses: Literal["largest first", "together"] = "largest first"
    electing: Literal["all", "one a round"] = "all"
    settle: bool = False
    pool: bool = False
    minimum: int = 0
    stop_after: int | None = None
    marks: MarkRules = field(default_factory=MarkRules)

    def cite(self, step: str) -> str:
        """The clause that ``step`` follows, in brackets; nothing where none is given."""
        clause = dict(self.cites).get(step)
        return f" ({clause})" if clause else ""


MINNEAPOLIS = GregoryRule(
    "minneapolis",
    decimals=4,
    cut="fraction",
    surpluses="together",
    settle=True,
    pool=True,
    marks=MarkRules(skipped=2, overvote="pass over", ranks=3),
    cites=(
        ("quota", "section 167.70(b)"),
        ("elected", "section 167.70(c)"),
        ("surplus", "section 167.70(c)"),
        ("exclusion", "section 167.70(c)"),
        ("last", "section 167.70(c)"),
    ),
)
"""Minneapolis Code of Ordinances, title 8.5, section 167.70, as the configuration "Minneapolis Rules" of RCTab has it:
without the defeat of several at once, which changes the rounds and not who is elected."""

SCOTTISH_2011 = GregoryRule(
    "scottish",
    decimals=5,
    marks=MarkRules(skipped=0),
    cites=(
        ("quota", "rule 47"),
        ("elected", "rule 48"),
        ("surplus", "rule 49"),
        ("exclusion", "rule 51"),
        ("last", "rule 53"),
    ),
)
"""Preferences count "in consecutive order" (article 2, "next available preference"): a paper ends at a skipped rank."""

WIGM_EXACT = GregoryRule("wigm-exact", decimals=None, quota="droop exact")
"""Nothing is rounded: fractions, and elected is who has more than votes / (places + 1)."""


def wigm(decimals: int = 4) -> GregoryRule:
    """The weighted inclusive Gregory method with values cut to ``decimals``, and a quota of as many.

    With four it is the Proportional Representation Foundation's "Reference rule: WIGM", one candidate out at a time.
    """
    return GregoryRule("wigm", decimals=decimals, quota="droop decimals")


class GregoryCount:
    """One count, step by step. Amounts inside are whole numbers scaled by ``scale``, or fractions (scale 1)."""

    def __init__(
        self,
        papers: Rankings,
        names: Sequence[str],
        seats: int,
        rule: GregoryRule,
        ties: Ties,
        write_ins: frozenset[int] = frozenset(),
        standing: Sequence[int] | None = None,
        constraints: Constraints | None = None,
    ) -> None:
        self.watch = Watch(constraints, seats)
        self.pool = write_ins if rule.pool else frozenset()
        self.rule, self.ties, self.seats, self.names = rule, ties, seats, tuple(names)
        self.scale = 10**rule.decimals if rule.decimals is not None else 1
        unit: int | Fraction = self.scale if rule.decimals is not None else Fraction(1)
        self.piles = Piles(papers, unit)
        self.papers = papers
        self.follower = Follower(papers, self.scale) if papers.parts is not None else None
        people = list(standing) if standing is not None else list(range(1, papers.candidates + 1))
        self.totals: dict[int, int | Fraction] = dict.fromkeys(people, 0)
        self.exhausted: int | Fraction = 0
        self.lost: int | Fraction = 0
        self.continuing: list[int] = people
        self.watch.begin(people)
        self.elected: list[int] = []
        self.pending: list[int] = []
        self.rounds: list[CountRound] = []
        self.history: list[dict[int, Fraction]] = []
        self.quota: int | Fraction = 0
        self.why: dict[str, Fraction] = {}
        self.tied: tuple[int, ...] = ()
        self.tied_for: TieFor | None = None
        self.plain: dict[int | Fraction, Fraction] = {}

    def _quota(self, votes: int) -> int | Fraction:
        """The quota when there are ``votes`` in the first round."""
        seats, scale = self.seats, self.scale
        if self.rule.quota == "droop integer":
            quota: int | Fraction = (votes // (seats + 1) + 1) * scale
        elif self.rule.quota == "hare":
            places = 10**self.rule.quota_decimals
            quota = Fraction(-(-votes * places // seats), places) * scale
            quota = int(quota) if self.rule.decimals is not None else quota
        elif self.rule.decimals is None:
            quota = Fraction(votes, seats + 1)
        elif self.rule.quota == "droop decimals":
            quota = votes * scale // (seats + 1) + 1
        else:
            quota = -(-votes * scale // (seats + 1))
        return max(quota, self.rule.minimum * scale)

    # -- steps ----------------------------------------------------------------------------------------------------

    def run(self) -> list[int]:
        """Count to the end, or to a tie that nothing breaks; the elected in order."""
        try:
            self._first()
            if self.rule.surpluses == "together":
                self._run_together()
            else:
                self._run_one_by_one()
        except TiedError as tie:
            self.tied, self.tied_for = tie.tied, tie.what
            self.rounds[-1] = replace(self.rounds[-1], say=(*self.rounds[-1].say, tie.say(self.names)))
        return self.elected

    def _run_one_by_one(self) -> None:
        """Surplus by surplus, the largest first; none pending, somebody goes out."""
        while len(self.elected) < self.seats:
            if len(self.continuing) <= self.seats - len(self.elected):
                self._fill()
                break
            if self.pending and not self._doomed():
                self._surplus()
            else:
                self._exclude()

    def _run_together(self) -> None:
        """Round by round: what was elected in one is transferred in the next; nobody elected, somebody goes out."""
        while len(self.rounds) != self.rule.stop_after:
            full = len(self.elected) >= self.seats
            if self.pending and (self.rule.settle if full else self.continuing):
                self._surpluses()
            elif not full and self.continuing:
                self._exclude()
            else:
                break
        last = self.rounds[-1]
        self.rounds[-1] = replace(last, why={**last.why, "last surplus": last.why.get("last surplus", Fraction(0))})

    def _first(self) -> None:
        dealt = self.piles.deal_all()
        for (who, value), number in dealt.items():
            self._credit(who, self.piles.values[value] * number)
        self.quota = self._quota(sum(number for (who, _), number in dealt.items() if who != EXHAUSTED))
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

    def _surpluses(self) -> None:
        """Transfer what everybody has over the quota who was elected in the last round."""
        leaving, self.pending = self.pending, []
        if len(self.elected) >= self.seats:
            self.piles.close(self.continuing)  # nobody can be elected any more: it is only settled what is left over
        moved: list[Moved] = []
        say: list[str] = []
        for who in leaving:
            total, surplus = self.totals[who], max(self.totals[who] - self.quota, 0)
            rows = self.piles.take(who)
            fraction = self._cut(surplus * self.scale, total) if total else 0
            new = {}
            for index in self.piles.values_of(rows):
                value = self.piles.values[index]
                if self.rule.cut == "value":
                    value = self._cut(surplus * value, total) if total else 0
                elif self.rule.decimals is None:
                    value = value * fraction
                else:
                    value = int(value * fraction) // self.scale
                new[index] = self.piles.new_value(value)
            self.piles.revalue(rows, new)
            dealt = self.piles.deal(rows)
            moved += self._received(who, dealt)
            given = sum((self.piles.values[value] * number for (_, value), number in dealt.items()), 0)
            self.lost += surplus - given
            self.totals[who] = total - surplus
            if surplus:
                decimals = 5 if self.rule.decimals is None else self.rule.decimals
                share = self._plain(fraction) if self.rule.cut == "fraction" else Fraction(surplus) / total
                say.append(
                    f"The surplus of {self._name(who)}, {self._shown(surplus)}, is transferred: each paper at "
                    f"{exact.cut_to(share, decimals, 'down')} of its value{self.rule.cite('surplus')}."
                )
            else:
                say.append(f"{self._name(who)} has no surplus.")
        self._round("surplus", tuple(leaving), moved=moved, say=say)

    def _cut(self, product: int | Fraction, total: int | Fraction) -> int | Fraction:
        if self.rule.decimals is None:
            return Fraction(product) / total
        return int(product) // int(total)

    def _exclude(self) -> None:
        breaks: list[TieBreak] = []
        clause = self.rule.cite("exclusion")
        leaving = self._doomed()
        said = (
            f"The result has to have {self.watch.constraints}: {self._names(leaving)} cannot be elected and went out."
        )
        if not leaving:
            leaving = [who for who in self.continuing if who in self.pool and self.totals[who]]
            said = f"{self._names(leaving)}, a pool of names that voters wrote, went out{clause}."
        if not leaving:
            leaving = [who for who in self.continuing if self.totals[who] < self.rule.minimum * self.scale]
            said = f"{self._names(leaving)} had fewer than {self.rule.minimum} votes and went out{clause}."
            if leaving and len(leaving) == len(self.continuing):
                raise CountError(f"nobody has the {self.rule.minimum} votes that are needed to stay in the count")
        if not leaving and self.rule.batch:
            leaving = self._hopeless()
            leaving = leaving if len(leaving) > 1 else []
            said = f"{self._names(leaving)} could not catch up even together and went out{clause}."
        if not leaving:
            free = self.watch.free(self.elected, self.continuing)
            least = min(self.totals[who] for who in free)
            leaving = [who for who in free if self.totals[who] == least]
            if len(leaving) > 1:
                breaks.append(self.ties.choose(leaving, "exclusion", self.history[:-1], self.names))
                leaving = [breaks[0].chosen]
            said = f"{self._names(leaving)} had fewest votes and went out{clause}."
        self.piles.close(leaving)
        moved: list[Moved] = []
        for gone in leaving:
            self.continuing.remove(gone)
            moved += self._received(gone, self.piles.deal(self.piles.take(gone)))
            self.totals[gone] = 0
        self._round("exclusion", tuple(leaving), moved=moved, ties=breaks, excluded=tuple(leaving), say=[said])

    def _doomed(self) -> list[int]:
        """Who cannot be elected, if the rules on the result are to be kept."""
        doomed = self.watch.verdict(self.elected, self.continuing).doomed
        return [who for who in self.continuing if who in doomed]

    def _hopeless(self) -> list[int]:
        """The lowest who together have less than the next: whoever of them led, the next would stay ahead."""
        ranked = sorted(self.watch.free(self.elected, self.continuing), key=lambda who: self.totals[who])
        room = len(self.continuing) - (self.seats - len(self.elected))
        running: int | Fraction = 0
        best: list[int] = []
        for index in range(min(room, len(ranked) - 1)):
            running += self.totals[ranked[index]]
            if running < self.totals[ranked[index + 1]]:
                best = ranked[: index + 1]
        return self.watch.leaving(best, self.elected, self.continuing)

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
        filled = sorted((who for who in self.continuing if who not in self.pool), key=lambda who: -self.totals[who])
        if not filled:  # everybody is elected, and there are places left
            self.continuing = []
            return
        say = [f"As many are left as there are places: {self._names(filled)} elected{self.rule.cite('last')}."]
        self.elected += filled
        self.continuing = []
        last = self.rounds[-1]
        # No votes move, so it is told with the round that made it so.
        self.rounds[-1] = replace(last, elected=(*last.elected, *filled), say=(*last.say, *say))

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
        """Note a round, then find who has reached the quota in it."""
        self._reasons(last=action == "surplus" and len(self.elected) >= self.seats)
        totals = {who: self._plain(amount) for who, amount in self.totals.items()}
        note = CountRound(
            number=len(self.rounds) + 1,
            action=action,
            of=of,
            totals=totals,
            exhausted=self._plain(self.exhausted),
            lost=self._plain(self.lost),
            quota=self._plain(self.quota),
            moved=tuple(moved),
            excluded=excluded,
            ties=tuple(ties),
            say=tuple(say),
            why=dict(self.why),
        )
        self.rounds.append(note)
        if self.follower is not None:
            self.follower.note(self.piles)
        reached, broken, words = self._reached()
        for who in reached:
            self.continuing.remove(who)
            self.elected.append(who)
            if self.totals[who] > self.quota or self.rule.surpluses == "together":
                self.pending.append(who)
        self.piles.close(reached)
        self.rounds[-1] = replace(note, elected=tuple(reached), ties=(*ties, *broken), say=(*say, *words))
        self.history.append(totals)

    def _reached(self) -> tuple[list[int], list[TieBreak], list[str]]:
        """Who is elected now, most votes first; the ties that were broken for it; and the sentences that say so."""
        places = self.seats - len(self.elected)
        together = self.rule.surpluses == "together"
        if any(who in self.pool and self.totals[who] for who in self.continuing) or (together and not places):
            return [], [], []
        rest = together and len(self.continuing) <= places
        reached = [who for who in self.continuing if who not in self.pool and (rest or self._enough(who))]
        reached, breaks = self.watch.admit(
            reached,
            self.totals,
            self.elected,
            self.continuing,
            lambda tied: self.ties.choose(tied, "election", self.history, self.names),
        )
        if len(reached) > 1 and self.rule.electing == "one a round":
            reached = [who for who in reached if self.totals[who] == self.totals[reached[0]]]
            if len(reached) > 1:
                breaks.append(self.ties.choose(reached, "election", self.history, self.names))
                reached = [breaks[0].chosen]
        enough = [who for who in reached if self._enough(who)]
        filled = [who for who in reached if not self._enough(who)]
        words = []
        if enough:
            words.append(f"{self._names(enough)} reached the quota: elected{self.rule.cite('elected')}.")
        if filled:
            words.append(
                f"As many are left as there are places: {self._names(filled)} elected{self.rule.cite('last')}."
            )
        return reached, breaks, words

    def _enough(self, who: int) -> bool:
        """Whether somebody has the votes that elect: the quota, or more than it where it is not rounded at all."""
        if self.rule.quota == "droop exact" and self.rule.decimals is None:
            return self.totals[who] > self.quota
        return self.totals[who] >= self.quota

    def _reasons(self, *, last: bool) -> None:
        """Note why papers are exhausted; ``last``: a surplus that was transferred when all places were filled."""
        if last:
            before = sum(self.why.values(), Fraction(0))
            self.why["last surplus"] = self._plain(self.exhausted) - before
        else:
            self.why = {end.name.lower(): self._plain(worth) for end, worth in self.piles.why().items()}

    # -- words ----------------------------------------------------------------------------------------------------

    def _plain(self, amount: int | Fraction) -> Fraction:
        # The same amounts are told round by round, and to make a fraction is slow.
        found = self.plain.get(amount)
        if found is None:
            found = Fraction(amount, self.scale) if isinstance(amount, int) else amount / self.scale
            self.plain[amount] = found
        return found

    def _shown(self, amount: int | Fraction) -> str:
        value = self._plain(amount)
        places = 5 if self.rule.decimals is None else self.rule.decimals
        return f"{value.numerator:,}" if value.denominator == 1 else f"{exact.cut_to(value, places, 'down'):,}"

    def _name(self, who: int) -> str:
        return self.names[who - 1]

    def _names(self, people: Sequence[int]) -> str:
        return ", ".join(self._name(who) for who in people)


def count_gregory(
    papers: Rankings,
    names: Sequence[str],
    seats: int,
    rule: GregoryRule,
    ties: Ties,
    write_ins: frozenset[int] = frozenset(),
    *,
    standing: Sequence[int] | None = None,
    constraints: Constraints | None = None,
) -> Count:
    """The count of ``papers`` for ``seats`` places under ``rule``.

    ``write_ins``: the candidates that are names voters wrote, for a rule that makes a pool of them. ``standing``: the
    candidates who have not withdrawn (None: all). A tie that nothing breaks is in the result (``tied``).
    """
    run = GregoryCount(papers, names, seats, rule, ties, write_ins, standing, constraints)
    elected = run.run()
    segments = run.follower.segments() if run.follower else ()
    return count_of(run, elected, papers, names, seats, method=rule.name, decimals=rule.decimals, segments=segments)
