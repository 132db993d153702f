"""The alternative vote and its relatives: papers at full value, the lowest out round by round, until somebody has won.

The rules that share these steps are data (``AlternativeRule``): how many votes elect, when the count ends, and who goes
out. Supplementary and contingent vote are the case in which all but two go out at once; "bottoms up" fills several
places with whoever is left.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Literal

from .. import exact
from ..ballots import MarkRules, Profile, rankings
from ..ballots.marks import Rankings
from ..errors import CountError
from .piles import Piles
from .result import EXHAUSTED, Count, CountRound, Moved, TieBreak, TieFor
from .segments import Follower
from .ties import TiedError, Ties


@dataclass(frozen=True)
class AlternativeRule:
    """What differs between counts of this family.

    ``elects``: more than half of the votes "continuing" in a round, or of those of the "first round" all the way (and
    then, between two, the one with more); "most" votes once somebody has gone out; "the last", whoever is left when no
    more are left than places; "share", everybody as soon as all who are left have more than ``share`` of the votes
    (those of the first round if ``static``, otherwise those continuing).
    ``until``: the count ends with a "majority", or goes on to the last "two".
    ``out``: the "lowest"; a "batch" of all who cannot catch up even together, where that is more than one; "all but
    two", those level with the second staying in if ``level_stay``.
    ``pool``: write-ins (``Option.write_in``) are a pool that goes out first, keeps others from being elected while it
    has votes, and never wins. ``minimum``: everybody with fewer votes goes out together, and no majority is lower.
    ``own_round``: a round either elects or puts somebody out; after an election that does not end the count, the next
    begins with the same totals. ``stop_after``: the round after which the count stops, whatever is left to do.
    ``decimals``: a majority is the next number of so many places above half; ``hare``: it is all votes instead.
    ``marks``: what becomes of unusual marks. ``cites``: the clause for each step, for sentences.
    """

    name: str
    elects: Literal["continuing", "first round", "most", "the last", "share"] = "continuing"
    until: Literal["majority", "two"] = "majority"
    out: Literal["lowest", "batch", "all but two"] = "lowest"
    level_stay: bool = False
    share: Fraction = Fraction(0)
    static: bool = False
    pool: bool = False
    minimum: int = 0
    own_round: bool = False
    stop_after: int | None = None
    decimals: int = 0
    hare: bool = False
    marks: MarkRules = field(default_factory=MarkRules)
    cites: tuple[tuple[str, str], ...] = ()

    def cite(self, step: str) -> str:
        """The clause that ``step`` follows, in brackets; nothing where none is given."""
        clause = dict(self.cites).get(step)
        return f" ({clause})" if clause else ""


ALTERNATIVE_VOTE = AlternativeRule("alternative-vote")
TO_THE_LAST_TWO = AlternativeRule("alternative-vote-to-two", until="two")
BATCH = AlternativeRule("alternative-vote-batch", out="batch")
STATIC_MAJORITY = AlternativeRule("alternative-vote-static", elects="first round", until="two")
SUPPLEMENTARY_VOTE = AlternativeRule(
    "supplementary-vote",
    elects="most",
    out="all but two",
    level_stay=True,
    marks=MarkRules(ranks=2),
    cites=(("majority", "paragraph 2"), ("out", "paragraph 3(2) to (4)"), ("most", "paragraph 3(7)")),
)
"""Local Government Act 2000, Schedule 2."""
CONTINGENT_VOTE = AlternativeRule("two-rounds", elects="most", out="all but two")
BOTTOMS_UP = AlternativeRule("bottoms-up", elects="the last")


class AlternativeCount:
    """One count, step by step. Votes are whole ballots."""

    def __init__(
        self,
        papers: Rankings,
        names: Sequence[str],
        seats: int,
        rule: AlternativeRule,
        ties: Ties,
        *,
        standing: Sequence[int],
        write_ins: frozenset[int] = frozenset(),
        after: int = 0,
    ) -> None:
        """``after``: how many rounds were counted before this count, for it goes on with their numbers."""
        self.after = after
        self.rule, self.ties, self.seats, self.names = rule, ties, seats, tuple(names)
        self.papers = papers
        self.piles = Piles(papers, 1)
        self.follower = Follower(papers, 1) if papers.parts is not None else None
        self.pool = write_ins if rule.pool else frozenset()
        self.continuing: list[int] = list(standing)
        self.totals: dict[int, int] = dict.fromkeys(standing, 0)
        self.exhausted = 0
        self.elected: list[int] = []
        self.tied: tuple[int, ...] = ()
        self.tied_for: TieFor | None = None
        self.rounds: list[CountRound] = []
        self.history: list[dict[int, Fraction]] = []
        self.needed: Fraction | None = None
        self.first_votes = 0
        self.cut = False

    # -- steps ----------------------------------------------------------------------------------------------------

    def run(self) -> None:
        """Count to the end, or to a tie that nothing breaks."""
        try:
            self._first()
            while not self._over():
                if self.rule.own_round and self.rounds[-1].elected:
                    self._round("declaration", (), say=["The count goes on, though somebody is elected."])
                else:
                    self._exclude()
        except TiedError as tie:
            self.tied, self.tied_for = tie.tied, tie.what
            self.rounds[-1] = replace(self.rounds[-1], say=(*self.rounds[-1].say, tie.say(self.names)))

    def _over(self) -> bool:
        if len(self.rounds) == self.rule.stop_after:
            return True
        if len(self.continuing) <= 1 or all(who in self.elected for who in self.continuing):
            return True
        done = len(self.elected) >= self.seats or (self.rule.elects == "share" and bool(self.elected))
        return done and (self.rule.until == "majority" or len(self.continuing) <= 2)

    def _first(self) -> None:
        for (who, _), number in self.piles.deal_all().items():
            self._credit(who, number)
        self.first_votes = sum(self.totals.values())
        self._round("first preferences", ())

    def _credit(self, who: int, number: int) -> None:
        if who == EXHAUSTED:
            self.exhausted += number
        else:
            self.totals[who] += number

    def _exclude(self) -> None:
        leaving, breaks, said = self._leaving()
        if not leaving:
            self._round("declaration", (), say=[said])
            return
        self.piles.close(leaving)
        moved = []
        for gone in leaving:
            self.continuing.remove(gone)
            numbers = {who: number for (who, _), number in self.piles.deal(self.piles.take(gone)).items()}
            for who, number in numbers.items():
                self._credit(who, number)
            if numbers:
                votes = {who: Fraction(number) for who, number in numbers.items()}
                moved.append(Moved(gone, Fraction(1), votes, numbers))
            self.totals[gone] = 0
        self._round("exclusion", tuple(leaving), moved=moved, ties=breaks, excluded=tuple(leaving), say=[said])

    def _leaving(self) -> tuple[list[int], list[TieBreak], str]:
        """Who goes out, the ties that were broken for it, and the sentence that says why."""
        total, clause = self.totals, self.rule.cite("out")
        pool = [who for who in self.continuing if who in self.pool and total[who]]
        if pool:
            return pool, [], f"{self._names(pool)}, a pool of names that voters wrote, went out{clause}."
        under = [who for who in self.continuing if total[who] < self.rule.minimum]
        if under:
            if len(under) == len(self.continuing):
                raise CountError(f"nobody has the {self.rule.minimum} votes that are needed to stay in the count")
            return under, [], f"{self._names(under)} had fewer than {self.rule.minimum} votes and went out{clause}."
        if self.rule.out == "all but two" and len(self.continuing) > 2:
            return self._all_but_two()
        if self.rule.out == "batch":
            batch = self._hopeless()
            if len(batch) > 1:
                return batch, [], f"{self._names(batch)} could not catch up even together and went out{clause}."
        least = min(total[who] for who in self.continuing)
        lowest = [who for who in self.continuing if total[who] == least]
        breaks = []
        if len(lowest) > 1:
            breaks.append(self._broken(lowest, "exclusion"))
            lowest = [breaks[0].chosen]
        return lowest, breaks, f"{self._names(lowest)} had fewest votes and went out{clause}."

    def _all_but_two(self) -> tuple[list[int], list[TieBreak], str]:
        clause = self.rule.cite("out")
        ranked = self._ranked(self.continuing)
        edge = self.totals[ranked[1]]
        staying = [who for who in ranked if self.totals[who] > edge]
        level = [who for who in ranked if self.totals[who] == edge]
        breaks: list[TieBreak] = []
        if self.rule.level_stay:
            staying, level = staying + level, []
        while len(staying) < 2:
            if len(staying) + len(level) == 2:
                staying += level
                break
            breaks.append(self._broken(level, "staying"))
            staying.append(breaks[-1].chosen)
            level.remove(breaks[-1].chosen)
        leaving = [who for who in reversed(ranked) if who not in staying]
        self.cut = True
        if not leaving:
            return [], [], f"All are level with the first two and stay in{clause}."
        return leaving, breaks, f"All but {self._names(staying)} went out{clause}."

    def _hopeless(self) -> list[int]:
        """The lowest who together have less than the next: whoever of them led, the next would stay ahead."""
        ranked = list(reversed(self._ranked(self.continuing)))
        left = 2 if self.rule.until == "two" else 1
        running = 0
        best: list[int] = []
        for index in range(len(ranked) - left):
            running += self.totals[ranked[index]]
            if running < self.totals[ranked[index + 1]]:
                best = ranked[: index + 1]
        return best

    def _broken(self, tied: Sequence[int], what: TieFor) -> TieBreak:
        # The round in which they are tied is not an earlier one.
        earlier = self.history[: len(self.rounds) - 1]
        points = [f"round {self.after + number}" for number in range(1, len(earlier) + 1)]
        return self.ties.choose(tied, what, earlier, self.names, points)

    # -- who is elected -------------------------------------------------------------------------------------------

    def _majority(self) -> Fraction | None:
        """How many votes elect in this round; None where that is not a matter of a number."""
        rule = self.rule
        active = sum(self.totals[who] for who in self.continuing)
        if rule.elects == "the last":
            return None
        if rule.elects == "share":
            return max(rule.share * (self.first_votes if rule.static else active), Fraction(rule.minimum))
        base = self.first_votes if rule.elects == "first round" else active
        unit = 10**rule.decimals
        majority = Fraction(base if rule.hare else base * unit // 2 + 1, 1 if rule.hare else unit)
        return max(majority, Fraction(rule.minimum))

    def _reached(self) -> tuple[list[int], list[TieBreak], list[str]]:
        """Who is elected now, the ties that were broken for it, and the sentences that say why."""
        rule, total = self.rule, self.totals
        places = self.seats - len(self.elected)
        in_ = self._ranked(self.continuing)
        if places <= 0 or any(who in self.pool and total[who] for who in in_):
            return [], [], []
        real = [who for who in in_ if who not in self.pool]
        if rule.elects == "share":
            assert self.needed is not None
            if any(total[who] <= self.needed for who in in_):
                return [], [], []
            clause = rule.cite("share")
            return real, [], [f"All who are left have more than {self._votes(self.needed)}: elected{clause}."]
        if len(in_) <= places and len(self.rounds) == 1:
            verb = "is" if len(real) == 1 else "are"
            return real, [], [f"{self._names(real)} {verb} unopposed: elected{rule.cite('unopposed')}."] if real else []
        if len(in_) <= places:
            if len(real) == 1 and total[real[0]] >= (self.needed or 0):
                return real, [], [self._with_majority(real[0])]
            return real, [], [f"No more are left than places: {self._names(real)} elected{rule.cite('last')}."]
        if rule.elects == "the last":
            return [], [], []
        leaders = [who for who in real if total[who] == total[real[0]]] if real else []
        if not leaders:
            return [], [], []
        if len(leaders) == 1 and self.needed is not None and total[leaders[0]] >= self.needed:
            return leaders, [], [self._with_majority(leaders[0])]
        # With a threshold of the first round the last two are compared whatever they have.
        last_two = len(in_) == 2 and (rule.elects == "first round" or all(total[who] >= rule.minimum for who in in_))
        if not last_two and not (rule.elects == "most" and self.cut):
            return [], [], []
        breaks = []
        if len(leaders) > 1:
            breaks.append(self._broken(leaders, "election"))
            leaders = [breaks[0].chosen]
        who = leaders[0]
        said = f"{self._name(who)} has most votes of the last {len(in_)}: elected{rule.cite('most')}."
        if breaks:
            said = f"{self._name(who)} is elected, level with {self._names([x for x in in_ if x != who])}: "
            said += f"{breaks[0].how}{rule.cite('most')}."
        return leaders, breaks, [said]

    def _with_majority(self, who: int) -> str:
        of = "the first round's" if self.rule.elects == "first round" else "the"
        base = self.first_votes if self.rule.elects == "first round" else sum(self.totals.values())
        return (
            f"{self._name(who)} has {self.totals[who]:,} of {of} {base:,} votes; {self._votes(self.needed)} "
            f"are needed: elected{self.rule.cite('majority')}."
        )

    def _round(
        self,
        action: Literal["first preferences", "exclusion", "declaration"],
        of: tuple[int, ...],
        *,
        moved: Sequence[Moved] = (),
        ties: Sequence[TieBreak] = (),
        excluded: tuple[int, ...] = (),
        say: Sequence[str] = (),
    ) -> None:
        """Note a round, after finding who is elected in it."""
        fixed = self.rule.elects == "first round" or self.rule.static
        if not self.rounds or not (fixed or self.elected):
            self.needed = self._majority()
        totals = {who: Fraction(number) for who, number in self.totals.items()}
        note = CountRound(
            number=self.after + len(self.rounds) + 1,
            action=action,
            of=of,
            totals=totals,
            exhausted=Fraction(self.exhausted),
            lost=Fraction(0),
            quota=self.needed,
            moved=tuple(moved),
            excluded=excluded,
            ties=tuple(ties),
            say=tuple(say),
            why={end.name.lower(): Fraction(worth) for end, worth in self.piles.why().items()},
        )
        self.rounds.append(note)
        if self.follower is not None:
            self.follower.note(self.piles)
        try:
            reached, broken, words = self._reached()
        finally:
            self.history.append(totals)
        self.elected += reached
        self.rounds[-1] = replace(note, elected=tuple(reached), ties=(*note.ties, *broken), say=(*note.say, *words))

    # -- words ----------------------------------------------------------------------------------------------------

    def _ranked(self, people: Sequence[int]) -> list[int]:
        return sorted(people, key=lambda who: (-self.totals[who], who))

    @staticmethod
    def _votes(number: Fraction | None) -> str:
        value = number or Fraction(0)
        return f"{value.numerator:,}" if value.denominator == 1 else f"{exact.cut_to(value, 5):,}"

    def _name(self, who: int) -> str:
        return self.names[who - 1]

    def _names(self, people: Sequence[int]) -> str:
        return ", ".join(self._name(who) for who in people)


def count_alternative(
    profile: Profile,
    rule: AlternativeRule = ALTERNATIVE_VOTE,
    ties: Ties | None = None,
    *,
    seats: int = 1,
    marks: MarkRules | None = None,
    reopen: int | None = None,
    after: int = 0,
) -> Count:
    """The count of ``profile`` under ``rule``.

    ``marks``: what becomes of unusual marks (None: as the rule says). ``reopen``: the number of the candidate "re-open
    nominations": if that one wins, the place stays empty. ``after``: how many rounds were counted before. A tie that
    nothing breaks is in the result (``tied``). Raises CountError if ``rule`` cannot fill ``seats`` places, or if there
    is nobody to elect.
    """
    if seats != 1 and rule.elects not in ("the last", "share"):
        raise CountError(f"{rule.name} fills one place, not {seats}")
    standing = [number for number, option in enumerate(profile.candidates, 1) if not option.withdrawn]
    if not standing:
        raise CountError("there is no candidate")
    names = [option.name for option in profile.candidates]
    papers = rankings(profile, marks or rule.marks)
    write_ins = frozenset(number for number in standing if profile.candidates[number - 1].write_in)
    places = len(standing) if rule.elects == "share" else seats
    run = AlternativeCount(
        papers, names, places, rule, ties or Ties(), standing=standing, write_ins=write_ins, after=after
    )
    run.run()
    elected = tuple(who for who in run.elected if who != reopen)
    empty = len(run.elected) - len(elected)
    return Count(
        method=rule.name,
        seats=seats,
        candidates=tuple(names),
        rounds=tuple(run.rounds),
        elected=elected,
        valid=papers.valid,
        blank=papers.blank,
        spoilt=papers.spoilt,
        decimals=0,
        met=papers.met,
        tied=run.tied,
        tied_for=run.tied_for,
        segments=run.follower.segments() if run.follower else (),
        spoilt_by={end.name.lower(): number for end, number in papers.spoilt_by.items()},
        reopened=empty,
        say=(f"{names[(reopen or 1) - 1]} won: nominations are opened again.",) if empty else (),
    )


def count_in_turn(
    profile: Profile,
    seats: int,
    rule: AlternativeRule = ALTERNATIVE_VOTE,
    ties: Callable[[], Ties] = Ties,
    *,
    marks: MarkRules | None = None,
    in_a_row: bool = False,
) -> tuple[Count, ...]:
    """One count a place, each without those elected before ("multi-pass", preferential block voting).

    A majority fills all places by it: it is not proportional. ``ties``: asked anew for each count. ``in_a_row``: rounds
    are numbered through all counts. Ends early at a tie that nothing breaks.
    """
    counts: list[Count] = []
    won: set[int] = set()
    for _ in range(seats):
        options = tuple(
            replace(option, withdrawn=option.withdrawn or number in won)
            for number, option in enumerate(profile.candidates, 1)
        )
        if all(option.withdrawn for option in options):
            break
        after = sum(len(count.rounds) for count in counts) if in_a_row else 0
        counts.append(count_alternative(replace(profile, candidates=options), rule, ties(), marks=marks, after=after))
        if not counts[-1].elected:
            break
        won.update(counts[-1].elected)
    return tuple(counts)


def joined(counts: Sequence[Count], seats: int) -> Count:
    """The counts of ``count_in_turn`` as one: their rounds in a row, a round of first preferences where each begins."""
    rounds = [round_ for count in counts for round_ in count.rounds]
    first = counts[0]
    return replace(
        first,
        seats=seats,
        rounds=tuple(replace(round_, number=number) for number, round_ in enumerate(rounds, 1)),
        elected=tuple(who for count in counts for who in count.elected),
        segments=tuple(
            replace(segment, rounds=tuple(item for count in counts for item in count.segments[index].rounds))
            for index, segment in enumerate(first.segments)
        ),
        tied=counts[-1].tied,
        tied_for=counts[-1].tied_for,
        say=tuple(
            f"Place {place}: {', '.join(count.name(who) for who in count.elected) or 'nobody'}."
            for place, count in enumerate(counts, 1)
        ),
    )
