"""The single transferable vote by the Gregory method of parcels: a surplus is taken from the papers that were received
last, and papers keep the value at which they came until they are transferred again.

The rules that share these steps are data (``ParcelRule``): ``ers97`` and ``northern_ireland`` have them. A *parcel* is
what a candidate received in one transfer of papers of one value; the Electoral Reform Society calls it a batch, the
Northern Ireland order a sub-parcel.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Literal

import numpy as np

from .. import exact
from ..ballots.marks import Rankings
from .constraints import Constraints, Verdict, Watch
from .piles import Piles, Rows
from .result import EXHAUSTED, Count, CountRound, Moved, TieBreak, TieFor, count_of
from .ties import TiedError, TieRule, Ties


@dataclass(frozen=True)
class ParcelRule:
    """What differs between counts by parcels.

    ``decimals``: to how many places values are cut. ``quota``: "exact up" (votes / (places + 1), rounded up to
    ``decimals``) or "droop integer" (cut, plus one). ``falling``: the quota is calculated anew, without the votes not
    transferable, until somebody is elected. ``active``: elected is also who has the total active vote divided by one
    more than the places left. ``within``: a surplus waits, and candidates go out together, if the sum is "not more"
    or "less" than what the next candidate has. ``firsts_apart``: papers of first preferences are the first to leave a
    candidate who goes out, apart from others of the same value. ``overall``: for one place left, elected is who has as
    many votes as all others together with the surpluses. ``one_place``: for one place in all, nobody is elected before
    somebody went out. ``ties_by``: earlier points at which ties are looked up. ``ties``: how ties are broken.
    ``cites``: the clause for each step, for sentences: one for all rounds, or one for each kind of round ("elected,
    surplus").
    """

    name: str
    decimals: int
    quota: Literal["exact up", "droop integer"]
    falling: bool = False
    active: bool = False
    within: Literal["not more", "less"] = "less"
    firsts_apart: bool = False
    overall: bool = False
    one_place: bool = False
    ties_by: Literal["batch", "stage"] = "stage"
    ties: tuple[TieRule, ...] = ("first difference", "lot")
    cites: tuple[tuple[str, str], ...] = ()

    def cite(self, step: str, action: str = "") -> str:
        """The clause that ``step`` follows in a round of kind ``action``, in brackets; nothing where none is given."""
        clauses = dict(self.cites)
        clause = clauses.get(f"{step}, {action}", clauses.get(step))
        return f" ({clause})" if clause else ""


@dataclass(frozen=True, eq=False)
class Parcel:
    """Papers that came to a candidate together, each at ``value``; ``first``: as first preferences."""

    rows: Rows = field(repr=False)
    value: int
    first: bool = False


class ParcelCount:
    """One count, stage by stage. Amounts inside are whole numbers, scaled by ``scale``."""

    def __init__(
        self,
        papers: Rankings,
        names: Sequence[str],
        seats: int,
        rule: ParcelRule,
        ties: Ties,
        constraints: Constraints | None = None,
        standing: Collection[int] | None = None,
    ) -> None:
        self.rule, self.ties, self.seats, self.names = rule, ties, seats, tuple(names)
        self.scale: int = 10**rule.decimals
        self.papers = papers
        # The piles only say where papers lie and where they go next; their values are the parcels'.
        self.piles = Piles(papers, 1)
        people = [who for who in range(1, papers.candidates + 1) if standing is None or who in standing]
        self.totals: dict[int, int] = dict.fromkeys(people, 0)
        self.parcels: dict[int, list[Parcel]] = {who: [] for who in people}
        self.continuing: list[int] = list(people)
        self.elected: list[int] = []
        self.exhausted = 0
        self.lost = 0
        self.quota = 0
        self.rounds: list[CountRound] = []
        self.watch = Watch(constraints, seats)
        self.watch.begin(self.continuing)
        self.points: list[dict[int, Fraction]] = []
        self.point_names: list[str] = []
        self.locked = rule.one_place and seats == 1
        # What belongs to the stage that is under way.
        self.now_elected: list[int] = []
        self.now_ties: list[TieBreak] = []
        self.now_say: list[str] = []
        self.tied: tuple[int, ...] = ()
        self.tied_for: TieFor | None = None

    # -- steps ----------------------------------------------------------------------------------------------------

    def run(self) -> list[int]:
        """Count to the end, or to a tie that nothing breaks; the elected in order."""
        try:
            self._first()
            while not self._complete():
                self._stage()
        except TiedError as tie:
            self.tied, self.tied_for = tie.tied, tie.what
            last = self.rounds[-1]
            say = (*last.say, *self.now_say, tie.say(self.names))
            self.rounds[-1] = replace(last, ties=(*last.ties, *self.now_ties), say=say)
        return self.elected

    def _stage(self) -> None:
        doomed = [who for who in self.continuing if who in self._verdict().doomed]
        who = None if doomed else self._next_surplus()
        if doomed:
            say = f"{self._names(doomed)} cannot be elected, for the result has to have {self.watch.constraints}."
            self._exclude(doomed, [say])
        elif who is not None:
            self._surplus(who)
        else:
            self._exclude_lowest()

    def _first(self) -> None:
        numbers = self._dealt(self.piles.deal_all())
        self.exhausted = numbers.pop(EXHAUSTED, 0) * self.scale
        self._arrive(numbers, self.scale, first=True)
        self._set_quota()
        self.now_say.append(f"The quota is {self._shown(self.quota)}{self.rule.cite('quota')}.")
        self._note("round 1")
        try:
            self._elect("first preferences")
        finally:  # a tie stops the count here, and the stage is told all the same
            self._close("first preferences", ())

    def _set_quota(self) -> None:
        valid = self.papers.valid * self.scale
        if self.rule.quota == "droop integer":
            self.quota = (self.papers.valid // (self.seats + 1) + 1) * self.scale
        else:
            self.quota = -(-(valid - self.exhausted - self.lost) // (self.seats + 1))

    def _complete(self) -> bool:
        left = self.seats - len(self.elected)
        if left > 0 and len(self.continuing) <= left:
            self._fill()
        elif left == 1 and self.rule.overall and not self.locked:
            self._overall()
        return len(self.elected) >= self.seats or not self.continuing

    def _overall(self) -> None:
        """Elect who has as many votes as all the others and the surpluses together."""
        doomed = self._verdict().doomed
        total = sum(self.totals[who] for who in self.continuing) + self._surpluses()
        ahead = [who for who in self.continuing if 2 * self.totals[who] >= total and who not in doomed]
        if len(ahead) == 1:
            say = (
                f"One place is left, and {self._names(ahead)} has no fewer votes than all others together with what is "
                f"not transferred: elected{self.rule.cite('overall')}."
            )
            self._amend(ahead, say)

    def _fill(self) -> None:
        filled = sorted(self.continuing, key=lambda who: -self.totals[who])
        say = f"As many are left as there are places: {self._names(filled)} elected{self.rule.cite('last')}."
        self._amend(filled, say)

    def _amend(self, elected: Sequence[int], say: str) -> None:
        """Elect without moving votes: told with the round that made it so."""
        self.elected += elected
        self.continuing = [who for who in self.continuing if who not in elected]
        last = self.rounds[-1]
        self.rounds[-1] = replace(last, elected=(*last.elected, *elected), say=(*last.say, say))

    # -- electing -------------------------------------------------------------------------------------------------

    def _active(self) -> int:
        """The total active vote: what is with those in the count, and what waits to be transferred."""
        kept = sum(min(self.totals[who], self.quota) for who in self.elected)
        return self.papers.valid * self.scale - self.exhausted - self.lost - kept

    def _passes(self, who: int) -> bool:
        votes = self.totals[who]
        if votes >= self.quota:
            return True
        # Nobody is elected with no votes at all, though nothing divided by the places is no more than that.
        left = self.seats - len(self.elected)
        return self.rule.active and votes > 0 and votes * (left + 1) >= self._active()

    def _elect(self, action: Literal["first preferences", "surplus", "exclusion"]) -> None:
        """Elect whoever has enough now, in a round of kind ``action``, most votes first."""
        while not self.locked and len(self.elected) < self.seats:
            doomed = self._verdict().doomed
            reached = [who for who in self.continuing if who not in doomed and self._passes(who)]
            if not reached:
                break
            most = max(self.totals[who] for who in reached)
            tied = [who for who in reached if self.totals[who] == most]
            tied = self._room_for(tied)
            if not tied:
                break
            tied, breaks = self.watch.admit(tied, self.totals, self.elected, self.continuing, self._choose_elected)
            self.now_ties += breaks
            by = "elected" if most >= self.quota else "active"
            words = "reached the quota" if by == "elected" else "has the votes that are needed now"
            self.now_say.append(f"{self._names(tied)} {words}: elected{self.rule.cite(by, action)}.")
            for who in tied:
                self.continuing.remove(who)
            self.elected += tied
            self.now_elected += tied
            self.piles.close(tied)

    def _room_for(self, tied: list[int]) -> list[int]:
        """Those of ``tied`` for whom there are places: by earlier votes; nobody, if those were equal too."""
        left = self.seats - len(self.elected)
        if len(tied) <= left:
            return tied
        chosen: list[int] = []
        while len(chosen) < left:
            rest = [who for who in tied if who not in chosen]
            found = replace(self.ties, rules=("first difference",)).find(
                rest, "election", self.points, self.names, self.point_names
            )
            if found is None:
                return []
            self.now_ties.append(found)
            chosen.append(found.chosen)
        return chosen

    # -- surpluses ------------------------------------------------------------------------------------------------

    def _surplus_of(self, who: int) -> int:
        return max(0, self.totals[who] - self.quota)

    def _surpluses(self) -> int:
        return sum(self._surplus_of(who) for who in self.elected)

    def _next_surplus(self) -> int | None:
        """Whose surplus is transferred now; None if there is none, or all of them wait."""
        pending = [who for who in self.elected if self._surplus_of(who)]
        if not pending:
            return None
        if self._waits():
            say = f"The surplus of {self._names(pending)} waits: it cannot change who goes out{self.rule.cite('wait')}."
            last = self.rounds[-1]
            self.rounds[-1] = replace(last, say=(*last.say, say))
            return None
        most = max(self._surplus_of(who) for who in pending)
        tied = [who for who in pending if self._surplus_of(who) == most]
        if len(tied) > 1:
            found = self.ties.choose(tied, "surplus", self.points, self.names, self.point_names)
            self.now_ties.append(found)
            return found.chosen
        return tied[0]

    def _waits(self) -> bool:
        free = sorted(self.watch.free(self.elected, self.continuing), key=lambda who: self.totals[who])
        surplus = self._surpluses()
        if len(free) < 2:
            return False
        gap = self.totals[free[1]] - self.totals[free[0]]
        alone = surplus <= gap if self.rule.within == "not more" else surplus < gap
        return alone or len(self._together()) > 1

    def _surplus(self, who: int) -> None:
        surplus = self._surplus_of(who)
        parcel = self.parcels[who].pop()
        numbers = self._dealt(self.piles.deal(parcel.rows))
        transferable = sum(number for to, number in numbers.items() if to != EXHAUSTED)
        value, ended = parcel.value, surplus - parcel.value * transferable
        if ended < 0:
            value, ended = surplus // transferable, 0
            self.lost += surplus - value * transferable
        self.exhausted += ended
        self.totals[who] = self.quota
        by = {to: self._plain(value * number) for to, number in numbers.items() if to != EXHAUSTED}
        if ended or EXHAUSTED in numbers:
            by[EXHAUSTED] = self._plain(ended)
        self._arrive({to: number for to, number in numbers.items() if to != EXHAUSTED}, value)
        at = f"{transferable:,} transferable, each at {self._shown(value)}" if transferable else "none transferable"
        self.now_say.append(
            f"The surplus of {self._name(who)}, {self._shown(surplus)}, is transferred with the papers received last: "
            f"{at}{self.rule.cite('surplus')}."
        )
        self._note(f"round {len(self.rounds) + 1}")
        try:
            self._elect("surplus")
        finally:
            self._close("surplus", (who,), moved=[Moved(who, self._plain(value), by, numbers)])

    # -- exclusions -----------------------------------------------------------------------------------------------

    def _together(self) -> list[int]:
        """As many of the lowest as can go out together; one at least, before ties are looked at."""
        ranked = sorted(self.watch.free(self.elected, self.continuing), key=lambda who: self.totals[who])
        room = len(self.continuing) - (self.seats - len(self.elected))
        running = self._surpluses()
        best = 1
        for index in range(min(room, len(ranked) - 1)):
            running += self.totals[ranked[index]]
            above = self.totals[ranked[index + 1]]
            if running <= above if self.rule.within == "not more" else running < above:
                best = index + 1
        return ranked[:best]

    def _exclude_lowest(self) -> None:
        group = self._together()
        # Who of several with the same votes goes out, where not all of them do.
        edge = self.totals[group[-1]]
        inside = [who for who in group if self.totals[who] < edge]
        tied = [who for who in self.watch.free(self.elected, self.continuing) if self.totals[who] == edge]
        while len(inside) < len(group):
            rest = [who for who in tied if who not in inside]
            if len(rest) > len(group) - len(inside):
                found = self.ties.choose(rest, "exclusion", self.points, self.names, self.point_names)
                self.now_ties.append(found)
                inside.append(found.chosen)
            else:
                inside += rest
        group = self.watch.leaving(inside, self.elected, self.continuing)
        if len(group) == 1:
            say = f"{self._names(group)} has the fewest votes and goes out{self.rule.cite('exclusion')}."
        else:
            few = "no more" if self.rule.within == "not more" else "fewer"
            say = (
                f"{self._names(group)} go out together: they and what is not transferred have {few} votes than the next"
                f"{self.rule.cite('together')}."
            )
        self._exclude(group, [say])

    def _exclude(self, group: Sequence[int], say: Sequence[str]) -> None:
        for who in group:
            self.continuing.remove(who)
        self.piles.close(group)
        self.now_say += say
        left = self.seats - len(self.elected)
        if len(self.continuing) <= left:
            filled = sorted(self.continuing, key=lambda who: -self.totals[who])
            self.continuing = []
            self.elected += filled
            self.now_elected += filled
            self.now_say.append(
                f"No papers are transferred, for as many are left as there are places: {self._names(filled)} "
                f"elected{self.rule.cite('last')}."
            )
            self._close("declaration", tuple(group), excluded=tuple(group))
            return
        moved: list[Moved] = []
        batches = self._batches(group)
        try:
            for index, (value, first) in enumerate(batches):
                self._batch(group, value, first, moved)
                if len(self.elected) >= self.seats or len(self.continuing) <= self.seats - len(self.elected):
                    if index + 1 < len(batches):
                        self.now_say.append(f"No further papers are transferred{self.rule.cite('end')}.")
                    break
            if not batches or self.rule.ties_by == "stage":
                self._note(f"round {len(self.rounds) + 1}")
        finally:
            self._close("exclusion", tuple(group), moved=moved, excluded=tuple(group))

    def _batches(self, group: Sequence[int]) -> list[tuple[int, bool]]:
        """In which order the papers of ``group`` leave: by (value, whether they are first preferences)."""
        apart = self.rule.firsts_apart
        kinds = {(parcel.value, parcel.first and apart) for who in group for parcel in self.parcels[who]}
        return sorted(kinds, key=lambda kind: (not kind[1], -kind[0]))

    def _batch(self, group: Sequence[int], value: int, first: bool, moved: list[Moved]) -> None:
        """Transfer the papers of one value, of all who go out; what moved is added to ``moved``."""
        dealt: dict[int, int] = {}
        ended = self.exhausted
        for who in group:
            leaving = [
                parcel
                for parcel in self.parcels[who]
                if parcel.value == value and (parcel.first and self.rule.firsts_apart) == first
            ]
            if not leaving:
                continue
            self.parcels[who] = [parcel for parcel in self.parcels[who] if parcel not in leaving]
            numbers = self._dealt(self.piles.deal(np.concatenate([parcel.rows for parcel in leaving])))
            by = {to: self._plain(value * number) for to, number in numbers.items()}
            moved.append(Moved(who, self._plain(value), by, numbers))
            self.totals[who] -= value * sum(numbers.values())
            for to, number in numbers.items():
                dealt[to] = dealt.get(to, 0) + number
        self.exhausted += value * dealt.pop(EXHAUSTED, 0)
        self._arrive(dealt, value)
        self.now_say.append(f"Papers of value {self._shown(value)} are transferred{self.rule.cite('batch')}.")
        if self.rule.ties_by == "batch":
            self._note(f"round {len(self.rounds) + 1} when papers of {self._shown(value)} had moved")
        if self.rule.falling and not self.elected and self.exhausted != ended:
            before = self.quota
            self._set_quota()
            if self.quota != before:
                self.now_say.append(
                    f"Nobody is elected yet: the quota is calculated anew, {self._shown(self.quota)}"
                    f"{self.rule.cite('falling')}."
                )
        self.locked = False
        self._elect("exclusion")

    # -- bookkeeping ----------------------------------------------------------------------------------------------

    @staticmethod
    def _dealt(dealt: dict[tuple[int, int], int]) -> dict[int, int]:
        """Papers by where they went."""
        return {to: number for (to, _), number in dealt.items()}

    def _arrive(self, numbers: dict[int, int], value: int, *, first: bool = False) -> None:
        """Credit papers that came, and keep them as one parcel for each who received some."""
        for to, number in numbers.items():
            self.totals[to] += value * number
            self.parcels[to].append(Parcel(self.piles.take(to), value, first))
        self.piles.take(EXHAUSTED)

    def _choose_elected(self, tied: Sequence[int]) -> TieBreak:
        return self.ties.choose(tied, "election", self.points, self.names, self.point_names)

    def _note(self, name: str) -> None:
        """Note the votes at a point to which ties may be taken back."""
        self.points.append({who: self._plain(amount) for who, amount in self.totals.items()})
        self.point_names.append(name)

    def _verdict(self) -> Verdict:
        return self.watch.verdict(self.elected, self.continuing)

    def _close(
        self,
        action: Literal["first preferences", "surplus", "exclusion", "declaration"],
        of: tuple[int, ...],
        *,
        moved: Sequence[Moved] = (),
        excluded: tuple[int, ...] = (),
    ) -> None:
        self.rounds.append(
            CountRound(
                number=len(self.rounds) + 1,
                action=action,
                of=of,
                totals={who: self._plain(amount) for who, amount in self.totals.items()},
                exhausted=self._plain(self.exhausted),
                lost=self._plain(self.lost),
                quota=self._plain(self.quota),
                moved=tuple(moved),
                elected=tuple(self.now_elected),
                excluded=excluded,
                ties=tuple(self.now_ties),
                say=tuple(self.now_say),
            )
        )
        self.now_elected, self.now_ties, self.now_say = [], [], []

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


def count_parcels(
    papers: Rankings,
    names: Sequence[str],
    seats: int,
    rule: ParcelRule,
    ties: Ties | None = None,
    constraints: Constraints | None = None,
    standing: Collection[int] | None = None,
) -> Count:
    """The count of ``papers`` for ``seats`` places under ``rule``.

    ``ties``: None for the rule's own, without a lot. ``standing``: who has not withdrawn (None: all). A tie that
    nothing breaks is in the result (``tied``).
    """
    run = ParcelCount(papers, names, seats, rule, ties or Ties(rule.ties), constraints, standing)
    elected = run.run()
    return count_of(run, elected, papers, names, seats, method=rule.name, decimals=rule.decimals)
