"""The ballots of one section of a contest, read from a file: whose columns are whose, and what a paper comes to."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from importlib.resources.abc import Traversable
from pathlib import Path

from ..ballots import MarkRules, Option, Profile, Rankings, formats, rankings
from ..count.choices import ChoiceRule, tally
from ..count.constraints import Group
from ..count.first import first_choices
from ..count.registry import METHODS
from ..documents import nearest, shown
from ..errors import ContestError, Where
from ..rules import BallotStage, GroupRule, MotionStage
from .model import MOTION, REOPEN, Contest
from .sealed import SUFFIX, SealedPapers, read_sealed

Sealed = Callable[[Path], SealedPapers]
"""How the papers of a box's archive are got."""

SIDES = {"for": "for", "yes": "for", "against": "against", "no": "against"}
"""What the two sides of a motion are called on papers."""
REOPENED = ("reopen", "re-open nominations", "reopen nominations", "ron")
"""What "re-open nominations" is called on papers."""


@dataclass(frozen=True, eq=False)
class Cast:
    """The ballots of one section.

    ``people``: who the options of the ``profile`` are, by their keys in the contest file. ``ranked``: the rankings
    that the papers come to, where they are ranked. ``rule``: how papers are read on which candidates are chosen.
    ``sums``: in place of papers, what a box says of them together. ``further``: ballots of the same section that came
    otherwise: on paper, beside a box.
    """

    people: tuple[str, ...]
    profile: Profile = field(repr=False)
    ranked: Rankings | None = field(repr=False)
    rule: ChoiceRule = field(repr=False)
    sums: SealedPapers | None = field(default=None, repr=False)
    further: tuple[Cast, ...] = field(default=(), repr=False)

    @property
    def parts(self) -> tuple[Cast, ...]:
        """These ballots and those that came otherwise, each by itself."""
        return (self, *self.further)

    @property
    def everybody(self) -> tuple[str, ...]:
        """Whom any of the ballots names."""
        return tuple(dict.fromkeys(who for one in self.parts for who in one.people))

    @property
    def withdrawn(self) -> frozenset[str]:
        """Who stands in the file as withdrawn: marks for them are passed over."""
        options = ((who, option) for one in self.parts for who, option in one._options())
        return frozenset(who for who, option in options if option.withdrawn)

    def _options(self) -> list[tuple[str, Option]]:
        return list(zip(self.people, self.profile.candidates, strict=True))

    def votes(self, standing: Sequence[str]) -> tuple[dict[str, int], int]:
        """Votes of each of ``standing``, and the ballots that went to none of them any more."""
        votes, exhausted = dict.fromkeys(standing, 0), 0
        for one in self.parts:
            found, gone = one._votes(standing)
            exhausted += gone
            for who, number in found.items():
                votes[who] += number
        return votes, exhausted

    def _votes(self, standing: Sequence[str]) -> tuple[dict[str, int], int]:
        """As ``votes``, of these ballots alone."""
        if self.sums is not None and self.sums.sums is not None:
            return {who: n for who, n in zip(self.people, self.sums.sums, strict=True) if who in standing}, 0
        numbers = {self.people.index(who) + 1: who for who in standing if who in self.people}
        if self.ranked is not None:
            found, exhausted = first_choices(self.ranked, list(numbers))
        else:
            found, exhausted = tally(self.profile, self.rule, 1).votes, 0
        return {who: found.get(number, 0) for number, who in numbers.items()}, exhausted

    def roll(self) -> Mapping[str, int]:
        """Ballots returned, spoilt (blank ones among them) and valid."""
        rolls = [one._roll() for one in self.parts]
        return {key: sum(roll[key] for roll in rolls) for key in ("returned", "spoilt", "valid")}

    def _roll(self) -> Mapping[str, int]:
        if self.sums is not None and self.sums.sums is not None:
            blank = self.sums.blank
            return {"returned": self.sums.total, "spoilt": blank, "valid": self.sums.total - blank}
        valid = self.ranked.valid if self.ranked is not None else tally(self.profile, self.rule, 1).valid
        return {"returned": self.profile.total, "spoilt": self.profile.total - valid, "valid": valid}


Casts = Mapping[str, Cast]
"""The ballots of each section."""


def joined(casts: Sequence[Cast]) -> Cast:
    """The ballots of one section that stand in several files."""
    return replace(casts[0], further=tuple(casts[1:]))


