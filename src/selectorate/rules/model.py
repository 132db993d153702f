"""What a rulebook is: the tables of its file, as values.

The keys, their closed lists of values and what each is for stand here once; the JSON Schema, the reference
in ``docs/`` and the messages for a slip of the pen are made from them. What no single key can get wrong, but
two keys together can, is checked in ``consistency``.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Annotated, Generic, Literal, TypeVar, get_args

from pydantic import BeforeValidator, Field

from ..documents import Count, Day, FileModel, Flag, Id, Text, wrong
from ..exact import Cut
from .grammar import Base, GoingOut, ParameterRef, Quantity, Requirements, Weight

T = TypeVar("T", covariant=True)

Occasion = Literal["vacancy", "challenge", "regular"]
"""Why a contest is held: the post is vacant, its holder is challenged, or the term is over."""


class Source(FileModel):
    """Where something was read."""

    title: Text = Field(description="What was read, so that somebody can find it.")
    address: Text | None = Field(None, description="Where it was found.")
    says: Text | None = Field(None, description="What of this file it confirms.")


class Body(FileModel):
    """A set of persons with a role in a stage."""

    name: Text = Field(description='Its members, in the plural, as in a sentence: "MPs and MEPs".')
    parts: dict[Id, Text] = Field(
        {},
        description=('Parts that a rule names, such as the unions among the affiliates: { unions = "trade unions" }.'),
    )
    measure: Text | None = Field(
        None,
        description='What its members themselves are counted by, where a rule asks it: "affiliated members".',
    )


class Segment(FileModel):
    """A part of the selectorate."""

    name: Text = Field(description='Its members, in the plural: "affiliated supporters".')
    voters: Literal["persons", "delegations"] = Field(
        "persons",
        description="Who casts its votes: persons, or delegations each of which casts a block of votes.",
    )
    entitled: dict[Text, Text] = Field(
        {},
        description=(
            "Who may vote in it: each key is what must be true of a person, in words, and its value the test"
            " on the roll, an SQL expression over the roll's columns and the timetable's dates."
        ),
    )


class Group(FileModel):
    """A set of candidates that a rule names."""

    name: Text = Field(description='Its members, in the plural: "women".')
    one: Text | None = Field(None, description='One of them: "woman".')


class Parameter(FileModel):
    """Something that the rulebook leaves to be fixed for each contest."""

    says: Text = Field(description="What is fixed, in words.")
    by: Text | None = Field(None, description="Who fixes it.")
    default: Quantity | tuple[Quantity, ...] | None = Field(
        None, description="What holds where a contest fixes nothing; without it every contest must."
    )


class Interpretation(FileModel, Generic[T]):
    """What a committee or a court held where the text of the rules does not say."""

    text: Literal["silent", "unclear"] = Field(description="What the rules themselves say on it.")
    held: T = Field(description="What was held.")
    by: Text = Field(description="By whom.")
    on: Day = Field(description="When.")
    upheld: Text | None = Field(None, description="By whom it was upheld, and when.")


class Amendment(FileModel):
    """A change of the rules that this file already contains, or that contests before it did not know."""

    on: Text = Field(description='When, as exactly as is known: "2015-09", "conference of 2017".')
    says: Text = Field(description="What changed.")


class Printing(FileModel):
    """How shares are printed."""

    of: Base | None = Field(None, description="What a published share is a share of.")
    decimals: int = Field(1, strict=True, ge=0, le=9, description="To how many decimals of a per cent.")
    cut: Cut = Field("half up", description="How they are cut to that.")


class TurnoutPrinting(FileModel):
    """How turnout is printed."""

    counts: Literal["ballots returned", "valid votes"] = Field(
        "ballots returned", description="What is held against those entitled."
    )
    decimals: int = Field(1, strict=True, ge=0, le=9, description="To how many decimals of a per cent.")
    cut: Cut = Field("half up", description="How it is cut to that.")


class Disclosure(FileModel):
    """When figures of a small unit are not published, so that nobody's vote can be inferred from them."""

    floor: int = Field(
        10,
        strict=True,
        ge=1,
        le=1000,
        description="A unit with fewer valid votes than this is shown together with others.",
    )
    unanimity_below: int = Field(
        50,
        strict=True,
        ge=1,
        le=10000,
        description=(
            "Below so many valid votes, a unit in which all, or all but one, voted alike is shown together with others."
        ),
    )


# -- stages ---------------------------------------------------------------------------------------------


class ByOccasion(FileModel):
    """A threshold that depends on whether the post is vacant."""

    vacancy: Quantity | ParameterRef = Field(description="When the post is vacant.")
    challenge: Quantity | ParameterRef = Field(description="When it has a holder.")


class Together(FileModel):
    """What the nominators must amount to by their own size."""

    share: Quantity = Field(description='The share that they must have together: "5%".')
    of: Text = Field(description="Of what: the measure of the body, word for word.")


