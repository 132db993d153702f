"""What a mandate is measured by: one entry for each measure, with its definition in one sentence.

The votes of a measure are those of **the round that decided**: the last round of the last ballot that was held. Where
there were several rounds, the same measure of the first round can be asked for (``which="first"``). Votes are raw
votes, whatever they weighed; shares are of what decides: in a weighted college of the college, in a contest by points
of the points (of the base in which the rulebook prints shares), else of the valid votes of the round. Within a segment
shares are always of its valid votes. Everything is exact; what does not follow from the figures is a reason instead.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from ..contest import TOTAL
from ..contest.declaration import Declaration, NominationSheet
from ..contest.model import MeasureId
from .cells import CannotBeKnown, Cell, Unit
from .view import RoundName, View, further, is_coarse, segments_of

Find = Callable[[View], Cell]


@dataclass(frozen=True)
class Measure:
    """One measure: ``id`` in files, ``name`` for tables, ``definition`` in one sentence, ``unit`` of its value.

    ``by_section``: whether it has a meaning for a segment alone; ``by_round``: whether the first round has one of its
    own.
    """

    id: MeasureId
    name: str
    definition: str
    unit: Unit
    find: Find
    by_section: bool = True
    by_round: bool = True

    def of(
        self,
        declaration: Declaration,
        who: str,
        section: str = TOTAL,
        *,
        which: RoundName = "deciding",
        part: str | None = None,
    ) -> Cell:
        """The measure of ``who`` in ``section``, by the deciding or the first round; ``part`` of a nominating body."""
        if section != TOTAL and not self.by_section:
            return Cell(cannot="it has no meaning for one segment")
        if part is not None and not self.id.startswith("nominations"):
            return Cell(cannot="only nominations are known by parts of a body")
        try:
            return self.find(View(declaration, who, section, which, part))
        except CannotBeKnown as why:
            return Cell(cannot=why.reason, published=why.published)


# -- how each is found ----------------------------------------------------------------------------------------------


def _votes(view: View) -> Cell:
    return Cell(Fraction(view.votes()))


def _share_of_votes(view: View) -> Cell:
    return Cell(view.shares()[view.who])


def _share_of_entitled(view: View) -> Cell:
    return Cell(Fraction(view.votes(), view.entitled()), certainty=view.certainty("entitled"))


def _lead_votes(view: View) -> Cell:
    return Cell(Fraction(view.votes() - max(view.others().values())))


def _majority_votes(view: View) -> Cell:
    return Cell(Fraction(view.votes() - sum(view.others().values())))


def _shares_apart(view: View) -> tuple[Fraction, list[Fraction]]:
    """The share of ``who``, and those of all others."""
    shares = view.shares()
    view.one_place()
    if view.section != TOTAL or view.round().unit == "votes":
        view.others()
    elif view.round().others:
        raise CannotBeKnown(f"the votes of {further(view.round().others or 0)} are not known")
    others = [share for who, share in shares.items() if who != view.who]
    if not others:
        raise CannotBeKnown("nobody else was in the round")
    return shares[view.who], others


def _lead_points(view: View) -> Cell:
    try:
        mine, others = _shares_apart(view)
    except CannotBeKnown as why:
        raise CannotBeKnown(why.reason, _printed_apart(view, max) if why.published is not None else None) from None
    return Cell(mine - max(others))


def _majority_points(view: View) -> Cell:
    try:
        mine, others = _shares_apart(view)
    except CannotBeKnown as why:
        raise CannotBeKnown(why.reason, _printed_apart(view, sum) if why.published is not None else None) from None
    return Cell(mine - sum(others, Fraction(0)))


def _printed_apart(view: View, of: Callable[[list[Decimal]], Decimal | int]) -> Decimal | None:
    """The printed share of ``who`` less ``of`` those of the others; None where one of them was not printed."""
    item = view.round()
    shares = {row.candidate: row.published for row in item.rows}
    others = [share for who, share in shares.items() if who != view.who and share is not None]
    mine = shares.get(view.who)
    known = mine is not None and others and len(others) == len(shares) - 1 and not item.others
    return mine - of(others) if known and mine is not None and view.ballot().places == 1 else None


def _turnout(figure: str) -> Find:
    def find(view: View) -> Cell:
        sheet = view.sheet()
        cast = sheet.returned if figure == "returned" else sheet.valid
        entitled = view.entitled()
        if cast is None:
            what = "ballots were returned" if figure == "returned" else "votes were valid"
            raise CannotBeKnown(f"how many {what} is not known")
        return Cell(Fraction(cast, entitled), certainty=view.certainty("entitled", figure))

    return find


def _turnout_published(view: View) -> Cell:
    printed = view.sheet().turnout_published
    if printed is None:
        parts = segments_of(view.ballot()) if view.section == TOTAL else ()
        only = " over all" if any(part.turnout_published is not None for part in parts) else ""
        raise CannotBeKnown(f"no turnout{only} was published")
    return Cell(Fraction(printed) / 100, published=printed)


def _segments_first(view: View) -> Cell:
    return _segments(view, lambda here: here.votes() > max(here.others().values()))


def _segments_majority(view: View) -> Cell:
    return _segments(view, lambda here: here.votes() > sum(here.others().values()))


def _segments(view: View, holds: Callable[[View], bool]) -> Cell:
    segments = view.segments()
    found = [sheet.name for sheet in segments if holds(view.at(sheet.section))]
    return Cell(Fraction(len(found)), of=len(segments), note=", ".join(found) or None)


def _units_won(view: View) -> Cell:
    ballot = view.ballot()
    if not ballot.units:
        raise CannotBeKnown("there are no figures by unit")
    pooled = any(unit.pooled > 1 for unit in ballot.units)
    if pooled or any(is_coarse(view.declaration, item) for item in ballot.rounds):
        raise CannotBeKnown("small units are not shown apart, so that nobody's vote can be inferred")
    view.row()
    return Cell(Fraction(ballot.units_won.get(view.who, 0)), of=len(ballot.units))


def at_least(sheet: NominationSheet, cannot: str, whole: int = 1) -> Cell:
    """The cell of nominations of which no more is known than how many there were at least; ``whole``: of how many."""
    return Cell(cannot=cannot, at_least=Fraction(sheet.at_least or 0, whole), certainty=nomination_marks(sheet))


def _nominations(view: View) -> Cell:
    try:
        sheet = view.nomination()
    except CannotBeKnown as why:
        least = view.least_nominations()
        if least is None:
            raise
        return at_least(least, why.reason)
    marks = nomination_marks(sheet)
    if view.part is not None:
        if view.part not in sheet.parts:
            raise CannotBeKnown(f'how many of them were "{view.part}" is not known')
        marks = {"nominations by part": sheet.parts_certainty} if sheet.parts_certainty else {}
        note = f"part of the nominations by {sheet.body}"
        return Cell(Fraction(sheet.parts[view.part]), certainty=marks, note=note)
    return Cell(Fraction(sheet.count or 0), of=sheet.size, certainty=marks, note=f"by {sheet.body}")


def _nominations_share(view: View) -> Cell:
    try:
        sheet = view.nomination()
    except CannotBeKnown as why:
        least = view.least_nominations()
        if least is None or not least.size:
            raise
        return at_least(least, why.reason, least.size)
    if view.part is not None:
        raise CannotBeKnown("how large that part of the body is is not among the figures")
    if sheet.size is None:
        raise CannotBeKnown(f"how many {sheet.body} there were is not known")
    if sheet.size == 0:
        raise CannotBeKnown(f"there were no {sheet.body}, of whom it could be a share")
    share = Fraction(sheet.count or 0, sheet.size)
    return Cell(share, certainty=nomination_marks(sheet), note=f"of {sheet.size:,} {sheet.body}")


def nomination_marks(sheet: NominationSheet) -> dict[str, str]:
    """Which of the figures of nominations are not confirmed, as a cell's ``certainty``."""
    marks = {"nominations": sheet.certainty, f"the number of {sheet.body}": sheet.size_certainty}
    return {what: mark for what, mark in marks.items() if mark}