def read_cast(
    file: Path | Traversable,
    contest: Contest,
    stage: BallotStage | MotionStage,
    where: Where,
    sealed: Sealed = read_sealed,
) -> Cast:
    """The ballots in ``file``, which the contest file names at ``where``. ``sealed``: what reads the archive of a box.

    Raises InputError for a file that cannot be read, ContestError for options that are not candidates.
    """
    sums = None
    if isinstance(file, Path) and file.suffix == SUFFIX:
        sums = sealed(file)
        profile = sums.profile
    else:
        profile = formats.read(file if isinstance(file, Path) else file.read_bytes(), name=str(file))
    if profile.scale != 1:
        hint = "Everybody has one ballot: give whole numbers."
        raise ContestError(f"the ballots in {shown(file.name)} have decimal weights", where=where, hint=hint)
    people = _people(profile, contest, stage, where, file.name)
    ranked = isinstance(stage, BallotStage) and stage.paper == "rank"
    ranks = rankings(profile, _marks(stage)) if ranked else None
    return Cast(people, profile, ranks, _choices(stage, contest, people), sums)


def _marks(stage: BallotStage | MotionStage) -> MarkRules | None:
    """What becomes of unusual marks on ranked papers, by the method that counts them."""
    method = METHODS.get(stage.count.replace(" ", "-")) if isinstance(stage, BallotStage) and stage.count else None
    return method.marks if method is not None else None


def _choices(stage: BallotStage | MotionStage, contest: Contest, people: Sequence[str]) -> ChoiceRule:
    """How a paper on which candidates are chosen, not ranked, is read."""
    if isinstance(stage, MotionStage) or stage.paper != "choose up to":
        return ChoiceRule("paper", read="first rank")
    most = stage.choose_up_to or (stage.places if isinstance(stage.places, int) else 1)
    return ChoiceRule("paper", most=most, paper=groups(stage.paper_rules, contest, people))


def groups(rules: Sequence[GroupRule], contest: Contest, people: Sequence[str]) -> tuple[Group, ...]:
    """Rules on groups of candidates, by the numbers of the options."""
    found = []
    for rule in rules:
        members = frozenset(
            number
            for number, who in enumerate(people, 1)
            if who in contest.candidates and rule.group in contest.candidates[who].groups
        )
        found.append(Group(rule.group, members, rule.at_least or 0, rule.at_most))
    return tuple(found)


def _people(
    profile: Profile, contest: Contest, stage: BallotStage | MotionStage, where: Where, file: str
) -> tuple[str, ...]:
    """Whose each option is. Raises ContestError for one that is nobody's, and for two that are the same one's."""
    if isinstance(stage, MotionStage):
        known = dict(SIDES)
    else:
        known = candidates_by_name(contest)
        if stage.reopen_nominations:
            known.update(dict.fromkeys(REOPENED, REOPEN))
    people: list[str] = []
    for option in profile.candidates:
        who = known.get(folded(option.name))
        if who is None:
            motion = isinstance(stage, MotionStage)
            raise _stranger(option.name, contest, where, file, motion=motion)
        if who in people:
            hint = "Each candidate stands once in a file of ballots."
            raise ContestError(f'{shown(file)} has "{who}" twice', where=where, hint=hint)
        people.append(who)
    if isinstance(stage, MotionStage) and set(people) != set(MOTION):
        raise ContestError(
            f"{shown(file)} has not the two sides of a motion", where=where, hint="They are For and Against."
        )
    return tuple(people)


def _stranger(name: str, contest: Contest, where: Where, file: str, *, motion: bool) -> ContestError:
    if motion:
        hint = "The sides are: For, Against."
        return ContestError(f"{shown(name)} in {shown(file)} is not a side of the motion", where=where, hint=hint)
    names = [candidate.name for candidate in contest.candidates.values()]
    hint = nearest(name, names, "The candidates are") or "Add them under [candidates.…]."
    hint += ' A name that is written otherwise there is given to the candidate as "on_paper".'
    return ContestError(f"{shown(name)} in {shown(file)} is not a candidate", where=where, hint=hint)


def candidates_by_name(contest: Contest) -> dict[str, str]:
    """Who is meant by a name on a paper: the name there, the full name, the short one or the key, the surest first."""
    known: dict[str, str] = {}
    ambiguous: set[str] = set()
    for of in ("on_paper", "name", "label", "key"):
        here: dict[str, str] = {}
        for key, candidate in contest.candidates.items():
            name = key if of == "key" else getattr(candidate, of)
            if name is not None:
                plain = folded(name)
                ambiguous |= {plain} if plain in here else set()
                here[plain] = key
        known = {**here, **known}
    return {name: key for name, key in known.items() if name not in ambiguous}


def folded(name: str) -> str:
    """A name as names are compared: without regard to capitals and spaces."""
    return " ".join(name.casefold().split())