class Spread(FileModel):
    """From how many places the nominators must come."""

    at_least: int = Field(strict=True, ge=2, le=100_000, description="From so many at least: 20.")
    of: Text = Field(description='Of what, in the plural: "local parties".')


class Gate(FileModel):
    """One way to be nominated."""

    by: Id = Field(description="The body that nominates.")
    threshold: Quantity | ByOccasion | ParameterRef = Field(
        description=('How many of it: 100, "20%" (of the body, rounded up), or { vacancy = "15%", challenge = "20%" }.')
    )
    including: dict[Id, Count] = Field(
        {}, description="How many of them at least must be of a part of the body: { unions = 2 }."
    )
    together: Together | None = Field(None, description="What the nominators must amount to by their own size.")
    spread: Spread | None = Field(
        None, description='From how many places they must come: { at_least = 20, of = "local parties" }.'
    )


Incumbent = Literal["automatic", "needs nominations", "may not stand", "not known"]
"""What a holder who is challenged needs; "not known" where what was read of the rules does not tell."""


class NominationStage(FileModel):
    """A stage at which candidates get on the paper, or fail to."""

    kind: Literal["nomination"] = Field(description="The kind of stage.")
    id: Id = Field(description="Its name in contest files.")
    name: Text | None = Field(None, description="Its name for people.")
    by: Id | None = Field(None, description="The body that nominates, where there is one way.")
    threshold: Quantity | ByOccasion | ParameterRef | None = Field(
        None,
        description=(
            'How many of it are needed: 100, "20%" (of the body, rounded up), or { vacancy = "15%", challenge'
            ' = "20%" }.'
        ),
    )
    any: tuple[Gate, ...] = Field(
        (), description="The ways to be nominated, where there are several, of which one is enough."
    )
    incumbent: Incumbent | Interpretation[Incumbent] = Field(
        "needs nominations",
        description=(
            "Whether a holder who is challenged is on the paper without nominations: a value, or { text ="
            ' "silent", held = "automatic", by = "…", on = 2016-07-12 }.'
        ),
    )
    each_nominates: int | None = Field(
        None, strict=True, ge=1, description="How many candidates one nominator may nominate."
    )
    effect: Literal["place on the paper", "none"] = Field(
        "place on the paper",
        description='"none" for supporting nominations, which are published and decide nothing.',
    )


def _paper_beside(value: object) -> object:
    if value == "paper supersedes":
        raise wrong(
            "paper cannot supersede a ballot that was cast online: nothing takes a ballot out of a sealed box",
            'Write paper = "first counts" or paper = "online supersedes", whose unopened envelope can be set aside.',
        )
    return value


PaperBeside = Literal["none", "first counts", "online supersedes"]
"""What becomes of paper beside a vote held online. Paper never supersedes: a sealed box gives no ballot back."""


class Online(FileModel):
    """How a ballot is held online, in sealed boxes."""

    revote: Flag = Field(
        True, description="Whether a voter may cast again until the end, when the last ballot is the one that counts."
    )
    paper: Annotated[PaperBeside, BeforeValidator(_paper_beside, json_schema_input_type=PaperBeside)] = Field(
        "none",
        description=(
            'Whether there is paper too: "none", "first counts" (of a paper and a ballot online the one that came'
            ' first), "online supersedes" (the envelope of somebody who also voted online stays unopened).'
        ),
    )


_HELD_ONLINE = (
    'How it is held online, in sealed boxes: { revote = true, paper = "none" }. Left out where it is held otherwise.'
)

MotionBase = Literal["valid votes", "ballots returned", "those entitled"]


class AskedBy(FileModel):
    """Who can ask for a motion to be put."""

    body: Id = Field(description="The body.")
    threshold: Quantity | ParameterRef = Field(description="How many of it.")
    letters_to: Text | None = Field(
        None,
        description=(
            'Who receives the letters that ask for it, and alone knows of them: "the chair of the committee". Everybody'
            " else learns that there are enough, and nothing before."
        ),
    )


class MotionStage(FileModel):
    """A vote of a body, yes or no."""

    kind: Literal["motion"] = Field(description="The kind of stage.")
    id: Id = Field(description="Its name in contest files.")
    name: Text | None = Field(None, description="Its name for people.")
    by: Id = Field(description="The body that votes.")
    motion: Literal["confidence", "no confidence", "resolution"] = Field(description="What it is about.")
    asked_by: AskedBy | None = Field(None, description="Who can ask for it.")
    carried: Requirements = Field(description='What it needs: "majority of valid votes".')
    online: Online | None = Field(None, description=_HELD_ONLINE)
    effect: Literal["vacancy", "none", "as stated"] = Field(
        description=(
            'What follows when the holder has lost the confidence (or a resolution is carried): "none" is an answer.'
        )
    )
    holder_may_stand: Flag | None = Field(
        None, description="Whether a holder who has lost may stand in the contest that follows."
    )
    safe_months: int | None = Field(
        None,
        strict=True,
        ge=1,
        le=120,
        description="For how many months a holder who has won is safe from another.",
    )
    shares: Printing = Field(Printing(of="valid votes"), description="How shares are printed.")
    turnout: TurnoutPrinting = Field(TurnoutPrinting(), description="How turnout is printed.")


