"""Every method by which ballots can be counted: its name, its source, and the count that proves it.

A new method is one module beside this one and one line here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction

from ..ballots import MarkRules, Profile, rankings
from ..errors import CountError
from ..rules import Requirement
from .alternative import (
    ALTERNATIVE_VOTE,
    BATCH,
    BOTTOMS_UP,
    CONTINGENT_VOTE,
    STATIC_MAJORITY,
    SUPPLEMENTARY_VOTE,
    TO_THE_LAST_TWO,
    AlternativeRule,
    count_alternative,
    count_in_turn,
    joined,
)
from .choices import APPROVAL, BLOCK_VOTE, LIMITED_VOTE, MOST_VOTES, ChoiceRule, count_choices, count_question
from .constraints import Constraints, Group
from .ers97 import ERS97
from .gregory import MINNEAPOLIS, SCOTTISH_2011, WIGM_EXACT, GregoryRule, count_gregory, wigm
from .lot import Lot
from .meek import MEEK_1987, MEEK_NZ, MEEK_PRF, MeekRule, count_meek
from .northern_ireland import NORTHERN_IRELAND_1985
from .parcels import ParcelRule, count_parcels
from .result import Count
from .schulze import COMPARED, DEBIAN, MARGINS, SCHULZE, SchulzeRule, count_schulze
from .ties import TieRule, Ties


@dataclass(frozen=True)
class Options:
    """What a count can be told besides the ballots and the places.

    ``ties``: how ties are broken (None: as the method's rule says). ``lot``: the draw, where that rule asks for one.
    ``marks``: what becomes of unusual marks (None: as the method's rule says). ``reopen``: the number of the candidate
    "re-open nominations", or of the default option. ``entitled``: how many could vote. ``quorum``: how many must put an
    option above the default one. ``most``: how many may be chosen on a paper (None: as the method says).
    ``requires``: what elects one, or carries a question (nothing: as the method says). ``paper``: rules on a paper; one
    that breaks them is spoilt. ``result``: rules on who is elected. ``decimals``: the places to which values are cut,
    where the method leaves the choice. ``yes``: the number of the option that is for a question.
    """

    ties: Ties | None = None
    marks: MarkRules | None = None
    reopen: int | None = None
    entitled: int | None = None
    quorum: int = 0
    most: int | None = None
    requires: tuple[Requirement, ...] = ()
    paper: tuple[Group, ...] = ()
    result: Constraints | None = None
    lot: Lot | None = None
    decimals: int | None = None
    yes: int | None = None

    def ties_by(self, *rules: TieRule) -> Ties:
        """How ties are broken by a method whose own rule for them is ``rules``."""
        return self.ties or Ties(rules, self.lot)

    @property
    def told(self) -> Ties | None:
        """How ties are to be broken, if anything was said of it."""
        return self.ties or (Ties(lot=self.lot) if self.lot else None)


Run = Callable[[Profile, int, Options], Count]


@dataclass(frozen=True)
class Method:
    """A way of counting.

    ``source``: the rule that it follows. ``proved_by``: the published count that it reproduces; None marks it
    *unproven* wherever it is shown. ``many``: whether it can fill more than one place. ``ties``: how its rule breaks
    ties, step by step; "lot" is what it leaves open. Empty where it leaves no tie open. ``marks``: what becomes of
    unusual marks on ranked papers.
    """

    id: str
    name: str
    source: str
    proved_by: str | None
    many: bool
    run: Run = field(repr=False)
    ties: tuple[TieRule, ...] = ("latest difference", "lot")
    marks: MarkRules = field(default_factory=MarkRules)


def _gregory(rule: GregoryRule) -> Run:
    def run(profile: Profile, seats: int, options: Options) -> Count:
        names = [option.name for option in profile.candidates]
        standing = [number for number, option in enumerate(profile.candidates, 1) if not option.withdrawn]
        write_ins = frozenset(number for number in standing if profile.candidates[number - 1].write_in)
        papers = rankings(profile, options.marks or rule.marks)
        ties = options.ties_by("latest difference", "lot")
        return count_gregory(papers, names, seats, rule, ties, write_ins, standing=standing, constraints=options.result)

    return run


def _wigm(profile: Profile, seats: int, options: Options) -> Count:
    return _gregory(wigm() if options.decimals is None else wigm(options.decimals))(profile, seats, options)


def _parcels(rule: ParcelRule) -> Run:
    def run(profile: Profile, seats: int, options: Options) -> Count:
        if profile.parts is not None:
            raise CountError(
                f"{rule.name} cannot be told by segment: what is not transferable of a surplus is so many votes, and"
                " not those of any one paper",
                hint="Count the files together without segments, or by another method.",
            )
        names = [option.name for option in profile.candidates]
        standing = [number for number, option in enumerate(profile.candidates, 1) if not option.withdrawn]
        ties = options.ties_by(*rule.ties)
        return count_parcels(rankings(profile, options.marks), names, seats, rule, ties, options.result, standing)

    return run


def _meek(rule: MeekRule) -> Run:
    def run(profile: Profile, seats: int, options: Options) -> Count:
        names = [option.name for option in profile.candidates]
        standing = [number for number, option in enumerate(profile.candidates, 1) if not option.withdrawn]
        # A rule with numbers of its own for ties needs no lot.
        ties = options.ties if rule.numbers else options.ties_by(*rule.ties)
        return count_meek(rankings(profile, options.marks), names, seats, rule, ties, options.result, standing)

    return run


def _alternative(rule: AlternativeRule, *ties: TieRule) -> Run:
    """``ties``: the method's own rule for them, where it is not to look at earlier rounds and then to draw lots."""

    def run(profile: Profile, seats: int, options: Options) -> Count:
        broken = options.ties_by(*ties) if ties else options.told
        return count_alternative(profile, rule, broken, seats=seats, marks=options.marks, reopen=options.reopen)

    return run


def _in_turn(profile: Profile, seats: int, options: Options) -> Count:
    counts = count_in_turn(
        profile, seats, ALTERNATIVE_VOTE, lambda: options.told or Ties(), marks=options.marks, in_a_row=True
    )
    return joined(counts, seats)


def _choices(rule: ChoiceRule) -> Run:
    def run(profile: Profile, seats: int, options: Options) -> Count:
        asked = replace(
            rule,
            most=rule.most if options.most is None else options.most,
            paper=options.paper or rule.paper,
            result=options.result or rule.result,
            requires=options.requires or rule.requires,
        )
        return count_choices(profile, seats, asked, options.told, reopen=options.reopen, entitled=options.entitled)

    return run


def _limited(profile: Profile, seats: int, options: Options) -> Count:
    most = max(1, seats - 1) if options.most is None else options.most
    if most >= max(seats, 2):
        raise CountError(
            f"by a limited vote fewer are chosen than there are places, not {most} for {seats}",
            hint="Without such a limit the method is block-vote.",
        )
    return _choices(LIMITED_VOTE)(profile, seats, replace(options, most=most))


def _question(name: str, *requires: Requirement) -> Run:
    def run(profile: Profile, seats: int, options: Options) -> Count:
        if seats != 1:
            raise CountError("a question has one answer: it cannot be counted for several places")
        return count_question(
            profile, options.requires or requires, yes=options.yes, entitled=options.entitled, name=name
        )

    return run


def _schulze(rule: SchulzeRule) -> Run:
    def run(profile: Profile, seats: int, options: Options) -> Count:
        if seats != 1:
            raise CountError(f"{rule.name} fills one place, not {seats}")
        if profile.parts is not None:
            raise CountError(f"{rule.name} cannot be told by segment: it compares options and moves no votes")
        return count_schulze(profile, rule, options.told, default=options.reopen, quorum=options.quorum)

    return run


_ALL = (
    Method(
        "scottish",
        "Single transferable vote, Scotland 2011",
        "Scottish Local Government Elections Order 2011 (SSI 2011/399), Schedule 1, rules 46 to 53",
        "Edinburgh City Council 2017, all 17 wards, every total after every count",
        True,
        _gregory(SCOTTISH_2011),
        marks=SCOTTISH_2011.marks,
    ),
    Method(
        "minneapolis",
        "Single transferable vote, Minneapolis",
        'Minneapolis Code of Ordinances, title 8.5, section 167.70, as the configuration "Minneapolis Rules" of RCTab',
        "Minneapolis Park Board 2013, 80,101 ballots, every round of RCTab 2.0's report",
        True,
        _gregory(MINNEAPOLIS),
        marks=MINNEAPOLIS.marks,
    ),
    Method(
        "wigm",
        "Single transferable vote, weighted inclusive Gregory",
        "Values cut to four decimals, or to as many as is said. With four: Proportional Representation Foundation,"
        ' "Reference rule: WIGM"',
        "The example of Voting matters 12, as the program Droop (wigm-prf) has it: every vote of every round",
        True,
        _wigm,
    ),
    Method(
        "wigm-exact",
        "Single transferable vote, weighted inclusive Gregory, in fractions",
        "Nothing is rounded; elected is who has more than votes / (places + 1)",
        "The example of Voting matters 12, as the program Droop (wigm, rational) has it: every vote of every round",
        True,
        _gregory(WIGM_EXACT),
    ),
    Method(
        "ers97",
        "Single transferable vote, Electoral Reform Society 1997",
        "R. A. Newland and F. S. Britton, How to conduct an election by the single transferable vote, 3rd edition,"
        " Electoral Reform Society 1997, section 5",
        "The narrative of the booklet's model election, its published figures only: its ballots are not public",
        True,
        _parcels(ERS97),
        ERS97.ties,
    ),
    Method(
        "northern-ireland",
        "Single transferable vote, Northern Ireland",
        "Local Elections Rules, Electoral Law Act (Northern Ireland) 1962, Schedule 5, rules 47 to 52 (SI 1985/454)",
        None,
        True,
        _parcels(NORTHERN_IRELAND_1985),
        NORTHERN_IRELAND_1985.ties,
    ),
    Method(
        "meek-1987",
        "Single transferable vote by Meek's method, 1987",
        "I. D. Hill, B. A. Wichmann, D. R. Woodall, Algorithm 123, The Computer Journal 30 (1987); with nine decimals",
        None,
        True,
        _meek(MEEK_1987),
        MEEK_1987.ties,
    ),
    Method(
        "meek-nz",
        "Single transferable vote by Meek's method, New Zealand",
        "Local Electoral Regulations 2001 (SR 2001/145), Schedule 1A, as I. D. Hill's program counts by it",
        None,
        True,
        _meek(MEEK_NZ),
        (),
    ),
    Method(
        "meek-prf",
        "Single transferable vote by Meek's method, reference rule",
        "Proportional Representation Foundation, Reference rule: Meek's method",
        "The example of Voting matters 12, as the program Droop (meek-prf) has it: every vote and keep value",
        True,
        _meek(MEEK_PRF),
        MEEK_PRF.ties,
    ),
    Method(
        "alternative-vote",
        "Alternative vote, to a majority",
        "More than half of the votes continuing in a round elects; otherwise whoever has fewest goes out",
        "Burlington mayor 2009, first and last round (over-votes as there); Labour leadership 2010, the section of MPs",
        False,
        _alternative(ALTERNATIVE_VOTE),
    ),
    Method(
        "alternative-vote-to-two",
        "Alternative vote, to the last two",
        "As the alternative vote, but it goes on to the last two, whoever has a majority before",
        "Labour leadership 2010, the section of MPs: 140 to 122, 4 exhausted",
        False,
        _alternative(TO_THE_LAST_TWO),
    ),
    Method(
        "alternative-vote-batch",
        "Alternative vote, all out who cannot catch up",
        "As the alternative vote, but the lowest go out together who have fewer votes together than the next",
        "RCTab 2.0's cases with batch elimination, round by round",
        False,
        _alternative(BATCH),
    ),
    Method(
        "alternative-vote-static",
        "Alternative vote, majority of the first round's votes",
        "As the alternative vote, but a majority is always one of the first round's votes; of the last two the one with"
        " more is elected",
        "RCTab 2.0's case first_round_determines_threshold, round by round",
        False,
        _alternative(STATIC_MAJORITY),
    ),
    Method(
        "alternative-vote-in-turn",
        "Alternative vote, one place after another",
        "One alternative vote a place, each without those elected before (preferential block voting)",
        "RCTab 2.0's case sequential_with_batch (multi-pass), round by round",
        True,
        _in_turn,
    ),
    Method(
        "bottoms-up",
        "Preferences, the lowest out until the places are filled",
        "Whoever has fewest goes out until as many are left as there are places; no surplus is transferred",
        None,
        True,
        _alternative(BOTTOMS_UP),
    ),
    Method(
        "supplementary-vote",
        "Supplementary vote",
        "Local Government Act 2000, Schedule 2 (mayors in England until 2022)",
        None,
        False,
        _alternative(SUPPLEMENTARY_VOTE, "lot"),
        ("lot",),
        SUPPLEMENTARY_VOTE.marks,
    ),
    Method(
        "two-rounds",
        "Two rounds from one paper (contingent vote)",
        "Without a majority of first preferences all but two go out, and their papers move to whichever of the two they"
        " put first",
        None,
        False,
        _alternative(CONTINGENT_VOTE),
    ),
    Method(
        "most-votes",
        "Choose one, most votes",
        "Those with most votes; one may be chosen, however many places there are",
        None,
        True,
        _choices(MOST_VOTES),
        ("lot",),
    ),
    Method(
        "block-vote",
        "Choose up to the number of places",
        "Those with most votes; fewer may be chosen, and no more than there are places",
        None,
        True,
        _choices(BLOCK_VOTE),
        ("lot",),
    ),
    Method(
        "limited-vote",
        "Choose fewer than there are places (limited vote)",
        "Those with most votes; no more may be chosen than is said, or than one less than there are places",
        None,
        True,
        _limited,
        ("lot",),
    ),
    Method(
        "approval",
        "Approval",
        "Any number may be approved; those approved by most are elected",
        "Utah Senate district 11 (party special election, 2025), 1,301 ballots, every total",
        True,
        _choices(APPROVAL),
        ("lot",),
    ),
    Method(
        "yes-no",
        "Yes or no, by a majority of votes cast",
        "More votes for than against",
        None,
        False,
        _question("yes-no", Requirement("majority", base="votes")),
        (),
    ),
    Method(
        "yes-no-entitled",
        "Yes or no, by a majority of those entitled",
        "More than half of all who could vote are for it",
        None,
        False,
        _question("yes-no-entitled", Requirement("majority", base="those entitled")),
        (),
    ),
    Method(
        "yes-no-two-thirds",
        "Yes or no, by two thirds of votes cast",
        "At least two thirds of the votes are for it",
        None,
        False,
        _question("yes-no-two-thirds", Requirement("share", Fraction(2, 3), "votes")),
        (),
    ),
    Method(
        "debian",
        "Schulze, Debian's form",
        "Constitution for the Debian Project, appendix A.6 (A.5 since version 1.8): default option and majority first",
        "Debian project leader 2007 (482 ballots) and 2020 (339)",
        False,
        _schulze(DEBIAN),
        ("lot",),
    ),
    Method(
        "schulze",
        "Schulze, winning votes",
        "M. Schulze, A new monotonic, clone-independent, reversal symmetric, and Condorcet-consistent single-winner"
        " election method (2011); options that are not ranked stand last, level",
        "Burlington mayor 2009: Andy Montroll defeats every other",
        False,
        _schulze(SCHULZE),
        ("lot",),
    ),
    Method(
        "schulze-margins",
        "Schulze, margins",
        "As Schulze's method, but a defeat is as strong as the difference of its votes",
        None,
        False,
        _schulze(MARGINS),
        ("lot",),
    ),
    Method(
        "schulze-not-compared",
        "Schulze, unranked options not compared",
        "As Schulze's method, but an option that a ballot does not rank is not compared with those that it ranks",
        None,
        False,
        _schulze(COMPARED),
        ("lot",),
    ),
)

METHODS: Mapping[str, Method] = {method.id: method for method in _ALL}
"""Every method by its id."""