# -- the registry ---------------------------------------------------------------------------------------------------

_ALL = (
    Measure(
        "votes",
        "votes",
        "The votes cast for the candidate in the round that decided, each counted once, whatever it weighed.",
        "votes",
        _votes,
    ),
    Measure(
        "share-of-votes",
        "share of valid votes",
        "The candidate's share of all valid votes of the round that decided (in a weighted college, of the college; in"
        " a contest by points, of the points): papers that say abstention are among them where the rulebook counts"
        " these as valid, exhausted ballots are not.",
        "share",
        _share_of_votes,
    ),
    Measure(
        "share-of-entitled",
        "share of those entitled",
        "The votes cast for the candidate in the round that decided, as a share of everybody who was entitled to vote,"
        " whether they voted or not.",
        "share",
        _share_of_entitled,
        by_round=False,
    ),
    Measure(
        "lead-votes",
        "lead over the runner-up, votes",
        "The candidate's votes in the round that decided, less those of the other candidate who has most; negative for"
        " one who is behind.",
        "votes",
        _lead_votes,
    ),
    Measure(
        "lead-points",
        "lead over the runner-up, points",
        "The candidate's share in the round that decided, less that of the other candidate who has most, in percentage"
        " points (in a weighted college, of the college; in a contest by points, of the points).",
        "points",
        _lead_points,
    ),
    Measure(
        "majority-votes",
        "majority over all others, votes",
        "The candidate's votes in the round that decided, less those of all other candidates together; negative"
        " without a majority.",
        "votes",
        _majority_votes,
    ),
    Measure(
        "majority-points",
        "majority over all others, points",
        "The candidate's share in the round that decided, less the shares of all other candidates together, in"
        " percentage points (in a weighted college, of the college; in a contest by points, of the points).",
        "points",
        _majority_points,
    ),
    Measure(
        "turnout-returned",
        "turnout, ballots returned",
        "All ballots that came back, spoilt and rejected ones among them, as a share of those entitled.",
        "share",
        _turnout("returned"),
        by_round=False,
    ),
    Measure(
        "turnout-valid",
        "turnout, valid votes",
        "The valid votes as a share of those entitled: ballots that were spoilt or rejected are left out.",
        "share",
        _turnout("valid"),
        by_round=False,
    ),
    Measure(
        "turnout-published",
        "turnout as published",
        "The turnout as it was printed at the time, whichever of the two it was.",
        "share",
        _turnout_published,
        by_round=False,
    ),
    Measure(
        "segments-first",
        "first in segments",
        "In how many of the segments, where there are several, more voted for the candidate than for any other, in the"
        " round that decided.",
        "count",
        _segments_first,
        by_section=False,
    ),
    Measure(
        "segments-majority",
        "majority in segments",
        "In how many of the segments, where there are several, more voted for the candidate than for all others"
        " together, in the round that decided.",
        "count",
        _segments_majority,
        by_section=False,
    ),
    Measure(
        "units-won",
        "units won",
        "In how many of the units (ridings, say) more voted for the candidate than for any other, in the last round.",
        "count",
        _units_won,
        by_section=False,
        by_round=False,
    ),
    Measure(
        "nominations",
        "nominations",
        "How many nominated the candidate for the place on the paper, by the body that was asked first.",
        "votes",
        _nominations,
        by_section=False,
        by_round=False,
    ),
    Measure(
        "nominations-share",
        "share of the nominating body",
        "Those who nominated the candidate as a share of the whole body that could nominate.",
        "share",
        _nominations_share,
        by_section=False,
        by_round=False,
    ),
)

