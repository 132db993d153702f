"""Papers on which candidates are chosen, not ranked: choose one, choose up to so many, approve, yes or no.

One round: everybody chosen on a paper has one vote of it. ``ChoiceRule`` says how many may be chosen, what a paper must
contain not to be spoilt, what elects, and what the result must contain.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from ..ballots import SKIPPED, Profile, part, set_code
from ..ballots.profile import Marks
from ..errors import CountError
from ..rules import Requirement
from .combine import one_person_one_vote
from .constraints import Constraints, Group
from .decide import passes
from .result import Count, CountRound, TieBreak
from .segments import Segment, SegmentRound
from .ties import Ties


@dataclass(frozen=True)
class ChoiceRule:
    """What differs between counts of choices.

    ``most``: how many may be chosen: a number, as many as there are "places", or "any" number. ``least``: how many must
    be. ``read``: whom a paper chooses: all at its "first rank", all at "all ranks", or "as marked": those at the first
    rank, but at all ranks where no paper has two at one rank (files that know ranks only write choices so).
    ``paper``: rules on a paper; one that breaks them is spoilt. ``result``: rules on those elected: whoever would make
    them impossible to keep is passed over, so that those who are needed for them come before others.
    ``requires``: what the first must have to be elected, where there is one place; without it, most votes elect.
    ``unopposed``: candidates who are no more than the places are elected without a count of votes.
    """

    name: str
    most: int | Literal["places", "any"] = 1
    least: int = 1
    read: Literal["first rank", "all ranks", "as marked"] = "as marked"
    paper: tuple[Group, ...] = ()
    result: Constraints | None = None
    requires: tuple[Requirement, ...] = ()
    unopposed: bool = True
    cites: tuple[tuple[str, str], ...] = ()

    def cite(self, step: str) -> str:
        """The clause that ``step`` follows, in brackets; nothing where none is given."""
        clause = dict(self.cites).get(step)
        return f" ({clause})" if clause else ""


MOST_VOTES = ChoiceRule("most-votes", read="first rank")
BLOCK_VOTE = ChoiceRule("block-vote", most="places")
LIMITED_VOTE = ChoiceRule("limited-vote")
APPROVAL = ChoiceRule("approval", most="any")


@dataclass
class Tallied:
    """What the papers come to: votes by candidate, and ballots by what became of them; ``withdrawn``: how many chose
    somebody who had withdrawn, whatever became of them."""

    votes: dict[int, int]
    valid: int = 0
    blank: int = 0
    withdrawn: int = 0
    spoilt_by: dict[str, int] = field(default_factory=dict)


def tally(profile: Profile, rule: ChoiceRule, seats: int) -> Tallied:
    """The votes of every candidate who stands, and the ballots that are valid, blank and spoilt, under ``rule``.

    Raises InputError for ballots with decimal weights.
    """
    profile.require_whole_ballots()
    most = seats if rule.most == "places" else len(profile.candidates) if rule.most == "any" else rule.most
    standing = [number for number, option in enumerate(profile.candidates, 1) if not option.withdrawn]
    gone = [number for number, option in enumerate(profile.candidates, 1) if option.withdrawn]
    found = Tallied(dict.fromkeys(standing, 0))
    read = rule.read
    if read == "as marked":
        read = "first rank" if bool((profile.papers < SKIPPED).any()) else "all ranks"
    papers = profile.papers[:, :1] if read == "first rank" else profile.papers
    for start in range(0, papers.shape[0], _CHUNK):
        number = profile.number[start : start + _CHUNK]
        marked, unknown = _marked(papers[start : start + _CHUNK], profile)
        chosen = np.zeros_like(marked)
        chosen[:, standing] = marked[:, standing]
        size = chosen.sum(axis=1)
        # (what is wrong, which papers it is wrong with): the first that is found is what is told
        blank = ~marked.any(axis=1) & ~unknown
        found.blank += int(number[blank].sum())
        found.withdrawn += int(number[marked[:, gone].any(axis=1)].sum())
        good = ~blank
        tests = [
            ("too many chosen", unknown | (size > most)),
            ("nobody chosen who stands", size == 0),
            ("too few chosen", size < rule.least),
        ]
        for group in rule.paper:
            inside = chosen[:, sorted(who for who in group.members if who in found.votes)].sum(axis=1)
            tests.append((f"fewer than {group.least} {group.name}", inside < group.least))
            if group.most is not None:
                tests.append((f"more than {group.most} {group.name}", inside > group.most))
        for wrong, papers_wrong in tests:
            spoilt = int(number[good & papers_wrong].sum())
            if spoilt:
                found.spoilt_by[wrong] = found.spoilt_by.get(wrong, 0) + spoilt
            good &= ~papers_wrong
        found.valid += int(number[good].sum())
        for who in standing:
            found.votes[who] += int(number[good & chosen[:, who]].sum())
    return found


_CHUNK = 1 << 18
"""Papers that are looked at at once: keeps the memory of a large profile small."""


def tallied_by_part(profile: Profile, rule: ChoiceRule, seats: int) -> tuple[Segment, ...]:
    """The votes of each part of ``profile``, where it has some. A paper gives a vote to everybody chosen on it."""
    segments = []
    for index, name in enumerate(profile.part_names):
        found = tally(part(profile, index), rule, seats)
        votes = {who: Fraction(number) for who, number in found.votes.items()}
        segments.append(Segment(name, found.valid, (SegmentRound(dict(found.votes), votes),)))
    return tuple(segments)


def _marked(papers: Marks, profile: Profile) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Who is marked on each paper (a column each, column 0 unused), and where it is only known that several are."""
    rows = papers.shape[0]
    marked = np.zeros((rows, len(profile.candidates) + 1), dtype=np.bool_)
    unknown = np.zeros(rows, dtype=np.bool_)
    for column in range(papers.shape[1]):
        marks = papers[:, column].astype(np.int64)
        single = np.flatnonzero(marks > 0)
        marked[single, marks[single]] = True
        over = np.flatnonzero(marks < SKIPPED)
        if over.size:
            members = np.zeros((len(profile.sets), len(profile.candidates) + 1), dtype=np.bool_)
            for index, people in enumerate(profile.sets):
                members[index, list(people)] = True
            codes = set_code(0) - marks[over]
            marked[over] |= members[codes]
            unknown[over] |= ~members[codes].any(axis=1)
    return marked, unknown


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
    Raises CountError if the rules on the result cannot be kept, or what ``rule`` requires cannot be tested.
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
        met={"withdrawn": found.withdrawn},
        tied=run.tied,
        tied_for="election" if run.tied else None,
        spoilt_by=found.spoilt_by,
        reopened=run.reopened,
        segments=tallied_by_part(profile, rule, seats),
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
        if self.rule.result is not None:
            self.rule.result.verdict((), left - {self.reopen}, self.seats)  # refuses what cannot be kept at all
        while len(self.elected) < self.seats:
            able = [who for who in left if self._possible([who], left)]
            if not able:
                break
            most = max(self.votes[who] for who in able)
            level = sorted(who for who in able if self.votes[who] == most)
            passed = sorted((who for who in left if self.votes[who] > most), key=lambda who: -self.votes[who])
            if len(level) > 1 and not self._possible(level, left):
                broken = self._broken(level)
                if broken is None:
                    return
                level = [broken]
            if self.reopen in level and len(level) > 1:
                level = [who for who in level if who != self.reopen]  # there is room: that one comes next
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

    # -- rules on the result --------------------------------------------------------------------------------------

    def _possible(self, added: Sequence[int], left: set[int]) -> bool:
        """Whether all of ``added`` can be elected, and every rule on the result still be kept."""
        elected = [*self.elected, *(who for who in added if who != self.reopen)]
        if len(elected) + (self.reopen in added) > self.seats:
            return False  # "re-open nominations" takes a place like anybody else
        if self.rule.result is None:
            return True
        return self.rule.result.possible(elected, left - set(added) - {self.reopen}, self.seats)

    # -- words ----------------------------------------------------------------------------------------------------

    def _name(self, who: int) -> str:
        return self.names[who - 1]

    def _names(self, people: Sequence[int]) -> str:
        return ", ".join(self._name(who) for who in people)


