"""A count as JSON: the document, its schema, and the draw of a lot read back from it to be repeated.

Votes are exact text: ``"1268"``, ``"96.38192"``, and, where a method counts in fractions that no decimal says,
``"313209/506438"``. Candidates go by their numbers from 1, in the order of ``candidates``.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from .. import exact
from ..count.lot import Lot
from ..count.registry import Method
from ..count.result import EXHAUSTED, Count, CountRound, TieFor
from ..count.schulze import PairwiseCount
from ..count.segments import SegmentRound
from ..errors import InputError
from .rounds import Status, by_lot, changes, counted, statuses

Votes = Annotated[str, Field(pattern=r"^-?\d+(\.\d+|/\d+)?$", description="an exact number of votes")]
Number = Annotated[int, Field(ge=1, description="the number of a candidate")]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class MethodPart(_Part):
    """The method: its id, its name, the rule that it follows, and the published count that proves it."""

    id: str
    name: str
    source: str
    proved_by: str | None


class BallotsPart(_Part):
    """The ballots: valid, blank and spoilt, the spoilt by reason; and how many had each kind of unusual mark."""

    valid: int
    blank: int
    spoilt: int
    spoilt_by: dict[str, int]
    marks: dict[str, int]


class CandidatePart(_Part):
    """A candidate, and how he or she stands at the end."""

    number: Number
    name: str
    status: Status


class StandingPart(_Part):
    """A candidate after a round: votes, what was gained in it (negative: given away), and how he or she stands."""

    candidate: Number
    votes: Votes
    change: Votes | None
    status: Status


class GivenPart(_Part):
    """What went to one candidate, or to nobody (null: exhausted)."""

    to: Number | None
    papers: int
    votes: Votes


class MovedPart(_Part):
    """Papers that left one candidate at one value."""

    source: Annotated[int, Field(ge=1, alias="from")]
    value: Votes
    given: list[GivenPart]


class LotPart(_Part):
    """The draw: what it was made from, and the order that came of it. See ``selectorate.count.lot``."""

    seed: str
    numbers: list[str]
    commitment: Annotated[str, Field(description="the SHA-256 of the seed, published before the numbers were given")]
    order: list[Number]


class TiePart(_Part):
    """A tie that was broken: whoever was chosen has the surplus that comes first, goes out, is elected, or stays in."""

    between: list[Number]
    what: Annotated[TieFor, Field(alias="for")]
    chosen: Number
    how: str
    by_lot: bool


class RoundPart(_Part):
    """A round: what was done in it and of whom, the votes after it, what moved, and what happened, in sentences."""

    number: int
    action: Literal["first preferences", "surplus", "exclusion", "iteration", "declaration"]
    of: list[Number]
    quota: Votes | None
    standing: list[StandingPart]
    exhausted: Votes
    exhausted_by: dict[str, Votes]
    lost: Votes
    moved: list[MovedPart]
    elected: list[Number]
    excluded: list[Number]
    ties: list[TiePart]
    say: list[str]


class TiedPart(_Part):
    """A tie at which the count stopped, after the last round."""

    between: list[Number]
    what: Annotated[TieFor, Field(alias="for")]


class LyingPart(_Part):
    """The papers of a part with one candidate, or with nobody (null), and what they are worth there."""

    candidate: Number | None
    papers: int
    votes: Votes


class SegmentPart(_Part):
    """A part of the ballots: how they stood after each round of the overall count."""

    name: str
    valid: int
    rounds: list[list[LyingPart]]


class PairPart(_Part):
    """How many ballots put one candidate above another."""

    one: Number
    other: Number
    votes: int


class CountDocument(_Part):
    """A count of ballots. ``lot`` is null where no lot decided, ``pairs`` where candidates are not compared;
    ``segments`` is empty where the ballots do not come from several parts."""

    format: Literal["selectorate-count"] = "selectorate-count"
    version: Literal[1] = 1
    title: str
    method: MethodPart
    seats: int
    ballots: BallotsPart
    candidates: list[CandidatePart]
    elected: list[Number]
    reopened: int
    tied: TiedPart | None
    lot: LotPart | None
    rounds: list[RoundPart]
    pairs: list[PairPart] | None
    segments: list[SegmentPart]
    disclosure: Annotated[str, Field(description="what is to be known of the segments before they are published")]
    say: list[str]


def json_schema() -> dict[str, Any]:
    """The JSON Schema of a count."""
    schema = CountDocument.model_json_schema(mode="serialization")
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema, "title": "A selectorate count"}


def count_json(count: Count, method: Method, title: str = "") -> dict[str, Any]:
    """``count``, counted by ``method``, as plain JSON values."""
    status, change = statuses(count), changes(count)
    document = CountDocument(
        title=title,
        method=MethodPart(id=method.id, name=method.name, source=method.source, proved_by=method.proved_by),
        seats=count.seats,
        ballots=BallotsPart(
            valid=count.valid,
            blank=count.blank,
            spoilt=count.spoilt,
            spoilt_by=dict(count.spoilt_by),
            marks=dict(count.met),
        ),
        candidates=[
            CandidatePart(number=who, name=name, status=status[-1][who]) for who, name in enumerate(count.candidates, 1)
        ],
        elected=list(count.elected),
        reopened=count.reopened,
        tied=TiedPart(between=list(count.tied), what=count.tied_for) if count.tied and count.tied_for else None,
        lot=_lot(count),
        rounds=[_round(count, *known) for known in zip(count.rounds, status, change, strict=True)],
        pairs=[PairPart(one=a, other=b, votes=votes) for (a, b), votes in sorted(count.pairs.items())]
        if isinstance(count, PairwiseCount)
        else None,
        segments=[
            SegmentPart(name=item.name, valid=item.valid, rounds=[_lying(part, count.decimals) for part in item.rounds])
            for item in count.segments
        ],
        disclosure=count.disclosure,
        say=list(count.say),
    )
    return document.model_dump(mode="json", by_alias=True)


def _round(count: Count, item: CountRound, status: Mapping[int, Status], change: Mapping[int, Fraction]) -> RoundPart:
    decimals = count.decimals
    return RoundPart(
        number=item.number,
        action=item.action,
        of=list(item.of),
        quota=None if item.quota is None else text_of(item.quota, decimals),
        standing=[
            StandingPart(
                candidate=who,
                votes=text_of(item.totals.get(who, Fraction(0)), decimals),
                change=text_of(change[who], decimals) if who in change else None,
                status=status[who],
            )
            for who in ([] if isinstance(count, PairwiseCount) else sorted(counted(count)))
        ],
        exhausted=text_of(item.exhausted, decimals),
        exhausted_by={reason: text_of(votes, decimals) for reason, votes in item.why.items()},
        lost=text_of(item.lost, decimals),
        moved=_moved(item, decimals),
        elected=list(item.elected),
        excluded=list(item.excluded),
        ties=[
            TiePart(
                between=list(tie.between), what=tie.what, chosen=tie.chosen, how=tie.how, by_lot=tie.draw is not None
            )
            for tie in item.ties
        ],
        say=list(item.say),
    )


def _moved(item: CountRound, decimals: int | None) -> list[MovedPart]:
    return [
        MovedPart(
            source=moved.source,
            value=text_of(moved.value, decimals),
            given=[
                GivenPart(
                    to=None if to == EXHAUSTED else to,
                    papers=moved.papers.get(to, 0),
                    votes=text_of(votes, decimals),
                )
                for to, votes in sorted(moved.by.items())
            ],
        )
        for moved in item.moved
    ]


def _lying(item: SegmentRound, decimals: int | None) -> list[LyingPart]:
    return [
        LyingPart(
            candidate=None if who == EXHAUSTED else who,
            papers=item.papers.get(who, 0),
            votes=text_of(item.votes.get(who, Fraction(0)), decimals),
        )
        for who in sorted({*item.papers, *item.votes})
    ]


def _lot(count: Count) -> LotPart | None:
    tie = by_lot(count)
    if tie is None or tie.draw is None:
        return None
    draw = tie.draw
    return LotPart(seed=draw.seed, numbers=list(draw.numbers), commitment=draw.commitment(), order=list(tie.lot))


def text_of(value: Fraction, decimals: int | None) -> str:
    """A number of votes as exact text: in decimals where they say it, otherwise as a fraction."""
    cut = exact.cut_to(value, decimals or 0, "down")
    if Fraction(cut) != value:
        return str(value)
    return str(value.numerator) if value.denominator == 1 else f"{cut:f}"


# -- repeating a draw -------------------------------------------------------------------------------------------------


def check_draw(document: object, commitment: str | None = None) -> list[tuple[bool, str]]:
    """The draw of a count in JSON, made again: what was looked at, and whether it is right.

    ``commitment``: what was published before the count. Raises InputError if the document is none of a count, or no
    lot was drawn in it.
    """
    try:
        count = CountDocument.model_validate(document)
    except ValidationError as fault:
        first = fault.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        raise InputError(
            f"this is no count in JSON: {key}: {first['msg']}", hint="Give what count --json gave."
        ) from None
    if count.lot is None:
        raise InputError("no tie was broken by lot in this count: there is no draw to repeat")
    lot = Lot(count.lot.seed, tuple(count.lot.numbers))
    names = [candidate.name for candidate in count.candidates]
    order = lot.order(names)
    checks = [
        (lot.kept(count.lot.commitment), f"the commitment {count.lot.commitment} is the SHA-256 of the seed"),
        (list(order) == count.lot.order, f"the order drawn: {', '.join(names[who - 1] for who in order)}"),
    ]
    if commitment is not None:
        checks.insert(0, (lot.kept(commitment), f"the seed is the one that {commitment} was published for"))
    for item in count.rounds:
        for tie in item.ties:
            if tie.by_lot:
                drawn = next((who for who in order if who in tie.between), None)
                between = ", ".join(names[who - 1] for who in tie.between if who <= len(names))
                said = f"round {item.number}, {tie.what} of {between}: the first drawn was taken"
                checks.append((drawn == tie.chosen, said))
    return checks