MEASURES: Mapping[MeasureId, Measure] = {measure.id: measure for measure in _ALL}
"""Every measure by its id, in the order of tables."""

_SHARE_OF = {"votes": "valid votes", "college": "the college", "points": "the points"}
_OF_A_MOTION: Mapping[MeasureId, str] = {
    "majority-votes": "majority over the other side, votes",
    "majority-points": "majority over the other side, points",
    "lead-votes": "lead over the other side, votes",
    "lead-points": "lead over the other side, points",
}


def name_of_measure(name: MeasureId, *counted_in: str | None, motion: bool = False) -> str:
    """The name of a measure over all, as it stands beside a figure of contests that are ``counted_in`` these.

    A share is named after what it is a share of: "share of the college". ``motion``: for motions, where there is one
    other side.
    """
    if motion and name in _OF_A_MOTION:
        return _OF_A_MOTION[name]
    if name == "share-of-votes":
        bases = dict.fromkeys(_SHARE_OF[unit] for unit in counted_in if unit is not None)
        return f"share of {' or of '.join(bases or ['valid votes'])}"
    return MEASURES[name].name


def measure(
    name: MeasureId,
    declaration: Declaration,
    who: str,
    section: str = TOTAL,
    *,
    which: RoundName = "deciding",
    part: str | None = None,
) -> Cell:
    """The measure ``name`` of ``who`` in ``section`` of ``declaration``: exact, or why it cannot be known."""
    return MEASURES[name].of(declaration, who, section, which=which, part=part)