# -- yes or no --------------------------------------------------------------------------------------------------------


SIDES = (
    ("yes", "no"),
    ("for", "against"),
    ("in favour", "against"),
    ("aye", "no"),
    ("aye", "nay"),
    ("ja", "nein"),
    ("oui", "non"),
    ("approve", "reject"),
)
"""What the sides of a question are called. Files that know names only have no order of options to go by."""


def named_sides(profile: Profile) -> tuple[int, int] | None:
    """Which option is yes, and which no, where they are called so."""
    called = {
        option.name.strip().casefold(): number
        for number, option in enumerate(profile.candidates, 1)
        if not option.withdrawn
    }
    return next(((called[one], called[other]) for one, other in SIDES if one in called and other in called), None)


def _sides(profile: Profile, options: Sequence[int], yes: int | None) -> tuple[int, int]:
    """Which option is yes, and which no. Raises CountError if there are no two."""
    told = named_sides(profile)
    if yes is None and told is not None:
        return told
    side = next((option for option in options if yes in (None, option)), None)
    if side is None or len(options) < 2:
        raise CountError("a question needs two options that stand, yes and no")
    return side, next(option for option in options if option != side)


def count_question(
    profile: Profile,
    requires: Sequence[Requirement] = (Requirement("majority", base="votes"),),
    *,
    yes: int | None = None,
    abstentions: Literal["valid", "not votes"] = "not votes",
    entitled: int | None = None,
    name: str = "yes-no",
) -> Count:
    """Whether a question is carried: ``elected`` is the option ``yes``, or nobody.

    ``requires``: all of it must be met by the votes for ``yes``; of "votes" counts those for yes and for no. Where no
    ``yes`` is given, the sides are told by their names (yes and no, for and against), and where they are called
    otherwise, by their places: the first that stands is yes, the second no. Any other option is an abstention: one of
    the "valid votes" only if ``abstentions`` says so.
    ``entitled``: how many could vote. Raises CountError where a requirement needs a number that is not known.
    """
    found = tally(profile, ChoiceRule(name, read="first rank"), 1)
    options = list(found.votes)
    yes, no = _sides(profile, options, yes)
    votes = {str(yes): found.votes[yes], str(no): found.votes[no]}
    abstained = sum(found.votes[option] for option in options if option not in (yes, no))
    standing = one_person_one_vote({"all": votes})
    bases: dict[str, Fraction | int | None] = {
        "votes": sum(votes.values()),
        "valid votes": found.valid - (0 if abstentions == "valid" else abstained),
        "ballots returned": profile.total,
        "those entitled": entitled,
    }
    names = tuple(option.name for option in profile.candidates)
    say, carried = [], True
    if named_sides(profile) != (yes, no):
        say.append(f"{names[yes - 1]} is taken for yes, and {names[no - 1]} for no.")
    for requirement in requires:
        met, said = passes(requirement, standing, str(yes), bases)
        carried &= met
        say.append(f"{said[0].upper()}{said[1:]}: {'met' if met else 'not met'}.")
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
        segments=tallied_by_part(profile, ChoiceRule(name, read="first rank"), 1),
    )
