"""What a contest file says: one use of a rulebook, with its published figures.

Figures are kept as they were published: votes as whole numbers, shares and points with the decimals that were
printed. Nothing is computed here.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator

from ..documents import Count, Day, FileModel, Flag, Id, Moment, Published, Text, shown, wrong
from ..rules import Base, Occasion, Source

TOTAL = "total"
"""The name under which figures of all segments together stand."""

_ID, _FILE = r"[a-z0-9]+([_-][a-z0-9]+)*", r"[^\s\\]([^\\]*[^\s\\])?\.toml"
OtherContest = Annotated[str, Field(pattern=f"^({_ID}|{_FILE})$", max_length=200)]
"""Another contest: the id or short name of a shipped one, or the path of a file beside this one, ending in .toml."""
Section = Id
"""A segment, or ``total``."""


def _listed(value: object) -> object:
    return value if isinstance(value, list | tuple) else [value]


Printed = Annotated[
    tuple[Published, ...],
    BeforeValidator(_listed, json_schema_input_type=Published | Annotated[list[Published], Field(min_length=1)]),
    Field(min_length=1),
]
"""A figure as printed, or a list of them where it was printed to several precisions: ``61.8`` or ``[61.8, 61.85]``."""
NamesOfFiles = Annotated[
    tuple[Text, ...],
    Field(min_length=1),
    BeforeValidator(
        lambda value: (value,) if isinstance(value, str) else value,
        json_schema_input_type=Text | list[Text],
    ),
]
"""A file of ballots, or several: a sealed box, and the papers beside it."""
Files = Annotated[
    dict[Section, NamesOfFiles],
    BeforeValidator(
        lambda value: {TOTAL: value} if isinstance(value, str | list | tuple) else value,
        json_schema_input_type=Text | dict[Section, Text | list[Text]],
    ),
]
"""A file of ballots, or one for each segment (where points are given by unit: for each unit)."""
Names = tuple[Id, ...]
Shares = dict[Id, Printed]
Votes = dict[Id, Count]


class Marked(FileModel):
    """A table of figures of which some are less certain than others."""

    recalled: tuple[Text, ...] = Field(
        (),
        description="The keys of this table whose figures are from memory, not read in a source: "
        '["entitled", "votes.members"].',
    )
    derived: tuple[Text, ...] = Field(
        (), description="The keys of this table whose figures were worked out from others."
    )
    approximate: tuple[Text, ...] = Field((), description="The keys of this table whose figures are round numbers.")
    note: Text | None = Field(None, description="What should be known of these figures.")

    @model_validator(mode="before")
    @classmethod
    def _marks_name_keys(cls, data: Any) -> Any:
        if isinstance(data, dict):
            for mark in ("recalled", "derived", "approximate"):
                names = data.get(mark)
                for number, name in enumerate(names if isinstance(names, list | tuple) else ()):
                    inside: Any = data
                    for part in str(name).split("."):
                        inside = inside.get(part) if isinstance(inside, dict) else None
                    if inside is None:
                        raise wrong(
                            f"{shown(name)} is not a figure of this table",
                            'Name keys of the same table: ["entitled"], ["votes.members"].',
                            key=(mark, number),
                        )
        return data

    def certainty(self, *path: str) -> str | None:
        """The mark of the figure at ``path``, or of one inside it: "recalled", "approximate" or "derived"."""
        prefixes = {".".join(path[:depth]) for depth in range(1, len(path) + 1)}
        inside = ".".join(path) + "."
        for mark in ("recalled", "approximate", "derived"):
            if any(name in prefixes or name.startswith(inside) for name in getattr(self, mark)):
                return mark
        return None


class Candidate(FileModel):
    """Somebody, or a pair, who stands."""

    name: Text = Field(description="The full name.")
    short: Text | None = Field(None, description="The name for tables; the last word of the name where it is left out.")
    on_paper: Text | None = Field(
        None, description="The name in files of ballots, where it is neither the name, the short one nor the key."
    )
    groups: Names = Field((), description='The groups of the rulebook to which they belong: ["women"].')
    note: Text | None = Field(None, description="What should be known of them.")

    @property
    def label(self) -> str:
        """The name for tables."""
        return self.short or self.name.split()[-1]


class BodySize(Marked):
    """How large a body was at this contest."""

    size: Count | None = Field(None, description="How many there are.")
    name: Text | None = Field(None, description="Its members, where it was another body than the rulebook's.")
    parts: dict[Id, Count] = Field({}, description="How many of them belong to each part.")
    measured: Count | None = Field(
        None,
        description="How many they count together by the rulebook's measure of the body (affiliated members, say).",
    )


class NominationFigures(Marked):
    """Who was nominated by how many."""

    stage: Id = Field(description="The nomination stage of the rulebook.")
    by: Id | None = Field(None, description="The body, where the stage knows several ways.")
    counts: Votes = Field({}, description="The nominations of each candidate.")
    at_least: Votes = Field(
        {},
        description="Candidates of whom no more was published than that they had so many at least: { smith = 51 }.",
    )
    parts: dict[Id, Votes] = Field(
        {},
        description="By candidate, how many of them were of each part: { smith = { mps = 162, meps = 10 } }.",
    )
    measured: Votes = Field(
        {}, description="By candidate, how many the nominators count together by the body's measure."
    )
    spread: Votes = Field(
        {}, description="By candidate, from how many places (local parties, branches) the nominators came."
    )
    needed: Count | None = Field(None, description="The number that was published as needed.")
    nobody: Count | None = Field(None, description="How many of the body nominated nobody.")
    automatic: Names = Field((), description="Candidates on the paper without nominations.")
    withdrew: Names = Field((), description="Candidates who withdrew before nominations closed.")
    refused: dict[Id, Text] = Field({}, description="Candidates whose nomination was refused, and the reason.")


class Roll(Marked):
    """How many were entitled, and what came back."""

    entitled: Count | None = Field(None, description="How many were entitled to vote.")
    returned: Count | None = Field(None, description="How many ballots came back, spoilt and rejected ones among them.")
    rejected: Count | None = Field(None, description="How many of them were rejected unopened, for a fault of form.")
    spoilt: Count | None = Field(None, description="How many were opened and invalid.")
    valid: Count | None = Field(None, description="How many were valid.")
    abstentions: Count | None = Field(
        None, description="How many papers said abstention (among the valid ones where the rulebook says so)."
    )
    not_voting: Count | None = Field(None, description="How many of those entitled returned nothing.")
    not_voting_or_spoilt: Count | None = Field(
        None,
        description="How many did not vote or spoilt their ballot, where only both together were published.",
    )
    turnout: Printed | None = Field(None, description="The turnout in per cent, as published.")


class Round(Marked):
    """One round of a count, or one of several repeated ballots."""

    date: Day | None = Field(None, description="The day, for repeated ballots.")
    ballots: Files = Field({}, description="The file of the ballots of this round, where ballots are repeated.")
    label: Text | None = Field(None, description="What it was called, if not by its number.")
    roll: dict[Section, Roll] = Field(
        {}, description="Roll and ballots of this round, where ballots are repeated: by segment, or total."
    )
    votes: dict[Section, Votes] = Field({}, description="Votes by segment (or total), then by candidate.")
    points: Shares = Field({}, description="Points of each candidate, as published.")
    shares: dict[Section, Shares] = Field(
        {}, description="Shares in per cent, as published: by segment (or total), then by candidate."
    )
    weighted: dict[Section, Shares] = Field(
        {},
        description="What each section of a weighted college gave each candidate, in per cent of the whole college.",
    )
    exhausted: Count | None = Field(None, description="Ballots without a further preference, up to this round.")
    needed: Published | None = Field(None, description="The votes or points that were published as needed to win.")
    needed_lead: Count | None = Field(None, description="The lead that was published as needed.")
    minimum: Count | None = Field(None, description="The votes that were published as needed to stay in.")
    out: Names = Field((), description="Who went out by the rules after this round.")
    withdrawn: Names = Field((), description="Who withdrew after this round.")
    new: Names = Field((), description="Who entered with this round.")
    elected: Names = Field((), description="Who was elected by this round.")
    void: Flag = Field(False, description="Whether the round did not count (after a tie, say).")
    tie: Text | None = Field(None, description="How a tie was broken, and by whom.")
    others: Count | None = Field(None, description="How many further candidates there were whose votes are not known.")


class Draw(FileModel):
    """A lot that was drawn for ties."""

    seed: Text = Field(description="The seed, whose SHA-256 was published before the count.")
    numbers: tuple[Text, ...] = Field((), description="The numbers that scrutineers gave, in their order.")


class BallotFigures(Marked):
    """A ballot or a motion: its figures as published, or the file of its ballots."""

    stage: Id = Field(description="The ballot or motion of the rulebook.")
    ballots: Files = Field(
        {},
        description="The file of the ballots themselves, next to this one, which are counted: one file, or one for each"
        ' segment: { members = "members.blt" }; several where some voted on paper beside a box:'
        ' { members = ["UUID.bel", "papers.blt"] }.',
    )
    lot: Draw | None = Field(
        None, description="The draw for ties, where ballots are counted by a method that breaks them by lot."
    )
    units: Text | None = Field(
        None,
        description="A CSV file next to this one with the votes of every unit in every round: "
        "unit, name, round, then one column a candidate.",
    )
    asked: Count | None = Field(None, description="For a motion: how many asked for it.")
    asked_needed: Count | None = Field(
        None, description="For a motion: how many were published as needed to ask for it."
    )
    holder: Text | None = Field(
        None, description="For a motion of confidence: the name of the holder whom it was about."
    )
    carried: Flag | None = Field(None, description="For a motion: whether it was carried.")
    roll: dict[Section, Roll] = Field({}, description="Roll and ballots: by segment, or total.")
    round: tuple[Round, ...] = Field((), description="The rounds in their order.")


class AlsoPublished(FileModel):
    """A figure that a source prints beside others, to be held against them."""

    measure: Literal["turnout", "share"] = Field(description="What it is said to be.")
    of: Base = Field(
        description="For a share its base; for turnout what was counted: ballots returned, or valid votes."
    )
    figure: Published = Field(description="The figure in per cent, as printed.")
    stage: Id | None = Field(None, description="The ballot; the last one where it is left out.")
    round: int | None = Field(
        None, strict=True, ge=1, description="The round; the first, or of repeated ballots the last, where left out."
    )
    section: Section = Field(TOTAL, description="The segment, or total.")
    candidate: Id | None = Field(None, description="The candidate whose share it is.")
    source: Text = Field(description="Who printed it, and how.")


class Conflict(FileModel):
    """Where sources disagree."""

    what: Text = Field(description="On what.")
    readings: tuple[Text, ...] = Field(min_length=1, description="What is said, and by whom.")
    used: Text = Field(description="Which reading this file uses, and why.")


class Fact(FileModel):
    """A figure from outside the contest that a claim or a rival mandate rests on."""

    name: Text = Field(description='What it counts: "votes for Labour at the general election of 7 May 2015".')
    figure: Count = Field(description="The figure.")
    of: Count | None = Field(None, description="What it is a part of.")
    of_name: Text | None = Field(None, description='What that is: "valid votes".')
    source: Text = Field(description="Where it was read.")


MeasureId = Literal[
    "votes",
    "share-of-votes",
    "share-of-entitled",
    "lead-votes",
    "lead-points",
    "majority-votes",
    "majority-points",
    "turnout-valid",
    "turnout-returned",
    "turnout-published",
    "segments-first",
    "segments-majority",
    "units-won",
    "nominations",
    "nominations-share",
]
"""What a mandate is measured by; ``mandate.measures`` defines each."""


class Reading(FileModel):
    """One thing that a claim could mean."""

    measures: tuple[MeasureId, ...] = Field((), description="What it could be measured by.")
    contest: OtherContest | None = Field(
        None, description="The contest that it is about, if not this one: a shipped one, or a file beside this one."
    )
    candidate: Id | None = Field(None, description="Whose figure: a candidate; the one elected where it is left out.")
    stage: Id | None = Field(
        None, description="The ballot or motion whose figures are meant; the deciding one where it is left out."
    )
    round: int | None = Field(None, strict=True, ge=1, description="The round of it; the last where it is left out.")
    part: Id | None = Field(None, description="For nominations: the part of the body.")
    fact: Id | None = Field(None, description="A fact of this file instead of a measure.")
    is_: Literal["higher than", "lower than", "equal to", "at least", "about", "all"] | None = Field(
        None, alias="is", description='What is claimed of it; "all": in all segments or units there are.'
    )
    than: OtherContest | Count | None = Field(
        None, description="Beside what: a number, or a contest, shipped or in a file beside this one."
    )
    in_: Literal["total", "every segment"] = Field("total", alias="in", description="Over all, or in each segment.")
    beside: Flag = Field(
        False,
        description="A further question put beside the claim, which does not count for its verdict: was it new?",
    )
    cannot: Text | None = Field(None, description="Why it cannot be known from this, and what one would have to know.")
    note: Text | None = Field(None, description="What to say beside it.")

    @model_validator(mode="after")
    def _says_one_thing(self) -> Reading:
        if bool(self.measures) + bool(self.fact) + bool(self.cannot) != 1:
            raise wrong(
                "a reading has measures, a fact, or a reason why it cannot be known",
                "Write one of measures, fact, cannot.",
            )
        if (self.measures or self.fact) and self.is_ is None:
            raise wrong(
                "nothing is said of what is claimed",
                'Write is = "higher than" and than = "labour-2015".',
                key=("is",),
            )
        if self.is_ not in (None, "all") and self.than is None:
            raise wrong(
                "nothing is said of what it is beside",
                'Write than = "labour-2015" (a contest) or than = 172 (a number).',
                key=("than",),
            )
        return self


class Claim(FileModel):
    """Something that was said of the result."""

    quote: Text = Field(description="What was said.")
    by: Text = Field(description="By whom, where and when.")
    reading: tuple[Reading, ...] = Field(min_length=1, description="What it could mean.")
    verdict: Text | None = Field(None, description="What should be said of it beside the figures.")


class Rival(FileModel):
    """A mandate of another kind that was held against the declared one."""

    name: Text = Field(description='Whose: "the MPs who voted for the motion".')
    contest: OtherContest | None = Field(
        None, description="Another contest, whose figure it is: a shipped one, or a file beside this one."
    )
    candidate: Id | None = Field(None, description='The candidate (or "for" or "against" a motion) whose figure it is.')
    stage: Id | None = Field(
        None,
        description="The ballot or motion whose figure it is, of that contest or of this one: what another body said.",
    )
    round: int | None = Field(None, strict=True, ge=1, description="The round of it; the last where it is left out.")
    nominations: Id | None = Field(None, description="A nomination stage of this contest.")
    fact: Id | None = Field(None, description="A fact of this file.")
    note: Text | None = Field(None, description="What to say beside it.")


class Contest(FileModel):
    """One contest."""

    id: Id = Field(description="Its name for commands.")
    title: Text = Field(description="Its title for people.")
    organisation: Text = Field(description="Whose contest it was.")
    office: Text = Field(description="What it was for.")
    rulebook: Text = Field(description="The id of a shipped rulebook, or the path of a rulebook file from this file.")
    date: Day = Field(description="The day of the result.")
    occasion: Occasion = Field("vacancy", description="Why it was held.")
    holder: Id | None = Field(None, description="The holder who was challenged, if a candidate.")
    elected: Names = Field((), description="Who was declared elected.")
    outcome: Text | None = Field(None, description="What followed, in a sentence.")
    about: Text | None = Field(None, description="What should be known of it, in a few sentences.")
    figures: Literal["published", "ours"] = Field(
        "published",
        description='"published": they were public already. "ours": this file declares them, '
        "and the rule of disclosure is applied.",
    )
    timetable: dict[Id, Moment | Day | Text] = Field(
        {}, description="Dates and times; text where one is known only roughly."
    )
    parameters: dict[Id, Count | Text | tuple[Count | Text, ...]] = Field(
        {}, description="What the rulebook leaves to each contest."
    )
    candidates: dict[Id, Candidate] = Field({}, description="Who stood, in the order of the paper.")
    bodies: dict[Id, BodySize] = Field({}, description="The bodies of the rulebook, with their sizes.")
    nomination: tuple[NominationFigures, ...] = Field((), description="Nominations.")
    ballot: tuple[BallotFigures, ...] = Field((), description="Ballots and motions, in their order.")
    also_published: tuple[AlsoPublished, ...] = Field((), description="Figures that sources print beside others.")
    conflict: tuple[Conflict, ...] = Field((), description="Where sources disagree.")
    facts: dict[Id, Fact] = Field({}, description="Figures from outside.")
    claims: tuple[Claim, ...] = Field((), description="What was said of the result.")
    rivals: tuple[Rival, ...] = Field((), description="Mandates of other kinds.")
    source: tuple[Source, ...] = Field((), description="Where the figures were read.")

    def label(self, candidate: str) -> str:
        """The name of a candidate for tables."""
        if candidate in self.candidates:
            return self.candidates[candidate].label
        return {"for": "For", "against": "Against", "reopen": "Re-open nominations"}.get(candidate, candidate)


MOTION = ("for", "against")
"""The two sides of a motion, named like candidates."""
REOPEN = "reopen"
"""Re-open nominations, named like a candidate."""
