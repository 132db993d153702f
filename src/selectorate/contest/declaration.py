"""The declaration: the result of a contest as one value, from which every sheet is made.

Everything in it is exact: votes are whole numbers, shares fractions of 1. ``Printing`` says to how many decimals,
and how cut, a share is shown. What was only published (shares without votes) is carried as it was printed.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import field
from decimal import Decimal
from fractions import Fraction
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, PlainSerializer, TypeAdapter, WithJsonSchema
from pydantic.dataclasses import dataclass

from ..exact import Cut
from .motions import MotionSheet

Exact = Annotated[
    Fraction,
    PlainSerializer(str, return_type=str),
    WithJsonSchema({"type": "string", "pattern": r"^-?\d+(/\d+)?$", "description": "an exact fraction"}),
]
"""A fraction; in JSON a string such as "313209/506438"."""
AsPrinted = Annotated[
    Decimal,
    PlainSerializer(str, return_type=str),
    WithJsonSchema({"type": "string", "pattern": r"^-?\d+(\.\d+)?$", "description": "a figure as it was printed"}),
]
"""A published decimal; in JSON a string such as "61.8"."""

POINTS_DECIMALS = 2
"""To how many decimals points are printed for people; fewer where fewer were published. JSON has them exact."""

STRICT = ConfigDict(extra="forbid", arbitrary_types_allowed=True)


@dataclass(frozen=True, config=STRICT)
class Row:
    """A candidate in one round.

    ``votes``: over all sections. ``value``: what the round is decided by, in votes, points or a fraction of the
    college. ``share``: of the rulebook's base, 0 to 1. ``by_section``: votes in each segment, None where not shown.
    ``weighted``: what each section of a college gave, as a fraction of the whole. ``published``: the share in per
    cent as it was printed, where votes are not known. ``printed_weighted``, ``printed_shares``: what each section gave
    of the college, and the share in each section, in per cent as they were printed, where the votes of some are not
    known. ``fate``: "elected", "out", "withdrawn", "qualified" or "".
    """

    candidate: str
    name: str
    votes: int | None = None
    value: Exact | None = None
    share: Exact | None = None
    by_section: dict[str, int | None] = field(default_factory=dict)
    weighted: dict[str, Exact] = field(default_factory=dict)
    published: AsPrinted | None = None
    printed_weighted: dict[str, AsPrinted] = field(default_factory=dict)
    printed_shares: dict[str, AsPrinted] = field(default_factory=dict)
    fate: Literal["", "elected", "out", "withdrawn", "qualified"] = ""


@dataclass(frozen=True, config=STRICT)
class RoundSheet:
    """One round: its rows, highest first.

    ``unit``: what ``value`` is counted in. ``cast``: the votes in this round. ``exhausted``: ballots without a
    further preference up to it. ``say``: what happened, in sentences. ``valid``: the valid votes of this round, of
    which shares are measured: the votes in it and, where the rulebook counts them as valid, abstentions; None where
    that is not known.
    """

    number: int
    label: str
    date: dt.date | None
    unit: Literal["votes", "points", "college"]
    rows: tuple[Row, ...]
    cast: int | None
    exhausted: int | None
    say: tuple[str, ...]
    void: bool = False
    others: int | None = None
    valid: int | None = None


@dataclass(frozen=True, config=STRICT)
class SectionSheet:
    """A segment (or all of them, ``total``): its roll and what came back.

    ``turnout_returned``, ``turnout_valid``: ballots returned, and valid votes, as fractions of those entitled.
    ``turnout_published``: in per cent, as printed. ``first``: who is first in it, in the first round; ``lead``:
    over the next, in votes; ``majority``: over all others together, in votes (negative without a majority).
    ``certainty``: of each figure that is "recalled", "derived" or "approximate".
    """

    section: str
    name: str
    entitled: int | None = None
    returned: int | None = None
    spoilt: int | None = None
    rejected: int | None = None
    valid: int | None = None
    abstentions: int | None = None
    not_voting: int | None = None
    turnout_returned: Exact | None = None
    turnout_valid: Exact | None = None
    turnout_published: AsPrinted | None = None
    weight: Exact | None = None
    first: str | None = None
    lead: int | None = None
    majority: int | None = None
    certainty: dict[str, str] = field(default_factory=dict)
    note: str | None = None


@dataclass(frozen=True, config=STRICT)
class UnitSheet:
    """One unit in the last round: its votes, and who won it (nobody where the first are level)."""

    unit: str
    name: str
    votes: dict[str, int]
    winner: str | None
    pooled: int = 1


@dataclass(frozen=True, config=STRICT)
class PrintingSheet:
    """How shares, points and turnout are printed."""

    of: str
    decimals: int
    cut: Cut
    turnout_counts: str
    turnout_decimals: int
    turnout_cut: Cut
    points_decimals: int = POINTS_DECIMALS


@dataclass(frozen=True, config=STRICT)
class BallotSheet:
    """One ballot or motion.

    ``outcome``: "elected", "qualified", "carried", "lost" or "stopped" (and then ``stopped`` says why the figures do
    not decide it). ``held``: False where the rules decided without a ballot, and ``notes`` say why. ``units``: of the
    last round. ``units_won``: by candidate. ``addable``: whether the votes of its sections are of one kind; blocks of
    delegations are not added up with the votes of persons. ``motion``: for a motion, what else is said of it.
    """

    stage: str
    name: str
    kind: Literal["ballot", "motion"]
    paper: str
    voters: str
    places: int
    printing: PrintingSheet
    sections: tuple[SectionSheet, ...]
    rounds: tuple[RoundSheet, ...]
    units: tuple[UnitSheet, ...]
    units_won: dict[str, int]
    unit_name: str | None
    outcome: str
    stopped: str | None
    elected: tuple[str, ...]
    qualified: tuple[str, ...]
    exact: bool
    addable: bool = True
    disclosure: str | None = None
    notes: tuple[str, ...] = ()
    motion: MotionSheet | None = None
    held: bool = True


@dataclass(frozen=True, config=STRICT)
class NominationSheet:
    """A candidate's nominations at one stage: how many, how many were needed, what came of it.

    ``at_least``: the lower bound, where no more of the number was published. ``parts``: how many of them were of each
    part of the body; ``part_names``: those parts in words. ``certainty``, ``parts_certainty``, ``size_certainty``: of
    the number, its parts and ``size``, where they are "recalled", "derived" or "approximate".
    """

    stage: str
    name: str
    body: str
    size: int | None
    candidate: str
    candidate_name: str
    count: int | None
    needed: int | None
    result: Literal["nominated", "not nominated", "automatic", "withdrew", "refused", "supporting", "not known"]
    reason: str | None = None
    parts: dict[str, int] = field(default_factory=dict)
    part_names: dict[str, str] = field(default_factory=dict)
    certainty: str | None = None
    at_least: int | None = None
    parts_certainty: str | None = None
    size_certainty: str | None = None


@dataclass(frozen=True, config=STRICT)
class SourceSheet:
    """Where figures were read."""

    title: str
    address: str | None
    says: str | None


@dataclass(frozen=True, config=STRICT)
class Declaration:
    """The result of a contest.

    ``elected``: the candidates, by id; ``elected_names`` their names. ``derived``: True if the result was worked out
    here from the votes, False if it is the published one because the figures do not decide it. ``disagreements``: each
    published figure that does not follow from the others, in a sentence. ``remarks``: what else is known of candidates,
    by id.
    """

    contest: str
    title: str
    organisation: str
    office: str
    date: dt.date
    rulebook: str
    rulebook_name: str
    occasion: str
    figures: Literal["published", "ours"]
    candidates: dict[str, str]
    names: dict[str, str]
    holder: str | None
    nominations: tuple[NominationSheet, ...]
    ballots: tuple[BallotSheet, ...]
    elected: tuple[str, ...]
    elected_names: tuple[str, ...]
    derived: bool
    outcome: str | None
    about: str | None
    sources: tuple[SourceSheet, ...]
    disagreements: tuple[str, ...] = ()
    remarks: dict[str, str] = field(default_factory=dict)

    @property
    def deciding(self) -> BallotSheet | None:
        """The ballot that decides: the last one that was held."""
        held = [ballot for ballot in self.ballots if ballot.rounds]
        return held[-1] if held else None

    def name(self, candidate: str) -> str:
        """The full name of a candidate."""
        return self.candidates.get(candidate, candidate)


def json_schema() -> dict[str, Any]:
    """The JSON Schema of a declaration."""
    schema = TypeAdapter(Declaration).json_schema(mode="serialization")
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **schema,
        "title": "A selectorate declaration",
    }


def to_json(declaration: Declaration) -> dict[str, Any]:
    """The declaration as plain JSON values: votes as integers, exact fractions as strings."""
    plain: dict[str, Any] = TypeAdapter(Declaration).dump_python(declaration, mode="json")
    return plain