class GroupRule(FileModel):
    """A rule on how many of a group there are, on a paper or in a result."""

    group: Id = Field(description="The group of candidates.")
    at_least: int | None = Field(None, strict=True, ge=0, description="So many at least.")
    at_most: int | None = Field(None, strict=True, ge=0, description="So many at most.")


class Points(FileModel):
    """Points given in each unit, shared by the votes there."""

    unit: Text = Field(description='What a unit is called: "riding".')
    each: int = Field(strict=True, ge=1, description="How many points a unit gives.")
    units: int | None = Field(None, strict=True, ge=1, description="How many units there are.")
    at_most_votes: Flag = Field(False, description="Whether a unit gives no more points than votes were cast in it.")
    decimals: int | None = Field(
        None,
        strict=True,
        ge=0,
        le=12,
        description=("To how many decimals a candidate's points in a unit are cut; exact where it is left out."),
    )
    cut: Cut = Field("down", description="How they are cut.")


class BallotRule(FileModel):
    """What holds from one ballot on, where ballots are repeated and the rules change between them."""

    from_: int = Field(
        alias="from",
        strict=True,
        ge=1,
        le=100,
        description="The number of the first ballot for which it holds.",
    )
    elected: Requirements | None = Field(None, description="What elects.")
    out: GoingOut | None = Field(None, description="Who goes out if nobody is elected.")
    new_candidates: Flag | None = Field(None, description="Whether new candidates may be nominated after it.")


TieRule = Literal["earlier rounds", "lot", "officer", "vote again", "all out", "stop"]
Ties = Annotated[
    tuple[TieRule, ...],
    BeforeValidator(
        lambda value: value if isinstance(value, list | tuple | dict) else (value,),
        json_schema_input_type=TieRule | list[TieRule],
    ),
]

TransferableVote = Literal[
    "scottish",
    "minneapolis",
    "wigm",
    "wigm-exact",
    "ers97",
    "northern-ireland",
    "meek-1987",
    "meek-nz",
    "meek-prf",
    "bottoms-up",
]
"""Methods that fill several places from ranked papers, by their ids in ``selectorate methods``."""
PairwiseMethod = Literal["debian", "schulze", "schulze-margins", "schulze-not-compared"]
"""Methods that compare candidates in pairs, and fill one place."""
CountName = Literal[
    "most votes",
    "repeated ballots",
    "two rounds",
    "alternative vote",
    "supplementary vote",
    TransferableVote,
    PairwiseMethod,
]
MANY_PLACES: frozenset[str] = frozenset(get_args(TransferableVote))
BY_METHOD: frozenset[str] = MANY_PLACES | frozenset(get_args(PairwiseMethod))
"""The counts that go by a method of their own, from the ballots: it says who is elected and who goes out."""


def _minimum(value: object) -> object:
    return value if isinstance(value, list | tuple | dict | ParameterRef) else [value]


