"""Papers on which candidates are chosen, not ranked: choose one, choose up to so many, approve, yes or no.

One round: everybody chosen on a paper has one vote of it. ``ChoiceRule`` says how many may be chosen, what a paper must
contain not to be spoilt, what elects, and what the result must contain.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Literal

from ..ballots import END, SKIPPED, Profile
from ..errors import CountError
from ..rules import Requirement
from .combine import one_person_one_vote
from .decide import passes
from .result import Count, CountRound, TieBreak
from .ties import Ties


@dataclass(frozen=True)
class Limit:
    """How many of a group there must be, on a paper or in a result.

    ``group``: its members, in the plural ("women"); ``members``: the candidates (numbers from 1) who are.
    """

    group: str
    members: frozenset[int]
    at_least: int = 0
    at_most: int | None = None

    def broken(self, chosen: frozenset[int]) -> str | None:
        """What is wrong with ``chosen``, or None."""
        size = len(chosen & self.members)
        if size < self.at_least:
            return f"fewer than {self.at_least} {self.group}"
        if self.at_most is not None and size > self.at_most:
            return f"more than {self.at_most} {self.group}"
        return None


@dataclass(frozen=True)
class ChoiceRule:
    """What differs between counts of choices.

    ``most``: how many may be chosen: a number, as many as there are "places", or "any" number. ``least``: how many must
    be. ``read``: whom a paper chooses: all at its "first rank", all at "all ranks", or "as marked": those at the first
    rank, but at all ranks where no paper has two at one rank (files that know ranks only write choices so).
    ``paper``: limits on a paper; one that breaks them is spoilt. ``result``: limits on those elected: whoever would
    make them impossible to meet is passed over, and whoever is needed for them comes before others.
    ``requires``: what the first must have to be elected, where there is one place; without it, most votes elect.
    ``unopposed``: candidates who are no more than the places are elected without a count of votes.
    """

    name: str
    most: int | Literal["places", "any"] = 1
    least: int = 1
    read: Literal["first rank", "all ranks", "as marked"] = "as marked"
    paper: tuple[Limit, ...] = ()
    result: tuple[Limit, ...] = ()
    requires: tuple[Requirement, ...] = ()
    unopposed: bool = True
    cites: tuple[tuple[str, str], ...] = ()

    def cite(self, step: str) -> str:
        """The clause that ``step`` follows, in brackets; nothing where none is given."""
        clause = dict(self.cites).get(step)
        return f" ({clause})" if clause else ""


MOST_VOTES = ChoiceRule("most-votes", read="first rank")
BLOCK_VOTE = ChoiceRule("block-vote", most="places")
APPROVAL = ChoiceRule("approval", most="any")


@dataclass
class Tallied:
    """What the papers come to: votes by candidate, and ballots by what became of them."""

    votes: dict[int, int]
    valid: int = 0
    blank: int = 0
    spoilt_by: dict[str, int] = field(default_factory=dict)


def tally(profile: Profile, rule: ChoiceRule, seats: int) -> Tallied:
    """The votes of every candidate who stands, and the ballots that are valid, blank and spoilt, under ``rule``."""
    most = seats if rule.most == "places" else len(profile.candidates) if rule.most == "any" else rule.most
    standing = _standing(profile)
    found = Tallied(dict.fromkeys(sorted(standing), 0))
    for marked, number in _choices(profile, rule.read):
        wrong: str | None = None
        chosen = (marked or frozenset()) & standing
        if marked is None or len(chosen) > most:
            wrong = "too many chosen"
        elif not marked:
            found.blank += number
            continue
        elif len(chosen) < rule.least:
            wrong = "too few chosen" if chosen else "nobody chosen who stands"
        else:
            wrong = next((fault for limit in rule.paper if (fault := limit.broken(chosen))), None)
        if wrong:
            found.spoilt_by[wrong] = found.spoilt_by.get(wrong, 0) + number
            continue
        found.valid += number
        for who in chosen:
            found.votes[who] += number
    return found


def _standing(profile: Profile) -> frozenset[int]:
    return frozenset(number for number, option in enumerate(profile.candidates, 1) if not option.withdrawn)


def _choices(profile: Profile, read: str) -> Iterator[tuple[frozenset[int] | None, int]]:
    """Whom papers choose, and how many papers do; None where it is only known that there were too many."""
    papers = profile.papers
    if papers.shape[1] == 0:
        yield frozenset(), int(profile.number.sum())
        return
    if read == "as marked":
        read = "first rank" if bool((papers < SKIPPED).any()) else "all ranks"
    rows = papers[:, :1] if read == "first rank" else papers
    same: dict[tuple[int, ...], int] = {}
    for row, number in zip(map(tuple, rows.tolist()), profile.number.tolist(), strict=True):
        same[row] = same.get(row, 0) + number
    for row, number in same.items():
        chosen: set[int] = set()
        unknown = False
        for mark in row:
            if mark < SKIPPED:
                several = profile.sets[-2 - mark]
                unknown |= not several
                chosen.update(several)
            elif mark not in (SKIPPED, END):
                chosen.add(mark)
        yield None if unknown else frozenset(chosen), number


# -- who is elected ---------------------------------------------------------------------------------------------------


def count_choices(
    profile: Profile,
    seats: int,
    rule: ChoiceRule = MOST_VOTES,
    ties: Ties | None = None,
    *,
    reopen: int | None = None,
    entitled: int | None = None,
) -> Count:
    """The count of ``profile`` for ``seats`` places under ``rule``.

    ``reopen``: the number of the candidate "re-open nominations": nobody with fewer votes is elected, and the places
    stay empty. ``entitled``: how many could vote, for a rule that asks it. A tie that nothing breaks is in the result.
    Raises CountError if the limits on the result cannot be met, or what ``rule`` requires cannot be tested.
    """
    found = tally(profile, rule, seats)
    run = _Filling(profile, seats, rule, ties or Ties(("lot",)), found, reopen)
    if rule.unopposed and reopen is None and len(found.votes) <= seats:
        run.unopposed()
    elif rule.requires:
        run.by_requirement({**_bases(found, profile), "those entitled": entitled})
    else:
        run.by_most_votes()
    note = CountRound(
        number=1,
        action="first preferences",
        of=(),
        totals={who: Fraction(votes) for who, votes in found.votes.items()},
        exhausted=Fraction(0),
        lost=Fraction(0),
        quota=None,
        elected=tuple(run.elected),
        ties=tuple(run.breaks),
        say=tuple(run.say),
    )
    return Count(
        method=rule.name,
        seats=seats,
        candidates=tuple(option.name for option in profile.candidates),
        rounds=(note,),
        elected=tuple(run.elected),
        valid=found.valid,
        blank=found.blank,
        spoilt=sum(found.spoilt_by.values()),
        decimals=0,
        tied=run.tied,
        spoilt_by=found.spoilt_by,
        reopened=run.reopened,
    )


def _bases(found: Tallied, profile: Profile) -> dict[str, Fraction | int | None]:
    return {
        "votes": sum(found.votes.values()),
        "valid votes": found.valid,
        "ballots returned": profile.total,
    }


class _Filling:
    """Filling the places of one count."""

    def __init__(
        self, profile: Profile, seats: int, rule: ChoiceRule, ties: Ties, found: Tallied, reopen: int | None
    ) -> None:
        self.rule, self.ties, self.seats, self.votes, self.reopen = rule, ties, seats, found.votes, reopen
        self.names = [option.name for option in profile.candidates]
        self.elected: list[int] = []
        self.breaks: list[TieBreak] = []
        self.tied: tuple[int, ...] = ()
        self.reopened = 0
        self.say: list[str] = []

    def unopposed(self) -> None:
        """As many candidates as places, or fewer."""
        self.elected = sorted(self.votes, key=lambda who: (-self.votes[who], who))
        if self.elected:
            verb = "is" if len(self.elected) == 1 else "are"
            self.say.append(f"{self._names(self.elected)} {verb} elected unopposed{self.rule.cite('unopposed')}.")

    def by_requirement(self, bases: Mapping[str, Fraction | int | None]) -> None:
        """The first, if the first has what the rule requires."""
        if self.seats != 1:
            raise CountError("what elects can only be required where there is one place")
        standing = one_person_one_vote({"all": {str(who): votes for who, votes in self.votes.items()}})
        most = max(self.votes.values(), default=0)
        leaders = [who for who, votes in self.votes.items() if votes == most]
        if not leaders:
            raise CountError("there is no candidate")
        met = True
        for requirement in self.rule.requires:
            good, said = passes(requirement, standing, str(leaders[0]), bases)
            met &= good
            self.say.append(f"{said[0].upper()}{said[1:]}{self.rule.cite('elected')}.")
        if len(leaders) > 1 and (met or all(requirement.kind == "most" for requirement in self.rule.requires)):
            broken = self._broken(leaders)
            if broken is None:
                return
            leaders, met = [broken], True
        if met and leaders[0] == self.reopen:
            self._reopen()
        elif met:
            self.elected = leaders
            self.say.append(f"{self._names(leaders)} is elected.")
        else:
            self.say.append("Nobody is elected.")

    def by_most_votes(self) -> None:
        """Those with most votes, one after the other, as far as the limits on the result allow."""
        left = set(self.votes)
        self._check_possible(left)
        while len(self.elected) < self.seats:
            able = [who for who in left if self._possible(who, left)]
            if not able:
                break
            most = max(self.votes[who] for who in able)
            level = sorted(who for who in able if self.votes[who] == most)
            passed = sorted((who for who in left if self.votes[who] > most), key=lambda who: -self.votes[who])
            if len(level) > 1 and not self._all_of(level, left):
                broken = self._broken(level)
                if broken is None:
                    return
                level = [broken]
            if self.reopen in level and len(level) > 1:
                level = [who for who in level if who != self.reopen]  # level with it is not fewer
            for who in level:
                left.discard(who)
                if who == self.reopen:
                    self._reopen()
                    return
                self.elected.append(who)
            for who in passed:
                left.discard(who)
                self.say.append(
                    f"{self._name(who)} has {self.votes[who]:,} votes and is passed over: what the result must contain "
                    f"could not be reached otherwise{self.rule.cite('result')}."
                )
            told = ", ".join(f"{self._name(who)} ({self.votes[who]:,})" for who in level)
            self.say.append(f"{told}: elected{self.rule.cite('elected')}.")

    def _reopen(self) -> None:
        assert self.reopen is not None
        self.reopened = self.seats - len(self.elected)
        places = "1 place" if self.reopened == 1 else f"{self.reopened} places"
        self.say.append(f"{self._name(self.reopen)}: nominations are opened again for {places}.")

    def _broken(self, tied: Sequence[int]) -> int | None:
        found = self.ties.find(tied, "election", (), self.names)
        if found is None:
            self.tied = tuple(tied)
            places = self.seats - len(self.elected)
            what = "1 place" if places == 1 else f"{places} places"
            self.say.append(f"{self._names(tied)} are tied for {what}, and nothing that was given breaks the tie.")
            return None
        self.breaks.append(found)
        self.say.append(f"{self._names(tied)} are tied: {self._name(found.chosen)} {found.how}.")
        return found.chosen

    # -- limits on the result -------------------------------------------------------------------------------------

    def _check_possible(self, left: set[int]) -> None:
        if self.rule.result and not self._can_finish(frozenset(), left, self._reachable(left)):
            asked = ", ".join(limit.group for limit in self.rule.result)
            raise CountError(f"what the result must contain ({asked}) cannot be reached with these candidates")

    def _reachable(self, left: set[int]) -> int:
        people = len(left - {self.reopen}) if self.reopen is not None else len(left)
        return min(self.seats, len(self.elected) + people)

    def _all_of(self, level: Sequence[int], left: set[int]) -> bool:
        """Whether all of ``level`` can be elected, so that there is no tie among them."""
        if len(self.elected) + len(level) > self.seats:
            return False
        return self._can_finish(frozenset(level), left, self._reachable(left))

    def _possible(self, who: int, left: set[int]) -> bool:
        if not self.rule.result or who == self.reopen:
            return True
        return self._can_finish(frozenset([who]), left, self._reachable(left))

    def _can_finish(self, added: frozenset[int], left: set[int], places: int) -> bool:
        """Whether, with ``added``, some of ``left`` fill up to ``places`` within every limit.

        Candidates who are in the same groups are all alike here: how many of each kind is all that is tried.
        """
        chosen = added | frozenset(self.elected)
        kinds: dict[tuple[bool, ...], int] = {}
        for who in left - chosen - {self.reopen}:
            kind = tuple(who in limit.members for limit in self.rule.result)
            kinds[kind] = kinds.get(kind, 0) + 1
        have = tuple(len(chosen & limit.members) for limit in self.rule.result)
        return self._fits(list(kinds.items()), have, places - len(chosen))

    def _fits(self, kinds: list[tuple[tuple[bool, ...], int]], have: tuple[int, ...], free: int) -> bool:
        limits = self.rule.result
        if any(limit.at_most is not None and size > limit.at_most for limit, size in zip(limits, have, strict=True)):
            return False
        if free < 0:
            return False
        if not kinds:
            met = all(size >= limit.at_least for limit, size in zip(limits, have, strict=True))
            return met and free == 0
        (kind, size), rest = kinds[0], kinds[1:]
        return any(
            self._fits(rest, tuple(had + taken * inside for had, inside in zip(have, kind, strict=True)), free - taken)
            for taken in range(min(size, free), -1, -1)
        )

    # -- words ----------------------------------------------------------------------------------------------------

    def _name(self, who: int) -> str:
        return self.names[who - 1]

    def _names(self, people: Sequence[int]) -> str:
        return ", ".join(self._name(who) for who in people)


# -- yes or no --------------------------------------------------------------------------------------------------------


def count_question(
    profile: Profile,
    requires: Sequence[Requirement] = (Requirement("majority", base="votes"),),
    *,
    yes: int = 1,
    abstentions: Literal["valid", "not votes"] = "not votes",
    entitled: int | None = None,
    name: str = "yes-no",
) -> Count:
    """Whether a question is carried: ``elected`` is the option ``yes``, or nobody.

    ``requires``: all of it must be met by the votes for ``yes``; of "votes" counts those for yes and for no. The second
    option that stands is no, any other an abstention, which is one of the "valid votes" only if ``abstentions`` says so.
    ``entitled``: how many could vote. Raises CountError where a requirement needs a number that is not known.
    """
    found = tally(profile, ChoiceRule(name, read="first rank"), 1)
    options = list(found.votes)
    if yes not in options or len(options) < 2:
        raise CountError("a question needs two options that stand, yes and no")
    no = next(option for option in options if option != yes)
    votes = {str(yes): found.votes[yes], str(no): found.votes[no]}
    abstained = sum(found.votes[option] for option in options if option not in (yes, no))
    standing = one_person_one_vote({"all": votes})
    bases: dict[str, Fraction | int | None] = {
        "votes": sum(votes.values()),
        "valid votes": found.valid - (0 if abstentions == "valid" else abstained),
        "ballots returned": profile.total,
        "those entitled": entitled,
    }
    say, carried = [], True
    for requirement in requires:
        met, said = passes(requirement, standing, str(yes), bases)
        carried &= met
        say.append(f"{said[0].upper()}{said[1:]}: {'met' if met else 'not met'}.")
    names = tuple(option.name for option in profile.candidates)
    say.append("Carried." if carried else "Not carried.")
    note = CountRound(
        number=1,
        action="first preferences",
        of=(),
        totals={option: Fraction(number) for option, number in found.votes.items()},
        exhausted=Fraction(0),
        lost=Fraction(0),
        quota=None,
        elected=(yes,) if carried else (),
        say=tuple(say),
    )
    return Count(
        method=name,
        seats=1,
        candidates=names,
        rounds=(note,),
        elected=note.elected,
        valid=found.valid,
        blank=found.blank,
        spoilt=sum(found.spoilt_by.values()),
        decimals=0,
        spoilt_by=found.spoilt_by,
    )
