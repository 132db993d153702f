"""The declaration: the result of a contest as one value, from which every sheet is made.

Everything in it is exact: votes are whole numbers, shares fractions of 1. ``Printing`` says to how many decimals,
and how cut, a share is shown. What was only published (shares without votes) is carried as it was printed.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import field, replace
from decimal import Decimal
from fractions import Fraction
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, PlainSerializer, TypeAdapter, WithJsonSchema
from pydantic.dataclasses import dataclass

from ..exact import Cut, cut_fraction, decimals_of
from ..rules import BallotStage, MotionStage
from .audit import audit
from .case import Case
from .disclosure import Hidden, closed, safe_partition, stays_open, together
from .figures import BallotRound, BallotView, view_of
from .model import MOTION, REOPEN, TOTAL, BallotFigures
from .motions import MotionSheet, motion_sheet
from .nominations import rule_on
from .replay import Replay, ReplayedRound, replay, winners

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
    published figure that does not follow from the others, in a sentence.
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


# -- making one -------------------------------------------------------------------------------------------------


def declare(case: Case) -> Declaration:
    """The declaration of ``case``, under its rulebook; its rule of disclosure applied to figures of our own."""
    contest = case.contest
    replays = {result.stage: result for result in replay(case)}
    won = winners(list(replays.values()))
    ballots = tuple(
        _ballot(case, stage, figures or BallotFigures(stage=stage.id), replays.get(stage.id))
        for stage in case.rulebook.stage
        if isinstance(stage, BallotStage | MotionStage)
        and ((figures := case.ballot(stage.id)) is not None or _not_held(case, replays.get(stage.id)))
    )
    elected = won if won is not None else contest.elected
    again = REOPEN in elected
    elected = tuple(who for who in elected if who != REOPEN)
    return Declaration(
        contest=contest.id,
        title=contest.title,
        organisation=contest.organisation,
        office=contest.office,
        date=contest.date,
        rulebook=case.rulebook.id,
        rulebook_name=case.rulebook.name,
        occasion=contest.occasion,
        figures=contest.figures,
        candidates={key: candidate.name for key, candidate in contest.candidates.items()},
        names={key: candidate.label for key, candidate in contest.candidates.items()},
        holder=contest.holder,
        nominations=tuple(nominations(case)),
        ballots=ballots,
        elected=elected,
        elected_names=tuple(contest.candidates[who].name if who in contest.candidates else who for who in elected),
        derived=won is not None,
        outcome=contest.outcome or ("Nobody is elected: nominations are opened again." if again else None),
        about=contest.about,
        sources=tuple(SourceSheet(s.title, s.address, s.says) for s in contest.source),
        disagreements=_disagreements(case) if contest.figures == "published" else (),
    )


def _disagreements(case: Case) -> tuple[str, ...]:
    """What the audit found among published figures that does not agree with the others, in sentences."""
    found = [check for check in audit(case).checks if check.status == "disagrees"]
    return tuple(f"{check.what}: published {check.published}, but {check.computed} follows." for check in found)


def _ballot(case: Case, stage: BallotStage | MotionStage, figures: BallotFigures, played: Replay | None) -> BallotSheet:
    view = view_of(case, stage.id) or BallotView(case, stage, figures)
    rounds = view.rounds()
    printing = _printing(stage, rounds)
    replayed = {item.number: item for item in played.rounds} if played else {}
    ours = case.contest.figures == "ours"
    units, won, covered = _units(case, stage, ours=ours)
    hidden = _hidden(case, view, rounds, covered) if ours else None
    coarse = any(found.coarse for found in (hidden, covered) if found)
    sheets = tuple(
        _round(case, view, item, replayed.get(item.number), printing, hidden, coarse=coarse) for item in rounds
    )
    if coarse and hidden and not _stays_open(case, stage, rounds, printing):
        hidden, sheets = closed(hidden), tuple(_closed(sheet) for sheet in sheets)
    voters = case.body_name(stage.by) if stage.by else "the selectorate"
    notes = dict.fromkeys(found.note for found in (hidden, covered) if found)
    return BallotSheet(
        stage=stage.id,
        name=stage.name or ("Motion" if isinstance(stage, MotionStage) else "Ballot"),
        kind="motion" if isinstance(stage, MotionStage) else "ballot",
        paper="yes or no" if isinstance(stage, MotionStage) else stage.paper,
        voters=voters,
        places=1 if isinstance(stage, MotionStage) or not isinstance(stage.places, int) else stage.places,
        printing=printing,
        sections=tuple(_sections(case, view, hidden, coarse=coarse)),
        rounds=sheets,
        units=units,
        units_won=won,
        unit_name=stage.points.unit if isinstance(stage, BallotStage) and stage.points else None,
        outcome=played.outcome if played else "stopped",
        stopped=played.stopped if played else "an earlier stage did not come to an end",
        elected=played.elected if played else (),
        qualified=played.qualified if played else (),
        exact=played.exact if played else False,
        addable=len(view.sections) == 1 or view.addable,
        disclosure=" ".join(notes) or None,
        notes=tuple(
            note
            for note in (
                _not_held(case, played),
                figures.note,
                *(r.figures.note for r in rounds),
                *(uncertain for r in rounds for uncertain in _uncertain(case, view, r)),
            )
            if note
        ),
        motion=motion_sheet(case, stage, figures, played) if isinstance(stage, MotionStage) else None,
        held=_not_held(case, played) is None,
    )


CERTAINTY = {
    "recalled": "from memory, not read in a source",
    "derived": "worked out from other figures",
    "approximate": "round numbers",
}


def _uncertain(case: Case, view: BallotView, item: BallotRound) -> list[str]:
    """A sentence for each mark on the figures of a round: which of them are less certain than the others."""
    told = []
    label = "" if len(view.figures.round) == 1 else f"{item.figures.label or f'Round {item.number}'}: "
    for mark, words in CERTAINTY.items():
        named = [_figure_words(case, path) for path in getattr(item.figures, mark)]
        if named:
            told.append(f"{label}{', '.join(named)}: {words}.")
    return told


def _figure_words(case: Case, path: str) -> str:
    """The figures at ``path`` of a round, in words: "votes.members" are the votes of party members."""
    key, *rest = path.split(".")
    words = {"votes": "the votes", "shares": "the shares", "points": "the points", "weighted": "the weighted shares"}
    said = words.get(key, key.replace("_", " "))
    for part in rest:
        if part in case.rulebook.segments:
            said += f" of {case.section_name(part)}"
        elif part in case.contest.candidates:
            said += f" of {case.contest.label(part)}"
    return said


def _not_held(case: Case, played: Replay | None) -> str | None:
    """That no ballot was held, and why, where the rules decided without one."""
    if played is None or played.rounds:
        return None
    if played.outcome == "elected":
        names = ", ".join(case.contest.candidates[who].name for who in played.elected)
        return f"No ballot was held: {names} was the only candidate, and the rulebook has a single candidate elected."
    if played.outcome == "qualified":
        people = [case.contest.candidates[who].name for who in played.qualified]
        if len(people) == 1:
            return f"No ballot was held: {people[0]} was the only candidate, and goes on to the next stage without one."
        listed = f"{', '.join(people[:-1])} and {people[-1]}"
        return f"No ballot was held: {listed} were the only candidates, and go on to the next stage without one."
    return None


def _printing(stage: BallotStage | MotionStage, rounds: Sequence[BallotRound]) -> PrintingSheet:
    default = "valid votes"
    if isinstance(stage, BallotStage):
        default = {"weighted-college": "the college", "points-by-unit": "points"}.get(stage.combine, "votes")
    shares, turnout = stage.shares, stage.turnout
    printed = [
        decimals_of(figure)
        for item in rounds
        if item.basis == "published points"
        for figures in item.figures.points.values()
        for figure in figures
    ]
    return PrintingSheet(
        shares.of or default,
        shares.decimals,
        shares.cut,
        turnout.counts,
        turnout.decimals,
        turnout.cut,
        min(POINTS_DECIMALS, max(printed, default=POINTS_DECIMALS)),
    )


def _round(
    case: Case,
    view: BallotView,
    item: BallotRound,
    played: ReplayedRound | None,
    printing: PrintingSheet,
    hidden: Hidden | None,
    *,
    coarse: bool,
) -> RoundSheet:
    figures, standing = item.figures, item.standing
    unit = standing.unit if standing else "votes"
    published = figures.shares.get(TOTAL, {})
    people = list(standing.ranked()) if standing else []
    gone = (*figures.elected, *figures.withdrawn, *figures.out)  # named even where the round has no figures
    more = dict.fromkeys((*(item.votes or {}), *published, *figures.points, *gone))
    people += [who for who in more if who not in people]
    if set(people) == set(MOTION) and standing and len(set(standing.total.values())) == 1:
        people = list(MOTION)  # a tie in the order of the paper
    base = item.bases.get(printing.of)
    rows = []
    for who in people:
        value = standing.total.get(who) if standing else None
        share = value / base if value is not None and base and item.basis == "votes" else None
        parts = standing.parts if standing is not None and standing.unit == "college" else {}
        rows.append(
            Row(
                candidate=who,
                name=case.contest.candidates[who].name if who in case.contest.candidates else case.contest.label(who),
                votes=item.votes.get(who) if item.votes and not coarse else None,
                value=_cut(value, printing, unit) if coarse else value,
                share=_cut(share, printing) if coarse else share,
                by_section=_by_section(view, item, who, hidden),
                weighted={section: row[who] for section, row in parts.items() if who in row and not coarse},
                published=max(published[who], key=decimals_of) if who in published else None,
                printed_weighted=_printed(figures.weighted, who, view, item),
                printed_shares=_printed(figures.shares, who, view, item),
                fate=_fate(who, figures, played),
            )
        )
    cast, first = view.cast(item.number - 1), view.cast(0)
    exhausted = figures.exhausted
    if exhausted is None and cast is not None and first is not None and item.number > 1 and not view.repeated:
        exhausted = first - cast
    return RoundSheet(
        number=item.number,
        label=figures.label or (("Ballot " if view.repeated else "Round ") + str(item.number)),
        date=figures.date,
        unit=unit,
        rows=tuple(rows),
        cast=cast,
        exhausted=exhausted,
        say=tuple(_coarsely(text) if coarse else text for text in played.say) if played else (),
        void=figures.void,
        others=figures.others,
        valid=_valid(view, item, cast),
    )


def _stays_open(
    case: Case, stage: BallotStage | MotionStage, rounds: list[BallotRound], printing: PrintingSheet
) -> bool:
    """Whether the shares of a weighted college, cut as they are printed, may be shown beside hidden sections."""
    if not isinstance(stage, BallotStage) or stage.combine != "weighted-college":
        return True
    known = [
        (item.sections, {name: sum(row.values(), Fraction(0)) for name, row in item.standing.parts.items()})
        for item in rounds
        if item.sections is not None and item.standing is not None
    ]
    return stays_open(
        known, case.rulebook.disclosure, lambda share: cut_fraction(share, printing.decimals + 2, printing.cut)
    )


def _closed(sheet: RoundSheet) -> RoundSheet:
    """A round without what decides: the order of its rows, and what became of whom."""
    return replace(sheet, rows=tuple(replace(row, value=None, share=None) for row in sheet.rows))


def _cut(value: Fraction | None, printing: PrintingSheet, unit: str = "share") -> Fraction | None:
    """A deciding figure cut to the decimals that the rulebook prints; of a share, to those of its per cent."""
    decimals = printing.decimals + (0 if unit == "points" else 2)
    return cut_fraction(value, decimals, printing.cut) if value is not None else None


def _coarsely(sentence: str) -> str:
    """What a round says of a requirement, without the figure that was had."""
    needed, found, _ = sentence.rpartition(" needed, ")
    return f"{needed} needed" if found else sentence


def _valid(view: BallotView, item: BallotRound, cast: int | None) -> int | None:
    """The valid votes of one round: after the first of a preferential count, the votes still in it."""
    if item.number > 1 and not view.repeated:
        return cast if not item.figures.others else None
    return view.figure("valid", number=item.number - 1)


def _printed(
    tables: Mapping[str, Mapping[str, tuple[Decimal, ...]]], who: str, view: BallotView, item: BallotRound
) -> dict[str, Decimal]:
    """The figures of ``who`` as printed, by segment, where the votes of some segment are not known."""
    if all(view.section_votes(item.number - 1, section) is not None for section in view.sections):
        return {}
    return {
        section: max(row[who], key=decimals_of) for section, row in tables.items() if section != TOTAL and who in row
    }


def _by_section(view: BallotView, item: BallotRound, who: str, hidden: Hidden | None) -> dict[str, int | None]:
    result: dict[str, int | None] = {}
    for section in view.sections:
        if section == TOTAL:
            continue
        votes = view.section_votes(item.number - 1, section)
        if votes is not None and who in votes:
            result[section] = None if hidden and section in hidden.names else votes[who]
    return result


def _fate(
    who: str, figures: Any, played: ReplayedRound | None
) -> Literal["", "elected", "out", "withdrawn", "qualified"]:
    if who in figures.elected:
        return "elected"
    if who in figures.withdrawn:
        return "withdrawn"
    if who in figures.out:
        return "out"
    decision = played.decision if played else None
    if decision and who in decision.elected and who not in MOTION:
        return "elected"
    if decision and who in decision.qualified:
        return "qualified"
    if decision and who in decision.out:
        return "out"
    return ""


def _sections(case: Case, view: BallotView, hidden: Hidden | None, *, coarse: bool) -> list[SectionSheet]:
    names = [*(view.sections if view.sections != (TOTAL,) else ()), TOTAL]
    last = max(len(view.figures.round) - 1, 0) if view.repeated else 0
    result = []
    for section in names:
        if hidden and section in hidden.names:
            roll = view.roll(section, last)
            result.append(
                SectionSheet(
                    section,
                    case.section_name(section),
                    entitled=roll.entitled if roll else None,
                    note=hidden.note,
                )
            )
            continue
        sheet = _section(case, view, section, last)
        result.append(replace(sheet, first=None, lead=None, majority=None) if coarse else sheet)
    return result


def _section(case: Case, view: BallotView, section: str, number: int) -> SectionSheet:
    roll = view.roll(section, number)
    entitled = view.figure("entitled", section, number)
    returned = view.figure("returned", section, number)
    valid = view.figure("valid", section, number)
    votes = view.section_votes(number, section)
    ranked = sorted(votes, key=lambda who: (-votes[who], who)) if votes else []
    lead = majority = None
    first = None
    if votes and ranked:
        top = votes[ranked[0]]
        second = votes[ranked[1]] if len(ranked) > 1 else 0
        first = ranked[0] if top > second else None
        lead, majority = top - second, 2 * top - sum(votes.values())
    if view.figures.round and view.figures.round[number].others:
        majority = None
    weight = view.stage.weights.get(section) if isinstance(view.stage, BallotStage) else None
    keys = ("entitled", "returned", "spoilt", "valid", "not_voting", "abstentions")
    return SectionSheet(
        section=section,
        name=case.section_name(section),
        entitled=entitled,
        returned=returned,
        spoilt=view.figure("spoilt", section, number),
        rejected=roll.rejected if roll else None,
        valid=valid,
        abstentions=roll.abstentions if roll else None,
        not_voting=roll.not_voting if roll else None,
        turnout_returned=Fraction(returned, entitled) if returned is not None and entitled else None,
        turnout_valid=Fraction(valid, entitled) if valid is not None and entitled else None,
        turnout_published=roll.turnout[-1] if roll and roll.turnout else None,
        weight=weight,
        first=first,
        lead=lead,
        majority=majority,
        certainty={key: mark for key in keys if roll and (mark := roll.certainty(key))},
        note=roll.note if roll else None,
    )


def _units(
    case: Case, stage: BallotStage | MotionStage, *, ours: bool
) -> tuple[tuple[UnitSheet, ...], dict[str, int], Hidden | None]:
    """The units of the last round, how many each candidate won, and which units are not shown apart."""
    found = case.units.get(stage.id)
    if found is None or not found.rounds:
        return (), {}, None
    last = found.rounds[-1]
    won: dict[str, int] = {}
    sheets = []
    for unit, votes in last.items():
        winner = _leader(votes)
        if winner is not None:
            won[winner] = won.get(winner, 0) + 1
        sheets.append(UnitSheet(unit, found.names.get(unit, unit), dict(votes), winner))
    if not ours:
        return tuple(sheets), won, None
    hidden = safe_partition(
        [{unit: dict(votes) for unit, votes in votes_by_unit.items()} for votes_by_unit in found.rounds],
        case.rulebook.disclosure,
        what="unit",
        weighed=_weighed(stage),
    )
    # Where units weigh, what is shown could be taken from the total of points: then all or none.
    shown = [sheet for sheet in sheets if sheet.unit not in hidden.names and not (hidden.names and _weighed(stage))]
    if hidden.names:
        if shown:
            pooled, number = together(last, hidden.names), len(hidden.names)
            shown.append(UnitSheet("pooled", f"{number} units together", pooled, None, number))
        won = {}
        for sheet in shown:
            if sheet.winner is not None:
                won[sheet.winner] = won.get(sheet.winner, 0) + 1
    return tuple(shown), won, hidden


def _leader(votes: dict[str, int] | Any) -> str | None:
    ranked = sorted(votes.values(), reverse=True)
    if not ranked or ranked[0] == 0 or (len(ranked) > 1 and ranked[0] == ranked[1]):
        return None
    return str(next(who for who, number in votes.items() if number == ranked[0]))


def _hidden(case: Case, view: BallotView, rounds: list[BallotRound], covered: Hidden | None) -> Hidden | None:
    """The segments that are not shown apart, in our own declarations.

    All of them, where one would have to be in a college, where hidden units make points coarse, or where the votes
    of a round are not known of every segment; and where the rulebook declares none.
    """
    everything, stage = frozenset(view.sections), view.stage
    if len(view.sections) < 2:
        if covered and covered.coarse:
            return Hidden(everything - {TOTAL}, covered.note, coarse=True)
        return None  # there are no parts
    tables, partly = [], False
    for item in rounds:
        rows = {section: view.section_votes(item.number - 1, section) for section in view.sections}
        known = {section: dict(row) for section, row in rows.items() if row is not None}
        if len(known) == len(rows):
            tables.append(known)
        elif known:
            partly = True
    if isinstance(stage, BallotStage) and "segment" not in stage.declare:
        return Hidden(everything, "The rulebook declares no segment apart.")
    if partly:
        return Hidden(everything, "The votes of some segments are not known in every round: none is shown apart.")
    weighed = _weighed(stage)
    found = safe_partition(tables, case.rulebook.disclosure, what="segment", weighed=weighed)
    if weighed and (found.names or (covered and covered.names)):
        return Hidden(everything, found.note, coarse=True)
    return found


def _weighed(stage: BallotStage | MotionStage) -> bool:
    return isinstance(stage, BallotStage) and stage.combine != "one-person-one-vote"


def nominations(case: Case) -> list[NominationSheet]:
    """Every candidate's nominations, ruled on by the thresholds of the rulebook."""
    return [
        NominationSheet(
            stage=ruling.stage.id,
            name=ruling.stage.name or "Nomination",
            body=case.body_name(ruling.body),
            size=ruling.size,
            candidate=ruling.candidate,
            candidate_name=case.contest.candidates[ruling.candidate].name,
            count=ruling.count,
            needed=ruling.needed,
            result=ruling.result,
            reason=ruling.reason,
            parts=dict(ruling.parts),
            certainty=ruling.certainty,
            part_names={part: case.rulebook.bodies[ruling.body].parts.get(part, part) for part in ruling.parts},
            at_least=ruling.at_least,
            parts_certainty=ruling.parts_certainty,
            size_certainty=body.certainty("size") if (body := case.contest.bodies.get(ruling.body)) else None,
        )
        for ruling in rule_on(case)
    ]