class BallotStage(FileModel):
    """A ballot of a body or of a selectorate."""

    kind: Literal["ballot"] = Field(description="The kind of stage.")
    id: Id = Field(description="Its name in contest files.")
    name: Text | None = Field(None, description="Its name for people.")
    by: Id | None = Field(None, description="The body that votes, where a body does.")
    segments: tuple[Id, ...] = Field(
        (), description="The segments that vote, in the order of precedence, where a selectorate does."
    )
    votes: Literal["one", "one in each segment"] = Field(
        "one", description="How many votes somebody has who belongs to several segments."
    )
    paper: Literal["choose one", "rank", "choose up to"] = Field(description="What the voter is asked to fill in.")
    choose_up_to: int | None = Field(
        None, strict=True, ge=1, le=1000, description='How many may be chosen on a paper "choose up to".'
    )
    online: Online | None = Field(None, description=_HELD_ONLINE)
    paper_rules: tuple[GroupRule, ...] = Field(
        (), description="What a paper must contain; without it the paper is spoilt."
    )
    result_rules: tuple[GroupRule, ...] = Field((), description="What the result must contain.")
    places: Count | ParameterRef = Field(1, description="How many are elected.")
    count: CountName = Field(description="The counting method.")
    combine: Literal["one-person-one-vote", "weighted-college", "points-by-unit"] = Field(
        "one-person-one-vote", description="How the votes of segments or units become one result."
    )
    weights: dict[Id, Weight] = Field(
        {},
        description='The weight of each segment in a weighted college: { mps = "1/3", … }. They add up to 1.',
    )
    points: Points | None = Field(None, description="The points of each unit.")
    elected: Requirements = Field(
        (),
        description=(
            'What elects: "majority of votes", or a list of which all must be met. Left out where a stage'
            " only reduces the field."
        ),
    )
    out: GoingOut = Field(
        GoingOut("lowest"),
        description='Who goes out after a round that elects nobody: "lowest", "nobody", "all but 2".',
    )
    minimum: Annotated[
        tuple[Quantity, ...] | ParameterRef,
        BeforeValidator(_minimum, json_schema_input_type=Quantity | list[Quantity] | ParameterRef),
    ] = Field(
        (),
        description=(
            "The votes needed to stay in after the first ballot, the second, and so on: all under it go out"
            " (and the lowest, if nobody is under it)."
        ),
    )
    until: int | None = Field(
        None,
        strict=True,
        ge=1,
        le=100,
        description="The number of candidates at which this stage ends; they go on to the next.",
    )
    ballots: tuple[BallotRule, ...] = Field((), description="Rules that change from one repeated ballot to the next.")
    withdrawals: Flag = Field(True, description="Whether candidates may withdraw between repeated ballots.")
    unopposed: Literal["elected", "ballot held"] = Field(
        "elected", description="What happens to a single candidate, or to no more candidates than there are places."
    )
    reopen_nominations: Flag = Field(False, description='Whether "re-open nominations" stands on the paper.')
    abstentions: Literal["valid", "not votes"] = Field(
        "not votes", description="Whether a paper that says abstention is a valid vote."
    )
    tie: Ties | Interpretation[Ties] = Field(
        ("stop",),
        description=(
            'What breaks a tie, in order: "earlier rounds", "lot", "officer", "vote again", "all out" (all'
            ' who are tied for the last place go out), "stop" (and ask).'
        ),
    )
    binding: Flag = Field(True, description="Whether the result binds.")
    formally: Text | None = Field(
        None, description="Who formally decides, where the ballot does not: a clause of a sentence."
    )
    shares: Printing = Field(Printing(), description="How shares are printed.")
    turnout: TurnoutPrinting = Field(TurnoutPrinting(), description="How turnout is printed.")
    declare: tuple[Literal["total", "segment", "unit"], ...] = Field(
        ("total", "segment"), description="Which figures are declared."
    )


Stage = Annotated[NominationStage | MotionStage | BallotStage, Field(discriminator="kind")]


class Rulebook(FileModel):
    """The rules of one kind of contest."""

    id: Id = Field(description="Its name in contest files.")
    name: Text = Field(description="Its name for people.")
    organisation: Text = Field(description="Whose rules they are.")
    office: Text = Field(description="The post that is filled, or what is decided.")
    about: Text | None = Field(None, description="What should be known before reading them.")
    in_force: Text | None = Field(None, description='From when to when: "1981-1992".')
    may_stand: Text | None = Field(
        None, description='Who may stand, in the plural, where the rules say: "members of the party".'
    )
    candidate: Literal["a person", "a pair", "a person or a pair"] = Field(
        "a person", description="What a candidate is."
    )
    pair_rules: tuple[GroupRule, ...] = Field((), description="What a pair must contain.")
    bodies: dict[Id, Body] = Field({}, description="Sets of persons with a role in a stage.")
    segments: dict[Id, Segment] = Field({}, description="Parts of the selectorate.")
    groups: dict[Id, Group] = Field({}, description="Sets of candidates that a rule names.")
    timetable: dict[Id, Text] = Field(
        {},
        description=('Dates that each contest gives and tests of entitlement use: { freeze = "the freeze date" }.'),
    )
    parameters: dict[Id, Parameter] = Field({}, description="What is fixed for each contest.")
    stage: tuple[Stage, ...] = Field(min_length=1, description="The stages, in their order.")
    disclosure: Disclosure = Field(Disclosure(), description="When figures of a small unit are not published.")
    amendment: tuple[Amendment, ...] = Field((), description="Changes of the rules.")
    source: tuple[Source, ...] = Field((), description="Where the rules were read.")

    def stage_named(self, name: str) -> NominationStage | MotionStage | BallotStage | None:
        """The stage with the id ``name``."""
        return next((stage for stage in self.stage if stage.id == name), None)


def held(value: Interpretation[T] | T) -> T:
    """What holds: the value itself, or what was held where the text is silent."""
    return value.held if isinstance(value, Interpretation) else value


def full_weight(weights: dict[str, Fraction]) -> Fraction:
    """What the weights add up to."""
    return sum(weights.values(), Fraction(0))


__all__ = [name for name, value in list(globals().items()) if isinstance(value, type) and value.__module__ == __name__]
